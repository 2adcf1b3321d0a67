//! Models of `parcel.rs`: a block goes back to the depot once, after its arena and every holder of a parcel have let go, and
//! whoever cuts from it next sees them gone. Leaks show by themselves: each block holds a share of its depot, and loom
//! counts shares.
#![cfg(loom)]

mod probe;

use std::sync::Arc;

use loom::thread;
use probe::{Probe, Step, outcomes};
use rumpus_sync::{Arena, Parcel, Releaser};

/// How many parcels of one kind have ended: touched by whoever ends one, and by a test that has proof of the end.
type Ends = Arc<Probe<u32>>;

struct Mark(Ends);

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.touch(|ends| *ends += 1);
    }
}

fn ends() -> Ends {
    Arc::new(Probe::new(0))
}

/// Parcels with `FILL` behind the header that fill a block.
const PER_BLOCK: usize = 4;
const FILL: [u8; 80] = [7; 80];

fn cut(arena: &mut Arena, ends: &Ends) -> Parcel<Mark> {
    arena.parcel(Mark(Arc::clone(ends)), &[&FILL])
}

/// Cuts as many as a fresh block holds.
fn cut_block(arena: &mut Arena) -> ([Parcel<Mark>; PER_BLOCK], [Ends; PER_BLOCK]) {
    let ends: [Ends; PER_BLOCK] = std::array::from_fn(|_| ends());
    let parcels = std::array::from_fn(|i| cut(arena, &ends[i]));
    let stride = place(&parcels[1]) - place(&parcels[0]);
    assert_eq!(place(&parcels[PER_BLOCK - 1]) - place(&parcels[0]), stride * (PER_BLOCK - 1), "one block each");
    (parcels, ends)
}

fn place(parcel: &Parcel<Mark>) -> usize {
    parcel.bytes().as_ptr().addr()
}

#[test]
fn a_block_sealed_after_its_last_parcel_is_cut_again_by_the_arena() {
    let reused = outcomes(|| {
        let step = Arc::new(Step::default());
        let mut arena = Arena::default();
        let ([lent, rest @ ..], [ended, ..]) = cut_block(&mut arena);
        let first = place(&lent);
        let holder = {
            let step = Arc::clone(&step);
            thread::spawn(move || {
                step.take();
                drop(lent);
            })
        };
        let mut releaser = Releaser::default();
        rest.into_iter().for_each(|parcel| releaser.release(parcel));
        drop(releaser);
        step.take();
        // Begins the next block and seals this one: it is this one again exactly if the holder was faster.
        let next = cut(&mut arena, &ends());
        let reused = place(&next) == first;
        if reused {
            ended.touch(|ends| assert_eq!(*ends, 1, "cut again while held"));
        }
        holder.join().unwrap();
        ended.touch(|ends| assert_eq!(*ends, 1, "ended once"));
        reused
    });
    assert_eq!(reused.len(), 2);
}

#[test]
fn a_block_retired_by_one_holder_is_cut_again_after_the_other() {
    let reused = outcomes(|| {
        let step = Arc::new(Step::default());
        let mut arena = Arena::default();
        let ([one, other, rest @ ..], [one_ended, other_ended, ..]) = cut_block(&mut arena);
        let first = place(&one);
        drop(rest);
        let (second, _) = cut_block(&mut arena);
        let holders = [one, other].map(|parcel| {
            let step = Arc::clone(&step);
            thread::spawn(move || {
                step.take();
                drop(parcel);
            })
        });
        step.take();
        let next = cut(&mut arena, &ends());
        let reused = place(&next) == first;
        if reused {
            one_ended.touch(|ends| assert_eq!(*ends, 1, "cut again while held"));
            other_ended.touch(|ends| assert_eq!(*ends, 1, "cut again while held"));
        }
        holders.into_iter().for_each(|holder| holder.join().unwrap());
        drop((second, next));
        reused
    });
    assert_eq!(reused.len(), 2);
}

#[test]
fn an_arena_and_its_parcels_may_go_in_any_order() {
    loom::model(|| {
        let step = Arc::new(Step::default());
        let mut arena = Arena::default();
        let ended = ends();
        let [one, other, last] = std::array::from_fn(|_| arena.parcel(Some(7), &[&FILL]));
        let large = arena.parcel(Mark(Arc::clone(&ended)), &[&[7; 600]]);
        let holder = {
            let step = Arc::clone(&step);
            thread::spawn(move || {
                let mut releaser = Releaser::default();
                releaser.release(one);
                releaser.release(other);
                step.take();
                drop(releaser);
                drop(large);
            })
        };
        step.take();
        drop(arena);
        assert_eq!((*last.header(), last.bytes()), (Some(7), &FILL[..]));
        step.take();
        drop(last);
        holder.join().unwrap();
        ended.touch(|ends| assert_eq!(*ends, 1, "ended once"));
    });
}

#[test]
fn a_block_of_one_parcel_is_cut_again_after_its_holder() {
    let reused = outcomes(|| {
        let step = Arc::new(Step::default());
        let mut arena = Arena::default();
        let ended = ends();
        let long = arena.parcel(Mark(Arc::clone(&ended)), &[&[7; 600]]);
        let first = place(&long);
        let holder = {
            let step = Arc::clone(&step);
            thread::spawn(move || {
                step.take();
                drop(long);
            })
        };
        step.take();
        // Of another length, and yet of the same size of block.
        let next = arena.parcel(Mark(ends()), &[&[8; 700]]);
        let reused = place(&next) == first;
        if reused {
            ended.touch(|ends| assert_eq!(*ends, 1, "cut again while held"));
        }
        holder.join().unwrap();
        reused
    });
    assert_eq!(reused.len(), 2);
}
