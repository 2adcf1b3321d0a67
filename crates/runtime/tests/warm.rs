//! Mailboxes that had mail a moment ago are looked at each turn, so that who goes on writing to them notifies nobody; few of
//! them, not for long, and none while their scheduler sleeps.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Pid, Runtime, Scheduler, Sink, Verdict};
use world::body::Ears;
use world::options;

/// How many mailboxes are kept warm.
const WARM: usize = 8;
/// For how many turns without mail.
const MISSES: usize = 8;

/// Counts what is told.
#[derive(Default)]
struct Tray(usize);

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, _completion: Completion) {
        self.0 += 1;
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {}
}

/// A scheduler, always with something to resume, and another that writes to its processes.
struct Pair {
    runtime: Arc<Runtime>,
    sender: Scheduler,
    owner: Scheduler,
    now_us: u64,
}

impl Pair {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new(options(1)));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
        let (Some(sender), Some(owner)) = (sit(0), sit(1)) else { panic!("seats are taken") };
        assert!(owner.ring().push(0));
        Self { runtime, sender, owner, now_us: 0 }
    }

    fn spawn(&mut self) -> Pid {
        let Ok(born) = self.owner.spawn_here(Birth::default()) else { panic!("the table is full") };
        born.pid
    }

    /// A turn of the owner; how much it told.
    fn turn(&mut self) -> usize {
        self.now_us += 10;
        let mut tray = Tray::default();
        let occasion = Occasion { now_us: self.now_us, from_loop: true, crowded: true };
        assert_eq!(self.owner.turn(occasion, &mut tray), Verdict::Run);
        tray.0
    }

    /// Writes; whether that had to notify somebody.
    fn notifies(&mut self, to: Pid) -> bool {
        let before = self.runtime.seats[1].inlet.is_empty();
        assert!(before && self.sender.send(to, 0, &[b"text"]));
        !self.runtime.seats[1].inlet.is_empty()
    }
}

#[test]
fn a_steady_sender_notifies_once() {
    let mut pair = Pair::new();
    let to = pair.spawn();
    for round in 0..50 {
        assert_eq!(pair.notifies(to), round == 0, "round {round}");
        assert_eq!(pair.turn(), 1);
        // Pauses that are short enough, and the next is as long.
        (0..MISSES).for_each(|_| assert_eq!(pair.turn(), 0));
    }
    pair.turn();
    assert!(pair.notifies(to), "after a longer one it notifies again");
}

#[test]
fn few_are_kept_and_each_for_itself() {
    let mut pair = Pair::new();
    let pids: Vec<Pid> = (0..=WARM).map(|_| pair.spawn()).collect();
    for &pid in &pids {
        assert!(pair.notifies(pid));
        assert_eq!(pair.turn(), 1);
    }
    // All but the last are warm, from one turn to the next.
    let warm: Vec<bool> = pids
        .iter()
        .map(|&pid| {
            let notifies = pair.notifies(pid);
            pair.turn();
            !notifies
        })
        .collect();
    assert_eq!(warm, [vec![true; WARM], vec![false]].concat());
    // One goes on, the others have no mail for a while: it alone is warm then.
    for _ in 0..=MISSES {
        assert!(!pair.notifies(pids[3]));
        pair.turn();
    }
    let warm: Vec<usize> = (0..WARM)
        .filter(|&at| {
            let notifies = pair.notifies(pids[at]);
            pair.turn();
            !notifies
        })
        .collect();
    assert_eq!(warm, [3]);
}

#[test]
fn none_is_warm_while_its_scheduler_sleeps() {
    let mut pair = Pair::new();
    let to = pair.spawn();
    assert!(pair.notifies(to));
    pair.turn();
    while pair.owner.ring().pop().is_some() {}
    let occasion = Occasion { now_us: 1_000, from_loop: true, crowded: true };
    assert_eq!(pair.owner.turn(occasion, &mut Tray::default()), Verdict::Sleep);
    assert!(pair.notifies(to) && !pair.owner.seat().bell.is_asleep(), "it is rung");
}
