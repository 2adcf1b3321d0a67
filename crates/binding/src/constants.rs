//! The numbers that both sides of the border must agree on, told to a test that compares them with `js/native/layout.ts`.
//! Owns none of them: each is taken from where it is used.

#![expect(unreachable_pub, reason = "the macro exports what is public, and only that")]

use napi_derive::napi;
use rumpus_runtime::{ReasonKind, Verdict, layout, pid};
use rumpus_sync::ring;

use crate::completions::{HEAD, INLINE_MAX, Kind};
use crate::handle;
use crate::hot::SCRATCH_LEN;
use crate::submit::{self, AT_ANY, AT_HERE, OPERATIONS};

const PLACES: [(&str, i32); 2] = [("AT_ANY", AT_ANY), ("AT_HERE", AT_HERE)];

const BIRTHS: [(&str, i32); 8] = [
    ("BIRTH", (layout::ARGUMENTS + submit::BIRTH) as i32),
    ("BIRTH_PARENT", (layout::ARGUMENTS + submit::BIRTH_PARENT) as i32),
    ("BIRTH_RENTED", (layout::ARGUMENTS + submit::BIRTH_RENTED) as i32),
    ("BIRTH_LINKED", submit::BIRTH_LINKED),
    ("BIRTH_WATCHED", submit::BIRTH_WATCHED),
    ("BIRTH_IS_RENTED", submit::BIRTH_IS_RENTED),
    ("BIRTH_HIGH", submit::BIRTH_HIGH),
    ("BIRTH_LOW", submit::BIRTH_LOW),
];

const VERDICTS: [(&str, i32); 5] = [
    ("VERDICT_RUN", Verdict::Run as i32),
    ("VERDICT_LOOK", Verdict::Look as i32),
    ("VERDICT_YIELD", Verdict::Yield as i32),
    ("VERDICT_SLEEP", Verdict::Sleep as i32),
    ("VERDICT_STOP", Verdict::Stop as i32),
];

const KINDS: [(&str, i32); 9] = [
    ("KIND_MESSAGE", Kind::Message as i32),
    ("KIND_SLOT", Kind::Slot as i32),
    ("KIND_FREED", Kind::Freed as i32),
    ("KIND_START", Kind::Start as i32),
    ("KIND_OPENED", Kind::Opened as i32),
    ("KIND_EXIT", Kind::Exit as i32),
    ("KIND_DOWN", Kind::Down as i32),
    ("KIND_EXITING", Kind::Exiting as i32),
    ("KIND_DUE", Kind::Due as i32),
];

const REASONS: [(&str, i32); 8] = [
    ("REASON_NORMAL", ReasonKind::Normal as i32),
    ("REASON_SHUTDOWN", ReasonKind::Shutdown as i32),
    ("REASON_KILL", ReasonKind::Kill as i32),
    ("REASON_KILLED", ReasonKind::Killed as i32),
    ("REASON_ERROR", ReasonKind::Error as i32),
    ("REASON_NOPROC", ReasonKind::NoProc as i32),
    ("REASON_SCHEDULER_DOWN", ReasonKind::SchedulerDown as i32),
    ("REASON_USER", ReasonKind::User as i32),
];

/// Where `RuntimeHandle.seat` shows what.
const SEATS: [(&str, i32); 6] = [
    ("SEAT_TAKEN", 0),
    ("SEAT_ALIVE", 1),
    ("SEAT_UNSTARTED", 2),
    ("SEAT_BUSY_SHARE", 3),
    ("SEAT_ASLEEP", 4),
    ("SEAT_COUNTS", handle::SEAT_FIGURES as i32),
];

/// One named number that both sides of the border must agree on.
#[napi(object)]
#[derive(Debug)]
pub struct BindingConstant {
    /// Its name in `js/native/layout.ts`.
    pub name: String,
    /// Its value here.
    pub value: i32,
}

