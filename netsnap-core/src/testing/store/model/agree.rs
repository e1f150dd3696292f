//! When do two stores answer the same? Where and how they keep bytes is their own affair.

use crate::error::Result;
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary};

/// Makes sure that two answers are the same, and returns the first, if it is a value.
pub(super) fn agreed<T: Agree>(what: &str, given: Result<T>, expected: Result<T>) -> Option<T> {
    match (given, expected) {
        (Ok(given), Ok(expected)) => {
            assert_eq!(given.plain(), expected.plain(), "{what}");
            Some(given)
        }
        (Err(given), Err(expected)) => {
            assert_eq!(given.kind(), expected.kind(), "{what}: {given}");
            None
        }
        (given, expected) => panic!("{what}: {given:?} instead of {expected:?}"),
    }
}

/// What two stores agree on: everything but where and how bytes are kept.
pub(super) trait Agree: std::fmt::Debug {
    type Plain: std::fmt::Debug + PartialEq;
    fn plain(&self) -> Self::Plain;
}

macro_rules! agree {
    ($($type:ty),*) => {$(
        impl Agree for $type {
            type Plain = Self;
            fn plain(&self) -> Self {
                self.clone()
            }
        }
    )*};
}

agree!(
    (),
    Execution,
    Vec<Execution>,
    Vec<Event>,
    Vec<DeviceResult>,
    Vec<Option<Vec<DeviceResult>>>,
    Vec<ExecutionId>,
    Option<ExecutionId>,
    Vec<u8>,
    Vec<(String, Vec<u8>)>,
    Vec<(u64, Vec<u8>)>,
    Option<(u64, Vec<u8>)>,
    u64,
    Digest
);

impl Agree for OutputSummary {
    type Plain = Self;
    fn plain(&self) -> Self {
        Self {
            file: String::new(),
            ..self.clone()
        }
    }
}

impl Agree for Vec<OutputSummary> {
    type Plain = Self;
    fn plain(&self) -> Self {
        self.iter().map(Agree::plain).collect()
    }
}

impl Agree for Output {
    type Plain = Self;
    fn plain(&self) -> Self {
        Self {
            summary: self.summary.plain(),
            ..self.clone()
        }
    }
}

impl Agree for crate::store::Archived {
    type Plain = u64;
    fn plain(&self) -> u64 {
        self.plain
    }
}
