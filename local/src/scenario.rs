//! Whole stories as scripts, one sentence a line, for people (`cargo local scenario FILE`) and for the tests, which compare
//! what is told with what was told before. The clock stands still except where the script lets time pass, so a story goes
//! the same every time.
//!
//! `script` reads a line, this file does it, on a `Stage`: this machine's world, or whatever else keeps what a stage promises.
//! To add a sentence, add a row to `script` and an arm here.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::json;
use shared::core::report::Report;
use slack_emulator::{Act, Fault, FaultKind};

use crate::Trouble;
use crate::http::{listen, serve};
use crate::rules::Rules;
use crate::samples::{self, Sample};
use crate::world::{Options, World};

mod script;
mod stage;

use script::{Line, read};

pub use stage::{Left, Stage};

/// When every story begins, unless it says otherwise.
const BEGIN: &str = "2026-11-22T09:00:30Z";

/// Runs the script in a file. Its first lines may say what it needs: `config: NAME` (the file of that name beside it), and
/// `begins: TIME` after that.
///
/// # Errors
/// The file cannot be read; and those of [`run`].
pub async fn run_file(file: &Path, config: Option<&Path>) -> Result<String, Trouble> {
    let script = fs::read_to_string(file)
        .map_err(|error| Trouble::because(&format!("{} cannot be read", file.display()), error))?;
    let own = needs(&script)?.config.map(|name| file.with_file_name(name));
    run(&script, config.or(own.as_deref())).await
}

/// What the first lines of a script say that it needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needs {
    /// A config of its own: the name of a file beside it.
    pub config: Option<String>,
    /// When it begins.
    pub begins: Timestamp,
}

/// What a script needs.
///
/// # Errors
/// It begins at no time.
pub fn needs(script: &str) -> Result<Needs, Trouble> {
    let said = |what: &str| headers(script).find_map(|line| line.strip_prefix(what)).map(str::trim);
    let begins = said(BEGINS).unwrap_or(BEGIN).parse().map_err(|error| {
        Trouble::because("say when it begins as in `begins: 2026-11-22T09:00:30Z`", error)
    })?;
    Ok(Needs { config: said(CONFIG).map(str::to_owned), begins })
}

/// How a first line begins that names the script's config.
const CONFIG: &str = "config:";

/// How a first line begins that says when the story begins.
const BEGINS: &str = "begins:";

/// The lines before the first sentence.
fn headers(script: &str) -> impl Iterator<Item = &str> {
    script.lines().take_while(|line| line.starts_with(CONFIG) || line.starts_with(BEGINS))
}

/// Runs a script in a world of its own and tells what happened.
///
/// # Errors
/// A line that cannot be understood, with its number; or a world that cannot be made.
pub async fn run(script: &str, config: Option<&Path>) -> Result<String, Trouble> {
    let begin = needs(script)?.begins;
    let listener = listen(0).await?;
    let address = listener.local_addr().map_err(|error| Trouble::because("no address", error))?;
    let options = Options { rules: Rules::of(config), stands_at: Some(begin), ..Options::default() };
    let world = Arc::new(World::new(&options, format!("http://{address}"))?);
    let server = tokio::spawn(serve(world.clone(), listener));
    let told = play(script, world.as_ref()).await;
    server.abort();
    told
}

/// Plays a script on a stage, from the state that it is in, and tells what happened.
///
/// # Errors
/// A line that cannot be understood or done, with its number.
pub async fn play(script: &str, stage: &dyn Stage) -> Result<String, Trouble> {
    let mut story = Story { stage, told: String::new() };
    let first = headers(script).count();
    for (number, line) in script.lines().enumerate() {
        let _ = writeln!(story.told, "{line}");
        let done = match read(line) {
            _ if number < first => Ok(()),
            Ok(None) => Ok(()),
            Ok(Some(line)) => story.act(line).await,
            Err(error) => Err(error),
        };
        done.map_err(|error| Trouble(format!("line {}: {error}\n    {line}", number + 1)))?;
    }
    Ok(story.told)
}

struct Story<'a> {
    stage: &'a dyn Stage,
    told: String,
}

