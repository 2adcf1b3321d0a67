//! A seat: the part of a scheduler that other threads may touch. It outlives the thread that sits in it; a new thread may
//! take a seat that was left. Owns the doors (inlet, inject queue, steal queue), the bell and the counters.

use std::fmt::Debug;
use std::sync::{Arc, Mutex, PoisonError};

use rumpus_sync::shim::{AtomicU32, Ordering};
use rumpus_sync::{Bell, Inject, Inlet, Page, StealQueue, Tenancy};

use crate::layout;
use crate::sched::strays::Strays;

/// Wakes the thread of a seat; called from any thread, never under a lock of this crate that a wake could need.
pub trait Waker: Debug + Send + Sync {
    /// Makes the thread take a turn soon.
    fn wake(&self);

    /// When it was last asked to, in microseconds of the clock that turns are told.
    fn woken_us(&self) -> u64 {
        0
    }

    /// How long its event loop has waited for something to do, in all, in microseconds: while this grows nobody keeps the thread.
    /// Nothing if that is not known.
    fn idle_us(&self) -> Option<u64>;
}

/// A thread that has been rung and has not come round for so long is under foreign code, or waits for a core.
const UNANSWERED_US: u64 = 2_000;

/// See the module text.
#[derive(Debug)]
pub struct Seat {
    /// Started processes that have mail.
    pub inlet: Inlet,
    /// Unstarted processes put here by other threads.
    pub inject: Inject,
    /// Unstarted processes of this scheduler.
    pub steal: StealQueue,
    /// Wakes the sleeping thread.
    pub bell: Bell,
    /// The words shared with JavaScript, and the counters.
    pub page: Page,
    /// Processes that must run here, not yet started; no thief looks here.
    pub pinned: Inject,
    /// Cargo that has come to the thread here and whose letter never will.
    pub strays: Strays,
    /// Of a dedicated seat: for whom it is.
    pub tenancy: Tenancy,
    /// Processes started here and not dead.
    alive: AtomicU32,
    /// Definitions that this scheduler has loaded, or failed to.
    loaded: AtomicU32,
    /// The number of who sits here; 0: nobody does.
    taken: AtomicU32,
    /// The number of who is to have what is put here.
    sitter: AtomicU32,
    /// Share of the last while spent awake, in percent.
    busy_percent: AtomicU32,
    waker: Mutex<Option<Arc<dyn Waker>>>,
}

impl Default for Seat {
    fn default() -> Self {
        Self {
            inlet: Inlet::default(),
            inject: Inject::default(),
            steal: StealQueue::default(),
            bell: Bell::default(),
            page: Page::new(layout::WORDS, layout::COUNTS),
            pinned: Inject::default(),
            strays: Strays::default(),
            tenancy: Tenancy::default(),
            alive: AtomicU32::new(0),
            loaded: AtomicU32::new(0),
            taken: AtomicU32::new(0),
            sitter: AtomicU32::new(1),
            busy_percent: AtomicU32::new(0),
            waker: Mutex::new(None),
        }
    }
}

impl Seat {
    /// Sits down; the number of who sits here now, or nothing if somebody else does.
    pub fn take(&self, waker: Arc<dyn Waker>) -> Option<u32> {
        // AcqRel, pairs with the Release of `leave`: the newcomer sees the seat as it was left, or that somebody sits here.
        self.taken.compare_exchange(0, u32::MAX, Ordering::AcqRel, Ordering::Relaxed).ok()?;
        // Relaxed on both: only who sits here changes the number, and that is us; a glance before this sees nobody present.
        let sitter = self.sitter.load(Ordering::Relaxed);
        self.taken.store(sitter, Ordering::Relaxed);
        *self.waker.lock().unwrap_or_else(PoisonError::into_inner) = Some(waker);
        Some(sitter)
    }

