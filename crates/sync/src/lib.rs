//! The lock-free parts of Rumpus, in reading order. This crate knows no processes, no JavaScript and no clock; it is
//! the only room of the core with `unsafe`, and every atomic in it comes through [`shim`], so that loom can replace
//! them. Each part has a model in `tests/loom_*.rs`; `README.md` beside this file lists who pairs with whom.

pub mod bell;
pub mod claim;
pub mod inject;
pub mod inlet;
pub mod mailbox;
pub mod page;
pub mod parcel;
pub mod places;
pub mod quota;
pub mod ring;
pub mod shim;
pub mod slab;
pub mod steal;
pub mod store;
pub mod tenancy;

pub use bell::Bell;
pub use claim::Claim;
pub use inject::Inject;
pub use inlet::{Inlet, Links};
pub use mailbox::{Mailbox, Push};
pub use page::Page;
pub use parcel::{Arena, Chain, Depot, Parcel, Releaser};
pub use places::Places;
pub use quota::Quota;
pub use ring::RunRing;
pub use slab::{Slab, Ticket};
pub use steal::StealQueue;
pub use store::Store;
pub use tenancy::Tenancy;
