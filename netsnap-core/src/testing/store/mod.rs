//! What every store promises, as functions that panic when it does not.
//!
//! Each function takes a store of its own. [`store_contract!`](crate::store_contract) makes a test of each.

#![allow(
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a contract that is broken panics"
)]

mod cancel;
mod clock;
mod content;
mod exchange;
mod faulty;
mod keeping;
mod log;
mod model;
mod old_runs;
mod outputs;
mod primitives;
mod query;
mod queue;
mod random;
mod read_only;
mod reading;
mod recording;
mod recovery;
mod refused;
mod runs;
mod samples;
mod taking;

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};

pub use self::cancel::*;
pub use self::clock::*;
pub use self::content::*;
pub use self::exchange::*;
pub use self::faulty::{Fault, Faulty, Write};
pub use self::keeping::*;
pub use self::log::*;
pub use self::model::*;
pub use self::old_runs::*;
pub use self::outputs::*;
pub use self::primitives::*;
pub use self::query::{
    a_changed_run_is_found_as_it_is_now, a_cursor_of_another_list_is_refused,
    a_sorted_walk_is_steady_while_runs_begin, a_walk_visits_each_run_once_in_every_order,
    each_filter_finds_what_it_means, joined_filters_find_what_each_run_says,
    pages_have_numbers_and_a_total,
};
pub use self::queue::*;
pub use self::read_only::*;
pub use self::reading::*;
pub use self::recording::*;
pub use self::recovery::*;
pub use self::refused::*;
pub use self::runs::*;
pub use self::taking::*;
use crate::error::{ErrorKind, Result};
use crate::event::{Event, EventKind, NewEvent};
use crate::id::ExecutionId;
use crate::model::{Answer, Execution, ExecutionStatus, Output, Proof};
use crate::store::Backend;

