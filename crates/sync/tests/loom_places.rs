//! A model of `places.rs`: never more are taken than there are, none is lost.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::outcomes;
use rumpus_sync::Places;
use rumpus_sync::shim::Arc;

#[test]
fn never_more_are_taken_than_there_are() {
    let ends = outcomes(|| {
        let places = Arc::new(Places::default());
        places.set(1);
        let others = [0, 1].map(|_| {
            let places = Arc::clone(&places);
            thread::spawn(move || places.take())
        });
        let mine = places.take();
        if mine {
            places.give(1);
        }
        let taken = others.into_iter().map(|other| i32::from(other.join().unwrap())).sum::<i32>();
        assert_eq!(places.free() + taken, 1);
        (mine, taken)
    });
    assert_eq!(ends, [(false, 1), (true, 0), (true, 1)].into());
}
