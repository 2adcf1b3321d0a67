//! Models of `inject.rs`: what is put in comes out once, oldest first, whoever takes; and who sees the length sees what was
//! done before.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::{Probe, Step, outcomes};
use rumpus_sync::Inject;
use rumpus_sync::shim::Arc;

#[test]
fn two_takers_share_what_comes() {
    let shares = outcomes(|| {
        let shared = Arc::new((Inject::default(), Step::default()));
        let takers = [1, 8].map(|most| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let mut taken = Vec::new();
                shared.1.take();
                let count = shared.0.take_half(most, &mut taken);
                assert_eq!(count, taken.len());
                taken
            })
        });
        for indexes in [&[10, 11][..], &[12]] {
            shared.1.take();
            shared.0.push(indexes.iter().copied());
        }
        let [one, other] = takers.map(|taker| taker.join().unwrap());
        let mut left = Vec::new();
        shared.0.take_all(&mut left);
        assert!(shared.0.is_empty());
        let mut all = [&one[..], &other, &left].concat();
        all.sort_unstable();
        assert_eq!(all, [10, 11, 12]);
        assert!(
            [&one, &other, &left].iter().all(|share| share.is_sorted()),
            "oldest first: {one:?} {other:?} {left:?}"
        );
        (one.len(), other.len())
    });
    // Either may find nothing or take what the other left; the first takes one at most.
    assert_eq!(shares, [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1), (1, 2)].into());
}

#[test]
fn who_sees_the_length_sees_the_work() {
    let seen = outcomes(|| {
        let shared = Arc::new((Inject::default(), Probe::new(0)));
        let looker = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                let sees = !shared.0.is_empty();
                if sees {
                    shared.1.touch(|work| assert_eq!(*work, 7));
                }
                sees
            })
        };
        shared.1.touch(|work| *work = 7);
        shared.0.push([1]);
        let sees = looker.join().unwrap();
        assert_eq!(shared.0.len(), 1);
        sees
    });
    assert_eq!(seen.len(), 2);
}
