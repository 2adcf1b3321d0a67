//! The N-API border: converts in, calls the runtime once, converts out. No policy, no state of its own but the registry of
//! live runtimes by number. `js/native/load.ts` is the only file that loads it.
//!
//! Reading order: [`handle`] (the cold calls), [`attach`] (an isolate takes a seat), [`hot`] (the two crossings that matter),
//! [`submit`], [`completions`], [`store`], [`wake`], then what looks on: [`rows`], [`watchdog`], and around:
//! [`memory_limit`].

mod attach;
mod attachment;
mod clock;
mod completions;
mod constants;
mod crowd;
mod error;
mod handle;
mod hot;
mod idle_time;
mod memory;
mod memory_limit;
mod pin;
mod registry;
mod rows;
mod store;
mod store_calls;
mod store_words;
mod submit;
mod wake;
mod watchdog;
