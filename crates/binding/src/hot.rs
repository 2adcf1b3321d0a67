//! The raw callbacks: `turn`, `submit`, `store`, `large`, `look`, `hold`. Registered once at attach, without the macro, because they run per
//! message and per batch: no argument is converted on the common path, everything lies in the page. Each catches a panic at
//! its edge, so that a defect of ours becomes a JavaScript error and never unwinds into C.

use std::ffi::c_void;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;

use napi::sys;
use rumpus_runtime::scheduler::Occasion;
use rumpus_runtime::{Pid, layout};

use crate::attachment::Attachment;
use crate::error::Failure;
use crate::{rows, submit};

/// A raw callback.
pub(crate) type Callback = unsafe extern "C" fn(sys::napi_env, sys::napi_callback_info) -> sys::napi_value;

/// The callbacks by name.
pub(crate) const CALLBACKS: [(&std::ffi::CStr, Callback); 6] =
    [(c"turn", turn), (c"submit", submit), (c"store", store), (c"large", large), (c"look", look), (c"hold", hold)];

/// Arguments a callback takes at most: a skeleton and the large pieces of one message.
const ARGUMENTS_MAX: usize = 1024;

struct Call<'a> {
    env: sys::napi_env,
    attachment: &'a mut Attachment,
    arguments: Vec<sys::napi_value>,
}

/// Runs `body` with the attachment of this isolate and whatever arguments there are; what it answers, or nothing if that was thrown.
fn enter<R>(
    env: sys::napi_env,
    info: sys::napi_callback_info,
    body: impl FnOnce(&mut Call<'_>) -> Result<R, Failure>,
) -> Option<R> {
    let done = catch_unwind(AssertUnwindSafe(|| {
        let mut count = 0;
        let mut data: *mut c_void = ptr::null_mut();
        // SAFETY: env and info are those of the running callback.
        unsafe { sys::napi_get_cb_info(env, info, &mut count, ptr::null_mut(), ptr::null_mut(), &mut data) };
        let mut arguments = Vec::new();
        if count > 0 {
            count = count.min(ARGUMENTS_MAX);
            arguments.resize(count, ptr::null_mut());
            // SAFETY: as above; the vector has room for `count`.
            unsafe {
                sys::napi_get_cb_info(env, info, &mut count, arguments.as_mut_ptr(), ptr::null_mut(), ptr::null_mut())
            };
        }
        // SAFETY: `data` is the attachment registered with the callback, freed only when its environment is gone; one
        // thread, and no callback of ours calls back into JavaScript, so this is the only reference.
        let attachment = unsafe { &mut *data.cast::<Attachment>() };
        body(&mut Call { env, attachment, arguments })
    }));
    match done {
        Ok(Ok(answer)) => return Some(answer),
        Ok(Err(failure)) => throw(env, failure),
        Err(_) => throw(env, Failure::Defect),
    }
    None
}

fn throw(env: sys::napi_env, failure: Failure) {
    let (_, code, says) = failure.told();
    let (Ok(code), Ok(says)) = (std::ffi::CString::new(code), std::ffi::CString::new(says)) else { return };
    // SAFETY: both texts end in zero and live through the call.
    unsafe { sys::napi_throw_error(env, code.as_ptr(), says.as_ptr()) };
}

impl Call<'_> {
    /// The bytes of a typed array argument.
    fn bytes(&self, argument: usize) -> Option<(*mut u8, usize)> {
        let value = *self.arguments.get(argument)?;
        let (mut kind, mut len, mut data) = (0, 0, ptr::null_mut());
        // SAFETY: a live value of this callback; all out pointers are ours or null.
        let status = unsafe {
            sys::napi_get_typedarray_info(
                self.env,
                value,
                &mut kind,
                &mut len,
                &mut data,
                ptr::null_mut(),
                ptr::null_mut(),
            )
        };
        (status == sys::Status::napi_ok).then_some((data.cast(), len))
    }

    fn number(&self, argument: usize) -> Option<f64> {
        let mut number = 0.0;
        // SAFETY: a live value of this callback.
        let status = unsafe { sys::napi_get_value_double(self.env, *self.arguments.get(argument)?, &mut number) };
        (status == sys::Status::napi_ok).then_some(number)
    }
}

unsafe extern "C" fn turn(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let _ = enter(env, info, |call| {
        let Attachment { scheduler, completions, crowd, clock, .. } = &mut *call.attachment;
        let Some(scheduler) = scheduler else { return Err(Failure::Stopped) };
        let page = &scheduler.seat().page;
        let from_loop = page.get(layout::ARGUMENTS) != 0;
        let now_us = clock.now_us(!from_loop && scheduler.is_still_now());
        page.add(layout::CROSSINGS, 1.0);
        completions.clear();
        let verdict = scheduler.turn(Occasion { now_us, from_loop, crowded: crowd.look(now_us) }, completions);
        let page = &scheduler.seat().page;
        page.set(layout::COMPLETIONS, completions.finish());
        page.set(layout::ARGUMENTS, verdict as i32);
        Ok(())
    });
    ptr::null_mut()
}

