//! Laws: what holds for every order of events, every sequence of failures, every text.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are test code too")]
#![expect(clippy::panic, reason = "helpers of tests are test code too")]

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use shared::core::incident::{
    Applied, Effect, Entry, Event, Incident, IncidentId, Origin, Response, Rules, Verb, apply, open,
};
use shared::core::outcome::{GoOn, Outcome, must_be_remembered, record, started};
use shared::core::plan::{Pace, Reason, Step, plan};
use shared::core::signal::{Severity, Signal, Status};
use shared::core::view::{Button, Card, view};
use shared::present::{message, page};

mod stage;
use stage::{alarm, at, opening, post, slack};

const SEVERITIES: [Severity; 4] = [Severity::Info, Severity::Warning, Severity::Error, Severity::Critical];

/// A signal about one of three things, at one of a few seconds, so that they meet often.
fn a_signal() -> impl Strategy<Value = Signal> {
    (0..3_u8, any::<bool>(), 0..12_i64, 0..4_usize).prop_map(|(thing, fires, second, severity)| Signal {
        key: format!("thing{thing}"),
        status: if fires { Status::Firing } else { Status::Resolved },
        severity: SEVERITIES[severity],
        at: at(second),
        ..alarm()
    })
}

fn an_event() -> impl Strategy<Value = Event> {
    let verb = prop_oneof![
        Just(Verb::Ack),
        Just(Verb::Unack),
        Just(Verb::Resolve),
        Just(Verb::Reopen),
        ".{0,5}".prop_map(Verb::Note),
    ];
    let origin =
        prop_oneof![Just(Origin::Button), Just(Origin::Command), Just(Origin::Emoji), Just(Origin::Thread)];
    let response = (verb, "[AB]", origin).prop_map(|(verb, by, origin)| Response { verb, by, origin });
    prop_oneof![
        4 => a_signal().prop_map(Event::Signal),
        1 => a_signal().prop_map(|signal| Event::Signal(Signal { status: Status::Info, ..signal })),
        3 => response.prop_map(Event::Response),
        1 => Just(Event::Due),
    ]
}

/// Opens an incident with the first signal and applies the others one by one.
fn folded(signals: &[Signal]) -> Incident {
    let rules = Rules::default();
    let first = open(opening(), &signals[0], &[], &rules, at(100)).incident;
    let then = |incident: Incident, signal: &Signal| {
        apply(&incident, &[Event::Signal(signal.clone())], &rules, at(100)).incident
    };
    signals.iter().skip(1).fold(first, then)
}

