//! Who starts what: bursts spread by stealing, thieves take only what they can start, the pinned stay, those that wait for
//! their definition start when it comes or elsewhere when the scheduler goes, and nobody sleeps beside work for them.

mod world;

use rumpus_runtime::process::state::Phase;
use rumpus_runtime::{Birth, Options, Pid, ReasonKind, Verdict, Where, layout};
use world::dice::Dice;
use world::{Step, World, at_rest, options};

fn places(world: &World, pids: &[Pid]) -> Vec<Option<usize>> {
    pids.iter().map(|&pid| world.seat_of(pid)).collect()
}

fn started(world: &World) -> Vec<u64> {
    (0..world.isolates.len()).map(|seat| world.count(seat, layout::STARTED_HERE)).collect()
}

#[test]
fn a_burst_queued_at_one_scheduler_spreads() {
    let (mut world, mut dice) = at_rest(4, false);
    for _ in 0..1_000 {
        world.spawn(1, 0, Where::Any);
    }
    assert_eq!(world.runtime.seats[1].unstarted(), 1_000);
    assert_eq!(world.count(1, layout::WAKES_SENT), 3, "each sleeper is woken once");
    // Everybody at the same pace, body by body.
    while started(&world).iter().sum::<u64>() < 1_000 {
        for seat in 1..5 {
            let Some(step) = dice.pick(&world.steps(seat)) else { continue };
            world.now_us += 1;
            world.take(seat, step);
            world.park_all(seat);
        }
    }
    world.settle(&mut dice);
    let started = started(&world);
    assert!(started[0] == 0 && started[1..].iter().all(|&count| count > 100), "{started:?}");
    let stolen: Vec<u64> = (0..5).map(|seat| world.count(seat, layout::STOLEN)).collect();
    let steals: Vec<u64> = (0..5).map(|seat| world.count(seat, layout::STEALS)).collect();
    assert_eq!((stolen[0], steals[0]), (0, 0), "the host steals nothing");
    for seat in 2..5 {
        assert!(stolen[seat] >= steals[seat] && steals[seat] > 0, "{stolen:?} in {steals:?}");
        assert!(started[seat] <= stolen[seat], "it had nothing of its own: {started:?} of {stolen:?}");
    }
    assert_eq!(started.iter().sum::<u64>(), 1_000);
}

#[test]
fn a_host_that_works_alone_starts_everything() {
    for placement in [true, false] {
        let mut world = World::new(Options { host_works: true, placement, ..options(0) });
        assert_eq!(world.regular(), 1);
        world.define("body");
        let mut dice = Dice::new(3);
        world.settle(&mut dice);
        for _ in 0..100 {
            world.spawn(0, 0, Where::Any);
        }
        world.settle(&mut dice);
        assert_eq!(started(&world)[0], 100);
    }
    // One that does not work has somebody who does.
    assert_eq!(World::empty(Options { host_works: false, ..options(0) }).regular(), 2);
}

#[test]
fn a_thief_takes_half() {
    let (mut world, _) = at_rest(2, false);
    for _ in 0..100 {
        world.spawn(1, 0, Where::Any);
    }
    world.turn(2);
    assert_eq!(world.count(2, layout::STOLEN), 50);
    assert_eq!(world.count(2, layout::STEALS), 1);
    assert_eq!(world.runtime.seats[1].unstarted(), 50);
    // From an inject queue too, which holds what other threads put there.
    for _ in 0..40 {
        world.spawn(0, 0, Where::Any);
    }
    assert_eq!(world.runtime.seats[0].unstarted(), 40, "the host's own queue");
}

#[test]
fn the_hosts_burst_is_for_the_others() {
    for host_works in [false, true] {
        let mut world = World::new(Options { placement: false, host_works, ..options(2) });
        world.define("body");
        let mut dice = Dice::new(3);
        world.settle(&mut dice);
        let pids: Vec<Pid> = (0..300).map(|_| world.spawn(0, 0, Where::Any)).collect();
        let here = world.spawn(0, 0, Where::Here);
        world.settle(&mut dice);
        assert_eq!(world.seat_of(here), Some(0));
        let at_host = places(&world, &pids).iter().filter(|&&seat| seat == Some(0)).count();
        assert_eq!(at_host > 0, host_works, "{at_host} of 300");
    }
}

