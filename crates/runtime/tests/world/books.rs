//! The books: what was sent, spawned, monitored, and what must follow from it. Owns the expectations of a whole world and
//! fails as soon as one is broken: order and number of what comes from one process to another, one answer for each
//! monitor, one reason for each death.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rumpus_runtime::process::Anchor;
use rumpus_runtime::{Pid, Reason, ReasonKind};

use super::timed::Timed;

/// Who sends what comes later: that is in no order with anything.
pub const NOBODY: Pid = Pid::from_bits(u64::MAX);

/// Who sent what to whom: the content of every message and of every reason that a body gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tag {
    pub from: Pid,
    pub to: Pid,
    pub number: u64,
}

impl Tag {
    pub fn bytes(self) -> [u8; 24] {
        let mut bytes = [0; 24];
        for (at, word) in [self.from.bits(), self.to.bits(), self.number].into_iter().enumerate() {
            bytes[8 * at..8 * (at + 1)].copy_from_slice(&word.to_le_bytes());
        }
        bytes
    }

    pub fn of(bytes: &[u8]) -> Self {
        assert_eq!(bytes.len(), 24, "a tag");
        let word = |at: usize| u64::from_le_bytes(bytes[8 * at..8 * (at + 1)].try_into().unwrap_or_default());
        Self { from: Pid::from_bits(word(0)), to: Pid::from_bits(word(1)), number: word(2) }
    }

    /// The tag of a reason that somebody gave.
    pub fn of_reason(reason: &Reason) -> Option<Self> {
        (!reason.payload().is_empty()).then(|| Self::of(reason.payload()))
    }
}

/// What comes to a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    Message(Tag),
    Exit(Pid, Reason),
    Down(u64, Pid, Reason),
}

#[derive(Debug, Clone, Copy)]
struct Sent {
    number: u64,
    /// An exit signal, of this kind.
    exit: Option<ReasonKind>,
}

impl Sent {
    /// Whether it may come to nothing: a normal exit does, where exits are not trapped.
    fn may_vanish(self) -> bool {
        self.exit == Some(ReasonKind::Normal)
    }
}

/// One process.
#[derive(Debug, Default)]
pub struct Life {
    pub pinned: Option<usize>,
    pub begun: Option<usize>,
    pub told: Option<usize>,
    pub ended: Option<Reason>,
    pub ordered: bool,
    arguments: Option<Tag>,
}

#[derive(Debug, Clone, Copy)]
pub struct Monitor {
    pub watcher: Pid,
    pub target: Pid,
    pub answered: bool,
    pub withdrawn: bool,
}

impl Monitor {
    fn new(watcher: Pid, target: Pid) -> Self {
        Self { watcher, target, answered: false, withdrawn: false }
    }
}

/// See the module text.
#[derive(Debug, Default)]
pub struct Books {
    pub spawned: BTreeMap<Pid, Life>,
    pub monitors: BTreeMap<u64, Monitor>,
    pairs: BTreeMap<(Pid, Pid), VecDeque<Sent>>,
    references: BTreeSet<u64>,
    number: u64,
    /// What has come to each, oldest first.
    pub heard: BTreeMap<Pid, Vec<Item>>,
    pub messages: u64,
    pub signals: u64,
    pub timed: Timed,
    /// What has moved and not been taken: to whom, from which seat, with which message.
    pub cargo: BTreeMap<u64, (Anchor, usize, Tag)>,
}

impl Books {
    pub fn next_tag(&mut self, from: Pid, to: Pid) -> Tag {
        self.number += 1;
        Tag { from, to, number: self.number }
    }

    pub fn spawned(&mut self, pid: Pid, pinned: Option<usize>) {
        let former = self.spawned.insert(pid, Life { pinned, ..Life::default() });
        assert!(former.is_none(), "{pid:?} twice");
    }

    pub fn arguments(&mut self, pid: Pid, tag: Tag) {
        self.life(pid).arguments = Some(tag);
    }

    pub fn life(&mut self, pid: Pid) -> &mut Life {
        match self.spawned.get_mut(&pid) {
            Some(life) => life,
            None => panic!("{pid:?} was never spawned"),
        }
    }

