//! A stage for what is due: schedulers on one thread in virtual time, each woken by its alarm, its bell and what a submission
//! leaves behind, and by nothing else. Owns what their isolates keep in slots and what came to whom at what time. Bodies take
//! at once what comes.
#![allow(dead_code, reason = "each test file uses a part of the stage")]
#![allow(unreachable_pub, reason = "a module of several test programs, a public thing of none")]

use std::collections::BTreeMap;
use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::sched::wheel::Key;
use rumpus_runtime::scheduler::{Cancelled, Occasion};
use rumpus_runtime::{
    Birth, Completion, Options, Pid, Priority, Reason, ReasonKind, Runtime, Scheduler, Sink, Verdict, Waker, When,
    Where, layout,
};
use rumpus_sync::shim::{AtomicU32, Ordering};

/// An alarm that is set says how long to sleep in whole milliseconds, to a tick of the wheel: so late a thing may be.
pub const LATE_US: u64 = 2_000;

#[derive(Debug, Default)]
struct Ears(AtomicU32);

impl Waker for Ears {
    fn wake(&self) {
        // Relaxed: one thread.
        self.0.store(1, Ordering::Relaxed);
    }

    fn idle_us(&self) -> Option<u64> {
        None
    }
}

/// Something that came to a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Came {
    pub to: Pid,
    pub number: u64,
    pub at_us: u64,
}

/// A message for later that was sent.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub number: u64,
    pub bits: u64,
    pub deadline_us: u64,
}

/// A scheduler and the little of its isolate that matters here.
#[derive(Debug)]
pub struct Hand {
    pub scheduler: Scheduler,
    ears: Arc<Ears>,
    verdict: Verdict,
    alarm_us: Option<u64>,
    /// Completions that it hears in one turn.
    pub room: usize,
    /// Bodies that have begun, and whether they must end.
    pub bodies: BTreeMap<u32, (Pid, bool)>,
    /// Definition processes that are to begin.
    pub to_begin: Vec<Pid>,
    pub slots: BTreeMap<u32, u64>,
    slots_given: u32,
    pub came: Vec<Came>,
    /// Waits that are over.
    pub over: Vec<(Pid, Key, u64)>,
}

struct Tray {
    room: usize,
    told: Vec<Completion>,
    starts: Vec<Pid>,
}

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        self.told.len() + self.starts.len() < self.room
    }

    fn put(&mut self, completion: Completion) {
        self.told.push(completion);
    }

    fn start(&mut self, pid: Pid, _state: Snapshot, _what: &Unstarted) {
        self.starts.push(pid);
    }
}

impl Hand {
    fn count(&self, counter: usize) {
        self.scheduler.seat().page.add(counter, 1.0);
    }

    fn hear(&mut self, tray: Tray, now_us: u64) {
        self.to_begin.extend(tray.starts);
        for completion in tray.told {
            match completion {
                Completion::Message { index, parcel, .. } => {
                    let number = u64::from_le_bytes(parcel.bytes().try_into().unwrap_or_default());
                    self.receive(index, number, now_us);
                }
                Completion::Slot { index, slot, keep } => {
                    let value = if keep { self.slots.get(&slot).copied() } else { self.slots.remove(&slot) };
                    let Some(number) = value else { panic!("slot {slot} is empty") };
                    self.receive(index, number, now_us);
                }
                Completion::Freed { slot } => assert!(self.slots.remove(&slot).is_some(), "slot {slot} freed twice"),
                Completion::Due { index, key } => {
                    let Some(&(pid, _)) = self.bodies.get(&index) else { continue };
                    self.over.push((pid, key, now_us));
                }
                Completion::Exiting { index, dead: true, .. } => drop(self.bodies.remove(&index)),
                Completion::Exiting { index, .. } => {
                    if let Some((_, exiting)) = self.bodies.get_mut(&index) {
                        *exiting = true;
                    }
                }
                _ => {}
            }
        }
    }

    fn receive(&mut self, index: u32, number: u64, at_us: u64) {
        let Some(&(to, false)) = self.bodies.get(&index) else { return self.count(layout::DROPPED_DIED) };
        self.came.push(Came { to, number, at_us });
        self.count(layout::RECEIVED);
    }

    fn is_called(&self) -> bool {
        // Relaxed: one thread.
        let is_rung = self.ears.0.load(Ordering::Relaxed) == 1;
        is_rung || self.verdict != Verdict::Sleep
    }
}

/// See the module text.
pub struct Stage {
    pub runtime: Arc<Runtime>,
    pub hands: Vec<Option<Hand>>,
    pub now_us: u64,
    /// Whether definition processes begin as soon as they are to.
    pub begins: bool,
    numbers: u64,
}

