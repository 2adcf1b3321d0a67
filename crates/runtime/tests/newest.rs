//! Mailboxes that drop their oldest, flooded while their owner does not come: they stay small, the newest survive, in order with
//! the signals of their senders, whatever happens to the owner, and the books balance.

mod world;

use std::collections::BTreeSet;
use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Overflow, Phase, Snapshot};
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{
    Birth, Completion, Options, Pid, Priority, Reason, ReasonKind, Runtime, Scheduler, Sink, Where, layout,
};
use world::body::Ears;
use world::dice::Dice;
use world::options;

const CAPACITY: u32 = 5;
/// What is in the mailbox, in the outbox and beside the mailbox at most.
const MOST: usize = 64 + 2 * CAPACITY as usize;

/// What a turn told.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
enum Told {
    Message(u64),
    Slot(u32),
    Down,
    Exit,
    Exiting,
    Freed(u32),
}

#[derive(Default)]
struct Tray(Vec<Told>);

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        self.0.push(match completion {
            Completion::Message { parcel, .. } => {
                Told::Message(u64::from_le_bytes(parcel.bytes().try_into().unwrap_or_default()))
            }
            Completion::Slot { slot, .. } => Told::Slot(slot),
            Completion::Down { .. } => Told::Down,
            Completion::Exit { .. } => Told::Exit,
            Completion::Exiting { .. } => Told::Exiting,
            Completion::Freed { slot } => Told::Freed(slot),
            _ => return,
        });
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {}
}

/// The scheduler of a receiver, and one that writes to it. The receiver's isolate holds the newest, as `places.ts` has it.
struct Pair {
    owner: Scheduler,
    sender: Scheduler,
    to: Pid,
    now_us: u64,
    inbox: Vec<Told>,
    held: i32,
    dropped: u64,
}

fn birth() -> Birth {
    Birth { capacity: CAPACITY, overflow: Overflow::DropOldest, ..Birth::default() }
}

impl Pair {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new(Options { host_works: true, ..options(1) }));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
        let (Some(sender), Some(mut owner)) = (sit(0), sit(1)) else { panic!("seats are taken") };
        let Ok(born) = owner.spawn_here(birth()) else { panic!("the table is full") };
        Self { owner, sender, to: born.pid, now_us: 0, inbox: Vec::new(), held: 0, dropped: 0 }
    }

    fn send(&mut self, number: u64) {
        assert!(self.sender.send(self.to, 8, &[&number.to_le_bytes()]));
    }

    /// A turn of the owner: what it told.
    fn turn(&mut self) -> Vec<Told> {
        self.now_us += 10;
        let messages = self.messages();
        self.owner.before_submission();
        self.owner.give_places(self.to, self.held - messages);
        self.owner.after_submission();
        self.held = messages;
        let mut tray = Tray::default();
        self.owner.turn(Occasion { now_us: self.now_us, from_loop: true, crowded: true }, &mut tray);
        for &told in &tray.0 {
            if matches!(told, Told::Message(_) | Told::Slot(_)) {
                self.held += 1;
                self.inbox.push(told);
            }
        }
        while self.inbox.len() > CAPACITY as usize {
            self.inbox.remove(0);
            self.dropped += 1;
        }
        tray.0
    }

    fn messages(&self) -> i32 {
        self.inbox.len() as i32
    }

    /// Turns until nothing is told.
    fn settle(&mut self) -> Vec<Told> {
        let mut all = Vec::new();
        loop {
            let told = self.turn();
            if told.is_empty() {
                return all;
            }
            all.extend(told);
        }
    }

    fn total(&self, counter: usize) -> u64 {
        self.owner.runtime().total(counter) as u64
    }
}