impl Story<'_> {
    async fn act(&mut self, line: Line) -> Result<(), Trouble> {
        match line {
            Line::Send { file, now, times } => self.send(&file, now, times).await,
            Line::Post { source, body } => self.take_in(Sample::plain(&source, body)).await,
            Line::Drain => {
                let left = self.stage.drain().await?;
                if left.dead > 0 || left.waiting > 0 {
                    self.tell(&format!("{} waiting, {} dead", left.waiting, left.dead));
                }
                Ok(())
            }
            Line::Advance(by) => {
                let to = self.stage.now().checked_add(by);
                self.stage.pass_until(to.map_err(|error| Trouble::because("that is too far", error))?).await
            }
            Line::Outage(of) => {
                let to = self.stage.now().checked_add(of);
                self.stage.miss(to.map_err(|error| Trouble::because("that is too far", error))?).await
            }
            Line::Show(channel) => {
                let text = self.stage.slack()?.channel_text(&channel);
                self.tell(&text);
                Ok(())
            }
            Line::ShowViews { who } => self.views(&who),
            Line::Incidents => self.incidents().await,
            Line::Calls(method) => {
                let calls = self.stage.slack()?.calls();
                let calls = calls.iter().filter(|call| call.method == method).count();
                self.tell(&format!("{method} was called {calls} times"));
                Ok(())
            }
            Line::Press { who, label, channel } => self.press(&who, &label, &channel).await,
            Line::Choose { who, label, channel } => self.choose(&who, &label, &channel).await,
            Line::Type { who, text, channel } => {
                let (command, text) = text.split_once(' ').unwrap_or((&text, ""));
                let act = Act::Command { channel, command: command.to_owned(), text: text.to_owned() };
                self.person(&who, act).await
            }
            Line::React { who, emoji, channel, on } => {
                let ts = self.latest(&channel)?;
                let name = emoji.trim_matches(':').to_owned();
                self.person(
                    &who,
                    if on { Act::React { channel, ts, name } } else { Act::Unreact { channel, ts, name } },
                )
                .await
            }
            Line::Reply { who, text, channel } => {
                let thread_ts = Some(self.latest(&channel)?);
                self.person(&who, Act::Message { channel, text, thread_ts }).await
            }
            Line::Fill { who, text } => self.fill(&who, &text).await,
            Line::Close { who } => {
                let view = self.view(&who)?;
                self.person(&who, Act::Close { view }).await
            }
            Line::Delete { who, channel } => {
                let ts = self.latest(&channel)?;
                self.person(&who, Act::Delete { channel, ts }).await
            }
            Line::Archive { channel, archived } => {
                self.stage.slack()?.archive(&channel, archived);
                Ok(())
            }
            Line::SlackFails { method, kind, times } => {
                self.stage.slack()?.fail(Fault { method, kind, times });
                Ok(())
            }
            Line::SlackDown => {
                self.stage.slack()?.fail(Fault {
                    method: None,
                    kind: FaultKind::Status { status: 503 },
                    times: u32::MAX,
                });
                Ok(())
            }
            Line::SlackUp => {
                self.stage.slack()?.clear_faults();
                Ok(())
            }
        }
    }

    async fn send(&mut self, file: &str, now: bool, times: u32) -> Result<(), Trouble> {
        let (source, name) = file.split_once('/').unwrap_or(("generic", file));
        let mut sample =
            samples::find(source, name).ok_or_else(|| Trouble(format!("there is no events/{file}")))?;
        if now {
            sample.body = samples::as_of(&sample.body, self.stage.now());
        }
        for _ in 0..times {
            self.take_in(sample.clone()).await?;
        }
        Ok(())
    }

    async fn take_in(&mut self, sample: Sample) -> Result<(), Trouble> {
        let answer = self.stage.take_in(&sample).await?;
        if answer.status() != http::StatusCode::OK {
            let body = String::from_utf8_lossy(answer.body()).into_owned();
            self.tell(&format!("answered {}: {body}", answer.status()));
        }
        Ok(())
    }

    async fn press(&mut self, who: &str, label: &str, channel: &str) -> Result<(), Trouble> {
        let ts = self.latest(channel)?;
        let action = script::action(label);
        self.person(who, Act::press(channel, &ts, &action)).await
    }

    async fn choose(&mut self, who: &str, label: &str, channel: &str) -> Result<(), Trouble> {
        let message = self.stage.slack()?.messages(channel, &user(who)).pop();
        let message = message.ok_or_else(|| Trouble(format!("{channel} is empty")))?;
        let value = option_value(&json!([message.blocks, message.attachments]), label);
        let value = value.ok_or_else(|| Trouble(format!("no menu in {channel} says \"{label}\"")))?;
        self.person(who, Act::choose(channel, &message.ts, "more", &value)).await
    }

    async fn fill(&mut self, who: &str, text: &str) -> Result<(), Trouble> {
        let view = self.view(who)?;
        let values = json!({ "note": { "note": { "type": "plain_text_input", "value": text } } });
        let values = values.as_object().cloned().unwrap_or_default();
        self.person(who, Act::Submit { view, values }).await
    }

    /// The id of the form that a person sees.
    fn view(&self, who: &str) -> Result<String, Trouble> {
        let views = self.stage.slack()?.views(&user(who));
        let view = views.last().and_then(|view| view.get("id")).and_then(|id| id.as_str()).map(str::to_owned);
        view.ok_or_else(|| Trouble(format!("{who} has no form open")))
    }

    fn views(&mut self, who: &str) -> Result<(), Trouble> {
        for view in self.stage.slack()?.views(&user(who)) {
            let mut lines = Vec::new();
            for part in ["title", "blocks", "submit", "close"] {
                texts(view.get(part).unwrap_or(&serde_json::Value::Null), &mut lines);
            }
            self.tell(&lines.join("\n"));
        }
        Ok(())
    }

    async fn person(&mut self, who: &str, act: Act) -> Result<(), Trouble> {
        let acted = self.stage.slack()?.act(&user(who), act).await;
        if let Some(error) = acted.error {
            self.tell(&format!("{who} is told: {error}"));
        }
        Ok(())
    }

    async fn incidents(&mut self) -> Result<(), Trouble> {
        for loaded in self.stage.incidents().await? {
            let incident = &loaded.incident;
            // That a schedule is known is nothing that happened to anybody.
            if matches!(incident.content.report.as_deref(), Some(Report::Begun { .. })) {
                continue;
            }
            let behind = if incident.behind_at.is_some() { ", behind" } else { "" };
            self.tell(&format!(
                "{}: {}, {}, {} signals, {} entries{behind}",
                incident.content.title,
                incident.state.word(),
                incident.severity.word(),
                incident.counts.signals,
                loaded.timeline.len(),
            ));
        }
        Ok(())
    }

    /// The newest message of ours in a channel that everybody sees, in the channel itself.
    fn latest(&self, channel: &str) -> Result<String, Trouble> {
        let messages = self.stage.slack()?.messages(channel, "");
        let ours =
            messages.iter().rev().find(|message| message.only_for.is_none() && message.thread_ts.is_none());
        ours.map(|message| message.ts.clone())
            .ok_or_else(|| Trouble(format!("there is no message in {channel}")))
    }

    fn tell(&mut self, text: &str) {
        for line in text.lines() {
            let _ = writeln!(self.told, "    {line}");
        }
    }
}

