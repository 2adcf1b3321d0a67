//! The seats of a runtime: the host's, those of the schedulers, then the dedicated ones, each of which is reserved for one
//! process at a time. Owns which of the dedicated have ever been in use, so that a runtime that needs none looks at none.
//! Never places anything at a dedicated seat: only who reserves one puts a process there.

use std::ops::Deref;

use rumpus_sync::shim::{AtomicU32, Ordering};

use crate::sched::seat::Seat;

/// See the module text. All seats by number, whatever they are for.
#[derive(Debug)]
pub struct Seats {
    all: Box<[Seat]>,
    regular: usize,
    used: AtomicU32,
}

impl Seats {
    /// So many of the host's and the schedulers', and so many dedicated ones.
    pub fn new(regular: usize, dedicated: usize) -> Self {
        let all = (0..regular + dedicated).map(|_| Seat::default()).collect();
        Self { all, regular, used: AtomicU32::new(regular as u32) }
    }

    /// Those of the host and the schedulers. Nothing that a thief may have lies at any other.
    pub fn regular(&self) -> &[Seat] {
        &self.all[..self.regular]
    }

    /// Whether this number is that of a dedicated seat.
    pub fn is_dedicated(&self, seat: usize) -> bool {
        seat >= self.regular
    }

    /// All that may have a thread: those above have never been reserved.
    pub fn used(&self) -> &[Seat] {
        // Relaxed: who must not miss a seat looks under the lock that those at that seat take, too, and is ordered behind
        // them by that; for the others an older answer will do.
        &self.all[..self.used.load(Ordering::Relaxed) as usize]
    }

    /// Reserves a dedicated seat, if one is free: which, and the number of the tenancy.
    pub fn reserve(&self) -> Option<(usize, u32)> {
        let reserve = |seat: usize| self.all[seat].tenancy.reserve().map(|tenancy| (seat, tenancy));
        let (seat, tenancy) = (self.regular..self.all.len()).find_map(reserve)?;
        // Relaxed: whoever takes the seat is told of it by something that orders.
        self.used.fetch_max(seat as u32 + 1, Ordering::Relaxed);
        Some((seat, tenancy))
    }
}

impl Deref for Seats {
    type Target = [Seat];

    fn deref(&self) -> &[Seat] {
        &self.all
    }
}
