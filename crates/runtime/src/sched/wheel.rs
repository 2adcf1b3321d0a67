//! The deadlines of one scheduler, in order: a hierarchical timer wheel (Varghese and Lauck, "Hashed and hierarchical timing
//! wheels", 1987). Owns the entries, their keys and the lists in which they wait. Nothing comes out before its microsecond,
//! a key never names two entries, and no step looks at spans of time in which nothing waits; reads no clock.
//!
//! A tick is a millisecond, without its begin and with its end, so that all that lies in it is due at its end.
//! - List 0 holds what was late when it came.
//! - The next 1000 lists hold the present tick, a microsecond each.
//! - Above are levels of 64 lists for later ticks. An entry's level is the highest digit, to the base of 64, in which its
//!   tick differs from the present one; its list there is that digit. There is a level for every digit: nothing is too far.
//!
//! So the lists are in order of time by their numbers, and the first with an entry holds the nearest. When its time begins
//! a list is spread over lower ones. Entries of one microsecond are always in one list, in order of their insertion.

/// Microseconds of a tick.
pub const TICK_US: u64 = 1_000;
/// Words of 64 lists for the present tick; the lists 1 to 1000 are used, and 0 for what is late.
const FINE: usize = 16;
/// Digits, to the base of 64, of the last tick that 64 bits of microseconds reach.
const LEVELS: usize = 10;
const WORDS: usize = FINE + LEVELS;
const LATE: usize = 0;
/// So many entries of a list are looked at for the earliest, before each sleep.
const COMPARED_MAX: usize = 32;
/// In place of the number of an entry or of a list.
const NONE: u32 = u32::MAX;
const NOWHERE: u16 = u16::MAX;

const SLOT_BITS: u32 = 26;
/// With the slot's bits 53, which a JavaScript number holds exactly.
const GENERATION_MAX: u32 = (1 << 27) - 1;

/// Names an entry, and never another one: a slot and which of its tenants. Never 0, at most 53 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key(u64);

impl Key {
    fn new(slot: u32, generation: u32) -> Self {
        Self(u64::from(generation) << SLOT_BITS | u64::from(slot))
    }

    /// A number for it that JavaScript can hold.
    pub fn bits(self) -> u64 {
        self.0
    }

    /// The key with this number. Any number will do: one that was made up names nothing, or an entry that there is.
    pub fn from_bits(bits: u64) -> Self {
        Self(bits)
    }
}

#[derive(Debug)]
struct Entry<T> {
    deadline_us: u64,
    /// Nothing while the slot is free.
    what: Option<T>,
    prev: u32,
    /// Also the next free slot.
    next: u32,
    generation: u32,
    list: u16,
}

#[derive(Debug, Clone, Copy)]
struct Ends {
    first: u32,
    last: u32,
}

const EMPTY: Ends = Ends { first: NONE, last: NONE };

/// See the module text.
#[derive(Debug)]
pub struct Wheel<T> {
    now_us: u64,
    /// Before this there is nothing to do. Too early where the nearest was removed; then one look corrects it.
    wake_us: u64,
    /// Bit n: some list of word n has an entry.
    words: u32,
    /// A bit for each list that has an entry.
    bits: [u64; WORDS],
    lists: Box<[Ends]>,
    entries: Vec<Entry<T>>,
    free: u32,
    len: usize,
}

impl<T> Wheel<T> {
    /// An empty wheel at `now_us`.
    pub fn new(now_us: u64) -> Self {
        let lists = vec![EMPTY; WORDS * 64].into_boxed_slice();
        let (entries, bits) = (Vec::new(), [0; WORDS]);
        Self { now_us, wake_us: u64::MAX, words: 0, bits, lists, entries, free: NONE, len: 0 }
    }

    /// Adds an entry. One whose deadline has passed comes out with the next [`advance`](Self::advance). Panics when there
    /// are 2^26 already, gigabytes of them.
    pub fn insert(&mut self, deadline_us: u64, what: T) -> Key {
        let slot = self.rent();
        let list = self.list_of(deadline_us);
        let entry = &mut self.entries[slot as usize];
        entry.deadline_us = deadline_us;
        entry.what = Some(what);
        let key = Key::new(slot, entry.generation);
        self.append(slot, list);
        self.wake_us = self.wake_us.min(self.begin_us(list));
        self.len += 1;
        key
    }

    /// Takes an entry out, with its deadline; nothing if it has come out before, or if there never was one.
    pub fn remove(&mut self, key: Key) -> Option<(u64, T)> {
        let slot = self.find(key)?;
        self.unlink(slot);
        self.vacate(slot)
    }

