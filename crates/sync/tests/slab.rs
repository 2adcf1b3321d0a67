//! Properties of `slab.rs` against a map of tenants, and many threads at once: a ticket is handed out once, finds its tenant
//! while that lives and nobody afterwards, and a slot whose generations are used up retires.
#![cfg(not(loom))]
#![expect(clippy::disallowed_methods, reason = "a stress test has threads")]

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use proptest::prelude::*;
use rumpus_sync::shim::{AtomicU32, Ordering};
use rumpus_sync::{Slab, Ticket};

const CASES: u32 = if cfg!(miri) { 1 } else { 128 };
const THREADS: u32 = if cfg!(miri) { 2 } else { 4 };
const TENANCIES: u32 = if cfg!(miri) { 30 } else { 50_000 };

#[derive(Debug, Clone)]
enum Op {
    Acquire(usize),
    Release(usize),
    Look(u32, u32),
}

fn ops() -> impl Strategy<Value = Vec<Op>> {
    let many = if cfg!(miri) { 5..10_usize } else { 100..400_usize };
    let op = prop_oneof![
        4 => (1..4_usize).prop_map(Op::Acquire),
        1 => many.clone().prop_map(Op::Acquire),
        4 => (1..4_usize).prop_map(Op::Release),
        1 => many.prop_map(Op::Release),
        2 => (0..1100_u32, prop_oneof![0..5_u32, any::<u32>()]).prop_map(|(index, generation)| Op::Look(index, generation)),
    ];
    prop::collection::vec(op, 0..if cfg!(miri) { 20 } else { 60 })
}

fn number(ticket: Ticket) -> (u32, u32) {
    (ticket.index, ticket.generation)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..Default::default() })]

    #[test]
    fn tickets_find_their_tenants_and_nobody_else(ops in ops(), generation_max in 0..3_u32) {
        let slab = Slab::<AtomicU32>::new(generation_max);
        let mut tenants: BTreeMap<(u32, u32), u32> = BTreeMap::new();
        let mut former = BTreeSet::new();
        let mut next = 1..;
        for op in ops {
            match op {
                Op::Acquire(times) => for mark in next.by_ref().take(times) {
                    let ticket = slab.acquire().expect("there is room");
                    prop_assert!(ticket.generation <= generation_max);
                    prop_assert!(!former.contains(&number(ticket)), "{ticket:?} was somebody's before");
                    // Relaxed: one thread.
                    slab.get(ticket).unwrap().store(mark, Ordering::Relaxed);
                    prop_assert!(tenants.insert(number(ticket), mark).is_none(), "{ticket:?} is somebody's");
                },
                Op::Release(times) => for _ in 0..times {
                    let Some(((index, generation), _)) = tenants.pop_first() else { break };
                    slab.release(Ticket { index, generation });
                    former.insert((index, generation));
                },
                Op::Look(index, generation) => {
                    // Relaxed: one thread.
                    let found = slab.get(Ticket { index, generation }).map(|mark| mark.load(Ordering::Relaxed));
                    prop_assert_eq!(found, tenants.get(&(index, generation)).copied());
                    let present = tenants.range((index, 0)..=(index, u32::MAX)).next();
                    let at = slab.at(index).map(|(ticket, _)| number(ticket));
                    prop_assert_eq!(at, present.map(|(&number, _)| number));
                }
            }
        }
        let stale = former.iter().filter_map(|&(index, generation)| slab.get(Ticket { index, generation })).count();
        prop_assert_eq!(stale, 0);
        prop_assert!(slab.made() as usize <= tenants.len() + former.len());
        prop_assert!(tenants.keys().chain(&former).all(|&(index, _)| index < slab.made()));
    }
}

#[test]
fn generations_last_because_freed_slots_wait() {
    let slab = Slab::<u32>::new(u32::MAX / 2);
    let mut seen = 0;
    for _ in 0..if cfg!(miri) { 300 } else { 3_000 } {
        let ticket = slab.acquire().unwrap();
        seen = seen.max(ticket.generation);
        slab.release(ticket);
    }
    assert!(seen <= 3_000 / 256, "generation {seen}");
}

#[test]
fn no_two_threads_rent_one_slot_at_a_time() {
    let slab = Slab::<AtomicU32>::new(u32::MAX / 2);
    let tickets = thread::scope(|scope| {
        let threads: Vec<_> = (1..=THREADS)
            .map(|tenant| {
                let slab = &slab;
                scope.spawn(move || {
                    let mut tickets = Vec::new();
                    for _ in 0..TENANCIES {
                        let ticket = slab.acquire().unwrap();
                        let place = slab.get(ticket).unwrap();
                        // Relaxed: the slab alone must keep others away.
                        assert_eq!(place.swap(tenant, Ordering::Relaxed), 0, "{ticket:?} has a tenant");
                        assert_eq!(place.swap(0, Ordering::Relaxed), tenant);
                        slab.release(ticket);
                        assert!(slab.get(ticket).is_none());
                        tickets.push(number(ticket));
                    }
                    tickets
                })
            })
            .collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
    });
    assert_eq!(tickets.iter().collect::<BTreeSet<_>>().len(), tickets.len(), "a ticket twice");
}

#[test]
fn many_are_rented_and_given_back_at_once() {
    let slab = Slab::<u32>::new(1);
    let mut tickets = vec![slab.acquire().unwrap()];
    slab.acquire_many(700, &mut tickets);
    let slots: BTreeSet<u32> = tickets.iter().map(|ticket| ticket.index).collect();
    assert_eq!((tickets.len(), slots.len(), slab.made()), (700, 700, 700));
    slab.release_many(tickets.iter().copied());
    assert!(tickets.iter().all(|&ticket| slab.get(ticket).is_none()));
    let mut again = Vec::new();
    slab.acquire_many(700, &mut again);
    assert!(again.iter().filter(|ticket| slots.contains(&ticket.index)).all(|ticket| ticket.generation == 1));
    assert_eq!(slab.made(), 700 + 256, "so many freed slots wait");
    slab.release_many(again.iter().copied());
    let mut last = Vec::new();
    slab.acquire_many(300, &mut last);
    assert!(last.iter().all(|ticket| ticket.generation < 2), "a slot whose generations are used up retires");
}