impl Stage {
    /// So many schedulers, the host's among them, that all take work.
    pub fn new(seats: usize) -> Self {
        let options = Options {
            number: 9,
            schedulers: seats - 1,
            dedicated: 0,
            cores: seats,
            host_works: true,
            placement: false,
            native_lane: false,
        };
        let runtime = Arc::new(Runtime::new(options));
        runtime.define("body");
        let mut stage = Self { runtime, hands: Vec::new(), now_us: 12_345, begins: true, numbers: 0 };
        for seat in 0..seats {
            stage.hands.push(None);
            stage.sit(seat);
        }
        stage
    }

    pub fn sit(&mut self, seat: usize) {
        let ears = Arc::new(Ears::default());
        let waker: Arc<dyn Waker> = Arc::<Ears>::clone(&ears);
        let Some(scheduler) = Scheduler::take_seat(Arc::clone(&self.runtime), seat, waker, 1, self.now_us) else {
            panic!("seat {seat} is taken")
        };
        self.hands[seat] = Some(Hand {
            scheduler,
            ears,
            verdict: Verdict::Yield,
            alarm_us: None,
            room: 1_000,
            bodies: BTreeMap::new(),
            to_begin: Vec::new(),
            slots: BTreeMap::new(),
            slots_given: 0,
            came: Vec::new(),
            over: Vec::new(),
        });
        self.act(seat, |s| s.definition_loaded(0));
        self.quiet();
    }

    /// The thread of a seat ends; what had come there.
    pub fn leave(&mut self, seat: usize) -> Vec<Came> {
        let Some(hand) = self.hands[seat].take() else { panic!("nobody sits at {seat}") };
        hand.scheduler.leave();
        hand.came
    }

    pub fn hand(&mut self, seat: usize) -> &mut Hand {
        match self.hands.get_mut(seat) {
            Some(Some(hand)) => hand,
            _ => panic!("nobody sits at {seat}"),
        }
    }

    /// A submission and what it left behind.
    pub fn act<R>(&mut self, seat: usize, what: impl FnOnce(&mut Scheduler) -> R) -> R {
        let now_us = self.now_us;
        let hand = self.hand(seat);
        hand.scheduler.before_submission();
        let answer = what(&mut hand.scheduler);
        hand.scheduler.after_submission();
        let after = |hand: &Hand| hand.scheduler.seat().page.get(layout::AFTER);
        let turn = after(hand) & layout::TAKE_TURN != 0;
        while after(hand) & layout::COLLECT != 0 {
            let mut tray = Tray { room: 100, told: Vec::new(), starts: Vec::new() };
            hand.scheduler.collect(&mut tray);
            hand.hear(tray, now_us);
        }
        if turn && hand.verdict == Verdict::Sleep {
            hand.verdict = Verdict::Yield;
        }
        answer
    }

    /// One turn. Nobody looks around: others want the core.
    pub fn turn(&mut self, seat: usize) {
        let (now_us, begins) = (self.now_us, self.begins);
        let hand = self.hand(seat);
        // Relaxed: one thread.
        hand.ears.0.store(0, Ordering::Relaxed);
        let mut tray = Tray { room: hand.room, told: Vec::new(), starts: Vec::new() };
        hand.verdict = hand.scheduler.turn(Occasion { now_us, from_loop: true, crowded: true }, &mut tray);
        hand.hear(tray, now_us);
        let page = &hand.scheduler.seat().page;
        let due_in = page.get(layout::DUE_IN);
        hand.alarm_us = match hand.verdict {
            Verdict::Sleep => (due_in >= 0).then(|| now_us + due_in as u64 * 1_000),
            _ => Some(now_us + 500),
        };
        if begins {
            self.begin(seat);
        }
    }

    /// Those begin that are to.
    pub fn begin(&mut self, seat: usize) {
        let hand = self.hand(seat);
        for pid in std::mem::take(&mut hand.to_begin) {
            let page = &hand.scheduler.seat().page;
            page.set(layout::STARTED, page.get(layout::STARTED).wrapping_add(1));
            hand.bodies.insert(pid.index(), (pid, false));
            hand.verdict = Verdict::Yield;
        }
    }

    /// Everybody does what there is to do now.
    pub fn quiet(&mut self) {
        for turns in 0..10_000 {
            let called = |hand: &Option<Hand>| hand.as_ref().is_some_and(Hand::is_called);
            let seats = self.hands.len();
            let next = (turns..turns + seats).map(|at| at % seats).find(|&seat| called(&self.hands[seat]));
            let Some(seat) = next else { return };
            if turns > 75 && !self.begins {
                // Whoever has claimed more than it begins looks for ever at what it leaves.
                return;
            }
            self.turn(seat);
            if turns > 50 {
                // A thief is patient for a while.
                self.now_us += 50;
                self.ring_alarms();
            }
        }
        panic!("the stage does not come to rest");
    }

