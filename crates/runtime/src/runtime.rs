//! What all schedulers of one runtime share: the table, the seats, who sleeps, which definitions there are. Reached through
//! an `Arc`; there is no process-wide state here. Owns no thread; locks only what is off the message path.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rumpus_sync::shim::{AtomicU32, AtomicU64, Ordering};
use rumpus_sync::store::Limits;
use rumpus_sync::{Claim, Slab, Ticket};
use rustc_hash::FxHashMap;

use crate::names::{Names, Unnamed};
use crate::pid::{GENERATION_MAX, Pid};
use crate::process::Table;
use crate::process::state::Phase;
use crate::sched::idle::Idle;
use crate::sched::seats::Seats;
use crate::stores::{StoreId, Stores, Unmade};

/// Seats at most: the host and 63 schedulers, for sleepers are bits of one word.
pub const SEATS_MAX: usize = 64;

/// Shards of a store: so many that two threads seldom want the same one, and small stores stay small.
const SHARDS_A_SEAT: usize = 4;
const SHARDS_MIN: usize = 8;
const SHARDS_MAX: usize = 128;

/// What a runtime is made with.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Its number, part of every pid.
    pub number: u32,
    /// Worker threads beside the host, 1 to 63; 0 if the host works.
    pub schedulers: usize,
    /// Threads for one process each, as many at a time, 0 to what is left of 63.
    pub dedicated: usize,
    /// Cores that all threads share: with more schedulers awake than that, spinning takes a core from one that works.
    pub cores: usize,
    /// Whether the host takes placed and stolen processes too.
    pub host_works: bool,
    /// Whether definitions are placed; otherwise they queue at their spawner.
    pub placement: bool,
    /// Whether every local message takes the native lane.
    pub native_lane: bool,
}

/// A message for later, as far as any thread must know it: whoever cancels it and whoever delivers it claim it, and one of
/// them has it.
#[derive(Debug, Default)]
pub struct Timer {
    /// Whose it is, the canceller's or the deliverer's.
    pub claim: Claim,
    deadline_us: AtomicU64,
    to: AtomicU64,
    key: AtomicU64,
}

impl Timer {
    /// Says when it is due, for whom, and under which key it lies in the wheel of the receiver's scheduler; 0: not there yet.
    pub fn note(&self, deadline_us: u64, to: Pid, key: u64) {
        // Relaxed on all: whoever is told of the timer is told by something that orders; a canceller that meets a periodic
        // one at its moment reads the former or the next, and the key is its owner's alone.
        self.deadline_us.store(deadline_us, Ordering::Relaxed);
        self.to.store(to.bits(), Ordering::Relaxed);
        self.key.store(key, Ordering::Relaxed);
    }

    /// When it is due.
    pub fn deadline_us(&self) -> u64 {
        // Relaxed: as in `note`.
        self.deadline_us.load(Ordering::Relaxed)
    }

    /// For whom.
    pub fn to(&self) -> Pid {
        // Relaxed: as in `note`.
        Pid::from_bits(self.to.load(Ordering::Relaxed))
    }

    /// Its key.
    pub fn key(&self) -> u64 {
        // Relaxed: as in `note`.
        self.key.load(Ordering::Relaxed)
    }
}

/// Texts that every isolate knows by number.
#[derive(Debug, Default)]
struct Numbered {
    ids: FxHashMap<String, u32>,
    texts: Vec<String>,
}

impl Numbered {
    fn number(&mut self, text: &str) -> u32 {
        if let Some(&id) = self.ids.get(text) {
            return id;
        }
        let id = self.texts.len() as u32;
        self.texts.push(text.to_owned());
        self.ids.insert(text.to_owned(), id);
        id
    }
}

/// Numbered texts at most; strings and record shapes beyond that travel as themselves.
pub const TEXTS_MAX: usize = 4096;

/// See the module text.
#[derive(Debug)]
pub struct Runtime {
    /// What it was made with.
    pub options: Options,
    /// All processes.
    pub table: Table,
    /// The seats; number 0 is the host's.
    pub seats: Seats,
    /// Who sleeps.
    pub idle: Idle,
    /// Which process has which name.
    pub names: Names,
    /// Which stores there are, and whose.
    pub stores: Stores,
    /// Messages for later.
    pub timers: Slab<Timer>,
    definitions: Mutex<Numbered>,
    texts: Mutex<Numbered>,
    defined: AtomicU32,
    stopping: AtomicU32,
}

impl Runtime {
    /// A runtime whose seats are empty.
    pub fn new(options: Options) -> Self {
        // Somebody must take what is placed: the host alone, where it works.
        let least = usize::from(!options.host_works);
        let regular = options.schedulers.clamp(least, SEATS_MAX - 1) + 1;
        Self {
            options,
            table: Table::new(options.number),
            seats: Seats::new(regular, options.dedicated.min(SEATS_MAX - regular)),
            idle: Idle::default(),
            names: Names::default(),
            stores: Stores::default(),
            timers: Slab::new(GENERATION_MAX),
            definitions: Mutex::default(),
            texts: Mutex::default(),
            defined: AtomicU32::new(0),
            stopping: AtomicU32::new(0),
        }
    }

