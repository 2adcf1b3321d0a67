//! Birth: a process gets a slot, what it is for life, its ties, and a place in a queue where a scheduler will find it. Owns
//! the choice of place. Nobody can start a process before its ties are made, so that it cannot end unheard.

use std::rc::Rc;

use super::Scheduler;
use crate::envelope::{Envelope, Letter};
use crate::layout;
use crate::pid::Pid;
use crate::process::state::{Overflow, Priority};
use crate::process::{Process, Unstarted};
use crate::sched::place::place;

/// Where a definition process may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Where {
    /// Wherever it is placed or stolen.
    Any,
    /// On this very scheduler.
    Here,
    /// On this scheduler.
    On(usize),
    /// On a thread of its own.
    Dedicated,
}

/// What a process is given at birth, beside its body.
#[derive(Debug, Clone, Copy, Default)]
pub struct Birth {
    /// The slot that was rented for it, so that it could get a name first.
    pub rented: Option<Pid>,
    /// The process of this scheduler that is linked to it from the start.
    pub linked: Option<Pid>,
    /// The process of this scheduler that hears of its end from the start.
    pub watcher: Option<Pid>,
    /// Its priority.
    pub priority: Priority,
    /// Messages that may wait for it; 0: as many as come.
    pub capacity: u32,
    /// What becomes of those beyond.
    pub overflow: Overflow,
    /// Whether it serves its whole scheduler: it alone keeps no dedicated thread.
    pub serves: bool,
    /// Whether who serves this scheduler hears of its end from the start; then nobody else does by its birth.
    pub heard: bool,
}

/// What drops the oldest takes in so many more before a sender must look for the oldest himself.
const SLACK: u32 = 64;

impl Birth {
    /// What its slot must know of its mailbox.
    fn prepare(&self, process: &Process) {
        process.state.be(self.priority, self.overflow, self.rented.is_some());
        process.places.set(self.places());
        if self.overflow == Overflow::DropOldest {
            process.seldom().capacity = self.capacity;
        }
    }

    fn places(&self) -> i32 {
        let slack = if self.overflow == Overflow::DropOldest { self.capacity.max(SLACK) } else { 0 };
        i32::try_from(self.capacity.saturating_add(slack)).unwrap_or(i32::MAX)
    }
}

/// A process that has been spawned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Born {
    /// Its address.
    pub pid: Pid,
    /// The reference under which its watcher hears of its end, 0 if there is none.
    pub reference: u64,
    /// At whose door it was put.
    pub seat: usize,
    /// The tenancy of that seat, if it is a dedicated one that was reserved for it.
    pub tenancy: u32,
}

/// Why a process could not be spawned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpawnError {
    /// The table is full.
    TooMany,
    /// There is no such scheduler.
    NoScheduler,
    /// Every dedicated thread is somebody's; or this one is going.
    NoThread,
}

impl Scheduler {
    /// Rents a slot for a process to come, which can get a name at once.
    pub fn rent(&mut self) -> Result<Pid, SpawnError> {
        let rented = self.runtime.table.acquire().ok_or(SpawnError::TooMany)?;
        if let Some(process) = self.runtime.table.get(rented) {
            process.state.rent();
        }
        self.rented.push(rented);
        Ok(rented)
    }

    /// Gives a rented slot back, and its name: the process has not been spawned after all.
    pub fn give_back(&mut self, rented: Pid) {
        let before = self.rented.len();
        self.rented.retain(|&other| other != rented);
        if self.rented.len() < before {
            self.runtime.names.forget(rented, &self.runtime.seats);
            self.runtime.table.release(rented);
        }
    }

    /// The slot of a process to be: that which was rented for it, or any.
    fn move_in(&mut self, birth: Birth) -> Result<Pid, SpawnError> {
        let Some(rented) = birth.rented else { return self.runtime.table.acquire().ok_or(SpawnError::TooMany) };
        let before = self.rented.len();
        self.rented.retain(|&other| other != rented);
        if self.rented.len() < before { Ok(rented) } else { Err(SpawnError::TooMany) }
    }

    /// What has a name from before its birth can be found from now on.
    fn appear(&self, pid: Pid, birth: Birth) {
        if birth.rented.is_some() {
            self.runtime.names.appear(pid, &self.runtime.seats);
        }
    }

    /// Makes a process whose body is a closure of this scheduler: it runs from the start.
    pub fn spawn_here(&mut self, birth: Birth) -> Result<Born, SpawnError> {
        let pid = self.move_in(birth)?;
        self.make_here(pid, birth);
        self.seat().count_alive(1);
        self.count(layout::SPAWNED);
        if birth.serves {
            self.servant = Some(pid);
        }
        Ok(Born { pid, reference: self.tie(pid, birth), seat: self.seat, tenancy: 0 })
    }

