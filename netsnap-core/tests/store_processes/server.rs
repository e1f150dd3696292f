//! A place on the PostgreSQL server of the tests.

use sqlx::{AssertSqlSafe, Connection as _, Executor as _};

use crate::given_store;
use crate::skip::skip;

/// A schema of its own on the server of the tests, that goes away with the test. A child is given the one of its parent.
pub(crate) struct Schema {
    server: String,
    name: String,
}

/// So many deadlocks in a row are no coincidence.
const DEADLOCKS: usize = 5;

fn is_deadlock(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(|error| error.code());
    code.as_deref() == Some("40P01")
}

impl Schema {
    /// Returns the address of a store, and what drops its schema; `None`, and says so, when there is no server.
    pub(crate) async fn new(name: &str) -> Option<(String, Option<Self>)> {
        if let Some(url) = given_store() {
            return Some((url, None));
        }
        let Ok(server) = std::env::var("NETSNAP_TEST_POSTGRES") else {
            skip("NETSNAP_TEST_POSTGRES names no server");
            return None;
        };
        let name = format!("{name}_{}", std::process::id());
        let joint = if server.contains('?') { '&' } else { '?' };
        let url = format!("{server}{joint}options=-c%20search_path%3D{name}");
        let schema = Self { server, name };
        schema.execute("create schema").await;
        Some((url, Some(schema)))
    }

    async fn execute(&self, what: &'static str) {
        let mut connection = sqlx::PgConnection::connect(&self.server).await.unwrap();
        let sql = || AssertSqlSafe(format!("{what} {}", self.name));
        let mut done = connection.execute(sql()).await;
        // A connection that is still being closed may ask for its tables in another order.
        for _ in 0..DEADLOCKS {
            if !done.as_ref().is_err_and(is_deadlock) {
                break;
            }
            done = connection.execute(sql()).await;
        }
        done.unwrap();
    }

    pub(crate) async fn drop(schema: Option<Self>) {
        if let Some(schema) = schema {
            let name = format!("{} cascade", schema.name);
            Self { name, ..schema }.execute("drop schema").await;
        }
    }
}
