//! What people can type after the slash command: ONE table from which the parser, the help and the docs are made.
//!
//! To add a command, add a row to `COMMANDS` and an arm to `Invocation`; the compiler and `tidy` ask for the rest. What a
//! command *does* is the slash-command function's business.

use super::incident::{IncidentId, Verb};
use super::routing::channel_name;

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// The word to type.
    pub name: &'static str,
    /// What to type after it.
    pub usage: &'static str,
    /// What it does, in one line.
    pub help: &'static str,
    /// One that works.
    pub example: &'static str,
}

/// Every command, in the order of the help.
pub const COMMANDS: [Command; 14] = [
    row("status", "", "what is open now, and whether Callboard is well", "status"),
    row("list", "[firing|acked] [word ...]", "the open incidents, newest first", "list firing payments"),
    row("show", "ID", "everything about one incident", "show k7qf3"),
    row("ack", "ID", "say that you are on it", "ack k7qf3"),
    row("unack", "ID", "say that you are not any more", "unack k7qf3"),
    row("resolve", "ID", "say that it is over", "resolve k7qf3"),
    row("reopen", "ID", "say that it is not over", "reopen k7qf3"),
    row("note", "ID text", "write a note for the others", "note k7qf3 restarted the worker"),
    row("send", "#channel text", "post a message in a channel", "send #deploys release 1.4 is out"),
    row("reports", "", "the reports, and when each comes next", "reports"),
    row("report", "NAME [here|#channel]", "make a report now, for you or a channel", "report morning"),
    row("connect", "[SOURCE]", "how to connect a source: its address and the steps", "connect sentry"),
    row("doctor", "", "whether all is set up, and how to mend what is not", "doctor"),
    row("help", "[command]", "this list, or one command", "help note"),
];

const fn row(name: &'static str, usage: &'static str, help: &'static str, example: &'static str) -> Command {
    Command { name, usage, help, example }
}

/// What a person asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invocation {
    /// `status`
    Status,
    /// `list [state] [words]`
    List {
        /// Only firing (true) or only acknowledged (false) ones.
        firing: Option<bool>,
        /// Every word has to occur in the incident.
        words: Vec<String>,
    },
    /// `show ID`
    Show(IncidentId),
    /// `ack`, `unack`, `resolve`, `reopen`, `note`
    Respond(IncidentId, Verb),
    /// `send #channel text`
    Send {
        /// An id, or a name with `#`.
        channel: String,
        /// The text.
        text: String,
    },
    /// `reports`
    Reports,
    /// `report NAME [here|#channel]`
    Report {
        /// Its name.
        name: String,
        /// For whom.
        to: ReportTo,
    },
    /// `connect [SOURCE]`
    Connect(Option<String>),
    /// `doctor`
    Doctor,
    /// `help [command]`
    Help(Option<&'static Command>),
}

/// For whom a report is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReportTo {
    /// For the one who asks.
    Me,
    /// For the channel where it is asked for.
    Here,
    /// For this channel: an id, or a name with `#`.
    Channel(String),
}

/// Why the text is no command. `text` makes the sentence with the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// The first word is none of ours.
    Unknown {
        /// What was typed.
        word: String,
        /// The nearest command.
        nearest: Option<&'static Command>,
    },
    /// Something is missing after the command.
    Missing {
        /// The command.
        command: &'static Command,
        /// What.
        what: &'static str,
    },
    /// That cannot be an incident's name.
    NotAnId {
        /// The command.
        command: &'static Command,
        /// What was typed.
        word: String,
    },
}

/// Finds a row by its name.
pub fn find(name: &str) -> Option<&'static Command> {
    COMMANDS.iter().find(|command| command.name.eq_ignore_ascii_case(name))
}