#[test]
fn placed_processes_go_to_the_better_of_two() {
    let (mut world, mut dice) = at_rest(4, true);
    for _ in 0..400 {
        world.spawn(0, 0, Where::Any);
    }
    let waiting: Vec<usize> = world.runtime.seats.iter().map(|seat| seat.unstarted()).collect();
    assert_eq!(waiting[0], 0, "not the host");
    assert!(waiting[1..].iter().all(|count| (85..115).contains(count)), "{waiting:?}");
    world.settle(&mut dice);
    // The living count too: a scheduler that has many gets none of the next.
    for _ in 0..1_000 {
        world.spawn_here(1);
    }
    let new: Vec<Pid> = (0..30).map(|_| world.spawn(0, 0, Where::Any)).collect();
    for pid in new {
        let door = world.runtime.table.get(pid).map(|process| process.state.load().seat());
        assert_ne!(door, Some(1));
    }
}

#[test]
fn a_busy_scheduler_is_the_worse_of_two_equals() {
    let (mut world, _) = at_rest(2, true);
    world.runtime.seats[2].set_busy_share(0.5);
    let pid = world.spawn(0, 0, Where::Any);
    assert_eq!(world.runtime.seats[1].unstarted(), 1, "{pid:?}");
}

#[test]
fn a_thief_that_has_not_loaded_all_there_is_steals_nothing() {
    let (mut world, mut dice) = at_rest(2, false);
    let second = world.define("second");
    // Only the spawner has loaded it.
    world.submit(1, |scheduler| scheduler.definition_loaded(second));
    let pids: Vec<Pid> = (0..20).map(|_| world.spawn(1, 0, Where::Any)).collect();
    for _ in 0..10 {
        world.now_us += 100;
        world.turn(2);
    }
    assert_eq!(world.count(2, layout::STOLEN), 0);
    assert_eq!(world.isolate(2).verdict, Verdict::Sleep, "it does not wait for what it cannot take");
    assert_eq!(world.isolate(2).loading.len(), 1);
    world.take(2, Step::Load);
    world.turn(2);
    assert_eq!(world.count(2, layout::STOLEN), 10, "now it does");
    world.settle(&mut dice);
    assert!(places(&world, &pids).contains(&Some(2)));
    assert_eq!(world.runtime.seats[2].loaded(), 2);
}

#[test]
fn definitions_count_as_loaded_without_gaps() {
    let mut world = World::new(options(1));
    for name in ["a", "b", "c"] {
        world.define(name);
    }
    for (id, gapless) in [(2, 0), (0, 1), (1, 3)] {
        world.submit(1, |scheduler| scheduler.definition_loaded(id));
        assert_eq!(world.runtime.seats[1].loaded(), gapless);
    }
}

#[test]
fn the_pinned_are_never_stolen() {
    let (mut world, mut dice) = at_rest(3, false);
    let mut pinned = Vec::new();
    for at in [0, 1, 2, 3] {
        for _ in 0..50 {
            pinned.push((at, world.spawn(1, 0, Where::On(at))));
        }
    }
    for _ in 0..100 {
        world.turn(3);
    }
    assert_eq!(world.count(3, layout::STOLEN), 0);
    world.settle(&mut dice);
    for (at, pid) in pinned {
        assert_eq!(world.seat_of(pid), Some(at));
    }
    assert!(world.submit(1, |scheduler| scheduler.spawn(0, 0, &[], Where::On(4), Birth::default())).is_err());
}

#[test]
fn those_that_wait_for_their_definition_start_when_it_comes() {
    let (mut world, mut dice) = at_rest(2, false);
    let second = world.define("second");
    let waits = world.spawn(1, second, Where::Here);
    let does_not = world.spawn(1, 0, Where::Here);
    for _ in 0..10 {
        world.now_us += 50;
        world.turn(1);
    }
    assert_eq!((world.seat_of(waits), world.seat_of(does_not)), (None, Some(1)), "nobody waits for another");
    assert_eq!(world.runtime.phase(waits), Some(Phase::Unstarted));
    assert_eq!(world.runtime.seats[1].unstarted(), 0, "it is in no queue");
    world.submit(1, |scheduler| scheduler.definition_loaded(second));
    world.isolate(1).loading.clear();
    world.turn(1);
    assert_eq!(world.seat_of(waits), Some(1));
    world.settle(&mut dice);
}

