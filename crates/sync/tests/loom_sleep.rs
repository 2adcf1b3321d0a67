//! Models of the sleep and wake protocol that `crates/runtime/src/sched/README.md` argues: work that is pushed is found by
//! somebody, and nobody sleeps beside it; and that it takes passing on to promise that.
#![cfg(loom)]

mod probe;
mod sleep;

use std::collections::BTreeSet;

use loom::thread::JoinHandle;
use probe::outcomes;
use rumpus_sync::shim::Arc;
use sleep::{End, Runtime, Scheduler, settle};

/// How schedulers are made: as they are, or such that keep to themselves what others left to them.
type Make = fn(&Arc<Runtime>, usize) -> Scheduler;

/// Waits for the threads and settles them with those that needed none.
fn settle_all(threads: impl IntoIterator<Item = JoinHandle<Scheduler>>, others: Vec<Scheduler>, taken: usize) -> End {
    let mut all = others;
    all.extend(threads.into_iter().map(|thread| thread.join().unwrap()));
    settle(all, taken)
}

#[test]
fn one_who_lies_down_sees_a_push_or_is_woken() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(1, 2);
        let thief = Scheduler::new(&runtime, 1).spawn();
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(0, 1);
        settle_all([thief], vec![pusher], 1)
    });
    assert_eq!(ends, [(1, 0), (1, 1), (0, 1)].into());
}

#[test]
fn one_at_whose_door_work_is_put_sees_it_or_is_woken() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(1, 2);
        let thief = Scheduler::new(&runtime, 1).spawn();
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(1, 1);
        settle_all([thief], vec![pusher], 1)
    });
    assert_eq!(ends, [(1, 0), (1, 1), (0, 1)].into());
}

#[test]
fn one_who_gets_mail_sees_it_or_is_woken() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(1, 1);
        let owner = Scheduler::new(&runtime, 1).spawn();
        let mut sender = Scheduler::new(&runtime, 0);
        runtime.start.take();
        sender.notify(1);
        let end = settle_all([owner], vec![sender], 0);
        assert!(!runtime.seats[1].has_mail(), "mail waits beside a sleeper");
        end.1
    });
    assert_eq!(ends, [0, 1].into());
}

/// Work lies there when a searcher comes, more is pushed meanwhile, and another thief sleeps.
fn a_push_is_left_to_a_searcher(make: Make) -> BTreeSet<End> {
    outcomes(move || {
        let runtime = Runtime::new(2, 2);
        let sleeper = make(&runtime, 2).asleep();
        let mut pusher = make(&runtime, 0);
        pusher.seat().inject.push([1]);
        let searcher = make(&runtime, 1).spawn();
        runtime.start.take();
        pusher.put_at(0, 2);
        settle_all([searcher], vec![sleeper, pusher], 2)
    })
}

/// Two pieces of work come, one thief is about to lie down, another sleeps.
fn two_pushes_come(make: Make) -> BTreeSet<End> {
    outcomes(move || {
        let runtime = Runtime::new(2, 2);
        let sleeper = make(&runtime, 2).asleep();
        let thief = make(&runtime, 1).spawn();
        let mut pusher = make(&runtime, 0);
        runtime.start.take();
        pusher.put_at(0, 1);
        pusher.put_at(0, 2);
        settle_all([thief], vec![sleeper, pusher], 2)
    })
}

#[test]
fn a_searcher_to_whom_a_push_was_left_finds_it_or_wakes_a_sleeper() {
    assert_eq!(a_push_is_left_to_a_searcher(Scheduler::new), [(1, 1)].into(), "the sleeper is woken once, by either");
}

#[test]
fn a_second_push_reaches_the_second_thief() {
    let ends = two_pushes_come(Scheduler::new);
    assert!(ends.is_superset(&[(1, 1), (0, 2)].into()), "{ends:?}");
}

/// Two pieces of work are put at the door of a sleeper, of which the second may be left to it; another thief sleeps.
#[test]
fn a_push_at_a_rung_door_is_passed_on() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(2, 2);
        let sleeper = Scheduler::new(&runtime, 2).asleep();
        let other = Scheduler::new(&runtime, 1).spawn();
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(1, 1);
        pusher.put_at(1, 2);
        settle_all([other], vec![sleeper, pusher], 2)
    });
    assert!(ends.is_superset(&[(1, 1), (0, 2)].into()), "{ends:?}");
}

#[test]
fn loot_is_not_missed_by_the_last_searcher() {
    let ends = outcomes(|| {
        let runtime = Runtime::new(2, 3);
        let mut owner = Scheduler::new(&runtime, 0);
        (1..=3).for_each(|index| owner.seat().steal.push(index, &owner.seat().inject));
        let thieves = [1, 2].map(|seat| Scheduler::new(&runtime, seat).spawn());
        runtime.start.take();
        let taken = 2 + usize::from(owner.work());
        settle_all(thieves, vec![owner], taken)
    });
    assert!(ends.contains(&(3, 0)), "{ends:?}");
}

/// A push wakes one of two sleepers, and mail comes to that one too.
fn mail_diverts_a_woken_thief(make: Make) {
    loom::model(move || {
        let runtime = Runtime::new(2, 1);
        let sleepers = [1, 2].map(|seat| make(&runtime, seat).asleep());
        let mut pusher = Scheduler::new(&runtime, 0);
        pusher.put_at(0, 1);
        pusher.notify(1);
        let [one, two] = sleepers;
        settle(vec![pusher, one, two], 1);
    });
}

/// A push is left to a searcher that has looked already, and then mail comes to it.
fn mail_diverts_a_searcher(make: Make) {
    loom::model(move || {
        let runtime = Runtime::new(2, 1);
        let sleeper = make(&runtime, 2).asleep();
        let searcher = make(&runtime, 1).spawn();
        let mut pusher = Scheduler::new(&runtime, 0);
        runtime.start.take();
        pusher.put_at(0, 1);
        pusher.notify(1);
        settle_all([searcher], vec![sleeper, pusher], 1);
    });
}

/// A scheduler moves what was put at its door to its steal queue, and starts one of it.
fn a_batch_is_on_its_way(make: Make) {
    loom::model(move || {
        let runtime = Runtime::new(2, 3);
        let mut owner = make(&runtime, 0);
        owner.seat().inject.push([1, 2, 3]);
        let thieves = [1, 2].map(|seat| make(&runtime, seat).spawn());
        runtime.start.take();
        let taken = 2 + usize::from(owner.work());
        settle_all(thieves, vec![owner], taken);
    });
}

#[test]
fn a_batch_on_its_way_is_found() {
    a_batch_is_on_its_way(Scheduler::new);
}

#[test]
fn mail_that_diverts_a_thief_leaves_no_work_beside_a_sleeper() {
    mail_diverts_a_woken_thief(Scheduler::new);
    mail_diverts_a_searcher(Scheduler::new);
}

#[test]
#[should_panic(expected = "work waits beside a sleeper")]
fn a_batch_whose_mover_passes_nothing_on_waits() {
    a_batch_is_on_its_way(Scheduler::that_passes_nothing_on);
}

#[test]
#[should_panic(expected = "work waits beside a sleeper")]
fn work_waits_for_a_woken_thief_with_mail_that_passes_nothing_on() {
    mail_diverts_a_woken_thief(Scheduler::that_passes_nothing_on);
}

#[test]
#[should_panic(expected = "work waits beside a sleeper")]
fn work_waits_for_a_searcher_with_mail_that_passes_nothing_on() {
    mail_diverts_a_searcher(Scheduler::that_passes_nothing_on);
}
