//! Nobody outside can mention, link or call anybody: hostile text in every field that comes from outside, in everything
//! that is drawn of it, as Slack would read it.

#![expect(clippy::unwrap_used, reason = "helpers of tests are test code too")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::Value;

use shared::core::command::{CommandError, find};
use shared::core::incident::{
    Actor, Answer, Effect, Entry, Event, IncidentId, Moved, Origin, Post, Response, Rules, State, Verb, What,
    open,
};
use shared::core::raw::Raw;
use shared::core::routing::UNROUTED;
use shared::core::signal::{Link, Severity, Signal};
use shared::core::view::{Button, Card, view};
use shared::present::{message, page};
use shared::slack::blocks::{Block, Message};
use shared::slack::escape::Mrkdwn;
use shared::sources::Sources;
use shared::text::{answer, card, line};

mod stage;
use stage::{alarm, at, opening, post, slack};

/// What somebody might send who wants attention, or clicks.
const HOSTILE: [&str; 66] = [
    "<!channel>",
    "<!here>",
    "<!everyone>",
    "<!here|here>",
    "<!channel|>",
    "< !channel>",
    "<\n!channel>",
    "<!channel",
    "!channel>",
    "<<!channel>>",
    "<!<!channel>channel>",
    "<!chan\u{200B}nel>",
    "<\u{202E}lennahc!>",
    "\u{202E}>lennahc!<",
    "<\u{0}!channel>",
    "<!channel>\u{0}",
    "\u{FF1C}!channel\u{FF1E}",
    "\u{2039}!channel\u{203A}",
    "&lt;!channel&gt;",
    "&amp;lt;!channel&amp;gt;",
    "&#60;!channel&#62;",
    "&LT;!channel&GT;",
    "&lt;!channel>",
    "<!channel&gt;",
    "%3C!channel%3E",
    "\\<!channel\\>",
    "`<!channel>`",
    "```<!channel>```",
    "`` ` <!channel>",
    "*<!channel>*",
    "_<!channel>_",
    "~<!channel>~",
    "\n> <!channel>",
    ">>> <!channel>",
    "x\u{2028}<!channel>",
    "x\r<!channel>",
    "<@U02BEN>",
    "<@U02BEN|ben>",
    "<@U02BEN",
    "@U02BEN",
    "<@W02BEN>",
    "<!subteam^S01ONCALL>",
    "<!subteam^S01ONCALL|@oncall>",
    "<#C02OPS>",
    "<#C02OPS|ops>",
    "@here",
    "@channel look",
    "@everyone",
    "@ben",
    "#ops",
    "<http://evil.example|your bank>",
    "<https://evil.example>",
    "<https://evil.example|https://example.com>",
    "<mailto:x@evil.example|write>",
    "<tel:+123|call>",
    "<slack://channel?id=C02OPS|open>",
    "<javascript:alert(1)|click>",
    "[your bank](http://evil.example)",
    "http://evil.example/>|<!channel>",
    "https://evil.example/|<!channel>",
    "https://evil.example/<!channel>",
    "javascript:alert('<!channel>')",
    "<!date^0^{date}^http://evil.example|now>",
    "|<!channel>|",
    "\u{1F468}\u{200D}<!channel>\u{301}",
    "*bold* _it_ ~st~ `c` :fire: ||spoiler||",
];

/// Each of them as it is, and in every disguise that might survive being cleaned, cut, escaped or turned back.
fn all_hostile() -> Vec<String> {
    let disguises: [fn(&str) -> String; 8] = [
        |text| text.to_owned(),
        |text| format!("Disk full {text}, see {text}"),
        |text| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"),
        |text| text.replace('<', "<\u{200B}").replace('!', "!\u{2060}").replace('@', "@\u{FEFF}"),
        |text| text.replace('<', "%3C").replace('>', "%3E").replace('!', "%21"),
        |text| format!("```\n{text}\n``` `{text}"),
        |text| format!("<https://example.com|{text}> [{text}]({text})"),
        // The cut falls into it, wherever a text is cut.
        |text| format!("{}{text}", "x".repeat(250 - 1 - text.chars().count().min(200) / 2)),
    ];
    HOSTILE.iter().flat_map(|text| disguises.map(|disguise| disguise(text))).collect()
}

