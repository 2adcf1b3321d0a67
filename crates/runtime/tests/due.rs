//! Waits and messages for later: never early, on time by the alarm alone, cancelled from anywhere, gone with their receiver
//! and with nobody else; and nothing is left of them when they are over.

mod clock;

use clock::{LATE_US, Stage};
use rumpus_runtime::{Pid, Priority, ReasonKind, Runtime, When, layout};

const NORMAL: Priority = Priority::Normal;
const SECOND_US: u64 = 1_000_000;

#[track_caller]
fn on_time(stage: &Stage, number: u64, deadline_us: u64) {
    let times = stage.times(number);
    assert!(
        times.len() == 1 && (deadline_us..deadline_us + LATE_US).contains(&times[0]),
        "{times:?} for {deadline_us}"
    );
}

#[test]
fn messages_come_on_time_wherever_they_were_sent() {
    for start_us in [0, 1, 999, 500_500, 63_999_999] {
        let mut stage = Stage::new(3);
        stage.pass(start_us);
        let to = stage.spawn_here(1, NORMAL);
        let spans = [0, 1, 999, 1_000, 1_001, 20_500, 63_999, 64_000, 64_001, 5 * SECOND_US, 24 * 86_400 * SECOND_US];
        let sent: Vec<_> = [1, 2, 0].iter().flat_map(|&from| spans.map(|span| (from, span))).collect();
        let sent: Vec<_> = sent.into_iter().map(|(from, span)| stage.after(from, to, span, 0)).collect();
        for span in spans {
            stage.pass(span);
        }
        stage.pass(LATE_US);
        for message in sent {
            on_time(&stage, message.number, message.deadline_us);
        }
        stage.check_nothing_left();
    }
}

#[test]
fn a_wait_ends_on_time_once_under_its_key() {
    let mut stage = Stage::new(2);
    let pid = stage.spawn_here(1, NORMAL);
    let start_us = stage.now_us;
    let waits: Vec<_> = [7_300, 0, 64_500, 7_300, 1, 90_000]
        .map(|span| (start_us + span, stage.act(1, |s| s.wait_until(pid, start_us + span))))
        .into();
    stage.act(1, |s| s.stop_waiting(waits[5].1));
    stage.act(1, |s| s.stop_waiting(waits[5].1));
    stage.pass(SECOND_US);
    let mut expected: Vec<_> = waits[..5].to_vec();
    expected.sort_by_key(|&(deadline_us, _)| deadline_us);
    let over = stage.hand(1).over.clone();
    assert_eq!(over.len(), 5);
    for ((deadline_us, key), (of, told, at_us)) in expected.into_iter().zip(over) {
        assert_eq!((of, told), (pid, key), "in order of time");
        assert!((deadline_us..deadline_us + LATE_US).contains(&at_us), "{at_us} for {deadline_us}");
    }
    stage.check_nothing_left();
}

#[test]
fn who_sleeps_is_told_when_to_wake_and_who_has_no_timer_is_not() {
    let mut stage = Stage::new(2);
    let due_in = |stage: &mut Stage| stage.hand(1).scheduler.seat().page.get(layout::DUE_IN);
    let pid = stage.spawn_here(1, NORMAL);
    stage.quiet();
    assert_eq!(due_in(&mut stage), -1);
    stage.pass(655);
    assert_eq!(stage.now_us, 13_000);
    // The wheel's ticks end at whole milliseconds.
    for (span, alarm) in [(1, 1), (1_000, 1), (1_001, 2), (30_000, 30)] {
        let deadline_us = stage.now_us + span;
        let key = stage.act(1, |s| s.wait_until(pid, deadline_us));
        stage.quiet();
        assert_eq!(due_in(&mut stage), alarm, "for {span}");
        stage.act(1, |s| s.stop_waiting(key));
        stage.turn(1);
        assert_eq!(due_in(&mut stage), -1);
    }
    let late_us = stage.now_us - 5_000;
    stage.hand(1).scheduler.wait_until(pid, late_us);
    stage.turn(1);
    assert_eq!(stage.hand(1).over.len(), 1, "what is late comes with the next turn");
}

