//! How long an event loop has waited for something to do, as libuv counts it for Node's own utilisation figures. Looked up by
//! name where the host program has it: a host without it is watched by its turns alone. Reads what libuv locks, writes nothing.

use std::ffi::c_void;
use std::ptr;

use napi::sys;
use rumpus_sync::shim::{AtomicU32, Ordering};

/// `uint64_t uv_metrics_idle_time(uv_loop_t*)`: nanoseconds, from any thread.
type Read = unsafe extern "C" fn(*mut c_void) -> u64;

/// Whether event loops count here: one that does not answers 0 for ever, one that has never waited does so, too, so far.
static COUNTS: AtomicU32 = AtomicU32::new(0);

/// See the module text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IdleTime {
    event_loop: *mut c_void,
    read: Option<Read>,
}

impl IdleTime {
    /// That of the event loop of `env`.
    ///
    /// # Safety
    /// `env` is the calling thread's environment.
    pub(crate) unsafe fn of(env: sys::napi_env) -> Self {
        let mut event_loop = ptr::null_mut();
        // SAFETY: env is current, and there is room for the answer.
        let status = unsafe { sys::napi_get_uv_event_loop(env, &mut event_loop) };
        let known = status == sys::Status::napi_ok && !event_loop.is_null();
        Self { event_loop: event_loop.cast(), read: if known { find() } else { None } }
    }

    /// What it is now, in microseconds; nothing if it is not known, or not counted.
    ///
    /// # Safety
    /// The event loop is there.
    pub(crate) unsafe fn read_us(self) -> Option<u64> {
        // SAFETY: libuv documents this as safe from any thread while the event loop is there, which the caller vouches for.
        let ns = self.read.map_or(0, |read| unsafe { read(self.event_loop) });
        // Relaxed on both: it is set once, and who does not see that yet asks again.
        if ns > 0 {
            COUNTS.store(1, Ordering::Relaxed);
        }
        (COUNTS.load(Ordering::Relaxed) != 0).then_some(ns / 1_000)
    }
}

#[cfg(unix)]
fn find() -> Option<Read> {
    // SAFETY: the name ends with a zero; the symbol, where there is one, is libuv's function of that name.
    unsafe {
        let symbol = libc::dlsym(libc::RTLD_DEFAULT, c"uv_metrics_idle_time".as_ptr());
        std::mem::transmute::<*mut c_void, Option<Read>>(symbol)
    }
}

#[cfg(not(unix))]
fn find() -> Option<Read> {
    None
}
