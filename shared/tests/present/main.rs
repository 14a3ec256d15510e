//! What people see, as they read it: every card, line, page and answer in a channel of the emulator, snapshotted. Read a
//! changed snapshot as somebody who has just been woken up.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are test code too")]

use jiff::Timestamp;
use shared::core::command::{COMMANDS, parse};
use shared::core::incident::{
    Actor, Answer, Effect, Entry, Event, Incident, IncidentId, Line, Moved, Origin, Post, QUIET, Response,
    Rules, Verb, What, Why, apply, open,
};
use shared::core::routing::UNROUTED;
use shared::core::signal::{Link, Severity, Signal, Status};
use shared::core::view::{Button, Card, view};
use shared::present::{message, page};
use shared::slack::blocks::{Block, Message};
use shared::slack::escape::Mrkdwn;
use shared::text;
use shared::text::answer::Late;
use shared::text::connect::{Connect, list, steps};

mod reports;
#[path = "../stage/mod.rs"]
mod stage;
use stage::{alarm, at, opening, post, slack};

/// One incident with its timeline.
#[derive(Clone)]
struct Story {
    incident: Incident,
    timeline: Vec<Entry>,
}

impl Story {
    /// Begins with a signal at second 0.
    fn of(signal: &Signal) -> Story {
        let opened = open(opening(), signal, &[], &Rules::default(), at(0));
        Story { incident: opened.incident, timeline: opened.entries }
    }

    fn then(mut self, second: i64, event: Event) -> Story {
        let applied = apply(&self.incident, &[event], &Rules::default(), at(second));
        self.incident = applied.incident;
        self.timeline.extend(applied.entries);
        self
    }

    fn says(self, second: i64, signal: Signal) -> Story {
        self.then(second, Event::Signal(Signal { at: at(second), ..signal }))
    }

    fn person(self, second: i64, who: &str, verb: Verb) -> Story {
        self.then(second, Event::Response(Response { verb, by: who.into(), origin: Origin::Button }))
    }

    fn card(&self) -> Card {
        view(&self.incident, &self.timeline, &Button::USUAL)
    }
}

fn over(signal: Signal) -> Signal {
    Signal { status: Status::Resolved, ..signal }
}

/// The channel as people read it once these messages are posted.
fn read(messages: impl IntoIterator<Item = Message>) -> String {
    let slack = slack();
    messages.into_iter().for_each(|message| post(&slack, &message));
    slack.channel_text("#alerts").replace("Bot:\n", "\n").trim_start_matches("#alerts").to_owned()
}

/// Lines of text, each as a message of its own would be read.
fn read_lines(lines: impl IntoIterator<Item = Mrkdwn>) -> String {
    read([Message::default().blocks([Block::section(Mrkdwn::join(lines, "\n"))])])
}

/// A page as people read it: its title and its blocks.
fn read_page(view: &shared::slack::blocks::View) -> String {
    let view = serde_json::to_value(view).unwrap();
    let slack = slack();
    let message = serde_json::json!({ "channel": "#alerts", "text": "page", "blocks": view["blocks"] });
    assert_eq!(slack.call("chat.postMessage", message, "xoxb-emulator").outcome(), "ok", "{view}");
    let shown = slack.channel_text("#alerts").replace("#alerts\nBot:\n", "");
    format!("[{}]\n{shown}", view["title"]["text"].as_str().unwrap())
}

/// What a phone shows of each card, and the card.
macro_rules! card_looks {
    ($name:literal, $card:expr) => {
        let card: Card = $card;
        let phone = text::card::fallback(&card);
        insta::assert_snapshot!($name, format!("PHONE: {phone}\n{}", read([message::card(&card)])));
    };
}

