//! Models of `claim.rs`: of several that try, one has it; a tenant that is gone cannot be taken, nor can its taker disturb
//! the next; what a taker has read of the tenant was the tenant's.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::{Probe, outcomes};
use rumpus_sync::Claim;
use rumpus_sync::shim::Arc;

#[test]
fn exactly_one_of_three_has_it() {
    let ends = outcomes(|| {
        let claim = Arc::new(Claim::default());
        claim.offer(7);
        let others = [0, 1].map(|_| {
            let claim = Arc::clone(&claim);
            thread::spawn(move || claim.take(7))
        });
        let mine = claim.take(7);
        usize::from(mine) + others.into_iter().map(|t| usize::from(t.join().unwrap())).sum::<usize>()
    });
    assert_eq!(ends, [1].into());
}

#[test]
fn a_late_taker_leaves_the_next_tenant_alone() {
    let ends = outcomes(|| {
        let claim = Arc::new(Claim::default());
        claim.offer(1);
        let late = {
            let claim = Arc::clone(&claim);
            thread::spawn(move || claim.take(1))
        };
        let mine = claim.take(1);
        if mine {
            claim.offer(2);
        }
        let late = late.join().unwrap();
        assert!(mine != late);
        mine && claim.is_free(2)
    });
    assert_eq!(ends, [false, true].into());
}

/// One reads what is said of the tenant, then tries; the owner has the next tenant move in if `is_taken` says so.
fn moves_in_behind_a_taker(is_taken: fn(&Claim) -> bool) {
    let ends = outcomes(move || {
        let said = Arc::new((Claim::default(), Probe::new(1)));
        said.0.offer(1);
        let taker = {
            let said = Arc::clone(&said);
            thread::spawn(move || {
                let read = said.1.touch(|said| *said);
                assert!(said.0.take(1));
                read
            })
        };
        let moves = is_taken(&said.0);
        if moves {
            said.1.touch(|said| *said = 2);
            said.0.offer(2);
        }
        (moves, taker.join().unwrap())
    });
    assert_eq!(ends, [(false, 1), (true, 1)].into());
}

#[test]
fn an_owner_that_sees_it_taken_disturbs_no_reader() {
    moves_in_behind_a_taker(|claim| !claim.is_free(1));
}

#[test]
fn an_owner_that_is_refused_disturbs_no_reader() {
    let ends = outcomes(|| {
        let said = Arc::new((Claim::default(), Probe::new(1)));
        said.0.offer(1);
        let taker = {
            let said = Arc::clone(&said);
            thread::spawn(move || {
                let read = said.1.touch(|said| *said);
                said.0.take(1).then_some(read)
            })
        };
        // An owner that has it itself lets the slot too; then what the taker has read is nothing to it.
        let mine = said.0.take(1);
        if !mine {
            said.1.touch(|said| *said = 2);
            said.0.offer(2);
        }
        (mine, taker.join().unwrap())
    });
    assert_eq!(ends, [(false, Some(1)), (true, None)].into());
}
