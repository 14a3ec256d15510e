//! The slash command: reads what was typed by the one table in `core::command`, does it, and answers in the body of the
//! request, within Slack's three seconds.

use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode};
use jiff::Timestamp;
use shared::change::{Changed, change, seen};
use shared::core::command::{Invocation, parse};
use shared::core::incident::{Event, IncidentId, Origin, Response as Said, Verb};
use shared::deps::Deps;
use shared::door;
use shared::slack::blocks::{Block, Message};
use shared::slack::client::{Reply, Shown};
use shared::slack::escape::Mrkdwn;
use shared::slack::inbound::{Command, SlashCommand};
use shared::store::StoreError;
use shared::text;

mod connect;
mod doctor;
mod list;
mod report;
mod send;
mod show;

/// Handles a request to `/slack/commands`.
pub async fn handle(request: Request<Bytes>, deps: &Deps) -> Response<Bytes> {
    let deps = &door::in_time(deps);
    let now = deps.clock.now();
    let command = Command::parse(request.body());
    // Slack checks our certificate without a signature worth checking; the answer tells nothing.
    if matches!(command, Ok(Command::SslCheck)) {
        return door::done();
    }
    if let Err(refusal) = door::from_slack(&request, &deps.secrets, now) {
        return refusal;
    }
    let typed = match command {
        Ok(Command::Run(typed)) => typed,
        Ok(Command::SslCheck) => return door::done(),
        Err(error) => {
            let remedy = "Slack sends a slash command as a form.";
            return door::refuse(StatusCode::BAD_REQUEST, &error.to_string(), remedy);
        }
    };
    let message = match run(&typed, request.headers(), deps, now).await {
        Ok(message) => message,
        Err(error) => {
            let id = door::request_id(&request);
            tracing::error!(request = %id, %error, "a command could not be carried out");
            Message::text(text::answer::failed(&id))
        }
    };
    let reply = serde_json::to_value(Reply::new(Shown::Ephemeral, message)).unwrap_or_default();
    door::answer(StatusCode::OK, &reply)
}

async fn run(
    typed: &SlashCommand,
    headers: &HeaderMap,
    deps: &Deps,
    now: Timestamp,
) -> Result<Message, StoreError> {
    let slash = typed.command.as_str();
    match parse(&typed.text) {
        Err(error) => Ok(Message::text(text::answer::not_a_command(&error, slash))),
        Ok(Invocation::Help(None)) => Ok(lines(text::answer::help(slash))),
        Ok(Invocation::Help(Some(command))) => Ok(Message::text(text::answer::help_one(slash, command))),
        Ok(Invocation::Doctor) => doctor::doctor(headers, deps, now).await,
        Ok(Invocation::Connect(name)) => Ok(connect::connect(name.as_deref(), slash, headers, deps)),
        Ok(Invocation::Reports) => Ok(report::list(deps, now)),
        Ok(Invocation::Report { name, to }) => report::ask(&name, to, typed, deps, now).await,
        Ok(Invocation::Status) => list::status(deps, now).await,
        Ok(Invocation::List { firing, words }) => list::list(firing, &words, deps, now).await,
        Ok(Invocation::Show(id)) => show::show(&id, slash, deps).await,
        Ok(Invocation::Respond(id, verb)) => respond(&id, verb, typed, deps, now).await,
        Ok(Invocation::Send { channel, text }) => send::send(&channel, &text, typed, deps, now).await,
    }
}

async fn respond(
    id: &IncidentId,
    verb: Verb,
    typed: &SlashCommand,
    deps: &Deps,
    now: Timestamp,
) -> Result<Message, StoreError> {
    let said = Said { verb: verb.clone(), by: typed.user_id.clone(), origin: Origin::Command };
    let once = Some(seen("command", &typed.trigger_id, now));
    let stores = (deps.store.as_ref(), deps.queue.as_ref());
    let words = match change(stores, id, &[Event::Response(said)], once, &deps.config.rules, now).await? {
        Changed::Answered { answers, incident } => {
            let answers = answers.iter().map(|answer| text::answer::response(answer, &verb, &incident));
            Mrkdwn::join(answers, "\n")
        }
        Changed::Before => text::answer::before(),
        Changed::NotFound => text::answer::not_found(id, &typed.command),
    };
    Ok(Message::text(words))
}

/// The most lines in one block: with what [`text::answer::listed`] makes of an incident they fit into a section's 3,000
/// characters.
const MOST_IN_BLOCK: usize = 10;

/// A list as one message: blocks of lines, and the first line for phones.
fn lines(lines: Vec<Mrkdwn>) -> Message {
    let first = lines.first().cloned().unwrap_or_default();
    let sections =
        lines.chunks(MOST_IN_BLOCK).map(|some| Block::section(Mrkdwn::join(some.iter().cloned(), "\n")));
    Message::text(first).blocks(sections).fit()
}
