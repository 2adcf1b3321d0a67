//! What both sides of the border must agree on, told to those who compare: the numbers, to a test that holds them against
//! `js/native/layout.ts`; the version, to `js/native/find.ts`. Owns no number: each is taken from where it is used.

#![expect(unreachable_pub, reason = "the macro exports what is public, and only that")]

use napi_derive::napi;
use rumpus_runtime::{ReasonKind, Verdict, layout, pid};
use rumpus_sync::ring;

use crate::completions::{HEAD, INLINE_MAX, Kind};
use crate::handle;
use crate::hot::SCRATCH_LEN;
use crate::rows::ROWS;
use crate::store_words;
use crate::submit::{self, ANSWERED_SEAT, ANSWERED_TENANCY, AT_ANY, AT_DEDICATED, AT_HERE, OPERATIONS};

const LAYOUT: [(&str, usize); 66] = [
    ("RING_HEAD", ring::HEAD),
    ("RING_TAIL", ring::TAIL),
    ("RING_SLOT", ring::SLOT),
    ("RING_STREAK", ring::STREAK),
    ("RING_STREAK_MAX", ring::STREAK_MAX),
    ("RING_AHEAD", ring::AHEAD),
    ("RING_ENTRIES", ring::ENTRIES),
    ("RING_CAPACITY", ring::CAPACITY),
    ("GRANT", layout::GRANT),
    ("STARTED", layout::STARTED),
    ("COMPLETIONS", layout::COMPLETIONS),
    ("AFTER", layout::AFTER),
    ("AFTER_COLLECT", layout::COLLECT as usize),
    ("AFTER_TAKE_TURN", layout::TAKE_TURN as usize),
    ("DEFINITIONS", layout::DEFINITIONS),
    ("NAMES", layout::NAMES),
    ("STOCKED", layout::STOCKED),
    ("STOCK", layout::STOCK),
    ("ENDED", layout::ENDED),
    ("ENDED_FIRST", layout::ENDED_FIRST),
    ("ENDED_MAX", layout::ENDED_MAX),
    ("TIMER_STOCK", layout::TIMER_STOCK),
    ("TIMER_STOCK_MAX", layout::TIMER_STOCK_MAX),
    ("SENT", layout::SENT),
    ("SENT_FIRST", layout::SENT_FIRST),
    ("SENT_MAX", layout::SENT_MAX),
    ("NAMED", layout::ARGUMENTS + submit::NAMED),
    ("DUE_IN", layout::DUE_IN),
    ("DUE_AT", layout::DUE_AT),
    ("NOW_MS", layout::NOW_MS),
    ("RESUMED", layout::RESUMED),
    ("LOADING", layout::LOADING),
    ("ARGUMENTS", layout::ARGUMENTS),
    ("SCRATCH_LEN", layout::ARGUMENTS + SCRATCH_LEN),
    ("HEAD_BYTES", HEAD),
    ("INLINE_MAX", INLINE_MAX),
    ("COUNT_LOCAL_ACCEPTED", layout::LOCAL_ACCEPTED),
    ("COUNT_RECEIVED", layout::RECEIVED),
    ("COUNT_DROPPED_DIED", layout::DROPPED_DIED),
    ("COUNT_DROPPED_CORRUPT", layout::DROPPED_CORRUPT),
    ("COUNT_DROPPED_NOBODY", layout::DROPPED_NOBODY),
    ("COUNT_DROPPED_OLDEST", layout::DROPPED_OLDEST),
    ("COUNT_NATIVE_DROPPED_FULL", layout::NATIVE_DROPPED_FULL),
    ("COUNT_ABANDONED", layout::ABANDONED),
    ("COUNT_NATIVE_ACCEPTED", layout::NATIVE_ACCEPTED),
    ("COUNT_NATIVE_DROPPED_DEAD", layout::NATIVE_DROPPED_DEAD),
    ("COUNT_NATIVE_DROPPED_DIED", layout::NATIVE_DROPPED_DIED),
    ("COUNT_NATIVE_DELIVERED", layout::NATIVE_DELIVERED),
    ("COUNT_CROSSINGS", layout::CROSSINGS),
    ("COUNT_TURNS", layout::TURNS),
    ("COUNT_SPAWNED", layout::SPAWNED),
    ("COUNT_EXITED", layout::EXITED),
    ("COUNT_STARTED_HERE", layout::STARTED_HERE),
    ("COUNT_STOLEN", layout::STOLEN),
    ("COUNT_STEALS", layout::STEALS),
    ("COUNT_WAKES_SENT", layout::WAKES_SENT),
    ("COUNT_SLEEPS", layout::SLEEPS),
    ("COUNT_BUSY_US", layout::BUSY_US),
    ("COUNT_TIMERS", layout::TIMERS),
    ("COUNT_LATE_US", layout::LATE_US),
    ("COUNT_LATE_WORST_US", layout::LATE_WORST_US),
    ("COUNT_RESUMES", layout::RESUMES),
    ("COUNT_TURN_GAPS", layout::TURN_GAPS),
    ("TURN_GAP_BUCKETS", layout::TURN_GAP_BUCKETS),
    ("INDEX_BITS", pid::INDEX_BITS as usize),
    ("RUNTIMES_MAX", 1 << pid::RUNTIME_BITS),
];

