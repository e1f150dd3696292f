//! The audit log and the remarks that it tells of.

use std::sync::Arc;

use crate::error::ErrorKind;
use crate::model::{Execution, ExecutionStatus as Status};
use crate::redact::{MASK, Redactor};
use crate::store::audit::{
    Anchor, Audit, AuditAction, AuditEntry, AuditFaultKind, AuditOptions, LOG, NewAuditEntry,
    execution_digest,
};
use crate::store::remarks::{self, Author, LabelChange};
use crate::store::retention::{PruneOptions, RetentionPolicy, TOMBSTONES, prune};
use crate::store::verify::{Check, VerifyOptions, verify};
use crate::store::{Backend, Direction, Gate, LogStore as _, MemoryStore, cancel};
use crate::testing::store::{Fault, Faulty, Store, created, fails_with, finished, run, time};

fn entry(actor: &str, action: AuditAction, object: &str) -> NewAuditEntry {
    NewAuditEntry::new(actor, action, "execution", object)
}

async fn everything(store: &Store, options: &AuditOptions) -> Vec<AuditEntry> {
    let (mut all, mut options) = (Vec::new(), options.clone());
    loop {
        let page = Audit::of(store.as_ref()).entries(&options).await.unwrap();
        assert!(page.items.len() <= options.limit);
        all.extend(page.items);
        options.cursor = page.cursor;
        if options.cursor.is_none() {
            return all;
        }
    }
}

/// Entries have dense numbers, continue each other, and are found by object, actor and action, page by page, both ways.
pub async fn an_audit_log_is_read_by_page_and_filter(store: Store) {
    let audit = Audit::of(store.as_ref());
    assert_eq!(audit.head().await.unwrap(), None);
    let mut written = Vec::new();
    for number in 0..25 {
        let action = [AuditAction::Label, AuditAction::Pin][number % 2];
        let new = entry(
            &format!("actor {}", number % 3),
            action,
            &format!("{}", number % 5),
        );
        written.push(audit.append(new).await.unwrap());
    }
    assert_eq!(written[24].anchor(), audit.head().await.unwrap().unwrap());
    let oldest = AuditOptions {
        direction: Direction::Ascending,
        limit: 4,
        ..AuditOptions::default()
    };
    assert_eq!(everything(&store, &oldest).await, written);
    let newest = AuditOptions {
        limit: 5,
        ..AuditOptions::default()
    };
    let reversed: Vec<_> = written.iter().rev().cloned().collect();
    assert_eq!(everything(&store, &newest).await, reversed);
    let chosen = AuditOptions {
        object_id: Some("3".into()),
        actor: Some("actor 2".into()),
        actions: vec![AuditAction::Label],
        ..oldest.clone()
    };
    let numbers: Vec<u64> = everything(&store, &chosen)
        .await
        .iter()
        .map(|one| one.number)
        .collect();
    assert_eq!(numbers, [9]);
    let none = AuditOptions {
        object_type: Some("plan".into()),
        ..oldest.clone()
    };
    assert!(everything(&store, &none).await.is_empty());
    let nonsense = AuditOptions {
        cursor: Some("x".into()),
        ..oldest.clone()
    };
    fails_with(audit.entries(&nonsense).await, ErrorKind::InvalidInput);
    let empty = AuditOptions { limit: 0, ..oldest };
    fails_with(audit.entries(&empty).await, ErrorKind::InvalidInput);
}

/// Eight who append at once lose nothing, and the chain is whole.
pub async fn many_audit_writers_lose_nothing(store: Store) {
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in 0..12 {
                    let new = entry(
                        &format!("{writer}"),
                        AuditAction::Label,
                        &format!("{number}"),
                    );
                    Audit::of(store.as_ref()).append(new).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let report = Audit::of(store.as_ref()).verify(None).await.unwrap();
    assert_eq!((report.entries, report.fault), (96, None));
    let mut seen: Vec<_> = everything(&store, &AuditOptions::default())
        .await
        .into_iter()
        .map(|entry| (entry.actor, entry.object_id))
        .collect();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 96);
}

type Log = Vec<Vec<u8>>;

/// What is found in a log that somebody changed.
async fn found(log: Log, anchor: Option<&Anchor>) -> Option<(u64, AuditFaultKind)> {
    let store = MemoryStore::new();
    store.append_log(LOG, 1, &log).await.unwrap();
    let report = Audit::of(&store as &dyn Backend)
        .verify(anchor)
        .await
        .unwrap();
    report.fault.map(|fault| (fault.number, fault.kind))
}

