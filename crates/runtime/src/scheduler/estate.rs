//! What a process of this scheduler leaves when it ends, and what it gives away before: its stores. Owns how the new owner is told:
//! by a message like any, in order with all else that comes from the old one.

use std::rc::Rc;

use super::{Scheduler, offer};
use crate::completion::Completion;
use crate::envelope::{Envelope, Letter};
use crate::layout;
use crate::pid::Pid;
use crate::stores::{Heir, StoreId, Unmade};

impl Scheduler {
    /// Gives a store of `by`, a process of this scheduler, or of the runtime, to the process that the message is for.
    pub fn give_store(&mut self, id: StoreId, by: Option<Pid>, to: Heir) -> Result<(), Unmade> {
        self.runtime.stores.give(id, by, to.pid, &self.runtime.table)?;
        self.tell_heir(&to);
        Ok(())
    }

    /// `pid` is dead: its stores are its heirs', or gone. Before anybody hears of its end, so that whoever does finds it so.
    pub(super) fn leave_stores(&mut self, pid: Pid) {
        let runtime = Rc::clone(&self.runtime);
        for heir in runtime.stores.leave(pid, &runtime.table) {
            self.tell_heir(&heir);
        }
    }

    fn tell_heir(&mut self, heir: &Heir) {
        let runtime = Rc::clone(&self.runtime);
        let &Heir { pid, skeleton, ref message } = heir;
        let Some(process) = runtime.table.get(pid) else { return };
        let state = process.state.load();
        if state.seat() != self.seat || !state.is_open() || !state.has_body() {
            self.send(pid, skeleton, &[message]);
            return;
        }
        // Nothing of ours is under way to it: it is told as it is of signals, which then cannot overtake this.
        self.count(layout::NATIVE_ACCEPTED);
        debug_assert!(!offer::is_full(process), "what is bounded is never open");
        self.count(layout::NATIVE_DELIVERED);
        let parcel = self.arena.parcel(Letter { to: pid, envelope: Envelope::Message { skeleton } }, &[message]);
        self.urgent.push_back(Completion::Message { index: pid.index(), skeleton, parcel });
    }
}
