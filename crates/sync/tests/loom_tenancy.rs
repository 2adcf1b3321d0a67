//! Models of `tenancy.rs`: one at a time has it, the next finds all as it was left, and who looks sees why it is free or
//! another's.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::{Probe, outcomes};
use rumpus_sync::Tenancy;
use rumpus_sync::shim::Arc;

#[test]
fn exactly_one_of_three_reserves_it() {
    let ends = outcomes(|| {
        let tenancy = Arc::new(Tenancy::default());
        let others = [0, 1].map(|_| {
            let tenancy = Arc::clone(&tenancy);
            thread::spawn(move || tenancy.reserve())
        });
        let all = [tenancy.reserve()].into_iter().chain(others.into_iter().map(|other| other.join().unwrap()));
        all.flatten().collect::<Vec<u32>>()
    });
    assert_eq!(ends, [vec![1]].into());
}

#[test]
fn the_next_finds_it_as_it_was_left() {
    let ends = outcomes(|| {
        let held = Arc::new((Tenancy::default(), Probe::new(0)));
        assert_eq!(held.0.reserve(), Some(1));
        let next = {
            let held = Arc::clone(&held);
            thread::spawn(move || held.0.reserve().map(|number| (number, held.1.touch(|left| *left))))
        };
        held.1.touch(|left| *left = 7);
        held.0.give_back();
        next.join().unwrap()
    });
    assert_eq!(ends, [None, Some((3, 7))].into());
}

#[test]
fn who_sees_it_free_sees_why() {
    let ends = outcomes(|| {
        let held = Arc::new((Tenancy::default(), Probe::new(0)));
        let number = held.0.reserve();
        let looks = {
            let held = Arc::clone(&held);
            thread::spawn(move || (held.0.number() == 0).then(|| held.1.touch(|left| *left)))
        };
        held.1.touch(|left| *left = 7);
        held.0.give_back();
        (number, looks.join().unwrap())
    });
    assert_eq!(ends, [(Some(1), None), (Some(1), Some(7))].into());
}
