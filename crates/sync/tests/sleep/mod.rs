//! The schedulers of the sleep and wake protocol without their processes: the real `idle.rs`, bells and queues, and the steps
//! of `scheduler/turn.rs`, `scheduler/search.rs` and `scheduler.rs` in their order, under their names. Whoever finds a piece
//! of work, or mail, is busy with it for ever, the hardest case: what is left must reach whoever still sleeps.

#[path = "../../../runtime/src/sched/idle.rs"]
#[allow(unreachable_pub, reason = "a part of another crate, modelled where loom is")]
mod idle;

use idle::Idle;
use loom::thread::{self, JoinHandle};
use rumpus_sync::shim::{Arc, AtomicU32, Ordering};
use rumpus_sync::{Bell, Inject, StealQueue};

use crate::probe::Step;

/// What a scheduler is busy with that got mail.
const MAIL: u32 = 0;

#[derive(Default)]
pub(crate) struct Seat {
    bell: Bell,
    pub(crate) steal: StealQueue,
    pub(crate) inject: Inject,
    /// What the inlet, and the queue of pinned processes, are to a sleeper: 1 when something lies there.
    mail: AtomicU32,
}

impl Seat {
    fn has_stealable(&self) -> bool {
        !self.steal.is_empty() || !self.inject.is_empty()
    }

    fn is_robbable(&self) -> bool {
        !self.steal.is_empty() || (!self.inject.is_empty() && !self.bell.is_rung())
    }

    pub(crate) fn has_mail(&self) -> bool {
        // Relaxed: the bell must order it.
        self.mail.load(Ordering::Relaxed) == 1
    }
}

/// The pusher's seat is 0, those of the thieves follow.
pub(crate) struct Runtime {
    idle: Idle,
    pub(crate) seats: Vec<Seat>,
    /// How many seats are looked at for work: all that keep any, the pusher's first. Others would only cost states.
    stocked: usize,
    /// Taken once by each thread, before its first fence.
    pub(crate) start: Step,
}

impl Runtime {
    pub(crate) fn new(thieves: usize, stocked: usize) -> Arc<Self> {
        let seats = (0..=thieves).map(|_| Seat::default()).collect();
        Arc::new(Self { idle: Idle::default(), seats, stocked, start: Step::default() })
    }
}

/// One scheduler's thread; whom it was told to wake is noted, not woken: see [`settle`].
pub(crate) struct Scheduler {
    runtime: Arc<Runtime>,
    seat: usize,
    busy: Option<u32>,
    told: Vec<usize>,
    passes_on: bool,
}

impl Scheduler {
    pub(crate) fn new(runtime: &Arc<Runtime>, seat: usize) -> Self {
        Self { runtime: Arc::clone(runtime), seat, busy: None, told: Vec::new(), passes_on: true }
    }

    /// One that keeps to itself what others left to it.
    pub(crate) fn that_passes_nothing_on(runtime: &Arc<Runtime>, seat: usize) -> Self {
        Self { passes_on: false, ..Self::new(runtime, seat) }
    }

    /// A scheduler that sleeps already.
    pub(crate) fn asleep(self) -> Self {
        self.lie_down();
        self
    }

    pub(crate) fn seat(&self) -> &Seat {
        &self.runtime.seats[self.seat]
    }

    /// `Scheduler::notify`, and `Scheduler::put_at` for a pinned process.
    pub(crate) fn notify(&mut self, door: usize) {
        let runtime = Arc::clone(&self.runtime);
        let seat = &runtime.seats[door];
        // Release, as an inlet and an inject queue publish. It pairs with the Acquire in `take_mail`.
        seat.mail.store(1, Ordering::Release);
        if seat.bell.ring() {
            self.told.push(door);
        }
    }

    /// `Scheduler::put_at`.
    pub(crate) fn put_at(&mut self, door: usize, index: u32) {
        let runtime = Arc::clone(&self.runtime);
        let seat = &runtime.seats[door];
        if door == self.seat {
            seat.steal.push(index, &seat.inject);
        } else {
            seat.inject.push([index]);
        }
        if door != self.seat && seat.bell.ring() {
            self.told.push(door);
        } else if door == self.seat || !seat.bell.is_rung() {
            self.wake_thief();
        }
    }

    /// `Scheduler::wake_thief`.
    fn wake_thief(&mut self) {
        let sleepers = self.runtime.idle.sleepers_to_wake();
        self.ring_one_of(sleepers);
    }

    fn ring_one_of(&mut self, sleepers: u64) {
        let mut sleepers = sleepers & !(1 << self.seat);
        while sleepers != 0 {
            let sleeper = sleepers.trailing_zeros() as usize;
            if self.runtime.seats[sleeper].bell.ring() {
                self.told.push(sleeper);
                return;
            }
            sleepers &= sleepers - 1;
        }
    }

