//! Life and death of the processes of one scheduler: what its mail does to it, how it ends, who hears of it. Signals and
//! messages pass here in the order they were sent. Nothing in here can be dropped silently but messages to the dead, and
//! those are counted. What happens when the whole thread goes is in `leave.rs`.

use std::rc::Rc;

use rumpus_sync::Parcel;

use super::Scheduler;
use crate::completion::Completion;
use crate::envelope::{Envelope, Letter, Reason, ReasonKind};
use crate::layout;
use crate::pid::Pid;
use crate::process::Process;
use crate::process::relations::Ties;
use crate::process::state::{Overflow, Phase, Priority};

impl Scheduler {
    /// Hands over everything that waits in a mailbox of ours and parks it.
    pub(super) fn drain(&mut self, index: u32) {
        let runtime = Rc::clone(&self.runtime);
        let Some((pid, process)) = runtime.table.at(index) else { return };
        if process.state.load().phase() == Phase::Dead {
            self.vacate(pid);
            return;
        }
        self.draining = Some(pid);
        loop {
            if !self.open_all(pid, process, process.mailbox.take()) {
                break;
            }
            if self.keep_warm(pid) || process.mailbox.park() {
                break;
            }
        }
        self.stop_draining(pid, process);
    }

    /// Opens parcels in order; false if the process died of one.
    pub(super) fn open_all(
        &mut self,
        pid: Pid,
        process: &Process,
        parcels: impl IntoIterator<Item = Parcel<Letter>>,
    ) -> bool {
        let mut parcels = parcels.into_iter();
        while let Some(parcel) = parcels.next() {
            self.open(pid, process, parcel);
            if process.state.load().phase() == Phase::Dead {
                // A signal ended it: the rest comes too late.
                let reason = Reason::new(ReasonKind::NoProc, &[]);
                parcels.for_each(|late| self.refuse(pid, late, &reason));
                return false;
            }
        }
        true
    }

    pub(super) fn open(&mut self, pid: Pid, process: &Process, mut parcel: Parcel<Letter>) {
        if let Envelope::Late = parcel.header().envelope {
            // Whoever set the mark: each letter there names its own receiver.
            return self.open_late(pid, process);
        }
        if parcel.header().to != pid {
            // For a former tenant of the slot.
            return self.refuse_stale(parcel);
        }
        let index = pid.index();
        let gone = process.state.load().phase() == Phase::Exiting;
        match parcel.header().envelope {
            Envelope::Message { .. } | Envelope::Slot { .. } | Envelope::Transfer { .. } if gone => {
                self.discard(parcel, layout::NATIVE_DROPPED_DIED)
            }
            Envelope::After { .. } => self.open_after(process, parcel),
            Envelope::Message { skeleton } => {
                self.count(layout::NATIVE_DELIVERED);
                self.outbox.push(process.state.load().priority(), Completion::Message { index, skeleton, parcel });
            }
            Envelope::Transfer { skeleton, cargo } => self.open_transfer(process, skeleton, cargo, parcel),
            Envelope::Slot { slot } => {
                self.count(layout::NATIVE_DELIVERED);
                self.outbox.push(process.state.load().priority(), Completion::Slot { index, slot, keep: false });
            }
            _ => self.receive_signal(pid, process, parcel.take_header().envelope),
        }
    }

    /// A signal reaches a process of ours that has a body.
    pub(super) fn receive_signal(&mut self, pid: Pid, process: &Process, envelope: Envelope) {
        let index = pid.index();
        match envelope {
            Envelope::Link { from } => self.relations.linked(index, from),
            Envelope::Unlink { from, number } => {
                self.relations.cut_link(index, from);
                self.signal(from, Envelope::Unlinked { from: pid, number });
            }
            Envelope::Unlinked { from, number } => self.relations.unlinked(index, from, number),
            Envelope::Monitor { from, reference } => self.relations.watch(index, reference, from),
            Envelope::Demonitor { reference } => self.relations.unwatch(index, reference),
            Envelope::Down { reference, from, reason } => {
                if self.relations.unwatches(index, reference).is_some() && process.state.load().is_alive() {
                    self.hear(process, Completion::Down { index, reference, from, reason });
                }
            }
            Envelope::Exit { from, reason, linked } => {
                if !linked || self.relations.end_link(index, from) {
                    self.receive_exit(pid, process, from, reason, linked);
                }
            }
            Envelope::Forget { timer } => self.hear_forget(process, timer),
            Envelope::Want { from, offer } => self.hear_want(pid, process, from, offer),
            Envelope::Granted { by, offer, place } => {
                if place {
                    self.keep_place(by);
                }
                self.hear(process, Completion::Granted { index, offer, place });
            }
            Envelope::GiveBack => self.give_places(pid, 1),
            Envelope::Message { .. }
            | Envelope::Slot { .. }
            | Envelope::After { .. }
            | Envelope::Transfer { .. }
            | Envelope::Late => {
                unreachable!("a message is no signal")
            }
        }
    }

