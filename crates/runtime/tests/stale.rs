//! Letters that come too late: to one that has just ended, or into the slot of somebody else, as when a sender has looked the
//! slot up a moment too early. Whoever waits for an answer gets it, and whoever lives there now hears nothing.

mod world;

use std::sync::Arc;

use rumpus_runtime::envelope::Letter;
use rumpus_runtime::process::state::{Overflow, Snapshot};
use rumpus_runtime::process::{Process, Unstarted};
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Options, Pid, Priority, Reason, ReasonKind, Runtime, Scheduler, Sink, Where};
use rumpus_sync::{Parcel, Push};
use world::body::Ears;
use world::options;

/// What a turn told.
#[derive(Default)]
struct Tray(Vec<Completion>);

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        self.0.push(completion);
    }

    fn start(&mut self, pid: Pid, _state: Snapshot, _what: &Unstarted) {
        panic!("{pid:?} is a closure")
    }
}

/// Two schedulers: on one somebody asks, on the other lives who is asked, or did.
struct Pair {
    near: Scheduler,
    far: Scheduler,
    now_us: u64,
}

fn spawn(scheduler: &mut Scheduler, birth: Birth) -> Pid {
    let Ok(born) = scheduler.spawn_here(birth) else { panic!("the table is full") };
    born.pid
}

fn finish(scheduler: &mut Scheduler, pid: Pid) {
    scheduler.finish(pid, &Reason::new(ReasonKind::User, &[]));
}

/// Lets slots until one is that of `former`.
fn let_again(scheduler: &mut Scheduler, former: Pid) -> Pid {
    for _ in 0..2_000 {
        let tenant = spawn(scheduler, Birth::default());
        if tenant.index() == former.index() {
            return tenant;
        }
        finish(scheduler, tenant);
    }
    panic!("the slot of {former:?} is never let again")
}

impl Pair {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new(Options { host_works: true, ..options(1) }));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
        let (Some(near), Some(far)) = (sit(0), sit(1)) else { panic!("seats are taken") };
        Self { near, far, now_us: 0 }
    }

    fn process(&self, pid: Pid) -> &Process {
        let Some(process) = self.near.runtime().table.get(pid) else { panic!("{pid:?} is gone") };
        process
    }

    /// Letters that their senders have not pushed yet, after all.
    fn hold_back(&self, from: Pid) -> Vec<Parcel<Letter>> {
        self.process(from).mailbox.take().collect()
    }

    /// They do so now.
    fn push(&self, held: Vec<Parcel<Letter>>, tenant: Pid) {
        let process = self.process(tenant);
        let seat = &self.near.runtime().seats[process.state.load().seat()];
        for parcel in held {
            match process.mailbox.push(parcel) {
                Push::Notify => seat.inlet.push(tenant.index(), &self.near.runtime().table),
                Push::Queued => {}
                Push::Closed(_) => panic!("{tenant:?} is dead"),
            }
        }
    }

    /// Both take turns until all is told; what is told at the near one.
    fn turns(&mut self) -> Vec<Completion> {
        let (mut near, mut far) = (Tray::default(), Tray::default());
        for _ in 0..4 {
            self.now_us += 10;
            let occasion = Occasion { now_us: self.now_us, from_loop: true, crowded: true };
            self.far.turn(occasion, &mut far);
            self.near.turn(occasion, &mut near);
            self.near.collect(&mut near);
        }
        near.0
    }

    /// The process ends on the far side and another one moves into its slot; then the letters come.
    fn come_too_late(&mut self, held: Vec<Parcel<Letter>>, former: Pid) -> Vec<Completion> {
        finish(&mut self.far, former);
        let mut told = self.turns();
        let tenant = let_again(&mut self.far, former);
        self.push(held, tenant);
        told.extend(self.turns());
        assert!(self.near.runtime().is_alive(tenant) && self.far.ties(tenant).is_none(), "they were for another");
        told
    }
}

/// A process that offers, one place in the mailbox of another, which is taken.
fn one_place(pair: &mut Pair, offers_near: bool) -> (Pid, Pid) {
    let bounded = Birth { capacity: 1, overflow: Overflow::Offer, ..Birth::default() };
    let (from, to) = match offers_near {
        true => (spawn(&mut pair.near, Birth::default()), spawn(&mut pair.far, bounded)),
        false => (spawn(&mut pair.far, Birth::default()), spawn(&mut pair.near, bounded)),
    };
    assert!(pair.process(to).places.take());
    (from, to)
}

/// Whether these are the refusal of one offer, and nothing else.
fn is_refused(told: &[Completion], offer: u32) -> bool {
    matches!(told, [Completion::Granted { offer: refused, place: false, .. }] if *refused == offer)
}

