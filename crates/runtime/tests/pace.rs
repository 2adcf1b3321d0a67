//! When a scheduler runs, looks, yields and sleeps, how much it grants, what it counts, and what a submission leaves behind:
//! one scheduler, turn by turn, with the clock in the test's hand.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::sched::grant::LOOP_US;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{
    Birth, Born, Completion, Options, Pid, Reason, ReasonKind, Runtime, Scheduler, Sink, Verdict, Where, layout,
};
use world::body::Ears;
use world::options;

/// Takes everything.
#[derive(Default)]
struct All(Vec<String>);

impl Sink for All {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        self.0.push(format!("{completion:?}"));
    }

    fn start(&mut self, pid: Pid, _state: Snapshot, _what: &Unstarted) {
        self.0.push(format!("Start {pid:?}"));
    }
}

struct Lone {
    scheduler: Scheduler,
    told: All,
}

impl Lone {
    fn sit(runtime: &Arc<Runtime>, seat: usize) -> Self {
        let scheduler = Scheduler::take_seat(Arc::clone(runtime), seat, Arc::new(Ears::default()), 1, 0);
        let Some(scheduler) = scheduler else { panic!("seat {seat} is taken") };
        Self { scheduler, told: All::default() }
    }

    fn new() -> Self {
        Self::sit(&Arc::new(Runtime::new(options(1))), 1)
    }

    fn turn(&mut self, now_us: u64) -> Verdict {
        self.scheduler.turn(Occasion { now_us, from_loop: false, crowded: false }, &mut self.told)
    }

    fn loop_turn(&mut self, now_us: u64) -> Verdict {
        self.scheduler.turn(Occasion { now_us, from_loop: true, crowded: false }, &mut self.told)
    }

    /// Nothing to do: looks around in vain and sleeps.
    fn sleep(&mut self, now_us: u64) {
        let slept = (0..3).any(|i| self.turn(now_us + 60 * i) == Verdict::Sleep);
        assert!(slept && self.scheduler.seat().bell.is_asleep());
    }

    fn count(&self, counter: usize) -> u64 {
        self.scheduler.seat().page.count(counter) as u64
    }

    fn grant(&self) -> i32 {
        self.scheduler.seat().page.get(layout::GRANT)
    }

    /// Something is on the run ring.
    fn queue(&self) {
        assert!(self.scheduler.ring().push(0));
    }

    /// JavaScript resumes so many, and takes them off the ring.
    fn resume(&self, count: i32) {
        self.scheduler.seat().page.set(layout::GRANT, self.grant() - count);
        while self.scheduler.ring().pop().is_some() {}
    }

    fn after<R>(&mut self, what: impl FnOnce(&mut Scheduler) -> R) -> (R, i32) {
        self.scheduler.before_submission();
        let answer = what(&mut self.scheduler);
        self.scheduler.after_submission();
        (answer, self.scheduler.seat().page.get(layout::AFTER))
    }
}

#[test]
fn a_scheduler_with_nothing_to_do_looks_around_and_then_sleeps() {
    let mut lone = Lone::new();
    assert_eq!([lone.turn(100), lone.turn(119), lone.turn(120)], [Verdict::Look, Verdict::Look, Verdict::Sleep]);
    assert!(lone.scheduler.seat().bell.is_asleep());
    assert_eq!((lone.grant(), lone.count(layout::SLEEPS), lone.count(layout::TURNS)), (0, 1, 3));
    assert_eq!(lone.count(layout::BUSY_US), 120, "awake since it sat down");
    // The looking was in vain: half of it next time.
    assert!(lone.scheduler.seat().ring());
    assert!(!lone.scheduler.seat().ring(), "once a sleep");
    assert_eq!([lone.turn(5_000), lone.turn(5_009), lone.turn(5_010)], [Verdict::Look, Verdict::Look, Verdict::Sleep]);
    assert_eq!(lone.count(layout::BUSY_US), 130);
    // So short a sleep was not worth it: longer next time.
    assert_eq!(lone.turn(5_030), Verdict::Look);
    assert_eq!([lone.turn(5_039), lone.turn(5_040)], [Verdict::Look, Verdict::Sleep]);
    // Others want the core: no looking at all.
    let occasion = Occasion { now_us: 9_000, from_loop: false, crowded: true };
    assert_eq!(lone.scheduler.turn(occasion, &mut lone.told), Verdict::Sleep);
}