    /// Puts down what a signal has to tell JavaScript.
    fn hear(&mut self, process: &Process, completion: Completion) {
        if self.from_here {
            self.urgent.push_back(completion);
        } else {
            self.outbox.push(process.state.load().priority(), completion);
        }
    }

    fn receive_exit(&mut self, pid: Pid, process: &Process, from: Pid, reason: Reason, linked: bool) {
        let index = pid.index();
        let state = process.state.load();
        let kind = reason.kind();
        if kind == ReasonKind::Kill && !linked {
            let killed = Reason::new(ReasonKind::Killed, &[]);
            self.hear(process, Completion::Exiting { index, reason: killed.clone(), dead: true });
            self.die(pid, process, &killed);
            self.clear_graves();
        } else if state.phase() == Phase::Exiting {
            // It is being unwound already, for the first reason.
        } else if state.traps() {
            self.hear(process, Completion::Exit { index, from, reason });
        } else if (kind != ReasonKind::Normal || from == pid) && process.state.exit() {
            self.refuse_late(pid, state.priority());
            self.hear(process, Completion::Exiting { index, reason, dead: false });
            // From now on nothing of that needs a place, and a kill may be behind it.
            self.go_on_with_late(pid, process);
        }
    }

    /// A body ends by itself: for others it lives no longer.
    pub fn note_exiting(&mut self, pid: Pid) {
        let runtime = Rc::clone(&self.runtime);
        if let Some(process) = runtime.table.get(pid) {
            let _ = process.state.exit();
            self.refuse_late(pid, process.state.load().priority());
            self.go_on_with_late(pid, process);
        }
    }

    /// What would come too late: nobody waits for a place any more, and no message is sent later.
    fn refuse_late(&mut self, pid: Pid, priority: Priority) {
        self.drop_timers(pid.index(), priority);
        self.refuse_wants(pid);
    }

    /// The body of a process of ours has settled, or its grace is over.
    pub fn finish(&mut self, pid: Pid, reason: &Reason) {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(pid) else { return };
        if process.state.load().has_body() {
            self.die(pid, process, reason);
            self.clear_graves();
        }
    }

    /// From now on it is dead for everybody: nobody who hears of its end finds it alive, its name, or stores of its.
    pub(super) fn begin_death(&mut self, pid: Pid, process: &Process) {
        if process.state.die() {
            self.runtime.names.forget(pid, &self.runtime.seats);
            self.leave_stores(pid);
        }
    }

    /// `any → Dead`: refuses mail from now on and tells everyone who asked. The caller clears the graves.
    pub(super) fn die(&mut self, pid: Pid, process: &Process, reason: &Reason) {
        self.begin_death(pid, process);
        self.note_last(pid);
        self.refuse_late(pid, process.state.load().priority());
        let (left, idle) = process.mailbox.close();
        self.refuse_all(pid, left, reason);
        if process.state.load().overflow() == Overflow::DropOldest {
            let late = self.take_late(process);
            self.refuse_all(pid, late, reason);
        }
        if let Some(ties) = self.relations.cut(pid.index()) {
            self.tell(pid, &ties, reason);
        }
        self.seat().count_alive(-1);
        self.count(layout::EXITED);
        // While its mail is being handled the slot is freed by whoever handles it, when that is done.
        let warm = self.forget_warm(pid);
        if (idle || warm) && self.draining != Some(pid) {
            self.bury(pid);
        }
    }

    /// Frees the slot of a dead process as soon as JavaScript has been told all that there is for it: completions name slots,
    /// not pids. The slot is in no inlet, and nobody holds on to it.
    pub(super) fn vacate(&mut self, pid: Pid) {
        self.bury(pid);
        self.clear_graves();
    }

    fn bury(&mut self, pid: Pid) {
        let priority = self.runtime.table.get(pid).map_or(Priority::Normal, |process| process.state.load().priority());
        self.outbox.bury(priority, pid);
    }

