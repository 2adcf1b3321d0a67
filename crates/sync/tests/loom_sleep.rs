//! Models of the sleep and wake protocol of `crates/runtime/src/sched/README.md`: the real `idle.rs`, bells and queues, and the
//! steps of `scheduler/search.rs` and `scheduler/turn.rs` in their order. A thief that finds a piece of work is busy with it
//! for ever, the hardest case: what is left must reach whoever still sleeps.
#![cfg(loom)]

#[path = "../../runtime/src/sched/idle.rs"]
#[allow(unreachable_pub, reason = "a part of another crate, modelled where loom is")]
mod idle;
mod probe;

use idle::Idle;
use loom::thread;
use probe::{Step, outcomes};
use rumpus_sync::shim::Arc;
use rumpus_sync::{Bell, Inject, StealQueue};

#[derive(Default)]
struct Seat {
    bell: Bell,
    steal: StealQueue,
    inject: Inject,
}

impl Seat {
    fn has_stealable(&self) -> bool {
        !self.steal.is_empty() || !self.inject.is_empty()
    }
}

/// The pusher's seat is 0, those of the thieves follow.
struct Runtime {
    idle: Idle,
    seats: Vec<Seat>,
    /// How many seats are looked at for work: all that keep any, the pusher's first. Others would only cost states.
    stocked: usize,
    /// Taken once by each thread, before its first fence.
    start: Step,
}

impl Runtime {
    fn new(thieves: usize, stocked: usize) -> Arc<Self> {
        let seats = (0..=thieves).map(|_| Seat::default()).collect();
        Arc::new(Self { idle: Idle::default(), seats, stocked, start: Step::default() })
    }
}

/// One scheduler's thread; what it was told to wake is noted, not woken: see [`settle`].
struct Scheduler {
    runtime: Arc<Runtime>,
    seat: usize,
    busy: Option<u32>,
    told: Vec<usize>,
}

impl Scheduler {
    fn new(runtime: &Arc<Runtime>, seat: usize) -> Self {
        Self { runtime: Arc::clone(runtime), seat, busy: None, told: Vec::new() }
    }

    fn seat(&self) -> &Seat {
        &self.runtime.seats[self.seat]
    }

    /// `Scheduler::put_at`.
    fn put_at(&mut self, door: usize, index: u32) {
        let runtime = Arc::clone(&self.runtime);
        let seat = &runtime.seats[door];
        if door == self.seat {
            seat.steal.push(index, &seat.inject);
        } else {
            seat.inject.push([index]);
        }
        if door != self.seat && seat.bell.ring() {
            self.told.push(door);
        } else {
            self.wake_thief();
        }
    }

    /// `Scheduler::wake_thief`.
    fn wake_thief(&mut self) {
        let mut sleepers = self.runtime.idle.sleepers_to_wake() & !(1 << self.seat);
        while sleepers != 0 {
            let sleeper = sleepers.trailing_zeros() as usize;
            if self.runtime.seats[sleeper].bell.ring() {
                self.told.push(sleeper);
                return;
            }
            sleepers &= sleepers - 1;
        }
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
        let last = self.runtime.idle.stop_search();
        if stolen && last {
            self.wake_thief();
        }
        stolen
    }

    /// `Scheduler::rob`.
    fn rob(&self, victim: usize) -> bool {
        let (victim, own) = (&self.runtime.seats[victim], self.seat());
        if victim.steal.steal_into(&own.steal) > 0 {
            return true;
        }
        let mut batch = Vec::new();
        let stolen = victim.inject.take_half(64, &mut batch);
        batch.into_iter().for_each(|index| own.steal.push(index, &own.inject));
        stolen > 0
    }

    /// `Scheduler::work`, for an idle scheduler.
    fn work(&mut self) -> bool {
        self.busy = self.next_unstarted();
        if self.busy.is_none() && self.search() {
            self.busy = self.next_unstarted();
        }
        self.busy.is_some()
    }

