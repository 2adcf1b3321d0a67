// The numbers that both halves of a scheduler agree on: words of its page, operations, completions. The mirror of
// `crates/runtime/src/layout.rs`, `crates/sync/src/ring.rs` and `crates/binding/src/{submit,completions}.rs`; a test compares
// the two through `layoutConstants()`. Never computed, never imported by anything above `js/kernel`.

// The run ring.
export const RING_HEAD = 0
export const RING_TAIL = 1
export const RING_SLOT = 2
export const RING_STREAK = 3
export const RING_STREAK_MAX = 9
export const RING_AHEAD = 31
export const RING_ENTRIES = 32
export const RING_CAPACITY = 4096

// The grant and its surroundings.
export const GRANT = 4
export const STARTED = 5
export const COMPLETIONS = 6
export const AFTER = 7
export const AFTER_COLLECT = 1
export const AFTER_TAKE_TURN = 2
export const DEFINITIONS = 8
export const NAMES = 10
export const DUE_IN = 11
export const DUE_AT = 12
export const NOW_MS = 13
export const RESUMED = 14
export const LOADING = 15
export const STOCKED = 4320
export const ENDED = 4321
export const STOCK = 4128
export const ENDED_FIRST = 4256
export const ENDED_MAX = 64
export const TIMER_STOCK = 4322
export const TIMER_STOCK_MAX = 32
export const SENT = 4386
export const SENT_FIRST = 4387
export const SENT_MAX = 64
export const ARGUMENTS = 16
export const SCRATCH_LEN = 24

// Operations of a submission.
export const OP_SEND = 1
export const OP_SEND_SLOT = 2
export const OP_SPAWN = 3
export const OP_SPAWN_HERE = 4
export const OP_FINISH = 5
export const OP_LINK = 6
export const OP_UNLINK = 7
export const OP_MONITOR = 8
export const OP_DEMONITOR = 9
export const OP_EXIT = 10
export const OP_TRAP_EXITS = 11
export const OP_IS_ALIVE = 12
export const OP_LOADED = 13
export const OP_OVERFLOW = 14
export const OP_COLLECT = 15
export const OP_RENT = 16
export const OP_GIVE_BACK = 17
export const OP_WAIT = 18
export const OP_STOP_WAITING = 19
export const OP_SEND_AFTER = 20
export const OP_SEND_SLOT_AFTER = 21
export const OP_CANCEL_TIMER = 22
export const OP_EXITING = 23
export const OP_OFFER = 24
export const OP_OFFER_SLOT = 25
export const OP_WANT = 26
export const OP_GIVE_BACK_PLACE = 27
export const OP_GIVE_PLACES = 28
export const OP_REFILL = 29
export const OP_NOTE = 30
export const OP_REFILL_TIMERS = 31
export const OP_ANCHOR = 32
export const OP_SEND_TRANSFER = 33
export const OP_GIVE_STORE = 34

// Why a store was not given.
export const GIVE_NO_STORE = 1
export const GIVE_NOT_OWNER = 2
export const GIVE_NOPROC = 3

// Where a spawned process may run, beside a scheduler's number.
export const AT_ANY = -1
export const AT_HERE = -2
export const AT_DEDICATED = -3
// Where the answer says at which seat that is, and for which of its tenancies.
export const ANSWERED_SEAT = 21
export const ANSWERED_TENANCY = 22

// What of a birth goes with a spawn.
export const BIRTH = 25
export const BIRTH_PARENT = 26
export const BIRTH_RENTED = 28
export const BIRTH_LINKED = 1
export const BIRTH_WATCHED = 2
export const BIRTH_IS_RENTED = 4
export const BIRTH_HIGH = 8
export const BIRTH_LOW = 16
export const BIRTH_OVERFLOW_SHIFT = 5
export const BIRTH_CAPACITY = 30
export const BIRTH_SERVES = 128
export const BIRTH_HEARD = 256

// The terms of a message with cargo.
export const PASSAGE_OFFER = 1
export const PASSAGE_GRANTED = 2
export const PASSAGE_BY_REFERENCE = 4

// Of a message for later.
export const NAMED = 25

// Verdicts of a turn.
export const VERDICT_RUN = 0
export const VERDICT_LOOK = 1
export const VERDICT_YIELD = 2
export const VERDICT_SLEEP = 3
export const VERDICT_STOP = 4

// Completions.
export const HEAD_BYTES = 32
export const INLINE_MAX = 8192
export const KIND_MESSAGE = 1
export const KIND_SLOT = 2
export const KIND_FREED = 3
export const KIND_START = 4
export const KIND_OPENED = 5
export const KIND_EXIT = 6
export const KIND_DOWN = 7
export const KIND_EXITING = 8
export const KIND_DUE = 9
export const KIND_GRANTED = 10
export const KIND_TRANSFER = 11
export const KIND_STRAY = 12

// Exit reasons.
export const REASON_NORMAL = 0
export const REASON_SHUTDOWN = 1
export const REASON_KILL = 2
export const REASON_KILLED = 3
export const REASON_ERROR = 4
export const REASON_NOPROC = 5
export const REASON_SCHEDULER_DOWN = 6
export const REASON_USER = 7

