//! The error table: each failure the core can report to JavaScript, with the class and code it becomes there. One table
//! for thrown errors and for the status words of submissions; `js/errors.ts` makes the classes.

/// What went wrong. The number is the status word of a submission.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub(crate) enum Failure {
    /// The process table is full.
    TooManyProcesses = 1,
    /// There is no scheduler with that number.
    NoScheduler = 2,
    /// The runtime has stopped, or never was.
    Stopped = 3,
    /// Another thread sits on that seat.
    SeatTaken = 4,
    /// A submission that the core does not know.
    BadSubmission = 5,
    /// A defect of the core, caught at the border.
    Defect = 6,
    /// There is no room for another timer.
    TooManyTimers = 7,
    /// Every dedicated thread is somebody's.
    NoThread = 8,
}

/// All of them, in the order of their numbers.
pub(crate) const FAILURES: [Failure; 8] = [
    Failure::TooManyProcesses,
    Failure::NoScheduler,
    Failure::Stopped,
    Failure::SeatTaken,
    Failure::BadSubmission,
    Failure::Defect,
    Failure::TooManyTimers,
    Failure::NoThread,
];

impl Failure {
    /// The JavaScript class, the code, and what it says.
    pub(crate) fn told(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::TooManyProcesses => ("RumpusError", "ERR_RUMPUS_TOO_MANY_PROCESSES", "the process table is full"),
            Self::NoScheduler => ("RangeError", "ERR_RUMPUS_NO_SCHEDULER", "there is no scheduler with this number"),
            Self::Stopped => ("RumpusError", "ERR_RUMPUS_STOPPED", "the runtime has stopped"),
            Self::SeatTaken => ("RumpusError", "ERR_RUMPUS_SEAT_TAKEN", "another thread is this scheduler already"),
            Self::BadSubmission => {
                ("RumpusError", "ERR_RUMPUS_DEFECT", "the native core does not know this submission")
            }
            Self::TooManyTimers => ("RumpusError", "ERR_RUMPUS_TOO_MANY_TIMERS", "there is no room for another timer"),
            Self::NoThread => ("RumpusError", "ERR_RUMPUS_NO_THREAD", "no dedicated thread is free"),
            Self::Defect => ("RumpusError", "ERR_RUMPUS_DEFECT", "the native core failed: please report this"),
        }
    }

    /// As a thrown error, its code in `code`.
    pub(crate) fn thrown(self) -> napi::Error<String> {
        let (_, code, says) = self.told();
        napi::Error::new(code.to_owned(), says.to_owned())
    }
}