/// Writes entries anew from one on, each with the right hash, as somebody would who knows how the chain is made.
fn forged(log: &Log, from: usize, actor: &str) -> Log {
    let mut entries: Vec<AuditEntry> = log
        .iter()
        .map(|bytes| serde_json::from_slice(bytes).unwrap())
        .collect();
    entries[from].actor = actor.to_owned();
    for number in from..entries.len() {
        if number > 0 {
            entries[number].previous = entries[number - 1].hash;
        }
        entries[number].hash = entries[number].expected_hash();
    }
    entries
        .iter()
        .map(|entry| serde_json::to_vec(entry).unwrap())
        .collect()
}

/// Each way to tamper with the log is found at its first entry, and the two that a chain cannot show are shown by an anchor.
pub async fn whatever_is_done_to_an_audit_log_is_found(store: Store) {
    let audit = Audit::of(store.as_ref());
    for number in 0..6 {
        audit
            .append(entry("ana", AuditAction::Label, &format!("{number}")))
            .await
            .unwrap();
    }
    let log: Log = store
        .log(LOG, 1, 100)
        .await
        .unwrap()
        .into_iter()
        .map(|(_, bytes)| bytes)
        .collect();
    let head = audit.head().await.unwrap().unwrap();
    assert_eq!(found(log.clone(), Some(&head)).await, None);
    for at in 0..log.len() {
        let place = at as u64 + 1;
        let mut changed = log.clone();
        let text = String::from_utf8(changed[at].clone()).unwrap();
        changed[at] = text.replace("ana", "eve").into_bytes();
        assert_eq!(
            found(changed, None).await,
            Some((place, AuditFaultKind::Changed))
        );
        let mut cut = log.clone();
        cut.truncate(at);
        assert_eq!(found(cut.clone(), None).await, None);
        assert_eq!(
            found(cut, Some(&head)).await,
            Some((place, AuditFaultKind::CutOff))
        );
        let forged_from = forged(&log, at, "eve");
        assert_eq!(found(forged_from.clone(), None).await, None);
        assert_eq!(
            found(forged_from.clone(), Some(&head)).await,
            Some((6, AuditFaultKind::Rewritten))
        );
        if at + 1 == log.len() {
            break;
        }
        let mut removed = log.clone();
        removed.remove(at);
        assert_eq!(
            found(removed, None).await,
            Some((place, AuditFaultKind::Removed))
        );
        let mut swapped = log.clone();
        swapped.swap(at, at + 1);
        assert_eq!(
            found(swapped, None).await,
            Some((place, AuditFaultKind::Reordered))
        );
        // Only this one was replaced together with its hash.
        let mut replaced = log.clone();
        replaced[at].clone_from(&forged_from[at]);
        assert_eq!(
            found(replaced, None).await,
            Some((place + 1, AuditFaultKind::Unlinked))
        );
    }
    let mut appended = log.clone();
    let mut foreign: AuditEntry = serde_json::from_slice(&log[5]).unwrap();
    foreign.number = 7;
    foreign.hash = foreign.expected_hash();
    appended.push(serde_json::to_vec(&foreign).unwrap());
    assert_eq!(
        found(appended, None).await,
        Some((7, AuditFaultKind::Unlinked))
    );
}

/// What a newer netsnap has done is read, verified and continued by one that does not know the word for it.
pub async fn an_action_of_a_newer_netsnap_is_read_and_continued(store: Store) {
    let audit = Audit::of(store.as_ref());
    let mine = |action| entry("ana", action, "1");
    audit.append(mine(AuditAction::Pin)).await.unwrap();
    let tomorrow = serde_json::from_str("\"rename_device\"").unwrap();
    let newer = audit.append(entry("bo", tomorrow, "1")).await.unwrap();
    assert!(newer.action.is_unknown());
    let next = audit.append(mine(AuditAction::Label)).await.unwrap();
    assert_eq!(next.previous, newer.hash);
    assert_eq!(audit.verify(None).await.unwrap().fault, None);
    let options = AuditOptions {
        actor: Some("bo".into()),
        ..AuditOptions::default()
    };
    assert_eq!(everything(&store, &options).await, [newer]);
    // Nobody asks for a word by mistake.
    let options = AuditOptions {
        actions: vec![tomorrow],
        ..AuditOptions::default()
    };
    fails_with(audit.entries(&options).await, ErrorKind::InvalidInput);
}

