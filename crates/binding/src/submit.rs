//! Submissions: what JavaScript asks of its scheduler outside a turn. The operation and its arguments lie in the page from
//! word ARGUMENTS on, the answer comes back there: word 0 of it is the status, 0 or a failure's number. Bytes come from the
//! scratch buffer, or as typed arrays when they are too large for it. Mirror: `js/native/layout.ts`.

use rumpus_runtime::layout::ARGUMENTS;
use rumpus_runtime::process::state::Overflow;
use rumpus_runtime::sched::wheel::Key;
use rumpus_runtime::scheduler::{Cancelled, When};
use rumpus_runtime::stores::{Heir, Unmade};
use rumpus_runtime::{
    Anchored, Birth, Born, Envelope, Passage, Pid, Priority, Reason, ReasonKind, Scheduler, SpawnError, Where,
};
use rumpus_sync::Page;

use crate::error::Failure;

/// Operations, the first word of a submission.
pub(crate) const SEND: i32 = 1;
pub(crate) const SEND_SLOT: i32 = 2;
pub(crate) const SPAWN: i32 = 3;
pub(crate) const SPAWN_HERE: i32 = 4;
pub(crate) const FINISH: i32 = 5;
pub(crate) const LINK: i32 = 6;
pub(crate) const UNLINK: i32 = 7;
pub(crate) const MONITOR: i32 = 8;
pub(crate) const DEMONITOR: i32 = 9;
pub(crate) const EXIT: i32 = 10;
pub(crate) const TRAP_EXITS: i32 = 11;
pub(crate) const IS_ALIVE: i32 = 12;
pub(crate) const LOADED: i32 = 13;
pub(crate) const OVERFLOW: i32 = 14;
pub(crate) const COLLECT: i32 = 15;
pub(crate) const RENT: i32 = 16;
pub(crate) const GIVE_BACK: i32 = 17;
pub(crate) const WAIT: i32 = 18;
pub(crate) const STOP_WAITING: i32 = 19;
pub(crate) const SEND_AFTER: i32 = 20;
pub(crate) const SEND_SLOT_AFTER: i32 = 21;
pub(crate) const CANCEL_TIMER: i32 = 22;
pub(crate) const EXITING: i32 = 23;
pub(crate) const OFFER: i32 = 24;
pub(crate) const OFFER_SLOT: i32 = 25;
pub(crate) const WANT: i32 = 26;
pub(crate) const GIVE_BACK_PLACE: i32 = 27;
pub(crate) const GIVE_PLACES: i32 = 28;
pub(crate) const REFILL: i32 = 29;
pub(crate) const NOTE: i32 = 30;
pub(crate) const REFILL_TIMERS: i32 = 31;
pub(crate) const ANCHOR: i32 = 32;
pub(crate) const SEND_TRANSFER: i32 = 33;
pub(crate) const GIVE_STORE: i32 = 34;

/// Words of a spawn, behind those of other submissions: what of the process's birth is given.
pub(crate) const BIRTH: usize = 9;
pub(crate) const BIRTH_PARENT: usize = 10;
pub(crate) const BIRTH_RENTED: usize = 12;
/// Bits of the word BIRTH: the parent is linked, hears of the end, a slot was rented; then the priority.
pub(crate) const BIRTH_LINKED: i32 = 1;
pub(crate) const BIRTH_WATCHED: i32 = 2;
pub(crate) const BIRTH_IS_RENTED: i32 = 4;
pub(crate) const BIRTH_HIGH: i32 = 8;
pub(crate) const BIRTH_LOW: i32 = 16;
/// Two bits: what becomes of what has no place. The capacity is in a word of its own.
pub(crate) const BIRTH_OVERFLOW_SHIFT: i32 = 5;
pub(crate) const BIRTH_CAPACITY: usize = 14;
/// It serves its whole scheduler.
pub(crate) const BIRTH_SERVES: i32 = 1 << 7;
/// Who serves this scheduler hears of the end, whoever the parent is.
pub(crate) const BIRTH_HEARD: i32 = 1 << 8;

/// Of a message for later: the timer that was named for it, or 0.
pub(crate) const NAMED: usize = 9;

/// Bits of the terms of a message with cargo.
pub(crate) const PASSAGE_OFFER: i32 = 1;
pub(crate) const PASSAGE_GRANTED: i32 = 2;
pub(crate) const PASSAGE_BY_REFERENCE: i32 = 4;

