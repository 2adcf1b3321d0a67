//! The completion buffer: what a turn tells JavaScript, as heads of eight words with payloads behind. Mirror:
//! `js/native/layout.ts`. A payload too large for the buffer stays here under a handle until JavaScript has fetched it,
//! so a large message is copied twice in all: into its parcel and out of it.

use std::sync::Arc;

use rumpus_runtime::envelope::Letter;
use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::{Completion, Pid, Reason, Sink};
use rumpus_sync::{Parcel, Releaser};

use crate::memory::Bytes;

/// Bytes of the buffer.
pub(crate) const BUFFER: usize = 256 * 1024;
/// Larger payloads stay behind under a handle.
pub(crate) const INLINE_MAX: usize = 8 * 1024;
/// Bytes of large payloads in one batch, unless the first is longer: bodies take these before the next come, so that what
/// JavaScript copies out dies young.
const LARGE_MAX: usize = 512 * 1024;
/// Bytes of a head.
pub(crate) const HEAD: usize = 32;

/// Kinds of completion, the first word of a head.
#[derive(Debug, Clone, Copy)]
#[repr(i32)]
pub(crate) enum Kind {
    Message = 1,
    Slot = 2,
    Freed = 3,
    Start = 4,
    Opened = 5,
    Exit = 6,
    Down = 7,
    Exiting = 8,
    Due = 9,
    Granted = 10,
    Transfer = 11,
    Stray = 12,
}

#[derive(Debug)]
enum Large {
    Parcel(Parcel<Letter>),
    Copy(Box<[u8]>),
}

/// See the module text.
#[derive(Debug)]
pub(crate) struct Completions {
    buffer: Arc<Bytes>,
    used: usize,
    count: i32,
    /// Bytes of this batch that stay behind under handles.
    behind: usize,
    large: Vec<Option<Large>>,
    releaser: Releaser,
}

impl Completions {
    pub(crate) fn new(buffer: Arc<Bytes>) -> Self {
        Self { buffer, used: 0, count: 0, behind: 0, large: Vec::new(), releaser: Releaser::default() }
    }

    /// Starts a new batch.
    pub(crate) fn clear(&mut self) {
        self.used = 0;
        self.count = 0;
        self.behind = 0;
    }

    /// Ends the batch: how many completions.
    pub(crate) fn finish(&mut self) -> i32 {
        self.releaser.flush();
        self.count
    }

    /// A large payload.
    pub(crate) fn large(&self, handle: usize) -> Option<&[u8]> {
        match self.large.get(handle)?.as_ref()? {
            Large::Parcel(parcel) => Some(parcel.bytes()),
            Large::Copy(bytes) => Some(bytes),
        }
    }

    /// Lets a large payload go.
    pub(crate) fn drop_large(&mut self, handle: usize) {
        if let Some(slot) = self.large.get_mut(handle) {
            *slot = None;
        }
    }

    fn keep(&mut self, large: Large) -> i32 {
        let free = self.large.iter().position(Option::is_none).unwrap_or(self.large.len());
        if free == self.large.len() {
            self.large.push(None);
        }
        self.large[free] = Some(large);
        free as i32
    }

    /// Writes a head; `words` are its second to sixth and its eighth, `len` the seventh.
    fn head(&mut self, kind: Kind, words: [i32; 5], len: usize, last: i32) {
        let at = self.used;
        self.buffer.put_word(at, kind as i32);
        for (i, word) in words.into_iter().enumerate() {
            self.buffer.put_word(at + 4 + 4 * i, word);
        }
        self.buffer.put_word(at + 24, len as i32);
        self.buffer.put_word(at + 28, last);
        self.used += HEAD;
        self.count += 1;
    }

    fn parcel(&mut self, parcel: Parcel<Letter>, len: usize) {
        if len > INLINE_MAX {
            self.behind += len;
            let handle = self.keep(Large::Parcel(parcel));
            self.handle(handle);
        } else {
            self.buffer.put(self.used, parcel.bytes());
            self.used += len.next_multiple_of(8);
            self.releaser.release(parcel);
        }
    }

