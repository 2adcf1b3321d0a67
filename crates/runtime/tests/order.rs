//! Messages and signals from one process to another come in the order sent, whatever waits, whoever has just begun, and
//! whoever has died or moved into a slot since. One test for each way in which they once overtook each other, or could.

mod world;

use rumpus_runtime::envelope::Letter;
use rumpus_runtime::{Birth, Envelope, Options, Pid, Priority, Reason, ReasonKind, Where, layout};
use rumpus_sync::{Arena, Push};
use world::books::Item;
use world::dice::Dice;
use world::{Step, World, options};

/// A world of two schedulers and the host, where definition 0 is loaded, at rest.
fn world(native_lane: bool) -> (World, Dice) {
    let mut world = World::new(Options { placement: false, native_lane, ..options(2) });
    world.define("body");
    let mut dice = Dice::new(7);
    world.settle(&mut dice);
    (world, dice)
}

/// Closures at these seats, waiting for messages.
fn closures<const N: usize>(world: &mut World, dice: &mut Dice, seats: [usize; N]) -> [Pid; N] {
    let pids = seats.map(|seat| world.spawn_here(seat));
    world.settle(dice);
    pids
}

fn told_to_start(world: &mut World, pid: Pid) {
    while world.seat_of(pid).is_none() {
        world.now_us += 100;
        world.turn(1);
    }
}

#[test]
fn what_is_sent_before_the_gate_opens_comes_first() {
    for room in 1..8 {
        let (mut world, mut dice) = world(false);
        let [sender, other] = closures(&mut world, &mut dice, [1, 2]);
        let pid = world.spawn(1, 0, Where::Here);
        told_to_start(&mut world, pid);
        world.take(1, Step::Resume);
        world.isolate(1).room = room;
        let (mut sent, mut turns) = (0, 0);
        while world.body(pid).is_none_or(|body| !body.open) {
            // At first others have much to say too, so that not everything is told at once.
            if turns < 10 {
                for _ in 0..3 {
                    world.send(2, other, sender);
                }
            }
            if turns % 7 < 3 {
                world.send(1, sender, pid);
                sent += 1;
            }
            world.now_us += 100;
            world.turn(1);
            turns += 1;
            assert!(turns < 1_000, "the gate never opens");
        }
        world.send(1, sender, pid);
        world.settle(&mut dice);
        let came = world.books.messages_to(pid).filter(|tag| tag.from == sender).count();
        assert_eq!(came, sent + 1, "room for {room}");
    }
}

#[test]
fn a_local_signal_goes_ahead_of_a_backlog() {
    let (mut world, mut dice) = world(false);
    let [sender, receiver, victim, flood] = closures(&mut world, &mut dice, [1, 1, 1, 2]);
    world.trap(1, receiver, true);
    for _ in 0..2_000 {
        world.send(2, flood, receiver);
        world.send(2, flood, victim);
    }
    world.turn(1);
    let first = world.send(1, sender, receiver);
    let reason = world.exit(1, sender, receiver, ReasonKind::User);
    let second = world.send(1, sender, receiver);
    world.exit(1, sender, victim, ReasonKind::Shutdown);
    world.send(1, sender, victim);
    world.settle(&mut dice);
    let heard = &world.books.heard[&receiver];
    let from_sender: Vec<&Item> = heard
        .iter()
        .filter(|item| match item {
            Item::Message(tag) => tag.from == sender,
            _ => true,
        })
        .collect();
    assert_eq!(from_sender, [&Item::Message(first), &Item::Exit(sender, reason), &Item::Message(second)]);
    assert_eq!(world.books.messages_to(victim).filter(|tag| tag.from == sender).count(), 0);
    world.check_sums();
}

#[test]
fn what_the_dead_had_sent_comes_before_the_news_that_they_are_gone() {
    for native_lane in [false, true] {
        for from in [1, 2] {
            let (mut world, mut dice) = world(native_lane);
            let [watcher, sender] = closures(&mut world, &mut dice, [1, from]);
            world.trap(1, watcher, true);
            let tag = world.send(from, sender, watcher);
            world.finish(from, sender, ReasonKind::Normal);
            let reference = world.monitor(1, watcher, sender);
            world.link(1, watcher, sender);
            world.settle(&mut dice);
            let gone = Reason::new(ReasonKind::NoProc, &[]);
            let news = [Item::Message(tag), Item::Down(reference, sender, gone.clone()), Item::Exit(sender, gone)];
            assert_eq!(world.books.heard[&watcher], news);
        }
    }
}