/// Reads what a person typed after the slash command. Nothing typed asks for help.
pub fn parse(text: &str) -> Result<Invocation, CommandError> {
    let (word, rest) = cut(text);
    if word.is_empty() {
        return Ok(Invocation::Help(None));
    }
    let Some(command) = find(word) else {
        return Err(CommandError::Unknown { word: word.to_owned(), nearest: nearest(word) });
    };
    match command.name {
        "status" => Ok(Invocation::Status),
        "doctor" => Ok(Invocation::Doctor),
        "reports" => Ok(Invocation::Reports),
        "connect" => Ok(Invocation::Connect(
            Some(cut(rest).0).filter(|word| !word.is_empty()).map(str::to_ascii_lowercase),
        )),
        "report" => report(command, rest),
        "list" => Ok(list(rest)),
        "help" => help(rest),
        "send" => send(command, rest),
        "show" => Ok(Invocation::Show(id(command, cut(rest).0)?)),
        name => {
            let (word, rest) = cut(rest);
            let id = id(command, word)?;
            let verb = match name {
                "ack" => Verb::Ack,
                "unack" => Verb::Unack,
                "resolve" => Verb::Resolve,
                "reopen" => Verb::Reopen,
                _ if rest.is_empty() => return Err(CommandError::Missing { command, what: "the text" }),
                _ => Verb::Note(rest.to_owned()),
            };
            Ok(Invocation::Respond(id, verb))
        }
    }
}

fn list(rest: &str) -> Invocation {
    let mut firing = None;
    let mut words = Vec::new();
    for word in rest.split_whitespace() {
        match word.to_ascii_lowercase().as_str() {
            "firing" => firing = Some(true),
            "acked" | "acknowledged" => firing = Some(false),
            other => words.push(other.to_owned()),
        }
    }
    Invocation::List { firing, words }
}

fn help(rest: &str) -> Result<Invocation, CommandError> {
    let (word, _) = cut(rest);
    if word.is_empty() {
        return Ok(Invocation::Help(None));
    }
    match find(word) {
        Some(command) => Ok(Invocation::Help(Some(command))),
        None => Err(CommandError::Unknown { word: word.to_owned(), nearest: nearest(word) }),
    }
}

fn report(command: &'static Command, rest: &str) -> Result<Invocation, CommandError> {
    let (name, to) = cut(rest);
    if name.is_empty() {
        return Err(CommandError::Missing { command, what: "the report's name" });
    }
    let to = match cut(to).0 {
        "" | "me" => ReportTo::Me,
        "here" => ReportTo::Here,
        channel => ReportTo::Channel(
            channel_of(channel).ok_or(CommandError::Missing { command, what: "the channel" })?,
        ),
    };
    Ok(Invocation::Report { name: name.to_ascii_lowercase(), to })
}

fn send(command: &'static Command, rest: &str) -> Result<Invocation, CommandError> {
    let (channel, text) = cut(rest);
    let channel = channel_of(channel).ok_or(CommandError::Missing { command, what: "the channel" })?;
    if text.is_empty() {
        return Err(CommandError::Missing { command, what: "the text" });
    }
    Ok(Invocation::Send { channel, text: text.to_owned() })
}

/// A channel as Slack writes it: `<#C123|name>` when the command escapes, `#name` or `name` when it does not, or an id.
fn channel_of(word: &str) -> Option<String> {
    if let Some(inner) = word.strip_prefix("<#").and_then(|rest| rest.strip_suffix('>')) {
        return inner.split('|').next().filter(|id| !id.is_empty()).map(str::to_owned);
    }
    channel_name(word)
}

fn id(command: &'static Command, word: &str) -> Result<IncidentId, CommandError> {
    if word.is_empty() {
        return Err(CommandError::Missing { command, what: "the incident's ID" });
    }
    IncidentId::typed(word).ok_or_else(|| CommandError::NotAnId { command, word: word.to_owned() })
}

/// The first word and what comes after it, both trimmed; the text after keeps its own spaces and lines.
fn cut(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.find(char::is_whitespace) {
        Some(at) => {
            let (word, rest) = text.split_at(at);
            (word, rest.trim())
        }
        None => (text, ""),
    }
}

/// The command that was probably meant.
fn nearest(word: &str) -> Option<&'static Command> {
    let word = word.to_ascii_lowercase();
    let score = |command: &&Command| {
        let distance = strsim::damerau_levenshtein(&word, command.name);
        if command.name.starts_with(&word) || word.starts_with(command.name) { 0 } else { distance }
    };
    COMMANDS.iter().min_by_key(score).filter(|command| score(command) <= 2)
}

#[cfg(test)]
mod tests;
