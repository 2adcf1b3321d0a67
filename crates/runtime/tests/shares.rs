//! Shares on one scheduler, turn by turn: those of low priority go on once in so many resumes, nobody is kept waiting for ever,
//! whoever always goes on, and those of one priority all have their turn.

mod world;

use rumpus_runtime::{Pid, Priority};
use world::pair::{HIGH, LOW, NORMAL, Pair};

/// Of so many resumes one is of low priority, if others go on all the time.
const BESIDE_LOW: usize = 8;

/// Runs so many resumes of some that always go on, and how many of `rare` were among them.
fn share(pair: &mut Pair, always: &[Pid], rare: &[Pid], mut again: impl FnMut(&mut Pair, Pid)) -> (usize, usize) {
    let (mut all, mut few) = (0, 0);
    always.iter().for_each(|&pid| pair.ready(pid));
    while all < 4_000 {
        for (kind, index) in pair.turn() {
            assert_eq!(kind, 'm');
            assert!(pair.one.ring().push(index), "told while there is room");
        }
        while let Some(index) = pair.resume() {
            all += 1;
            let find = |pids: &[Pid]| pids.iter().copied().find(|pid| pid.index() == index);
            if let Some(pid) = find(rare) {
                few += 1;
                again(pair, pid);
            } else if let Some(pid) = find(always) {
                pair.ready(pid);
            }
        }
    }
    (few, all)
}

#[test]
fn low_priority_has_its_share_beside_others_and_no_more() {
    for by_mail in [true, false] {
        for others in [1, 5, 40] {
            let mut pair = Pair::new();
            let always: Vec<Pid> = (0..others).map(|_| pair.spawn(NORMAL)).collect();
            let rare: Vec<Pid> = (0..12).map(|_| pair.spawn(LOW)).collect();
            let again: fn(&mut Pair, Pid) = if by_mail { Pair::write } else { Pair::ready };
            rare.iter().for_each(|&pid| again(&mut pair, pid));
            let (few, all) = share(&mut pair, &always, &rare, again);
            let fair = all / BESIDE_LOW;
            assert!((fair / 2..=fair + 4).contains(&few), "{few} of {all} beside {others}, by mail: {by_mail}");
        }
    }
}

#[test]
fn the_share_of_low_priority_is_one_of_those_with_mail_and_those_that_go_on() {
    let mut pair = Pair::new();
    let normals: Vec<Pid> = (0..3).map(|_| pair.spawn(NORMAL)).collect();
    let lows = [pair.spawn(LOW), pair.spawn(LOW)];
    normals.iter().for_each(|&pid| pair.ready(pid));
    pair.write(lows[0]);
    pair.ready(lows[1]);
    let mut resumed = Vec::new();
    while resumed.len() < 1_000 {
        for (_, index) in pair.turn() {
            assert!(pair.one.ring().push(index));
        }
        while let Some(index) = pair.resume() {
            resumed.push(lows.iter().any(|low| low.index() == index));
            match lows.iter().position(|low| low.index() == index) {
                Some(0) => pair.write(lows[0]),
                Some(_) => pair.ready(lows[1]),
                None => normals.iter().filter(|pid| pid.index() == index).for_each(|&pid| pair.ready(pid)),
            }
        }
    }
    assert!(resumed.iter().filter(|&&is_low| is_low).count() > 50);
    assert!(resumed.windows(2).all(|two| two != [true, true]), "two at once");
}

#[test]
fn what_others_are_told_gives_low_priority_no_more_than_its_share() {
    let mut pair = Pair::new();
    let (low, normal) = (pair.spawn(LOW), pair.spawn(NORMAL));
    (0..100).for_each(|_| pair.write(low));
    let mut lows = 0;
    for _ in 0..80 {
        // One message a turn, and one resume.
        pair.write(normal);
        for (_, index) in pair.turn() {
            lows += usize::from(index == low.index());
            assert!(pair.one.ring().push(index));
        }
        assert!(pair.resume().is_some());
    }
    assert!((5..=80 / BESIDE_LOW + 1).contains(&lows), "{lows} of 80");
}

