//! A store against a map, step by step; and threads that use one at once.
#![cfg(not(loom))]
#![expect(clippy::disallowed_methods, reason = "three tests have threads")]

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Barrier;

use proptest::prelude::*;
use rumpus_sync::store::{Cursor, Expect, Given, Gone, LONG, Limits, Put, Store};

fn read(store: &Store, key: &[u8]) -> Option<(Vec<u8>, u64)> {
    let mut bytes = Vec::new();
    let found = store.get(key, |short| bytes.extend_from_slice(short)).unwrap()?;
    if let Some(long) = found.long {
        bytes.extend_from_slice(&long);
    }
    Some((bytes, found.stamp))
}

fn all(store: &Store, at_once: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    let (mut entries, mut cursor) = (Vec::new(), Some(Cursor::default()));
    while let Some(from) = cursor {
        let mut room = at_once;
        cursor = store
            .walk(from, |key, value| {
                let takes = room > 0;
                if takes {
                    room -= 1;
                    entries.push((key.to_vec(), value.to_vec()));
                }
                takes
            })
            .unwrap();
    }
    entries
}

#[derive(Debug, Clone)]
enum Step {
    Put(u8, usize),
    PutNew(u8, usize),
    PutIf(u8, usize, bool),
    Take(u8),
    RemoveIf(u8, bool),
    Append(u8),
    Clear(u8),
}

fn step() -> impl Strategy<Value = Step> {
    let len = prop_oneof![0..40_usize, (LONG - 2)..(LONG + 2)];
    prop_oneof![
        (0..9_u8, len.clone()).prop_map(|(key, len)| Step::Put(key, len)),
        (0..9_u8, len.clone()).prop_map(|(key, len)| Step::PutNew(key, len)),
        (0..9_u8, len, any::<bool>()).prop_map(|(key, len, right)| Step::PutIf(key, len, right)),
        (0..9_u8).prop_map(Step::Take),
        (0..9_u8, any::<bool>()).prop_map(|(key, right)| Step::RemoveIf(key, right)),
        (0..9_u8).prop_map(Step::Append),
        (0..40_u8).prop_map(Step::Clear),
    ]
}

/// A map with the same limits, and the order of its writes.
struct Model {
    map: BTreeMap<u8, (Vec<u8>, u64)>,
    limits: Limits,
    writes: u64,
    dropped: u64,
}

impl Model {
    fn bytes(&self) -> u64 {
        self.map.values().map(|(value, _)| 1 + value.len() as u64).sum()
    }

    fn put(&mut self, key: u8, value: Vec<u8>) -> Put {
        let (had, after) = (self.map.get(&key).map_or(0, |(value, _)| 1 + value.len() as u64), 1 + value.len() as u64);
        if self.limits.drops_oldest {
            if after > self.limits.bytes {
                return Put::TooLarge;
            }
        } else if !self.map.contains_key(&key) && self.map.len() as u64 == self.limits.entries {
            return Put::TooMany;
        } else if after > had && self.bytes() - had + after > self.limits.bytes {
            return Put::TooLarge;
        }
        self.writes += 1;
        self.map.insert(key, (value, self.writes));
        while self.map.len() as u64 > self.limits.entries || self.bytes() > self.limits.bytes {
            let (&oldest, _) = self.map.iter().min_by_key(|(_, (_, write))| *write).unwrap();
            self.map.remove(&oldest);
            self.dropped += 1;
        }
        Put::Done
    }
}

