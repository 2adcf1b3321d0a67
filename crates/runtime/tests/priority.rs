//! Priorities on one scheduler, turn by turn: who is told first, who goes onto the run ring in what order, how long a slot outlives
//! its process, and that resumes are counted right whatever cuts a grant short.

mod world;

use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Pid, Reason, ReasonKind};
use world::dice::Dice;
use world::pair::{HIGH, LOW, NORMAL, Pair, Tray};

#[test]
fn those_of_high_priority_are_told_first_and_those_of_low_when_all_others_have_run() {
    let mut pair = Pair::new();
    let pids = [LOW, NORMAL, HIGH, LOW, NORMAL, HIGH].map(|priority| pair.spawn(priority));
    for pid in pids.into_iter().chain(pids) {
        pair.write(pid);
    }
    let [low, normal, high, low2, normal2, high2] = pids.map(|pid| ('m', pid.index()));
    // What waits in one mailbox comes together.
    assert_eq!(pair.turn(), [high, high, high2, high2, normal, normal, normal2, normal2]);
    // Somebody still has something to do.
    assert!(pair.one.ring().push(normal.1));
    assert_eq!(pair.turn(), []);
    assert_eq!(pair.resume(), Some(normal.1));
    assert_eq!(pair.turn(), [low, low, low2, low2]);
}

#[test]
fn a_completion_that_does_not_fit_keeps_its_place() {
    let mut pair = Pair::new();
    let [low, normal, high] = [LOW, NORMAL, HIGH].map(|priority| pair.spawn(priority));
    for pid in [low, normal, high, high] {
        pair.write(pid);
    }
    pair.room = 1;
    let told: Vec<_> = (0..6).flat_map(|_| pair.turn()).map(|(_, index)| index).collect();
    assert_eq!(told, [high, high, normal, low].map(Pid::index));
}

#[test]
fn high_priority_goes_before_the_ring_and_its_slot_in_the_order_of_arrival() {
    let mut pair = Pair::new();
    let highs: Vec<Pid> = (0..5).map(|_| pair.spawn(HIGH)).collect();
    let normals: Vec<Pid> = (0..3).map(|_| pair.spawn(NORMAL)).collect();
    normals.iter().for_each(|&pid| pair.ready(pid));
    assert!(pair.one.ring().push_slot(99));
    highs[..3].iter().for_each(|&pid| pair.ready(pid));
    pair.turn();
    highs[3..].iter().for_each(|&pid| pair.ready(pid));
    pair.turn();
    let order: Vec<u32> = std::iter::from_fn(|| pair.resume()).collect();
    let expected = highs.iter().map(|pid| pid.index()).chain([99]).chain(normals.iter().map(|pid| pid.index()));
    assert_eq!(order, expected.collect::<Vec<_>>());
}

#[test]
fn who_is_of_high_priority_waits_for_one_resume_and_all_are_counted() {
    let mut pair = Pair::new();
    let (high, normal) = (pair.spawn(HIGH), pair.spawn(NORMAL));
    let mut dice = Dice::new(5);
    let mut made = 0;
    for round in 0..2_000 {
        while pair.one.ring().len() < 70 {
            assert!(pair.one.ring().push(normal.index()));
        }
        pair.turn();
        assert_eq!(pair.resumes(), made, "in round {round}");
        let grant = pair.grant();
        assert!(grant > 0);
        let (before, cut) = (dice.below(grant as usize + 1), dice.chance(60));
        (0..before).for_each(|_| made += u64::from(pair.resume().is_some()));
        if cut {
            pair.ready(high);
            pair.ready(high);
            assert!(pair.grant() <= 1 + pair.one.ring().ahead(), "a turn comes after the next of the others");
            assert_eq!(pair.grant() == 0, before == grant as usize);
        }
        let more = dice.below(3);
        (0..more).for_each(|_| made += u64::from(pair.resume().is_some()));
    }
}

#[test]
fn mail_for_high_priority_cuts_a_grant_short() {
    let mut pair = Pair::new();
    let [high, normal] = [HIGH, NORMAL].map(|priority| pair.spawn(priority));
    for (to, is_cut) in [(normal, false), (high, true)] {
        (0..9).for_each(|_| assert!(pair.one.ring().push(normal.index())));
        pair.turn();
        let grant = pair.grant();
        assert!(grant > 1 && pair.one.send(to, 0, &[]));
        assert_eq!(pair.grant(), if is_cut { 1 } else { grant });
        while pair.one.ring().pop().is_some() {}
        pair.turn();
    }
}

#[test]
fn a_slot_is_held_until_all_is_told_that_waits_in_its_line_and_no_longer() {
    for priority in [HIGH, NORMAL, LOW] {
        let mut pair = Pair::new();
        let others: Vec<Pid> = [HIGH, NORMAL, LOW].into_iter().map(|p| pair.spawn(p)).collect();
        let [pid, quiet] = [priority, priority].map(|p| pair.spawn(p));
        pair.room = 0;
        pair.finish(quiet);
        assert!(!pair.holds(quiet), "of whom nothing is to be told");
        others.iter().for_each(|&other| pair.write(other));
        pair.turn();
        pair.write(pid);
        pair.turn();
        others.iter().for_each(|&other| pair.write(other));
        pair.turn();
        pair.finish(pid);
        pair.room = 1;
        let mut waits = true;
        for _ in 0..12 {
            assert!(!waits || pair.holds(pid), "{priority:?}");
            waits &= !pair.turn().contains(&('m', pid.index()));
        }
        assert!(!waits && !pair.holds(pid));
    }
}

#[test]
fn news_that_is_taken_back_holds_nobody_and_frees_nobody_early() {
    for priority in [HIGH, NORMAL, LOW] {
        let mut pair = Pair::new();
        let [watcher, first, second] = [priority; 3].map(|p| pair.spawn(p));
        let Ok(watched) = pair.other.spawn_here(Birth::default()) else { panic!("the table is full") };
        let reference = pair.one.monitor(watcher, watched.pid);
        let mut ignore = Tray { room: 100, told: Vec::new() };
        pair.other.turn(Occasion { now_us: 0, from_loop: true, crowded: true }, &mut ignore);
        pair.room = 0;
        pair.write(first);
        pair.turn();
        pair.finish(first);
        pair.other.finish(watched.pid, &Reason::new(ReasonKind::Normal, &[]));
        pair.turn();
        pair.write(second);
        pair.turn();
        pair.finish(second);
        pair.one.demonitor(watcher, reference, true);
        pair.turn();
        assert!(pair.holds(first) && pair.holds(second), "{priority:?}");
        pair.room = 1;
        assert_eq!(pair.turn(), [('m', first.index())]);
        assert!(!pair.holds(first) && pair.holds(second), "{priority:?}");
        assert_eq!(pair.turn(), [('m', second.index())]);
        assert!(!pair.holds(second), "{priority:?}");
    }
}
