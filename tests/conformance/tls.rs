//! A PostgreSQL store behind TLS: real certificates, a right one and wrong ones.

use netsnap_core::ErrorKind;
use netsnap_core::model::ExecutionStatus;
use netsnap_core::store::{self, NewExecution, Recorder};
use netsnap_tests::{Alone, alone};
use sqlx::{Connection as _, Executor as _, PgConnection, Row as _};
use tokio::sync::broadcast;

/// Counts the connections of stores, and those of them that are encrypted.
async fn connections(server: &str) -> (i64, i64) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    let counted = "select count(*), count(*) filter (where s.ssl) from pg_stat_activity a \
         join pg_stat_ssl s using (pid) where a.application_name = 'netsnap'";
    let row = connection.fetch_one(counted).await.unwrap();
    (row.get(0), row.get(1))
}

#[tokio::test]
async fn a_server_is_reached_through_tls_and_only_with_its_own_certificate() {
    let test = "tls::a_server_is_reached_through_tls_and_only_with_its_own_certificate";
    if alone(test, &["--tls"]) == Alone::Done {
        return;
    }
    let given = |name: &str| std::env::var(name).unwrap();
    let (url, authorities) = (
        given("NETSNAP_TEST_POSTGRES_TLS"),
        given("NETSNAP_TEST_AUTHORITIES"),
    );
    let asked = |url: &str, authority: &str| {
        format!("{url}?sslmode=verify-full&sslrootcert={authorities}/{authority}.pem")
    };
    let store = store::open(&asked(&url, "ours")).await.unwrap();
    let (bus, _) = broadcast::channel(16);
    let recorder = Recorder::begin(store.clone(), NewExecution::default(), bus);
    let recorder = recorder.await.unwrap();
    let run = recorder.finish(ExecutionStatus::Succeeded, None).await;
    assert_eq!(
        store.current().await.unwrap(),
        Some(run.unwrap().id),
        "what was written through it is there"
    );
    let (all, encrypted) = connections(&given("NETSNAP_TEST_POSTGRES")).await;
    assert!(all > 1 && encrypted == all, "{encrypted} of {all}");
    let elsewhere = url.replace("@localhost", ":secret@127.0.0.1");
    for wrong in [asked(&url, "other"), asked(&elsewhere, "ours")] {
        let error = store::open(&wrong).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Storage, "{error:?}");
        let told = format!("{error} {error:?} {:?}", error.report());
        assert!(told.to_lowercase().contains("certificate"), "{told}");
        assert!(!told.contains("secret"), "{told}");
    }
}
