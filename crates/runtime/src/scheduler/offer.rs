//! Offers: messages for bounded mailboxes whose senders wait for a place. Owns who waits at the mailboxes of this scheduler's
//! processes: first come, first served. A place that is granted is kept for the one it was granted to, who sends or gives it
//! back, or whose thread ends: then it is given back for him. Nobody waits at a process that must end.

use std::rc::Rc;

use super::Scheduler;
use crate::envelope::{Envelope, Letter};
use crate::layout;
use crate::pid::Pid;
use crate::process::Process;
use crate::process::state::{Overflow, Priority};

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Offered {
    /// There is no such process, or it must end.
    NoProc = 0,
    /// It is in the mailbox.
    Accepted = 1,
    /// There is no place.
    Full = 2,
}

/// Whether a message needs a place in the mailbox before it is sent. What drops its oldest sees to that as it comes.
pub(super) fn takes_places(process: &Process) -> bool {
    let state = process.state.load();
    state.is_bounded() && state.overflow() != Overflow::DropOldest
}

/// Whether a mailbox has no place for one more. If it has, that is taken; what drops its oldest is never full.
pub(super) fn is_full(process: &Process) -> bool {
    takes_places(process) && !process.places.take()
}

impl Scheduler {
    /// Sends if there is a place, or if one `is_granted`. What has not been accepted is not counted.
    pub fn offer(&mut self, to: Pid, envelope: Envelope, pieces: &[&[u8]], is_granted: bool) -> Offered {
        let runtime = Rc::clone(&self.runtime);
        if is_granted {
            self.use_place(to);
        }
        let Some(process) = runtime.table.get(to) else { return Offered::NoProc };
        if !process.state.load().is_alive() {
            return Offered::NoProc;
        }
        if !is_granted && is_full(process) {
            return Offered::Full;
        }
        let parcel = self.arena.parcel(Letter { to, envelope }, pieces);
        if self.deliver(to, parcel).is_err() {
            return Offered::NoProc;
        }
        self.count(layout::NATIVE_ACCEPTED);
        if let Some(slot) = self.unused_slot.take() {
            self.free_slot(Priority::Normal, slot);
        }
        Offered::Accepted
    }

    /// Has `from`, a process of this scheduler, told when there is a place for it; false if the receiver is gone.
    pub fn want(&mut self, to: Pid, from: Pid, offer: u32) -> bool {
        self.signal(to, Envelope::Want { from, offer })
    }

    /// Gives back a place that was granted, to a process anywhere.
    pub fn give_back_place(&mut self, to: Pid) {
        self.use_place(to);
        self.signal(to, Envelope::GiveBack);
    }

    /// A place in the mailbox of `by` is kept for somebody here.
    pub(super) fn keep_place(&mut self, by: Pid) {
        *self.kept.entry(by).or_default() += 1;
    }

    /// It is kept no longer.
    pub(super) fn use_place(&mut self, by: Pid) {
        let Some(kept) = self.kept.get_mut(&by) else { return };
        *kept -= 1;
        if *kept == 0 {
            self.kept.remove(&by);
        }
    }

    /// Nobody here will send any more: gives back all that was granted, whether JavaScript has heard of it or not.
    pub(super) fn give_back_places(&mut self) {
        for (by, kept) in std::mem::take(&mut self.kept) {
            for _ in 0..kept {
                self.signal(by, Envelope::GiveBack);
            }
        }
    }

    /// So many messages of a process of this scheduler have been taken; fewer than none, when signals took places.
    pub fn give_places(&mut self, pid: Pid, places: i32) {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(pid) else { return };
        process.places.give(places);
        self.grant(pid, process);
        self.go_on_with_late(pid, process);
    }

    pub(super) fn hear_want(&mut self, pid: Pid, process: &Process, from: Pid, offer: u32) {
        if !process.state.load().is_alive() {
            self.signal(from, Envelope::Granted { by: pid, offer, place: false });
            return;
        }
        self.wants.entry(pid.index()).or_default().push_back((from, offer));
        self.grant(pid, process);
    }

    fn grant(&mut self, by: Pid, process: &Process) {
        while self.wants.contains_key(&by.index()) && !is_full(process) {
            let Some((from, offer)) = self.next_want(by.index()) else { return };
            if !self.signal(from, Envelope::Granted { by, offer, place: true }) {
                process.places.give(1);
            }
        }
    }

    fn next_want(&mut self, index: u32) -> Option<(Pid, u32)> {
        let waiting = self.wants.get_mut(&index)?;
        let first = waiting.pop_front();
        if waiting.is_empty() {
            self.wants.remove(&index);
        }
        first
    }

    /// A process must end: nobody waits for it any more.
    pub(super) fn refuse_wants(&mut self, by: Pid) {
        if self.wants.is_empty() {
            return;
        }
        for (from, offer) in self.wants.remove(&by.index()).unwrap_or_default() {
            self.signal(from, Envelope::Granted { by, offer, place: false });
        }
    }
}
