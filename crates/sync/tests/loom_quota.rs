//! Models of `quota.rs` and of what stands on it and on locks in `store/`: never more is taken than there is, none is lost; a write
//! beside an end is refused, or gone with the store.
#![cfg(loom)]

mod probe;

use std::collections::BTreeSet;

use loom::thread;
use probe::outcomes;
use rumpus_sync::Quota;
use rumpus_sync::shim::Arc;
use rumpus_sync::store::{Expect, Given, Gone, Limits, Put, Store};

#[test]
fn never_more_is_taken_than_there_is() {
    let ends = outcomes(|| {
        let quota = Arc::new(Quota::new(3));
        let others = [1, 2].map(|amount| {
            let quota = Arc::clone(&quota);
            thread::spawn(move || if quota.take(amount) { amount } else { 0 })
        });
        let mine = quota.take(2);
        if mine {
            quota.give(2);
        }
        let taken = others.into_iter().map(|other| other.join().unwrap()).sum::<u64>();
        assert_eq!(quota.taken(), taken);
        (mine, taken)
    });
    assert_eq!(ends, [(false, 3), (true, 1), (true, 3)].into());
}

#[test]
fn of_two_that_want_the_last_place_one_has_it() {
    let ends = outcomes(|| {
        let store = Arc::new(Store::new(2, Limits { entries: 1, bytes: 100, drops_oldest: false }, 1));
        let other = {
            let store = Arc::clone(&store);
            thread::spawn(move || store.put(b"a", Given::of(b"1"), Expect::Anything))
        };
        let mine = store.put(b"b", Given::of(b"2"), Expect::Anything);
        let other = other.join().unwrap();
        assert_eq!(store.figures()[0], 1);
        (mine == Ok(Put::Done), other == Ok(Put::Done))
    });
    assert_eq!(ends, [(false, true), (true, false)].into());
}

#[test]
fn a_write_that_is_refused_for_its_bytes_leaves_its_place() {
    // By some of these seeds the two keys are in two shards.
    let model = |seed| {
        let store = Arc::new(Store::new(2, Limits { entries: 1, bytes: 4, drops_oldest: false }, seed));
        let other = {
            let store = Arc::clone(&store);
            thread::spawn(move || store.put(b"a", Given::of(b"too long"), Expect::Anything))
        };
        let mine = store.put(b"b", Given::of(b"2"), Expect::Anything);
        let refused = other.join().unwrap();
        let again = store.put(b"b", Given::of(b"3"), Expect::Anything);
        (mine == Ok(Put::Done), refused == Ok(Put::Done), again == Ok(Put::Done))
    };
    let ends: BTreeSet<_> = (1..=4).flat_map(|seed| outcomes(move || model(seed))).collect();
    assert_eq!(ends, [(false, false, true), (true, false, true)].into());
}

#[test]
fn a_write_beside_an_end_is_refused_or_gone_with_it() {
    let ends = outcomes(|| {
        let store = Arc::new(Store::new(1, Limits::NONE, 1));
        let writer = {
            let store = Arc::clone(&store);
            thread::spawn(move || store.put(b"a", Given::of(b"1"), Expect::Anything))
        };
        store.close();
        let put = writer.join().unwrap();
        assert_eq!(store.figures()[0], 0);
        assert!(store.get(b"a", |_| {}).is_err());
        put == Err(Gone)
    });
    assert_eq!(ends, [false, true].into());
}
