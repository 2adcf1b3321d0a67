//! The timer wheel against a naive model, at the edges of its levels, ticks and microseconds, and by what it touches.

#[path = "world/dice.rs"]
#[allow(unreachable_pub, reason = "a module of several test programs, a public thing of none")]
mod dice;

use std::collections::BTreeMap;

use dice::Dice;
use rumpus_runtime::sched::wheel::{Key, TICK_US, Wheel};

/// A move to each level at most, one to the present tick, and out.
const TOUCHES_MAX: usize = 12;
const YEAR_US: u64 = 365 * 24 * 3600 * 1_000_000;

fn advance<T>(wheel: &mut Wheel<T>, now_us: u64) -> Vec<(u64, T)> {
    let mut fired = Vec::new();
    wheel.advance(now_us, &mut fired);
    fired.into_iter().map(|(_, deadline_us, what)| (deadline_us, what)).collect()
}

fn refuses<T>(wheel: &mut Wheel<T>, key: Key) -> bool {
    wheel.get(key).is_none() && wheel.get_mut(key).is_none() && wheel.remove(key).is_none()
}

/// The end of the tick in which a deadline lies.
fn tick_end(deadline_us: u64) -> u64 {
    deadline_us.div_ceil(TICK_US).saturating_mul(TICK_US)
}

/// Times around each power of 64 ticks, and the last ones there are.
fn edges() -> Vec<u64> {
    let spans = (0..9).map(|level| TICK_US << (6 * level));
    let near = [1, 2, TICK_US - 1, TICK_US, TICK_US + 1, 63 * TICK_US];
    let mut edges: Vec<u64> =
        spans.flat_map(|span| near.map(|off| [span, span + off, span.abs_diff(off)])).flatten().collect();
    edges.extend([0, u64::MAX / 2, u64::MAX - TICK_US, u64::MAX - 1, u64::MAX]);
    edges
}

#[test]
fn at_the_edges_of_every_level_nothing_is_early_or_late() {
    for start_us in edges() {
        for distance_us in edges() {
            let Some(deadline_us) = start_us.checked_add(distance_us.max(1)) else { continue };
            let mut wheel = Wheel::new(start_us);
            wheel.insert(deadline_us, ());
            assert!(advance(&mut wheel, deadline_us - 1).is_empty(), "{start_us} + {distance_us}: early");
            assert_eq!(wheel.next_us(), Some(deadline_us), "{start_us} + {distance_us}");
            assert_eq!(advance(&mut wheel, deadline_us), [(deadline_us, ())], "{start_us} + {distance_us}: late");

            let mut wheel = Wheel::new(start_us);
            wheel.insert(deadline_us, ());
            // So many that nobody looks for the earliest.
            let crowd = 40;
            for _ in 0..crowd {
                wheel.insert(deadline_us, ());
            }
            let (mut now_us, mut looks) = (start_us, 0);
            while let Some(next_us) = wheel.next_us() {
                assert!(now_us < next_us && next_us <= deadline_us, "{start_us} + {distance_us}: {next_us}");
                (now_us, looks) = (next_us, looks + 1);
                assert_eq!(advance(&mut wheel, now_us).len(), if now_us == deadline_us { crowd + 1 } else { 0 });
            }
            assert!(looks < TOUCHES_MAX, "{start_us} + {distance_us}: {looks} looks");
        }
    }
}

#[test]
fn what_is_late_already_comes_with_the_next_advance_in_order() {
    let mut wheel = Wheel::new(5_500);
    for (deadline_us, what) in [(5_501, 'f'), (5_500, 'd'), (0, 'a'), (5_499, 'b'), (5_500, 'e'), (5_499, 'c')] {
        wheel.insert(deadline_us, what);
    }
    assert_eq!(wheel.next_us(), Some(5_500));
    let fired = advance(&mut wheel, 5_500);
    assert_eq!(fired, [(0, 'a'), (5_499, 'b'), (5_499, 'c'), (5_500, 'd'), (5_500, 'e')]);
    assert_eq!((wheel.len(), wheel.next_us()), (1, Some(5_501)));
    wheel.insert(1, 'g');
    assert_eq!(advance(&mut wheel, 9_000), [(1, 'g'), (5_501, 'f')]);
    assert_eq!((wheel.is_empty(), wheel.next_us()), (true, None));
}

