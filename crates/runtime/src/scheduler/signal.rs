//! The signals that processes of one scheduler send: link, unlink, monitor, demonitor, exit. Owns the choice of way: at once
//! where nothing is under way to the receiver, by its mailbox otherwise, so that they keep their order with messages. What a
//! signal does to its receiver is in `life.rs`.

use std::rc::Rc;

use super::Scheduler;
use crate::envelope::{Envelope, Letter, Reason, ReasonKind};
use crate::layout;
use crate::pid::Pid;
use crate::process::state::Priority;

impl Scheduler {
    /// Sends a signal: at once if the receiver runs here and nothing of ours is under way to it, by its mailbox otherwise.
    /// False if the receiver is gone.
    pub(super) fn signal(&mut self, to: Pid, envelope: Envelope) -> bool {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(to) else { return false };
        let state = process.state.load();
        if state.seat() == self.seat && state.is_open() && state.has_body() {
            // What it does goes ahead of all that waits to be told: the next local message must not overtake it.
            let before = std::mem::replace(&mut self.from_here, true);
            self.receive_signal(to, process, envelope);
            self.from_here = before;
            return true;
        }
        let parcel = self.arena.parcel(Letter { to, envelope }, &[]);
        self.deliver(to, parcel).is_ok()
    }

    /// Answers a signal in place of a receiver that is gone: by the mailbox, behind whatever that receiver had sent.
    pub(super) fn answer(&mut self, to: Pid, envelope: Envelope) {
        let parcel = self.arena.parcel(Letter { to, envelope }, &[]);
        // Whoever asked and is gone needs no answer.
        let _ = self.deliver(to, parcel);
    }

    /// Links `from`, a process of this scheduler, and `to`. A missing `to` ends, or tells, `from` at once.
    pub fn link(&mut self, from: Pid, to: Pid) {
        if from == to || !self.relations.link(from.index(), to) {
            return;
        }
        if !self.signal(to, Envelope::Link { from }) {
            let reason = Reason::new(ReasonKind::NoProc, &[]);
            self.answer(from, Envelope::Exit { from: to, reason, linked: true });
        }
    }

    /// Takes the link between `from`, a process of this scheduler, and `to` back.
    pub fn unlink(&mut self, from: Pid, to: Pid) {
        self.unlinks += 1;
        let number = self.unlinks;
        if self.relations.unlink(from.index(), to, number) && !self.signal(to, Envelope::Unlink { from, number }) {
            self.relations.unlinked(from.index(), to, number);
        }
    }

    /// Lets `from`, a process of this scheduler, hear of the end of `to`; the reference under which it will.
    pub fn monitor(&mut self, from: Pid, to: Pid) -> u64 {
        self.references += 1;
        // 46 bits of count, 7 of seat: an exact JavaScript number. A seat's next tenant goes on where the page's count is.
        let reference = (self.references + self.seat().page.count(layout::REFERENCES) as u64) << 7 | self.seat as u64;
        self.relations.watches(from.index(), reference, to);
        if !self.signal(to, Envelope::Monitor { from, reference }) {
            let reason = Reason::new(ReasonKind::NoProc, &[]);
            self.answer(from, Envelope::Down { reference, from: to, reason });
        }
        reference
    }

    /// Takes a monitor of `from` back. With `flush` also its news, if JavaScript has not been told of it yet.
    pub fn demonitor(&mut self, from: Pid, reference: u64, flush: bool) {
        if let Some(target) = self.relations.unwatches(from.index(), reference) {
            self.signal(target, Envelope::Demonitor { reference });
        } else if flush {
            let priority = self.runtime.table.get(from).map_or(Priority::Normal, |p| p.state.load().priority());
            self.outbox.forget_down(priority, reference);
        }
    }

    /// Asks `to` to end. Answers at which dedicated seat it lives, or is to, that is being killed: its body may never let go.
    pub fn exit(&mut self, from: Pid, to: Pid, reason: Reason) -> Option<usize> {
        // Before the signal: as soon as it has that, the process may be dead, and its body still have the thread.
        let keeps = if reason.kind() == ReasonKind::Kill { self.dedicated_seat_of(to) } else { None };
        self.signal(to, Envelope::Exit { from, reason, linked: false });
        keeps
    }

    /// Exit signals to `of`, a process of this scheduler, become messages, or no longer.
    pub fn trap_exits(&mut self, of: Pid, traps: bool) {
        if let Some(process) = self.runtime.table.get(of) {
            process.state.set_traps(traps);
        }
    }
}
