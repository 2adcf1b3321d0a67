//! Stores of a runtime: which there are, what they are called, whose they are, and who has them next. Owns that; what is in one
//! is `rumpus_sync::Store`'s, and nobody passes here who reads or writes. A store is never owned by a process that has ended: who
//! makes it over to a process and who ends that both change its state word, and whoever comes second sees the other.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rumpus_sync::Ticket;
use rumpus_sync::store::{Limits, Store};
use rustc_hash::FxHashMap;

use crate::pid::{INDEX_BITS, INDEX_MAX, Pid};
use crate::process::Table;

/// A store outside this crate: a number as a pid is, that is never given twice.
pub type StoreId = u64;

/// Why something was not done with a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unmade {
    /// Another store has the name.
    Taken(StoreId),
    /// The process has ended, or must.
    NoProc,
    /// There is no such store.
    NoStore,
    /// It belongs to another process, or to the runtime.
    NotOwner(Option<Pid>),
}

/// Who has a store when its owner has ended, and what it is told then.
#[derive(Debug, Clone)]
pub struct Heir {
    /// Who.
    pub pid: Pid,
    /// Leading bytes of the message that describe its value.
    pub skeleton: u32,
    /// The message.
    pub message: Box<[u8]>,
}

/// A store, as it is shown.
#[derive(Debug, Clone)]
pub struct Shown {
    /// The store.
    pub store: Arc<Store>,
    /// What it is called.
    pub name: Option<String>,
    /// Whose it is; nobody's, if it is the runtime's.
    pub owner: Option<Pid>,
    /// Whose it is then.
    pub heir: Option<Pid>,
}

#[derive(Debug)]
struct Kept {
    store: Arc<Store>,
    name: Option<String>,
    owner: Option<Pid>,
    heir: Option<Heir>,
}

#[derive(Debug, Default)]
struct Held {
    made: u64,
    open: FxHashMap<StoreId, Kept>,
    names: FxHashMap<String, StoreId>,
    owned: FxHashMap<Pid, Vec<StoreId>>,
}

impl Held {
    /// Has `pid` own the store from now on; false if it has ended, or must.
    fn make_over(&mut self, id: StoreId, pid: Pid, table: &Table) -> bool {
        let noted = table.get(pid).is_some_and(|process| process.state.note_named());
        // Asked for again: the slot may have had other tenants since. What is rented, and not born, has nothing.
        if !noted || table.get(pid).is_none_or(|process| !process.state.load().is_alive()) {
            return false;
        }
        self.owned.entry(pid).or_default().push(id);
        true
    }

    fn take_from(&mut self, id: StoreId, owner: Pid) {
        if let Some(all) = self.owned.get_mut(&owner) {
            all.retain(|&one| one != id);
            if all.is_empty() {
                self.owned.remove(&owner);
            }
        }
    }

    fn remove(&mut self, id: StoreId) -> Option<Kept> {
        let kept = self.open.remove(&id)?;
        if let Some(name) = &kept.name {
            self.names.remove(name);
        }
        if let Some(owner) = kept.owner {
            self.take_from(id, owner);
        }
        Some(kept)
    }
}

/// See the module text.
#[derive(Debug, Default)]
pub struct Stores(Mutex<Held>);

impl Stores {
    /// Makes one. `runtime` is the number of the runtime, `shards` as many as many threads need.
    pub fn make(
        &self,
        (runtime, table): (u32, &Table),
        (name, owner): (Option<&str>, Option<Pid>),
        (shards, limits, seed): (usize, Limits, u64),
    ) -> Result<StoreId, Unmade> {
        let mut held = self.lock();
        if let Some(&other) = name.and_then(|name| held.names.get(name)) {
            return Err(Unmade::Taken(other));
        }
        let serial = held.made + 1;
        let id =
            Pid::new(runtime, Ticket { index: serial as u32 & INDEX_MAX, generation: (serial >> INDEX_BITS) as u32 })
                .bits();
        if let Some(pid) = owner
            && !held.make_over(id, pid, table)
        {
            return Err(Unmade::NoProc);
        }
        held.made = serial;
        if let Some(name) = name {
            held.names.insert(name.to_owned(), id);
        }
        let store = Arc::new(Store::new(shards, limits, seed));
        held.open.insert(id, Kept { store, name: name.map(str::to_owned), owner, heir: None });
        Ok(id)
    }

