//! What is committed for a batch: shares and the decision about each, without a store.

use std::collections::BTreeSet;
use std::time::Duration;

use shared::config::Config;
use shared::core::incident::{State, Verb};
use shared::sources::Sources;

use super::*;

const ROUTES: &str = r##"{
    "channels": { "fallback": "#ops" },
    "routes": [
        { "name": "audit", "to": "#audit", "continue": true, "when": "labels.audit == 'yes'" },
        { "name": "rest", "to": "#alerts" }
    ]
}"##;

/// 2026-11-22T09:00:00Z plus so many minutes.
fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_795_338_000 + minute * 60).unwrap()
}

/// A delivery about one thing, which happened and arrived at that minute.
fn raw(id: &str, thing: &str, status: &str, minute: i64) -> Raw {
    let body = format!(
        r#"{{ "title": "CPU of {thing}", "status": "{status}", "dedup_key": "{thing}", "timestamp": "{}" }}"#,
        at(minute)
    );
    Raw {
        id: id.into(),
        source: Some("generic".into()),
        headers: Default::default(),
        body,
        received_at: at(minute),
        note: None,
    }
}

fn share_out(batch: &[Raw]) -> Vec<Share> {
    share_out_by(ROUTES, batch)
}

fn share_out_by(routes: &str, batch: &[Raw]) -> Vec<Share> {
    let config = Config::from_json(routes).unwrap();
    let sources = Sources::builtin().unwrap();
    let notification = |raw: &Raw| Notification { raw: Arc::new(raw.clone()), mapped: Ok(sources.map(raw)) };
    shares(batch.iter().map(notification).collect(), &config.routes).0
}

/// The only share of a batch, decided at that minute.
fn decided(batch: &[Raw], latest: Option<&Incident>, minute: i64) -> Commit {
    let shares = share_out(batch);
    assert_eq!(shares.len(), 1, "{shares:?}");
    decide(&shares[0], latest, SHORTEST_ID, &Rules::default(), at(minute)).unwrap()
}

fn resolved_at(minute: i64) -> Incident {
    let batch = [raw("a", "web-1", "firing", 0), raw("b", "web-1", "resolved", minute)];
    decided(&batch, None, minute).incident
}

#[test]
fn a_thousand_identical_signals_are_few_commits() {
    let batch: Vec<Raw> = (0..1_000).map(|n| raw(&format!("d{n}"), "web-1", "firing", 0)).collect();
    let shares = share_out(&batch);
    assert_eq!(shares.len(), 25);
    assert_eq!(shares.iter().map(|share| share.signals().count()).sum::<usize>(), 1_000);
    let commit = decided(&batch[..40], None, 0);
    assert_eq!(commit.incident.counts.signals, 40);
    assert_eq!((commit.entries.len(), commit.seen.len(), commit.records.len()), (1, 40, 40));
}

#[test]
fn things_that_have_nothing_in_common_are_committed_apart() {
    let batch =
        [raw("a", "web-1", "firing", 0), raw("b", "web-2", "firing", 0), raw("c", "web-1", "resolved", 1)];
    let things: Vec<usize> = share_out(&batch).iter().map(|share| share.signals().count()).collect();
    assert_eq!(things, [2, 1]);
}

#[test]
fn the_same_delivery_twice_in_a_batch_counts_once() {
    let batch = [raw("a", "web-1", "firing", 0), raw("a", "web-1", "firing", 0)];
    assert_eq!(decided(&batch, None, 0).incident.counts.signals, 1);
}

#[test]
fn two_sources_that_number_their_deliveries_alike_are_both_heard() {
    let route = r##"{ "channels": { "fallback": "#ops" }, "routes": [{ "name": "rest", "to": "#alerts", "group_by": ["severity"] }] }"##;
    let other = Raw { source: Some("my-script".into()), ..raw("1", "web-2", "firing", 0) };
    let batch = [raw("1", "web-1", "firing", 0), other];
    let shares = share_out_by(route, &batch);
    assert_eq!(shares.len(), 1, "{shares:?}");
    let commit = decide(&shares[0], None, SHORTEST_ID, &Rules::default(), at(0)).unwrap();
    assert_eq!(commit.incident.counts.signals, 2);
    let ids = |ids: Vec<String>| ids.into_iter().collect::<std::collections::BTreeSet<_>>().len();
    assert_eq!(
        ids(commit.seen.into_iter().map(|seen| seen.scope + &seen.id).collect()),
        2,
        "remembered apart"
    );
    assert_eq!(ids(commit.records.into_iter().map(|record| record.id).collect()), 2, "recorded apart");
}

#[test]
fn a_crowd_that_lost_comes_apart_and_waits_less_than_the_function_may_take() {
    let pauses = |tries: u32| -> BTreeSet<Duration> {
        let share = |n: u32| share_out(&[raw(&format!("d{n}"), "web-1", "firing", 0)]).remove(0);
        (0..200).map(|n| share(n).pause(tries)).collect()
    };
    assert!(pauses(1).len() > 100, "{} different pauses", pauses(1).len());
    let longest = |tries: u32| pauses(tries).last().copied().unwrap();
    assert!(longest(1) < Duration::from_millis(40) && longest(2) > Duration::from_millis(60));
    let in_all: Duration = (1..=TRIES).map(longest).sum();
    assert!(in_all < Duration::from_secs(5), "{in_all:?}");
}

