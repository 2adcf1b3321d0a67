//! Claiming unstarted processes: first our own, then those of others. Owns which of them go to JavaScript and when; a
//! process is claimed by exactly one scheduler because exactly one pops it. Never touches a started process.

use std::rc::Rc;

use super::Scheduler;
use crate::completion::Completion;
use crate::envelope::{Envelope, Letter, Reason, ReasonKind};
use crate::layout;
use crate::pid::Pid;
use crate::process::state::Priority;
use crate::process::{Process, Seldom, Unstarted};
use crate::sched::seat::Seat;
use rumpus_sync::Parcel;

/// Unstarted processes stolen, or taken from an inject queue, at once.
const BATCH: usize = 64;

impl Scheduler {
    /// Claims up to `most` unstarted processes and tells JavaScript to start them; how many.
    pub(super) fn claim(&mut self, most: usize, may_search: bool) -> usize {
        let mut claimed = 0;
        while claimed < most {
            let Some(index) = self.next_unstarted() else { break };
            claimed += usize::from(self.claim_one(index));
        }
        if claimed == 0 && may_search && self.search() {
            return self.claim(most, false);
        }
        claimed
    }

    fn next_unstarted(&mut self) -> Option<u32> {
        let runtime = Rc::clone(&self.runtime);
        let seat = &runtime.seats[self.seat];
        let mut batch = Vec::new();
        if !self.is_going() && seat.pinned.take_half(1, &mut batch) == 1 {
            return batch.pop();
        }
        if !self.takes_work() {
            return None;
        }
        if let Some(index) = seat.steal.pop() {
            return Some(index);
        }
        seat.inject.take_half(BATCH, &mut batch);
        let mut batch = batch.into_iter();
        let first = batch.next();
        if batch.len() > 0 {
            self.pace.must_pass_on();
        }
        batch.for_each(|index| seat.steal.push(index, &seat.inject));
        first
    }

    /// Hands one to JavaScript; false if it waits for its definition, or a signal ended it first.
    fn claim_one(&mut self, index: u32) -> bool {
        let runtime = Rc::clone(&self.runtime);
        let Some((pid, process)) = runtime.table.at(index) else { return false };
        let mut seldom = process.seldom();
        let Seldom { unstarted, late, .. } = &mut *seldom;
        let Some(what) = unstarted.as_mut() else { return false };
        if let Some(anchor) = what.anchor.filter(|&anchor| !self.is_anchor(anchor)) {
            drop(seldom);
            self.pass_to_anchor(pid, process, anchor);
            return false;
        }
        what.claimed = Some(self.seat);
        if !self.loaded.get(what.definition as usize).copied().unwrap_or(false) {
            self.waiting.push((index, what.definition));
            return false;
        }
        what.early.extend(process.mailbox.take());
        let late = late.iter().flat_map(|late| late.waiting());
        if let Some(reason) = fatal(pid, what.early.iter().chain(late)) {
            let early = std::mem::take(&mut what.early);
            seldom.unstarted = None;
            drop(seldom);
            self.end_unstarted(pid, process, early, &reason);
            return false;
        }
        let len = what.arguments.bytes().len();
        drop(seldom);
        self.outbox.push(Priority::Normal, Completion::Start { pid, len });
        self.claimed.push_back(pid);
        true
    }

    /// A process ends that has not begun and never will: who asked is told, its messages are counted.
    pub(super) fn end_unstarted(&mut self, pid: Pid, process: &Process, early: Vec<Parcel<Letter>>, reason: &Reason) {
        self.seat().count_alive(1);
        self.begin_death(pid, process);
        early.into_iter().for_each(|parcel| self.refuse(pid, parcel, reason));
        self.die(pid, process, reason);
        // Nobody notifies a scheduler of mail for the unstarted: it is in no inlet.
        self.vacate(pid);
    }

    /// Notes which of the claimed have begun, and hands over the mail that waited for them.
    pub(super) fn note_started(&mut self) {
        let begun = self.seat().page.get(layout::STARTED);
        while self.started_seen != begun {
            self.started_seen = self.started_seen.wrapping_add(1);
            let Some(pid) = self.claimed.pop_front() else { unreachable!("JavaScript starts only what was claimed") };
            self.note_begun(pid);
        }
    }

    fn note_begun(&mut self, pid: Pid) {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(pid) else { return };
        let what: Option<Box<Unstarted>> = {
            // Both under the lock: who anchors it finds it unstarted, or where it runs.
            let mut seldom = process.seldom();
            process.state.run(self.seat);
            seldom.unstarted.take()
        };
        self.seat().count_alive(1);
        self.count(layout::STARTED_HERE);
        let early = what.map(|what| what.early).unwrap_or_default();
        self.draining = Some(pid);
        let alive = self.open_all(pid, process, early);
        self.stop_draining(pid, process);
        if !alive {
            return;
        }
        self.drain(pid.index());
        if process.state.load().has_body() && !runtime.options.native_lane && !process.state.load().is_watched_over() {
            self.outbox.push(Priority::Normal, Completion::Opened { pid });
        }
    }

