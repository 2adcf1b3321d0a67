//! Parcels of every length: what is in them, and which memory is used again.
#![cfg(not(loom))]

use rumpus_sync::{Arena, Parcel};

const KIB: usize = 1024;

fn cut(arena: &mut Arena, len: usize) -> Parcel<usize> {
    let half = vec![1; len / 2];
    let rest = vec![2; len - half.len()];
    arena.parcel(len, &[&half, &rest])
}

fn assert_whole(parcel: &Parcel<usize>) {
    let len = *parcel.header();
    let (half, rest) = parcel.bytes().split_at(len / 2);
    assert_eq!(half.len() + rest.len(), len);
    assert!(half.iter().all(|&byte| byte == 1) && rest.iter().all(|&byte| byte == 2), "{len} bytes");
}

#[test]
fn parcels_of_all_lengths_keep_what_is_in_them() {
    let mut arena = Arena::default();
    let around = |len: usize| [len.saturating_sub(100), len - 1, len, len + 1];
    let sizes = [1, 8 * KIB, 16 * KIB, 32 * KIB, 64 * KIB, KIB * KIB, 3 * KIB * KIB];
    for _ in 0..2 {
        let parcels: Vec<_> = sizes.into_iter().flat_map(around).map(|len| cut(&mut arena, len)).collect();
        parcels.iter().for_each(assert_whole);
    }
}

#[test]
fn a_block_of_one_parcel_serves_the_next_of_about_its_length() {
    let mut arena = Arena::default();
    for len in [9 * KIB, 40 * KIB, 64 * KIB, 600 * KIB] {
        let first = cut(&mut arena, len);
        let at = first.bytes().as_ptr();
        drop(first);
        let next = cut(&mut arena, len + KIB);
        assert_eq!(next.bytes().as_ptr(), at, "{len} bytes");
        assert_whole(&next);
    }
}

#[test]
fn of_many_blocks_that_end_at_once_two_mib_are_kept() {
    let mut arena = Arena::default();
    let places = |parcels: &[Parcel<usize>]| parcels.iter().map(|one| one.bytes().as_ptr()).collect::<Vec<_>>();
    // Blocks of 128 KiB: sixteen are kept, and the last kept is the first used.
    let mut first: Vec<_> = (0..40).map(|_| cut(&mut arena, 100 * KIB)).collect();
    let mut kept = places(&first[..16]);
    kept.reverse();
    first.drain(..).for_each(drop);
    let again: Vec<_> = (0..16).map(|_| cut(&mut arena, 100 * KIB)).collect();
    assert_eq!(places(&again), kept);
}
