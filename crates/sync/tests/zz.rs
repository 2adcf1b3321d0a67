//! Models of `inlet.rs`: every index that is put in comes out once, in each pusher's order, with the link that was written
//! for it and with everything that led to the notification; and an index may be put in again once its mailbox was parked.
#![cfg(loom)]

mod probe;

use loom::thread;
use probe::Probe;
use rumpus_sync::shim::{Arc, AtomicU32};
use rumpus_sync::{Arena, Inlet, Links, Mailbox, Push};

const SLOTS: usize = 3;

/// What the process table is to an inlet, with something in each slot that the notification hands over.
struct Table {
    inlet: Inlet,
    links: [AtomicU32; SLOTS],
    news: [Probe<bool>; SLOTS],
    mailbox: Mailbox<u32>,
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
        Arc::new(Self { inlet: Inlet::default(), links, news, mailbox: Mailbox::default() })
    }

    fn notify(&self, index: u32) {
        self.news[index as usize].touch(|news| *news = true);
        self.inlet.push(index, self);
    }

    /// Looks once and uses up the news of what came.
    fn look(&self, taken: &mut Vec<u32>) {
        let from = taken.len();
        self.inlet.take(self, taken);
        for &index in &taken[from..] {
            self.news[index as usize].touch(|news| assert!(std::mem::take(news), "{index} came without its news"));
        }
    }

    fn send(&self, value: u32) {
        match self.mailbox.push(Arena::default().parcel(value, &[])) {
            Push::Notify => self.inlet.push(0, self),
            Push::Queued => {}
            Push::Closed(_) => panic!("the mailbox is open"),
        }
    }

    /// What a scheduler does with the process in slot 0 when it comes out of the inlet.
    fn run_notified(&self, received: &mut Vec<u32>) {
        let mut notified = Vec::new();
        self.inlet.take(self, &mut notified);
        assert!(notified.iter().all(|&index| index == 0) && notified.len() <= 1, "{notified:?}");
        for _ in notified {
            loop {
                received.extend(self.mailbox.take().map(|parcel| *parcel.header()));
                if self.mailbox.park() {
                    break;
                }
            }
        }
    }
}

#[test]
fn every_index_comes_out_once_and_in_each_pushers_order() {
    loom::model(|| {
        let table = Table::new();
        let pushers = [&[0, 2][..], &[1]].map(|indexes| {
            let table = Arc::clone(&table);
            thread::spawn(move || indexes.iter().for_each(|&index| table.notify(index)))
        });
        let mut taken = Vec::new();
        table.look(&mut taken);
        table.look(&mut taken);
        println!("SAW {taken:?}");
        pushers.into_iter().for_each(|pusher| pusher.join().unwrap());
        table.look(&mut taken);
        assert_eq!(taken.iter().copied().filter(|&index| index != 1).collect::<Vec<_>>(), [0, 2], "{taken:?}");
        taken.sort_unstable();
        assert_eq!(taken, [0, 1, 2]);
        assert!(table.inlet.is_empty());
    });
}

#[test]
fn an_index_is_put_in_again_after_its_mailbox_was_parked() {
    loom::model(|| {
        let table = Table::new();
        table.mailbox.open();
        assert!(table.mailbox.park());
        let senders = [1, 2].map(|value| {
            let table = Arc::clone(&table);
            thread::spawn(move || table.send(value))
        });
        let mut received = Vec::new();
        table.run_notified(&mut received);
        table.run_notified(&mut received);
        senders.into_iter().for_each(|sender| sender.join().unwrap());
        table.run_notified(&mut received);
        received.sort_unstable();
        assert_eq!(received, [1, 2]);
        assert!(table.inlet.is_empty() && !table.mailbox.has_mail());
    });
}