/// A run that has ended is labelled, pinned and annotated; each change is audited with what it was before and after.
pub async fn remarks_are_made_and_audited(store: Store) {
    let run = created(&store, 1).await;
    let run = finished(&store, run).await;
    let ana = Author::new("ana").because("the audit of spring");
    let site = |value: Option<&str>| LabelChange {
        key: "site".into(),
        value: value.map(str::to_owned),
    };
    let backend = store.as_ref();
    let mut states = vec![run.clone()];
    states.push(
        remarks::label(backend, &run.id, &site(Some("south")), &ana)
            .await
            .unwrap(),
    );
    states.push(
        remarks::label(backend, &run.id, &site(None), &ana)
            .await
            .unwrap(),
    );
    states.push(remarks::pin(backend, &run.id, &ana).await.unwrap());
    states.push(remarks::unpin(backend, &run.id, &ana).await.unwrap());
    states.push(
        remarks::annotate(backend, &run.id, "looked at", &ana)
            .await
            .unwrap(),
    );
    // What is so already is no change.
    let same = remarks::unpin(backend, &run.id, &ana).await.unwrap();
    assert_eq!(Some(&same), states.last());
    assert_eq!(states[1].labels["site"], "south");
    assert!(states[2].labels.is_empty() && states[3].pinned && !states[4].pinned);
    assert_eq!(states[5].annotations[0].text, "looked at");
    assert_eq!(states[5].status, Status::Succeeded);
    assert_eq!(store.load(&run.id).await.unwrap(), states[5]);
    let oldest = AuditOptions {
        direction: Direction::Ascending,
        ..AuditOptions::default()
    };
    let told = everything(&store, &oldest).await;
    let actions: Vec<_> = told.iter().map(|entry| entry.action).collect();
    use AuditAction::{Annotate, Label, Pin};
    assert_eq!(actions, [Label, Label, Pin, Pin, Annotate]);
    for (entry, pair) in told.iter().zip(states.windows(2)) {
        assert_eq!(entry.before, Some(execution_digest(&pair[0]).unwrap()));
        assert_eq!(entry.after, Some(execution_digest(&pair[1]).unwrap()));
        assert_eq!(entry.reason.as_deref(), Some("the audit of spring"));
        assert_eq!(
            (entry.actor.as_str(), entry.object_id.as_str()),
            ("ana", run.id.as_str())
        );
    }
    fails_with(
        remarks::annotate(backend, &run.id, " ", &ana).await,
        ErrorKind::InvalidInput,
    );
    let nameless = LabelChange::default();
    fails_with(
        remarks::label(backend, &run.id, &nameless, &ana).await,
        ErrorKind::InvalidInput,
    );
}

/// Remarks that race are all kept.
pub async fn remarks_that_race_are_all_kept(store: Store) {
    let run = created(&store, 1).await;
    let racing: Vec<_> = (0..8)
        .map(|number| {
            let (store, id) = (Arc::clone(&store), run.id.clone());
            let label = LabelChange {
                key: format!("key {number}"),
                value: Some("x".into()),
            };
            tokio::spawn(async move {
                remarks::label(store.as_ref(), &id, &label, &Author::new("ana"))
                    .await
                    .unwrap();
            })
        })
        .collect();
    for task in racing {
        task.await.unwrap();
    }
    assert_eq!(store.load(&run.id).await.unwrap().labels.len(), 9);
    assert_eq!(
        Audit::of(store.as_ref())
            .verify(None)
            .await
            .unwrap()
            .entries,
        8
    );
}

/// The life of a run is told with its actors and reasons, each step as what it was.
pub async fn the_transitions_of_a_run_are_audited(store: Store) {
    let audit = Audit::of(store.as_ref());
    let mut tracks = Vec::new();
    let ends = [Status::Succeeded, Status::Cancelled, Status::Interrupted];
    for (number, status) in (1..).zip(ends) {
        let queued = Execution {
            status: Status::Queued,
            ..run(time("2026-03-01T10:00:00Z"), number)
        };
        store.create(&queued).await.unwrap();
        audit.created(&queued).await.unwrap();
        let running = with(&queued, Status::Running);
        let running = audit.start(&queued, &running).await.unwrap();
        let wanted = with(&running, status);
        let ended = match status {
            Status::Interrupted => audit.recover(&running, &wanted).await.unwrap(),
            _ => audit.finish(&running, &wanted).await.unwrap(),
        };
        tracks.extend([
            (None, queued.clone()),
            (Some(queued), running.clone()),
            (Some(running), ended),
        ]);
    }
    let oldest = AuditOptions {
        direction: Direction::Ascending,
        ..AuditOptions::default()
    };
    let told = everything(&store, &oldest).await;
    let steps: Vec<_> = told
        .iter()
        .map(|entry| (entry.action, entry.actor.as_str()))
        .collect();
    use AuditAction::{Cancel, Create, Finish, Recover, Start};
    let (ours, last) = ("contract", (Recover, "netsnap"));
    let expected = [Finish, Cancel].map(|end| [(Create, ours), (Start, ours), (end, ours)]);
    assert_eq!(steps[..6], expected.concat());
    assert_eq!(steps[6..], [(Create, ours), (Start, ours), last]);
    for (entry, (before, after)) in told.iter().zip(&tracks) {
        let digest = |run: &Execution| execution_digest(run).unwrap();
        assert_eq!(entry.before, before.as_ref().map(digest));
        assert_eq!(entry.after, Some(digest(after)));
    }
    assert_eq!(audit.verify(None).await.unwrap().fault, None);
}

