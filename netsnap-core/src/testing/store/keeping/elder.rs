//! What becomes of runs that were kept by the rules of an earlier day?

use std::sync::Arc;

use serde_json::json;

use super::super::{Store, created, fails_with};
use crate::error::ErrorKind;
use crate::model::{Annotation, Execution, ExecutionStatus};
use crate::redact::{MASK, Redactor};
use crate::store::audit::{Audit, AuditAction, AuditOptions, execution_digest};
use crate::store::remarks::{self, Author, LabelChange};
use crate::store::retention::{ArchiveOptions, archive};
use crate::store::{Backend, Gate};

/// What nobody knew to be a secret when the run was recorded.
const SECRET: &str = "correct-horse";

/// A run that ended before its secret was known, everywhere that a summary has room for one.
async fn elder(store: &Store) -> Execution {
    let mut run = created(store, 1).await;
    run.name = format!("check {SECRET}");
    run.why = Some(format!("because of {SECRET}"));
    run.reason = Some(format!("saw {SECRET}"));
    run.commands = vec![format!("show {SECRET}")];
    run.parameters = json!({ "word": SECRET });
    run.labels.insert("word".into(), SECRET.into());
    run.annotations.push(Annotation {
        at: run.created_at,
        actor: "bob".into(),
        text: format!("it is {SECRET}"),
    });
    run.status = ExecutionStatus::Failed;
    run.ended_at = Some(run.created_at);
    store.update(&run).await.unwrap()
}

fn strict(store: &Store) -> Gate {
    let redactor = Arc::new(Redactor::default());
    redactor.register(SECRET);
    Gate::new(Arc::clone(store), redactor)
}

/// A run that ended before a secret in it was known takes remarks, a pin and the mark of an archive; what it says itself stays, and what is
/// new is masked.
pub async fn an_elder_run_takes_remarks(store: Store) {
    let run = elder(&store).await;
    let gate = strict(&store);
    let ana = Author::new("ana");
    let label = |key: &str, value: &str| LabelChange {
        key: key.into(),
        value: Some(value.into()),
    };
    let (site, word) = (label("site", "south"), label("new", SECRET));
    remarks::label(&gate, &run.id, &site, &ana).await.unwrap();
    remarks::label(&gate, &run.id, &word, &ana).await.unwrap();
    remarks::pin(&gate, &run.id, &ana).await.unwrap();
    let text = format!("look, {SECRET}");
    remarks::annotate(&gate, &run.id, &text, &ana)
        .await
        .unwrap();
    let now = ArchiveOptions {
        dry_run: false,
        ..ArchiveOptions::default()
    };
    let archived = archive(&gate, &now, &|_| ()).await;
    assert_eq!(archived.unwrap().archived, 1);
    let kept = store.load(&run.id).await.unwrap();
    assert_eq!(
        (
            &kept.labels["site"][..],
            &kept.labels["new"][..],
            kept.pinned
        ),
        ("south", MASK, true)
    );
    assert_eq!(kept.annotations[..1], run.annotations);
    assert_eq!(kept.annotations[1].text, format!("look, {MASK}"));
    let story = |run: &Execution| Execution {
        labels: [("word".to_owned(), run.labels["word"].clone())].into(),
        annotations: Vec::new(),
        pinned: false,
        archived: false,
        revision: 0,
        ..run.clone()
    };
    assert_eq!(story(&kept), story(&run));
    is_told(&store, &kept).await;
}

/// The audit log tells of each change, the last as it stands.
async fn is_told(store: &Store, kept: &Execution) {
    let (audit, options) = (Audit::of(store.as_ref()), AuditOptions::default());
    let told = audit.entries(&options).await.unwrap().items;
    use AuditAction::{Annotate, Archive, Label, Pin};
    let actions: Vec<_> = told.iter().map(|entry| entry.action).collect();
    assert_eq!(actions, [Archive, Annotate, Pin, Label, Label]);
    assert_eq!(told[0].after, Some(execution_digest(kept).unwrap()));
}

/// The story of such a run cannot be changed, also not to what the masks would make of it.
pub async fn the_story_of_an_elder_run_stays(store: Store) {
    let run = elder(&store).await;
    let gate: &dyn Backend = &strict(&store);
    for change in [
        |run: &mut Execution| run.name = format!("check {MASK}"),
        |run: &mut Execution| run.why = None,
        |run: &mut Execution| run.status = ExecutionStatus::Succeeded,
    ] {
        let mut other = run.clone();
        change(&mut other);
        fails_with(gate.update(&other).await, ErrorKind::AlreadyFinished);
    }
    assert_eq!(store.load(&run.id).await.unwrap(), run);
}
