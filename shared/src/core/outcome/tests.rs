//! What an outcome makes of a post: step and outcome, then.

use super::*;
use crate::core::fixtures::at;
use crate::core::incident::Verb;

const WANTED: u64 = 7;

/// An incident in `#alerts` whose root was posted, with a note that wants a line in the thread.
fn stage() -> (Incident, Vec<Entry>) {
    let noted = Incident::test().step(1, &[crate::core::fixtures::press("ANA", Verb::Note("hi".into()))]);
    let mut incident = noted.incident;
    incident.posts[0].root = Effect::Done { ts: "100.1".into() };
    incident.posts[0].shown = Some(1);
    (incident, noted.entries)
}

fn line_of(timeline: &[Entry]) -> Step {
    Step::Line { entry: timeline[0].id.clone(), thread_ts: "100.1".into() }
}

fn find_line_of(timeline: &[Entry]) -> Step {
    Step::FindLine { entry: timeline[0].id.clone(), thread_ts: "100.1".into(), tried_at: at(2) }
}

fn edit() -> Step {
    Step::Edit { ts: "100.1".into() }
}

fn effect_in_words(effect: &Effect) -> String {
    match effect {
        Effect::Wanted => "wanted".into(),
        Effect::Started { looked: CANNOT_LOOK, .. } => "started, cannot be looked for".into(),
        Effect::Started { looked, .. } => format!("started, looked {looked}"),
        Effect::Done { ts } => format!("done {ts}"),
        Effect::Dropped { reason } => format!("dropped {reason}"),
    }
}

/// Takes the step at second 2 in `#alerts` (fallback `#ops`): what is left, in one line.
fn told(step: &Step, outcome: &Outcome) -> String {
    let (mut incident, mut timeline) = stage();
    if matches!(step, Step::Post | Step::Find { .. }) {
        incident.posts[0].root = Effect::Wanted;
    }
    // A look follows a try that was started before.
    let tried = match step {
        Step::Find { .. } => Step::Post,
        Step::FindLine { .. } => line_of(&timeline),
        other => other.clone(),
    };
    if must_be_remembered(&incident.posts[0], &tried) {
        started(&mut incident, &mut timeline, "#alerts", &tried, WANTED, at(2));
    }
    let went = record(&mut incident, &mut timeline, "#alerts", "#ops", (step, outcome), WANTED, at(2));
    let post = &incident.posts[0];
    let line = matches!(step, Step::Line { .. } | Step::FindLine { .. });
    let effect = effect_in_words(if line { &timeline[0].lines[0].effect } else { &post.root });
    let mut words = vec![effect];
    if post.channel != "#alerts" {
        words.push(format!("moved to {}", post.channel));
    }
    if matches!(step, Step::Edit { .. }) {
        words.push(format!("shown {:?}", post.shown));
    }
    if post.plain {
        words.push("plain".into());
    }
    if let Some(next_at) = post.next_at {
        words.push(format!("not before {}", next_at.duration_since(at(2)).as_secs()));
    }
    let went = match went {
        GoOn::Now => "go on".to_owned(),
        GoOn::At(then) => format!("hold for {}", then.duration_since(at(2)).as_secs()),
        GoOn::Sweep => "leave it to the sweep".into(),
    };
    format!("{}: {went}", words.join(", "))
}

fn posted() -> Outcome {
    Outcome::Posted { channel_id: "C1".into(), ts: "200.1".into() }
}

#[test]
fn every_outcome_of_every_step_leaves_what_is_known() {
    let (post, edit) = (Step::Post, edit());
    let find = Step::Find { tried_at: at(2) };
    let (line, find_line) = (line_of(&stage().1), find_line_of(&stage().1));
    let refused = || Outcome::Refused("no_permission".into());
    let dead = || Outcome::ChannelDead("is_archived".into());
    let later = |at| Outcome::Later { at };
    let slack_says = Some(at(32));
    let rows: Vec<(&Step, Outcome, &str)> = vec![
        (&post, posted(), "done 200.1: go on"),
        (&post, Outcome::Unknown, "started, looked 0: hold for 2"),
        (&post, later(None), "wanted: hold for 2"),
        (&post, later(slack_says), "wanted: hold for 30"),
        (&post, Outcome::BadBlocks, "wanted, plain: go on"),
        (&post, dead(), "wanted, moved to #ops: go on"),
        (&post, refused(), "wanted, not before 600: leave it to the sweep"),
        (&find, posted(), "done 200.1: go on"),
        (&find, Outcome::NotFound, "started, looked 1: go on"),
        (&find, Outcome::CannotLook, "started, cannot be looked for: go on"),
        (&find, later(None), "started, looked 0: hold for 2"),
        (&find, later(slack_says), "started, looked 0: hold for 30"),
        (&edit, Outcome::Edited, "done 100.1, shown Some(7): go on"),
        (&edit, Outcome::Unknown, "done 100.1, shown None, not before 10: hold for 10"),
        (&edit, later(None), "done 100.1, shown None: hold for 2"),
        (&edit, later(slack_says), "done 100.1, shown None: hold for 30"),
        (&edit, Outcome::BadBlocks, "done 100.1, shown None, plain: go on"),
        (&edit, Outcome::Gone, "wanted, shown None: go on"),
        (&edit, dead(), "wanted, moved to #ops, shown None: go on"),
        (&edit, refused(), "done 100.1, shown None, not before 600: leave it to the sweep"),
        (&line, posted(), "done 200.1: go on"),
        (&line, Outcome::Unknown, "started, looked 0: hold for 2"),
        (&line, later(None), "wanted: hold for 2"),
        (&line, later(slack_says), "wanted: hold for 30"),
        (&line, Outcome::BadBlocks, "dropped refused: go on"),
        (&line, Outcome::Gone, "dropped refused: go on"),
        (&line, dead(), "wanted, moved to #ops: go on"),
        (&line, refused(), "dropped no_permission: go on"),
        (&find_line, posted(), "done 200.1: go on"),
        (&find_line, Outcome::NotFound, "started, looked 1: go on"),
        (&find_line, Outcome::CannotLook, "dropped outcome unknown: go on"),
        (&find_line, later(None), "started, looked 0: hold for 2"),
    ];
    for (step, outcome, then) in rows {
        assert_eq!(told(step, &outcome), then, "{step:?} {outcome:?}");
    }
}

