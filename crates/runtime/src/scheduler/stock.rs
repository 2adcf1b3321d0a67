//! A stock of processes to come, a list of those that have ended and one of values that were sent, all in the page: JavaScript
//! spawns closures out of the first and puts who returned, and what it sends by reference through a mailbox, into the others,
//! and only every so often crosses for any. Owns what they mean: a process of the stock is there already, but nobody knows its
//! pid; what was sent and who has ended is seen to before anything else that JavaScript asks, or a turn, does.

use std::rc::Rc;

use rumpus_sync::Page;

use super::Scheduler;
use super::birth::SpawnError;
use crate::envelope::{Reason, ReasonKind};
use crate::layout;
use crate::pid::Pid;
use crate::process::state::Priority;

impl Scheduler {
    /// Fills the stock.
    pub fn refill(&mut self) -> Result<(), SpawnError> {
        self.note_stock();
        let runtime = Rc::clone(&self.runtime);
        let page = &runtime.seats[self.seat].page;
        let mut stocked = page.get(layout::STOCKED);
        let mut tickets = Vec::with_capacity(layout::STOCK_MAX);
        runtime.table.acquire_many(layout::STOCK_MAX - stocked as usize, &mut tickets);
        for ticket in tickets {
            let pid = runtime.table.pid(ticket);
            let Some(process) = runtime.table.get(pid) else { continue };
            process.places.set(0);
            process.state.stock(self.seat, !runtime.options.native_lane);
            // Behind the state, which tells whoever finds it idle whom to notify.
            process.mailbox.open_idle();
            let at = layout::STOCK + 2 * stocked as usize;
            put_long(page, at, pid.bits());
            stocked += 1;
        }
        page.set(layout::STOCKED, stocked);
        self.stocked = stocked;
        if stocked == 0 { Err(SpawnError::TooMany) } else { Ok(()) }
    }

    /// Rents timers for JavaScript to name. Those it has named and not handed over were cancelled at once: nobody gets their
    /// names again.
    pub fn refill_timers(&mut self) -> bool {
        self.give_up_timers();
        let runtime = Rc::clone(&self.runtime);
        let page = &runtime.seats[self.seat].page;
        for at in 0..layout::TIMER_STOCK_MAX {
            let Some(timer) = runtime.timers.acquire() else { return false };
            put_long(page, layout::TIMER_STOCK + 2 * at, runtime.timer_bits(timer));
        }
        true
    }

    fn give_up_timers(&mut self) {
        let page = &self.seat().page;
        for at in 0..layout::TIMER_STOCK_MAX {
            let bits = get_long(page, layout::TIMER_STOCK + 2 * at);
            if bits != 0 {
                self.runtime.timers.release(Pid::from_bits(bits).ticket());
                put_long(page, layout::TIMER_STOCK + 2 * at, 0);
            }
        }
    }

    /// Notes what JavaScript did without a crossing: whom it spawned, who began, who ended.
    pub(super) fn note_page(&mut self) {
        self.note_started();
        self.note_stock();
        self.note_sent();
        self.note_ended();
    }

    fn note_stock(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let page = &runtime.seats[self.seat].page;
        let stocked = page.get(layout::STOCKED);
        for at in stocked..self.stocked {
            // The slot alone tells which: it is ours, and has no other tenant.
            let index = Pid::from_bits(u64::from(page.get(layout::STOCK + 2 * at as usize) as u32)).index();
            if let Some((_, process)) = runtime.table.at(index) {
                process.state.leave_stock();
            }
        }
        self.seat().count_alive(self.stocked - stocked);
        self.stocked = stocked;
    }

    /// Before who ended: whoever has ended is sent nothing here any more.
    fn note_sent(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let page = &runtime.seats[self.seat].page;
        let sent = page.get(layout::SENT);
        if sent == 0 {
            return;
        }
        page.set(layout::SENT, 0);
        for at in (layout::SENT_FIRST..).step_by(3).take(sent as usize) {
            let to = Pid::from_bits(get_long(page, at));
            if let Some(slot) = self.send_slot(to, page.get(at + 2) as u32) {
                self.free_slot(Priority::Normal, slot);
            }
        }
    }

    fn note_ended(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let page = &runtime.seats[self.seat].page;
        let ended = page.get(layout::ENDED);
        if ended == 0 {
            return;
        }
        let normal = Reason::new(ReasonKind::Normal, &[]);
        for at in 0..ended as usize {
            let index = page.get(layout::ENDED_FIRST + at) as u32;
            if let Some((pid, process)) = runtime.table.at(index)
                && process.state.load().has_body()
            {
                self.die(pid, process, &normal);
            }
        }
        self.clear_graves();
        page.set(layout::ENDED, 0);
    }

    /// Nobody will spawn out of the stock any more.
    pub(super) fn give_up_stock(&mut self) {
        let runtime = Rc::clone(&self.runtime);
        let page = &runtime.seats[self.seat].page;
        for at in 0..page.get(layout::STOCKED) as usize {
            let pid = Pid::from_bits(get_long(page, layout::STOCK + 2 * at));
            let Some(process) = runtime.table.get(pid) else { continue };
            process.state.die();
            let _ = process.mailbox.close();
            runtime.table.release(pid);
        }
        page.set(layout::STOCKED, 0);
        self.give_up_timers();
    }
}

fn get_long(page: &Page, at: usize) -> u64 {
    u64::from(page.get(at) as u32) | u64::from(page.get(at + 1) as u32) << 32
}

fn put_long(page: &Page, at: usize, long: u64) {
    page.set(at, long as u32 as i32);
    page.set(at + 1, (long >> 32) as u32 as i32);
}