unsafe extern "C" fn submit(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let _ = enter(env, info, |call| {
        let given: Vec<(*mut u8, usize)> = (0..call.arguments.len()).filter_map(|i| call.bytes(i)).collect();
        let Attachment { scheduler, completions, scratch, clock, .. } = &mut *call.attachment;
        let Some(scheduler) = scheduler else { return Err(Failure::Stopped) };
        let page = &scheduler.seat().page;
        page.add(layout::CROSSINGS, 1.0);
        let operation = page.get(layout::ARGUMENTS);
        if operation == submit::COLLECT {
            completions.clear();
            scheduler.collect(completions);
            scheduler.seat().page.set(layout::COMPLETIONS, completions.finish());
            return Ok(());
        }
        if given.is_empty() {
            let len = page.get(layout::ARGUMENTS + SCRATCH_LEN) as usize;
            return submit::submit(scheduler, &[scratch.head(len)], || clock.now_us(false));
        }
        // SAFETY: typed arrays of live arguments; JavaScript does not run while we are here, so nobody writes them.
        let pieces: Vec<&[u8]> = given
            .iter()
            .filter(|(_, len)| *len > 0)
            .map(|&(data, len)| unsafe { std::slice::from_raw_parts(data.cast_const(), len) })
            .collect();
        submit::submit(scheduler, &pieces, || clock.now_us(false))
    });
    ptr::null_mut()
}

/// Word of a submission that says how many bytes of the scratch buffer belong to it.
pub(crate) const SCRATCH_LEN: usize = 8;

/// `store()` does what the buffer of the stores asks, `store(value)` with a value that the scratch buffer has no room for. Answers
/// an ArrayBuffer where what is read has no room either.
unsafe extern "C" fn store(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let long = enter(env, info, |call| {
        let given = if call.arguments.is_empty() { None } else { call.bytes(0) };
        let Attachment { scheduler, stores, scratch, .. } = &mut *call.attachment;
        let Some(scheduler) = scheduler else { return Err(Failure::Stopped) };
        let len = stores.buffer.value_len();
        let value = match given {
            // SAFETY: a typed array of a live argument; JavaScript does not run while we are here, so nobody writes it.
            Some((data, len)) if len > 0 => unsafe { std::slice::from_raw_parts(data.cast_const(), len) },
            _ => scratch.head(len),
        };
        stores.ask(&scheduler.runtime().stores, value)
    });
    let Some(Some(bytes)) = long else { return ptr::null_mut() };
    let (mut data, mut buffer) = (ptr::null_mut(), ptr::null_mut());
    // SAFETY: env is that of the running callback, the out pointers are ours.
    let status = unsafe { sys::napi_create_arraybuffer(env, bytes.len(), &mut data, &mut buffer) };
    if status != sys::Status::napi_ok {
        return ptr::null_mut();
    }
    // SAFETY: the buffer was just made of so many bytes, and nobody else has it.
    unsafe { ptr::copy_nonoverlapping(bytes.as_ptr(), data.cast::<u8>(), bytes.len()) };
    buffer
}

/// `large(handle, offset, target)` copies a part of a large payload out; `large(handle)` lets it go.
unsafe extern "C" fn large(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let _ = enter(env, info, |call| {
        let handle = call.number(0).ok_or(Failure::BadSubmission)? as usize;
        if call.arguments.len() == 1 {
            call.attachment.completions.drop_large(handle);
            return Ok(());
        }
        let offset = call.number(1).ok_or(Failure::BadSubmission)? as usize;
        let (target, len) = call.bytes(2).ok_or(Failure::BadSubmission)?;
        let bytes = call.attachment.completions.large(handle).ok_or(Failure::BadSubmission)?;
        let part = bytes.get(offset..offset + len).ok_or(Failure::BadSubmission)?;
        // SAFETY: `target` is a typed array of `len` bytes; our parcel lies elsewhere.
        unsafe { ptr::copy_nonoverlapping(part.as_ptr(), target, len) };
        Ok(())
    });
    ptr::null_mut()
}

/// `look(target, pid)` writes the rows of the processes that have begun here, or of one, into a byte array, if they fit; the
/// page says how many numbers they are.
unsafe extern "C" fn look(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let _ = enter(env, info, |call| {
        let (target, len) = call.bytes(0).ok_or(Failure::BadSubmission)?;
        let of = call.number(1).ok_or(Failure::BadSubmission)? as u64;
        let scheduler = call.attachment.scheduler.as_mut().ok_or(Failure::Stopped)?;
        scheduler.before_submission();
        let rows = rows::look(scheduler, (of != 0).then(|| Pid::from_bits(of)));
        scheduler.seat().page.set(layout::ARGUMENTS + 1, rows.len() as i32);
        if size_of_val(&rows[..]) <= len {
            // SAFETY: `target` is a typed array of `len` bytes, which the rows do not exceed; they lie elsewhere.
            unsafe { ptr::copy_nonoverlapping(rows.as_ptr().cast::<u8>(), target, size_of_val(&rows[..])) };
        }
        Ok(())
    });
    ptr::null_mut()
}

/// `hold(1)` keeps the event loop alive, `hold(0)` no longer does.
unsafe extern "C" fn hold(env: sys::napi_env, info: sys::napi_callback_info) -> sys::napi_value {
    let _ = enter(env, info, |call| {
        let hold = call.number(0).ok_or(Failure::BadSubmission)? != 0.0;
        // SAFETY: this callback runs in the waker's own environment.
        unsafe { call.attachment.waker.hold(env, hold) };
        Ok(())
    });
    ptr::null_mut()
}
