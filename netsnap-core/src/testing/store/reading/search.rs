//! Searching.

use super::super::{Store, fails_with, run, time};
use super::recorded;
use crate::error::ErrorKind;
use crate::store::query::LabelMatch;
use crate::store::search::{Case, Limit, SearchOptions, SearchResult, Syntax};
use crate::store::{Filter, search_output};

async fn search(store: &Store, options: SearchOptions) -> SearchResult {
    search_output(store.as_ref(), &options, &|_| ())
        .await
        .unwrap()
}

fn looking_for(pattern: &str) -> SearchOptions {
    SearchOptions {
        pattern: pattern.to_owned(),
        ..SearchOptions::default()
    }
}

/// Run (by its random part), device, command and line of each hit.
fn places(result: &SearchResult) -> Vec<(u32, &str, &str, u64)> {
    let number = |id: &str| u32::from_str_radix(&id[id.len() - 8..], 16).unwrap();
    let hits = result.hits.iter();
    hits.map(|hit| {
        let number = number(hit.execution.as_str());
        (number, hit.device.as_str(), hit.command.as_str(), hit.line)
    })
    .collect()
}

const VERSION: &[u8] = b"FRRouting 8.4.4\nuptime 3 days\n";
const ROUTES: &[u8] = b"O 10.0.0.0/8\nC 10.1.0.0/16\nO 10.2.0.0/16\n";

/// A search goes through the runs newest first, through the outputs in their order, line by line; globs and filters leave out.
pub async fn a_search_finds_each_line_in_the_order_of_the_walk(store: Store) {
    let outputs: [(&str, &str, &[u8]); 3] = [
        ("r1", "show version", VERSION),
        ("r1", "show ip route", ROUTES),
        ("r2", "show ip route", ROUTES),
    ];
    let first = recorded(&store, 1, &outputs).await;
    recorded(&store, 2, &outputs[2..]).await;
    let regex = |pattern| SearchOptions {
        syntax: Syntax::Regex,
        ..looking_for(pattern)
    };
    let all = search(&store, regex("^O ")).await;
    let route = "show ip route";
    let expected = [
        (2, "r2", 1),
        (2, "r2", 3),
        (1, "r1", 1),
        (1, "r1", 3),
        (1, "r2", 1),
        (1, "r2", 3),
    ];
    let expected = expected.map(|(run, device, line)| (run, device, route, line));
    assert_eq!(places(&all), expected);
    assert_eq!((all.truncated, &all.cursor), (None, &None));
    assert_eq!((all.executions, all.outputs), (2, 4));
    let one = SearchOptions {
        execution: Some(first.id),
        device: Some("*1".into()),
        command: Some("show i*".into()),
        ..regex("^O ")
    };
    assert_eq!(places(&search(&store, one).await), expected[2..4]);
    let label = Filter::Label(LabelMatch {
        key: "site".into(),
        equals: Some("south".into()),
        one_of: None,
    });
    let none = SearchOptions {
        filter: label,
        ..regex("^O ")
    };
    assert_eq!(search(&store, none).await, SearchResult::default());
    assert!(search(&store, looking_for("^O ")).await.hits.is_empty());
}

/// Bytes that are no UTF-8 are searched as they are, and a hit says where and with which lines around.
pub async fn a_search_works_on_any_bytes(store: Store) {
    let bytes = b"\xff\xfe first\r\ncaf\xe9 TARGET\0 x\nlast".as_slice();
    recorded(&store, 1, &[("r1", "show raw", bytes)]).await;
    let options = SearchOptions {
        case: Case::Ignored,
        before: 5,
        after: 5,
        ..looking_for("target")
    };
    let found = search(&store, options).await;
    let [hit] = found.hits.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!((hit.line, hit.column, hit.length), (2, 6, 6));
    assert_eq!(hit.text, "caf\u{fffd} TARGET\0 x");
    assert_eq!(hit.before, ["\u{fffd}\u{fffd} first"]);
    assert_eq!(hit.after, ["last"]);
}

/// Whatever limit stops a search, it says so, and going on by its cursors meets each line exactly once, also while runs begin.
pub async fn a_search_goes_on_where_it_stopped(store: Store) {
    let text = "hit\nmiss\nhit\n".repeat(5);
    for number in 1..=5 {
        let outputs = ["a", "b"].map(|device| (device, "show", text.as_bytes()));
        recorded(&store, number, &outputs).await;
    }
    let whole = search(&store, looking_for("hit")).await;
    assert_eq!(whole.hits.len(), 100);
    let limits = [
        (
            SearchOptions {
                max_hits: 7,
                ..looking_for("hit")
            },
            Limit::Hits,
        ),
        (
            SearchOptions {
                max_executions: 2,
                ..looking_for("hit")
            },
            Limit::Executions,
        ),
        (
            SearchOptions {
                max_bytes: 200,
                ..looking_for("hit")
            },
            Limit::Bytes,
        ),
    ];
    let mut newest = 100;
    for (mut options, limit) in limits {
        let mut hits = Vec::new();
        loop {
            let part = search(&store, options.clone()).await;
            hits.extend(part.hits);
            options.cursor = part.cursor;
            if part.truncated.is_none() {
                break;
            }
            assert_eq!(part.truncated, Some(limit));
            if hits.len() < 30 {
                newest += 1;
                recorded(&store, newest, &[("new", "show", b"miss")]).await;
            }
        }
        assert_eq!(options.cursor, None);
        assert_eq!(hits, whole.hits);
    }
}

/// What a search cannot mean is refused.
pub async fn a_search_that_makes_no_sense_is_refused(store: Store) {
    recorded(&store, 1, &[("r1", "show", b"x\nx\n")]).await;
    let first = search(
        &store,
        SearchOptions {
            max_hits: 1,
            ..looking_for("x")
        },
    )
    .await;
    let of_another = SearchOptions {
        cursor: first.cursor,
        ..looking_for("y")
    };
    let damaged = SearchOptions {
        cursor: Some("AAAA".into()),
        ..looking_for("x")
    };
    let nothing = SearchOptions {
        max_hits: 0,
        ..looking_for("x")
    };
    let broken = SearchOptions {
        syntax: Syntax::Regex,
        ..looking_for("(")
    };
    for options in [looking_for(""), of_another, damaged, nothing, broken] {
        let found = search_output(store.as_ref(), &options, &|_| ()).await;
        fails_with(found, ErrorKind::InvalidInput);
    }
    let unknown = SearchOptions {
        execution: Some(run(time("2026-03-01T10:00:00Z"), 99).id),
        ..looking_for("x")
    };
    fails_with(
        search_output(store.as_ref(), &unknown, &|_| ()).await,
        ErrorKind::NotFound,
    );
}
