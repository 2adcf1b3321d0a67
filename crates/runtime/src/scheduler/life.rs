//! Life and death of the processes of one scheduler: what its mail does to it, how it ends, who hears of it, and what
//! happens when the whole thread goes. Signals and messages pass here in the order they were sent. Nothing in here can
//! be dropped silently but messages to the dead, and those are counted.

use std::rc::Rc;

use rumpus_sync::{Chain, Parcel};

use super::Scheduler;
use crate::completion::Completion;
use crate::envelope::{Envelope, Letter, Reason, ReasonKind};
use crate::layout;
use crate::pid::Pid;
use crate::process::Process;
use crate::process::relations::Ties;
use crate::process::state::Phase;

impl Scheduler {
    /// Hands over everything that waits in a mailbox of ours and parks it.
    pub(super) fn drain(&mut self, index: u32) {
        let runtime = Rc::clone(&self.runtime);
        let Some((pid, process)) = runtime.table.at(index) else { return };
        if process.state.load().phase() == Phase::Dead {
            self.vacate(pid, process);
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

    fn open(&mut self, pid: Pid, process: &Process, mut parcel: Parcel<Letter>) {
        if parcel.header().to != pid {
            // For a former tenant of the slot.
            return self.refuse_stale(parcel);
        }
        let index = pid.index();
        let gone = process.state.load().phase() == Phase::Exiting;
        match parcel.header().envelope {
            Envelope::Message { .. } | Envelope::Slot { .. } if gone => {
                self.discard(parcel, layout::NATIVE_DROPPED_DIED)
            }
            Envelope::Message { skeleton } => {
                self.count(layout::NATIVE_DELIVERED);
                self.outbox.push_back(Completion::Message { index, skeleton, parcel });
            }
            Envelope::Slot { slot } => {
                self.count(layout::NATIVE_DELIVERED);
                self.outbox.push_back(Completion::Slot { index, slot });
            }
            _ => self.receive_signal(pid, process, parcel.take_header().envelope),
        }
    }

    /// A signal reaches a process of ours that has a body.
    pub(super) fn receive_signal(&mut self, pid: Pid, process: &Process, envelope: Envelope) {
        let index = pid.index();
        match envelope {
            Envelope::Link { from } => self.relations.link(index, from),
            Envelope::Unlink { from } => {
                self.relations.unlink(index, from);
            }
            Envelope::Monitor { from, reference } => self.relations.watch(index, reference, from),
            Envelope::Demonitor { reference } => self.relations.unwatch(index, reference),
            Envelope::Down { reference, from, reason } => {
                if self.relations.unwatches(index, reference).is_some() && process.state.load().is_alive() {
                    self.outbox.push_back(Completion::Down { index, reference, from, reason });
                }
            }
            Envelope::Exit { from, reason, linked } => {
                if !linked || self.relations.unlink(index, from) {
                    self.receive_exit(pid, process, from, reason, linked);
                }
            }
            Envelope::Message { .. } | Envelope::Slot { .. } => unreachable!("a message is no signal"),
        }
    }

    fn receive_exit(&mut self, pid: Pid, process: &Process, from: Pid, reason: Reason, linked: bool) {
        let index = pid.index();
        let state = process.state.load();
        let kind = reason.kind();
        if kind == ReasonKind::Kill && !linked {
            let killed = Reason::new(ReasonKind::Killed, &[]);
            self.outbox.push_back(Completion::Exiting { index, reason: killed.clone(), dead: true });
            self.die(pid, process, &killed);
        } else if state.phase() == Phase::Exiting {
            // It is being unwound already, for the first reason.
        } else if state.traps() {
            self.outbox.push_back(Completion::Exit { index, from, reason });
        } else if (kind != ReasonKind::Normal || from == pid) && process.state.exit() {
            self.outbox.push_back(Completion::Exiting { index, reason, dead: false });
        }
    }

    /// The body of a process of ours has settled, or its grace is over.
    pub fn finish(&mut self, pid: Pid, reason: &Reason) {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(pid) else { return };
        if process.state.load().has_body() {
            self.die(pid, process, reason);
        }
    }

    /// `any → Dead`: refuses mail from now on and tells everyone who asked.
    pub(super) fn die(&mut self, pid: Pid, process: &Process, reason: &Reason) {
        process.state.die();
        let (left, idle) = process.mailbox.close();
        self.refuse_all(pid, left, reason);
        if let Some(ties) = self.relations.cut(pid.index()) {
            self.tell(pid, &ties, reason);
        }
        self.seat().count_end();
        self.count(layout::EXITED);
        // While its mail is being handled the slot is freed by whoever handles it, when that is done.
        let warm = self.forget_warm(pid);
        if (idle || warm) && self.draining != Some(pid) {
            self.vacate(pid, process);
        }
    }

    /// `Dead → Free`: the slot is in no inlet, and nobody holds on to it.
    pub(super) fn vacate(&self, pid: Pid, process: &Process) {
        process.state.vacate();
        self.runtime.table.release(pid);
    }

    /// Stops handling the mail of a process; frees its slot if that was the end of it.
    pub(super) fn stop_draining(&mut self, pid: Pid, process: &Process) {
        self.draining = None;
        if process.state.load().phase() == Phase::Dead {
            self.vacate(pid, process);
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

    pub(super) fn refuse_all(&mut self, pid: Pid, left: Chain<Letter>, reason: &Reason) {
        for parcel in left {
            self.refuse(pid, parcel, reason);
        }
    }

    /// Mail for a process that has ended: who wanted to be told is told, a message is counted.
    fn refuse(&mut self, pid: Pid, mut parcel: Parcel<Letter>, reason: &Reason) {
        if parcel.header().to != pid {
            return self.refuse_stale(parcel);
        }
        match parcel.header().envelope {
            Envelope::Message { .. } | Envelope::Slot { .. } => {
                return self.discard(parcel, layout::NATIVE_DROPPED_DIED);
            }
            _ => {}
        }
        match parcel.take_header().envelope {
            Envelope::Link { from } => {
                self.signal(from, Envelope::Exit { from: pid, reason: reason.clone(), linked: true });
            }
            Envelope::Monitor { from, reference } => {
                self.signal(from, Envelope::Down { reference, from: pid, reason: reason.clone() });
            }
            _ => {}
        }
    }

    /// Mail for a former tenant of a slot.
    fn refuse_stale(&mut self, parcel: Parcel<Letter>) {
        let former = parcel.header().to;
        match parcel.header().envelope {
            Envelope::Message { .. } | Envelope::Slot { .. } => self.discard(parcel, layout::NATIVE_DROPPED_DEAD),
            _ => self.refuse(former, parcel, &Reason::new(ReasonKind::NoProc, &[])),
        }
    }

    fn discard(&mut self, parcel: Parcel<Letter>, counter: usize) {
        self.count(counter);
        if let Envelope::Slot { slot } = parcel.header().envelope {
            self.outbox.push_back(Completion::Freed { slot });
        }
    }

    /// Stands up for good: what had not begun starts elsewhere, what had begun is down, everybody who asked is told.
    pub fn leave(mut self) {
        self.note_started();
        let reason = Reason::scheduler_down(self.seat);
        let runtime = Rc::clone(&self.runtime);
        for index in 0..runtime.table.made() {
            let Some((pid, process)) = runtime.table.at(index) else { continue };
            let state = process.state.load();
            if state.seat() == self.seat && state.has_body() {
                self.die(pid, process, &reason);
            }
        }
        // Those that were about to be told of mail are in no other list; the inlet's wait for the seat's next tenant.
        for index in std::mem::take(&mut self.notified) {
            self.drain(index);
        }
        self.lose_inboxes();
        let page = &self.seat().page;
        page.add(layout::REFERENCES, self.references as f64);
        while self.ring().pop().is_some() {}
        page.set(layout::GRANT, 0);
        runtime.idle.get_up(self.seat);
        self.seat().leave();
        if runtime.is_stopping() {
            self.end_all_unstarted();
        } else {
            self.hand_back();
        }
    }

    /// The runtime stops: what has not begun never will. The host leaves last, so what others left behind ends here too.
    fn end_all_unstarted(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let reason = Reason::new(ReasonKind::Shutdown, &[]);
        for index in 0..runtime.table.made() {
            let Some((pid, process)) = runtime.table.at(index) else { continue };
            let state = process.state.load();
            if state.phase() == Phase::Unstarted && (state.seat() == self.seat || self.seat == 0) {
                *process.unstarted() = None;
                self.seat().count_start();
                self.draining = Some(pid);
                self.die(pid, process, &reason);
                self.stop_draining(pid, process);
            }
        }
    }

    /// Messages that had reached the JavaScript half are lost with it: counted as dropped.
    fn lose_inboxes(&mut self) {
        let page = &self.seat().page;
        let came = page.count(layout::LOCAL_ACCEPTED) + page.count(layout::NATIVE_DELIVERED);
        let went = [layout::RECEIVED, layout::DROPPED_DIED, layout::DROPPED_CORRUPT]
            .map(|c| page.count(c))
            .iter()
            .sum::<f64>();
        page.add(layout::DROPPED_DIED, (came - went).max(0.0));
    }

    /// Puts what had not begun where it will.
    fn hand_back(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let mut indexes: Vec<u32> = self.claimed.drain(..).map(Pid::index).collect();
        indexes.extend(self.waiting.drain(..).map(|(index, _)| index));
        indexes.extend(std::iter::from_fn(|| runtime.seats[self.seat].steal.pop()));
        runtime.seats[self.seat].inject.take_all(&mut indexes);
        let others: Vec<usize> = runtime.workers().filter(|&s| s != self.seat && runtime.seats[s].is_taken()).collect();
        for index in indexes {
            let Some((_, process)) = runtime.table.at(index) else { continue };
            let pinned = process.unstarted().as_ref().and_then(|what| what.pinned);
            let door = match pinned {
                Some(seat) => seat,
                None if others.is_empty() => self.seat,
                None => others[self.dice.below(others.len())],
            };
            process.state.await_start(door);
            let seat = &runtime.seats[door];
            if pinned.is_some() {
                seat.pinned.push([index])
            } else {
                seat.inject.push([index])
            }
            let _ = seat.ring();
        }
    }
}