/// Every number that both sides must agree on; a test compares them with the mirror.
#[napi]
pub fn layout_constants() -> Vec<BindingConstant> {
    let constant = |name: &str, value: usize| BindingConstant { name: name.to_owned(), value: value as i32 };
    let mut all = vec![
        constant("RING_HEAD", ring::HEAD),
        constant("RING_TAIL", ring::TAIL),
        constant("RING_SLOT", ring::SLOT),
        constant("RING_STREAK", ring::STREAK),
        constant("RING_STREAK_MAX", ring::STREAK_MAX),
        constant("RING_AHEAD", ring::AHEAD),
        constant("RING_ENTRIES", ring::ENTRIES),
        constant("RING_CAPACITY", ring::CAPACITY),
        constant("GRANT", layout::GRANT),
        constant("STARTED", layout::STARTED),
        constant("COMPLETIONS", layout::COMPLETIONS),
        constant("AFTER", layout::AFTER),
        constant("AFTER_COLLECT", layout::COLLECT as usize),
        constant("AFTER_TAKE_TURN", layout::TAKE_TURN as usize),
        constant("DEFINITIONS", layout::DEFINITIONS),
        constant("NAMES", layout::NAMES),
        constant("DUE_IN", layout::DUE_IN),
        constant("DUE_AT", layout::DUE_AT),
        constant("ARGUMENTS", layout::ARGUMENTS),
        constant("SCRATCH_LEN", layout::ARGUMENTS + SCRATCH_LEN),
        constant("HEAD_BYTES", HEAD),
        constant("INLINE_MAX", INLINE_MAX),
        constant("COUNT_LOCAL_ACCEPTED", layout::LOCAL_ACCEPTED),
        constant("COUNT_RECEIVED", layout::RECEIVED),
        constant("COUNT_DROPPED_DIED", layout::DROPPED_DIED),
        constant("COUNT_DROPPED_CORRUPT", layout::DROPPED_CORRUPT),
        constant("COUNT_DROPPED_NOBODY", layout::DROPPED_NOBODY),
        constant("COUNT_NATIVE_ACCEPTED", layout::NATIVE_ACCEPTED),
        constant("COUNT_NATIVE_DROPPED_DEAD", layout::NATIVE_DROPPED_DEAD),
        constant("COUNT_NATIVE_DROPPED_DIED", layout::NATIVE_DROPPED_DIED),
        constant("COUNT_NATIVE_DELIVERED", layout::NATIVE_DELIVERED),
        constant("COUNT_CROSSINGS", layout::CROSSINGS),
        constant("COUNT_TURNS", layout::TURNS),
        constant("COUNT_SPAWNED", layout::SPAWNED),
        constant("COUNT_EXITED", layout::EXITED),
        constant("COUNT_STARTED_HERE", layout::STARTED_HERE),
        constant("COUNT_STOLEN", layout::STOLEN),
        constant("COUNT_STEALS", layout::STEALS),
        constant("COUNT_WAKES_SENT", layout::WAKES_SENT),
        constant("COUNT_SLEEPS", layout::SLEEPS),
        constant("COUNT_BUSY_US", layout::BUSY_US),
        constant("COUNT_RESUMES", layout::RESUMES),
        constant("COUNT_TURN_GAPS", layout::TURN_GAPS),
        constant("TURN_GAP_BUCKETS", layout::TURN_GAP_BUCKETS),
        constant("INDEX_BITS", pid::INDEX_BITS as usize),
        constant("RUNTIMES_MAX", 1 << pid::RUNTIME_BITS),
    ];
    all.extend(
        PLACES
            .iter()
            .chain(&BIRTHS)
            .chain(&VERDICTS)
            .chain(&KINDS)
            .chain(&REASONS)
            .chain(&SEATS)
            .map(|&(name, value)| BindingConstant { name: name.to_owned(), value }),
    );
    all.extend(OPERATIONS.iter().map(|&(name, value)| constant(&format!("OP_{name}"), value as usize)));
    all
}
