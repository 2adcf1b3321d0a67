//! Random programs over a few schedulers, seeded: placed, pinned and stolen processes of every priority that send, at once and
//! later, link, monitor, trap, exit, kill, take names and end, on schedulers that come and go, in a random order of steps.
//! What must hold is in `world/books.rs`, `world/timed.rs` and `world/rest.rs`.
//! `RUMPUS_SEED` replays one seed, `RUMPUS_SEEDS` says how many to try.

mod acts;
mod world;

use acts::{ACTS, Act, Tell};
use rumpus_runtime::process::state::Phase;
use rumpus_runtime::{Birth, Options, Pid, Priority, ReasonKind, Where};
use world::body::Parked;
use world::dice::Dice;
use world::{Step, World};

const SEEDS: u64 = 500;
const NAMES: [&str; 3] = ["one", "two", "three"];

fn env(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

/// A run of one seed.
struct Run {
    world: World,
    dice: Dice,
    /// Every pid that ever was.
    pids: Vec<Pid>,
    references: Vec<(Pid, u64)>,
    definitions: u32,
    weights: Vec<(Act, usize)>,
    /// How many in a thousand of all steps are a scheduler's coming or going.
    restless: usize,
}

impl Run {
    fn new(seed: u64) -> Self {
        let mut dice = Dice::new(seed);
        let options = Options {
            number: dice.below(64) as u32,
            schedulers: 1 + dice.below(4),
            dedicated: dice.below(4),
            cores: 1 + dice.below(5),
            host_works: dice.chance(30),
            placement: dice.chance(60),
            native_lane: dice.chance(30),
        };
        let mut world = World::empty(options);
        world.room = 16 + dice.below(100);
        // Every run has its own leaning: what is rare together in a common run is not in all of them.
        let mut lean = |(act, weight): &(Act, usize)| match dice.below(6) {
            0 => (*act, 0),
            1 => (*act, weight * 4),
            _ => (*act, *weight),
        };
        let mut weights: Vec<(Act, usize)> = ACTS.iter().map(&mut lean).collect();
        weights[1].1 += 8;
        weights[ACTS.len() - 1].1 = usize::from(dice.chance(10));
        for seat in 0..world.regular() {
            if seat == 0 || dice.chance(80) {
                world.sit(seat);
            }
        }
        let restless = if dice.chance(60) { 2 } else { 0 };
        Self { world, dice, pids: Vec::new(), references: Vec::new(), definitions: 0, weights, restless }
    }

    fn seats(&self) -> Vec<usize> {
        (0..self.world.isolates.len()).filter(|&seat| self.world.isolates[seat].is_some()).collect()
    }

    /// One step of somebody.
    fn step(&mut self) {
        self.world.now_us += self.dice.below(60) as u64;
        if self.dice.chance(2) {
            self.world.now_us += 3_000;
        }
        if self.dice.chance(5) && !self.world.runtime.is_stopping() {
            self.world.tend();
        }
        if self.restless > 0 && self.dice.below(1000) < self.restless {
            return self.come_or_go();
        }
        let seats = self.seats();
        let Some(seat) = self.dice.pick(&seats) else {
            return if self.world.runtime.is_stopping() {
            } else {
                self.world.sit(0)
            };
        };
        let steps: Vec<Step> = self.world.steps(seat);
        let away: Vec<Pid> =
            self.world.isolate(seat).bodies.values().filter(|b| b.parked == Parked::Away).map(|b| b.pid).collect();
        if self.world.isolate(seat).bodies.len() < 3 && self.dice.chance(10) && !self.world.is_going(seat) {
            self.pids.push(self.world.spawn_here(seat));
        }
        match self.dice.below(steps.len() + away.len().min(3)) {
            at if at < steps.len() => self.world.take(seat, steps[at]),
            _ => {
                if let Some(pid) = self.dice.pick(&away) {
                    self.act(seat, pid);
                }
            }
        }
    }

    fn come_or_go(&mut self) {
        let seat = self.dice.below(self.world.isolates.len());
        match self.world.isolates[seat] {
            Some(_) => self.leave(seat),
            // Whoever has reserved a dedicated seat gets a thread there; nobody else does.
            None if seat < self.world.regular() => self.world.sit(seat),
            None => {}
        }
    }

    /// A thread ends. One of a dedicated seat takes its mail before: a kill that it had not taken would be why its processes end.
    fn leave(&mut self, seat: usize) {
        if seat >= self.world.regular() {
            self.world.turn(seat);
        }
        self.world.leave(seat);
    }

    /// A body does a few things, then waits.
    fn act(&mut self, seat: usize, pid: Pid) {
        for _ in 0..self.dice.below(4) {
            if !self.is_well(seat, pid) {
                break;
            }
            self.act_once(seat, pid);
        }
        let Some(body) = self.world.isolate(seat).body(pid) else { return };
        if body.exiting.is_some() || self.dice.chance(70) {
            self.world.isolate(seat).park(pid.index());
        }
    }

    /// Whether a body may go on: it was not told to end, nor is it past that.
    fn is_well(&mut self, seat: usize, pid: Pid) -> bool {
        self.world.has_body(pid) && self.world.isolate(seat).body(pid).is_some_and(|body| body.exiting.is_none())
    }

    fn somebody(&mut self) -> Pid {
        if self.dice.chance(20) {
            // Few meet often.
            return self.pids[self.dice.below(self.pids.len().min(4))];
        }
        // The young are more interesting than the dead.
        let from = if self.dice.chance(70) { self.pids.len().saturating_sub(12) } else { 0 };
        let at = from + self.dice.below(self.pids.len() - from);
        self.pids[at]
    }

    fn act_once(&mut self, seat: usize, pid: Pid) {
        let to = self.somebody();
        match self.draw() {
            Act::Send => {
                let most = if self.dice.chance(3) { 150 } else { 3 };
                for _ in 0..=self.dice.below(most) {
                    self.world.send(seat, pid, to);
                }
            }
            Act::Spawn => self.spawn(seat, pid),
            Act::Link => self.world.link(seat, pid, to),
            Act::Unlink => {
                let ties = self.world.isolate(seat).scheduler.ties(pid);
                let linked: Vec<Pid> = ties.map(|ties| ties.links().collect()).unwrap_or_default();
                let from = self.dice.pick(&linked).unwrap_or(to);
                self.world.unlink(seat, pid, from);
            }
            Act::Monitor => {
                let reference = self.world.monitor(seat, pid, to);
                self.references.push((pid, reference));
            }
            Act::Demonitor => {
                let own: Vec<u64> = self.references.iter().filter(|(of, _)| *of == pid).map(|(_, r)| *r).collect();
                if let Some(reference) = self.dice.pick(&own) {
                    self.world.demonitor(seat, pid, reference);
                }
            }
            Act::Trap => {
                let traps = self.dice.chance(70);
                self.world.trap(seat, pid, traps);
            }
            Act::Exit => {
                let kinds = [ReasonKind::Normal, ReasonKind::Shutdown, ReasonKind::User, ReasonKind::Kill];
                let Some(kind) = self.dice.pick(&kinds) else { return };
                self.world.exit(seat, pid, to, kind);
                if self.dice.chance(50) && self.is_well(seat, pid) {
                    self.world.send(seat, pid, to);
                }
            }
            Act::Finish => {
                let kinds = [ReasonKind::Normal, ReasonKind::Error, ReasonKind::Shutdown, ReasonKind::User];
                let Some(kind) = self.dice.pick(&kinds) else { return };
                self.world.send(seat, pid, to);
                if self.is_well(seat, pid) {
                    self.world.finish(seat, pid, kind);
                }
            }
            Act::Transfer => self.transfer(seat, pid, to),
            act @ (Act::SendAfter | Act::Cancel | Act::Name) => self.act_off_the_path(act, seat, pid, to),
            Act::Churn => {
                // So many that slots are let again.
                for _ in 0..self.dice.below(400) {
                    let pid = self.world.spawn_here(seat);
                    self.world.finish(seat, pid, ReasonKind::Normal);
                }
            }
        }
    }

    fn act_off_the_path(&mut self, act: Act, seat: usize, pid: Pid, to: Pid) {
        match act {
            Act::SendAfter => {
                let in_us = self.dice.below(20_000) as u64;
                let period_us = if self.dice.chance(30) { 1_000 + self.dice.below(9_000) as u64 } else { 0 };
                self.world.send_after(seat, to, in_us, period_us);
            }
            Act::Cancel => {
                let open = self.world.books.timed.open();
                if let Some(number) = self.dice.pick(&open) {
                    self.world.cancel(seat, number);
                }
            }
            _ => {
                let name = NAMES[self.dice.below(NAMES.len())];
                let runtime = &self.world.runtime;
                match runtime.whereis(name) {
                    Some(holder) if self.dice.chance(80) => drop(self.world.send(seat, pid, holder)),
                    Some(_) => drop(runtime.unregister(name)),
                    None => drop(runtime.register(name, to)),
                }
                self.world.check_names(&NAMES);
            }
        }
    }

    fn draw(&mut self) -> Act {
        let sum = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut at = self.dice.below(sum);
        for &(act, weight) in &self.weights {
            if at < weight {
                return act;
            }
            at -= weight;
        }
        Act::Send
    }

    /// What a process is given at birth. Few are of high priority: they keep all others waiting.
    fn birth(&mut self, seat: usize) -> Birth {
        let priority = match self.dice.below(12) {
            0 => Priority::High,
            1..3 => Priority::Low,
            _ => Priority::Normal,
        };
        let name = NAMES[self.dice.below(NAMES.len())];
        let rented = if self.dice.chance(20) { self.world.rent(seat, name) } else { None };
        Birth { priority, rented, ..Birth::default() }
    }

    fn spawn(&mut self, seat: usize, pid: Pid) {
        let regular = self.world.regular();
        let free = self.world.runtime.seats[regular..].iter().any(|seat| seat.tenancy.number() == 0);
        let birth = self.birth(seat);
        let new = match self.dice.below(8) {
            0..2 => self.world.spawn_here_as(seat, birth),
            kind => {
                if self.definitions == 0 || self.definitions < 4 && self.dice.chance(10) {
                    let name = format!("definition {}", self.definitions);
                    self.definitions = self.world.define(&name) + 1;
                }
                let definition = self.dice.below(self.definitions as usize) as u32;
                let at = match kind {
                    2 => Where::Here,
                    3 => Where::On(self.dice.below(regular)),
                    4 if free => Where::Dedicated,
                    _ => Where::Any,
                };
                self.world.spawn_as(seat, definition, at, birth)
            }
        };
        self.pids.push(new);
        if self.dice.chance(50) {
            self.world.send(seat, pid, new);
        }
    }

    /// Everything comes to rest, and nothing is left undone.
    fn rest(&mut self) {
        for number in self.world.books.timed.open() {
            let seats = self.seats();
            if let Some(seat) = self.dice.pick(&seats) {
                self.world.cancel(seat, number);
            }
        }
        for seat in self.seats() {
            self.world.park_all(seat);
        }
        self.world.settle(&mut self.dice);
        while self.world.tend() {
            self.world.settle(&mut self.dice);
        }
        self.world.check_rest();
    }

    /// Every seat is taken, everybody ends, and nothing is left.
    fn end(&mut self) {
        for seat in 0..self.world.regular() {
            if self.world.isolates[seat].is_none() {
                self.world.sit(seat);
            }
        }
        self.rest();
        loop {
            let isolates = self.world.isolates.iter().flatten();
            let all: Vec<(usize, Pid)> =
                isolates.flat_map(|i| i.bodies.values().map(|body| (i.seat, body.pid))).collect();
            let Some((seat, pid)) = self.dice.pick(&all) else { break };
            self.world.finish(seat, pid, ReasonKind::User);
            if self.dice.chance(50) {
                self.rest();
            }
        }
        self.rest();
        assert!(self.world.tenants().is_empty() && self.world.runtime.names.is_empty());
        assert_eq!(self.world.tickets(), 0);
    }

    fn go(&mut self) {
        for _ in 0..1 + self.dice.below(4) {
            for _ in 0..self.dice.below(4_000) {
                self.step();
            }
            self.rest();
        }
        if self.dice.chance(75) { self.end() } else { self.stop() }
    }

    /// The runtime stops in the middle of everything: the host leaves last, and nobody is left.
    fn stop(&mut self) {
        for _ in 0..self.dice.below(800) {
            self.step();
        }
        self.world.runtime.stop();
        self.restless = 0;
        for _ in 0..self.dice.below(200) {
            self.step();
        }
        let mut seats = self.seats();
        seats.retain(|&seat| seat != 0);
        while !seats.is_empty() {
            let seat = seats.swap_remove(self.dice.below(seats.len()));
            self.take_down(seat);
            for _ in 0..self.dice.below(50) {
                self.step();
            }
        }
        if self.world.isolates[0].is_none() {
            self.world.sit(0);
        }
        self.take_down(0);
        let left = self.world.tenants();
        assert!(left.iter().all(|&pid| self.world.runtime.phase(pid) == Some(Phase::Dead)), "{left:?} live on");
        assert_eq!((self.world.tickets(), self.world.runtime.names.len()), (0, 0), "timers and names");
        self.world.books.check_quiet(|_| false);
        self.world.check_sums();
    }

    /// Some bodies end in time, then the thread goes.
    fn take_down(&mut self, seat: usize) {
        let pids: Vec<Pid> = self.world.isolate(seat).bodies.values().map(|body| body.pid).collect();
        for pid in pids {
            if self.dice.chance(70) && self.world.isolate(seat).body(pid).is_some_and(|body| body.has_begun()) {
                self.world.finish(seat, pid, ReasonKind::Shutdown);
            }
        }
        self.leave(seat);
    }
}

#[test]
fn random_programs_keep_the_rules() {
    let seeds = match env("RUMPUS_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..env("RUMPUS_SEEDS").unwrap_or(SEEDS),
    };
    for seed in seeds {
        let tell = Tell(seed);
        Run::new(seed).go();
        drop(tell);
    }
}
