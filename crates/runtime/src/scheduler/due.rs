//! What is due: waits of this scheduler's processes that end at a time, and messages for later, which lie in the wheel of
//! the scheduler their receiver lives on, so that they die with it and with nobody else. Owns that wheel. A message for
//! later is cancelled or delivered, never both: whoever claims it has it. Nothing is ever early.

use std::rc::Rc;

use rumpus_sync::{Parcel, Ticket};
use rustc_hash::FxHashSet;

use super::Scheduler;
use super::offer::is_full;
use crate::completion::Completion;
use crate::envelope::{Envelope, Letter};
use crate::layout;
use crate::pid::Pid;
use crate::process::Process;
use crate::process::state::{Overflow, Phase, Priority};
use crate::sched::wheel::Key;

/// One entry of the wheel.
#[derive(Debug)]
pub(super) enum Due {
    /// A process of this scheduler waits no longer.
    Wait(Pid),
    /// A message is delivered.
    Message(Timed),
}

/// A message for later.
#[derive(Debug)]
pub(super) struct Timed {
    timer: Ticket,
    to: Pid,
    period_us: u64,
    what: Carried,
}

/// The messages for later to one process.
pub(super) type Timers = FxHashSet<Key>;

#[derive(Debug)]
enum Carried {
    /// The value waits in a slot of this isolate.
    Slot(u32),
    /// The value as bytes.
    Bytes { skeleton: u32, parcel: Parcel<Letter> },
}

/// When a message for later is due, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct When {
    /// The first time.
    pub deadline_us: u64,
    /// How long until each further time; 0: once.
    pub period_us: u64,
}

/// What a cancelled timer leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cancelled {
    /// How long it would have had to go.
    pub left_us: u64,
    /// The slot of this isolate that nobody needs any more.
    pub slot: Option<u32>,
}

impl Scheduler {
    /// Has JavaScript told when a process of this scheduler has waited until `deadline_us`.
    pub fn wait_until(&mut self, pid: Pid, deadline_us: u64) -> Key {
        self.pace.want_alarm();
        self.wheel.insert(deadline_us, Due::Wait(pid))
    }

    /// Such a wait is over already.
    pub fn stop_waiting(&mut self, key: Key) {
        self.wheel.remove(key);
    }

    /// Sends a message later, whose value waits in a slot of this isolate. Only to a process of this scheduler that has begun;
    /// if it has ended, which JavaScript may not have been told yet, the slot is free.
    /// `named`: the timer that JavaScript took out of its stock for it.
    pub fn send_slot_after(&mut self, to: Pid, when: When, slot: u32, named: Option<u64>) -> Option<u64> {
        let timer = match named {
            Some(bits) => Pid::from_bits(bits).ticket(),
            None => self.runtime.timers.acquire()?,
        };
        self.offer_timer(timer, to, when)?;
        if self.runtime.phase(to) == Some(Phase::Running) {
            self.await_due(when.deadline_us, Timed { timer, to, period_us: when.period_us, what: Carried::Slot(slot) });
        } else {
            self.release_timer(timer);
            self.free_slot(Priority::Normal, slot);
        }
        Some(self.runtime.timer_bits(timer))
    }

    /// Sends a message later whose value is these bytes.
    pub fn send_after(&mut self, to: Pid, when: When, skeleton: u32, pieces: &[&[u8]]) -> Option<u64> {
        let timer = self.rent_timer(to, when)?;
        let When { deadline_us, period_us } = when;
        let letter = Letter { to, envelope: Envelope::After { timer, deadline_us, period_us, skeleton } };
        let parcel = self.arena.parcel(letter, pieces);
        if self.deliver(to, parcel).is_err() {
            self.release_timer(timer);
        }
        Some(self.runtime.timer_bits(timer))
    }

    fn rent_timer(&self, to: Pid, when: When) -> Option<Ticket> {
        let ticket = self.runtime.timers.acquire()?;
        self.offer_timer(ticket, to, when)?;
        Some(ticket)
    }

    fn offer_timer(&self, ticket: Ticket, to: Pid, when: When) -> Option<()> {
        let timer = self.runtime.timers.get(ticket)?;
        timer.note(when.deadline_us, to, 0);
        timer.claim.offer(ticket.generation);
        Some(())
    }