#[test]
fn nobody_spins_with_more_awake_than_there_are_cores() {
    let runtime = Arc::new(Runtime::new(Options { cores: 2, ..options(2) }));
    let [mut one, two, three] = [1, 2, 0].map(|seat| Lone::sit(&runtime, seat));
    assert_eq!(one.turn(0), Verdict::Sleep, "three are awake");
    three.scheduler.leave();
    assert_eq!(one.turn(1_000), Verdict::Look, "two are");
    two.scheduler.leave();
}

#[test]
fn looking_that_finds_something_pays() {
    let mut lone = Lone::new();
    lone.turn(0);
    lone.queue();
    assert_eq!(lone.loop_turn(10), Verdict::Run);
    lone.resume(1);
    // Twice as long as at first.
    assert_eq!([lone.turn(100), lone.turn(139), lone.turn(140)], [Verdict::Look, Verdict::Look, Verdict::Sleep]);
}

#[test]
fn a_grant_lasts_until_the_event_loop_is_due() {
    let mut lone = Lone::new();
    lone.queue();
    assert_eq!((lone.loop_turn(50), lone.grant()), (Verdict::Run, 25), "500 us of 20 us each");
    assert_eq!(lone.turn(50 + LOOP_US - 1), Verdict::Run);
    assert_eq!((lone.turn(50 + LOOP_US), lone.grant()), (Verdict::Yield, 0));
    assert_eq!((lone.loop_turn(50 + LOOP_US), lone.grant()), (Verdict::Run, 25), "nothing was resumed");
}

#[test]
fn resumes_are_counted_and_their_cost_is_learnt() {
    let mut lone = Lone::new();
    lone.queue();
    lone.loop_turn(0);
    lone.resume(4);
    lone.queue();
    assert_eq!((lone.loop_turn(400), lone.grant()), (Verdict::Run, 5), "100 us each");
    assert_eq!(lone.count(layout::RESUMES), 4);
    lone.resume(5);
    lone.turn(1_000);
    assert_eq!(lone.count(layout::RESUMES), 9);
    // Gaps between turns, four buckets an octave: 2^(34/4) is 362, 2^(36/4) is 512, 2^(37/4) is 609.
    let gaps: Vec<(usize, u64)> =
        (0..80).map(|i| (i, lone.count(layout::TURN_GAPS + i))).filter(|&(_, n)| n > 0).collect();
    assert_eq!(gaps, [(34, 1), (36, 1)]);
    // After a sleep or a yield there is no gap to count.
    lone.turn(10_000);
    lone.turn(90_000);
    assert_eq!(lone.count(layout::RESUMES), 9);
    assert_eq!((0..80).map(|i| lone.count(layout::TURN_GAPS + i)).sum::<u64>(), 2);
}

#[test]
fn resumes_for_which_time_stood_still_count_with_the_next() {
    let mut lone = Lone::new();
    let resume_at = |lone: &mut Lone, now_us: u64| {
        lone.resume(1);
        lone.queue();
        lone.turn(now_us);
    };
    lone.queue();
    lone.turn(100);
    assert!(!lone.scheduler.is_still_now(), "nothing is known of what a resume costs");
    for _ in 0..50 {
        resume_at(&mut lone, 100);
    }
    assert_eq!((lone.count(layout::RESUMES), lone.count(layout::TURN_GAPS)), (50, 0));
    resume_at(&mut lone, 101);
    assert_eq!((lone.count(layout::RESUMES), lone.count(layout::TURN_GAPS)), (51, 1));
    for now_us in 102..131 {
        (0..4).for_each(|_| resume_at(&mut lone, now_us));
    }
    lone.resume(1);
    assert!(lone.scheduler.is_still_now(), "one cheap resume");
    lone.resume(2);
    assert!(!lone.scheduler.is_still_now(), "two");
}

#[test]
fn the_longest_and_the_shortest_gap_have_buckets() {
    let mut lone = Lone::new();
    lone.queue();
    lone.loop_turn(0);
    lone.loop_turn(1);
    assert_eq!(lone.count(layout::TURN_GAPS), 1);
    lone.loop_turn(u64::from(u32::MAX));
    assert_eq!(lone.count(layout::TURN_GAPS + layout::TURN_GAP_BUCKETS - 1), 1);
}

