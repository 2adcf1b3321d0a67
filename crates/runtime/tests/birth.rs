//! What a process is given at birth: its ties, which are made before anybody can start it, and what it is for life.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Overflow, Snapshot};
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{
    Birth, Born, Completion, Options, Pid, Priority, Reason, ReasonKind, Runtime, Scheduler, Sink, Where, layout,
};
use world::body::Ears;
use world::options;

#[derive(Default)]
struct Tray(Vec<Completion>);

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        self.0.push(completion);
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {}
}

fn sit(native_lane: bool) -> [Scheduler; 2] {
    let runtime = Arc::new(Runtime::new(Options { native_lane, ..options(1) }));
    let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
    let (Some(host), Some(other)) = (sit(0), sit(1)) else { panic!("seats are taken") };
    runtime.define("body");
    [host, other]
}

fn pid_of<E>(born: Result<Born, E>) -> Pid {
    let Ok(Born { pid, .. }) = born else { panic!("could not be spawned") };
    pid
}

/// What the host is told while the other loads the definition and both take turns.
fn told_to(host: &mut Scheduler, other: &mut Scheduler) -> Tray {
    other.definition_loaded(0);
    let mut told = Tray::default();
    for now_us in [100, 200, 300] {
        let occasion = Occasion { now_us, from_loop: true, crowded: true };
        other.turn(occasion, &mut Tray::default());
        host.turn(occasion, &mut told);
    }
    told
}

#[test]
fn who_is_tied_to_a_newborn_hears_of_its_end() {
    for here in [true, false] {
        let [mut host, mut other] = sit(false);
        let parent = pid_of(host.spawn_here(Birth::default()));
        host.trap_exits(parent, true);
        let birth = Birth { linked: Some(parent), watcher: Some(parent), ..Birth::default() };
        let born = if here { host.spawn_here(birth) } else { host.spawn(0, 0, &[], Where::On(1), birth) };
        let Ok(Born { pid, reference, seat, tenancy }) = born else { panic!("could not be spawned") };
        assert_eq!((seat, tenancy, reference & 127), (usize::from(!here), 0, 0), "of the spawner's seat");
        assert!(reference > 0);
        host.exit(parent, pid, Reason::new(ReasonKind::Kill, &[]));
        let told = told_to(&mut host, &mut other);
        let ends: Vec<&Completion> = told.0.iter().filter(|told| !matches!(told, Completion::Exiting { .. })).collect();
        let [Completion::Exit { from, reason, .. }, Completion::Down { from: down, reference: of, .. }] = ends[..]
        else {
            panic!("{ends:?}")
        };
        assert_eq!((*from, *down, *of, reason.kind()), (pid, pid, reference, ReasonKind::Killed));
        assert!(host.ties(parent).is_none());
    }
}

#[test]
fn who_serves_the_scheduler_hears_of_a_newborn_that_others_are_linked_to() {
    let [mut host, mut other] = sit(false);
    let servant = pid_of(host.spawn_here(Birth { serves: true, ..Birth::default() }));
    let parent = pid_of(host.spawn_here(Birth::default()));
    let birth = Birth { linked: Some(parent), heard: true, ..Birth::default() };
    let Ok(Born { pid, reference, .. }) = host.spawn(0, 0, &[], Where::On(1), birth) else { panic!("not spawned") };
    host.exit(parent, pid, Reason::new(ReasonKind::Shutdown, &[]));
    let told = told_to(&mut host, &mut other);
    let downs: Vec<&Completion> = told.0.iter().filter(|told| matches!(told, Completion::Down { .. })).collect();
    let [Completion::Down { index, from, reference: of, .. }] = downs[..] else { panic!("{downs:?}") };
    assert_eq!((*index, *from, *of), (servant.index(), pid, reference));
}

#[test]
fn local_signals_act_at_once_on_those_alone_whose_mail_takes_no_detour() {
    for native_lane in [true, false] {
        let [_, mut other] = sit(native_lane);
        let births = [
            Birth::default(),
            Birth { priority: Priority::High, ..Birth::default() },
            Birth { capacity: 9, overflow: Overflow::DropNewest, ..Birth::default() },
        ];
        let open = births.map(|birth| {
            let pid = pid_of(other.spawn_here(birth));
            other.runtime().table.get(pid).is_some_and(|process| process.state.load().is_open())
        });
        assert_eq!(open, [!native_lane, false, false]);
    }
}

#[test]
fn the_gate_of_a_definition_opens_when_it_has_begun_for_those_alone_too() {
    for native_lane in [true, false] {
        let [_, mut other] = sit(native_lane);
        other.definition_loaded(0);
        let births = [Birth::default(), Birth { priority: Priority::Low, ..Birth::default() }];
        let pids = births.map(|birth| pid_of(other.spawn(0, 0, &[], Where::Here, birth)));
        let mut told = Tray::default();
        for now_us in [100, 200, 300] {
            other.turn(Occasion { now_us, from_loop: true, crowded: true }, &mut told);
            other.seat().page.set(layout::STARTED, 2);
        }
        let is_open = |pid| other.runtime().table.get(pid).is_some_and(|process| process.state.load().is_open());
        assert_eq!(pids.map(is_open), [!native_lane, false]);
        assert_eq!(told.0.len(), usize::from(!native_lane), "{:?}", told.0);
    }
}

#[test]
fn a_bounded_mailbox_has_the_places_it_was_given() {
    let [_, mut other] = sit(false);
    let places = |other: &mut Scheduler, capacity, overflow| {
        let pid = pid_of(other.spawn_here(Birth { capacity, overflow, ..Birth::default() }));
        other.runtime().table.get(pid).map(|process| process.places.free())
    };
    for overflow in [Overflow::Offer, Overflow::DropNewest] {
        assert_eq!(
            [1, 70, u32::MAX].map(|capacity| places(&mut other, capacity, overflow)),
            [1, 70, i32::MAX].map(Some)
        );
    }
    // Those that drop their oldest have as many again, and 64 at least: a sender looks for the oldest only then.
    let capacities = [1, 70, u32::MAX];
    let given = capacities.map(|capacity| places(&mut other, capacity, Overflow::DropOldest));
    assert_eq!(given, [65, 140, i32::MAX].map(Some));
}
