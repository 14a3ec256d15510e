//! The incident as it is written down, with its posts. Only the mirror of the core's types; no rule may enter.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Version;
use super::report::ReportRecord;
use super::signal::{LinkRecord, SeverityRecord, StatusRecord};
use super::timeline::{ActorRecord, EffectRecord, MovedRecord};
use crate::core::incident::{Content, Counts, Incident, IncidentId, Post, State, Thing, Why};

/// An incident.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::store) struct IncidentRecord {
    v: Version,
    id: String,
    ver: u64,
    rev: u64,
    route: String,
    group: String,
    state: StateRecord,
    sev: SeverityRecord,
    content: ContentRecord,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    things: BTreeMap<String, ThingRecord>,
    counts: CountsRecord,
    opened: Timestamp,
    changed: Timestamp,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    posts: Vec<PostRecord>,
    why: WhyRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    behind: Option<Timestamp>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "lowercase")]
enum StateRecord {
    Notice,
    Firing,
    Acknowledged {
        by: ActorRecord,
        at: Timestamp,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        lapses: Option<Timestamp>,
    },
    Resolved {
        by: ActorRecord,
        at: Timestamp,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct ContentRecord {
    src: String,
    kind: String,
    title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    facts: Vec<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<LinkRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    report: Option<ReportRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
struct ThingRecord {
    is: StatusRecord,
    at: Timestamp,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(default)]
#[derive(Default)]
struct CountsRecord {
    signals: u64,
    firings: u64,
    reopened: u64,
    untracked: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    fired: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ack: Option<Timestamp>,
    #[serde(skip_serializing_if = "is_zero")]
    acts: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct PostRecord {
    ch: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    root: EffectRecord,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    shown: Option<u64>,
    #[serde(default)]
    rev: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<Timestamp>,
    #[serde(default)]
    fails: u32,
    #[serde(default)]
    plain: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    moved: Option<MovedRecord>,
}

#[derive(Debug, Serialize, Deserialize)]
struct WhyRecord {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    when: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    by: Vec<(String, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    not: Vec<(String, String)>,
    key: String,
}

/// What is usual is not written.
fn is_zero(number: &u64) -> bool {
    *number == 0
}

impl From<&Incident> for IncidentRecord {
    fn from(incident: &Incident) -> Self {
        let Incident {
            id,
            version,
            revision,
            route,
            group,
            state,
            severity,
            content,
            things,
            counts,
            opened_at,
            changed_at,
            posts,
            why,
            behind_at,
        } = incident.clone();
        let things = things
            .into_iter()
            .map(|(key, Thing { status, at })| (key, ThingRecord { is: status.into(), at }));
        Self {
            v: Version,
            id: id.0,
            ver: version,
            rev: revision,
            route,
            group,
            state: state.into(),
            sev: severity.into(),
            content: content.into(),
            things: things.collect(),
            counts: counts.into(),
            opened: opened_at,
            changed: changed_at,
            posts: posts.into_iter().map(Into::into).collect(),
            why: why.into(),
            behind: behind_at,
        }
    }
}

impl From<IncidentRecord> for Incident {
    fn from(record: IncidentRecord) -> Self {
        let things = record
            .things
            .into_iter()
            .map(|(key, thing)| (key, Thing { status: thing.is.into(), at: thing.at }));
        Self {
            id: IncidentId(record.id),
            version: record.ver,
            revision: record.rev,
            route: record.route,
            group: record.group,
            state: record.state.into(),
            severity: record.sev.into(),
            content: record.content.into(),
            things: things.collect(),
            counts: record.counts.into(),
            opened_at: record.opened,
            changed_at: record.changed,
            posts: record.posts.into_iter().map(Into::into).collect(),
            why: record.why.into(),
            behind_at: record.behind,
        }
    }
}

impl From<State> for StateRecord {
    fn from(state: State) -> Self {
        match state {
            State::Notice => Self::Notice,
            State::Firing => Self::Firing,
            State::Acknowledged { by, at, lapses_at } => {
                Self::Acknowledged { by: by.into(), at, lapses: lapses_at }
            }
            State::Resolved { by, at } => Self::Resolved { by: by.into(), at },
        }
    }
}

impl From<StateRecord> for State {
    fn from(record: StateRecord) -> Self {
        match record {
            StateRecord::Notice => Self::Notice,
            StateRecord::Firing => Self::Firing,
            StateRecord::Acknowledged { by, at, lapses } => {
                Self::Acknowledged { by: by.into(), at, lapses_at: lapses }
            }
            StateRecord::Resolved { by, at } => Self::Resolved { by: by.into(), at },
        }
    }
}

impl From<Content> for ContentRecord {
    fn from(content: Content) -> Self {
        let Content { source, kind, title, text, facts, labels, links, report } = content;
        Self {
            src: source,
            kind,
            title,
            text,
            facts,
            labels,
            links: links.into_iter().map(Into::into).collect(),
            report: report.map(|report| (*report).into()),
        }
    }
}

impl From<ContentRecord> for Content {
    fn from(record: ContentRecord) -> Self {
        let ContentRecord { src, kind, title, text, facts, labels, links, report } = record;
        Self {
            source: src,
            kind,
            title,
            text,
            facts,
            labels,
            links: links.into_iter().map(Into::into).collect(),
            report: report.map(|report| Box::new(report.into())),
        }
    }
}

impl From<Counts> for CountsRecord {
    fn from(counts: Counts) -> Self {
        let Counts { signals, firings, reopened, untracked, fired_at, acknowledged_at, responses } = counts;
        Self { signals, firings, reopened, untracked, fired: fired_at, ack: acknowledged_at, acts: responses }
    }
}

impl From<CountsRecord> for Counts {
    fn from(record: CountsRecord) -> Self {
        let CountsRecord { signals, firings, reopened, untracked, fired, ack, acts } = record;
        Self { signals, firings, reopened, untracked, fired_at: fired, acknowledged_at: ack, responses: acts }
    }
}

impl From<Post> for PostRecord {
    fn from(post: Post) -> Self {
        let Post { channel, channel_id, root, shown, shown_revision, next_at, failures, plain, moved } = post;
        Self {
            ch: channel,
            id: channel_id,
            root: root.into(),
            shown,
            rev: shown_revision,
            next: next_at,
            fails: failures,
            plain,
            moved: moved.map(Into::into),
        }
    }
}

impl From<PostRecord> for Post {
    fn from(record: PostRecord) -> Self {
        Self {
            channel: record.ch,
            channel_id: record.id,
            root: record.root.into(),
            shown: record.shown,
            shown_revision: record.rev,
            next_at: record.next,
            failures: record.fails,
            plain: record.plain,
            moved: record.moved.map(Into::into),
        }
    }
}

impl From<Why> for WhyRecord {
    fn from(why: Why) -> Self {
        let Why { when, grouped_by, rejected, key } = why;
        Self { when, by: grouped_by, not: rejected, key }
    }
}

impl From<WhyRecord> for Why {
    fn from(record: WhyRecord) -> Self {
        Self { when: record.when, grouped_by: record.by, rejected: record.not, key: record.key }
    }
}
