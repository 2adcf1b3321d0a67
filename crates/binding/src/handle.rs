//! The cold calls: make a runtime, find it again in another isolate, take a seat, ask what happened. One handle, one
//! runtime; the runtime goes when its last handle and its last seat go.

#![expect(unreachable_pub, reason = "the macro exports what is public, and only that")]

use std::sync::{Arc, Mutex, PoisonError};

use napi::bindgen_prelude::{Float64Array, Unknown};
use napi::{Env, JsValue};
use napi_derive::napi;
use rumpus_runtime::sched::seat::Seat;
use rumpus_runtime::{Options, Pid, Runtime, Unnamed, layout};
use rumpus_sync::shim::{AtomicU64, Ordering};
use rumpus_sync::{RunRing, ring};

use crate::error::{FAILURES, Failure};
use crate::wake::LoopWaker;
use crate::watchdog::Watchdog;
use crate::{attach, clock, registry, rows};

type Result<T> = std::result::Result<T, napi::Error<String>>;

/// Figures of a seat before its counters.
pub(crate) const SEAT_FIGURES: usize = 7;

/// How a runtime is made.
#[napi(object)]
#[derive(Debug)]
pub struct BindingOptions {
    /// Its number, 0 to 63: part of every pid.
    pub number: u32,
    /// Scheduler threads beside the host, 1 to 63; 0 where the host works alone.
    pub schedulers: u32,
    /// Threads for one process each, as many at a time.
    pub dedicated: u32,
    /// Whether the host takes placed and stolen processes.
    pub host_works: bool,
    /// Whether definitions are placed.
    pub placement: bool,
    /// Whether local messages take the native lane.
    pub native_lane: bool,
    /// Given for a simulation: no clock, no spinning, and chance falls as it says.
    pub seed: Option<f64>,
}

/// A runtime, held by one isolate.
#[napi]
#[derive(Debug)]
pub struct RuntimeHandle {
    runtime: Arc<Runtime>,
    key: u32,
    simulated: Option<Simulated>,
    watchdog: Mutex<Option<Watchdog>>,
}

/// What a simulation has instead of a clock and of chance.
#[derive(Debug, Clone)]
pub(crate) struct Simulated {
    pub(crate) time_us: Arc<AtomicU64>,
    pub(crate) seed: u64,
}

/// Makes a runtime.
#[napi]
pub fn create_runtime(options: BindingOptions) -> RuntimeHandle {
    let runtime = Arc::new(Runtime::new(Options {
        number: options.number,
        schedulers: options.schedulers as usize,
        dedicated: options.dedicated as usize,
        // With none there is never a core to spin on, and no time would pass meanwhile.
        cores: if options.seed.is_some() { 0 } else { available_parallelism() as usize },
        host_works: options.host_works,
        placement: options.placement,
        native_lane: options.native_lane,
    }));
    let key = registry::enter(&runtime);
    let simulated = options.seed.map(|seed| Simulated { time_us: Arc::new(AtomicU64::new(1)), seed: seed as u64 });
    RuntimeHandle { runtime, key, simulated, watchdog: Mutex::default() }
}

/// Finds the runtime with a key that another isolate was given.
#[napi]
pub fn open_runtime(key: u32) -> Result<RuntimeHandle> {
    let runtime = registry::find(key).ok_or_else(|| Failure::Stopped.thrown())?;
    Ok(RuntimeHandle { runtime, key, simulated: None, watchdog: Mutex::default() })
}

impl RuntimeHandle {
    pub(crate) fn runtime(&self) -> &Arc<Runtime> {
        &self.runtime
    }

    /// What chance follows in a simulation.
    pub(crate) fn chance(&self) -> Option<u64> {
        self.simulated.as_ref().map(|simulated| simulated.seed)
    }
}

#[napi]
impl RuntimeHandle {
    /// The key by which other isolates find it.
    #[napi(getter)]
    pub fn key(&self) -> u32 {
        self.key
    }

    /// Its number.
    #[napi(getter)]
    pub fn number(&self) -> u32 {
        self.runtime.options.number
    }

    /// Takes a seat for the calling isolate; `onWake` is called when the thread must take a turn.
    #[napi(ts_args_type = "seat: number, onWake: () => void", ts_return_type = "unknown")]
    pub fn attach<'env>(&self, env: &'env Env, seat: u32, on_wake: Unknown<'env>) -> Result<Unknown<'env>> {
        // SAFETY: env is the caller's, and `on_wake` a live value of it.
        let object =
            unsafe { attach::attach(env.raw(), &self.runtime, seat as usize, on_wake.raw(), self.simulated.as_ref()) }
                .map_err(Failure::thrown)?;
        // SAFETY: a live value that `attach` has just made in this environment.
        Ok(unsafe { Unknown::from_raw_unchecked(env.raw(), object) })
    }