// Counters; those up to COUNT_DROPPED_OLDEST are written here, the others in Rust.
export const COUNT_LOCAL_ACCEPTED = 0
export const COUNT_RECEIVED = 1
export const COUNT_DROPPED_DIED = 2
export const COUNT_DROPPED_CORRUPT = 3
export const COUNT_DROPPED_NOBODY = 4
export const COUNT_DROPPED_OLDEST = 6
export const COUNT_ABANDONED = 5
export const COUNT_NATIVE_ACCEPTED = 8
export const COUNT_NATIVE_DROPPED_DEAD = 9
export const COUNT_NATIVE_DROPPED_DIED = 10
export const COUNT_NATIVE_DELIVERED = 11
export const COUNT_CROSSINGS = 12
export const COUNT_TURNS = 13
export const COUNT_SPAWNED = 14
export const COUNT_EXITED = 15
export const COUNT_STARTED_HERE = 16
export const COUNT_STOLEN = 17
export const COUNT_STEALS = 18
export const COUNT_WAKES_SENT = 19
export const COUNT_SLEEPS = 20
export const COUNT_BUSY_US = 21
export const COUNT_NATIVE_DROPPED_FULL = 30
export const COUNT_TIMERS = 22
export const COUNT_LATE_US = 23
export const COUNT_LATE_WORST_US = 24
export const COUNT_RESUMES = 25
export const COUNT_TURN_GAPS = 32
export const TURN_GAP_BUCKETS = 80

// What `RuntimeHandle.seat` shows before the counters.
export const SEAT_TAKEN = 0
export const SEAT_ALIVE = 1
export const SEAT_UNSTARTED = 2
export const SEAT_BUSY_SHARE = 3
export const SEAT_ASLEEP = 4
export const SEAT_RUN_QUEUE = 5
export const SEAT_TENANCY = 6
export const SEAT_COUNTS = 7

// Rows of processes, as the census and `Seat.look` write them behind the moment they were made at.
export const ROW_PID = 0
export const ROW_SEAT = 1
export const ROW_PHASE = 2
export const ROW_PRIORITY = 3
export const ROW_TRAPS = 4
export const ROW_DEFINITION = 5
export const ROW_UNTOLD = 6
export const ROW_LINKS = 7
export const ROW_WATCHING = 8
export const ROW_WATCHERS = 9
export const ROW_WORDS = 10
export const PHASE_UNSTARTED = 1
export const PHASE_RUNNING = 2
export const PHASE_EXITING = 3

// The words of the buffer of stores.
export const STORE_OPERATION = 0
export const STORE_STORE = 1
export const STORE_KEY_LEN = 2
export const STORE_VALUE_LEN = 3
export const STORE_STAMP = 4
export const STORE_STATUS = 6
export const STORE_LENGTH = 7
export const STORE_SHARD = 8
export const STORE_PLACE = 9
export const STORE_SINCE = 10
export const STORE_MODE = 12
export const STORE_MOST = 13
export const STORE_BY = 14
export const STORE_INITIAL = 16
export const STORE_SUM = 18
export const STORE_KEY = 20
export const STORE_KEY_MAX = 1024
export const STORE_VALUE = 276

// What it may ask, what becomes of that, and how a pattern is meant.
export const STORE_OPEN = 1
export const STORE_LET_GO = 2
export const STORE_GET = 3
export const STORE_HAS = 4
export const STORE_PUT = 5
export const STORE_PUT_NEW = 6
export const STORE_PUT_IF = 7
export const STORE_TAKE = 8
export const STORE_DELETE = 9
export const STORE_DELETE_IF = 10
export const STORE_ADD = 11
export const STORE_WALK = 12
export const STORE_COUNT = 13
export const STORE_CLEAR = 14
export const STORE_ABSENT = 0
export const STORE_DONE = 1
export const STORE_CHANGED = 2
export const STORE_TOO_MANY = 3
export const STORE_TOO_LARGE = 4
export const STORE_GONE = 5
export const STORE_NO_NUMBER = 6
export const STORE_MORE = 7
export const STORE_ALL = 0
export const STORE_SHAPE = 1
export const STORE_PREFIX = 2
export const STORE_KEYS_ONLY = 8

// How numbers are written in values, and what keys are made of: `crates/runtime/src/store_key.rs`.
export const STORE_VALUE_SMALL = 4
export const STORE_VALUE_INT = 5
export const STORE_VALUE_DOUBLE = 6
export const KEY_NARROW = 1
export const KEY_WIDE = 2
export const KEY_INT = 3
export const KEY_DOUBLE = 4
export const KEY_BIGINT = 5
export const KEY_TRUE = 6
export const KEY_FALSE = 7
export const KEY_NULL = 8
export const KEY_LIST = 9
export const KEY_ANY = 10

// Pids: see `crates/runtime/src/pid.rs`.
export const INDEX_BITS = 26
export const INDEX_MASK: number = (1 << INDEX_BITS) - 1
export const RUNTIMES_MAX = 64
export const HIGH = 4294967296
