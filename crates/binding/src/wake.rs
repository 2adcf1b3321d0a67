//! Wakes a sleeping event loop: a threadsafe function without a queue of its own to speak of, called once a sleep.
//!
//! Teardown: the pointer lies in a slot under a lock. The finalizer and the environment's cleanup hook both take it away,
//! whichever comes first; callers look under the lock and may come too late, which costs nothing: a thread that goes away
//! needs no wake-up. The lock is never held across a call into JavaScript (a wake only queues).

use std::ffi::c_void;
use std::ptr;
use std::sync::{Arc, Mutex, PoisonError};

use napi::sys;
use rumpus_runtime::Waker;
use rumpus_sync::shim::{AtomicU64, Ordering};

use crate::clock;
use crate::idle_time::IdleTime;

/// See the module text.
#[derive(Debug)]
pub(crate) struct LoopWaker {
    function: Mutex<Function>,
    woken_us: AtomicU64,
}

#[derive(Debug)]
struct Function {
    call: sys::napi_threadsafe_function,
    idle: IdleTime,
}

// SAFETY: N-API documents threadsafe functions as callable from any thread; the lock orders calls and removal. So it does for the
// event loop, whose idle time libuv documents as readable from any thread, and which outlives what is in the slot.
unsafe impl Send for Function {}

impl LoopWaker {
    /// Makes a waker that calls `on_wake` on the thread of `env`.
    ///
    /// # Safety
    /// `env` is the calling thread's environment, `on_wake` a function in it.
    pub(crate) unsafe fn new(env: sys::napi_env, on_wake: sys::napi_value) -> Option<Arc<Self>> {
        // SAFETY: vouched for by the caller.
        let idle = unsafe { IdleTime::of(env) };
        let waker = Arc::new(Self {
            function: Mutex::new(Function { call: ptr::null_mut(), idle }),
            woken_us: AtomicU64::new(0),
        });
        let mut name = ptr::null_mut();
        // SAFETY: env is current; the text is 11 bytes long.
        unsafe { sys::napi_create_string_utf8(env, c"rumpus-wake".as_ptr(), 11, &mut name) };
        let keep = Arc::into_raw(Arc::clone(&waker)).cast_mut().cast::<c_void>();
        let mut function = ptr::null_mut();
        // SAFETY: all pointers are valid for the call; the finalizer takes back the share given here.
        let status = unsafe {
            sys::napi_create_threadsafe_function(
                env,
                on_wake,
                ptr::null_mut(),
                name,
                0,
                1,
                keep,
                Some(finalize),
                ptr::null_mut(),
                Some(call),
                &mut function,
            )
        };
        if status != sys::Status::napi_ok {
            // SAFETY: the call failed, so the share is still ours.
            drop(unsafe { Arc::from_raw(keep.cast_const().cast::<Self>()) });
            return None;
        }
        waker.lock().call = function;
        Some(waker)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Function> {
        self.function.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps the event loop alive, or no longer.
    ///
    /// # Safety
    /// `env` is the environment of this waker, on its thread.
    pub(crate) unsafe fn hold(&self, env: sys::napi_env, hold: bool) {
        let function = self.lock();
        if function.call.is_null() {
            return;
        }
        // SAFETY: not released yet, for it is in the slot; env and thread are vouched for.
        unsafe {
            if hold {
                sys::napi_ref_threadsafe_function(env, function.call)
            } else {
                sys::napi_unref_threadsafe_function(env, function.call)
            }
        };
    }

    /// Lets the function go: from now on wakes do nothing.
    pub(crate) fn release(&self) {
        let mut slot = self.lock();
        let function = std::mem::replace(&mut slot.call, ptr::null_mut());
        if !function.is_null() {
            // SAFETY: taken out of the slot, so this is the only release.
            unsafe { sys::napi_release_threadsafe_function(function, sys::ThreadsafeFunctionReleaseMode::abort) };
        }
    }

    /// Forgets the function without releasing it: its environment is going away and does that itself.
    pub(crate) fn forget(&self) {
        self.lock().call = ptr::null_mut();
    }
}

impl Waker for LoopWaker {
    fn wake(&self) {
        // Relaxed: the watchdog glances at it, and looks twice.
        self.woken_us.store(clock::now_us(), Ordering::Relaxed);
        let function = self.lock();
        if !function.call.is_null() {
            // SAFETY: in the slot, so neither released nor finalized; non-blocking, so the lock is held briefly.
            let _ = unsafe {
                sys::napi_call_threadsafe_function(
                    function.call,
                    ptr::null_mut(),
                    sys::ThreadsafeFunctionCallMode::nonblocking,
                )
            };
        }
    }

    fn woken_us(&self) -> u64 {
        // Relaxed: as in `wake`.
        self.woken_us.load(Ordering::Relaxed)
    }

    fn idle_us(&self) -> Option<u64> {
        let function = self.lock();
        if function.call.is_null() {
            return None;
        }
        // SAFETY: in the slot, so the environment of this event loop is there; the lock keeps it from going meanwhile.
        unsafe { function.idle.read_us() }
    }
}

unsafe extern "C" fn finalize(_env: sys::napi_env, data: *mut c_void, _hint: *mut c_void) {
    // SAFETY: the share given at creation, taken back once.
    let waker = unsafe { Arc::from_raw(data.cast_const().cast::<LoopWaker>()) };
    waker.forget();
}

unsafe extern "C" fn call(env: sys::napi_env, on_wake: sys::napi_value, _context: *mut c_void, _data: *mut c_void) {
    if env.is_null() || on_wake.is_null() {
        return; // the environment is going away
    }
    let mut this = ptr::null_mut();
    // SAFETY: env is current in this callback.
    unsafe { sys::napi_get_undefined(env, &mut this) };
    // SAFETY: as above; a throw in `on_wake` stays pending and becomes an uncaught exception, as it should.
    unsafe { sys::napi_call_function(env, this, on_wake, 0, ptr::null(), ptr::null_mut()) };
}
