//! What JavaScript does without a crossing, by the words of its page: it takes processes out of a stock, puts those whose body
//! has returned and values it has sent into lists, and gives names to timers. Rust notes all that before anything else.

mod world;

use std::collections::BTreeSet;
use std::sync::Arc;

use rumpus_runtime::process::Unstarted;
use rumpus_runtime::process::state::{Phase, Snapshot};
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Completion, Pid, Reason, ReasonKind, Runtime, Scheduler, Sink, When, layout};
use rumpus_sync::Page;
use world::body::Ears;
use world::options;

/// Takes all there is, and notes the values in slots: for whom, or nobody, and which.
#[derive(Default)]
struct All(Vec<(Option<u32>, u32)>);

impl Sink for All {
    fn fits(&self, _payload_len: usize) -> bool {
        true
    }

    fn put(&mut self, completion: Completion) {
        match completion {
            Completion::Slot { index, slot, .. } => self.0.push((Some(index), slot)),
            Completion::Freed { slot } => self.0.push((None, slot)),
            _ => {}
        }
    }

    fn start(&mut self, _pid: Pid, _state: Snapshot, _what: &Unstarted) {}
}

/// A scheduler in whose runtime slots and names have had tenants.
fn sit() -> (Arc<Runtime>, Scheduler) {
    let runtime = Arc::new(Runtime::new(options(1)));
    let Some(mut scheduler) = Scheduler::take_seat(Arc::clone(&runtime), 1, Arc::new(Ears::default()), 1, 0) else {
        panic!("an empty seat")
    };
    for _ in 0..2_000 {
        let Ok(born) = scheduler.spawn_here(Birth::default()) else { panic!("the table is full") };
        scheduler.finish(born.pid, &Reason::new(ReasonKind::Normal, &[]));
        let when = When { deadline_us: 1_000, period_us: 0 };
        assert!(scheduler.send_after(born.pid, when, 0, &[]).is_some());
    }
    (runtime, scheduler)
}

fn long_at(page: &Page, at: usize) -> u64 {
    u64::from(page.get(at) as u32) + (u64::from(page.get(at + 1) as u32) << 32)
}

/// What is in the stock, the next to be taken last.
fn stock(page: &Page) -> Vec<Pid> {
    let all = 0..page.get(layout::STOCKED) as usize;
    all.map(|at| Pid::from_bits(long_at(page, layout::STOCK + 2 * at))).collect()
}

/// JavaScript spawns a closure.
fn take(page: &Page) -> Pid {
    let Some(&pid) = stock(page).last() else { panic!("the stock is empty") };
    page.set(layout::STOCKED, page.get(layout::STOCKED) - 1);
    pid
}

/// The body of a process returns.
fn end(page: &Page, pid: Pid) {
    let ended = page.get(layout::ENDED);
    page.set(layout::ENDED_FIRST + ended as usize, pid.index() as i32);
    page.set(layout::ENDED, ended + 1);
}

/// JavaScript sends the value in a slot to a process of its isolate.
fn send(page: &Page, to: Pid, slot: i32) {
    let at = layout::SENT_FIRST + 3 * page.get(layout::SENT) as usize;
    page.set(at, to.bits() as u32 as i32);
    page.set(at + 1, (to.bits() >> 32) as i32);
    page.set(at + 2, slot);
    page.set(layout::SENT, page.get(layout::SENT) + 1);
}

fn tenants(runtime: &Runtime) -> usize {
    (0..runtime.table.made()).filter(|&index| runtime.table.at(index).is_some()).count()
}

fn timers(runtime: &Runtime) -> usize {
    (0..runtime.timers.made()).filter(|&index| runtime.timers.at(index).is_some()).count()
}

#[test]
fn those_of_the_stock_are_nobody_until_they_are_taken() {
    let (runtime, mut scheduler) = sit();
    let page = &runtime.seats[1].page;
    for round in 0..3 {
        let before = stock(page);
        assert_eq!(scheduler.refill(), Ok(()));
        let all = stock(page);
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), layout::STOCK_MAX, "all different");
        assert!(all.iter().any(|pid| pid.ticket().generation > 1), "slots that have had tenants");
        assert_eq!(all[..before.len()], before, "who was there stays");
        let taken = [take(page), take(page), take(page)];
        scheduler.before_submission();
        assert_eq!(runtime.seats[1].alive(), 3 * (round + 1));
        for &pid in &all {
            let Some(process) = runtime.table.get(pid) else { panic!("{pid:?} is in the stock") };
            let state = process.state.load();
            assert_eq!((state.phase(), state.seat(), state.is_open()), (Phase::Running, 1, true));
            assert_eq!(state.is_stocked(), !taken.contains(&pid));
        }
        assert_eq!(runtime.census(None).len(), 3 * (round + 1) as usize);
    }
    let full = stock(page).len();
    assert_eq!((scheduler.refill(), scheduler.refill()), (Ok(()), Ok(())));
    assert_eq!((full, stock(page).len()), (layout::STOCK_MAX - 3, layout::STOCK_MAX));
    assert_eq!((tenants(&runtime), runtime.seats[1].alive()), (layout::STOCK_MAX + 9, 9));
}

