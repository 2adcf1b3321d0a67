//! Messages for later to processes that have not begun: they move along, fire where the process begins, and end with it.

mod clock;

use clock::{LATE_US, Sent, Stage};
use rumpus_runtime::process::state::Phase;
use rumpus_runtime::{Priority, ReasonKind, Where};

const NORMAL: Priority = Priority::Normal;
const SECOND_US: u64 = 1_000_000;

#[track_caller]
fn on_time(stage: &Stage, Sent { number, deadline_us, .. }: Sent) {
    let times = stage.times(number);
    assert!(
        times.len() == 1 && (deadline_us..deadline_us + LATE_US).contains(&times[0]),
        "{times:?} for {deadline_us}"
    );
}

#[test]
fn a_timer_to_one_that_has_not_begun_moves_along() {
    for cancelled in [None, Some(0), Some(1), Some(2)] {
        let mut stage = Stage::new(3);
        stage.begins = false;
        // Its spawner is busy elsewhere, so the other takes it; the letter is on its way before and behind that.
        let pid = stage.spawn(1, Where::Any, NORMAL);
        let before = [0, 1].map(|seat| stage.after(seat, pid, 50_000, 0));
        stage.turn(2);
        stage.now_us += 2_000;
        stage.turn(2);
        assert_eq!(stage.hand(2).to_begin, [pid], "stolen");
        let behind = [0, 2].map(|seat| stage.after(seat, pid, 20_000, 0));
        let too_late = stage.after(1, pid, 1, 0);
        let sent = [before, behind].concat();
        if let Some(seat) = cancelled {
            assert!(sent.iter().all(|sent| stage.cancel(seat, sent.bits).is_some()));
        }
        stage.pass(5_000);
        stage.begin(2);
        stage.pass(SECOND_US);
        assert_eq!(stage.runtime.phase(pid), Some(Phase::Running));
        for sent in sent {
            match cancelled {
                None => on_time(&stage, sent),
                Some(_) => assert_eq!(stage.times(sent.number), []),
            }
        }
        assert_eq!(stage.times(too_late.number).len(), 1, "as soon as it begins");
        assert!(stage.hand(2).came.iter().all(|came| came.to == pid));
        stage.check_nothing_left();
    }
}

#[test]
fn who_ends_before_it_begins_takes_its_timers_along() {
    let mut stage = Stage::new(3);
    let pid = stage.spawn(0, Where::On(1), NORMAL);
    let sent = [0, 1, 2].map(|seat| stage.after(seat, pid, 5_000, 100));
    assert!(stage.cancel(2, sent[0].bits).is_some());
    stage.exit(2, pid, ReasonKind::Shutdown);
    stage.pass(SECOND_US);
    assert_eq!(stage.runtime.phase(pid), None);
    assert!(sent.iter().all(|sent| stage.times(sent.number).is_empty() && stage.cancel(0, sent.bits).is_none()));
    stage.check_nothing_left();
    // The same where the runtime stops.
    let pid = stage.spawn(0, Where::On(1), NORMAL);
    stage.after(0, pid, 5_000, 100);
    stage.runtime.stop();
    for seat in [1, 2, 0] {
        stage.leave(seat);
    }
    assert_eq!(stage.tickets(), 0);
}
