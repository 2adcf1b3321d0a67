//! How processes of an isolate end: by themselves, by order, with its thread.

use rumpus_runtime::{Reason, layout};

use super::Isolate;
use crate::world::body::Parked;
use crate::world::books::Books;
use rumpus_runtime::Pid;

impl Isolate {
    /// A body has settled.
    pub fn finish(&mut self, pid: Pid, reason: Reason, books: &mut Books) {
        self.forget(pid.index());
        if self.scheduler.runtime().table.get(pid).is_some_and(|p| p.state.load().has_body()) {
            books.died(pid, &reason);
        }
        self.submit(books, |scheduler| scheduler.finish(pid, &reason));
    }

    fn forget(&mut self, index: u32) {
        if let Some(body) = self.bodies.remove(&index) {
            self.count(layout::DROPPED_DIED, body.waiting());
        }
    }

    pub(super) fn end_by_order(&mut self, index: u32, reason: &Reason, dead: bool, books: &mut Books) {
        // It may have settled before it was told.
        let Some(body) = self.bodies.get_mut(&index) else { return };
        books.ordered(body.pid, reason, dead);
        let first = body.exiting.is_none();
        if first || dead {
            body.exiting = Some(reason.clone());
        }
        body.open = false;
        if dead {
            let begun = body.has_begun();
            assert!(begun, "{body:?} ended before Rust knew that it had begun");
            return self.forget(index);
        }
        let dropped = matches!(body.parked, Parked::Queued(_));
        if dropped || body.parked == Parked::Receiving {
            body.parked = Parked::Unwinding;
        }
        self.count(layout::DROPPED_DIED, usize::from(dropped));
    }

    /// Tells the books of everything that has begun here: the last look at a page whose thread is gone.
    pub fn count_begun(&self, books: &mut Books) {
        for body in self.bodies.values().filter(|body| body.is_definition && body.has_begun()) {
            books.begun(body.pid, self.seat);
        }
    }

    pub fn leave(self) {
        self.scheduler.leave();
    }
}