/// Makes one `#[tokio::test]` of each contract of a store.
///
/// The argument is the path of an `async fn()` that returns a new, empty store in an `Arc<dyn Backend>`, and whatever has to live as long
/// as the test; or an `Option` of both, with `None` where there can be no store and the test is to be skipped.
#[macro_export]
macro_rules! store_contract {
    ($open:path) => {
        $crate::store_contract! { @each $open =>
            a_run_appears_once_and_reads_back
            an_unknown_run_is_not_found
            an_id_names_the_second_of_its_creation
            a_change_needs_the_newest_revision
            of_many_changes_from_one_revision_one_succeeds
            a_terminal_state_is_final
            a_list_is_newest_first_by_creation_then_id
            a_walk_visits_each_run_once_while_runs_begin
            the_current_run_is_the_newest_finished
            the_unfinished_runs_are_those_that_have_not_ended
            a_log_is_dense
            an_append_is_all_or_nothing
            nothing_stands_behind_the_end_of_a_log
            nothing_is_put_behind_the_end_of_a_log
            a_log_reads_from_anywhere
            the_end_of_a_log_is_read_by_itself
            an_event_comes_back_exactly
            outputs_keep_their_bytes
            names_are_never_paths
            the_newest_output_of_a_command_wins
            a_device_result_replaces_the_earlier
            a_record_is_written_once
            of_many_records_of_one_key_one_is_kept
            records_are_listed_greatest_key_first
            any_text_is_a_key
            a_content_has_one_name
            a_recorder_writes_a_whole_run
            many_tasks_record_into_one_run
            devices_can_join_a_run
            what_is_recorded_and_was_not_announced_belongs_to_the_run
            parts_of_an_output_are_shown_as_whole_lines
            a_secret_that_parts_split_is_not_shown
            an_incomplete_record_says_so
            a_large_output_is_cut_where_that_was_asked_for
            a_durable_event_is_in_the_store_on_return
            nothing_is_recorded_after_the_end
            a_dropped_recorder_leaves_an_interrupted_run
            a_queued_run_is_started
            many_starts_are_one
            a_queued_run_is_cancelled
            a_queued_run_that_nobody_holds_is_interrupted
            a_run_is_asked_to_end_by_others
            of_requests_that_race_the_first_stays
            a_collection_that_is_asked_to_end_stops
            warnings_are_kept_with_their_output
            a_follower_sees_each_event_once
            a_follower_of_an_ended_run_ends
            a_run_of_a_dead_process_is_interrupted
            a_run_of_a_living_or_distant_process_is_left_alone
            a_run_that_is_left_ends_as_soon_as_somebody_asks
            a_run_that_goes_on_says_how_far_it_came
            a_writer_that_comes_back_finds_its_run_ended
            an_end_that_is_logged_is_completed
            a_run_of_an_unknown_owner_ends_where_that_is_asked_for
            a_refused_write_is_told_and_leaves_nothing
            a_run_whose_end_is_refused_can_be_ended_later
            a_run_that_is_refused_leaves_nothing
            a_run_says_what_it_took_and_was_asked_for
            who_follows_hears_of_outputs_and_devices
            of_an_ended_run_only_remarks_change
            nothing_is_recorded_of_an_ended_run
            nothing_is_appended_to_the_log_of_an_ended_run
            a_document_takes_the_place_of_the_earlier
            a_document_has_a_plain_name
            a_log_of_the_store_is_dense
            of_many_appends_of_one_number_one_succeeds
            compressed_outputs_read_as_before
            a_removed_run_leaves_nothing
            sizes_grow_with_what_is_kept
            a_whole_store_has_no_damage
            a_wait_ends_with_the_event
            a_changed_run_is_found_by_what_it_is_now
            a_search_finds_each_line_in_the_order_of_the_walk
            a_search_works_on_any_bytes
            a_search_goes_on_where_it_stopped
            a_search_that_makes_no_sense_is_refused
            a_comparison_says_what_became_of_each_device
            a_comparison_shows_what_devices_said_otherwise
            a_comparison_says_what_it_left_out
            a_comparison_that_makes_no_sense_is_refused
            a_bundle_brings_runs_back
            a_bundle_never_replaces_another_run
            a_run_that_goes_on_is_left_out_of_a_bundle
            an_export_leaves_out_what_cannot_be_read
            an_export_as_json_holds_everything
            an_export_as_csv_holds_no_formula
            an_export_to_a_file_is_whole_or_not_there
            an_export_is_told_of
            a_legacy_folder_becomes_runs
            an_old_run_folder_is_read_by_its_record
            old_run_folders_come_in_under_names_that_are_free
            the_topology_of_a_run_is_kept_with_it
            an_archived_run_answers_each_verb_as_before
            an_archived_run_is_replayed_and_verified
            a_past_run_is_replayed_event_by_event
            a_past_run_answers_as_its_devices_did
            a_collection_runs_against_the_past
            a_rerun_names_the_devices_to_work_on
            a_run_that_cannot_be_repeated_is_refused
            a_collection_is_done_once_more
            a_capture_is_done_once_more
            a_program_asks_the_past
            the_past_is_not_changed
            a_run_is_done_once_more_within_its_limits
            an_audit_log_is_read_by_page_and_filter
            many_audit_writers_lose_nothing
            whatever_is_done_to_an_audit_log_is_found
            an_action_of_a_newer_netsnap_is_read_and_continued
            remarks_are_made_and_audited
            remarks_that_race_are_all_kept
            the_transitions_of_a_run_are_audited
            stats_count_states_and_durations
            stats_group_by_what_is_asked
            stats_tell_how_devices_fare
            what_is_counted_is_what_the_summaries_say
            the_latest_run_of_each_device_is_told
            a_dry_run_names_what_a_prune_removes
            what_one_rule_keeps_stays
            the_newest_are_counted_per_group
            bytes_are_limited_from_the_oldest_on
            figures_outlive_the_runs
            what_is_removed_leaves_a_tombstone
            a_prune_that_dies_is_completed_by_the_next
            a_run_pinned_after_its_tombstone_stays
            prunes_that_race_remove_each_run_once
            a_full_disk_is_pruned
            a_removed_run_that_comes_in_again_counts_once
            a_run_that_comes_in_again_after_a_death_counts_once
            a_recovery_completes_a_removal
            a_prune_removes_few_runs_at_a_time
            old_runs_are_archived
            a_whole_store_has_no_findings
            a_store_is_verified_in_parts
            changed_bytes_and_missing_events_are_found
            a_summary_that_was_changed_is_found
            runs_that_are_lost_or_came_back_are_found
            an_audit_log_that_was_cut_off_is_found
            a_record_is_bound_when_its_run_ends
            a_run_that_nothing_binds_is_counted
            a_change_and_its_entry_are_one
            what_people_write_is_masked
            an_elder_run_takes_remarks
            the_story_of_an_elder_run_stays
            a_death_over_a_change_leaves_nothing_to_find
            metrics_follow_the_format_and_never_fall
            events_that_are_lost_are_counted
            each_filter_finds_what_it_means
            joined_filters_find_what_each_run_says
            a_walk_visits_each_run_once_in_every_order
            a_sorted_walk_is_steady_while_runs_begin
            pages_have_numbers_and_a_total
            a_cursor_of_another_list_is_refused
            a_changed_run_is_found_as_it_is_now
            a_clock_that_is_set_back_changes_no_order_and_no_duration
            ids_are_unique_while_a_clock_repeats_itself
            relative_times_hold_when_a_clock_is_set_back
            a_run_of_tomorrow_is_kept_and_can_be_ended
            retention_asks_the_clock_of_the_store
            an_import_asks_the_clock_of_the_store
            a_store_that_is_only_read_answers_all_that_is_asked
            a_store_that_is_only_read_refuses_each_change
            a_store_answers_as_its_model
        }
    };
    (@each $open:path => $($contract:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $contract() {
                let opened: Option<($crate::testing::store::Store, _)> = $open().await.into();
                let Some((store, _guard)) = opened else {
                    return;
                };
                $crate::testing::store::$contract(store).await;
            }
        )*
    };
}

