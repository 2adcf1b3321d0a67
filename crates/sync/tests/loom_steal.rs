//! Models of `steal.rs`, with queues of four: whatever the owner, its thieves and its overflow do, each entry comes out once,
//! and no place is overwritten while a thief copies it (`read_settled` watches that).
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::{Step, outcomes};
use rumpus_sync::shim::Arc;
use rumpus_sync::{Inject, StealQueue};

#[derive(Default)]
struct Worker {
    queue: StealQueue,
    overflow: Inject,
    step: Step,
}

impl Worker {
    fn new(entries: u32) -> Arc<Self> {
        let worker = Self::default();
        (1..=entries).for_each(|index| worker.queue.push(index, &worker.overflow));
        Arc::new(worker)
    }

    fn push(&self, index: u32) {
        self.step.take();
        self.queue.push(index, &self.overflow);
    }

    fn pop(&self) -> Option<u32> {
        self.step.take();
        self.queue.pop()
    }

    /// Everything that is left, in the queue and behind it.
    fn rest(&self) -> Vec<u32> {
        let mut rest: Vec<u32> = std::iter::from_fn(|| self.queue.pop()).collect();
        self.overflow.take_all(&mut rest);
        rest
    }
}

/// A thread that robs `victim` once, and what it got.
fn thief(victim: &Arc<Worker>) -> thread::JoinHandle<Vec<u32>> {
    let victim = Arc::clone(victim);
    thread::spawn(move || {
        let own = Worker::default();
        victim.step.take();
        let stolen = victim.queue.steal_into(&own.queue, u32::MAX);
        victim.step.take();
        let loot = own.rest();
        assert_eq!(loot.len(), stolen as usize);
        assert!(loot.is_sorted(), "the oldest first: {loot:?}");
        loot
    })
}

/// Nothing lost, nothing doubled; answers how the shares are cut.
fn sizes<const N: usize>(shares: [Vec<u32>; N], pushed: u32) -> [usize; N] {
    let mut all = shares.concat();
    all.sort_unstable();
    assert_eq!(all, (1..=pushed).collect::<Vec<_>>(), "lost or doubled: {shares:?}");
    shares.map(|share| share.len())
}

#[test]
fn an_owner_and_a_thief_share_what_is_pushed() {
    let cuts = outcomes(|| {
        let owner = Worker::new(0);
        let thief = thief(&owner);
        owner.push(1);
        owner.push(2);
        let mut popped: Vec<u32> = owner.pop().into_iter().collect();
        owner.push(3);
        popped.extend(owner.pop());
        sizes([popped, thief.join().unwrap(), owner.rest()], 3)
    });
    assert_eq!(cuts, [[2, 0, 1], [2, 1, 0]].into());
}

#[test]
fn two_thieves_share_with_a_popping_owner() {
    let cuts = outcomes(|| {
        let owner = Worker::new(3);
        let thieves = [thief(&owner), thief(&owner)];
        let popped: Vec<u32> = owner.pop().into_iter().collect();
        owner.push(4);
        let [one, other] = thieves.map(|thief| thief.join().unwrap());
        sizes([popped, one, other, owner.rest()], 4)
    });
    for cut in [[1, 2, 1, 0], [1, 1, 2, 0], [1, 2, 0, 1], [1, 0, 2, 1], [1, 1, 1, 1]] {
        assert!(cuts.contains(&cut), "{cut:?} never happens: {cuts:?}");
    }
}

#[test]
fn a_full_queue_overflows_beside_a_thief() {
    let cuts = outcomes(|| {
        let owner = Worker::new(1);
        let thief = thief(&owner);
        // The third of these fills the queue; the others meet what room there is, or a thief at work.
        (2..=6).for_each(|index| owner.push(index));
        let loot = thief.join().unwrap();
        let mut overflow = Vec::new();
        owner.overflow.take_all(&mut overflow);
        sizes([loot, overflow, owner.rest()], 6)
    });
    // The thief is first, last, or at work while pushes come: those overflow one by one.
    for cut in [[2, 0, 4], [2, 3, 1], [2, 1, 3], [2, 2, 2]] {
        assert!(cuts.contains(&cut), "{cut:?} never happens: {cuts:?}");
    }
}

#[test]
fn a_thief_fills_places_of_its_own_that_another_has_just_copied() {
    let cuts = outcomes(|| {
        let [first, second] = [Worker::new(4), Worker::new(4)];
        let second_thief = thief(&second);
        second.step.take();
        // Four more than half fill a queue; after the thief there is room, in the places that it has read.
        let stolen = first.queue.steal_into(&second.queue, u32::MAX) as usize;
        let (kept, robbed) = (first.rest(), second_thief.join().unwrap());
        assert_eq!((kept.len() + stolen, robbed), (4, vec![1, 2]));
        (stolen, second.rest())
    });
    assert_eq!(cuts, [(0, vec![3, 4]), (2, vec![3, 4, 1, 2])].into());
}

#[test]
fn places_come_round_again_while_a_thief_copies() {
    let cuts = outcomes(|| {
        let owner = Worker::new(4);
        let thief = thief(&owner);
        let popped: Vec<u32> = [owner.pop(), owner.pop(), owner.pop()].into_iter().flatten().collect();
        owner.push(5);
        owner.push(6);
        sizes([popped, thief.join().unwrap(), owner.rest()], 6)
    });
    assert!(cuts.contains(&[2, 2, 2]) && cuts.contains(&[3, 1, 2]) && cuts.contains(&[3, 2, 1]), "{cuts:?}");
}

#[test]
fn a_thief_is_robbed_of_what_it_has_just_stolen() {
    let cuts = outcomes(|| {
        let [first, second] = [Worker::new(3), Worker::new(0)];
        let second_thief = thief(&second);
        second.step.take();
        assert_eq!(first.queue.steal_into(&second.queue, u32::MAX), 2);
        second.push(4);
        sizes([second_thief.join().unwrap(), first.rest(), second.rest()], 4)
    });
    assert_eq!(cuts, [[0, 1, 3], [1, 1, 2], [2, 1, 1]].into());
}

#[test]
fn a_glance_at_a_queue_that_has_entries_says_so() {
    loom::model(|| {
        let owner = Worker::new(1);
        let glance = {
            let owner = Arc::clone(&owner);
            thread::spawn(move || {
                owner.step.take();
                owner.queue.is_empty()
            })
        };
        owner.push(2);
        owner.push(3);
        assert!(!glance.join().unwrap(), "an entry lay there all the time");
        sizes([owner.rest()], 3);
    });
}
