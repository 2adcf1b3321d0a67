//! A turn: one crossing in which a scheduler hears what JavaScript did, takes its mail, claims work, and says how to go on.
//! Owns the pace: how long JavaScript has gone on, when the event loop gets the thread, how long to look around before
//! sleeping. Reads no clock: `now` comes with the turn. The sleep protocol is in `sched/README.md`.

use std::rc::Rc;

use rumpus_sync::shim::spin_loop;

use super::Scheduler;
use super::overflow::BESIDE_LOW;
use crate::completion::{Completion, Sink};
use crate::layout;
use crate::pid::Pid;
use crate::process::state::Priority;
use crate::sched::grant::{GRANT_MAX, LOOP_US};
use crate::sched::seat::Seat;

/// Looks around in one spin: a few microseconds, so that microtasks of others wait no longer.
const SPIN_LOOKS: u32 = 64;
/// Completions told in one turn while bodies keep up; when they do not, only as many as one grant can use.
const BACKLOG: usize = 512;
/// How long a thief leaves work to a scheduler that has no more than itself.
const PATIENCE_US: u64 = 1_000;
/// Length of the while over which the busy share is taken.
const SHARE_US: u64 = 50_000;

/// How JavaScript goes on after a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(i32)]
pub enum Verdict {
    /// There is work and a grant.
    Run = 0,
    /// Nothing yet: let other microtasks pass and take another turn.
    Look = 1,
    /// The event loop's turn; come back after it.
    Yield = 2,
    /// Nothing to do: the bell will wake this scheduler.
    Sleep = 3,
    /// The runtime stops, or nothing lives on this dedicated thread any more.
    Stop = 4,
}

/// What a turn is given by its caller.
#[derive(Debug, Clone, Copy)]
pub struct Occasion {
    /// Monotonic microseconds.
    pub now_us: u64,
    /// Whether the event loop has just come round.
    pub from_loop: bool,
    /// Whether others want the core.
    pub crowded: bool,
}

/// When what happened last.
#[derive(Debug)]
pub(super) struct Pace {
    pub(super) turn_us: u64,
    loop_us: u64,
    awake_us: u64,
    share_us: u64,
    busy_us: u64,
    looking_since_us: Option<u64>,
    leaving_since_us: Option<u64>,
    slept_us: Option<u64>,
    pub(super) granted: i32,
    /// Resumes since time last moved.
    untimed: u32,
    last: Verdict,
    wants_turn: bool,
    passes_on: bool,
}

impl Pace {
    pub(super) fn new(now_us: u64) -> Self {
        Self {
            turn_us: now_us,
            loop_us: now_us,
            awake_us: now_us,
            share_us: now_us,
            busy_us: 0,
            looking_since_us: None,
            leaving_since_us: None,
            slept_us: None,
            granted: 0,
            untimed: 0,
            last: Verdict::Yield,
            wants_turn: false,
            passes_on: false,
        }
    }

    pub(super) fn want_turn(&mut self) {
        self.wants_turn = true;
    }

    /// Something new is in the wheel. Who is awake takes a turn before it sleeps; who sleeps, under foreign code, has not set
    /// its alarm for this.
    pub(super) fn want_alarm(&mut self) {
        self.wants_turn |= self.last == Verdict::Sleep;
    }

    /// Notes a search, a lying down or a move of work: others may have left work to this scheduler, or overlooked what was on
    /// its way; it must pass that on once it is busy.
    pub(super) fn must_pass_on(&mut self) {
        self.passes_on = true;
    }

    /// Whether this scheduler should leave work to those that have no more than itself.
    pub(super) fn is_patient(&self) -> bool {
        self.leaving_since_us.is_none_or(|since| self.turn_us.saturating_sub(since) < PATIENCE_US)
    }

    /// Notes whether a search has left work to others, and since when.
    pub(super) fn leave_to_others(&mut self, left: bool) {
        self.leaving_since_us = left.then(|| self.leaving_since_us.unwrap_or(self.turn_us));
    }

    pub(super) fn wants_turn(&self) -> bool {
        self.wants_turn
    }
}

impl Scheduler {
    /// Takes a turn. Completions go to `sink`; the verdict says how to go on.
    pub fn turn(&mut self, occasion: Occasion, sink: &mut impl Sink) -> Verdict {
        self.begin_turn(occasion);
        let busy = self.work(sink);
        let verdict = if self.runtime.is_stopping() || (!busy && self.is_going()) {
            Verdict::Stop
        } else if busy {
            self.go_on(occasion)
        } else {
            self.rest(occasion, sink)
        };
        self.end_turn(occasion, verdict);
        verdict
    }

    /// Hands over what a submission caused, outside any turn.
    pub fn collect(&mut self, sink: &mut impl Sink) {
        self.flush_urgent(sink);
        self.clear_graves();
        self.after_submission();
    }

