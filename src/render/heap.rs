//! Memory given back to the system after renders that took much of it.
//!
//! mimalloc keeps what a thread has freed, for its next picture of that size. After one very
//! large picture that may never come, and every worker would keep a hundred megabytes for it.
//!
//! # Safety argument
//!
//! `mi_collect` takes a flag, may be called on any thread at any time, and touches no memory that is in
//! use. Where another allocator is the global one, as in tests, there is nothing for it to do.
#![expect(unsafe_code, reason = "a function of the allocator, which is C; the argument is above")]

// Links the library that the symbol is in.
use mimalloc as _;

unsafe extern "C" {
    fn mi_collect(force: bool);
}

/// Gives back what this thread has freed.
pub(super) fn give_back() {
    // SAFETY: see the module.
    unsafe { mi_collect(true) };
}
