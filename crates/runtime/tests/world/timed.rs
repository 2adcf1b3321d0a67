//! The books of messages for later: each comes once, or once a period, never early; or it was cancelled, or its receiver ran
//! no longer; and no two of these.

use std::collections::BTreeMap;

use rumpus_runtime::{Pid, When};

use super::books::Tag;

/// One of them.
#[derive(Debug)]
pub struct Later {
    to: Pid,
    when: When,
    bits: u64,
    came: u64,
    cancelled: bool,
    /// There was nothing to cancel.
    over: bool,
}

impl Later {
    pub fn new(to: Pid, when: When, bits: u64) -> Self {
        Self { to, when, bits, came: 0, cancelled: false, over: false }
    }
}

/// See the module text.
#[derive(Debug, Default)]
pub struct Timed {
    pub now_us: u64,
    all: BTreeMap<u64, Later>,
}

impl Timed {
    pub fn sent(&mut self, number: u64, later: Later) {
        self.all.insert(number, later);
    }

    pub fn bits(&self, number: u64) -> u64 {
        self.all[&number].bits
    }

    /// Those of which nobody has been told that they are over.
    pub fn open(&self) -> Vec<u64> {
        self.all.iter().filter(|(_, later)| !later.cancelled && !later.over).map(|(&number, _)| number).collect()
    }

    pub fn came(&mut self, tag: Tag) {
        let now_us = self.now_us;
        let Some(later) = self.all.get_mut(&tag.number) else { panic!("{tag:?} was never sent") };
        let due_us = later.when.deadline_us + later.came * later.when.period_us;
        assert!(now_us >= due_us, "{later:?} is early: {now_us}");
        // What an interval sent before it was cancelled may wait to be told.
        assert!(later.when.period_us > 0 || later.came == 0 && !later.cancelled, "{later:?} comes");
        later.came += 1;
    }

    pub fn cancelled(&mut self, number: u64, cancelled: bool) {
        let Some(later) = self.all.get_mut(&number) else { panic!("{number} was never sent") };
        assert!(!cancelled || !later.cancelled && !later.over, "{later:?} is cancelled");
        assert!(!cancelled || later.when.period_us > 0 || later.came == 0, "{later:?} is cancelled");
        later.cancelled |= cancelled;
        later.over |= !cancelled;
    }

    /// Once all are cancelled or over, and all is quiet.
    pub fn check_quiet(&self, runs: impl Fn(Pid) -> bool) {
        for later in self.all.values().filter(|later| later.over && !later.cancelled && runs(later.to)) {
            assert!(later.came > 0, "{later:?} never came");
        }
    }
}
