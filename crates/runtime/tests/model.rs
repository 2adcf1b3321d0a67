//! The parts of the core that keep something, against naive models that keep it in plain sets; the policies, against what
//! they promise. The cases are random but the same in every run.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, RngSeed};
use rumpus_runtime::pid::{GENERATION_MAX, INDEX_MAX};
use rumpus_runtime::process::Table;
use rumpus_runtime::process::relations::{Relations, Ties};
use rumpus_runtime::runtime::{SEATS_MAX, TEXTS_MAX};
use rumpus_runtime::sched::grant::{GRANT_MAX, Grant};
use rumpus_runtime::sched::place::{Dice, place};
use rumpus_runtime::{Options, Pid, ReasonKind, Runtime};
use rumpus_sync::Ticket;

fn cases(count: u32) -> Config {
    Config { cases: count, rng_seed: RngSeed::Fixed(2026), failure_persistence: None, ..Config::default() }
}

const OPTIONS: Options = Options {
    number: 1,
    schedulers: 3,
    dedicated: 0,
    cores: 4,
    host_works: false,
    placement: true,
    native_lane: false,
};

/// What can be said of two slots, four others and four numbers.
#[derive(Debug, Clone, Copy)]
enum Tie {
    Link(u32, u64),
    Linked(u32, u64),
    Unlink(u32, u64, u64),
    Unlinked(u32, u64, u64),
    CutLink(u32, u64),
    EndLink(u32, u64),
    Watch(u32, u64, u64),
    Unwatch(u32, u64),
    Watches(u32, u64, u64),
    Unwatches(u32, u64),
    Cut(u32),
}

fn tie() -> impl Strategy<Value = Tie> {
    let (of, other, number) = (0..2u32, 0..4u64, 1..5u64);
    let link = (of, other, number);
    prop_oneof![
        4 => link.clone().prop_map(|(of, to, _)| Tie::Link(of, to)),
        4 => link.clone().prop_map(|(of, by, _)| Tie::Linked(of, by)),
        4 => link.clone().prop_map(|(of, from, number)| Tie::Unlink(of, from, number)),
        4 => link.clone().prop_map(|(of, by, number)| Tie::Unlinked(of, by, number)),
        2 => link.clone().prop_map(|(of, from, _)| Tie::CutLink(of, from)),
        2 => link.clone().prop_map(|(of, from, _)| Tie::EndLink(of, from)),
        3 => link.clone().prop_map(|(of, watcher, number)| Tie::Watch(of, number, watcher)),
        2 => link.clone().prop_map(|(of, _, number)| Tie::Unwatch(of, number)),
        3 => link.clone().prop_map(|(of, target, number)| Tie::Watches(of, number, target)),
        2 => link.clone().prop_map(|(of, _, number)| Tie::Unwatches(of, number)),
        1 => link.prop_map(|(of, _, _)| Tie::Cut(of)),
    ]
}

/// Ties of one slot, plainly.
#[derive(Debug, Default)]
struct Plain {
    links: BTreeSet<Pid>,
    unlinking: BTreeMap<Pid, u64>,
    watchers: BTreeSet<(u64, Pid)>,
    watching: BTreeSet<(u64, Pid)>,
}

impl Plain {
    fn agrees(&self, ties: Option<&Ties>) -> bool {
        let Some(ties) = ties else {
            return self.links.is_empty()
                && self.unlinking.is_empty()
                && self.watchers.is_empty()
                && self.watching.is_empty();
        };
        ties.links().collect::<BTreeSet<_>>() == self.links
            && ties.unlinking() == self.unlinking.len()
            && ties.watchers().collect::<BTreeSet<_>>() == self.watchers
            && ties.watching().collect::<BTreeSet<_>>() == self.watching
    }

    /// Forgets what stood under a reference; whom it was with.
    fn forget(of: &mut BTreeSet<(u64, Pid)>, reference: u64) -> Option<Pid> {
        let found = of.iter().copied().find(|&(number, _)| number == reference)?;
        of.remove(&found);
        Some(found.1)
    }
}

