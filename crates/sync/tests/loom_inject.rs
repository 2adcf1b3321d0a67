//! Models of `inject.rs`: what is put in comes out once, oldest first, whoever takes; and who sees the length sees what was
//! done before.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::Probe;
use rumpus_sync::Inject;
use rumpus_sync::shim::Arc;

#[test]
fn two_takers_share_what_two_pushers_bring() {
    loom::model(|| {
        let inject = Arc::new(Inject::default());
        let pusher = {
            let inject = Arc::clone(&inject);
            thread::spawn(move || {
                inject.push([10, 11]);
                inject.push([12]);
            })
        };
        let thief = {
            let inject = Arc::clone(&inject);
            thread::spawn(move || {
                let mut stolen = Vec::new();
                let count = inject.take_half(2, &mut stolen);
                assert_eq!(count, stolen.len());
                stolen
            })
        };
        inject.push([20]);
        let mut taken = Vec::new();
        inject.take_half(1, &mut taken);
        inject.take_half(8, &mut taken);
        pusher.join().unwrap();
        let stolen = thief.join().unwrap();
        let mut left = Vec::new();
        inject.take_all(&mut left);
        assert!(inject.is_empty());
        for share in [&taken, &stolen, &left] {
            assert!(share.iter().filter(|&&index| index < 20).is_sorted(), "oldest first: {share:?}");
        }
        let mut all = [taken, stolen, left].concat();
        all.sort_unstable();
        assert_eq!(all, [10, 11, 12, 20]);
    });
}

#[test]
fn who_sees_the_length_sees_the_work() {
    loom::model(|| {
        let shared = Arc::new((Inject::default(), Probe::new(0)));
        let pusher = {
            let shared = Arc::clone(&shared);
            thread::spawn(move || {
                shared.1.touch(|work| *work = 7);
                shared.0.push([1]);
            })
        };
        if !shared.0.is_empty() {
            shared.1.touch(|work| assert_eq!(*work, 7));
        }
        pusher.join().unwrap();
        assert_eq!(shared.0.len(), 1);
    });
}