/// A store under test.
pub type Store = Arc<dyn Backend>;

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A time shortly behind another.
fn later(at: Timestamp, nanoseconds: i64) -> Timestamp {
    at + SignedDuration::from_nanos(nanoseconds)
}

/// A run that is going on, of nobody.
fn run(created_at: Timestamp, random: u32) -> Execution {
    Execution {
        name: "contract".into(),
        actor: "contract".into(),
        parameters: serde_json::json!({ "depth": 2 }),
        labels: [("site".to_owned(), "north".to_owned())].into(),
        commands: vec!["show version".into()],
        ..Execution::new(ExecutionId::new(created_at, random), created_at)
    }
}

/// A run that is in the store.
async fn created(store: &Store, random: u32) -> Execution {
    let run = run(time("2026-03-01T10:00:00Z"), random);
    store.create(&run).await.unwrap();
    run
}

async fn finished(store: &Store, mut run: Execution) -> Execution {
    run.status = ExecutionStatus::Succeeded;
    store.update(&run).await.unwrap()
}

/// Events that continue a log.
fn events(sequences: std::ops::RangeInclusive<u64>) -> Vec<Event> {
    sequences
        .map(|sequence| {
            NewEvent::new(EventKind::Note, format!("note {sequence}"))
                .at(sequence, time("2026-03-01T10:00:01Z"))
        })
        .collect()
}

fn output(device: &str, command: &str, bytes: &[u8]) -> Output {
    let answer = Answer {
        bytes: bytes.to_vec(),
        proof: Proof::Fence,
        exit_status: None,
        rejection: None,
        warnings: Vec::new(),
        duration_us: 5,
    };
    Output::new(device, command, time("2026-03-01T10:00:02Z"), answer)
}

#[track_caller]
fn fails_with<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind) {
    assert_eq!(result.unwrap_err().kind(), kind);
}
