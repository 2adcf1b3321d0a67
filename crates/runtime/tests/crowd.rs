//! More to resume than the run ring takes: all have their turn, in the order in which they came, and those of high and of low
//! priority what is theirs, however many the others are.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Pid, Priority, Runtime, Scheduler, Sink, layout};
use rumpus_sync::ring;
use world::body::Ears;
use world::options;

/// Nothing is told here.
struct Nobody;

impl Sink for Nobody {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        panic!("{completion:?}")
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {
        panic!("there are no definitions")
    }
}

/// A scheduler whose processes all go on for ever: each resume is a yield.
struct Crowd {
    scheduler: Scheduler,
    now_us: u64,
    /// By slot: the priority, and when each was resumed last, in resumes of all.
    members: Vec<Option<(Priority, u64)>>,
    resumes: u64,
    /// The longest that each priority has waited, in resumes of all.
    longest: [u64; 3],
}

impl Crowd {
    fn new(counts: [(Priority, usize); 3]) -> Self {
        let runtime = Arc::new(Runtime::new(options(1)));
        let Some(scheduler) = Scheduler::take_seat(runtime, 1, Arc::new(Ears::default()), 1, 0) else {
            panic!("the seat is taken")
        };
        let mut crowd = Self { scheduler, now_us: 0, members: Vec::new(), resumes: 0, longest: [0; 3] };
        for (priority, count) in counts {
            for _ in 0..count {
                let birth = Birth { priority, ..Birth::default() };
                let Ok(born) = crowd.scheduler.spawn_here(birth) else { panic!("the table is full") };
                let index = born.pid.index() as usize;
                crowd.members.resize(crowd.members.len().max(index + 1), None);
                crowd.members[index] = Some((priority, 0));
                crowd.ready(index as u32);
            }
        }
        crowd
    }

    /// Goes onto the ring as its isolate has it.
    fn ready(&mut self, index: u32) {
        let common = matches!(self.members[index as usize], Some((Priority::Normal, _)));
        if !common || !self.scheduler.ring().push(index) {
            self.scheduler.before_submission();
            self.scheduler.overflow(index);
            self.scheduler.after_submission();
        }
    }

    fn turn(&mut self) {
        self.now_us += 1;
        self.scheduler.turn(Occasion { now_us: self.now_us, from_loop: true, crowded: true }, &mut Nobody);
        loop {
            let grant = self.scheduler.seat().page.get(layout::GRANT);
            let Some(index) = (grant > 0).then(|| self.scheduler.ring().pop()).flatten() else { return };
            self.scheduler.seat().page.set(layout::GRANT, grant - 1);
            self.resumes += 1;
            let Some((priority, last)) = &mut self.members[index as usize] else { panic!("{index} is nobody") };
            let waited = &mut self.longest[*priority as usize];
            *waited = (*waited).max(self.resumes - *last);
            *last = self.resumes;
            self.ready(index);
        }
    }

    /// Has everybody go on until there were so many resumes, and then counts those who have waited ever since.
    fn run(&mut self, resumes: u64) {
        while self.resumes < resumes {
            self.turn();
        }
        for (priority, last) in self.members.iter().flatten() {
            let waited = &mut self.longest[*priority as usize];
            *waited = (*waited).max(self.resumes - last);
        }
    }
}

#[test]
fn however_many_yield_nobody_waits_longer_than_a_round() {
    for count in [10, ring::CAPACITY - 1, ring::CAPACITY, 3 * ring::CAPACITY] {
        let mut crowd = Crowd::new([(Priority::Normal, count), (Priority::High, 0), (Priority::Low, 0)]);
        crowd.run(10 * count as u64);
        let [longest, ..] = crowd.longest;
        assert!(longest <= count as u64 + 1, "{longest} resumes of others, of {count} in all");
    }
}

#[test]
fn a_full_ring_keeps_nobody_of_high_priority_waiting() {
    for count in [ring::CAPACITY - 1, 2 * ring::CAPACITY] {
        let mut crowd = Crowd::new([(Priority::Normal, count), (Priority::High, 0), (Priority::Low, 0)]);
        crowd.run(count as u64);
        let Ok(born) = crowd.scheduler.spawn_here(Birth { priority: Priority::High, ..Birth::default() }) else {
            panic!("the table is full")
        };
        crowd.members.push(Some((Priority::High, crowd.resumes)));
        assert_eq!(born.pid.index() as usize, crowd.members.len() - 1);
        crowd.ready(born.pid.index());
        crowd.run(crowd.resumes + 100);
        assert!(crowd.longest[Priority::High as usize] <= 2, "{:?} beside {count}", crowd.longest);
    }
}

#[test]
fn a_full_ring_leaves_low_priority_its_share() {
    for count in [ring::CAPACITY - 1, ring::CAPACITY, 2 * ring::CAPACITY] {
        let lows = 4;
        let mut crowd = Crowd::new([(Priority::Normal, count), (Priority::High, 0), (Priority::Low, lows)]);
        crowd.run(20 * count as u64);
        // A low one goes to the end of the ring each time.
        let longest = crowd.longest[Priority::Low as usize];
        assert!(longest <= 3 * ring::CAPACITY as u64, "{longest} beside {count}");
        let normal = crowd.longest[Priority::Normal as usize];
        assert!(normal <= 2 * (count + lows) as u64, "{normal} beside {count}");
    }
}

#[test]
fn a_few_places_of_the_ring_are_left_to_low_priority() {
    let mut crowd = Crowd::new([(Priority::Normal, ring::CAPACITY + 1), (Priority::High, 0), (Priority::Low, 0)]);
    crowd.scheduler.turn(Occasion { now_us: 1, from_loop: true, crowded: true }, &mut Nobody);
    assert_eq!(crowd.scheduler.ring().room(), 8);
}

#[test]
fn who_finds_the_ring_full_goes_behind_those_who_found_room_on_it_meanwhile() {
    let mut crowd = Crowd::new([(Priority::Normal, ring::CAPACITY + 3), (Priority::High, 0), (Priority::Low, 0)]);
    while crowd.scheduler.ring().pop().is_some() {}
    crowd.scheduler.turn(Occasion { now_us: 1, from_loop: true, crowded: true }, &mut Nobody);
    while crowd.scheduler.ring().pop().is_some() {}
    // Of the last three one waits, one finds room, and then the next one waits.
    let last = ring::CAPACITY as u32;
    for index in 0..=last {
        crowd.ready(index);
    }
    assert!(crowd.scheduler.ring().pop().is_some());
    crowd.ready(last + 1);
    assert_eq!(crowd.scheduler.ring().room(), 0, "it has found room");
    crowd.ready(last + 2);
    let mut order = Vec::new();
    while order.len() <= ring::CAPACITY + 1 {
        crowd.now_us += 1;
        crowd.scheduler.turn(Occasion { now_us: crowd.now_us, from_loop: true, crowded: true }, &mut Nobody);
        order.extend(std::iter::from_fn(|| crowd.scheduler.ring().pop()));
    }
    assert_eq!(order, (1..last + 3).collect::<Vec<_>>());
}
