//! An isolate takes a seat: the memory it shares with Rust, the raw callbacks, and what happens when the isolate goes. The
//! environment's cleanup hook is the one place where a dying thread, however it dies, gives its processes up.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::Arc;

use napi::sys;
use rumpus_runtime::{Runtime, Scheduler};

use crate::attachment::Attachment;
use crate::clock::Clock;
use crate::completions::{BUFFER, Completions};
use crate::crowd::Crowd;
use crate::error::Failure;
use crate::handle::Simulated;
use crate::hot::{CALLBACKS, Callback};
use crate::memory::{Bytes, array_buffer};
use crate::pin;
use crate::store::StoreDesk;
use crate::store_words;
use crate::wake::LoopWaker;

/// Bytes of the scratch buffer, in which JavaScript encodes.
const SCRATCH: usize = 64 * 1024;

/// Takes `seat` for the isolate of `env`. Answers an object with the callbacks and the buffers, or null if the thread is
/// being terminated.
///
/// # Safety
/// `env` is the calling thread's environment, `on_wake` a function in it.
pub(crate) unsafe fn attach(
    env: sys::napi_env,
    runtime: &Arc<Runtime>,
    seat: usize,
    on_wake: sys::napi_value,
    simulated: Option<&Simulated>,
) -> Result<sys::napi_value, Failure> {
    pin::pin();
    // SAFETY: vouched for by the caller.
    let waker = unsafe { LoopWaker::new(env, on_wake) }.ok_or(Failure::Defect)?;
    let chance = simulated.map_or_else(|| u64::from(std::process::id()), |simulated| simulated.seed);
    let seed = chance << 16 | seat as u64;
    let mut clock = Clock::new(simulated);
    let told: Arc<dyn rumpus_runtime::Waker> = Arc::clone(&waker) as _;
    let Some(scheduler) = Scheduler::take_seat(Arc::clone(runtime), seat, told, seed, clock.now_us(false)) else {
        waker.release();
        return Err(if seat < runtime.seats.len() { Failure::SeatTaken } else { Failure::NoScheduler });
    };
    let (buffer, scratch, stores) = (Bytes::new(BUFFER), Bytes::new(SCRATCH), Bytes::new(store_words::BUFFER));
    let completions = Completions::new(Arc::clone(&buffer));
    let attachment = Attachment {
        scheduler: Some(scheduler),
        completions,
        scratch: Arc::clone(&scratch),
        stores: StoreDesk::new(Arc::clone(&stores)),
        crowd: Crowd::default(),
        clock,
        waker,
    };
    let raw = Box::into_raw(Box::new(attachment));
    // SAFETY: the hook gets the attachment it expects, once, when the environment goes.
    unsafe { sys::napi_add_env_cleanup_hook(env, Some(on_cleanup), raw.cast()) };
    let buffers = [(c"completions", buffer), (c"scratch", scratch), (c"stores", stores)];
    // SAFETY: env is current, `raw` lives until it is gone.
    let object = unsafe { seat_object(env, runtime, seat, raw, buffers) };
    Ok(object.unwrap_or(ptr::null_mut()))
}

/// The object that JavaScript keeps: buffers and callbacks. Nothing if the environment refuses: its thread is being
/// terminated, and the cleanup hook gives the seat up.
///
/// # Safety
/// `env` is the calling thread's environment, `raw` an attachment that lives as long.
unsafe fn seat_object(
    env: sys::napi_env,
    runtime: &Arc<Runtime>,
    seat: usize,
    raw: *mut Attachment,
    buffers: [(&std::ffi::CStr, Arc<Bytes>); 3],
) -> Option<sys::napi_value> {
    let mut object = ptr::null_mut();
    // SAFETY: env is current.
    unsafe { sys::napi_create_object(env, &mut object) };
    let page = &runtime.seats[seat].page;
    let (ints, counts) = (page.ints(), page.counts());
    let words = [
        (c"page", ints.as_ptr().cast_mut().cast::<c_void>(), size_of_val(ints)),
        (c"counts", counts.as_ptr().cast_mut().cast::<c_void>(), size_of_val(counts)),
    ];
    for (name, start, len) in words {
        // SAFETY: the page lives in the runtime, which each buffer keeps; the sizes are those of the slices.
        unsafe { set(env, object, name, array_buffer(env, Arc::clone(runtime), start, len)) }?;
    }
    for (name, bytes) in buffers {
        let (start, len) = (bytes.start().cast(), bytes.len());
        // SAFETY: the buffer keeps the bytes.
        unsafe { set(env, object, name, array_buffer(env, bytes, start, len)) }?;
    }
    for (name, callback) in CALLBACKS.into_iter().chain([(c"detach", detach as Callback)]) {
        let mut function = ptr::null_mut();
        let len = name.count_bytes() as isize;
        // SAFETY: `raw` outlives every call: it is freed when the environment is gone.
        unsafe { sys::napi_create_function(env, name.as_ptr(), len, Some(callback), raw.cast(), &mut function) };
        // SAFETY: object and function are live values, or null.
        unsafe { set(env, object, name, function) }?;
    }
    Some(object)
}

/// Sets a property; nothing if the value could not be made, or not be set.
unsafe fn set(
    env: sys::napi_env,
    object: sys::napi_value,
    name: &std::ffi::CStr,
    value: sys::napi_value,
) -> Option<()> {
    if object.is_null() || value.is_null() {
        return None;
    }
    // SAFETY: live values of the current scope, as every caller in this file has just made them.
    let status = unsafe { sys::napi_set_named_property(env, object, name.as_ptr(), value) };
    (status == sys::Status::napi_ok).then_some(())
}

/// The isolate stays, but gives its seat up.
unsafe extern "C" fn detach(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let mut data: *mut c_void = ptr::null_mut();
    // SAFETY: env and info are those of the running callback.
    unsafe { sys::napi_get_cb_info(env, info, ptr::null_mut(), ptr::null_mut(), ptr::null_mut(), &mut data) };
    // SAFETY: as in `hot::enter`.
    let attachment = unsafe { &mut *data.cast::<Attachment>() };
    let left = catch_unwind(AssertUnwindSafe(|| attachment.leave()));
    attachment.waker.release();
    // The shell stays for callbacks that JavaScript may still hold; the memory goes with its ArrayBuffers.
    attachment.scratch = Bytes::new(0);
    attachment.stores.close();
    attachment.completions = Completions::new(Bytes::new(0));
    if left.is_err() {
        report("leaving a seat");
    }
    ptr::null_mut()
}

unsafe extern "C" fn on_cleanup(data: *mut c_void) {
    // SAFETY: the attachment given to the hook; the environment is going, so no callback can run any more.
    let mut attachment = unsafe { Box::from_raw(data.cast::<Attachment>()) };
    attachment.waker.forget();
    if catch_unwind(AssertUnwindSafe(|| attachment.leave())).is_err() {
        report("giving up a thread's processes");
    }
    drop(attachment);
}

/// A defect where there is no JavaScript to throw into.
fn report(doing: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stderr(), "rumpus: the native core failed while {doing}: please report this");
}
