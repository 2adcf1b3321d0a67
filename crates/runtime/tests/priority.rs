//! Priorities on one scheduler, turn by turn: who is told first, who goes onto the run ring in what order, what share those of
//! low priority have, how long a slot outlives its process, and that resumes are counted right whatever cuts a grant short.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Options, Pid, Priority, Reason, ReasonKind, Runtime, Scheduler, Sink, layout};
use world::body::Ears;
use world::dice::Dice;
use world::options;

const HIGH: Priority = Priority::High;
const NORMAL: Priority = Priority::Normal;
const LOW: Priority = Priority::Low;
/// Of so many resumes one is of low priority, if others go on all the time.
const BESIDE_LOW: usize = 8;

/// What one turn told, as far as there was room.
struct Tray {
    room: usize,
    told: Vec<(char, u32)>,
}

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        self.told.len() < self.room
    }

    fn put(&mut self, completion: Completion) {
        self.told.push(match completion {
            Completion::Message { index, .. } => ('m', index),
            Completion::Down { index, .. } => ('d', index),
            Completion::Exiting { index, .. } => ('x', index),
            other => panic!("{other:?}"),
        });
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {
        panic!("there are no definitions")
    }
}

/// A scheduler, and another that writes to its processes.
struct Pair {
    one: Scheduler,
    other: Scheduler,
    now_us: u64,
    room: usize,
}

impl Pair {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new(Options { host_works: true, ..options(1) }));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
        let (Some(other), Some(one)) = (sit(0), sit(1)) else { panic!("seats are taken") };
        Self { one, other, now_us: 0, room: 1_000 }
    }

    fn spawn(&mut self, priority: Priority) -> Pid {
        let Ok(born) = self.one.spawn_here(Birth { priority, ..Birth::default() }) else { panic!("the table is full") };
        born.pid
    }

    fn turn(&mut self) -> Vec<(char, u32)> {
        self.now_us += 100;
        let mut tray = Tray { room: self.room, told: Vec::new() };
        self.one.turn(Occasion { now_us: self.now_us, from_loop: true, crowded: true }, &mut tray);
        tray.told
    }

    fn write(&mut self, to: Pid) {
        assert!(self.other.send(to, 0, &[b"text"]));
    }

    /// Goes onto the ring as its isolate has it: by itself if its priority is the common one, by the next turn else.
    fn ready(&mut self, pid: Pid) {
        let priority = self.one.runtime().table.get(pid).map(|process| process.state.load().priority());
        if priority != Some(NORMAL) || !self.one.ring().push(pid.index()) {
            self.one.before_submission();
            self.one.overflow(pid.index());
            self.one.after_submission();
        }
    }

    fn grant(&self) -> i32 {
        self.one.seat().page.get(layout::GRANT)
    }

    /// The next resume of this grant.
    fn resume(&self) -> Option<u32> {
        let grant = self.grant();
        let next = if grant > 0 { self.one.ring().pop() } else { None };
        next.inspect(|_| self.one.seat().page.set(layout::GRANT, grant - 1))
    }

    fn resumes(&self) -> u64 {
        self.one.seat().page.count(layout::RESUMES) as u64
    }

    /// Whether the slot of a process is its own still.
    fn holds(&self, pid: Pid) -> bool {
        self.one.runtime().table.get(pid).is_some()
    }

    fn finish(&mut self, pid: Pid) {
        self.one.finish(pid, &Reason::new(ReasonKind::Normal, &[]));
    }
}

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
