//! Messages with cargo: whoever they are for begins where that waits, however thieves and leavers get in between; what
//! nobody takes is let go of, exactly once.

mod world;

use rumpus_runtime::process::state::{Overflow, Phase};
use rumpus_runtime::process::{Anchor, Process};
use rumpus_runtime::scheduler::Offered;
use rumpus_runtime::{Birth, Options, Passage, Pid, ReasonKind, Verdict, Where, layout};
use world::books::Item;
use world::dice::Dice;
use world::{Step, World, options};

/// Schedulers beside the host that have loaded definition 0, at rest, and a process of the host.
fn world(schedulers: usize, placement: bool) -> (World, Dice, Pid) {
    let mut world = World::new(Options { placement, ..options(schedulers) });
    world.define("body");
    let mut dice = Dice::new(11);
    world.settle(&mut dice);
    let host = world.spawn_here(0);
    world.settle(&mut dice);
    (world, dice, host)
}

fn anchor_of(world: &World, pid: Pid) -> Option<Anchor> {
    world.runtime.table.get(pid).and_then(|process: &Process| process.seldom().unstarted.as_ref()?.anchor)
}

fn heard(world: &World, pid: Pid) -> usize {
    world.books.messages_to(pid).count()
}

#[test]
fn those_with_cargo_are_not_stolen_from_it() {
    let (mut world, mut dice, host) = world(3, false);
    let pids: Vec<Pid> = (0..300).map(|_| world.spawn(1, 0, Where::Any)).collect();
    for &pid in pids.iter().step_by(2) {
        world.transfer(0, host, pid);
    }
    world.settle(&mut dice);
    // The thieves had some of them in their queues, and passed them on.
    assert!(world.count(2, layout::STOLEN) + world.count(3, layout::STOLEN) > 100);
    for (at, &pid) in pids.iter().enumerate() {
        let anchored = at % 2 == 0;
        assert_eq!(heard(&world, pid), usize::from(anchored));
        assert!(!anchored || world.seat_of(pid) == Some(1), "{pid:?}");
    }
    assert!(pids.iter().any(|&pid| world.seat_of(pid) != Some(1)), "the others are");
    world.check_rest();
}

#[test]
fn who_has_claimed_it_is_who_gets_it() {
    let (mut world, mut dice, host) = world(2, false);
    let pids: Vec<Pid> = (0..4).map(|_| world.spawn(1, 0, Where::Any)).collect();
    // Stolen, and told to start, but not begun.
    world.turn(2);
    let told: Vec<Pid> = pids.into_iter().filter(|pid| world.books.spawned[pid].told == Some(2)).collect();
    assert!(!told.is_empty());
    for &pid in &told {
        world.transfer(0, host, pid);
        assert_eq!(anchor_of(&world, pid), Some(Anchor { seat: 2, sitter: 1 }));
    }
    world.settle(&mut dice);
    assert!(told.iter().all(|&pid| world.seat_of(pid) == Some(2) && heard(&world, pid) == 1));
    world.check_rest();
}

#[test]
fn claimed_is_not_pinned() {
    let (mut world, mut dice, host) = world(2, false);
    let pids: Vec<Pid> = (0..8).map(|_| world.spawn(1, 0, Where::Any)).collect();
    world.turn(2);
    let [with, without]: [Vec<Pid>; 2] = [0, 1].map(|rest| {
        let told = pids.iter().filter(|pid| world.books.spawned[pid].told == Some(2));
        told.enumerate().filter(|(at, _)| at % 2 == rest).map(|(_, &pid)| pid).collect()
    });
    assert!(!with.is_empty());
    let references: Vec<u64> = with.iter().map(|&pid| world.monitor(0, host, pid)).collect();
    with.iter().for_each(|&pid| world.transfer(0, host, pid));
    world.leave(2);
    world.settle(&mut dice);
    // Those without cargo begin elsewhere, the others are down, and that is heard.
    assert!(without.iter().all(|&pid| world.seat_of(pid) == Some(1)));
    for (pid, reference) in with.into_iter().zip(references) {
        assert!(world.runtime.phase(pid).is_none());
        let told = world.books.signals_to(host);
        let down = told.iter().find(|item| matches!(item, Item::Down(of, who, _) if (*of, *who) == (reference, pid)));
        let Some(Item::Down(_, _, reason)) = down else { panic!("{told:?}") };
        assert_eq!((reason.kind(), reason.detail()), (ReasonKind::SchedulerDown, 2));
    }
    world.sit(2);
    world.settle(&mut dice);
    world.check_rest();
}

