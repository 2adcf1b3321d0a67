//! A value that the protocol under test hands from thread to thread. Two touches that the protocol does not order fail the
//! model: loom tracks the cell.

use rumpus_sync::shim::UnsafeCell;

/// See the module text.
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