proptest! {
    #[test]
    fn a_store_is_a_map_with_limits(
        steps in prop::collection::vec(step(), 1..120),
        limits in prop_oneof![
            Just(Limits::NONE),
            Just(Limits { entries: 4, bytes: 9_000, drops_oldest: false }),
            Just(Limits { entries: 4, bytes: 9_000, drops_oldest: true }),
        ],
        seed in any::<u64>(),
    ) {
        let store = Store::new(4, limits, seed);
        let mut model = Model { map: BTreeMap::new(), limits, writes: 0, dropped: 0 };
        for (at, step) in steps.into_iter().enumerate() {
            let value = |len: usize| vec![at as u8; len];
            match step {
                Step::Put(key, len) => {
                    let bytes = value(len);
                    prop_assert_eq!(store.put(&[key], Given::of(&bytes), Expect::Anything), Ok(model.put(key, bytes)));
                }
                Step::PutNew(key, len) => {
                    let bytes = value(len);
                    let put = store.put(&[key], Given::of(&bytes), Expect::Nothing);
                    let wanted = if model.map.contains_key(&key) { Put::Changed } else { model.put(key, bytes) };
                    prop_assert_eq!(put, Ok(wanted));
                }
                Step::PutIf(key, len, right) => {
                    let bytes = value(len);
                    let stamp = read(&store, &[key]).map_or(1, |(_, stamp)| stamp) + u64::from(!right);
                    let put = store.put(&[key], Given::of(&bytes), Expect::Stamp(stamp));
                    let fits = right && model.map.contains_key(&key);
                    prop_assert_eq!(put, Ok(if fits { model.put(key, bytes) } else { Put::Changed }));
                }
                Step::Take(key) => {
                    let mut bytes = Vec::new();
                    let found = store.take(&[key], |short| bytes.extend_from_slice(short)).unwrap();
                    let wanted = model.map.remove(&key);
                    prop_assert_eq!(found.is_some(), wanted.is_some());
                    if let (Some(found), Some((wanted, _))) = (found, wanted) {
                        prop_assert_eq!(found.long.map_or(bytes, |long| long.to_vec()), wanted);
                    }
                }
                Step::RemoveIf(key, right) => {
                    let stamp = read(&store, &[key]).map_or(1, |(_, stamp)| stamp) + u64::from(!right);
                    let fits = right && model.map.remove(&key).is_some();
                    prop_assert_eq!(store.remove_if(&[key], stamp), Ok(if fits { Put::Done } else { Put::Changed }));
                }
                Step::Append(key) => {
                    let put = store.change::<8, Infallible>(&[key], |before| {
                        let mut bytes = [0; 8];
                        bytes[0] = before.map_or(0, |before| before.len() as u8);
                        Ok((bytes, 1 + usize::from(bytes[0] & 7)))
                    });
                    let len = model.map.get(&key).map_or(0, |(value, _)| value.len() as u8);
                    let mut bytes = vec![0; 1 + usize::from(len & 7)];
                    bytes[0] = len;
                    prop_assert_eq!(put.unwrap().unwrap(), model.put(key, bytes));
                }
                Step::Clear(from) => {
                    let cleared = store.clear(|key| key[0] >= from).unwrap();
                    let before = model.map.len();
                    model.map.retain(|&key, _| key < from);
                    prop_assert_eq!(cleared as usize, before - model.map.len());
                }
            }
            prop_assert_eq!(store.figures(), [model.map.len() as u64, model.bytes(), model.dropped]);
        }
        for at_once in [1, 3, 100] {
            let mut entries = all(&store, at_once);
            entries.sort();
            let wanted: Vec<_> = model.map.iter().map(|(&key, (value, _))| (vec![key], value.clone())).collect();
            prop_assert_eq!(entries, wanted);
        }
    }
}

#[test]
fn what_is_written_again_has_another_stamp_also_after_it_was_away() {
    let store = Store::new(1, Limits::NONE, 7);
    let mut stamps = Vec::new();
    for _ in 0..3 {
        assert_eq!(store.put(b"a", Given::of(b"same"), Expect::Anything), Ok(Put::Done));
        stamps.push(read(&store, b"a").unwrap().1);
        store.take(b"a", |_| {}).unwrap();
        assert_eq!(store.put(b"a", Given::of(b"same"), Expect::Stamp(stamps[0])), Ok(Put::Changed));
    }
    stamps.dedup();
    assert_eq!(stamps.len(), 3);
}

#[test]
fn threads_that_change_one_key_lose_nothing() {
    let (store, times, threads) = (Store::new(8, Limits::NONE, 1), 20_000_u64, 4);
    let number = |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().unwrap());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                for _ in 0..times {
                    store
                        .change::<8, Infallible>(b"changed", |before| {
                            Ok(((before.map_or(0, number) + 1).to_le_bytes(), 8))
                        })
                        .unwrap()
                        .unwrap();
                    loop {
                        let before = read(&store, b"swapped");
                        let after = (before.as_ref().map_or(0, |(bytes, _)| number(bytes)) + 1).to_le_bytes();
                        let expect = before.map_or(Expect::Nothing, |(_, stamp)| Expect::Stamp(stamp));
                        if store.put(b"swapped", Given::of(&after), expect) == Ok(Put::Done) {
                            break;
                        }
                    }
                }
            });
        }
    });
    for key in [&b"changed"[..], b"swapped"] {
        assert_eq!(number(&read(&store, key).unwrap().0), times * threads);
    }
}

