//! The numbers of the buffer of stores: where what lies in it, what may be asked, what becomes of that, how keys and numbers are
//! written. Mirror: `js/native/layout.ts`.

use rumpus_runtime::store_key;

/// Bytes of the buffer.
pub(crate) const BUFFER: usize = 32 * 1024;

/// Words: what is asked, of which store, the bytes of its key and of the value to put.
pub(crate) const OPERATION: usize = 0;
pub(crate) const STORE: usize = 1;
pub(crate) const KEY_LEN: usize = 2;
pub(crate) const VALUE_LEN: usize = 3;
/// Two words: the stamp of what was read, or is expected. With OPEN the number of the store.
pub(crate) const STAMP: usize = 4;
/// What became of it, and how long the value is that was read, or how many entries are told.
pub(crate) const STATUS: usize = 6;
pub(crate) const LENGTH: usize = 7;
/// How far a walk has come: a shard, a place, two words.
pub(crate) const SHARD: usize = 8;
pub(crate) const PLACE: usize = 9;
pub(crate) const SINCE: usize = 10;
/// How a pattern is meant, and how many entries may be told.
pub(crate) const MODE: usize = 12;
pub(crate) const MOST: usize = 13;
/// Doubles: what is added, to what if nothing is there; and what comes of that, or a count.
pub(crate) const BY: usize = 14;
pub(crate) const INITIAL: usize = 16;
pub(crate) const SUM: usize = 18;
/// Where the key begins, of so many bytes at most.
pub(crate) const KEY: usize = 20;
pub(crate) const KEY_MAX: usize = 1024;
/// Where a value begins that is read.
pub(crate) const VALUE: usize = KEY + KEY_MAX / 4;

/// Operations.
pub(crate) const OPEN: i32 = 1;
pub(crate) const LET_GO: i32 = 2;
pub(crate) const GET: i32 = 3;
pub(crate) const HAS: i32 = 4;
pub(crate) const PUT: i32 = 5;
pub(crate) const PUT_NEW: i32 = 6;
pub(crate) const PUT_IF: i32 = 7;
pub(crate) const TAKE: i32 = 8;
pub(crate) const DELETE: i32 = 9;
pub(crate) const DELETE_IF: i32 = 10;
pub(crate) const ADD: i32 = 11;
pub(crate) const WALK: i32 = 12;
pub(crate) const COUNT: i32 = 13;
pub(crate) const CLEAR: i32 = 14;

/// What became of it.
pub(crate) const ABSENT: i32 = 0;
pub(crate) const DONE: i32 = 1;
pub(crate) const CHANGED: i32 = 2;
pub(crate) const TOO_MANY: i32 = 3;
pub(crate) const TOO_LARGE: i32 = 4;
pub(crate) const GONE: i32 = 5;
pub(crate) const NO_NUMBER: i32 = 6;
/// A walk is not over.
pub(crate) const MORE: i32 = 7;

/// How a pattern is meant; and that a walk tells no values.
pub(crate) const ALL: i32 = 0;
pub(crate) const SHAPE: i32 = 1;
pub(crate) const PREFIX: i32 = 2;
pub(crate) const KEYS_ONLY: i32 = 8;

/// How numbers are written in values, as `js/kernel/codec/format.ts` has it.
pub(crate) const SMALL: u32 = 4;
pub(crate) const INT: u32 = 5;
pub(crate) const DOUBLE: u32 = 6;

/// All of these by name, for the drift test of the mirror.
pub(crate) const NUMBERS: [(&str, i32); 45] = [
    ("STORE_OPERATION", OPERATION as i32),
    ("STORE_STORE", STORE as i32),
    ("STORE_KEY_LEN", KEY_LEN as i32),
    ("STORE_VALUE_LEN", VALUE_LEN as i32),
    ("STORE_STAMP", STAMP as i32),
    ("STORE_STATUS", STATUS as i32),
    ("STORE_LENGTH", LENGTH as i32),
    ("STORE_SHARD", SHARD as i32),
    ("STORE_PLACE", PLACE as i32),
    ("STORE_SINCE", SINCE as i32),
    ("STORE_MODE", MODE as i32),
    ("STORE_MOST", MOST as i32),
    ("STORE_BY", BY as i32),
    ("STORE_INITIAL", INITIAL as i32),
    ("STORE_SUM", SUM as i32),
    ("STORE_KEY", KEY as i32),
    ("STORE_KEY_MAX", KEY_MAX as i32),
    ("STORE_VALUE", VALUE as i32),
    ("STORE_OPEN", OPEN),
    ("STORE_LET_GO", LET_GO),
    ("STORE_GET", GET),
    ("STORE_HAS", HAS),
    ("STORE_PUT", PUT),
    ("STORE_PUT_NEW", PUT_NEW),
    ("STORE_PUT_IF", PUT_IF),
    ("STORE_TAKE", TAKE),
    ("STORE_DELETE", DELETE),
    ("STORE_DELETE_IF", DELETE_IF),
    ("STORE_ADD", ADD),
    ("STORE_WALK", WALK),
    ("STORE_COUNT", COUNT),
    ("STORE_CLEAR", CLEAR),
    ("STORE_ABSENT", ABSENT),
    ("STORE_DONE", DONE),
    ("STORE_CHANGED", CHANGED),
    ("STORE_TOO_MANY", TOO_MANY),
    ("STORE_TOO_LARGE", TOO_LARGE),
    ("STORE_GONE", GONE),
    ("STORE_NO_NUMBER", NO_NUMBER),
    ("STORE_MORE", MORE),
    ("STORE_ALL", ALL),
    ("STORE_SHAPE", SHAPE),
    ("STORE_PREFIX", PREFIX),
    ("STORE_KEYS_ONLY", KEYS_ONLY),
    ("STORE_VALUE_SMALL", SMALL as i32),
];

/// The tags of keys.
pub(crate) const KEY_TAGS: [(&str, i32); 12] = [
    ("KEY_NARROW", store_key::NARROW as i32),
    ("KEY_WIDE", store_key::WIDE as i32),
    ("KEY_INT", store_key::INT as i32),
    ("KEY_DOUBLE", store_key::DOUBLE as i32),
    ("KEY_BIGINT", store_key::BIGINT as i32),
    ("KEY_TRUE", store_key::TRUE as i32),
    ("KEY_FALSE", store_key::FALSE as i32),
    ("KEY_NULL", store_key::NULL as i32),
    ("KEY_LIST", store_key::LIST as i32),
    ("KEY_ANY", store_key::ANY as i32),
    ("STORE_VALUE_INT", INT as i32),
    ("STORE_VALUE_DOUBLE", DOUBLE as i32),
];