/// Does it to both; whether they answer the same.
fn both(relations: &mut Relations, plain: &mut [Plain; 2], tie: Tie) -> bool {
    let pid = Pid::from_bits;
    match tie {
        Tie::Link(of, to) => {
            let mine = &mut plain[of as usize];
            mine.unlinking.remove(&pid(to));
            relations.link(of, pid(to)) == mine.links.insert(pid(to))
        }
        Tie::Linked(of, by) => {
            relations.linked(of, pid(by));
            let mine = &mut plain[of as usize];
            if !mine.unlinking.contains_key(&pid(by)) {
                mine.links.insert(pid(by));
            }
            true
        }
        Tie::Unlink(of, from, number) => {
            let mine = &mut plain[of as usize];
            let stood = mine.links.remove(&pid(from));
            if stood {
                mine.unlinking.insert(pid(from), number);
            }
            relations.unlink(of, pid(from), number) == stood
        }
        Tie::Unlinked(of, by, number) => {
            relations.unlinked(of, pid(by), number);
            plain[of as usize].unlinking.retain(|&other, &mut unlink| (other, unlink) != (pid(by), number));
            true
        }
        Tie::CutLink(of, from) => relations.cut_link(of, pid(from)) == plain[of as usize].links.remove(&pid(from)),
        Tie::EndLink(of, from) => {
            let mine = &mut plain[of as usize];
            mine.unlinking.remove(&pid(from));
            relations.end_link(of, pid(from)) == mine.links.remove(&pid(from))
        }
        Tie::Watch(of, reference, watcher) => {
            relations.watch(of, reference, pid(watcher));
            let watchers = &mut plain[of as usize].watchers;
            Plain::forget(watchers, reference);
            watchers.insert((reference, pid(watcher)))
        }
        Tie::Unwatch(of, reference) => {
            relations.unwatch(of, reference);
            Plain::forget(&mut plain[of as usize].watchers, reference);
            true
        }
        Tie::Watches(of, reference, target) => {
            relations.watches(of, reference, pid(target));
            let watching = &mut plain[of as usize].watching;
            Plain::forget(watching, reference);
            watching.insert((reference, pid(target)))
        }
        Tie::Unwatches(of, reference) => {
            relations.unwatches(of, reference) == Plain::forget(&mut plain[of as usize].watching, reference)
        }
        Tie::Cut(of) => {
            let former = std::mem::take(&mut plain[of as usize]);
            former.agrees(relations.cut(of).as_ref())
        }
    }
}