#[test]
fn a_card_says_what_happened_first_then_who_and_what_to_do() {
    let acked = || Story::of(&alarm()).person(95, "U01ANA", Verb::Ack);
    card_looks!("card_firing", Story::of(&alarm()).card());
    card_looks!("card_acked", acked().card());
    card_looks!("card_resolved_by_source", acked().says(540, over(alarm())).card());
    card_looks!("card_resolved_by_person", Story::of(&alarm()).person(7500, "U02BEN", Verb::Resolve).card());
    card_looks!("card_resolved_unseen", Story::of(&over(alarm())).card());
    let again = acked().says(540, over(alarm())).says(900, alarm());
    card_looks!("card_firing_again", again.clone().card());
    card_looks!(
        "card_third_time_over",
        again.says(1000, over(alarm())).says(1100, alarm()).says(1200, over(alarm())).card()
    );
    card_looks!("card_critical_lapsed", {
        let worse = Story::of(&alarm()).says(5, Signal { severity: Severity::Critical, ..alarm() });
        worse.person(9, "U01ANA", Verb::Ack).then(4 * 3600 + 9, Event::Due).card()
    });
}

#[test]
fn a_notice_asks_for_nothing() {
    let deployed = Signal {
        status: Status::Info,
        severity: Severity::Info,
        title: "Deployed api 1.4 to prod".into(),
        text: String::new(),
        facts: vec!["by ana".into(), "a1b2c3d".into()],
        ..alarm()
    };
    card_looks!("card_notice", Story::of(&deployed).card());
    card_looks!("card_notice_bare", Story::of(&Signal { facts: vec![], links: vec![], ..deployed }).card());
}

#[test]
fn a_group_says_how_many_of_it_fire() {
    let about = |thing: &str| Signal { key: thing.into(), title: format!("Disk full on {thing}"), ..alarm() };
    let group = ["db-1", "db-2", "db-3"].into_iter().enumerate();
    let group = group.fold(Story::of(&alarm()), |story, (n, thing)| story.says(n as i64 + 1, about(thing)));
    card_looks!("card_group", group.clone().says(9, over(about("db-1"))).card());
    card_looks!("card_group_resolved", group.clone().person(60, "U01ANA", Verb::Resolve).card());
    let mut many = group;
    many.incident.counts.untracked = 7;
    card_looks!("card_untracked", many.card());
}

#[test]
fn a_card_in_another_channel_says_why() {
    let moved = |reason: &str| {
        let moved = Some(Moved { from: "#payments".into(), reason: reason.into() });
        Card { moved, ..Story::of(&alarm()).card() }
    };
    card_looks!("card_moved_archived", moved("is_archived"));
    card_looks!("card_moved_not_in_channel", moved("not_in_channel"));
    card_looks!("card_moved_restricted", moved("restricted_action"));
}

#[test]
fn a_long_text_is_cut_where_a_person_would() {
    let text = "Connection to the database was refused 👩‍👩‍👧‍👦 & tried again.\n".repeat(20);
    card_looks!("card_long_text", Story::of(&Signal { text: text.clone(), ..alarm() }).card());
    let family = Signal { text: "👩‍👩‍👧‍👦".repeat(200), ..alarm() };
    let shown = serde_json::to_string(&message::card(&Story::of(&family).card())).unwrap();
    assert!(!shown.contains("\u{200D}…"), "no half of a family: {shown}");
    card_looks!(
        "card_long_title",
        Story::of(&Signal { title: "Lost\nconnection ".repeat(20), ..alarm() }).card()
    );
}

#[test]
fn refused_blocks_leave_the_words() {
    let acked = Story::of(&alarm()).person(95, "U01ANA", Verb::Ack);
    let moved = Some(Moved { from: "#payments".into(), reason: "is_archived".into() });
    let long = Signal { text: "Connection refused. ".repeat(60), ..alarm() };
    insta::assert_snapshot!(
        "plain_cards",
        read([
            message::plain_card(&acked.card()),
            message::plain_card(&Card { moved, untracked: true, ..acked.card() }),
            message::plain_card(&Story::of(&Signal { text: String::new(), facts: vec![], ..alarm() }).card()),
            message::plain_card(&Story::of(&long).card()),
        ])
    );
}

