//! What comes between a scheduler's last look and its sleep, at each of its doors: it is never slept through. Another thread
//! acts at that moment; here its waker does, which is called in the middle of the turn. Also who is woken, if anybody is.

mod world;

use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, PoisonError};

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Overflow, Snapshot};
use rumpus_runtime::sched::idle::Idle;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{
    Birth, Born, Cargo, Completion, Envelope, Letter, Options, Pid, Priority, Runtime, Scheduler, Sink, Verdict, Waker,
    Where,
};
use rumpus_sync::{Arena, Push};
use world::options;

/// Processes to begin that are claimed at once, as long as nothing is known of what they cost.
const CLAIMS: usize = 5;

type Act = Box<dyn FnOnce(&Runtime) + Send>;

/// A thread that does something as soon as it is woken, once.
struct Other {
    runtime: Arc<Runtime>,
    act: Mutex<Option<Act>>,
}

impl Debug for Other {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("Other")
    }
}

impl Waker for Other {
    fn wake(&self) {
        let act = self.act.lock().unwrap_or_else(PoisonError::into_inner).take();
        act.into_iter().for_each(|act| act(&self.runtime));
    }

    fn idle_us(&self) -> Option<u64> {
        None
    }
}

struct All;

impl Sink for All {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, _completion: Completion) {}

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {}
}

/// A scheduler that is about to sleep, and another that sleeps until a process of the first answers it.
struct Scene {
    runtime: Arc<Runtime>,
    one: Scheduler,
    other: Scheduler,
    ear: Arc<Other>,
    /// A process of each; they are linked.
    pids: [Pid; 2],
    now_us: u64,
}

fn spawn(scheduler: &mut Scheduler, birth: Birth) -> Pid {
    let Ok(Born { pid, .. }) = scheduler.spawn_here(birth) else { panic!("the table is full") };
    pid
}

impl Scene {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new(Options { placement: false, ..options(2) }));
        let ear = || Arc::new(Other { runtime: Arc::clone(&runtime), act: Mutex::default() });
        let sit = |seat, ear| Scheduler::take_seat(Arc::clone(&runtime), seat, ear, 1, 0);
        let others = ear();
        let (Some(mut one), Some(mut other)) = (sit(1, ear()), sit(2, Arc::<Other>::clone(&others))) else {
            panic!("seats are taken")
        };
        runtime.define("loaded");
        one.definition_loaded(0);
        let pids = [spawn(&mut one, Birth::default()), spawn(&mut other, Birth::default())];
        other.link(pids[1], pids[0]);
        let mut scene = Self { runtime, one, other, ear: others, pids, now_us: 0 };
        scene.settle();
        scene
    }

    fn turn(scheduler: &mut Scheduler, now_us: &mut u64) -> Verdict {
        *now_us += 2_000;
        // Others want the core: nobody looks around before it sleeps.
        scheduler.turn(Occasion { now_us: *now_us, from_loop: true, crowded: true }, &mut All)
    }

    fn settle(&mut self) {
        for _ in 0..20 {
            Self::turn(&mut self.one, &mut self.now_us);
            Self::turn(&mut self.other, &mut self.now_us);
        }
        assert!(self.one.seat().bell.is_asleep() && self.other.seat().bell.is_asleep());
    }

    /// How the turn ends in which `act` happens, after the scheduler has looked at all its doors.
    fn act(&mut self, act: impl FnOnce(&Runtime) + Send + 'static) -> Verdict {
        self.other.unlink(self.pids[1], self.pids[0]);
        while Self::turn(&mut self.other, &mut self.now_us) != Verdict::Sleep {}
        *self.ear.act.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(act));
        let verdict = Self::turn(&mut self.one, &mut self.now_us);
        assert!(self.ear.act.lock().unwrap_or_else(PoisonError::into_inner).is_none(), "it was answered");
        verdict
    }

    /// A definition process that lies nowhere yet.
    fn unstarted(&mut self, definition: u32) -> u32 {
        let born = self.other.spawn(definition, 0, &[], Where::On(0), Birth::default());
        let mut taken = Vec::new();
        self.runtime.seats[0].pinned.take_all(&mut taken);
        assert_eq!(Ok(taken[0]), born.map(|born| born.pid.index()));
        taken[0]
    }
}

/// A sender's half of a delivery to a process at seat 1.
fn send(runtime: &Runtime, to: Pid) {
    let Some(process) = runtime.table.get(to) else { panic!("{to:?} lives") };
    let letter = Letter { to, envelope: Envelope::Message { skeleton: 0 } };
    match process.mailbox.push(Arena::default().parcel(letter, &[])) {
        Push::Notify => runtime.seats[1].inlet.push(to.index(), &runtime.table),
        Push::Queued => {}
        Push::Closed(_) => panic!("{to:?} is dead"),
    }
}

