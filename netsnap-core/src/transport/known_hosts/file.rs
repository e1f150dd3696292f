//! Where are the known hosts, and how is one added without losing or tearing another's?

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind as Io, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use super::{Known, Verdict, line};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Device;

/// Returns the file of a device: its own, or `~/.ssh/known_hosts`.
///
/// # Errors
/// `InvalidInput` when neither the device names one nor the environment a home.
pub(crate) fn path(device: &Device) -> Result<PathBuf> {
    if let Some(path) = &device.known_hosts {
        return Ok(path.clone());
    }
    std::env::home_dir()
        .filter(|home| !home.as_os_str().is_empty())
        .map(|home| home.join(".ssh").join("known_hosts"))
        .ok_or_else(|| {
            Error::new(
                ErrorKind::InvalidInput,
                "there is no home directory with known hosts",
            )
            .during("known_hosts.find")
            .hint("set known_hosts for the device")
        })
}

/// Reads what the file says about a place. A file that is not there says nothing; one that cannot be read is an error.
///
/// # Errors
/// `InvalidInput`.
pub(crate) async fn read(path: &Path, place: &str) -> Result<Known> {
    match tokio::fs::read(path).await {
        Ok(bytes) => Ok(Known::read(&bytes, place)),
        Err(error) if error.kind() == Io::NotFound => Ok(Known::default()),
        Err(error) => Err(
            Error::new(ErrorKind::InvalidInput, "the known hosts cannot be read")
                .during("known_hosts.read")
                .with("known_hosts", path.display())
                .hint("make the file readable, or name another one for the device")
                .because(error),
        ),
    }
}

/// A key that a host of no known key has shown.
#[derive(Clone, Debug)]
pub(crate) struct NewKey {
    /// The file to add it to.
    pub(crate) path: PathBuf,
    /// The name under which the host is looked up.
    pub(crate) place: String,
    /// The name of its type.
    pub(crate) algorithm: String,
    /// In wire form.
    pub(crate) blob: Vec<u8>,
}

/// Adds a key, unless somebody else has added one for this host meanwhile: then that one decides, and `false` is
/// returned when it is another.
///
/// The file is made with mode 0600 and held under a lock from reading to writing; the line goes out in one write.
///
/// # Errors
/// `Storage`.
pub(crate) async fn append(key: NewKey) -> Result<bool> {
    let path = key.path.clone();
    let written = tokio::task::spawn_blocking(move || append_locked(&key)).await;
    written
        .unwrap_or_else(|panicked| Err(std::io::Error::other(panicked)))
        .map_err(|error| {
            Error::new(ErrorKind::Storage, "the new host key cannot be written")
                .during("known_hosts.append")
                .with("known_hosts", path.display())
                .hint("make the file writable, or add the key by hand and use the strict policy")
                .because(error)
        })
}

fn append_locked(key: &NewKey) -> std::io::Result<bool> {
    let mut file = open(&key.path)?;
    file.lock()?;
    let mut before = Vec::new();
    file.seek(SeekFrom::Start(0))?;
    file.read_to_end(&mut before)?;
    let known = Known::read(&before, &key.place);
    match known.judge(&key.algorithm, &key.blob) {
        Verdict::Trusted => return Ok(true),
        Verdict::Changed(_) | Verdict::Revoked(_) => return Ok(false),
        Verdict::Unknown => {}
    }
    let mut text = line(&key.place, &key.algorithm, &key.blob) + "\n";
    if before.last().is_some_and(|byte| *byte != b'\n') {
        text.insert(0, '\n');
    }
    file.write_all(text.as_bytes())?;
    file.sync_data()?;
    Ok(true)
}

fn open(path: &Path) -> std::io::Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        make_folder(folder)?;
    }
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(folder: &Path, body: u8) -> NewKey {
        let mut blob = vec![0, 0, 0, 11];
        blob.extend_from_slice(b"ssh-ed25519");
        blob.push(body);
        NewKey {
            path: folder.join("deep").join("known_hosts"),
            place: "r1".to_owned(),
            algorithm: "ssh-ed25519".to_owned(),
            blob,
        }
    }

    #[tokio::test]
    async fn a_missing_file_says_nothing_and_an_unreadable_one_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let absent = read(&folder.path().join("absent"), "r1").await.unwrap();
        assert_eq!(absent, Known::default());
        let error = read(folder.path(), "r1").await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
    }

    #[tokio::test]
    async fn a_new_key_is_written_once_and_another_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = key(folder.path(), 1).path;
        assert!(append(key(folder.path(), 1)).await.unwrap());
        assert!(append(key(folder.path(), 1)).await.unwrap());
        assert!(!append(key(folder.path(), 2)).await.unwrap());
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text.lines().count(), 1, "{text}");
    }

    #[tokio::test]
    async fn a_line_without_an_end_is_not_written_into() {
        let folder = tempfile::tempdir().unwrap();
        let key = key(folder.path(), 1);
        std::fs::create_dir_all(key.path.parent().unwrap()).unwrap();
        std::fs::write(&key.path, "r9 ssh-ed25519 AAAA").unwrap();
        assert!(append(key.clone()).await.unwrap());
        let text = std::fs::read_to_string(&key.path).unwrap();
        assert!(text.starts_with("r9 ssh-ed25519 AAAA\nr1 "), "{text}");
    }

    #[tokio::test]
    async fn keys_of_many_hosts_added_at_once_are_all_there() {
        let folder = tempfile::tempdir().unwrap();
        let writers: Vec<_> = (0..20)
            .map(|number| {
                let mut key = key(folder.path(), number);
                key.place = format!("r{number}");
                tokio::spawn(append(key))
            })
            .collect();
        for writer in writers {
            assert!(writer.await.unwrap().unwrap());
        }
        let text = std::fs::read_to_string(key(folder.path(), 0).path).unwrap();
        assert_eq!(text.lines().count(), 20);
    }

    #[cfg(unix)]
    #[tokio::test]
    async fn the_file_and_its_folder_belong_to_their_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = key(folder.path(), 1).path;
        append(key(folder.path(), 1)).await.unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }
}