#[test]
fn within_a_tick_each_comes_at_its_microsecond() {
    let mut wheel = Wheel::new(0);
    for deadline_us in (2_000..=4_000).rev() {
        wheel.insert(deadline_us, ());
    }
    // A thousand in the third tick: its first microsecond is told.
    let next_of = |now_us: u64| if now_us < 2_000 { 2_000 } else { now_us + 1 };
    assert_eq!(wheel.next_us(), Some(2_000));
    for now_us in 1_900..=4_100 {
        let due = if (2_000..=4_000).contains(&now_us) { vec![(now_us, ())] } else { Vec::new() };
        assert_eq!(advance(&mut wheel, now_us), due);
        assert_eq!(wheel.next_us(), (now_us < 4_000).then(|| next_of(now_us)));
    }
}

#[test]
fn a_time_that_goes_back_counts_as_the_last_one() {
    let mut wheel = Wheel::new(10_000);
    wheel.insert(10_500, 'b');
    assert!(advance(&mut wheel, 3).is_empty());
    wheel.insert(9_000, 'a');
    assert_eq!(advance(&mut wheel, 0), [(9_000, 'a')], "10000 was reached");
    assert_eq!(advance(&mut wheel, 10_500), [(10_500, 'b')]);
}

#[test]
fn any_entry_of_a_list_can_be_taken_out() {
    // Late, in the present tick, and on three levels.
    for deadline_us in [7, 900, 20_000, 1_000_000, 100_000_000] {
        for gone in 0..1 << 4 {
            let mut wheel = Wheel::new(10);
            let keys: Vec<Key> = (0..4).map(|what| wheel.insert(deadline_us, what)).collect();
            let stays = |what: &u32| gone >> what & 1 == 0;
            for what in (0..4).filter(|what| !stays(what)) {
                assert_eq!(wheel.remove(keys[what as usize]), Some((deadline_us, what)));
            }
            let rest: Vec<(u64, u32)> = (0..4).filter(stays).map(|what| (deadline_us, what)).collect();
            assert_eq!((wheel.len(), wheel.next_us().is_none()), (rest.len(), rest.is_empty()));
            assert_eq!(advance(&mut wheel, 200_000_000), rest, "{gone:b} gone of {deadline_us}");
        }
    }
}

#[test]
fn keys_that_are_out_of_date_or_made_up_name_nothing() {
    let mut wheel = Wheel::new(0);
    let fired = wheel.insert(1, 'a');
    advance(&mut wheel, 1);
    let removed = wheel.insert(2, 'b');
    assert_eq!((wheel.made(), wheel.remove(removed)), (1, Some((2, 'b'))));
    let next = Key::from_bits(removed.bits() + (removed.bits() - fired.bits()));
    for key in [fired, removed, next] {
        assert!(refuses(&mut wheel, key), "the slot is free");
    }
    let tenant = wheel.insert(3, 'c');
    assert_eq!((tenant, wheel.made()), (next, 1), "the slot of both");
    let made_up = (0..64).flat_map(|bit| [1 << bit, u64::MAX << bit, tenant.bits() ^ 1 << bit]);
    for key in made_up.chain([0, fired.bits(), removed.bits()]).map(Key::from_bits).filter(|&key| key != tenant) {
        assert!(refuses(&mut wheel, key), "{key:?}");
    }
    let again = Key::from_bits(tenant.bits());
    wheel.get_mut(again).into_iter().for_each(|what| *what = 'd');
    assert_eq!((wheel.get(tenant), wheel.len()), (Some((3, &'d')), 1));
    assert_eq!(wheel.remove(again), Some((3, 'd')));
}

#[test]
fn a_leap_over_empty_time_touches_next_to_nothing() {
    let mut fired = Vec::new();
    let mut wheel = Wheel::new(123);
    assert_eq!(wheel.advance(YEAR_US, &mut fired), 0);
    let far = wheel.insert(3 * YEAR_US, 0);
    wheel.insert(3 * YEAR_US, 1);
    wheel.insert(YEAR_US + 5_000, 2);
    assert!(wheel.advance(2 * YEAR_US, &mut fired) <= 3 * TOUCHES_MAX);
    assert!(wheel.advance(3 * YEAR_US - 1, &mut fired) <= 2 * TOUCHES_MAX);
    wheel.remove(far);
    assert_eq!((fired.len(), wheel.advance(4 * YEAR_US, &mut fired)), (1, 1), "the other one is in its place already");
}