    /// `Scheduler::has_work`.
    fn has_work(&self) -> bool {
        self.runtime.seats[..self.runtime.stocked].iter().any(Seat::has_stealable)
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

    /// Turns until this scheduler is busy or sleeps.
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
}

fn spawn_turns(runtime: &Arc<Runtime>, seat: usize) -> thread::JoinHandle<Scheduler> {
    let scheduler = Scheduler::new(runtime, seat);
    thread::spawn(move || {
        scheduler.runtime.start.take();
        scheduler.turns()
    })
}

/// A scheduler that sleeps already.
fn asleep(runtime: &Arc<Runtime>, seat: usize) -> Scheduler {
    let sleeper = Scheduler::new(runtime, seat);
    sleeper.lie_down();
    sleeper
}

/// Wakes who was told to be woken, after everybody has come to rest, until nobody is left to wake; then so many must be busy.
/// Answers how many were busy without a wake, and how many were told to be woken.
fn settle(mut schedulers: Vec<Scheduler>, busy: usize) -> (usize, usize) {
    let by_themselves = schedulers.iter().filter(|scheduler| scheduler.busy.is_some()).count();
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
    let mut done: Vec<u32> = schedulers.iter().filter_map(|scheduler| scheduler.busy).collect();
    done.sort_unstable();
    assert!(done.windows(2).all(|pair| pair[0] != pair[1]), "two run one piece: {done:?}");
    assert_eq!(done.len(), busy, "work waits beside a sleeper; taken: {done:?}");
    (by_themselves, woken)
}

#[test]
fn one_who_lies_down_sees_a_push_or_is_woken() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(1, 2);
        let thief = spawn_turns(&runtime, 1);
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(0, 1);
        settle(vec![thief.join().unwrap(), pusher], 1)
    });
    assert_eq!(ends, [(1, 0), (1, 1), (0, 1)].into());
}

#[test]
fn one_at_whose_door_work_is_put_sees_it_or_is_woken() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(1, 2);
        let thief = spawn_turns(&runtime, 1);
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(1, 1);
        settle(vec![thief.join().unwrap(), pusher], 1)
    });
    assert_eq!(ends, [(1, 0), (1, 1), (0, 1)].into());
}

#[test]
fn a_searcher_to_whom_a_push_was_left_finds_it_or_wakes_a_sleeper() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(2, 2);
        let sleeper = asleep(&runtime, 2);
        let mut pusher = Scheduler::new(&runtime, 0);
        pusher.seat().inject.push([1]);
        let searcher = spawn_turns(&runtime, 1);
        runtime.start.take();
        pusher.put_at(0, 2);
        settle(vec![searcher.join().unwrap(), sleeper, pusher], 2)
    });
    assert_eq!(ends, [(1, 1)].into(), "the sleeper is woken once, by either");
}

#[test]
fn a_second_push_reaches_the_second_thief() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(2, 2);
        let sleeper = asleep(&runtime, 2);
        let thief = spawn_turns(&runtime, 1);
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(0, 1);
        pusher.put_at(0, 2);
        settle(vec![thief.join().unwrap(), sleeper, pusher], 2)
    });
    assert!(ends.is_superset(&[(1, 1), (0, 2)].into()), "{ends:?}");
}

#[test]
#[ignore]
fn of_two_who_lie_down_one_takes_a_push() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(2, 1);
        let thieves = [1, 2].map(|seat| spawn_turns(&runtime, seat));
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(0, 1);
        let mut schedulers = vec![pusher];
        schedulers.extend(thieves.into_iter().map(|thief| thief.join().unwrap()));
        settle(schedulers, 1)
    });
    assert!(ends.is_superset(&[(1, 0), (0, 1)].into()), "{ends:?}");
}

#[test]
fn loot_is_not_missed_by_the_last_searcher() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(2, 3);
        let mut owner = Scheduler::new(&runtime, 0);
        (1..=3).for_each(|index| owner.seat().steal.push(index, &owner.seat().inject));
        let thieves = [1, 2].map(|seat| spawn_turns(&runtime, seat));
        runtime.start.take();
        let busy = 2 + usize::from(owner.work());
        let mut schedulers = vec![owner];
        schedulers.extend(thieves.into_iter().map(|thief| thief.join().unwrap()));
        settle(schedulers, busy)
    });
    assert!(ends.contains(&(3, 0)), "{ends:?}");
}
