//! What stands in the rows of a database? Every column of every table, as it is and unpacked: most are compressed, where no search
//! finds anything.

use sqlx::{
    AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _, SqliteConnection,
};

/// What the compressed rows of the store were compressed with.
const WORDS: &[u8] = include_bytes!("../../../netsnap-core/src/store/sql/pack/words.txt");
/// More than any row holds.
const MOST: usize = 16 * 1024 * 1024;

const SQLITE: &str = "select 'select cast(\"' || c.name || '\" as blob) from \"' || t.name || '\" where \"' || c.name || '\" is not null' \
    from sqlite_master t, pragma_table_info(t.name) c where t.type = 'table' and t.name not like 'sqlite!_%' escape '!'";
const POSTGRES: &str = "select format(case data_type when 'bytea' then 'select %I from %I where %1$I is not null' \
    else 'select convert_to(%I::text, ''UTF8'') from %I where %1$I is not null' end, column_name::text, table_name::text) \
    from information_schema.columns where table_schema = current_schema()";

/// Reads all that is in a SQLite database, also what is in its log alone.
pub(crate) async fn sqlite(path: &str) -> Vec<Vec<u8>> {
    let address = format!("sqlite://{path}");
    let mut connection = SqliteConnection::connect(&address).await.unwrap();
    let mut kept = Vec::new();
    for column in connection.fetch_all(SQLITE).await.unwrap() {
        let values: String = column.get(0);
        let rows = connection.fetch_all(AssertSqlSafe(values)).await.unwrap();
        kept.extend(rows.iter().map(|row| row.get::<Vec<u8>, _>(0)));
    }
    connection.close().await.unwrap();
    with_unpacked(kept)
}

/// Reads all that is in the schema of a PostgreSQL database that an address leads to.
pub(crate) async fn postgres(address: &str) -> Vec<Vec<u8>> {
    let mut connection = PgConnection::connect(address).await.unwrap();
    let mut kept = Vec::new();
    for column in connection.fetch_all(POSTGRES).await.unwrap() {
        let values: String = column.get(0);
        let rows = connection.fetch_all(AssertSqlSafe(values)).await.unwrap();
        kept.extend(rows.iter().map(|row| row.get::<Vec<u8>, _>(0)));
    }
    connection.close().await.unwrap();
    with_unpacked(kept)
}

fn with_unpacked(mut kept: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let unpacked: Vec<Vec<u8>> = kept.iter().filter_map(|bytes| unpacked(bytes)).collect();
    kept.extend(unpacked);
    kept
}

/// The first byte says how the others are compressed. What is not compressed stays as it is.
fn unpacked(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes.split_first()? {
        (1, bytes) => zstd::decode_all(bytes).ok(),
        (2, bytes) => zstd::bulk::Decompressor::with_dictionary(WORDS)
            .and_then(|mut with_words| with_words.decompress(bytes, MOST))
            .ok(),
        _ => None,
    }
}
