//! How do people mark a run, before and after its end? With labels, a pin and remarks; all of it is audited.
//!
//! Secrets in what they write stop where all others do, at the [`Gate`](super::Gate) before the store.

use serde::{Deserialize, Serialize};

use super::Backend;
use super::audit::{Audit, AuditAction, Change};
use super::contention::Contention;
use crate::error::{Error, ErrorKind, Result};
use crate::id::ExecutionId;
use crate::model::{Annotation, Execution};

/// Who makes a remark, and why.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Author {
    /// Who.
    pub actor: String,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Author {
    /// Names somebody who gives no reason.
    #[must_use]
    pub fn new(actor: impl Into<String>) -> Self {
        Self {
            actor: actor.into(),
            reason: None,
        }
    }

    /// Adds the reason.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// A label to set, or to take off.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelChange {
    /// Its name.
    pub key: String,
    /// Its new value; `None` takes it off.
    #[serde(default)]
    pub value: Option<String>,
}

/// Sets a label of a run, or takes it off, and returns the run.
///
/// What is so already is no change, and is not audited.
///
/// # Errors
/// `InvalidInput` for an empty name; `NotFound`; `Conflict` when others changed the run for several seconds; `Storage`.
pub async fn label(
    store: &dyn Backend,
    id: &ExecutionId,
    label: &LabelChange,
    author: &Author,
) -> Result<Execution> {
    if label.key.is_empty() {
        return Err(empty("a label needs a name").during("label"));
    }
    let set = |run: &mut Execution| {
        match &label.value {
            Some(value) => run.labels.insert(label.key.clone(), value.clone()),
            None => run.labels.remove(&label.key),
        };
    };
    change(store, id, (AuditAction::Label, author), &set).await
}

/// Keeps a run from being removed by retention, and returns it.
///
/// A run that a prune has already chosen in this moment may still go.
///
/// # Errors
/// `NotFound`; `Conflict` when others changed the run for several seconds; `Storage`.
pub async fn pin(store: &dyn Backend, id: &ExecutionId, author: &Author) -> Result<Execution> {
    let set = |run: &mut Execution| run.pinned = true;
    change(store, id, (AuditAction::Pin, author), &set).await
}

/// Sets a pinned run free, and returns it.
///
/// # Errors
/// As for [`pin`].
pub async fn unpin(store: &dyn Backend, id: &ExecutionId, author: &Author) -> Result<Execution> {
    let set = |run: &mut Execution| run.pinned = false;
    change(store, id, (AuditAction::Pin, author), &set).await
}

/// Adds a remark to a run, and returns it.
///
/// # Errors
/// `InvalidInput` for an empty text; otherwise as for [`label`].
pub async fn annotate(
    store: &dyn Backend,
    id: &ExecutionId,
    text: &str,
    author: &Author,
) -> Result<Execution> {
    if text.trim().is_empty() {
        return Err(empty("a remark needs a text").during("annotate"));
    }
    let annotation = Annotation {
        at: store.now(),
        actor: author.actor.clone(),
        text: text.to_owned(),
    };
    let add = |run: &mut Execution| run.annotations.push(annotation.clone());
    change(store, id, (AuditAction::Annotate, author), &add).await
}

/// Changes a run as it stands now, whoever else changes it meanwhile, and tells the audit log in the same step.
pub(super) async fn change(
    store: &dyn Backend,
    id: &ExecutionId,
    (action, author): (AuditAction, &Author),
    how: &(dyn Fn(&mut Execution) + Sync),
) -> Result<Execution> {
    let mut contention = Contention::default();
    loop {
        let before = store.load(id).await?;
        let mut wanted = before.clone();
        how(&mut wanted);
        let wanted = store.summary_as_kept(&before, &wanted);
        if wanted == before {
            return Ok(before);
        }
        let step = Change {
            actor: &author.actor,
            action,
            reason: author.reason.as_deref(),
        };
        match Audit::of(store).change(step, &before, &wanted).await {
            Err(error) if error.kind() == ErrorKind::Conflict => {
                contention.wait_after(error).await?;
            }
            changed => return changed,
        }
    }
}

fn empty(what: &'static str) -> Error {
    Error::new(ErrorKind::InvalidInput, what)
}
