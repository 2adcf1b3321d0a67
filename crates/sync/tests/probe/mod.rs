//! What the models of this folder share: a value that shows races, a step that lets loom change threads, and the set of what
//! the executions of a model came to, so that a model which never reached its point fails instead of passing.
#![allow(dead_code, reason = "each model uses its part")]

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use rumpus_sync::shim::{AtomicU32, Ordering, UnsafeCell};

/// A value that the protocol under test hands from thread to thread. Two touches that it does not order fail the model.
pub(crate) struct Probe<T>(UnsafeCell<T>);

// SAFETY: loom stops the model at the first access that is not ordered after all others, so no race ever happens.
unsafe impl<T: Send> Sync for Probe<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Send for Probe<T> {}

impl<T> Probe<T> {
    /// A probe around `value`.
    pub(crate) fn new(value: T) -> Self {
        Self(UnsafeCell::new(value))
    }

    /// Uses the value; fails the model if anybody may be using it at the same time.
    pub(crate) fn touch<R>(&self, with: impl FnOnce(&mut T) -> R) -> R {
        // SAFETY: loom has just checked that this access is alone.
        self.0.with_mut(|value| with(unsafe { &mut *value }))
    }
}

/// Between the calls of a model: lets loom try both orders of what two threads do next, and orders no memory itself. Loom
/// needs it where a thread loads a word before it exchanges it: its reduction then forgets the loads of others before
/// (tokio-rs/loom#166, #392). Not beside a fence that a model is to miss: a fence after a step would order what it read.
#[derive(Default)]
pub(crate) struct Step(AtomicU32);

impl Step {
    /// Takes one.
    pub(crate) fn take(&self) {
        // Relaxed: it must not order what the code under test leaves unordered.
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

/// Explores `model` and answers all that it came to.
pub(crate) fn outcomes<T: Ord + Send + 'static>(model: impl Fn() -> T + Send + Sync + 'static) -> BTreeSet<T> {
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let noted = Arc::clone(&seen);
    loom::model(move || {
        let outcome = model();
        noted.lock().unwrap().insert(outcome);
    });
    std::mem::take(&mut *seen.lock().unwrap())
}