#[test]
fn a_timer_is_cancelled_once_wherever_it_is() {
    for canceller in [1, 2, 0] {
        for setter in [1, 2] {
            let mut stage = Stage::new(3);
            let to = stage.spawn_here(1, NORMAL);
            let [soon, late] = [5_000, SECOND_US].map(|span| stage.after(setter, to, span, 0));
            stage.quiet();
            stage.pass(2_000);
            assert_eq!(stage.cancel(canceller, soon.bits), Some(3_000));
            assert_eq!(stage.cancel(canceller, soon.bits), None, "twice");
            assert_eq!(stage.cancel(setter, soon.bits), None, "twice");
            stage.pass(SECOND_US);
            assert_eq!(stage.cancel(canceller, late.bits), None, "it has fired");
            assert_eq!(stage.times(soon.number), []);
            on_time(&stage, late.number, late.deadline_us);
            stage.check_nothing_left();
        }
    }
}

#[test]
fn a_timer_may_be_cancelled_before_its_letter_has_arrived() {
    for canceller in [0, 1, 2] {
        let mut stage = Stage::new(3);
        let to = stage.spawn_here(1, NORMAL);
        stage.quiet();
        let sent = stage.after(2, to, 1_000, 0);
        assert_eq!(stage.cancel(canceller, sent.bits), Some(1_000));
        assert_eq!(stage.cancel(2, sent.bits), None);
        stage.pass(SECOND_US);
        assert_eq!(stage.times(sent.number), []);
        stage.check_nothing_left();
    }
}

#[test]
fn what_is_due_when_it_is_cancelled_is_not_delivered() {
    for canceller in [0, 1] {
        let mut stage = Stage::new(2);
        let to = stage.spawn_here(1, NORMAL);
        let sent = [1, 0].map(|from| stage.after(from, to, 1_000, 0));
        stage.quiet();
        stage.now_us += 50_000;
        for sent in sent {
            assert_eq!(stage.cancel(canceller, sent.bits), Some(0), "nobody has looked");
        }
        stage.turn(1);
        assert!(sent.iter().all(|sent| stage.times(sent.number).is_empty()));
        stage.check_nothing_left();
    }
}

#[test]
fn whoever_has_the_claim_has_the_message_though_nobody_has_heard_of_it() {
    for (from, period) in [(1, 0), (2, 0), (1, 5_000), (2, 5_000)] {
        let mut stage = Stage::new(3);
        let to = stage.spawn_here(1, NORMAL);
        let sent = stage.after(from, to, 3_000, period);
        stage.quiet();
        stage.pass(2_000 + period);
        let before = stage.times(sent.number).len();
        assert_eq!(before, usize::from(period > 0));
        // A canceller on another thread has got so far.
        let ticket = Pid::from_bits(sent.bits).ticket();
        let timer = stage.runtime.timers.get(ticket);
        assert!(timer.is_some_and(|timer| timer.claim.take(ticket.generation)));
        stage.pass(SECOND_US);
        assert_eq!((stage.times(sent.number).len(), stage.cancel(2, sent.bits)), (before, None));
        stage.check_nothing_left();
    }
}

#[test]
fn numbers_that_are_no_timers_cancel_nothing() {
    let mut stage = Stage::new(2);
    let to = stage.spawn_here(1, NORMAL);
    let sent = stage.after(1, to, 1_000, 0);
    let one_more = |bits: u64, shift: u32| bits + (1 << shift);
    let other_runtime = sent.bits ^ 1 << 26;
    let made_up = [0, 1, u64::MAX, (1 << 53) - 1, to.bits(), one_more(sent.bits, 32), one_more(sent.bits, 0)];
    for bits in made_up.into_iter().chain([other_runtime]).filter(|&bits| bits != sent.bits) {
        for seat in [0, 1] {
            assert_eq!(stage.cancel(seat, bits), None, "{bits:x} beside {:x}", sent.bits);
        }
    }
    stage.pass(SECOND_US);
    on_time(&stage, sent.number, sent.deadline_us);
}

/// Timers of every kind to one process of seat 1, some of which have fired.
fn timers_to(stage: &mut Stage, to: Pid) {
    for from in [1, 2, 1, 0, 1, 2] {
        for (span, period) in [(500, 0), (700, 0), (1_000, 1_000), (SECOND_US, 0), (60 * SECOND_US, 7)] {
            stage.after(from, to, span, period);
        }
    }
    stage.pass(10_000);
    for from in [0, 1, 2] {
        stage.after(from, to, 1_000, 0);
    }
}

