//! Models of `inlet.rs`: every index that is put in comes out once, in each pusher's order, with the link that was written
//! for it and with everything that led to the notification; and an index may be put in again once its mailbox was parked.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::{Probe, Step, outcomes};
use rumpus_sync::shim::{Arc, AtomicU32};
use rumpus_sync::{Arena, Inlet, Links, Mailbox, Push};

const SLOTS: usize = 3;

/// What the process table is to an inlet, with something in each slot that the notification hands over.
struct Table {
    inlet: Inlet,
    links: [AtomicU32; SLOTS],
    news: [Probe<bool>; SLOTS],
    mailbox: Mailbox<u32>,
    step: Step,
}

impl Links for Table {
    fn link(&self, index: u32) -> &AtomicU32 {
        &self.links[index as usize]
    }
}

impl Table {
    fn new() -> Arc<Self> {
        let news = std::array::from_fn(|_| Probe::new(false));
        let links = std::array::from_fn(|_| AtomicU32::new(0));
        let (inlet, mailbox, step) = (Inlet::default(), Mailbox::default(), Step::default());
        Arc::new(Self { inlet, links, news, mailbox, step })
    }

    fn notify(&self, index: u32) {
        self.step.take();
        self.news[index as usize].touch(|news| *news = true);
        self.inlet.push(index, self);
    }

    /// Looks once and uses up the news of what came; answers how many came.
    fn look(&self, taken: &mut Vec<u32>) -> usize {
        self.step.take();
        let from = taken.len();
        self.inlet.take(self, taken);
        for &index in &taken[from..] {
            self.news[index as usize].touch(|news| assert!(std::mem::take(news), "{index} came without its news"));
        }
        taken.len() - from
    }

    fn send(&self, value: u32) {
        self.step.take();
        match self.mailbox.push(Arena::default().parcel(value, &[])) {
            Push::Notify => self.inlet.push(0, self),
            Push::Queued => {}
            Push::Closed(_) => panic!("the mailbox is open"),
        }
    }

    /// What a scheduler does with the process in slot 0 when it comes out of the inlet; how many parcels it found.
    fn run_notified(&self) -> Vec<u32> {
        self.step.take();
        let mut notified = Vec::new();
        self.inlet.take(self, &mut notified);
        assert!(notified.is_empty() || notified == [0], "{notified:?}");
        let mut received = Vec::new();
        for _ in notified {
            loop {
                received.extend(self.mailbox.take().map(|parcel| *parcel.header()));
                if self.mailbox.park() {
                    break;
                }
            }
        }
        received
    }
}

#[test]
fn every_index_comes_out_once_and_in_each_pushers_order() {
    let looks = outcomes(|| {
        let table = Table::new();
        let owner = {
            let table = Arc::clone(&table);
            thread::spawn(move || {
                let mut taken = Vec::new();
                let looks = [table.look(&mut taken), table.look(&mut taken)];
                (looks, taken)
            })
        };
        let other = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.notify(1))
        };
        [0, 2].into_iter().for_each(|index| table.notify(index));
        other.join().unwrap();
        let (looks, mut taken) = owner.join().unwrap();
        table.look(&mut taken);
        assert_eq!(taken.iter().copied().filter(|&index| index != 1).collect::<Vec<_>>(), [0, 2], "{taken:?}");
        taken.sort_unstable();
        assert_eq!(taken, [0, 1, 2]);
        assert!(table.inlet.is_empty());
        looks
    });
    assert_eq!(looks.len(), 10, "0 to 3 indexes come with two looks in ten ways: {looks:?}");
}

#[test]
fn an_index_is_put_in_again_after_its_mailbox_was_parked() {
    let turns = outcomes(|| {
        let table = Table::new();
        table.mailbox.open();
        assert!(table.mailbox.park());
        let owner = {
            let table = Arc::clone(&table);
            thread::spawn(move || [table.run_notified(), table.run_notified()])
        };
        let other = {
            let table = Arc::clone(&table);
            thread::spawn(move || table.send(2))
        };
        table.send(1);
        other.join().unwrap();
        let [one, two] = owner.join().unwrap();
        let three = table.run_notified();
        let mut received = [&one[..], &two, &three].concat();
        received.sort_unstable();
        assert_eq!(received, [1, 2]);
        assert!(table.inlet.is_empty() && !table.mailbox.has_mail());
        [one, two, three]
    });
    assert!(turns.contains(&[vec![1], vec![2], vec![]]) && turns.contains(&[vec![1, 2], vec![], vec![]]), "{turns:?}");
}