    /// The number of the definition `key`.
    #[napi]
    pub fn define(&self, key: String) -> u32 {
        self.runtime.define(&key)
    }

    /// The key of a definition.
    #[napi]
    pub fn definition(&self, id: u32) -> Option<String> {
        self.runtime.definition(id)
    }

    /// The number of a text, or -1: a string or a record shape that repeats.
    #[napi]
    pub fn number_of(&self, text: String, known_only: bool) -> i32 {
        self.runtime.number_of(&text, known_only).map_or(-1, |id| id as i32)
    }

    /// The text with this number.
    #[napi]
    pub fn text(&self, id: u32) -> Option<String> {
        self.runtime.text(id)
    }

    /// Gives a process a name: 0, or the pid of who has it; -1 if the process has ended, -2 if it has another name.
    #[napi]
    pub fn register(&self, name: String, pid: f64) -> f64 {
        match self.runtime.register(&name, Pid::from_bits(pid as u64)) {
            Ok(()) => 0.0,
            Err(Unnamed::Taken(holder)) => holder.bits() as f64,
            Err(Unnamed::NoProc) => -1.0,
            Err(Unnamed::Named(_)) => -2.0,
        }
    }

    /// Takes a name back; false if nobody has it.
    #[napi]
    pub fn unregister(&self, name: String) -> bool {
        self.runtime.unregister(&name)
    }

    /// The pid of the living process that has a name, or 0.
    #[napi]
    pub fn whereis(&self, name: String) -> f64 {
        self.runtime.whereis(&name).map_or(0.0, |pid| pid.bits() as f64)
    }

    /// The name of a process.
    #[napi]
    pub fn name_of(&self, pid: f64) -> Option<String> {
        self.runtime.names.name_of(Pid::from_bits(pid as u64))
    }

    /// Tells every scheduler to stop.
    #[napi]
    pub fn stop(&self) {
        self.runtime.stop();
    }

    /// In a simulation: it is so many microseconds now.
    #[napi]
    pub fn set_time(&self, time_us: f64) {
        if let Some(simulated) = &self.simulated {
            // Relaxed: one thread.
            simulated.time_us.store(time_us as u64, Ordering::Relaxed);
        }
    }

    /// Whether a scheduler has been rung and has not taken a turn since.
    #[napi]
    pub fn is_rung(&self, seat: u32) -> bool {
        self.runtime.seats.get(seat as usize).is_some_and(|seat| seat.bell.is_rung())
    }

    /// Whether it is being stopped, by whatever thread.
    #[napi(getter)]
    pub fn stopping(&self) -> bool {
        self.runtime.is_stopping()
    }

    /// Seats of the host and the schedulers; those behind them are dedicated.
    #[napi(getter)]
    pub fn regular_seats(&self) -> u32 {
        self.runtime.seats.regular().len() as u32
    }

    /// The number of the tenancy of a dedicated seat, or 0 while nobody has it.
    #[napi]
    pub fn tenancy(&self, seat: u32) -> u32 {
        self.runtime.seats.get(seat as usize).map_or(0, |seat| seat.tenancy.number())
    }

    /// Seats, the host's included.
    #[napi(getter)]
    pub fn seats(&self) -> u32 {
        self.runtime.seats.len() as u32
    }

    /// What a seat shows: taken, alive, unstarted, share of its time spent awake, asleep, run queue, its
    /// tenancy, then all counters.
    #[napi]
    pub fn seat(&self, seat: u32) -> Option<Float64Array> {
        let seat = self.runtime.seats.get(seat as usize)?;
        let flag = |on: bool| f64::from(u8::from(on));
        let mut figures = vec![
            flag(seat.is_taken()),
            f64::from(seat.alive()),
            seat.unstarted() as f64,
            busy_share(seat),
            flag(seat.bell.is_asleep()),
            run_queue(seat),
            f64::from(seat.tenancy.number()),
        ];
        debug_assert_eq!(figures.len(), SEAT_FIGURES);
        figures.extend((0..layout::COUNTS).map(|count| seat.page.count(count)));
        Some(Float64Array::new(figures))
    }