#[test]
fn one_that_a_thief_has_when_its_thread_goes_ends_with_it() {
    let (mut world, mut dice, host) = world(2, false);
    let pid = world.spawn(1, 0, Where::Any);
    world.transfer(0, host, pid);
    assert_eq!(anchor_of(&world, pid), Some(Anchor { seat: 1, sitter: 1 }));
    let reference = world.monitor(0, host, pid);
    // In the thief's queue, out of the sight of the one that goes.
    let (victim, thief) = (&world.runtime.seats[1], &world.runtime.seats[2]);
    assert_eq!(victim.steal.steal_into(&thief.steal, 1), 1);
    world.leave(1);
    world.sit(1);
    assert_eq!(world.runtime.phase(pid), Some(Phase::Unstarted));
    // Whoever writes to it now is too late.
    let before = world.count(0, layout::NATIVE_DROPPED_DEAD);
    world.transfer(0, host, pid);
    assert_eq!(world.count(0, layout::NATIVE_DROPPED_DEAD), before + 1);
    world.settle(&mut dice);
    assert!(world.runtime.phase(pid).is_none(), "it does not begin without its message");
    assert!(matches!(&world.books.signals_to(host)[..], [Item::Down(of, ..)] if *of == reference));
    world.check_rest();
}

#[test]
fn a_door_without_a_thread_is_taken_when_there_is_no_other() {
    let mut world = World::empty(options(2));
    world.sit(0);
    world.define("body");
    let host = world.spawn_here(0);
    let (first, pinned) = (world.spawn(0, 0, Where::Any), world.spawn(0, 0, Where::On(1)));
    world.transfer(0, host, first);
    world.transfer(0, host, pinned);
    let anchors = [first, pinned].map(|pid| anchor_of(&world, pid).map(|anchor| anchor.sitter));
    assert_eq!(anchors, [Some(1), Some(1)], "the first who will sit there");
    world.sit(2);
    world.sit(1);
    let mut dice = Dice::new(5);
    world.settle(&mut dice);
    assert_eq!((heard(&world, first), heard(&world, pinned), world.seat_of(pinned)), (1, 1, Some(1)));
    // One whose door is empty goes to somebody who is there.
    world.leave(1);
    let pids: Vec<Pid> = (0..20).map(|_| world.spawn(0, 0, Where::Any)).collect();
    pids.iter().for_each(|&pid| world.transfer(0, host, pid));
    world.settle(&mut dice);
    assert!(pids.iter().all(|&pid| world.seat_of(pid) == Some(2) && heard(&world, pid) == 1));
    world.check_rest();
}

#[test]
fn cargo_whose_receiver_ends_before_the_letter_comes_is_let_go_of() {
    let (mut world, mut dice, host) = world(2, true);
    let pid = world.spawn(0, 0, Where::On(1));
    world.settle(&mut dice);
    let Some((tag, anchor)) = world.move_cargo(0, host, pid) else { panic!("it is elsewhere") };
    world.finish(1, pid, ReasonKind::User);
    world.settle(&mut dice);
    assert_eq!(world.isolate(1).verdict, Verdict::Sleep);
    assert_eq!(world.books.cargo.len(), 1);
    world.send_letter(0, tag, anchor);
    world.settle(&mut dice);
    assert!(world.books.cargo.is_empty());
    // And so is what waits when it ends.
    let pid = world.spawn(0, 0, Where::On(1));
    (0..5).for_each(|_| world.transfer(0, host, pid));
    world.exit(0, host, pid, ReasonKind::Kill);
    world.transfer(0, host, pid);
    world.settle(&mut dice);
    assert!(world.books.cargo.is_empty());
    world.check_rest();
}

#[test]
fn a_place_is_taken_before_anything_moves() {
    let (mut world, _, _) = world(1, true);
    let birth = Birth { capacity: 1, overflow: Overflow::Offer, ..Birth::default() };
    let pid = world.spawn_as(0, 0, Where::On(1), birth);
    let ask = |world: &mut World, is_offer: bool, is_granted: bool| {
        let passage = Passage { is_offer, is_granted, by_reference: true };
        world.submit(0, |scheduler| scheduler.anchor(pid, passage))
    };
    let first = ask(&mut world, false, false);
    assert_eq!((first.offered, first.has_place), (Offered::Accepted, true));
    let full = |world: &World| world.count(0, layout::NATIVE_DROPPED_FULL);
    assert_eq!((ask(&mut world, true, false).offered, full(&world)), (Offered::Full, 0));
    assert_eq!((ask(&mut world, false, false).offered, full(&world)), (Offered::Full, 1));
    let granted = ask(&mut world, true, true);
    assert_eq!((granted.offered, granted.has_place), (Offered::Accepted, false));
}