    fn begin_turn(&mut self, occasion: Occasion) {
        let now = occasion.now_us;
        self.count(layout::TURNS);
        if let Some(slept) = self.pace.slept_us.take() {
            self.seat().bell.get_up();
            self.runtime.idle.get_up(self.seat);
            self.grant.slept(now.saturating_sub(slept));
            self.pace.awake_us = now;
        } else if self.pace.last == Verdict::Run {
            self.account(now);
        }
        if occasion.from_loop {
            self.pace.loop_us = now;
        }
        if occasion.crowded {
            self.grant.crowded();
        }
        self.pace.turn_us = now;
        self.show_time(now);
        self.pace.wants_turn = false;
        let page = &self.seat().page;
        page.set(layout::DEFINITIONS, self.runtime.defined() as i32);
        page.set(layout::AFTER, 0);
        self.note_page();
        self.requeue_waiting();
        self.take_overflow();
    }

    /// Whether the time of the last turn will do for the next: hardly anything has run since, and what runs here is cheap.
    pub fn is_still_now(&self) -> bool {
        self.pace.last == Verdict::Run && self.resumes_made() <= 1 && self.grant.is_cheap()
    }

    /// Resumes that JavaScript made of its last grant.
    fn resumes_made(&self) -> u32 {
        (self.pace.granted - self.seat().page.get(layout::GRANT)).max(0) as u32
    }

    /// Learns from the last grant, and from those before it for which time stood still.
    fn account(&mut self, now_us: u64) {
        let made = self.resumes_made();
        self.seat().page.add(layout::RESUMES, f64::from(made));
        self.pace.untimed += made;
        self.beside_low = self.beside_low.saturating_add(made as i32);
        let gap_us = now_us.saturating_sub(self.pace.turn_us);
        if gap_us > 0 {
            self.grant.learn(std::mem::take(&mut self.pace.untimed), gap_us);
            self.seat().page.add(layout::TURN_GAPS + super::show::gap_bucket(gap_us), 1.0);
        }
    }

    /// Takes mail and work; whether there is something to run.
    fn work(&mut self, sink: &mut impl Sink) -> bool {
        self.take_mail();
        self.take_low_overflow();
        let waiting = self.ring().len();
        let idle = waiting == 0 && self.outbox.is_empty() && self.urgent.is_empty();
        let most = if idle { self.grant.claims() } else { 1 };
        if self.claimed.len() < most {
            self.claim(most, idle);
        }
        let busy = waiting > 0 || !self.outbox.is_empty() || !self.urgent.is_empty();
        if busy && std::mem::take(&mut self.pace.passes_on) {
            self.pass_on();
        }
        self.flush(sink);
        busy
    }

    fn take_mail(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        self.drain_warm();
        let mut notified = std::mem::take(&mut self.notified);
        runtime.seats[self.seat].inlet.take(&runtime.table, &mut notified);
        for index in notified.drain(..) {
            self.drain(index);
        }
        if self.notified.is_empty() {
            self.notified = notified;
        }
        self.take_strays();
        self.take_due(self.pace.turn_us);
    }

    /// Tells JavaScript as much as it has use for: a backlog waits here, in bytes, not there, in objects that outlive
    /// the collector's young generation.
    fn flush(&mut self, sink: &mut impl Sink) {
        let few = GRANT_MAX as usize;
        let most = if self.outbox.len() <= few || self.unread() < BACKLOG { BACKLOG } else { few };
        let mut flushed = self.flush_urgent(sink);
        let mut lows = self.lows;
        while flushed < most && self.urgent.is_empty() {
            let Some((priority, completion)) = self.outbox.next(sink, lows > 0) else { break };
            lows -= i32::from(priority == Priority::Low);
            self.tell_one(completion, sink);
            flushed += 1;
        }
        self.clear_graves();
    }

    fn flush_urgent(&mut self, sink: &mut impl Sink) -> usize {
        let mut flushed = 0;
        while self.urgent.front().is_some_and(|completion| sink.fits(completion.payload_len())) {
            self.urgent.pop_front().into_iter().for_each(|completion| sink.put(completion));
            flushed += 1;
        }
        flushed
    }

    fn tell_one(&mut self, completion: Completion, sink: &mut impl Sink) {
        match completion {
            Completion::Start { pid, .. } => {
                let runtime = Rc::clone(&self.runtime);
                let Some(process) = runtime.table.get(pid) else { return };
                if let Some(what) = process.seldom().unstarted.as_deref() {
                    sink.start(pid, process.state.load(), what);
                }
            }
            Completion::Opened { pid } => self.open_gate(pid, sink),
            completion => sink.put(completion),
        }
    }

