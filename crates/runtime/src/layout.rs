//! The words of a scheduler's page that both halves know. `js/native/layout.ts` is the mirror; a test compares the two.
//! Words below [`rumpus_sync::ring::ENTRIES`] that the run ring does not use belong to the grant.

use rumpus_sync::ring;

/// Resumes that JavaScript may still make by itself.
pub const GRANT: usize = 4;
/// Definition processes whose body JavaScript has begun, ever.
pub const STARTED: usize = 5;
/// How many completions a turn or a collect wrote.
pub const COMPLETIONS: usize = 6;
/// What a submission left behind: [`COLLECT`] and [`TAKE_TURN`] bits.
pub const AFTER: usize = 7;
/// Completions wait that the submission caused: collect them before going on.
pub const COLLECT: i32 = 1;
/// There is something to do here: see to it that a turn comes.
pub const TAKE_TURN: i32 = 2;
/// How many definitions the runtime knows.
pub const DEFINITIONS: usize = 8;
/// Changes whenever a name is given or taken away. The one word of a page that every thread may write, under the lock of the
/// names; its owner only looks whether it has changed.
pub const NAMES: usize = 10;
/// Before a sleep: milliseconds until a turn must be taken, or -1.
pub const DUE_IN: usize = 11;
/// The same as a moment, so that it can be told from another: the low bits of its milliseconds.
pub const DUE_AT: usize = 12;
/// Low bits of the milliseconds at which the turn began: whoever begins to wait notes them.
pub const NOW_MS: usize = 13;
/// The slot that JavaScript has resumed last, plus one. The watchdog glances at it.
pub const RESUMED: usize = 14;
/// How many modules are being imported: meanwhile a scheduler that sleeps owes turns, too. The watchdog glances at it.
pub const LOADING: usize = 15;
/// First argument word of a submission and of its answer.
pub const ARGUMENTS: usize = 16;
/// Processes in the stock: made, and not spawned yet.
pub const STOCKED: usize = ENDED_FIRST + ENDED_MAX;
/// Processes in the list of those whose body has returned since the last crossing.
pub const ENDED: usize = STOCKED + 1;
/// The pids of the stock, two words each; the last are taken first.
pub const STOCK: usize = ring::WORDS;
/// Places in the stock.
pub const STOCK_MAX: usize = 64;
/// The list of those that have ended, by slot.
pub const ENDED_FIRST: usize = STOCK + 2 * STOCK_MAX;
/// Places in that list; a crossing is due when it is full.
pub const ENDED_MAX: usize = 64;
/// Timers that JavaScript may name without a crossing, two words each; 0 where it has handed one over. The last go first.
pub const TIMER_STOCK: usize = ENDED + 1;
/// Places for them.
pub const TIMER_STOCK_MAX: usize = 32;
/// Values in the list of those that JavaScript has sent within its isolate since the last crossing.
pub const SENT: usize = TIMER_STOCK + 2 * TIMER_STOCK_MAX;
/// That list, three words each: the receiver's pid and the slot.
pub const SENT_FIRST: usize = SENT + 1;
/// Places in it; a crossing is due when it is full.
pub const SENT_MAX: usize = 64;
/// Words of a page.
pub const WORDS: usize = SENT_FIRST + 3 * SENT_MAX;

/// Counters, written by JavaScript: local messages accepted.
pub const LOCAL_ACCEPTED: usize = 0;
/// Messages that a body took.
pub const RECEIVED: usize = 1;
/// Messages that waited for a process when it ended.
pub const DROPPED_DIED: usize = 2;
/// Messages whose bytes made no sense.
pub const DROPPED_CORRUPT: usize = 3;
/// Messages that were dropped for a newer one.
pub const DROPPED_OLDEST: usize = 6;
/// Messages to a name that nobody had.
pub const DROPPED_NOBODY: usize = 4;
/// Bodies, given up here, that have not ended.
pub const ABANDONED: usize = 5;
/// Counters from here on are written by Rust: messages accepted into native mailboxes.
pub const NATIVE_ACCEPTED: usize = 8;
/// Messages refused because the receiver was gone.
pub const NATIVE_DROPPED_DEAD: usize = 9;
/// Messages that waited in a native mailbox when their process ended.
pub const NATIVE_DROPPED_DIED: usize = 10;
/// Messages handed to JavaScript.
pub const NATIVE_DELIVERED: usize = 11;
/// Crossings.
pub const CROSSINGS: usize = 12;
/// Turns.
pub const TURNS: usize = 13;
/// Processes spawned by this scheduler; JavaScript counts those out of the stock.
pub const SPAWNED: usize = 14;
/// Processes that ended here.
pub const EXITED: usize = 15;
/// Definition processes started here.
pub const STARTED_HERE: usize = 16;
/// Processes stolen from others.
pub const STOLEN: usize = 17;
/// Thefts that brought something.
pub const STEALS: usize = 18;
/// Wake-ups this scheduler caused at others.
pub const WAKES_SENT: usize = 19;
/// Sleeps.
pub const SLEEPS: usize = 20;
/// Microseconds spent awake.
pub const BUSY_US: usize = 21;
/// Messages for which a mailbox had no place.
pub const NATIVE_DROPPED_FULL: usize = 30;
/// Waits and messages for later in the wheel, as of the last turn.
pub const TIMERS: usize = 22;
/// How late the last of them to fire was, in microseconds.
pub const LATE_US: usize = 23;
/// How late the worst of them ever was.
pub const LATE_WORST_US: usize = 24;
/// Resumes counted by turns.
pub const RESUMES: usize = 25;
/// References ever given by former tenants of the seat.
pub const REFERENCES: usize = 26;
/// When the seat was first taken, in microseconds.
pub const FIRST_TAKEN_US: usize = 27;
/// When the last turn began, in microseconds; 0 before the first of whoever sits there.
pub const TURNED_US: usize = 28;
/// Processes to resume for which the run ring had no room, or no turn yet, as of the last turn.
pub const OVERFLOWING: usize = 29;
/// First bucket of the histogram of microseconds between two turns while busy: four buckets an octave.
pub const TURN_GAPS: usize = 32;
/// Buckets of that histogram.
pub const TURN_GAP_BUCKETS: usize = 80;
/// Counters of a page.
pub const COUNTS: usize = TURN_GAPS + TURN_GAP_BUCKETS;
