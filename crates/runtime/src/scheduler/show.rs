//! What a scheduler shows of itself while it works: figures in its page, at which every thread may glance, the inspector's and
//! the watchdog's among them. Also what only its own thread can tell of its processes: who is tied to whom, how much mail is
//! still to be told. Decides nothing.

use rustc_hash::FxHashMap;

use super::Scheduler;
use crate::completion::Completion;
use crate::layout;

impl Scheduler {
    /// A turn begins.
    pub(super) fn show_time(&self, now_us: u64) {
        let page = &self.seat().page;
        page.set(layout::NOW_MS, millisecond_word(now_us));
        page.set_count(layout::TURNED_US, now_us.max(1) as f64);
    }

    /// A turn ends.
    pub(super) fn show_load(&self) {
        let page = &self.seat().page;
        page.set_count(layout::TIMERS, self.due() as f64);
        page.set_count(layout::OVERFLOWING, self.overflow.iter().map(|line| line.len()).sum::<usize>() as f64);
    }

    /// Something of the wheel fires.
    pub(super) fn show_lateness(&self, deadline_us: u64, now_us: u64) {
        let page = &self.seat().page;
        let late = now_us.saturating_sub(deadline_us) as f64;
        page.set_count(layout::LATE_US, late);
        page.set_count(layout::LATE_WORST_US, late.max(page.count(layout::LATE_WORST_US)));
    }

    /// What a seat showed of its former tenant's present state is out of date.
    pub(super) fn show_nothing(&self) {
        let page = &self.seat().page;
        for word in [layout::RESUMED, layout::LOADING] {
            page.set(word, 0);
        }
        for count in [layout::ABANDONED, layout::TIMERS, layout::OVERFLOWING, layout::TURNED_US] {
            page.set_count(count, 0.0);
        }
    }

    /// How many messages JavaScript has not been told yet, by slot.
    pub fn untold(&self) -> FxHashMap<u32, u32> {
        let mut untold = FxHashMap::default();
        for completion in self.urgent.iter().chain(self.outbox.waiting()) {
            if let Completion::Message { index, .. }
            | Completion::Slot { index, .. }
            | Completion::Transfer { index, .. }
            | Completion::Exit { index, .. }
            | Completion::Down { index, .. } = completion
            {
                *untold.entry(*index).or_default() += 1;
            }
        }
        untold
    }
}

/// A moment as a word of the page holds it: the low bits of its milliseconds.
pub fn millisecond_word(now_us: u64) -> i32 {
    (now_us / 1_000) as i32
}

/// Four buckets an octave of microseconds.
pub(super) fn gap_bucket(gap_us: u64) -> usize {
    let log = ((gap_us.max(1) as f64).log2() * 4.0) as usize;
    log.min(layout::TURN_GAP_BUCKETS - 1)
}
