//! What one scheduler's thread owns, and the verbs it offers to the binding: spawn, send, signals, finish. Private to its
//! thread, so nothing here is atomic or locked; what other threads may touch is its [`Seat`]. A turn is in `turn.rs`, birth in
//! `birth.rs`, threads for one process in `dedicated.rs`, life and death in `life.rs`, stealing in `search.rs`, signals to others in `signal.rs`, the end of the thread in `leave.rs`.

mod birth;
mod dedicated;
mod due;
mod estate;
mod late;
mod leave;
mod life;
mod offer;
mod outbox;
mod overflow;
mod search;
mod show;
mod signal;
mod stock;
mod transfer;
mod turn;
mod warm;

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use rumpus_sync::{Arena, Parcel, Push, RunRing};

use crate::completion::Completion;
use crate::envelope::{Envelope, Letter};
use crate::layout;
use crate::pid::Pid;
use crate::process::Process;
use crate::process::relations::{Relations, Ties};
use crate::process::state::Overflow;
use crate::runtime::Runtime;
use crate::sched::grant::Grant;
use crate::sched::place::Dice;
use crate::sched::seat::{Seat, Waker};
use crate::sched::wheel::{Key, Wheel};

use outbox::Outbox;

pub use birth::{Birth, Born, SpawnError, Where};
pub use due::{Cancelled, When};
pub use offer::Offered;
pub use show::millisecond_word;
pub use transfer::{Anchored, Passage};
pub use turn::{Occasion, Verdict};

/// A runtime, shared by all threads and counted by one: all threads contend for the inner count, none for the outer.
pub type Shared = Rc<Arc<Runtime>>;

/// See the module text.
#[derive(Debug)]
pub struct Scheduler {
    /// Shared by all threads; counted on this one alone, for a count that every message touches must not be.
    runtime: Shared,
    seat: usize,
    /// Our number among those who ever sat there.
    sitter: u32,
    arena: Arena,
    relations: Relations,
    /// Completions that the JavaScript half has not been told yet.
    outbox: Outbox,
    /// What local signals did: told before the submission that sent them is over.
    urgent: VecDeque<Completion>,
    /// Whether a signal from this very scheduler is being received.
    from_here: bool,
    /// Own processes with mail.
    notified: Vec<u32>,
    /// Own processes whose mailboxes are looked at each turn.
    warm: Vec<warm::Warm>,
    /// Own processes to resume that the run ring did not take: for want of room, or for their priority.
    overflow: [VecDeque<u32>; 3],
    /// Where the run ring ended when those in the overflow were last all behind it.
    lined_up: i32,
    /// What was in the stock when JavaScript was last there.
    stocked: i32,
    /// Who waits for places in the mailboxes of own processes, in order, with their numbers.
    wants: FxHashMap<u32, VecDeque<(Pid, u32)>>,
    /// Places that were granted here and have neither been sent to nor given back, by whose they are.
    kept: FxHashMap<Pid, i32>,
    /// A slot whose value was dropped: whoever sends by a slot next is told.
    unused_slot: Option<u32>,
    /// What is due when.
    wheel: Wheel<due::Due>,
    /// The messages for later for each process that has any.
    timed: FxHashMap<u32, due::Timers>,
    /// Kept for its memory.
    fired: Vec<(Key, u64, due::Due)>,
    /// Resumes of others since those of low priority had a share.
    beside_low: i32,
    /// How many of them may still be told of in this turn, or resumed that wait: of both together.
    lows: i32,
    /// Slots rented for processes to come.
    rented: Vec<Pid>,
    /// Whether this is a dedicated seat that its process, or what that has started here, has still.
    tenant: bool,
    /// The process that keeps no dedicated thread.
    servant: Option<Pid>,
    /// Whether others go on for a while only, because some of low priority wait or have just had their share.
    shares: bool,
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
        let sitter = runtime.seats.get(seat)?.take(waker)?;
        let page = &runtime.seats[seat].page;
        let started_seen = page.get(layout::STARTED);
        let tenant = runtime.seats[seat].tenancy.number() != 0;
        if page.count(layout::FIRST_TAKEN_US) == 0.0 {
            page.set_count(layout::FIRST_TAKEN_US, now_us.max(1) as f64);
        }
        Some(Self {
            runtime: Rc::new(runtime),
            seat,
            sitter,
            arena: Arena::default(),
            relations: Relations::default(),
            outbox: Outbox::default(),
            urgent: VecDeque::new(),
            from_here: false,
            notified: Vec::new(),
            warm: Vec::new(),
            overflow: Default::default(),
            lined_up: 0,
            stocked: 0,
            wants: FxHashMap::default(),
            kept: FxHashMap::default(),
            unused_slot: None,
            wheel: Wheel::new(now_us),
            timed: FxHashMap::default(),
            fired: Vec::new(),
            beside_low: 0,
            lows: 0,
            rented: Vec::new(),
            tenant,
            servant: None,
            shares: false,
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

    /// Sends a message whose value is these bytes; false if the receiver is gone.
    pub fn send(&mut self, to: Pid, skeleton: u32, pieces: &[&[u8]]) -> bool {
        self.post(to, Envelope::Message { skeleton }, pieces)
    }

    /// Sends a message whose value waits in a slot of this isolate; the slot that is free for it, its own or that of another
    /// that was dropped.
    pub fn send_slot(&mut self, to: Pid, slot: u32) -> Option<u32> {
        if self.post(to, Envelope::Slot { slot }, &[]) { self.unused_slot.take() } else { Some(slot) }
    }

    fn post(&mut self, to: Pid, envelope: Envelope, pieces: &[&[u8]]) -> bool {
        self.count(layout::NATIVE_ACCEPTED);
        if self.runtime.table.get(to).is_some_and(offer::is_full) {
            self.count(layout::NATIVE_DROPPED_FULL);
            return false;
        }
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
        if state.overflow() == Overflow::DropOldest {
            return self.deliver_newest(to, process, parcel);
        }
        self.see_to(to, process, process.mailbox.push(parcel))
    }

    /// Somebody has pushed: schedules the owner if that falls to us.
    fn see_to(&mut self, to: Pid, process: &Process, pushed: Push<Letter>) -> Result<(), Parcel<Letter>> {
        match pushed {
            Push::Closed(parcel) => return Err(parcel),
            // Whoever is scheduled looks by itself; if that is us, it takes a turn of ours.
            Push::Queued if process.state.load().seat() == self.seat => {
                self.hurry(process.state.load().priority());
                self.pace.want_turn();
            }
            Push::Queued => {}
            Push::Notify => self.notify(to, process),
        }
        Ok(())
    }

    fn notify(&mut self, to: Pid, process: &Process) {
        let owner = process.state.load().seat();
        if owner == self.seat {
            self.notified.push(to.index());
            self.hurry(process.state.load().priority());
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

    /// Begins a submission: notes what JavaScript has begun meanwhile.
    pub fn before_submission(&mut self) {
        self.note_page();
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