fn with(run: &Execution, status: Status) -> Execution {
    Execution {
        status,
        ..run.clone()
    }
}

/// A change of a run and the entry that tells of it are both there, or neither.
pub async fn a_change_and_its_entry_are_one(store: Store) {
    let run = created(&store, 1).await;
    let pinned = Execution {
        pinned: true,
        ..run.clone()
    };
    let entries = async || store.log(LOG, 1, 10).await.unwrap();
    fails_with(
        store.update_audited(&pinned, 2, b"{\"of\":1}").await,
        ErrorKind::Conflict,
    );
    assert_eq!(store.load(&run.id).await.unwrap(), run);
    assert_eq!(entries().await, []);

    let kept = store
        .update_audited(&pinned, 1, b"{\"of\":2}")
        .await
        .unwrap();
    assert_eq!((kept.pinned, kept.revision), (true, run.revision + 1));
    assert_eq!(store.load(&run.id).await.unwrap(), kept);
    let told = vec![(1, b"{\"of\":2}".to_vec())];
    assert_eq!(entries().await, told);

    // It was made of a run that is another one by now.
    fails_with(
        store.update_audited(&pinned, 2, b"{\"of\":3}").await,
        ErrorKind::Conflict,
    );
    let ended = finished(&store, kept).await;
    let other = Execution {
        name: "another".into(),
        ..ended.clone()
    };
    fails_with(
        store.update_audited(&other, 2, b"{\"of\":4}").await,
        ErrorKind::AlreadyFinished,
    );
    assert_eq!(store.load(&run.id).await.unwrap(), ended);
    assert_eq!(entries().await, told);
}

/// Whenever the process dies over a change, the run and the log say the same: verifying finds nothing.
pub async fn a_death_over_a_change_leaves_nothing_to_find(store: Store) {
    for writes in 0..4 {
        let run = created(&store, writes).await;
        let audit = Audit::of(store.as_ref());
        audit.created(&run).await.unwrap();
        let ended = Execution {
            status: Status::Succeeded,
            ..run.clone()
        };
        let ended = audit.finish(&run, &ended).await.unwrap();
        let mortal = Faulty::new(Arc::clone(&store), Fault::DiesAfter(writes as usize));
        let ana = Author::new("ana");
        for text in ["one", "two"] {
            let _ = remarks::annotate(&mortal, &ended.id, text, &ana).await;
            let _ = remarks::pin(&mortal, &ended.id, &ana).await;
        }
        let options = VerifyOptions {
            checks: vec![Check::Audit],
            ..VerifyOptions::default()
        };
        let report = verify(store.as_ref(), &options, &|_| ()).await.unwrap();
        assert_eq!(report.findings, [], "died after {writes} writes");
    }
}

/// Secrets in whatever people write about a run stop at the gate: in labels, remarks and reasons, by their syntax and by value.
pub async fn what_people_write_is_masked(store: Store) {
    let redactor = Arc::new(Redactor::default());
    redactor.register("correct-horse");
    let gate = Gate::new(Arc::clone(&store), redactor);
    let run = created(&store, 1).await;
    let text = "enable secret 5 hunter2, or correct-horse";
    let ana = Author::new("ana").because(text);
    let run = cancel(&gate, &run.id, &ana).await.unwrap();
    let ended = finished(&store, run).await;
    let label = LabelChange {
        key: "why".into(),
        value: Some(text.into()),
    };
    remarks::label(&gate, &ended.id, &label, &ana)
        .await
        .unwrap();
    let again = remarks::label(&gate, &ended.id, &label, &ana).await;
    remarks::annotate(&gate, &ended.id, text, &ana)
        .await
        .unwrap();
    assert_eq!(again.unwrap().revision, ended.revision + 1, "it was so");
    let options = PruneOptions {
        policy: RetentionPolicy {
            older_than: Some("0s".into()),
            ..RetentionPolicy::default()
        },
        dry_run: false,
        reason: Some(text.into()),
        ..PruneOptions::default()
    };
    let stored = format!("{:?}", store.load(&ended.id).await.unwrap());
    assert_eq!(prune(&gate, &options, &|_| ()).await.unwrap().removed, 1);
    let logs = [LOG, TOMBSTONES].map(|log| store.log(log, 1, 10));
    let logs = futures_util::future::join_all(logs).await;
    let entries = logs.into_iter().flat_map(Result::unwrap);
    let entries = entries.map(|(_, bytes)| String::from_utf8(bytes).unwrap());
    let kept: Vec<String> = entries.chain([stored]).collect();
    assert_eq!(kept.len(), 6, "{kept:?}");
    for kept in kept {
        assert!(kept.contains(MASK), "{kept}");
        assert!(!kept.contains("hunter2"), "{kept}");
        assert!(!kept.contains("correct-horse"), "{kept}");
    }
}