/// The text in every field, alone and inside of other text.
fn filled(hostile: &str) -> Signal {
    let link = |title: &str, url: &str| Link { title: title.into(), url: url.into() };
    Signal {
        id: hostile.into(),
        source: hostile.into(),
        kind: hostile.into(),
        severity: Severity::Critical,
        title: hostile.into(),
        text: format!("{hostile} in between {hostile}"),
        facts: vec![hostile.into(), format!("a {hostile} b")],
        labels: [(hostile.to_owned(), hostile.to_owned()), ("plain".to_owned(), hostile.to_owned())].into(),
        links: vec![
            link(hostile, "https://example.com/alarm"),
            link("Runbook", hostile),
            link(hostile, hostile),
        ],
        key: hostile.into(),
        ..alarm()
    }
}

/// Everything that is drawn or said of an incident of this signal.
fn everything(hostile: &str) -> Vec<Message> {
    let signal = filled(hostile);
    let mut start = opening();
    start.route = hostile.into();
    start.why.grouped_by = vec![(hostile.into(), hostile.into())];
    start.why.rejected = vec![(hostile.into(), hostile.into())];
    (start.why.when, start.why.key) = (Some(hostile.into()), hostile.into());
    let note = Response { verb: Verb::Note(hostile.into()), by: "U01ANA".into(), origin: Origin::Button };
    let opened = open(start, &signal, &[Event::Response(note)], &Rules::default(), at(0));
    let (incident, mut timeline) = (opened.incident, opened.entries);
    let source = || Actor::Source { name: hostile.into() };
    let moved = || Moved { from: hostile.into(), reason: hostile.into() };
    let happened = [
        What::Joined { titles: vec![hostile.into(), hostile.into()], more: 3 },
        What::Worse { from: Severity::Info, to: Severity::Critical },
        What::Lapsed { owner: source() },
        What::Lapsed { owner: Actor::person(hostile) },
        What::Refired,
        What::Resolved,
        What::Noted { text: hostile.into() },
        What::Moved(moved()),
    ];
    let entry = |what| Entry { id: String::new(), at: at(1), by: source(), what, lines: vec![] };
    timeline.extend(happened.map(entry));

    let plain = view(&incident, &timeline, &Button::ALL.map(|(_, button)| button));
    let links = view(&incident, &timeline, &Button::USUAL);
    let over = State::Resolved { by: Actor::person(hostile), at: at(9) };
    let cards = [
        plain.clone(),
        Card { moved: Some(moved()), ..links },
        Card { state: over, acked: Some((source(), at(3))), link: None, ..plain.clone() },
        Card { state: State::Acknowledged { by: source(), at: at(1), lapses_at: None }, ..plain },
    ];
    let mut drawn: Vec<Message> = cards.iter().map(message::card).collect();
    drawn.extend(cards.iter().map(message::plain_card));

    let mut lines: Vec<Mrkdwn> = cards.iter().map(card::fallback).collect();
    lines.extend(timeline.iter().map(|entry| line::thread(entry, hostile)));
    lines.extend(timeline.iter().map(line::timeline));
    let answers = [
        Answer::Done,
        Answer::AlreadyAcknowledged { by: source(), at: at(1) },
        Answer::AlreadyResolved { by: Actor::person(hostile), at: at(1) },
        Answer::NotAcknowledged,
        Answer::AlreadyOpen,
        Answer::NotYours { by: source() },
        Answer::IsNotice,
        Answer::Superseded { by: IncidentId(hostile.into()), open: true },
    ];
    lines.extend(answers.iter().map(|it| answer::response(it, &Verb::Ack, &incident)));
    let note = find("note").unwrap();
    let word = || hostile.to_owned();
    lines.extend([
        answer::not_a_command(&CommandError::Unknown { word: word(), nearest: Some(note) }, "/ops"),
        answer::not_a_command(&CommandError::NotAnId { command: note, word: word() }, "/ops"),
        answer::not_a_command(&CommandError::Missing { command: note, what: "the text" }, hostile),
        answer::not_found(&IncidentId(word()), hostile),
        answer::failed(hostile),
        answer::listed(&incident, at(5)),
        answer::sent(hostile, Some(hostile)),
        answer::not_sent(hostile, hostile),
        answer::maybe_sent(hostile),
        answer::sent_by(hostile, hostile),
        answer::place(&Post::wanted(hostile)),
        answer::place(&Post {
            channel_id: Some(word()),
            root: Effect::Done { ts: word() },
            ..Post::wanted("x")
        }),
    ]);
    drawn.extend(lines.iter().map(|line| Message::text(line.clone()).fit()));
    drawn.extend(lines.into_iter().map(|line| Message::default().blocks([Block::section(line)]).fit()));
    drawn
}

