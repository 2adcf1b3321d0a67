//! What the lock-free parts cost on one thread: mail, stealing, the process table. Uncontended, so that a run can be compared
//! with another of the same machine; contention is measured where it happens, by the benches of the package.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use rumpus_sync::shim::{AtomicU32, Ordering};
use rumpus_sync::{Arena, Inject, Mailbox, Push, Releaser, Slab, StealQueue};

/// Letters that an owner finds at once.
const BATCH: u32 = 64;

fn mailbox(criterion: &mut Criterion) {
    let (mut arena, mailbox, mut releaser) = (Arena::default(), Mailbox::default(), Releaser::default());
    mailbox.open();
    let mut group = criterion.benchmark_group("mailbox");
    group.bench_function("cut, push, take and release one", |bencher| {
        bencher.iter(|| {
            assert!(matches!(mailbox.push(arena.parcel(7_u64, &[b"a few bytes"])), Push::Queued));
            mailbox.take().for_each(|parcel| releaser.release(black_box(parcel)));
        });
    });
    group.bench_function("the same with 64 at once", |bencher| {
        bencher.iter(|| {
            for letter in 0..u64::from(BATCH) {
                assert!(matches!(mailbox.push(arena.parcel(letter, &[b"a few bytes"])), Push::Queued));
            }
            mailbox.take().for_each(|parcel| releaser.release(black_box(parcel)));
        });
    });
    assert!(mailbox.park());
    group.bench_function("notify an idle owner, which takes and parks", |bencher| {
        bencher.iter(|| {
            assert!(matches!(mailbox.push(arena.parcel(7_u64, &[])), Push::Notify));
            mailbox.take().for_each(|parcel| releaser.release(black_box(parcel)));
            assert!(mailbox.park());
        });
    });
    group.finish();
}

fn steal(criterion: &mut Criterion) {
    let (queue, overflow) = (StealQueue::default(), Inject::default());
    let mut group = criterion.benchmark_group("steal");
    group.bench_function("push and pop one", |bencher| {
        bencher.iter(|| {
            queue.push(black_box(7), &overflow);
            queue.pop()
        });
    });
    group.bench_function("steal half of 64", |bencher| {
        let filled = || {
            let queue = StealQueue::default();
            (0..BATCH).for_each(|index| queue.push(index, &overflow));
            (queue, StealQueue::default())
        };
        bencher.iter_batched(
            filled,
            |(from, into)| (from.steal_into(&into, u32::MAX), from, into),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn slab(criterion: &mut Criterion) {
    let slab = Slab::<AtomicU32>::new(u32::MAX / 2);
    let tenant = slab.acquire().expect("an empty slab has room");
    let mut group = criterion.benchmark_group("slab");
    group.bench_function("look a tenant up", |bencher| {
        // Relaxed: the bench has one thread.
        bencher.iter(|| slab.get(black_box(tenant)).map(|place| place.load(Ordering::Relaxed)));
    });
    group.bench_function("acquire and release", |bencher| {
        bencher.iter(|| {
            let ticket = slab.acquire().expect("there is room");
            slab.release(black_box(ticket));
        });
    });
    group.finish();
}

criterion_group!(benches, mailbox, steal, slab);
criterion_main!(benches);