    /// A definition has come: those that waited for it may be claimed again.
    pub(super) fn requeue_waiting(&mut self) {
        if self.waiting.is_empty() {
            return;
        }
        let loaded = std::mem::take(&mut self.loaded);
        let is_loaded = |definition: u32| loaded.get(definition as usize).copied().unwrap_or(false);
        let (ready, waiting) = std::mem::take(&mut self.waiting).into_iter().partition(|&(_, d)| is_loaded(d));
        self.loaded = loaded;
        self.waiting = waiting;
        let ready: Vec<(u32, u32)> = ready;
        // One may be dead already: whether that was the last here is known when all have been looked at.
        let tenant = std::mem::take(&mut self.tenant);
        for (index, _) in ready {
            self.claim_one(index);
        }
        self.tenant = tenant;
        self.end_tenancy_without(0);
    }

    /// Steals half of what another scheduler has; true if that brought something.
    fn search(&mut self) -> bool {
        let runtime = Rc::clone(&self.runtime);
        if !self.may_steal() || !runtime.idle.start_search(runtime.workers().len()) {
            return false;
        }
        let seats = runtime.seats.regular().len();
        let from = self.dice.below(seats);
        let patient = self.pace.is_patient();
        let mut left = false;
        let stolen = (0..seats).map(|i| (from + i) % seats).filter(|&victim| victim != self.seat).find_map(|victim| {
            let seat = &runtime.seats[victim];
            let leaves = seat.leaves_work(self.pace.turn_us);
            if !leaves && !seat.is_robbable() {
                return None;
            }
            let fair = if leaves { BATCH } else { self.fair_share(victim) };
            left |= fair == 0;
            let most = if patient { fair } else { fair.max(1) };
            (most > 0).then(|| self.rob(victim, most)).filter(|&stolen| stolen > 0)
        });
        self.pace.leave_to_others(left && stolen.is_none());
        runtime.idle.stop_search();
        self.pace.must_pass_on();
        let Some(stolen) = stolen else { return false };
        self.seat().page.add(layout::STOLEN, stolen as f64);
        self.count(layout::STEALS);
        true
    }

    /// How much may be stolen without leaving `victim` with less than this scheduler has: a process that sleeps at once
    /// starts faster than its spawner can take a turn, and whoever has stolen it has it for life. When patience is at an end,
    /// one more is.
    fn fair_share(&self, victim: usize) -> usize {
        let seat = &self.runtime.seats[victim];
        if !seat.is_taken() || !self.runtime.workers().contains(&victim) {
            return BATCH;
        }
        (seat.load().saturating_sub(self.seat().load()) / 2).min(BATCH)
    }

    fn rob(&self, victim: usize, most: usize) -> usize {
        let (victim, own) = (&self.runtime.seats[victim], self.seat());
        let stolen = victim.steal.steal_into(&own.steal, most as u32) as usize;
        if stolen > 0 || (victim.bell.is_rung() && !victim.leaves_work(self.pace.turn_us)) {
            return stolen;
        }
        let mut batch = Vec::new();
        let stolen = victim.inject.take_half(most, &mut batch);
        batch.into_iter().for_each(|index| own.steal.push(index, &own.inject));
        stolen
    }

    /// Lies down: from now on a ring wakes this thread.
    pub(super) fn lie_down(&mut self) {
        self.pace.must_pass_on();
        if self.may_steal() {
            self.runtime.idle.lie_down(self.seat);
        }
        self.seat().bell.lie_down();
    }

    /// Gets up, whoever woke it.
    pub(super) fn get_up(&mut self) {
        self.seat().bell.get_up();
        self.runtime.idle.get_up(self.seat);
    }

    /// A thief takes only what it can start: it has loaded, or tried, every definition there is.
    pub(super) fn may_steal(&self) -> bool {
        self.takes_work() && self.seat().loaded() == self.runtime.defined()
    }

    /// Wakes one sleeper that could steal, unless somebody is searching already. Called after publishing work.
    pub(super) fn wake_thief(&mut self) {
        let sleepers = self.runtime.idle.sleepers_to_wake();
        self.ring_one_of(sleepers);
    }

    /// Wakes one sleeper if there is something to steal. Called by whoever slept, searched or moved work and is busy now, or
    /// goes for good.
    pub(super) fn pass_on(&mut self) {
        let sleepers = self.runtime.idle.sleepers_to_wake();
        if sleepers != 0 && self.runtime.seats.regular().iter().any(Seat::is_robbable) {
            self.ring_one_of(sleepers);
        }
    }

    fn ring_one_of(&mut self, sleepers: u64) {
        if self.runtime.ring_one_of(sleepers & !(1 << self.seat)) {
            self.count(layout::WAKES_SENT);
        }
    }
}

/// Why mail that waits for an unstarted process ends it before it begins: the first exit signal that counts. It can neither
/// trap exits nor have unlinked, so every linked one does but the normal.
pub(super) fn fatal<'a>(pid: Pid, early: impl IntoIterator<Item = &'a Parcel<Letter>>) -> Option<Reason> {
    early.into_iter().filter(|parcel| parcel.header().to == pid).find_map(|parcel| match &parcel.header().envelope {
        Envelope::Exit { reason, linked: false, .. } if reason.kind() == ReasonKind::Kill => {
            Some(Reason::new(ReasonKind::Killed, &[]))
        }
        Envelope::Exit { reason, .. } if reason.kind() != ReasonKind::Normal => Some(reason.clone()),
        _ => None,
    })
}