#[test]
fn the_first_signal_of_a_group_opens_its_incident() {
    let commit = decided(&[raw("a", "web-1", "firing", 0)], None, 0);
    assert_eq!((commit.incident.version, &commit.incident.state), (1, &State::Firing));
    assert_eq!(commit.opens, Some(Opens { after: None }));
    assert!(commit.open);
    let again = decided(&[raw("a", "web-1", "firing", 0)], None, 7);
    assert_eq!(again.incident.id, commit.incident.id, "a repeated delivery meets the incident that it made");
}

#[test]
fn a_signal_of_an_open_incident_belongs_to_it() {
    let open = decided(&[raw("a", "web-1", "firing", 0)], None, 0).incident;
    let commit = decided(&[raw("b", "web-1", "resolved", 5)], Some(&open), 5);
    assert_eq!((&commit.incident.id, commit.incident.version), (&open.id, 2));
    assert_eq!((commit.opens, commit.open), (None, false));
}

#[test]
fn a_refire_reopens_within_the_window_and_makes_a_new_one_after_it() {
    let over = resolved_at(5);
    let soon = decided(&[raw("c", "web-1", "firing", 20)], Some(&over), 20);
    assert_eq!((&soon.incident.id, &soon.incident.state), (&over.id, &State::Firing));
    assert_eq!(
        soon.opens,
        Some(Opens { after: Some(over.id.clone()) }),
        "unless somebody opened another one"
    );
    let later = decided(&[raw("c", "web-1", "firing", 40)], Some(&over), 40);
    assert_ne!(later.incident.id, over.id);
    assert_eq!(later.opens, Some(Opens { after: Some(over.id) }));
    assert_eq!((later.incident.version, later.incident.opened_at), (1, at(40)));
}

#[test]
fn what_the_old_incident_knows_does_not_make_the_new_one_older() {
    let over = resolved_at(5);
    // A repeat of the old firing arrives in one batch with the new one, in either order.
    let (old, new) = (raw("a2", "web-1", "firing", 0), raw("c", "web-1", "firing", 120));
    for batch in [[old.clone(), new.clone()], [new, old]] {
        let commit = decided(&batch, Some(&over), 120);
        assert_ne!(commit.incident.id, over.id);
        assert_eq!(commit.incident.opened_at, at(120));
        assert_eq!(commit.incident.counts.firings, 1);
        assert_eq!(commit.records.len(), 2, "both are kept");
    }
}

#[test]
fn a_late_end_of_an_old_incident_stays_with_it() {
    let over = resolved_at(5);
    let commit = decided(&[raw("d", "web-1", "resolved", 5)], Some(&over), 300);
    assert_eq!((commit.incident.id, commit.opens), (over.id, None));
}

#[test]
fn a_notice_stands_for_itself_and_belongs_to_no_group() {
    let batch = [raw("a", "web-1", "info", 0), raw("b", "web-1", "info", 0)];
    let shares = share_out(&batch);
    assert_eq!(shares.len(), 2);
    let commits: Vec<Commit> = shares
        .iter()
        .map(|share| decide(share, None, SHORTEST_ID, &Rules::default(), at(0)).unwrap())
        .collect();
    assert_ne!(commits[0].incident.id, commits[1].incident.id);
    for commit in &commits {
        assert_eq!((&commit.incident.state, &commit.opens, commit.open), (&State::Notice, &None, false));
    }
}

#[test]
fn what_was_committed_before_is_left_out() {
    let batch = [raw("a", "web-1", "firing", 0), raw("b", "web-1", "resolved", 5)];
    let mut share = share_out(&batch).remove(0);
    let first = share.seen(at(5)).remove(0).id;
    share.forget(&[first]);
    assert_eq!(share.signals().count(), 1);
    share.forget(&share.seen(at(5)).into_iter().map(|seen| seen.id).collect::<Vec<_>>());
    assert!(decide(&share, None, SHORTEST_ID, &Rules::default(), at(5)).is_none(), "nothing is left");
}

#[test]
fn a_person_who_resolved_it_is_not_overruled_by_a_repeat() {
    let open = decided(&[raw("a", "web-1", "firing", 0)], None, 0).incident;
    let said = shared::core::incident::Response {
        verb: Verb::Resolve,
        by: "U01ANA".into(),
        origin: shared::core::incident::Origin::Button,
    };
    let over = apply(&open, &[Event::Response(said)], &Rules::default(), at(1)).incident;
    let commit = decided(&[raw("b", "web-1", "firing", 0)], Some(&over), 100);
    assert_eq!(commit.incident.id, over.id);
    assert!(!commit.incident.state.is_open());
}
