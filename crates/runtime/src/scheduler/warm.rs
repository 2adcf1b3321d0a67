//! Warm mailboxes: those that had mail a moment ago. The scheduler looks at them itself each turn instead of parking them,
//! so that a steady sender meets one contended word (the mailbox's), not three (the inlet's and the bell's too). A few at
//! most, none of them for long without mail, and none while the scheduler sleeps: before that all are parked, and from then
//! on whoever sends must notify, as ever.

use std::rc::Rc;

use super::Scheduler;
use crate::pid::Pid;

/// Warm mailboxes of one scheduler at most.
const WARM_MAX: usize = 8;
/// Looks without mail after which a mailbox is parked.
const MISSES_MAX: u8 = 8;

/// A mailbox that is looked at each turn.
#[derive(Debug, Clone, Copy)]
pub(super) struct Warm {
    pid: Pid,
    misses: u8,
}

impl Scheduler {
    /// Keeps a mailbox warm that has just been emptied; false if there are too many, then it must be parked.
    pub(super) fn keep_warm(&mut self, pid: Pid) -> bool {
        if let Some(warm) = self.warm.iter_mut().find(|warm| warm.pid == pid) {
            warm.misses = 0;
            return true;
        }
        if self.warm.len() == WARM_MAX {
            return false;
        }
        self.warm.push(Warm { pid, misses: 0 });
        true
    }

    /// Whether `pid` was warm; it is no longer.
    pub(super) fn forget_warm(&mut self, pid: Pid) -> bool {
        let before = self.warm.len();
        self.warm.retain(|warm| warm.pid != pid);
        self.warm.len() != before
    }

    /// Whether a warm mailbox has mail.
    pub(super) fn has_warm_mail(&self) -> bool {
        let has_mail = |warm: &Warm| self.runtime.table.get(warm.pid).is_some_and(|process| process.mailbox.has_mail());
        self.warm.iter().any(has_mail)
    }

    /// Empties warm mailboxes, and parks those that have had no mail for a while.
    pub(super) fn drain_warm(&mut self) {
        if self.warm.is_empty() {
            return;
        }
        let runtime = Rc::clone(&self.runtime);
        for Warm { pid, misses } in self.copy_warm().into_iter().flatten() {
            let Some(process) = runtime.table.get(pid) else { continue };
            if process.mailbox.has_mail() {
                self.drain(pid.index());
            } else if misses >= MISSES_MAX {
                self.park_warm(pid);
            } else if let Some(warm) = self.warm.iter_mut().find(|warm| warm.pid == pid) {
                warm.misses += 1;
            }
        }
    }

    /// Parks all warm mailboxes; those that got mail meanwhile stay, to be seen to.
    pub(super) fn park_all_warm(&mut self) {
        self.copy_warm().into_iter().flatten().for_each(|warm| self.park_warm(warm.pid));
    }

    /// What is warm now, for a loop that changes it; on the stack, for this is done every turn.
    fn copy_warm(&self) -> [Option<Warm>; WARM_MAX] {
        let mut copy = [None; WARM_MAX];
        copy.iter_mut().zip(&self.warm).for_each(|(to, warm)| *to = Some(*warm));
        copy
    }

    fn park_warm(&mut self, pid: Pid) {
        let parked = self.runtime.table.get(pid).is_none_or(|process| process.mailbox.park());
        if parked {
            self.forget_warm(pid);
        }
    }
}
