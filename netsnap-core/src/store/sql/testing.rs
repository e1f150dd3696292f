//! A place of its own for each test on the server of the tests.

#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

#[path = "../../../tests/shared/skip.rs"]
mod skip;

use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use self::skip::skip;

/// A schema, or a database, that goes away with the test.
#[derive(Debug)]
pub(crate) struct Schema {
    server: String,
    /// What makes it go away.
    removal: String,
    /// The address of a store in it.
    pub(crate) url: String,
}

impl Schema {
    /// Makes a schema; `None`, and says so, when the tests were given no server.
    pub(crate) async fn new() -> Option<Self> {
        let server = server()?;
        let name = name();
        execute(&server, format!("create schema {name}")).await;
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-c%20search_path%3D{name}");
        let removal = format!("drop schema {name} cascade");
        Some(Self {
            server,
            removal,
            url,
        })
    }

    /// Makes a database for a test that looks at room: as long as anybody reads in a database, what is removed there stays.
    pub(crate) async fn apart() -> Option<Self> {
        let server = server()?;
        let name = name();
        execute(&server, format!("create database {name}")).await;
        let (address, options) = server.split_once('?').unwrap_or((&server, ""));
        let (machine, _) = address.rsplit_once('/').unwrap();
        let url = format!("{machine}/{name}?{options}");
        let removal = format!("drop database {name} with (force)");
        Some(Self {
            server,
            removal,
            url,
        })
    }
}

fn server() -> Option<String> {
    let server = std::env::var("NETSNAP_TEST_POSTGRES").ok();
    if server.is_none() {
        skip("NETSNAP_TEST_POSTGRES names no server");
    }
    server
}

fn name() -> String {
    format!("test_{:016x}", getrandom::u64().unwrap())
}

async fn execute(server: &str, sql: String) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}

impl Drop for Schema {
    fn drop(&mut self) {
        let (server, sql) = (self.server.clone(), self.removal.clone());
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
