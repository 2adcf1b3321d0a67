//! What waits beside a mailbox that drops its oldest, against a plain list of it.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rumpus_runtime::process::late::Late;
use rumpus_runtime::{Cargo, Envelope, Letter, Pid};
use rumpus_sync::Arena;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Message,
    Slot,
    Transfer,
    Signal,
}

const KINDS: [Kind; 4] = [Kind::Message, Kind::Slot, Kind::Transfer, Kind::Signal];

/// One of its kind, with a number by which it is known.
fn envelope((kind, number): (Kind, u32)) -> Envelope {
    match kind {
        Kind::Message => Envelope::Message { skeleton: number },
        Kind::Slot => Envelope::Slot { slot: number },
        Kind::Transfer => Envelope::Transfer { skeleton: number, cargo: Cargo { number: 0, by: 0, at: 0 } },
        Kind::Signal => Envelope::Link { from: Pid::from_bits(u64::from(number)) },
    }
}

fn position(plain: &[(Kind, u32)], is_it: impl Fn(Kind) -> bool) -> Option<usize> {
    plain.iter().position(|&(kind, _)| is_it(kind))
}

proptest! {
    #![proptest_config(Config { cases: 500, rng_seed: RngSeed::Fixed(2026), failure_persistence: None, ..Config::default() })]

    #[test]
    fn the_oldest_message_is_dropped_for_a_newer_one_and_nothing_else_is(
        capacity in 0..4u32, steps in prop::collection::vec(0..12usize, 0..60),
    ) {
        let (mut late, mut plain, mut arena) = (Late::default(), Vec::new(), Arena::default());
        for (number, step) in (0..).zip(steps) {
            match step {
                0..8 => {
                    let new = (KINDS[step % 4], number);
                    plain.push(new);
                    let letter = Letter { to: Pid::from_bits(1), envelope: envelope(new) };
                    let dropped = late.push(arena.parcel(letter, &[]), capacity);
                    let messages = plain.iter().filter(|&&(kind, _)| kind != Kind::Signal).count();
                    let oldest = position(&plain, |kind| kind != Kind::Signal).filter(|_| messages > capacity as usize);
                    let expected = oldest.map(|at| envelope(plain.remove(at)));
                    prop_assert_eq!(dropped.map(|parcel| parcel.header().envelope.clone()), expected);
                }
                8..11 => {
                    let expected = if plain.is_empty() { None } else { Some(envelope(plain.remove(0))) };
                    prop_assert_eq!(late.first().map(|parcel| parcel.header().envelope.clone()), expected.clone());
                    prop_assert_eq!(late.pop().map(|parcel| parcel.header().envelope.clone()), expected);
                }
                _ => {
                    late.freed.push(number);
                    let before = plain.len();
                    plain.retain(|&(kind, _)| kind != Kind::Slot);
                    prop_assert_eq!(late.forget_slots(), before - plain.len());
                    prop_assert!(late.freed.is_empty(), "whose slots they were is gone");
                }
            }
            prop_assert_eq!(late.is_empty(), plain.is_empty());
            let waiting: Vec<Envelope> = late.waiting().map(|parcel| parcel.header().envelope.clone()).collect();
            prop_assert_eq!(waiting, plain.iter().copied().map(envelope).collect::<Vec<_>>());
        }
    }
}