proptest! {
    #[test]
    fn duplicates_and_reordering_converge(
        (signals, shuffled) in prop::collection::vec(a_signal(), 1..8).prop_flat_map(|signals| {
            let twice: Vec<Signal> = signals.iter().chain(&signals).cloned().collect();
            (Just(signals), Just(twice).prop_shuffle())
        })
    ) {
        let (one, other) = (folded(&signals), folded(&shuffled));
        prop_assert_eq!(one.state.is_open(), other.state.is_open());
        prop_assert_eq!(&one.things, &other.things);
        prop_assert_eq!(one.opened_at, other.opened_at);
        prop_assert_eq!(one.state.is_open(), one.firing_things().0 > 0, "open as long as something fires");
    }

    #[test]
    fn a_batch_is_its_signals_one_by_one(signals in prop::collection::vec(a_signal(), 1..8)) {
        let rest: Vec<Event> = signals.iter().skip(1).cloned().map(Event::Signal).collect();
        let batch = open(opening(), &signals[0], &rest, &Rules::default(), at(100)).incident;
        let one_by_one = folded(&signals);
        prop_assert_eq!(batch.state, one_by_one.state);
        prop_assert_eq!(batch.things, one_by_one.things);
        prop_assert_eq!(batch.severity, one_by_one.severity);
        prop_assert_eq!(batch.counts, one_by_one.counts);
    }

    #[test]
    fn whatever_happens_is_answered_and_never_undoes_what_people_saw(
        first in a_signal(),
        batches in prop::collection::vec((0..20_000_i64, prop::collection::vec(an_event(), 0..5)), 0..8),
    ) {
        let mut now = 0;
        let mut incident = open(opening(), &first, &[], &Rules::default(), at(0)).incident;
        for (pause, events) in batches {
            now += pause;
            let before = incident;
            let Applied { incident: after, entries, answers, visible } =
                apply(&before, &events, &Rules::default(), at(now));
            prop_assert_eq!(answers.len(), events.len());
            prop_assert_eq!(after.version, before.version + 1);
            prop_assert_eq!(after.revision, before.revision + u64::from(visible));
            prop_assert!(entries.is_sorted_by(|one, other| one.id < other.id));
            prop_assert!(visible || after.state == before.state && after.severity == before.severity);
            prop_assert!(!visible || after.behind_at.is_some(), "the sweep looks after what people should see");
            if before.state.is_open() && after.state.is_open() && after.counts.firings == before.counts.firings
                && after.counts.reopened == before.counts.reopened {
                prop_assert!(after.severity >= before.severity, "severity only rises until resolved");
            }
            incident = after;
        }
    }

    #[test]
    fn a_name_can_be_typed_in_any_case(route in ".{0,10}", signal in ".{0,20}", length in 0..20_usize) {
        let id = IncidentId::derive(&route, &signal, length);
        prop_assert_eq!(id.0.len(), length.clamp(5, 12));
        for typed in [id.0.clone(), id.0.to_uppercase(), format!(" #{id}\n"), format!("`{id}`")] {
            prop_assert_eq!(IncidentId::typed(&typed), Some(id.clone()), "{}", typed);
        }
    }

    #[test]
    fn what_is_typed_is_a_name_or_nothing(typed in ".{0,15}") {
        if let Some(id) = IncidentId::typed(&typed) {
            prop_assert_eq!(IncidentId::typed(&id.0), Some(id));
        }
    }

    #[test]
    fn slack_that_shows_what_is_wanted_is_left_alone(events in prop::collection::vec(an_event(), 0..6)) {
        let (mut incident, mut timeline) = opened();
        let applied = apply(&incident, &events, &Rules::default(), at(9));
        incident = applied.incident;
        timeline.extend(applied.entries);
        for line in timeline.iter_mut().flat_map(|entry| &mut entry.lines) {
            line.effect = Effect::Done { ts: "2.0".into() };
        }
        let wanted = view(&incident, &timeline, &Button::USUAL).content_hash();
        let mut shown = incident.posts[0].clone();
        (shown.root, shown.shown) = (Effect::Done { ts: "1.0".into() }, Some(wanted));
        let plan = plan(wanted, &shown, &timeline, Pace::default(), at(10));
        prop_assert_eq!((plan.step, plan.reason, plan.wake_at), (None, Reason::UpToDate, None));
    }
}

fn opened() -> (Incident, Vec<Entry>) {
    let opened = open(opening(), &alarm(), &[], &Rules::default(), at(0));
    (opened.incident, opened.entries)
}

/// What goes wrong with one call.
#[derive(Clone, Copy, Debug)]
enum Luck {
    Good,
    /// The answer is lost; the message is there, or not.
    Lost(bool),
    Later,
    RateLimited,
    BadBlocks,
    Gone,
    Dead,
    Refused,
}

fn luck() -> impl Strategy<Value = Luck> {
    prop_oneof![
        3 => Just(Luck::Good),
        4 => any::<bool>().prop_map(Luck::Lost),
        1 => Just(Luck::Later),
        1 => Just(Luck::RateLimited),
        1 => Just(Luck::BadBlocks),
        1 => Just(Luck::Gone),
        1 => Just(Luck::Dead),
        1 => Just(Luck::Refused),
    ]
}

/// A channel list, as far as the courier can tell: which of our messages are there, and what they say.
#[derive(Debug, Default)]
struct Shown {
    /// By key (channel, and the entry for a line): how many, and the hash that the root shows.
    messages: BTreeMap<(String, Option<String>), usize>,
    hashes: BTreeMap<String, u64>,
    /// Keys that were sent with an unknown outcome and not looked for since.
    unknown: Vec<(String, Option<String>)>,
}

