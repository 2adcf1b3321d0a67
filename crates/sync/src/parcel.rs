//! Parcels: what a mailbox carries. A parcel is a header of the user's type and some bytes behind it, cut from a block
//! by one thread (its [`Arena`]) and released by whichever thread took it out of a mailbox. Owns the memory of messages
//! in flight; never calls the allocator for an ordinary message, never moves a parcel, never shares one.
//!
//! A block counts down: it starts at [`BIAS`], every released parcel takes one away, and the arena, when the block is
//! full, takes away `BIAS - handed`. Whoever reaches zero gives the block back to the depot.

use std::alloc::{Layout, alloc, dealloc, handle_alloc_error};
use std::ptr::NonNull;

use crate::shim::{Arc, AtomicUsize, Mutex, Ordering, UnsafeCell, fence, lock};

/// More parcels than a block can hold; see the module text.
const BIAS: usize = 1 << 40;
/// Bytes of one shared block.
#[cfg(not(loom))]
const BLOCK_BYTES: usize = 32 * 1024;
#[cfg(loom)]
const BLOCK_BYTES: usize = 512;
/// Bytes of shared blocks that a depot keeps for reuse, and of those of each other size; the rest go back to the allocator.
const DEPOT_BYTES: usize = 256 * BLOCK_BYTES;
const DEPOT_BYTES_OTHER: usize = 64 * BLOCK_BYTES;
/// A parcel that would take more than a quarter of a shared block gets one of its own: of a power of two of bytes from
/// this on, so that others can use it again. What nobody writes to of it costs no memory.
const LEAST_BYTES: usize = BLOCK_BYTES / 2;
/// How many of these sizes a depot keeps. Longer blocks are made to measure.
const SIZES: usize = 7;
const ALIGN: usize = 8;

struct Block {
    /// Parcels not yet released, plus BIAS while the arena still cuts from the block.
    live: AtomicUsize,
    bytes: usize,
    depot: Arc<Depot>,
}

const BLOCK_HEAD: usize = size_of::<Block>().next_multiple_of(ALIGN);

/// Where empty blocks wait: shared by an arena and everybody who may release its parcels.
#[derive(Debug, Default)]
pub struct Depot {
    /// By size.
    free: Mutex<[Vec<Idle>; SIZES]>,
}

/// Where blocks of so many bytes wait, if they do.
fn shelf(bytes: usize) -> Option<usize> {
    let size = (bytes / LEAST_BYTES).ilog2() as usize;
    (size < SIZES && bytes == LEAST_BYTES << size).then_some(size)
}

/// Bytes of a block that holds one parcel of `need` bytes and can be used again, if there are such.
fn own_bytes(need: usize) -> usize {
    let bytes = (BLOCK_HEAD + need).next_power_of_two().max(LEAST_BYTES);
    if shelf(bytes).is_some() { bytes } else { BLOCK_HEAD + need }
}

/// A block that nobody uses.
#[derive(Debug)]
struct Idle(NonNull<u8>);

// SAFETY: an idle block is plain memory without an owner; the lock around the list hands it from thread to thread.
unsafe impl Send for Idle {}

impl Drop for Depot {
    fn drop(&mut self) {
        for (size, idle) in lock(&self.free).iter_mut().enumerate() {
            for Idle(raw) in idle.drain(..) {
                // SAFETY: idle blocks were allocated with exactly this layout by `Block::create`.
                unsafe { dealloc(raw.as_ptr(), block_layout(LEAST_BYTES << size)) };
            }
        }
    }
}

fn block_layout(bytes: usize) -> Layout {
    match Layout::from_size_align(bytes, ALIGN) {
        Ok(layout) => layout,
        Err(_) => unreachable!("a block of {bytes} bytes"),
    }
}

impl Block {
    fn create(depot: &Arc<Depot>, bytes: usize, live: usize) -> NonNull<Block> {
        let recycled = shelf(bytes).and_then(|size| lock(&depot.free)[size].pop());
        let raw = match recycled {
            Some(Idle(raw)) => raw,
            None => {
                let layout = block_layout(bytes);
                // SAFETY: the layout has a size above zero, for it holds at least the block's own head.
                let raw = unsafe { alloc(layout) };
                NonNull::new(raw).unwrap_or_else(|| handle_alloc_error(layout))
            }
        };
        let block = raw.cast::<Block>();
        let head = Block { live: AtomicUsize::new(live), bytes, depot: Arc::clone(depot) };
        // SAFETY: the memory is at least BLOCK_HEAD bytes, aligned to ALIGN, and nobody else knows it.
        unsafe { block.write(head) };
        block
    }

    /// Takes `count` away from the block's life and gives the memory back when that was the last.
    fn release(block: NonNull<Block>, count: usize) {
        // SAFETY: the caller releases parcels it held (or the arena's bias), so the block is alive until this returns.
        let live = unsafe { &block.as_ref().live };
        // Release, pairs with the Acquire fence below of whoever reaches zero: it then sees that we are done with our
        // parcels; if we are the one who reaches zero, we see everybody else done.
        if live.fetch_sub(count, Ordering::Release) == count {
            // Acquire, pairs with the Release above of every other releaser.
            fence(Ordering::Acquire);
            Block::retire(block);
        }
    }

