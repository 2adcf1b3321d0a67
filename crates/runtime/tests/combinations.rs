//! Every signal meets every state of its receiver, trapping or not, from the same scheduler and from another, at once and
//! after a while, on both lanes. What must come of it is one table, written out from Erlang's rules and the design.

mod table;
mod world;

use rumpus_runtime::ReasonKind::{Error, Killed, NoProc, Normal, SchedulerDown, User};
use rumpus_runtime::{Options, Pid, ReasonKind, Where};
use table::Hears::Nothing;
use table::*;
use world::books::Item;
use world::dice::Dice;
use world::{Step, World, options};

/// One meeting.
#[derive(Debug, Clone, Copy)]
struct Case {
    state: State,
    signal: Signal,
    traps: bool,
    /// Where the sender runs; the receiver does on 1.
    from: usize,
    /// Everybody hears what there is between the two things that a sender does.
    pause: bool,
    native_lane: bool,
}

impl Case {
    fn is_gone(self) -> bool {
        matches!(self.state, State::Dead | State::Reused | State::Left)
    }

    fn has_not_begun(self) -> bool {
        matches!(self.state, State::Unstarted | State::Stolen | State::Claimed)
    }

    fn makes_sense(self) -> bool {
        !(self.traps && (self.has_not_begun() || self.is_gone()) || self.signal == Signal::Down && self.has_not_begun())
    }

    fn expected(self) -> Outcome {
        let row = TABLE.iter().find(|(signal, ..)| *signal == self.signal);
        let Some((_, [running, trapping, exiting, unstarted], gone)) = row else { panic!("no row for {self:?}") };
        match self.state {
            State::Dead | State::Reused => (Nothing, Normal, *gone),
            State::Left => (Nothing, SchedulerDown, *gone),
            State::Exiting => *exiting,
            State::Unstarted | State::Stolen | State::Claimed => *unstarted,
            State::Fresh | State::Idle | State::WithMail if self.traps => *trapping,
            State::Fresh | State::Idle | State::WithMail => *running,
        }
    }
}

/// A meeting that takes place.
struct Scene {
    case: Case,
    world: World,
    dice: Dice,
    observer: Pid,
    sender: Pid,
    receiver: Pid,
    /// Who has the receiver's slot, if it has another tenant.
    tenant: Option<Pid>,
}

impl Scene {
    fn new(case: Case) -> Self {
        let options = Options { placement: false, native_lane: case.native_lane, ..options(2) };
        let mut world = World::new(options);
        let definition = world.define("receiver");
        let mut dice = Dice::new(1);
        world.settle(&mut dice);
        let observer = world.spawn_here(0);
        let sender = world.spawn_here(case.from);
        world.settle(&mut dice);
        world.trap(case.from, sender, true);
        let mut scene = Self { case, world, dice, observer, sender, receiver: sender, tenant: None };
        scene.receiver = if case.has_not_begun() || case.state == State::Fresh {
            scene.world.spawn(1, definition, Where::Any)
        } else {
            scene.world.spawn_here(1)
        };
        scene
    }

    fn world(&mut self) -> &mut World {
        &mut self.world
    }

    /// Brings the receiver into its state.
    fn prepare(&mut self) {
        let Scene { case, receiver, sender, observer, .. } = *self;
        self.world().monitor(0, observer, receiver);
        match case.state {
            State::Unstarted | State::Stolen => return,
            State::Claimed => return self.claim(),
            State::Fresh => {
                self.claim();
                self.world().take(1, Step::Resume);
            }
            _ => self.world.settle(&mut self.dice),
        }
        if case.traps {
            self.world().trap(1, receiver, true);
        }
        if case.signal == Signal::Down {
            self.world().monitor(1, receiver, sender);
        }
        match case.state {
            State::WithMail => {
                self.world().send(0, observer, receiver);
                self.world().send(2, observer, receiver);
            }
            State::Exiting => {
                // It runs, so it hears of its end and goes on for a while.
                self.world().trap(1, receiver, false);
                self.world().send(0, observer, receiver);
                self.world.hear();
                self.world().take(1, Step::Resume);
                self.world().exit(0, observer, receiver, User);
                self.world.hear();
                self.world().trap(1, receiver, case.traps);
            }
            State::Dead | State::Reused => {
                self.world().finish(1, receiver, Normal);
                self.world.settle(&mut self.dice);
            }
            State::Left => self.replace_scheduler(),
            _ => {}
        }
        if case.state == State::Reused {
            self.let_slot();
        }
    }

    /// The isolate is told to start the receiver.
    fn claim(&mut self) {
        while self.world.seat_of(self.receiver).is_none() {
            self.world.now_us += 100;
            self.world().turn(1);
        }
    }

    fn replace_scheduler(&mut self) {
        self.world().leave(1);
        self.world().sit(1);
        self.world.settle(&mut self.dice);
        if self.case.from == 1 {
            self.sender = self.world().spawn_here(1);
            self.world.settle(&mut self.dice);
            let sender = self.sender;
            self.world().trap(1, sender, true);
        }
    }

    fn let_slot(&mut self) {
        let index = self.receiver.index();
        for _ in 0..1_000 {
            let pid = self.world().spawn_here(1);
            if pid.index() == index {
                self.world.settle(&mut self.dice);
                self.tenant = Some(pid);
                return;
            }
            self.world().finish(1, pid, Normal);
        }
        panic!("slot {index} is never let again");
    }

