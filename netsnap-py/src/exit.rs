//! How do the threads of the engine and the end of the interpreter keep out of each other's way?
//!
//! A thread that enters an interpreter which is ending is stopped on the spot (`PyEval_RestoreThread` in CPython up to 3.13),
//! in the middle of whatever native code it runs, and that ends the process with SIGABRT. Threads therefore say that they
//! enter; a handler of `atexit` waits for those that are inside and turns away those that come later.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

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