    fn release_timer(&self, timer: Ticket) {
        if let Some(state) = self.runtime.timers.get(timer) {
            let _ = state.claim.take(timer.generation);
            self.runtime.timers.release(timer);
        }
    }

    /// Cancels a timer, wherever it is; nothing if it has fired for the last time, or been cancelled.
    pub fn cancel_timer(&mut self, bits: u64, now_us: u64) -> Option<Cancelled> {
        let runtime = Rc::clone(&self.runtime);
        let name = Pid::from_bits(bits);
        let ticket = name.ticket();
        let timer = runtime.timers.get(ticket).filter(|_| name.runtime() == runtime.options.number)?;
        // Read while nobody else can have it: once it is claimed its owner may give the slot to the next.
        let (deadline_us, to) = (timer.deadline_us(), timer.to());
        if !timer.claim.take(ticket.generation) {
            return None;
        }
        let left_us = deadline_us.saturating_sub(now_us);
        let here = runtime.table.get(to).map(|process| process.state.load());
        let here = here.filter(|state| state.seat() == self.seat && state.has_body());
        let Some(state) = here else {
            self.signal(to, Envelope::Forget { timer: ticket });
            return Some(Cancelled { left_us, slot: None });
        };
        let slot = match self.forget_timer(ticket) {
            // What it has sent may wait to be told, and name the slot.
            Some(Timed { what: Carried::Slot(slot), period_us: 1.., .. }) => {
                self.free_slot(state.priority(), slot);
                None
            }
            Some(Timed { what: Carried::Slot(slot), .. }) => Some(slot),
            _ => None,
        };
        Some(Cancelled { left_us, slot })
    }

    /// A timer that has been cancelled leaves the wheel. If it is not there yet, it is given up where it arrives.
    fn forget_timer(&mut self, timer: Ticket) -> Option<Timed> {
        let key = Key::from_bits(self.runtime.timers.get(timer)?.key());
        let (_, due) = self.wheel.remove(key)?;
        let Due::Message(timed) = due else { unreachable!("{key:?} is a message for later") };
        self.unlist(timed.to, key);
        self.runtime.timers.release(timer);
        Some(timed)
    }

    /// The same, heard of from another scheduler.
    pub(super) fn hear_forget(&mut self, process: &Process, timer: Ticket) {
        if let Some(Timed { what: Carried::Slot(slot), .. }) = self.forget_timer(timer) {
            self.free_slot(process.state.load().priority(), slot);
        }
    }

    /// A message for later has reached the scheduler of its receiver.
    pub(super) fn open_after(&mut self, process: &Process, parcel: Parcel<Letter>) {
        let Letter { to, envelope: Envelope::After { timer, deadline_us, period_us, skeleton } } = *parcel.header()
        else {
            return;
        };
        let cancelled = self.runtime.timers.get(timer).is_none_or(|state| !state.claim.is_free(timer.generation));
        if cancelled || process.state.load().phase() == Phase::Exiting {
            return self.release_timer(timer);
        }
        let what = Carried::Bytes { skeleton, parcel };
        self.await_due(deadline_us, Timed { timer, to, period_us, what });
    }

    /// A message for later will not be delivered: its receiver is gone.
    pub(super) fn refuse_after(&mut self, parcel: &Parcel<Letter>) {
        if let Envelope::After { timer, .. } = parcel.header().envelope {
            self.release_timer(timer);
        }
    }

    fn await_due(&mut self, deadline_us: u64, timed: Timed) {
        self.pace.want_alarm();
        let (timer, to) = (timed.timer, timed.to);
        let key = self.wheel.insert(deadline_us, Due::Message(timed));
        self.timed.entry(to.index()).or_default().insert(key);
        if let Some(state) = self.runtime.timers.get(timer) {
            state.note(deadline_us, to, key.bits());
        }
    }

    /// What has left the wheel is none of those for its process any more.
    fn unlist(&mut self, to: Pid, key: Key) {
        let Some(timers) = self.timed.get_mut(&to.index()) else { return };
        timers.remove(&key);
        if timers.is_empty() {
            self.timed.remove(&to.index());
        }
    }

