//! When may an open believe what the file says of the folder of the runs, and when does it read the names?

use super::*;

/// Says whether who reads the file now may believe that its rows stand for the folder as it is.
fn is_told(root: &Path) -> bool {
    let (_, bytes) = IndexFile::open(&layout::index(root)).unwrap().unwrap();
    let table = Table::load(Entries::new(&bytes));
    table.folder.is_some() && table.folder == scan::version(root)
}

/// Writes an index by hand, that says between its rows that those stand for the folder as it is.
fn write(root: &Path, before: &[Entry<'_>], behind: &[Entry<'_>]) {
    let mut file = IndexFile::create(root, before.iter().cloned()).unwrap();
    // The index stands in the folder of the runs, so a new one gives the folder another version.
    let version = scan::version(root).unwrap();
    file.append(&encode(&[Entry::Folder(version, version)]))
        .unwrap();
    file.append(&encode(behind)).unwrap();
}

async fn open(folder: &TempDir) -> FsStore {
    FsStore::open(folder.path()).await.unwrap()
}

#[tokio::test]
async fn what_one_open_read_the_next_one_and_those_behind_changes_of_ours_believe() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    drop(store_of(&folder, 3).await);
    assert!(!is_told(root));
    settled().await;
    let store = open(&folder).await;
    assert!(is_told(root));
    store.create(&sample(5)).await.unwrap();
    assert!(is_told(root));
    store.delete(&[sample(1).id]).await.unwrap();
    assert!(is_told(root));
    let expected = [ids(5..6), ids(2..3), ids(0..1)].concat();
    assert_eq!(names(&open(&folder).await).await, expected);
    copy_in(root, 7);
    assert!(!is_told(root));
    assert_eq!(
        names(&open(&folder).await).await,
        [ids(7..8), expected].concat()
    );
}

#[tokio::test]
async fn after_many_comings_and_goings_an_open_reads_the_names_again() {
    let folder = tempfile::tempdir().unwrap();
    drop(store_of(&folder, 1).await);
    settled().await;
    let store = open(&folder).await;
    for number in 1..=64 {
        store.create(&sample(number)).await.unwrap();
    }
    assert!(is_told(folder.path()));
    store.create(&sample(65)).await.unwrap();
    assert!(!is_told(folder.path()));
    settled().await;
    assert_eq!(names(&open(&folder).await).await, ids(0..66));
    assert!(is_told(folder.path()));
}

#[tokio::test]
async fn nobody_says_that_the_rows_are_whole_while_a_run_is_broken() {
    let folder = tempfile::tempdir().unwrap();
    drop(store_of(&folder, 2).await);
    copy_in(folder.path(), 4);
    let summary = layout::execution(folder.path(), &sample(4).id).join(layout::METADATA);
    let whole = fs::read(&summary).unwrap();
    fs::write(&summary, b"{").unwrap();
    settled().await;
    let store = open(&folder).await;
    assert_eq!(names(&store).await, ids(0..2));
    assert!(!is_told(folder.path()));
    fs::write(&summary, whole).unwrap();
    let expected = [ids(4..5), ids(0..2)].concat();
    assert_eq!(names(&open(&folder).await).await, expected);
    assert_eq!(names(&store).await, expected);
    assert!(is_told(folder.path()));
}

#[tokio::test]
async fn who_could_not_write_a_row_says_nothing_of_the_folder() {
    let folder = tempfile::tempdir().unwrap();
    drop(store_of(&folder, 2).await);
    settled().await;
    let store = open(&folder).await;
    store
        .folder
        .index
        .write()
        .file
        .as_mut()
        .unwrap()
        .refuse_to_write();
    store.create(&sample(3)).await.unwrap();
    store
        .folder
        .index
        .write()
        .file
        .as_mut()
        .unwrap()
        .write_again();
    settled().await;
    // A change by hand makes this process look; the row of the run before is in no file.
    copy_in(folder.path(), 6);
    settled().await;
    let expected = [ids(6..7), ids(3..4), ids(0..2)].concat();
    assert_eq!(names(&store).await, expected);
    assert!(!is_told(folder.path()));
    assert_eq!(names(&open(&folder).await).await, expected);
    assert!(is_told(folder.path()));
}

#[tokio::test]
async fn a_row_of_a_later_version_makes_an_open_ask_the_folders() {
    let folder = tempfile::tempdir().unwrap();
    drop(store_of(&folder, 2).await);
    settled().await;
    let runs = [sample(0), sample(1)];
    let [one, mut other] = runs.each_ref().map(|run| Row::of(run));
    other.words = "what nobody knows yet".into();
    let rows = [one, other].map(|row| Entry::Put(Box::new(row)));
    for (before, behind) in [(&rows[..], &[][..]), (&rows[..1], &rows[1..])] {
        write(folder.path(), before, behind);
        assert!(!is_told(folder.path()));
        let store = open(&folder).await;
        assert_eq!(store.count(&Filter::default(), 9).await.unwrap(), 2);
        assert_eq!(names(&store).await, ids(0..2));
    }
}

#[tokio::test]
async fn a_verification_finds_what_an_open_believed_wrongly() {
    let folder = tempfile::tempdir().unwrap();
    drop(store_of(&folder, 2).await);
    settled().await;
    let run = sample(0);
    write(folder.path(), &[Entry::Put(Box::new(Row::of(&run)))], &[]);
    let store = open(&folder).await;
    assert_eq!(names(&store).await, ids(0..1), "the file is believed");
    assert!(store.damage().await.unwrap().is_empty());
    assert_eq!(names(&store).await, ids(0..2));
    assert_eq!(names(&open(&folder).await).await, ids(0..2));
}
