//! A mailbox: many threads push parcels, one takes them all. Owns the word that says whether its process is idle,
//! scheduled, or closed, so "must I schedule the receiver?" costs nothing beside the push itself. Never blocks, never
//! shows a half-written parcel, never loses one that was accepted.
//!
//! The word is one of
//! - `IDLE`: no mail, nobody has scheduled the owner; the pusher who replaces it must do so;
//! - `SCHEDULED`: no mail, the owner will look by itself;
//! - an address: the newest parcel, linked to older ones; the owner is scheduled;
//! - `CLOSED`: pushes are refused and handed back.
//!
//! Arrows: anyone `IDLE|SCHEDULED|address → address` ([`Mailbox::push`]); the owner alone `address → SCHEDULED`
//! ([`Mailbox::take`]), `SCHEDULED → IDLE` ([`Mailbox::park`]), `any → CLOSED` ([`Mailbox::close`]) and, before anybody
//! else can know the process, `CLOSED → SCHEDULED` ([`Mailbox::open`]) or `CLOSED → IDLE` ([`Mailbox::open_idle`]). The list is Treiber's stack (1986), taken whole
//! and turned round: with a consumer that only ever takes everything there is no ABA and no reclamation problem. That a
//! mark in the word itself says "empty and unscheduled" is Pony's idea.

use crate::parcel::{Chain, Parcel};
use crate::shim::{AtomicUsize, Ordering, fence};

const SCHEDULED: usize = 0;
const IDLE: usize = 1;
const CLOSED: usize = 2;

/// What a push asks of the pusher.
#[derive(Debug)]
#[must_use = "a Notify that is ignored is a lost wake-up"]
pub enum Push<H> {
    /// The owner was idle: the caller, and nobody else, must schedule it.
    Notify,
    /// The owner is scheduled already.
    Queued,
    /// The mailbox is closed: the parcel comes back.
    Closed(Parcel<H>),
}

/// See the module text.
#[derive(Debug)]
pub struct Mailbox<H> {
    word: AtomicUsize,
    of: std::marker::PhantomData<fn(H) -> H>,
}

impl<H> Default for Mailbox<H> {
    /// A closed mailbox; [`Mailbox::open`] starts its life.
    fn default() -> Self {
        Self { word: AtomicUsize::new(CLOSED), of: std::marker::PhantomData }
    }
}

impl<H> Mailbox<H> {
    /// Opens a closed mailbox as scheduled. Only for the thread that alone knows the process.
    pub fn open(&self) {
        // Relaxed: whoever tells the pid to others orders this before; a sender with an older pid of this slot is refused or
        // queued, neither of which lets it touch the process, and the pid in its parcel tells it apart.
        self.word.store(SCHEDULED, Ordering::Relaxed);
    }

    /// Opens a closed mailbox as idle. Only for the thread that alone knows the process, once it has said who owns it.
    pub fn open_idle(&self) {
        // Release, pairs with the Acquire half of the `push` that finds IDLE: a sender with an older pid of this slot may be
        // the first, and must know whom to notify. One that comes before finds CLOSED, which no push replaces, and is refused.
        self.word.store(IDLE, Ordering::Release);
    }

    /// Appends a parcel. Any thread.
    pub fn push(&self, parcel: Parcel<H>) -> Push<H> {
        // Relaxed: only a first guess, the exchange below decides.
        let mut seen = self.word.load(Ordering::Relaxed);
        let node = parcel.into_raw();
        loop {
            if seen == CLOSED {
                // Acquire, pairs with the Release half of `close`, which a relaxed look has just read: who is refused sees
                // a dead process.
                fence(Ordering::Acquire);
                // SAFETY: `node` is ours again, for no exchange succeeded.
                return Push::Closed(unsafe { Parcel::from_raw(node) });
            }
            let older = if seen == IDLE { SCHEDULED } else { seen };
            // SAFETY: `node` is not published yet, so we alone touch its inside.
            unsafe { (*node).inside.with_mut(|inside| (*inside).next = older as *mut _) };
            // AcqRel. Release pairs with the Acquire of `take` and `close`: whoever takes the list sees this parcel whole.
            // Acquire pairs with the Release of `park`: if we found IDLE, the owner's last look is behind us and scheduling
            // it is up to us; if the owner's exchange comes after ours, `park` fails and it looks again.
            // On failure Relaxed is enough: the loop only compares the word.
            match self.word.compare_exchange_weak(seen, node as usize, Ordering::AcqRel, Ordering::Relaxed) {
                Ok(IDLE) => return Push::Notify,
                Ok(_) => return Push::Queued,
                Err(now) => seen = now,
            }
        }
    }

    /// Takes everything that waits; the mailbox stays scheduled. Owner only.
    pub fn take(&self) -> Chain<H> {
        // Relaxed: CLOSED and IDLE are only ever written by the owner, which is us; for the rest the swap decides.
        let seen = self.word.load(Ordering::Relaxed);
        if seen <= CLOSED {
            return Self::chain(SCHEDULED);
        }
        // Acquire, pairs with the Release half of every `push` on the list, so the parcels are whole. A `push` that finds
        // SCHEDULED touches nothing of ours, so there is nothing to release.
        Self::chain(self.word.swap(SCHEDULED, Ordering::Acquire))
    }

    /// Declares the owner idle; false if mail came meanwhile, then the owner stays scheduled and must look again. Owner only.
    #[must_use = "false means that there is mail, and nobody else will come for it"]
    pub fn park(&self) -> bool {
        // Release, pairs with the Acquire half of the `push` that finds IDLE: it schedules us after our last look. If the
        // push comes first, this exchange fails and we look. Relaxed on failure: `take` follows and acquires.
        self.word.compare_exchange(SCHEDULED, IDLE, Ordering::Release, Ordering::Relaxed).is_ok()
    }

    /// Refuses everything from now on and hands out what waits, with whether the owner was idle (in no queue). Owner only.
    pub fn close(&self) -> (Chain<H>, bool) {
        // AcqRel: Acquire as in `take`; Release, pairs with the Acquire fence in `push`: who is refused sees a dead process.
        let seen = self.word.swap(CLOSED, Ordering::AcqRel);
        (Self::chain(if seen <= CLOSED { SCHEDULED } else { seen }), seen == IDLE)
    }

    /// Whether there is something to take. A glance, true only for the moment; exact for the owner when it says so.
    pub fn has_mail(&self) -> bool {
        // Relaxed: an answer for statistics and tests; nothing is read through it.
        self.word.load(Ordering::Relaxed) > CLOSED
    }

    fn chain(word: usize) -> Chain<H> {
        // SAFETY: an address in the word is a list that only its taker holds once the swap has taken it out.
        unsafe { Chain::from_newest(word as *mut _) }
    }
}

impl<H> Drop for Mailbox<H> {
    fn drop(&mut self) {
        drop(self.close());
    }
}
