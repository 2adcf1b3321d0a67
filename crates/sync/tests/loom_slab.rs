//! Models of `slab.rs`: a ticket finds its own tenant's slot made and cleared, or nothing; never a later tenant, never a
//! chunk half made. Tickets are shared by guess here, so nothing but the slab's own words orders the threads.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::Probe;
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

fn slab() -> Arc<Slab<Place>> {
    Arc::new(Slab::new(GENERATION_MAX))
}

fn ticket(index: u32, generation: u32) -> Ticket {
    Ticket { index, generation }
}

#[test]
fn a_guess_finds_a_slot_whole_or_nothing() {
    loom::model(|| {
        let slab = slab();
        let guesser = {
            let slab = Arc::clone(&slab);
            thread::spawn(move || {
                if let Some(place) = slab.get(ticket(0, 0)) {
                    // Relaxed: that the word is there at all is what the slab promises.
                    assert_eq!(place.shared.load(Ordering::Relaxed), 0);
                }
                slab.value(1).is_some()
            })
        };
        assert_eq!(slab.acquire(), Some(ticket(0, 0)));
        guesser.join().unwrap();
        assert!(slab.value(1).is_some() && slab.value(2).is_none());
    });
}

#[test]
fn who_misses_a_tenant_sees_what_it_did() {
    loom::model(|| {
        let slab = slab();
        let first = slab.acquire().unwrap();
        let looker = {
            let slab = Arc::clone(&slab);
            thread::spawn(move || {
                if slab.get(first).is_none() {
                    slab.value(first.index).unwrap().own.touch(|own| assert_eq!(*own, 7));
                }
            })
        };
        slab.get(first).unwrap().own.touch(|own| *own = 7);
        slab.release(first);
        looker.join().unwrap();
    });
}

#[test]
fn a_new_tenant_is_found_after_the_old_one_has_left() {
    loom::model(|| {
        let slab = slab();
        let first = slab.acquire().unwrap();
        let leaver = {
            let slab = Arc::clone(&slab);
            thread::spawn(move || {
                slab.get(first).unwrap().own.touch(|own| *own += 1);
                slab.release(first);
            })
        };
        let finder = {
            let slab = Arc::clone(&slab);
            thread::spawn(move || match slab.at(first.index) {
                Some((found, place)) if found != first => {
                    assert_eq!(found.generation, 1);
                    place.own.touch(|own| assert_eq!(*own, 1));
                }
                _ => assert!(slab.get(ticket(first.index, 2)).is_none()),
            })
        };
        let second = slab.acquire().unwrap();
        assert_ne!(second, first, "two tenants with one ticket");
        if second.index == first.index {
            assert!(slab.get(first).is_none(), "a former ticket finds the present tenant");
        }
        leaver.join().unwrap();
        finder.join().unwrap();
    });
}

#[test]
fn no_two_threads_rent_one_slot() {
    loom::model(|| {
        let slab = slab();
        let other = {
            let slab = Arc::clone(&slab);
            thread::spawn(move || {
                let ticket = slab.acquire().unwrap();
                slab.get(ticket).unwrap().own.touch(|own| *own += 1);
                slab.release(ticket);
                ticket
            })
        };
        let [one, two] = [slab.acquire().unwrap(), slab.acquire().unwrap()];
        slab.get(one).unwrap().own.touch(|own| *own += 1);
        slab.get(two).unwrap().own.touch(|own| *own += 1);
        let other = other.join().unwrap();
        assert!(one != two && one != other && two != other, "{one:?} {two:?} {other:?}");
        assert!(slab.get(other).is_none() && slab.get(one).is_some() && slab.get(two).is_some());
    });
}
