//! Random programs of timers in virtual time over three schedulers that come and go, against a naive list of what was sent:
//! each message for later comes once, or was cancelled, or its receiver was gone; never two of these, and never early.
//! `RUMPUS_SEED` replays one seed.

mod clock;
#[path = "world/dice.rs"]
#[allow(unreachable_pub, reason = "a module of several test programs, a public thing of none")]
mod dice;

use std::collections::BTreeMap;

use clock::{Came, LATE_US, Sent, Stage};
use dice::Dice;
use rumpus_runtime::{Pid, Priority, ReasonKind, Where};

const SEEDS: u64 = 2_000;
const SEATS: usize = 3;

/// What the naive list knows of one timer.
struct Timer {
    sent: Sent,
    to: Pid,
    period_us: u64,
    cancelled_us: Option<u64>,
    /// Somebody was told that there is nothing to cancel.
    was_over: bool,
}

#[derive(Default)]
struct Life {
    begun_us: Option<u64>,
    /// When something was done that ends it.
    harmed_us: Option<u64>,
}

struct Run {
    stage: Stage,
    dice: Dice,
    lives: BTreeMap<Pid, Life>,
    timers: Vec<Timer>,
    /// What came to threads that are gone.
    past: Vec<Came>,
    /// Whether a scheduler may be away while its alarm rings.
    jumps: bool,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let jumps = dice.chance(50);
        let mut run = Self {
            stage: Stage::new(SEATS),
            dice,
            lives: BTreeMap::new(),
            timers: Vec::new(),
            past: Vec::new(),
            jumps,
        };
        for _ in 0..3 {
            run.spawn();
        }
        run
    }

    fn seat(&mut self) -> usize {
        let seats: Vec<usize> = (0..SEATS).filter(|&seat| self.stage.hands[seat].is_some()).collect();
        self.dice.pick(&seats).unwrap_or_default()
    }

    fn somebody(&mut self) -> Pid {
        let pids: Vec<Pid> = self.lives.keys().copied().collect();
        let from = if self.dice.chance(70) { pids.len().saturating_sub(4) } else { 0 };
        pids[from + self.dice.below(pids.len() - from)]
    }

    fn spawn(&mut self) {
        let seat = self.seat();
        let Some(priority) = self.dice.pick(&[Priority::Normal, Priority::High, Priority::Low]) else { return };
        let pid = match self.dice.below(4) {
            0 => self.stage.spawn(seat, Where::Any, priority),
            1 => {
                let at = Where::On(self.dice.below(SEATS));
                self.stage.spawn(seat, at, priority)
            }
            _ => self.stage.spawn_here(seat, priority),
        };
        self.lives.insert(pid, Life::default());
    }

    fn send(&mut self) {
        let (seat, to) = (self.seat(), self.somebody());
        let in_us = match self.dice.below(4) {
            0 => 0,
            1 => self.dice.below(3_000) as u64,
            _ => self.dice.below(90_000) as u64,
        };
        let period_us = if self.dice.chance(25) { 1 + self.dice.below(30_000) as u64 } else { 0 };
        let sent = self.stage.after(seat, to, in_us, period_us);
        self.timers.push(Timer { sent, to, period_us, cancelled_us: None, was_over: false });
    }

    fn cancel(&mut self) {
        if self.timers.is_empty() {
            return;
        }
        let (seat, from) = (self.seat(), self.timers.len().saturating_sub(8));
        let at = from + self.dice.below(self.timers.len() - from);
        let now_us = self.stage.now_us;
        let timer = &mut self.timers[at];
        let Some(left_us) = self.stage.cancel(seat, timer.sent.bits) else {
            timer.was_over = true;
            return;
        };
        assert!(timer.cancelled_us.replace(now_us).is_none() && !timer.was_over, "cancelled when it was over");
        if timer.period_us == 0 {
            assert_eq!(left_us, timer.sent.deadline_us.saturating_sub(now_us));
        } else {
            assert!(left_us <= timer.period_us.max(timer.sent.deadline_us.saturating_sub(now_us)));
        }
    }

    fn harm(&mut self) {
        let (seat, pid) = (self.seat(), self.somebody());
        let now_us = self.stage.now_us;
        let kinds = [ReasonKind::Kill, ReasonKind::Shutdown, ReasonKind::Normal];
        let here = (0..SEATS).find(|&at| {
            self.stage.hands[at].as_ref().is_some_and(|h| h.bodies.get(&pid.index()).is_some_and(|&(p, _)| p == pid))
        });
        match (here, self.dice.pick(&kinds)) {
            (Some(at), _) if self.dice.chance(50) => self.stage.finish(at, pid),
            (_, Some(ReasonKind::Normal)) => return self.stage.exit(seat, pid, ReasonKind::Normal),
            (_, Some(kind)) => self.stage.exit(seat, pid, kind),
            _ => return,
        }
        self.life(pid).harmed_us.get_or_insert(now_us);
    }

    fn life(&mut self, pid: Pid) -> &mut Life {
        self.lives.entry(pid).or_default()
    }

    fn come_or_go(&mut self) {
        let seat = self.dice.below(SEATS);
        let now_us = self.stage.now_us;
        let Some(hand) = &self.stage.hands[seat] else { return self.stage.sit(seat) };
        let bodies: Vec<Pid> = hand.bodies.values().map(|&(pid, _)| pid).collect();
        for pid in bodies {
            self.life(pid).harmed_us.get_or_insert(now_us);
        }
        let came = self.stage.leave(seat);
        self.past.extend(came);
    }

    fn note_begun(&mut self) {
        let now_us = self.stage.now_us;
        for (pid, _) in self.stage.hands.iter().flatten().flat_map(|hand| hand.bodies.values()) {
            self.lives.entry(*pid).or_default().begun_us.get_or_insert(now_us);
        }
    }

    fn step(&mut self) {
        match self.dice.below(20) {
            0..2 => self.spawn(),
            2..9 => self.send(),
            9..13 => self.cancel(),
            13 => self.harm(),
            14 => {
                let seat = self.seat();
                if self.stage.hands[seat].is_some() {
                    self.stage.begins = self.dice.chance(70);
                    self.stage.hand(seat).room = if self.dice.chance(20) { 1 } else { 1_000 };
                    self.stage.begin(seat);
                }
            }
            15 if self.dice.chance(15) => self.come_or_go(),
            16 if self.jumps => self.stage.now_us += self.dice.below(70_000) as u64,
            _ => self.pass(),
        }
        if self.stage.hands.iter().all(Option::is_none) {
            self.stage.sit(0);
        }
        if self.dice.chance(60) {
            self.stage.quiet();
        }
        self.note_begun();
    }

    fn pass(&mut self) {
        let us = self.dice.below(25_000) as u64;
        self.stage.pass(us);
    }

    /// Everybody begins, everything fires, everybody ends, and nothing is left.
    fn end(&mut self) {
        self.stage.begins = true;
        for seat in 0..SEATS {
            if self.stage.hands[seat].is_none() {
                self.stage.sit(seat);
            }
            self.stage.begin(seat);
        }
        self.stage.quiet();
        self.note_begun();
        self.stage.pass(200_000);
        for at in 0..self.timers.len() {
            self.check(at);
        }
        for seat in 0..SEATS {
            let bodies: Vec<Pid> = self.stage.hand(seat).bodies.values().map(|&(pid, _)| pid).collect();
            for pid in bodies {
                self.stage.finish(seat, pid);
            }
        }
        self.stage.quiet();
        self.stage.check_nothing_left();
    }

    fn check(&self, at: usize) {
        let Timer { sent, to, period_us, cancelled_us, was_over } = self.timers[at];
        let Life { begun_us, harmed_us } = self.lives[&to];
        let mut times = self.stage.times(sent.number);
        times.extend(self.past.iter().filter(|came| came.number == sent.number).map(|came| came.at_us));
        let what = || format!("{sent:?} {period_us} to {to:?}, {cancelled_us:?} {begun_us:?} {harmed_us:?}: {times:?}");
        assert!(times.iter().all(|&at| at >= sent.deadline_us), "early: {}", what());
        let ready_us = begun_us.map(|begun_us| begun_us.max(sent.deadline_us));
        // A scheduler that is away delivers when it is back, if then there still is a receiver.
        let may_wait_us = if self.jumps { u64::MAX / 2 } else { 2 * LATE_US };
        let lost = ready_us.is_none_or(|ready_us| harmed_us.is_some_and(|us| us <= ready_us + may_wait_us));
        if period_us == 0 {
            let ways = usize::from(cancelled_us.is_some()) + times.len();
            assert!(ways == 1 || (ways == 0 && lost), "{ways} ways: {}", what());
            assert!(!was_over || ways == 1 || lost, "nothing to cancel: {}", what());
        } else {
            // Two may come at a time, where the first was sent before its scheduler was kept from handing it over.
            let in_time = |(at, came_us): (u64, &u64)| *came_us >= sent.deadline_us + at * period_us;
            assert!((0..).zip(&times).all(in_time), "no more than one a period: {}", what());
            let phase = |at: u64| (at - sent.deadline_us) / period_us;
            let is_next = |pair: &[u64]| pair[0] == pair[1] || phase(pair[0]) < phase(pair[1]);
            assert!(times.windows(2).all(is_next), "once a period: {}", what());
            assert!(cancelled_us.is_none_or(|us| times.iter().all(|&at| at <= us)), "cancelled: {}", what());
            assert!(!times.is_empty() || lost || cancelled_us.is_some(), "never: {}", what());
        }
        if let (false, Some(ready_us), Some(&first)) = (self.jumps, ready_us, times.first()) {
            // With the patience of thieves.
            assert!(first < ready_us + 2 * LATE_US, "late: {}", what());
        }
        if let (false, false, None, None) = (self.jumps, period_us == 0, cancelled_us, harmed_us) {
            let all = (self.stage.now_us - 2 * LATE_US - ready_us.unwrap_or_default()) / period_us;
            assert!(period_us < 2 * LATE_US || times.len() as u64 >= all, "{all} periods: {}", what());
        }
    }
}

struct Tell(u64);

impl Drop for Tell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("RUMPUS_SEED={} cargo test -p rumpus-runtime --test due_random", self.0);
        }
    }
}

#[test]
fn each_comes_once_or_was_cancelled_or_its_receiver_was_gone() {
    let seed = std::env::var("RUMPUS_SEED").ok().and_then(|seed| seed.parse().ok());
    for seed in seed.map_or(0..SEEDS, |seed: u64| seed..seed + 1) {
        let tell = Tell(seed);
        let mut run = Run::new(seed);
        for _ in 0..50 + run.dice.below(300) {
            run.step();
        }
        run.end();
        drop(tell);
    }
}
