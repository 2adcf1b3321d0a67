//! What a mailbox carries: messages and signals in one queue, so that they arrive in the order sent. A letter names the
//! pid it is for, because a slot may have a new tenant by the time it arrives. Payloads are opaque here.

use std::sync::Arc;

use rumpus_sync::Ticket;

use crate::pid::Pid;

/// Why a process ended, as far as this crate must know; the rest is the payload, encoded by whoever ended it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum ReasonKind {
    /// The body returned.
    Normal = 0,
    /// Asked to end, not a failure.
    Shutdown = 1,
    /// The untrappable request; never seen by others.
    Kill = 2,
    /// Ended by a kill.
    Killed = 3,
    /// The body threw.
    Error = 4,
    /// There was no such process.
    NoProc = 5,
    /// Its scheduler thread went away.
    SchedulerDown = 6,
    /// A value of the user's own.
    User = 7,
}

impl ReasonKind {
    /// The kind that travels as `code`; an unknown code is a user's.
    pub fn from_code(code: i32) -> Self {
        match code {
            0 => Self::Normal,
            1 => Self::Shutdown,
            2 => Self::Kill,
            3 => Self::Killed,
            4 => Self::Error,
            5 => Self::NoProc,
            6 => Self::SchedulerDown,
            _ => Self::User,
        }
    }
}

/// An exit reason: data, shared by all who hear of the exit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason(Arc<Told>);

#[derive(Debug, PartialEq, Eq)]
struct Told {
    kind: ReasonKind,
    detail: u32,
    payload: Box<[u8]>,
}

impl Reason {
    /// A reason with its encoded value, empty if it has none.
    pub fn new(kind: ReasonKind, payload: &[u8]) -> Self {
        Self::told(kind, 0, payload)
    }

    /// A reason with a number that belongs to its kind.
    pub fn told(kind: ReasonKind, detail: u32, payload: &[u8]) -> Self {
        Self(Arc::new(Told { kind, detail, payload: payload.into() }))
    }

    /// Scheduler `seat` went away.
    pub fn scheduler_down(seat: usize) -> Self {
        Self(Arc::new(Told { kind: ReasonKind::SchedulerDown, detail: seat as u32, payload: Box::default() }))
    }

    /// What kind.
    pub fn kind(&self) -> ReasonKind {
        self.0.kind
    }

    /// A number that belongs to the kind: the scheduler of `SchedulerDown`.
    pub fn detail(&self) -> u32 {
        self.0.detail
    }

    /// The encoded value.
    pub fn payload(&self) -> &[u8] {
        &self.0.payload
    }
}

/// The part of a message that travels by a way of JavaScript's, which alone can move it. It is there before its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cargo {
    /// Its number, given by whoever sent it.
    pub number: u64,
    /// The seat it comes from.
    pub by: u16,
    /// The seat at which it waits.
    pub at: u16,
}

/// A message or a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Envelope {
    /// A message; its bytes lie in the parcel: `skeleton` of them are the value, the rest large binary pieces.
    Message {
        /// How many of the bytes describe the value.
        skeleton: u32,
    },
    /// A message whose value waits in this slot of the receiver's isolate.
    Slot {
        /// Which slot.
        slot: u32,
    },
    /// A message with cargo; its bytes lie in the parcel as those of a message.
    Transfer {
        /// How many of the bytes describe the value.
        skeleton: u32,
        /// What belongs to it.
        cargo: Cargo,
    },
    /// A message for later; its bytes lie in the parcel as those of a message.
    After {
        /// The timer that carries it.
        timer: Ticket,
        /// When, in microseconds.
        deadline_us: u64,
        /// And then again each time so many microseconds have passed; 0: once.
        period_us: u64,
        /// How many of the bytes describe the value.
        skeleton: u32,
    },
    /// `from` waits for a place in the receiver's mailbox.
    Want {
        /// Who.
        from: Pid,
        /// Under which number.
        offer: u32,
    },
    /// Such a place is kept, or the process it was wanted of is gone.
    Granted {
        /// Whose mailbox.
        by: Pid,
        /// The number.
        offer: u32,
        /// Whether there is a place.
        place: bool,
    },
    /// A place that was kept is not needed.
    GiveBack,
    /// What comes next has had no place, and waits beside the mailbox.
    Late,
    /// A timer of the receiver's has been cancelled.
    Forget {
        /// Which.
        timer: Ticket,
    },
    /// `from` linked itself to the receiver.
    Link {
        /// Who.
        from: Pid,
    },
    /// `from` took its link back.
    Unlink {
        /// Who.
        from: Pid,
        /// Which of its unlinks, for the answer.
        number: u64,
    },
    /// `from` has seen the unlink: nothing of the link is under way any more.
    Unlinked {
        /// Who.
        from: Pid,
        /// Which.
        number: u64,
    },
    /// An exit signal; a linked one counts only while the link stands.
    Exit {
        /// Who ended, or asked.
        from: Pid,
        /// Why.
        reason: Reason,
        /// Whether it came through a link.
        linked: bool,
    },
    /// `from` wants to hear of the receiver's end.
    Monitor {
        /// Who.
        from: Pid,
        /// Under which reference.
        reference: u64,
    },
    /// Nobody wants to hear of `reference` any more.
    Demonitor {
        /// Which.
        reference: u64,
    },
    /// A monitored process ended.
    Down {
        /// Under which reference.
        reference: u64,
        /// Who ended.
        from: Pid,
        /// Why.
        reason: Reason,
    },
}

/// An envelope and the pid it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// For whom.
    pub to: Pid,
    /// What.
    pub envelope: Envelope,
}