#[test]
fn with_nothing_new_it_sleeps() {
    let mut scene = Scene::new();
    assert_eq!(scene.act(|_| {}), Verdict::Sleep);
}

#[test]
fn mail_for_one_that_is_idle() {
    let mut scene = Scene::new();
    let idle = spawn(&mut scene.one, Birth::default());
    scene.settle();
    assert_eq!(scene.act(move |runtime| send(runtime, idle)), Verdict::Run);
}

#[test]
fn mail_for_one_whose_mailbox_is_warm() {
    let mut scene = Scene::new();
    let warm = scene.pids[0];
    assert_eq!(scene.act(move |runtime| send(runtime, warm)), Verdict::Run);
}

#[test]
fn mail_from_itself() {
    let mut scene = Scene::new();
    let bounded = spawn(&mut scene.one, Birth { capacity: 1, overflow: Overflow::Offer, ..Birth::default() });
    let offers = spawn(&mut scene.one, Birth { priority: Priority::High, ..Birth::default() });
    assert!(scene.one.send(bounded, 0, &[]) && scene.one.want(bounded, offers, 1));
    scene.settle();
    // The other gives a place back: that is granted by a letter to a process of the same scheduler.
    scene.other.give_back_place(bounded);
    assert_eq!(Scene::turn(&mut scene.one, &mut scene.now_us), Verdict::Run);
}

/// How a turn ends of one who has claimed all it claims at once, with one more process at some door.
fn with_one_more(has_loaded_all: bool, put: impl FnOnce(&Runtime, u32)) -> Verdict {
    let mut scene = Scene::new();
    if !has_loaded_all {
        scene.runtime.define("not loaded");
        scene.settle();
    }
    for _ in 0..CLAIMS {
        assert!(scene.one.spawn(0, 0, &[], Where::Here, Birth::default()).is_ok());
    }
    assert_eq!(Scene::turn(&mut scene.one, &mut scene.now_us), Verdict::Run);
    assert_eq!(Scene::turn(&mut scene.one, &mut scene.now_us), Verdict::Sleep);
    let index = scene.unstarted(0);
    put(&scene.runtime, index);
    Scene::turn(&mut scene.one, &mut scene.now_us)
}

#[test]
fn a_process_that_must_begin_here() {
    assert_ne!(with_one_more(true, |runtime, index| runtime.seats[1].pinned.push([index])), Verdict::Sleep);
}

#[test]
fn a_process_that_may_begin_anywhere_and_is_put_here() {
    for has_loaded_all in [true, false] {
        let injected = with_one_more(has_loaded_all, |runtime, index| runtime.seats[1].inject.push([index]));
        let own = with_one_more(has_loaded_all, |runtime, index| {
            let seat = &runtime.seats[1];
            seat.steal.push(index, &seat.inject);
        });
        assert!(injected != Verdict::Sleep && own != Verdict::Sleep, "{has_loaded_all}");
    }
}

#[test]
fn a_process_that_lies_elsewhere_and_can_be_stolen_by_who_has_loaded_all() {
    for has_loaded_all in [true, false] {
        let verdict = with_one_more(has_loaded_all, |runtime, index| runtime.seats[0].inject.push([index]));
        assert_eq!(verdict == Verdict::Sleep, !has_loaded_all);
    }
}

#[test]
fn cargo_whose_letter_will_not_come() {
    let mut scene = Scene::new();
    let cargo = Cargo { number: 1, by: 2, at: 1 };
    assert_eq!(scene.act(move |runtime| runtime.seats[1].strays.push(cargo)), Verdict::Run);
}

#[test]
fn a_new_definition() {
    let mut scene = Scene::new();
    assert_ne!(scene.act(|runtime| assert_eq!(runtime.define("new"), 1)), Verdict::Sleep);
}

#[test]
fn a_stop() {
    let mut scene = Scene::new();
    assert_ne!(scene.act(Runtime::stop), Verdict::Sleep);
}

#[test]
fn at_most_half_of_the_thieves_search_and_nobody_is_woken_meanwhile() {
    let idle = Idle::default();
    for seat in [1, 3, 63] {
        idle.lie_down(seat);
    }
    idle.get_up(3);
    assert_eq!(idle.sleepers_to_wake(), 1 << 1 | 1 << 63);
    for (thieves, most) in [(0, 1), (1, 1), (2, 1), (3, 2), (4, 2), (6, 3)] {
        let searching = (0..9).filter(|_| idle.start_search(thieves)).count();
        assert_eq!((searching, idle.sleepers_to_wake()), (most, 0), "of {thieves}");
        (0..searching).for_each(|_| idle.stop_search());
        assert_eq!(idle.sleepers_to_wake(), 1 << 1 | 1 << 63);
    }
}