#[test]
fn what_could_not_be_looked_for_is_not_forgotten_by_trying_again() {
    let (mut incident, mut timeline) = stage();
    let find = Step::Find { tried_at: at(2) };
    let tell = |incident: &mut Incident, timeline: &mut Vec<Entry>, step: &Step, outcome: Outcome, second| {
        record(incident, timeline, "#alerts", "#ops", (step, &outcome), WANTED, at(second));
    };
    started(&mut incident, &mut timeline, "#alerts", &Step::Post, WANTED, at(2));
    // The channel is archived: nobody can look, and it is tried again.
    tell(&mut incident, &mut timeline, &find, Outcome::CannotLook, 600);
    started(&mut incident, &mut timeline, "#alerts", &Step::Post, WANTED, at(600));
    let unknown = Effect::Started { at: at(600), first: at(2), looked: 0 };
    assert_eq!(incident.posts[0].root, unknown, "a look begins at the first try");
    assert_eq!(incident.posts[0].shown, None, "and may find what was tried then");
    // That it was not done this time says nothing of the first time.
    tell(&mut incident, &mut timeline, &Step::Post, Outcome::Later { at: None }, 601);
    assert_eq!(incident.posts[0].root, Effect::Started { at: at(2), first: at(2), looked: CANNOT_LOOK });
    started(&mut incident, &mut timeline, "#alerts", &Step::Post, WANTED, at(700));
    assert_eq!(incident.posts[0].root, Effect::Started { at: at(700), first: at(2), looked: 0 });
    // Who has looked in vain knows that it was not done.
    tell(&mut incident, &mut timeline, &find, Outcome::NotFound, 703);
    tell(&mut incident, &mut timeline, &find, Outcome::NotFound, 730);
    started(&mut incident, &mut timeline, "#alerts", &Step::Post, WANTED, at(731));
    assert_eq!(incident.posts[0].root, Effect::Started { at: at(731), first: at(731), looked: 0 });
    assert_eq!(incident.posts[0].shown, Some(WANTED));
}

#[test]
fn what_a_post_shows_is_forgotten_before_an_edit_is_made_and_only_once() {
    let (mut incident, mut timeline) = stage();
    assert!(must_be_remembered(&incident.posts[0], &edit()));
    started(&mut incident, &mut timeline, "#alerts", &edit(), WANTED, at(2));
    assert_eq!((incident.posts[0].shown, incident.posts[0].ts()), (None, Some("100.1")));
    assert!(!must_be_remembered(&incident.posts[0], &edit()), "a second try needs no further note");
}

#[test]
fn no_outcome_of_any_step_can_break_it() {
    let timeline = stage().1;
    let steps =
        [Step::Post, Step::Find { tried_at: at(2) }, edit(), line_of(&timeline), find_line_of(&timeline)];
    let code = || "code".to_owned();
    let outcomes = [
        posted(),
        Outcome::Edited,
        Outcome::NotFound,
        Outcome::CannotLook,
        Outcome::Unknown,
        Outcome::Later { at: None },
        Outcome::Later { at: Some(at(9)) },
        Outcome::BadBlocks,
        Outcome::Gone,
        Outcome::ChannelDead(code()),
        Outcome::Refused(code()),
    ];
    for step in &steps {
        for outcome in &outcomes {
            assert!(!told(step, outcome).is_empty(), "{step:?} {outcome:?}");
        }
    }
    // The post is gone, as after a move: nothing to record, nothing to break.
    for step in &steps {
        let (mut incident, mut timeline) = stage();
        incident.posts.clear();
        let before = timeline.len();
        for outcome in &outcomes {
            record(&mut incident, &mut timeline, "#gone", "#ops", (step, outcome), WANTED, at(2));
        }
        assert!(incident.posts.is_empty() && timeline.len() >= before);
    }
}

