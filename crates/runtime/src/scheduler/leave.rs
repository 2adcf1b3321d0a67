//! A scheduler's thread goes: what had begun there is down, what had not begins elsewhere, everybody who asked is told. Owns
//! what becomes of each queue of the seat, which stays for whoever sits there next. Touches only what this scheduler owns, for
//! others may be leaving at the same moment.

use std::rc::Rc;

use rumpus_sync::Parcel;

use super::Scheduler;
use crate::envelope::{Envelope, Letter, Reason, ReasonKind};
use crate::layout;
use crate::pid::Pid;
use crate::process::Process;
use crate::process::state::Phase;

impl Scheduler {
    /// Stands up for good.
    pub fn leave(mut self) {
        self.note_page();
        self.give_up_stock();
        while let Some(&rented) = self.rented.last() {
            self.give_back(rented);
        }
        // First, so that nobody who hears that the seat is free can still mean us by it.
        self.seat().retire(self.sitter);
        let mut unstarted = self.leave_tenancy();
        self.end_all();
        self.give_back_places();
        self.lose_inboxes();
        self.give_up_unstarted(&mut unstarted);
        if self.runtime.is_stopping() {
            self.end_unstarted_of(unstarted);
        } else {
            self.hand_back(unstarted);
        }
        // Nobody is left to be told anything.
        self.urgent.clear();
        self.outbox.lose();
        drop(self.seat().strays.take());
        self.clear_graves();
        let page = &self.seat().page;
        page.add(layout::REFERENCES, self.references as f64);
        while self.ring().pop().is_some() {}
        page.set(layout::GRANT, 0);
        self.show_nothing();
        self.runtime.idle.get_up(self.seat);
        self.seat().leave();
        // Somebody may have woken us to steal, and nobody else.
        self.pass_on();
    }

    /// Everything that has begun here is down.
    fn end_all(&mut self) {
        let reason = Reason::scheduler_down(self.seat);
        let runtime = Rc::clone(&self.runtime);
        for index in 0..runtime.table.made() {
            let Some((pid, process)) = runtime.table.at(index) else { continue };
            let state = process.state.load();
            if state.seat() == self.seat && state.has_body() {
                self.end_one(pid, process, &reason);
            }
        }
        let mut notified = std::mem::take(&mut self.notified);
        runtime.seats[self.seat].inlet.take(&runtime.table, &mut notified);
        for index in notified {
            // Who enters the inlet after this is found there by whoever sits here next.
            let Some((pid, process)) = runtime.table.at(index) else { continue };
            debug_assert_eq!(process.state.load().phase(), Phase::Dead, "{pid:?} outlives its scheduler");
            self.vacate(pid);
        }
    }

    fn end_one(&mut self, pid: Pid, process: &Process, down: &Reason) {
        // Who waits to be killed on a thread of its own has its body in the way: that is why the thread ends.
        let untaken: Vec<Parcel<Letter>> = if self.is_dedicated() && process.mailbox.has_mail() {
            process.mailbox.take().collect()
        } else {
            Vec::new()
        };
        let reason = if has_kill(pid, &untaken) { Reason::new(ReasonKind::Killed, &[]) } else { down.clone() };
        self.die(pid, process, &reason);
        untaken.into_iter().for_each(|parcel| self.refuse(pid, parcel, &reason));
    }

    /// Messages that had reached the JavaScript half are lost with it: counted as dropped.
    fn lose_inboxes(&mut self) {
        self.seat().page.add(layout::DROPPED_DIED, self.untaken().max(0.0));
    }

    /// What had not begun, as far as it is ours: out of every queue, so nobody else has it.
    pub(super) fn give_up_unstarted(&mut self, indexes: &mut Vec<u32>) {
        let runtime = Rc::clone(&self.runtime);
        let seat = &runtime.seats[self.seat];
        indexes.extend(self.claimed.drain(..).map(Pid::index));
        indexes.extend(self.waiting.drain(..).map(|(index, _)| index));
        indexes.extend(std::iter::from_fn(|| seat.steal.pop()));
        seat.inject.take_all(indexes);
        // Those pinned here wait for the next who sits here, but for those whose cargo goes with us.
        let mut pinned = Vec::new();
        seat.pinned.take_all(&mut pinned);
        let (lost, pinned): (Vec<u32>, Vec<u32>) = pinned.into_iter().partition(|&index| self.has_anchored(index));
        seat.pinned.push(pinned);
        indexes.extend(lost);
    }

    /// Puts what had not begun where it will.
    fn hand_back(&mut self, indexes: Vec<u32>) {
        let runtime = Rc::clone(&self.runtime);
        let others: Vec<usize> = runtime.workers().filter(|&s| s != self.seat && runtime.seats[s].is_taken()).collect();
        for index in indexes {
            let Some((pid, process)) = runtime.table.at(index) else { continue };
            let mut seldom = process.seldom();
            let Some(what) = seldom.unstarted.as_mut() else { continue };
            what.claimed = None;
            let (pinned, anchor) = (what.anchor.map(|anchor| anchor.seat).or(what.pinned), what.anchor);
            drop(seldom);
            if let Some(anchor) = anchor.filter(|&anchor| self.is_anchor(anchor)) {
                self.end_anchored(pid, process, anchor);
                continue;
            }
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

    /// The runtime stops: what has not begun never will. The host leaves last, so what others left behind ends here too.
    fn end_unstarted_of(&mut self, mut indexes: Vec<u32>) {
        let runtime = Rc::clone(&self.runtime);
        let seats = if self.seat == 0 { 0..runtime.seats.len() } else { self.seat..self.seat + 1 };
        for seat in &runtime.seats[seats] {
            seat.inject.take_all(&mut indexes);
            seat.pinned.take_all(&mut indexes);
        }
        let reason = Reason::new(ReasonKind::Shutdown, &[]);
        for index in indexes {
            let Some((pid, process)) = runtime.table.at(index) else { continue };
            let early = process.seldom().unstarted.take().map(|what| what.early).unwrap_or_default();
            self.end_unstarted(pid, process, early, &reason);
        }
    }
}

/// Whether somebody kills the process by one of these.
fn has_kill(pid: Pid, mail: &[Parcel<Letter>]) -> bool {
    mail.iter().any(|parcel| {
        let Letter { to, envelope } = parcel.header();
        *to == pid
            && matches!(envelope, Envelope::Exit { reason, linked: false, .. } if reason.kind() == ReasonKind::Kill)
    })
}