#[test]
fn a_receiver_that_ends_takes_its_timers_along() {
    type End = fn(&mut Stage, Pid);
    let ends: [(&str, End); 5] = [
        ("by itself", |stage, pid| stage.finish(1, pid)),
        ("killed from there", |stage, pid| stage.exit(2, pid, ReasonKind::Kill)),
        ("killed from here", |stage, pid| stage.exit(1, pid, ReasonKind::Kill)),
        ("unwound", |stage, pid| {
            stage.exit(2, pid, ReasonKind::Shutdown);
            stage.quiet();
            stage.finish(1, pid);
        }),
        ("unwound for long", |stage, pid| {
            stage.exit(2, pid, ReasonKind::Shutdown);
            stage.pass(90 * SECOND_US);
            stage.check_nothing_left();
            stage.finish(1, pid);
        }),
    ];
    for (name, end) in ends {
        for priority in [NORMAL, Priority::High, Priority::Low] {
            let mut stage = Stage::new(3);
            let [pid, other] = [priority, NORMAL].map(|priority| stage.spawn_here(1, priority));
            timers_to(&mut stage, pid);
            let others = stage.after(2, other, SECOND_US, 0);
            end(&mut stage, pid);
            stage.quiet();
            let before = stage.hand(1).came.len();
            let due = usize::from(stage.now_us < others.deadline_us);
            assert_eq!(
                (stage.hand(1).scheduler.due(), stage.tickets()),
                (due, due),
                "{name}: all but that of the other"
            );
            // To one that is gone, known or not.
            stage.after(1, pid, 1_000, 50);
            stage.after(2, pid, 1_000, 50);
            stage.pass(2 * SECOND_US);
            if due == 1 {
                on_time(&stage, others.number, others.deadline_us);
            }
            assert_eq!(stage.hand(1).came.len(), before + due, "{name}");
            stage.check_nothing_left();
        }
    }
}

#[test]
fn a_receiver_that_its_isolate_thinks_alive_may_be_dead() {
    for kind in [ReasonKind::Kill, ReasonKind::Shutdown] {
        let mut stage = Stage::new(2);
        let pid = stage.spawn_here(1, NORMAL);
        stage.quiet();
        // It is told nothing for a while.
        stage.hand(1).room = 0;
        stage.exit(0, pid, kind);
        stage.turn(1);
        assert!(!stage.runtime.is_alive(pid) && stage.hand(1).bodies.contains_key(&pid.index()));
        let sent = stage.after(1, pid, 1_000, 0);
        assert_eq!((stage.hand(1).scheduler.due(), stage.tickets()), (0, 0), "{kind:?}");
        assert_eq!(stage.cancel(1, sent.bits), None);
        stage.hand(1).room = 100;
        stage.pass(SECOND_US);
        stage.check_nothing_left();
    }
}

#[test]
fn a_thread_that_goes_takes_the_timers_of_its_processes_along_and_no_others() {
    let mut stage = Stage::new(3);
    let [gone, stays] = [1, 2].map(|seat| stage.spawn_here(seat, NORMAL));
    timers_to(&mut stage, gone);
    let [by_gone, to_stay] = [1, 2].map(|seat| stage.after(seat, stays, SECOND_US, 0));
    let letter = stage.after(2, gone, 1_000, 0);
    stage.leave(1);
    stage.quiet();
    assert_eq!(stage.tickets(), 2);
    assert_eq!(stage.cancel(2, letter.bits), None);
    stage.pass(2 * SECOND_US);
    for sent in [by_gone, to_stay] {
        on_time(&stage, sent.number, sent.deadline_us);
    }
    stage.sit(1);
    stage.pass(90 * SECOND_US);
    assert_eq!((stage.hand(1).came.len(), stage.tickets()), (0, 0), "the next tenant knows nothing of it");
}

#[test]
fn the_end_of_the_setter_is_nothing_to_a_timer() {
    let mut stage = Stage::new(3);
    let [to, here, there] = [1, 1, 2].map(|seat| stage.spawn_here(seat, NORMAL));
    let sent = [stage.after(1, to, SECOND_US, 0), stage.after(2, to, SECOND_US, 0)];
    stage.finish(1, here);
    stage.exit(0, there, ReasonKind::Kill);
    stage.pass(1_000);
    stage.leave(2);
    stage.pass(2 * SECOND_US);
    for sent in sent {
        on_time(&stage, sent.number, sent.deadline_us);
    }
    stage.check_nothing_left();
}

