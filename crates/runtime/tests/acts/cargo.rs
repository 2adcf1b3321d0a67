//! Messages with cargo in a random program: between the cargo and its letter others take steps, and threads go.

use rumpus_runtime::{Pid, ReasonKind};

use crate::Run;
use crate::world::body::Parked;

impl Run {
    /// A message with cargo, and now and then somebody else is faster than its letter.
    pub fn transfer(&mut self, seat: usize, pid: Pid, to: Pid) {
        let Some((tag, anchor)) = self.world.move_cargo(seat, pid, to) else { return };
        if self.dice.chance(30) {
            for _ in 0..self.dice.below(12) {
                self.step_beside(seat);
            }
        }
        self.world.send_letter(seat, tag, anchor);
    }

    /// One step of somebody else.
    fn step_beside(&mut self, seat: usize) {
        let Some(other) = self.dice.pick(&self.seats()).filter(|&other| other != seat) else { return };
        if self.restless > 0 && self.dice.chance(3) {
            return self.world.leave(other);
        }
        let steps = self.world.steps(other);
        let Some(step) = self.dice.pick(&steps) else { return };
        self.world.take(other, step);
        let away = self.world.isolate(other).bodies.values().find(|b| b.parked == Parked::Away).map(|b| b.pid);
        if let Some(pid) = away.filter(|_| self.dice.chance(20)) {
            self.world.finish(other, pid, ReasonKind::User);
        }
    }
}
