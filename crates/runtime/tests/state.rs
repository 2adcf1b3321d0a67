//! The state word of a process against the plain parts that it holds: none of them is lost or changed with another.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rumpus_runtime::Priority;
use rumpus_runtime::process::state::{Overflow, Phase, Snapshot, State};
use rumpus_runtime::runtime::SEATS_MAX;

const PRIORITIES: [Priority; 3] = [Priority::Normal, Priority::High, Priority::Low];
const OVERFLOWS: [Overflow; 4] = [Overflow::Unbounded, Overflow::DropNewest, Overflow::DropOldest, Overflow::Offer];

/// What a word says, part by part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Plain {
    phase: Phase,
    seat: usize,
    open: bool,
    behind: bool,
    traps: bool,
    stocked: bool,
    priority: Priority,
    overflow: Overflow,
    /// Not to be read until the process ends.
    named: bool,
}

const FREE: Plain = Plain {
    phase: Phase::Free,
    seat: 0,
    open: false,
    behind: false,
    traps: false,
    stocked: false,
    priority: Priority::Normal,
    overflow: Overflow::Unbounded,
    named: false,
};

impl Plain {
    fn read(now: Snapshot, named: bool) -> Self {
        Self {
            phase: now.phase(),
            seat: now.seat(),
            open: now.is_open(),
            behind: now.is_behind(),
            traps: now.traps(),
            stocked: now.is_stocked(),
            priority: now.priority(),
            overflow: now.overflow(),
            named,
        }
    }

    /// Whoever gets a phase and a scheduler has nothing else but what it is for life.
    fn begin(self, phase: Phase, seat: usize) -> Self {
        Self { phase, seat, priority: self.priority, overflow: self.overflow, named: self.named, ..FREE }
    }
}

/// One step of some, on both; `at` chooses what is to be chosen.
fn step(word: &State, plain: &mut Plain, step: u8, at: usize) -> bool {
    let on = at.is_multiple_of(2);
    match step {
        0 => {
            word.await_start(at);
            *plain = plain.begin(Phase::Unstarted, at);
        }
        1 => {
            word.run(at);
            *plain = plain.begin(Phase::Running, at);
        }
        2 => {
            let runs = plain.phase == Phase::Running;
            plain.phase = if runs { Phase::Exiting } else { plain.phase };
            return word.exit() == runs;
        }
        3 => {
            plain.phase = Phase::Dead;
            return word.die() == plain.named;
        }
        4 => {
            word.rent();
            *plain = FREE;
        }
        5 => {
            word.open();
            plain.open = true;
        }
        6 => {
            word.set_behind(on);
            plain.behind = on;
        }
        7 => {
            word.set_traps(on);
            plain.traps = on;
        }
        8 => {
            word.stock(at, on);
            *plain = Plain { phase: Phase::Running, seat: at, open: on, stocked: true, ..FREE };
        }
        9 => {
            word.leave_stock();
            plain.stocked = false;
        }
        10 => {
            let goes = matches!(plain.phase, Phase::Exiting | Phase::Dead);
            plain.named |= !goes;
            return word.note_named() != goes;
        }
        _ => {
            let (priority, overflow) = (PRIORITIES[at % 3], OVERFLOWS[at / 3 % 4]);
            word.be(priority, overflow, on);
            *plain = Plain { priority, overflow, named: plain.named && on, ..FREE };
        }
    }
    true
}

proptest! {
    #![proptest_config(Config { cases: 1_000, rng_seed: RngSeed::Fixed(2026), failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_state_word_keeps_its_parts_apart(steps in prop::collection::vec((0..12u8, 0..SEATS_MAX), 0..40)) {
        let word = State::default();
        let mut plain = FREE;
        for (kind, at) in steps {
            prop_assert!(step(&word, &mut plain, kind, at), "{plain:?}");
            let now = word.load();
            prop_assert_eq!(Plain::read(now, plain.named), plain);
            prop_assert_eq!(now.is_alive(), matches!(plain.phase, Phase::Unstarted | Phase::Running));
            prop_assert_eq!(now.has_body(), matches!(plain.phase, Phase::Running | Phase::Exiting));
            prop_assert_eq!(now.is_bounded(), plain.overflow != Overflow::Unbounded);
            let is_plain = (plain.priority, plain.overflow) == (Priority::Normal, Overflow::Unbounded);
            prop_assert_eq!(now.is_watched_over(), !is_plain);
        }
    }
}
