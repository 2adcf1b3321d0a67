//! Models of `mailbox.rs`: nothing accepted is lost or shown half-written, senders keep their order, exactly one pusher is
//! told to schedule an idle owner, and who is refused sees what the owner did before it closed.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::Probe;
use rumpus_sync::shim::Arc;
use rumpus_sync::{Arena, Mailbox, Parcel, Push};

/// A mailbox and what only its scheduled owner may touch.
struct Process {
    mailbox: Mailbox<u32>,
    received: Probe<Vec<Parcel<u32>>>,
}

impl Process {
    /// A process that has been opened, not parked.
    fn scheduled() -> Arc<Self> {
        let process = Self { mailbox: Mailbox::default(), received: Probe::new(Vec::new()) };
        process.mailbox.open();
        Arc::new(process)
    }

    fn idle() -> Arc<Self> {
        let process = Self::scheduled();
        assert!(process.mailbox.park());
        process
    }

    /// Sends in order; whoever is told so plays the scheduler and runs the owner.
    fn send(&self, values: &[u32]) {
        let mut arena = Arena::default();
        for &value in values {
            match self.mailbox.push(arena.parcel(value, &[])) {
                Push::Notify => self.run(),
                Push::Queued => {}
                Push::Closed(_) => panic!("an open mailbox refused {value}"),
            }
        }
    }

    /// What an owner does with a turn.
    fn run(&self) {
        loop {
            self.received.touch(|received| received.extend(self.mailbox.take()));
            if self.mailbox.park() {
                return;
            }
        }
    }

    fn values(&self) -> Vec<u32> {
        self.received.touch(|received| received.iter().map(|parcel| *parcel.header()).collect())
    }
}

/// The subsequence of `values` that one sender made.
fn of_sender(values: &[u32], sender: u32) -> Vec<u32> {
    values.iter().copied().filter(|value| value / 10 == sender).collect()
}

#[test]
fn an_idle_owner_gets_everything_once_and_in_each_senders_order() {
    loom::model(|| {
        let process = Process::idle();
        let other = {
            let process = Arc::clone(&process);
            thread::spawn(move || process.send(&[10, 11]))
        };
        process.send(&[20, 21]);
        other.join().unwrap();
        let values = process.values();
        assert!(!process.mailbox.has_mail(), "left behind, received {values:?}");
        assert_eq!((of_sender(&values, 1), of_sender(&values, 2)), (vec![10, 11], vec![20, 21]));
    });
}

#[test]
fn an_owner_that_parks_misses_no_sender() {
    loom::model(|| {
        let process = Process::scheduled();
        let senders = [&[10][..], &[20]].map(|values| {
            let process = Arc::clone(&process);
            thread::spawn(move || process.send(values))
        });
        process.run();
        senders.into_iter().for_each(|sender| sender.join().unwrap());
        let mut values = process.values();
        values.sort_unstable();
        assert_eq!(values, [10, 20]);
    });
}

#[test]
fn a_push_against_a_close_is_refused_or_handed_out_never_both() {
    loom::model(|| {
        let process = Process::idle();
        let body = Arc::new(Probe::new(1));
        let sender = {
            let (process, body) = (Arc::clone(&process), Arc::clone(&body));
            thread::spawn(move || match process.mailbox.push(Arena::default().parcel(10, &[])) {
                Push::Notify => (true, false),
                Push::Queued => panic!("nobody had scheduled the owner"),
                Push::Closed(parcel) => {
                    assert_eq!(*parcel.header(), 10);
                    // Refused: the owner has ended, and we see it ended.
                    assert_eq!(body.touch(|body| *body), 0);
                    (false, true)
                }
            })
        };
        body.touch(|body| *body = 0);
        let (left, idle) = process.mailbox.close();
        let left = left.count();
        let (notified, refused) = sender.join().unwrap();
        assert_eq!((left == 1, left), (!refused, usize::from(!refused)));
        assert_eq!(idle, !notified, "the owner is in a queue exactly if somebody was told to put it there");
    });
}

#[test]
fn mail_for_a_former_tenant_is_refused_or_reaches_somebody() {
    loom::model(|| {
        let process = Process::scheduled();
        let sender = {
            let process = Arc::clone(&process);
            thread::spawn(move || match process.mailbox.push(Arena::default().parcel(10, &[])) {
                Push::Notify => {
                    process.run();
                    false
                }
                Push::Queued => false,
                Push::Closed(_) => true,
            })
        };
        let (left, idle) = process.mailbox.close();
        assert!(!idle, "a scheduled owner is not idle");
        let left = left.count();
        process.mailbox.open();
        process.run();
        let refused = sender.join().unwrap();
        assert_eq!(left + process.values().len() + usize::from(refused), 1);
    });
}