#[test]
fn others_are_granted_no_more_than_a_share_while_one_of_low_priority_waits_or_has_just_gone() {
    let mut pair = Pair::new();
    let [low, normal] = [LOW, NORMAL].map(|priority| pair.spawn(priority));
    (0..90).for_each(|_| assert!(pair.one.ring().push(normal.index())));
    pair.ready(low);
    let grants = [(); 4].map(|()| {
        pair.turn();
        std::iter::from_fn(|| pair.resume()).count()
    });
    assert!(grants[..2] == [8, 8] && grants[2..].iter().all(|&grant| grant > 8), "{grants:?}");
}

#[test]
fn many_of_low_priority_do_not_keep_another_waiting() {
    for by_mail in [true, false] {
        let mut pair = Pair::new();
        let lows: Vec<Pid> = (0..500).map(|_| pair.spawn(LOW)).collect();
        let normal = pair.spawn(NORMAL);
        lows.iter().for_each(|&pid| if by_mail { pair.write(pid) } else { pair.ready(pid) });
        let (mut resumed, mut waited) = (Vec::new(), None);
        for turn in 0..300 {
            for (_, index) in pair.turn() {
                assert!(pair.one.ring().push(index));
            }
            if turn == 3 {
                pair.ready(normal);
            }
            let before = resumed.len();
            resumed.extend(std::iter::from_fn(|| pair.resume()));
            if let Some(at) = resumed[before..].iter().position(|&index| index == normal.index()) {
                waited = Some((turn, at));
            }
        }
        assert!(waited.is_some_and(|(turn, at)| turn <= 5 && at <= 2 * BESIDE_LOW), "{waited:?}");
        let expected: Vec<u32> = lows.iter().map(|pid| pid.index()).collect();
        resumed.retain(|&index| index != normal.index());
        assert_eq!(resumed, expected, "all of them, in order");
    }
}

#[test]
fn those_of_one_priority_that_always_go_on_all_have_their_turn() {
    for priority in [HIGH, NORMAL, LOW] {
        for count in [2, 3, 7, 64] {
            let mut pair = Pair::new();
            let pids: Vec<Pid> = (0..count).map(|_| pair.spawn(priority)).collect();
            pids.iter().for_each(|&pid| pair.ready(pid));
            let mut times = vec![0; count];
            while times.iter().sum::<usize>() < 20 * count {
                pair.turn();
                while let Some(index) = pair.resume() {
                    let Some(at) = pids.iter().position(|pid| pid.index() == index) else { panic!("{index}") };
                    times[at] += 1;
                    pair.ready(pids[at]);
                }
            }
            let (least, most) = (times.iter().min(), times.iter().max());
            assert!(least.zip(most).is_some_and(|(least, most)| most - least <= 2), "{priority:?}: {times:?}");
        }
    }
}

/// How often each was resumed of those who always go on: by the slot, as who writes to each other does, or by the ring's back.
fn shares(always: &[(Priority, bool)]) -> Vec<usize> {
    let mut pair = Pair::new();
    let pids: Vec<Pid> = always.iter().map(|&(priority, _)| pair.spawn(priority)).collect();
    pids.iter().for_each(|&pid| pair.ready(pid));
    let mut times = vec![0; pids.len()];
    while times.iter().sum::<usize>() < 20_000 {
        pair.turn();
        while let Some(index) = pair.resume() {
            let Some(at) = pids.iter().position(|pid| pid.index() == index) else { panic!("{index}") };
            times[at] += 1;
            if always[at].1 {
                assert!(pair.one.ring().push_slot(index));
            } else {
                pair.ready(pids[at]);
            }
        }
    }
    times
}

#[test]
fn nobody_is_kept_waiting_for_ever_whoever_always_goes_on() {
    let [fast, normal] = [(NORMAL, true), (NORMAL, false)];
    let [high, low] = [(HIGH, false), (LOW, false)];
    for always in [
        vec![high, normal],
        vec![high, fast, normal],
        vec![high, high, fast, normal, normal],
        vec![fast, normal, low],
        vec![high, fast, normal, low],
        [vec![high; 7], vec![fast, normal, normal, low, low]].concat(),
    ] {
        let times = shares(&always);
        let least = times.iter().min().copied().unwrap_or(0);
        assert!(least > 20, "{always:?}: {times:?}");
        let lows = (0..always.len()).filter(|&at| always[at].0 == LOW).map(|at| times[at]).sum::<usize>();
        let fair = if always.iter().any(|one| one.0 == LOW) { 20_000 / BESIDE_LOW } else { 0 };
        assert!((fair * 8 / 10..=fair * 11 / 10).contains(&lows), "{always:?}: {times:?}");
    }
}
