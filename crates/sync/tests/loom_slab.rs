//! Models of `slab.rs`: a ticket finds its own tenant's slot made and cleared, or nothing; never a later tenant, never a
//! chunk half made. Tickets are guessed here, so nothing but the slab's own words orders the threads.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::{Probe, Step, outcomes};
use rumpus_sync::shim::{Arc, AtomicU32, Ordering};
use rumpus_sync::{Slab, Ticket};

const GENERATION_MAX: u32 = 7;

/// What lies in a slot: something that a tenant uses as its own, and something that any thread may read.
struct Place {
    own: Probe<u32>,
    shared: AtomicU32,
}

impl Default for Place {
    fn default() -> Self {
        Self { own: Probe::new(0), shared: AtomicU32::new(0) }
    }
}

struct House {
    slab: Slab<Place>,
    step: Step,
}

impl House {
    fn new() -> Arc<Self> {
        Arc::new(Self { slab: Slab::new(GENERATION_MAX), step: Step::default() })
    }

    fn acquire(&self) -> Ticket {
        self.step.take();
        self.slab.acquire().unwrap()
    }

    /// Lives in a slot, as its only user.
    fn live(&self, ticket: Ticket) -> u32 {
        self.slab.get(ticket).unwrap().own.touch(|own| {
            *own += 1;
            *own
        })
    }

    fn release(&self, ticket: Ticket) {
        self.step.take();
        self.slab.release(ticket);
    }
}

fn ticket(index: u32, generation: u32) -> Ticket {
    Ticket { index, generation }
}

#[test]
fn a_guess_finds_a_slot_whole_or_nothing() {
    let found = outcomes(|| {
        let house = House::new();
        let guesser = {
            let house = Arc::clone(&house);
            thread::spawn(move || {
                house.step.take();
                // Relaxed: that the word is there at all is what the slab promises.
                let shared = house.slab.get(ticket(0, 0)).map(|place| place.shared.load(Ordering::Relaxed));
                (shared, house.slab.value(1).is_some())
            })
        };
        assert_eq!(house.acquire(), ticket(0, 0));
        let found = guesser.join().unwrap();
        assert!(house.slab.value(1).is_some() && house.slab.value(2).is_none(), "a chunk is two slots");
        found
    });
    assert_eq!(found, [(None, false), (None, true), (Some(0), true)].into());
}

#[test]
fn who_misses_a_tenant_sees_what_it_did() {
    let missed = outcomes(|| {
        let house = House::new();
        let first = house.acquire();
        let looker = {
            let house = Arc::clone(&house);
            thread::spawn(move || {
                house.step.take();
                let missed = house.slab.get(first).is_none();
                if missed {
                    house.slab.value(first.index).unwrap().own.touch(|own| assert_eq!(*own, 1));
                }
                missed
            })
        };
        house.live(first);
        house.release(first);
        looker.join().unwrap()
    });
    assert_eq!(missed.len(), 2);
}

#[test]
fn a_new_tenant_is_found_after_the_old_one_has_left() {
    let found = outcomes(|| {
        let house = House::new();
        let first = house.acquire();
        let finder = {
            let house = Arc::clone(&house);
            thread::spawn(move || {
                house.step.take();
                assert!(house.slab.get(ticket(first.index, 2)).is_none(), "nobody lives there yet");
                let (found, place) = house.slab.at(first.index)?;
                (found != first).then(|| (found.generation, place.own.touch(|own| *own)))
            })
        };
        let heir = {
            let house = Arc::clone(&house);
            thread::spawn(move || {
                let second = house.acquire();
                assert_ne!(second, first, "two tenants with one ticket");
                if second.index == first.index {
                    assert!(house.slab.get(first).is_none(), "a former ticket finds the present tenant");
                }
            })
        };
        house.live(first);
        house.release(first);
        heir.join().unwrap();
        finder.join().unwrap()
    });
    assert_eq!(found, [None, Some((1, 1))].into());
}

#[test]
fn no_two_threads_rent_one_slot() {
    let shared = outcomes(|| {
        let house = House::new();
        let other = {
            let house = Arc::clone(&house);
            thread::spawn(move || {
                let ticket = house.acquire();
                house.live(ticket);
                house.release(ticket);
                ticket
            })
        };
        let mine = [house.acquire(), house.acquire()];
        let lives = mine.map(|ticket| house.live(ticket));
        let other = other.join().unwrap();
        assert!(mine[0] != mine[1] && !mine.contains(&other), "{mine:?} {other:?}");
        assert!(house.slab.get(other).is_none() && mine.iter().all(|&ticket| house.slab.get(ticket).is_some()));
        lives
    });
    assert_eq!(shared, [[1, 1], [1, 2], [2, 1]].into(), "both fresh, or one of them lived in before");
}
