//! The contract of a store: one suite, as a list of named checks, that every implementation runs. What a store may do and no
//! check asks for is not promised to anybody.
//!
//! To add a check: write an async function over `Arc<dyn Store>` in the file of its theme, whose name is the claim, and add
//! it to [`checks`]. Every check gets an empty store. Indexes are asked right after the commit, so the suite is for stores
//! and emulators whose indexes do not lag. No check may know which store it runs on.

mod digests;
mod feeds;
mod fixtures;
mod hostile;
mod indexes;
mod locking;
mod reading;
mod seen;

use std::error::Error;
use std::pin::Pin;
use std::sync::Arc;

use super::Store;

pub use fixtures::{changed, entry, opening, record, t};

/// How a check ends: an error or a failed assertion is a broken contract.
pub type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

type Run = fn(Arc<dyn Store>) -> Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// One claim about a store.
#[derive(Clone, Copy, Debug)]
pub struct Check {
    /// The claim.
    pub name: &'static str,
    run: Run,
}

macro_rules! list {
    ($($theme:ident: $($name:ident)+;)+) => {
        vec![$($(Check { name: stringify!($name), run: |store| Box::pin($theme::$name(store)) }),+),+]
    };
}

/// All checks.
pub fn checks() -> Vec<Check> {
    list! {
        locking:
            a_commit_applies_only_on_the_version_before_it
            a_change_of_what_is_not_there_is_a_conflict
            version_zero_is_refused
            an_id_that_is_taken_is_told_apart
            only_one_incident_becomes_the_newest_of_its_group
            nothing_of_a_refused_commit_is_visible
            a_hundred_items_are_one_commit_and_one_more_is_refused
            an_item_given_twice_is_written_once
            of_fifty_who_acknowledge_at_once_one_wins
            of_two_hundred_who_open_at_once_one_wins;
        seen:
            what_was_seen_is_refused_until_it_expires
            every_delivery_that_was_seen_is_named
            seen_is_reported_before_a_conflict
            a_claim_is_true_once_until_it_expires
            claims_and_commits_remember_together
            of_fifty_who_claim_at_once_one_wins;
        reading:
            what_is_not_there_is_none
            every_field_comes_back
            the_timeline_is_in_order_and_its_entries_can_change
            a_timeline_of_many_pages_comes_back_whole
            a_root_message_leads_to_its_incident
            the_newest_of_a_group_stays_so_when_it_resolves
            a_channel_is_fresh_until_something_is_known_of_it
            signals_are_filed_by_the_hour_in_order_of_receipt
            a_record_written_twice_is_there_once
            a_payload_that_does_not_fit_is_left_out_and_the_signals_stay
            ninety_large_payloads_do_not_keep_a_commit_from_being_written;
        indexes:
            open_lists_from_either_end_up_to_the_limit
            open_lists_what_is_open_and_only_that
            open_lists_a_hundred_at_most
            behind_appears_moves_and_disappears
            due_appears_moves_and_disappears
            an_index_gives_the_oldest_up_to_the_limit;
        digests:
            digests_are_read_by_the_time_of_firing_over_days
            a_digest_is_replaced_and_what_may_be_missing_comes_back_missing;
        feeds:
            a_feed_is_fresh_until_something_is_kept_of_it
            a_feed_is_stored_only_on_the_version_before_it
            of_fifty_who_store_a_feed_at_once_one_wins
            a_hundred_feeds_come_back_in_the_order_asked_for;
        hostile:
            any_text_is_an_id_a_key_and_a_name
            separators_in_names_do_not_let_two_things_meet
            a_large_incident_comes_back
            an_incident_that_fits_no_item_is_refused;
    }
}

/// Runs all checks at once, each on its own store from `fresh`, and returns the broken claims with what happened.
pub async fn broken<F>(fresh: F) -> Vec<String>
where
    F: AsyncFn() -> Arc<dyn Store>,
{
    let mut running = Vec::new();
    for check in checks() {
        // A task of its own, so that a failed assertion ends the check and not the suite.
        running.push((check.name, tokio::spawn((check.run)(fresh().await))));
    }
    let mut broken = Vec::new();
    for (name, check) in running {
        match check.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => broken.push(format!("{name}: {error}")),
            Err(panicked) => broken.push(format!("{name}: {panicked}")),
        }
    }
    broken
}
