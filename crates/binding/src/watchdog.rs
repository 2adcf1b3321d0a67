//! The watchdog: a thread of its own that sees a scheduler which owes a turn and does not take it, or which owes none and whose
//! event loop does not come round: its body, or foreign code, has kept the thread. Tells the host by its event loop; of a stalled
//! host it tells stderr first. Where work lies at the door of such a thread, it wakes another that can take it. One for a runtime,
//! and gone with it. What sleeps may be kept by foreign code that nobody is told of, so it looks so often that this is seen in time.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use rumpus_runtime::sched::seat::Seat;
use rumpus_runtime::{Pid, Runtime, Waker, layout};

use crate::clock;
use crate::wake::LoopWaker;

/// Who is late is looked at again after this: a glance may deceive, and after a pause of the whole process everybody is late.
const SURE_US: u64 = 40_000;
/// How long at most between two looks at those who sleep, unless that is how long a stall takes.
const LOOK_US: u64 = 25_000;
/// The thread needs next to nothing.
const STACK: usize = 128 * 1024;

/// A scheduler that has not turned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stall {
    pub(crate) seat: usize,
    /// Since when it has owed a turn.
    pub(crate) since_us: u64,
    /// When that was noticed.
    pub(crate) seen_us: u64,
    /// Who was resumed last, if it is still there.
    pub(crate) resumed: Option<Pid>,
    /// The turns it had taken.
    pub(crate) turns: f64,
}

#[derive(Debug, Default)]
struct News {
    over: bool,
    stalls: Vec<Stall>,
}

#[derive(Debug)]
struct Shared {
    stall_us: u64,
    news: Mutex<News>,
    over: Condvar,
    teller: Arc<LoopWaker>,
}

impl Shared {
    fn news(&self) -> MutexGuard<'_, News> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// See the module text. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Watchdog(Arc<Shared>);

impl Watchdog {
    /// Starts watching; `teller` is called when there is something to take. Nothing if the system gives no thread.
    #[expect(
        clippy::disallowed_methods,
        reason = "this thread runs no JavaScript and no part of the core: it looks on"
    )]
    pub(crate) fn start(runtime: &Arc<Runtime>, stall_us: u64, teller: Arc<LoopWaker>) -> Option<Self> {
        let shared = Arc::new(Shared { stall_us, news: Mutex::default(), over: Condvar::new(), teller });
        let (runtime, mine) = (Arc::downgrade(runtime), Arc::clone(&shared));
        std::thread::Builder::new()
            .name("rumpus-watchdog".to_owned())
            .stack_size(STACK)
            .spawn(move || watch(&runtime, &mine))
            .ok()?;
        Some(Self(shared))
    }

    /// What has been seen since this was last asked.
    pub(crate) fn take(&self) -> Vec<Stall> {
        std::mem::take(&mut self.0.news().stalls)
    }
}

impl Drop for Watchdog {
    fn drop(&mut self) {
        self.0.news().over = true;
        self.0.over.notify_all();
        self.0.teller.release();
    }
}

/// What is known of one seat.
#[derive(Debug, Clone, Copy, Default)]
struct Doubt {
    /// How long its event loop had waited in all, and the last look that found it had waited since the one before.
    idle_us: u64,
    waited_us: u64,
    /// The turns it had taken, and that look, when it was first seen late, and when that was.
    turns: f64,
    seen_us: u64,
    at_us: u64,
    told: bool,
}

impl Doubt {
    /// Since when its thread has been kept, whatever its turns say; nothing where its event loop does not tell.
    fn kept_since(&mut self, seat: &Seat, now_us: u64) -> Option<u64> {
        let idle_us = seat.idle_us()?;
        if idle_us != self.idle_us {
            self.idle_us = idle_us;
            self.waited_us = now_us;
        }
        // Awake it may not have waited for long.
        Some(self.waited_us.max(seat.page.count(layout::TURNED_US) as u64))
    }
}