    /// From now on local messages and signals may go straight to the process, if nothing of ours is on the way to it:
    /// JavaScript hears of it before it can send again. Else its mail goes first.
    fn open_gate(&mut self, pid: Pid, sink: &mut impl Sink) {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(pid) else { return };
        let state = process.state.load();
        if !state.has_body() {
            return;
        }
        if !state.is_behind() {
            process.state.open();
            return sink.put(Completion::Opened { pid });
        }
        process.state.set_behind(false);
        // Not parked, for it stays in whatever list it is in: of the notified, of the inlet or of the warm.
        let warm = self.forget_warm(pid);
        self.draining = Some(pid);
        let alive = self.open_all(pid, process, process.mailbox.take());
        self.draining = None;
        if alive {
            let kept = !warm || self.keep_warm(pid);
            debug_assert!(kept, "{pid:?} was warm");
            self.outbox.push(Priority::Normal, Completion::Opened { pid });
        } else if warm {
            self.vacate(pid);
        }
    }

    /// Messages that JavaScript was told of and no body has taken.
    fn unread(&self) -> usize {
        (self.untaken() - self.outbox.len() as f64).max(0.0) as usize
    }

    /// Messages handed over, or about to be, that no body has taken.
    pub(super) fn untaken(&self) -> f64 {
        let count = |counter| self.seat().page.count(counter);
        let came = count(layout::LOCAL_ACCEPTED) + count(layout::NATIVE_DELIVERED);
        let gone = [
            layout::RECEIVED,
            layout::DROPPED_DIED,
            layout::DROPPED_CORRUPT,
            layout::DROPPED_NOBODY,
            layout::DROPPED_OLDEST,
        ];
        came - gone.into_iter().map(count).sum::<f64>()
    }

    fn go_on(&mut self, occasion: Occasion) -> Verdict {
        if self.pace.looking_since_us.take().is_some() {
            self.grant.spin_paid();
        }
        if occasion.now_us.saturating_sub(self.pace.loop_us) >= LOOP_US { Verdict::Yield } else { Verdict::Run }
    }

    /// Nothing to do: looks around for a while, then sleeps.
    fn rest(&mut self, occasion: Occasion, sink: &mut impl Sink) -> Verdict {
        let since = *self.pace.looking_since_us.get_or_insert(occasion.now_us);
        let spins = occasion.now_us.saturating_sub(since) < self.grant.spin_us();
        if spins && !self.runtime.is_crowded() {
            for _ in 0..SPIN_LOOKS {
                if self.has_work() {
                    return if self.work(sink) { self.go_on(occasion) } else { Verdict::Look };
                }
                spin_loop();
            }
            return Verdict::Look;
        }
        self.pace.looking_since_us = None;
        if !spins {
            self.grant.spin_wasted();
        }
        self.park_all_warm();
        self.lie_down();
        if self.has_work()
            || self.runtime.is_stopping()
            || self.runtime.defined() as i32 != self.seat().page.get(layout::DEFINITIONS)
        {
            self.get_up();
            // Something came between the look and the bed, or is left to others; let them pass, then look again.
            return match (self.work(sink), self.pace.leaving_since_us) {
                (true, _) => self.go_on(occasion),
                (false, None) => Verdict::Look,
                (false, Some(_)) => Verdict::Yield,
            };
        }
        Verdict::Sleep
    }

    /// Whether there is anything that this scheduler should see to. Exact after `lie_down`'s fence.
    fn has_work(&self) -> bool {
        let seat = self.seat();
        let has_mail = !seat.inlet.is_empty() || !self.notified.is_empty() || self.has_warm_mail();
        if has_mail || !seat.pinned.is_empty() || !seat.strays.is_empty() {
            return true;
        }
        (self.takes_work() && seat.has_stealable())
            || (self.may_steal() && self.runtime.seats.regular().iter().any(Seat::is_robbable))
    }

    fn end_turn(&mut self, occasion: Occasion, verdict: Verdict) {
        let now = occasion.now_us;
        let most = if self.shares { BESIDE_LOW } else { i32::MAX };
        // At least one that is not in front: those there, if there is always one, would keep all others waiting.
        let least = self.ring().ahead() + 1;
        self.pace.granted = if verdict == Verdict::Run { self.grant.resumes().min(most).max(least) } else { 0 };
        self.pace.last = verdict;
        self.seat().page.set(layout::GRANT, self.pace.granted);
        self.ring().limit_streak(self.grant.streak());
        self.show_load();
        if verdict == Verdict::Sleep {
            self.pace.slept_us = Some(now);
            self.count(layout::SLEEPS);
            self.set_alarm(now);
            let awake = now.saturating_sub(self.pace.awake_us);
            self.pace.busy_us += awake;
            self.seat().page.add(layout::BUSY_US, awake as f64);
            self.pace.awake_us = now;
        }
        let window = now.saturating_sub(self.pace.share_us);
        if window >= SHARE_US {
            let awake = if verdict == Verdict::Sleep { 0 } else { now.saturating_sub(self.pace.awake_us) };
            self.seat().set_busy_share(((self.pace.busy_us + awake) as f64 / window as f64).min(1.0));
            if awake > 0 {
                self.seat().page.add(layout::BUSY_US, awake as f64);
                self.pace.awake_us = now;
            }
            self.pace.busy_us = 0;
            self.pace.share_us = now;
        }
    }
}
