//! Mailboxes that drop their oldest: sent to from any thread, they hold what their owner has not come to see in bounded memory,
//! and it is the newest that survive. Owns the way of such a letter: into the mailbox while there is a place, else behind a mark
//! in it, from where its owner takes it as places come back. Signals go the same way, for nothing may be overtaken.

use std::rc::Rc;

use rumpus_sync::{Parcel, Push};

use super::Scheduler;
use crate::completion::Completion;
use crate::envelope::{Envelope, Letter};
use crate::layout;
use crate::pid::Pid;
use crate::process::late::{Late, is_message};
use crate::process::state::{Overflow, Phase, Priority};
use crate::process::{Process, Seldom};

impl Scheduler {
    /// Delivers to a mailbox that drops its oldest. What is dropped is counted.
    pub(super) fn deliver_newest(
        &mut self,
        to: Pid,
        process: &Process,
        parcel: Parcel<Letter>,
    ) -> Result<(), Parcel<Letter>> {
        let mut seldom = process.seldom();
        // Pushed under the lock: nothing that is sent now may come behind a mark that another sets.
        let mut pushed = Push::Queued;
        if seldom.late.is_none() {
            if !is_message(&parcel) || process.places.take() {
                pushed = process.mailbox.push(parcel);
                drop(seldom);
                return self.see_to(to, process, pushed);
            }
            pushed = process.mailbox.push(self.arena.parcel(Letter { to, envelope: Envelope::Late }, &[]));
            if let Push::Closed(_) = pushed {
                return Err(parcel);
            }
        }
        let capacity = seldom.capacity;
        let dropped = seldom.late.get_or_insert_default().push(parcel, capacity);
        if let Some(dropped) = &dropped {
            self.drop_oldest(process, &mut seldom, dropped);
        }
        drop(seldom);
        if let Some(Envelope::Transfer { cargo, .. }) = dropped.as_ref().map(|parcel| &parcel.header().envelope) {
            self.lose(*cargo);
        }
        self.see_to(to, process, pushed)
    }

    /// A slot is its owner's to free, and only one of them can be told at a time: JavaScript, of a send that has come from here.
    fn drop_oldest(&mut self, process: &Process, seldom: &mut Seldom, dropped: &Parcel<Letter>) {
        self.count(layout::NATIVE_DROPPED_FULL);
        // What has not begun has values in slots only where cargo for it waits.
        let is_ours = match &seldom.unstarted {
            Some(what) => what.anchor.is_some_and(|anchor| self.is_anchor(anchor)),
            None => process.state.load().seat() == self.seat,
        };
        let Some(late) = seldom.late.as_mut() else { return };
        if let Envelope::Slot { slot } = dropped.header().envelope {
            late.freed.push(slot);
        }
        if self.unused_slot.is_none() && is_ours {
            self.unused_slot = late.freed.pop();
        }
    }

    /// Its owner has come to the mark, or places have come back: opens as much as there is a place for.
    pub(super) fn open_late(&mut self, pid: Pid, process: &Process) {
        let runtime = Rc::clone(&self.runtime);
        while let Some(parcel) = self.next_late(process) {
            self.open(pid, process, parcel);
            // A signal may have ended it: then all the rest was refused.
            if runtime.phase(pid).is_none_or(|phase| phase == Phase::Dead) {
                return;
            }
        }
    }

    fn next_late(&mut self, process: &Process) -> Option<Parcel<Letter>> {
        let mut seldom = process.seldom();
        let late = seldom.late.as_mut()?;
        late.reached = true;
        for slot in late.freed.drain(..) {
            self.outbox.push(Priority::Normal, Completion::Freed { slot });
        }
        let state = process.state.load();
        let needs_place = state.overflow() == Overflow::DropOldest && state.phase() == Phase::Running;
        if needs_place && is_message(late.first()?) && !process.places.take() {
            return None;
        }
        let next = late.pop();
        if late.is_empty() {
            seldom.late = None;
        }
        next
    }

    /// Places have come back.
    pub(super) fn go_on_with_late(&mut self, pid: Pid, process: &Process) {
        if process.state.load().overflow() == Overflow::DropOldest
            && process.seldom().late.as_deref().is_some_and(|late| late.reached)
        {
            self.open_late(pid, process);
        }
    }

    /// All that has come late to a process that has ended.
    pub(super) fn take_late(&mut self, process: &Process) -> Vec<Parcel<Letter>> {
        let mut late: Late = match process.seldom().late.take() {
            Some(late) => *late,
            None => return Vec::new(),
        };
        for slot in std::mem::take(&mut late.freed) {
            self.free_slot(Priority::Normal, slot);
        }
        std::iter::from_fn(|| late.pop()).collect()
    }
}
