//! A store: entries of bytes by keys of bytes, for any thread to read and write. Owns its entries and their limits; knows neither
//! what the bytes mean nor whose it is. Each key has one shard, and each operation takes the lock of that for a moment, never
//! across anything but memory; what waits for a lock waits for such moments only. A thread that ends leaves no lock behind, for
//! it can end between operations alone.
//!
//! Never true here: an operation on one key that others see half of; a write that was answered for and is not there; an entry
//! more than the limits allow; an entry, there from the first step of a walk to its last, that the walk misses or gives twice.

mod shard;
mod value;

use std::hash::{BuildHasher, Hasher};

use crossbeam_utils::CachePadded;
use foldhash::fast::FixedState;

use crate::quota::Quota;
use crate::shim::{Arc, Mutex, MutexGuard, lock, spin_loop};
use shard::{Entry, Shard};
pub use value::{Given, LONG};

/// The store is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone;

/// What a store may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries at most.
    pub entries: u64,
    /// Bytes of keys and values at most.
    pub bytes: u64,
    /// Whether what was written before all else goes when there is no room; otherwise the write is refused.
    pub drops_oldest: bool,
}

impl Limits {
    /// As much as there is memory.
    pub const NONE: Self = Self { entries: u64::MAX, bytes: u64::MAX, drops_oldest: false };
}

/// Under which condition a write is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// None.
    Anything,
    /// Nothing stands there.
    Nothing,
    /// What stands there has this stamp.
    Stamp(u64),
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is made.
    Done,
    /// It is not: what stands there is not what was expected.
    Changed,
    /// It is not: there may be no more entries.
    TooMany,
    /// It is not: there may be no more bytes.
    TooLarge,
}

/// What a read found, beside the bytes that it has copied.
#[derive(Debug)]
pub struct Found {
    /// The stamp of its last write.
    pub stamp: u64,
    /// The bytes, if they are long.
    pub long: Option<Arc<Vec<u8>>>,
}

/// How far a walk has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Which shard is next.
    pub shard: u32,
    /// Which place in it.
    pub place: u32,
    /// The last stamp of that shard when the walk came to it: who was born later is none of this walk.
    pub since: u64,
}

/// After so many puts that came too late the next that does not stands back: who is the faster of two on one entry would win for ever.
const LOST_MAX: u32 = 64;
/// For so many spins, some microseconds: as long as another core takes to read an entry and put it back.
const STAND_BACK: u32 = 128;

fn stand_back() {
    for _ in 0..STAND_BACK {
        spin_loop();
    }
}

/// Places that are looked at in one go: then others may have the lock.
const STRIDE: usize = 1024;

/// See the module text.
#[derive(Debug)]
pub struct Store {
    shards: Box<[CachePadded<Mutex<Shard>>]>,
    hasher: FixedState,
    limits: Limits,
    entries: Quota,
    bytes: Quota,
}

impl Store {
    /// An empty store of so many shards, a power of two; `seed` has keys fall among them as nobody can foretell.
    pub fn new(shards: usize, limits: Limits, seed: u64) -> Self {
        // The oldest of all is found under one lock only.
        let shards = if limits.drops_oldest { 1 } else { shards.next_power_of_two() };
        let make = |_| CachePadded::new(Mutex::new(Shard::new(limits.drops_oldest)));
        Self {
            shards: (0..shards).map(make).collect(),
            hasher: FixedState::with_seed(seed),
            limits,
            entries: Quota::new(limits.entries),
            bytes: Quota::new(limits.bytes),
        }
    }

    /// What it may hold.
    pub fn limits(&self) -> Limits {
        self.limits
    }

    fn hash(&self, key: &[u8]) -> u64 {
        let mut hasher = self.hasher.build_hasher();
        hasher.write(key);
        hasher.finish()
    }