/// Why a store was not given.
pub(crate) const GIVE_NO_STORE: i32 = 1;
pub(crate) const GIVE_NOT_OWNER: i32 = 2;
pub(crate) const GIVE_NOPROC: i32 = 3;

/// A spawn may run anywhere.
pub(crate) const AT_ANY: i32 = -1;
/// A spawn must run at its spawner's.
pub(crate) const AT_HERE: i32 = -2;
/// A spawn must run on a thread of its own.
pub(crate) const AT_DEDICATED: i32 = -3;

/// The words of an answer that say at which seat, and for which of its tenancies.
pub(crate) const ANSWERED_SEAT: usize = 5;
pub(crate) const ANSWERED_TENANCY: usize = 6;

/// The operations by name, for the drift test of the mirror.
pub(crate) const OPERATIONS: [(&str, i32); 34] = [
    ("SEND", SEND),
    ("SEND_SLOT", SEND_SLOT),
    ("SPAWN", SPAWN),
    ("SPAWN_HERE", SPAWN_HERE),
    ("FINISH", FINISH),
    ("LINK", LINK),
    ("UNLINK", UNLINK),
    ("MONITOR", MONITOR),
    ("DEMONITOR", DEMONITOR),
    ("EXIT", EXIT),
    ("TRAP_EXITS", TRAP_EXITS),
    ("IS_ALIVE", IS_ALIVE),
    ("LOADED", LOADED),
    ("OVERFLOW", OVERFLOW),
    ("COLLECT", COLLECT),
    ("RENT", RENT),
    ("GIVE_BACK", GIVE_BACK),
    ("WAIT", WAIT),
    ("STOP_WAITING", STOP_WAITING),
    ("SEND_AFTER", SEND_AFTER),
    ("SEND_SLOT_AFTER", SEND_SLOT_AFTER),
    ("CANCEL_TIMER", CANCEL_TIMER),
    ("EXITING", EXITING),
    ("OFFER", OFFER),
    ("OFFER_SLOT", OFFER_SLOT),
    ("WANT", WANT),
    ("GIVE_BACK_PLACE", GIVE_BACK_PLACE),
    ("GIVE_PLACES", GIVE_PLACES),
    ("REFILL", REFILL),
    ("NOTE", NOTE),
    ("REFILL_TIMERS", REFILL_TIMERS),
    ("ANCHOR", ANCHOR),
    ("SEND_TRANSFER", SEND_TRANSFER),
    ("GIVE_STORE", GIVE_STORE),
];

/// The words of a submission.
struct Words<'a>(&'a Page);

impl Words<'_> {
    fn get(&self, word: usize) -> i32 {
        self.0.get(ARGUMENTS + word)
    }

    fn bits(&self, word: usize) -> u64 {
        u64::from(self.get(word) as u32) | u64::from(self.get(word + 1) as u32) << 32
    }

    fn pid(&self, word: usize) -> Pid {
        Pid::from_bits(self.bits(word))
    }

    fn answer(&self, bits: u64) {
        self.0.set(ARGUMENTS + 1, bits as u32 as i32);
        self.0.set(ARGUMENTS + 2, (bits >> 32) as u32 as i32);
    }

    fn answer_seat(&self, seat: usize) {
        self.0.set(ARGUMENTS + ANSWERED_SEAT, seat as i32);
    }

    fn when(&self, now_us: u64) -> When {
        When { deadline_us: now_us + self.bits(4), period_us: self.bits(6) }
    }

    /// Microseconds left, then whether there were any and the slot that is free plus one, or 0.
    fn answer_cancelled(&self, cancelled: Option<Cancelled>) {
        self.answer(cancelled.map_or(0, |cancelled| cancelled.left_us));
        self.0.set(ARGUMENTS + 3, i32::from(cancelled.is_some()));
        let slot = cancelled.and_then(|cancelled| cancelled.slot);
        self.0.set(ARGUMENTS + 4, slot.map_or(0, |slot| slot as i32 + 1));
    }

    /// Whether it can go, then to which seat, who sits there, and whether it has a place that may have to be given back.
    fn answer_anchored(&self, anchored: Anchored) {
        let Anchored { offered, anchor, has_place } = anchored;
        let words = [offered as i32, anchor.seat as i32, anchor.sitter as i32, i32::from(has_place)];
        words.into_iter().enumerate().for_each(|(at, word)| self.0.set(ARGUMENTS + 1 + at, word));
    }

    fn answer_born(&self, born: Born) {
        self.answer(born.pid.bits());
        self.0.set(ARGUMENTS + 3, born.reference as u32 as i32);
        self.0.set(ARGUMENTS + 4, (born.reference >> 32) as u32 as i32);
        self.answer_seat(born.seat);
        self.0.set(ARGUMENTS + ANSWERED_TENANCY, born.tenancy as i32);
    }
}

