//! What JavaScript asks of stores: one raw callback, whose words lie in a buffer of its own, so that it may be called in the middle
//! of anything that uses the page. Operation, arguments and answers lie in its first words, the key behind them, a value that is
//! read behind that; a value that is put lies in the scratch buffer. Owns these words and which stores this isolate has open. Knows
//! of values only how numbers are written.

use std::sync::Arc;

use rumpus_runtime::store_key::{self, Mode};
use rumpus_runtime::stores::{StoreId, Stores};
use rumpus_sync::Store;
use rumpus_sync::store::{Cursor, Expect, Found, Given, Gone, Put};

use crate::error::Failure;
use crate::memory::Bytes;
use crate::store_words::{
    ABSENT, ADD, ALL, BY, CHANGED, CLEAR, COUNT, DELETE, DELETE_IF, DONE, DOUBLE, GET, GONE, HAS, INITIAL, INT, KEY,
    KEY_LEN, KEY_MAX, KEYS_ONLY, LENGTH, LET_GO, MODE, MORE, MOST, NO_NUMBER, OPEN, OPERATION, PLACE, PREFIX, PUT,
    PUT_IF, PUT_NEW, SHAPE, SHARD, SINCE, SMALL, STAMP, STATUS, STORE, SUM, TAKE, TOO_LARGE, TOO_MANY, VALUE,
    VALUE_LEN, WALK,
};

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
                (_, Mode::All) => store.count()?,
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
    let from = Cursor { shard: buffer.word(SHARD) as u32, place: buffer.word(PLACE) as u32, since: buffer.long(SINCE) };
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
