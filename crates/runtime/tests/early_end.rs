//! A process that a signal ends before it has begun is dead before anybody hears of that.

mod world;

use std::sync::{Arc, OnceLock};

use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Birth, Pid, Reason, ReasonKind, Runtime, Scheduler, Verdict, Waker, Where};
use rumpus_sync::shim::{AtomicU32, Ordering};
use world::body::{Ears, Tray};
use world::options;

/// Hears that there is mail, and looks whether somebody lives.
#[derive(Debug, Default)]
struct Looks {
    at: OnceLock<(Arc<Runtime>, Pid)>,
    found_alive: AtomicU32,
    found_dead: AtomicU32,
}

impl Waker for Looks {
    fn wake(&self) {
        let Some((runtime, pid)) = self.at.get() else { return };
        let found = if runtime.is_alive(*pid) { &self.found_alive } else { &self.found_dead };
        // Relaxed: one thread.
        found.fetch_add(1, Ordering::Relaxed);
    }

    fn idle_us(&self) -> Option<u64> {
        None
    }
}

fn turn(scheduler: &mut Scheduler, now_us: u64) -> Verdict {
    let mut tray = Tray { room: 100, told: Vec::new() };
    scheduler.turn(Occasion { now_us, from_loop: true, crowded: true }, &mut tray)
}

#[test]
fn who_watches_is_told_of_one_that_is_dead() {
    let runtime = Arc::new(Runtime::new(options(1)));
    let looks = Arc::new(Looks::default());
    let told: Arc<dyn Waker> = Arc::<Looks>::clone(&looks);
    let sit = |seat, waker| Scheduler::take_seat(Arc::clone(&runtime), seat, waker, 1, 0);
    let (Some(mut host), Some(mut one)) = (sit(0, told), sit(1, Arc::new(Ears::default()))) else {
        panic!("seats are taken")
    };
    let definition = runtime.define("body");
    one.definition_loaded(definition);
    let Ok(watcher) = host.spawn_here(Birth::default()) else { panic!("the table is full") };
    let Ok(target) = host.spawn(definition, 0, &[], Where::On(1), Birth::default()) else { panic!("no room") };
    host.monitor(watcher.pid, target.pid);
    host.exit(watcher.pid, target.pid, Reason::new(ReasonKind::Kill, &[]));
    assert!((1..9).any(|now_us| turn(&mut host, now_us) == Verdict::Sleep));
    assert!(looks.at.set((Arc::clone(&runtime), target.pid)).is_ok());
    turn(&mut one, 10);
    // Relaxed: one thread.
    let found = (&looks.found_alive, &looks.found_dead);
    assert_eq!((found.0.load(Ordering::Relaxed), found.1.load(Ordering::Relaxed)), (0, 1));
}
