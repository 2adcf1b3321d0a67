//! What JavaScript asks of stores: one raw callback, whose words lie in a buffer of its own, so that it may be called in the middle
//! of anything that uses the page. Operation, arguments and answers lie in its first words, the key behind them, a value that is
//! read behind that; a value that is put lies in the scratch buffer. Owns these words and which stores this isolate has open. Knows
//! of values only how numbers are written. Mirror: `js/native/layout.ts`.

use std::sync::Arc;

use rumpus_runtime::store_key::{self, Mode};
use rumpus_runtime::stores::{StoreId, Stores};
use rumpus_sync::Store;
use rumpus_sync::store::{Cursor, Expect, Found, Given, Gone, Put};

use crate::error::Failure;
use crate::memory::Bytes;

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

/// What one isolate has of stores.
#[derive(Debug)]
pub(crate) struct StoreDesk {
    pub(crate) buffer: Arc<Bytes>,
    open: Vec<Option<Arc<Store>>>,
}

impl StoreDesk {
    /// With no store open.
    pub(crate) fn new(buffer: Arc<Bytes>) -> Self {
        Self { buffer, open: Vec::new() }
    }

    /// Opens none any more.
    pub(crate) fn close(&mut self) {
        *self = Self::new(Bytes::new(0));
    }

    /// Does what the buffer asks. `value` is what is put. Answered are bytes that the buffer has no room for.
    pub(crate) fn ask(&mut self, stores: &Stores, value: &[u8]) -> Result<Option<Arc<Vec<u8>>>, Failure> {
        if self.buffer.len() == 0 {
            return Err(Failure::Stopped);
        }
        let asked = self.buffer.word(OPERATION);
        match asked {
            OPEN => {
                self.open(stores);
                return Ok(None);
            }
            LET_GO => {
                if let Some(store) = self.open.get_mut(self.buffer.word(STORE) as usize) {
                    *store = None;
                }
                return Ok(None);
            }
            _ => {}
        }
        let buffer = &self.buffer;
        let Some(Some(store)) = self.open.get(buffer.word(STORE) as usize) else {
            buffer.set_word(STATUS, GONE);
            return Ok(None);
        };
        let key = buffer.key().ok_or(Failure::BadSubmission)?;
        match ask_one(buffer, store, asked, key, value) {
            Ok(long) => Ok(long),
            Err(Refused::Gone) => {
                buffer.set_word(STATUS, GONE);
                Ok(None)
            }
            Err(Refused::Unknown) => Err(Failure::BadSubmission),
        }
    }

    fn open(&mut self, stores: &Stores) {
        let id: StoreId = self.buffer.long(STAMP);
        let Some(store) = stores.open(id) else { return self.buffer.set_word(STATUS, GONE) };
        let place = match self.open.iter().position(Option::is_none) {
            Some(place) => place,
            None => {
                self.open.push(None);
                self.open.len() - 1
            }
        };
        self.open[place] = Some(store);
        self.buffer.set_word(STORE, place as i32);
        self.buffer.set_word(STATUS, DONE);
    }
}

enum Refused {
    Gone,
    Unknown,
}

impl From<Gone> for Refused {
    fn from(_: Gone) -> Self {
        Self::Gone
    }
}

type Answer = Result<Option<Arc<Vec<u8>>>, Refused>;