    /// Whether more schedulers are awake than there are cores, at a glance.
    pub fn is_crowded(&self) -> bool {
        let seats = self.seats.used();
        seats.len() > self.options.cores
            && seats.iter().filter(|seat| seat.is_taken() && !seat.bell.is_asleep()).count() > self.options.cores
    }

    /// Whether others call `pid` alive.
    pub fn is_alive(&self, pid: Pid) -> bool {
        self.table.get(pid).is_some_and(|process| process.state.load().is_alive())
    }

    /// Where the process of a slot stands, for tests and the inspector.
    pub fn phase(&self, pid: Pid) -> Option<Phase> {
        self.table.get(pid).map(|process| process.state.load().phase())
    }

    /// Gives `pid` the name `name`, on all schedulers at once.
    pub fn register(&self, name: &str, pid: Pid) -> Result<(), Unnamed> {
        self.names.register(name, pid, &self.table, &self.seats)
    }

    /// Takes a name back, whoever has it; false if nobody has.
    pub fn unregister(&self, name: &str) -> bool {
        self.names.unregister(name, &self.seats)
    }

    /// Who has a name and lives.
    pub fn whereis(&self, name: &str) -> Option<Pid> {
        self.names.holder(name).filter(|&pid| self.is_alive(pid))
    }

    /// Makes a store of `owner`, or of this runtime. It has shards for all threads there may be; `seed` spreads its keys.
    pub fn make_store(
        &self,
        name: Option<&str>,
        owner: Option<Pid>,
        limits: Limits,
        seed: u64,
    ) -> Result<StoreId, Unmade> {
        let shards = (SHARDS_A_SEAT * self.seats.regular().len()).clamp(SHARDS_MIN, SHARDS_MAX);
        self.stores.make((self.options.number, &self.table), (name, owner), (shards, limits, seed))
    }

    /// The name of a timer outside this crate: packed as a pid is. JavaScript gives out its negative.
    pub fn timer_bits(&self, timer: Ticket) -> u64 {
        Pid::new(self.options.number, timer).bits()
    }

    /// The number of the definition `key`, new or known. When it is new every scheduler is woken to load it; a dedicated thread
    /// loads only what it was started for.
    pub fn define(&self, key: &str) -> u32 {
        let mut definitions = lock(&self.definitions);
        let id = definitions.number(key);
        if id < self.defined() {
            return id;
        }
        // Release, pairs with the Acquire of `defined`: who sees the count finds the key.
        self.defined.store(id + 1, Ordering::Release);
        drop(definitions);
        for seat in self.seats.regular() {
            let _ = seat.ring();
        }
        id
    }

    /// The key of a definition.
    pub fn definition(&self, id: u32) -> Option<String> {
        lock(&self.definitions).texts.get(id as usize).cloned()
    }

    /// The number of a text; nothing if it is new and there are too many, or only known ones are asked for.
    pub fn number_of(&self, text: &str, known_only: bool) -> Option<u32> {
        let mut texts = lock(&self.texts);
        match texts.ids.get(text) {
            Some(&id) => Some(id),
            None if known_only || texts.texts.len() >= TEXTS_MAX => None,
            None => Some(texts.number(text)),
        }
    }

    /// The text with this number.
    pub fn text(&self, id: u32) -> Option<String> {
        lock(&self.texts).texts.get(id as usize).cloned()
    }

    /// How many definitions there are.
    pub fn defined(&self) -> u32 {
        // Acquire, pairs with the Release in `define`.
        self.defined.load(Ordering::Acquire)
    }

    /// Tells every scheduler to stop at its next turn.
    pub fn stop(&self) {
        // Release, pairs with the Acquire in `is_stopping`; a scheduler that misses it is woken below and looks again.
        self.stopping.store(1, Ordering::Release);
        for seat in self.seats.iter() {
            seat.bell.get_up();
            seat.wake();
        }
    }

    /// Whether the runtime is being stopped.
    pub fn is_stopping(&self) -> bool {
        // Acquire, pairs with the Release in `stop`.
        self.stopping.load(Ordering::Acquire) == 1
    }

    /// Wakes one of the sleepers, given as bits; whether one slept.
    pub fn ring_one_of(&self, mut sleepers: u64) -> bool {
        while sleepers != 0 {
            if self.seats[sleepers.trailing_zeros() as usize].ring() {
                return true;
            }
            sleepers &= sleepers - 1;
        }
        false
    }

    /// Wakes one that could steal if somewhere work lies at the door of a thread that does not come. For whoever looks on from
    /// outside: of all others each may be asleep.
    pub fn rouse_thief(&self, now_us: u64) {
        if self.seats.regular().iter().any(|seat| seat.leaves_work(now_us)) {
            self.ring_one_of(self.idle.sleepers_to_wake());
        }
    }

    /// Seats that take placed and stolen processes.
    pub fn workers(&self) -> std::ops::Range<usize> {
        usize::from(!self.options.host_works)..self.seats.regular().len()
    }

    /// A sum over all seats of one counter.
    pub fn total(&self, count: usize) -> f64 {
        self.seats.iter().map(|seat| seat.page.count(count)).sum()
    }
}

fn lock(numbered: &Mutex<Numbered>) -> MutexGuard<'_, Numbered> {
    numbered.lock().unwrap_or_else(PoisonError::into_inner)
}
