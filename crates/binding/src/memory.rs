//! Memory of ours that an isolate sees as an ArrayBuffer. Rust owns it: the isolate holds a share, and the last share frees
//! it. Never makes two buffers of one address in one isolate.

use std::ffi::c_void;
use std::ptr;
use std::sync::Arc;

use napi::sys;
use rumpus_sync::shim::{AtomicU64, Ordering};

/// Bytes that one thread's JavaScript and Rust touch by turns. Words of 64 bits, so that every view is aligned; accessed
/// as plain bytes by the owner thread only.
#[derive(Debug)]
pub(crate) struct Bytes(Box<[AtomicU64]>);

impl Bytes {
    /// `len` zeroed bytes, a multiple of 8.
    pub(crate) fn new(len: usize) -> Arc<Self> {
        Arc::new(Self((0..len / 8).map(|_| AtomicU64::new(0)).collect()))
    }

    /// How many bytes.
    pub(crate) fn len(&self) -> usize {
        self.0.len() * 8
    }

    /// Where they start.
    pub(crate) fn start(&self) -> *mut u8 {
        self.0.as_ptr().cast_mut().cast()
    }

    /// The first `len` bytes. Owner thread only, while no JavaScript runs: it is in this very call.
    pub(crate) fn head(&self, len: usize) -> &[u8] {
        let len = len.min(self.len());
        // SAFETY: the range lies in our allocation; only the owner thread touches it, and it is here.
        unsafe { std::slice::from_raw_parts(self.start(), len) }
    }

    /// Writes a word at a multiple of four.
    pub(crate) fn put_word(&self, at: usize, word: i32) {
        assert!(at.is_multiple_of(4) && at + 4 <= self.len(), "word at {at} of {}", self.len());
        // SAFETY: in bounds and aligned, as asserted; owner thread only.
        unsafe { self.start().wrapping_add(at).cast::<i32>().write(word) };
    }

    /// Writes bytes.
    pub(crate) fn put(&self, at: usize, bytes: &[u8]) {
        assert!(at + bytes.len() <= self.len(), "{} bytes at {at} of {}", bytes.len(), self.len());
        // SAFETY: in bounds, as asserted; `bytes` is Rust's and cannot overlap with a buffer only JavaScript sees.
        unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), self.start().wrapping_add(at), bytes.len()) };
    }
}

// Relaxed order is all that `Bytes` could ever need; the import keeps the door the single one.
const _: Ordering = Ordering::Relaxed;

/// An ArrayBuffer over `len` bytes at `start`, which `keep` keeps alive; null if the environment refuses it, as it does when
/// its thread is being terminated this very moment.
///
/// # Safety
/// `env` is the calling thread's environment; `start..start + len` stays valid while `keep` lives.
pub(crate) unsafe fn array_buffer<T: Send + Sync>(
    env: sys::napi_env,
    keep: Arc<T>,
    start: *mut c_void,
    len: usize,
) -> sys::napi_value {
    unsafe extern "C" fn let_go<T>(_env: sys::napi_env, _data: *mut c_void, hint: *mut c_void) {
        // SAFETY: the hint is the Arc given away below, taken back once: N-API finalizes a buffer once.
        drop(unsafe { Arc::from_raw(hint.cast_const().cast::<T>()) });
    }
    let hint = Arc::into_raw(keep).cast_mut().cast::<c_void>();
    let mut buffer = ptr::null_mut();
    let finalizer = Some(let_go::<T> as unsafe extern "C" fn(sys::napi_env, *mut c_void, *mut c_void));
    // SAFETY: the caller vouches for env and memory; the finalizer gets the hint it expects.
    let status = unsafe { sys::napi_create_external_arraybuffer(env, start, len, finalizer, hint, &mut buffer) };
    if status != sys::Status::napi_ok {
        // SAFETY: no buffer was made, so nobody else has the hint.
        drop(unsafe { Arc::from_raw(hint.cast_const().cast::<T>()) });
        return ptr::null_mut();
    }
    buffer
}
