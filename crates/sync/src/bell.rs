//! A bell: wakes one sleeping scheduler, at most once a sleep. Owns the word "awake, asleep or rung"; never calls anything
//! itself: the ringer is told whether the wake-up is its to make.
//!
//! Sleeper: `lie_down` (store, fence), then look at every source once more; something there → `get_up`. Ringer: publish
//! the work, then `ring` (fence, look). Both fences are SeqCst, so one of them comes first: if the sleeper's, the ringer
//! sees "asleep" and wakes it; if the ringer's, the sleeper's second look sees the work. A wake-up cannot fall between.

use crate::shim::{AtomicU32, Ordering, fence};

const AWAKE: u32 = 0;
const ASLEEP: u32 = 1;
const RUNG: u32 = 2;

/// See the module text.
#[derive(Debug)]
pub struct Bell {
    state: AtomicU32,
}

impl Default for Bell {
    fn default() -> Self {
        Self { state: AtomicU32::new(AWAKE) }
    }
}

impl Bell {
    /// Announces sleep. The owner must look at all its sources after this and `get_up` if there is anything.
    pub fn lie_down(&self) {
        // Relaxed store, made visible before the second look by the fence, which pairs with the fence in `ring`.
        self.state.store(ASLEEP, Ordering::Relaxed);
        fence(Ordering::SeqCst);
    }

    /// Takes sleep back: the owner found work itself, or was woken by something else. Harmless when awake.
    pub fn get_up(&self) {
        // Relaxed: what made us get up was acquired where it was found; a ringer that reads ASLEEP a moment longer wakes
        // us once for nothing. Who reads RUNG a moment longer leaves its work to us: we fence and look after this.
        // A swap, for loom: it does not know that a store after `lie_down` comes after the exchange in `ring` too.
        self.state.swap(AWAKE, Ordering::Relaxed);
    }

    /// Called after publishing work: true if the caller must wake the owner. At most one ringer per sleep is told so.
    #[must_use = "true means that nobody else will wake the owner"]
    pub fn ring(&self) -> bool {
        // SeqCst, pairs with the fence in `lie_down`: see the module text for both outcomes.
        fence(Ordering::SeqCst);
        // Relaxed: the fence orders this look after our publication.
        if self.state.load(Ordering::Relaxed) != ASLEEP {
            return false;
        }
        // Relaxed: the exchange only chooses one ringer; the work itself was published with Release before the fence.
        self.state.compare_exchange(ASLEEP, RUNG, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Whether the owner has been rung and is not up yet. Exact after a SeqCst fence in this sense: who publishes work, then
    /// fences, then is told so, may leave the work to the owner if that fences and looks once it is up.
    pub fn is_rung(&self) -> bool {
        // Relaxed: the caller's fence orders this look after its publication; it pairs with the fence in the owner's look.
        self.state.load(Ordering::Relaxed) == RUNG
    }

    /// Whether the owner sleeps, at a glance.
    pub fn is_asleep(&self) -> bool {
        // Relaxed: for placement and statistics.
        self.state.load(Ordering::Relaxed) == ASLEEP
    }
}
