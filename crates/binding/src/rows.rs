//! Processes as rows of numbers, for the inspector: what any thread can tell of them, and what only their own can. Owns the
//! order of the figures. Mirror: `js/native/layout.ts`.

use rumpus_runtime::process::relations::Ties;
use rumpus_runtime::process::state::Phase;
use rumpus_runtime::scheduler::millisecond_word;
use rumpus_runtime::{Pid, Runtime, Scheduler};

use crate::clock;

/// Figures of a row before the pids it is tied to: who, where, phase, priority, whether it traps exits, its definition plus
/// one while it has not started, messages that JavaScript has not been told, then how many links, whom it watches, watchers.
const ROW_WORDS: i32 = 10;

/// Where a row has what, and the phases, by name.
pub(crate) const ROWS: [(&str, i32); 14] = [
    ("ROW_PID", 0),
    ("ROW_SEAT", 1),
    ("ROW_PHASE", 2),
    ("ROW_PRIORITY", 3),
    ("ROW_TRAPS", 4),
    ("ROW_DEFINITION", 5),
    ("ROW_UNTOLD", 6),
    ("ROW_LINKS", 7),
    ("ROW_WATCHING", 8),
    ("ROW_WATCHERS", 9),
    ("ROW_WORDS", ROW_WORDS),
    ("PHASE_UNSTARTED", Phase::Unstarted as i32),
    ("PHASE_RUNNING", Phase::Running as i32),
    ("PHASE_EXITING", Phase::Exiting as i32),
];

/// The moment, then a row for each process as any thread sees it.
pub(crate) fn census(runtime: &Runtime, of: Option<Pid>) -> Vec<f64> {
    let mut rows = vec![now()];
    for seen in runtime.census(of) {
        row(&mut rows, seen, 0, None);
    }
    rows
}

/// The same for those that have begun on this scheduler, with what only it knows.
pub(crate) fn look(scheduler: &Scheduler, of: Option<Pid>) -> Vec<f64> {
    let untold = scheduler.untold();
    let mut rows = vec![now()];
    for seen in scheduler.runtime().census(of) {
        if seen.state.has_body() && seen.state.seat() == scheduler.seat_number() {
            let waiting = untold.get(&seen.pid.index()).copied().unwrap_or_default();
            row(&mut rows, seen, waiting, scheduler.ties(seen.pid));
        }
    }
    rows
}

fn row(rows: &mut Vec<f64>, seen: rumpus_runtime::census::Seen, untold: u32, ties: Option<&Ties>) {
    let bits = |pid: Pid| pid.bits() as f64;
    let links: Vec<f64> = ties.map(|ties| ties.links().map(bits).collect()).unwrap_or_default();
    let watching: Vec<_> = ties.map(|ties| ties.watching().collect()).unwrap_or_default();
    let watchers: Vec<_> = ties.map(|ties| ties.watchers().collect()).unwrap_or_default();
    rows.extend([
        bits(seen.pid),
        seen.state.seat() as f64,
        f64::from(seen.state.phase() as u32),
        f64::from(seen.state.priority() as u32),
        f64::from(u8::from(seen.state.traps())),
        seen.definition.map_or(0.0, |id| f64::from(id) + 1.0),
        f64::from(untold),
        links.len() as f64,
        watching.len() as f64,
        watchers.len() as f64,
    ]);
    rows.extend(links);
    rows.extend(watching.into_iter().chain(watchers).flat_map(|(reference, pid)| [reference as f64, bits(pid)]));
}

fn now() -> f64 {
    f64::from(millisecond_word(clock::now_us()))
}
