//! Properties of `steal.rs` and `inject.rs` against a plain queue, and many threads at once: each entry comes out once, the
//! oldest first.
#![cfg(not(loom))]
#![expect(clippy::disallowed_methods, reason = "a stress test has threads")]

use std::collections::VecDeque;
use std::sync::mpsc;
use std::thread;

use proptest::prelude::*;
use rumpus_sync::steal::CAPACITY;
use rumpus_sync::{Inject, StealQueue};

const CASES: u32 = if cfg!(miri) { 4 } else { 256 };
const THIEVES: usize = if cfg!(miri) { 2 } else { 3 };
const ENTRIES: u32 = if cfg!(miri) { 2_000 } else { 400_000 };

#[derive(Debug, Clone)]
enum Op {
    Push(u32),
    Pop(u32),
    Steal { back: bool },
    TakeHalf(usize),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        4 => (1..20_u32).prop_map(Op::Push),
        2 => (100..300_u32).prop_map(Op::Push),
        3 => (1..20_u32).prop_map(Op::Pop),
        3 => any::<bool>().prop_map(|back| Op::Steal { back }),
        2 => (0..80_usize).prop_map(Op::TakeHalf),
    ];
    prop::collection::vec(op, 0..60)
}

/// What the queues say they are, when nobody else is about.
#[derive(Default)]
struct Naive {
    queues: [VecDeque<u32>; 2],
    overflow: VecDeque<u32>,
}

impl Naive {
    fn push(&mut self, index: u32) {
        let queue = &mut self.queues[0];
        if queue.len() < CAPACITY as usize {
            queue.push_back(index);
        } else {
            self.overflow.extend(queue.drain(..CAPACITY as usize / 2));
            self.overflow.push_back(index);
        }
    }

    fn steal(&mut self, from: usize) -> usize {
        let (there, here) = (self.queues[from].len(), self.queues[1 - from].len());
        let count = if here > CAPACITY as usize / 2 { 0 } else { there.div_ceil(2) };
        let loot: Vec<u32> = self.queues[from].drain(..count).collect();
        self.queues[1 - from].extend(loot);
        count
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..Default::default() })]

    #[test]
    fn alone_a_steal_queue_is_a_queue(ops in ops()) {
        let (queues, overflow) = ([StealQueue::default(), StealQueue::default()], Inject::default());
        let mut naive = Naive::default();
        let mut next = 0..;
        for op in ops {
            match op {
                Op::Push(times) => for index in next.by_ref().take(times as usize) {
                    queues[0].push(index, &overflow);
                    naive.push(index);
                },
                Op::Pop(times) => for _ in 0..times {
                    prop_assert_eq!(queues[0].pop(), naive.queues[0].pop_front());
                },
                Op::Steal { back } => {
                    let from = usize::from(back);
                    prop_assert_eq!(queues[from].steal_into(&queues[1 - from], u32::MAX) as usize, naive.steal(from));
                }
                Op::TakeHalf(most) => {
                    let mut taken = Vec::new();
                    let count = overflow.take_half(most, &mut taken);
                    let expected = naive.overflow.len().div_ceil(2).min(most);
                    prop_assert_eq!(count, expected);
                    prop_assert_eq!(taken, naive.overflow.drain(..expected).collect::<Vec<_>>());
                }
            }
            for (queue, naive) in queues.iter().zip(&naive.queues) {
                prop_assert_eq!((queue.len(), queue.is_empty()), (naive.len(), naive.is_empty()));
            }
            prop_assert_eq!((overflow.len(), overflow.is_empty()), (naive.overflow.len(), naive.overflow.is_empty()));
        }
        let mut all = Vec::new();
        overflow.take_all(&mut all);
        prop_assert_eq!(naive.overflow, all);
        for (queue, naive) in queues.iter().zip(naive.queues) {
            prop_assert_eq!(std::iter::from_fn(|| queue.pop()).collect::<VecDeque<u32>>(), naive);
        }
    }
}

/// Steals, and takes from the overflow, until the owner is done and there is nothing left.
fn rob(victim: &StealQueue, overflow: &Inject, done: &mpsc::Receiver<()>) -> Vec<u32> {
    let own = StealQueue::default();
    let mut loot = Vec::new();
    loop {
        let is_done = matches!(done.try_recv(), Err(mpsc::TryRecvError::Disconnected));
        let stolen = victim.steal_into(&own, u32::MAX) as usize;
        let before = loot.len();
        loot.extend(std::iter::from_fn(|| own.pop()));
        assert_eq!(loot.len() - before, stolen);
        assert!(loot[before..].is_sorted(), "the oldest first");
        let taken = overflow.take_half(16, &mut loot);
        if is_done && stolen + taken == 0 {
            return loot;
        }
    }
}

#[test]
fn an_owner_and_its_thieves_share_everything() {
    let (queue, overflow) = (StealQueue::default(), Inject::default());
    let (owner_is_at_work, done): (Vec<_>, Vec<_>) = (0..THIEVES).map(|_| mpsc::channel::<()>()).unzip();
    let mut shares = thread::scope(|scope| {
        let thieves: Vec<_> = done
            .into_iter()
            .map(|done| {
                scope.spawn(|| {
                    let done = done;
                    rob(&queue, &overflow, &done)
                })
            })
            .collect();
        let mut popped = Vec::new();
        for index in 0..ENTRIES {
            queue.push(index, &overflow);
            // In some stretches the owner pops what it pushes, in others the queue runs full.
            if index / 1_000 % 2 == 0 {
                popped.extend(queue.pop());
            }
        }
        drop(owner_is_at_work);
        popped.extend(std::iter::from_fn(|| queue.pop()));
        let mut shares: Vec<Vec<u32>> = thieves.into_iter().map(|thief| thief.join().unwrap()).collect();
        shares.push(popped);
        shares
    });
    let mut left = Vec::new();
    overflow.take_all(&mut left);
    shares.push(left);
    shares.push(std::iter::from_fn(|| queue.pop()).collect());
    let mut all = shares.concat();
    all.sort_unstable();
    assert!(all.iter().copied().eq(0..ENTRIES), "{} came out of {ENTRIES}", all.len());
}