proptest! {
    #![proptest_config(cases(2_000))]

    #[test]
    fn relations_are_sets(ties in prop::collection::vec(tie(), 0..60)) {
        let (mut relations, mut plain) = (Relations::default(), <[Plain; 2]>::default());
        for tie in ties {
            prop_assert!(both(&mut relations, &mut plain, tie), "{tie:?}");
            for of in 0..2 {
                let mine = &plain[of as usize];
                prop_assert!(mine.agrees(relations.of(of)), "{tie:?}: {mine:?}, {:?}", relations.of(of));
            }
        }
    }
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn the_table_lets_slots_to_one_at_a_time(steps in prop::collection::vec((0..3u8, any::<usize>()), 0..2_500)) {
        let table = Table::new(9);
        let (mut tenants, mut former): (Vec<Pid>, Vec<Pid>) = (Vec::new(), Vec::new());
        let mut ever = BTreeSet::new();
        for (what, which) in steps {
            if what < 2 || tenants.is_empty() {
                let Some(pid) = table.acquire() else { panic!("full") };
                prop_assert!(ever.insert(pid), "{:?} twice", pid);
                prop_assert_eq!(pid.runtime(), 9);
                tenants.push(pid);
            } else {
                let pid = tenants.swap_remove(which % tenants.len());
                table.release(pid);
                former.push(pid);
            }
        }
        let indexes: BTreeSet<u32> = tenants.iter().map(|pid| pid.index()).collect();
        prop_assert_eq!(indexes.len(), tenants.len(), "two in one slot");
        for &pid in &tenants {
            prop_assert!(table.get(pid).is_some());
            prop_assert_eq!(table.at(pid.index()).map(|(tenant, _)| tenant), Some(pid));
            let stranger = Pid::new(8, pid.ticket());
            prop_assert!(table.get(stranger).is_none(), "of another runtime");
        }
        for &pid in &former {
            prop_assert!(table.get(pid).is_none());
            prop_assert!(table.at(pid.index()).is_none_or(|(tenant, _)| tenant != pid));
        }
        let made = (0..table.made()).filter(|&index| table.at(index).is_some()).count();
        prop_assert_eq!(made, tenants.len());
    }

    #[test]
    fn pids_carry_what_they_name(index in 0..=INDEX_MAX, runtime in 0..64u32, generation in 0..=GENERATION_MAX) {
        let pid = Pid::new(runtime, Ticket { index, generation });
        prop_assert!(pid.bits() < 1 << 53);
        prop_assert_eq!((pid.index(), pid.runtime()), (index, runtime));
        prop_assert_eq!(pid.ticket(), Ticket { index, generation });
        prop_assert_eq!(Pid::from_bits(pid.bits()), pid);
        // What JavaScript gets by `pid | 0` and `pid / 2 ** 32`.
        prop_assert_eq!(pid.bits() as u32 & INDEX_MAX, index);
        prop_assert_eq!(pid.bits() as u32 >> 26, runtime);
        prop_assert_eq!((pid.bits() >> 32) as u32, generation);
    }
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn a_grant_is_bounded_and_pays_for_what_it_costs(samples in prop::collection::vec((0..100u32, 0..100_000u64), 0..40)) {
        let mut grant = Grant::default();
        let mut dearest = 0.0f64;
        for (resumes, elapsed_us) in samples {
            let before = grant.resumes();
            grant.learn(resumes, elapsed_us);
            let now = grant.resumes();
            prop_assert!((1..=GRANT_MAX).contains(&now));
            prop_assert!((1..=32).contains(&grant.claims()));
            prop_assert!(grant.claims() <= now as usize, "never claims more than it may run");
            if resumes == 0 {
                prop_assert_eq!(now, before, "nothing was learnt");
                continue;
            }
            let cost = elapsed_us as f64 / f64::from(resumes);
            dearest = dearest.max(cost);
            // What has just been dear is not granted for longer than half a millisecond.
            if now < before {
                prop_assert!(now == 1 || f64::from(now) * cost <= 500.0, "{now} at {cost} us");
            }
            prop_assert!(now == 1 || f64::from(now) * (cost * 0.25) <= 500.0, "{now} at {cost} us");
        }
        prop_assert!(dearest > 20.0 || grant.resumes() >= 25, "nothing dear was ever seen");
    }

    #[test]
    fn a_steady_cost_is_learnt(cost in 1..2_000u64) {
        let mut grant = Grant::default();
        for _ in 0..60 {
            grant.learn(1, cost);
        }
        let fair = (500 / cost).clamp(1, GRANT_MAX as u64) as i32;
        prop_assert!((grant.resumes() - fair).abs() <= 1, "{} for {cost} us", grant.resumes());
        let claims = (100 / cost).clamp(1, 32) as usize;
        prop_assert!(grant.claims().abs_diff(claims) <= 1, "{} for {cost} us", grant.claims());
    }

    #[test]
    fn spinning_is_adaptive_within_its_bounds(steps in prop::collection::vec((0..4u8, 0..300u64), 0..60)) {
        let mut grant = Grant::default();
        prop_assert_eq!(grant.spin_us(), 20);
        for (step, slept_us) in steps {
            let before = grant.spin_us();
            match step {
                0 => { grant.spin_paid(); prop_assert!(grant.spin_us() >= before.max(2)); }
                1 => { grant.spin_wasted(); prop_assert!(grant.spin_us() <= before / 2); }
                2 => {
                    grant.slept(slept_us);
                    let spins = if slept_us <= 100 { grant.spin_us() >= before.max(10) } else { grant.spin_us() == before };
                    prop_assert!(spins, "{before} to {} after {slept_us}", grant.spin_us());
                }
                _ => { grant.crowded(); prop_assert_eq!(grant.spin_us(), 0); }
            }
            prop_assert!(grant.spin_us() <= 50);
        }
    }

    #[test]
    fn placement_picks_one_of_those_there_are_and_never_the_worst(
        seed in any::<u64>(), first in 0..3usize, loads in prop::collection::vec(0..5u32, 1..10),
    ) {
        let mut dice = Dice::new(seed);
        let worst = loads.iter().max().copied().unwrap_or_default();
        let is_alone = loads.iter().filter(|&&load| load == worst).count() == 1;
        for _ in 0..50 {
            let seat = place(&mut dice, first, loads.len(), |seat| f64::from(loads[seat - first]));
            prop_assert!((first..first + loads.len()).contains(&seat));
            if loads.len() > 1 && is_alone {
                prop_assert_ne!(loads[seat - first], worst);
            }
        }
    }
}