    /// The shard of a hash: by bits that its table looks at last.
    fn shard(&self, hash: u64) -> Result<MutexGuard<'_, Shard>, Gone> {
        let shard = lock(&self.shards[(hash >> 40) as usize & (self.shards.len() - 1)]);
        if shard.closed { Err(Gone) } else { Ok(shard) }
    }

    /// Reads what stands under `key`: `short` is given its bytes under the lock, unless they are long.
    pub fn get(&self, key: &[u8], short: impl FnOnce(&[u8])) -> Result<Option<Found>, Gone> {
        let hash = self.hash(key);
        let shard = self.shard(hash)?;
        let Some(entry) = shard.find(hash, key).and_then(|place| shard.at(place)) else { return Ok(None) };
        Ok(Some(found(entry, short)))
    }

    /// Reads what stands under `key` and takes it away.
    pub fn take(&self, key: &[u8], short: impl FnOnce(&[u8])) -> Result<Option<Found>, Gone> {
        let hash = self.hash(key);
        let mut shard = self.shard(hash)?;
        let Some(entry) = shard.find(hash, key).and_then(|place| self.remove(&mut shard, place)) else {
            return Ok(None);
        };
        drop(shard);
        Ok(Some(found(&entry, short)))
    }

    /// Puts a value under `key`, if what stands there is as expected. Answered `Done`, it is there for all threads.
    pub fn put(&self, key: &[u8], given: Given<'_>, expect: Expect) -> Result<Put, Gone> {
        let hash = self.hash(key);
        let mut shard = self.shard(hash)?;
        let place = shard.find(hash, key);
        let stamp = place.and_then(|place| shard.at(place)).map(|entry| entry.stamp);
        let expected = match expect {
            Expect::Anything => true,
            Expect::Nothing => stamp.is_none(),
            Expect::Stamp(wanted) => stamp == Some(wanted),
        };
        if !expected {
            shard.lost = shard.lost.saturating_add(1);
            return Ok(Put::Changed);
        }
        let put = self.write(&mut shard, hash, key, place, given);
        if shard.lost >= LOST_MAX {
            shard.lost = 0;
            drop(shard);
            stand_back();
        }
        Ok(put)
    }

    /// Takes away what stands under `key`, if it has this stamp still.
    pub fn remove_if(&self, key: &[u8], stamp: u64) -> Result<Put, Gone> {
        let hash = self.hash(key);
        let mut shard = self.shard(hash)?;
        match shard.find(hash, key) {
            Some(place) if shard.at(place).is_some_and(|entry| entry.stamp == stamp) => {
                drop(self.remove(&mut shard, place));
                Ok(Put::Done)
            }
            _ => Ok(Put::Changed),
        }
    }

    /// Changes what stands under `key` in one step: `change` is given its bytes, or nothing, and answers others, or why not.
    pub fn change<const N: usize, E>(
        &self,
        key: &[u8],
        change: impl FnOnce(Option<&[u8]>) -> Result<([u8; N], usize), E>,
    ) -> Result<Result<Put, E>, Gone> {
        let hash = self.hash(key);
        let mut shard = self.shard(hash)?;
        let place = shard.find(hash, key);
        let before = place.and_then(|place| shard.at(place)).map(|entry| entry.value.bytes());
        Ok(change(before).map(|(bytes, len)| self.write(&mut shard, hash, key, place, Given::Short(&bytes[..len]))))
    }

    fn write(&self, shard: &mut Shard, hash: u64, key: &[u8], place: Option<u32>, given: Given<'_>) -> Put {
        let before = place.and_then(|place| shard.at(place)).map_or(0, Entry::bytes);
        let after = (key.len() + given.len()) as u64;
        if self.limits.drops_oldest {
            if after > self.limits.bytes || self.limits.entries == 0 {
                return if self.limits.entries == 0 { Put::TooMany } else { Put::TooLarge };
            }
            // Overwritten first, it is the newest: what goes for it is never itself.
            match place {
                Some(place) => shard.overwrite(place, given),
                None => shard.insert(hash, key, given),
            };
            while shard.len() as u64 > self.limits.entries || shard.bytes > self.limits.bytes {
                let oldest = shard.oldest().and_then(|place| shard.remove(place));
                debug_assert!(oldest.is_some(), "nothing to drop: {} entries, {} bytes", shard.len(), shard.bytes);
                shard.dropped += 1;
            }
            return Put::Done;
        }
        if self.limits.entries != u64::MAX && place.is_none() && !self.entries.take(1) {
            return Put::TooMany;
        }
        if self.limits.bytes != u64::MAX && after > before && !self.bytes.take(after - before) {
            if self.limits.entries != u64::MAX && place.is_none() {
                self.entries.give(1); // refused
            }
            return Put::TooLarge;
        }
        match place {
            Some(place) => shard.overwrite(place, given),
            None => shard.insert(hash, key, given),
        };
        if self.limits.bytes != u64::MAX && before > after {
            self.bytes.give(before - after);
        }
        Put::Done
    }

    fn remove(&self, shard: &mut Shard, place: u32) -> Option<Entry> {
        let entry = shard.remove(place)?;
        if !self.limits.drops_oldest {
            if self.limits.entries != u64::MAX {
                self.entries.give(1);
            }
            if self.limits.bytes != u64::MAX {
                self.bytes.give(entry.bytes());
            }
        }
        Some(entry)
    }

    /// Walks on from `cursor`: `visit` is given keys and values until it wants no more, which it says of one that it has not
    /// taken; where to go on, or nothing when all shards are done. A lock is held while `visit` is there, for so many places.
    pub fn walk(
        &self,
        mut cursor: Cursor,
        mut visit: impl FnMut(&[u8], &[u8]) -> bool,
    ) -> Result<Option<Cursor>, Gone> {
        while let Some(shard) = self.shards.get(cursor.shard as usize) {
            let shard = lock(shard);
            if shard.closed {
                return Err(Gone);
            }
            if cursor.place == 0 {
                cursor.since = shard.stamp;
            }
            let until = shard.places().min(cursor.place as usize + STRIDE);
            while (cursor.place as usize) < until {
                if let Some(entry) = shard.at(cursor.place).filter(|entry| entry.born <= cursor.since)
                    && !visit(&entry.key, entry.value.bytes())
                {
                    return Ok(Some(cursor));
                }
                cursor.place += 1;
            }
            if until >= shard.places() {
                cursor = Cursor { shard: cursor.shard + 1, ..Cursor::default() };
            }
        }
        Ok(None)
    }

    /// Takes away all entries whose key `wanted` wants, shard by shard; how many.
    pub fn clear(&self, mut wanted: impl FnMut(&[u8]) -> bool) -> Result<u64, Gone> {
        let mut cleared = 0;
        for shard in &self.shards {
            let mut place = 0;
            loop {
                let mut shard = lock(shard);
                if shard.closed {
                    return Err(Gone);
                }
                let until = shard.places().min(place + STRIDE);
                for at in place as u32..until as u32 {
                    if shard.at(at).is_some_and(|entry| wanted(&entry.key)) {
                        drop(self.remove(&mut shard, at));
                        cleared += 1;
                    }
                }
                place = until;
                // With its last entry a shard gives its places up.
                if place >= shard.places() {
                    break;
                }
            }
        }
        Ok(cleared)
    }

    /// How many entries it has.
    pub fn count(&self) -> Result<u64, Gone> {
        self.shards.iter().try_fold(0, |count, shard| {
            let shard = lock(shard);
            if shard.closed { Err(Gone) } else { Ok(count + shard.len() as u64) }
        })
    }

    /// Entries, bytes of keys and values, and entries dropped for newer ones; shard by shard.
    pub fn figures(&self) -> [u64; 3] {
        self.shards.iter().fold([0; 3], |[entries, bytes, dropped], shard| {
            let shard = lock(shard);
            [entries + shard.len() as u64, bytes + shard.bytes, dropped + shard.dropped]
        })
    }

    /// Ends it: whoever comes later finds it gone, and its memory is free.
    pub fn close(&self) {
        for shard in &self.shards {
            // Freed when others can have the lock again.
            let content = lock(shard).close();
            drop(content);
        }
    }
}

fn found(entry: &Entry, short: impl FnOnce(&[u8])) -> Found {
    let long = match &entry.value {
        value::Value::Short(bytes) => {
            short(bytes);
            None
        }
        value::Value::Long(bytes) => Some(Arc::clone(bytes)),
    };
    Found { stamp: entry.stamp, long }
}
