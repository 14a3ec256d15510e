//! Notifications: any body with any headers at the hook of any source is taken in, is never the router's poison, and
//! becomes signals within bounds that Slack can show, with title and state.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Request};
use shared::core::incident::{Entry, Incident, Rules, open};
use shared::core::raw::Raw;
use shared::core::signal::Signal;
use shared::core::view::{Button, view};
use shared::present::{message, page};
use shared::queue::Verdict;
use shared::slack::blocks::Message;
use shared::slack::escape::Mrkdwn;
use shared::text;

use crate::seams::{Seams, judge, now, opening, sources, wait};

/// The most signals of one delivery whose messages are judged; the bounds hold for all.
const MOST_JUDGED: usize = 4;

/// A request to a hook: the first line is the path, then headers (`name: value`) up to an empty line, then the body.
pub fn hook(input: &[u8]) {
    let Some(request) = request(input) else { return };
    let seams = Seams::new();
    let answer = wait(ingest::handle(request, &seams.deps));
    assert!(!answer.status().is_server_error(), "{}", answer.status());
    assert!(answer.body().len() < 2_000, "the answer has {} bytes", answer.body().len());
    let taken: Vec<Raw> = seams.queue.take_signals().into_iter().map(|(_, raw)| raw).collect();
    assert_eq!(taken.len(), usize::from(answer.status().is_success()), "what is answered with 200 is taken");
    for raw in &taken {
        check(raw);
    }
    let verdicts = wait(router::handle(&taken, &seams.deps));
    assert!(verdicts.iter().all(|verdict| *verdict == Verdict::Done), "{verdicts:?}");
}

/// What must hold of a notification that was taken in.
pub(crate) fn check(raw: &Raw) {
    let mapped = sources().map(raw);
    assert_eq!(mapped.skipped.is_some(), mapped.signals.is_empty(), "{:?}", mapped.skipped);
    assert!(mapped.signals.len() <= shared::sources::MAX_SIGNALS);
    mapped.signals.iter().for_each(bounded);
    mapped.signals.iter().take(MOST_JUDGED).for_each(shown);
}

/// Whatever it was made of, a signal has an end.
fn bounded(signal: &Signal) {
    let count = |text: &str| text.chars().count();
    assert!(!signal.title.trim().is_empty() && count(&signal.title) <= 250, "{:?}", signal.title);
    assert!(!signal.title.contains('\n'), "{:?}", signal.title);
    assert!((1..=300).contains(&count(&signal.key)), "{:?}", signal.key);
    assert!(count(&signal.text) <= 20_000, "{}", count(&signal.text));
    assert!(signal.facts.len() <= 10 && signal.facts.iter().all(|fact| (1..=200).contains(&count(fact))));
    assert!(signal.labels.len() <= 64, "{}", signal.labels.len());
    let label = |(name, value): (&String, &String)| count(name) <= 64 && (1..=256).contains(&count(value));
    assert!(signal.labels.iter().all(label), "{:?}", signal.labels);
    let web = |url: &str| url.starts_with("https://") || url.starts_with("http://");
    assert!(signal.links.len() <= 5 && signal.links.iter().all(|link| web(&link.url)), "{:?}", signal.links);
    let unseen = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    assert!(![&signal.title, &signal.text].into_iter().any(|text| text.contains(unseen)));
}

/// Slack takes what is made of it, and it says what happened and how it stands.
fn shown(signal: &Signal) {
    let opened = open(opening(signal), signal, &[], &Rules::default(), now());
    drawn(&opened.incident, &opened.entries);
    let card = view(&opened.incident, &opened.entries, &Button::USUAL);
    let words = Mrkdwn::escape(signal.title.trim()).to_string();
    let beginning: String = words.chars().take_while(|letter| letter.is_alphanumeric()).take(20).collect();
    let title = text::card::title(&card).to_string();
    let sign = title.split(' ').next().unwrap_or_default();
    for message in [message::card(&card), message::plain_card(&card)] {
        let text = serde_json::to_string(&message).unwrap();
        assert!(text.contains(&beginning), "the title's {beginning:?} is not in {text}");
        assert!(sign.starts_with(':') && text.contains(sign), "the state's sign {sign} is not in {text}");
    }
}

/// Slack takes everything that is drawn of an incident.
pub(crate) fn drawn(incident: &Incident, timeline: &[Entry]) {
    let card = view(incident, timeline, &Button::USUAL);
    for message in [message::card(&card), message::plain_card(&card)] {
        judge(&serde_json::to_value(&message).unwrap());
    }
    for view in [page::why(incident), page::details(incident)] {
        let view = serde_json::to_value(&view).unwrap();
        judge(&serde_json::json!({ "text": "page", "blocks": view["blocks"] }));
    }
    let lines = timeline.iter().map(|entry| text::line::thread(entry, incident.content.title.as_str()));
    for line in lines.chain([text::card::fallback(&card)]) {
        judge(&serde_json::to_value(Message::text(line).fit()).unwrap());
    }
}

/// What stands in the input as a request. Bytes that no HTTP server would let through are no request.
pub(crate) fn request(input: &[u8]) -> Option<Request<Bytes>> {
    let (path, mut rest) = line(input);
    let path = std::str::from_utf8(path).ok()?;
    let mut request = Request::post(path.strip_prefix("POST ").unwrap_or(path));
    loop {
        let (header, after) = line(rest);
        rest = after;
        if header.is_empty() {
            break;
        }
        let colon = header.iter().position(|byte| *byte == b':')?;
        let (name, value) = header.split_at(colon);
        let name = HeaderName::from_bytes(name).ok()?;
        let value = HeaderValue::from_bytes(value.strip_prefix(b":")?.trim_ascii()).ok()?;
        request = request.header(name, value);
    }
    request.body(Bytes::copy_from_slice(rest)).ok()
}

/// The first line and what follows it.
fn line(text: &[u8]) -> (&[u8], &[u8]) {
    match text.iter().position(|byte| *byte == b'\n') {
        Some(end) => (text.get(..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default()),
        None => (text, &[]),
    }
}