#[test]
fn who_watches_a_former_tenant_or_links_to_it_hears_that_it_is_gone() {
    let mut pair = Pair::new();
    let asker = spawn(&mut pair.near, Birth::default());
    let former = spawn(&mut pair.far, Birth::default());
    pair.near.trap_exits(asker, true);
    pair.turns();
    let reference = pair.near.monitor(asker, former);
    pair.near.link(asker, former);
    let held = pair.hold_back(former);
    let told = pair.come_too_late(held, former);
    let [Completion::Down { reference: told_of, from, reason, .. }, Completion::Exit { from: exited, reason: why, .. }] =
        &told[..]
    else {
        panic!("{told:?}")
    };
    assert_eq!((*told_of, *from, *exited), (reference, former, former));
    assert_eq!((reason.kind(), why.kind()), (ReasonKind::NoProc, ReasonKind::NoProc));
    assert!(pair.near.ties(asker).is_none());
}

#[test]
fn an_unlink_that_crosses_another_is_answered_for_the_dead() {
    for is_stale in [false, true] {
        let mut pair = Pair::new();
        let asker = spawn(&mut pair.near, Birth::default());
        let former = spawn(&mut pair.far, Birth::default());
        pair.turns();
        pair.near.link(asker, former);
        pair.turns();
        pair.far.unlink(former, asker);
        pair.near.unlink(asker, former);
        assert_eq!(pair.near.ties(asker).map(|ties| ties.unlinking()), Some(1));
        if is_stale {
            let held = pair.hold_back(former);
            assert!(pair.come_too_late(held, former).is_empty());
        } else {
            finish(&mut pair.far, former);
            assert!(pair.turns().is_empty());
        }
        assert!(pair.near.ties(asker).is_none(), "stale: {is_stale}");
    }
}

#[test]
fn who_stands_in_line_for_a_place_is_refused() {
    for (is_in_line, is_stale) in [(true, false), (false, false), (false, true)] {
        let mut pair = Pair::new();
        let (from, to) = one_place(&mut pair, true);
        pair.turns();
        assert!(pair.near.want(to, from, 7));
        let told = if is_stale {
            let held = pair.hold_back(to);
            pair.come_too_late(held, to)
        } else {
            let mut told = if is_in_line { pair.turns() } else { Vec::new() };
            finish(&mut pair.far, to);
            told.extend(pair.turns());
            told
        };
        assert!(is_refused(&told, 7), "{told:?}, in line: {is_in_line}, stale: {is_stale}");
    }
}

#[test]
fn a_place_that_is_granted_to_a_former_tenant_comes_back() {
    let mut pair = Pair::new();
    let (from, to) = one_place(&mut pair, false);
    pair.turns();
    assert!(pair.far.want(to, from, 7));
    let occasion = Occasion { now_us: 100, from_loop: true, crowded: true };
    pair.near.turn(occasion, &mut Tray::default());
    pair.near.give_places(to, 1);
    assert_eq!(pair.process(to).places.free(), 0, "it is kept");
    let held = pair.hold_back(from);
    assert_eq!(held.len(), 1);
    pair.come_too_late(held, from);
    assert_eq!(pair.process(to).places.free(), 1);
}

#[test]
fn the_slot_of_one_that_ends_with_mail_is_held_until_a_turn_comes_across_it() {
    let mut pair = Pair::new();
    let to = spawn(&mut pair.far, Birth::default());
    pair.turns();
    assert!(pair.near.send(to, 0, &[b"text"]));
    finish(&mut pair.far, to);
    assert!(pair.near.runtime().table.get(to).is_some(), "it is in an inlet");
    pair.turns();
    assert!(pair.near.runtime().table.get(to).is_none());
}

#[test]
fn only_what_comes_from_its_own_scheduler_before_it_is_open_is_behind() {
    let mut pair = Pair::new();
    let watched_over = Birth { priority: Priority::High, ..Birth::default() };
    let [closed, open] = [watched_over, Birth::default()].map(|birth| spawn(&mut pair.far, birth));
    let Ok(unstarted) = pair.far.spawn(0, 0, &[], Where::Here, Birth::default()) else { panic!("the table is full") };
    let pids = [closed, open, unstarted.pid];
    let behind = |pair: &Pair| pids.map(|pid| pair.process(pid).state.load().is_behind());
    assert!(pids.iter().all(|&pid| pair.near.send(pid, 0, &[])));
    assert_eq!(behind(&pair), [false; 3], "another scheduler's");
    assert!(pids.iter().all(|&pid| pair.far.send(pid, 0, &[])));
    assert_eq!(behind(&pair), [true, false, false]);
}
