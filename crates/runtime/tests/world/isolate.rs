//! A stand-in for the JavaScript half of one scheduler, with the rules of `js/kernel`: bodies and their inboxes, the run
//! ring under the grant, local messages by reference, what a submission leaves behind, definitions that take a while to
//! load. Bodies have no code: whoever drives the world acts in their name.

mod ending;
mod later;
mod sending;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use rumpus_runtime::process::Anchor;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Completion, Pid, Priority, Runtime, Scheduler, Verdict, Waker, layout};
use rumpus_sync::shim::Ordering;

use super::Step;
use super::body::{Body, Ears, Parked, Told, Tray};
use super::books::{Books, Item, Tag};

/// See the module text.
#[derive(Debug)]
pub struct Isolate {
    pub scheduler: Scheduler,
    pub seat: usize,
    /// Who sits there, as cargo is addressed.
    pub here: Anchor,
    /// By slot, as the isolate has them.
    pub bodies: BTreeMap<u32, Body>,
    /// Definitions to be loaded.
    pub loading: VecDeque<u32>,
    pub verdict: Verdict,
    pub ears: Arc<Ears>,
    /// Completions that fit into one buffer.
    pub room: usize,
    slots: BTreeMap<u32, Item>,
    slots_given: u32,
    /// When a turn must be taken.
    alarm_us: Option<u64>,
    /// Completions are being done.
    applying: bool,
    immediate: bool,
    microtask: bool,
    microtask_grant: i32,
    known: u32,
}

impl Isolate {
    pub fn sit(runtime: &Arc<Runtime>, seat: usize, seed: u64, now_us: u64, room: usize) -> Self {
        let ears = Arc::new(Ears::default());
        let waker: Arc<dyn Waker> = Arc::<Ears>::clone(&ears);
        let Some(scheduler) = Scheduler::take_seat(Arc::clone(runtime), seat, waker, seed, now_us) else {
            panic!("seat {seat} cannot be taken")
        };
        let here = Anchor { seat, sitter: scheduler.seat().sitter() };
        Self {
            scheduler,
            seat,
            here,
            bodies: BTreeMap::new(),
            loading: VecDeque::new(),
            verdict: Verdict::Yield,
            ears,
            room,
            slots: BTreeMap::new(),
            slots_given: 0,
            alarm_us: None,
            applying: false,
            immediate: true,
            microtask: false,
            microtask_grant: 0,
            known: 0,
        }
    }

    pub fn body(&mut self, pid: Pid) -> Option<&mut Body> {
        self.bodies.get_mut(&pid.index()).filter(|body| body.pid == pid)
    }

    /// Messages in inboxes.
    pub fn unread(&self) -> u64 {
        self.bodies.values().map(|body| body.waiting() as u64).sum()
    }

    /// Values that travel in native mailboxes.
    pub fn slots_used(&self) -> usize {
        self.slots.len()
    }

    fn page(&self, word: usize) -> i32 {
        self.scheduler.seat().page.get(word)
    }

    fn count(&self, counter: usize, by: usize) {
        self.scheduler.seat().page.add(counter, by as f64);
    }

    pub fn steps(&self, now_us: u64) -> Vec<Step> {
        let mut steps = Vec::new();
        if self.alarm_us.is_some_and(|alarm_us| alarm_us <= now_us) {
            steps.push(Step::Alarm);
        }
        // Relaxed: one thread.
        if self.ears.rung.load(Ordering::Relaxed) > 0 {
            steps.push(Step::Woken);
        }
        if self.immediate {
            steps.push(Step::Immediate);
        }
        if self.microtask {
            steps.push(Step::Microtask);
        }
        if self.page(layout::GRANT) > 0 && !self.scheduler.ring().is_empty() {
            steps.push(Step::Resume);
        }
        if !self.loading.is_empty() {
            steps.push(Step::Load);
        }
        for body in self.bodies.values() {
            if body.parked == Parked::Unwinding {
                steps.push(Step::Unwind(body.pid.index()));
            }
        }
        steps
    }

    pub fn take(&mut self, step: Step, now_us: u64, books: &mut Books) {
        match step {
            Step::Woken => {
                // Relaxed: one thread.
                let rung = self.ears.rung.swap(0, Ordering::Relaxed);
                let stopping = self.scheduler.runtime().is_stopping();
                assert!(stopping || (rung, self.verdict) == (1, Verdict::Sleep), "a bell rings once a sleep");
                self.turn(true, now_us, books);
            }
            Step::Alarm => {
                self.alarm_us = None;
                self.turn(true, now_us, books);
            }
            Step::Immediate => {
                self.immediate = false;
                self.turn(true, now_us, books);
            }
            Step::Microtask => {
                self.microtask = false;
                if !matches!(self.verdict, Verdict::Run | Verdict::Look) {
                    return;
                }
                if self.page(layout::GRANT) == self.microtask_grant {
                    self.turn(false, now_us, books);
                } else {
                    self.immediate = true;
                }
            }
            Step::Resume => self.resume(books),
            Step::Unwind(index) => {
                let Some(body) = self.bodies.get(&index) else { return };
                let (pid, Some(reason)) = (body.pid, body.exiting.clone()) else { panic!("unwinds for nothing") };
                self.finish(pid, reason, books);
            }
            Step::Load => {
                let Some(id) = self.loading.pop_front() else { return };
                self.submit(books, |scheduler| scheduler.definition_loaded(id));
            }
        }
    }

