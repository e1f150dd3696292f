//! A place of its own for each test on the server of the tests.

#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

/// A schema that goes away with the test.
#[derive(Debug)]
pub(crate) struct Schema {
    name: String,
    server: String,
    /// The address of a store in it.
    pub(crate) url: String,
}

impl Schema {
    /// Makes a schema; `None`, and says so, when the tests were given no server.
    pub(crate) async fn new() -> Option<Self> {
        let Ok(server) = std::env::var("NETSNAP_TEST_POSTGRES") else {
            eprintln!("skipped: NETSNAP_TEST_POSTGRES names no server");
            return None;
        };
        let mut random = [0; 8];
        getrandom::fill(&mut random).unwrap();
        let name = format!("test_{:016x}", u64::from_le_bytes(random));
        execute(&server, format!("create schema {name}")).await;
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-c%20search_path%3D{name}");
        Some(Self { name, server, url })
    }
}

async fn execute(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (server, sql) = (
            self.server.clone(),
            format!("drop schema {} cascade", self.name),
        );
        // The runtime of the test cannot wait here.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(execute(&server, sql));
        });
        let _ = dropped.join();
    }
}