/// One scheduler and one dedicated seat, 2.
fn world_with_seat() -> (World, Dice, Pid) {
    let mut world = World::new(Options { dedicated: 1, ..options(1) });
    world.define("body");
    let mut dice = Dice::new(7);
    world.settle(&mut dice);
    let host = world.spawn_here(0);
    world.settle(&mut dice);
    (world, dice, host)
}

fn is_reserved(world: &World) -> bool {
    world.runtime.seats[2].tenancy.number() != 0
}

#[test]
fn cargo_for_a_dedicated_seat_waits_for_the_thread_to_come() {
    let (mut world, mut dice, host) = world_with_seat();
    let pid = world.spawn(0, 0, Where::Dedicated);
    world.transfer(0, host, pid);
    assert_eq!(anchor_of(&world, pid), Some(Anchor { seat: 2, sitter: 1 }));
    world.tend();
    world.settle(&mut dice);
    world.transfer(0, host, pid);
    world.transfer(2, pid, host);
    world.settle(&mut dice);
    assert_eq!((world.seat_of(pid), heard(&world, pid), heard(&world, host)), (Some(2), 2, 1));
    world.finish(2, pid, ReasonKind::Normal);
    assert!(world.is_going(2) && !is_reserved(&world));
    // The thread is there still: it is the next that this is for.
    let next = world.spawn(0, 0, Where::Dedicated);
    world.transfer(0, host, next);
    assert_eq!(anchor_of(&world, next), Some(Anchor { seat: 2, sitter: 2 }));
    world.settle(&mut dice);
    world.tend();
    world.settle(&mut dice);
    assert_eq!((world.seat_of(next), heard(&world, next)), (Some(2), 1));
    world.check_rest();
}

#[test]
fn a_dedicated_seat_is_free_when_all_that_waited_there_was_down_with_its_cargo() {
    for claimed in [false, true] {
        let (mut world, mut dice, host) = world_with_seat();
        let pid = world.spawn(0, 0, Where::Dedicated);
        let reference = world.monitor(0, host, pid);
        world.sit(2);
        if claimed {
            world.turn(2);
            world.take(2, Step::Load);
            world.turn(2);
            assert_eq!(world.books.spawned[&pid].told, Some(2));
        }
        world.transfer(0, host, pid);
        world.leave(2);
        assert_eq!((world.runtime.phase(pid), is_reserved(&world)), (None, false));
        world.settle(&mut dice);
        let told = world.books.signals_to(host);
        let [Item::Down(of, _, reason)] = &told[..] else { panic!("{told:?}") };
        assert_eq!((*of, reason.kind(), reason.detail()), (reference, ReasonKind::SchedulerDown, 2));
        let next = world.spawn(0, 0, Where::Dedicated);
        world.transfer(0, host, next);
        world.tend();
        world.settle(&mut dice);
        assert_eq!((world.seat_of(next), heard(&world, next)), (Some(2), 1));
        world.check_rest();
    }
}

#[test]
fn what_waits_there_without_cargo_begins_on_the_next_thread() {
    let (mut world, mut dice, host) = world_with_seat();
    let first = world.spawn(0, 0, Where::Dedicated);
    world.tend();
    world.settle(&mut dice);
    let [with, without] = [0, 1].map(|_| world.spawn(2, 0, Where::Here));
    world.transfer(0, host, with);
    world.leave(2);
    assert!(is_reserved(&world) && world.runtime.phase(with).is_none() && world.runtime.phase(first).is_none());
    world.transfer(0, host, without);
    world.tend();
    world.settle(&mut dice);
    assert_eq!((world.seat_of(without), heard(&world, without)), (Some(2), 1));
    world.check_rest();
}

/// More than such a mailbox and what waits beside it hold.
const FLOOD: usize = 100;

fn newest() -> Birth {
    Birth { capacity: 2, overflow: Overflow::DropOldest, ..Birth::default() }
}