#[test]
fn who_is_in_the_list_has_ended_before_anything_else_is_done() {
    let (runtime, mut scheduler) = sit();
    let page = &runtime.seats[1].page;
    let Ok(watcher) = scheduler.spawn_here(Birth::default()) else { panic!("the table is full") };
    assert_eq!(scheduler.refill(), Ok(()));
    let (pids, before) = ([take(page), take(page), take(page)], page.count(layout::EXITED));
    scheduler.before_submission();
    for pid in pids {
        scheduler.monitor(watcher.pid, pid);
    }
    end(page, pids[0]);
    end(page, pids[2]);
    scheduler.before_submission();
    assert_eq!((page.get(layout::ENDED), page.count(layout::EXITED) - before, runtime.seats[1].alive()), (0, 2.0, 2));
    assert_eq!(pids.map(|pid| runtime.is_alive(pid)), [false, true, false]);
    assert_eq!(scheduler.untold().values().sum::<u32>(), 2, "the watcher hears of both");
    scheduler.collect(&mut All::default());
    assert_eq!(pids.map(|pid| runtime.table.get(pid).is_some()), [false, true, false]);
    // One is killed, and its body returns before it is told of that.
    scheduler.exit(watcher.pid, pids[1], Reason::new(ReasonKind::Kill, &[]));
    end(page, pids[1]);
    scheduler.before_submission();
    assert_eq!((page.get(layout::ENDED), page.count(layout::EXITED) - before, runtime.seats[1].alive()), (0, 3.0, 1));
}

#[test]
fn what_is_in_the_list_of_the_sent_goes_before_anything_else_in_order() {
    let (runtime, mut scheduler) = sit();
    let page = &runtime.seats[1].page;
    assert_eq!(scheduler.refill(), Ok(()));
    let [ends, stays, gone] = [take(page), take(page), take(page)];
    scheduler.before_submission();
    end(page, gone);
    scheduler.before_submission();
    let counts = |scheduler: &Scheduler| {
        let page = &scheduler.seat().page;
        [layout::NATIVE_ACCEPTED, layout::NATIVE_DROPPED_DEAD, layout::NATIVE_DROPPED_DIED].map(|at| page.count(at))
    };
    let before = counts(&scheduler);
    // One gets mail and ends, one gets mail from the list and by a submission, one has long ended.
    send(page, ends, 10);
    end(page, ends);
    send(page, stays, 11);
    send(page, gone, 12);
    send(page, stays, 13);
    scheduler.before_submission();
    assert_eq!(scheduler.send_slot(stays, 14), None);
    send(page, stays, 15);
    assert_eq!(page.get(layout::SENT), 1);
    let mut all = All::default();
    scheduler.turn(Occasion { now_us: 10, from_loop: true, crowded: false }, &mut all);
    assert_eq!(page.get(layout::SENT), 0);
    let to_stays: Vec<u32> = all.0.iter().filter(|(to, _)| *to == Some(stays.index())).map(|&(_, slot)| slot).collect();
    assert_eq!(to_stays, [11, 13, 14, 15]);
    let mut freed: Vec<u32> = all.0.iter().filter(|(to, _)| to.is_none()).map(|&(_, slot)| slot).collect();
    freed.sort_unstable();
    assert_eq!(freed, [10, 12], "whoever is gone keeps nothing");
    let after = counts(&scheduler);
    assert_eq!([0, 1, 2].map(|at| after[at] - before[at]), [6.0, 1.0, 1.0]);
}

#[test]
fn a_thread_that_goes_leaves_no_stock_behind() {
    let (runtime, mut scheduler) = sit();
    assert!(scheduler.refill().is_ok() && scheduler.refill_timers());
    let before = runtime.total(layout::EXITED);
    let (all, taken) = (stock(&runtime.seats[1].page), take(&runtime.seats[1].page));
    assert_eq!((tenants(&runtime), timers(&runtime)), (layout::STOCK_MAX, layout::TIMER_STOCK_MAX));
    scheduler.leave();
    assert_eq!((tenants(&runtime), timers(&runtime)), (0, 0));
    assert_eq!(stock(&runtime.seats[1].page), []);
    assert_eq!(runtime.total(layout::EXITED) - before, 1.0, "{taken:?} had begun");
    let name = |at: usize| long_at(&runtime.seats[1].page, layout::TIMER_STOCK + 2 * at);
    assert!((0..layout::TIMER_STOCK_MAX).all(|at| name(at) == 0));
    for pid in all {
        assert!(runtime.table.get(pid).is_none());
    }
}

#[test]
fn names_of_timers_are_given_once_whether_they_were_handed_over_or_not() {
    let (runtime, mut scheduler) = sit();
    let page = &runtime.seats[1].page;
    let Ok(to) = scheduler.spawn_here(Birth::default()) else { panic!("the table is full") };
    let mut ever = BTreeSet::new();
    for round in 0..4 {
        assert!(scheduler.refill_timers());
        let at = |at: usize| layout::TIMER_STOCK + 2 * at;
        for name in (0..layout::TIMER_STOCK_MAX).map(|n| long_at(page, at(n))) {
            assert!(Pid::from_bits(name).runtime() == runtime.options.number && ever.insert(name), "{name} twice");
        }
        assert_eq!(timers(&runtime), layout::TIMER_STOCK_MAX + round);
        // One is handed over, the others were cancelled at once.
        let named = long_at(page, at(layout::TIMER_STOCK_MAX - 1 - round));
        page.set(at(layout::TIMER_STOCK_MAX - 1 - round), 0);
        page.set(at(layout::TIMER_STOCK_MAX - 1 - round) + 1, 0);
        let when = When { deadline_us: 1_000_000, period_us: 0 };
        assert_eq!(scheduler.send_slot_after(to.pid, when, round as u32, Some(named)), Some(named));
        assert_eq!(scheduler.due(), round + 1);
    }
}