fn birth(words: &Words<'_>) -> Birth {
    let given = words.get(BIRTH);
    if given == 0 {
        return Birth::default();
    }
    let overflow = match given >> BIRTH_OVERFLOW_SHIFT & 0b11 {
        1 => Overflow::DropNewest,
        2 => Overflow::DropOldest,
        3 => Overflow::Offer,
        _ => Overflow::Unbounded,
    };
    let when = |bit: i32, word: usize| (given & bit != 0).then(|| words.pid(word));
    Birth {
        rented: when(BIRTH_IS_RENTED, BIRTH_RENTED),
        linked: when(BIRTH_LINKED, BIRTH_PARENT),
        watcher: when(BIRTH_WATCHED, BIRTH_PARENT),
        priority: match given & (BIRTH_HIGH | BIRTH_LOW) {
            BIRTH_HIGH => Priority::High,
            BIRTH_LOW => Priority::Low,
            _ => Priority::Normal,
        },
        serves: given & BIRTH_SERVES != 0,
        heard: given & BIRTH_HEARD != 0,
        overflow,
        capacity: if overflow == Overflow::Unbounded { 0 } else { words.get(BIRTH_CAPACITY) as u32 },
    }
}

/// Does what the page asks; the status. `pieces` are the bytes that belong to it. Few ask for the time.
pub(crate) fn submit(scheduler: &mut Scheduler, pieces: &[&[u8]], now_us: impl FnOnce() -> u64) -> Result<(), Failure> {
    let runtime = scheduler.shared();
    let words = Words(&runtime.seats[scheduler.seat_number()].page);
    scheduler.before_submission();
    match words.get(0) {
        SEND => {
            let delivered = scheduler.send(words.pid(1), words.get(3) as u32, pieces);
            words.answer(u64::from(delivered));
        }
        SEND_SLOT => {
            let free = scheduler.send_slot(words.pid(1), words.get(3) as u32);
            words.answer(free.map_or(0, |slot| u64::from(slot) + 1));
        }
        SPAWN => {
            let at = match words.get(2) {
                AT_ANY => Where::Any,
                AT_HERE => Where::Here,
                AT_DEDICATED => Where::Dedicated,
                seat => Where::On(usize::try_from(seat).map_err(|_| Failure::NoScheduler)?),
            };
            let (definition, skeleton) = (words.get(1) as u32, words.get(3) as u32);
            let born = scheduler.spawn(definition, skeleton, pieces, at, birth(&words)).map_err(refused)?;
            words.answer_born(born);
        }
        SPAWN_HERE => words.answer_born(scheduler.spawn_here(birth(&words)).map_err(refused)?),
        RENT => words.answer(scheduler.rent().map_err(refused)?.bits()),
        GIVE_BACK => scheduler.give_back(words.pid(1)),
        FINISH => scheduler.finish(words.pid(1), &reason(&words, 3, pieces)),
        LINK => scheduler.link(words.pid(1), words.pid(3)),
        UNLINK => scheduler.unlink(words.pid(1), words.pid(3)),
        MONITOR => {
            let reference = scheduler.monitor(words.pid(1), words.pid(3));
            words.answer(reference);
        }
        DEMONITOR => scheduler.demonitor(words.pid(1), words.bits(3), words.get(5) != 0),
        EXIT => {
            let dedicated = scheduler.exit(words.pid(1), words.pid(3), reason(&words, 5, pieces));
            words.answer_seat(dedicated.unwrap_or_default());
        }
        TRAP_EXITS => scheduler.trap_exits(words.pid(1), words.get(3) != 0),
        IS_ALIVE => words.answer(u64::from(scheduler.runtime().is_alive(words.pid(1)))),
        EXITING => scheduler.note_exiting(words.pid(1)),
        REFILL => scheduler.refill().map_err(refused)?,
        // What was noted before is all.
        NOTE => {}
        LOADED => scheduler.definition_loaded(words.get(1) as u32),
        OVERFLOW => scheduler.overflow(words.get(1) as u32),
        operation => submit_timed(scheduler, &words, operation, pieces, now_us)?,
    }
    scheduler.after_submission();
    Ok(())
}

