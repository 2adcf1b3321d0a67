//! A claim: something that exactly one of several threads may have, for as many tenants of its slot as come one after another.
//! Whoever knows the tenant may try; only its owner lets the slot to the next, once the claim is taken, whoever took it. What
//! a taker has read of the tenant before is the tenant's. Hands nothing over: what the winner does next it does with what is
//! its own, or tells by a mailbox.

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

    /// Whether it is to be had still, at a glance. If not, what its taker has read of the tenant is behind us.
    pub fn is_free(&self, generation: u32) -> bool {
        // Acquire, pairs with the Release of `take`: who sees it taken may let the slot, and disturbs no reader.
        self.word.load(Ordering::Acquire) == generation << 1 | 1
    }

    /// Takes it; false if somebody has, or for a tenant that is gone.
    pub fn take(&self, generation: u32) -> bool {
        // Of all that try one succeeds, by the single order of the word's changes. Release, pairs with the Acquire of the
        // owner that sees it taken, here on failure or in `is_free`: what the taker has read of the tenant it has read before
        // the owner lets the slot to the next. An owner that succeeds itself needs nobody's word.
        self.word.compare_exchange(generation << 1 | 1, generation << 1, Ordering::Release, Ordering::Acquire).is_ok()
    }
}