#[test]
fn the_newest_survive_a_flood_and_no_more_is_kept_than_has_to_be() {
    let mut pair = Pair::new();
    for round in 1..5 {
        (0..10_000).for_each(|i| pair.send(round * 10_000 + i));
        let told = pair.settle();
        assert!(told.len() <= MOST, "{} were kept", told.len());
        let last = (round + 1) * 10_000;
        let newest: Vec<Told> = (last - u64::from(CAPACITY)..last).map(Told::Message).collect();
        assert_eq!(pair.inbox, newest);
        assert!(told.is_sorted_by_key(|told| match told {
            Told::Message(number) => *number,
            other => panic!("{other:?}"),
        }));
    }
    let gone = pair.total(layout::NATIVE_DROPPED_FULL) + pair.dropped;
    assert_eq!(pair.total(layout::NATIVE_ACCEPTED), gone + pair.inbox.len() as u64);
    let Some(process) = pair.owner.runtime().table.get(pair.to) else { panic!("it lives") };
    assert_eq!(process.places.free(), 64, "all but what the inbox holds");
}

#[test]
fn while_there_are_places_nothing_is_dropped_and_signals_take_none() {
    let mut pair = Pair::new();
    for number in 0..64 + u64::from(CAPACITY) {
        pair.sender.exit(Pid::from_bits(0), pair.to, Reason::new(ReasonKind::Normal, &[]));
        pair.send(number);
    }
    assert_eq!(pair.turn().len(), 64 + CAPACITY as usize);
    assert_eq!(pair.total(layout::NATIVE_DROPPED_FULL), 0);
}

#[test]
fn a_body_that_returns_needs_no_places_for_what_was_late_nor_hides_a_kill_behind_it() {
    let mut pair = Pair::new();
    (0..200).for_each(|i| pair.send(i));
    pair.sender.exit(Pid::from_bits(0), pair.to, Reason::new(ReasonKind::Kill, &[]));
    let occasion = Occasion { now_us: 10, from_loop: true, crowded: true };
    pair.owner.turn(occasion, &mut Tray::default());
    assert!(pair.owner.runtime().is_alive(pair.to), "the kill is behind messages for which there is no place");
    pair.owner.note_exiting(pair.to);
    assert!(pair.owner.runtime().phase(pair.to).is_none_or(|phase| phase == Phase::Dead));
    let dropped = [layout::NATIVE_DROPPED_FULL, layout::NATIVE_DROPPED_DIED].map(|counter| pair.total(counter));
    assert_eq!(dropped, [200 - 64 - 2 * u64::from(CAPACITY), CAPACITY.into()]);
}

#[test]
fn signals_keep_their_place_among_what_survives_and_are_never_dropped() {
    let mut pair = Pair::new();
    pair.owner.trap_exits(pair.to, true);
    (0..500).for_each(|i| pair.send(i));
    for i in 0..3 {
        pair.sender.exit(Pid::from_bits(0), pair.to, Reason::new(ReasonKind::User, &[]));
        pair.send(500 + i);
    }
    let told = pair.settle();
    let tail = &told[told.len() - 8..];
    let [a, b, c] = [500, 501, 502].map(Told::Message);
    assert_eq!(tail, [Told::Message(498), Told::Message(499), Told::Exit, a, Told::Exit, b, Told::Exit, c]);
}

#[test]
fn a_kill_behind_a_flood_ends_it_and_nothing_is_left() {
    for exits_first in [false, true] {
        let mut pair = Pair::new();
        (0..1_000).for_each(|i| pair.send(i));
        if exits_first {
            pair.sender.exit(Pid::from_bits(0), pair.to, Reason::new(ReasonKind::User, &[]));
        }
        (0..1_000).for_each(|i| pair.send(i));
        pair.sender.exit(Pid::from_bits(0), pair.to, Reason::new(ReasonKind::Kill, &[]));
        let told = pair.settle();
        assert_eq!(told.last(), Some(&Told::Exiting));
        assert!(pair.owner.runtime().table.get(pair.to).is_none(), "the slot is free");
        let inbox = told.iter().filter(|told| matches!(told, Told::Message(_))).count() as u64;
        let dropped = [layout::NATIVE_DROPPED_FULL, layout::NATIVE_DROPPED_DIED, layout::NATIVE_DROPPED_DEAD];
        let gone: u64 = dropped.into_iter().map(|counter| pair.total(counter)).sum();
        assert_eq!(pair.total(layout::NATIVE_ACCEPTED), gone + inbox);
    }
}

