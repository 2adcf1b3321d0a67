//! Who is to be resumed and does not go onto the run ring by itself: for want of room, or because its priority is not the
//! common one. Owns what each priority means at a turn: high goes first and is not kept waiting by a whole grant; low goes
//! when nobody else is there, and once between a few of the others, whoever they are.

use std::rc::Rc;

use rumpus_sync::RunRing;

use super::Scheduler;
use crate::layout;
use crate::process::state::Priority;

/// Of so many resumes one is of low priority, if others always go on.
pub(super) const BESIDE_LOW: i32 = 8;
/// Places on the run ring that are left to those of low priority, who could never go there else.
const LOW_PLACES: usize = BESIDE_LOW as usize;

impl Scheduler {
    /// Keeps a process to resume that the run ring does not take by itself; the next turns put it there.
    pub fn overflow(&mut self, index: u32) {
        let state = self.runtime.table.at(index).map(|(_, process)| process.state.load());
        // Those that have not begun do so in the order in which they were told of.
        let state = state.filter(|state| state.has_body());
        let priority = state.map_or(Priority::Normal, |state| state.priority());
        if priority == Priority::Normal {
            self.line_up();
        }
        self.overflow[priority as usize].push_back(index);
        self.show_load();
        self.hurry(priority);
        self.pace.want_turn();
    }

    /// Somebody of this priority has something to do: those of high priority wait for one resume, not for a whole grant.
    pub(super) fn hurry(&mut self, priority: Priority) {
        if priority == Priority::High {
            self.cut_grant();
        }
    }

    /// What JavaScript has put onto the run ring while others waited for room goes behind them. Else a resume that is
    /// followed by a yield would keep its place for ever.
    fn line_up(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let ring = RunRing::of(&runtime.seats[self.seat].page);
        let waiting = &mut self.overflow[Priority::Normal as usize];
        if !waiting.is_empty() {
            ring.cut(self.lined_up, |index| waiting.push_back(index));
        }
        self.lined_up = ring.mark();
    }

    /// Sees to it that the run ring takes so many, or as many as it can, whatever it holds: the last on it are the first to wait.
    fn make_room(&mut self, places: usize) {
        let runtime = Rc::clone(&self.runtime);
        let ring = RunRing::of(&runtime.seats[self.seat].page);
        let short = places.saturating_sub(ring.room()) as i32;
        if short == 0 {
            return;
        }
        let mut last = Vec::new();
        ring.cut(ring.mark().wrapping_sub(short), |index| last.push(index));
        let waiting = &mut self.overflow[Priority::Normal as usize];
        last.into_iter().rev().for_each(|index| waiting.push_front(index));
    }

    /// Puts on the run ring what has waited for it: high priority in front.
    pub(super) fn take_overflow(&mut self) {
        self.line_up();
        let runtime = Rc::clone(&self.runtime);
        let ring = RunRing::of(&runtime.seats[self.seat].page);
        let [normal, high] = [Priority::Normal, Priority::High].map(|priority| priority as usize);
        self.make_room(self.overflow[high].len() + LOW_PLACES);
        while self.overflow[high].front().is_some_and(|&index| ring.push_front(index)) {
            self.overflow[high].pop_front();
        }
        while ring.room() > LOW_PLACES && self.overflow[normal].front().is_some_and(|&index| ring.push(index)) {
            self.overflow[normal].pop_front();
        }
        self.lined_up = ring.mark();
    }

    /// The same for those of low priority, once all others of this turn are known.
    pub(super) fn take_low_overflow(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let ring = RunRing::of(&runtime.seats[self.seat].page);
        let low = Priority::Low as usize;
        let alone = self.is_low_alone();
        let share = self.has_low() && self.beside_low >= BESIDE_LOW;
        if share {
            self.beside_low = 0;
        }
        // Whoever comes next must not wait for all of them.
        self.lows = if alone { BESIDE_LOW } else { i32::from(share) };
        self.shares = share || self.has_low();
        // In front: behind a slot that is always taken their turn would come once in as many resumes as that has in a row.
        while self.lows > 0 && self.overflow[low].front().is_some_and(|&index| ring.push_front(index)) {
            self.overflow[low].pop_front();
            self.lows -= 1;
        }
        self.lined_up = ring.mark();
    }

    /// Whether nobody but those of low priority has anything to do.
    pub(super) fn is_low_alone(&self) -> bool {
        self.ring().is_empty() && !self.outbox.has(Priority::High) && !self.outbox.has(Priority::Normal)
    }

    /// Whether somebody of low priority waits for a share.
    pub(super) fn has_low(&self) -> bool {
        self.outbox.has(Priority::Low) || !self.overflow[Priority::Low as usize].is_empty()
    }

    /// Has a turn come after the next resume that is not of those in front.
    pub(super) fn cut_grant(&mut self) {
        let page = &self.seat().page;
        let rest = page.get(layout::GRANT);
        let most = self.ring().ahead() + 1;
        if rest > most {
            page.set(layout::GRANT, most);
            self.pace.granted -= rest - most;
        }
    }
}
