//! What a bundle must not be.

use std::io::Write as _;

use proptest::prelude::*;
use serde_json::json;

use super::layout;
use super::scan::{Runs, scan};
use crate::error::{ErrorKind, Result};
use crate::id::Digest;

const ID: &str = "exec_2026-03-01_100000_0000000a";

fn inside(file: &str) -> String {
    format!("executions/{ID}/{file}")
}

/// Builds tar files that no export writes.
#[derive(Default)]
struct Forge {
    entries: Vec<u8>,
    listed: Vec<serde_json::Value>,
}

impl Forge {
    fn header(path: &str, size: u64, kind: tar::EntryType) -> tar::Header {
        let mut header = tar::Header::new_ustar();
        // Written as they are: the library refuses paths that lead elsewhere.
        let name = &mut header.as_ustar_mut().unwrap().name;
        name[..path.len()].copy_from_slice(path.as_bytes());
        header.set_size(size);
        header.set_entry_type(kind);
        header.set_mode(0o600);
        header.set_cksum();
        header
    }

    fn entry(mut self, path: &str, bytes: &[u8], kind: tar::EntryType) -> Self {
        let header = Self::header(path, bytes.len() as u64, kind);
        self.entries.extend(header.as_bytes());
        self.entries.extend(bytes);
        self.entries
            .resize(self.entries.len().next_multiple_of(512), 0);
        self
    }

    fn file(mut self, path: &str, bytes: &[u8]) -> Self {
        let digest = Digest::of(bytes);
        let listed = json!({"path": path, "bytes": bytes.len(), "sha256": digest});
        self.listed.push(listed);
        self.entry(path, bytes, tar::EntryType::Regular)
    }

    fn manifest(self) -> Self {
        let manifest = json!({
            "format": super::FORMAT, "version": super::VERSION, "executions": [ID], "files": self.listed
        });
        let bytes = manifest.to_string();
        self.entry(layout::MANIFEST, bytes.as_bytes(), tar::EntryType::Regular)
    }

    fn whole(mut self) -> Vec<u8> {
        self.entries.extend([0; 1024]);
        self.entries
    }

    fn scan(self) -> Result<Runs> {
        scanned(&self.whole())
    }
}

fn scanned(bytes: &[u8]) -> Result<Runs> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    scan(file.path())
}

fn refused(forge: Forge, kind: ErrorKind, word: &str) {
    let error = forge.scan().unwrap_err();
    assert_eq!(error.kind(), kind, "{error}");
    assert!(error.to_string().contains(word), "{error}");
}

fn good() -> Forge {
    Forge::default()
        .file(&inside(layout::METADATA), b"{}")
        .file(&inside("TEXT/r1_show.txt"), b"up")
}

#[test]
fn what_the_manifest_names_is_found() {
    let runs = good().manifest().scan().unwrap();
    let files = &runs[&ID.parse().unwrap()];
    assert_eq!(files["TEXT/r1_show.txt"].bytes, 2);
    assert_eq!(files["TEXT/r1_show.txt"].sha256, Digest::of(b"up"));
}

#[test]
fn a_path_that_leads_elsewhere_is_refused() {
    for path in [
        "../x",
        "/etc/passwd",
        "executions/../../x",
        &inside("TEXT/../../x"),
        &inside("TEXT/a\\b"),
        "metadata.json",
    ] {
        refused(
            good().file(path, b"x").manifest(),
            ErrorKind::InvalidInput,
            "path",
        );
    }
}

#[test]
fn links_and_devices_and_extension_records_are_refused() {
    use tar::EntryType as Kind;
    let path = inside("TEXT/x.txt");
    for (kind, word) in [
        (Kind::Symlink, "link"),
        (Kind::Link, "link"),
        (Kind::Directory, "something else"),
        (Kind::Char, "something else"),
        (Kind::Fifo, "something else"),
        (Kind::GNUSparse, "something else"),
        (Kind::GNULongName, "something else"),
        (Kind::XHeader, "something else"),
        (Kind::XGlobalHeader, "something else"),
    ] {
        let forge = good().entry(&path, b"", kind).manifest();
        refused(forge, ErrorKind::InvalidInput, word);
    }
}

#[test]
fn a_file_twice_is_refused() {
    let forge = good().file(&inside(layout::METADATA), b"{}").manifest();
    refused(forge, ErrorKind::InvalidInput, "twice");
}

#[test]
fn a_file_that_is_not_in_the_manifest_or_not_in_the_bundle_is_refused() {
    let path = inside("TEXT/x.txt");
    let unlisted = good().entry(&path, b"x", tar::EntryType::Regular);
    refused(
        unlisted.manifest(),
        ErrorKind::InvalidInput,
        "does not name",
    );
    let mut missing = good();
    let listed = json!({"path": path, "bytes": 1, "sha256": Digest::of(b"x")});
    missing.listed.push(listed);
    refused(missing.manifest(), ErrorKind::InvalidInput, "missing");
}

#[test]
fn another_content_than_the_manifest_says_is_corrupt() {
    let mut forge = good();
    forge.listed[1]["sha256"] = json!(Digest::of(b"down"));
    refused(forge.manifest(), ErrorKind::Corrupt, "digest");
}

#[test]
fn a_size_that_is_a_lie_is_refused_without_being_believed() {
    for size in [u64::from(u32::MAX), 1 << 40, 1 << 62] {
        let mut forge = good();
        let header = Forge::header(&inside("TEXT/x.txt"), size, tar::EntryType::Regular);
        forge.entries.extend(header.as_bytes());
        refused(forge, ErrorKind::InvalidInput, "larger than its bundle");
    }
}

#[test]
fn something_behind_the_manifest_or_no_manifest_is_refused() {
    refused(good(), ErrorKind::InvalidInput, "no manifest");
    let forge = good().manifest().file(&inside("TEXT/x.txt"), b"x");
    refused(forge, ErrorKind::InvalidInput, "behind");
}

#[test]
fn a_manifest_of_another_form_is_refused() {
    let manifest = br#"{"format": "netsnap.bundle", "version": 2, "executions": [], "files": []}"#;
    let forge = good().entry(layout::MANIFEST, manifest, tar::EntryType::Regular);
    refused(forge, ErrorKind::InvalidInput, "form");
}

#[test]
fn a_bundle_that_is_cut_off_anywhere_is_refused() {
    let whole = good().manifest().whole();
    // The zeros at the end say nothing.
    for length in (0..whole.len() - 1024).step_by(97) {
        assert!(scanned(&whole[..length]).is_err(), "{length}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_bytes_are_a_bundle_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        prop_assert!(scanned(&bytes).is_err());
    }

    #[test]
    fn a_changed_bundle_is_refused_or_the_same(at in 0_usize..2048, byte in any::<u8>()) {
        let mut bytes = good().manifest().whole();
        let original = scanned(&bytes).unwrap();
        bytes[at] = byte;
        if let Ok(runs) = scanned(&bytes) {
            prop_assert_eq!(runs, original);
        }
    }
}
