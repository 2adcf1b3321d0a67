//! Stores and their owners: a store is never a dead process's; who inherits one is told, in order, before all news of that end;
//! whatever nobody inherits is gone.

mod world;

use std::sync::Arc;

use rumpus_runtime::process::state::Priority;
use rumpus_runtime::stores::{Heir, StoreId, Unmade};
use rumpus_runtime::{Birth, Pid, ReasonKind, Runtime, Where};
use rumpus_sync::store::{Expect, Given, Limits, Put};
use world::books::Tag;
use world::dice::Dice;
use world::{World, options};

fn world() -> (World, Dice) {
    let (mut world, mut dice) = (World::new(options(2)), Dice::new(3));
    world.settle(&mut dice);
    (world, dice)
}

fn make(runtime: &Runtime, owner: Option<Pid>) -> StoreId {
    let Ok(id) = runtime.make_store(None, owner, Limits::NONE, 1) else { panic!("refused") };
    let Some(store) = runtime.stores.open(id) else { panic!("not there") };
    assert_eq!(store.put(b"key", Given::of(b"value"), Expect::Anything), Ok(Put::Done));
    id
}

fn owner(runtime: &Runtime, id: StoreId) -> Option<Option<Pid>> {
    runtime.stores.show(id).map(|shown| shown.owner)
}

fn heir(pid: Pid) -> Option<Heir> {
    Some(Heir { pid, skeleton: 8, message: vec![0; 8].into() })
}

#[test]
fn a_store_ends_with_its_owner_however_that_ends() {
    type End = fn(&mut World, Pid);
    let ends: [End; 3] = [
        |world, pid| drop(world.finish(1, pid, ReasonKind::Error)),
        |world, pid| drop(world.exit(2, pid, pid, ReasonKind::Kill)),
        |world, _| world.leave(1),
    ];
    for end in ends {
        let (mut world, mut dice) = world();
        let pid = world.spawn_here(1);
        world.settle(&mut dice);
        let runtime = Arc::clone(&world.runtime);
        assert!(runtime.make_store(Some("its"), Some(pid), Limits::NONE, 1).is_ok());
        let (id, kept) = (make(&runtime, Some(pid)), make(&runtime, None));
        let Some(store) = runtime.stores.open(id) else { panic!("not there") };
        assert_eq!(runtime.stores.figures()[..2], [3, 3]);
        end(&mut world, pid);
        world.settle(&mut dice);
        assert_eq!((owner(&runtime, id), runtime.stores.find("its")), (None, None));
        assert!(store.get(b"key", |_| {}).is_err(), "who has it open finds it gone");
        assert_eq!((owner(&runtime, kept), &runtime.stores.figures()[..3]), (Some(None), &[3, 1, 1][..]));
        assert_eq!(runtime.make_store(None, Some(pid), Limits::NONE, 1), Err(Unmade::NoProc));
    }
}

#[test]
fn an_heir_that_lives_has_it_and_is_to_be_told() {
    for seat in [1, 2] {
        let (mut world, mut dice) = world();
        let (first, second) = (world.spawn_here(1), world.spawn_here(seat));
        world.settle(&mut dice);
        let runtime = Arc::clone(&world.runtime);
        let id = make(&runtime, Some(first));
        assert_eq!(runtime.stores.set_heir(id, Some(second), None), Err(Unmade::NotOwner(Some(first))));
        assert_eq!(runtime.stores.set_heir(id, Some(first), heir(second)), Ok(()));
        let told = runtime.stores.leave(first, &runtime.table);
        assert_eq!(told.iter().map(|heir| heir.pid).collect::<Vec<_>>(), [second]);
        assert_eq!(owner(&runtime, id), Some(Some(second)));
        assert_eq!(runtime.stores.show(id).and_then(|shown| shown.heir), None, "it names its own");
        // The next has nobody.
        world.finish(seat, second, ReasonKind::Normal);
        assert_eq!(owner(&runtime, id), None);
    }
}

/// What `to` is told of a store that was `by`'s, as the next that comes to it from there.
fn told(world: &mut World, by: Pid, to: Pid) -> (Heir, Tag) {
    let tag = world.books.next_tag(by, to);
    world.books.sent(tag);
    (Heir { pid: to, skeleton: 24, message: tag.bytes().into() }, tag)
}

