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
        // SeqCst, pairs with the fence in `sleepers_to_wake`: a pusher that counts us as searching may leave the search to
        // us, and then our looks at the queues come after its push; if it does not count us, it wakes a sleeper itself.
        self.searching.fetch_add(1, Ordering::SeqCst);
        true
    }

    /// Ends a search; true if it was the last one.
    pub fn stop_search(&self) -> bool {
        // SeqCst, pairs with the fence in `sleepers_to_wake`, as in `start_search`: the last searcher looks at everything again after this.
        self.searching.fetch_sub(1, Ordering::SeqCst) == 1
    }

    /// Counts a scheduler among the sleepers, before its bell's `lie_down`.
    pub fn lie_down(&self, seat: usize) {
        // SeqCst, pairs with the fence in `sleepers_to_wake`, as the bell's does.
        self.asleep.fetch_or(1 << seat, Ordering::SeqCst);
    }

    /// Takes a scheduler out of the sleepers.
    pub fn get_up(&self, seat: usize) {
        // Relaxed: a waker that still sees the bit finds the bell silent and tries the next.
        self.asleep.fetch_and(!(1 << seat), Ordering::Relaxed);
    }

    /// Called after publishing stealable work: sleepers of whom one should be woken, as bits; none while someone searches.
    pub fn sleepers_to_wake(&self) -> u64 {
        // SeqCst, pairs with `lie_down` and `start_search`: either we see the sleeper (or the searcher), or it sees our work.
        fence(Ordering::SeqCst);
        // Relaxed on both: ordered by the fence.
        if self.searching.load(Ordering::Relaxed) != 0 {
            return 0;
        }
        self.asleep.load(Ordering::Relaxed)
    }
}