#[test]
fn a_message_that_turns_up_says_what_was_tried_not_what_is_wanted_now() {
    let (mut incident, mut timeline) = stage();
    incident.posts[0].root = Effect::Wanted;
    started(&mut incident, &mut timeline, "#alerts", &Step::Post, 5, at(2));
    let find = Step::Find { tried_at: at(2) };
    record(&mut incident, &mut timeline, "#alerts", "#ops", (&find, &posted()), 6, at(9));
    assert_eq!(incident.posts[0].shown, Some(5));
    assert_eq!(incident.posts[0].channel_id.as_deref(), Some("C1"));
}

#[test]
fn the_first_failure_keeps_the_order_and_later_ones_let_the_channel_go_on() {
    let (mut incident, mut timeline) = stage();
    let mut fail = |incident: &mut Incident| {
        let outcome = Outcome::Later { at: None };
        record(incident, &mut timeline, "#alerts", "#ops", (&edit(), &outcome), WANTED, at(0))
    };
    assert_eq!(fail(&mut incident), GoOn::At(at(2)));
    assert_eq!(incident.posts[0].next_at, None);
    assert_eq!(fail(&mut incident), GoOn::Sweep);
    assert_eq!(incident.posts[0].next_at, Some(at(4)));
    assert_eq!(fail(&mut incident), GoOn::Sweep);
    assert_eq!(incident.posts[0].next_at, Some(at(8)));
    let edited = Outcome::Edited;
    record(&mut incident, &mut timeline, "#alerts", "#ops", (&edit(), &edited), WANTED, at(9));
    assert_eq!((incident.posts[0].failures, incident.posts[0].next_at), (0, None), "all is forgotten");
}

#[test]
fn the_pauses_double_up_to_a_minute() {
    let seconds = |failures| backoff(failures).as_secs();
    assert_eq!([1, 2, 3, 4].map(seconds), [2, 4, 8, 16]);
    assert_eq!([5, 6, 16, 63, 64, u32::MAX].map(seconds), [32, 60, 60, 60, 60, 60]);
}

#[test]
fn plain_words_that_are_refused_too_are_not_sent_again_at_once() {
    let (mut incident, mut timeline) = stage();
    incident.posts[0].plain = true;
    let went = record(
        &mut incident,
        &mut timeline,
        "#alerts",
        "#ops",
        (&edit(), &Outcome::BadBlocks),
        WANTED,
        at(2),
    );
    assert_eq!(went, GoOn::Sweep);
}

#[test]
fn a_post_moves_with_its_open_lines_and_says_where_it_comes_from() {
    let (mut incident, mut timeline) = stage();
    let dead = Outcome::ChannelDead("is_archived".into());
    record(&mut incident, &mut timeline, "#alerts", "#ops", (&edit(), &dead), WANTED, at(2));
    let moved = Moved { from: "#alerts".into(), reason: "is_archived".into() };
    assert_eq!(incident.posts, [Post { moved: Some(moved.clone()), ..Post::wanted("#ops") }]);
    let line = &timeline[0].lines[0];
    assert_eq!((line.channel.as_str(), &line.effect), ("#ops", &Effect::Wanted));
    let last = timeline.last().unwrap();
    assert_eq!((&last.what, &last.by, last.lines.len()), (&What::Moved(moved), &Actor::Callboard, 0));
    assert!(timeline.is_sorted_by(|one, other| one.id < other.id), "the entry has a place of its own");
}

#[test]
fn a_line_that_is_done_stays_where_it_is() {
    let (mut incident, mut timeline) = stage();
    timeline[0].lines[0].effect = Effect::Done { ts: "100.2".into() };
    move_to(&mut incident, &mut timeline, "#alerts", "#ops", "is_archived", at(2));
    assert_eq!(timeline[0].lines[0].channel, "#alerts");
}

#[test]
fn a_post_that_is_in_the_fallback_channel_already_takes_the_lines_and_each_only_once() {
    let (mut incident, mut timeline) = stage();
    let there = Post { root: Effect::Done { ts: "300.1".into() }, ..Post::wanted("#ops") };
    incident.posts.push(there.clone());
    // The note is in the thread in #ops already; a second one is wanted in #alerts only.
    let mut second = timeline[0].clone();
    second.id = entry_id(2, 1);
    timeline[0].lines.push(Line {
        channel: "#ops".into(),
        broadcast: false,
        effect: Effect::Done { ts: "300.2".into() },
    });
    timeline.push(second);
    move_to(&mut incident, &mut timeline, "#alerts", "#ops", "is_archived", at(2));
    assert_eq!(incident.posts, [there], "one post in a channel");
    let lines = |entry: &Entry| -> Vec<String> {
        entry.lines.iter().map(|line| format!("{} {}", line.channel, effect_in_words(&line.effect))).collect()
    };
    assert_eq!(lines(&timeline[0]), ["#ops done 300.2"], "it is there already");
    assert_eq!(lines(&timeline[1]), ["#ops wanted"], "it moves");
}
