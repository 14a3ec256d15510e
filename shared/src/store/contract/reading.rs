//! What was written comes back: by id, by group, by post, by channel, by hour.

use std::sync::Arc;

use super::fixtures::{
    changed, entry, full_incidents, full_records, full_timeline, noise, opening, record, t,
};
use super::{Outcome, Store};
use crate::core::incident::{Effect, IncidentId, Line, What};
use crate::core::raw::Raw;
use crate::store::{Channel, First, SignalRecord};

pub(super) async fn what_is_not_there_is_none(store: Arc<dyn Store>) -> Outcome {
    assert_eq!(store.incident(&IncidentId("aaaaa".to_owned())).await?, None);
    assert_eq!(store.latest("alerts", "api").await?, None);
    assert_eq!(store.by_post("C1", "1.1").await?, None);
    assert_eq!(store.open(First::Newest, 10).await?, []);
    assert_eq!(store.behind(t(0), 10).await?, []);
    assert_eq!(store.due(t(0), 10).await?, []);
    assert_eq!(store.signals(t(0)).await?, []);
    Ok(())
}

pub(super) async fn every_field_comes_back(store: Arc<dyn Store>) -> Outcome {
    for incident in full_incidents() {
        let id = incident.id.clone();
        let mut commit = opening(&id.0, &incident.group);
        commit.incident = incident;
        commit.entries = full_timeline();
        store.commit(&commit).await?;
        let loaded = store.incident(&id).await?.ok_or("gone")?;
        assert_eq!(loaded.incident, commit.incident);
        assert_eq!(loaded.timeline, commit.entries);
        assert_eq!(store.latest("alerts", &commit.incident.group).await?, Some(commit.incident));
    }
    let mut commit = opening("aaaaa", "records");
    commit.records = full_records("aaaaa");
    store.commit(&commit).await?;
    assert_eq!(store.signals(t(0)).await?, commit.records);
    Ok(())
}

pub(super) async fn the_timeline_is_in_order_and_its_entries_can_change(store: Arc<dyn Store>) -> Outcome {
    let line = |effect| Line { channel: "#alerts".to_owned(), broadcast: true, effect };
    let mut first = opening("aaaaa", "api");
    let mut note = entry("00000001.01", What::Noted { text: "looking".to_owned() });
    note.lines = vec![line(Effect::Wanted)];
    first.entries = vec![note.clone(), entry("00000001.00", What::Refired)];
    store.commit(&first).await?;
    let mut second = changed(&first);
    note.lines = vec![line(Effect::Done { ts: "1.2".to_owned() })];
    second.entries = vec![entry("00000010.00", What::Resolved), note, entry("00000002.00", What::Reopened)];
    store.commit(&second).await?;
    store.commit(&opening("aaaaa0", "neighbour")).await?;
    let loaded = store.incident(&first.incident.id).await?.ok_or("gone")?;
    let order: Vec<&str> = loaded.timeline.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(order, ["00000001.00", "00000001.01", "00000002.00", "00000010.00"]);
    assert_eq!(loaded.timeline.get(1), second.entries.get(1), "as it was changed");
    Ok(())
}

pub(super) async fn a_timeline_of_many_pages_comes_back_whole(store: Arc<dyn Store>) -> Outcome {
    let mut commit = opening("aaaaa", "api");
    let mut expected = Vec::new();
    for version in 1..=3 {
        let note = |n| {
            entry(&format!("{version:08}.{n:02}"), What::Noted { text: format!("{n} {}", noise(12_000)) })
        };
        commit.entries = (0..90).map(note).collect();
        expected.extend(commit.entries.clone());
        store.commit(&commit).await?;
        commit = changed(&commit);
    }
    let loaded = store.incident(&commit.incident.id).await?.ok_or("gone")?;
    assert_eq!(loaded.timeline.len(), 270);
    assert!(loaded.timeline == expected, "an entry was changed on the way");
    Ok(())
}

pub(super) async fn a_root_message_leads_to_its_incident(store: Arc<dyn Store>) -> Outcome {
    let first = opening("aaaaa", "api");
    store.commit(&first).await?;
    assert_eq!(store.by_post("C1", "1.1").await?, None);
    let mut second = changed(&first);
    second.posted = vec![("C1".to_owned(), "1.1".to_owned()), ("C2".to_owned(), "1.1".to_owned())];
    store.commit(&second).await?;
    assert_eq!(store.by_post("C1", "1.1").await?, Some(first.incident.id.clone()));
    assert_eq!(store.by_post("C2", "1.1").await?, Some(first.incident.id));
    assert_eq!(store.by_post("C1", "1.2").await?, None);
    Ok(())
}

pub(super) async fn the_newest_of_a_group_stays_so_when_it_resolves(store: Arc<dyn Store>) -> Outcome {
    let first = opening("aaaaa", "api");
    store.commit(&first).await?;
    let mut resolved = changed(&first);
    resolved.open = false;
    store.commit(&resolved).await?;
    assert_eq!(store.latest("alerts", "api").await?, Some(resolved.incident));
    assert_eq!(store.latest("rest", "api").await?, None, "of another route");
    Ok(())
}