#[test]
fn limits_hold_for_all_threads_and_what_is_free_is_found() {
    let store = Store::new(16, Limits { entries: 100, bytes: 2_000, drops_oldest: false }, 3);
    std::thread::scope(|scope| {
        for thread in 0..4_u32 {
            let store = &store;
            scope.spawn(move || {
                for n in 0..20_000_u32 {
                    let key = (thread * 1_000 + n % 300).to_le_bytes();
                    if n % 3 == 0 {
                        store.take(&key, |_| {}).unwrap();
                    } else {
                        let _ = store.put(&key, Given::of(&vec![1; (n % 40) as usize]), Expect::Anything).unwrap();
                    }
                    let [entries, bytes, _] = store.figures();
                    // Shard by shard, so no one moment: never more than all threads could have moved meanwhile.
                    assert!(entries <= 104 && bytes <= 2_200, "{entries} {bytes}");
                }
            });
        }
    });
    let [entries, bytes, _] = store.figures();
    assert!(entries <= 100 && bytes <= 2_000);
    store.clear(|_| true).unwrap();
    for n in 0..100_u32 {
        assert_eq!(store.put(&n.to_le_bytes(), Given::of(b""), Expect::Anything), Ok(Put::Done), "{n}");
    }
    assert_eq!(store.put(b"more", Given::of(b""), Expect::Anything), Ok(Put::TooMany));
}

#[test]
fn a_walk_beside_writers_gives_what_stays_once_and_no_key_twice() {
    let store = Store::new(4, Limits::NONE, 5);
    let key = |kind: u8, n: u32| [&[kind][..], &n.to_le_bytes()].concat();
    for n in 0..500 {
        assert_eq!(store.put(&key(b'k', n), Given::of(&[0]), Expect::Anything), Ok(Put::Done));
    }
    let start = Barrier::new(3);
    std::thread::scope(|scope| {
        for thread in 0..2_u32 {
            let (store, start) = (&store, &start);
            scope.spawn(move || {
                start.wait();
                for n in 0..60_000_u32 {
                    let other = key(b'o', (n * 7 + thread) % 997);
                    let size = (n % 50) as usize;
                    if n % 2 == 0 {
                        store.put(&other, Given::of(&vec![1; size]), Expect::Anything).unwrap();
                    } else {
                        store.take(&other, |_| {}).unwrap();
                    }
                    store.put(&key(b'k', n % 500), Given::of(&vec![2; size]), Expect::Anything).unwrap();
                }
            });
        }
        start.wait();
        for round in 0..60 {
            let entries = all(&store, 1 + round);
            let kept = entries.iter().filter(|(key, _)| key[0] == b'k').count();
            let mut keys: Vec<_> = entries.into_iter().map(|(key, _)| key).collect();
            let given = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!((kept, keys.len()), (500, given));
        }
    });
}

#[test]
fn one_that_has_ended_takes_nothing_and_has_nothing() {
    let store = Store::new(8, Limits::NONE, 5);
    for n in 0..1_000_u32 {
        assert_eq!(store.put(&n.to_le_bytes(), Given::of(&[0; 100]), Expect::Anything), Ok(Put::Done));
    }
    store.close();
    assert_eq!(store.figures(), [0, 0, 0]);
    assert_eq!(store.put(b"a", Given::of(b"b"), Expect::Anything), Err(Gone));
    assert_eq!(store.walk(Cursor::default(), |_, _| true), Err(Gone));
    assert_eq!(store.clear(|_| true), Err(Gone));
    assert_eq!(store.remove_if(b"a", 1), Err(Gone));
    assert!(store.get(b"a", |_| {}).is_err() && store.take(b"a", |_| {}).is_err());
    assert!(store.change::<1, Infallible>(b"a", |_| Ok(([1], 1))).is_err());
}
