//! Places: how many more messages a bounded mailbox takes. Any thread takes one before it sends; whoever has received gives
//! them back. Never more are taken than there are; signals, which nobody may refuse, are let in by their receiver, so there
//! may be fewer than none. Orders nothing: the mailbox does.

use crate::shim::{AtomicI32, Ordering};

/// See the module text.
#[derive(Debug, Default)]
pub struct Places(AtomicI32);

impl Places {
    /// There are so many. Only before anybody knows of them.
    pub fn set(&self, places: i32) {
        // Relaxed: whoever learns of the process learns it by something that orders.
        self.0.store(places, Ordering::Relaxed);
    }

    /// Takes one; false if there is none.
    pub fn take(&self) -> bool {
        // Relaxed on all: the word's own order decides who has the last; its partners are these exchanges on other threads
        // and `give`. Who sees too few is told so, and asks the receiver.
        let mut free = self.0.load(Ordering::Relaxed);
        while free > 0 {
            match self.0.compare_exchange_weak(free, free - 1, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return true,
                Err(now) => free = now,
            }
        }
        false
    }

    /// Gives so many back, or takes them for what cannot be refused.
    pub fn give(&self, places: i32) {
        // Relaxed: as in `take`, its partner.
        self.0.fetch_add(places, Ordering::Relaxed);
    }

    /// How many there are, at a glance.
    pub fn free(&self) -> i32 {
        // Relaxed: a glance.
        self.0.load(Ordering::Relaxed)
    }
}
