//! The outbox: what JavaScript must be told in a turn, in three lines by the priority of whom it concerns, and the dead whose
//! slots are free only when all that concerns them has been told. Owns the order: within a line it is that of arrival; what
//! concerns one process stands in one line. Starts all stand in the middle one, for they must be made in order.

use std::collections::VecDeque;

use crate::completion::{Completion, Sink};
use crate::pid::Pid;
use crate::process::state::Priority;

const LINES: usize = 3;
const FIRST: [Priority; LINES] = [Priority::High, Priority::Normal, Priority::Low];

#[derive(Debug, Default)]
struct Line {
    waiting: VecDeque<Completion>,
    /// Completions of this line ever told, or taken back.
    told: u64,
    /// The dead, each with what must have been told before.
    graves: VecDeque<(u64, Pid)>,
}

/// See the module text.
#[derive(Debug, Default)]
pub(super) struct Outbox([Line; LINES]);

impl Outbox {
    /// Appends what concerns a process of this priority.
    pub(super) fn push(&mut self, priority: Priority, completion: Completion) {
        self.0[priority as usize].waiting.push_back(completion);
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|line| line.waiting.len()).sum()
    }

    /// What waits, in no order.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Completion> {
        self.0.iter().flat_map(|line| &line.waiting)
    }

    /// Whether none waits.
    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|line| line.waiting.is_empty())
    }

    /// Whether anything waits for a process of this priority.
    pub(super) fn has(&self, priority: Priority) -> bool {
        !self.0[priority as usize].waiting.is_empty()
    }

    /// Takes the first that may be told and fits; those of low priority only if `low`.
    pub(super) fn next(&mut self, sink: &impl Sink, low: bool) -> Option<(Priority, Completion)> {
        let priority = FIRST.into_iter().find(|&priority| self.has(priority))?;
        let line = &mut self.0[priority as usize];
        if (priority == Priority::Low && !low) || !sink.fits(line.waiting.front()?.payload_len()) {
            return None;
        }
        line.told += 1;
        line.waiting.pop_front().map(|completion| (priority, completion))
    }

    /// The slot of a dead process is to be free when what waits for it now has been told.
    pub(super) fn bury(&mut self, priority: Priority, pid: Pid) {
        let line = &mut self.0[priority as usize];
        line.graves.push_back((line.told + line.waiting.len() as u64, pid));
    }

    /// The next of the dead of whom nothing is left to tell.
    pub(super) fn next_grave(&mut self) -> Option<Pid> {
        let ready = |line: &&mut Line| line.graves.front().is_some_and(|&(told, _)| told <= line.told);
        self.0.iter_mut().find(ready)?.graves.pop_front().map(|(_, pid)| pid)
    }

    /// Takes back the news of the end of a watched process.
    pub(super) fn forget_down(&mut self, priority: Priority, reference: u64) {
        let line = &mut self.0[priority as usize];
        let is_it =
            |completion: &Completion| matches!(completion, Completion::Down { reference: r, .. } if *r == reference);
        let Some(at) = line.waiting.iter().position(is_it) else { return };
        line.waiting.remove(at);
        let behind = line.told + at as u64;
        line.graves.iter_mut().filter(|(told, _)| *told > behind).for_each(|(told, _)| *told -= 1);
    }

    /// Nobody is left to be told anything.
    pub(super) fn lose(&mut self) {
        for line in &mut self.0 {
            line.told += line.waiting.drain(..).count() as u64;
        }
    }
}