    fn payload(&mut self, bytes: &[u8]) {
        if bytes.len() > INLINE_MAX {
            self.behind += bytes.len();
            let handle = self.keep(Large::Copy(bytes.into()));
            return self.handle(handle);
        }
        self.buffer.put(self.used, bytes);
        self.used += bytes.len().next_multiple_of(8);
    }

    fn handle(&mut self, handle: i32) {
        self.buffer.put_word(self.used, handle);
        self.used += 8;
    }

    fn reason(&mut self, kind: Kind, words: [i32; 5], reason: &Reason) {
        let told = reason.kind() as i32 | (reason.detail() as i32) << 8;
        self.head(kind, words, reason.payload().len(), told);
        self.payload(reason.payload());
    }
}

fn low(bits: u64) -> i32 {
    bits as u32 as i32
}

fn high(bits: u64) -> i32 {
    (bits >> 32) as u32 as i32
}

impl Sink for Completions {
    fn fits(&self, payload_len: usize) -> bool {
        if payload_len <= INLINE_MAX {
            return self.used + HEAD + payload_len.next_multiple_of(8) <= BUFFER;
        }
        let room_behind = self.behind == 0 || self.behind + payload_len <= LARGE_MAX;
        room_behind && self.used + HEAD + 8 <= BUFFER
    }

    fn put(&mut self, completion: Completion) {
        match completion {
            Completion::Message { index, skeleton, parcel } => {
                let len = parcel.bytes().len();
                self.head(Kind::Message, [index as i32, 0, 0, 0, 0], len, skeleton as i32);
                self.parcel(parcel, len);
            }
            Completion::Transfer { index, skeleton, by, number, parcel } => {
                let len = parcel.bytes().len();
                let words = [index as i32, i32::from(by), low(number), high(number), 0];
                self.head(Kind::Transfer, words, len, skeleton as i32);
                self.parcel(parcel, len);
            }
            Completion::Stray { by, number } => {
                self.head(Kind::Stray, [0, i32::from(by), low(number), high(number), 0], 0, 0);
            }
            Completion::Slot { index, slot, keep } => {
                self.head(Kind::Slot, [index as i32, slot as i32, i32::from(keep), 0, 0], 0, 0);
            }
            Completion::Granted { index, offer, place } => {
                self.head(Kind::Granted, [index as i32, offer as i32, i32::from(place), 0, 0], 0, 0);
            }
            Completion::Due { index, key } => {
                self.head(Kind::Due, [index as i32, low(key.bits()), high(key.bits()), 0, 0], 0, 0);
            }
            Completion::Freed { slot } => self.head(Kind::Freed, [0, slot as i32, 0, 0, 0], 0, 0),
            Completion::Opened { pid } => self.head(Kind::Opened, [pid.index() as i32, 0, 0, 0, 0], 0, 0),
            Completion::Exit { index, from, reason } => {
                self.reason(Kind::Exit, [index as i32, low(from.bits()), high(from.bits()), 0, 0], &reason);
            }
            Completion::Down { index, reference, from, reason } => {
                let words = [index as i32, low(from.bits()), high(from.bits()), low(reference), high(reference)];
                self.reason(Kind::Down, words, &reason);
            }
            Completion::Exiting { index, reason, dead } => {
                self.reason(Kind::Exiting, [index as i32, i32::from(dead), 0, 0, 0], &reason);
            }
            Completion::Start { .. } => unreachable!("starts come by Sink::start"),
        }
    }

    fn start(&mut self, pid: Pid, state: Snapshot, what: &Unstarted) {
        let bytes = what.arguments.bytes();
        // Priority in two bits, overflow in two, capacity.
        let life = state.priority() as i32 | (state.overflow() as i32) << 2 | (what.capacity as i32) << 4;
        let words = [pid.index() as i32, low(pid.bits()), high(pid.bits()), what.definition as i32, life];
        self.head(Kind::Start, words, bytes.len(), what.skeleton as i32);
        self.payload(bytes);
    }
}