    /// `Scheduler::take_mail`.
    fn take_mail(&self) -> Option<u32> {
        // Acquire, pairs with the Release in `notify`.
        (self.seat().has_mail() && self.seat().mail.swap(0, Ordering::Acquire) == 1).then_some(MAIL)
    }

    /// `Scheduler::next_unstarted`.
    fn next_unstarted(&self) -> Option<u32> {
        let seat = self.seat();
        if let Some(index) = seat.steal.pop() {
            return Some(index);
        }
        let mut batch = Vec::new();
        seat.inject.take_half(64, &mut batch);
        let mut batch = batch.into_iter();
        let first = batch.next();
        batch.for_each(|index| seat.steal.push(index, &seat.inject));
        first
    }

    /// `Scheduler::search`.
    fn search(&mut self) -> bool {
        if !self.runtime.idle.start_search(self.runtime.seats.len() - 1) {
            return false;
        }
        let stolen = (0..self.runtime.stocked).any(|victim| victim != self.seat && self.rob(victim));
        self.runtime.idle.stop_search();
        stolen
    }

    /// `Scheduler::rob`.
    fn rob(&self, victim: usize) -> bool {
        let (victim, own) = (&self.runtime.seats[victim], self.seat());
        if victim.steal.steal_into(&own.steal, u32::MAX) > 0 {
            return true;
        }
        if victim.bell.is_rung() {
            return false;
        }
        let mut batch = Vec::new();
        let stolen = victim.inject.take_half(64, &mut batch);
        batch.into_iter().for_each(|index| own.steal.push(index, &own.inject));
        stolen > 0
    }

    /// `Scheduler::work`, for an idle scheduler: mail comes first, and who has mail does not search.
    pub(crate) fn work(&mut self) -> bool {
        self.busy = self.take_mail().or_else(|| self.next_unstarted());
        if self.busy.is_none() && self.search() {
            self.busy = self.next_unstarted();
        }
        if self.busy.is_some() && self.passes_on {
            self.pass_on();
        }
        self.busy.is_some()
    }

    /// `Scheduler::pass_on`: who was idle and is busy now hands on what pushers may have left to it.
    fn pass_on(&mut self) {
        let sleepers = self.runtime.idle.sleepers_to_wake();
        if sleepers != 0 && self.stock() {
            self.ring_one_of(sleepers);
        }
    }

    fn stock(&self) -> bool {
        self.runtime.seats[..self.runtime.stocked].iter().any(Seat::is_robbable)
    }

    /// `Scheduler::has_work`.
    fn has_work(&self) -> bool {
        self.seat().has_mail() || self.seat().has_stealable() || self.stock()
    }

    /// `Scheduler::lie_down`.
    fn lie_down(&self) {
        self.runtime.idle.lie_down(self.seat);
        self.seat().bell.lie_down();
    }

    /// `Scheduler::get_up`.
    fn get_up(&self) {
        self.seat().bell.get_up();
        self.runtime.idle.get_up(self.seat);
    }

    /// `Scheduler::turn` and `Scheduler::rest`, until this scheduler is busy or sleeps.
    fn turns(mut self) -> Self {
        while !self.work() {
            self.lie_down();
            if !self.has_work() {
                return self;
            }
            self.get_up();
            thread::yield_now();
        }
        self
    }

    /// `turns` on a thread of its own.
    pub(crate) fn spawn(self) -> JoinHandle<Self> {
        thread::spawn(move || {
            self.runtime.start.take();
            self.turns()
        })
    }
}

/// How it ended: pieces of work taken without a wake, and wakes.
pub(crate) type End = (usize, usize);

/// Wakes who was told to be woken, after everybody has come to rest, until nobody is left to wake. Then so many pieces of
/// work must be taken.
pub(crate) fn settle(mut schedulers: Vec<Scheduler>, taken: usize) -> End {
    let by_themselves = work_taken(&schedulers).len();
    let mut woken = 0;
    while let Some(seat) = schedulers.iter_mut().find_map(|scheduler| scheduler.told.pop()) {
        woken += 1;
        let at = schedulers.iter().position(|scheduler| scheduler.seat == seat).unwrap();
        if schedulers[at].busy.is_none() {
            let sleeper = schedulers.swap_remove(at);
            sleeper.get_up();
            schedulers.push(sleeper.turns());
        }
    }
    let done = work_taken(&schedulers);
    assert!(done.windows(2).all(|pair| pair[0] != pair[1]), "two run one piece: {done:?}");
    assert_eq!(done.len(), taken, "work waits beside a sleeper, taken: {done:?}");
    (by_themselves, woken)
}

fn work_taken(schedulers: &[Scheduler]) -> Vec<u32> {
    let mut taken: Vec<u32> = schedulers.iter().filter_map(|s| s.busy).filter(|&index| index != MAIL).collect();
    taken.sort_unstable();
    taken
}
