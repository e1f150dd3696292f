//! Finding runs: filters, orders, pages.

use std::collections::BTreeSet;

use super::random::Random;
use super::samples::{Case, RUNS, STATES, cases, id, label, populated, sample, text};
use super::{Store, fails_with};
use crate::error::ErrorKind;
use crate::id::ExecutionId;
use crate::model::Execution;
use crate::store::query::{CounterMatch, CounterName};
use crate::store::{Direction, Filter, ListOptions, Selection, Sort, SortBy, SortKey, list};

async fn found(store: &Store, filter: Filter) -> BTreeSet<ExecutionId> {
    let selection = Selection::newest(usize::MAX).filter(filter);
    let runs = store.select(&selection).await.unwrap();
    runs.into_iter().map(|run| run.id).collect()
}

/// Every condition finds exactly the runs that it means, and its opposite all others: what a run does not have matches nothing.
pub async fn each_filter_finds_what_it_means(store: Store) {
    populated(&store).await;
    for (filter, means) in cases() {
        let of = |wanted: bool| {
            (0..RUNS)
                .filter(|n| means(*n) == wanted)
                .map(id)
                .collect::<BTreeSet<_>>()
        };
        assert_eq!(found(&store, filter.clone()).await, of(true), "{filter:?}");
        let opposite = Filter::Not(Box::new(filter.clone()));
        assert_eq!(found(&store, opposite).await, of(false), "not {filter:?}");
        let count = store.count(&filter, u64::MAX).await.unwrap();
        assert_eq!(count, of(true).len() as u64, "{filter:?}");
    }
}

/// Conditions that are joined at random find what each run by itself says, in every order, behind any run.
pub async fn joined_filters_find_what_each_run_says(store: Store) {
    let runs = populated(&store).await;
    let cases = cases();
    for seed in 0..150 {
        let mut random = Random::new(seed);
        let selection = selection(&mut random, &cases, &runs);
        let expected: Vec<Execution> = selection.of(&runs).into_iter().cloned().collect();
        let found = store.select(&selection).await.unwrap();
        assert_eq!(found, expected, "seed {seed}: {selection:?}");
        let count = store.count(&selection.filter, 7).await.unwrap();
        let fitting = runs
            .iter()
            .filter(|run| selection.filter.matches(run))
            .count();
        assert_eq!(count, fitting.min(7) as u64, "seed {seed}: {selection:?}");
    }
}

pub(super) fn selection(random: &mut Random, cases: &[Case], runs: &[Execution]) -> Selection {
    let selection = Selection {
        filter: joined(random, cases, 3),
        sort: *random.pick(&sorts()),
        after: None,
        skip: random.below(4),
        limit: random.below(RUNS),
    };
    match random.once_in(2) {
        true => selection.after(random.pick(runs)),
        false => selection,
    }
}

fn joined(random: &mut Random, cases: &[Case], depth: usize) -> Filter {
    let some = |random: &mut Random| -> Vec<Filter> {
        (0..random.below(4))
            .map(|_| joined(random, cases, depth - 1))
            .collect()
    };
    match random.below(if depth == 0 { 1 } else { 5 }) {
        0 => random.pick(cases).0.clone(),
        1 => Filter::Not(Box::new(joined(random, cases, depth - 1))),
        2 | 3 => Filter::Any(some(random)),
        _ => Filter::All(some(random)),
    }
}

fn sorts() -> Vec<Sort> {
    let by = [
        SortBy::Created,
        SortBy::Ended,
        SortBy::Duration,
        SortBy::Name,
        SortBy::Counter(CounterName::FailedCommands),
        SortBy::Counter(CounterName::RescuedTasks),
        SortBy::Counter(CounterName::BytesIn),
        SortBy::Counter(CounterName::BytesOut),
    ];
    let directions = [Direction::Descending, Direction::Ascending];
    let each = by.into_iter();
    each.flat_map(|by| directions.map(|direction| Sort { by, direction }))
        .collect()
}

/// A walk by cursors visits every run once, in every order, though runs of the same key stand on its page breaks.
pub async fn a_walk_visits_each_run_once_in_every_order(store: Store) {
    let runs = populated(&store).await;
    for sort in sorts() {
        let mut options = ListOptions {
            sort,
            limit: 5,
            filter: Filter::Not(Box::new(Filter::Tool("ansible".into()))),
            ..ListOptions::default()
        };
        let all = Selection {
            sort,
            limit: RUNS,
            filter: options.filter.clone(),
            ..Selection::default()
        };
        let expected: Vec<Execution> = all.of(&runs).into_iter().cloned().collect();
        let mut walked = Vec::new();
        loop {
            let page = list(store.as_ref(), &options).await.unwrap();
            walked.extend(page.items);
            options.cursor = page.cursor;
            if options.cursor.is_none() {
                break;
            }
        }
        assert_eq!(walked, expected, "{sort:?}");
    }
}