fn watch(runtime: &Weak<Runtime>, shared: &Shared) {
    let mut doubts = HashMap::new();
    let mut pause_us = shared.stall_us.min(LOOK_US);
    let mut news = shared.news();
    while !news.over {
        let pause = Duration::from_micros(pause_us);
        news = shared.over.wait_timeout(news, pause).unwrap_or_else(PoisonError::into_inner).0;
        if news.over {
            return;
        }
        drop(news);
        // Held for the look only: who watches a runtime does not keep it.
        let Some(runtime) = runtime.upgrade() else { return };
        if runtime.is_stopping() {
            return;
        }
        let now_us = clock::now_us();
        let (late, next_us) = look(runtime.seats.regular(), &mut doubts, now_us, shared.stall_us);
        runtime.rouse_thief(now_us);
        pause_us = next_us.saturating_sub(now_us).max(1_000);
        let stalls: Vec<Stall> =
            late.into_iter().map(|(seat, since_us)| stall(&runtime, seat, since_us, now_us)).collect();
        drop(runtime);
        stalls.iter().filter(|stall| stall.seat == 0).for_each(tell_stderr);
        let any = !stalls.is_empty();
        news = shared.news();
        news.stalls.extend(stalls);
        if any {
            shared.teller.wake();
        }
    }
}

/// Who has been late for certain and was not told of, and when to look again. Dedicated seats are left out: a body may keep
/// such a thread.
fn look(seats: &[Seat], doubts: &mut HashMap<usize, Doubt>, now_us: u64, stall_us: u64) -> (Vec<(usize, u64)>, u64) {
    let mut next_us = now_us + stall_us;
    let mut late = Vec::new();
    for (number, seat) in seats.iter().enumerate() {
        let turns = seat.page.count(layout::TURNS);
        let doubt = doubts.entry(number).or_default();
        let kept_us = doubt.kept_since(seat, now_us);
        if kept_us.is_some() {
            next_us = next_us.min(now_us + LOOK_US);
        }
        let Some(since_us) = seat.owes_turn_since().into_iter().chain(kept_us).min() else { continue };
        if now_us < since_us + stall_us {
            next_us = next_us.min(since_us + stall_us);
            continue;
        }
        let seen_us = kept_us.unwrap_or(0);
        if doubt.turns != turns || doubt.seen_us != seen_us {
            *doubt = Doubt { turns, seen_us, at_us: now_us, told: false, ..*doubt };
        }
        if doubt.told {
            continue;
        }
        let sure_us = doubt.at_us + SURE_US;
        if now_us < sure_us {
            next_us = next_us.min(sure_us);
            continue;
        }
        doubt.told = true;
        late.push((number, since_us));
    }
    (late, next_us)
}

fn stall(runtime: &Runtime, seat: usize, since_us: u64, seen_us: u64) -> Stall {
    let page = &runtime.seats[seat].page;
    let index = page.get(layout::RESUMED).checked_sub(1).and_then(|index| u32::try_from(index).ok());
    let resumed = index.and_then(|index| runtime.table.at(index)).filter(|(_, process)| {
        let state = process.state.load();
        // Who has only just begun is told as one that has when a turn is taken.
        let begins = || process.seldom().unstarted.as_ref().is_some_and(|what| what.claimed == Some(seat));
        (state.has_body() && state.seat() == seat) || begins()
    });
    Stall { seat, since_us, seen_us, resumed: resumed.map(|(pid, _)| pid), turns: page.count(layout::TURNS) }
}

/// The host cannot say it itself.
fn tell_stderr(stall: &Stall) {
    let ms = stall.seen_us.saturating_sub(stall.since_us) / 1_000;
    let who = stall.resumed.map_or(String::new(), |pid| format!("; process {pid} was resumed last"));
    let _ = writeln!(std::io::stderr(), "rumpus: scheduler 0, the host: no turn for {ms} ms{who}");
}
