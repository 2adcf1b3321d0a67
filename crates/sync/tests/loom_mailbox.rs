//! Models of `mailbox.rs`: nothing accepted is lost or shown half-written, senders keep their order, exactly one pusher is
//! told to schedule an idle owner, and who is refused sees what the owner did before it closed.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::{Probe, Step, outcomes};
use rumpus_sync::shim::Arc;
use rumpus_sync::{Arena, Mailbox, Parcel, Push};

/// A mailbox and what only its scheduled owner may touch.
struct Process {
    mailbox: Mailbox<u32>,
    received: Probe<Vec<Parcel<u32>>>,
    step: Step,
}

/// How a push ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sent {
    Notified,
    Queued,
    Refused,
}

impl Process {
    /// A process that has been opened, not parked.
    fn scheduled() -> Arc<Self> {
        let process = Self { mailbox: Mailbox::default(), received: Probe::new(Vec::new()), step: Step::default() };
        process.mailbox.open();
        Arc::new(process)
    }

    fn idle() -> Arc<Self> {
        let process = Self::scheduled();
        assert!(process.mailbox.park());
        process
    }

    fn push(&self, arena: &mut Arena, value: u32) -> Sent {
        self.step.take();
        match self.mailbox.push(arena.parcel(value, &[])) {
            Push::Notify => Sent::Notified,
            Push::Queued => Sent::Queued,
            Push::Closed(parcel) => {
                assert_eq!(*parcel.header(), value);
                Sent::Refused
            }
        }
    }

    /// Sends in order; whoever is told so plays the scheduler and runs the owner.
    fn send(&self, values: &[u32]) {
        let mut arena = Arena::default();
        for &value in values {
            match self.push(&mut arena, value) {
                Sent::Notified => self.run(),
                Sent::Queued => {}
                Sent::Refused => panic!("an open mailbox refused {value}"),
            }
        }
    }

    /// What an owner does with a turn.
    fn run(&self) {
        loop {
            self.step.take();
            self.received.touch(|received| received.extend(self.mailbox.take()));
            self.step.take();
            if self.mailbox.park() {
                return;
            }
        }
    }

    fn values(&self) -> Vec<u32> {
        self.received.touch(|received| received.iter().map(|parcel| *parcel.header()).collect())
    }
}

#[test]
fn an_idle_owner_gets_everything_once_and_in_each_senders_order() {
    let orders = outcomes(|| {
        let process = Process::idle();
        let other = {
            let process = Arc::clone(&process);
            thread::spawn(move || process.send(&[20]))
        };
        process.send(&[10, 11]);
        other.join().unwrap();
        assert!(!process.mailbox.has_mail());
        process.values()
    });
    let merges = [[10, 11, 20], [10, 20, 11], [20, 10, 11]].map(Vec::from);
    assert_eq!(orders, merges.into());
}

#[test]
fn an_owner_that_parks_misses_no_sender() {
    let orders = outcomes(|| {
        let process = Process::scheduled();
        let [owner, other] = [None, Some(20)].map(|value| {
            let process = Arc::clone(&process);
            thread::spawn(move || value.map_or_else(|| process.run(), |value| process.send(&[value])))
        });
        process.send(&[10]);
        owner.join().unwrap();
        other.join().unwrap();
        process.values()
    });
    assert_eq!(orders, [[10, 20], [20, 10]].map(Vec::from).into());
}

#[test]
fn a_push_against_a_close_is_refused_or_handed_out_never_both() {
    let ends = outcomes(|| {
        let process = Process::idle();
        let body = Arc::new(Probe::new("alive"));
        let owner = {
            let (process, body) = (Arc::clone(&process), Arc::clone(&body));
            thread::spawn(move || {
                process.step.take();
                body.touch(|body| *body = "dead");
                let (left, idle) = process.mailbox.close();
                let left: Vec<u32> = left.map(|parcel| *parcel.header()).collect();
                (left, idle)
            })
        };
        process.step.take();
        let sent = process.mailbox.push(Arena::default().parcel(10, &[]));
        let refused = match &sent {
            Push::Closed(parcel) => {
                // While we hold the parcel: to release it fences.
                assert_eq!(body.touch(|body| *body), "dead", "who is refused sees what the owner did before");
                Some(*parcel.header())
            }
            Push::Notify => None,
            Push::Queued => panic!("nobody had scheduled the owner"),
        };
        let (left, idle) = owner.join().unwrap();
        (refused, left, idle)
    });
    // The owner is in a queue exactly if the sender was told to put it there.
    assert_eq!(ends, [(None, vec![10], false), (Some(10), vec![], true)].into());
}

#[test]
fn mail_for_a_former_tenant_is_refused_or_reaches_somebody() {
    let ends = outcomes(|| {
        let process = Process::scheduled();
        let owner = {
            let process = Arc::clone(&process);
            thread::spawn(move || {
                process.step.take();
                let (left, idle) = process.mailbox.close();
                assert!(!idle, "a scheduled owner is in a queue");
                process.step.take();
                process.mailbox.open();
                process.run();
                left.count()
            })
        };
        let sent = process.push(&mut Arena::default(), 10);
        if sent == Sent::Notified {
            process.run();
        }
        let left = owner.join().unwrap();
        (sent, left, process.values().len())
    });
    // By the former tenant, by nobody, by the next one in its first turn, and by that one notified.
    let expected = [(Sent::Queued, 1, 0), (Sent::Refused, 0, 0), (Sent::Queued, 0, 1), (Sent::Notified, 0, 1)];
    assert_eq!(ends, expected.into());
}

#[test]
fn who_is_first_at_a_mailbox_that_opens_idle_knows_whom_to_notify() {
    let ends = outcomes(|| {
        let process = Arc::new((Mailbox::default(), Probe::new(None)));
        let spawner = {
            let process = Arc::clone(&process);
            thread::spawn(move || {
                process.1.touch(|owner| *owner = Some(7));
                process.0.open_idle();
            })
        };
        // With the pid of a former tenant: nobody else knows of this one.
        let told = match process.0.push(Arena::default().parcel(10, &[])) {
            Push::Notify => process.1.touch(|owner| *owner),
            Push::Queued => panic!("nobody had scheduled the owner"),
            Push::Closed(_) => None,
        };
        spawner.join().unwrap();
        told
    });
    assert_eq!(ends, [None, Some(7)].into());
}
