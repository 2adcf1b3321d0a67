//! Names of processes: unique in a runtime, the same on every scheduler at once, free again when their holder has ended.
//! Owns which pid has which name. Off the message path: senders keep what they have looked up for as long as no name
//! changes hands, which each seat's page tells them. A name is never held by a process that has ended: who registers and who
//! ends it both change its state word, and whoever comes second sees the other.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rustc_hash::FxHashMap;

use crate::layout;
use crate::pid::Pid;
use crate::process::Table;
use crate::sched::seats::Seats;

/// Why a name was not given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unnamed {
    /// Somebody has it.
    Taken(Pid),
    /// The process has another one.
    Named(String),
    /// The process has ended, or must.
    NoProc,
}

#[derive(Debug, Default)]
struct Held {
    pids: FxHashMap<String, Pid>,
    names: FxHashMap<Pid, String>,
}

/// See the module text.
#[derive(Debug, Default)]
pub struct Names(Mutex<Held>);

impl Names {
    /// Gives `pid` the name `name`. Of several reasons against it, that the process has ended comes first, for that stays.
    pub fn register(&self, name: &str, pid: Pid, table: &Table, seats: &Seats) -> Result<(), Unnamed> {
        let mut held = self.lock();
        let process = table.get(pid).ok_or(Unnamed::NoProc)?;
        // Noted before all else, and asked for again: the slot may have had other tenants since. Then, or if the name is not
        // given after all, whoever ends the process looks here in vain.
        if !process.state.note_named() || table.get(pid).is_none() {
            return Err(Unnamed::NoProc);
        }
        if let Some(&holder) = held.pids.get(name) {
            return Err(Unnamed::Taken(holder));
        }
        if let Some(other) = held.names.get(&pid) {
            return Err(Unnamed::Named(other.clone()));
        }
        held.pids.insert(name.to_owned(), pid);
        held.names.insert(pid, name.to_owned());
        tell(seats);
        Ok(())
    }

    /// Takes a name back, whoever has it; false if nobody has.
    pub fn unregister(&self, name: &str, seats: &Seats) -> bool {
        let mut held = self.lock();
        let Some(pid) = held.pids.remove(name) else { return false };
        held.names.remove(&pid);
        tell(seats);
        true
    }

    /// Takes away the name of a process that has ended, if it has one.
    pub fn forget(&self, pid: Pid, seats: &Seats) {
        let mut held = self.lock();
        if let Some(name) = held.names.remove(&pid) {
            held.pids.remove(&name);
            tell(seats);
        }
    }

    /// A process that got its name before it was spawned can be found from now on: whoever has looked in vain looks again.
    pub fn appear(&self, pid: Pid, seats: &Seats) {
        let held = self.lock();
        if held.names.contains_key(&pid) {
            tell(seats);
        }
    }

    /// Who has a name, exiting or not.
    pub fn holder(&self, name: &str) -> Option<Pid> {
        self.lock().pids.get(name).copied()
    }

    /// The name that a process has.
    pub fn name_of(&self, pid: Pid) -> Option<String> {
        self.lock().names.get(&pid).cloned()
    }

    /// Who has which name.
    pub fn all(&self) -> Vec<(Pid, String)> {
        self.lock().names.iter().map(|(&pid, name)| (pid, name.clone())).collect()
    }

    /// Names in use.
    pub fn len(&self) -> usize {
        self.lock().pids.len()
    }

    /// Whether nobody has a name.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Has every scheduler look its names up anew. Under the lock, so that no change is told as another's. Whoever hears of the
/// change by a message finds it: the message is behind it.
fn tell(seats: &Seats) {
    for seat in seats.used() {
        seat.page.set(layout::NAMES, seat.page.get(layout::NAMES).wrapping_add(1));
    }
}
