//! Properties of `mailbox.rs` and `parcel.rs` against a queue and a list, and many threads at once: what is accepted arrives
//! once, whole, in each sender's order, and all memory comes back.
#![cfg(not(loom))]
#![expect(clippy::disallowed_methods, reason = "a stress test has threads")]

use std::collections::VecDeque;
use std::sync::{Arc, mpsc};
use std::thread;

use proptest::prelude::*;
use rumpus_sync::{Arena, Mailbox, Parcel, Push, Releaser};

const CASES: u32 = if cfg!(miri) { 4 } else { 256 };
const SENDERS: u64 = if cfg!(miri) { 2 } else { 4 };
const LETTERS: u64 = if cfg!(miri) { 40 } else { 50_000 };

/// A header that tells, by its share of `_alive`, whether it has ended.
#[derive(Debug)]
struct Letter {
    number: u64,
    _alive: Arc<()>,
}

fn bytes_of(number: u64, len: usize) -> Vec<u8> {
    (0..len).map(|at| (number as usize).wrapping_mul(31).wrapping_add(at) as u8).collect()
}

#[derive(Debug, Clone)]
enum Op {
    Push,
    Take,
    Park,
    Close,
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Life {
    Closed,
    Scheduled,
    Idle,
}

#[derive(Debug, Clone)]
enum Deed {
    Cut(usize),
    Drop(usize),
    Release(usize),
    Renew,
}

fn cuts() -> impl Strategy<Value = Vec<Deed>> {
    // A block is 32 KiB, and what is longer than a quarter of it gets one of its own.
    let large = if cfg!(miri) { 8_200..8_300_usize } else { 8_000..40_000 };
    let len = prop_oneof![8 => 0..300_usize, 1 => large];
    let cut = prop_oneof![
        8 => len.prop_map(Deed::Cut),
        3 => any::<usize>().prop_map(Deed::Drop),
        3 => any::<usize>().prop_map(Deed::Release),
        1 => Just(Deed::Renew),
    ];
    prop::collection::vec(cut, 0..if cfg!(miri) { 30 } else { 120 })
}

fn is_whole(parcel: &Parcel<Letter>, len: usize) -> bool {
    parcel.bytes() == bytes_of(parcel.header().number, len)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: CASES, failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_mailbox_is_a_queue_that_says_whom_to_schedule(
        ops in prop::collection::vec(
            prop_oneof![5 => Just(Op::Push), 3 => Just(Op::Take), 3 => Just(Op::Park), 1 => Just(Op::Close), 2 => Just(Op::Open)],
            0..80,
        )
    ) {
        let (mut arena, mailbox, alive) = (Arena::default(), Mailbox::default(), Arc::new(()));
        let (mut queue, mut life) = (VecDeque::new(), Life::Closed);
        for (number, op) in (0..).zip(ops) {
            match op {
                Op::Push => {
                    let told = mailbox.push(arena.parcel(Letter { number, _alive: Arc::clone(&alive) }, &[b"x", b"yz"]));
                    match (told, life) {
                        (Push::Closed(back), Life::Closed) => prop_assert_eq!(back.header().number, number),
                        (Push::Notify, Life::Idle) => { life = Life::Scheduled; queue.push_back(number) }
                        (Push::Queued, Life::Scheduled) => queue.push_back(number),
                        (told, life) => prop_assert!(false, "{told:?} for a mailbox that is {life:?}"),
                    }
                }
                Op::Take => {
                    let taken: Vec<u64> = mailbox.take().map(|parcel| parcel.header().number).collect();
                    prop_assert_eq!(std::mem::take(&mut queue), taken);
                }
                // Only for an owner that is scheduled.
                Op::Park if life == Life::Scheduled => {
                    prop_assert_eq!(mailbox.park(), queue.is_empty());
                    life = if queue.is_empty() { Life::Idle } else { life };
                }
                Op::Close if life != Life::Closed => {
                    let (left, idle) = mailbox.close();
                    prop_assert_eq!(idle, life == Life::Idle);
                    let left: Vec<u64> = left.map(|parcel| parcel.header().number).collect();
                    prop_assert_eq!(std::mem::take(&mut queue), left);
                    life = Life::Closed;
                }
                Op::Open if life == Life::Closed => {
                    mailbox.open();
                    life = Life::Scheduled;
                }
                _ => {}
            }
            prop_assert_eq!(mailbox.has_mail(), !queue.is_empty());
            prop_assert_eq!(Arc::strong_count(&alive), 1 + queue.len());
        }
        drop(mailbox);
        prop_assert_eq!(Arc::strong_count(&alive), 1, "a mailbox ends its mail with itself");
    }

    #[test]
    fn parcels_keep_their_bytes_whatever_else_is_cut_and_released(cuts in cuts()) {
        let (mut arena, mut releaser, alive) = (Arena::default(), Releaser::default(), Arc::new(()));
        let mut held: Vec<(Parcel<Letter>, usize)> = Vec::new();
        for (number, cut) in (0..).zip(cuts) {
            match cut {
                Deed::Cut(len) => {
                    let bytes = bytes_of(number, len);
                    let (head, tail) = bytes.split_at(len / 3);
                    held.push((arena.parcel(Letter { number, _alive: Arc::clone(&alive) }, &[head, &[], tail]), len));
                }
                Deed::Drop(which) if !held.is_empty() => drop(held.swap_remove(which % held.len())),
                Deed::Release(which) if !held.is_empty() => releaser.release(held.swap_remove(which % held.len()).0),
                Deed::Renew => arena = Arena::default(),
                _ => {}
            }
            if !cfg!(miri) {
                prop_assert!(held.iter().all(|(parcel, len)| is_whole(parcel, *len)));
            }
            prop_assert_eq!(Arc::strong_count(&alive), 1 + held.len());
        }
        prop_assert!(held.iter().all(|(parcel, len)| is_whole(parcel, *len)));
    }
}

/// Sends `LETTERS` letters and tells the owner's thread when that falls to us.
fn send(mailbox: &Mailbox<Letter>, sender: u64, owner: &mpsc::Sender<()>) {
    let (mut arena, alive) = (Arena::default(), Arc::new(()));
    for number in 0..LETTERS {
        let number = number * SENDERS + sender;
        let bytes = bytes_of(number, number as usize % 100);
        match mailbox.push(arena.parcel(Letter { number, _alive: Arc::clone(&alive) }, &[&bytes])) {
            Push::Notify => owner.send(()).unwrap(),
            Push::Queued => {}
            Push::Closed(_) => panic!("nobody closes it"),
        }
    }
}

#[test]
fn many_senders_one_owner() {
    let mailbox = Arc::new(Mailbox::default());
    mailbox.open();
    assert!(mailbox.park());
    let (ring, bell) = mpsc::channel();
    let senders: Vec<_> = (0..SENDERS)
        .map(|sender| {
            let (mailbox, ring) = (Arc::clone(&mailbox), ring.clone());
            thread::spawn(move || send(&mailbox, sender, &ring))
        })
        .collect();
    drop(ring);
    let mut next = [0; SENDERS as usize];
    let mut releaser = Releaser::default();
    // Each notification is one turn of the owner; when all senders are gone the last of them has been answered.
    for () in bell {
        loop {
            for parcel in mailbox.take() {
                let number = parcel.header().number;
                let (sender, count) = (number % SENDERS, number / SENDERS);
                assert_eq!(count, next[sender as usize], "sender {sender} is out of order");
                assert!(is_whole(&parcel, number as usize % 100));
                next[sender as usize] += 1;
                releaser.release(parcel);
            }
            if mailbox.park() {
                break;
            }
        }
    }
    senders.into_iter().for_each(|sender| sender.join().unwrap());
    assert_eq!(next, [LETTERS; SENDERS as usize]);
    assert!(!mailbox.has_mail());
}

#[test]
fn what_is_sent_while_the_owner_dies_is_refused_or_handed_out() {
    for _ in 0..if cfg!(miri) { 5 } else { 300 } {
        let mailbox = Arc::new(Mailbox::<u64>::default());
        mailbox.open();
        let senders: Vec<_> = (0..SENDERS)
            .map(|sender| {
                let mailbox = Arc::clone(&mailbox);
                thread::spawn(move || {
                    let mut arena = Arena::default();
                    (0..100).filter(|_| matches!(mailbox.push(arena.parcel(sender, &[])), Push::Closed(_))).count()
                })
            })
            .collect();
        let taken = mailbox.take().count();
        let (left, idle) = mailbox.close();
        assert!(!idle);
        let left = left.count();
        let refused: usize = senders.into_iter().map(|sender| sender.join().unwrap()).sum();
        assert_eq!(taken + left + refused, 100 * SENDERS as usize);
    }
}