#[test]
fn an_entry_is_touched_once_a_level() {
    let (mut wheel, mut fired) = (Wheel::new(0), Vec::new());
    wheel.insert(5_000_000, ());
    let touched = [4_095_000, 4_991_000, 4_999_000, 5_000_000]
        .map(|now_us| [wheel.advance(now_us - 1, &mut fired), wheel.advance(now_us, &mut fired)]);
    assert_eq!((touched, fired.len()), ([[0, 1]; 4], 1));
}

#[test]
fn little_time_and_nothing_due_touches_nothing() {
    let mut fired = Vec::new();
    let mut wheel = Wheel::new(0);
    for what in 0..10_000 {
        wheel.insert(1_000_000 + what % 900, what);
    }
    let touched: usize = (0..1_000_000).step_by(5).map(|now_us| wheel.advance(now_us, &mut fired)).sum();
    assert!(fired.is_empty() && touched <= 2 * 10_000, "two levels: {touched}");
    let touched: usize = (1_000_000..1_001_000).map(|now_us| wheel.advance(now_us, &mut fired)).sum();
    assert_eq!((fired.len(), wheel.len()), (10_000, 0));
    assert!(touched <= 2 * 10_000, "waiting in a tick that has begun costs nothing: {touched}");
}

#[test]
fn a_third_flood_needs_no_more_memory_than_the_first() {
    const FLOOD: u64 = 1_000_000;
    let (mut wheel, mut fired, mut now_us) = (Wheel::new(0), Vec::new(), 0);
    for round in 0..3 {
        let keys: Vec<Key> = (0..FLOOD).map(|what| wheel.insert(now_us + what * 7_919 % 60_000_000, what)).collect();
        for &key in keys.iter().step_by(2) {
            assert!(wheel.remove(key).is_some());
        }
        now_us += 60_000_000;
        fired.clear();
        wheel.advance(now_us, &mut fired);
        assert_eq!((fired.len() as u64, wheel.len()), (FLOOD / 2, 0));
        assert_eq!(wheel.made() as u64, FLOOD, "round {round}");
    }
}

/// The wheel and its model.
struct Pair {
    dice: Dice,
    wheel: Wheel<u64>,
    now_us: u64,
    /// By deadline and number of insertion.
    model: BTreeMap<(u64, u64), Key>,
    inserted: u64,
    touched: usize,
    gone: Vec<Key>,
    /// Whether `advance` is called only when the wheel asks for it, and then at once.
    prompt: bool,
}

impl Pair {
    fn new(seed: u64, prompt: bool) -> Self {
        let mut dice = Dice::new(seed);
        let now_us = if dice.chance(50) { dice.next() >> dice.below(64) >> 1 } else { 0 };
        let wheel = Wheel::new(now_us);
        Self { dice, wheel, now_us, model: BTreeMap::new(), inserted: 0, touched: 0, gone: Vec::new(), prompt }
    }

    /// Some span of time, of any scale up to 2^`bits` microseconds.
    fn span(&mut self, bits: usize) -> u64 {
        self.dice.next() >> (64 - bits + self.dice.below(bits))
    }

    fn some_entry(&mut self) -> Option<((u64, u64), Key)> {
        let deadline_us = self.now_us.saturating_add(self.span(62));
        let after = self.model.range((deadline_us, 0)..).next();
        after.or(self.model.first_key_value()).map(|(&at, &key)| (at, key))
    }

    fn insert(&mut self) {
        let deadline_us = match self.dice.below(8) {
            0 => self.now_us.saturating_sub(self.span(14)),
            1 => self.now_us + self.dice.next() % 3_000,
            2 => self.some_entry().map_or(self.now_us, |((deadline_us, _), _)| deadline_us),
            3 => tick_end(self.now_us + self.span(36)),
            4 => self.now_us.saturating_add(self.span(64)),
            _ => self.now_us + self.span(36),
        };
        let key = self.wheel.insert(deadline_us, self.inserted);
        assert!(key.bits() > 0 && key.bits() < 1 << 53 && !self.model.values().any(|&other| other == key));
        self.model.insert((deadline_us, self.inserted), key);
        self.inserted += 1;
    }

