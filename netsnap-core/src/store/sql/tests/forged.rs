//! Is whatever somebody changes in the rows of a run found, though he computes each checksum anew?

use std::sync::Arc;

use async_trait::async_trait;
use futures_util::FutureExt as _;

use crate::id::{Digest, ExecutionId};
use crate::store::Durability;
use crate::store::sql::driver::Value;
use crate::store::sql::{SqlStore, pack};
use crate::testing::store::{
    Change, Forger, a_forged_line_is_found, a_forged_output_is_found, a_forged_record_is_found,
};

impl SqlStore {
    async fn read(&self, sql: &str, execution: i64) -> Vec<Vec<u8>> {
        let rows = self
            .rows("forge", sql, vec![execution.into()])
            .await
            .unwrap();
        rows.into_iter()
            .map(|mut row| row.bytes().unwrap())
            .collect()
    }

    async fn say(&self, sql: &str, values: Vec<Value>) {
        let sql = sql.to_owned();
        let said = self.write("forge", Durability::Durable, move |session| {
            async move { session.execute(&sql, values).await.map(drop) }.boxed()
        });
        said.await.unwrap();
    }

    async fn execution(&self, id: &ExecutionId) -> i64 {
        self.number("forge", id).await.unwrap()
    }

    async fn numbers(&self, execution: i64) -> Vec<i64> {
        let sql = "select number from run_output where execution = $1 order by number";
        let rows = self
            .rows("forge", sql, vec![execution.into()])
            .await
            .unwrap();
        rows.into_iter().map(|mut row| row.int().unwrap()).collect()
    }

    async fn texts(&self, sql: &str, execution: i64) -> Vec<String> {
        let rows = self
            .rows("forge", sql, vec![execution.into()])
            .await
            .unwrap();
        rows.into_iter()
            .map(|mut row| row.text().unwrap())
            .collect()
    }

    async fn forge_events(&self, execution: i64, change: Change<'_>) {
        let sql = "select body from event_chunk where execution = $1 order by first";
        let mut lines = Vec::new();
        for body in self.read(sql, execution).await {
            let text = pack::unpacked(&body).unwrap().into_owned();
            let text = String::from_utf8(text).unwrap();
            lines.extend(text.lines().map(str::to_owned));
        }
        change(&mut lines);
        let all = "delete from event_chunk where execution = $1";
        self.say(all, vec![execution.into()]).await;
        let last = i64::try_from(lines.len()).unwrap();
        let body = pack::record(lines.join("\n").as_bytes());
        let row = "insert into event_chunk (execution, first, last, closed, body) values ($1, 1, $2, 1, $3)";
        self.say(row, vec![execution.into(), last.into(), body.into()])
            .await;
    }

    async fn forge_outputs(&self, execution: i64, change: Change<'_>) {
        let sql = "select summary from run_output where execution = $1 order by number";
        let mut lines = self.texts(sql, execution).await;
        change(&mut lines);
        for (number, line) in self.numbers(execution).await.into_iter().zip(lines) {
            let sql = "update run_output set summary = $2 where number = $1";
            self.say(sql, vec![number.into(), line.into()]).await;
        }
    }

    async fn forge_results(&self, execution: i64, change: Change<'_>) {
        let sql = "select body from run_result where execution = $1 order by device";
        let mut lines = self.texts(sql, execution).await;
        change(&mut lines);
        let all = "delete from run_result where execution = $1";
        self.say(all, vec![execution.into()]).await;
        for line in lines {
            let result: crate::model::DeviceResult = serde_json::from_str(&line).unwrap();
            let sql = "insert into run_result (execution, device, body) values ($1, $2, $3)";
            let device = result.device.into_bytes();
            self.say(sql, vec![execution.into(), device.into(), line.into()])
                .await;
        }
    }
}

#[async_trait]
impl Forger for SqlStore {
    async fn forge(&self, id: &ExecutionId, change: Change<'_>) {
        let execution = self.execution(id).await;
        self.forge_events(execution, change).await;
        self.forge_outputs(execution, change).await;
        self.forge_results(execution, change).await;
    }

    async fn forge_output(
        &self,
        id: &ExecutionId,
        place: usize,
        bytes: &[u8],
        parsed: &str,
    ) -> [(Digest, Digest); 2] {
        let number = self.numbers(self.execution(id).await).await[place];
        let mut before = Vec::new();
        for column in ["bytes", "parsed"] {
            let sql = format!("select {column} from run_output where number = $1");
            let stored = self.read(&sql, number).await.remove(0);
            before.push(Digest::of(&pack::unpacked(&stored).unwrap()));
        }
        let sql = "update run_output set bytes = $2, parsed = $3 where number = $1";
        let packed = [bytes, parsed.as_bytes()].map(pack::plain);
        let [plain, text] = packed.map(Value::from);
        self.say(sql, vec![number.into(), plain, text]).await;
        [
            (before[0], Digest::of(bytes)),
            (before[1], Digest::of(parsed.as_bytes())),
        ]
    }
}

/// Has each contract looked at on a store of its own.
macro_rules! forged {
    ($open:ident: $($name:ident is $contract:ident)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            if let Some((store, _guard)) = $open().await {
                $contract(Arc::new(store.clone()), &store).await;
            }
        }
    )*};
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use super::*;

    async fn open() -> Option<(SqlStore, tempfile::TempDir)> {
        let folder = tempfile::tempdir().unwrap();
        let store = SqlStore::sqlite(folder.path().join("runs.db")).await;
        Some((store.unwrap(), folder))
    }

    forged! { open:
        a_record_that_was_forged_is_found is a_forged_record_is_found
        a_line_that_was_forged_is_found is a_forged_line_is_found
        an_output_that_was_forged_is_found is a_forged_output_is_found
    }
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use crate::store::sql::testing::Schema;

    async fn open() -> Option<(SqlStore, Schema)> {
        let schema = Schema::new().await?;
        let store = SqlStore::postgres(&schema.url).await;
        Some((store.unwrap(), schema))
    }

    forged! { open:
        a_record_that_was_forged_is_found is a_forged_record_is_found
        a_line_that_was_forged_is_found is a_forged_line_is_found
        an_output_that_was_forged_is_found is a_forged_output_is_found
    }
}