/// The addresses that the signal itself leads to, as they may be written.
fn own_links(hostile: &str) -> BTreeSet<String> {
    let written = |address: &str| {
        let address = url::Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        Some(address.as_str().replace('|', "%7C").replace('<', "%3C").replace('>', "%3E"))
    };
    [hostile, "https://example.com/alarm"].into_iter().filter_map(written).collect()
}

/// Every `url` of a button.
fn button_urls(value: &serde_json::Value) -> Vec<String> {
    let inner = match value {
        serde_json::Value::Array(items) => items.iter().collect::<Vec<_>>(),
        serde_json::Value::Object(fields) => fields.values().collect(),
        _ => vec![],
    };
    let own = value.get("url").and_then(serde_json::Value::as_str).map(str::to_owned);
    own.into_iter().chain(inner.into_iter().flat_map(button_urls)).collect()
}

#[test]
fn nothing_from_outside_mentions_anybody_or_leads_anywhere_else() {
    let all = all_hostile();
    assert!(all.len() >= 500, "{}", all.len());
    for hostile in all.iter().map(String::as_str) {
        let slack = slack();
        let drawn = everything(hostile);
        drawn.iter().for_each(|message| post(&slack, message));
        for view in pages(hostile) {
            // A page is read like a message; its inputs hold nothing from outside.
            let readable = |block: &&serde_json::Value| block["type"] != "input";
            let blocks: Vec<_> =
                view["blocks"].as_array().unwrap().iter().filter(readable).cloned().collect();
            let message = serde_json::json!({ "channel": "#alerts", "text": "page", "blocks": blocks });
            let posted = slack.call("chat.postMessage", message, "xoxb-emulator");
            assert_eq!(posted.outcome(), "ok", "{} {view}", posted.body);
        }
        let shown = slack.messages("#alerts", "U01ANA");
        assert!(shown.len() > drawn.len(), "all of it is there");
        let own = own_links(hostile);
        for message in &shown {
            let found = slack.mentions(message);
            let context = format!("{hostile:?} in {message:?}");
            // Who wrote the note is named by us.
            assert!(found.users.iter().all(|user| user == "U01ANA"), "{:?}: {context}", found.users);
            assert!(found.specials.is_empty(), "{:?}: {context}", found.specials);
            assert!(found.usergroups.is_empty(), "{:?}: {context}", found.usergroups);
            assert!(found.channels.is_empty(), "{:?}: {context}", found.channels);
            for (address, _) in &found.links {
                assert!(own.contains(address), "{address}: {context}");
            }
            let json = serde_json::json!([message.blocks, message.attachments]);
            for address in button_urls(&json) {
                assert!(own.contains(&address), "{address}: {context}");
            }
        }
    }
}

fn pages(hostile: &str) -> Vec<serde_json::Value> {
    let mut start = opening();
    start.why.grouped_by = vec![(hostile.into(), hostile.into())];
    start.why.rejected = vec![(hostile.into(), hostile.into())];
    (start.route, start.why.when) = (hostile.into(), Some(hostile.into()));
    let opened = open(start, &filled(hostile), &[], &Rules::default(), at(0));
    let mut unrouted = opened.incident.clone();
    (unrouted.route, unrouted.why.grouped_by) = (UNROUTED.into(), vec![]);
    let views = [
        page::note(&opened.incident),
        page::why(&opened.incident),
        page::why(&unrouted),
        page::timeline(&opened.incident, &opened.entries),
        page::details(&opened.incident),
    ];
    views.iter().map(|view| serde_json::to_value(view).unwrap()).collect()
}

/// All tricks in one line.
const ALL_AT_ONCE: &str = "<!channel> <@U01ANA> <!subteam^S01ONCALL> <#C01ALERTS> <http://evil.example|click> &lt;!here&gt; @here `x` *y*";