    /// An entry and its deadline, while it waits.
    pub fn get(&self, key: Key) -> Option<(u64, &T)> {
        let entry = &self.entries[self.find(key)? as usize];
        Some((entry.deadline_us, entry.what.as_ref()?))
    }

    /// An entry, while it waits.
    pub fn get_mut(&mut self, key: Key) -> Option<&mut T> {
        let slot = self.find(key)?;
        self.entries[slot as usize].what.as_mut()
    }

    /// Appends to `fired` all whose deadline is `now_us` or earlier, with key and deadline, in order of deadline and then of
    /// insertion. Tells how many entries it touched: each comes out once, and before that moves at most once per level. A
    /// time before the last one counts as the last one. A comparison if there is nothing to do.
    #[inline]
    pub fn advance(&mut self, now_us: u64, fired: &mut Vec<(Key, u64, T)>) -> usize {
        let now_us = now_us.max(self.now_us);
        if now_us < self.wake_us {
            self.now_us = now_us;
            return 0;
        }
        self.catch_up(now_us, fired)
    }

    /// When to call [`advance`](Self::advance) next, so that no entry comes out after its deadline; nothing if none waits.
    /// The nearest deadline, or earlier where more than a few are about as near, at most once per level. The time of the
    /// last `advance` if something is late already.
    pub fn next_us(&self) -> Option<u64> {
        let list = self.nearest()?;
        Some(match list {
            LATE => self.now_us,
            _ if list < FINE * 64 => self.begin_us(list),
            _ => self.earliest_us(list).unwrap_or_else(|| self.begin_us(list)),
        })
    }

    /// The earliest deadline in a list, unless there are many.
    fn earliest_us(&self, list: usize) -> Option<u64> {
        let mut earliest_us = u64::MAX;
        let mut slot = self.lists[list].first;
        for _ in 0..COMPARED_MAX {
            let Some(entry) = self.entries.get(slot as usize) else { return Some(earliest_us) };
            earliest_us = earliest_us.min(entry.deadline_us);
            slot = entry.next;
        }
        None
    }

    /// Entries that wait.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many slots were ever made: the most entries that waited at once. They are used again, not given back.
    pub fn made(&self) -> usize {
        self.entries.len()
    }

    #[inline(never)]
    fn catch_up(&mut self, now_us: u64, fired: &mut Vec<(Key, u64, T)>) -> usize {
        let mut touched = 0;
        self.wake_us = u64::MAX;
        while let Some(list) = self.nearest() {
            let begin_us = self.begin_us(list);
            if begin_us > now_us {
                self.wake_us = begin_us;
                break;
            }
            touched += if list < FINE * 64 {
                self.fire(list, fired)
            } else {
                self.now_us = begin_us;
                self.spread(list)
            };
        }
        // No list begins between the time so far and this one, so each entry is where it belongs.
        self.now_us = now_us;
        touched
    }

    /// Everything in a list is due.
    fn fire(&mut self, list: usize, fired: &mut Vec<(Key, u64, T)>) -> usize {
        let before = fired.len();
        let mut slot = self.detach(list);
        while slot != NONE {
            let Entry { next, generation, .. } = self.entries[slot as usize];
            if let Some((deadline_us, what)) = self.vacate(slot) {
                fired.push((Key::new(slot, generation), deadline_us, what));
            }
            slot = next;
        }
        if list == LATE {
            fired[before..].sort_by_key(|&(_, deadline_us, _)| deadline_us);
        }
        fired.len() - before
    }

    /// The time of a list has begun: each entry moves to a lower one.
    fn spread(&mut self, list: usize) -> usize {
        let mut moved = 0;
        let mut slot = self.detach(list);
        while slot != NONE {
            let Entry { next, deadline_us, .. } = self.entries[slot as usize];
            let lower = self.list_of(deadline_us);
            debug_assert!(LATE < lower && lower < list, "from list {list} to {lower} at {}", self.now_us);
            self.append(slot, lower);
            moved += 1;
            slot = next;
        }
        moved
    }

    /// The present tick, the one that has begun.
    fn tick(&self) -> u64 {
        self.now_us / TICK_US + 1
    }

    /// Where an entry belongs now.
    fn list_of(&self, deadline_us: u64) -> usize {
        if deadline_us <= self.now_us {
            return LATE;
        }
        let (tick, present) = (deadline_us.div_ceil(TICK_US), self.tick());
        if tick == present {
            return (deadline_us - (present - 1) * TICK_US) as usize;
        }
        let level = (tick ^ present).ilog2() / 6;
        let digit = tick >> (level * 6) & 63;
        (FINE + level as usize) * 64 + digit as usize
    }

