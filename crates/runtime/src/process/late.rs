//! What came to a mailbox that drops its oldest when there was no place in it: the newest of that, in order, and all signals.
//! Owns which is dropped. A mailbox without a lock can only be taken whole by its owner, so whoever finds no place puts a
//! mark into it and the rest here, under the lock of the slot; while there is anything here all that is sent comes here.

use std::collections::VecDeque;

use rumpus_sync::Parcel;

use crate::envelope::{Envelope, Letter};

/// See the module text.
#[derive(Debug, Default)]
pub struct Late {
    waiting: VecDeque<Parcel<Letter>>,
    messages: u32,
    /// The owner has come to the mark: what waits here is the next.
    pub reached: bool,
    /// Slots of the owner's isolate whose values were dropped by others.
    pub freed: Vec<u32>,
}

/// Whether it can be dropped.
pub fn is_message(parcel: &Parcel<Letter>) -> bool {
    matches!(parcel.header().envelope, Envelope::Message { .. } | Envelope::Slot { .. } | Envelope::Transfer { .. })
}

/// Whether its value is in the isolate of the receiver.
pub fn is_slot(parcel: &Parcel<Letter>) -> bool {
    matches!(parcel.header().envelope, Envelope::Slot { .. })
}

impl Late {
    /// Appends; the message that is dropped for it, if so many wait already.
    pub fn push(&mut self, parcel: Parcel<Letter>, capacity: u32) -> Option<Parcel<Letter>> {
        self.messages += u32::from(is_message(&parcel));
        self.waiting.push_back(parcel);
        if self.messages <= capacity {
            return None;
        }
        self.messages -= 1;
        let oldest = self.waiting.iter().position(is_message)?;
        self.waiting.remove(oldest)
    }

    /// What is next.
    pub fn first(&self) -> Option<&Parcel<Letter>> {
        self.waiting.front()
    }

    /// Takes it.
    pub fn pop(&mut self) -> Option<Parcel<Letter>> {
        let first = self.waiting.pop_front()?;
        self.messages -= u32::from(is_message(&first));
        Some(first)
    }

    /// The isolate is gone that had the values in slots: how many messages that were.
    pub fn forget_slots(&mut self) -> usize {
        let before = self.waiting.len();
        self.waiting.retain(|parcel| !is_slot(parcel));
        self.freed.clear();
        let gone = before - self.waiting.len();
        self.messages -= gone as u32;
        gone
    }

    /// What waits, in order.
    pub fn waiting(&self) -> impl Iterator<Item = &Parcel<Letter>> {
        self.waiting.iter()
    }

    /// Whether that is nothing.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}
