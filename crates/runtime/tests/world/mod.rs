//! A world without threads: a runtime whose schedulers take their steps on one thread, each with a stand-in for its
//! JavaScript half ([`isolate`]), in virtual time, and the books ([`books`]) that say what must hold. Owns the verbs that a
//! body would use; whoever drives it chooses who takes the next step, so a seed tells a whole run.
#![allow(dead_code, reason = "each test file uses a part of the world")]
#![allow(unreachable_pub, reason = "a module of several test programs, a public thing of none")]

pub mod body;
pub mod books;
pub mod dice;
pub mod isolate;
pub mod pair;
pub mod rest;
pub mod timed;

use std::sync::Arc;

use body::{Body, Parked};
use books::{Books, NOBODY, Tag};
use dice::Dice;
use isolate::Isolate;
use rumpus_runtime::process::Anchor;
use rumpus_runtime::process::state::Phase;
use rumpus_runtime::{Birth, Born, Options, Pid, Reason, ReasonKind, Runtime, Scheduler, When, Where, layout};

/// See the module text.
pub struct World {
    pub runtime: Arc<Runtime>,
    /// One for each seat; nothing where nobody sits.
    pub isolates: Vec<Option<Isolate>>,
    pub books: Books,
    pub now_us: u64,
    /// Completions that fit into one buffer.
    pub room: usize,
    seated: u64,
}

/// Something that an isolate can do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The bell was rung: a turn from the event loop.
    Woken,
    /// The alarm: a turn from the event loop.
    Alarm,
    /// The pending immediate: a turn from the event loop.
    Immediate,
    /// The pending microtask, usually a turn.
    Microtask,
    /// The next of the run ring continues.
    Resume,
    /// A body that must end, ends.
    Unwind(u32),
    /// A definition has been loaded.
    Load,
}

pub fn options(schedulers: usize) -> Options {
    Options {
        number: 5,
        schedulers,
        dedicated: 0,
        cores: schedulers + 1,
        host_works: false,
        placement: true,
        native_lane: false,
    }
}

/// Schedulers beside the host that have loaded definition 0, at rest.
pub fn at_rest(schedulers: usize, placement: bool) -> (World, Dice) {
    let mut world = World::new(Options { placement, ..options(schedulers) });
    world.define("body");
    let mut dice = Dice::new(3);
    world.settle(&mut dice);
    (world, dice)
}

impl World {
    /// A world whose seats are all taken, but the dedicated ones.
    pub fn new(options: Options) -> Self {
        let mut world = Self::empty(options);
        for seat in 0..world.regular() {
            world.sit(seat);
        }
        world
    }

    /// Seats of the host and the schedulers.
    pub fn regular(&self) -> usize {
        self.runtime.seats.regular().len()
    }

    /// Does what a host does for dedicated seats: who is going goes, who is waited for comes. Whether anything was done.
    pub fn tend(&mut self) -> bool {
        let mut done = false;
        for seat in self.regular()..self.isolates.len() {
            if self.is_going(seat) {
                self.leave(seat);
                done = true;
            }
            if self.isolates[seat].is_none() && self.runtime.seats[seat].tenancy.number() != 0 {
                self.sit(seat);
                done = true;
            }
        }
        done
    }

    /// Whether nothing lives at this dedicated seat any more.
    pub fn is_going(&self, seat: usize) -> bool {
        self.isolates[seat].as_ref().is_some_and(|isolate| isolate.scheduler.is_going())
    }

    /// A world whose seats are empty.
    pub fn empty(options: Options) -> Self {
        let runtime = Arc::new(Runtime::new(options));
        let isolates = runtime.seats.iter().map(|_| None).collect();
        Self { runtime, isolates, books: Books::default(), now_us: 1_000, room: 64, seated: 0 }
    }

    /// Somebody takes an empty seat.
    pub fn sit(&mut self, seat: usize) {
        self.seated += 1;
        let isolate = Isolate::sit(&self.runtime, seat, self.seated, self.now_us, self.room);
        assert!(self.isolates[seat].replace(isolate).is_none(), "seat {seat} was taken");
    }

    /// The thread of a seat ends, as threads do: at once.
    pub fn leave(&mut self, seat: usize) {
        let Some(isolate) = self.isolates[seat].take() else { panic!("nobody sits at {seat}") };
        let reason = Reason::scheduler_down(seat);
        isolate.count_begun(&mut self.books);
        let here = isolate.here;
        self.books.cargo.retain(|_, (to, ..)| *to != here);
        for body in isolate.bodies.values().filter(|body| body.has_begun()) {
            if self.has_body(body.pid) {
                self.books.died(body.pid, &reason);
            }
        }
        isolate.leave();
    }

    pub fn isolate(&mut self, seat: usize) -> &mut Isolate {
        match self.isolates.get_mut(seat) {
            Some(Some(isolate)) => isolate,
            _ => panic!("nobody sits at {seat}"),
        }
    }

