//! The single door to atomics, cells, locks and shared pointers: `std` in a build, `loom` under `--cfg loom`. Nothing
//! outside this file names `std::sync::atomic`, so whatever a model explores is what the build runs.

#[cfg(loom)]
mod door {
    pub use loom::cell::UnsafeCell;
    pub use loom::hint::spin_loop;
    pub use loom::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize, Ordering, fence};
    pub use loom::sync::{Arc, Mutex, MutexGuard};

    /// Reads a word that nobody else may write meanwhile; the model fails if somebody does.
    pub fn read_settled(word: &AtomicU32) -> u32 {
        // SAFETY: loom checks the claim and panics before anything can go wrong.
        unsafe { word.unsync_load() }
    }
}

#[cfg(not(loom))]
mod door {
    pub use std::hint::spin_loop;
    pub use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU32, AtomicU64, AtomicUsize};
    pub use std::sync::atomic::{Ordering, fence};
    pub use std::sync::{Arc, Mutex, MutexGuard};

    /// Reads a word that nobody else may write meanwhile. A plain move here; in a model it fails if somebody does.
    pub fn read_settled(word: &AtomicU32) -> u32 {
        // Relaxed: the caller says which pair of operations keeps writers away.
        word.load(Ordering::Relaxed)
    }

    /// A cell with loom's closure interface, so that one source serves both builds.
    #[derive(Debug, Default)]
    pub struct UnsafeCell<T>(std::cell::UnsafeCell<T>);

    impl<T> UnsafeCell<T> {
        /// Wraps `value`.
        pub const fn new(value: T) -> Self {
            Self(std::cell::UnsafeCell::new(value))
        }

        /// Hands out a pointer for reading; the caller proves that nobody writes meanwhile.
        pub fn with<R>(&self, read: impl FnOnce(*const T) -> R) -> R {
            read(self.0.get())
        }

        /// Hands out a pointer for writing; the caller proves that nobody else reads or writes meanwhile.
        pub fn with_mut<R>(&self, write: impl FnOnce(*mut T) -> R) -> R {
            write(self.0.get())
        }
    }
}

pub use door::*;

/// Locks, and goes on with the value of a lock whose holder panicked: every critical section of this crate leaves its
/// data whole at each step, so a poisoned lock carries no more danger than the panic that is already being reported.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    match mutex.lock() {
        Ok(guard) => guard,
        Err(poisoned) => poisoned.into_inner(),
    }
}