/// `ana` is Ana.
fn user(who: &str) -> String {
    match who {
        "ben" => "U02BEN",
        "chi" => "U03CHI",
        _ => "U01ANA",
    }
    .to_owned()
}

/// The value of the option with this label, anywhere in a message.
fn option_value(within: &serde_json::Value, label: &str) -> Option<String> {
    let text = within.pointer("/text/text").and_then(|text| text.as_str());
    if let (Some(text), Some(value)) = (text, within.get("value").and_then(|value| value.as_str()))
        && text == label
    {
        return Some(value.to_owned());
    }
    match within {
        serde_json::Value::Array(items) => items.iter().find_map(|item| option_value(item, label)),
        serde_json::Value::Object(fields) => fields.values().find_map(|field| option_value(field, label)),
        _ => None,
    }
}

/// Every text that a person reads in a block, in its order.
fn texts(within: &serde_json::Value, lines: &mut Vec<String>) {
    match within {
        serde_json::Value::Object(fields) => match fields.get("text").and_then(|text| text.as_str()) {
            Some(text) => lines.push(text.to_owned()),
            None => ["label", "text", "fields", "elements", "element", "placeholder", "hint"]
                .iter()
                .filter_map(|name| fields.get(*name))
                .for_each(|field| texts(field, lines)),
        },
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, lines)),
        _ => {}
    }
}
