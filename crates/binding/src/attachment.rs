//! An attachment: what one isolate holds of one runtime, from attaching to the end of its environment. One thread's own;
//! the raw callbacks and the cleanup hook reach it by its address.

use std::sync::Arc;

use rumpus_runtime::Scheduler;

use crate::clock::Clock;
use crate::completions::Completions;
use crate::crowd::Crowd;
use crate::memory::Bytes;
use crate::store::StoreDesk;
use crate::wake::LoopWaker;

/// See the module text.
#[derive(Debug)]
pub(crate) struct Attachment {
    /// Nothing once the seat has been left.
    pub(crate) scheduler: Option<Scheduler>,
    pub(crate) completions: Completions,
    pub(crate) scratch: Arc<Bytes>,
    pub(crate) stores: StoreDesk,
    pub(crate) crowd: Crowd,
    pub(crate) clock: Clock,
    pub(crate) waker: Arc<LoopWaker>,
}

impl Attachment {
    /// Leaves the seat; whatever had started here is down.
    pub(crate) fn leave(&mut self) {
        let Some(scheduler) = self.scheduler.take() else { return };
        let (seat, runtime) = (scheduler.seat_number(), Arc::clone(scheduler.runtime()));
        scheduler.leave();
        if seat == 0 {
            // Without its host a runtime has nobody to start threads or to end them.
            runtime.stop();
        }
    }
}
