//! The table: which signal does what to a receiver in which state, written out from Erlang's rules and the design.
#![allow(unreachable_pub, reason = "a module of a test program, a public thing of none")]

use rumpus_runtime::ReasonKind;
use rumpus_runtime::ReasonKind::{Error, Killed, NoProc, Normal, Shutdown, User};

/// Where the receiver stands when the signal is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nobody has taken it from its queue.
    Unstarted,
    /// As before; another scheduler steals it after the signal.
    Stolen,
    /// Handed to an isolate, not begun.
    Claimed,
    /// Begun; Rust has not looked yet.
    Fresh,
    /// Running, nothing under way to it.
    Idle,
    /// Running, with mail in its native mailbox.
    WithMail,
    /// Told to end, its body not settled.
    Exiting,
    /// Ended.
    Dead,
    /// Ended, its slot has a new tenant.
    Reused,
    /// Ended with its scheduler, whose seat has a new tenant.
    Left,
}

pub const STATES: [State; 10] = [
    State::Unstarted,
    State::Stolen,
    State::Claimed,
    State::Fresh,
    State::Idle,
    State::WithMail,
    State::Exiting,
    State::Dead,
    State::Reused,
    State::Left,
];

/// What the sender does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    Link,
    /// Links, then unlinks.
    Unlink,
    Monitor,
    /// Monitors, then takes it back.
    Demonitor,
    Exit(ReasonKind),
    /// Links, then ends for this reason.
    LinkedExit(ReasonKind),
    /// Links, then is killed.
    LinkedKill,
    /// Links, unlinks, then ends with an error.
    UnlinkedExit,
    /// The receiver had monitored the sender, which ends with an error.
    Down,
}

/// What a process hears.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hears {
    Nothing,
    Exit(ReasonKind),
    Down(ReasonKind),
}

use Hears::Nothing;

/// What the receiver hears, what it dies of in the end, what the sender hears. Receivers that live to see the end of it
/// then end normally.
pub type Outcome = (Hears, ReasonKind, Hears);

/// Where the receiver does nothing of it but end in the end.
pub const fn unmoved(death: ReasonKind, sender: Hears) -> Outcome {
    (Nothing, death, sender)
}

/// By row: a receiver that runs and does not trap; one that traps; one that is exiting, for a reason of its user's; one
/// that has not begun, and so cannot trap; then what the sender hears of one that is gone.
pub const TABLE: [(Signal, [Outcome; 4], Hears); 13] = [
    (
        Signal::Link,
        [
            unmoved(Normal, Hears::Exit(Normal)),
            unmoved(Normal, Hears::Exit(Normal)),
            unmoved(User, Hears::Exit(User)),
            unmoved(Normal, Hears::Exit(Normal)),
        ],
        Hears::Exit(NoProc),
    ),
    (
        Signal::Unlink,
        [unmoved(Normal, Nothing), unmoved(Normal, Nothing), unmoved(User, Nothing), unmoved(Normal, Nothing)],
        Nothing,
    ),
    (
        Signal::Monitor,
        [
            unmoved(Normal, Hears::Down(Normal)),
            unmoved(Normal, Hears::Down(Normal)),
            unmoved(User, Hears::Down(User)),
            unmoved(Normal, Hears::Down(Normal)),
        ],
        Hears::Down(NoProc),
    ),
    (
        Signal::Demonitor,
        [unmoved(Normal, Nothing), unmoved(Normal, Nothing), unmoved(User, Nothing), unmoved(Normal, Nothing)],
        Nothing,
    ),
    (
        Signal::Exit(Normal),
        [
            unmoved(Normal, Nothing),
            (Hears::Exit(Normal), Normal, Nothing),
            unmoved(User, Nothing),
            unmoved(Normal, Nothing),
        ],
        Nothing,
    ),
    (
        Signal::Exit(Shutdown),
        [
            (Nothing, Shutdown, Nothing),
            (Hears::Exit(Shutdown), Normal, Nothing),
            unmoved(User, Nothing),
            (Nothing, Shutdown, Nothing),
        ],
        Nothing,
    ),
    (
        Signal::Exit(ReasonKind::Kill),
        [
            (Nothing, Killed, Nothing),
            (Nothing, Killed, Nothing),
            (Nothing, Killed, Nothing),
            (Nothing, Killed, Nothing),
        ],
        Nothing,
    ),
    (
        Signal::LinkedExit(Normal),
        [
            unmoved(Normal, Nothing),
            (Hears::Exit(Normal), Normal, Nothing),
            unmoved(User, Nothing),
            unmoved(Normal, Nothing),
        ],
        Nothing,
    ),
    (
        Signal::LinkedExit(Error),
        [
            (Nothing, Error, Nothing),
            (Hears::Exit(Error), Normal, Nothing),
            unmoved(User, Nothing),
            (Nothing, Error, Nothing),
        ],
        Nothing,
    ),
    // A process may end itself for the reason `kill`, which is then a reason like any other.
    (
        Signal::LinkedExit(ReasonKind::Kill),
        [
            (Nothing, ReasonKind::Kill, Nothing),
            (Hears::Exit(ReasonKind::Kill), Normal, Nothing),
            unmoved(User, Nothing),
            (Nothing, ReasonKind::Kill, Nothing),
        ],
        Nothing,
    ),
    (
        Signal::LinkedKill,
        [
            (Nothing, Killed, Nothing),
            (Hears::Exit(Killed), Normal, Nothing),
            unmoved(User, Nothing),
            (Nothing, Killed, Nothing),
        ],
        Nothing,
    ),
    (
        Signal::UnlinkedExit,
        [unmoved(Normal, Nothing), unmoved(Normal, Nothing), unmoved(User, Nothing), unmoved(Normal, Nothing)],
        Nothing,
    ),
    (
        Signal::Down,
        [
            (Hears::Down(Error), Normal, Nothing),
            (Hears::Down(Error), Normal, Nothing),
            unmoved(User, Nothing),
            unmoved(Normal, Nothing),
        ],
        Nothing,
    ),
];
