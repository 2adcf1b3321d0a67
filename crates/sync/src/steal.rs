//! A steal queue: one scheduler's unstarted processes, all that a thief ever sees. The owner pushes and pops, thieves
//! take half at once into their own queue. Fixed size; what does not fit goes to the inject queue, half at a time. Entries
//! are atomics, so a lost race copies a stale index that the failed exchange then throws away: no torn reads, no `unsafe`.
//!
//! The algorithm is tokio's (`runtime/scheduler/multi_thread/queue.rs`, MIT), restated: `head` packs two positions,
//! `steal | real`. They differ while a thief is copying, and then a second thief goes away at once.

use crate::inject::Inject;
use crate::shim::{AtomicU32, AtomicU64, Ordering, read_settled};

/// Entries of the queue; a power of two. Tiny under loom, so that the edges are reached.
#[cfg(not(loom))]
pub const CAPACITY: u32 = 256;
/// Entries of the queue; a power of two. Tiny under loom, so that the edges are reached.
#[cfg(loom)]
pub const CAPACITY: u32 = 4;
const MASK: u32 = CAPACITY - 1;

/// See the module text.
#[derive(Debug)]
pub struct StealQueue {
    /// `steal` in the upper half, `real` in the lower.
    head: AtomicU64,
    /// Written by the owner only.
    tail: AtomicU32,
    entries: Box<[AtomicU32]>,
}

fn pack(steal: u32, real: u32) -> u64 {
    u64::from(steal) << 32 | u64::from(real)
}

fn unpack(head: u64) -> (u32, u32) {
    ((head >> 32) as u32, head as u32)
}

impl Default for StealQueue {
    fn default() -> Self {
        let entries = (0..CAPACITY).map(|_| AtomicU32::new(0)).collect();
        Self { head: AtomicU64::new(0), tail: AtomicU32::new(0), entries }
    }
}

impl StealQueue {
    /// Appends; when full, half of the queue and `index` go to `overflow`. Owner only.
    pub fn push(&self, index: u32, overflow: &Inject) {
        loop {
            // Acquire, pairs with the Release half of a thief's last exchange: places it has copied are ours again.
            let (steal, real) = unpack(self.head.load(Ordering::Acquire));
            // Relaxed: only the owner writes the tail.
            let tail = self.tail.load(Ordering::Relaxed);
            if tail.wrapping_sub(steal) < CAPACITY {
                self.write(tail, index);
                // Release, pairs with the Acquire of `tail` in `claim`: a thief that sees the tail sees the entry.
                self.tail.store(tail.wrapping_add(1), Ordering::Release);
                return;
            }
            if steal != real {
                // A thief is making room this very moment: do not wait for it.
                overflow.push([index]);
                return;
            }
            if self.push_overflow(index, real, tail, overflow) {
                return;
            }
        }
    }

    /// Moves the older half and `index` to `overflow`; false if a thief came first, then there is room.
    fn push_overflow(&self, index: u32, head: u32, tail: u32, overflow: &Inject) -> bool {
        let half = CAPACITY / 2;
        debug_assert_eq!(tail.wrapping_sub(head), CAPACITY, "overflow of a queue that is not full");
        let (old, new) = (pack(head, head), pack(head.wrapping_add(half), head.wrapping_add(half)));
        // Release, pairs with a thief's Acquire of the head: it sees these places gone. Relaxed on failure: we look again.
        if self.head.compare_exchange(old, new, Ordering::Release, Ordering::Relaxed).is_err() {
            return false;
        }
        let moved = (0..half).map(|i| self.read(head.wrapping_add(i)));
        overflow.push(moved.chain([index]));
        true
    }

