//! How does a PostgreSQL database become smaller when its disk is full? The room of removed rows is found again by `vacuum`, which needs a
//! little room of its own to note it in: a table is kept that can be given up for that.

use super::driver::Session as _;
use super::lender::Line;
use crate::error::Result;

/// Pages, half a megabyte of them: a note or two for each table and each index.
const PAGES: u32 = 64;

/// Makes the reserve, unless it is there. Without it all works until the disk is full, so a failure harms nobody now.
pub(super) async fn keep(line: &mut Line) {
    if !is_there(line).await.unwrap_or(true) {
        // Plain storage: what is compressed holds no room. Eight kilobytes less what a page needs itself fill a page each.
        let words = format!(
            "create table if not exists reserve (filler text not null); \
             alter table reserve alter column filler set storage plain; \
             insert into reserve select repeat('.', 8000) from generate_series(1, {PAGES}) \
             where not exists (select from reserve)"
        );
        let _ = line.say(&words).await;
    }
}

/// Says whether there is a reserve.
async fn is_there(line: &mut Line) -> Result<bool> {
    let made = "select case when to_regclass('reserve') is null then 0 else 1 end";
    let filled = "select count(*) from (select from reserve limit 1) filled";
    for sql in [made, filled] {
        let rows = line.rows(sql, Vec::new()).await?;
        let found = rows.into_iter().next().map_or(Ok(0), |mut row| row.int())?;
        if found == 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives the reserve up, and says whether there was one.
///
/// # Errors
/// `Storage`, `StorageFull`.
pub(super) async fn give_up(line: &mut Line) -> Result<bool> {
    if !is_there(line).await? {
        return Ok(false);
    }
    line.say("truncate reserve").await?;
    Ok(true)
}
