//! A page: words that the JavaScript and the Rust half of one scheduler touch by turns, on one thread. Rust owns the
//! memory, so it outlives every isolate. Words are atomics accessed Relaxed, which is a plain move here: the owner needs
//! no order (one thread), and other threads only ever glance.

#![allow(clippy::cast_possible_truncation, reason = "word indexes are small constants")]

use crate::shim::{AtomicI32, AtomicU64, Ordering};

/// `ints` 32-bit words and `counts` 64-bit words holding doubles.
#[derive(Debug)]
pub struct Page {
    ints: Box<[AtomicI32]>,
    counts: Box<[AtomicU64]>,
}

impl Page {
    /// A page of zeroes.
    pub fn new(ints: usize, counts: usize) -> Self {
        Self {
            ints: (0..ints).map(|_| AtomicI32::new(0)).collect(),
            counts: (0..counts).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    /// Reads a word; from another thread it is a glance.
    pub fn get(&self, word: usize) -> i32 {
        // Relaxed: one thread, and a glance orders nothing; see the module text.
        self.ints[word].load(Ordering::Relaxed)
    }

    /// Writes a word.
    pub fn set(&self, word: usize, value: i32) {
        // Relaxed: one thread; see the module text.
        self.ints[word].store(value, Ordering::Relaxed);
    }

    /// Reads a counter; from another thread it is a glance.
    pub fn count(&self, word: usize) -> f64 {
        // Relaxed: counters order nothing.
        f64::from_bits(self.counts[word].load(Ordering::Relaxed))
    }

    /// Adds to a counter. Owner only.
    pub fn add(&self, word: usize, by: f64) {
        self.set_count(word, self.count(word) + by);
    }

    /// Overwrites a counter. Owner only.
    pub fn set_count(&self, word: usize, value: f64) {
        // Relaxed: counters order nothing.
        self.counts[word].store(value.to_bits(), Ordering::Relaxed);
    }

    /// The memory of the words, for a view of the other half.
    pub fn ints(&self) -> &[AtomicI32] {
        &self.ints
    }

    /// The memory of the counters, for a view of the other half.
    pub fn counts(&self) -> &[AtomicU64] {
        &self.counts
    }
}