/// Those that have to do with the wheel, with places in mailboxes, or with cargo.
fn submit_timed(
    scheduler: &mut Scheduler,
    words: &Words<'_>,
    operation: i32,
    pieces: &[&[u8]],
    now_us: impl FnOnce() -> u64,
) -> Result<(), Failure> {
    match operation {
        WAIT => words.answer(scheduler.wait_until(words.pid(1), now_us() + words.bits(3)).bits()),
        STOP_WAITING => scheduler.stop_waiting(Key::from_bits(words.bits(1))),
        SEND_AFTER => {
            let (to, when) = (words.pid(1), words.when(now_us()));
            let timer = scheduler.send_after(to, when, words.get(3) as u32, pieces);
            words.answer(timer.ok_or(Failure::TooManyTimers)?);
        }
        SEND_SLOT_AFTER => {
            let (to, when) = (words.pid(1), words.when(now_us()));
            let named = Some(words.bits(NAMED)).filter(|&bits| bits != 0);
            let timer = scheduler.send_slot_after(to, when, words.get(3) as u32, named);
            words.answer(timer.ok_or(Failure::TooManyTimers)?);
        }
        CANCEL_TIMER => words.answer_cancelled(scheduler.cancel_timer(words.bits(1), now_us())),
        REFILL_TIMERS => {
            if !scheduler.refill_timers() {
                return Err(Failure::TooManyTimers);
            }
        }
        OFFER => {
            let envelope = Envelope::Message { skeleton: words.get(3) as u32 };
            words.answer(scheduler.offer(words.pid(1), envelope, pieces, words.get(4) != 0) as u64);
        }
        OFFER_SLOT => {
            let envelope = Envelope::Slot { slot: words.get(3) as u32 };
            words.answer(scheduler.offer(words.pid(1), envelope, &[], words.get(4) != 0) as u64);
        }
        WANT => {
            let waits = scheduler.want(words.pid(1), words.pid(3), words.get(5) as u32);
            words.answer(u64::from(waits));
        }
        ANCHOR => {
            words.answer_anchored(scheduler.anchor(words.pid(1), passage(words.get(3))));
        }
        SEND_TRANSFER => {
            let (to, skeleton, cargo) = (words.pid(1), words.get(3) as u32, (words.get(4) as usize, words.bits(5)));
            let delivered = scheduler.send_transfer(to, cargo, skeleton, pieces, passage(words.get(7)));
            words.answer(u64::from(delivered));
        }
        GIVE_STORE => give_store(scheduler, words, pieces),
        GIVE_BACK_PLACE => scheduler.give_back_place(words.pid(1)),
        GIVE_PLACES => scheduler.give_places(words.pid(1), words.get(3)),
        _ => return Err(Failure::BadSubmission),
    }
    Ok(())
}

/// Words of the answer: why not, or 0, and whose it is.
fn give_store(scheduler: &mut Scheduler, words: &Words<'_>, pieces: &[&[u8]]) {
    let by = Some(words.pid(3)).filter(|pid| pid.bits() != 0);
    let to = Heir { pid: words.pid(5), skeleton: words.get(7) as u32, message: pieces.concat().into() };
    let (why, owner) = match scheduler.give_store(words.bits(1), by, to) {
        Ok(()) => (0, None),
        Err(Unmade::NotOwner(owner)) => (GIVE_NOT_OWNER, owner),
        Err(Unmade::NoProc) => (GIVE_NOPROC, None),
        Err(Unmade::NoStore | Unmade::Taken(_)) => (GIVE_NO_STORE, None),
    };
    words.answer(owner.map_or(0, Pid::bits));
    words.0.set(ARGUMENTS + 3, why);
}

fn passage(terms: i32) -> Passage {
    let has = |bit: i32| terms & bit != 0;
    Passage { is_offer: has(PASSAGE_OFFER), is_granted: has(PASSAGE_GRANTED), by_reference: has(PASSAGE_BY_REFERENCE) }
}

fn reason(words: &Words<'_>, word: usize, pieces: &[&[u8]]) -> Reason {
    let told = words.get(word);
    Reason::told(ReasonKind::from_code(told & 0xff), told as u32 >> 8, &pieces.concat())
}

fn refused(error: SpawnError) -> Failure {
    match error {
        SpawnError::TooMany => Failure::TooManyProcesses,
        SpawnError::NoScheduler => Failure::NoScheduler,
        SpawnError::NoThread => Failure::NoThread,
    }
}