    pub fn body(&mut self, pid: Pid) -> Option<&mut Body> {
        self.isolates.iter_mut().flatten().find_map(|isolate| isolate.body(pid))
    }

    /// Where the body of `pid` is.
    pub fn seat_of(&self, pid: Pid) -> Option<usize> {
        let seated = self.isolates.iter().flatten();
        seated.filter(|isolate| isolate.bodies.values().any(|body| body.pid == pid)).map(|isolate| isolate.seat).next()
    }

    pub fn has_body(&self, pid: Pid) -> bool {
        matches!(self.runtime.phase(pid), Some(Phase::Running | Phase::Exiting))
    }

    pub fn count(&self, seat: usize, counter: usize) -> u64 {
        self.runtime.seats[seat].page.count(counter) as u64
    }

    pub fn total(&self, counter: usize) -> u64 {
        self.runtime.total(counter) as u64
    }

    /// What an isolate could do now.
    pub fn steps(&self, seat: usize) -> Vec<Step> {
        self.isolates[seat].as_ref().map(|isolate| isolate.steps(self.now_us)).unwrap_or_default()
    }

    pub fn take(&mut self, seat: usize, step: Step) {
        let now_us = self.now_us;
        let Self { isolates, books, .. } = self;
        books.timed.now_us = now_us;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.take(step, now_us, books);
    }

    /// One turn of a scheduler, whatever its isolate has in mind.
    pub fn turn(&mut self, seat: usize) -> rumpus_runtime::Verdict {
        let now_us = self.now_us;
        let Self { isolates, books, .. } = self;
        books.timed.now_us = now_us;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.turn(true, now_us, books)
    }

    /// Everybody does what there is to do, in an order of chance, until nobody has anything to do. Bodies take what comes
    /// and wait for more.
    pub fn settle(&mut self, dice: &mut Dice) {
        for _ in 0..200_000 {
            let mut next = Vec::new();
            for seat in 0..self.isolates.len() {
                next.extend(self.steps(seat).into_iter().map(|step| (seat, step)));
            }
            if next.is_empty() {
                return;
            }
            let (seat, step) = next[dice.below(next.len())];
            self.now_us += dice.below(30) as u64;
            self.take(seat, step);
            self.park_all(seat);
        }
        panic!("the world does not come to rest");
    }

    /// Everybody takes turns and hears what there is, but no body goes on.
    pub fn hear(&mut self) {
        for _ in 0..6 {
            for seat in 0..self.isolates.len() {
                self.now_us += 200;
                if self.isolates[seat].is_some() {
                    self.turn(seat);
                }
            }
        }
    }

    /// The bodies of a scheduler that are away wait for a message, or take the one that is there.
    pub fn park_all(&mut self, seat: usize) {
        let away: Vec<u32> = match &self.isolates[seat] {
            Some(isolate) => {
                isolate.bodies.values().filter(|b| b.parked == Parked::Away).map(|b| b.pid.index()).collect()
            }
            None => return,
        };
        for index in away {
            self.isolate(seat).park(index);
        }
    }

    /// A submission of the isolate at `seat`.
    pub fn submit<R>(&mut self, seat: usize, what: impl FnOnce(&mut Scheduler) -> R) -> R {
        let Self { isolates, books, .. } = self;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.submit(books, what)
    }

    pub fn spawn_here(&mut self, seat: usize) -> Pid {
        self.spawn_here_as(seat, Birth::default())
    }

    pub fn spawn_here_as(&mut self, seat: usize, birth: Birth) -> Pid {
        let Ok(Born { pid, .. }) = self.submit(seat, |s| s.spawn_here(birth)) else { panic!("the table is full") };
        self.books.spawned(pid, None);
        self.isolate(seat).admit_closure(pid, birth.priority);
        pid
    }

    pub fn spawn(&mut self, seat: usize, definition: u32, at: Where) -> Pid {
        self.spawn_as(seat, definition, at, Birth::default())
    }

    pub fn spawn_as(&mut self, seat: usize, definition: u32, at: Where, birth: Birth) -> Pid {
        let tag = self.books.next_tag(NOBODY, NOBODY);
        let bytes = tag.bytes();
        let Ok(Born { pid, seat: door, .. }) =
            self.submit(seat, |s| s.spawn(definition, 24, &[&bytes[..7], &bytes[7..]], at, birth))
        else {
            panic!("could not be spawned")
        };
        let pinned = match at {
            Where::Any => None,
            Where::Here => Some(seat),
            Where::On(_) | Where::Dedicated => Some(door),
        };
        self.books.spawned(pid, pinned);
        self.books.arguments(pid, tag);
        pid
    }

    /// A slot that has a name, if nobody has that.
    pub fn rent(&mut self, seat: usize, name: &str) -> Option<Pid> {
        let Ok(rented) = self.submit(seat, Scheduler::rent) else { panic!("the table is full") };
        if self.runtime.register(name, rented).is_err() {
            self.submit(seat, |s| s.give_back(rented));
            return None;
        }
        Some(rented)
    }

