//! A census: which processes there are, as far as any thread can tell without asking theirs. Touches nothing that is on the
//! path of a message but a glance at state words.

use crate::pid::Pid;
use crate::process::state::{Phase, Snapshot};
use crate::runtime::Runtime;

/// A process, as seen from afar.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// Who.
    pub pid: Pid,
    /// Its phase, scheduler, priority.
    pub state: Snapshot,
    /// Of which definition it is, while it has not started.
    pub definition: Option<u32>,
}

impl Runtime {
    /// The process `of`, or every one that is neither free nor dead. A moment later it may be otherwise.
    pub fn census(&self, of: Option<Pid>) -> Vec<Seen> {
        match of {
            Some(pid) => self.glance(pid.index()).filter(|seen| seen.pid == pid).into_iter().collect(),
            None => (0..self.table.made()).filter_map(|index| self.glance(index)).collect(),
        }
    }

    fn glance(&self, index: u32) -> Option<Seen> {
        let (pid, process) = self.table.at(index)?;
        let state = process.state.load();
        if state.is_stocked() {
            return None;
        }
        let definition = match state.phase() {
            Phase::Free | Phase::Dead => return None,
            Phase::Unstarted => process.seldom().unstarted.as_deref().map(|what| what.definition),
            Phase::Running | Phase::Exiting => None,
        };
        // The slot may have changed hands meanwhile: then this was said of nobody.
        self.table.get(pid).map(|_| Seen { pid, state, definition })
    }
}
