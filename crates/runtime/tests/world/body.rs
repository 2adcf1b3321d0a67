//! What an isolate knows of one of its processes, and how it hears: its ear for the bell, its tray for completions.

use std::collections::VecDeque;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Priority, Snapshot};
use rumpus_runtime::{Completion, Pid, Reason, Sink, Waker};
use rumpus_sync::shim::{AtomicU32, AtomicU64, Ordering};

use super::books::Item;

/// What a body waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parked {
    /// On the run ring, to begin.
    ToBegin,
    /// Running, or awaiting something that is not the runtime's.
    Away,
    /// For a message.
    Receiving,
    /// On the run ring, to be resumed with this.
    Queued(Item),
    /// It was told to end.
    Unwinding,
}

/// A process as its isolate knows it.
#[derive(Debug)]
pub struct Body {
    pub pid: Pid,
    pub priority: Priority,
    pub parked: Parked,
    /// Local messages come by reference.
    pub open: bool,
    pub inbox: VecDeque<Item>,
    /// What it has taken.
    pub taken: Vec<Item>,
    pub exiting: Option<Reason>,
    pub is_definition: bool,
    /// Where it runs.
    pub seat: usize,
}

impl Body {
    pub fn has_begun(&self) -> bool {
        !self.is_definition || self.parked != Parked::ToBegin
    }

    pub fn waiting(&self) -> usize {
        self.inbox.len() + usize::from(matches!(self.parked, Parked::Queued(_)))
    }
}

/// Counts the wake-ups of one sleep.
#[derive(Debug, Default)]
pub struct Ears {
    pub rung: AtomicU32,
    /// When that was last, if a test says so.
    pub woken_us: AtomicU64,
}

impl Waker for Ears {
    fn wake(&self) {
        // Relaxed: one thread.
        self.rung.fetch_add(1, Ordering::Relaxed);
    }

    fn woken_us(&self) -> u64 {
        // Relaxed: one thread.
        self.woken_us.load(Ordering::Relaxed)
    }

    fn idle_us(&self) -> Option<u64> {
        None
    }
}

/// Takes as many completions as there is room for.
pub struct Tray {
    pub room: usize,
    pub told: Vec<Told>,
}

pub enum Told {
    Start(Pid, Priority, u32, Vec<u8>),
    Else(Completion),
}

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        self.told.len() < self.room
    }

    fn put(&mut self, completion: Completion) {
        assert!(self.fits(0) && !matches!(completion, Completion::Start { .. }));
        self.told.push(Told::Else(completion));
    }

    fn start(&mut self, pid: Pid, state: Snapshot, what: &Unstarted) {
        assert!(self.fits(0) && what.skeleton == 24);
        self.told.push(Told::Start(pid, state.priority(), what.definition, what.arguments.bytes().to_vec()));
    }
}
