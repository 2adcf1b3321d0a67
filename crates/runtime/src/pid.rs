//! Pids: a slot, its generation and the runtime it belongs to, in 53 bits, so that a pid is an ordinary JavaScript
//! number. Never reused: a slot whose generations are used up retires.
//!
//! Bits, low to high: 26 slot index, 6 runtime number, 21 generation. The low 32 bits are what JavaScript gets cheapest
//! (`pid | 0`), so index and runtime lie there.

use std::fmt;

use rumpus_sync::Ticket;

/// Bits of the slot index.
pub const INDEX_BITS: u32 = 26;
/// Bits of the runtime number.
pub const RUNTIME_BITS: u32 = 6;
/// The last generation of a slot.
pub const GENERATION_MAX: u32 = (1 << 21) - 1;
/// Slots that pids can name.
pub const INDEX_MAX: u32 = (1 << INDEX_BITS) - 1;

/// The address of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pid(u64);

impl Pid {
    /// The pid of a ticket in runtime number `runtime`.
    pub fn new(runtime: u32, ticket: Ticket) -> Self {
        let low = u64::from(ticket.index & INDEX_MAX) | u64::from(runtime) << INDEX_BITS;
        Self(low | u64::from(ticket.generation) << (INDEX_BITS + RUNTIME_BITS))
    }

    /// The pid with these bits, as they travel.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// The bits, as they travel.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// Slot and generation.
    pub fn ticket(self) -> Ticket {
        Ticket { index: self.index(), generation: (self.0 >> (INDEX_BITS + RUNTIME_BITS)) as u32 }
    }

    /// The slot.
    pub fn index(self) -> u32 {
        self.0 as u32 & INDEX_MAX
    }

    /// The number of the runtime.
    pub fn runtime(self) -> u32 {
        (self.0 >> INDEX_BITS) as u32 & ((1 << RUNTIME_BITS) - 1)
    }
}

/// As people read it, and as `formatPid` in `js/pid.ts` shows it.
impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{}.{}.{}>", self.index(), self.ticket().generation, self.runtime())
    }
}