/// Every kind of entry, with who did it.
fn everything() -> Vec<Entry> {
    let ana = || Actor::person("U01ANA");
    let source = || Actor::Source { name: "cloudwatch".into() };
    let titles = || vec!["Disk full on db-1".to_owned(), "Disk full on db-2".to_owned()];
    let all = [
        (source(), What::Opened { severity: Severity::Error }),
        (source(), What::Joined { titles: titles(), more: 0 }),
        (source(), What::Joined { titles: titles(), more: 40 }),
        (source(), What::Worse { from: Severity::Error, to: Severity::Critical }),
        (ana(), What::Acknowledged),
        (ana(), What::Unacknowledged),
        (Actor::Callboard, What::Lapsed { owner: ana() }),
        (ana(), What::Noted { text: "Restarted the worker,\nlooks better.".into() }),
        (source(), What::Resolved),
        (ana(), What::Resolved),
        (ana(), What::Reopened),
        (source(), What::Refired),
        (Actor::Callboard, What::Moved(Moved { from: "#payments".into(), reason: "is_archived".into() })),
    ];
    let entry = |(second, (by, what))| Entry { id: String::new(), at: at(second), by, what, lines: vec![] };
    (0..).map(|n| n * 60).zip(all).map(entry).collect()
}

#[test]
fn a_thread_gets_one_short_line_for_what_is_new() {
    let lines = everything();
    insta::assert_snapshot!(
        "thread_lines",
        read_lines(lines.iter().map(|e| text::line::thread(e, &alarm().title)))
    );
}

#[test]
fn pages_tell_why_what_happened_and_everything() {
    let story = Story::of(&alarm());
    insta::assert_snapshot!("page_why", read_page(&page::why(&story.incident)));
    let mut grouped = story.incident.clone();
    grouped.why.when = None;
    grouped.why.grouped_by =
        vec![("labels.service".into(), "payments".into()), ("labels.region".into(), String::new())];
    grouped.why.rejected.push(("critical".into(), "severity == \"critical\"".into()));
    (grouped.counts.signals, grouped.counts.firings, grouped.counts.reopened) = (12, 3, 2);
    insta::assert_snapshot!("page_why_grouped", read_page(&page::why(&grouped)));
    let unrouted = Incident {
        route: UNROUTED.into(),
        why: Why { key: "api-prod-cpu".into(), ..Why::default() },
        ..story.incident.clone()
    };
    insta::assert_snapshot!("page_why_unrouted", read_page(&page::why(&unrouted)));
    insta::assert_snapshot!("page_timeline", read_page(&page::timeline(&story.incident, &everything())));
    let long: Vec<Entry> = everything().into_iter().cycle().take(200).collect();
    let shown = serde_json::to_string(&page::timeline(&story.incident, &long)).unwrap();
    assert!(shown.contains("… 120 earlier entries"), "{shown}");
    insta::assert_snapshot!("page_details", read_page(&page::details(&story.incident)));
    let bare = Signal { text: String::new(), labels: [].into(), links: vec![], ..alarm() };
    insta::assert_snapshot!("page_details_bare", read_page(&page::details(&Story::of(&bare).incident)));
    insta::assert_json_snapshot!("page_note", page::note(&story.incident));
}

#[test]
fn a_timeline_of_the_longest_notes_is_a_view_that_slack_takes() {
    let incident = Story::of(&alarm()).incident;
    for letter in ["x", "&", "\"", "\u{1}", "\u{1F525}"] {
        let note = |number: i64| Entry {
            id: format!("{number:08}.000"),
            at: at(number),
            by: Actor::person("U01ANA"),
            what: What::Noted { text: format!("{number} {}", letter.repeat(2_990)) },
            lines: Vec::new(),
        };
        let notes: Vec<Entry> = (0..200).map(note).collect();
        let view = serde_json::to_value(page::timeline(&incident, &notes)).unwrap();
        assert!(view.to_string().len() < 250_000, "{letter:?}: {} bytes", view.to_string().len());
        let blocks = view["blocks"].as_array().unwrap();
        assert!((40..=100).contains(&blocks.len()), "{letter:?}: {} blocks", blocks.len());
        let mut texts = blocks.iter().filter_map(|block| block["text"]["text"].as_str());
        assert!(texts.clone().all(|text| text.chars().count() <= 3_000), "{letter:?}");
        assert!(texts.next_back().unwrap().contains(": 199 "), "{letter:?}: the newest is there");
    }
}

