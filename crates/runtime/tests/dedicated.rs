//! Seats that are one process's at a time: reserved by whoever spawns it, given back before anybody hears that the last there
//! has died, never robbed and never placed at, and let again, whatever their thread was doing.

mod world;

use rumpus_runtime::process::state::Phase;
use rumpus_runtime::{Birth, Options, Pid, Reason, ReasonKind, SpawnError, Verdict, Where, layout};
use world::books::Item;
use world::dice::Dice;
use world::{World, options};

/// Two schedulers beside the host that have loaded definition 0, and as many dedicated seats, at rest.
fn world(dedicated: usize) -> (World, Dice) {
    let mut world = World::new(Options { dedicated, ..options(2) });
    world.define("body");
    let mut dice = Dice::new(3);
    world.settle(&mut dice);
    (world, dice)
}

fn try_spawn(world: &mut World, seat: usize, birth: Birth) -> Result<usize, SpawnError> {
    world.submit(seat, |scheduler| scheduler.spawn(0, 0, &[], Where::Dedicated, birth)).map(|born| born.seat)
}

fn tenancy(world: &World, seat: usize) -> u32 {
    world.runtime.seats[seat].tenancy.number()
}

/// Why those ended of whom `watcher` has heard.
fn ends(world: &World, watcher: Pid) -> Vec<(Pid, Reason)> {
    let told = world.books.signals_to(watcher).into_iter();
    told.filter_map(|item| match item {
        Item::Down(_, from, reason) => Some((from, reason)),
        _ => None,
    })
    .collect()
}

#[test]
fn as_many_are_reserved_as_there_are_and_a_refusal_leaves_nothing_behind() {
    let (mut world, _) = world(2);
    let one = world.spawn(0, 0, Where::Dedicated);
    let other = world.spawn(1, 0, Where::Dedicated);
    let door = |world: &World, pid: Pid| world.runtime.table.get(pid).map(|process| process.state.load().seat());
    assert_eq!((door(&world, one), door(&world, other)), (Some(3), Some(4)));
    let before = world.tenants().len();
    assert_eq!(try_spawn(&mut world, 2, Birth::default()), Err(SpawnError::NoThread));
    assert_eq!(world.tenants().len(), before);
    let Some(rented) = world.rent(2, "name") else { panic!("nobody has the name") };
    assert_eq!(try_spawn(&mut world, 2, Birth { rented: Some(rented), ..Birth::default() }), Err(SpawnError::NoThread));
    assert_eq!(world.runtime.names.holder("name"), Some(rented), "its renter gives it back");
    world.submit(2, |scheduler| scheduler.give_back(rented));
    assert_eq!((world.tenants().len(), world.runtime.names.len()), (before, 0));
    assert_eq!((tenancy(&world, 3), tenancy(&world, 4)), (1, 1));
}

#[test]
fn nobody_robs_them_and_nothing_is_placed_there() {
    for placement in [true, false] {
        let mut world = World::new(Options { dedicated: 2, placement, ..options(2) });
        world.define("body");
        let mut dice = Dice::new(3);
        world.settle(&mut dice);
        let pid = world.spawn(0, 0, Where::Dedicated);
        world.settle(&mut dice);
        assert_eq!(world.runtime.phase(pid), Some(Phase::Unstarted), "it waits for its thread, whoever is idle");
        assert_eq!(world.runtime.workers(), 1..3);
        world.tend();
        world.settle(&mut dice);
        assert_eq!(world.seat_of(pid), Some(3));
        let pids: Vec<Pid> = (0..200).map(|at| world.spawn([0, 1, 2, 3][at % 4], 0, Where::Any)).collect();
        let at_its_door = (0..200).filter(|&at| {
            let state = world.runtime.table.get(pids[at]).map(|process| process.state.load());
            state.is_none_or(|state| state.seat() > 2)
        });
        assert_eq!(at_its_door.count(), 0, "not even what it spawns itself");
        world.settle(&mut dice);
        assert!(pids.iter().all(|&pid| matches!(world.seat_of(pid), Some(1 | 2))));
        assert_eq!(world.count(3, layout::STOLEN), 0);
        for seat in [3, 4, 5] {
            let spawned = world.submit(0, |s| s.spawn(0, 0, &[], Where::On(seat), Birth::default()));
            assert_eq!(spawned.map(|born| born.seat), Err(SpawnError::NoScheduler), "by number");
        }
    }
}

