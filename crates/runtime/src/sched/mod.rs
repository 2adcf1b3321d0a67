//! Who runs next, who sleeps, who is woken, what is due. `README.md` beside this file holds the sleep and wake protocol with
//! its proof sketch. A scheduler's own thread arrives from `scheduler.rs`; other threads only ever come through
//! [`seat::Seat`].

pub mod grant;
pub mod idle;
pub mod place;
pub mod seat;
pub mod seats;
pub mod strays;
pub mod wheel;