    /// The first tick of a list that has an entry: the present tick's digits above its level, its own, and zeros.
    fn first_tick(&self, list: usize) -> u64 {
        let (level, digit) = (list / 64 - FINE, list % 64);
        let shift = level * 6;
        (self.tick() >> shift & !63 | digit as u64) << shift
    }

    /// When a list that has an entry must be fired or spread; for that of what is late the present tick's begin is past, too.
    fn begin_us(&self, list: usize) -> u64 {
        if list < FINE * 64 { (self.tick() - 1) * TICK_US + list as u64 } else { (self.first_tick(list) - 1) * TICK_US }
    }

    /// The first list that has an entry.
    fn nearest(&self) -> Option<usize> {
        if self.words == 0 {
            return None;
        }
        let word = self.words.trailing_zeros() as usize;
        Some(word * 64 + self.bits[word].trailing_zeros() as usize)
    }

    fn append(&mut self, slot: u32, list: usize) {
        let Ends { first, last } = self.lists[list];
        let entry = &mut self.entries[slot as usize];
        (entry.prev, entry.next, entry.list) = (last, NONE, list as u16);
        if last == NONE {
            self.lists[list] = Ends { first: slot, last: slot };
            self.bits[list / 64] |= 1 << (list % 64);
            self.words |= 1 << (list / 64);
        } else {
            self.entries[last as usize].next = slot;
            self.lists[list] = Ends { first, last: slot };
        }
    }

    fn unlink(&mut self, slot: u32) {
        let Entry { prev, next, list, .. } = self.entries[slot as usize];
        let list = usize::from(list);
        if prev == NONE && next == NONE {
            self.detach(list);
            return;
        }
        match prev {
            NONE => self.lists[list].first = next,
            _ => self.entries[prev as usize].next = next,
        }
        match next {
            NONE => self.lists[list].last = prev,
            _ => self.entries[next as usize].prev = prev,
        }
    }

    /// Empties a list, except that its entries still know each other. Says which is the first.
    fn detach(&mut self, list: usize) -> u32 {
        let word = list / 64;
        self.bits[word] &= !(1 << (list % 64));
        if self.bits[word] == 0 {
            self.words &= !(1 << word);
        }
        std::mem::replace(&mut self.lists[list], EMPTY).first
    }

    /// The slot of an entry that waits.
    fn find(&self, key: Key) -> Option<u32> {
        let slot = (key.0 & ((1 << SLOT_BITS) - 1)) as u32;
        let entry = self.entries.get(slot as usize)?;
        (u64::from(entry.generation) == key.0 >> SLOT_BITS && entry.list != NOWHERE).then_some(slot)
    }

    fn rent(&mut self) -> u32 {
        let slot = self.free;
        if slot != NONE {
            self.free = self.entries[slot as usize].next;
            return slot;
        }
        let slot = self.entries.len() as u32;
        assert!(slot < 1 << SLOT_BITS, "all {slot} slots of the wheel are taken, {} by entries", self.len);
        let blank = Entry { deadline_us: 0, what: None, prev: NONE, next: NONE, generation: 1, list: NOWHERE };
        self.entries.push(blank);
        slot
    }

    /// Ends a tenancy; a slot whose generations are used up retires. The entry is in no list any more.
    fn vacate(&mut self, slot: u32) -> Option<(u64, T)> {
        let entry = &mut self.entries[slot as usize];
        entry.list = NOWHERE;
        if entry.generation < GENERATION_MAX {
            entry.generation += 1;
            entry.next = self.free;
            self.free = slot;
        }
        self.len -= 1;
        entry.what.take().map(|what| (entry.deadline_us, what))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_whose_generations_are_used_up_retires() {
        let mut wheel = Wheel::new(0);
        let first = wheel.insert(1, 'a');
        wheel.remove(first);
        wheel.entries[0].generation = GENERATION_MAX;
        let last = wheel.insert(2, 'b');
        assert_eq!(last.bits(), ((1 << 53) - 1) & !((1 << SLOT_BITS) - 1), "53 bits suffice");
        assert_eq!(wheel.remove(last), Some((2, 'b')));
        let other = wheel.insert(3, 'c');
        assert_eq!((wheel.made(), wheel.get(last), wheel.get(other)), (2, None, Some((3, &'c'))));
    }
}
