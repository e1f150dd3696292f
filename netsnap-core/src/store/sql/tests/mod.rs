//! What only a SQL store promises.

mod carried;
#[cfg(feature = "sqlite")]
mod differential;
mod forged;
mod logs;
#[cfg(feature = "sqlite")]
mod migration;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod reading;
#[cfg(feature = "postgres")]
mod silence;
#[cfg(feature = "sqlite")]
mod sqlite;
mod waits;
