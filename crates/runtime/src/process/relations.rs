//! Links and monitors of the processes that run on one scheduler: private to its thread, so no locks. Owns who hears of
//! whose end; knows nothing of delivery. A process without relations has no entry and costs nothing.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::pid::Pid;

/// What one process is tied to.
#[derive(Debug, Default)]
pub struct Ties {
    links: FxHashSet<Pid>,
    watchers: FxHashMap<u64, Pid>,
    watching: FxHashMap<u64, Pid>,
}

impl Ties {
    /// Linked processes.
    pub fn links(&self) -> impl Iterator<Item = Pid> {
        self.links.iter().copied()
    }

    /// Who wants to hear of this process's end, with their references.
    pub fn watchers(&self) -> impl Iterator<Item = (u64, Pid)> {
        self.watchers.iter().map(|(&reference, &pid)| (reference, pid))
    }

    /// Of whose end this process wants to hear, with the references.
    pub fn watching(&self) -> impl Iterator<Item = (u64, Pid)> {
        self.watching.iter().map(|(&reference, &pid)| (reference, pid))
    }

    fn is_empty(&self) -> bool {
        self.links.is_empty() && self.watchers.is_empty() && self.watching.is_empty()
    }
}

/// The ties of one scheduler's processes, by slot.
#[derive(Debug, Default)]
pub struct Relations {
    ties: FxHashMap<u32, Ties>,
}

impl Relations {
    /// Ties `of` to `to`.
    pub fn link(&mut self, of: u32, to: Pid) {
        self.ties.entry(of).or_default().links.insert(to);
    }

    /// Takes a link away; true if it stood.
    pub fn unlink(&mut self, of: u32, from: Pid) -> bool {
        self.change(of, |ties| ties.links.remove(&from))
    }

    /// `watcher` wants to hear of `of`.
    pub fn watch(&mut self, of: u32, reference: u64, watcher: Pid) {
        self.ties.entry(of).or_default().watchers.insert(reference, watcher);
    }

    /// Nobody wants to hear under `reference` any more.
    pub fn unwatch(&mut self, of: u32, reference: u64) {
        self.change(of, |ties| ties.watchers.remove(&reference).is_some());
    }

    /// `of` watches `target`.
    pub fn watches(&mut self, of: u32, reference: u64, target: Pid) {
        self.ties.entry(of).or_default().watching.insert(reference, target);
    }

    /// `of` no longer watches under `reference`; whom it watched.
    pub fn unwatches(&mut self, of: u32, reference: u64) -> Option<Pid> {
        let mut target = None;
        self.change(of, |ties| {
            target = ties.watching.remove(&reference);
            target.is_some()
        });
        target
    }

    /// Takes all ties of a process that ends.
    pub fn cut(&mut self, of: u32) -> Option<Ties> {
        self.ties.remove(&of)
    }

    /// What a process is tied to; nothing if it is tied to nobody.
    pub fn of(&self, of: u32) -> Option<&Ties> {
        self.ties.get(&of)
    }

    /// How many of each a process has: links, watchers, watching.
    pub fn count(&self, of: u32) -> (usize, usize, usize) {
        self.ties.get(&of).map_or((0, 0, 0), |t| (t.links.len(), t.watchers.len(), t.watching.len()))
    }

    fn change(&mut self, of: u32, change: impl FnOnce(&mut Ties) -> bool) -> bool {
        let Some(ties) = self.ties.get_mut(&of) else { return false };
        let changed = change(ties);
        if changed && ties.is_empty() {
            self.ties.remove(&of);
        }
        changed
    }
}