pub(super) async fn a_channel_is_fresh_until_something_is_known_of_it(store: Arc<dyn Store>) -> Outcome {
    let fresh = store.channel("#alerts").await?;
    assert_eq!(fresh, Channel { name: "#alerts".to_owned(), ..Channel::default() });
    let mut known = Channel {
        name: "#alerts".to_owned(),
        id: Some("C1".to_owned()),
        not_before: [("chat.postMessage".to_owned(), t(5)), ("chat.update".to_owned(), t(6))].into(),
        dead: Some(("is_archived".to_owned(), t(7))),
    };
    store.put_channel(&known).await?;
    assert_eq!(store.channel("#alerts").await?, known);
    known.dead = None;
    known.not_before.clear();
    store.put_channel(&known).await?;
    assert_eq!(store.channel("#alerts").await?, known);
    assert_eq!(store.channel("alerts").await?.id, None, "another channel");
    Ok(())
}

async fn keep(store: &dyn Store, id: &str, records: Vec<SignalRecord>) -> Outcome {
    let mut commit = opening(id, id);
    commit.records = records;
    Ok(store.commit(&commit).await?)
}

pub(super) async fn signals_are_filed_by_the_hour_in_order_of_receipt(store: Arc<dyn Store>) -> Outcome {
    let hour: Vec<SignalRecord> =
        (0..40).map(|n| record(&format!("{:02}", (n * 17) % 40), "aaaaa", t(n * 120))).collect();
    let shuffled = hour.iter().rev().cloned().collect();
    keep(&*store, "aaaaa", shuffled).await?;
    let in_hour = |wanted: i64| {
        hour.iter().filter(move |record| record.received_at.as_second().div_euclid(3600) == wanted).cloned()
    };
    let first = t(0).as_second().div_euclid(3600);
    let expected: Vec<SignalRecord> = in_hour(first).collect();
    assert!(!expected.is_empty() && expected.len() < hour.len(), "the fixture spans a border");
    assert_eq!(store.signals(t(0)).await?, expected);
    assert_eq!(store.signals(t(3600)).await?, in_hour(first + 1).collect::<Vec<_>>());
    assert_eq!(store.signals(t(-3600)).await?, []);
    Ok(())
}

pub(super) async fn a_record_written_twice_is_there_once(store: Arc<dyn Store>) -> Outcome {
    let mut kept = record("one", "aaaaa", t(0));
    keep(&*store, "aaaaa", vec![kept.clone()]).await?;
    kept.incident = IncidentId("bbbbb".to_owned());
    keep(&*store, "bbbbb", vec![kept.clone()]).await?;
    assert_eq!(store.signals(t(0)).await?, [kept]);
    Ok(())
}

fn large(id: &str) -> SignalRecord {
    let mut large = record(id, "aaaaa", t(0));
    large.raw = large.raw.map(|raw| Raw { body: noise(900_000), ..raw });
    large
}

pub(super) async fn a_payload_that_does_not_fit_is_left_out_and_the_signals_stay(
    store: Arc<dyn Store>,
) -> Outcome {
    let mut roomy = record("roomy", "aaaaa", t(0));
    roomy.raw = roomy.raw.map(|raw| Raw { body: "repeats itself ".repeat(100_000), ..raw });
    keep(&*store, "aaaaa", vec![large("large"), roomy.clone()]).await?;
    let mut without = large("large");
    without.raw = None;
    assert!(
        store.signals(t(0)).await? == [without, roomy],
        "what compresses stays, what does not fit is left out"
    );

    let mut hopeless = record("hopeless", "aaaaa", t(3600));
    for signal in &mut hopeless.signals {
        signal.text = noise(900_000);
    }
    keep(&*store, "bbbbb", vec![hopeless]).await?;
    let kept = store.signals(t(3600)).await?;
    assert_eq!(kept.iter().map(|record| record.id.as_str()).collect::<Vec<_>>(), ["hopeless"]);
    Ok(())
}

pub(super) async fn ninety_large_payloads_do_not_keep_a_commit_from_being_written(
    store: Arc<dyn Store>,
) -> Outcome {
    let mut records: Vec<SignalRecord> = (0..90).map(|n| record(&format!("{n:02}"), "aaaaa", t(0))).collect();
    for kept in &mut records {
        kept.raw = kept.raw.take().map(|raw| Raw { body: noise(80_000), ..raw });
    }
    keep(&*store, "aaaaa", records.clone()).await?;
    let kept = store.signals(t(0)).await?;
    assert_eq!(kept.len(), 90);
    assert!(
        kept.iter().zip(&records).all(|(kept, record)| kept.signals == record.signals),
        "every signal stays"
    );
    Ok(())
}
