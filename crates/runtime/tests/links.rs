//! Two processes on two schedulers link and unlink each other while their signals cross, and one of them may end: every
//! order of so many steps. Once quiet both ends agree, the one who acted alone has its way, and an unlink is the end of it.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Pid, Reason, ReasonKind, Runtime, Scheduler, Sink};
use world::body::Ears;
use world::options;

/// Steps of one order.
const STEPS: u32 = 6;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Link(usize),
    Unlink(usize),
    Turn(usize),
    /// The second process ends.
    End,
}

const ALL: [Step; 7] =
    [Step::Link(0), Step::Unlink(0), Step::Link(1), Step::Unlink(1), Step::Turn(0), Step::Turn(1), Step::End];

/// Counts the exits that are told.
#[derive(Default)]
struct Told {
    exits: usize,
}

impl Sink for Told {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        assert!(matches!(completion, Completion::Exit { .. }), "{completion:?}");
        self.exits += 1;
    }

    fn start(&mut self, pid: Pid, _state: Snapshot, _what: &Unstarted) {
        panic!("{pid:?} is a closure");
    }
}

struct Pair {
    schedulers: [Scheduler; 2],
    pids: [Pid; 2],
    told: [Told; 2],
    now_us: u64,
    ended: bool,
    /// The first has taken a link back that it knew of, and nobody has linked since.
    over: bool,
    exits_when_over: usize,
}

impl Pair {
    fn new() -> Self {
        let runtime = Arc::new(Runtime::new(options(1)));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 1);
        let (Some(one), Some(two)) = (sit(0), sit(1)) else { panic!("two seats") };
        let nobody = Pid::from_bits(0);
        let told = [Told::default(), Told::default()];
        let (schedulers, pids) = ([one, two], [nobody; 2]);
        Self { schedulers, pids, told, now_us: 1, ended: false, over: false, exits_when_over: 0 }
    }

    fn turn(&mut self, at: usize) {
        self.now_us += 100;
        let occasion = Occasion { now_us: self.now_us, from_loop: true, crowded: false };
        self.schedulers[at].turn(occasion, &mut self.told[at]);
    }

    fn quiet(&mut self) {
        for turn in 0..8 {
            self.turn(turn % 2);
        }
    }

    /// Both are there, and trap exits, so that one survives the other.
    fn begin(&mut self) {
        for at in 0..2 {
            let Ok(pid) = self.schedulers[at].spawn_here(Birth::default()).map(|born| born.pid) else {
                panic!("the table is full")
            };
            self.schedulers[at].trap_exits(pid, true);
            self.pids[at] = pid;
        }
        self.told = [Told::default(), Told::default()];
        (self.ended, self.over, self.exits_when_over) = (false, false, 0);
    }

    fn end(&mut self, at: usize) {
        self.schedulers[at].finish(self.pids[at], &Reason::new(ReasonKind::Error, &[]));
    }

    /// Takes a step; false if it cannot be taken.
    fn take(&mut self, step: Step) -> bool {
        let pids = self.pids;
        match step {
            Step::Link(1) | Step::Unlink(1) | Step::End if self.ended => return false,
            Step::Link(at) => {
                self.schedulers[at].link(pids[at], pids[1 - at]);
                self.over = false;
            }
            Step::Unlink(at) => {
                let stood = self.ties(at).0;
                self.schedulers[at].unlink(pids[at], pids[1 - at]);
                if at == 0 && stood {
                    // What came before is there already, or comes never.
                    self.turn(0);
                    self.over = true;
                    self.exits_when_over = self.told[0].exits;
                }
            }
            Step::Turn(at) => self.turn(at),
            Step::End => {
                self.end(1);
                self.ended = true;
            }
        }
        true
    }

    fn ties(&self, at: usize) -> (bool, usize) {
        let Some(ties) = self.schedulers[at].ties(self.pids[at]) else { return (false, 0) };
        let linked: Vec<Pid> = ties.links().collect();
        assert!(linked.iter().all(|&pid| pid == self.pids[1 - at]));
        (!linked.is_empty(), ties.unlinking())
    }

    fn check(&mut self, steps: &[Step]) {
        self.quiet();
        let ((first, first_unlinks), (second, second_unlinks)) = (self.ties(0), self.ties(1));
        assert_eq!((first_unlinks, second_unlinks), (0, 0), "an unlink is not answered: {steps:?}");
        if self.ended {
            assert!(!first && !second, "a link with the dead: {steps:?}");
        } else {
            assert_eq!(first, second, "who is linked: {steps:?}");
            let verbs = |of| steps.iter().rfind(|step| [Step::Link(of), Step::Unlink(of)].contains(step));
            if let (Some(last), None) | (None, Some(last)) = (verbs(0), verbs(1)) {
                assert_eq!(first, matches!(last, Step::Link(_)), "nobody else acted: {steps:?}");
            }
            self.end(1);
            self.quiet();
            assert_eq!(self.told[0].exits, usize::from(first), "who hears of the end: {steps:?}");
        }
        if self.over {
            assert_eq!(self.told[0].exits, self.exits_when_over, "an exit behind an unlink: {steps:?}");
        }
        self.end(0);
        self.quiet();
    }
}

#[test]
fn links_agree_once_quiet() {
    let mut pair = Pair::new();
    let mut steps = Vec::new();
    for order in 0..ALL.len().pow(STEPS) {
        steps.clear();
        let mut rest = order;
        for _ in 0..STEPS {
            steps.push(ALL[rest % ALL.len()]);
            rest /= ALL.len();
        }
        pair.begin();
        if steps.iter().all(|&step| pair.take(step)) {
            pair.check(&steps);
        } else {
            for at in 0..2 {
                pair.end(at);
            }
            pair.quiet();
        }
    }
}
