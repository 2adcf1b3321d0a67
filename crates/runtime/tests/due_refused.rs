//! Messages for later that find no place, or nobody who may have them: dropped and counted, and nothing is left of them.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Overflow, Snapshot};
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Pid, Runtime, Scheduler, Sink, When, layout};
use world::body::Ears;
use world::options;

/// What a turn told of values in slots.
#[derive(Debug, PartialEq, Eq)]
enum Told {
    Slot { slot: u32, keep: bool },
    Freed(u32),
}

#[derive(Default)]
struct Tray(Vec<Told>);

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        match completion {
            Completion::Slot { slot, keep, .. } => self.0.push(Told::Slot { slot, keep }),
            Completion::Freed { slot } => self.0.push(Told::Freed(slot)),
            _ => {}
        }
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {}
}

struct Pair {
    runtime: Arc<Runtime>,
    far: Scheduler,
    near: Scheduler,
}

impl Pair {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new(options(1)));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
        let (Some(far), Some(near)) = (sit(0), sit(1)) else { panic!("seats are taken") };
        Self { runtime, far, near }
    }

    /// A process with a mailbox for one message.
    fn spawn(&mut self, overflow: Overflow) -> Pid {
        let Ok(born) = self.near.spawn_here(Birth { capacity: 1, overflow, ..Birth::default() }) else {
            panic!("the table is full")
        };
        born.pid
    }

    fn turn(&mut self, now_us: u64) -> Vec<Told> {
        let mut tray = Tray::default();
        self.near.turn(Occasion { now_us, from_loop: true, crowded: true }, &mut tray);
        tray.0
    }

    fn places(&self, of: Pid) -> Option<i32> {
        self.runtime.table.get(of).map(|process| process.places.free())
    }

    /// What is in the wheel, and timers that nobody has given back.
    fn left(&self) -> (usize, usize) {
        let made = 0..self.runtime.timers.made();
        (self.near.due(), made.filter(|&index| self.runtime.timers.at(index).is_some()).count())
    }

    fn dropped(&self) -> (f64, f64) {
        let total = |counter| self.runtime.total(counter);
        (total(layout::NATIVE_DROPPED_FULL), total(layout::NATIVE_ACCEPTED) - total(layout::NATIVE_DELIVERED))
    }
}

#[test]
fn one_that_finds_no_place_is_dropped_and_its_value_let_go_of() {
    for overflow in [Overflow::Offer, Overflow::DropNewest] {
        let mut pair = Pair::new();
        let to = pair.spawn(overflow);
        for (slot, deadline_us) in [(1, 1_000), (2, 2_000)] {
            let when = When { deadline_us, period_us: 0 };
            assert!(pair.near.send_slot_after(to, when, slot, None).is_some());
        }
        assert_eq!(pair.turn(1_000), [Told::Slot { slot: 1, keep: false }]);
        assert_eq!((pair.places(to), pair.dropped()), (Some(0), (0.0, 0.0)));
        assert_eq!(pair.turn(2_000), [Told::Freed(2)]);
        assert_eq!((pair.left(), pair.dropped()), ((0, 0), (1.0, 1.0)));
    }
}

#[test]
fn an_interval_goes_on_when_it_finds_a_place_again() {
    let mut pair = Pair::new();
    let to = pair.spawn(Overflow::Offer);
    let when = When { deadline_us: 1_000, period_us: 1_000 };
    assert!(pair.near.send_slot_after(to, when, 1, None).is_some());
    let told = || vec![Told::Slot { slot: 1, keep: true }];
    assert_eq!((pair.turn(1_000), pair.turn(2_000), pair.dropped()), (told(), vec![], (1.0, 1.0)));
    pair.near.give_places(to, 1);
    assert_eq!((pair.turn(3_000), pair.places(to), pair.left()), (told(), Some(0), (1, 1)));
}

#[test]
fn what_drops_its_oldest_has_room_for_it_always() {
    let mut pair = Pair::new();
    let to = pair.spawn(Overflow::DropOldest);
    let before = pair.places(to);
    let when = When { deadline_us: 1_000, period_us: 1_000 };
    assert!(pair.near.send_slot_after(to, when, 1, None).is_some());
    for fired in 1..100 {
        assert_eq!(pair.turn(fired * 1_000).len(), 1);
        assert_eq!(pair.places(to), before.map(|places| places - fired as i32), "JavaScript gives it back");
    }
}

#[test]
fn one_that_arrives_cancelled_or_at_somebody_who_must_end_is_never_in_the_wheel() {
    for must_end in [true, false] {
        let mut pair = Pair::new();
        let Ok(born) = pair.near.spawn_here(Birth::default()) else { panic!("the table is full") };
        pair.turn(10);
        if must_end {
            pair.near.note_exiting(born.pid);
        }
        let when = When { deadline_us: 900_000, period_us: 0 };
        let Some(bits) = pair.far.send_after(born.pid, when, 0, &[]) else { panic!("no room for a timer") };
        assert!(must_end || pair.far.cancel_timer(bits, 0).is_some_and(|left| left.left_us == 900_000));
        pair.turn(20);
        assert_eq!(pair.left(), (0, 0));
    }
}
