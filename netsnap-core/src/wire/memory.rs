//! What becomes of the memory that a verb gives back?
//!
//! The C library of most Linux systems hands memory at the end of a heap back to the kernel as soon as there is a little of it, and a
//! verb that works on ten megabytes asks for each page of them again, up to a quarter of the time of a difference. It keeps twice
//! as much as the greatest piece that ever came back to it by itself (`M_TRIM_THRESHOLD` and `M_MMAP_THRESHOLD` in
//! <https://man7.org/linux/man-pages/man3/mallopt.3.html>), so one such piece is shown to it. An allocator of our own would be a guest
//! in the processes of Python and Node; programs in Rust choose theirs.

use std::hint::black_box;
use std::sync::Once;

/// So much free memory is kept by a heap from then on, at most.
const KEPT: usize = 32 * 1024 * 1024;

static ONCE: Once = Once::new();

/// Lets the allocator keep what it is given back, for this process. None of it is touched, and so none is taken.
pub(super) fn keep() {
    ONCE.call_once(|| {
        let mut piece = Vec::<u8>::new();
        // Where so much cannot be had, all stays as it is.
        let _ = piece.try_reserve_exact(KEPT / 2);
        drop(black_box(piece));
    });
}
