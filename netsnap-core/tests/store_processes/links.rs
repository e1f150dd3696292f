//! Does a folder name its newest run where the file system has no links?

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use netsnap_core::model::ExecutionStatus;
use netsnap_core::store;

use crate::skip::skip;
use crate::{STORE, begin, given_store};

/// Starts a program that is refused every link.
const SCRIPT: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/tests/store_processes/no_links.py"
);
/// How file systems say that they have none: FAT and some shares, and others.
const REFUSALS: [rustix::io::Errno; 2] = [rustix::io::Errno::PERM, rustix::io::Errno::OPNOTSUPP];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_links_a_file_names_the_newest_run() {
    let test = "links::without_links_a_file_names_the_newest_run";
    if let Some(url) = given_store() {
        return end_runs(&url).await;
    }
    for refusal in REFUSALS {
        let folder = tempfile::tempdir().unwrap();
        let status = Command::new("python3")
            .args([SCRIPT, &refusal.raw_os_error().to_string()])
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", test])
            .env(STORE, folder.path())
            .stdout(Stdio::null())
            .status();
        match status {
            Ok(status) if status.code() != Some(99) => {
                assert!(status.success(), "{status}, {:?}", status.signal());
            }
            _ => return skip("this system refuses nobody a call, or has no python3"),
        }
        made_right(folder.path()).await;
    }
}

async fn end_runs(url: &str) {
    let refused = std::os::unix::fs::symlink("x", Path::new(url).join("link"));
    assert!(refused.is_err(), "a link can be made");
    let store = store::open(url).await.unwrap();
    for _ in 0..3 {
        let run = begin(&store).await;
        let run = run.finish(ExecutionStatus::Succeeded, None).await.unwrap();
        let said = std::fs::read_to_string(Path::new(url).join("current")).unwrap();
        assert_eq!(said, format!("executions/{}", run.id));
        assert_eq!(store.current().await.unwrap(), Some(run.id));
    }
    // Who opens it next sees what is wrong in the file, too.
    std::fs::write(Path::new(url).join("current"), "executions/none").unwrap();
    let again = store::open(url).await.unwrap();
    let said = std::fs::read_to_string(Path::new(url).join("current")).unwrap();
    let current = again.current().await.unwrap().unwrap();
    assert_eq!(said, format!("executions/{current}"));
}

/// On a system with links a file that is right is left, and the next end makes a link of it.
async fn made_right(folder: &Path) {
    let store = store::open(folder.to_str().unwrap()).await.unwrap();
    let path = folder.join("current");
    let current = store.current().await.unwrap().unwrap();
    let said = std::fs::read_to_string(&path).unwrap();
    assert_eq!(said, format!("executions/{current}"));
    let run = begin(&store).await;
    let run = run.finish(ExecutionStatus::Succeeded, None).await.unwrap();
    let named = std::fs::read_link(&path).unwrap();
    assert_eq!(named, Path::new("executions").join(run.id.as_str()));
}
