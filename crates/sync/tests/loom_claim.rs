//! Models of `claim.rs`: of several that try, one has it; a tenant that is gone cannot be taken, nor can its taker disturb
//! the next.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::outcomes;
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
