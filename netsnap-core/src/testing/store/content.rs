//! Records and contents.

use super::{Store, fails_with};
use crate::error::ErrorKind;
use crate::id::Digest;

/// A record never changes; the same bytes again are no error.
pub async fn a_record_is_written_once(store: Store) {
    fails_with(store.record("plan", "k").await, ErrorKind::NotFound);
    store.put_record("plan", "k", b"one\0\xff").await.unwrap();
    store.put_record("plan", "k", b"one\0\xff").await.unwrap();
    let other = store.put_record("plan", "k", b"two").await;
    fails_with(other, ErrorKind::AlreadyExists);
    assert_eq!(store.record("plan", "k").await.unwrap(), b"one\0\xff");
    store.put_record("snapshot", "k", b"two").await.unwrap();
    assert_eq!(store.record("plan", "k").await.unwrap(), b"one\0\xff");
}

/// Of many who want one key at one moment with a value of their own one gets it, and the others are told.
pub async fn of_many_records_of_one_key_one_is_kept(store: Store) {
    let put = |value: u8| {
        let store = store.clone();
        tokio::spawn(async move { store.put_record("turns", "plan/1", &[value]).await })
    };
    let writers: Vec<_> = (0..16).map(put).collect();
    let mut kept = Vec::new();
    for (value, writer) in (0..).zip(writers) {
        match writer.await.unwrap() {
            Ok(()) => kept.push(vec![value]),
            Err(error) => assert_eq!(error.kind(), ErrorKind::AlreadyExists),
        }
    }
    assert_eq!(kept, [store.record("turns", "plan/1").await.unwrap()]);
}

/// Records are listed by prefix, greatest key first, behind a key.
pub async fn records_are_listed_greatest_key_first(store: Store) {
    let keys = ["a", "r1/", "r1/2026-01", "r1/2026-02", "r1/Z", "r10/1", "s"];
    for key in keys {
        let value = key.as_bytes();
        store.put_record("history", key, value).await.unwrap();
    }
    let listed = async |prefix: &str, after: Option<&str>, limit| -> Vec<String> {
        let records = store.records("history", prefix, after, limit).await;
        let pairs = records.unwrap().into_iter();
        pairs
            .map(|(key, value)| {
                assert_eq!(key.as_bytes(), value);
                key
            })
            .collect()
    };
    assert_eq!(
        listed("r1/", None, 9).await,
        ["r1/Z", "r1/2026-02", "r1/2026-01", "r1/"]
    );
    assert_eq!(
        listed("r1/", Some("r1/Z"), 2).await,
        ["r1/2026-02", "r1/2026-01"]
    );
    assert_eq!(listed("r1/", Some("zzz"), 1).await, ["r1/Z"]);
    assert_eq!(listed("", None, 99).await.len(), keys.len());
    assert!(listed("nothing", None, 9).await.is_empty());
    let empty = store.records("nothing", "", None, 9).await.unwrap();
    assert!(empty.is_empty());
}

/// Any text is a key: empty, a path, longer than a file name.
pub async fn any_text_is_a_key(store: Store) {
    let long = "device/\u{e9}".repeat(100);
    let longer = format!("{long}x");
    let mut keys = [
        "", ".", "../../x", "a/b", "a", "%", "=", "a\0b\n", &long, &longer,
    ];
    for key in keys {
        let value = key.as_bytes();
        store.put_record("../odd", key, value).await.unwrap();
    }
    for key in keys {
        let value = store.record("../odd", key).await.unwrap();
        assert_eq!(value, key.as_bytes());
    }
    keys.sort_unstable_by(|a, b| b.cmp(a));
    let listed = store.records("../odd", "", None, 99).await.unwrap();
    let listed: Vec<_> = listed.iter().map(|(key, _)| key.as_str()).collect();
    assert_eq!(listed, keys);
}

/// A content is named by its bytes, and comes back whole.
pub async fn a_content_has_one_name(store: Store) {
    let bytes = b"interface eth0\n\0\xff";
    let digest = store.put_blob(bytes).await.unwrap();
    assert_eq!(digest, Digest::of(bytes));
    assert_eq!(store.put_blob(bytes).await.unwrap(), digest);
    assert_eq!(store.blob(&digest).await.unwrap(), bytes);
    let empty = store.put_blob(b"").await.unwrap();
    assert_eq!(store.blob(&empty).await.unwrap(), b"");
    let missing = store.blob(&Digest::of(b"other")).await;
    fails_with(missing, ErrorKind::NotFound);
}