#[test]
fn an_interval_keeps_its_ticket_and_its_phase() {
    for (from, canceller) in [(1, 1), (1, 2), (2, 1), (2, 2)] {
        let mut stage = Stage::new(3);
        let to = stage.spawn_here(1, NORMAL);
        let sent = stage.after(from, to, 3_000, 10_000);
        stage.quiet();
        stage.pass(24_000);
        assert_eq!(stage.times(sent.number).len(), 3);
        // The scheduler is away for a while: what it missed it does not make up for.
        stage.now_us = sent.deadline_us + 57_500;
        stage.turn(1);
        assert_eq!(stage.times(sent.number).len(), 4, "once");
        stage.quiet();
        stage.pass(2_500 + LATE_US);
        let times = stage.times(sent.number);
        assert_eq!(times.len(), 5, "the next is on time again");
        let phase = |&at: &u64| (at - sent.deadline_us) % 10_000;
        assert!(times.iter().filter(|&at| phase(at) < LATE_US).count() == 4, "{:?}", times.iter().map(phase));
        assert_eq!(stage.tickets(), 1);
        let left = sent.deadline_us + 70_000 - stage.now_us;
        assert_eq!(stage.cancel(canceller, sent.bits), Some(left));
        assert_eq!(stage.cancel(from, sent.bits), None);
        stage.pass(SECOND_US);
        assert_eq!(stage.times(sent.number).len(), 5);
        stage.check_nothing_left();
    }
}

#[test]
fn an_interval_that_is_cancelled_keeps_the_value_of_what_waits_to_be_told() {
    for (priority, canceller) in [(NORMAL, 1), (Priority::Low, 1), (Priority::Low, 2), (Priority::High, 2)] {
        let mut stage = Stage::new(3);
        let pid = stage.spawn_here(1, priority);
        let sent = stage.after(1, pid, 1_000, 1_000);
        stage.quiet();
        stage.hand(1).room = 0;
        stage.now_us += 1_500;
        stage.turn(1);
        assert!(stage.cancel(canceller, sent.bits).is_some());
        stage.turn(1);
        assert_eq!((stage.times(sent.number).len(), stage.hand(1).slots.len()), (0, 1));
        stage.hand(1).room = 1;
        stage.pass(SECOND_US);
        assert_eq!(stage.times(sent.number).len(), 1, "that was sent before");
        stage.check_nothing_left();
    }
}

#[test]
fn those_that_fire_together_leave_the_others_where_they_are() {
    for ends in [false, true] {
        for periods in [[0, 0, 0], [0, 5_000, 0], [5_000, 0, 0], [7_000, 5_000, 9_000]] {
            let mut stage = Stage::new(2);
            let pid = stage.spawn_here(1, NORMAL);
            let stays = [9_000, 8_000].map(|span| stage.after(1, pid, span * 1_000, 0));
            for period in periods {
                stage.after(1, pid, 1_000, period);
            }
            stage.quiet();
            stage.pass(20_500);
            if ends {
                stage.finish(1, pid);
                assert_eq!((stage.hand(1).scheduler.due(), stage.tickets()), (0, 0), "{periods:?}");
            } else {
                stage.pass(10 * SECOND_US);
                stays.iter().for_each(|sent| on_time(&stage, sent.number, sent.deadline_us));
                stage.finish(1, pid);
            }
            stage.quiet();
            stage.check_nothing_left();
        }
    }
}

#[test]
fn a_timer_has_a_number_that_names_its_runtime() {
    let mut stage = Stage::new(2);
    let to = stage.spawn_here(1, NORMAL);
    let sent = stage.after(0, to, 1, 0);
    assert!(Pid::from_bits(sent.bits).runtime() == to.runtime() && sent.bits < 1 << 53);
    let when = When { deadline_us: u64::MAX, period_us: 0 };
    let never = stage.act(1, |s| s.send_after(to, when, 0, &[&[0; 8]]));
    stage.pass(SECOND_US);
    let runtime: &Runtime = &stage.runtime;
    assert!(never.is_some_and(|bits| runtime.timers.get(Pid::from_bits(bits).ticket()).is_some()));
}
