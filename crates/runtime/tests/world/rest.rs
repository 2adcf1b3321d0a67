//! What must hold once everything has come to rest: whoever may start has started, ties are known at both ends, nothing is
//! under way, and no timer, no value and no name is left of those that have ended.

use std::collections::BTreeSet;

use rumpus_runtime::Pid;
use rumpus_runtime::process::state::Phase;

use super::World;

impl World {
    pub fn check_rest(&self) {
        let seated: Vec<usize> = (0..self.isolates.len()).filter(|&seat| self.isolates[seat].is_some()).collect();
        let somebody_works = seated.iter().any(|&seat| self.runtime.workers().contains(&seat));
        for pid in self.tenants() {
            match self.runtime.phase(pid) {
                Some(Phase::Unstarted) => {
                    let life = &self.books.spawned[&pid];
                    let may_start = life.pinned.map_or(somebody_works, |seat| seated.contains(&seat));
                    assert!(
                        !may_start,
                        "{pid:?} was never started: {life:?}, {:?}, {:?}",
                        seated, self.runtime.options
                    );
                }
                Some(Phase::Running) => assert!(self.seat_of(pid).is_some(), "{pid:?} runs nowhere"),
                phase => assert!(!self.settled_at_seat(pid, &seated), "{pid:?} is {phase:?}"),
            }
        }
        let runs = |pid| self.runtime.phase(pid) == Some(Phase::Running);
        self.books.check_quiet(runs);
        self.books.timed.check_quiet(runs);
        self.check_cargo();
        self.check_ties();
        self.check_sums();
        for isolate in self.isolates.iter().flatten() {
            let left = (isolate.slots_used(), isolate.scheduler.due());
            assert_eq!(left, (0, 0), "values in slots and what is due at {}", isolate.seat);
        }
    }

    /// What waits, waits for somebody who has not begun.
    fn check_cargo(&self) {
        for (to, _, tag) in self.books.cargo.values() {
            assert_eq!(self.runtime.phase(tag.to), Some(Phase::Unstarted), "cargo of {tag:?} is left at {to:?}");
        }
    }

    /// Nobody who has ended has a name, and every seat has been told as often.
    pub fn check_names(&self, names: &[&str]) {
        for name in names {
            let holder = self.runtime.names.holder(name);
            let phase = holder.map(|pid| self.runtime.phase(pid));
            assert!(!matches!(phase, Some(None | Some(Phase::Dead))), "{name} is the name of {holder:?}: {phase:?}");
        }
        let word = |seat: usize| self.runtime.seats[seat].page.get(rumpus_runtime::layout::NAMES);
        assert!((0..self.regular()).all(|seat| word(seat) == word(0)));
    }

    /// Timers that nobody has given back.
    pub fn tickets(&self) -> usize {
        (0..self.runtime.timers.made()).filter(|&index| self.runtime.timers.at(index).is_some()).count()
    }

    /// Whether the process belongs to a scheduler that could have cleared it away.
    fn settled_at_seat(&self, pid: Pid, seated: &[usize]) -> bool {
        let process = self.runtime.table.get(pid);
        process.is_some_and(|process| seated.contains(&process.state.load().seat()))
    }

    /// Links and monitors are known at both ends, and of the living only.
    fn check_ties(&self) {
        let seated = self.isolates.iter().flatten();
        let phase = |pid| self.runtime.phase(pid);
        let some_wait = self.tenants().into_iter().any(|pid| phase(pid) == Some(Phase::Unstarted));
        let mut tied = BTreeSet::new();
        for (isolate, body) in seated.flat_map(|isolate| isolate.bodies.values().map(move |body| (isolate, body))) {
            let Some(ties) = isolate.scheduler.ties(body.pid) else { continue };
            assert!(some_wait || ties.unlinking() == 0, "unlinks of {:?} were never answered", body.pid);
            tied.extend(ties.links().map(|other| (body.pid, other, 0)));
            tied.extend(ties.watching().map(|(reference, other)| (body.pid, other, reference)));
            tied.extend(ties.watchers().map(|(reference, other)| (body.pid, other, reference)));
        }
        for &(one, other, reference) in &tied {
            match phase(other) {
                Some(Phase::Running) => {
                    assert!(tied.contains(&(other, one, reference)), "{other:?} knows nothing of {one:?}, {reference}");
                }
                Some(Phase::Unstarted) => {}
                phase => panic!("{one:?} is tied to {other:?}, which is {phase:?}, by {reference}"),
            }
        }
    }
}