    /// A rented slot becomes a process of this scheduler, parked.
    fn make_here(&mut self, pid: Pid, birth: Birth) {
        let runtime = Rc::clone(&self.runtime);
        let Some(process) = runtime.table.get(pid) else { return };
        birth.prepare(process);
        // Before anybody finds it alive by a name from before: who does may write at once.
        process.mailbox.open();
        process.state.run(self.seat);
        self.appear(pid, birth);
        if !process.mailbox.park() {
            self.notified.push(pid.index());
            self.pace.want_turn();
        }
        if !runtime.options.native_lane && !process.state.load().is_watched_over() {
            process.state.open();
        }
    }

    /// Makes a process of a definition. `arguments` are its encoded arguments, `skeleton` of their bytes describe them.
    pub fn spawn(
        &mut self,
        definition: u32,
        skeleton: u32,
        arguments: &[&[u8]],
        at: Where,
        birth: Birth,
    ) -> Result<Born, SpawnError> {
        let runtime = Rc::clone(&self.runtime);
        let pinned = match at {
            Where::Any | Where::Dedicated => None,
            Where::Here if self.is_going() => return Err(SpawnError::NoThread),
            Where::Here => Some(self.seat),
            Where::On(seat) if seat < runtime.seats.regular().len() => Some(seat),
            Where::On(_) => return Err(SpawnError::NoScheduler),
        };
        let pid = self.move_in(birth)?;
        // Last of what may fail: nothing is left to be undone.
        let reserved = if at == Where::Dedicated { Some(self.reserve_for(pid, birth)?) } else { None };
        let (pinned, tenancy) = reserved.map_or((pinned, 0), |(seat, tenancy)| (Some(seat), tenancy));
        let Some(process) = runtime.table.get(pid) else { return Err(SpawnError::TooMany) };
        let letter = Letter { to: pid, envelope: Envelope::Message { skeleton } };
        let arguments = self.arena.parcel(letter, arguments);
        let door = match pinned {
            Some(seat) => seat,
            None if runtime.options.placement || self.is_dedicated() => self.place(),
            None => self.seat,
        };
        let capacity = birth.capacity;
        let what = Unstarted {
            definition,
            capacity,
            skeleton,
            arguments,
            early: Vec::new(),
            pinned,
            claimed: None,
            anchor: None,
        };
        process.seldom().unstarted = Some(Box::new(what));
        birth.prepare(process);
        // Before anybody finds it alive by a name from before: who does may write at once.
        process.mailbox.open();
        process.state.await_start(door);
        self.appear(pid, birth);
        self.count(layout::SPAWNED);
        // Before anybody can start it, so that it cannot end unheard.
        let reference = self.tie(pid, birth);
        self.put_at(door, pid.index(), pinned.is_some());
        Ok(Born { pid, reference, seat: door, tenancy })
    }

    fn tie(&mut self, pid: Pid, birth: Birth) -> u64 {
        if let Some(linked) = birth.linked {
            self.link(linked, pid);
        }
        let watcher = if birth.heard { self.servant } else { birth.watcher };
        watcher.map_or(0, |watcher| self.monitor(watcher, pid))
    }

    fn place(&mut self) -> usize {
        let workers = self.runtime.workers();
        let seats = &self.runtime.seats;
        place(&mut self.dice, workers.start, workers.len(), |seat| {
            let seat = &seats[seat];
            seat.load() as f64 + seat.busy_share()
        })
    }

    /// Queues an unstarted process at the door of a scheduler and sees to it that somebody comes.
    fn put_at(&mut self, door: usize, index: u32, pinned: bool) {
        let seat = &self.runtime.seats[door];
        if pinned {
            seat.pinned.push([index]);
        } else if door == self.seat {
            seat.steal.push(index, &seat.inject);
        } else {
            seat.inject.push([index]);
        }
        let rung = door != self.seat && seat.ring();
        let comes = rung || (door != self.seat && seat.bell.is_rung());
        if rung {
            self.count(layout::WAKES_SENT);
        } else if !pinned && !comes {
            self.wake_thief();
        }
        // If nobody else could be woken this scheduler may be the thief: it might be asleep itself, under foreign code.
        if door == self.seat || (!comes && !pinned && self.takes_work()) {
            self.pace.want_turn();
        }
    }
}