    /// Time passes; whoever has an alarm wakes at its time.
    pub fn pass(&mut self, us: u64) {
        let until_us = self.now_us + us;
        loop {
            self.quiet();
            let alarms =
                self.hands.iter().enumerate().filter_map(|(seat, hand)| Some((hand.as_ref()?.alarm_us?, seat)));
            match alarms.min() {
                Some((alarm_us, seat)) if alarm_us <= until_us => {
                    self.now_us = self.now_us.max(alarm_us);
                    self.turn(seat);
                }
                _ => break,
            }
        }
        self.now_us = until_us;
    }

    /// Whose alarm is over takes a turn.
    fn ring_alarms(&mut self) {
        for seat in 0..self.hands.len() {
            let alarm_us = self.hands[seat].as_ref().and_then(|hand| hand.alarm_us);
            if alarm_us.is_some_and(|alarm_us| alarm_us <= self.now_us) {
                self.turn(seat);
            }
        }
    }

    pub fn spawn_here(&mut self, seat: usize, priority: Priority) -> Pid {
        let birth = Birth { priority, ..Birth::default() };
        let Ok(born) = self.act(seat, |s| s.spawn_here(birth)) else { panic!("the table is full") };
        self.hand(seat).bodies.insert(born.pid.index(), (born.pid, false));
        born.pid
    }

    pub fn spawn(&mut self, seat: usize, at: Where, priority: Priority) -> Pid {
        let birth = Birth { priority, ..Birth::default() };
        let Ok(born) = self.act(seat, |s| s.spawn(0, 0, &[], at, birth)) else { panic!("the table is full") };
        born.pid
    }

    /// By its slot if the receiver has begun here, as its isolate knows, by its bytes else.
    pub fn after(&mut self, seat: usize, to: Pid, in_us: u64, period_us: u64) -> Sent {
        self.numbers += 1;
        let (number, deadline_us) = (self.numbers, self.now_us + in_us);
        let when = When { deadline_us, period_us };
        let hand = self.hand(seat);
        let bits = if hand.bodies.get(&to.index()).is_some_and(|&(pid, _)| pid == to) {
            hand.slots_given += 1;
            let slot = hand.slots_given;
            hand.slots.insert(slot, number);
            self.act(seat, |s| s.send_slot_after(to, when, slot, None))
        } else {
            self.act(seat, |s| s.send_after(to, when, 0, &[&number.to_le_bytes()]))
        };
        let Some(bits) = bits else { panic!("no room for a timer") };
        Sent { number, bits, deadline_us }
    }

    pub fn cancel(&mut self, seat: usize, bits: u64) -> Option<u64> {
        let now_us = self.now_us;
        let cancelled = self.act(seat, |s| s.cancel_timer(bits, now_us));
        if let Some(Cancelled { slot: Some(slot), .. }) = cancelled {
            assert!(self.hand(seat).slots.remove(&slot).is_some(), "slot {slot} freed twice");
        }
        cancelled.map(|cancelled| cancelled.left_us)
    }

    pub fn finish(&mut self, seat: usize, pid: Pid) {
        self.hand(seat).bodies.remove(&pid.index());
        self.act(seat, |s| s.finish(pid, &Reason::new(ReasonKind::Normal, &[])));
    }

    pub fn exit(&mut self, seat: usize, to: Pid, kind: ReasonKind) {
        self.act(seat, |s| s.exit(Pid::from_bits(0), to, Reason::new(kind, &[])));
    }

    /// When messages with this number came, wherever that was.
    pub fn times(&self, number: u64) -> Vec<u64> {
        let came = self.hands.iter().flatten().flat_map(|hand| &hand.came);
        came.filter(|came| came.number == number).map(|came| came.at_us).collect()
    }

    /// Timers that nobody has given back.
    pub fn tickets(&self) -> usize {
        (0..self.runtime.timers.made()).filter(|&index| self.runtime.timers.at(index).is_some()).count()
    }

    /// Nothing waits, no ticket is out, no value is kept, and what was accepted has been taken or dropped.
    pub fn check_nothing_left(&self) {
        let due: usize = self.hands.iter().flatten().map(|hand| hand.scheduler.due()).sum();
        let kept: usize = self.hands.iter().flatten().map(|hand| hand.slots.len()).sum();
        assert_eq!((due, self.tickets(), kept), (0, 0, 0), "what is due, tickets, values in slots");
        let total = |counter| self.runtime.total(counter) as u64;
        assert_eq!(total(layout::NATIVE_ACCEPTED), total(layout::NATIVE_DELIVERED), "nothing else was sent");
        assert_eq!(
            total(layout::NATIVE_DELIVERED),
            total(layout::RECEIVED) + total(layout::DROPPED_DIED),
            "what was told and what was taken or dropped"
        );
    }
}