    /// Frees the slots of those whom JavaScript has nothing more to hear of.
    pub(super) fn clear_graves(&mut self) {
        if !self.urgent.is_empty() {
            return;
        }
        let Some(first) = self.outbox.next_grave() else { return };
        let table = &self.runtime.table;
        let graves = std::iter::once(first).chain(std::iter::from_fn(|| self.outbox.next_grave()));
        table.release_many(graves.filter(|&pid| table.get(pid).is_some()));
    }

    /// Stops handling the mail of a process; frees its slot if that was the end of it.
    pub(super) fn stop_draining(&mut self, pid: Pid, process: &Process) {
        self.draining = None;
        if process.state.load().phase() == Phase::Dead {
            self.vacate(pid);
        }
    }

    fn tell(&mut self, pid: Pid, ties: &Ties, reason: &Reason) {
        for linked in ties.links() {
            self.signal(linked, Envelope::Exit { from: pid, reason: reason.clone(), linked: true });
        }
        for (reference, watcher) in ties.watchers() {
            self.signal(watcher, Envelope::Down { reference, from: pid, reason: reason.clone() });
        }
        for (reference, watched) in ties.watching() {
            self.signal(watched, Envelope::Demonitor { reference });
        }
    }

    fn refuse_all(&mut self, pid: Pid, left: impl IntoIterator<Item = Parcel<Letter>>, reason: &Reason) {
        for parcel in left {
            self.refuse(pid, parcel, reason);
        }
    }

    /// Mail for a process that has ended: who wanted to be told is told, a message is counted.
    pub(super) fn refuse(&mut self, pid: Pid, mut parcel: Parcel<Letter>, reason: &Reason) {
        if parcel.header().to != pid {
            return self.refuse_stale(parcel);
        }
        match parcel.header().envelope {
            Envelope::Message { .. } | Envelope::Slot { .. } | Envelope::Transfer { .. } => {
                return self.discard(parcel, layout::NATIVE_DROPPED_DIED);
            }
            Envelope::After { .. } => return self.refuse_after(&parcel),
            _ => {}
        }
        match parcel.take_header().envelope {
            Envelope::Link { from } => {
                self.signal(from, Envelope::Exit { from: pid, reason: reason.clone(), linked: true });
            }
            Envelope::Monitor { from, reference } => {
                self.signal(from, Envelope::Down { reference, from: pid, reason: reason.clone() });
            }
            Envelope::Unlink { from, number } => {
                self.signal(from, Envelope::Unlinked { from: pid, number });
            }
            Envelope::Want { from, offer } => {
                self.signal(from, Envelope::Granted { by: pid, offer, place: false });
            }
            Envelope::Granted { by, place: true, .. } => {
                self.signal(by, Envelope::GiveBack);
            }
            _ => {}
        }
    }

    /// Mail for a former tenant of a slot, who may have run on another scheduler.
    fn refuse_stale(&mut self, mut parcel: Parcel<Letter>) {
        let former = parcel.header().to;
        if let Envelope::Message { .. } | Envelope::Slot { .. } | Envelope::Transfer { .. } = parcel.header().envelope {
            return self.discard(parcel, layout::NATIVE_DROPPED_DEAD);
        }
        self.refuse_after(&parcel);
        let reason = Reason::new(ReasonKind::NoProc, &[]);
        match parcel.take_header().envelope {
            Envelope::Link { from } => self.answer(from, Envelope::Exit { from: former, reason, linked: true }),
            Envelope::Monitor { from, reference } => {
                self.answer(from, Envelope::Down { reference, from: former, reason })
            }
            Envelope::Unlink { from, number } => self.answer(from, Envelope::Unlinked { from: former, number }),
            Envelope::Want { from, offer } => self.answer(from, Envelope::Granted { by: former, offer, place: false }),
            Envelope::Granted { by, place: true, .. } => self.answer(by, Envelope::GiveBack),
            _ => {}
        }
    }

    fn discard(&mut self, parcel: Parcel<Letter>, counter: usize) {
        self.count(counter);
        match parcel.header().envelope {
            Envelope::Slot { slot } => self.free_slot(Priority::Normal, slot),
            Envelope::Transfer { cargo, .. } => self.lose(cargo),
            _ => {}
        }
    }

    /// Nobody wants the value any more that this isolate keeps in `slot`, once all is told that waits in this line.
    pub(super) fn free_slot(&mut self, line: Priority, slot: u32) {
        self.outbox.push(line, Completion::Freed { slot });
    }
}
