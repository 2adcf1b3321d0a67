//! A thread that was rung and does not come, for foreign code keeps it: what was put at its door is taken by another, which somebody
//! from outside must wake; nothing is taken while it may still come.

mod world;

use rumpus_runtime::{Where, layout};
use rumpus_sync::shim::Ordering;
use world::dice::Dice;
use world::{World, at_rest};

/// Scheduler 1 has nothing, so all that is placed is placed there; scheduler 2 has ten that wait. Both sleep.
fn beside_a_full_one() -> (World, Dice) {
    let (mut world, mut dice) = at_rest(2, true);
    for _ in 0..10 {
        world.spawn_here(2);
    }
    world.settle(&mut dice);
    world.now_us += 10;
    (world, dice)
}

#[test]
fn what_lies_at_the_door_of_a_thread_that_does_not_come_is_taken_by_another() {
    let (mut world, mut dice) = beside_a_full_one();
    let woken_us = world.now_us;
    // Relaxed: one thread.
    world.isolate(1).ears.woken_us.store(woken_us, Ordering::Relaxed);
    for _ in 0..8 {
        world.spawn(0, 0, Where::Any);
    }
    let sleeps = |world: &World| world.runtime.seats[2].bell.is_asleep();
    world.runtime.rouse_thief(woken_us + 2_000);
    assert!(sleeps(&world), "who was rung may still come");
    world.runtime.rouse_thief(woken_us + 2_001);
    assert!(!sleeps(&world));
    world.now_us = woken_us + 2_000;
    world.turn(2);
    assert_eq!(world.count(2, layout::STOLEN), 0);
    world.now_us += 1;
    world.turn(2);
    assert_eq!(world.count(2, layout::STOLEN), 4, "half, though it has more than the other itself");
    world.settle(&mut dice);
    assert_eq!((world.runtime.seats[1].unstarted(), world.runtime.seats[2].unstarted()), (0, 0));
    world.runtime.rouse_thief(woken_us + 9_000);
    assert!(sleeps(&world), "there is nothing left");
}

#[test]
fn a_ring_that_is_older_than_the_last_turn_is_not_the_one_that_waits() {
    let (mut world, _) = beside_a_full_one();
    world.spawn(0, 0, Where::Any);
    let turned_us = world.runtime.seats[1].page.count(layout::TURNED_US) as u64;
    assert!(turned_us > 0);
    // Relaxed: one thread.
    world.isolate(1).ears.woken_us.store(turned_us, Ordering::Relaxed);
    assert!(!world.runtime.seats[1].leaves_work(world.now_us + 60_000_000));
    world.isolate(1).ears.woken_us.store(turned_us + 1, Ordering::Relaxed);
    assert!(world.runtime.seats[1].leaves_work(world.now_us + 60_000_000));
}
