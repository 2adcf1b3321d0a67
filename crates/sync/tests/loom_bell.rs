#![cfg(loom)]
//! x
#[test]
fn a() { loom::model(|| { let _ = rumpus_sync::Bell::default(); }); }
