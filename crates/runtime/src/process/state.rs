//! The state word of a process: its phase, its scheduler, its flags. One word, so that a glance from any thread is whole.
//!
//! Bits, low to high: 3 phase; 1 `TRAPS` (exit signals become messages; set and cleared by the owner); 1 `OPEN` (nothing
//! from its own scheduler is under way to it, so local signals may act at once; set once by the owner, as JavaScript hears
//! of it); 1 `BEHIND` (something of its own scheduler has come since it began; before it is open only); 2 priority and 2 overflow (set
//! by the spawner, for life); 6 seat; then `NAMED` (the registry of names, or that of stores, may know it; set by whoever enters it there) and, the
//! highest, `STOCKED`.
//!
//! Arrows, with who makes them: `Free → Unstarted` and `Free → Running` the spawner; `Unstarted → Running` the scheduler
//! that starts it; `Running → Exiting` the owner; any but `Free` `→ Dead` the owner. A slot stays `Dead` until its next tenant,
//! whose spawner makes the word anew before anybody can know the pid: by a plain store, as nobody else writes it for this
//! tenant. From then on all changes are exchanges, for anybody may set `NAMED`: whoever registers a process finds it dead, or
//! whoever ends it finds that it may have a name. Somebody with an older pid of this slot may set it too: that says nothing.

use rumpus_sync::shim::{AtomicU32, Ordering};

/// Where a process stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Phase {
    /// Nobody lives here.
    Free = 0,
    /// Spawned; any scheduler that may run it can still take it.
    Unstarted = 1,
    /// Its body runs, or waits.
    Running = 2,
    /// Its body is being unwound.
    Exiting = 3,
    /// Over; the slot waits to be freed.
    Dead = 4,
}

const PHASE: u32 = 0b111;
const TRAPS: u32 = 1 << 3;
const OPEN: u32 = 1 << 4;
const BEHIND: u32 = 1 << 5;
const PRIORITY_SHIFT: u32 = 6;
const OVERFLOW_SHIFT: u32 = 8;
const SEAT_SHIFT: u32 = 10;
const SEAT_BITS: u32 = 6;
/// The registry of names may know it, or that of stores.
const NAMED: u32 = 1 << 30;
/// Made for the stock of its scheduler, and not spawned yet, as far as that has been noted.
const STOCKED: u32 = 1 << 31;
/// What mail it gets and how.
const MAIL: u32 = 0b11 << PRIORITY_SHIFT | 0b11 << OVERFLOW_SHIFT;
/// What stays while the phase and the scheduler change.
const FOR_LIFE: u32 = MAIL | NAMED;

/// Whose turn comes first on a scheduler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u32)]
pub enum Priority {
    /// Before all others.
    High = 1,
    /// Like most.
    #[default]
    Normal = 0,
    /// When nobody else has anything to do, and now and then.
    Low = 2,
}

/// What becomes of a message for which a mailbox has no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[repr(u32)]
pub enum Overflow {
    /// There is always one.
    #[default]
    Unbounded = 0,
    /// It is dropped.
    DropNewest = 1,
    /// The oldest that waits is dropped for it.
    DropOldest = 2,
    /// It is dropped, unless its sender offers it and waits for a place.
    Offer = 3,
}

/// A copy of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Snapshot(u32);

impl Snapshot {
    /// Where it stands.
    pub fn phase(self) -> Phase {
        match self.0 & PHASE {
            1 => Phase::Unstarted,
            2 => Phase::Running,
            3 => Phase::Exiting,
            4 => Phase::Dead,
            _ => Phase::Free,
        }
    }

    /// Its scheduler; for an unstarted process the one at whose door it was put.
    pub fn seat(self) -> usize {
        (self.0 >> SEAT_SHIFT & ((1 << SEAT_BITS) - 1)) as usize
    }

    /// Whether exit signals become messages.
    pub fn traps(self) -> bool {
        self.0 & TRAPS != 0
    }

    /// Whether local signals may act at once.
    pub fn is_open(self) -> bool {
        self.0 & OPEN != 0
    }

    /// Whether something of its own scheduler is on its way behind the word that it is open.
    pub fn is_behind(self) -> bool {
        self.0 & BEHIND != 0
    }

    /// Its priority.
    pub fn priority(self) -> Priority {
        match self.0 >> PRIORITY_SHIFT & 0b11 {
            1 => Priority::High,
            2 => Priority::Low,
            _ => Priority::Normal,
        }
    }

    /// Whether its mailbox has a capacity.
    pub fn is_bounded(self) -> bool {
        self.overflow() != Overflow::Unbounded
    }

    /// What becomes of what has no place in its mailbox.
    pub fn overflow(self) -> Overflow {
        match self.0 >> OVERFLOW_SHIFT & 0b11 {
            1 => Overflow::DropNewest,
            2 => Overflow::DropOldest,
            3 => Overflow::Offer,
            _ => Overflow::Unbounded,
        }
    }