    /// A turn, and what JavaScript does with it before it resumes anybody.
    pub fn turn(&mut self, from_loop: bool, now_us: u64, books: &mut Books) -> Verdict {
        // Relaxed: one thread. Whoever rang meanwhile got what it wanted.
        self.ears.rung.store(0, Ordering::Relaxed);
        let mut tray = Tray { room: self.room, told: Vec::new() };
        let crowded = now_us.is_multiple_of(97);
        self.verdict = self.scheduler.turn(Occasion { now_us, from_loop, crowded }, &mut tray);
        self.apply(tray, books);
        let defined = self.page(layout::DEFINITIONS) as u32;
        self.loading.extend(self.known..defined);
        self.known = self.known.max(defined);
        match self.verdict {
            Verdict::Run if self.scheduler.ring().is_empty() => self.queue_turn(),
            Verdict::Run | Verdict::Yield => self.immediate = true,
            Verdict::Look => self.queue_turn(),
            Verdict::Sleep => {
                self.set_alarm(now_us);
                self.immediate |= !self.scheduler.ring().is_empty();
            }
            Verdict::Stop => {}
        }
        self.verdict
    }

    fn queue_turn(&mut self) {
        if !self.microtask {
            self.microtask = true;
            self.microtask_grant = self.page(layout::GRANT);
        }
    }

    /// A submission and what it left behind.
    pub fn submit<R>(&mut self, books: &mut Books, what: impl FnOnce(&mut Scheduler) -> R) -> R {
        self.scheduler.before_submission();
        let answer = what(&mut self.scheduler);
        self.scheduler.after_submission();
        self.immediate |= self.page(layout::AFTER) != 0;
        while self.page(layout::AFTER) & layout::COLLECT != 0 {
            let mut tray = Tray { room: self.room, told: Vec::new() };
            self.scheduler.collect(&mut tray);
            self.apply(tray, books);
        }
        answer
    }

    fn apply(&mut self, tray: Tray, books: &mut Books) {
        self.applying = true;
        for told in tray.told {
            match told {
                Told::Start(pid, priority, definition, arguments) => {
                    assert!(
                        !self.loading.contains(&definition) && definition < self.known,
                        "{definition} is not loaded"
                    );
                    books.told_to_start(pid, Tag::of(&arguments), self.seat);
                    self.admit(pid, priority, false, true);
                    // In the order of the others, whatever its priority.
                    self.append(pid.index());
                }
                Told::Else(completion) => self.hear(completion, books),
            }
        }
        self.applying = false;
    }

    fn hear(&mut self, completion: Completion, books: &mut Books) {
        match completion {
            Completion::Message { index, skeleton, parcel } => {
                assert_eq!(skeleton, 24);
                self.receive(index, Item::Message(Tag::of(parcel.bytes())), books);
            }
            Completion::Transfer { index, skeleton, by, number, parcel } => {
                let tag = Tag::of(parcel.bytes());
                assert_eq!(skeleton, 24);
                assert_eq!(books.take_cargo(number), Some((self.here, usize::from(by), tag)), "cargo {number}");
                self.receive(index, Item::Message(tag), books);
            }
            Completion::Stray { number, .. } => {
                let cargo = books.take_cargo(number);
                assert!(cargo.is_none_or(|(at, ..)| at == self.here), "{cargo:?} is let go of at {}", self.seat);
            }
            Completion::Granted { .. } => unreachable!("nobody of this world offers"),
            Completion::Due { .. } => unreachable!("bodies of this world wait for no time"),
            Completion::Slot { index, slot, keep } => {
                let item = if keep { self.slots.get(&slot).cloned() } else { self.slots.remove(&slot) };
                let Some(item) = item else { panic!("slot {slot} is empty") };
                self.receive(index, item, books);
            }
            Completion::Freed { slot } => assert!(self.slots.remove(&slot).is_some(), "slot {slot} freed twice"),
            Completion::Opened { pid } => {
                let index = pid.index();
                if let Some(body) = self.bodies.get_mut(&index) {
                    assert!(!body.open, "{body:?} opened twice");
                    body.open = body.exiting.is_none();
                }
            }
            Completion::Exit { index, from, reason } => self.receive_signal(index, Item::Exit(from, reason), books),
            Completion::Down { index, reference, from, reason } => {
                self.receive_signal(index, Item::Down(reference, from, reason), books);
            }
            Completion::Exiting { index, reason, dead } => self.end_by_order(index, &reason, dead, books),
            Completion::Start { .. } => unreachable!("starts come by Sink::start"),
        }
    }