    /// A process has ended: what was to reach it later goes with it.
    pub(super) fn drop_timers(&mut self, index: u32, priority: Priority) {
        // Nobody having any is common, and a look at a table costs more than that.
        if self.timed.is_empty() {
            return;
        }
        for key in self.timed.remove(&index).into_iter().flatten() {
            let Some((_, Due::Message(timed))) = self.wheel.remove(key) else { continue };
            self.give_up(timed, priority);
        }
    }

    /// A message for later is nobody's any more. Its slot is free behind what it has sent, which may wait to be told.
    fn give_up(&mut self, timed: Timed, priority: Priority) {
        self.release_timer(timed.timer);
        if let Carried::Slot(slot) = timed.what {
            self.free_slot(priority, slot);
        }
    }

    /// Puts down all that is due for JavaScript to be told.
    pub(super) fn take_due(&mut self, now_us: u64) {
        if self.wheel.advance(now_us, &mut self.fired) == 0 {
            return;
        }
        let mut fired = std::mem::take(&mut self.fired);
        for (key, deadline_us, due) in fired.drain(..) {
            self.show_lateness(deadline_us, now_us);
            match due {
                Due::Wait(pid) => self.end_wait(pid, key),
                Due::Message(timed) => self.fire(timed, key, deadline_us, now_us),
            }
        }
        self.fired = fired;
    }

    fn end_wait(&mut self, pid: Pid, key: Key) {
        let Some(process) = self.runtime.table.get(pid) else { return };
        let state = process.state.load();
        if state.has_body() {
            self.outbox.push(state.priority(), Completion::Due { index: pid.index(), key });
        }
    }

    fn fire(&mut self, timed: Timed, key: Key, deadline_us: u64, now_us: u64) {
        let runtime = Rc::clone(&self.runtime);
        self.unlist(timed.to, key);
        let (Some(timer), Some(process)) = (runtime.timers.get(timed.timer), runtime.table.get(timed.to)) else {
            unreachable!("{timed:?} outlives its receiver")
        };
        let generation = timed.timer.generation;
        let state = process.state.load();
        let again = timed.period_us > 0 && timer.claim.is_free(generation);
        let ours = again || timer.claim.take(generation);
        if !ours || state.phase() != Phase::Running {
            return self.give_up(timed, state.priority());
        }
        if is_full(process) {
            self.count(layout::NATIVE_ACCEPTED);
            self.count(layout::NATIVE_DROPPED_FULL);
            if !again {
                return self.give_up(timed, state.priority());
            }
        } else {
            self.tell_timed(process, &timed, again);
        }
        if !again {
            return self.release_timer(timed.timer);
        }
        // The phase stays; what was missed is not made up for.
        let periods = now_us.saturating_sub(deadline_us) / timed.period_us + 1;
        self.await_due(deadline_us + periods * timed.period_us, timed);
    }

    fn tell_timed(&mut self, process: &Process, timed: &Timed, again: bool) {
        self.count(layout::NATIVE_ACCEPTED);
        self.count(layout::NATIVE_DELIVERED);
        if process.state.load().overflow() == Overflow::DropOldest {
            // It is the newest: JavaScript makes room, and gives the place back.
            process.places.give(-1);
        }
        let (index, priority) = (timed.to.index(), process.state.load().priority());
        let completion = match &timed.what {
            Carried::Slot(slot) => Completion::Slot { index, slot: *slot, keep: again },
            Carried::Bytes { skeleton, parcel } => {
                let letter = Letter { to: timed.to, envelope: Envelope::Message { skeleton: *skeleton } };
                Completion::Message { index, skeleton: *skeleton, parcel: self.arena.parcel(letter, &[parcel.bytes()]) }
            }
        };
        self.outbox.push(priority, completion);
    }

    /// Says, before a sleep, when it must end at the latest.
    pub(super) fn set_alarm(&self, now_us: u64) {
        let page = &self.seat().page;
        let Some(next_us) = self.wheel.next_us() else { return page.set(layout::DUE_IN, -1) };
        let ms = next_us.saturating_sub(now_us).div_ceil(1_000);
        page.set(layout::DUE_IN, ms.clamp(1, i32::MAX as u64) as i32);
        page.set(layout::DUE_AT, (next_us / 1_000) as u32 as i32);
    }

    /// Waits and messages for later that this scheduler keeps, for tests and the inspector.
    pub fn due(&self) -> usize {
        self.wheel.len()
    }
}
