//! A tenancy: the time for which a dedicated seat is one process's. Reserved by whoever spawns it, from any thread; given back
//! by the thread that sits there, when nothing lives on it any more. Numbered, so that who is late can tell which it meant.

use crate::shim::{AtomicU32, Ordering};

/// See the module text.
#[derive(Debug, Default)]
pub struct Tenancy(AtomicU32);

impl Tenancy {
    /// Reserves the seat: the number of the tenancy, unless somebody has it.
    pub fn reserve(&self) -> Option<u32> {
        // Relaxed: a first guess, the exchange below decides.
        let seen = self.0.load(Ordering::Relaxed);
        // Acquire, pairs with the Release of `give_back`: who has the seat finds its queues as they were left. Who fails
        // reads nothing through it, so Relaxed is enough there.
        let taken = seen & 1 == 0
            && self.0.compare_exchange(seen, seen.wrapping_add(1), Ordering::Acquire, Ordering::Relaxed).is_ok();
        taken.then(|| seen.wrapping_add(1))
    }

    /// Gives the seat back: from now on its queues are those of whoever reserves it next. Only for whoever holds it.
    pub fn give_back(&self) {
        // Release, pairs with the Acquire of `reserve`: whoever has the seat next sees what was done with it. While it is
        // reserved nobody else changes the word.
        self.0.fetch_add(1, Ordering::Release);
    }

    /// The number of the present tenancy, or 0: the seat is free. True for the moment only, but for whoever holds it.
    pub fn number(&self) -> u32 {
        // Acquire, pairs with the Release of `give_back`: who sees it free, or another's, sees why.
        let seen = self.0.load(Ordering::Acquire);
        if seen & 1 == 0 { 0 } else { seen }
    }
}
