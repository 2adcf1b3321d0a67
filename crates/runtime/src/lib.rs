//! What a process is and where it runs, in safe Rust: pids, the process table, delivery, links, monitors and exit
//! signals, run queues, stealing, sleep and wake, grants, counters. No N-API, no clock (`now` is an argument), no threads,
//! no JavaScript values: a message is bytes, or the number of a slot in which its isolate keeps the value.
//!
//! Reading order: [`pid`], [`envelope`], [`process`] (what a process is), [`scheduler`] (what one thread owns),
//! [`sched`] (who runs next, who sleeps), [`names`], [`stores`], [`runtime`] (what all threads share).
#![forbid(unsafe_code)]

pub mod census;
pub mod completion;
pub mod envelope;
pub mod layout;
pub mod names;
pub mod pid;
pub mod process;
pub mod runtime;
pub mod sched;
pub mod scheduler;
pub mod store_key;
pub mod stores;

pub use completion::{Completion, Sink};
pub use envelope::{Cargo, Envelope, Letter, Reason, ReasonKind};
pub use names::Unnamed;
pub use pid::Pid;
pub use process::state::Priority;
pub use runtime::{Options, Runtime};
pub use sched::seat::Waker;
pub use scheduler::{Anchored, Birth, Born, Passage, Scheduler, SpawnError, Verdict, When, Where};
