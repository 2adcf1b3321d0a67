//! Properties of `ring.rs` and `page.rs` against a queue, a slot and a counter: order, fullness, the rule that the slot does
//! not starve the ring, and that those put to the front go before all others, in their order.
#![cfg(not(loom))]

use std::collections::VecDeque;

use proptest::prelude::*;
use rumpus_sync::ring::{CAPACITY, WORDS};
use rumpus_sync::{Page, RunRing};

#[derive(Debug, Clone)]
enum Op {
    Push(usize),
    PushFront(usize),
    PushSlot,
    Pop(usize),
    /// The last so many come off, but for those at the front.
    Cut(i32),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let op = prop_oneof![
        6 => (1..4_usize).prop_map(Op::Push),
        1 => (1000..3000_usize).prop_map(Op::Push),
        3 => (1..4_usize).prop_map(Op::PushFront),
        6 => Just(Op::PushSlot),
        8 => (1..4_usize).prop_map(Op::Pop),
        1 => (1000..3000_usize).prop_map(Op::Pop),
        1 => (0..9_i32).prop_map(Op::Cut),
        1 => (1000..6000_i32).prop_map(Op::Cut),
    ];
    prop::collection::vec(op, 0..60)
}

/// What the ring says it is.
#[derive(Default)]
struct Naive {
    front: VecDeque<u32>,
    queue: VecDeque<u32>,
    slot: Option<u32>,
    streak: i32,
    streak_max: i32,
}

impl Naive {
    fn len(&self) -> usize {
        self.front.len() + self.queue.len()
    }

    fn push(&mut self, index: u32) -> bool {
        let fits = self.len() < CAPACITY - 1;
        if fits {
            self.queue.push_back(index);
        }
        fits
    }

    fn push_front(&mut self, index: u32) -> bool {
        let fits = self.len() < CAPACITY - 1;
        if fits {
            self.front.push_back(index);
        }
        fits
    }

    fn push_slot(&mut self, index: u32) -> bool {
        let fits = self.slot.is_none_or(|occupant| self.push(occupant));
        if fits {
            self.slot = Some(index);
        }
        fits
    }

    fn pop(&mut self) -> Option<u32> {
        let first = self.front.pop_front();
        if first.is_some() {
            return first;
        }
        let others = !self.queue.is_empty();
        if self.slot.is_some() && (!others || self.streak < self.streak_max) {
            self.streak += i32::from(others);
            return self.slot.take();
        }
        if others {
            self.streak = 0;
        }
        self.queue.pop_front()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: if cfg!(miri) { 4 } else { 256 }, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_ring_is_a_queue_with_a_slot_in_front(ops in ops(), streak_max in 0..5) {
        let page = Page::new(WORDS, 0);
        let ring = RunRing::of(&page);
        ring.limit_streak(streak_max);
        let mut naive = Naive { streak_max, ..Naive::default() };
        let mut next = 0..;
        for op in ops {
            match op {
                Op::Push(times) => for index in next.by_ref().take(times) {
                    prop_assert_eq!(ring.push(index), naive.push(index));
                },
                Op::PushFront(times) => for index in next.by_ref().take(times) {
                    prop_assert_eq!(ring.push_front(index), naive.push_front(index));
                },
                Op::PushSlot => for index in next.by_ref().take(1) {
                    prop_assert_eq!(ring.push_slot(index), naive.push_slot(index));
                },
                Op::Pop(times) => for _ in 0..times {
                    prop_assert_eq!(ring.pop(), naive.pop());
                },
                Op::Cut(last) => {
                    let mut cut = Vec::new();
                    ring.cut(ring.mark() - last, |index| cut.push(index));
                    let kept = naive.queue.len().saturating_sub(last as usize);
                    prop_assert_eq!(cut, Vec::from(naive.queue.split_off(kept)));
                }
            }
            let len = naive.len() + usize::from(naive.slot.is_some());
            prop_assert_eq!((ring.len(), ring.is_empty()), (len, len == 0));
            prop_assert_eq!((ring.room(), ring.ahead()), (CAPACITY - 1 - naive.len(), naive.front.len() as i32));
        }
    }

    #[test]
    fn the_slot_goes_first_a_few_times_in_a_row_only(refills in 0..40_usize, others in 1..20_u32, most in 0..9) {
        let page = Page::new(WORDS, 0);
        let ring = RunRing::of(&page);
        ring.limit_streak(most);
        prop_assert!((0..others).all(|index| ring.push(index)));
        let mut run = 0;
        for last in (1_000..).take(refills) {
            // Whoever runs makes another runnable.
            prop_assert!(ring.push_slot(last));
            let waits = ring.len() > 1;
            let came = ring.pop();
            run = if came == Some(last) && waits { run + 1 } else { 0 };
            prop_assert!(run <= most, "{run} in a row while {} wait", ring.len());
        }
    }
}

#[test]
fn a_full_ring_refuses_and_loses_nothing() {
    let page = Page::new(WORDS, 0);
    let ring = RunRing::of(&page);
    ring.limit_streak(3);
    let most = CAPACITY as u32 - 1;
    assert!((0..most).all(|index| ring.push(index)) && !ring.push(most));
    assert!(ring.push_slot(most), "an empty slot needs no room");
    assert!(!ring.push_slot(most + 1), "its occupant would have to go somewhere");
    assert_eq!((ring.len(), ring.room()), (CAPACITY, 0));
    let mut popped: Vec<u32> = std::iter::from_fn(|| ring.pop()).collect();
    assert_eq!(popped[0], most, "the slot goes first");
    popped.sort_unstable();
    assert_eq!(popped, (0..=most).collect::<Vec<_>>());
}

#[test]
fn counters_run_round_without_anybody_noticing() {
    let page = Page::new(WORDS, 0);
    let ring = RunRing::of(&page);
    page.set(rumpus_sync::ring::HEAD, i32::MAX - 1);
    page.set(rumpus_sync::ring::TAIL, i32::MAX - 1);
    assert!((0..9).all(|index| ring.push(index)));
    assert_eq!(ring.len(), 9);
    assert_eq!(std::iter::from_fn(|| ring.pop()).collect::<Vec<_>>(), (0..9).collect::<Vec<_>>());
}

#[test]
fn a_page_keeps_words_and_counts() {
    let page = Page::new(2, 2);
    page.set(1, -7);
    page.add(1, 2.5);
    page.add(1, 1.0);
    page.set_count(0, f64::MAX);
    assert_eq!((page.get(0), page.get(1), page.count(0), page.count(1)), (0, -7, f64::MAX, 3.5));
    assert_eq!((page.ints().len(), page.counts().len()), (2, 2));
}

#[test]
fn a_full_ring_takes_nobody_to_the_front_either() {
    let page = Page::new(WORDS, 0);
    let ring = RunRing::of(&page);
    for start in [0, i32::MIN + 3, i32::MAX - 9] {
        page.set(rumpus_sync::ring::HEAD, start);
        page.set(rumpus_sync::ring::TAIL, start);
        let most = CAPACITY as u32 - 1;
        assert!((0..most - 6).all(|index| ring.push(index)) && ring.push_slot(9_999));
        assert!((most..most + 6).all(|index| ring.push_front(index)) && !ring.push_front(1));
        let popped: Vec<u32> = std::iter::from_fn(|| ring.pop()).collect();
        assert_eq!(popped[..6], (most..most + 6).collect::<Vec<_>>());
        // The slot may not go first unless somebody said how often.
        assert_eq!(popped[6..most as usize], (0..most - 6).collect::<Vec<_>>());
        assert_eq!(popped[most as usize..], [9_999]);
    }
}