    /// The store with this number.
    pub fn open(&self, id: StoreId) -> Option<Arc<Store>> {
        self.lock().open.get(&id).map(|kept| Arc::clone(&kept.store))
    }

    /// The number of the store with this name.
    pub fn find(&self, name: &str) -> Option<StoreId> {
        self.lock().names.get(name).copied()
    }

    /// What is to be seen of one.
    pub fn show(&self, id: StoreId) -> Option<Shown> {
        self.lock().open.get(&id).map(|kept| Shown {
            store: Arc::clone(&kept.store),
            name: kept.name.clone(),
            owner: kept.owner,
            heir: kept.heir.as_ref().map(|heir| heir.pid),
        })
    }

    /// Says who has it next, or nobody. Only its owner may.
    pub fn set_heir(&self, id: StoreId, by: Option<Pid>, heir: Option<Heir>) -> Result<(), Unmade> {
        let mut held = self.lock();
        let kept = held.open.get_mut(&id).ok_or(Unmade::NoStore)?;
        if kept.owner != by {
            return Err(Unmade::NotOwner(kept.owner));
        }
        kept.heir = heir;
        Ok(())
    }

    /// Gives it to `to`. Only its owner may; the heir that this one had chosen is forgotten.
    pub fn give(&self, id: StoreId, by: Option<Pid>, to: Pid, table: &Table) -> Result<(), Unmade> {
        let mut held = self.lock();
        let owner = held.open.get(&id).ok_or(Unmade::NoStore)?.owner;
        if owner != by {
            return Err(Unmade::NotOwner(owner));
        }
        if owner == Some(to) {
            return Ok(());
        }
        if !held.make_over(id, to, table) {
            return Err(Unmade::NoProc);
        }
        if let Some(owner) = owner {
            held.take_from(id, owner);
        }
        if let Some(kept) = held.open.get_mut(&id) {
            kept.owner = Some(to);
            kept.heir = None;
        }
        Ok(())
    }

    /// Ends one; false if it had ended.
    pub fn end(&self, id: StoreId) -> bool {
        let removed = self.lock().remove(id);
        // Its memory is freed when others can have the lock again.
        removed.map(|kept| kept.store.close()).is_some()
    }

    /// A process has ended: what it had is its heirs', who are to be told, or gone.
    pub fn leave(&self, owner: Pid, table: &Table) -> Vec<Heir> {
        let mut held = self.lock();
        let (mut told, mut gone) = (Vec::new(), Vec::new());
        for id in held.owned.remove(&owner).unwrap_or_default() {
            let heir = held.open.get_mut(&id).and_then(|kept| kept.heir.take());
            match heir {
                Some(heir) if held.make_over(id, heir.pid, table) => {
                    if let Some(kept) = held.open.get_mut(&id) {
                        kept.owner = Some(heir.pid);
                    }
                    told.push(heir);
                }
                _ => gone.extend(held.remove(id)),
            }
        }
        drop(held);
        for kept in gone {
            kept.store.close();
        }
        told
    }

    /// Stores ever made, open, and what is in those: entries, bytes, entries dropped for newer ones.
    pub fn figures(&self) -> [u64; 5] {
        let (made, open) = {
            let held = self.lock();
            (held.made, held.open.values().map(|kept| Arc::clone(&kept.store)).collect::<Vec<_>>())
        };
        let mut figures = [made, open.len() as u64, 0, 0, 0];
        for store in open {
            for (sum, figure) in figures[2..].iter_mut().zip(store.figures()) {
                *sum += figure;
            }
        }
        figures
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