#[test]
fn details_hold_all_of_what_the_card_cuts() {
    let text: String = (0..4_000).map(|n| format!("{n}\n")).collect();
    let labels = (0..64).map(|n| (format!("label{n:02}"), "v".repeat(256))).collect();
    let signal = Signal { text: text.clone(), labels, ..alarm() };
    let view = serde_json::to_value(page::details(&Story::of(&signal).incident)).unwrap();
    let mut shown = String::new();
    for block in view["blocks"].as_array().unwrap().iter().filter(|block| block["type"] == "rich_text") {
        shown += block["elements"][0]["elements"][0]["text"].as_str().unwrap();
        shown += "\n";
    }
    assert_eq!(shown, text);
    let words = view.to_string();
    assert!((0..64).all(|n| words.contains(&format!("*label{n:02}*"))), "every label is there");
}

#[test]
fn people_are_told_what_became_of_what_they_did() {
    let incident = Story::of(&alarm()).incident;
    let ben = || Actor::person("U02BEN");
    let (source, then) = (Actor::Source { name: "cloudwatch".into() }, at(60));
    let verbs = [Verb::Ack, Verb::Unack, Verb::Resolve, Verb::Reopen, Verb::Note("hi".into())];
    let answers = [
        Answer::Duplicate,
        Answer::Older,
        Answer::AlreadyAcknowledged { by: ben(), at: then },
        Answer::AlreadyResolved { by: ben(), at: then },
        Answer::AlreadyResolved { by: source, at: then },
        Answer::NotAcknowledged,
        Answer::AlreadyOpen,
        Answer::NotYours { by: ben() },
        Answer::IsNotice,
        Answer::EmptyNote,
        Answer::Superseded { by: IncidentId("m2x8p".into()), open: true },
        Answer::Superseded { by: IncidentId("m2x8p".into()), open: false },
    ];
    let done = verbs.iter().map(|verb| text::answer::response(&Answer::Done, verb, &incident));
    let told = answers.iter().map(|answer| text::answer::response(answer, &Verb::Ack, &incident));
    insta::assert_snapshot!("answers", read_lines(done.chain(told)));

    let id = IncidentId("k7qf3".into());
    let post = |root| Post { root, channel_id: None, ..Post::wanted("#alerts") };
    let there = Post { channel_id: Some("C01ALERTS".into()), ..post(Effect::Done { ts: "1.0".into() }) };
    insta::assert_snapshot!(
        "other_answers",
        read_lines([
            text::answer::not_found(&id, "/ops"),
            text::answer::gone(),
            text::answer::failed("req-1234"),
            text::answer::sent("C02OPS", Some("https://acme.slack.com/archives/C02OPS/p1")),
            text::answer::sent("#ops", None),
            text::answer::not_sent("#ops", "not_in_channel"),
            text::answer::not_sent("#ops", "is_archived"),
            text::answer::not_sent("C02OPS", "ratelimited"),
            text::answer::maybe_sent("#ops"),
            text::answer::sent_by("U01ANA", "release 1.4 is out"),
            text::answer::before(),
            text::answer::too_late(),
            text::answer::place(&there),
            text::answer::place(&post(Effect::Wanted)),
            text::answer::place(&post(Effect::Dropped { reason: QUIET.into() })),
        ])
    );
}