#[test]
fn the_seat_is_free_before_anybody_hears_and_is_let_again() {
    let (mut world, mut dice) = world(1);
    let watcher = world.spawn_here(0);
    world.settle(&mut dice);
    for round in 0..4 {
        let pid = world.spawn(0, 0, Where::Dedicated);
        world.monitor(0, watcher, pid);
        world.tend();
        world.settle(&mut dice);
        assert_eq!((world.seat_of(pid), tenancy(&world, 3)), (Some(3), 4 * round + 1), "two tenancies a round");
        world.finish(3, pid, ReasonKind::User);
        assert!(world.is_going(3) && tenancy(&world, 3) == 0);
        // The next comes while the thread is there still: it is not for that.
        let next = world.spawn(1, 0, Where::Dedicated);
        assert_eq!(world.turn(3), Verdict::Stop);
        world.settle(&mut dice);
        assert_eq!((world.seat_of(next), ends(&world, watcher).len()), (None, round as usize + 1));
        world.tend();
        world.settle(&mut dice);
        assert_eq!(world.seat_of(next), Some(3));
        world.finish(3, next, ReasonKind::Normal);
        world.tend();
    }
}

#[test]
fn closures_keep_the_thread_and_what_serves_it_does_not() {
    let (mut world, mut dice) = world(1);
    let pid = world.spawn(0, 0, Where::Dedicated);
    world.tend();
    world.settle(&mut dice);
    let servant = world.spawn_here_as(3, Birth { serves: true, ..Birth::default() });
    let closure = world.spawn_here(3);
    world.settle(&mut dice);
    world.finish(3, pid, ReasonKind::Normal);
    world.settle(&mut dice);
    assert!(!world.is_going(3) && tenancy(&world, 3) == 1, "the closure lives there");
    let here = world.spawn(3, 0, Where::Here);
    world.finish(3, closure, ReasonKind::Normal);
    assert!(!world.is_going(3), "and something is to begin there");
    world.settle(&mut dice);
    world.finish(3, here, ReasonKind::Error);
    assert!(world.is_going(3) && world.has_body(servant));
    let refused = world.submit(3, |s| s.spawn(0, 0, &[], Where::Here, Birth::default()));
    assert_eq!(refused.map(|born| born.seat), Err(SpawnError::NoThread), "nothing begins there any more");
    world.leave(3);
    assert_eq!(tenancy(&world, 3), 0);
    world.check_sums();
}

#[test]
fn one_that_is_ended_before_it_begins_does_not_give_the_seat_of_the_next_away() {
    let (mut world, mut dice) = world(1);
    let pid = world.spawn(0, 0, Where::Dedicated);
    world.tend();
    world.settle(&mut dice);
    let second = world.define("second");
    let [one, other] = [0, 0].map(|_| world.spawn(3, second, Where::Here));
    world.turn(3);
    world.finish(3, pid, ReasonKind::Normal);
    assert_eq!(tenancy(&world, 3), 1, "two wait for their definition");
    world.exit(3, pid, one, ReasonKind::Shutdown);
    world.submit(3, |scheduler| scheduler.definition_loaded(second));
    world.isolate(3).loading.clear();
    world.settle(&mut dice);
    assert_eq!((world.runtime.is_alive(one), world.seat_of(other), tenancy(&world, 3)), (false, Some(3), 1));
    world.exit(3, pid, other, ReasonKind::Kill);
    assert_eq!(tenancy(&world, 3), 0);
}

