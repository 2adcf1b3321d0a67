//! What a scheduler shows: since when it owes a turn, what lies in its wheel, how late that was, who is there and with how much
//! mail, turn by turn with the clock in the test's hand.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Phase, Priority, Snapshot};
use rumpus_runtime::sched::seat::Seat;
use rumpus_runtime::scheduler::{Occasion, millisecond_word};
use rumpus_runtime::{
    Birth, Completion, Pid, Reason, ReasonKind, Runtime, Scheduler, Sink, Verdict, Waker, Where, layout,
};
use world::options;

/// Was rung at the time that the test says.
#[derive(Debug)]
struct Ears(u64);

impl Waker for Ears {
    fn wake(&self) {}

    fn woken_us(&self) -> u64 {
        self.0
    }

    fn idle_us(&self) -> Option<u64> {
        Some(77)
    }
}

/// Has room for so many.
struct Tray(usize);

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        self.0 > 0
    }

    fn put(&mut self, _completion: Completion) {
        self.0 -= 1;
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {
        self.0 -= 1;
    }
}

fn sit(runtime: &Arc<Runtime>, seat: usize, woken_us: u64) -> Scheduler {
    let scheduler = Scheduler::take_seat(Arc::clone(runtime), seat, Arc::new(Ears(woken_us)), 1, 0);
    let Some(scheduler) = scheduler else { panic!("seat {seat} is taken") };
    scheduler
}

fn turn(scheduler: &mut Scheduler, now_us: u64, room: usize) -> Verdict {
    scheduler.turn(Occasion { now_us, from_loop: true, crowded: true }, &mut Tray(room))
}

fn sleep(scheduler: &mut Scheduler, now_us: u64) {
    let slept = (0..9).any(|i| turn(scheduler, now_us + i, 9) == Verdict::Sleep);
    assert!(slept && scheduler.seat().bell.is_asleep());
}

#[test]
fn a_turn_is_owed_since_the_last_one_or_since_the_bell_rang() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let seat: &Seat = &runtime.seats[1];
    assert_eq!(seat.owes_turn_since(), None, "nobody sits there");
    let mut scheduler = sit(&runtime, 1, 9_000);
    assert_eq!(seat.owes_turn_since(), None, "it has not begun");
    sleep(&mut scheduler, 5_000);
    assert_eq!(seat.owes_turn_since(), None, "it sleeps");
    seat.page.set(layout::LOADING, 1);
    assert!(seat.owes_turn_since().is_some_and(|since| (5_000..5_009).contains(&since)), "it loads a module");
    seat.page.set(layout::LOADING, 0);
    assert!(seat.ring());
    assert_eq!(seat.owes_turn_since(), Some(9_000), "it was rung");
    turn(&mut scheduler, 12_000, 9);
    assert!(!seat.bell.is_asleep() || seat.owes_turn_since().is_none());
    let pid = scheduler.spawn_here(Birth::default()).map(|born| born.pid);
    assert!(pid.is_ok() && scheduler.ring().push(0));
    assert_ne!(turn(&mut scheduler, 13_000, 9), Verdict::Sleep);
    assert_eq!(seat.owes_turn_since(), Some(13_000), "it is awake");
    assert_eq!(seat.page.get(layout::NOW_MS), 13);
    scheduler.leave();
    assert_eq!(seat.owes_turn_since(), None, "nobody sits there any more");
}

#[test]
fn who_rests_tells_how_long_its_event_loop_has_waited_and_who_is_awake_or_loads_does_not() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let seat: &Seat = &runtime.seats[1];
    assert_eq!(seat.idle_us(), None, "nobody sits there");
    let mut scheduler = sit(&runtime, 1, 9_000);
    assert_eq!(seat.idle_us(), None, "it is awake");
    sleep(&mut scheduler, 5_000);
    assert_eq!(seat.idle_us(), Some(77), "it sleeps");
    seat.page.set(layout::LOADING, 1);
    assert_eq!(seat.idle_us(), None, "it loads a module, and takes turns meanwhile");
    assert!(seat.ring());
    assert_eq!(seat.idle_us(), Some(77), "it was rung");
    scheduler.leave();
    assert_eq!(seat.idle_us(), None, "nobody sits there any more");
}

#[test]
fn a_seat_knows_since_when_it_has_been_in_use_whoever_sits_there() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let since = |seat: usize| runtime.seats[seat].page.count(layout::FIRST_TAKEN_US);
    let sit_at = |seat, now_us| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears(0)), 1, now_us);
    for (now_us, shown) in [(5_000, 5_000.0), (9_000, 5_000.0)] {
        let Some(scheduler) = sit_at(1, now_us) else { panic!("an empty seat") };
        assert_eq!(since(1), shown);
        scheduler.leave();
    }
    assert_eq!(since(0), 0.0, "never");
    assert!(sit_at(0, 0).is_some());
    assert_eq!(since(0), 1.0, "not never");
}

