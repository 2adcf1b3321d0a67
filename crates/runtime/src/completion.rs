//! Completions: what a turn tells the JavaScript half of a scheduler. Plain data; a sink takes them until it is full, and
//! what it has no room for stays with the scheduler until the next turn.

use rumpus_sync::Parcel;

use crate::envelope::{Letter, Reason};
use crate::pid::Pid;
use crate::process::Unstarted;
use crate::process::state::Snapshot;
use crate::sched::wheel::Key;

/// One thing that the JavaScript half must know.
#[derive(Debug)]
pub enum Completion {
    /// A message as bytes.
    Message {
        /// For which slot.
        index: u32,
        /// Leading bytes of the parcel that describe the value.
        skeleton: u32,
        /// The bytes.
        parcel: Parcel<Letter>,
    },
    /// A message whose value this isolate keeps.
    Slot {
        /// For which slot.
        index: u32,
        /// Where the value is kept.
        slot: u32,
        /// Whether it will be wanted again.
        keep: bool,
    },
    /// A message as bytes, with cargo.
    Transfer {
        /// For which slot.
        index: u32,
        /// Leading bytes of the parcel that describe the value.
        skeleton: u32,
        /// The seat that its cargo came from.
        by: u16,
        /// The number of that.
        number: u64,
        /// The bytes.
        parcel: Parcel<Letter>,
    },
    /// Cargo that has come here, and its letter never will.
    Stray {
        /// The seat it came from.
        by: u16,
        /// Its number.
        number: u64,
    },
    /// What a process of this scheduler waits for is late enough.
    Due {
        /// Which slot.
        index: u32,
        /// Under which key it waits.
        key: Key,
    },
    /// An offer that waited may be made, or never will be.
    Granted {
        /// Which process waits.
        index: u32,
        /// Under which number.
        offer: u32,
        /// Whether a place is kept for it; else the receiver is gone.
        place: bool,
    },
    /// The value in this slot is wanted by nobody any more.
    Freed {
        /// Where the value is kept.
        slot: u32,
    },
    /// Start a definition. Starts come in the order in which they must be made; what to start stays with the process
    /// until it has begun, so that it can still start elsewhere if this thread dies first.
    Start {
        /// Its pid.
        pid: Pid,
        /// Bytes of its arguments.
        len: usize,
    },
    /// Nothing from this scheduler is under way to the process any more: it takes local messages by reference.
    Opened {
        /// Which process.
        pid: Pid,
    },
    /// An exit signal became a message.
    Exit {
        /// For which slot.
        index: u32,
        /// Who ended.
        from: Pid,
        /// Why.
        reason: Reason,
    },
    /// A monitored process ended.
    Down {
        /// For which slot.
        index: u32,
        /// Under which reference.
        reference: u64,
        /// Who ended.
        from: Pid,
        /// Why.
        reason: Reason,
    },
    /// The process must end: unwind its body.
    Exiting {
        /// Which slot.
        index: u32,
        /// Why.
        reason: Reason,
        /// It is dead already: whatever its body still does concerns nobody.
        dead: bool,
    },
}

impl Completion {
    /// Bytes that the completion carries beside its head.
    pub fn payload_len(&self) -> usize {
        match self {
            Self::Message { parcel, .. } | Self::Transfer { parcel, .. } => parcel.bytes().len(),
            Self::Start { len, .. } => *len,
            Self::Exit { reason, .. } | Self::Down { reason, .. } | Self::Exiting { reason, .. } => {
                reason.payload().len()
            }
            Self::Slot { .. }
            | Self::Granted { .. }
            | Self::Due { .. }
            | Self::Freed { .. }
            | Self::Opened { .. }
            | Self::Stray { .. } => 0,
        }
    }
}

/// Where completions go.
pub trait Sink {
    /// Whether one more with so many payload bytes fits.
    fn fits(&self, payload_len: usize) -> bool;
    /// Takes one that fits; anything but a start.
    fn put(&mut self, completion: Completion);
    /// Takes a start that fits.
    fn start(&mut self, pid: Pid, state: Snapshot, what: &Unstarted);
}
