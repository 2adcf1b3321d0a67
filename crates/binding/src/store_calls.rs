//! The cold calls about stores: which there are, whose they are and whose next. What is read and written passes `store.rs`.

use std::hash::{BuildHasher, RandomState};

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use rumpus_runtime::Pid;
use rumpus_runtime::stores::{Heir, Unmade};
use rumpus_sync::store::Limits;

use crate::handle::RuntimeHandle;

/// What a store may hold; what is not given has no limit.
#[napi(object)]
#[derive(Debug)]
pub struct BindingLimits {
    /// Entries at most.
    pub entries: Option<f64>,
    /// Bytes of keys and values at most.
    pub bytes: Option<f64>,
    /// Whether the oldest goes for the newest.
    pub drops_oldest: bool,
}

/// Why something was not done with a store, and to whom that is due.
#[napi(object)]
#[derive(Debug)]
pub struct BindingUnmade {
    /// `taken`, `noproc`, `no store` or `not owner`.
    pub why: String,
    /// The store that has the name, or the owner, or 0.
    pub who: f64,
}

/// A store, as it is shown.
#[napi(object)]
#[derive(Debug)]
pub struct BindingStore {
    /// What it is called.
    pub name: Option<String>,
    /// Whose it is, or 0 if it is the runtime's.
    pub owner: f64,
    /// Whose it is then, or 0.
    pub heir: f64,
    /// Entries.
    pub entries: f64,
    /// Bytes of keys and values.
    pub bytes: f64,
    /// Entries dropped for newer ones.
    pub dropped: f64,
    /// What it may hold.
    pub limits: BindingLimits,
}

pub(crate) fn unmade(why: Unmade) -> BindingUnmade {
    let (why, who) = match why {
        Unmade::Taken(store) => ("taken", store),
        Unmade::NoProc => ("noproc", 0),
        Unmade::NoStore => ("no store", 0),
        Unmade::NotOwner(owner) => ("not owner", owner.map_or(0, Pid::bits)),
    };
    BindingUnmade { why: why.to_owned(), who: who as f64 }
}

fn process(pid: f64) -> Option<Pid> {
    (pid != 0.0).then(|| Pid::from_bits(pid as u64))
}

fn limit(given: Option<f64>) -> u64 {
    given.map_or(u64::MAX, |limit| limit as u64)
}

fn shown(limit: u64) -> Option<f64> {
    (limit != u64::MAX).then_some(limit as f64)
}

#[napi]
impl RuntimeHandle {
    /// Makes a store of `owner`, or of the runtime if that is 0: its number, or why not.
    #[napi]
    pub fn make_store(
        &self,
        name: Option<String>,
        owner: f64,
        limits: BindingLimits,
    ) -> napi::Either<f64, BindingUnmade> {
        let BindingLimits { entries, bytes, drops_oldest } = limits;
        let limits = Limits { entries: limit(entries), bytes: limit(bytes), drops_oldest };
        match self.runtime().make_store(name.as_deref(), process(owner), limits, self.store_seed()) {
            Ok(id) => napi::Either::A(id as f64),
            Err(why) => napi::Either::B(unmade(why)),
        }
    }

    /// The number of the store with a name, or 0.
    #[napi]
    pub fn find_store(&self, name: String) -> f64 {
        self.runtime().stores.find(&name).unwrap_or_default() as f64
    }

    /// What is to be seen of a store.
    #[napi]
    pub fn show_store(&self, id: f64) -> Option<BindingStore> {
        let seen = self.runtime().stores.show(id as u64)?;
        let [entries, bytes, dropped] = seen.store.figures();
        let limits = seen.store.limits();
        Some(BindingStore {
            name: seen.name,
            owner: seen.owner.map_or(0.0, |pid| pid.bits() as f64),
            heir: seen.heir.map_or(0.0, |pid| pid.bits() as f64),
            entries: entries as f64,
            bytes: bytes as f64,
            dropped: dropped as f64,
            limits: BindingLimits {
                entries: shown(limits.entries),
                bytes: shown(limits.bytes),
                drops_oldest: limits.drops_oldest,
            },
        })
    }

    /// Says whose a store of `by` is next, and what that is told then; nobody's if `heir` is 0. Answers why not.
    #[napi]
    pub fn set_store_heir(
        &self,
        id: f64,
        by: f64,
        heir: f64,
        skeleton: u32,
        message: Uint8Array,
    ) -> Option<BindingUnmade> {
        let heir = process(heir).map(|pid| Heir { pid, skeleton, message: message.to_vec().into() });
        self.runtime().stores.set_heir(id as u64, process(by), heir).err().map(unmade)
    }

    /// Ends a store; false if it had ended.
    #[napi]
    pub fn end_store(&self, id: f64) -> bool {
        self.runtime().stores.end(id as u64)
    }

    /// Stores ever made, open now, and in those: entries, bytes, entries dropped for newer ones.
    #[napi]
    pub fn store_figures(&self) -> Vec<f64> {
        self.runtime().stores.figures().map(|figure| figure as f64).to_vec()
    }
}

impl RuntimeHandle {
    /// By what keys are spread: nobody can foretell it; in a simulation it is part of chance.
    fn store_seed(&self) -> u64 {
        self.chance().unwrap_or_else(|| RandomState::new().hash_one(0))
    }
}
