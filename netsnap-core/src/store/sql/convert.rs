//! How do values and rows look to a database? The same two steps for each database driver.

/// Makes a query of words and values.
macro_rules! query_of {
    ($database:ty, $sql:expr, $values:expr) => {{
        let values: Vec<Value> = $values;
        // Statements of many rows are seldom asked twice: they would drive the others out of the cache.
        let persistent = values.len() < 64;
        let words = sqlx::AssertSqlSafe(String::from($sql));
        let mut query = sqlx::query::<$database>(words).persistent(persistent);
        for value in values {
            query = match value {
                Value::Null => query.bind(None::<Vec<u8>>),
                Value::Int(number) => query.bind(number),
                Value::Text(text) => query.bind(text),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

/// Reads the values of a row.
macro_rules! row_of {
    ($row:expr) => {{
        let row = $row;
        let mut values = Vec::with_capacity(row.len());
        for place in 0..row.len() {
            let raw = row.try_get_raw(place)?;
            let value = if raw.is_null() {
                Value::Null
            } else {
                match raw.type_info().name() {
                    // What a function without an answer answers.
                    "VOID" => Value::Null,
                    "INTEGER" | "INT8" => Value::Int(row.try_get(place)?),
                    "INT4" => Value::Int(row.try_get::<i32, _>(place)?.into()),
                    "BOOL" => Value::from(row.try_get::<bool, _>(place)?),
                    "BLOB" | "BYTEA" => Value::Bytes(row.try_get(place)?),
                    _ => Value::Text(row.try_get(place)?),
                }
            };
            values.push(value);
        }
        Ok::<_, sqlx::Error>(Row::new(values))
    }};
}

/// Makes sessions of types that hold a connection, with the functions `rows` and `execute` and the `DIALECT` of the place.
macro_rules! sessions {
    ($($type:ty, $self:ident => $connection:expr;)*) => {$(
        #[async_trait]
        impl Session for $type {
            fn dialect(&self) -> &'static Dialect {
                &DIALECT
            }

            async fn rows(&mut $self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>> {
                rows($connection, sql, values).await
            }

            async fn execute(&mut $self, sql: &str, values: Vec<Value>) -> Result<u64> {
                execute($connection, sql, values).await
            }
        }
    )*};
}

pub(super) use {query_of, row_of, sessions};
