//! What the plan says of a post: given, now, then.

use super::*;
use crate::core::fixtures::at;
use crate::core::incident::{Actor, Line, What};

const WANTED: u64 = 7;

/// A post in `#alerts` with this root message; Slack shows the wanted content.
fn post(root: Effect) -> Post {
    Post { root, shown: Some(WANTED), ..Post::wanted("#alerts") }
}

fn done() -> Effect {
    Effect::Done { ts: "100.1".into() }
}

fn started(second: i64, looked: u32) -> Effect {
    Effect::Started { at: at(second), first: at(second), looked }
}

/// A timeline entry that wants one line in `#alerts`.
fn entry(id: &str, effect: Effect) -> Entry {
    in_channels(id, &[("#alerts", effect)])
}

fn in_channels(id: &str, lines: &[(&str, Effect)]) -> Entry {
    let line = |(channel, effect): &(&str, Effect)| Line {
        channel: (*channel).into(),
        broadcast: false,
        effect: effect.clone(),
    };
    let what = What::Noted { text: "hi".into() };
    Entry {
        id: id.into(),
        at: at(0),
        by: Actor::person("ANA"),
        what,
        lines: lines.iter().map(line).collect(),
    }
}

/// The plan at second 10, as one line.
fn told(post: &Post, timeline: &[Entry], pace: Pace) -> String {
    let Plan { step, reason, wake_at } = plan(WANTED, post, timeline, pace, at(10));
    let step = match step {
        None => "nothing".to_owned(),
        Some(Step::Post) => "post".into(),
        Some(Step::Find { .. }) => "find".into(),
        Some(Step::Edit { ts }) => format!("edit {ts}"),
        Some(Step::Line { entry, thread_ts }) => format!("line {entry} under {thread_ts}"),
        Some(Step::FindLine { entry, thread_ts, .. }) => format!("find line {entry} under {thread_ts}"),
    };
    let wake =
        wake_at.map_or_else(String::new, |wake| format!(" until {}", wake.duration_since(at(0)).as_secs()));
    format!("{step}{wake}, {reason:?}")
}

#[test]
fn one_step_brings_slack_nearer_or_there_is_a_reason_to_wait() {
    let idle = Pace::default();
    let rows: Vec<(&str, Post, Vec<Entry>, &str)> = vec![
        ("nothing was tried", post(Effect::Wanted), vec![], "post, NotPosted"),
        (
            "an unknown try is looked for after 3 s",
            post(started(8, 0)),
            vec![],
            "nothing until 11, OutcomeUnknown",
        ),
        ("and then is", post(started(7, 0)), vec![], "find, OutcomeUnknown"),
        (
            "a look in vain is repeated after 30 s",
            post(started(7, 1)),
            vec![],
            "nothing until 37, OutcomeUnknown",
        ),
        ("and then is", post(started(-20, 1)), vec![], "find, OutcomeUnknown"),
        ("after two looks in vain it is posted again", post(started(-20, 2)), vec![], "post, NotPosted"),
        (
            "it says something else",
            Post { shown: Some(1), ..post(done()) },
            vec![],
            "edit 100.1, ContentChanged",
        ),
        (
            "nobody knows what it says",
            Post { shown: None, ..post(done()) },
            vec![],
            "edit 100.1, ContentChanged",
        ),
        ("it says what is wanted", post(done()), vec![], "nothing, UpToDate"),
        ("it was given up", post(Effect::Dropped { reason: "x".into() }), vec![], "nothing, UpToDate"),
        (
            "after a failure it has a time of its own, whatever is wanted",
            Post { next_at: Some(at(11)), ..post(Effect::Wanted) },
            vec![],
            "nothing until 11, BackingOff",
        ),
        ("which passes", Post { next_at: Some(at(10)), ..post(Effect::Wanted) }, vec![], "post, NotPosted"),
        ("no line without a root", post(Effect::Wanted), vec![entry("1", Effect::Wanted)], "post, NotPosted"),
        (
            "the card comes before its lines",
            Post { shown: Some(1), ..post(done()) },
            vec![entry("1", Effect::Wanted)],
            "edit 100.1, ContentChanged",
        ),
        ("a line", post(done()), vec![entry("1", Effect::Wanted)], "line 1 under 100.1, LineMissing"),
        (
            "the first line that is open comes first",
            post(done()),
            vec![entry("1", done()), entry("2", Effect::Wanted), entry("3", Effect::Wanted)],
            "line 2 under 100.1, LineMissing",
        ),
        (
            "a line whose outcome is unknown holds back the next",
            post(done()),
            vec![entry("1", started(8, 0)), entry("2", Effect::Wanted)],
            "nothing until 11, OutcomeUnknown",
        ),
        (
            "and is looked for",
            post(done()),
            vec![entry("1", started(7, 0)), entry("2", Effect::Wanted)],
            "find line 1 under 100.1, OutcomeUnknown",
        ),
        (
            "and is posted again after two looks in vain",
            post(done()),
            vec![entry("1", started(7, 2)), entry("2", Effect::Wanted)],
            "line 1 under 100.1, LineMissing",
        ),
        (
            "a line that was given up holds nothing back",
            post(done()),
            vec![entry("1", Effect::Dropped { reason: "x".into() }), entry("2", Effect::Wanted)],
            "line 2 under 100.1, LineMissing",
        ),
        (
            "the lines of other channels are not ours",
            post(done()),
            vec![in_channels("1", &[("#ops", Effect::Wanted), ("#alerts", done())])],
            "nothing, UpToDate",
        ),
    ];
    for (claim, post, timeline, then) in rows {
        assert_eq!(told(&post, &timeline, idle), then, "{claim}");
    }
}

#[test]
fn a_channel_is_never_called_faster_than_slack_allows() {
    let later = Some(at(12));
    let (posts, updates, finds) = (
        Pace { post: later, ..Pace::default() },
        Pace { update: later, ..Pace::default() },
        Pace { find: later, ..Pace::default() },
    );
    let line = || vec![entry("1", Effect::Wanted)];
    let changed = Post { shown: Some(1), ..post(done()) };
    let rows: Vec<(Post, Vec<Entry>, Pace)> = vec![
        (post(Effect::Wanted), vec![], posts),
        (post(started(7, 2)), vec![], posts),
        (post(done()), line(), posts),
        (changed.clone(), vec![], updates),
        (post(started(7, 0)), vec![], finds),
        (post(done()), vec![entry("1", started(7, 0))], finds),
    ];
    for (post, timeline, pace) in rows {
        assert_eq!(told(&post, &timeline, pace), "nothing until 12, TooSoon", "{post:?} {pace:?}");
    }
    assert_eq!(told(&changed, &[], posts), "edit 100.1, ContentChanged", "an edit does not wait for posts");
    let now = Pace { post: Some(at(10)), ..Pace::default() };
    assert_eq!(told(&post(Effect::Wanted), &[], now), "post, NotPosted", "the time has come");
}