    pub fn told_to_start(&mut self, pid: Pid, arguments: Tag, seat: usize) {
        let life = self.life(pid);
        assert_eq!(life.arguments, Some(arguments), "arguments of {pid:?}");
        assert!(life.begun.is_none() && life.ended.is_none(), "{pid:?} starts at {seat}: {life:?}");
        assert!(life.pinned.is_none_or(|at| at == seat), "{pid:?} starts at {seat}: {life:?}");
        life.told = Some(seat);
    }

    /// Its body has begun; may be said twice of the same seat.
    pub fn begun(&mut self, pid: Pid, seat: usize) {
        let life = self.life(pid);
        assert_eq!((life.begun.unwrap_or(seat), life.told), (seat, Some(seat)), "{pid:?} begins at {seat}");
        life.begun = Some(seat);
    }

    /// It is dead natively, for this reason.
    pub fn died(&mut self, pid: Pid, reason: &Reason) {
        let former = self.life(pid).ended.replace(reason.clone());
        assert!(former.is_none(), "{pid:?} died for {former:?}, then for {reason:?}");
    }

    /// Its isolate was told that it must end.
    pub fn ordered(&mut self, pid: Pid, reason: &Reason, dead: bool) {
        if let Some(tag) = Tag::of_reason(reason).filter(|tag| tag.to.index() == pid.index()) {
            assert_eq!(tag.to, pid, "{reason:?} was meant for a former tenant");
            // The first order ends its waiting for more.
            if !self.life(pid).ordered && tag.from != pid {
                self.advance(tag, true);
            }
        }
        self.life(pid).ordered = true;
        if dead && self.life(pid).ended.is_none() {
            self.died(pid, reason);
        }
    }

    /// Cargo for it waits at this seat: if it has not begun, it begins there.
    pub fn anchored(&mut self, pid: Pid, seat: usize) {
        let life = self.life(pid);
        assert!(
            life.begun.is_none_or(|at| at == seat) && life.pinned.is_none_or(|at| at == seat),
            "{pid:?} at {seat}: {life:?}"
        );
        if life.told.is_some_and(|at| at != seat) {
            assert!(life.begun.is_none(), "{pid:?} begins elsewhere");
        }
        if life.begun.is_none() {
            life.pinned = Some(seat);
        }
    }

    pub fn give_cargo(&mut self, number: u64, to: Anchor, by: usize, tag: Tag) {
        assert!(self.cargo.insert(number, (to, by, tag)).is_none(), "cargo {number} twice");
    }

    pub fn take_cargo(&mut self, number: u64) -> Option<(Anchor, usize, Tag)> {
        self.cargo.remove(&number)
    }

    pub fn sent(&mut self, tag: Tag) {
        self.messages += 1;
        self.pairs.entry((tag.from, tag.to)).or_default().push_back(Sent { number: tag.number, exit: None });
    }

    /// The receiver was gone.
    pub fn refused(&mut self, tag: Tag) {
        let last = self.pairs.get_mut(&(tag.from, tag.to)).and_then(VecDeque::pop_back);
        assert_eq!(last.map(|sent| sent.number), Some(tag.number));
    }

    pub fn exit_sent(&mut self, tag: Tag, kind: ReasonKind) {
        self.signals += 1;
        self.pairs.entry((tag.from, tag.to)).or_default().push_back(Sent { number: tag.number, exit: Some(kind) });
    }

    /// The next from one process to another is this.
    fn advance(&mut self, tag: Tag, is_exit: bool) {
        let Some(sent) = self.pairs.get_mut(&(tag.from, tag.to)) else { panic!("{tag:?} was never sent") };
        while let Some(next) = sent.pop_front() {
            if next.number == tag.number {
                assert_eq!(next.exit.is_some(), is_exit, "{tag:?}");
                return;
            }
            assert!(next.may_vanish(), "{tag:?} overtook {next:?}");
        }
        panic!("{tag:?} came twice, or was never sent");
    }

