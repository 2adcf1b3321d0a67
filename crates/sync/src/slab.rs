//! A slab: slots with stable addresses that any thread may look up, and generations that tell a slot's tenants apart.
//! Owns the memory of the process table; never moves a slot, never frees one before the slab itself goes, never hands out
//! a ticket twice: a slot whose generations are used up retires.

use std::collections::VecDeque;

use crate::shim::{AtomicPtr, AtomicU32, Mutex, Ordering, lock};

/// Slots of one chunk.
#[cfg(not(loom))]
const CHUNK: u32 = 1024;
#[cfg(loom)]
const CHUNK: u32 = 2;
/// Chunks at most.
#[cfg(not(loom))]
const CHUNKS: usize = 1 << 16;
#[cfg(loom)]
const CHUNKS: usize = 4;
/// Freed slots wait until so many others are free too, so that generations last.
#[cfg(not(loom))]
const AGE_MIN: usize = 256;
#[cfg(loom)]
const AGE_MIN: usize = 0;

/// A slot's index and the generation of its present tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ticket {
    /// Which slot.
    pub index: u32,
    /// Which tenant.
    pub generation: u32,
}

#[derive(Debug, Default)]
struct Slot<T> {
    /// Odd while there is a tenant; the tenant's generation is half of it, rounded down.
    word: AtomicU32,
    value: T,
}

#[derive(Debug, Default)]
struct Rent {
    free: VecDeque<u32>,
    made: u32,
}

/// See the module text.
#[derive(Debug)]
pub struct Slab<T> {
    chunks: Box<[AtomicPtr<Slot<T>>]>,
    rent: Mutex<Rent>,
    generation_max: u32,
}

// SAFETY: slots are shared by reference only, and freed only by the slab's drop.
unsafe impl<T: Send + Sync> Send for Slab<T> {}
// SAFETY: as above; `T: Sync` because lookups hand out `&T` on any thread.
unsafe impl<T: Send + Sync> Sync for Slab<T> {}

impl<T: Default> Slab<T> {
    /// An empty slab whose generations run from 0 to `generation_max`.
    pub fn new(generation_max: u32) -> Self {
        let chunks = (0..CHUNKS).map(|_| AtomicPtr::new(std::ptr::null_mut())).collect();
        Self { chunks, rent: Mutex::new(Rent::default()), generation_max }
    }

    /// Rents a slot, or nothing when all are taken. The ticket is unknown to others until the caller tells them.
    pub fn acquire(&self) -> Option<Ticket> {
        self.rent(&mut lock(&self.rent))
    }

    /// Rents slots until `out` has `most`, or all are taken.
    pub fn acquire_many(&self, most: usize, out: &mut Vec<Ticket>) {
        let mut rent = lock(&self.rent);
        while out.len() < most {
            let Some(ticket) = self.rent(&mut rent) else { return };
            out.push(ticket);
        }
    }

    fn rent(&self, rent: &mut Rent) -> Option<Ticket> {
        if rent.free.len() > AGE_MIN || rent.made as usize == CHUNK as usize * CHUNKS {
            let index = rent.free.pop_front()?;
            return Some(self.move_in(index));
        }
        let index = rent.made;
        if index.is_multiple_of(CHUNK) {
            self.grow((index / CHUNK) as usize);
        }
        rent.made += 1;
        Some(self.move_in(index))
    }

    fn move_in(&self, index: u32) -> Ticket {
        let Some(slot) = self.slot(index) else { unreachable!("slot {index} was made") };
        // Relaxed: the lock around `rent` orders us after the last `release`; the pid is published by the caller.
        let word = slot.word.load(Ordering::Relaxed);
        debug_assert!(word & 1 == 0, "slot {index} has a tenant: word {word}");
        // Release, pairs with the Acquire of `get`.
        slot.word.store(word + 1, Ordering::Release);
        Ticket { index, generation: word / 2 }
    }

    fn grow(&self, chunk: usize) {
        let slots: Box<[Slot<T>]> = (0..CHUNK).map(|_| Slot::default()).collect();
        // Release, pairs with the Acquire of `slot`: who sees the chunk sees its slots made.
        self.chunks[chunk].store(Box::into_raw(slots).cast::<Slot<T>>(), Ordering::Release);
    }

    /// Ends a tenancy. Only for the one who decided the tenant's end, once.
    pub fn release(&self, ticket: Ticket) {
        if self.move_out(ticket) {
            lock(&self.rent).free.push_back(ticket.index);
        }
    }

    /// Ends several.
    pub fn release_many(&self, tickets: impl Iterator<Item = Ticket>) {
        let mut rent = lock(&self.rent);
        rent.free.extend(tickets.filter(|&ticket| self.move_out(ticket)).map(|ticket| ticket.index));
    }

    /// Whether the slot can be rented again.
    fn move_out(&self, ticket: Ticket) -> bool {
        let Some(slot) = self.slot(ticket.index) else { return false };
        debug_assert_eq!(slot.word.load(Ordering::Relaxed), ticket.generation * 2 + 1, "released twice"); // Relaxed: an assertion
        // Release, pairs with the Acquire of `get`: a later lookup with the old ticket misses.
        slot.word.store(ticket.generation.wrapping_add(1).wrapping_mul(2), Ordering::Release);
        ticket.generation < self.generation_max
    }

    /// The tenant's value, if `ticket` is not out of date. What it says may be out of date a moment later.
    pub fn get(&self, ticket: Ticket) -> Option<&T> {
        let slot = self.slot(ticket.index)?;
        // Acquire, pairs with the Release of `move_in` and `release`: a stale ticket misses, a fresh one sees its slot.
        let word = slot.word.load(Ordering::Acquire);
        // Compared without arithmetic on the ticket, which may be anything that somebody made up.
        (word & 1 == 1 && word / 2 == ticket.generation).then_some(&slot.value)
    }

    /// The present tenant's ticket and value, whoever it is.
    pub fn at(&self, index: u32) -> Option<(Ticket, &T)> {
        let slot = self.slot(index)?;
        // Acquire, pairs with the Release of `move_in` and `release`, as in `get`.
        let word = slot.word.load(Ordering::Acquire);
        (word & 1 == 1).then_some((Ticket { index, generation: word / 2 }, &slot.value))
    }

    /// The value in slot `index`, tenant or not, as far as the slot was ever made.
    pub fn value(&self, index: u32) -> Option<&T> {
        self.slot(index).map(|slot| &slot.value)
    }

    /// How many slots were ever made.
    pub fn made(&self) -> u32 {
        lock(&self.rent).made
    }

    fn slot(&self, index: u32) -> Option<&Slot<T>> {
        let chunk = self.chunks.get((index / CHUNK) as usize)?;
        // Acquire, pairs with the Release of `grow`.
        let slots = chunk.load(Ordering::Acquire);
        if slots.is_null() {
            return None;
        }
        // SAFETY: a chunk has CHUNK slots, is never moved, and lives as long as the slab we borrow.
        Some(unsafe { &*slots.wrapping_add((index % CHUNK) as usize) })
    }
}

impl<T> Drop for Slab<T> {
    fn drop(&mut self) {
        for chunk in &self.chunks {
            // Relaxed: `&mut self` excludes everybody else.
            let slots = chunk.load(Ordering::Relaxed);
            if !slots.is_null() {
                let whole = std::ptr::slice_from_raw_parts_mut(slots, CHUNK as usize);
                // SAFETY: made by `grow` from a box of exactly this slice, freed only here.
                drop(unsafe { Box::from_raw(whole) });
            }
        }
    }
}
