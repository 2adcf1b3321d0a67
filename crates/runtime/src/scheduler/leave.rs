//! A scheduler's thread goes: what had begun there is down, what had not begins elsewhere, everybody who asked is told. Owns
//! what becomes of each queue of the seat, which stays for the next tenant. Touches only what this scheduler owns, for
//! others may be leaving at the same moment.

use std::rc::Rc;

use super::Scheduler;
use crate::envelope::{Reason, ReasonKind};
use crate::layout;
use crate::pid::Pid;
use crate::process::state::Phase;

impl Scheduler {
    /// Stands up for good.
    pub fn leave(mut self) {
        self.note_page();
        self.give_up_stock();
        while let Some(&rented) = self.rented.last() {
            self.give_back(rented);
        }
        self.end_all();
        self.lose_inboxes();
        let unstarted = self.give_up_unstarted();
        if self.runtime.is_stopping() {
            self.end_unstarted_of(unstarted);
        } else {
            self.hand_back(unstarted);
        }
        // Nobody is left to be told anything.
        self.urgent.clear();
        self.outbox.lose();
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
                self.die(pid, process, &reason);
            }
        }
        let mut notified = std::mem::take(&mut self.notified);
        runtime.seats[self.seat].inlet.take(&runtime.table, &mut notified);
        for index in notified {
            // Who enters the inlet after this is found there by the next tenant.
            let Some((pid, process)) = runtime.table.at(index) else { continue };
            debug_assert_eq!(process.state.load().phase(), Phase::Dead, "{pid:?} outlives its scheduler");
            self.vacate(pid);
        }
    }

    /// Messages that had reached the JavaScript half are lost with it: counted as dropped.
    fn lose_inboxes(&mut self) {
        self.seat().page.add(layout::DROPPED_DIED, self.untaken().max(0.0));
    }

    /// What had not begun, as far as it is ours: out of every queue, so nobody else has it.
    fn give_up_unstarted(&mut self) -> Vec<u32> {
        let runtime = Rc::clone(&self.runtime);
        let seat = &runtime.seats[self.seat];
        let mut indexes: Vec<u32> = self.claimed.drain(..).map(Pid::index).collect();
        indexes.extend(self.waiting.drain(..).map(|(index, _)| index));
        indexes.extend(std::iter::from_fn(|| seat.steal.pop()));
        seat.inject.take_all(&mut indexes);
        indexes
    }

    /// Puts what had not begun where it will.
    fn hand_back(&mut self, indexes: Vec<u32>) {
        let runtime = Rc::clone(&self.runtime);
        let others: Vec<usize> = runtime.workers().filter(|&s| s != self.seat && runtime.seats[s].is_taken()).collect();
        for index in indexes {
            let Some((_, process)) = runtime.table.at(index) else { continue };
            let pinned = process.seldom().unstarted.as_ref().and_then(|what| what.pinned);
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