#[test]
fn those_that_wait_are_handed_back_when_the_scheduler_goes() {
    for asleep in [false, true] {
        let (mut world, mut dice) = at_rest(2, false);
        let second = world.define("second");
        world.settle(&mut dice);
        let third = world.define("third");
        let free = world.spawn(1, third, Where::Any);
        let pinned = world.spawn(1, third, Where::Here);
        world.turn(1);
        let claimed = world.spawn(1, second, Where::Here);
        world.turn(1);
        assert!(world.isolate(1).bodies.contains_key(&claimed.index()), "told to start, not begun");
        // The other sleeps, or does not; either way it hears of them.
        while asleep && world.turn(2) != Verdict::Sleep {
            world.now_us += 100;
        }
        world.leave(1);
        let door = |pid: Pid| world.runtime.table.get(pid).map(|process| process.state.load().seat());
        assert_eq!((door(free), door(pinned), door(claimed)), (Some(2), Some(1), Some(1)));
        world.settle(&mut dice);
        assert_eq!(places(&world, &[free, pinned, claimed]), [Some(2), None, None]);
        world.sit(1);
        world.settle(&mut dice);
        assert_eq!(places(&world, &[free, pinned, claimed]), [Some(2), Some(1), Some(1)]);
    }
}

#[test]
fn with_nobody_else_at_work_what_had_not_begun_waits_for_the_next() {
    let (mut world, mut dice) = at_rest(1, true);
    let pids: Vec<Pid> = (0..20).map(|_| world.spawn(0, 0, Where::Any)).collect();
    world.leave(1);
    world.settle(&mut dice);
    assert_eq!(world.runtime.seats[1].unstarted(), 20);
    world.sit(1);
    world.settle(&mut dice);
    assert!(places(&world, &pids).iter().all(|&seat| seat == Some(1)));
}

#[test]
fn a_thief_that_goes_before_it_has_stolen_wakes_another() {
    let (mut world, mut dice) = at_rest(2, false);
    let pid = world.spawn(0, 0, Where::Any);
    let asleep: Vec<usize> = (1..3).filter(|&seat| world.runtime.seats[seat].bell.is_asleep()).collect();
    let [still_asleep] = asleep[..] else { panic!("one of two is woken, not {asleep:?}") };
    world.leave(3 - still_asleep);
    world.settle(&mut dice);
    assert_eq!(world.seat_of(pid), Some(still_asleep));
}

#[test]
fn a_spawner_that_sleeps_is_a_thief_too() {
    // A body of the host comes back from elsewhere and spawns at the door of a seat where nobody sits.
    let mut world = World::empty(Options { host_works: true, ..options(1) });
    world.sit(0);
    world.define("body");
    let mut dice = Dice::new(3);
    world.settle(&mut dice);
    world.runtime.seats[0].set_busy_share(0.9);
    let pid = world.spawn(0, 0, Where::Any);
    assert_eq!(world.runtime.seats[1].unstarted(), 1);
    world.settle(&mut dice);
    assert_eq!(world.seat_of(pid), Some(0));
}

#[test]
fn what_is_handed_back_wakes_whoever_gets_it_even_if_it_could_not_steal() {
    let (mut world, mut dice) = at_rest(2, false);
    world.define("one whose module never comes");
    for seat in 0..3 {
        while world.turn(seat) != Verdict::Sleep {
            world.now_us += 100;
        }
        world.isolate(seat).loading.clear();
    }
    let pid = world.spawn(1, 0, Where::Any);
    world.leave(1);
    world.settle(&mut dice);
    assert_eq!(world.seat_of(pid), Some(2));
}

