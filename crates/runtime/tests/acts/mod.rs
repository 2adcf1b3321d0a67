//! What a process of a random program may do next, and how often; and which seed to blame.
#![allow(unreachable_pub, reason = "a module of a test program, a public thing of none")]

mod cargo;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Send,
    Spawn,
    Link,
    Unlink,
    Monitor,
    Demonitor,
    Trap,
    Exit,
    Finish,
    SendAfter,
    Cancel,
    Name,
    Transfer,
    Churn,
}

/// How much of each there is in a common run.
pub const ACTS: [(Act, usize); 14] = [
    (Act::Send, 40),
    (Act::Spawn, 16),
    (Act::Link, 7),
    (Act::Unlink, 6),
    (Act::Monitor, 8),
    (Act::Demonitor, 4),
    (Act::Trap, 5),
    (Act::Exit, 4),
    (Act::Finish, 5),
    (Act::SendAfter, 8),
    (Act::Cancel, 3),
    (Act::Name, 4),
    (Act::Transfer, 14),
    (Act::Churn, 0),
];

/// Says which seed it was if the run fails.
pub struct Tell(pub u64);

impl Drop for Tell {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("RUMPUS_SEED={} cargo test -p rumpus-runtime --test sim", self.0);
        }
    }
}