#[test]
fn the_busy_share_is_that_of_the_last_while() {
    let mut lone = Lone::new();
    let share = |lone: &Lone| (lone.scheduler.seat().busy_share() * 100.0).round() as u32;
    lone.queue();
    lone.loop_turn(0);
    lone.loop_turn(50_000);
    assert_eq!((share(&lone), lone.count(layout::BUSY_US)), (100, 50_000));
    lone.resume(1);
    assert_eq!((lone.turn(50_000), lone.turn(60_000)), (Verdict::Look, Verdict::Sleep));
    assert_eq!((share(&lone), lone.count(layout::BUSY_US)), (100, 60_000), "the while is not over");
    lone.queue();
    lone.loop_turn(90_000);
    lone.loop_turn(100_000);
    assert_eq!((share(&lone), lone.count(layout::BUSY_US)), (40, 70_000), "ten before the sleep, ten behind it");
    lone.resume(1);
    lone.turn(100_000);
    lone.turn(100_050);
    lone.turn(200_000);
    assert_eq!(share(&lone), 0);
    lone.scheduler.seat().set_busy_share(0.7);
    let runtime = Arc::clone(lone.scheduler.runtime());
    lone.scheduler.leave();
    assert_eq!(runtime.seats[1].busy_share(), 0.0, "nobody is not busy");
}

#[test]
fn a_new_definition_is_no_time_to_sleep() {
    let mut lone = Lone::new();
    lone.turn(0);
    let runtime = Arc::clone(lone.scheduler.runtime());
    runtime.define("one");
    let page = |lone: &Lone| lone.scheduler.seat().page.get(layout::DEFINITIONS);
    assert_eq!((lone.turn(30), page(&lone)), (Verdict::Sleep, 1), "it has heard");
    runtime.define("two");
    assert!(!lone.scheduler.seat().bell.is_asleep(), "rung");
    lone.turn(60);
    assert_eq!(page(&lone), 2);
    runtime.define("two");
    runtime.define("one");
    lone.sleep(200);
    runtime.define("two");
    assert!(lone.scheduler.seat().bell.is_asleep(), "that is no news");
}

#[test]
fn a_stop_reaches_everybody() {
    let mut lone = Lone::new();
    lone.sleep(200);
    lone.scheduler.runtime().stop();
    assert!(!lone.scheduler.seat().bell.is_asleep());
    assert_eq!((lone.turn(500), lone.grant()), (Verdict::Stop, 0));
    lone.queue();
    assert_eq!(lone.turn(500), Verdict::Stop, "whatever there is to do");
}

#[test]
fn a_submission_says_what_it_left_behind() {
    let mut lone = Lone::new();
    let (Ok(one), quiet) = lone.after(|s| s.spawn_here(Birth::default()).map(|born| born.pid)) else {
        panic!("the table is full")
    };
    let (Ok(two), _) = lone.after(|s| s.spawn_here(Birth::default()).map(|born| born.pid)) else {
        panic!("the table is full")
    };
    assert_eq!(quiet, 0);
    assert_eq!(lone.after(|s| s.trap_exits(two, true)).1, 0);
    assert_eq!(lone.after(|s| s.link(one, two)).1, 0);
    let reason = Reason::new(ReasonKind::User, &[]);
    assert_eq!(lone.after(|s| s.exit(one, two, reason.clone())).1, layout::COLLECT, "a local signal acts at once");
    lone.scheduler.collect(&mut lone.told);
    assert_eq!((lone.told.0.len(), lone.scheduler.seat().page.get(layout::AFTER)), (1, 0), "{:?}", lone.told.0);
    assert_eq!(lone.after(|s| s.send(two, 0, &[])).1, layout::TAKE_TURN, "the mailbox's way takes a turn");
    lone.turn(10);
    assert_eq!(lone.scheduler.seat().page.get(layout::AFTER), 0);
    assert_eq!(lone.after(|s| s.spawn(0, 0, &[], Where::Any, Birth::default())).1, layout::TAKE_TURN);
    lone.turn(20);
    assert_eq!(lone.after(|s| s.spawn(0, 0, &[], Where::On(0), Birth::default())).1, 0, "that is for another");
    assert_eq!(lone.after(|s| s.definition_loaded(0)).1, layout::TAKE_TURN);
    lone.turn(30);
    assert_eq!(lone.after(|s| s.overflow(one.index())).1, layout::TAKE_TURN);
    lone.turn(40);
    assert!(!lone.scheduler.ring().is_empty());
    assert_eq!(lone.after(|s| s.finish(two, &reason)).1, layout::COLLECT, "the linked one hears");
}