#[test]
fn the_end_of_a_scheduler_takes_down_what_began_there_and_nothing_else() {
    let (mut world, mut dice) = at_rest(2, false);
    let watcher = world.spawn_here(0);
    world.settle(&mut dice);
    let mut begun: Vec<Pid> = (0..3).map(|_| world.spawn(1, 0, Where::Here)).collect();
    begun.push(world.spawn_here(1));
    world.settle(&mut dice);
    let unstarted: Vec<Pid> = (0..5).map(|_| world.spawn(1, 0, Where::Any)).collect();
    for pid in begun.iter().chain(&unstarted) {
        world.monitor(0, watcher, *pid);
        world.send(0, watcher, *pid);
    }
    world.turn(0);
    world.leave(1);
    world.settle(&mut dice);
    let told = world.books.signals_to(watcher);
    assert_eq!(told.len(), begun.len());
    for item in told {
        let world::books::Item::Down(_, from, reason) = item else { panic!("{item:?}") };
        assert!(begun.contains(&from));
        assert_eq!((reason.kind(), reason.detail()), (ReasonKind::SchedulerDown, 1));
    }
    assert!(places(&world, &unstarted).iter().all(|&seat| seat == Some(2)));
    for pid in unstarted {
        assert_eq!(world.books.messages_to(pid).count(), 1, "its mail moved along");
    }
    assert_eq!(world.runtime.seats[1].alive(), 0);
    world.check_sums();
}

/// Some steps of one scheduler, while the clock and all others stand still.
fn take_steps(world: &mut World, dice: &mut Dice, seat: usize) {
    for _ in 0..100 {
        let Some(step) = dice.pick(&world.steps(seat)) else { break };
        world.take(seat, step);
        world.park_all(seat);
    }
}

#[test]
fn a_thief_leaves_what_is_no_more_than_its_own_but_not_for_long() {
    let (mut world, mut dice) = at_rest(2, false);
    for _ in 0..10 {
        world.spawn_here(2);
    }
    take_steps(&mut world, &mut dice, 2);
    for _ in 0..12 {
        world.spawn(1, 0, Where::Any);
    }
    take_steps(&mut world, &mut dice, 2);
    assert_eq!(world.count(2, layout::STOLEN), 1, "half of the difference: both have eleven");
    world.now_us += 999;
    take_steps(&mut world, &mut dice, 2);
    assert_eq!(world.count(2, layout::STOLEN), 1);
    assert_ne!(world.turn(2), Verdict::Sleep, "it waits for their scheduler");
    world.now_us += 1;
    take_steps(&mut world, &mut dice, 2);
    assert_eq!(world.count(2, layout::STOLEN), 2, "their scheduler does not come: one each millisecond");
}

#[test]
fn who_comes_up_to_a_burst_wakes_another() {
    let (mut world, mut dice) = at_rest(2, true);
    for _ in 0..10 {
        world.spawn_here(2);
    }
    world.settle(&mut dice);
    // All at the door of the one that has nothing: it is rung once, and nobody else.
    for _ in 0..8 {
        world.spawn(0, 0, Where::Any);
    }
    assert_eq!(world.runtime.seats[1].unstarted(), 8);
    assert_eq!((world.count(0, layout::WAKES_SENT), world.runtime.seats[2].bell.is_asleep()), (1, true));
    world.turn(1);
    assert_eq!((world.count(1, layout::WAKES_SENT), world.runtime.seats[2].bell.is_asleep()), (1, false));
}

#[test]
fn nobody_is_woken_twice_for_one_piece_of_work_nor_for_none() {
    let (mut world, _) = at_rest(4, false);
    world.spawn(0, 0, Where::On(1));
    world.turn(1);
    assert_eq!(world.count(1, layout::WAKES_SENT), 0, "that is for nobody else");
    // It has something to resume, so it claims one at a time, and that one has not begun.
    world.spawn_here(1);
    world.turn(1);
    for _ in 0..2 {
        world.spawn(1, 0, Where::Any);
    }
    assert_eq!(world.count(1, layout::WAKES_SENT), 2);
    world.turn(1);
    assert_eq!((world.runtime.seats[1].unstarted(), world.count(1, layout::WAKES_SENT)), (2, 2));
}

#[test]
fn what_its_scheduler_will_never_start_is_taken_at_once() {
    let (mut world, mut dice) = at_rest(2, false);
    for _ in 0..10 {
        world.spawn_here(2);
    }
    take_steps(&mut world, &mut dice, 2);
    world.spawn(0, 0, Where::Any);
    world.turn(2);
    assert_eq!(world.count(2, layout::STOLEN), 1, "the host takes no work");
}