fn ask_one(buffer: &Bytes, store: &Store, asked: i32, key: &[u8], value: &[u8]) -> Answer {
    match asked {
        GET => Ok(tell_found(buffer, store.get(key, |short| tell_short(buffer, short))?)),
        TAKE => Ok(tell_found(buffer, store.take(key, |short| tell_short(buffer, short))?)),
        HAS => tell(buffer, if store.get(key, |_| {})?.is_some() { DONE } else { ABSENT }),
        DELETE => tell(buffer, if store.take(key, |_| {})?.is_some() { DONE } else { ABSENT }),
        PUT => tell_put(buffer, store.put(key, Given::of(value), Expect::Anything)?),
        PUT_NEW => tell_put(buffer, store.put(key, Given::of(value), Expect::Nothing)?),
        PUT_IF => tell_put(buffer, store.put(key, Given::of(value), Expect::Stamp(buffer.long(STAMP)))?),
        DELETE_IF => tell_put(buffer, store.remove_if(key, buffer.long(STAMP))?),
        ADD => match store.change(key, |before| add(buffer, before))? {
            Ok(put) => tell_put(buffer, put),
            Err(NoNumber) => tell(buffer, NO_NUMBER),
        },
        WALK => walk(buffer, store, key),
        COUNT | CLEAR => {
            let mode = mode(buffer)?;
            let wanted = |has: &[u8]| store_key::fits(mode, key, has);
            let count = match (asked, mode) {
                (CLEAR, _) => store.clear(wanted)?,
                (_, Mode::All) => store.figures()[0],
                _ => count(store, wanted)?,
            };
            buffer.set_double(SUM, count as f64);
            tell(buffer, DONE)
        }
        _ => Err(Refused::Unknown),
    }
}

fn tell(buffer: &Bytes, status: i32) -> Answer {
    buffer.set_word(STATUS, status);
    Ok(None)
}

fn tell_put(buffer: &Bytes, put: Put) -> Answer {
    let status = match put {
        Put::Done => DONE,
        Put::Changed => CHANGED,
        Put::TooMany => TOO_MANY,
        Put::TooLarge => TOO_LARGE,
    };
    tell(buffer, status)
}

fn tell_short(buffer: &Bytes, short: &[u8]) {
    buffer.set_word(LENGTH, short.len() as i32);
    buffer.put(VALUE * 4, short);
}

fn tell_found(buffer: &Bytes, found: Option<Found>) -> Option<Arc<Vec<u8>>> {
    let Some(Found { stamp, long }) = found else {
        buffer.set_word(STATUS, ABSENT);
        return None;
    };
    buffer.set_word(STATUS, DONE);
    buffer.set_long(STAMP, stamp);
    long
}

fn mode(buffer: &Bytes) -> Result<Mode, Refused> {
    match buffer.word(MODE) & !KEYS_ONLY {
        ALL => Ok(Mode::All),
        SHAPE => Ok(Mode::Shape),
        PREFIX => Ok(Mode::Prefix),
        _ => Err(Refused::Unknown),
    }
}

fn count(store: &Store, wanted: impl Fn(&[u8]) -> bool) -> Result<u64, Gone> {
    let mut count = 0;
    store.walk(Cursor::default(), |key, _| {
        count += u64::from(wanted(key));
        true
    })?;
    Ok(count)
}

/// Tells entries, each as the lengths of its key and its value and then these, padded; or one alone that has no room.
fn walk(buffer: &Bytes, store: &Store, pattern: &[u8]) -> Answer {
    let mode = mode(buffer)?;
    let without_values = buffer.word(MODE) & KEYS_ONLY != 0;
    let most = buffer.word(MOST);
    let (mut at, mut told, mut alone) = (VALUE * 4, 0, None);
    let from = Cursor {
        shard: buffer.word(SHARD) as u32,
        place: buffer.word(PLACE) as u32,
        since: buffer.long(SINCE),
    };
    let to = store.walk(from, |key, value| {
        if !store_key::fits(mode, pattern, key) {
            return true;
        }
        let value = if without_values { &[] } else { value };
        let (key_end, value_end) = (8 + key.len(), 8 + key.len() + value.len().next_multiple_of(4));
        if told == most || alone.is_some() || (told > 0 && at + value_end > buffer.len()) {
            return false;
        }
        told += 1;
        let lengths = [key.len() as i32, value.len() as i32];
        if at + value_end > buffer.len() {
            let mut bytes: Vec<u8> = lengths.iter().flat_map(|length| length.to_le_bytes()).collect();
            bytes.extend_from_slice(key);
            bytes.extend_from_slice(value);
            bytes.resize(value_end, 0);
            alone = Some(Arc::new(bytes));
            return true;
        }
        buffer.put_word(at, lengths[0]);
        buffer.put_word(at + 4, lengths[1]);
        buffer.put(at + 8, key);
        buffer.put(at + key_end, value);
        at += value_end;
        true
    })?;
    buffer.set_word(LENGTH, told);
    if let Some(Cursor { shard, place, since }) = to {
        buffer.set_word(SHARD, shard as i32);
        buffer.set_word(PLACE, place as i32);
        buffer.set_long(SINCE, since);
    }
    buffer.set_word(STATUS, if to.is_some() { MORE } else { DONE });
    Ok(alone)
}