impl Shown {
    /// Does what the step asks, as well as the luck allows.
    fn take(&mut self, step: &Step, channel: &str, wanted: u64, luck: Luck, now: Timestamp) -> Outcome {
        let entry = match step {
            Step::Line { entry, .. } | Step::FindLine { entry, .. } => Some(entry.clone()),
            Step::Post | Step::Find { .. } | Step::Edit { .. } => None,
        };
        let key = (channel.to_owned(), entry.clone());
        let posted = || Outcome::Posted { channel_id: "C1".into(), ts: "1.0".into() };
        let dead = channel != "#ops";
        match step {
            Step::Find { .. } | Step::FindLine { .. } => {
                if matches!(luck, Luck::Later | Luck::RateLimited) {
                    return Outcome::Later { at: None };
                }
                self.unknown.retain(|known| *known != key);
                if self.messages.contains_key(&key) { posted() } else { Outcome::NotFound }
            }
            Step::Edit { .. } => match luck {
                Luck::Good => {
                    self.hashes.insert(channel.to_owned(), wanted);
                    Outcome::Edited
                }
                Luck::Gone => {
                    self.messages.remove(&key);
                    Outcome::Gone
                }
                other => bad(other, dead, now),
            },
            Step::Post | Step::Line { .. } => {
                assert!(!self.unknown.contains(&key), "{key:?} is sent again without looking");
                let arrives = matches!(luck, Luck::Good | Luck::Lost(true));
                if arrives {
                    *self.messages.entry(key.clone()).or_default() += 1;
                    if entry.is_none() {
                        self.hashes.insert(channel.to_owned(), wanted);
                    }
                }
                match luck {
                    Luck::Good => posted(),
                    Luck::Lost(_) => {
                        self.unknown.push(key);
                        Outcome::Unknown
                    }
                    other => bad(other, dead, now),
                }
            }
        }
    }
}

fn bad(luck: Luck, may_die: bool, now: Timestamp) -> Outcome {
    match luck {
        Luck::Lost(_) => Outcome::Unknown,
        Luck::RateLimited => Outcome::Later { at: Some(now + SignedDuration::from_secs(30)) },
        Luck::BadBlocks => Outcome::BadBlocks,
        Luck::Dead if may_die => Outcome::ChannelDead("is_archived".into()),
        Luck::Refused => Outcome::Refused("no_permission".into()),
        Luck::Good | Luck::Gone | Luck::Dead | Luck::Later => Outcome::Later { at: None },
    }
}

fn card_of(incident: &Incident, timeline: &[Entry], at: usize) -> Card {
    let moved = incident.posts[at].moved.clone();
    Card { moved, ..view(incident, timeline, &Button::USUAL) }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn following_the_plan_shows_everything_once_whatever_goes_wrong(
        channels in prop::sample::select(vec![vec!["#alerts"], vec!["#alerts", "#ops"], vec!["#a", "#b", "#ops"]]),
        fires in prop::bool::weighted(0.8),
        mut script in prop::collection::vec((luck(), prop::option::weighted(0.2, an_event())), 0..25),
    ) {
        let mut start = opening();
        start.channels = channels.into_iter().map(str::to_owned).collect();
        start.show_unfired = false;
        let first = Signal { status: if fires { Status::Firing } else { Status::Resolved }, ..alarm() };
        let first = open(start, &first, &[], &Rules::default(), at(0));
        let (mut incident, mut timeline) = (first.incident, first.entries);
        let mut slack = Shown::default();
        let mut now = at(0);
        let mut calls = 0;
        script.reverse();
        loop {
            let plans = (0..incident.posts.len()).map(|position| {
                let wanted = card_of(&incident, &timeline, position).content_hash();
                (position, wanted, plan(wanted, &incident.posts[position], &timeline, Pace::default(), now))
            });
            let plans: Vec<_> = plans.filter(|(_, _, plan)| plan.reason != Reason::UpToDate).collect();
            // What has to wait lets the other channels go on.
            let Some((position, wanted, chosen)) =
                plans.iter().find(|(_, _, plan)| plan.step.is_some()).or(plans.first()).cloned()
            else { break };
            let channel = incident.posts[position].channel.clone();
            let Some(step) = chosen.step else {
                let wake_at = chosen.wake_at.unwrap();
                prop_assert!(wake_at > now, "time goes on");
                now = wake_at;
                continue;
            };
            calls += 1;
            prop_assert!(calls < 400, "no end: {step:?}");
            let (luck, event) = script.pop().unwrap_or((Luck::Good, None));
            incident.version += 1;
            if must_be_remembered(&incident.posts[position], &step) {
                started(&mut incident, &mut timeline, &channel, &step, wanted, now);
            }
            // Somebody does something while Slack is called.
            let outcome = slack.take(&step, &channel, wanted, luck, now);
            if let Some(event) = event {
                let applied = apply(&incident, &[event], &Rules::default(), now);
                incident = applied.incident;
                timeline.extend(applied.entries);
            }
            incident.version += 1;
            match record(&mut incident, &mut timeline, &channel, "#ops", (&step, &outcome), wanted, now) {
                GoOn::Now | GoOn::Sweep => {}
                GoOn::At(then) => now = now.max(then),
            }
        }
        for (key, times) in &slack.messages {
            prop_assert_eq!(*times, 1, "{:?} is there {} times", key, times);
        }
        for (position, post) in incident.posts.iter().enumerate() {
            let wanted = card_of(&incident, &timeline, position).content_hash();
            if post.is_quiet() {
                prop_assert!(incident.counts.firings == 0 && !incident.state.is_open(), "nobody saw it fire");
                continue;
            }
            prop_assert_eq!(slack.hashes.get(&post.channel), Some(&wanted), "{} shows what is true", post.channel);
        }
        let done = |effect: &Effect| matches!(effect, Effect::Done { .. } | Effect::Dropped { .. });
        let lines = || timeline.iter().flat_map(|entry| entry.lines.iter().map(move |line| (entry, line)));
        for (entry, line) in lines() {
            let mut there = incident.posts.iter().filter(|post| post.channel == line.channel);
            prop_assert!(done(&line.effect) || there.next().is_none(), "{:?} {:?}", entry, line);
        }
    }
}

