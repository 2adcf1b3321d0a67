//! A quota: an amount that any thread takes of and gives back to. Never is more taken than there is, nor is any lost.

use crate::shim::{AtomicU64, Ordering};

/// See the module text.
#[derive(Debug)]
pub struct Quota {
    taken: AtomicU64,
    most: u64,
}

impl Quota {
    /// Nothing is taken of `most`.
    pub fn new(most: u64) -> Self {
        Self { taken: AtomicU64::new(0), most }
    }

    /// Takes `amount`; false, and nothing is taken, if that is more than is left.
    pub fn take(&self, amount: u64) -> bool {
        // Relaxed, both: a number that orders nothing. What is taken for is written under the lock of its shard.
        self.taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |taken| {
                taken.checked_add(amount).filter(|&taken| taken <= self.most)
            })
            .is_ok()
    }

    /// Gives `amount` back. Only what was taken.
    pub fn give(&self, amount: u64) {
        // Relaxed: as in `take`.
        let taken = self.taken.fetch_sub(amount, Ordering::Relaxed);
        debug_assert!(taken >= amount, "{amount} given back of {taken}");
    }

    /// How much is taken, at a glance.
    pub fn taken(&self) -> u64 {
        // Relaxed: as in `take`.
        self.taken.load(Ordering::Relaxed)
    }

    /// How much there is.
    pub fn most(&self) -> u64 {
        self.most
    }
}
