//! What one scheduler's thread owns, and the verbs it offers to the binding: spawn, send, signals, finish. Private to its
//! thread, so nothing here is atomic or locked; what other threads may touch is its [`Seat`]. A turn is in `turn.rs`, life
//! and death in `life.rs`, stealing in `search.rs`, signals to others in `signal.rs`, the end of the thread in `leave.rs`.

mod leave;
mod life;
mod search;
mod signal;
mod turn;
mod warm;

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use rumpus_sync::{Arena, Parcel, Push, RunRing};

use crate::completion::Completion;
use crate::envelope::{Envelope, Letter};
use crate::layout;
use crate::pid::Pid;
use crate::process::Process;
use crate::process::Unstarted;
use crate::process::relations::{Relations, Ties};
use crate::runtime::Runtime;
use crate::sched::grant::Grant;
use crate::sched::place::{Dice, place};
use crate::sched::seat::{Seat, Waker};

pub use turn::{Occasion, Verdict};

/// Where a definition process may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// Wherever it is placed or stolen.
    Any,
    /// On this very scheduler.
    Here,
    /// On this scheduler.
    On(usize),
}

/// Why a process could not be spawned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpawnError {
    /// The table is full.
    TooMany,
    /// There is no such scheduler.
    NoScheduler,
}

/// A runtime, shared by all threads and counted by one: all threads contend for the inner count, none for the outer.
pub type Shared = Rc<Arc<Runtime>>;

/// See the module text.
#[derive(Debug)]
pub struct Scheduler {
    /// Shared by all threads; counted on this one alone, for a count that every message touches must not be.
    runtime: Shared,
    seat: usize,
    arena: Arena,
    relations: Relations,
    /// Completions that the JavaScript half has not been told yet, oldest first.
    outbox: VecDeque<Completion>,
    /// What local signals did: told before the submission that sent them is over.
    urgent: VecDeque<Completion>,
    /// Whether a signal from this very scheduler is being received.
    from_here: bool,
    /// Completions of the outbox ever told.
    told: u64,
    /// The dead whose slots are in no list, with what must have been told before their slots are free.
    graves: VecDeque<(u64, Pid)>,
    /// Own processes with mail.
    notified: Vec<u32>,
    /// Own processes whose mailboxes are looked at each turn.
    warm: Vec<warm::Warm>,
    /// Own processes to resume for which the run ring had no room.
    overflow: VecDeque<u32>,
    /// Definition processes handed to JavaScript whose body may not have begun, in order.
    claimed: VecDeque<Pid>,
    /// Definition processes that wait here for their definition to be loaded.
    waiting: Vec<(u32, u32)>,
    loaded: Vec<bool>,
    /// The process whose mail is being handled: it is in no queue although its mailbox is not idle.
    draining: Option<Pid>,
    started_seen: i32,
    references: u64,
    unlinks: u64,
    dice: Dice,
    grant: Grant,
    pace: turn::Pace,
}

impl Scheduler {
    /// Takes `seat` of `runtime`; nothing if somebody sits there, or there is no such seat. `seed` feeds all choices.
    pub fn take_seat(
        runtime: Arc<Runtime>,
        seat: usize,
        waker: Arc<dyn Waker>,
        seed: u64,
        now_us: u64,
    ) -> Option<Self> {
        if !runtime.seats.get(seat)?.take(waker) {
            return None;
        }
        let page = &runtime.seats[seat].page;
        let started_seen = page.get(layout::STARTED);
        if page.count(layout::FIRST_TAKEN_US) == 0.0 {
            page.set_count(layout::FIRST_TAKEN_US, now_us.max(1) as f64);
        }
        Some(Self {
            runtime: Rc::new(runtime),
            seat,
            arena: Arena::default(),
            relations: Relations::default(),
            outbox: VecDeque::new(),
            urgent: VecDeque::new(),
            from_here: false,
            told: 0,
            graves: VecDeque::new(),
            notified: Vec::new(),
            warm: Vec::new(),
            overflow: VecDeque::new(),
            claimed: VecDeque::new(),
            waiting: Vec::new(),
            loaded: Vec::new(),
            draining: None,
            started_seen,
            references: 0,
            unlinks: 0,
            dice: Dice::new(seed),
            grant: Grant::default(),
            pace: turn::Pace::new(now_us),
        })
    }