    /// Takes the oldest. Owner only.
    pub fn pop(&self) -> Option<u32> {
        // Acquire, pairs with the AcqRel exchanges of thieves.
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            let (steal, real) = unpack(head);
            // Relaxed: only the owner writes the tail.
            if real == self.tail.load(Ordering::Relaxed) {
                return None;
            }
            let next = real.wrapping_add(1);
            let moved = if steal == real { pack(next, next) } else { pack(steal, next) };
            // AcqRel, pairs with the exchanges of thieves: either they see our place gone, or we see theirs and retry.
            match self.head.compare_exchange_weak(head, moved, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => return Some(self.read(real)),
                Err(now) => head = now,
            }
        }
    }

    /// Moves half of `self`, rounded up, and at most `most` to `into`; answers how many. Called by the owner of `into`; does
    /// nothing when `into` is more than half full or another thief is at work.
    pub fn steal_into(&self, into: &StealQueue, most: u32) -> u32 {
        // Relaxed: `into` is the caller's own.
        let to = into.tail.load(Ordering::Relaxed);
        // Acquire, pairs with thieves of `into`: places they have copied are free.
        let (occupied_from, _) = unpack(into.head.load(Ordering::Acquire));
        if to.wrapping_sub(occupied_from) > CAPACITY / 2 {
            return 0;
        }
        let Some((first, count)) = self.claim(most) else { return 0 };
        for i in 0..count {
            into.write(to.wrapping_add(i), self.read(first.wrapping_add(i)));
        }
        self.unclaim();
        // Release, pairs with the Acquire of the tail in `claim`.
        into.tail.store(to.wrapping_add(count), Ordering::Release);
        count
    }

    /// Reserves half, at most `most`, for copying: `real` moves on, `steal` stays.
    fn claim(&self, most: u32) -> Option<(u32, u32)> {
        // Acquire, pairs with the exchanges of the owner and of other thieves.
        let mut head = self.head.load(Ordering::Acquire);
        loop {
            let (steal, real) = unpack(head);
            if steal != real {
                return None;
            }
            // Acquire, pairs with the Release of `push`: the entries up to the tail are written.
            let len = self.tail.load(Ordering::Acquire).wrapping_sub(real);
            let count = (len - len / 2).min(most);
            if count == 0 {
                return None;
            }
            // AcqRel, pairs with the exchanges of the owner and of thieves: we see the owner's last pop, and whoever comes
            // next stays off our places. A stale tail makes `count` too small or the exchange fail, never too large a claim.
            let claimed = pack(steal, real.wrapping_add(count));
            match self.head.compare_exchange_weak(head, claimed, Ordering::AcqRel, Ordering::Acquire) {
                Ok(_) => {
                    debug_assert!(count <= CAPACITY / 2, "claimed {count}");
                    return Some((real, count));
                }
                Err(now) => head = now,
            }
        }
    }

    /// Ends the copying: `steal` catches up with `real`, wherever the owner has moved it meanwhile.
    fn unclaim(&self) {
        // Relaxed: a guess for the exchange.
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            let (_, real) = unpack(head);
            // AcqRel, pairs with the owner's Acquire of the head in `push`: it may overwrite the places only after our reads.
            match self.head.compare_exchange_weak(head, pack(real, real), Ordering::AcqRel, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// How many wait, at a glance.
    pub fn len(&self) -> usize {
        // Relaxed on both: a glance for placement, never used to reach an entry.
        let (_, real) = unpack(self.head.load(Ordering::Relaxed));
        let len = self.tail.load(Ordering::Relaxed).wrapping_sub(real);
        if len > CAPACITY { 0 } else { len as usize }
    }

    /// Whether none waits, at a glance; exact for a sleeper that has fenced.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn read(&self, position: u32) -> u32 {
        // Settled: only a claimed place is read. The tail orders the owner's write before us, the head its next one after.
        read_settled(&self.entries[(position & MASK) as usize])
    }

    fn write(&self, position: u32, index: u32) {
        // Relaxed: published by the Release of the tail.
        self.entries[(position & MASK) as usize].store(index, Ordering::Relaxed);
    }
}