    fn remove(&mut self) {
        let Some((at @ (deadline_us, number), key)) = self.some_entry() else { return };
        assert_eq!(self.wheel.get(key), Some((deadline_us, &number)));
        assert_eq!(self.wheel.remove(key), Some((deadline_us, number)));
        self.model.remove(&at);
        self.gone.push(key);
        if let Some(key) = self.dice.pick(&self.gone) {
            assert!(refuses(&mut self.wheel, key), "{key:?}");
        }
    }

    fn advance(&mut self) {
        let nearest_us = self.model.first_key_value().map_or(0, |(&(deadline_us, _), _)| deadline_us);
        let to_us = match self.dice.below(8) {
            _ if self.prompt => self.wheel.next_us().unwrap_or(self.now_us),
            0 => nearest_us,
            1 => nearest_us.saturating_sub(1),
            2 => self.now_us.saturating_sub(self.span(20)),
            3 => self.wheel.next_us().unwrap_or(0),
            4 => self.now_us + self.span(34),
            _ => self.now_us + self.span(12),
        };
        self.advance_to(to_us);
    }

    fn advance_to(&mut self, to_us: u64) {
        let before_us = self.now_us;
        self.now_us = to_us.max(before_us);
        let mut fired = Vec::new();
        self.touched += self.wheel.advance(to_us, &mut fired);
        for (key, deadline_us, number) in fired {
            let first = self.model.pop_first();
            assert_eq!(first, Some(((deadline_us, number), key)), "out of order");
            assert!(deadline_us <= self.now_us, "{deadline_us} is early at {}", self.now_us);
            let late_us = self.now_us - deadline_us.max(before_us);
            assert!(!self.prompt || late_us == 0, "{deadline_us} is late at {}", self.now_us);
            self.gone.push(key);
        }
        let nearest = self.model.first_key_value();
        assert!(nearest.is_none_or(|(&(deadline_us, _), _)| deadline_us > self.now_us), "{nearest:?} forgotten");
    }

    fn check(&self) {
        assert_eq!((self.wheel.len(), self.wheel.is_empty()), (self.model.len(), self.model.is_empty()));
        assert!(self.touched <= self.inserted as usize * TOUCHES_MAX);
        let nearest_us = self.model.first_key_value().map(|(&(deadline_us, _), _)| deadline_us);
        let (Some(next_us), Some(nearest_us)) = (self.wheel.next_us(), nearest_us) else {
            assert_eq!((self.wheel.next_us(), nearest_us), (None, None));
            return;
        };
        if nearest_us <= self.now_us {
            assert_eq!(next_us, self.now_us, "{nearest_us} is due");
            return;
        }
        assert!(self.now_us < next_us && next_us <= nearest_us, "{next_us} for {nearest_us}");
        if self.model.len() <= 32 || nearest_us.div_ceil(TICK_US) == self.now_us / TICK_US + 1 {
            assert_eq!(next_us, nearest_us);
        }
    }
}

fn run(seed: u64, prompt: bool) {
    let mut pair = Pair::new(seed, prompt);
    for _ in 0..600 {
        // The wheel ends with 64 bits of microseconds; so does a run.
        if pair.now_us > 1 << 62 {
            break;
        }
        match pair.dice.below(100) {
            0..50 => pair.insert(),
            50..65 => pair.remove(),
            _ => pair.advance(),
        }
        pair.check();
    }
    if prompt {
        let mut looks = 0;
        while let Some(next_us) = pair.wheel.next_us() {
            pair.advance_to(next_us);
            pair.check();
            looks += 1;
        }
        assert!(looks <= pair.inserted as usize * TOUCHES_MAX, "{looks} looks for {}", pair.inserted);
    }
    pair.advance_to(u64::MAX);
    pair.check();
    assert!(pair.model.is_empty());
}

#[test]
fn it_does_what_a_sorted_list_would() {
    (0..1_000).for_each(|seed| run(seed, false));
}

#[test]
fn called_when_it_asks_to_be_it_is_never_late_by_a_tick() {
    (0..1_000).for_each(|seed| run(seed, true));
}