    fn retire(block: NonNull<Block>) {
        // SAFETY: the count reached zero, so this thread is the only one left that knows the block.
        let head = unsafe { block.read() };
        let raw = block.cast::<u8>();
        if let Some(size) = shelf(head.bytes) {
            let most = if head.bytes == BLOCK_BYTES { DEPOT_BYTES } else { DEPOT_BYTES_OTHER } / head.bytes;
            let idle = &mut lock(&head.depot.free)[size];
            if idle.len() < most {
                idle.push(Idle(raw));
                return;
            }
        }
        // SAFETY: allocated by `create` with this very layout and unreachable now.
        unsafe { dealloc(raw.as_ptr(), block_layout(head.bytes)) };
    }
}

/// A parcel's own memory: the link and the header, with the bytes right behind.
pub(crate) struct Node<H> {
    /// Written by the thread that holds the parcel, read by the one that takes it: the mailbox word orders the two.
    pub(crate) inside: UnsafeCell<Inside<H>>,
    /// How far behind the start of its block the node lies: four bytes instead of the block's address.
    offset: u32,
    len: u32,
}

impl<H> Node<H> {
    /// The block that `node` was cut from.
    fn block(node: NonNull<Self>) -> NonNull<Block> {
        // SAFETY: whoever has a node keeps its block alive, and the node was written before anybody had it.
        let offset = unsafe { node.as_ref() }.offset as usize;
        let block = node.as_ptr().cast::<u8>().wrapping_sub(offset).cast::<Block>();
        // SAFETY: `offset` bytes before the node lies its block, which is not null.
        unsafe { NonNull::new_unchecked(block) }
    }
}

pub(crate) struct Inside<H> {
    pub(crate) next: *mut Node<H>,
    header: Option<H>,
}

/// A header and its bytes, owned: in nobody's mailbox.
#[derive(Debug)]
pub struct Parcel<H> {
    node: NonNull<Node<H>>,
}

// SAFETY: a parcel is the only handle to its memory, and the block it lies in counts atomically.
unsafe impl<H: Send> Send for Parcel<H> {}

impl<H> Parcel<H> {
    pub(crate) fn into_raw(self) -> *mut Node<H> {
        let raw = self.node.as_ptr();
        std::mem::forget(self);
        raw
    }

    /// Takes back what `into_raw` gave away.
    ///
    /// # Safety
    /// `raw` came from [`Parcel::into_raw`], and the caller is now its only holder.
    pub(crate) unsafe fn from_raw(raw: *mut Node<H>) -> Self {
        // SAFETY: into_raw never gives null.
        Self { node: unsafe { NonNull::new_unchecked(raw) } }
    }

    /// Looks at the header.
    pub fn header(&self) -> &H {
        let inside = self.node_ref().inside.with(|inside| inside);
        // SAFETY: we own the parcel, so nobody writes its inside while `self` is borrowed.
        match unsafe { &(*inside).header } {
            Some(header) => header,
            None => unreachable!("a parcel keeps its header until it is opened"),
        }
    }

    /// Takes the header out and keeps the bytes.
    pub fn take_header(&mut self) -> H {
        let taken = self.node_ref().inside.with_mut(|inside| {
            // SAFETY: we own the parcel, and `&mut self` excludes other borrows.
            unsafe { (*inside).header.take() }
        });
        match taken {
            Some(header) => header,
            None => unreachable!("a header is taken once"),
        }
    }

    /// The bytes behind the header.
    pub fn bytes(&self) -> &[u8] {
        let len = self.node_ref().len as usize;
        let start = self.node.as_ptr().wrapping_add(1).cast::<u8>();
        // SAFETY: the arena reserved and wrote `len` bytes right behind the node, and we own the parcel.
        unsafe { std::slice::from_raw_parts(start, len) }
    }

    fn node_ref(&self) -> &Node<H> {
        // SAFETY: the parcel keeps its block alive, and the node was written before the parcel existed.
        unsafe { self.node.as_ref() }
    }

    /// Ends the parcel's own life and answers the block that is still to be told.
    fn dissolve(self) -> NonNull<Block> {
        let block = Node::block(self.node);
        // SAFETY: we own the parcel, and `forget` below makes this the only drop of the node.
        unsafe { self.node.drop_in_place() };
        std::mem::forget(self);
        block
    }
}

impl<H> Drop for Parcel<H> {
    fn drop(&mut self) {
        let block = Node::block(self.node);
        // SAFETY: we own the parcel and this runs once.
        unsafe { self.node.drop_in_place() };
        Block::release(block, 1);
    }
}

/// Releases parcels in runs: neighbours usually lie in one block, so a batch costs one atomic step, not one each.
#[derive(Debug, Default)]
pub struct Releaser {
    block: Option<NonNull<Block>>,
    count: usize,
}

impl Releaser {
    /// Ends `parcel`; its block hears of it at the next change of block, or when the releaser is dropped.
    pub fn release<H>(&mut self, parcel: Parcel<H>) {
        let block = parcel.dissolve();
        if self.block == Some(block) {
            self.count += 1;
            return;
        }
        self.flush();
        self.block = Some(block);
        self.count = 1;
    }

