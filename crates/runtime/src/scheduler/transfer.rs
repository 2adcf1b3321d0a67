//! Transfers: messages with cargo, which only JavaScript can move, by a way of its own from thread to thread. Owns where that
//! goes: to who sits at a seat and runs the receiver, or alone may start it from then on, for cargo cannot move twice. The
//! cargo goes first, then its letter, in the order of all others; a letter that is refused has its cargo let go.

use std::rc::Rc;

use rumpus_sync::Parcel;

use super::Scheduler;
use super::offer::{Offered, is_full, takes_places};
use crate::completion::Completion;
use crate::envelope::{Cargo, Envelope, Letter, Reason};
use crate::layout;
use crate::pid::Pid;
use crate::process::late::{Late, is_slot};
use crate::process::state::{Phase, Priority};
use crate::process::{Anchor, Process};

/// On which terms a message with cargo is to go.
#[derive(Debug, Clone, Copy)]
pub struct Passage {
    /// It is offered: what is not accepted is not counted.
    pub is_offer: bool,
    /// A place is kept for it.
    pub is_granted: bool,
    /// To a process of this scheduler it goes as the value itself, without cargo, and takes its place then.
    pub by_reference: bool,
}

/// Where a message with cargo is to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Anchored {
    /// Whether it can.
    pub offered: Offered,
    /// To whom, if it can.
    pub anchor: Anchor,
    /// It has got a place in a bounded mailbox, to be given back if it is not sent.
    pub has_place: bool,
}

impl Scheduler {
    /// Says to whom the cargo of a message to `to` must go. If that has not begun, nobody else may start it from now on.
    pub fn anchor(&mut self, to: Pid, passage: Passage) -> Anchored {
        let runtime = Rc::clone(&self.runtime);
        let process = runtime.table.get(to);
        let Some((process, anchor)) = process.and_then(|process| Some((process, self.find_anchor(to, process)?)))
        else {
            if passage.is_granted {
                self.use_place(to);
            }
            self.count_refused(passage, layout::NATIVE_DROPPED_DEAD);
            let nobody = Anchor { seat: self.seat, sitter: 0 };
            return Anchored { offered: Offered::NoProc, anchor: nobody, has_place: false };
        };
        if passage.by_reference && anchor.seat == self.seat {
            return Anchored { offered: Offered::Accepted, anchor, has_place: false };
        }
        if !passage.is_granted && is_full(process) {
            self.count_refused(passage, layout::NATIVE_DROPPED_FULL);
            return Anchored { offered: Offered::Full, anchor, has_place: false };
        }
        Anchored { offered: Offered::Accepted, anchor, has_place: !passage.is_granted && takes_places(process) }
    }

    fn count_refused(&self, passage: Passage, counter: usize) {
        if !passage.is_offer {
            self.count(layout::NATIVE_ACCEPTED);
            self.count(counter);
        }
    }

    fn find_anchor(&mut self, to: Pid, process: &Process) -> Option<Anchor> {
        let runtime = Rc::clone(&self.runtime);
        let mut seldom = process.seldom();
        // Whoever is unstarted under this lock was spawned before it was taken, and this says that it is the one meant.
        runtime.table.get(to)?;
        let state = process.state.load();
        let whoever = |seat: usize| Anchor { seat, sitter: runtime.seats[seat].sitter() };
        match seldom.unstarted.as_mut() {
            Some(what) => {
                let known = what.anchor.or(what.claimed.or(what.pinned).map(whoever));
                let anchor = known.unwrap_or_else(|| whoever(self.harbour(state.seat())));
                what.anchor = Some(anchor);
                // One whose thread has gone with cargo for it will end.
                (anchor == whoever(anchor.seat)).then_some(anchor)
            }
            None if state.phase() == Phase::Running => {
                let sitter = runtime.seats[state.seat()].present()?;
                Some(Anchor { seat: state.seat(), sitter })
            }
            None => None,
        }
    }

    /// Who is to start a process that lies at the door of `door` or has been stolen from there: that seat if it can, else one
    /// where somebody sits.
    fn harbour(&mut self, door: usize) -> usize {
        let runtime = Rc::clone(&self.runtime);
        let workers = runtime.workers();
        let here: Vec<usize> = workers.clone().filter(|&seat| runtime.seats[seat].present().is_some()).collect();
        let first = if workers.contains(&door) { door } else { workers.start };
        if here.is_empty() || here.contains(&first) { first } else { here[self.dice.below(here.len())] }
    }