#[test]
fn mail_for_one_that_is_looked_at_by_itself_takes_a_turn_of_its_scheduler_alone() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let (mut host, mut lone) = (Lone::sit(&runtime, 0), Lone::sit(&runtime, 1));
    let Ok(Born { pid, .. }) = lone.scheduler.spawn_here(Birth::default()) else { panic!("the table is full") };
    lone.turn(10);
    assert_eq!([1, 2].map(|_| host.after(|s| s.send(pid, 0, &[])).1), [0, 0], "that is for another");
    lone.turn(20);
    // Its mailbox is kept warm: nobody is notified, and yet there is something to do.
    assert_eq!(lone.after(|s| s.send(pid, 0, &[])).1, layout::TAKE_TURN);
}

#[test]
fn javascript_is_told_only_what_it_has_use_for() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let (mut host, mut lone) = (Lone::sit(&runtime, 0), Lone::sit(&runtime, 1));
    let (Ok(receiver), _) = lone.after(|s| s.spawn_here(Birth::default()).map(|born| born.pid)) else {
        panic!("the table is full")
    };
    for _ in 0..1_000 {
        assert!(host.scheduler.send(receiver, 0, &[b"much", b"to say"]));
    }
    lone.turn(1);
    assert_eq!(lone.told.0.len(), 512, "a backlog");
    lone.turn(2);
    assert_eq!(lone.told.0.len(), 512 + 64, "of which bodies have taken nothing: as much as a grant can use");
    lone.scheduler.seat().page.add(layout::RECEIVED, 65.0);
    lone.turn(3);
    assert_eq!(lone.told.0.len(), 1_000);
    assert_eq!(lone.count(layout::NATIVE_DELIVERED), 1_000);
    assert_eq!(host.count(layout::NATIVE_ACCEPTED), 1_000);
}

#[test]
fn what_cannot_wait_is_told_first_and_counts_among_all_that_is_told() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let (mut host, mut lone) = (Lone::sit(&runtime, 0), Lone::sit(&runtime, 1));
    let spawn = |lone: &mut Lone| lone.scheduler.spawn_here(Birth::default()).map(|born| born.pid);
    let (Ok(receiver), Ok(other)) = (spawn(&mut lone), spawn(&mut lone)) else { panic!("the table is full") };
    for _ in 0..1_000 {
        assert!(host.scheduler.send(receiver, 0, &[]));
    }
    lone.scheduler.exit(receiver, other, Reason::new(ReasonKind::User, &[]));
    lone.turn(1);
    assert!(lone.told.0[0].starts_with("Exiting"));
    assert_eq!(lone.told.0.len(), 512);
}

#[test]
fn a_seat_has_one_tenant_at_a_time() {
    let runtime = Arc::new(Runtime::new(Options { host_works: true, ..options(1) }));
    let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 1);
    let Some(first) = sit(1) else { panic!("an empty seat") };
    assert!(runtime.seats[1].is_taken() && !runtime.seats[0].is_taken());
    assert!(sit(1).is_none() && sit(2).is_none());
    let Some(other) = sit(0) else { panic!("an empty seat") };
    assert_eq!([first.seat_number(), other.seat_number()], [1, 0]);
    first.leave();
    assert!(!runtime.seats[1].is_taken());
    assert!(sit(1).is_some());
}

#[test]
fn claims_keep_the_rest_stealable() {
    let mut lone = Lone::new();
    lone.scheduler.runtime().define("body");
    lone.scheduler.definition_loaded(0);
    let Ok(Born { pid, .. }) = lone.scheduler.spawn_here(Birth::default()) else { panic!("the table is full") };
    for _ in 0..40 {
        assert!(lone.scheduler.spawn(0, 0, &[], Where::Any, Birth::default()).is_ok());
    }
    let starts = |lone: &Lone| lone.told.0.iter().filter(|told| told.starts_with("Start")).count();
    lone.turn(1);
    assert_eq!((starts(&lone), lone.scheduler.seat().unstarted()), (5, 35), "100 us of 20 us each");
    lone.turn(1);
    assert_eq!(starts(&lone), 5, "no more until they begin");
    // While there is anything to resume, one at a time.
    lone.queue();
    lone.turn(2);
    assert_eq!(starts(&lone), 5, "those have not begun");
    let page = &lone.scheduler.seat().page;
    page.set(layout::STARTED, 5);
    lone.turn(3);
    assert_eq!((starts(&lone), lone.count(layout::STARTED_HERE)), (6, 5));
    // The same while there is anything to tell.
    lone.resume(1);
    lone.scheduler.seat().page.set(layout::STARTED, 6);
    assert!(lone.scheduler.send(pid, 0, &[]));
    lone.turn(4);
    assert_eq!((starts(&lone), lone.count(layout::STARTED_HERE)), (7, 6));
}