#[test]
fn a_thread_that_ends_drops_what_was_late_and_counts_it() {
    let mut pair = Pair::new();
    (0..1_000).for_each(|i| pair.send(i));
    let runtime = Arc::clone(pair.owner.runtime());
    pair.owner.leave();
    assert!(runtime.table.get(pair.to).is_none(), "the slot is free");
    let dropped = [layout::NATIVE_DROPPED_FULL, layout::NATIVE_DROPPED_DIED];
    assert_eq!(dropped.into_iter().map(|counter| runtime.total(counter) as u64).sum::<u64>(), 1_000);
}

#[test]
fn values_in_slots_that_are_dropped_free_their_slots_whoever_drops_them() {
    let mut dice = Dice::new(7);
    let mut pair = Pair::new();
    let mut used = BTreeSet::new();
    let mut most = 0;
    for round in 0..200 {
        for _ in 0..dice.below(200) {
            if dice.chance(50) {
                let Some(slot) = (0..).find(|slot| !used.contains(slot)) else { unreachable!() };
                used.insert(slot);
                if let Some(free) = pair.owner.send_slot(pair.to, slot) {
                    assert!(used.remove(&free), "{free} was free in round {round}");
                }
            } else {
                pair.send(1);
            }
            most = most.max(used.len());
        }
        for told in pair.settle() {
            if let Told::Slot(slot) | Told::Freed(slot) = told {
                assert!(used.remove(&slot), "{slot} is told in round {round}");
            }
        }
        assert!(used.len() <= 1, "{used:?} in round {round}");
    }
    assert!(most <= MOST + CAPACITY as usize + 1, "{most} at a time");
}

#[test]
fn the_unstarted_are_flooded_too_and_a_signal_behind_it_ends_them() {
    let mut pair = Pair::new();
    let Ok(born) = pair.owner.spawn(0, 0, &[], Where::On(1), birth()) else { panic!("the table is full") };
    let first = std::mem::replace(&mut pair.to, born.pid);
    (0..1_000).for_each(|i| pair.send(i));
    pair.sender.exit(Pid::from_bits(0), pair.to, Reason::new(ReasonKind::Shutdown, &[]));
    pair.owner.runtime().define("body");
    pair.owner.definition_loaded(0);
    assert_eq!(pair.settle(), []);
    assert!(pair.owner.runtime().table.get(born.pid).is_none(), "it has ended, and never begun");
    pair.to = first;
    pair.send(7);
    assert_eq!(pair.settle(), [Told::Message(7)]);
}

#[test]
fn order_and_bounds_hold_for_any_priority_and_any_pace() {
    for seed in 0..50 {
        let mut dice = Dice::new(seed);
        let mut pair = Pair::new();
        let priority = [Priority::High, Priority::Normal, Priority::Low][dice.below(3)];
        let Ok(born) = pair.owner.spawn_here(Birth { priority, ..birth() }) else { panic!("the table is full") };
        pair.to = born.pid;
        let (mut next, mut last) = (0, None);
        for _ in 0..100 {
            for _ in 0..dice.below(300) {
                pair.send(next);
                next += 1;
            }
            for _ in 0..dice.below(3) {
                for told in pair.turn() {
                    let Told::Message(number) = told else { continue };
                    assert!(last < Some(number), "{number} after {last:?}, seed {seed}");
                    last = Some(number);
                }
            }
            let taken = dice.below(4).min(pair.inbox.len());
            pair.inbox.drain(..taken);
        }
        pair.send(next);
        pair.settle();
        assert_eq!(pair.inbox.last(), Some(&Told::Message(next)), "seed {seed}");
    }
}