    /// The number of who sits in a seat, or, once that one goes, of the next.
    #[napi]
    pub fn sitter(&self, seat: u32) -> u32 {
        self.runtime.seats.get(seat as usize).map_or(0, Seat::sitter)
    }

    /// The processes, or one, as any thread sees them: the moment, then rows.
    #[napi]
    pub fn census(&self, of: f64) -> Float64Array {
        Float64Array::new(rows::census(&self.runtime, (of != 0.0).then(|| Pid::from_bits(of as u64))))
    }

    /// Everybody who has a name.
    #[napi]
    pub fn names(&self) -> Vec<BindingName> {
        let row = |(pid, name): (Pid, String)| BindingName { pid: pid.bits() as f64, name };
        self.runtime.names.all().into_iter().map(row).collect()
    }

    /// Has schedulers watched that owe a turn for so long; `onStall` is called when there are any to take. Keeps no event loop
    /// alive. False if the system has no thread for it.
    #[napi(ts_args_type = "stallMs: number, onStall: () => void")]
    pub fn watch<'env>(&self, env: &'env Env, stall_ms: f64, on_stall: Unknown<'env>) -> Result<bool> {
        // SAFETY: env is the caller's, and `on_stall` a live value of it.
        let teller = unsafe { LoopWaker::new(env.raw(), on_stall.raw()) }.ok_or_else(|| Failure::Defect.thrown())?;
        // SAFETY: the environment that the waker was just made in, on its thread.
        unsafe { teller.hold(env.raw(), false) };
        let watchdog = Watchdog::start(&self.runtime, (stall_ms * 1_000.0) as u64, Arc::clone(&teller));
        if watchdog.is_none() {
            teller.release();
        }
        let watches = watchdog.is_some();
        *self.watchdog.lock().unwrap_or_else(PoisonError::into_inner) = watchdog;
        Ok(watches)
    }

    /// Ends that.
    #[napi]
    pub fn unwatch(&self) {
        self.watchdog.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    /// The stalls seen since this was last asked, four figures each: which scheduler, for how many milliseconds (of the host,
    /// which hears of it when it is over: until now), who was resumed last, or 0, and how many turns it had taken.
    #[napi]
    pub fn take_stalls(&self) -> Float64Array {
        let watchdog = self.watchdog.lock().unwrap_or_else(PoisonError::into_inner);
        let stalls = watchdog.as_ref().map(Watchdog::take).unwrap_or_default();
        let figures = stalls.into_iter().flat_map(|stall| {
            let until_us = if stall.seat == 0 { clock::now_us() } else { stall.seen_us };
            let ms = until_us.saturating_sub(stall.since_us) / 1_000;
            [stall.seat as f64, ms as f64, stall.resumed.map_or(0.0, |pid| pid.bits() as f64), stall.turns]
        });
        Float64Array::new(figures.collect())
    }
}

/// A process and its name.
#[napi(object)]
#[derive(Debug)]
pub struct BindingName {
    /// Who.
    pub pid: f64,
    /// Which.
    pub name: String,
}

/// Processes about to be resumed. A glance at a ring that moves may make no sense.
fn run_queue(seat: &Seat) -> f64 {
    let queued = RunRing::of(&seat.page).len();
    (if queued <= ring::CAPACITY { queued as f64 } else { 0.0 }) + seat.page.count(layout::OVERFLOWING)
}

/// The share of the time since the seat was first taken that its scheduler was awake.
fn busy_share(seat: &Seat) -> f64 {
    let since = seat.page.count(layout::FIRST_TAKEN_US);
    let passed = clock::now_us() as f64 - since;
    if since == 0.0 || passed <= 0.0 { 0.0 } else { (seat.page.count(layout::BUSY_US) / passed).min(1.0) }
}

/// One row of the error table.
#[napi(object)]
#[derive(Debug)]
pub struct BindingFailure {
    /// The status word.
    pub status: i32,
    /// The JavaScript class.
    pub class: String,
    /// Its code.
    pub code: String,
    /// What it says.
    pub message: String,
}

/// The error table.
#[napi]
pub fn error_table() -> Vec<BindingFailure> {
    let row = |failure: &Failure| {
        let (class, code, message) = failure.told();
        BindingFailure {
            status: *failure as i32,
            class: class.to_owned(),
            code: code.to_owned(),
            message: message.to_owned(),
        }
    };
    FAILURES.iter().map(row).collect()
}

/// Cores that this process may use, by affinity and quota.
#[napi]
pub fn available_parallelism() -> u32 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u32)
}