#[test]
fn placement_reaches_everybody_alike_when_all_are_alike() {
    for count in 1..9 {
        let mut dice = Dice::new(11);
        let mut hits = vec![0usize; count];
        for _ in 0..count * 1_000 {
            hits[place(&mut dice, 0, count, |_| 1.0)] += 1;
        }
        assert!(hits.iter().all(|hits| (850..1_150).contains(hits)), "{hits:?}");
    }
}

#[test]
fn dice_fall_alike_for_one_seed_and_within_bounds() {
    let throw = |seed| {
        let mut dice = Dice::new(seed);
        (0..100).map(move |_| dice.below(1_000)).collect::<Vec<_>>()
    };
    assert_eq!(throw(5), throw(5));
    assert_ne!(throw(5), throw(6));
    assert!(throw(0).iter().all(|&number| number < 1_000));
    let different: BTreeSet<usize> = throw(0).into_iter().collect();
    assert!(different.len() > 80, "{different:?}");
    assert_eq!(Dice::new(1).below(0), 0);
}

/// The first numbers of xorshift64* that begins with 1, as published.
const XORSHIFT64_STAR: [u64; 5] = [
    5_180_492_295_206_395_165,
    12_380_297_144_915_551_517,
    13_389_498_078_930_870_103,
    5_599_127_315_341_312_413,
    1_036_278_371_763_004_928,
];

#[test]
fn dice_are_what_their_paper_says_for_seeds_that_begin_with_one() {
    // The one times the multiplier of seeds is 0, the other is 1.
    for seed in [0, 0xF1DE_83E1_9937_733D] {
        let mut dice = Dice::new(seed);
        assert_eq!(XORSHIFT64_STAR.map(|_| dice.below(1 << 31) as u64), XORSHIFT64_STAR.map(|number| number >> 33));
    }
}

#[test]
fn reasons_keep_their_codes() {
    use ReasonKind::{Error, Kill, Killed, NoProc, Normal, SchedulerDown, Shutdown, User};
    for (code, kind) in [Normal, Shutdown, Kill, Killed, Error, NoProc, SchedulerDown, User].into_iter().enumerate() {
        assert_eq!(kind as usize, code);
        assert_eq!(ReasonKind::from_code(code as i32), kind);
    }
    assert_eq!((ReasonKind::from_code(8), ReasonKind::from_code(-1)), (User, User));
}

#[test]
fn definitions_and_names_are_numbered_once() {
    let runtime = Runtime::new(OPTIONS);
    let ids: Vec<u32> = ["a", "b", "a", "c", "b"].into_iter().map(|key| runtime.define(key)).collect();
    assert_eq!(ids, [0, 1, 0, 2, 1]);
    assert_eq!(runtime.defined(), 3);
    assert_eq!((runtime.definition(2).as_deref(), runtime.definition(3)), (Some("c"), None));
    assert_eq!(runtime.number_of("x", true), None);
    assert_eq!(
        (runtime.number_of("x", false), runtime.number_of("y", false), runtime.number_of("x", true)),
        (Some(0), Some(1), Some(0))
    );
    assert_eq!((runtime.text(1).as_deref(), runtime.text(2)), (Some("y"), None));
    for name in 2..TEXTS_MAX {
        assert_eq!(runtime.number_of(&format!("n{name}"), false), Some(name as u32));
    }
    assert_eq!(runtime.number_of("one more", false), None);
    assert_eq!(runtime.number_of("y", false), Some(1), "a known one still is");
    assert_eq!(runtime.definition(0).as_deref(), Some("a"), "names are no definitions");
}

#[test]
fn a_runtime_has_a_host_and_as_many_schedulers_as_fit() {
    let seats = |schedulers| Runtime::new(Options { schedulers, ..OPTIONS }).seats.len();
    assert_eq!((seats(0), seats(1), seats(3), seats(63), seats(1_000)), (2, 2, 4, SEATS_MAX, SEATS_MAX));
    assert_eq!(Runtime::new(OPTIONS).workers(), 1..4);
    assert_eq!(Runtime::new(Options { host_works: true, ..OPTIONS }).workers(), 0..4);
    assert!(!Runtime::new(OPTIONS).is_stopping());
}