    /// Tells the block now.
    pub fn flush(&mut self) {
        if let Some(block) = self.block.take() {
            Block::release(block, std::mem::take(&mut self.count));
        }
    }
}

impl Drop for Releaser {
    fn drop(&mut self) {
        self.flush();
    }
}

/// The parcels one thread cuts. Not shared: each thread that sends has its own.
#[derive(Debug)]
pub struct Arena {
    depot: Arc<Depot>,
    block: Option<NonNull<Block>>,
    used: usize,
    handed: usize,
}

// SAFETY: the arena is the only one that cuts from its block; releasing parcels elsewhere touches only the counter.
unsafe impl Send for Arena {}

impl Default for Arena {
    fn default() -> Self {
        Self { depot: Arc::new(Depot::default()), block: None, used: 0, handed: 0 }
    }
}

impl Arena {
    /// Cuts a parcel that carries `header` and the `pieces` one after the other.
    pub fn parcel<H>(&mut self, header: H, pieces: &[&[u8]]) -> Parcel<H> {
        const { assert!(align_of::<Node<H>>() <= ALIGN) };
        let len: usize = pieces.iter().map(|piece| piece.len()).sum();
        assert!(u32::try_from(len).is_ok(), "a parcel of {len} bytes");
        let need = (size_of::<Node<H>>() + len).next_multiple_of(ALIGN);
        let (block, offset) = self.reserve(need);
        let node = block.as_ptr().cast::<u8>().wrapping_add(offset).cast::<Node<H>>();
        let inside = UnsafeCell::new(Inside { next: std::ptr::null_mut(), header: Some(header) });
        // SAFETY: `reserve` set `need` bytes at this offset aside for us alone; ALIGN covers the node's alignment.
        unsafe { node.write(Node { inside, offset: offset as u32, len: len as u32 }) };
        let mut to = node.wrapping_add(1).cast::<u8>();
        for piece in pieces {
            // SAFETY: the pieces together fill the `len` bytes reserved behind the node, and fresh memory of ours
            // overlaps with nobody's slice.
            unsafe { std::ptr::copy_nonoverlapping(piece.as_ptr(), to, piece.len()) };
            to = to.wrapping_add(piece.len());
        }
        // SAFETY: `node` points into a live block, so it is not null.
        Parcel { node: unsafe { NonNull::new_unchecked(node) } }
    }

    fn reserve(&mut self, need: usize) -> (NonNull<Block>, usize) {
        if need > BLOCK_BYTES / 4 {
            return (Block::create(&self.depot, own_bytes(need), 1), BLOCK_HEAD);
        }
        let current = match self.block {
            Some(block) if self.used + need <= BLOCK_BYTES => block,
            _ => {
                self.seal();
                let block = Block::create(&self.depot, BLOCK_BYTES, BIAS);
                self.block = Some(block);
                self.used = BLOCK_HEAD;
                block
            }
        };
        let offset = self.used;
        self.used += need;
        self.handed += 1;
        (current, offset)
    }

    fn seal(&mut self) {
        if let Some(block) = self.block.take() {
            Block::release(block, BIAS - std::mem::take(&mut self.handed));
        }
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        self.seal();
    }
}

/// Parcels taken out of a mailbox, oldest first.
#[derive(Debug)]
pub struct Chain<H> {
    first: *mut Node<H>,
}

// SAFETY: a chain owns its parcels, as a list of `Parcel<H>` would.
unsafe impl<H: Send> Send for Chain<H> {}

impl<H> Chain<H> {
    /// Turns a newest-first list round.
    ///
    /// # Safety
    /// `newest` is null or the head of a list of nodes from [`Parcel::into_raw`] that the caller alone holds.
    pub(crate) unsafe fn from_newest(newest: *mut Node<H>) -> Self {
        let mut first = std::ptr::null_mut();
        let mut node = newest;
        while !node.is_null() {
            // SAFETY: the caller holds the whole list; the mailbox word ordered the writes before us.
            let next = unsafe { (*node).inside.with_mut(|inside| std::mem::replace(&mut (*inside).next, first)) };
            first = node;
            node = next;
        }
        Self { first }
    }

    /// Takes the oldest.
    pub fn pop(&mut self) -> Option<Parcel<H>> {
        if self.first.is_null() {
            return None;
        }
        let node = self.first;
        // SAFETY: the chain owns every node in it.
        self.first = unsafe { (*node).inside.with(|inside| (*inside).next) };
        // SAFETY: `node` came from into_raw and has just left the chain.
        Some(unsafe { Parcel::from_raw(node) })
    }

    /// Whether nothing is left.
    pub fn is_empty(&self) -> bool {
        self.first.is_null()
    }
}

impl<H> Drop for Chain<H> {
    fn drop(&mut self) {
        while self.pop().is_some() {}
    }
}

impl<H> Iterator for Chain<H> {
    type Item = Parcel<H>;

    fn next(&mut self) -> Option<Parcel<H>> {
        self.pop()
    }
}
