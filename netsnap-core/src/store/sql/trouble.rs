//! What does a failure of a database mean? The same kinds and hints for each of them.

use crate::error::{Error, ErrorKind};

/// What a database complains about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// Others hold what is needed for long.
    Busy,
    /// It does not answer.
    #[cfg(feature = "postgres")]
    Silent,
    /// No space is left.
    Full,
    /// The database is damaged.
    Corrupt,
    /// Nothing may be written.
    ReadOnly,
    /// Anything else.
    Other,
}

/// Wraps a failure of the database.
pub(super) fn failure(trouble: Trouble, source: sqlx::Error) -> Error {
    let (kind, message, hint) = match trouble {
        Trouble::Busy => (
            ErrorKind::Storage,
            "the database is busy",
            "another process holds the database for long; try again",
        ),
        #[cfg(feature = "postgres")]
        Trouble::Silent => (
            ErrorKind::Storage,
            "the database does not answer",
            "see whether its server and the network are up, or too many wait for it; a change may have been made all the same",
        ),
        Trouble::Full => (
            ErrorKind::StorageFull,
            "no space is left for the database",
            "prune old runs, or make room on its disk; what is there can be read",
        ),
        Trouble::Corrupt => (
            ErrorKind::Corrupt,
            "the database is damaged",
            "restore it from a copy, or open it with the recovery tools of the database",
        ),
        Trouble::ReadOnly => (
            ErrorKind::Storage,
            "the database cannot be written",
            "check the rights of its file and folder, or of its user",
        ),
        Trouble::Other => (
            ErrorKind::Storage,
            "the database refused",
            "check that the database can be reached, its rights and the free space",
        ),
    };
    Error::new(kind, message).hint(hint).because(source)
}
