//! Which exception does an error become? One class for each kind, made from the engine's own table.

use std::collections::HashMap;
use std::ffi::CString;

use netsnap_core::{Error, ErrorKind, ErrorReport};
use pyo3::exceptions::{PyException, PyValueError};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyType};

static CLASSES: PyOnceLock<HashMap<ErrorKind, Py<PyType>>> = PyOnceLock::new();

/// An engine error on its way to Python.
pub(crate) struct Failure(pub(crate) Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Failure> for PyErr {
    fn from(failure: Failure) -> Self {
        Python::attach(|py| exception(py, &failure.0).map_or_else(|error| error, Self::from_value))
    }
}

/// Makes the exception of an error that was recorded, such as the one of a device result.
#[pyfunction]
pub(crate) fn error_from_report<'py>(py: Python<'py>, report: &str) -> PyResult<Bound<'py, PyAny>> {
    let report: ErrorReport =
        serde_json::from_str(report).map_err(|error| PyValueError::new_err(error.to_string()))?;
    exception(py, &Error::from(report))
}

/// Returns every kind with the name of its class and whether trying again can help.
#[pyfunction]
pub(crate) fn error_kinds() -> Vec<(&'static str, String, bool)> {
    ErrorKind::ALL
        .iter()
        .map(|kind| (kind.as_str(), class_name(*kind), kind.is_retryable()))
        .collect()
}

/// Adds the base class and the class of each kind to the module.
pub(crate) fn add_classes(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let py = module.py();
    let base = base_class(py)?;
    module.add("NetsnapError", &base)?;
    let mut classes = HashMap::new();
    for kind in ErrorKind::ALL {
        let class = kind_class(py, &base, *kind)?;
        module.add(class_name(*kind), &class)?;
        classes.insert(*kind, class.unbind());
    }
    // A second interpreter in one process would find the classes of the first; the module refuses to load there anyway.
    let _ = CLASSES.set(py, classes);
    Ok(())
}

fn base_class(py: Python<'_>) -> PyResult<Bound<'_, PyType>> {
    let doc = c"What went wrong: kind, operation, message, context, hint, effect, retryable.";
    let base = py.get_type::<PyException>();
    let class = PyErr::new_type(py, c"netsnap.NetsnapError", Some(doc), Some(&base), None)?;
    let class = class.into_bound(py);
    class.setattr("kind", ErrorKind::Internal.as_str())?;
    class.setattr("operation", "")?;
    class.setattr("message", "")?;
    class.setattr("context", PyDict::new(py))?;
    class.setattr("hint", py.None())?;
    class.setattr("effect", "none")?;
    class.setattr("retryable", false)?;
    Ok(class)
}

fn kind_class<'py>(
    py: Python<'py>,
    base: &Bound<'py, PyType>,
    kind: ErrorKind,
) -> PyResult<Bound<'py, PyType>> {
    let name = CString::new(format!("netsnap.{}", class_name(kind)))?;
    let doc = CString::new(format!("A `NetsnapError` of the kind `{kind}`."))?;
    // The class variables are set afterwards: `new_type` of pyo3 0.30 lets go of a dictionary before it is used.
    let class = PyErr::new_type(py, &name, Some(&doc), Some(base), None)?.into_bound(py);
    class.setattr("kind", kind.as_str())?;
    class.setattr("retryable", kind.is_retryable())?;
    Ok(class)
}

/// Returns `NotFoundError` for `not_found`.
fn class_name(kind: ErrorKind) -> String {
    let mut name: String = kind.as_str().split('_').map(capitalised).collect();
    name.push_str("Error");
    name
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

fn exception<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    let report = error.report();
    let class = CLASSES
        .get(py)
        .and_then(|classes| classes.get(&report.kind))
        .ok_or_else(|| PyException::new_err(error.to_string()))?;
    let exception = class.bind(py).call1((error.to_string(),))?;
    exception.setattr("operation", report.operation)?;
    exception.setattr("message", report.message)?;
    exception.setattr("context", report.context)?;
    exception.setattr("hint", report.hint)?;
    exception.setattr("effect", effect(&error.report())?)?;
    Ok(exception)
}

fn effect(report: &ErrorReport) -> PyResult<String> {
    let word = serde_json::to_value(report.effect)
        .map_err(|error| PyException::new_err(error.to_string()))?;
    Ok(word.as_str().unwrap_or_default().to_owned())
}