/// Puts a letter for a former tenant into the mailbox of the present one, as a sender does that looked the slot up a
/// moment too early.
fn post_stale(world: &World, arena: &mut Arena, to: Pid, tenant: Pid, envelope: Envelope) {
    let Some(process) = world.runtime.table.get(tenant) else { panic!("{tenant:?} is gone") };
    let seat = &world.runtime.seats[process.state.load().seat()];
    match process.mailbox.push(arena.parcel(Letter { to, envelope }, &[])) {
        Push::Notify => {
            seat.inlet.push(tenant.index(), &world.runtime.table);
            let _ = seat.ring();
        }
        Push::Queued => {}
        Push::Closed(_) => panic!("{tenant:?} is dead"),
    }
}

/// Lets slots at seat 1 until one is that of `pid`.
fn let_again(world: &mut World, pid: Pid) -> Option<Pid> {
    for _ in 0..700 {
        let tenant = world.spawn_here(1);
        if tenant.index() == pid.index() {
            return Some(tenant);
        }
        world.finish(1, tenant, ReasonKind::Normal);
    }
    None
}

#[test]
fn late_letters_for_a_former_tenant_are_answered_for_it_and_concern_nobody_else() {
    let (mut world, mut dice) = world(false);
    let [watcher, former] = closures(&mut world, &mut dice, [1, 2]);
    world.trap(1, watcher, true);
    let reference = world.monitor(1, watcher, former);
    world.link(1, watcher, former);
    world.settle(&mut dice);
    world.demonitor(1, watcher, reference);
    world.unlink(1, watcher, former);
    world.settle(&mut dice);
    world.finish(2, former, ReasonKind::Normal);
    let Some(tenant) = let_again(&mut world, former) else { panic!("never let again") };
    world.settle(&mut dice);
    // The watcher asks a moment before the slot changes hands: as it was told nothing, it waits for answers.
    let tag = world.send(2, former, watcher);
    let reference = world.monitor(1, watcher, former);
    let mut arena = Arena::default();
    let dropped = world.count(1, layout::NATIVE_DROPPED_DEAD);
    post_stale(&world, &mut arena, former, tenant, Envelope::Message { skeleton: 0 });
    post_stale(&world, &mut arena, former, tenant, Envelope::Link { from: watcher });
    post_stale(&world, &mut arena, former, tenant, Envelope::Unlink { from: watcher, number: 1 });
    let kill = Reason::new(ReasonKind::Kill, &[]);
    post_stale(&world, &mut arena, former, tenant, Envelope::Exit { from: watcher, reason: kill, linked: false });
    post_stale(&world, &mut arena, former, tenant, Envelope::Monitor { from: watcher, reference: 77 });
    world.settle(&mut dice);
    let gone = Reason::new(ReasonKind::NoProc, &[]);
    assert_eq!(world.books.heard[&watcher], [Item::Message(tag), Item::Down(reference, former, gone)]);
    assert_eq!(world.count(1, layout::NATIVE_DROPPED_DEAD), dropped + 1);
    assert!(world.has_body(tenant) && !world.books.heard.contains_key(&tenant));
    assert!(world.isolate(1).scheduler.ties(tenant).is_none(), "the letters were for another");
}

#[test]
fn a_slot_is_not_let_again_while_something_for_its_former_tenant_waits_to_be_told() {
    let (mut world, mut dice) = world(false);
    let [one, two, sender] = closures(&mut world, &mut dice, [1, 1, 2]);
    world.isolate(1).room = 0;
    for _ in 0..3 {
        world.send(2, sender, one);
        world.send(2, sender, two);
    }
    world.turn(1);
    // One settles by itself, one is killed: neither has taken what waits for it.
    world.finish(1, one, ReasonKind::Normal);
    world.exit(2, sender, two, ReasonKind::Kill);
    world.turn(1);
    assert_eq!(let_again(&mut world, one), None);
    assert_eq!(let_again(&mut world, two), None);
    world.isolate(1).room = 64;
    world.settle(&mut dice);
    assert!(let_again(&mut world, one).is_some() && let_again(&mut world, two).is_some());
    world.settle(&mut dice);
    world.check_sums();
}

