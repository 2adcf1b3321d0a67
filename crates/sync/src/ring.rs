//! The run ring and its LIFO slot: the processes claimed by one scheduler to start or resume next. The memory is a
//! [`Page`], so the JavaScript half appends and pops by itself under its grant (`js/kernel/kernel.ts` mirrors this file)
//! and Rust does so during a turn. One thread only; never holds more than [`CAPACITY`] entries; never an entry that
//! is not this scheduler's own.
//!
//! The LIFO slot holds the process made runnable last by the one now running, so a reply runs while the cache is warm.
//! Only so many come from the slot in a row while the ring has others: as many as [`RunRing::limit_streak`] says. Those at
//! the front that were put there go before the slot's, in their order.

use crate::page::Page;

/// Entries of the ring; a power of two.
pub const CAPACITY: usize = 4096;
/// Word: entries ever popped from the ring.
pub const HEAD: usize = 0;
/// Word: entries ever pushed to the ring.
pub const TAIL: usize = 1;
/// Word: the slot, index + 1, or 0 when it is empty.
pub const SLOT: usize = 2;
/// Word: how many in a row came from the slot.
pub const STREAK: usize = 3;
/// Word: how many in a row may come from the slot while the ring has others.
pub const STREAK_MAX: usize = 9;
/// Word: how many at the front go before the slot's.
pub const AHEAD: usize = 31;
/// First word of the entries, after one cache line of control words that the scheduler's grant shares.
pub const ENTRIES: usize = 32;
/// Words that a page with a run ring needs.
pub const WORDS: usize = ENTRIES + CAPACITY;

const MASK: i32 = CAPACITY as i32 - 1;

/// A view of the run ring in `page`.
#[derive(Debug, Clone, Copy)]
pub struct RunRing<'a> {
    page: &'a Page,
}

impl<'a> RunRing<'a> {
    /// Looks at the ring that lies in the first [`WORDS`] words of `page`.
    pub fn of(page: &'a Page) -> Self {
        Self { page }
    }

    /// How many wait, the slot included.
    pub fn len(self) -> usize {
        let queued = self.page.get(TAIL).wrapping_sub(self.page.get(HEAD));
        queued as usize + usize::from(self.page.get(SLOT) != 0)
    }

    /// Whether none waits.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// How many more the ring takes, the slot not counted and one place kept for the slot's occupant.
    pub fn room(self) -> usize {
        let queued = self.page.get(TAIL).wrapping_sub(self.page.get(HEAD)) as usize;
        (CAPACITY - 1).saturating_sub(queued)
    }

    /// Appends at the back; false when full.
    #[must_use = "an index that was not taken must wait elsewhere"]
    pub fn push(self, index: u32) -> bool {
        if self.room() == 0 {
            return false;
        }
        self.append(index);
        true
    }

    /// Puts `index` before all, the slot's too, but behind those that were put there before; false when full. Moves each of
    /// these: for the few.
    #[must_use = "an index that was not taken must wait elsewhere"]
    pub fn push_front(self, index: u32) -> bool {
        if self.room() == 0 {
            return false;
        }
        let head = self.page.get(HEAD).wrapping_sub(1);
        let ahead = self.page.get(AHEAD);
        let place = |at: i32| ENTRIES + (head.wrapping_add(at) & MASK) as usize;
        for at in 0..ahead {
            self.page.set(place(at), self.page.get(place(at + 1)));
        }
        self.page.set(place(ahead), index as i32);
        self.page.set(HEAD, head);
        self.page.set(AHEAD, ahead + 1);
        true
    }

    /// How many go before the slot's.
    pub fn ahead(self) -> i32 {
        self.page.get(AHEAD)
    }

    /// Where the next is appended: a mark for [`RunRing::cut`].
    pub fn mark(self) -> i32 {
        self.page.get(TAIL)
    }

    /// Takes those off that were appended since `mark`, in their order; never those that go before the slot's.
    pub fn cut(self, mark: i32, mut take: impl FnMut(u32)) {
        let tail = self.page.get(TAIL);
        let kept = self.page.get(HEAD).wrapping_add(self.page.get(AHEAD));
        let mark = if mark.wrapping_sub(kept) < 0 { kept } else { mark };
        let mut at = mark;
        while at.wrapping_sub(tail) < 0 {
            take(self.page.get(ENTRIES + (at & MASK) as usize) as u32);
            at = at.wrapping_add(1);
        }
        if mark.wrapping_sub(tail) < 0 {
            self.page.set(TAIL, mark);
        }
    }

    fn append(self, index: u32) {
        let tail = self.page.get(TAIL);
        self.page.set(ENTRIES + (tail & MASK) as usize, index as i32);
        self.page.set(TAIL, tail.wrapping_add(1));
    }

    /// Puts `index` into the slot and its former occupant at the back; false when the ring is full.
    #[must_use = "an index that was not taken must wait elsewhere"]
    pub fn push_slot(self, index: u32) -> bool {
        let occupant = self.page.get(SLOT);
        if occupant != 0 {
            if self.room() == 0 {
                return false;
            }
            self.append((occupant - 1) as u32);
        }
        self.page.set(SLOT, index as i32 + 1);
        true
    }

    /// How often in a row the slot may go first while the ring has others; never, unless this is said.
    pub fn limit_streak(self, most: i32) {
        self.page.set(STREAK_MAX, most);
    }

    /// Takes the next: the slot's, unless somebody is ahead of it, or it went first as often in a row as it may while others
    /// waited.
    pub fn pop(self) -> Option<u32> {
        let occupant = self.page.get(SLOT);
        let head = self.page.get(HEAD);
        let others = head != self.page.get(TAIL);
        let ahead = self.page.get(AHEAD);
        let slot_first = !others || (ahead == 0 && self.page.get(STREAK) < self.page.get(STREAK_MAX));
        if occupant != 0 && slot_first {
            self.page.set(SLOT, 0);
            if others {
                self.page.set(STREAK, self.page.get(STREAK) + 1);
            }
            return Some((occupant - 1) as u32);
        }
        if !others {
            return None;
        }
        // Those ahead take nothing of the turn of those behind, or a slot beside them would keep these waiting for ever.
        if ahead > 0 {
            self.page.set(AHEAD, ahead - 1);
        } else {
            self.page.set(STREAK, 0);
        }
        self.page.set(HEAD, head.wrapping_add(1));
        Some(self.page.get(ENTRIES + (head & MASK) as usize) as u32)
    }
}