/// Texts that break programs.
fn hostile(length: usize) -> Vec<String> {
    let fill = |unit: &str| unit.chars().cycle().take(length).collect::<String>();
    [
        "a",
        "&",
        "<!channel> ",
        "👩‍👩‍👧‍👦",
        "🇩🇪",
        "e\u{301}",
        "\u{301}",
        "\u{202E}txt",
        "\n> ",
        "`*_~",
        "日本",
        " ",
        "\u{0}",
    ]
    .map(fill)
    .into()
}

/// An alarm with the text in every field.
fn filled(text: &str, many: usize) -> Signal {
    use shared::core::signal::Link;
    let link = || Link { title: text.to_owned(), url: "https://example.com/".to_owned() + text };
    Signal {
        source: text.to_owned(),
        kind: text.to_owned(),
        title: text.to_owned(),
        text: text.to_owned(),
        facts: vec![text.to_owned(); many],
        labels: (0..many).map(|n| (format!("{n}{text}"), text.to_owned())).collect(),
        links: (0..many).map(|_| link()).collect(),
        key: text.to_owned(),
        ..alarm()
    }
}

/// Everything that is drawn of an incident is within Slack's limits.
fn is_accepted(signal: &Signal, buttons: &[Button]) {
    let mut start = opening();
    start.why.grouped_by = vec![(signal.key.clone(), signal.key.clone())];
    start.why.rejected = vec![(signal.kind.clone(), signal.text.clone()); 5];
    let note = |text: &str| {
        let verb = Verb::Note(text.to_owned());
        Event::Response(Response { verb, by: "U01ANA".into(), origin: Origin::Button })
    };
    let opened = open(start, signal, &[note(&signal.text)], &Rules::default(), at(0));
    let mut timeline = opened.entries;
    // More entries than a page shows, as long as they are short.
    let many = if signal.text.len() > 1_000 { 2 } else { 90 };
    timeline.extend(timeline.clone().into_iter().cycle().take(many));
    let slack = slack();
    let card = view(&opened.incident, &timeline, buttons);
    post(&slack, &message::card(&card));
    post(&slack, &message::plain_card(&card));
    for view in [
        page::note(&opened.incident),
        page::why(&opened.incident),
        page::timeline(&opened.incident, &timeline),
        page::details(&opened.incident),
    ] {
        let view = serde_json::to_value(view).unwrap();
        let judged = slack.call("blocks.validate", serde_json::json!({ "view": view }), "xoxb-emulator");
        if judged.outcome() != "ok" {
            panic!("{} {view}", judged.body);
        }
    }
}

#[test]
fn a_card_of_any_text_is_accepted() {
    // Around the limits of a button, a card's text and a section.
    for length in [0, 1, 75, 76, 600, 601, 3_001] {
        for text in hostile(length) {
            is_accepted(&filled(&text, 3), &Button::USUAL);
        }
    }
}

#[test]
fn a_card_of_very_much_is_accepted() {
    let all = Button::ALL.map(|(_, button)| button);
    for text in hostile(1_000_000).into_iter().take(3) {
        is_accepted(&Signal { title: text.clone(), text, ..alarm() }, &all);
    }
    is_accepted(&filled(&"x".repeat(300), 1_000), &all);
    is_accepted(&filled("", 1_000), &all);
    is_accepted(&filled("👩‍👩‍👧‍👦", 64), &all);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_card_of_arbitrary_text_is_accepted(text in "(?s)([<>&*_~`\n]|.){0,200}", many in 0..8_usize) {
        is_accepted(&filled(&text, many), &Button::USUAL);
    }
}