/// What stands there is no number.
struct NoNumber;

/// The words of a sum, and how many bytes they are.
fn add(buffer: &Bytes, before: Option<&[u8]>) -> Result<([u8; 12], usize), NoNumber> {
    let before = match before {
        Some(bytes) => number(bytes).ok_or(NoNumber)?,
        None => buffer.double(INITIAL),
    };
    let sum = before + buffer.double(BY);
    buffer.set_double(SUM, sum);
    let mut bytes = [0; 12];
    let int = sum as i32;
    if f64::from(int) == sum && (int != 0 || sum.is_sign_positive()) {
        if int << 8 >> 8 == int {
            bytes[..4].copy_from_slice(&(SMALL | (int as u32) << 8).to_le_bytes());
            return Ok((bytes, 4));
        }
        bytes[..4].copy_from_slice(&INT.to_le_bytes());
        bytes[4..8].copy_from_slice(&int.to_le_bytes());
        return Ok((bytes, 8));
    }
    bytes[..4].copy_from_slice(&DOUBLE.to_le_bytes());
    bytes[4..].copy_from_slice(&sum.to_le_bytes());
    Ok((bytes, 12))
}

/// The number that a value is, if it is one.
fn number(value: &[u8]) -> Option<f64> {
    let (word, rest) = value.split_first_chunk::<4>()?;
    let word = u32::from_le_bytes(*word);
    match word & 0xff {
        SMALL => Some(f64::from(word as i32 >> 8)),
        INT => Some(f64::from(i32::from_le_bytes(*rest.first_chunk()?))),
        DOUBLE => Some(f64::from_le_bytes(*rest.first_chunk()?)),
        _ => None,
    }
}

impl Bytes {
    /// Bytes of the scratch buffer that belong to what is asked.
    pub(crate) fn value_len(&self) -> usize {
        if self.len() == 0 { 0 } else { self.word(VALUE_LEN) as usize }
    }

    fn word(&self, word: usize) -> i32 {
        let mut bytes = [0; 4];
        bytes.copy_from_slice(&self.head(VALUE * 4)[word * 4..word * 4 + 4]);
        i32::from_le_bytes(bytes)
    }

    fn set_word(&self, word: usize, value: i32) {
        self.put_word(word * 4, value);
    }

    fn long(&self, word: usize) -> u64 {
        u64::from(self.word(word) as u32) | u64::from(self.word(word + 1) as u32) << 32
    }

    fn set_long(&self, word: usize, value: u64) {
        self.set_word(word, value as u32 as i32);
        self.set_word(word + 1, (value >> 32) as u32 as i32);
    }

    fn double(&self, word: usize) -> f64 {
        f64::from_bits(self.long(word))
    }

    fn set_double(&self, word: usize, value: f64) {
        self.set_long(word, value.to_bits());
    }

    /// The key, or nothing if it cannot be as long as it says.
    fn key(&self) -> Option<&[u8]> {
        let len = self.word(KEY_LEN) as usize;
        (len <= KEY_MAX).then(|| &self.head(KEY * 4 + len)[KEY * 4..])
    }
}
