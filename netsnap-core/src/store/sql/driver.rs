//! What has a database to offer, that everything here stands over it? Few calls, and the few words that differ.

use std::time::Duration;

use async_trait::async_trait;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Owner;
use crate::store::{Durability, Reserve, Usage, owner};

/// A value of a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Value {
    /// Bytes that are not there.
    Null,
    /// A number; also a truth, as 0 or 1.
    Int(i64),
    /// Text without NUL.
    Text(String),
    /// Any bytes; also any text.
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(truth.into())
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A row of an answer, taken from its left end.
#[derive(Debug)]
pub(super) struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub(super) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// Takes a number.
    pub(super) fn int(&mut self) -> Result<i64> {
        match self.0.next() {
            Some(Value::Int(number)) => Ok(number),
            _ => Err(unexpected("a number")),
        }
    }

    /// Takes a number that counts something.
    pub(super) fn count(&mut self) -> Result<u64> {
        u64::try_from(self.int()?).map_err(|source| unexpected("a count").because(source))
    }

    /// Takes text.
    pub(super) fn text(&mut self) -> Result<String> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(unexpected("text")),
        }
    }

    /// Takes text of either form, which may be missing. Bytes in it that are no UTF-8 are replaced.
    pub(super) fn maybe_any_text(&mut self) -> Result<Option<String>> {
        match self.0.next() {
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(Value::Bytes(bytes)) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected("text")),
        }
    }

    /// Takes bytes.
    pub(super) fn bytes(&mut self) -> Result<Vec<u8>> {
        self.maybe_bytes()?.ok_or_else(|| unexpected("bytes"))
    }

    /// Takes bytes that may be missing.
    pub(super) fn maybe_bytes(&mut self) -> Result<Option<Vec<u8>>> {
        match self.0.next() {
            Some(Value::Bytes(bytes)) => Ok(Some(bytes)),
            Some(Value::Null) => Ok(None),
            _ => Err(unexpected("bytes")),
        }
    }
}

fn unexpected(wanted: &'static str) -> Error {
    Error::new(ErrorKind::Corrupt, "a column holds something else").with("wanted", wanted)
}

/// The words that differ from database to database.
#[derive(Debug)]
pub(super) struct Dialect {
    /// Makes a transaction wait until no other one holds the row.
    pub(super) for_update: &'static str,
    /// Behind the tables that a statement reads, it keeps the commit of that statement from waiting for the disk.
    pub(super) at_ease: &'static str,
    /// Whether no run ever gets the number of another one, also when that is removed.
    pub(super) numbers_are_unique: bool,
    /// Says whether bytes contain others: `{text}` and `{part}` stand for the two.
    pub(super) contains: &'static str,
    /// Says whether text fits a pattern.
    pub(super) like: &'static str,
    /// Writes a pattern in the database's own way.
    pub(super) pattern: fn(&str) -> String,
    /// What an index holds of a text of any length: `{}` stands for the column. Names that agree so far count as equal in an order.
    pub(super) indexed: &'static str,
    /// So many bytes or characters it holds; `usize::MAX` for all.
    pub(super) indexed_length: usize,
    /// How many values one statement takes.
    pub(super) most_values: usize,
}

impl Dialect {
    /// Returns the words that make a transaction wait until no other one holds the rows of one of several tables.
    pub(super) fn for_update_of(&self, table: &str) -> String {
        match self.for_update {
            "" => String::new(),
            words => format!("{words} of {table}"),
        }
    }

    /// Writes the words of a statement that is a transaction of its own.
    pub(super) fn with_ease(&self, sql: &str, durability: Durability) -> String {
        let ease = match durability {
            Durability::Batched => self.at_ease,
            Durability::Durable => "",
        };
        sql.replace("{ease}", ease)
    }

    /// Returns what an index holds of a column.
    pub(super) fn indexed(&self, column: &str) -> String {
        self.indexed.replace("{}", column)
    }

    /// Returns what an index holds of a value.
    pub(super) fn beginning(&self, value: &Value) -> Value {
        match value {
            Value::Bytes(bytes) => bytes[..bytes.len().min(self.indexed_length)].into(),
            Value::Text(text) => {
                let beginning = text.chars().take(self.indexed_length);
                beginning.collect::<String>().into()
            }
            other => other.clone(),
        }
    }

