//! What nobody would send on purpose: names with separators, empty and huge names, incidents at the limit of an item.

use std::sync::Arc;

use super::fixtures::{entry, noise, opening, record, t};
use super::{Outcome, Store};
use crate::core::feed::Feed;
use crate::core::incident::{IncidentId, MAX_THINGS, Thing, What};
use crate::core::signal::Status;
use crate::store::{Channel, CommitError, First, Opens, Seen, StoreError};

/// Names that break stores which put them into keys as they are.
fn names() -> Vec<String> {
    let mut names: Vec<String> = [
        "",
        " ",
        "#",
        "##",
        "-",
        "~",
        "%",
        "%23",
        "META",
        "T#",
        "OPEN",
        "a#b",
        "a",
        "\u{0}",
        "\n",
        "\"}",
        "{{ x }}",
        ":pk",
        "\u{e9}",
        "e\u{301}",
        "\u{1f525}\u{1f525}",
        "\u{202e}abc",
        "\u{10ffff}",
        "'; DROP TABLE incidents; --",
    ]
    .map(str::to_owned)
    .into();
    names.extend([noise(10_000), noise(10_001), "#".repeat(10_000), "\u{fffd}".repeat(3000)]);
    names
}

pub(super) async fn any_text_is_an_id_a_key_and_a_name(store: Arc<dyn Store>) -> Outcome {
    for (n, name) in names().iter().enumerate() {
        let mut commit = opening(name, name);
        commit.incident.route.clone_from(name);
        commit.incident.behind_at = Some(t(n.try_into()?));
        commit.entries = vec![entry(name, What::Noted { text: name.clone() })];
        commit.posted = vec![(name.clone(), name.clone())];
        commit.seen = vec![Seen { scope: name.clone(), id: name.clone(), until: t(100) }];
        commit.records = vec![record(name, name, t(0))];
        store.commit(&commit).await?;
        store
            .put_channel(&Channel { name: name.clone(), id: Some(name.clone()), ..Channel::default() })
            .await?;
        let feed = Feed { name: name.clone(), version: 1, etag: Some(name.clone()), ..Feed::default() };
        assert!(store.put_feed(&feed).await?);
    }
    for name in names() {
        let id = IncidentId(name.clone());
        let loaded = store.incident(&id).await?.ok_or("gone")?;
        assert_eq!((&loaded.incident.id, loaded.timeline.len()), (&id, 1));
        assert_eq!(store.latest(&name, &name).await?, Some(loaded.incident));
        assert_eq!(store.by_post(&name, &name).await?, Some(id));
        assert_eq!(store.channel(&name).await?.id.as_ref(), Some(&name));
        let feeds = store.feeds(std::slice::from_ref(&name)).await?;
        assert_eq!(feeds.first().and_then(|feed| feed.etag.as_ref()), Some(&name));
        let seen = Seen { scope: name.clone(), id: name, until: t(100) };
        assert!(!store.claim(&seen, t(0)).await?);
    }
    assert_eq!(store.open(First::Newest, 100).await?.len(), names().len());
    assert_eq!(store.behind(t(1000), 100).await?, names().into_iter().map(IncidentId).collect::<Vec<_>>());
    let kept = store.signals(t(0)).await?;
    assert_eq!(kept.len(), names().len());
    Ok(())
}

pub(super) async fn separators_in_names_do_not_let_two_things_meet(store: Arc<dyn Store>) -> Outcome {
    for (scope, id) in [("a#b", "c"), ("a", "b#c"), ("a%23b", "c"), ("", "a#b#c"), ("a#b#c", "")] {
        let seen = Seen { scope: scope.to_owned(), id: id.to_owned(), until: t(100) };
        assert!(store.claim(&seen, t(0)).await?, "{scope:?} {id:?}");
    }
    let mut first = opening("aaaaa", "c");
    first.incident.route = "a#b".to_owned();
    first.posted = vec![("C#1".to_owned(), "2".to_owned())];
    store.commit(&first).await?;
    let mut second = opening("bbbbb", "b#c");
    second.incident.route = "a".to_owned();
    second.opens = Some(Opens { after: None });
    store.commit(&second).await?;
    assert_eq!(store.by_post("C", "1#2").await?, None);
    Ok(())
}

pub(super) async fn a_large_incident_comes_back(store: Arc<dyn Store>) -> Outcome {
    let mut commit = opening("aaaaa", "api");
    let text = noise(350_000);
    for (n, key) in text.as_bytes().chunks(text.len() / MAX_THINGS).take(MAX_THINGS).enumerate() {
        let key = format!("{n} {}", String::from_utf8_lossy(key));
        commit.incident.things.insert(key, Thing { status: Status::Firing, at: t(n.try_into()?) });
    }
    store.commit(&commit).await?;
    let loaded = store.incident(&commit.incident.id).await?.ok_or("gone")?;
    assert!(loaded.incident == commit.incident, "a thing was changed on the way");
    Ok(())
}

pub(super) async fn an_incident_that_fits_no_item_is_refused(store: Arc<dyn Store>) -> Outcome {
    let mut commit = opening("aaaaa", "api");
    commit.incident.content.text = noise(1_000_000);
    let refused = store.commit(&commit).await;
    assert!(
        matches!(&refused, Err(CommitError::Store(StoreError::Refused(text))) if text.contains("aaaaa")),
        "{refused:?}"
    );
    assert_eq!(store.latest("alerts", "api").await?, None);
    Ok(())
}
