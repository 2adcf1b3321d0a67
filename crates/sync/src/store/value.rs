//! What stands under a key: bytes. Short ones lie in the entry and are copied out under its lock; long ones are shared, so that
//! a lock is held for a count only, and who reads them is disturbed by nobody who writes anew.

use crate::shim::Arc;

/// Values from this length on are shared.
pub const LONG: usize = 4096;

/// Bytes to be put, made ready before any lock is taken.
#[derive(Debug)]
pub enum Given<'a> {
    /// To be copied.
    Short(&'a [u8]),
    /// To be shared.
    Long(Arc<Vec<u8>>),
}

impl<'a> Given<'a> {
    /// Of these bytes.
    pub fn of(bytes: &'a [u8]) -> Self {
        if bytes.len() < LONG { Self::Short(bytes) } else { Self::Long(Arc::new(bytes.to_vec())) }
    }

    pub(super) fn len(&self) -> usize {
        match self {
            Self::Short(bytes) => bytes.len(),
            Self::Long(bytes) => bytes.len(),
        }
    }
}

/// Bytes in an entry.
#[derive(Debug)]
pub(super) enum Value {
    Short(Vec<u8>),
    Long(Arc<Vec<u8>>),
}

impl Value {
    pub(super) fn new(given: Given<'_>) -> Self {
        match given {
            Given::Short(bytes) => Self::Short(bytes.to_vec()),
            Given::Long(bytes) => Self::Long(bytes),
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Self::Short(bytes) => bytes,
            Self::Long(bytes) => bytes,
        }
    }

    /// Takes other bytes, in the same memory where that is about as large.
    pub(super) fn overwrite(&mut self, given: Given<'_>) {
        match (self, given) {
            (Self::Short(kept), Given::Short(bytes))
                if kept.capacity() >= bytes.len() && kept.capacity() <= 2 * bytes.len() + 64 =>
            {
                kept.clear();
                kept.extend_from_slice(bytes);
            }
            (this, given) => *this = Self::new(given),
        }
    }
}
