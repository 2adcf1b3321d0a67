//! Names: one process has one name, one name one process, and no process that has ended has any; every seat is told of every
//! change; a process that is named before it is born is found once it is, and can be written to by whoever finds it.

#![expect(clippy::disallowed_methods, reason = "two tests race, on threads")]

mod world;

use std::sync::{Arc, Barrier};

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{
    Birth, Completion, Pid, Reason, ReasonKind, Runtime, Scheduler, Sink, SpawnError, Unnamed, Where, layout,
};
use rumpus_sync::shim::{AtomicU64, Ordering};
use world::body::Ears;
use world::dice::Dice;
use world::{World, options};

/// How often names have changed, as every seat is told.
#[track_caller]
fn changes(runtime: &Runtime) -> i32 {
    let words: Vec<i32> = runtime.seats.iter().map(|seat| seat.page.get(layout::NAMES)).collect();
    assert!(words.iter().all(|word| *word == words[0]), "{words:?}");
    words[0]
}

fn world() -> (World, Dice) {
    let (mut world, mut dice) = (World::new(options(2)), Dice::new(3));
    world.define("body");
    world.settle(&mut dice);
    (world, dice)
}

fn named(pid: Pid) -> Birth {
    Birth { rented: Some(pid), ..Birth::default() }
}

#[test]
fn a_name_is_one_process_and_a_process_has_one_name() {
    let (mut world, mut dice) = world();
    let [one, two] = [1, 2].map(|seat| world.spawn_here(seat));
    world.settle(&mut dice);
    let runtime = Arc::clone(&world.runtime);
    assert_eq!((runtime.register("a", one), changes(&runtime)), (Ok(()), 1));
    assert_eq!(runtime.register("a", two), Err(Unnamed::Taken(one)));
    assert_eq!(runtime.register("a", one), Err(Unnamed::Taken(one)));
    assert_eq!(runtime.register("b", one), Err(Unnamed::Named("a".into())));
    assert!(!runtime.unregister("b"));
    assert_eq!((changes(&runtime), runtime.names.len()), (1, 1), "nothing has changed");
    assert_eq!((runtime.whereis("a"), runtime.names.name_of(one)), (Some(one), Some("a".into())));
    assert!(runtime.unregister("a") && !runtime.unregister("a"));
    assert_eq!((runtime.whereis("a"), runtime.names.name_of(one), changes(&runtime)), (None, None, 2));
    assert_eq!((runtime.register("a", two), runtime.register("b", one), changes(&runtime)), (Ok(()), Ok(()), 4));
    // A name that was taken back is forgotten with nobody's end.
    assert!(runtime.unregister("b"));
    world.finish(1, one, ReasonKind::Normal);
    assert_eq!((changes(&runtime), runtime.whereis("a")), (5, Some(two)));
}

#[test]
fn a_name_ends_with_its_process_however_that_ends() {
    type End = fn(&mut World, Pid);
    let ends: [(bool, End); 5] = [
        (true, |world, pid| drop(world.finish(1, pid, ReasonKind::Error))),
        (true, |world, pid| drop(world.exit(2, pid, pid, ReasonKind::Kill))),
        (true, |world, _| world.leave(1)),
        (false, |world, pid| drop(world.exit(2, pid, pid, ReasonKind::Shutdown))),
        (false, |world, _| {
            world.runtime.stop();
            world.leave(1);
        }),
    ];
    for (begun, end) in ends {
        let (mut world, mut dice) = world();
        let pid = if begun { world.spawn_here(1) } else { world.spawn(1, 0, Where::Here) };
        let runtime = Arc::clone(&world.runtime);
        assert_eq!(runtime.register("a", pid), Ok(()), "begun or not");
        assert_eq!(runtime.whereis("a"), Some(pid));
        end(&mut world, pid);
        if !runtime.is_stopping() {
            world.settle(&mut dice);
        }
        assert_eq!((runtime.names.holder("a"), changes(&runtime)), (None, 2));
        assert_eq!((runtime.register("a", pid), runtime.names.len()), (Err(Unnamed::NoProc), 0));
    }
}

