//! The only clock in the core: monotonic microseconds since this image was first asked. Everything else is told the time.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use rumpus_sync::shim::{AtomicU64, Ordering};

use crate::handle::Simulated;

static START: OnceLock<Instant> = OnceLock::new();

/// How often in a row a reading may be used again: reading the clock costs as much as a message.
const REUSES_MAX: u32 = 7;

/// The clock as one thread reads it, turn by turn.
#[derive(Debug, Default)]
pub(crate) struct Clock {
    read_us: u64,
    reuses: u32,
    simulated_us: Option<Arc<AtomicU64>>,
}

impl Clock {
    /// The clock there is, or the one of a simulation.
    pub(crate) fn new(simulated: Option<&Simulated>) -> Self {
        Self { simulated_us: simulated.map(|simulated| Arc::clone(&simulated.time_us)), ..Self::default() }
    }

    /// The time; that of the last reading if `is_still_now` and it has not been used too often.
    pub(crate) fn now_us(&mut self, is_still_now: bool) -> u64 {
        if let Some(simulated_us) = &self.simulated_us {
            // Relaxed: one thread.
            return simulated_us.load(Ordering::Relaxed);
        }
        if is_still_now && self.reuses < REUSES_MAX {
            self.reuses += 1;
        } else {
            self.reuses = 0;
            self.read_us = now_us();
        }
        self.read_us
    }
}

/// Microseconds since the first call.
#[expect(clippy::disallowed_methods, reason = "this is the one reader of the clock")]
pub(crate) fn now_us() -> u64 {
    START.get_or_init(Instant::now).elapsed().as_micros() as u64
}