#[test]
fn what_ends_a_process_before_it_begins_is_the_first_signal_that_counts() {
    let (mut world, mut dice) = world(false);
    let [sender, observer, linker] = closures(&mut world, &mut dice, [2, 0, 2]);
    let pid = world.spawn(1, 0, Where::Here);
    world.monitor(0, observer, pid);
    let early = world.monitor(0, observer, pid);
    world.demonitor(0, observer, early);
    world.link(2, linker, pid);
    world.unlink(2, linker, pid);
    world.finish(2, linker, ReasonKind::Error);
    world.exit(2, sender, pid, ReasonKind::Normal);
    world.send(2, sender, pid);
    let shutdown = world.exit(2, sender, pid, ReasonKind::Shutdown);
    world.exit(2, sender, pid, ReasonKind::User);
    world.exit(2, sender, pid, ReasonKind::Kill);
    world.settle(&mut dice);
    let told: Vec<Reason> = world.books.signals_to(observer).into_iter().map(reason_of).collect();
    assert_eq!(told, [shutdown]);
    assert_eq!(world.total(layout::NATIVE_DROPPED_DIED), 1);
    assert_eq!(world.total(layout::STARTED_HERE), 0);
    world.check_sums();
}

fn reason_of(item: Item) -> Reason {
    match item {
        Item::Exit(_, reason) | Item::Down(_, _, reason) => reason,
        Item::Message(tag) => panic!("{tag:?} is no signal"),
    }
}

#[test]
fn messages_to_the_exiting_are_dropped_and_counted_before_anybody_decodes_them() {
    let (mut world, mut dice) = world(false);
    let [sender, receiver] = closures(&mut world, &mut dice, [2, 1]);
    world.exit(2, sender, receiver, ReasonKind::Shutdown);
    world.turn(1);
    world.send(2, sender, receiver);
    world.send(2, sender, receiver);
    let delivered = world.count(1, layout::NATIVE_DELIVERED);
    world.turn(1);
    assert_eq!(world.count(1, layout::NATIVE_DROPPED_DIED), 2);
    assert_eq!(world.count(1, layout::NATIVE_DELIVERED), delivered);
    assert!(!world.runtime.is_alive(receiver));
}

#[test]
fn what_the_run_ring_cannot_hold_waits_and_begins_in_order() {
    let (mut world, mut dice) = world(false);
    let closures: Vec<Pid> = (0..4_400).map(|_| world.spawn_here(1)).collect();
    let definitions: Vec<Pid> = (0..100).map(|_| world.spawn(1, 0, Where::Here)).collect();
    world.settle(&mut dice);
    for pid in closures.iter().chain(&definitions) {
        assert!(world.body(*pid).is_some_and(|body| body.has_begun()), "{pid:?}");
    }
    assert_eq!(world.count(1, layout::STARTED_HERE), 100);
    assert_eq!(world.runtime.seats[1].alive(), 4_500);
}

#[test]
fn definitions_begin_in_the_order_in_which_they_were_told_whatever_their_priority() {
    let (mut world, mut dice) = world(false);
    let late = world.define("late");
    let priorities = [Priority::Low, Priority::Normal, Priority::High, Priority::Low, Priority::High];
    let births = priorities.map(|priority| Birth { priority, ..Birth::default() });
    let spawn = |at: usize| world.spawn_as(1, late, Where::Here, births[at % births.len()]);
    let definitions: Vec<Pid> = (0..50).map(spawn).collect();
    // All of them are claimed at once, when their definition is loaded; then the ring is full.
    for _ in 0..60 {
        world.turn(1);
    }
    let closures: Vec<Pid> = (0..4_200).map(|_| world.spawn_here(1)).collect();
    world.take(1, Step::Load);
    while definitions.iter().any(|&pid| world.body(pid).is_none_or(|body| !body.has_begun())) {
        let steps = world.steps(1);
        let Some(step) = dice.pick(&steps) else { panic!("nobody begins any more") };
        world.now_us += 5;
        world.take(1, step);
        // The count says who has begun: what Rust holds for running does.
        world.submit(1, |_| ());
        for &pid in &definitions {
            let begun = world.body(pid).is_some_and(|body| body.has_begun());
            assert_eq!(world.has_body(pid), begun, "{pid:?}");
        }
    }
    assert!(closures.into_iter().all(|pid| world.has_body(pid)));
}
