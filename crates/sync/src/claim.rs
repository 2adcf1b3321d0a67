//! A claim: something that exactly one of several threads may have, for as many tenants of its slot as come one after another.
//! Orders nothing: what the winner does next it does with what is its own, or tells by a mailbox.

use crate::shim::{AtomicU32, Ordering};

/// See the module text.
#[derive(Debug, Default)]
pub struct Claim {
    /// Twice the tenant's generation, and one while it is to be had.
    word: AtomicU32,
}

impl Claim {
    /// From now on it is to be had by whoever knows this tenant. Only before anybody knows it.
    pub fn offer(&self, generation: u32) {
        // Relaxed: whoever is told of the tenant is told by something that orders.
        self.word.store(generation << 1 | 1, Ordering::Relaxed);
    }

    /// Whether it is to be had still, at a glance.
    pub fn is_free(&self, generation: u32) -> bool {
        // Relaxed: a glance.
        self.word.load(Ordering::Relaxed) == generation << 1 | 1
    }

    /// Takes it; false if somebody has, or for a tenant that is gone.
    pub fn take(&self, generation: u32) -> bool {
        // Relaxed on both: of all that try one succeeds, by the single order of the word's changes; the pair of it is the
        // same exchange on another thread. It hands nothing over.
        self.word.compare_exchange(generation << 1 | 1, generation << 1, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}
