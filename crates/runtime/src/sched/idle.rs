//! Who sleeps and who searches: the part of the sleep and wake protocol that concerns all schedulers. The other part is
//! the bell of each seat. Never wakes more than one scheduler for one piece of work; never lets the last one sleep while
//! there is something to take (`README.md` has the argument).

use rumpus_sync::shim::{AtomicU32, AtomicU64, Ordering, fence};

/// See the module text.
#[derive(Debug, Default)]
pub struct Idle {
    /// A bit for each sleeping scheduler that would steal.
    asleep: AtomicU64,
    searching: AtomicU32,
}

impl Idle {
    /// Asks to search; at most half of `thieves` do at a time.
    pub fn start_search(&self, thieves: usize) -> bool {
        // Relaxed: the bound is a courtesy and may be passed by one.
        if self.searching.load(Ordering::Relaxed) as usize * 2 >= thieves.max(1) {
            return false;
        }
        // Relaxed: a pusher that counts us may leave its work to us, and we fence and look once we are no longer counted; one
        // that does not wakes a sleeper itself.
        self.searching.fetch_add(1, Ordering::Relaxed);
        true
    }

    /// Ends a search. Whoever does passes on what there is, or lies down and looks once more.
    pub fn stop_search(&self) {
        // Relaxed: the fence before the look that follows, in `sleepers_to_wake` or in the bell, pairs with the pusher's in
        // `sleepers_to_wake`: if ours comes first it counts us no longer, if its comes first we see its work.
        self.searching.fetch_sub(1, Ordering::Relaxed);
    }

    /// Counts a scheduler among the sleepers, before its bell's `lie_down`.
    pub fn lie_down(&self, seat: usize) {
        // Relaxed: the bell's fence follows, which pairs with the fence in `sleepers_to_wake`.
        self.asleep.fetch_or(1 << seat, Ordering::Relaxed);
    }

    /// Takes a scheduler out of the sleepers.
    pub fn get_up(&self, seat: usize) {
        // Relaxed: a waker that still sees the bit finds the bell silent and tries the next.
        self.asleep.fetch_and(!(1 << seat), Ordering::Relaxed);
    }

    /// Called after publishing stealable work: sleepers of whom one should be woken, as bits; none while someone searches.
    pub fn sleepers_to_wake(&self) -> u64 {
        // SeqCst, pairs with the fence of the bell in `lie_down`, and with this one when it is a searcher's: either we see the
        // sleeper (or the searcher), or it sees our work.
        fence(Ordering::SeqCst);
        // Relaxed on both: ordered by the fence.
        if self.searching.load(Ordering::Relaxed) != 0 {
            return 0;
        }
        self.asleep.load(Ordering::Relaxed)
    }
}