#[test]
fn a_moment_is_the_low_bits_of_its_milliseconds() {
    assert_eq!([millisecond_word(0), millisecond_word(1_999)], [0, 1]);
    assert_eq!(millisecond_word(((1 << 31) + 5) * 1_000), i32::MIN + 5);
    assert_eq!(millisecond_word((1 << 32) * 1_000), 0);
}

#[test]
fn what_waits_for_a_time_is_counted_and_how_late_it_fires_is_shown() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let mut scheduler = sit(&runtime, 1, 0);
    let Ok(born) = scheduler.spawn_here(Birth::default()) else { panic!("no room") };
    for deadline_us in [2_000, 3_000, 900_000] {
        scheduler.wait_until(born.pid, deadline_us);
    }
    let shown = |scheduler: &Scheduler| {
        let counts = [layout::TIMERS, layout::LATE_US, layout::LATE_WORST_US];
        counts.map(|count| scheduler.seat().page.count(count) as u64)
    };
    turn(&mut scheduler, 1_000, 9);
    assert_eq!(shown(&scheduler), [3, 0, 0]);
    turn(&mut scheduler, 2_700, 9);
    assert_eq!(shown(&scheduler), [2, 700, 700]);
    turn(&mut scheduler, 3_100, 9);
    assert_eq!(shown(&scheduler), [1, 100, 700]);
    // It sleeps, at most until the last of them is due, in whole milliseconds.
    assert_eq!(turn(&mut scheduler, 3_200, 9), Verdict::Sleep);
    let page = &scheduler.seat().page;
    assert_eq!((page.get(layout::DUE_IN), page.get(layout::DUE_AT)), (897, 900));
    let page = &scheduler.shared().seats[1].page;
    scheduler.leave();
    assert_eq!(page.count(layout::TIMERS), 0.0);
}

#[test]
fn a_census_shows_who_is_there_and_what_it_will_be() {
    let runtime = Arc::new(Runtime::new(options(2)));
    let mut scheduler = sit(&runtime, 1, 0);
    let definition = runtime.define("a#b");
    let Ok(here) = scheduler.spawn_here(Birth { priority: Priority::Low, ..Birth::default() }) else { panic!() };
    let Ok(there) = scheduler.spawn(definition, 0, &[], Where::On(2), Birth::default()) else { panic!() };
    let Ok(rented) = scheduler.rent() else { panic!() };
    let all: Vec<_> = runtime.census(None).into_iter().map(|seen| (seen.pid, seen.state.phase())).collect();
    assert_eq!(all, [(here.pid, Phase::Running), (there.pid, Phase::Unstarted)]);
    let one = |pid| runtime.census(Some(pid)).pop();
    assert!(one(here.pid).is_some_and(|seen| seen.definition.is_none() && seen.state.priority() == Priority::Low));
    assert!(one(there.pid).is_some_and(|seen| seen.definition == Some(definition) && seen.state.seat() == 2));
    assert!(one(rented).is_none(), "nobody lives there yet");
    scheduler.finish(here.pid, &Reason::new(ReasonKind::Normal, &[]));
    assert!(one(here.pid).is_none(), "it has ended");
    assert!(one(Pid::from_bits(u64::from(u32::MAX))).is_none(), "nobody has lived there");
}

#[test]
fn mail_that_javascript_has_no_room_for_is_counted_by_its_receiver() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let mut scheduler = sit(&runtime, 1, 0);
    let Ok(one) = scheduler.spawn_here(Birth::default()) else { panic!("no room") };
    let Ok(other) = scheduler.spawn_here(Birth::default()) else { panic!("no room") };
    for pid in [one.pid, other.pid, one.pid, one.pid] {
        assert!(scheduler.send(pid, 0, &[&[0; 8]]));
    }
    turn(&mut scheduler, 100, 1);
    let untold = scheduler.untold();
    assert_eq!([one, other].map(|born| untold.get(&born.pid.index()).copied()), [Some(2), Some(1)]);
    turn(&mut scheduler, 200, 9);
    assert!(scheduler.untold().is_empty());
}

#[test]
fn what_did_not_fit_on_the_run_ring_is_shown() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let mut scheduler = sit(&runtime, 1, 0);
    let Ok(born) = scheduler.spawn_here(Birth { priority: Priority::High, ..Birth::default() }) else { panic!() };
    scheduler.overflow(born.pid.index());
    assert_eq!(scheduler.seat().page.count(layout::OVERFLOWING), 1.0);
    turn(&mut scheduler, 100, 9);
    assert_eq!((scheduler.seat().page.count(layout::OVERFLOWING), scheduler.ring().len()), (0.0, 1));
}