    /// Whether all its mail passes its mailbox, for its priority or its capacity: it is never open.
    pub fn is_watched_over(self) -> bool {
        self.0 & MAIL != 0
    }

    /// Whether it lies in the stock of its scheduler: nobody has its pid.
    pub fn is_stocked(self) -> bool {
        self.0 & STOCKED != 0
    }

    /// Whether others call it alive.
    pub fn is_alive(self) -> bool {
        matches!(self.phase(), Phase::Unstarted | Phase::Running)
    }

    /// Whether its body has started and not settled.
    pub fn has_body(self) -> bool {
        matches!(self.phase(), Phase::Running | Phase::Exiting)
    }
}

/// The word itself.
#[derive(Debug, Default)]
pub struct State(AtomicU32);

impl State {
    /// Looks.
    pub fn load(&self) -> Snapshot {
        // Acquire, pairs with the Release of `make` and `change`: who sees a phase sees what led to it; who sees the older one is told
        // the truth of a moment ago, and the mailbox word decides what becomes of its letter.
        Snapshot(self.0.load(Ordering::Acquire))
    }

    /// Makes the word anew. Only for the thread that alone knows the pid.
    fn make(&self, word: u32) {
        // Release, pairs with the Acquire of `load`: whoever learns the pid, and looks, sees what was made before.
        self.0.store(word, Ordering::Release);
    }

    /// Changes the word, unless `change` answers nothing; answers the word as it was before.
    fn change(&self, change: impl Fn(u32) -> Option<u32>) -> Result<Snapshot, Snapshot> {
        // AcqRel: Release pairs with the Acquire of `load`, as in `make`. Acquire, here and on failure, pairs with the
        // Release of the change before: a registrar that finds the process dead, an owner that finds it named.
        self.0.fetch_update(Ordering::AcqRel, Ordering::Acquire, change).map(Snapshot).map_err(Snapshot)
    }

    fn always(&self, change: impl Fn(u32) -> u32) -> Snapshot {
        self.change(|word| Some(change(word))).unwrap_or_else(|word| word)
    }

    /// `Dead|Free → Free`: rented for a spawn to come, so that it can get a name before.
    pub fn rent(&self) {
        self.make(Phase::Free as u32);
    }

    /// `Dead|Free → Running` on `seat`, for its stock: a process of the common kind, whose local signals act at once if `open`.
    pub fn stock(&self, seat: usize, open: bool) {
        self.make(Phase::Running as u32 | (seat as u32) << SEAT_SHIFT | if open { OPEN } else { 0 } | STOCKED);
    }

    /// Says, before anybody finds the process, what it will be for life; what was `rented` keeps its name.
    pub fn be(&self, priority: Priority, overflow: Overflow, rented: bool) {
        let word = (priority as u32) << PRIORITY_SHIFT | (overflow as u32) << OVERFLOW_SHIFT;
        if rented {
            self.always(|before| before & NAMED | word);
        } else {
            self.make(word);
        }
    }

    /// `Free → Unstarted`, at the door of `seat`, or at that of another.
    pub fn await_start(&self, seat: usize) {
        self.always(|word| Phase::Unstarted as u32 | word & FOR_LIFE | (seat as u32) << SEAT_SHIFT);
    }

    /// `Free|Unstarted → Running` on `seat`.
    pub fn run(&self, seat: usize) {
        self.always(|word| Phase::Running as u32 | word & FOR_LIFE | (seat as u32) << SEAT_SHIFT);
    }

    /// `Running → Exiting`; false if it was not running.
    pub fn exit(&self) -> bool {
        let exiting =
            |word| (Snapshot(word).phase() == Phase::Running).then_some((word & !PHASE) | Phase::Exiting as u32);
        self.change(exiting).is_ok()
    }

    /// `any → Dead`; whether it may have a name, or stores.
    pub fn die(&self) -> bool {
        self.always(|word| (word & !PHASE) | Phase::Dead as u32).0 & NAMED != 0
    }

    /// It may have a name, or stores, from now on; false if it must end, or has ended.
    pub fn note_named(&self) -> bool {
        let named = |word| {
            let going = matches!(Snapshot(word).phase(), Phase::Exiting | Phase::Dead);
            (!going).then_some(word | NAMED)
        };
        self.change(named).is_ok()
    }

    /// Spawned out of the stock: nobody had its pid, so nobody else has written.
    pub fn leave_stock(&self) {
        self.make(self.load().0 & !STOCKED);
    }

    /// From now on local signals act at once.
    pub fn open(&self) {
        self.always(|word| word | OPEN);
    }

    /// Something of its own scheduler is on its way to it, or has been handed over.
    pub fn set_behind(&self, behind: bool) {
        self.always(|word| if behind { word | BEHIND } else { word & !BEHIND });
    }

    /// Exit signals become messages, or no longer.
    pub fn set_traps(&self, traps: bool) {
        self.always(|word| if traps { word | TRAPS } else { word & !TRAPS });
    }
}
