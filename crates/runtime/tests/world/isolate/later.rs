//! Messages for later, as an isolate has them: the value in a slot, or its bytes; one alarm for a sleep.

use rumpus_runtime::scheduler::Cancelled;
use rumpus_runtime::{Pid, When, layout};

use super::Isolate;
use crate::world::books::{Books, Item, NOBODY};
use crate::world::timed::Later;

impl Isolate {
    /// Before a sleep. An alarm that is set is not put off.
    pub(super) fn set_alarm(&mut self, now_us: u64) {
        let due_in = self.page(layout::DUE_IN);
        let alarm_us = (due_in >= 0).then(|| now_us + due_in as u64 * 1_000);
        self.alarm_us = alarm_us.map(|at_us| self.alarm_us.map_or(at_us, |set_us| set_us.min(at_us)));
    }

    /// Keeps a value while its message travels.
    pub(super) fn keep(&mut self, item: Item) -> u32 {
        self.slots_given += 1;
        self.slots.insert(self.slots_given, item);
        self.slots_given
    }

    pub fn send_after(&mut self, to: Pid, when: When, books: &mut Books) {
        let tag = books.next_tag(NOBODY, to);
        let native_lane = self.scheduler.runtime().options.native_lane;
        let is_watched_over = |body: &super::Body| native_lane || body.priority != super::Priority::Normal;
        let local = self.body(to).is_some_and(|body| body.open || is_watched_over(body) && body.has_begun());
        let bits = if local {
            let slot = self.keep(Item::Message(tag));
            self.submit(books, |scheduler| scheduler.send_slot_after(to, when, slot, None))
        } else {
            let bytes = tag.bytes();
            self.submit(books, |scheduler| scheduler.send_after(to, when, 24, &[&bytes[..9], &bytes[9..]]))
        };
        let Some(bits) = bits else { panic!("no room for a timer") };
        books.timed.sent(tag.number, Later::new(to, when, bits));
    }

    pub fn cancel(&mut self, number: u64, now_us: u64, books: &mut Books) {
        let bits = books.timed.bits(number);
        let cancelled = self.submit(books, |scheduler| scheduler.cancel_timer(bits, now_us));
        if let Some(Cancelled { slot: Some(slot), .. }) = cancelled {
            assert!(self.slots.remove(&slot).is_some(), "slot {slot} freed twice");
        }
        books.timed.cancelled(number, cancelled.is_some());
    }
}