    fn receive_signal(&mut self, index: u32, item: Item, books: &mut Books) {
        if self.bodies.get(&index).is_some_and(|body| body.exiting.is_none()) {
            self.count(layout::LOCAL_ACCEPTED, 1);
            self.receive(index, item, books);
        }
    }

    /// Something comes to a body.
    fn receive(&mut self, index: u32, item: Item, books: &mut Books) {
        let Some(body) = self.bodies.get_mut(&index).filter(|body| body.exiting.is_none()) else {
            return self.count(layout::DROPPED_DIED, 1);
        };
        books.came(body.pid, &item);
        if body.parked == Parked::Receiving {
            body.parked = Parked::Queued(item);
            self.push_back(index);
        } else {
            body.inbox.push_back(item);
        }
    }

    /// Behind the others, unless the priority says otherwise: then, but for what a turn tells, a turn decides.
    fn push_back(&mut self, index: u32) {
        let priority = self.bodies.get(&index).map_or(Priority::Normal, |body| body.priority);
        if priority != Priority::Normal || self.scheduler.runtime().options.native_lane {
            if !self.applying {
                return self.overflow(index);
            }
            if priority == Priority::High {
                return if self.scheduler.ring().push_front(index) {
                    self.immediate = true
                } else {
                    self.overflow(index)
                };
            }
        }
        self.append(index);
    }

    fn append(&mut self, index: u32) {
        if !self.scheduler.ring().push(index) {
            self.overflow(index);
        }
        self.immediate = true;
    }

    fn overflow(&mut self, index: u32) {
        self.scheduler.before_submission();
        self.scheduler.overflow(index);
        self.scheduler.after_submission();
        self.immediate = true;
    }

    pub fn admit_closure(&mut self, pid: Pid, priority: Priority) {
        let native_lane = self.scheduler.runtime().options.native_lane;
        self.admit(pid, priority, !native_lane && priority == Priority::Normal, false);
        self.push_back(pid.index());
    }

    fn admit(&mut self, pid: Pid, priority: Priority, open: bool, is_definition: bool) {
        let (parked, inbox, taken) = (Parked::ToBegin, VecDeque::new(), Vec::new());
        let body = Body { pid, priority, parked, open, inbox, taken, exiting: None, is_definition, seat: self.seat };
        let former = self.bodies.insert(pid.index(), body);
        assert!(former.is_none(), "{pid:?} in the slot of {former:?}");
    }

    fn resume(&mut self, books: &mut Books) {
        let grant = self.page(layout::GRANT);
        let Some(index) = self.scheduler.ring().pop() else { return };
        self.scheduler.seat().page.set(layout::GRANT, grant - 1);
        if let Some(body) = self.bodies.get_mut(&index) {
            match &body.parked {
                Parked::ToBegin => self.begin(index, books),
                Parked::Queued(_) => {
                    let Parked::Queued(item) = std::mem::replace(&mut body.parked, Parked::Away) else { return };
                    body.taken.push(item);
                    self.count(layout::RECEIVED, 1);
                }
                _ => {}
            }
        }
        let spent = self.page(layout::GRANT) == 0 || self.scheduler.ring().is_empty();
        if spent && matches!(self.verdict, Verdict::Run | Verdict::Look) {
            self.queue_turn();
        }
    }

    fn begin(&mut self, index: u32, books: &mut Books) {
        let Some(body) = self.bodies.get_mut(&index) else { return };
        body.parked = Parked::Away;
        let (pid, is_definition, exiting) = (body.pid, body.is_definition, body.exiting.clone());
        if is_definition {
            let page = &self.scheduler.seat().page;
            page.set(layout::STARTED, page.get(layout::STARTED).wrapping_add(1));
            books.begun(pid, self.seat);
        }
        if let Some(reason) = exiting {
            self.finish(pid, reason, books);
        }
    }

    /// A body waits for a message, or takes the one that is there.
    pub fn park(&mut self, index: u32) {
        let Some(body) = self.bodies.get_mut(&index) else { return };
        assert_eq!(body.parked, Parked::Away);
        if body.exiting.is_some() {
            body.parked = Parked::Unwinding;
            return;
        }
        body.parked = Parked::Receiving;
        if let Some(item) = body.inbox.pop_front() {
            body.parked = Parked::Queued(item);
            self.push_back(index);
        }
    }
}