/// How many of the long list each field of a payload gets.
const IN_TURN: usize = 3;

/// Every text in a payload, by its place.
fn places(value: &Value, here: String, found: &mut Vec<String>) {
    match value {
        Value::String(_) => found.push(here),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(at, item)| places(item, format!("{here}/{at}"), found));
        }
        Value::Object(fields) => fields.iter().for_each(|(name, field)| {
            let name = name.replace('~', "~0").replace('/', "~1");
            places(field, format!("{here}/{name}"), found);
        }),
        _ => {}
    }
}

#[test]
fn no_field_of_any_source_mentions_anybody_or_leads_anywhere_else() {
    let sources = Sources::builtin().unwrap();
    // Each field gets all tricks in one line, and some of the long list in turn: the test above has all of it in every field
    // of a signal, and a source has nothing but signals to give.
    let list = all_hostile();
    let mut turn = list.iter().map(String::as_str).cycle();
    let mut tried = 0;
    insta::glob!("../../events", "*/*.json", |path| {
        let folder =
            path.parent().and_then(|folder| folder.file_name()).unwrap().to_string_lossy().into_owned();
        if path.to_string_lossy().ends_with(".headers.json") || folder == "functions" {
            return;
        }
        let slack = slack();
        let payload: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let headers = fs::read(path.with_extension("headers.json")).ok();
        let headers = headers.map(|headers| serde_json::from_slice(&headers).unwrap()).unwrap_or_default();
        let mut all = Vec::new();
        places(&payload, String::new(), &mut all);
        let mut own = BTreeSet::new();
        for place in &all {
            for text in std::iter::once(ALL_AT_ONCE).chain(turn.by_ref().take(IN_TURN)) {
                let mut hostile = payload.clone();
                *hostile.pointer_mut(place).unwrap() = text.into();
                let raw = Raw {
                    id: "d1".into(),
                    source: Some(folder.clone()),
                    headers: BTreeMap::clone(&headers),
                    body: hostile.to_string(),
                    received_at: at(0),
                    note: None,
                };
                for signal in sources.map(&raw).signals {
                    own.extend(
                        signal
                            .links
                            .iter()
                            .filter_map(|link| url::Url::parse(&link.url).ok())
                            .map(String::from),
                    );
                    let opened = open(opening(), &signal, &[], &Rules::default(), at(0));
                    let card = view(&opened.incident, &opened.entries, &Button::USUAL);
                    post(&slack, &message::card(&card));
                    post(&slack, &message::plain_card(&card));
                }
                tried += 1;
            }
        }
        for message in slack.messages("#alerts", "U01ANA") {
            let found = slack.mentions(&message);
            let calls = [&found.users, &found.specials, &found.usergroups, &found.channels];
            assert!(calls.iter().all(|calls| calls.is_empty()), "{}: {message:?}", path.display());
            // A mapping may link to an address that stands in a payload; the payload itself may not.
            for (address, _) in &found.links {
                assert!(own.contains(address), "{}: {address}", path.display());
            }
        }
    });
    assert!(tried > 4_000, "only {tried} texts in fields");
}

#[test]
fn the_workspace_would_notice() {
    // Unescaped, most of the list mentions or links: so the test above can fail.
    let slack = slack();
    let noticed = HOSTILE.iter().filter(|hostile| {
        let message = serde_json::json!({ "channel": "#alerts", "text": hostile });
        slack.call("chat.postMessage", message, "xoxb-emulator");
        let shown = slack.messages("#alerts", "U01ANA");
        slack.mentions(shown.last().unwrap()) != Default::default()
    });
    assert!(noticed.count() > 30);
}

#[test]
fn a_title_of_many_lines_stays_one_line() {
    let signal = Signal { title: "one\n> two\r\n\nthree".into(), links: vec![], ..alarm() };
    let opened = open(opening(), &signal, &[], &Rules::default(), at(0));
    let drawn = view(&opened.incident, &opened.entries, &[]);
    assert_eq!(card::title(&drawn).as_str(), ":red_circle: *one &gt; two three*");
    assert!(!card::fallback(&drawn).as_str().contains('\n'));
}
