//! How long does a page of a long list take, wherever it stands?

use std::time::Instant;

use netsnap_benches::rounds::median;
use netsnap_core::model::Execution;
use netsnap_core::store::{Backend, ListOptions, Page, list};
use serde_json::{Value, json};

use crate::{Arguments, Outcome, fill, milliseconds};

const PAGE: usize = 100;
const ATTEMPTS: usize = 30;

/// Opening and the newest run: what a program waits for before it has anything in hand.
pub(crate) async fn first(store: &dyn Backend, start: Instant) -> Outcome<Value> {
    let open_ms = milliseconds(start);
    let options = ListOptions {
        limit: 1,
        ..ListOptions::default()
    };
    let page = list(store, &options).await?;
    let answer_ms = milliseconds(start);
    Ok(json!({ "open_ms": open_ms, "answer_ms": answer_ms, "runs": page.items.len() }))
}

/// Pages of 100 by cursor: the first one, the one in the middle and the last one.
pub(crate) async fn pages(store: &dyn Backend, arguments: &Arguments) -> Outcome<Value> {
    let options = ListOptions {
        filter: fill::filter(arguments.part),
        limit: PAGE,
        ..ListOptions::default()
    };
    let runs = count(store, &options).await?;
    let pages = runs / PAGE;
    if pages < 2 {
        return Err(format!("{runs} runs are not two pages").into());
    }
    Ok(json!({
        "runs": runs,
        "start_ms": time(store, &options).await?,
        "middle_ms": time(store, &behind(store, &options, pages / 2).await?).await?,
        "end_ms": time(store, &behind(store, &options, pages - 1).await?).await?,
    }))
}

async fn count(store: &dyn Backend, options: &ListOptions) -> Outcome<usize> {
    let options = ListOptions {
        limit: 1,
        count_up_to: Some(10_000_000),
        ..options.clone()
    };
    let total = list(store, &options).await?.total.ok_or("not counted")?;
    Ok(usize::try_from(total.count)?)
}

/// The options for the page behind a numbered one.
async fn behind(store: &dyn Backend, options: &ListOptions, number: usize) -> Outcome<ListOptions> {
    let numbered = ListOptions {
        page: Some(number),
        ..options.clone()
    };
    let cursor = list(store, &numbered).await?.cursor;
    Ok(ListOptions {
        cursor: Some(cursor.ok_or("no page stands behind")?),
        ..options.clone()
    })
}

async fn time(store: &dyn Backend, options: &ListOptions) -> Outcome<f64> {
    let mut times = Vec::new();
    for _ in 0..ATTEMPTS {
        let start = Instant::now();
        let page = list(store, options).await?;
        times.push(milliseconds(start));
        whole(&page)?;
    }
    Ok(median(times).ok_or("nothing was timed")?)
}

fn whole(page: &Page<Execution>) -> Outcome<()> {
    match page.items.len() {
        PAGE => Ok(()),
        other => Err(format!("a page of {other} runs").into()),
    }
}
