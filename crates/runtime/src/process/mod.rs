//! What a process is, natively: a slot of the table with a state word, a mailbox, a link for its scheduler's inlet and what
//! is seldom touched: what it takes to start it.
//!
//! Who may touch what:
//! - the state word: see `state.rs`; transitions are made by the scheduler that the word names, or, before the process is
//!   known to anybody, by its spawner; that it may have a name is noted by anyone who registers it;
//! - the mailbox: anyone pushes; only the owner (the scheduler named by the word, or whoever claimed the unstarted
//!   process from a queue) takes, parks and closes;
//! - the inlet link: whoever got `Notify` from the mailbox;
//! - `unstarted`: the spawner, then whoever has claimed it; under the lock, anyone who anchors it;
//! - `late`: any sender, in place of the mailbox and behind a mark in it; the owner; all under the lock;
//! - `places`: any sender, before it pushes; the owner.
//!
//! A slot is freed only when it is in nobody's inlet. A process that dies while it is (its mailbox was not idle) stays
//! `Dead` until its scheduler comes across it there. What never happens: two owners, a started process changing its
//! scheduler, mail for a former tenant reaching the present one (letters name their pid).

pub mod late;
pub mod relations;
pub mod state;

use std::sync::{Mutex, MutexGuard, PoisonError};

use rumpus_sync::shim::AtomicU32;
use rumpus_sync::{Links, Mailbox, Parcel, Places, Slab, Ticket};

use crate::envelope::Letter;
use crate::pid::{GENERATION_MAX, Pid};
use late::Late;
use state::State;

/// What it takes to start a definition process.
#[derive(Debug)]
pub struct Unstarted {
    /// Which definition.
    pub definition: u32,
    /// Messages that may wait; 0: as many as come.
    pub capacity: u32,
    /// Leading bytes of `arguments` that describe the values.
    pub skeleton: u32,
    /// Encoded arguments.
    pub arguments: Parcel<Letter>,
    /// Mail that a scheduler took to look for exit signals before starting, oldest first.
    pub early: Vec<Parcel<Letter>>,
    /// The scheduler it must run on.
    pub pinned: Option<usize>,
    /// The scheduler that has it out of every queue, to start it.
    pub claimed: Option<usize>,
    /// Who alone may start it, because cargo for it waits there.
    pub anchor: Option<Anchor>,
}

/// Who is meant by cargo: who sits at a seat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchor {
    /// Which seat.
    pub seat: usize,
    /// Its number among those who ever sat there.
    pub sitter: u32,
}

/// One slot of the table.
#[derive(Debug, Default)]
pub struct Process {
    /// See `state.rs`.
    pub state: State,
    /// Messages and signals from other threads.
    pub mailbox: Mailbox<Letter>,
    /// How much more the mailbox takes, if it is bounded.
    pub places: Places,
    link: AtomicU32,
    seldom: Mutex<Seldom>,
}

/// What of a process is touched at its beginning and its end.
#[derive(Debug, Default)]
pub struct Seldom {
    /// What it takes to start the process; nothing once it has started.
    pub unstarted: Option<Box<Unstarted>>,
    /// What came when there was no place, if the oldest is dropped for it.
    pub late: Option<Box<Late>>,
    /// Messages that may wait, if the oldest is dropped for more.
    pub capacity: u32,
}

impl Process {
    /// What is seldom touched.
    pub fn seldom(&self) -> MutexGuard<'_, Seldom> {
        self.seldom.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// All processes of a runtime.
#[derive(Debug)]
pub struct Table {
    slab: Slab<Process>,
    runtime: u32,
}

impl Table {
    /// An empty table for runtime number `runtime`.
    pub fn new(runtime: u32) -> Self {
        Self { slab: Slab::new(GENERATION_MAX), runtime }
    }

    /// Rents a slot.
    pub fn acquire(&self) -> Option<Pid> {
        self.slab.acquire().map(|ticket| Pid::new(self.runtime, ticket))
    }

    /// Rents slots until `out` has `most`, or there are no more.
    pub fn acquire_many(&self, most: usize, out: &mut Vec<Ticket>) {
        self.slab.acquire_many(most, out);
    }

    /// Gives slots back that were dead.
    pub fn release_many(&self, pids: impl Iterator<Item = Pid>) {
        self.slab.release_many(pids.map(Pid::ticket));
    }

    /// Gives a slot back; see the module text for when.
    pub fn release(&self, pid: Pid) {
        self.slab.release(pid.ticket());
    }

    /// The process, unless the pid is out of date.
    pub fn get(&self, pid: Pid) -> Option<&Process> {
        if pid.runtime() != self.runtime {
            return None;
        }
        self.slab.get(pid.ticket())
    }

    /// The present tenant of a slot.
    pub fn at(&self, index: u32) -> Option<(Pid, &Process)> {
        self.slab.at(index).map(|(ticket, process)| (self.pid(ticket), process))
    }

    /// Slots made so far.
    pub fn made(&self) -> u32 {
        self.slab.made()
    }

    /// The pid of a tenant.
    pub fn pid(&self, ticket: Ticket) -> Pid {
        Pid::new(self.runtime, ticket)
    }
}

impl Links for Table {
    fn link(&self, index: u32) -> &AtomicU32 {
        match self.slab.value(index) {
            Some(process) => &process.link,
            None => unreachable!("slot {index} is in an inlet, so it was made"),
        }
    }
}
