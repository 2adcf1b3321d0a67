//! Models of `bell.rs`: work published before `ring` is seen by the sleeper's second look, or its ringer is told to wake;
//! and of the ringers of one sleep at most one is told so.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::outcomes;
use rumpus_sync::Bell;
use rumpus_sync::shim::{Arc, AtomicU32, Ordering};

/// A bell with the sources its owner looks at, one for each ringer.
#[derive(Default)]
struct Door {
    bell: Bell,
    work: [AtomicU32; 2],
}

impl Door {
    fn publish_and_ring(&self, source: usize) -> bool {
        // Release, as all doors of a seat publish. Pairs with nothing in here: the bell alone must do.
        self.work[source].store(1, Ordering::Release);
        self.bell.ring()
    }

    /// Whether there is work that was not there at the last look.
    fn look(&self, seen: &mut [bool; 2]) -> bool {
        // Relaxed: the bell must order it.
        let now = [0, 1].map(|source| self.work[source].load(Ordering::Relaxed) == 1);
        let news = now != *seen;
        *seen = now;
        news
    }
}

#[test]
fn a_sleeper_sees_the_work_or_exactly_one_ringer_wakes_it() {
    let ends = outcomes(|| {
        let door = Arc::new(Door::default());
        let sleeper = {
            let door = Arc::clone(&door);
            thread::spawn(move || {
                door.bell.lie_down();
                let sleeps = !door.look(&mut [false; 2]);
                if !sleeps {
                    door.bell.get_up();
                }
                sleeps
            })
        };
        let other = {
            let door = Arc::clone(&door);
            thread::spawn(move || door.publish_and_ring(1))
        };
        let told = [door.publish_and_ring(0), other.join().unwrap()];
        (sleeper.join().unwrap(), told.iter().filter(|&&told| told).count())
    });
    // Never two ringers for one sleep, never a sleep that nobody ends; a ringer may come while the sleeper gets up itself.
    assert_eq!(ends, [(false, 0), (false, 1), (true, 1)].into());
}

#[test]
fn nobody_sleeps_for_ever() {
    let parks = outcomes(|| {
        let door = Arc::new(Door::default());
        let sleeper = thread::current();
        let ringers = [0, 1].map(|source| {
            let (door, sleeper) = (Arc::clone(&door), sleeper.clone());
            thread::spawn(move || {
                if door.publish_and_ring(source) {
                    sleeper.unpark();
                }
            })
        });
        let (mut seen, mut parks) = ([false; 2], 0);
        while seen != [true; 2] {
            door.bell.lie_down();
            if !door.look(&mut seen) {
                // A wake that is lost leaves everybody blocked, which loom reports as a deadlock.
                thread::park();
                parks += 1;
            }
            door.bell.get_up();
        }
        ringers.into_iter().for_each(|ringer| ringer.join().unwrap());
        parks
    });
    assert!(parks.is_superset(&[0, 1, 2].into()), "{parks:?}");
}