#[test]
fn an_exiting_process_keeps_its_name_and_is_not_found() {
    let (mut world, mut dice) = world();
    let [one, two, nameless] = [1, 2, 1].map(|seat| world.spawn_here(seat));
    world.settle(&mut dice);
    let runtime = Arc::clone(&world.runtime);
    assert_eq!(runtime.register("a", one), Ok(()));
    for pid in [one, nameless] {
        world.submit(1, |s| s.note_exiting(pid));
    }
    assert_eq!((runtime.names.all(), runtime.names.is_empty()), (vec![(one, "a".to_owned())], false));
    assert_eq!((runtime.whereis("a"), runtime.names.holder("a")), (None, Some(one)));
    assert_eq!(runtime.register("a", two), Err(Unnamed::Taken(one)));
    assert_eq!(runtime.register("b", nameless), Err(Unnamed::NoProc));
    world.finish(1, one, ReasonKind::Normal);
    assert_eq!((runtime.register("a", two), runtime.whereis("a")), (Ok(()), Some(two)));
}

#[test]
fn a_former_tenant_of_a_slot_gets_no_name() {
    let (mut world, mut dice) = world();
    let former = world.spawn_here(1);
    let (mut tenants, mut tries) = (0, 0);
    let mut last = former;
    world.settle(&mut dice);
    world.finish(1, former, ReasonKind::Normal);
    while tenants < 2 {
        last = world.spawn_here(1);
        tenants += usize::from(last.index() == former.index());
        world.finish(1, last, ReasonKind::Normal);
        tries += 1;
        assert!(tries < 2_000, "the slot is never let again");
        assert_eq!(world.runtime.register("a", former), Err(Unnamed::NoProc));
    }
    assert_eq!(world.runtime.register("a", last), Err(Unnamed::NoProc));
    assert_eq!(changes(&world.runtime), 0);
}

#[test]
fn who_is_named_before_its_birth_is_found_from_then_on() {
    for here in [true, false] {
        let (mut world, _) = world();
        let runtime = Arc::clone(&world.runtime);
        let Ok(rented) = world.submit(1, Scheduler::rent) else { panic!("the table is full") };
        assert_eq!(runtime.register("a", rented), Ok(()));
        assert_eq!((runtime.whereis("a"), runtime.names.holder("a")), (None, Some(rented)));
        let before = changes(&runtime);
        let born = world.submit(1, |s| match here {
            true => s.spawn_here(named(rented)),
            false => s.spawn(0, 0, &[], Where::On(2), named(rented)),
        });
        assert_eq!(born.map(|born| born.pid), Ok(rented));
        assert_eq!(runtime.whereis("a"), Some(rented));
        assert_eq!(changes(&runtime), before + 1, "who has looked in vain looks again");
        let again = world.submit(1, |s| s.spawn_here(named(rented)));
        assert_eq!(again.map(|born| born.pid), Err(SpawnError::TooMany), "it is let");
        world.submit(1, |s| s.give_back(rented));
        assert_eq!(runtime.whereis("a"), Some(rented), "so it cannot be given back");
    }
}

#[test]
fn a_slot_that_was_rented_for_nobody_is_given_back_with_its_name() {
    let (mut world, _) = world();
    let runtime = Arc::clone(&world.runtime);
    let rent = |world: &mut World, name: &str| {
        let Ok(rented) = world.submit(1, Scheduler::rent) else { panic!("the table is full") };
        assert_eq!(world.runtime.register(name, rented), Ok(()));
        rented
    };
    let rented = rent(&mut world, "a");
    let nowhere = world.submit(1, |s| s.spawn(0, 0, &[], Where::On(9), named(rented)));
    assert_eq!(nowhere.map(|born| born.pid), Err(SpawnError::NoScheduler));
    world.submit(1, |s| s.give_back(rented));
    assert_eq!((runtime.names.len(), runtime.table.get(rented).is_none()), (0, true));
    // The thread goes between the one and the other.
    let rented = rent(&mut world, "a");
    world.leave(1);
    assert_eq!((runtime.names.len(), runtime.table.get(rented).is_none()), (0, true));
    assert_eq!(changes(&runtime), 4);
}

