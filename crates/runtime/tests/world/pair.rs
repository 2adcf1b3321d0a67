//! Two schedulers without isolates, one of which writes to processes of the other: turn by turn, who is told what, and who is resumed.

use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::Snapshot;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Options, Pid, Priority, Reason, ReasonKind, Runtime, Scheduler, Sink, layout};

use super::body::Ears;
use super::options;

pub const HIGH: Priority = Priority::High;
pub const NORMAL: Priority = Priority::Normal;
pub const LOW: Priority = Priority::Low;

/// What one turn told, as far as there was room.
pub struct Tray {
    pub room: usize,
    pub told: Vec<(char, u32)>,
}

impl Sink for Tray {
    fn fits(&self, _payload_len: usize) -> bool {
        self.told.len() < self.room
    }

    fn put(&mut self, completion: Completion) {
        self.told.push(match completion {
            Completion::Message { index, .. } => ('m', index),
            Completion::Down { index, .. } => ('d', index),
            Completion::Exiting { index, .. } => ('x', index),
            other => panic!("{other:?}"),
        });
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {
        panic!("there are no definitions")
    }
}

/// A scheduler, and another that writes to its processes.
pub struct Pair {
    pub one: Scheduler,
    pub other: Scheduler,
    pub now_us: u64,
    pub room: usize,
}

impl Pair {
    pub fn new() -> Self {
        let runtime = Arc::new(Runtime::new(Options { host_works: true, ..options(1) }));
        let sit = |seat| Scheduler::take_seat(Arc::clone(&runtime), seat, Arc::new(Ears::default()), 1, 0);
        let (Some(other), Some(one)) = (sit(0), sit(1)) else { panic!("seats are taken") };
        Self { one, other, now_us: 0, room: 1_000 }
    }

    pub fn spawn(&mut self, priority: Priority) -> Pid {
        let Ok(born) = self.one.spawn_here(Birth { priority, ..Birth::default() }) else { panic!("the table is full") };
        born.pid
    }

    pub fn turn(&mut self) -> Vec<(char, u32)> {
        self.now_us += 100;
        let mut tray = Tray { room: self.room, told: Vec::new() };
        self.one.turn(Occasion { now_us: self.now_us, from_loop: true, crowded: true }, &mut tray);
        tray.told
    }

    pub fn write(&mut self, to: Pid) {
        assert!(self.other.send(to, 0, &[b"text"]));
    }

    /// Goes onto the ring as its isolate has it: by itself if its priority is the common one, by the next turn else.
    pub fn ready(&mut self, pid: Pid) {
        let priority = self.one.runtime().table.get(pid).map(|process| process.state.load().priority());
        if priority != Some(NORMAL) || !self.one.ring().push(pid.index()) {
            self.one.before_submission();
            self.one.overflow(pid.index());
            self.one.after_submission();
        }
    }

    pub fn grant(&self) -> i32 {
        self.one.seat().page.get(layout::GRANT)
    }

    /// The next resume of this grant.
    pub fn resume(&self) -> Option<u32> {
        let grant = self.grant();
        let next = if grant > 0 { self.one.ring().pop() } else { None };
        next.inspect(|_| self.one.seat().page.set(layout::GRANT, grant - 1))
    }

    pub fn resumes(&self) -> u64 {
        self.one.seat().page.count(layout::RESUMES) as u64
    }

    /// Whether the slot of a process is its own still.
    pub fn holds(&self, pid: Pid) -> bool {
        self.one.runtime().table.get(pid).is_some()
    }

    pub fn finish(&mut self, pid: Pid) {
        self.one.finish(pid, &Reason::new(ReasonKind::Normal, &[]));
    }
}