#[test]
fn a_thread_that_ends_takes_its_process_down_and_keeps_the_seat_for_what_has_not_begun() {
    let (mut world, mut dice) = world(1);
    let watcher = world.spawn_here(0);
    world.settle(&mut dice);
    let pid = world.spawn(0, 0, Where::Dedicated);
    world.monitor(0, watcher, pid);
    world.sit(3);
    world.leave(3);
    assert_eq!((tenancy(&world, 3), world.runtime.phase(pid)), (1, Some(Phase::Unstarted)));
    world.tend();
    world.settle(&mut dice);
    let here = world.spawn(3, 0, Where::Here);
    world.leave(3);
    world.settle(&mut dice);
    assert_eq!(ends(&world, watcher), [(pid, Reason::scheduler_down(3))]);
    assert_eq!((tenancy(&world, 3), world.runtime.phase(here)), (1, Some(Phase::Unstarted)));
    world.tend();
    world.settle(&mut dice);
    assert_eq!(world.seat_of(here), Some(3));
    world.leave(3);
    assert_eq!(tenancy(&world, 3), 0);
    world.check_sums();
}

#[test]
fn who_waits_to_be_killed_when_the_thread_ends_is_killed() {
    let (mut world, mut dice) = world(2);
    let watcher = world.spawn_here(0);
    let other = world.spawn_here(0);
    world.settle(&mut dice);
    let pids = [0, 0].map(|seat| world.spawn(seat, 0, Where::Dedicated));
    for pid in pids {
        world.monitor(0, watcher, pid);
    }
    // One has begun, of the other not even the thread has.
    world.sit(3);
    world.settle(&mut dice);
    let shutdown = Reason::new(ReasonKind::Shutdown, &[]);
    let kill = Reason::new(ReasonKind::Kill, &[]);
    let asked = |world: &mut World, pid, reason: &Reason| world.submit(0, |s| s.exit(watcher, pid, reason.clone()));
    assert_eq!(asked(&mut world, pids[0], &shutdown), None, "only a kill must free the thread");
    assert_eq!((asked(&mut world, pids[0], &kill), asked(&mut world, pids[1], &kill)), (Some(3), Some(4)));
    assert_eq!(asked(&mut world, other, &kill), None, "a scheduler takes its mail");
    // Its thread is kept: it takes no mail.
    let Some(isolate) = world.isolates[3].take() else { panic!("somebody sits there") };
    isolate.leave();
    world.sit(4);
    world.leave(4);
    assert_eq!((tenancy(&world, 3), tenancy(&world, 4)), (0, 0));
    world.settle(&mut dice);
    let mut told = ends(&world, watcher);
    told.sort_by_key(|&(pid, _)| pid.bits());
    let killed = Reason::new(ReasonKind::Killed, &[]);
    assert_eq!(told, [(pids[0], killed.clone()), (pids[1], killed)]);
}

#[test]
fn who_waits_to_be_killed_on_a_scheduler_of_many_goes_down_with_it() {
    let (mut world, mut dice) = world(1);
    let watcher = world.spawn_here(0);
    let pid = world.spawn_here(1);
    world.monitor(0, watcher, pid);
    world.settle(&mut dice);
    let kill = Reason::new(ReasonKind::Kill, &[]);
    assert_eq!(world.submit(0, |s| s.exit(watcher, pid, kill)), None, "its thread need not end");
    world.leave(1);
    world.settle(&mut dice);
    assert_eq!(ends(&world, watcher), [(pid, Reason::scheduler_down(1))], "it had not taken its mail");
}

#[test]
fn who_has_other_mail_when_its_thread_ends_goes_down_with_that() {
    let (mut world, mut dice) = world(1);
    let watcher = world.spawn_here(0);
    let pid = world.spawn(0, 0, Where::Dedicated);
    world.monitor(0, watcher, pid);
    world.tend();
    world.settle(&mut dice);
    world.send(0, watcher, pid);
    world.leave(3);
    world.settle(&mut dice);
    assert_eq!(ends(&world, watcher), [(pid, Reason::scheduler_down(3))]);
}

#[test]
fn a_seat_is_in_use_from_the_first_time_it_is_reserved() {
    let (mut world, _) = world(2);
    let told = |world: &World, seat: usize| world.runtime.seats[seat].page.get(layout::NAMES);
    for used in [3, 4, 5] {
        assert_eq!(world.runtime.seats.used().len(), used);
        let pid = world.spawn_here(0);
        assert_eq!(world.runtime.register(&format!("{used}"), pid), Ok(()));
        assert_eq!([3, 4].map(|seat| told(&world, seat) > 0), [used > 3, used > 4], "who hears of names");
        let _ = try_spawn(&mut world, 0, Birth::default());
    }
}
