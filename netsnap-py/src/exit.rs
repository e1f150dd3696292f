//! How do the threads of the engine and the end of the interpreter keep out of each other's way?
//!
//! A thread that enters an interpreter which is ending is ended on the spot (`PyEval_RestoreThread`, by its documentation up
//! to CPython 3.13), in the middle of whatever native code it runs. In a thread of the engine that is SIGABRT for the whole
//! process, as measured with CPython 3.11; in one of Python's own it leaves Rust code in a way that Rust does not promise to
//! bear. Threads therefore say that they enter; a handler of `atexit` waits for those that are inside and turns away those
//! that come later.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use netsnap_core::{Error, ErrorKind, Result};
use pyo3::prelude::*;

static DOOR: Door = Door {
    state: Mutex::new(State {
        inside: 0,
        closed_by: None,
    }),
    left: Condvar::new(),
};

struct Door {
    state: Mutex<State>,
    left: Condvar,
}

struct State {
    /// Threads that are in the interpreter, or on their way into it.
    inside: usize,
    /// The thread that ends the interpreter. It alone may still come and go.
    closed_by: Option<ThreadId>,
}

/// A thread's leave to be in the interpreter, until it is dropped.
pub(crate) struct Inside(());

impl Drop for Inside {
    fn drop(&mut self) {
        let mut state = DOOR.lock();
        state.inside -= 1;
        if state.inside == 0 {
            DOOR.left.notify_all();
        }
    }
}

impl Door {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks whether this thread may enter the interpreter; `None` when the interpreter is ending.
pub(crate) fn enter() -> Option<Inside> {
    let mut state = DOOR.lock();
    let open = state
        .closed_by
        .is_none_or(|thread| thread == thread::current().id());
    open.then(|| {
        state.inside += 1;
        Inside(())
    })
}

/// Like [`enter`], for a thread that has nowhere else to go: it stays here when the interpreter is ending.
pub(crate) fn enter_or_stay() -> Inside {
    loop {
        match enter() {
            Some(inside) => return inside,
            None => thread::park(),
        }
    }
}

/// Makes sure that the threads of the engine can still bring an answer.
///
/// # Errors
/// `Unsupported` when the interpreter is ending.
pub(crate) fn require_open() -> Result<()> {
    if DOOR.lock().closed_by.is_none() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        "the interpreter is ending, nothing can be awaited any more",
    )
    .during("runtime.await")
    .hint("close the engine before, or make a blocking call"))
}

/// Waits until no thread of ours is in the interpreter, and lets none in again.
#[pyfunction]
pub(crate) fn close_door(py: Python<'_>) {
    py.detach(|| {
        let mut state = DOOR.lock();
        state.closed_by = Some(thread::current().id());
        while state.inside > 0 {
            state = DOOR
                .left
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    });
}

/// Has the interpreter call [`close_door`] before it ends.
pub(crate) fn watch_for_end(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let close = wrap_pyfunction!(close_door, module)?;
    module
        .py()
        .import("atexit")?
        .call_method1("register", (close,))?;
    Ok(())
}
