//! Models of `steal.rs`, with queues of four: whatever the owner, its thieves and its overflow do, each entry comes out once,
//! and no place is overwritten while a thief copies it (`read_settled` watches that).
#![cfg(loom)]

use loom::thread;
use rumpus_sync::shim::Arc;
use rumpus_sync::{Inject, StealQueue};

#[derive(Default)]
struct Worker {
    queue: StealQueue,
    overflow: Inject,
}

impl Worker {
    fn new() -> Arc<Self> {
        Arc::new(Self::default())
    }

    fn push(&self, indexes: impl IntoIterator<Item = u32>) {
        indexes.into_iter().for_each(|index| self.queue.push(index, &self.overflow));
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
        let stolen = victim.queue.steal_into(&own.queue);
        let loot = own.rest();
        assert_eq!(loot.len(), stolen as usize);
        assert!(loot.is_sorted(), "the oldest first: {loot:?}");
        loot
    })
}

fn assert_shares(shares: &[Vec<u32>], pushed: u32) {
    let mut all = shares.concat();
    all.sort_unstable();
    assert_eq!(all, (1..=pushed).collect::<Vec<_>>(), "lost or doubled: {shares:?}");
}

#[test]
fn an_owner_and_a_thief_share_what_is_pushed() {
    loom::model(|| {
        let owner = Worker::new();
        let thief = thief(&owner);
        owner.push([1, 2]);
        let mut popped: Vec<u32> = owner.queue.pop().into_iter().collect();
        owner.push([3]);
        popped.extend(owner.queue.pop());
        assert_shares(&[popped, thief.join().unwrap(), owner.rest()], 3);
    });
}

#[test]
fn two_thieves_share_with_a_popping_owner() {
    loom::model(|| {
        let owner = Worker::new();
        owner.push([1, 2, 3]);
        let thieves = [thief(&owner), thief(&owner)];
        let popped: Vec<u32> = owner.queue.pop().into_iter().collect();
        owner.push([4]);
        let [one, other] = thieves.map(|thief| thief.join().unwrap());
        assert_shares(&[popped, one, other, owner.rest()], 4);
    });
}

#[test]
fn a_full_queue_overflows_beside_a_thief() {
    loom::model(|| {
        let owner = Worker::new();
        owner.push(1..=3);
        let thief = thief(&owner);
        // The queue is full at the second of these; the third and fourth meet whatever room there is.
        owner.push(4..=7);
        assert_shares(&[thief.join().unwrap(), owner.rest()], 7);
    });
}

#[test]
fn places_come_round_again_while_a_thief_copies() {
    loom::model(|| {
        let owner = Worker::new();
        owner.push(1..=4);
        let thief = thief(&owner);
        let popped: Vec<u32> = std::iter::from_fn(|| owner.queue.pop()).collect();
        owner.push(5..=6);
        assert_shares(&[popped, thief.join().unwrap(), owner.rest()], 6);
    });
}

#[test]
fn a_thief_is_robbed_of_what_it_has_just_stolen() {
    loom::model(|| {
        let [first, second] = [Worker::new(), Worker::new()];
        first.push(1..=3);
        let second_thief = thief(&second);
        let stolen = first.queue.steal_into(&second.queue);
        second.push([4]);
        assert!(stolen == 2);
        assert_shares(&[second_thief.join().unwrap(), first.rest(), second.rest()], 4);
    });
}

#[test]
fn a_glance_at_a_queue_that_has_entries_says_so() {
    loom::model(|| {
        let owner = Worker::new();
        owner.push([1]);
        let shared = Arc::clone(&owner);
        let glance = thread::spawn(move || shared.queue.is_empty());
        owner.push([2]);
        assert!(!glance.join().unwrap(), "an entry lay there all the time");
        assert_shares(&[owner.rest()], 2);
    });
}
