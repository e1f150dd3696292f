//! The contract, on our backends.

use std::sync::Arc;

use super::Backend;

mod reopened;
mod room;

mod memory {
    use super::*;

    async fn open() -> (Arc<dyn Backend>, ()) {
        (crate::store::open("memory:").await.unwrap(), ())
    }

    crate::store_contract!(open);
}

mod files {
    use super::*;

    async fn open() -> (Arc<dyn Backend>, tempfile::TempDir) {
        // Memory where there is such a folder: thousands of operations would wait for the disk.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let folder = folder.unwrap();
        let path = folder.path().join("deep/data");
        let store = crate::store::open(path.to_str().unwrap()).await.unwrap();
        (store, folder)
    }

    crate::store_contract!(open);
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    async fn open() -> (Arc<dyn Backend>, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("runs.db").display());
        (crate::store::open(&url).await.unwrap(), folder)
    }

    crate::store_contract!(open);
}

/// Each test has a schema of its own. Without a server the tests say that they were skipped; in continuous integration there
/// always is one.
#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use crate::store::sql::testing::Schema;

    async fn open() -> Option<(Arc<dyn Backend>, Schema)> {
        let schema = Schema::new().await?;
        Some((crate::store::open(&schema.url).await.unwrap(), schema))
    }

    crate::store_contract!(open);
}

mod urls {
    use crate::error::ErrorKind;

    #[tokio::test]
    async fn a_store_of_another_kind_is_refused_without_its_password() {
        for url in [
            #[cfg(not(feature = "postgres"))]
            "postgres://user:secret@db/x",
            "mysql://user:secret@db/x",
            "s3://bucket",
            "memory:x",
            "file:///x",
        ] {
            let error = crate::store::open(url).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unsupported, "{url}");
            assert!(!error.to_string().contains("secret"));
            assert!(error.report().hint.is_some());
        }
        for url in [
            "",
            "sqlite:",
            "sqlite::memory:",
            "sqlite://:memory:",
            "sqlite:file:x?mode=memory",
        ] {
            let error = crate::store::open(url).await.unwrap_err();
            assert_ne!(error.kind(), ErrorKind::Storage, "{url}");
        }
    }
}
