//! An inlet: the doorway through which other threads tell one scheduler "this process has mail". Carries slot indexes,
//! linked through a word in each slot, so an entry needs no memory of its own. Never holds an index twice: the mailbox
//! word sees to it that only one pusher at a time may notify, and a slot is not freed while it is in here.
//!
//! A stack taken whole and turned round, as in `mailbox.rs`.

use crate::shim::{AtomicU32, Ordering, read_settled};

/// No index.
pub const NONE: u32 = u32::MAX;

/// Where the link word of an index lies.
pub trait Links {
    /// The word that an inlet may use while `index` is in it.
    fn link(&self, index: u32) -> &AtomicU32;
}

/// See the module text.
#[derive(Debug)]
pub struct Inlet {
    head: AtomicU32,
}

impl Default for Inlet {
    fn default() -> Self {
        Self { head: AtomicU32::new(NONE) }
    }
}

impl Inlet {
    /// Puts `index` in. Any thread that was told to notify it.
    pub fn push(&self, index: u32, links: &impl Links) {
        let link = links.link(index);
        // Relaxed: a guess.
        let mut head = self.head.load(Ordering::Relaxed);
        loop {
            // Relaxed: published by the exchange below.
            link.store(head, Ordering::Relaxed);
            // Release, pairs with the Acquire of `take`: the taker sees the link and all that led to the notification;
            // if the taker was faster, the index waits for its next look, which the bell brings about. Relaxed on failure.
            match self.head.compare_exchange_weak(head, index, Ordering::Release, Ordering::Relaxed) {
                Ok(_) => return,
                Err(now) => head = now,
            }
        }
    }

    /// Moves all indexes to the end of `out`, oldest first. Owner only.
    pub fn take(&self, links: &impl Links, out: &mut Vec<u32>) {
        if self.is_empty() {
            return;
        }
        let from = out.len();
        // Acquire, pairs with the Release of `push`.
        let mut index = self.head.swap(NONE, Ordering::Acquire);
        while index != NONE {
            out.push(index);
            // Settled: the swap above orders the write before us; nobody pushes an index again, which would be the next
            // write, before its mailbox is parked.
            index = read_settled(links.link(index));
        }
        out[from..].reverse();
    }

    /// Whether nothing waits. Exact for a sleeper that has fenced (see `bell.rs`), a glance for anyone else.
    pub fn is_empty(&self) -> bool {
        // Relaxed: the sleeper's SeqCst fence orders this look after its "asleep".
        self.head.load(Ordering::Relaxed) == NONE
    }
}
