//! How an isolate sends: by reference, by its slots, encoded, or with cargo, which goes before its letter.

use rumpus_runtime::process::Anchor;
use rumpus_runtime::scheduler::Offered;
use rumpus_runtime::{Passage, Pid, Priority, layout};

use super::Isolate;
use crate::world::books::{Books, Item, Tag};

/// A send, no offer.
const PLAIN: Passage = Passage { is_offer: false, is_granted: false, by_reference: true };

impl Isolate {
    pub fn send(&mut self, from: Pid, to: Pid, books: &mut Books) -> Tag {
        let tag = books.next_tag(from, to);
        let native_lane = self.scheduler.runtime().options.native_lane;
        let known = self.body(to).filter(|body| body.has_begun()).map(|body| (body.open, body.priority));
        books.sent(tag);
        let accepted = match known {
            Some((true, _)) => {
                self.count(layout::LOCAL_ACCEPTED, 1);
                self.receive(to.index(), Item::Message(tag), books);
                true
            }
            Some((false, priority)) if native_lane || priority != Priority::Normal => {
                let slot = self.keep(Item::Message(tag));
                let accepted = self.submit(books, |scheduler| scheduler.send_slot(to, slot)).is_none();
                assert!(accepted || self.slots.remove(&slot).is_some());
                accepted
            }
            _ => {
                let bytes = tag.bytes();
                self.submit(books, |scheduler| scheduler.send(to, 24, &[&bytes[..16], &[], &bytes[16..]]))
            }
        };
        if !accepted {
            books.refused(tag);
        }
        tag
    }

    /// Has the cargo of a message moved; its number and to whom, if it has any and a letter must follow.
    pub fn move_cargo(&mut self, from: Pid, to: Pid, books: &mut Books) -> Option<(Tag, Anchor)> {
        let native_lane = self.scheduler.runtime().options.native_lane;
        let stays =
            self.body(to).is_some_and(|b| b.open || b.has_begun() && (native_lane || b.priority != Priority::Normal));
        if stays {
            self.send(from, to, books);
            return None;
        }
        let tag = books.next_tag(from, to);
        books.sent(tag);
        let anchored = self.submit(books, |scheduler| scheduler.anchor(to, PLAIN));
        if anchored.offered == Offered::NoProc {
            books.refused(tag);
            return None;
        }
        let anchor = anchored.anchor;
        books.anchored(to, anchor.seat);
        if anchor.seat == self.seat {
            let slot = self.keep(Item::Message(tag));
            if self.submit(books, |scheduler| scheduler.send_slot(to, slot)).is_some() {
                assert!(self.slots.remove(&slot).is_some());
                books.refused(tag);
            }
            return None;
        }
        books.give_cargo(tag.number, anchor, self.seat, tag);
        Some((tag, anchor))
    }

    /// The letter follows.
    pub fn send_letter(&mut self, tag: Tag, anchor: Anchor, books: &mut Books) {
        let bytes = tag.bytes();
        let (to, at) = (tag.to, anchor.seat);
        if !self.submit(books, |scheduler| scheduler.send_transfer(to, (at, tag.number), 24, &[&bytes], PLAIN)) {
            books.refused(tag);
        }
    }
}
