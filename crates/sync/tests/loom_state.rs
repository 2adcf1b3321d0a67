//! Models of the state word of a process, `crates/runtime/src/process/state.rs`: a name is given and its holder ends, and no
//! name is left behind.
#![cfg(loom)]

mod probe;
#[allow(dead_code, unreachable_pub, reason = "the models use their part of it")]
#[path = "../../runtime/src/process/state.rs"]
mod state;

use std::collections::BTreeSet;

use loom::thread;
use probe::outcomes;
use rumpus_sync::shim::{Arc, Mutex, lock};
use state::{Overflow, Priority, State};

/// The registry gives a name, if it may, while the owner ends the process; answers whether it was given, and whether it is left.
fn named_while_it_ends(change: fn(&State)) -> BTreeSet<(bool, bool)> {
    outcomes(move || {
        let process = Arc::new((State::default(), Mutex::new(false)));
        process.0.be(Priority::Normal, Overflow::Unbounded, false);
        process.0.run(1);
        let registrar = {
            let process = Arc::clone(&process);
            thread::spawn(move || {
                let mut held = lock(&process.1);
                let given = process.0.note_named();
                *held = given;
                given
            })
        };
        change(&process.0);
        if process.0.die() {
            *lock(&process.1) = false;
        }
        let given = registrar.join().unwrap();
        (given, *lock(&process.1))
    })
}

#[test]
fn no_process_that_has_ended_keeps_a_name() {
    assert_eq!(named_while_it_ends(|_| {}), [(false, false), (true, false)].into());
}

#[test]
fn what_else_its_owner_notes_meanwhile_loses_none() {
    assert_eq!(named_while_it_ends(|state| state.set_traps(true)), [(false, false), (true, false)].into());
    assert_eq!(named_while_it_ends(|state| drop(state.exit())), [(false, false), (true, false)].into());
}