    pub fn send_after(&mut self, seat: usize, to: Pid, in_us: u64, period_us: u64) {
        let when = When { deadline_us: self.now_us + in_us, period_us };
        let Self { isolates, books, .. } = self;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.send_after(to, when, books);
    }

    /// Cancels the message for later with this number.
    pub fn cancel(&mut self, seat: usize, number: u64) {
        let now_us = self.now_us;
        let Self { isolates, books, .. } = self;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.cancel(number, now_us, books);
    }

    /// Defines and loads nothing: every isolate will learn of it.
    pub fn define(&mut self, name: &str) -> u32 {
        self.runtime.define(name)
    }

    pub fn send(&mut self, seat: usize, from: Pid, to: Pid) -> Tag {
        let Self { isolates, books, .. } = self;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.send(from, to, books)
    }

    /// The cargo of a message moves; if a letter must follow, which and where.
    pub fn move_cargo(&mut self, seat: usize, from: Pid, to: Pid) -> Option<(Tag, Anchor)> {
        let Self { isolates, books, .. } = self;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.move_cargo(from, to, books)
    }

    pub fn send_letter(&mut self, seat: usize, tag: Tag, anchor: Anchor) {
        let Self { isolates, books, .. } = self;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.send_letter(tag, anchor, books);
    }

    /// Sends a message with cargo.
    pub fn transfer(&mut self, seat: usize, from: Pid, to: Pid) {
        if let Some((tag, anchor)) = self.move_cargo(seat, from, to) {
            self.send_letter(seat, tag, anchor);
        }
    }

    pub fn link(&mut self, seat: usize, from: Pid, to: Pid) {
        self.submit(seat, |s| s.link(from, to));
    }

    pub fn unlink(&mut self, seat: usize, from: Pid, to: Pid) {
        self.submit(seat, |s| s.unlink(from, to));
    }

    pub fn monitor(&mut self, seat: usize, from: Pid, to: Pid) -> u64 {
        let reference = self.submit(seat, |s| s.monitor(from, to));
        self.books.monitored(reference, from, to);
        reference
    }

    pub fn demonitor(&mut self, seat: usize, from: Pid, reference: u64) {
        self.submit(seat, |s| s.demonitor(from, reference, false));
        self.books.demonitored(reference);
    }

    pub fn exit(&mut self, seat: usize, from: Pid, to: Pid, kind: ReasonKind) -> Reason {
        let tag = self.books.next_tag(from, to);
        let reason = Reason::new(kind, &tag.bytes());
        self.books.exit_sent(tag, kind);
        self.submit(seat, |s| s.exit(from, to, reason.clone()));
        reason
    }

    pub fn trap(&mut self, seat: usize, of: Pid, traps: bool) {
        self.submit(seat, |s| s.trap_exits(of, traps));
    }

    /// A body settles.
    pub fn finish(&mut self, seat: usize, pid: Pid, kind: ReasonKind) -> Reason {
        let tag = self.books.next_tag(pid, pid);
        let reason = Reason::new(kind, &tag.bytes());
        let Self { isolates, books, .. } = self;
        let Some(isolate) = &mut isolates[seat] else { panic!("nobody sits at {seat}") };
        isolate.finish(pid, reason.clone(), books);
        reason
    }

    /// Messages that were accepted are received, waiting or dropped; processes that were spawned are alive or have ended.
    pub fn check_sums(&self) {
        let accepted = self.total(layout::LOCAL_ACCEPTED) + self.total(layout::NATIVE_ACCEPTED);
        let lost =
            [layout::DROPPED_DIED, layout::DROPPED_CORRUPT, layout::NATIVE_DROPPED_DEAD, layout::NATIVE_DROPPED_DIED];
        let dropped: u64 = lost.into_iter().map(|counter| self.total(counter)).sum();
        let inboxes: u64 = self.isolates.iter().flatten().map(Isolate::unread).sum();
        let waiting = inboxes + self.books.early_mail(|pid| self.runtime.phase(pid) == Some(Phase::Unstarted));
        let received = self.total(layout::RECEIVED);
        assert_eq!(accepted, received + waiting + dropped, "{received} received, {waiting} waiting, {dropped} dropped");
        let alive =
            self.tenants().into_iter().filter(|&pid| self.runtime.phase(pid) != Some(Phase::Dead)).count() as u64;
        let (spawned, exited) = (self.total(layout::SPAWNED), self.total(layout::EXITED));
        assert_eq!(spawned, self.books.spawned.len() as u64, "spawned");
        assert_eq!(spawned, exited + alive, "{exited} exited, {alive} alive");
    }

    /// Who has a slot.
    pub fn tenants(&self) -> Vec<Pid> {
        let made = 0..self.runtime.table.made();
        made.filter_map(|index| self.runtime.table.at(index)).map(|(pid, _)| pid).collect()
    }
}