    /// Stands up.
    pub fn leave(&self) {
        drop(self.waker.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.bell.get_up();
        // Relaxed: statistics of a thread that is gone.
        self.alive.store(0, Ordering::Relaxed);
        self.busy_percent.store(0, Ordering::Relaxed);
        self.loaded.store(0, Ordering::Relaxed);
        // Release, pairs with the exchange in `take`.
        self.taken.store(0, Ordering::Release);
    }

    /// Whether a thread sits here, at a glance.
    pub fn is_taken(&self) -> bool {
        // Relaxed: for placement and statistics; a letter at a closed door waits for whoever sits here next.
        self.taken.load(Ordering::Relaxed) != 0
    }

    /// The number of who sits here, or, once that one goes, of the next.
    pub fn sitter(&self) -> u32 {
        // Relaxed: whoever has heard of an end that `retire` came before sees the number of the next, by the edge that told it;
        // who has not may still name the one who goes, and his process ends with that.
        self.sitter.load(Ordering::Relaxed)
    }

    /// The same, if that one is here.
    pub fn present(&self) -> Option<u32> {
        let sitter = self.sitter();
        // Relaxed: at a glance, as above.
        (self.taken.load(Ordering::Relaxed) == sitter).then_some(sitter)
    }

    /// Who sits here, `sitter`, takes nothing any more: what is put here from now on is for the next. Once or again.
    pub fn retire(&self, sitter: u32) {
        // Release, pairs with whatever tells of the ends to come, or that the seat is free, and `sitter` reads behind that.
        self.sitter.store(sitter.wrapping_add(1), Ordering::Release);
    }

    /// Wakes the thread if it sleeps; true if it did.
    pub fn ring(&self) -> bool {
        if !self.bell.ring() {
            return false;
        }
        self.wake();
        true
    }

    /// Wakes the thread, asleep or not.
    pub fn wake(&self) {
        if let Some(waker) = self.waker() {
            waker.wake();
        }
    }

    /// Since when its thread owes a turn, in microseconds; nothing if it owes none. A glance: what it says may be out of date, so
    /// ask twice before you act on it.
    pub fn owes_turn_since(&self) -> Option<u64> {
        let turned_us = self.page.count(layout::TURNED_US) as u64;
        if !self.is_taken() || turned_us == 0 {
            return None;
        }
        if self.bell.is_asleep() && self.page.get(layout::LOADING) == 0 {
            return None;
        }
        Some(if self.bell.is_rung() { turned_us.max(self.woken_us()) } else { turned_us })
    }

    fn waker(&self) -> Option<Arc<dyn Waker>> {
        self.waker.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn woken_us(&self) -> u64 {
        self.waker().map_or(0, |waker| waker.woken_us())
    }

    /// See [`Waker::idle_us`]; nothing also while the thread is awake, or over a module, where its turns tell as much.
    pub fn idle_us(&self) -> Option<u64> {
        let rests = self.bell.is_rung() || (self.bell.is_asleep() && self.page.get(layout::LOADING) == 0);
        if rests { self.waker()?.idle_us() } else { None }
    }

    /// Whether its thread has been rung and has not come round for a while.
    fn is_unanswering(&self, now_us: u64) -> bool {
        if !self.bell.is_rung() {
            return false;
        }
        // Who has only just been rung may not be known to be: that ring is behind the last turn.
        let woken_us = self.woken_us();
        woken_us > self.page.count(layout::TURNED_US) as u64 && now_us > woken_us + UNANSWERED_US
    }

    /// Whether a thief finds something here, at a glance; exact after a SeqCst fence.
    pub fn has_stealable(&self) -> bool {
        !self.steal.is_empty() || !self.inject.is_empty()
    }

    /// Whether a thief should look here: there is something, and its own thread is not about to take it. What lies at the
    /// door of a thread that has been rung is its own: a thief that spins would only undo the placement, and who comes up
    /// passes on what it leaves. What the thread has queued itself is always to be had: it may be far from a turn, under
    /// foreign code.
    pub fn is_robbable(&self) -> bool {
        !self.steal.is_empty() || (!self.inject.is_empty() && !self.bell.is_rung())
    }

    /// Whether something lies at its door and its thread, which was rung for it, does not come: then that is anybody's, too.
    pub fn leaves_work(&self, now_us: u64) -> bool {
        !self.inject.is_empty() && self.is_unanswering(now_us)
    }

    /// Unstarted processes waiting here.
    pub fn unstarted(&self) -> usize {
        self.steal.len() + self.inject.len() + self.pinned.len()
    }

    /// Processes started here and not dead.
    pub fn alive(&self) -> u32 {
        // Relaxed: for placement and statistics.
        self.alive.load(Ordering::Relaxed)
    }

    /// Processes that are this scheduler's, or would be if nobody stole them.
    pub fn load(&self) -> usize {
        self.unstarted() + self.alive() as usize
    }

    /// So many more started, or fewer than none died.
    pub fn count_alive(&self, more: i32) {
        // Relaxed: as above. One thread writes, so no exchange is needed.
        let alive = self.alive.load(Ordering::Relaxed);
        self.alive.store(alive.wrapping_add_signed(more), Ordering::Relaxed);
    }

    /// Definitions loaded here.
    pub fn loaded(&self) -> u32 {
        // Relaxed: a thief reads its own.
        self.loaded.load(Ordering::Relaxed)
    }

    /// This scheduler has loaded, or failed to load, all definitions up to `count`.
    pub fn set_loaded(&self, count: u32) {
        // Relaxed: a thief reads its own.
        self.loaded.store(count, Ordering::Relaxed);
    }

    /// How busy it has been lately, 0 to 1.
    pub fn busy_share(&self) -> f64 {
        // Relaxed: for placement and statistics.
        f64::from(self.busy_percent.load(Ordering::Relaxed)) / 100.0
    }

    /// Says how busy it has been lately.
    pub fn set_busy_share(&self, share: f64) {
        // Relaxed: as above.
        self.busy_percent.store((share * 100.0) as u32, Ordering::Relaxed);
    }
}
