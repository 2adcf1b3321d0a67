//! Keeps this image mapped for the life of the process. Node unloads an addon when the last isolate that loaded it goes,
//! while another thread may be on its way through a wake-up of ours.

use std::sync::Once;

static PINNED: Once = Once::new();

/// Pins the image, once.
pub(crate) fn pin() {
    PINNED.call_once(pin_image);
}

#[cfg(unix)]
fn pin_image() {
    let mut info = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    let address: *const libc::c_void = (&raw const PINNED).cast();
    // SAFETY: the address lies in this image, and `info` is ours to fill.
    if unsafe { libc::dladdr(address, info.as_mut_ptr()) } == 0 {
        return;
    }
    // SAFETY: dladdr answered non-zero, so it filled `info`.
    let name = unsafe { info.assume_init() }.dli_fname;
    // A handle that is never closed: the loader's own count keeps the image.
    // SAFETY: `name` is the loader's own string; NOLOAD only raises the count of an image that is mapped.
    let _ = unsafe { libc::dlopen(name, libc::RTLD_LAZY | libc::RTLD_NOLOAD | libc::RTLD_NODELETE) };
}

#[cfg(windows)]
fn pin_image() {
    #[link(name = "kernel32")]
    unsafe extern "system" {
        fn GetModuleHandleExW(flags: u32, name: *const u16, module: *mut *mut core::ffi::c_void) -> i32;
    }
    const FROM_ADDRESS: u32 = 4;
    const PIN: u32 = 1;
    let mut module = std::ptr::null_mut();
    // SAFETY: FROM_ADDRESS makes `name` an address inside this image; PIN keeps it mapped until the process ends.
    let _ = unsafe { GetModuleHandleExW(FROM_ADDRESS | PIN, (&raw const PINNED).cast(), &mut module) };
}