/// Runs that begin meanwhile, before and behind where a walk stands, take no run from it and add none twice.
pub async fn a_sorted_walk_is_steady_while_runs_begin(store: Store) {
    let there: BTreeSet<ExecutionId> = populated(&store)
        .await
        .into_iter()
        .map(|run| run.id)
        .collect();
    let sort = Sort {
        by: SortBy::Name,
        direction: Direction::Ascending,
    };
    let mut options = ListOptions {
        sort,
        limit: 4,
        ..ListOptions::default()
    };
    let mut seen = Vec::new();
    for number in 100.. {
        let page = list(store.as_ref(), &options).await.unwrap();
        seen.extend(page.items.into_iter().map(|run| run.id));
        options.cursor = page.cursor;
        if options.cursor.is_none() {
            break;
        }
        for name in ["", "zzz"] {
            let mut new = sample(number + 50 * name.len());
            new.name = name.into();
            store.create(&new).await.unwrap();
        }
    }
    let once: BTreeSet<ExecutionId> = seen.iter().cloned().collect();
    assert_eq!(once.len(), seen.len(), "a run came twice");
    assert!(once.is_superset(&there), "a run was left out");
}

/// Pages have numbers, and a total says how many there are, up to the number that was asked for.
pub async fn pages_have_numbers_and_a_total(store: Store) {
    let mut runs = populated(&store).await;
    runs.reverse();
    let options = |page, count_up_to| ListOptions {
        limit: 10,
        page: Some(page),
        count_up_to,
        ..ListOptions::default()
    };
    for page in 1..=4 {
        let listed = list(store.as_ref(), &options(page, Some(100)))
            .await
            .unwrap();
        let start = RUNS.min(10 * (page - 1));
        assert_eq!(listed.items, runs[start..RUNS.min(start + 10)]);
        assert_eq!(listed.cursor.is_some(), page < 3);
        let total = listed.total.unwrap();
        assert_eq!((total.count, total.capped, total.pages), (24, false, 3));
    }
    for (cap, capped, pages) in [(24, false, 3), (23, true, 3), (10, true, 1), (0, true, 0)] {
        let total = list(store.as_ref(), &options(1, Some(cap)))
            .await
            .unwrap()
            .total
            .unwrap();
        assert_eq!(
            (total.count, total.capped, total.pages),
            (cap, capped, pages)
        );
    }
    assert_eq!(
        list(store.as_ref(), &options(1, None)).await.unwrap().total,
        None
    );
    fails_with(
        list(store.as_ref(), &options(0, None)).await,
        ErrorKind::InvalidInput,
    );
    fails_with(
        list(store.as_ref(), &options(usize::MAX, None)).await,
        ErrorKind::InvalidInput,
    );
}

/// A cursor goes on with its own list, and with no other.
pub async fn a_cursor_of_another_list_is_refused(store: Store) {
    populated(&store).await;
    let options = ListOptions {
        limit: 3,
        filter: Filter::Pinned(false),
        ..ListOptions::default()
    };
    let cursor = list(store.as_ref(), &options).await.unwrap().cursor;
    assert!(cursor.is_some());
    let mut others = vec![ListOptions {
        filter: Filter::Pinned(true),
        ..options.clone()
    }];
    others.extend(sorts()[1..].iter().map(|sort| ListOptions {
        sort: *sort,
        ..options.clone()
    }));
    others.push(ListOptions {
        page: Some(2),
        ..options.clone()
    });
    for mut other in others {
        other.cursor.clone_from(&cursor);
        fails_with(list(store.as_ref(), &other).await, ErrorKind::InvalidInput);
    }
    let larger = ListOptions {
        cursor,
        limit: 100,
        ..options
    };
    let rest = list(store.as_ref(), &larger).await.unwrap();
    assert!(rest.items.len() > 3 && rest.cursor.is_none());
}

/// Changes of a run move it in and out of what filters find, and in orders, at once.
pub async fn a_changed_run_is_found_as_it_is_now(store: Store) {
    let mut run = populated(&store).await.swap_remove(1);
    for (number, status) in STATES[2..4].iter().enumerate() {
        // Only the first change may end the run; remarks follow.
        if number == 0 {
            run.status = *status;
            run.name = "changed".into();
            run.duration_us = Some(99_000_000);
            run.results.tasks.ignored = 99;
        }
        run.labels.insert("note".into(), format!("{number}"));
        run.pinned = number == 1;
        run = store.update(&run).await.unwrap();
        let mine: BTreeSet<ExecutionId> = [run.id.clone()].into();
        let note = label("note", Some(&number.to_string()), None);
        assert_eq!(found(&store, note).await, mine);
        assert_eq!(found(&store, Filter::Name(text("changed"))).await, mine);
        assert_eq!(
            found(&store, Filter::Pinned(true)).await.contains(&run.id),
            run.pinned
        );
        let longest = Selection {
            sort: Sort {
                by: SortBy::Duration,
                direction: Direction::Descending,
            },
            ..Selection::newest(1)
        };
        assert_eq!(store.select(&longest).await.unwrap(), [run.clone()]);
        assert_eq!(SortBy::Duration.key(&run), SortKey::Number(99_000_000));
        let ignored = Filter::Counter(CounterMatch {
            name: CounterName::IgnoredTasks,
            at_least: Some(12),
            at_most: None,
        });
        assert_eq!(found(&store, ignored).await, mine);
    }
}