#[test]
fn what_a_full_mailbox_drops_its_cargo_is_let_go_of() {
    let (mut world, mut dice, _) = world(1, true);
    let pid = world.spawn_as(0, 0, Where::On(1), newest());
    world.settle(&mut dice);
    // Each from another: the books let nobody's be left out.
    let senders: Vec<Pid> = (0..FLOOD).map(|_| world.spawn_here(0)).collect();
    let moved: Vec<_> = senders.into_iter().filter_map(|from| world.move_cargo(0, from, pid)).collect();
    let last = moved[FLOOD - 1].0;
    for (tag, anchor) in moved {
        world.send_letter(0, tag, anchor);
    }
    let dropped = world.count(0, layout::NATIVE_DROPPED_FULL) as usize;
    assert!(dropped > 0 && world.books.cargo.len() == FLOOD);
    world.turn(1);
    world.submit(1, |scheduler| scheduler.give_places(pid, FLOOD as i32));
    world.turn(1);
    assert!(world.books.cargo.is_empty(), "taken, or let go of");
    assert_eq!(heard(&world, pid), FLOOD - dropped);
    let tags: Vec<_> = world.books.messages_to(pid).collect();
    assert_eq!(tags.last().map(|tag| tag.number), Some(last.number), "the newest is there");
}

#[test]
fn no_thread_is_told_of_slots_of_another() {
    let (mut world, mut dice, host) = world(2, false);
    let near = world.spawn_here(1);
    world.turn(1);
    let pid = world.spawn_as(1, 0, Where::Any, newest());
    let reference = world.monitor(0, host, pid);
    // By reference, for it can begin nowhere else: and the oldest of that are dropped by one who does not have them.
    (0..FLOOD).for_each(|_| world.transfer(1, near, pid));
    for _ in 0..FLOOD {
        world.send(0, host, pid);
    }
    let (victim, thief) = (&world.runtime.seats[1], &world.runtime.seats[2]);
    assert_eq!(victim.steal.steal_into(&thief.steal, 1), 1);
    world.leave(1);
    world.sit(1);
    // Nor is whoever sits there now, as it sends, or as it ends what the other had.
    let next = world.spawn_here(1);
    world.send(1, next, pid);
    world.transfer(1, next, host);
    world.settle(&mut dice);
    assert!(world.runtime.phase(pid).is_none());
    assert!(matches!(&world.books.signals_to(host)[..], [Item::Down(of, ..)] if *of == reference));
    assert_eq!((world.isolate(0).slots_used(), world.isolate(2).slots_used()), (0, 0));
}

#[test]
fn values_of_a_thread_that_has_gone_are_counted_with_what_their_receiver_never_got() {
    let (mut world, mut dice, _) = world(2, false);
    let near = world.spawn_here(1);
    world.turn(1);
    let pid = world.spawn_as(1, 0, Where::Any, newest());
    // The last of them wait beside the mailbox.
    (0..FLOOD).for_each(|_| world.transfer(1, near, pid));
    let (victim, thief) = (&world.runtime.seats[1], &world.runtime.seats[2]);
    assert_eq!(victim.steal.steal_into(&thief.steal, 1), 1);
    world.leave(1);
    world.sit(1);
    world.settle(&mut dice);
    assert!(world.runtime.phase(pid).is_none());
    let dropped = [layout::NATIVE_DROPPED_FULL, layout::NATIVE_DROPPED_DIED].map(|counter| world.total(counter));
    assert_eq!((world.total(layout::NATIVE_ACCEPTED), dropped.iter().sum()), (FLOOD as u64, FLOOD as u64));
    assert!(dropped[1] > 64, "{dropped:?}");
}

#[test]
fn who_is_pinned_where_its_cargo_waits_is_down_as_soon_as_the_thread_goes() {
    let (mut world, mut dice, host) = world(2, true);
    world.define("not loaded");
    let [with, without] = [0, 1].map(|_| world.spawn(0, 1, Where::On(1)));
    world.transfer(0, host, with);
    world.leave(1);
    assert_eq!((world.runtime.phase(with), world.runtime.phase(without)), (None, Some(Phase::Unstarted)));
    world.settle(&mut dice);
    world.sit(1);
    world.settle(&mut dice);
    assert_eq!(world.seat_of(without), Some(1));
    world.check_rest();
}

#[test]
fn nothing_moves_to_who_must_end() {
    let (mut world, mut dice, host) = world(1, true);
    let pid = world.spawn_here(1);
    world.settle(&mut dice);
    world.submit(1, |scheduler| scheduler.note_exiting(pid));
    assert!(world.move_cargo(0, host, pid).is_none() && world.books.cargo.is_empty());
}
