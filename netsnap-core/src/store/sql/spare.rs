//! How is a removal recorded in a PostgreSQL database whose disk is full? The room of removed rows is free for rows of their own table
//! alone, once `vacuum` has noted it, and the notes need a little room, too: a table is kept that is dropped for all of that.

use super::driver::Session as _;
use super::lender::Line;
use crate::error::Result;

/// How many pages are held: half a megabyte of them, for the tombstones and the audit entries of some hundred runs and the notes of
/// each table and index; as long as there is no room for that, fewer.
const PAGES: [i64; 3] = [64, 16, 4];
/// Bytes of a page, unless the server was built for others.
const PAGE: i64 = 8192;

/// Makes the reserve, unless it is whole. Without it all works until the disk is full, so a failure harms nobody now.
///
/// It is in no log of the server and in no copy of it: after a crash it is empty, and made anew.
pub(super) async fn hold(line: &mut Line) {
    if held(line).await.unwrap_or(i64::MAX) >= PAGES[0] * PAGE {
        return;
    }
    for pages in PAGES {
        // A part of it, on a disk that is full, holds room and is worth nothing.
        if give_up(line).await.is_err() || fill(line, pages).await.is_ok() {
            return;
        }
    }
}

async fn fill(line: &mut Line, pages: i64) -> Result<()> {
    // Plain storage: what is compressed holds no room. Eight kilobytes less what a page needs itself fill a page each.
    let words = format!(
        "create unlogged table if not exists reserve (filler text not null); \
         alter table reserve alter column filler set storage plain; \
         insert into reserve select repeat('.', 8000) from generate_series(1, {pages}) \
         where not exists (select from reserve)"
    );
    line.say(&words).await
}

/// Returns how many bytes are held.
async fn held(line: &mut Line) -> Result<i64> {
    let sql = "select coalesce(pg_relation_size(to_regclass('reserve')), 0)";
    let rows = line.rows(sql, Vec::new()).await?;
    rows.into_iter().next().map_or(Ok(0), |mut row| row.int())
}

/// Gives the reserve up, and says whether there was one. Its space is free once that is committed.
///
/// Dropped, not emptied: `truncate` makes an empty index for it first, and for that there is no room (tried, PostgreSQL 15).
///
/// # Errors
/// `Storage`, `StorageFull`.
pub(super) async fn give_up(line: &mut Line) -> Result<bool> {
    let bytes = held(line).await?;
    line.say("drop table if exists reserve").await?;
    Ok(bytes > 0)
}
