//! An inject queue: unstarted processes that other threads put at one scheduler's door, and what its steal queue could
//! not hold. Owner and thieves take batches. A short lock around a deque: one entry here is one spawn that crosses
//! threads, never a message. Never held across a call into anything else.

use std::collections::VecDeque;

use crate::shim::{AtomicUsize, Mutex, Ordering, lock};

/// See the module text.
#[derive(Debug, Default)]
pub struct Inject {
    queue: Mutex<VecDeque<u32>>,
    len: AtomicUsize,
}

impl Inject {
    /// Appends the indexes in order. Any thread.
    pub fn push(&self, indexes: impl IntoIterator<Item = u32>) {
        let mut queue = lock(&self.queue);
        queue.extend(indexes);
        self.publish(&queue);
    }

    /// Takes up to half of what waits and at most `most`, at least one if there is any, oldest first. Any thread.
    pub fn take_half(&self, most: usize, out: &mut Vec<u32>) -> usize {
        if self.is_empty() {
            return 0;
        }
        let mut queue = lock(&self.queue);
        let count = queue.len().div_ceil(2).min(most);
        out.extend(queue.drain(..count));
        self.publish(&queue);
        count
    }

    /// Takes everything. Any thread.
    pub fn take_all(&self, out: &mut Vec<u32>) {
        let mut queue = lock(&self.queue);
        out.extend(queue.drain(..));
        self.publish(&queue);
    }

    fn publish(&self, queue: &VecDeque<u32>) {
        // Release, pairs with the Acquire of `len`: who sees the length sees the work published before it. A reader that
        // is too early is a sleeper, whose fence and second look `bell.rs` argues.
        self.len.store(queue.len(), Ordering::Release);
    }

    /// How many wait, at a glance.
    pub fn len(&self) -> usize {
        // Acquire, pairs with the Release of `publish`.
        self.len.load(Ordering::Acquire)
    }

    /// Whether none waits, at a glance.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
