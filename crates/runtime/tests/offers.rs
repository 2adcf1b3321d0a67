//! Places that are granted to an offer: used, given back, or given back by the end of the thread that was to use them, wherever
//! the grant is by then. A place that is lost shrinks a mailbox for ever.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Overflow, Snapshot};
use rumpus_runtime::scheduler::{Occasion, Offered};
use rumpus_runtime::{Birth, Completion, Envelope, Options, Pid, Runtime, Scheduler, Sink};
use world::body::Ears;
use world::options;

/// Hears of grants, as far as there is room.
struct Tray {
    room: usize,
    granted: Vec<u32>,
}

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        self.granted.len() < self.room
    }

    fn put(&mut self, completion: Completion) {
        if let Completion::Granted { offer, place: true, .. } = completion {
            self.granted.push(offer);
        }
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {
        panic!("there are no definitions")
    }
}

/// The scheduler of a receiver with one place, which is taken, and one that offers: a desk there stands in line.
struct Pair {
    receives: Scheduler,
    offers: Scheduler,
    to: Pid,
    now_us: u64,
}

fn spawn(scheduler: &mut Scheduler, birth: Birth) -> Pid {
    let Ok(born) = scheduler.spawn_here(birth) else { panic!("the table is full") };
    born.pid
}

impl Pair {
    fn new(waiting: u32) -> Self {
        let runtime = Arc::new(Runtime::new(Options { host_works: true, ..options(1) }));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
        let (Some(mut receives), Some(mut offers)) = (sit(0), sit(1)) else { panic!("seats are taken") };
        let to = spawn(&mut receives, Birth { capacity: 1, overflow: Overflow::Offer, ..Birth::default() });
        let desk = spawn(&mut offers, Birth::default());
        let mut pair = Self { receives, offers, to, now_us: 0 };
        assert_eq!(pair.offer(false), Offered::Accepted);
        assert_eq!(pair.offer(false), Offered::Full);
        (0..waiting).for_each(|offer| assert!(pair.offers.want(to, desk, offer)));
        pair.turn_receiver();
        pair
    }

    fn offer(&mut self, is_granted: bool) -> Offered {
        self.offers.offer(self.to, Envelope::Message { skeleton: 0 }, &[], is_granted)
    }

    fn turn_receiver(&mut self) {
        self.now_us += 10;
        let occasion = Occasion { now_us: self.now_us, from_loop: true, crowded: true };
        self.receives.turn(occasion, &mut Tray { room: 100, granted: Vec::new() });
    }

    fn turn_offerer(&mut self, room: usize) -> Vec<u32> {
        self.now_us += 10;
        let mut tray = Tray { room, granted: Vec::new() };
        self.offers.turn(Occasion { now_us: self.now_us, from_loop: true, crowded: true }, &mut tray);
        tray.granted
    }

    /// The receiver takes its message: there is a place.
    fn take_one(&mut self) {
        self.receives.give_places(self.to, 1);
    }

    fn free(&self) -> i32 {
        let Some(process) = self.receives.runtime().table.get(self.to) else { panic!("it lives") };
        process.places.free()
    }

    /// The thread that offers ends; the places there are then.
    fn free_after_the_end(self) -> i32 {
        let Self { mut receives, offers, to, now_us, .. } = self;
        offers.leave();
        let occasion = Occasion { now_us: now_us + 10, from_loop: true, crowded: true };
        receives.turn(occasion, &mut Tray { room: 100, granted: Vec::new() });
        receives.runtime().table.get(to).map_or(-1, |process| process.places.free())
    }
}

#[test]
fn a_grant_is_used_or_given_back_and_then_it_is_over() {
    let mut pair = Pair::new(2);
    pair.take_one();
    assert_eq!((pair.turn_offerer(9), pair.free()), (vec![0], 0));
    assert_eq!(pair.offer(true), Offered::Accepted);
    pair.take_one();
    assert_eq!(pair.turn_offerer(9), [1]);
    pair.offers.give_back_place(pair.to);
    pair.turn_receiver();
    assert_eq!(pair.free(), 1);
    assert_eq!(pair.free_after_the_end(), 1, "nothing is given back twice");
}

#[test]
fn a_thread_that_ends_gives_back_what_it_was_granted_wherever_that_is() {
    let mut on_its_way = Pair::new(1);
    on_its_way.take_one();
    assert_eq!(on_its_way.free_after_the_end(), 1);

    let mut untold = Pair::new(1);
    untold.take_one();
    assert_eq!(untold.turn_offerer(0), []);
    assert_eq!(untold.free_after_the_end(), 1);

    let mut told = Pair::new(1);
    told.take_one();
    assert_eq!(told.turn_offerer(9), [0]);
    assert_eq!(told.free_after_the_end(), 1);
}

#[test]
fn a_place_that_comes_back_is_for_the_next_in_line() {
    let mut pair = Pair::new(1);
    pair.take_one();
    assert_eq!(pair.turn_offerer(9), [0]);
    let next = spawn(&mut pair.receives, Birth::default());
    assert!(pair.receives.want(pair.to, next, 7));
    pair.turn_receiver();
    let Pair { mut receives, offers, now_us, .. } = pair;
    offers.leave();
    let mut tray = Tray { room: 9, granted: Vec::new() };
    for more in 1..3 {
        receives.turn(Occasion { now_us: now_us + 10 * more, from_loop: true, crowded: true }, &mut tray);
        receives.collect(&mut tray);
    }
    assert_eq!(tray.granted, [7]);
}

#[test]
fn of_two_places_that_were_granted_one_is_used_and_the_other_comes_back_with_the_end_of_the_thread() {
    let mut pair = Pair::new(2);
    pair.receives.give_places(pair.to, 2);
    assert_eq!(pair.turn_offerer(9), [0, 1]);
    assert_eq!((pair.offer(true), pair.free()), (Offered::Accepted, 0));
    assert_eq!(pair.free_after_the_end(), 1);
}