    /// A body gets this, as the next from whoever sent it.
    pub fn came(&mut self, pid: Pid, item: &Item) {
        assert!(!self.life(pid).ordered, "{item:?} comes to {pid:?}, which must end");
        self.heard.entry(pid).or_default().push(item.clone());
        match item {
            Item::Message(tag) => {
                assert_eq!(tag.to, pid, "meant for another");
                if tag.from == NOBODY { self.timed.came(*tag) } else { self.advance(*tag, false) }
            }
            Item::Exit(from, reason) => {
                self.signals += 1;
                match Tag::of_reason(reason).filter(|tag| tag.from == *from && tag.to == pid) {
                    Some(tag) => self.advance(tag, true),
                    None => self.all_came(*from, pid, item),
                }
            }
            Item::Down(reference, from, reason) => {
                self.signals += 1;
                self.all_came(*from, pid, item);
                self.answered(*reference, pid, *from, reason);
            }
        }
    }

    /// Whoever has died sends no more, and what it sent is there.
    fn all_came(&self, from: Pid, to: Pid, item: &Item) {
        let missing = self.pairs.get(&(from, to)).and_then(|sent| sent.iter().find(|sent| !sent.may_vanish()));
        assert!(missing.is_none(), "{item:?} overtook {missing:?} on its way to {to:?}");
    }

    fn answered(&mut self, reference: u64, watcher: Pid, target: Pid, reason: &Reason) {
        // The answer may come before `monitor` has returned.
        let monitor = self.monitors.entry(reference).or_insert(Monitor::new(watcher, target));
        assert_eq!((monitor.watcher, monitor.target, monitor.answered), (watcher, target, false), "{reference}");
        monitor.answered = true;
        if reason.kind() == ReasonKind::NoProc {
            return;
        }
        let known = &mut self.life(target).ended;
        // Of one that ended unstarted nobody but those who asked is told.
        assert_eq!(known.get_or_insert_with(|| reason.clone()), reason, "why {target:?} died");
    }

    /// The signals among what came to a process.
    pub fn signals_to(&self, pid: Pid) -> Vec<Item> {
        let heard = self.heard.get(&pid).into_iter().flatten();
        heard.filter(|item| !matches!(item, Item::Message(_))).cloned().collect()
    }

    /// The messages that came to a process.
    pub fn messages_to(&self, pid: Pid) -> impl Iterator<Item = Tag> {
        let heard = self.heard.get(&pid).into_iter().flatten();
        heard.filter_map(|item| if let Item::Message(tag) = item { Some(*tag) } else { None })
    }

    pub fn monitored(&mut self, reference: u64, watcher: Pid, target: Pid) {
        assert!(reference < 1 << 53 && self.references.insert(reference), "{reference} given twice");
        let monitor = self.monitors.entry(reference).or_insert(Monitor::new(watcher, target));
        assert_eq!((monitor.watcher, monitor.target), (watcher, target), "{reference}");
    }

    pub fn demonitored(&mut self, reference: u64) {
        if let Some(monitor) = self.monitors.get_mut(&reference) {
            monitor.withdrawn = true;
        }
    }

    /// Messages on their way to those who have not begun.
    pub fn early_mail(&self, has_not_begun: impl Fn(Pid) -> bool) -> u64 {
        let to_those = self.pairs.iter().filter(|((_, to), _)| has_not_begun(*to));
        to_those.map(|(_, sent)| sent.iter().filter(|sent| sent.exit.is_none()).count() as u64).sum()
    }

    /// Once all is quiet: every answer belongs to a question, and nothing is under way to those who run.
    pub fn check_quiet(&self, runs: impl Fn(Pid) -> bool) {
        for ((from, to), sent) in self.pairs.iter().filter(|((_, to), _)| runs(*to)) {
            let missing = sent.iter().find(|sent| !sent.may_vanish());
            assert!(missing.is_none(), "{missing:?} from {from:?} to {to:?} never came");
        }
        assert!(self.monitors.keys().eq(&self.references), "monitors that were answered and those that were asked for");
        for (reference, monitor) in self.monitors.iter().filter(|(_, m)| !m.answered && !m.withdrawn) {
            if runs(monitor.watcher) {
                let life = &self.spawned[&monitor.target];
                assert!(life.ended.is_none(), "{reference} is not answered: {monitor:?}, {life:?}");
            }
        }
    }
}
