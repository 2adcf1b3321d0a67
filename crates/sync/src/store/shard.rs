//! A shard: a part of the entries of a store, by their keys, under one lock. An entry stays in its place for as long as it is
//! there, whatever else comes and goes: that is what makes a walk through the places miss none and give none twice.

use std::collections::BTreeMap;

use hashbrown::HashTable;

use super::value::{Given, Value};

#[derive(Debug)]
pub(super) struct Entry {
    hash: u64,
    /// The stamp of the write that made it.
    pub(super) born: u64,
    /// The stamp of the last write.
    pub(super) stamp: u64,
    pub(super) key: Box<[u8]>,
    pub(super) value: Value,
}

impl Entry {
    /// What is counted of it: the bytes of its key and of its value.
    pub(super) fn bytes(&self) -> u64 {
        (self.key.len() + self.value.bytes().len()) as u64
    }
}

#[derive(Debug, Default)]
pub(super) struct Shard {
    index: HashTable<u32>,
    places: Vec<Option<Entry>>,
    free: Vec<u32>,
    /// The stamp of the last write; each write has its own, so that no two states of a key are taken for one.
    pub(super) stamp: u64,
    pub(super) bytes: u64,
    /// Where the entries are by their last write, where the oldest must be found.
    order: Option<BTreeMap<u64, u32>>,
    /// The store is gone: nothing is put any more.
    pub(super) closed: bool,
    pub(super) dropped: u64,
    /// Puts that came too late since one that won has stood back for them.
    pub(super) lost: u32,
}

impl Shard {
    pub(super) fn new(ordered: bool) -> Self {
        Self { order: ordered.then(BTreeMap::new), ..Self::default() }
    }

    pub(super) fn len(&self) -> usize {
        self.index.len()
    }

    /// Places that are or were taken.
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }

    pub(super) fn find(&self, hash: u64, key: &[u8]) -> Option<u32> {
        let places = &self.places;
        self.index.find(hash, |&at| entry_at(places, at).is_some_and(|entry| *entry.key == *key)).copied()
    }

    pub(super) fn at(&self, place: u32) -> Option<&Entry> {
        entry_at(&self.places, place)
    }

    fn next_stamp(&mut self) -> u64 {
        self.stamp += 1;
        self.stamp
    }

    /// Puts an entry where there is none of this key; its stamp.
    pub(super) fn insert(&mut self, hash: u64, key: &[u8], given: Given<'_>) -> u64 {
        let stamp = self.next_stamp();
        let entry = Entry { hash, born: stamp, stamp, key: key.into(), value: Value::new(given) };
        self.bytes += entry.bytes();
        let place = match self.free.pop() {
            Some(place) => place,
            None => {
                self.places.push(None);
                (self.places.len() - 1) as u32
            }
        };
        self.places[place as usize] = Some(entry);
        let places = &self.places;
        self.index.insert_unique(hash, place, |&at| entry_at(places, at).map_or(0, |entry| entry.hash));
        if let Some(order) = &mut self.order {
            order.insert(stamp, place);
        }
        stamp
    }

    /// Gives the entry there another value; its stamp.
    pub(super) fn overwrite(&mut self, place: u32, given: Given<'_>) -> u64 {
        let stamp = self.next_stamp();
        let Some(entry) = self.places.get_mut(place as usize).and_then(Option::as_mut) else {
            unreachable!("nobody is at {place}")
        };
        self.bytes -= entry.bytes();
        entry.value.overwrite(given);
        self.bytes += entry.bytes();
        let before = std::mem::replace(&mut entry.stamp, stamp);
        if let Some(order) = &mut self.order {
            order.remove(&before);
            order.insert(stamp, place);
        }
        stamp
    }

    /// Takes the entry there away.
    pub(super) fn remove(&mut self, place: u32) -> Option<Entry> {
        let entry = self.places.get_mut(place as usize)?.take()?;
        self.bytes -= entry.bytes();
        if let Ok(found) = self.index.find_entry(entry.hash, |&at| at == place) {
            found.remove();
        }
        if let Some(order) = &mut self.order {
            order.remove(&entry.stamp);
        }
        self.free.push(place);
        if self.index.is_empty() {
            // Nobody stands in a place: those to come may begin anew, and a walk knows them by their birth.
            self.places = Vec::new();
            self.free = Vec::new();
            self.index = HashTable::new();
        }
        Some(entry)
    }

    /// Where the entry is that was written before all others.
    pub(super) fn oldest(&self) -> Option<u32> {
        self.order.as_ref()?.first_key_value().map(|(_, &place)| place)
    }

    /// Takes all away, and takes nothing any more.
    pub(super) fn close(&mut self) -> Self {
        let stamp = self.stamp;
        std::mem::replace(self, Self { closed: true, stamp, dropped: self.dropped, ..Self::default() })
    }
}

fn entry_at(places: &[Option<Entry>], place: u32) -> Option<&Entry> {
    places.get(place as usize)?.as_ref()
}
