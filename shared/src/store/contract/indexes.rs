//! The lists: what is open, what Slack does not show yet, what must happen at a time.

use std::sync::Arc;

use jiff::Timestamp;

use super::fixtures::{changed, opening, t};
use super::{Outcome, Store};
use crate::core::incident::{Incident, IncidentId, State};
use crate::store::{Commit, First, MAX_OPEN};

fn opened_at(id: &str, at: Timestamp) -> Commit {
    let mut commit = opening(id, id);
    commit.incident.opened_at = at;
    commit
}

fn ids(incidents: &[Incident]) -> Vec<&str> {
    incidents.iter().map(|incident| incident.id.0.as_str()).collect()
}

pub(super) async fn open_lists_from_either_end_up_to_the_limit(store: Arc<dyn Store>) -> Outcome {
    for (id, at) in
        [("aaaaa", t(20)), ("bbbbb", t(30)), ("ccccc", t(-5)), ("ddddd", Timestamp::constant(0, 7))]
    {
        store.commit(&opened_at(id, at)).await?;
    }
    assert_eq!(ids(&store.open(First::Newest, 100).await?), ["bbbbb", "aaaaa", "ccccc", "ddddd"]);
    assert_eq!(ids(&store.open(First::Newest, 2).await?), ["bbbbb", "aaaaa"]);
    assert_eq!(ids(&store.open(First::Newest, 0).await?), [""; 0]);
    assert_eq!(ids(&store.open(First::Oldest, 100).await?), ["ddddd", "ccccc", "aaaaa", "bbbbb"]);
    assert_eq!(ids(&store.open(First::Oldest, 2).await?), ["ddddd", "ccccc"]);
    Ok(())
}

pub(super) async fn open_lists_what_is_open_and_only_that(store: Arc<dyn Store>) -> Outcome {
    let mut notice = opening("notice", "notice");
    notice.incident.state = State::Notice;
    notice.open = false;
    store.commit(&notice).await?;
    let first = opening("aaaaa", "api");
    store.commit(&first).await?;
    assert_eq!(ids(&store.open(First::Newest, 10).await?), ["aaaaa"]);
    let mut earlier = changed(&first);
    earlier.incident.opened_at = t(-100);
    store.commit(&earlier).await?;
    assert_eq!(store.open(First::Newest, 10).await?, [earlier.incident.clone()], "once, as it is now");
    let mut resolved = changed(&earlier);
    resolved.open = false;
    store.commit(&resolved).await?;
    assert_eq!(store.open(First::Newest, 10).await?, []);
    let mut reopened = changed(&resolved);
    reopened.open = true;
    store.commit(&reopened).await?;
    assert_eq!(store.open(First::Newest, 10).await?, [reopened.incident]);
    Ok(())
}

pub(super) async fn open_lists_a_hundred_at_most(store: Arc<dyn Store>) -> Outcome {
    for n in 0..=100 {
        store.commit(&opened_at(&format!("a{n:04}"), t(n))).await?;
    }
    let open = store.open(First::Newest, 1000).await?;
    assert_eq!(open.len(), MAX_OPEN);
    assert_eq!(open.first().map(|incident| incident.id.0.as_str()), Some("a0100"));
    assert_eq!(open.last().map(|incident| incident.id.0.as_str()), Some("a0001"));
    Ok(())
}

pub(super) async fn behind_appears_moves_and_disappears(store: Arc<dyn Store>) -> Outcome {
    let first = opening("aaaaa", "api");
    let id = [first.incident.id.clone()];
    store.commit(&first).await?;
    assert_eq!(store.behind(t(1000), 10).await?, []);
    let mut second = changed(&first);
    second.incident.behind_at = Some(t(10));
    store.commit(&second).await?;
    assert_eq!(store.behind(t(9), 10).await?, []);
    assert_eq!(store.behind(t(10), 10).await?, id, "at the time itself");
    let mut third = changed(&second);
    third.incident.behind_at = Some(t(20));
    store.commit(&third).await?;
    assert_eq!(store.behind(t(10), 10).await?, [], "it moved");
    assert_eq!(store.behind(t(1000), 10).await?, id, "once");
    let mut fourth = changed(&third);
    fourth.incident.behind_at = None;
    store.commit(&fourth).await?;
    assert_eq!(store.behind(t(1000), 10).await?, []);
    assert_eq!(store.due(t(1000), 10).await?, [], "an index of its own");
    Ok(())
}

pub(super) async fn due_appears_moves_and_disappears(store: Arc<dyn Store>) -> Outcome {
    let mut first = opening("aaaaa", "api");
    let id = [first.incident.id.clone()];
    first.due_at = Some(Timestamp::constant(1_900_000_810, 1));
    store.commit(&first).await?;
    assert_eq!(store.due(t(10), 10).await?, [], "a nanosecond too early");
    assert_eq!(store.due(t(11), 10).await?, id);
    let mut second = changed(&first);
    second.due_at = Some(t(20));
    store.commit(&second).await?;
    assert_eq!(store.due(t(19), 10).await?, []);
    assert_eq!(store.due(t(20), 10).await?, id);
    let mut third = changed(&second);
    third.due_at = None;
    store.commit(&third).await?;
    assert_eq!(store.due(t(1000), 10).await?, []);
    assert_eq!(store.behind(t(1000), 10).await?, [], "an index of its own");
    Ok(())
}

pub(super) async fn an_index_gives_the_oldest_up_to_the_limit(store: Arc<dyn Store>) -> Outcome {
    for (id, at) in [("aaaaa", 30), ("bbbbb", 10), ("ccccc", 20), ("ddddd", -40), ("eeeee", 50)] {
        let mut commit = opening(id, id);
        commit.incident.behind_at = Some(t(at));
        commit.due_at = Some(t(-at));
        store.commit(&commit).await?;
    }
    let expect = |ids: &[&str]| ids.iter().map(|id| IncidentId((*id).to_owned())).collect::<Vec<_>>();
    assert_eq!(store.behind(t(30), 10).await?, expect(&["ddddd", "bbbbb", "ccccc", "aaaaa"]));
    assert_eq!(store.behind(t(30), 2).await?, expect(&["ddddd", "bbbbb"]));
    assert_eq!(store.due(t(-10), 10).await?, expect(&["eeeee", "aaaaa", "ccccc", "bbbbb"]));
    assert_eq!(store.due(t(-10), 1).await?, expect(&["eeeee"]));
    assert_eq!(store.due(t(100), 0).await?, []);
    Ok(())
}