    /// The runtime.
    pub fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// The runtime, held on this thread.
    pub fn shared(&self) -> Shared {
        Rc::clone(&self.runtime)
    }

    /// Which seat.
    pub fn seat_number(&self) -> usize {
        self.seat
    }

    /// The part of this scheduler that others may touch.
    pub fn seat(&self) -> &Seat {
        &self.runtime.seats[self.seat]
    }

    /// What a process of this scheduler is tied to, for tests and the inspector.
    pub fn ties(&self, of: Pid) -> Option<&Ties> {
        self.relations.of(of.index())
    }

    /// The run ring.
    pub fn ring(&self) -> RunRing<'_> {
        RunRing::of(&self.seat().page)
    }

    fn count(&self, counter: usize) {
        self.seat().page.add(counter, 1.0);
    }

    fn takes_work(&self) -> bool {
        self.runtime.workers().contains(&self.seat)
    }

    /// Makes a process whose body is a closure of this scheduler: it runs from the start.
    pub fn spawn_here(&mut self) -> Result<Pid, SpawnError> {
        let runtime = Rc::clone(&self.runtime);
        let pid = runtime.table.acquire().ok_or(SpawnError::TooMany)?;
        let Some(process) = runtime.table.get(pid) else { return Err(SpawnError::TooMany) };
        process.state.run(self.seat);
        process.mailbox.open();
        let parked = process.mailbox.park();
        debug_assert!(parked, "mail for a pid that nobody knows: {pid:?}");
        if !runtime.options.native_lane {
            process.state.open();
        }
        self.seat().count_start();
        self.count(layout::SPAWNED);
        Ok(pid)
    }

    /// Makes a process of a definition. `arguments` are its encoded arguments, `skeleton` of their bytes describe them.
    pub fn spawn(&mut self, definition: u32, skeleton: u32, arguments: &[&[u8]], at: Where) -> Result<Pid, SpawnError> {
        let runtime = Rc::clone(&self.runtime);
        let pinned = match at {
            Where::Any => None,
            Where::Here => Some(self.seat),
            Where::On(seat) if seat < runtime.seats.len() => Some(seat),
            Where::On(_) => return Err(SpawnError::NoScheduler),
        };
        let pid = runtime.table.acquire().ok_or(SpawnError::TooMany)?;
        let Some(process) = runtime.table.get(pid) else { return Err(SpawnError::TooMany) };
        let letter = Letter { to: pid, envelope: Envelope::Message { skeleton } };
        let arguments = self.arena.parcel(letter, arguments);
        let door = match pinned {
            Some(seat) => seat,
            None if runtime.options.placement => self.place(),
            None => self.seat,
        };
        *process.unstarted() = Some(Box::new(Unstarted { definition, skeleton, arguments, early: Vec::new(), pinned }));
        process.state.await_start(door);
        process.mailbox.open();
        self.count(layout::SPAWNED);
        self.put_at(door, pid.index(), pinned.is_some());
        Ok(pid)
    }

    fn place(&mut self) -> usize {
        let workers = self.runtime.workers();
        let seats = &self.runtime.seats;
        place(&mut self.dice, workers.start, workers.len(), |seat| {
            let seat = &seats[seat];
            seat.load() as f64 + seat.busy_share()
        })
    }

    /// Queues an unstarted process at the door of a scheduler and sees to it that somebody comes.
    fn put_at(&mut self, door: usize, index: u32, pinned: bool) {
        let seat = &self.runtime.seats[door];
        if pinned {
            seat.pinned.push([index]);
        } else if door == self.seat {
            seat.steal.push(index, &seat.inject);
        } else {
            seat.inject.push([index]);
        }
        let rung = door != self.seat && seat.ring();
        let comes = rung || (door != self.seat && seat.bell.is_rung());
        if rung {
            self.count(layout::WAKES_SENT);
        } else if !pinned && !comes {
            self.wake_thief();
        }
        // If nobody else could be woken this scheduler may be the thief: it might be asleep itself, under foreign code.
        if door == self.seat || (!comes && !pinned && self.takes_work()) {
            self.pace.want_turn();
        }
    }

    /// Sends a message whose value is these bytes; false if the receiver is gone.
    pub fn send(&mut self, to: Pid, skeleton: u32, pieces: &[&[u8]]) -> bool {
        self.post(to, Envelope::Message { skeleton }, pieces)
    }

    /// Sends a message whose value waits in a slot of this isolate; false if the receiver is gone, then the slot is free.
    pub fn send_slot(&mut self, to: Pid, slot: u32) -> bool {
        self.post(to, Envelope::Slot { slot }, &[])
    }

    fn post(&mut self, to: Pid, envelope: Envelope, pieces: &[&[u8]]) -> bool {
        self.count(layout::NATIVE_ACCEPTED);
        let parcel = self.arena.parcel(Letter { to, envelope }, pieces);
        if self.deliver(to, parcel).is_err() {
            self.count(layout::NATIVE_DROPPED_DEAD);
            return false;
        }
        true
    }

    /// Puts a parcel into a mailbox and schedules the owner if that falls to us; hands it back if the receiver is gone.
    fn deliver(&mut self, to: Pid, parcel: Parcel<Letter>) -> Result<(), Parcel<Letter>> {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(to) else { return Err(parcel) };
        let state = process.state.load();
        if state.seat() == self.seat && state.has_body() && !state.is_open() && !state.is_behind() {
            process.state.set_behind(true);
        }
        match process.mailbox.push(parcel) {
            Push::Closed(parcel) => return Err(parcel),
            // Whoever is scheduled looks by itself; if that is us, it takes a turn of ours.
            Push::Queued if process.state.load().seat() == self.seat => self.pace.want_turn(),
            Push::Queued => {}
            Push::Notify => self.notify(to, process),
        }
        Ok(())
    }

    fn notify(&mut self, to: Pid, process: &Process) {
        let owner = process.state.load().seat();
        if owner == self.seat {
            self.notified.push(to.index());
            self.pace.want_turn();
            return;
        }
        let seat = &self.runtime.seats[owner];
        seat.inlet.push(to.index(), &self.runtime.table);
        if seat.ring() {
            self.count(layout::WAKES_SENT);
        }
    }

    /// Notes that a definition has been loaded here, or could not be.
    pub fn definition_loaded(&mut self, id: u32) {
        let slots = self.loaded.len().max(id as usize + 1);
        self.loaded.resize(slots, false);
        self.loaded[id as usize] = true;
        let gapless = self.loaded.iter().take_while(|&&loaded| loaded).count();
        self.seat().set_loaded(gapless as u32);
        self.pace.want_turn();
    }

    /// Keeps a process to resume for which the run ring has no room; the next turns put it there.
    pub fn overflow(&mut self, index: u32) {
        self.overflow.push_back(index);
        self.pace.want_turn();
    }

    /// Begins a submission: notes what JavaScript has begun meanwhile.
    pub fn before_submission(&mut self) {
        self.note_started();
    }

    /// Ends a submission: tells JavaScript what it left behind.
    pub fn after_submission(&mut self) {
        let mut after = 0;
        if !self.urgent.is_empty() {
            after |= layout::COLLECT;
        }
        if self.pace.wants_turn() || !self.outbox.is_empty() {
            after |= layout::TAKE_TURN;
        }
        self.seat().page.set(layout::AFTER, after);
    }
}