/// Whose mail waits for nothing, whose is under way, who lives elsewhere, and who has not begun.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Heirs {
    Open,
    UnderWay,
    /// All mail of these goes one way.
    First,
    Elsewhere,
    Unstarted,
}

#[test]
fn who_has_a_store_is_told_behind_what_its_owner_has_sent_and_before_the_news_of_its_end() {
    use Heirs::{Elsewhere, First, Open, UnderWay, Unstarted};
    for heirs in [Open, UnderWay, First, Elsewhere, Unstarted] {
        for given in [true, false] {
            let (mut world, mut dice) = world();
            let first = world.spawn_here(1);
            let definition = world.define("heir");
            let second = match heirs {
                Open | UnderWay => world.spawn_here(1),
                First => world.spawn_here_as(1, Birth { priority: Priority::High, ..Birth::default() }),
                Elsewhere => world.spawn_here(2),
                Unstarted => world.spawn(1, definition, Where::Here),
            };
            if heirs != Unstarted {
                world.settle(&mut dice);
                world.monitor(if heirs == Elsewhere { 2 } else { 1 }, second, first);
            }
            let runtime = Arc::clone(&world.runtime);
            let id = make(&runtime, Some(first));
            let before = usize::from(heirs != Open);
            if heirs != Open {
                world.send(1, first, second);
            }
            let (heir, tag) = told(&mut world, first, second);
            if given {
                assert_eq!(world.submit(1, |scheduler| scheduler.give_store(id, Some(first), heir)), Ok(()));
            } else {
                assert_eq!(runtime.stores.set_heir(id, Some(first), Some(heir)), Ok(()));
            }
            world.finish(1, first, ReasonKind::Normal);
            assert_eq!(owner(&runtime, id), Some(Some(second)), "{heirs:?} {given}");
            world.settle(&mut dice);
            assert_eq!(world.books.messages_to(second).skip(before).collect::<Vec<_>>(), [tag], "{heirs:?} {given}");
        }
    }
}

#[test]
fn heirs_that_have_ended_or_must_have_nothing() {
    let (mut world, mut dice) = world();
    let [first, dead, exiting] = [1, 2, 2].map(|seat| world.spawn_here(seat));
    world.settle(&mut dice);
    let runtime = Arc::clone(&world.runtime);
    world.finish(2, dead, ReasonKind::Normal);
    world.submit(2, |scheduler| scheduler.note_exiting(exiting));
    let ids = [dead, exiting].map(|whom| {
        let id = make(&runtime, Some(first));
        assert_eq!(runtime.stores.set_heir(id, Some(first), heir(whom)), Ok(()));
        assert_eq!(runtime.stores.give(id, Some(first), whom, &runtime.table), Err(Unmade::NoProc));
        id
    });
    world.finish(1, first, ReasonKind::Normal);
    assert_eq!(ids.map(|id| owner(&runtime, id)), [None, None]);
    assert_eq!(runtime.stores.figures(), [2, 0, 0, 0, 0]);
}

#[test]
fn a_store_is_given_by_its_owner_alone_and_names_are_had_once() {
    let (mut world, mut dice) = world();
    let [first, second] = [1, 2].map(|seat| world.spawn_here(seat));
    world.settle(&mut dice);
    let runtime = Arc::clone(&world.runtime);
    let Ok(id) = runtime.make_store(Some("a"), Some(first), Limits::NONE, 1) else { panic!("refused") };
    assert_eq!(runtime.make_store(Some("a"), None, Limits::NONE, 1), Err(Unmade::Taken(id)));
    let give = |by, to| runtime.stores.give(id, by, to, &runtime.table);
    assert_eq!(give(None, second), Err(Unmade::NotOwner(Some(first))));
    assert_eq!(give(Some(first), first), Ok(()));
    assert_eq!((give(Some(first), second), give(Some(first), second)), (Ok(()), Err(Unmade::NotOwner(Some(second)))));
    // Who has given it away takes it nowhere.
    world.finish(1, first, ReasonKind::Normal);
    assert_eq!((runtime.stores.find("a"), owner(&runtime, id)), (Some(id), Some(Some(second))));
    assert!(runtime.stores.end(id) && !runtime.stores.end(id));
    assert_eq!((runtime.stores.find("a"), give(Some(second), second)), (None, Err(Unmade::NoStore)));
    let Ok(next) = runtime.make_store(Some("a"), Some(second), Limits::NONE, 1) else { panic!("refused") };
    assert_ne!(id, next);
}
