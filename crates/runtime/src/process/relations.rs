//! Links and monitors of the processes that run on one scheduler: private to its thread, so no locks. Owns who hears of
//! whose end; knows nothing of delivery. A process without relations has no entry and costs nothing.
//!
//! Both ends of a link keep it, and either may take it back while the other does something else. So that they agree in the
//! end, an unlink has a number and is answered (Erlang's protocol since OTP 23): until the answer comes the link does not
//! count, and a link signal that crosses the unlink is ignored.

use rustc_hash::FxHashMap;

use crate::pid::Pid;

const STANDS: u64 = 0;

/// What one process is tied to.
#[derive(Debug, Default)]
pub struct Ties {
    /// With the number of the unlink that is not answered yet, 0 while the link stands.
    links: FxHashMap<Pid, u64>,
    watchers: FxHashMap<u64, Pid>,
    watching: FxHashMap<u64, Pid>,
}

impl Ties {
    /// Linked processes.
    pub fn links(&self) -> impl Iterator<Item = Pid> {
        self.links.iter().filter(|&(_, &unlink)| unlink == STANDS).map(|(&pid, _)| pid)
    }

    /// Who wants to hear of this process's end, with their references.
    pub fn watchers(&self) -> impl Iterator<Item = (u64, Pid)> {
        self.watchers.iter().map(|(&reference, &pid)| (reference, pid))
    }

    /// Of whose end this process wants to hear, with the references.
    pub fn watching(&self) -> impl Iterator<Item = (u64, Pid)> {
        self.watching.iter().map(|(&reference, &pid)| (reference, pid))
    }

    /// Links that were taken back and may still be heard of.
    pub fn unlinking(&self) -> usize {
        self.links.len() - self.links().count()
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
    /// Ties `of` to `to`; false if the link stood already.
    pub fn link(&mut self, of: u32, to: Pid) -> bool {
        self.ties.entry(of).or_default().links.insert(to, STANDS) != Some(STANDS)
    }

    /// `by` tied itself to `of`. An unlink that is not answered yet has the last word.
    pub fn linked(&mut self, of: u32, by: Pid) {
        self.ties.entry(of).or_default().links.entry(by).or_insert(STANDS);
    }

    /// `of` takes its link back, which does not count from now on; false if none stood.
    pub fn unlink(&mut self, of: u32, from: Pid, number: u64) -> bool {
        let link = self.ties.get_mut(&of).and_then(|ties| ties.links.get_mut(&from));
        match link {
            Some(unlink) if *unlink == STANDS => *unlink = number,
            _ => return false,
        }
        true
    }

    /// The unlink of `of` with this number has been answered, or cannot be.
    pub fn unlinked(&mut self, of: u32, by: Pid, number: u64) {
        self.change(of, |ties| ties.links.get(&by) == Some(&number) && ties.links.remove(&by).is_some());
    }

    /// The other end took the link away; true if it stood.
    pub fn cut_link(&mut self, of: u32, from: Pid) -> bool {
        let mut stood = false;
        self.change(of, |ties| {
            stood = ties.links.get(&from) == Some(&STANDS);
            stood && ties.links.remove(&from).is_some()
        });
        stood
    }

    /// `from` ended: no link with it is left, nor any unlink; true if one stood.
    pub fn end_link(&mut self, of: u32, from: Pid) -> bool {
        let mut link = None;
        self.change(of, |ties| {
            link = ties.links.remove(&from);
            link.is_some()
        });
        link == Some(STANDS)
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
        if self.ties.is_empty() { None } else { self.ties.remove(&of) }
    }

    /// What a process is tied to; nothing if it is tied to nobody.
    pub fn of(&self, of: u32) -> Option<&Ties> {
        self.ties.get(&of)
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