struct Count(u64);

impl Sink for Count {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        self.0 += u64::from(matches!(completion, Completion::Message { .. }));
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {}
}

fn sit(runtime: &Arc<Runtime>, seat: usize) -> Scheduler {
    let scheduler = Scheduler::take_seat(Arc::clone(runtime), seat, Arc::new(Ears::default()), 1, 0);
    scheduler.unwrap_or_else(|| panic!("seat {seat} is taken"))
}

#[test]
fn a_race_of_a_name_and_an_end_leaves_no_name_of_the_dead() {
    const ROUNDS: usize = 1_500;
    let runtime = Arc::new(Runtime::new(options(1)));
    let (pid, gate) = (AtomicU64::new(0), Barrier::new(2));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0..ROUNDS {
                gate.wait();
                (0..round % 40).for_each(|_| std::hint::spin_loop());
                // Relaxed: the gate orders.
                let _ = runtime.register("a", Pid::from_bits(pid.load(Ordering::Relaxed)));
                gate.wait();
            }
        });
        let mut scheduler = sit(&runtime, 1);
        for round in 0..ROUNDS {
            let Ok(born) = scheduler.spawn_here(Birth::default()) else { panic!("the table is full") };
            // Relaxed: the gate orders.
            pid.store(born.pid.bits(), Ordering::Relaxed);
            gate.wait();
            (0..round / 40 % 40).for_each(|_| std::hint::spin_loop());
            scheduler.finish(born.pid, &Reason::new(ReasonKind::Normal, &[]));
            gate.wait();
            assert_eq!(runtime.names.holder("a"), None, "round {round}");
        }
        scheduler.leave();
    });
}

#[test]
fn whoever_finds_a_newborn_by_its_name_reaches_it() {
    const ROUNDS: u64 = 600;
    /// So many in vain take seconds.
    const LOOKS_MAX: u64 = 100_000_000;
    let runtime = Arc::new(Runtime::new(options(2)));
    let gate = Barrier::new(2);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut scheduler = sit(&runtime, 2);
            for _ in 0..ROUNDS {
                gate.wait();
                // As its isolate does: what it has looked up is good until the word changes.
                let page = &runtime.seats[2].page;
                let mut seen = page.get(layout::NAMES);
                let mut found = runtime.whereis("a");
                let mut looks = 0_u64;
                while found.is_none() {
                    looks += 1;
                    assert!(looks < LOOKS_MAX, "the name was never found");
                    let now = page.get(layout::NAMES);
                    if now != std::mem::replace(&mut seen, now) {
                        found = runtime.whereis("a");
                    }
                }
                assert!(found.is_some_and(|pid| scheduler.send(pid, 0, &[b"at once"])), "it lives");
                gate.wait();
            }
            scheduler.leave();
        });
        let mut scheduler = sit(&runtime, 1);
        let mut came = Count(0);
        for round in 0..ROUNDS {
            gate.wait();
            let Ok(rented) = scheduler.rent() else { panic!("the table is full") };
            assert_eq!(runtime.register("a", rented), Ok(()));
            assert!(scheduler.spawn_here(named(rented)).is_ok());
            let mut looks = 0;
            while came.0 <= round {
                looks += 1;
                assert!(looks < LOOKS_MAX, "round {round}: the message never comes");
                scheduler.turn(Occasion { now_us: round * 100, from_loop: true, crowded: true }, &mut came);
            }
            scheduler.finish(rented, &Reason::new(ReasonKind::Normal, &[]));
            gate.wait();
        }
        scheduler.leave();
    });
}
