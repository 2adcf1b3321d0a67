//! Strays: cargo at the thread of a seat whose letter will not come, for its receiver ended while it was on its way. Any thread
//! puts them here, the seat's own has JavaScript let go of them. Off the message path: a short lock around a list.

use std::sync::{Mutex, PoisonError};

use rumpus_sync::shim::{AtomicUsize, Ordering};

use crate::envelope::Cargo;

/// See the module text.
#[derive(Debug, Default)]
pub struct Strays {
    list: Mutex<Vec<Cargo>>,
    len: AtomicUsize,
}

impl Strays {
    /// Adds one. Any thread.
    pub fn push(&self, cargo: Cargo) {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        list.push(cargo);
        // Release, pairs with the Acquire of `is_empty`: who sees the length finds the cargo, who misses it looks again when rung.
        self.len.store(list.len(), Ordering::Release);
    }

    /// Takes all.
    pub fn take(&self) -> Vec<Cargo> {
        let mut list = self.list.lock().unwrap_or_else(PoisonError::into_inner);
        // Release, pairs with the Acquire of `is_empty`, which then finds none; under the lock, so that no length outlives its list.
        self.len.store(0, Ordering::Release);
        std::mem::take(&mut *list)
    }

    /// Whether there are none, at a glance.
    pub fn is_empty(&self) -> bool {
        // Acquire, pairs with the Release of `push`; a look that is too early is made up for by the next: who pushes rings.
        self.len.load(Ordering::Acquire) == 0
    }
}
