//! Models of `parcel.rs`: a block goes back to the depot once, after its arena and every holder of a parcel have let go, and
//! whoever cuts from it next sees them gone. Leaks show by themselves: each block holds a share of its depot, and loom
//! counts shares.
#![cfg(loom)]

mod probe;

use std::sync::Arc;

use loom::thread;
use probe::Probe;
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
const FILL: [u8; 64] = [7; 64];

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
    loom::model(|| {
        let mut arena = Arena::default();
        let ([lent, rest @ ..], [ended, ..]) = cut_block(&mut arena);
        let first = place(&lent);
        let holder = thread::spawn(move || drop(lent));
        let mut releaser = Releaser::default();
        rest.into_iter().for_each(|parcel| releaser.release(parcel));
        drop(releaser);
        // Begins the next block and seals this one: it is this one again exactly if the holder was faster.
        let next = cut(&mut arena, &ends());
        if place(&next) == first {
            ended.touch(|ends| assert_eq!(*ends, 1, "cut again while held"));
        }
        holder.join().unwrap();
        ended.touch(|ends| assert_eq!(*ends, 1, "ended once"));
    });
}

#[test]
fn a_block_retired_by_one_holder_is_cut_again_after_the_other() {
    loom::model(|| {
        let mut arena = Arena::default();
        let ([one, other, rest @ ..], [one_ended, other_ended, ..]) = cut_block(&mut arena);
        let first = place(&one);
        drop(rest);
        let (second, _) = cut_block(&mut arena);
        let holders = [one, other].map(|parcel| thread::spawn(move || drop(parcel)));
        let next = cut(&mut arena, &ends());
        if place(&next) == first {
            one_ended.touch(|ends| assert_eq!(*ends, 1, "cut again while held"));
            other_ended.touch(|ends| assert_eq!(*ends, 1, "cut again while held"));
        }
        holders.into_iter().for_each(|holder| holder.join().unwrap());
        drop((second, next));
    });
}

#[test]
fn an_arena_and_its_parcels_may_go_in_any_order() {
    loom::model(|| {
        let mut arena = Arena::default();
        let ended = ends();
        let [one, other, last] = std::array::from_fn(|_| arena.parcel(Some(7), &[&FILL]));
        let holder = thread::spawn(move || {
            let mut releaser = Releaser::default();
            releaser.release(one);
            releaser.release(other);
        });
        let large = arena.parcel(Mark(Arc::clone(&ended)), &[&[7; 600]]);
        let heir = thread::spawn(move || drop(large));
        drop(arena);
        assert_eq!((*last.header(), last.bytes()), (Some(7), &FILL[..]));
        drop(last);
        heir.join().unwrap();
        holder.join().unwrap();
        ended.touch(|ends| assert_eq!(*ends, 1, "ended once"));
    });
}
