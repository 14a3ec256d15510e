//! What reports count: filed by the day on which an incident fired, replaced as it changes.

use std::sync::Arc;

use super::fixtures::{changed, opening, t};
use super::{Outcome, Store};
use crate::core::incident::IncidentId;
use crate::core::report::Digest;

const DAY: i64 = 86_400;

fn digest(id: &str, fired_at: i64) -> Digest {
    Digest {
        incident: IncidentId(id.to_owned()),
        route: "alerts".to_owned(),
        group: "api#1".to_owned(),
        title: "API läuft heiß".to_owned(),
        fired_at: t(fired_at),
        acknowledged_at: Some(t(fired_at + 60)),
        resolved_at: Some(t(fired_at + 600)),
        firings: 3,
        acted_on: true,
    }
}

async fn read(store: &dyn Store, since: i64, until: i64) -> Result<Vec<Digest>, super::super::StoreError> {
    let mut digests = Vec::new();
    store.digests(t(since), t(until), &mut |digest| digests.push(digest)).await?;
    digests.sort_by(|a, b| (a.fired_at, &a.incident).cmp(&(b.fired_at, &b.incident)));
    Ok(digests)
}

pub(super) async fn digests_are_read_by_the_time_of_firing_over_days(store: Arc<dyn Store>) -> Outcome {
    let fired = [("aaaaa", -DAY), ("bbbbb", 0), ("ccccc", 10), ("ddddd", DAY), ("eeeee", 3 * DAY)];
    for (id, at) in fired {
        let mut commit = opening(id, id);
        commit.digest = Some(digest(id, at));
        store.commit(&commit).await?;
    }
    store.commit(&opening("fffff", "without")).await?;
    let all = fired.map(|(id, at)| digest(id, at));
    assert_eq!(read(&*store, -DAY, 3 * DAY + 1).await?, all);
    assert_eq!(read(&*store, -DAY, 3 * DAY).await?, all[..4], "until is not part of it");
    assert_eq!(read(&*store, 0, DAY).await?, all[1..3]);
    assert_eq!(read(&*store, 11, 12).await?, []);
    assert_eq!(read(&*store, 12, 11).await?, []);
    Ok(())
}

pub(super) async fn a_digest_is_replaced_and_what_may_be_missing_comes_back_missing(
    store: Arc<dyn Store>,
) -> Outcome {
    let mut first = opening("aaaaa", "api");
    let open = Digest {
        acknowledged_at: None,
        resolved_at: None,
        firings: 1,
        acted_on: false,
        ..digest("aaaaa", 0)
    };
    first.digest = Some(open.clone());
    store.commit(&first).await?;
    assert_eq!(read(&*store, 0, 1).await?, [open]);
    let mut second = changed(&first);
    second.digest = Some(digest("aaaaa", 0));
    store.commit(&second).await?;
    store.commit(&changed(&second)).await?;
    assert_eq!(read(&*store, 0, 1).await?, [digest("aaaaa", 0)]);
    let mut refused = changed(&first);
    refused.digest = Some(digest("aaaaa", 5));
    assert!(store.commit(&refused).await.is_err(), "the version is past");
    assert_eq!(read(&*store, 0, 10).await?, [digest("aaaaa", 0)]);
    Ok(())
}
