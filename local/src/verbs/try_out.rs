//! `try FILE`: how a payload is read, where it goes and why, and what stands in Slack afterwards; by the code that decides, in a
//! world of its own. Nothing is left of it. A file that is a feed is tried as the feed of the config that has the file's name.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use shared::config::{Config, Feed};
use shared::core::raw::Raw;
use shared::core::routing::Decision;
use shared::core::signal::Signal;
use shared::queue::Queue;
use shared::sources::{self, mail};
use url::Url;

use crate::Trouble;
use crate::http::{listen, serve};
use crate::rules::Rules;
use crate::world::{Options, World};

/// How many items of a feed are tried.
const MOST_ITEMS: usize = 3;

/// Tells what becomes of the payload in `file`. `source` names its source; without one it is recognised.
///
/// # Errors
/// The file cannot be read, or the rules have faults.
pub async fn try_out(
    file: &Path,
    source: Option<&str>,
    rules: Rules,
    now: Timestamp,
) -> Result<String, Trouble> {
    let name = file.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
    tried(raw(file, source, now)?, name, rules, now).await
}

/// Tells what becomes of a notification, or of the feed with this name, by these rules. It does not touch the world that asks.
///
/// # Errors
/// The rules have faults.
pub async fn tried(raw: Raw, name: &str, rules: Rules, now: Timestamp) -> Result<String, Trouble> {
    let listener = listen(0).await?;
    let address = listener.local_addr().map_err(|error| Trouble::because("no address", error))?;
    let options = Options { rules, stands_at: Some(now), ..Options::default() };
    let mut world = World::new(&options, format!("http://{address}"))?;
    let raws = match items(name, &raw, &world.deps.config, now) {
        Some(items) => items,
        None => vec![raw],
    };
    // The trial may cross a minute, and asks nobody for a feed then.
    if let Some(config) = Arc::get_mut(&mut world.deps.config) {
        config.feeds.clear();
    }
    let world = Arc::new(world);
    let mut told = String::new();
    let mut channels = BTreeSet::new();
    for raw in &raws {
        if !told.is_empty() {
            told.push('\n');
        }
        tell(&mut told, raw, &world, &mut channels);
    }
    let server = tokio::spawn(serve(world.clone(), listener));
    let taken = world.queue.signals(&raws).await;
    taken.map_err(|error| Trouble::because("the queue of the trial does not take it", error))?;
    world.drain().await;
    for channel in channels {
        let text = world.slack.as_ref().map(|slack| slack.channel_text(&channel)).unwrap_or_default();
        let _ = writeln!(told, "\n{}", text.trim_end());
    }
    server.abort();
    Ok(told)
}

/// The newest items of a feed, oldest first, as they would come; `None` if it is none.
fn items(name: &str, raw: &Raw, config: &Config, now: Timestamp) -> Option<Vec<Raw>> {
    if raw.source.as_ref().is_some_and(|source| source != notifier::feed::SOURCE) {
        return None;
    }
    let rules = config.feeds.iter().find(|feed| feed.name == name).cloned();
    let rules = rules.or_else(|| {
        let url = Url::parse("https://feed.example/").ok()?;
        Some(Feed { name: name.to_owned(), url, every: SignedDuration::from_mins(15) })
    })?;
    let mut items = notifier::feed::notifications(raw.body.as_bytes(), &rules, now).ok()?;
    items.truncate(MOST_ITEMS);
    items.reverse();
    Some(items).filter(|items| !items.is_empty())
}

/// How one notification is read and where it goes.
fn tell(told: &mut String, raw: &Raw, world: &World, channels: &mut BTreeSet<String>) {
    let opened = sources::open(raw);
    let mapped = world.deps.sources.map_opened(raw, &opened);
    let mapping = mapped.trace.mapping.as_deref().unwrap_or("none: it was read generically");
    let _ = writeln!(told, "mapping   {mapping}");
    for note in &mapped.trace.notes {
        let _ = writeln!(told, "note      {note}");
    }
    if let Some(reason) = &mapped.skipped {
        let _ = writeln!(told, "skipped   {reason}");
    }
    let senders =
        world.deps.config.source(mail::NAME).map(|access| access.senders.clone()).unwrap_or_default();
    for refused in mail::arrivals(&opened).filter_map(|arrival| arrival.admit(&senders).err()) {
        let _ = writeln!(told, "refused   {refused}");
    }
    for signal in &mapped.signals {
        told.push('\n');
        tell_signal(told, signal);
        for decision in world.deps.config.routes.decide(signal) {
            tell_decision(told, &decision);
            channels.extend(decision.channels);
        }
    }
}

/// A payload's file as a notification, with the headers in the file beside it.
pub(crate) fn raw(file: &Path, source: Option<&str>, now: Timestamp) -> Result<Raw, Trouble> {
    let read = |path: &Path| {
        fs::read(path).map_err(|error| Trouble::because(&format!("{} cannot be read", path.display()), error))
    };
    let bytes = read(file)?;
    // As the door does it.
    let body = match mail::read(&bytes) {
        Some(message) => message.to_string(),
        None => String::from_utf8_lossy(&bytes).into_owned(),
    };
    let beside = file.with_extension("headers.json");
    let headers = match beside.exists() {
        true => serde_json::from_slice(&read(&beside)?).map_err(|error| {
            Trouble::because(&format!("{} is no list of headers", beside.display()), error)
        })?,
        false => Default::default(),
    };
    Ok(Raw {
        id: "try".to_owned(),
        source: source.map(str::to_owned),
        headers,
        body,
        received_at: now,
        note: None,
    })
}

fn tell_signal(told: &mut String, signal: &Signal) {
    let rows = [
        ("title", signal.title.clone()),
        ("status", format!("{}, {}", signal.status.word(), signal.severity.word())),
        ("kind", format!("{} from {}", signal.kind, signal.source)),
        ("facts", signal.facts.join(" · ")),
        ("text", signal.text.lines().next().unwrap_or_default().to_owned()),
        (
            "labels",
            signal.labels.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" "),
        ),
        ("link", signal.links.first().map(|link| link.url.clone()).unwrap_or_default()),
        ("key", signal.key.clone()),
    ];
    for (name, value) in rows.into_iter().filter(|(_, value)| !value.is_empty()) {
        let _ = writeln!(told, "{name:<9} {value}");
    }
}

fn tell_decision(told: &mut String, decision: &Decision) {
    let why = decision.why.when.as_deref().unwrap_or("no condition");
    let _ = writeln!(told, "route     {} ({why})", decision.route);
    let _ = writeln!(told, "channel   {}", decision.channels.join(" "));
    let _ = writeln!(told, "group     {}", decision.group.replace('\n', " "));
    for (route, condition) in &decision.why.rejected {
        let _ = writeln!(told, "not       {route}: {condition} fails");
    }
}