    /// Sends a message whose cargo has gone to where `anchor` said, as `number`, and which has its place; false if the receiver
    /// is gone.
    pub fn send_transfer(
        &mut self,
        to: Pid,
        (at, number): (usize, u64),
        skeleton: u32,
        pieces: &[&[u8]],
        passage: Passage,
    ) -> bool {
        let is_offer = passage.is_offer;
        if passage.is_granted {
            self.use_place(to);
        }
        let cargo = Cargo { number, by: self.seat as u16, at: at as u16 };
        let parcel = self.arena.parcel(Letter { to, envelope: Envelope::Transfer { skeleton, cargo } }, pieces);
        let delivered = self.deliver(to, parcel).is_ok();
        if delivered || !is_offer {
            self.count(layout::NATIVE_ACCEPTED);
        }
        if let Some(slot) = self.unused_slot.take() {
            self.free_slot(Priority::Normal, slot);
        }
        if !delivered {
            self.lose(cargo);
            if !is_offer {
                self.count(layout::NATIVE_DROPPED_DEAD);
            }
        }
        delivered
    }

    pub(super) fn open_transfer(&mut self, process: &Process, skeleton: u32, cargo: Cargo, parcel: Parcel<Letter>) {
        self.count(layout::NATIVE_DELIVERED);
        let Cargo { by, number, .. } = cargo;
        let index = parcel.header().to.index();
        let completion = Completion::Transfer { index, skeleton, by, number, parcel };
        self.outbox.push(process.state.load().priority(), completion);
    }

    /// The letter of this cargo reaches nobody: whoever has the cargo lets it go.
    pub(super) fn lose(&mut self, cargo: Cargo) {
        let at = usize::from(cargo.at);
        if at == self.seat {
            self.outbox.push(Priority::Normal, Completion::Stray { by: cargo.by, number: cargo.number });
            self.pace.want_turn();
            return;
        }
        let runtime = Rc::clone(&self.runtime);
        runtime.seats[at].strays.push(cargo);
        if runtime.seats[at].ring() {
            self.count(layout::WAKES_SENT);
        }
    }

    /// Cargo that others have lost here.
    pub(super) fn take_strays(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let strays = &runtime.seats[self.seat].strays;
        if strays.is_empty() {
            return;
        }
        for Cargo { by, number, .. } in strays.take() {
            self.outbox.push(Priority::Normal, Completion::Stray { by, number });
        }
    }

    /// Whether that is who sits here.
    pub(super) fn is_anchor(&self, anchor: Anchor) -> bool {
        anchor == Anchor { seat: self.seat, sitter: self.sitter }
    }

    /// Whether the process in this slot has not begun and its cargo waits here.
    pub(super) fn has_anchored(&self, index: u32) -> bool {
        let Some((_, process)) = self.runtime.table.at(index) else { return false };
        let anchor = process.seldom().unstarted.as_ref().and_then(|what| what.anchor);
        anchor.is_some_and(|anchor| self.is_anchor(anchor))
    }

    /// An unstarted process that only another may start goes to his door; if he sat at this very seat, it ends.
    pub(super) fn pass_to_anchor(&mut self, pid: Pid, process: &Process, anchor: Anchor) {
        if anchor.seat == self.seat {
            return self.end_anchored(pid, process, anchor);
        }
        process.state.await_start(anchor.seat);
        let seat = &self.runtime.seats[anchor.seat];
        seat.pinned.push([pid.index()]);
        if seat.ring() {
            self.count(layout::WAKES_SENT);
        }
    }

    /// The thread that had the cargo of an unstarted process is gone, or goes: the process is down with it, for it would miss
    /// messages that were accepted.
    pub(super) fn end_anchored(&mut self, pid: Pid, process: &Process, anchor: Anchor) {
        let mut seldom = process.seldom();
        let mut early = seldom.unstarted.take().map(|what| what.early).unwrap_or_default();
        early.extend(process.mailbox.take());
        if !self.is_anchor(anchor) {
            // Values in slots were those of the isolate that is gone: nobody here has them to free.
            let before = early.len();
            early.retain(|parcel| !is_slot(parcel));
            let late = seldom.late.as_deref_mut().map_or(0, Late::forget_slots);
            self.seat().page.add(layout::NATIVE_DROPPED_DIED, (before - early.len() + late) as f64);
        }
        drop(seldom);
        self.end_unstarted(pid, process, early, &Reason::scheduler_down(self.seat));
    }
}