const PASSAGES: [(&str, i32); 3] = [
    ("PASSAGE_OFFER", submit::PASSAGE_OFFER),
    ("PASSAGE_GRANTED", submit::PASSAGE_GRANTED),
    ("PASSAGE_BY_REFERENCE", submit::PASSAGE_BY_REFERENCE),
];

const GIVES: [(&str, i32); 3] = [
    ("GIVE_NO_STORE", submit::GIVE_NO_STORE),
    ("GIVE_NOT_OWNER", submit::GIVE_NOT_OWNER),
    ("GIVE_NOPROC", submit::GIVE_NOPROC),
];

const PLACES: [(&str, i32); 5] = [
    ("AT_ANY", AT_ANY),
    ("AT_HERE", AT_HERE),
    ("AT_DEDICATED", AT_DEDICATED),
    ("ANSWERED_SEAT", (layout::ARGUMENTS + ANSWERED_SEAT) as i32),
    ("ANSWERED_TENANCY", (layout::ARGUMENTS + ANSWERED_TENANCY) as i32),
];

const BIRTHS: [(&str, i32); 12] = [
    ("BIRTH", (layout::ARGUMENTS + submit::BIRTH) as i32),
    ("BIRTH_PARENT", (layout::ARGUMENTS + submit::BIRTH_PARENT) as i32),
    ("BIRTH_RENTED", (layout::ARGUMENTS + submit::BIRTH_RENTED) as i32),
    ("BIRTH_LINKED", submit::BIRTH_LINKED),
    ("BIRTH_WATCHED", submit::BIRTH_WATCHED),
    ("BIRTH_IS_RENTED", submit::BIRTH_IS_RENTED),
    ("BIRTH_HIGH", submit::BIRTH_HIGH),
    ("BIRTH_LOW", submit::BIRTH_LOW),
    ("BIRTH_OVERFLOW_SHIFT", submit::BIRTH_OVERFLOW_SHIFT),
    ("BIRTH_SERVES", submit::BIRTH_SERVES),
    ("BIRTH_HEARD", submit::BIRTH_HEARD),
    ("BIRTH_CAPACITY", (layout::ARGUMENTS + submit::BIRTH_CAPACITY) as i32),
];

const VERDICTS: [(&str, i32); 5] = [
    ("VERDICT_RUN", Verdict::Run as i32),
    ("VERDICT_LOOK", Verdict::Look as i32),
    ("VERDICT_YIELD", Verdict::Yield as i32),
    ("VERDICT_SLEEP", Verdict::Sleep as i32),
    ("VERDICT_STOP", Verdict::Stop as i32),
];

const KINDS: [(&str, i32); 12] = [
    ("KIND_MESSAGE", Kind::Message as i32),
    ("KIND_SLOT", Kind::Slot as i32),
    ("KIND_FREED", Kind::Freed as i32),
    ("KIND_START", Kind::Start as i32),
    ("KIND_OPENED", Kind::Opened as i32),
    ("KIND_EXIT", Kind::Exit as i32),
    ("KIND_DOWN", Kind::Down as i32),
    ("KIND_EXITING", Kind::Exiting as i32),
    ("KIND_DUE", Kind::Due as i32),
    ("KIND_GRANTED", Kind::Granted as i32),
    ("KIND_TRANSFER", Kind::Transfer as i32),
    ("KIND_STRAY", Kind::Stray as i32),
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
const SEATS: [(&str, i32); 8] = [
    ("SEAT_TAKEN", 0),
    ("SEAT_ALIVE", 1),
    ("SEAT_UNSTARTED", 2),
    ("SEAT_BUSY_SHARE", 3),
    ("SEAT_ASLEEP", 4),
    ("SEAT_RUN_QUEUE", 5),
    ("SEAT_TENANCY", 6),
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
    let mut all: Vec<BindingConstant> = LAYOUT.iter().map(|&(name, value)| constant(name, value)).collect();
    all.extend(
        PLACES
            .iter()
            .chain(&BIRTHS)
            .chain(&PASSAGES)
            .chain(&GIVES)
            .chain(&VERDICTS)
            .chain(&KINDS)
            .chain(&REASONS)
            .chain(&SEATS)
            .chain(&ROWS)
            .chain(&store_words::NUMBERS)
            .chain(&store_words::KEY_TAGS)
            .map(|&(name, value)| BindingConstant { name: name.to_owned(), value }),
    );
    all.extend(OPERATIONS.iter().map(|&(name, value)| constant(&format!("OP_{name}"), value as usize)));
    all
}

/// The version of the package that this binary belongs to; `js/native/find.ts` refuses a binary of another one.
#[napi]
pub fn version() -> &'static str {
    env!("CARGO_PKG_VERSION")
}