#[test]
fn what_connects_a_source_is_said_step_by_step() {
    let secrets = ["sentry".to_owned()];
    let sentry = Connect {
        name: "sentry",
        title: Some("Sentry"),
        how: &["An internal integration: webhook ", ". Its client secret is the secret."],
        address: Some("https://api.example.com/hooks/sentry"),
        config: None,
        sns: "https://api.example.com/sns",
        key: Some("each issue; resolved resolves it"),
        page: Some("https://docs.example.com/webhooks"),
        verify: "sentry",
        configured: false,
        secrets: &secrets,
        alike: &[],
    };
    let unknown =
        Connect { title: None, how: &[], key: None, page: None, verify: "bearer", ..sentry.clone() };
    let sources = ["airbrake", "alertmanager", "sentry"];
    insta::assert_snapshot!(
        "connect",
        read(
            [
                steps(&sentry, "/ops"),
                steps(&Connect { configured: true, ..sentry.clone() }, "/ops"),
                steps(&Connect { verify: "none", secrets: &[], ..sentry.clone() }, "/ops"),
                steps(&Connect { verify: "path", configured: true, ..sentry.clone() }, "/ops"),
                steps(
                    &Connect {
                        title: Some("CloudWatch"),
                        how: &["Alarms come by themselves."],
                        address: None,
                        ..sentry
                    },
                    "/ops"
                ),
                steps(&Connect { name: "sentri", alike: &["sentry"], ..unknown.clone() }, "/ops"),
                steps(&Connect { name: "my-script", ..unknown }, "/ops"),
                list(sources.into_iter(), "/ops"),
            ]
            .map(|lines| Message::default().blocks([Block::section(Mrkdwn::join(lines, "\n"))]))
        )
    );
}

#[test]
fn help_fits_on_a_screen_and_mistakes_are_met_with_the_next_step() {
    insta::assert_snapshot!("help", read_lines(text::answer::help("/ops")));
    insta::assert_snapshot!(
        "help_one",
        read_lines(COMMANDS.iter().map(|it| text::answer::help_one("/ops", it)))
    );
    let typed = ["stauts", "dance", "note", "note k7qf3", "send", "send #deploys", "ack payments!"];
    let told = typed.map(|typed| text::answer::not_a_command(&parse(typed).unwrap_err(), "/ops"));
    insta::assert_snapshot!("not_a_command", read_lines(told));
}

#[test]
fn the_list_says_what_is_open_and_who_is_on_it() {
    let firing = Story::of(&alarm()).incident;
    let acked = Story::of(&alarm()).person(95, "U01ANA", Verb::Ack).incident;
    let mut severe = firing.clone();
    (severe.severity, severe.content.links) = (Severity::Critical, Vec::<Link>::new());
    let now: Timestamp = at(3 * 86_400 + 7_200);
    let listed = [
        text::answer::listed(&severe, at(40)),
        text::answer::listed(&firing, at(7_500)),
        text::answer::listed(&acked, now),
        text::answer::and_more(12),
        text::answer::nothing_listed(true),
        text::answer::nothing_listed(false),
    ];
    insta::assert_snapshot!("list", read_lines(listed));
    let status = |firing_many: usize, acked_many: usize, more, behind| {
        let open: Vec<Incident> = std::iter::repeat_n(firing.clone(), firing_many)
            .chain(std::iter::repeat_n(acked.clone(), acked_many))
            .collect();
        text::answer::status(&open, more, Late { posts: behind, more })
    };
    let lines = [
        status(0, 0, false, 0),
        status(1, 0, false, 0),
        status(3, 0, false, 1),
        status(0, 1, false, 0),
        status(0, 2, false, 5),
        status(2, 1, false, 0),
        status(1, 2, false, 0),
        status(60, 40, true, 0),
        status(60, 40, true, 7),
    ];
    insta::assert_snapshot!("status", read_lines(lines));
}

#[test]
fn a_line_that_is_wanted_is_posted_as_it_reads() {
    let noted = Story::of(&alarm()).person(5, "U01ANA", Verb::Note("<!channel> *look*".into()));
    let entry = noted.timeline.last().unwrap();
    let wanted = Line { channel: "#alerts".into(), broadcast: false, effect: Effect::Wanted };
    assert_eq!(entry.lines, [wanted]);
    let words = text::line::thread(entry, &alarm().title);
    assert_eq!(words.as_str(), ":memo: <@U01ANA>: &lt;!channel&gt; ∗look∗");
}