    fn act(&mut self) {
        let Scene { case, receiver, sender, .. } = *self;
        let from = case.from;
        self.world().send(from, sender, receiver);
        match case.signal {
            Signal::Link => self.world().link(from, sender, receiver),
            Signal::Unlink | Signal::UnlinkedExit => {
                self.world().link(from, sender, receiver);
                self.pause();
                self.world().unlink(from, sender, receiver);
            }
            Signal::Monitor => drop(self.world().monitor(from, sender, receiver)),
            Signal::Demonitor => {
                let reference = self.world().monitor(from, sender, receiver);
                self.pause();
                self.world().demonitor(from, sender, reference);
            }
            Signal::Exit(kind) => drop(self.world().exit(from, sender, receiver, kind)),
            Signal::LinkedExit(_) | Signal::LinkedKill => self.world().link(from, sender, receiver),
            Signal::Down => {}
        }
        if case.signal != Signal::Link && case.signal != Signal::Monitor {
            self.world().send(from, sender, receiver);
        }
        if let Some(reason) = self.ends() {
            self.pause();
            if reason == Killed {
                let observer = self.observer;
                self.world().exit(0, observer, sender, ReasonKind::Kill);
                // It hears of that before anybody starts the receiver.
                self.world().turn(from);
            } else {
                self.world().finish(from, sender, reason);
            }
        }
    }

    /// Why the sender ends, if it does.
    fn ends(&self) -> Option<ReasonKind> {
        match self.case.signal {
            Signal::LinkedExit(reason) => Some(reason),
            Signal::LinkedKill => Some(Killed),
            Signal::UnlinkedExit | Signal::Down => Some(Error),
            _ => None,
        }
    }

    fn pause(&mut self) {
        if self.case.pause && !self.case.has_not_begun() {
            self.world.hear();
        }
    }

    /// Everybody hears of it; then the receiver, if it still runs, ends.
    fn finish(&mut self) {
        let receiver = self.receiver;
        if self.case.state == State::Stolen {
            // The thief leaves it to its scheduler for a while, then it takes it.
            self.world().turn(2);
            self.world().now_us += 1_000;
            self.world().turn(2);
        }
        if !self.case.has_not_begun() {
            self.world.hear();
        }
        self.world.settle(&mut self.dice);
        if let Some(seat) = self.world.seat_of(receiver) {
            let stolen = if self.case.state == State::Stolen { 2 } else { 1 };
            assert_eq!(seat, stolen, "where it runs");
            self.world().finish(seat, receiver, Normal);
        }
        self.world.settle(&mut self.dice);
    }

    fn signals(&self, pid: Pid) -> Vec<Hears> {
        let told = self.world.books.signals_to(pid);
        let hears = |item: &Item| match item {
            Item::Exit(_, reason) => Hears::Exit(reason.kind()),
            Item::Down(_, _, reason) => Hears::Down(reason.kind()),
            Item::Message(_) => Nothing,
        };
        told.iter().map(hears).collect()
    }

    fn check(&mut self) {
        let case = self.case;
        let (heard, death, mut sender) = case.expected();
        if case.is_gone() && case.pause {
            // The answer was there before the sender changed its mind.
            match case.signal {
                Signal::Unlink => sender = Hears::Exit(NoProc),
                Signal::Demonitor => sender = Hears::Down(NoProc),
                _ => {}
            }
        }
        let list = |hears: Hears| if hears == Nothing { vec![] } else { vec![hears] };
        assert_eq!(self.signals(self.receiver), list(heard), "what the receiver hears: {case:?}");
        assert_eq!(self.signals(self.observer), [Hears::Down(death)], "what it dies of: {case:?}");
        if self.ends().is_none() {
            assert_eq!(self.signals(self.sender), list(sender), "what the sender hears: {case:?}");
        }
        self.check_messages(death);
        if let Some(tenant) = self.tenant {
            assert_eq!(self.world.books.heard.get(&tenant), None, "the next tenant hears nothing: {case:?}");
            assert!(self.world.has_body(tenant), "{case:?}");
        }
        let ties =
            self.world.isolates.iter().flatten().flat_map(|i| i.bodies.values().map(|b| i.scheduler.ties(b.pid)));
        assert!(ties.flatten().next().is_none(), "ties with the dead: {case:?}");
        self.world.books.check_quiet(|pid| self.world.has_body(pid));
        self.world.check_sums();
    }

    /// What the sender sent before the signal came, and what it sent behind it if the receiver lived to take it. (What
    /// others sent is in no order with the signal.)
    fn check_messages(&self, death: ReasonKind) {
        let case = self.case;
        let came = self.world.books.messages_to(self.receiver).filter(|tag| tag.from == self.sender).count();
        let sent = if matches!(case.signal, Signal::Link | Signal::Monitor) { 1 } else { 2 };
        let expected = match (case.state, case.signal) {
            (State::Exiting | State::Dead | State::Reused | State::Left, _) => 0,
            (State::Unstarted | State::Stolen, _) if death != Normal => 0,
            // The end of the sender is the last thing that it sends.
            (_, Signal::Exit(_)) if death != Normal => 1,
            _ => sent,
        };
        assert_eq!(came, expected, "messages from the sender: {case:?}");
    }
}

#[test]
fn every_signal_in_every_state() {
    let mut cases = 0;
    for state in STATES {
        for (signal, ..) in TABLE {
            for bits in 0..16 {
                let flag = |bit: u32| bits >> bit & 1 == 1;
                let case = Case {
                    state,
                    signal,
                    traps: flag(0),
                    from: if flag(1) { 1 } else { 2 },
                    pause: flag(2),
                    native_lane: flag(3),
                };
                if !case.makes_sense() {
                    continue;
                }
                let mut scene = Scene::new(case);
                scene.prepare();
                scene.act();
                scene.finish();
                scene.check();
                cases += 1;
            }
        }
    }
    assert!(cases > 1_000, "{cases}");
}
