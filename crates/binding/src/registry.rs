//! Which runtimes are alive, by key: how a scheduler's isolate finds the runtime whose key it was started with. Holds weak
//! handles only, so it keeps nothing alive; a key is never given twice.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rumpus_runtime::Runtime;

#[derive(Default)]
struct Registry {
    next: u32,
    runtimes: Option<HashMap<u32, Weak<Runtime>>>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry { next: 0, runtimes: None });

/// Registers a runtime; its key.
pub(crate) fn enter(runtime: &Arc<Runtime>) -> u32 {
    let mut registry = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    registry.next += 1;
    let key = registry.next;
    let runtimes = registry.runtimes.get_or_insert_default();
    runtimes.retain(|_, runtime| runtime.strong_count() > 0);
    runtimes.insert(key, Arc::downgrade(runtime));
    key
}

/// The runtime with this key, while it lives.
pub(crate) fn find(key: u32) -> Option<Arc<Runtime>> {
    let registry = REGISTRY.lock().unwrap_or_else(PoisonError::into_inner);
    registry.runtimes.as_ref()?.get(&key)?.upgrade()
}