    /// Returns what an index holds of a value of which it may not hold all.
    pub(super) fn cut(&self, value: &Value) -> Option<Value> {
        let length = match value {
            Value::Bytes(bytes) => bytes.len(),
            Value::Text(text) => text.chars().count(),
            _ => 0,
        };
        (length >= self.indexed_length).then(|| self.beginning(value))
    }
}

/// Something that statements are sent to.
#[async_trait]
pub(super) trait Session: Send {
    /// The words of the database.
    fn dialect(&self) -> &'static Dialect;

    /// Asks, and returns all rows.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`, `Corrupt`.
    async fn rows(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>>;

    /// Changes rows, and returns how many.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`, `Corrupt`.
    async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64>;
}

/// A transaction. Dropped, it leaves nothing.
#[async_trait]
pub(super) trait Transaction: Session {
    /// Keeps what was done.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`.
    async fn commit(self: Box<Self>) -> Result<()>;

    /// Gives up what was done.
    async fn roll_back(self: Box<Self>);

    /// The transaction as a session.
    fn session(&mut self) -> &mut dyn Session;
}

/// Looks out for changes from the moment on in which it was made.
#[async_trait]
pub(super) trait Watch: Send {
    /// Returns when something about a run may have changed, and after `patience` anyway.
    ///
    /// # Errors
    /// `Storage`.
    async fn changed(&mut self, patience: Duration) -> Result<()>;
}

/// A database.
#[async_trait]
pub(super) trait Driver: std::fmt::Debug + Send + Sync {
    /// The words of the database.
    fn dialect(&self) -> &'static Dialect;

    /// Names the database, without a secret.
    fn place(&self) -> String;

    /// Says whether it was opened for reading alone.
    fn is_read_only(&self) -> bool {
        false
    }

    /// Takes a connection to read with.
    ///
    /// # Errors
    /// `Storage`.
    async fn read(&self) -> Result<Box<dyn Session>>;

    /// Begins a transaction whose commit is as durable as asked.
    ///
    /// # Errors
    /// `Storage`.
    async fn begin(&self, durability: Durability) -> Result<Box<dyn Transaction>>;

    /// Runs one statement as a transaction of its own, in one exchange with the database, and returns how many rows it changed.
    /// `{ease}` stands behind the tables that it reads.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`, `Corrupt`.
    async fn alone(&self, durability: Durability, sql: &str, values: Vec<Value>) -> Result<u64>;

    /// Looks out for changes of a run.
    ///
    /// # Errors
    /// `Storage`.
    async fn watch(&self, execution: &str) -> Result<Box<dyn Watch>>;

    /// Tells those who watch that a run changed, where nobody sees it by himself.
    fn tell(&self, execution: &str, news: News);

    /// A number that names this connection among all that share the database, or this opening of it among those of its machine.
    fn session(&self) -> i64;

    /// Says whether the connection of such a number still stands. Always so where there are no numbers.
    ///
    /// # Errors
    /// `Storage`.
    async fn stands(&self, session: i64) -> Result<bool>;

    /// Says whether machines share the database, so that owners are told by their connections.
    fn is_shared(&self) -> bool {
        true
    }

    /// How long a connection that was cut may need to stand again.
    fn doubt(&self) -> Duration {
        Duration::ZERO
    }

    /// Says why an owner certainly is gone, where owners are told by their process.
    fn gone(&self, owner: &Owner) -> Option<&'static str> {
        owner::gone(owner)
    }

    /// Says whether an owner certainly lives, where owners are told by their process.
    fn lives(&self, owner: &Owner) -> bool {
        owner::lives(owner)
    }

    /// Returns what the database takes.
    ///
    /// # Errors
    /// `Storage`.
    async fn usage(&self) -> Result<Usage>;

    /// Gives up to so many free bytes back to the system.
    ///
    /// # Errors
    /// `Storage`.
    async fn reclaim(&self, bytes: u64) -> Result<u64>;

    /// Gives up the space that is held for the record of what is removed, or holds it again. Says whether something was given up.
    ///
    /// # Errors
    /// `Storage`, `StorageFull`.
    async fn reserve(&self, reserve: Reserve) -> Result<bool> {
        let _ = reserve;
        Ok(false)
    }

    /// Gives up what is kept for a full disk, and says whether there was something: then it is worth to try again.
    async fn make_room(&self) -> bool {
        false
    }
}

/// What happened to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// Its log grew to this number.
    Event(u64),
    /// Its summary is another one.
    Summary,
}
