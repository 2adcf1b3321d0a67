//! Dedicated threads: a seat behind those of the schedulers, reserved for one process, whose body may keep the thread. Owns the
//! beginning and the end of such a tenancy. The seat is given back as the last that lives there dies, before anybody hears
//! of that, so that whoever does can have it; the thread then only goes, and claims nothing any more.

use std::rc::Rc;

use super::Scheduler;
use super::birth::{Birth, SpawnError};
use super::search::fatal;
use crate::envelope::Reason;
use crate::pid::Pid;

impl Scheduler {
    /// Whether this thread is for one process, and what that starts here.
    pub(super) fn is_dedicated(&self) -> bool {
        self.runtime.seats.is_dedicated(self.seat)
    }

    /// Whether nothing lives on this dedicated thread any more, and the seat may be another's.
    pub fn is_going(&self) -> bool {
        !self.tenant && self.is_dedicated()
    }

    /// Reserves a seat, with the number of the tenancy, for a process that has a slot already; without one the slot is given up.
    pub(super) fn reserve_for(&mut self, pid: Pid, birth: Birth) -> Result<(usize, u32), SpawnError> {
        if let Some(reserved) = self.runtime.seats.reserve() {
            return Ok(reserved);
        }
        // What was rented is given back by whoever rented it, with its name.
        match birth.rented {
            Some(rented) => self.rented.push(rented),
            None => self.runtime.table.release(pid),
        }
        Err(SpawnError::NoThread)
    }

    /// The dedicated seat at which a process lives or is to, unless it is dead.
    pub(super) fn dedicated_seat_of(&self, pid: Pid) -> Option<usize> {
        let state = self.runtime.table.get(pid)?.state.load();
        let there = state.is_alive() || state.has_body();
        (there && self.runtime.seats.is_dedicated(state.seat())).then(|| state.seat())
    }

    /// A process of this scheduler is about to be dead: if it is the last of a tenancy, that is over.
    pub(super) fn note_last(&mut self, pid: Pid) {
        if self.servant == Some(pid) {
            self.servant = None;
        }
        self.end_tenancy_without(1);
    }

    /// Gives the seat back if nobody lives here, or is to, but so many.
    pub(super) fn end_tenancy_without(&mut self, dying: usize) {
        if !self.tenant {
            return;
        }
        let others = (self.seat().alive() as usize).saturating_sub(dying + usize::from(self.servant.is_some()));
        let unstarted = self.claimed.len() + self.waiting.len() + self.seat().pinned.len();
        if others + unstarted == 0 {
            self.tenant = false;
            // Before it is anybody's again: cargo for the next is not for us.
            self.seat().retire(self.sitter);
            self.seat().tenancy.give_back();
            self.pace.want_turn();
        }
    }

    /// The thread ends. What has not begun there will on the next thread, unless it must end or cargo for it was lost with this
    /// one; if nothing is left of that the seat is anybody's from now on. Answers what is left, out of every queue.
    pub(super) fn leave_tenancy(&mut self) -> Vec<u32> {
        let mut unstarted = Vec::new();
        if !std::mem::take(&mut self.tenant) {
            return unstarted;
        }
        let runtime = Rc::clone(&self.runtime);
        self.give_up_unstarted(&mut unstarted);
        runtime.seats[self.seat].pinned.take_all(&mut unstarted);
        unstarted.retain(|&index| {
            let Some((pid, process)) = runtime.table.at(index) else { return false };
            let mut seldom = process.seldom();
            let Some(what) = seldom.unstarted.as_mut() else { return false };
            what.early.extend(process.mailbox.take());
            let lost = what.anchor.filter(|&anchor| self.is_anchor(anchor));
            let reason = fatal(pid, &what.early).or_else(|| lost.map(|_| Reason::scheduler_down(self.seat)));
            let Some(reason) = reason else { return true };
            let early = std::mem::take(&mut what.early);
            seldom.unstarted = None;
            drop(seldom);
            self.end_unstarted(pid, process, early, &reason);
            false
        });
        if unstarted.is_empty() {
            runtime.seats[self.seat].tenancy.give_back();
        }
        unstarted
    }
}
