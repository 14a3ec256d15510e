//! What a person is told who pressed or typed something: what became of it, who was first, what to do next.

use jiff::Timestamp;

use crate::core::command::{COMMANDS, Command, CommandError};
use crate::core::incident::{Answer, Effect, Incident, IncidentId, Post, State, Verb};
use crate::slack::blocks::cut::cut_plain;
use crate::slack::escape::{Mrkdwn, one_line};
use crate::text::{count, how_long, sign, when, who};

/// What became of a response.
pub fn response(answer: &Answer, verb: &Verb, incident: &Incident) -> Mrkdwn {
    let title = Mrkdwn::escape(&one_line(&incident.content.title)).bold();
    match answer {
        Answer::Done | Answer::Lapsed { .. } => done(verb) + title + ".",
        Answer::Duplicate | Answer::Older => Mrkdwn::ours("That was done already."),
        Answer::AlreadyAcknowledged { by, at } => {
            who(by) + " was first: " + title + " has been acknowledged since " + when(*at) + "."
        }
        Answer::AlreadyResolved { by, at } => {
            who(by) + " resolved " + title + " already, " + when(*at) + ". Reopen it if it is not over."
        }
        Answer::NotAcknowledged => {
            Mrkdwn::ours("Nobody has acknowledged ") + title + ", so there is nothing to take back."
        }
        Answer::AlreadyOpen => title + " is open already.",
        Answer::NotYours { by } => {
            who(by) + " did that, so taking back your emoji does not undo it. Use the button."
        }
        Answer::IsNotice => title + " is a notice: nobody has to acknowledge or resolve it.",
        Answer::EmptyNote => Mrkdwn::ours("The note is empty. Write what others should know."),
        Answer::Superseded { by, open } => {
            let next = if *open { " Work there." } else { " Reopen that one." };
            title + " stays closed: a newer incident, " + Mrkdwn::code(&by.0) + ", took its place." + next
        }
    }
}

fn done(verb: &Verb) -> Mrkdwn {
    Mrkdwn::ours(match verb {
        Verb::Ack => "You are on it: ",
        Verb::Unack => "Nobody is on it any more: ",
        Verb::Resolve => "Resolved: ",
        Verb::Reopen => "Open again: ",
        Verb::Note(_) => "Noted on ",
    })
}

/// There is no such incident.
pub fn not_found(id: &IncidentId, command: &str) -> Mrkdwn {
    Mrkdwn::ours("There is no incident ")
        + Mrkdwn::code(&id.0)
        + ". "
        + code2(command, "list")
        + " shows the open ones."
}

/// A message that is no incident any more, or never was.
pub fn gone() -> Mrkdwn {
    Mrkdwn::ours("Callboard does not know this message any more: it is older than what is kept.")
}

/// Something failed on our side. The id is in the log.
pub fn failed(request_id: &str) -> Mrkdwn {
    Mrkdwn::ours(
        "That did not work, and it is not your fault. Nothing is lost; try again in a moment. If it stays, quote ",
    ) + Mrkdwn::code(request_id)
        + "."
}

/// The text was no command.
pub fn not_a_command(error: &CommandError, slash: &str) -> Mrkdwn {
    match error {
        CommandError::Unknown { word, nearest } => {
            let meant = nearest.map(|near| Mrkdwn::ours(" Did you mean ") + code2(slash, near.name) + "?");
            let unknown = Mrkdwn::ours("There is no command ") + Mrkdwn::code(word) + ".";
            unknown + meant.unwrap_or_default() + " " + code2(slash, "help") + " lists them all."
        }
        CommandError::Missing { command, what } => {
            Mrkdwn::code(command.name)
                + " needs "
                + *what
                + ", for example "
                + code2(slash, command.example)
                + "."
        }
        CommandError::NotAnId { command, word } => {
            let wrong = Mrkdwn::code(word)
                + " is not an incident's ID: that is five letters and digits, as on its message";
            wrong + ". For example " + code2(slash, command.example) + "."
        }
    }
}

/// The help: every command with what it does.
pub fn help(slash: &str) -> Vec<Mrkdwn> {
    COMMANDS.iter().map(|command| usage(slash, command) + " – " + command.help).collect()
}

/// The help of one command.
pub fn help_one(slash: &str, command: &Command) -> Mrkdwn {
    usage(slash, command) + "\n" + command.help + "\nFor example: " + code2(slash, command.example)
}

fn usage(slash: &str, command: &Command) -> Mrkdwn {
    code2(slash, format!("{} {}", command.name, command.usage).trim())
}

fn code2(slash: &str, rest: &str) -> Mrkdwn {
    Mrkdwn::code(&format!("{slash} {rest}"))
}

/// What Slack should show and does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Late {
    /// How many posts.
    pub posts: usize,
    /// There may be more.
    pub more: bool,
}

/// What is open, in one line, and whether Slack shows it.
pub fn status(open: &[Incident], more: bool, behind: Late) -> Mrkdwn {
    let acked = open.iter().filter(|incident| matches!(incident.state, State::Acknowledged { .. })).count();
    let firing = open.len() - acked;
    let at_least = Mrkdwn::ours(if more { "At least " } else { "" });
    let incidents = |number| count(number, "incident", "incidents");
    let words = match (firing, acked) {
        (0, 0) => return Mrkdwn::ours(":white_check_mark: Nothing is open.") + late(behind),
        (0, 1) => "1 incident open, acknowledged.".to_owned(),
        (0, acked) => format!("{} open, all acknowledged.", incidents(acked)),
        (1, 0) => "1 incident firing, not acknowledged.".to_owned(),
        (firing, 0) => format!("{} firing, none acknowledged.", incidents(firing)),
        (firing, acked) => format!("{} firing, {acked} acknowledged.", incidents(firing)),
    };
    at_least + Mrkdwn::escape(&words) + late(behind)
}

/// Whether Slack shows all of it.
fn late(late: Late) -> Mrkdwn {
    if late.posts == 0 {
        return Mrkdwn::ours("\nSlack is up to date.");
    }
    let at_least = if late.more { "At least " } else { "" };
    let posts = count(late.posts, "post is", "posts are");
    Mrkdwn::escape(&format!("\n{at_least}{posts} late in Slack; Callboard keeps trying."))
}

/// The longest title in a list, in characters: what a phone shows in two lines.
const LISTED_TITLE: usize = 80;

/// The longest link in a list, in characters: thirty lines of this and of such titles fit into one message.
const LISTED_LINK: usize = 150;

/// One incident as a line of a list (`now`: our clock).
pub fn listed(incident: &Incident, now: Timestamp) -> Mrkdwn {
    let age = how_long(now.duration_since(incident.opened_at));
    let owner = match &incident.state {
        State::Acknowledged { by, .. } => Mrkdwn::ours(" · ") + who(by),
        _ => Mrkdwn::default(),
    };
    let title = cut_plain(&one_line(&incident.content.title), LISTED_TITLE);
    let title = match incident.content.links.first().filter(|link| link.url.len() <= LISTED_LINK) {
        Some(link) => Mrkdwn::link(&link.url, &title),
        None => Mrkdwn::escape(&title),
    };
    sign(&incident.state, incident.severity)
        + " "
        + Mrkdwn::code(&incident.id.0)
        + " "
        + title
        + Mrkdwn::escape(&format!(" · {age}"))
        + owner
}

/// The list is longer.
pub fn and_more(more: usize) -> Mrkdwn {
    Mrkdwn::escape(&format!("… and {more} more."))
}

/// No incident fits the words.
pub fn nothing_listed(filtered: bool) -> Mrkdwn {
    Mrkdwn::ours(if filtered { "No open incident fits that." } else { ":white_check_mark: Nothing is open." })
}

/// A message was sent.
pub fn sent(channel: &str, link: Option<&str>) -> Mrkdwn {
    let channel = if channel.starts_with('#') { Mrkdwn::escape(channel) } else { Mrkdwn::channel(channel) };
    let link = link.map(|link| Mrkdwn::ours(" ") + Mrkdwn::link(link, "See it"));
    Mrkdwn::ours("Sent to ") + channel + "." + link.unwrap_or_default()
}

/// A message was not sent.
pub fn not_sent(channel: &str, code: &str) -> Mrkdwn {
    let channel = if channel.starts_with('#') { Mrkdwn::escape(channel) } else { Mrkdwn::channel(channel) };
    let remedy = match code {
        "not_in_channel" | "channel_not_found" => " Check the name, or invite the app to the channel.",
        "is_archived" => " The channel is archived.",
        _ => " Try again in a moment.",
    };
    Mrkdwn::ours("That could not be sent to ") + channel + " (" + Mrkdwn::escape(code) + ")." + remedy
}

/// Slack did not say whether it took the message.
pub fn maybe_sent(channel: &str) -> Mrkdwn {
    let channel = if channel.starts_with('#') { Mrkdwn::escape(channel) } else { Mrkdwn::channel(channel) };
    Mrkdwn::ours("Slack did not answer. Look into ") + channel + " before you send it again: it may be there."
}

/// The message that somebody sent by command, with who it is from.
pub fn sent_by(user: &str, text: &str) -> Mrkdwn {
    Mrkdwn::escape(text) + "\n_from_ " + Mrkdwn::user(user)
}

/// The same request came twice.
pub fn before() -> Mrkdwn {
    Mrkdwn::ours("That was done already.")
}

/// The form could not be opened in time.
pub fn too_late() -> Mrkdwn {
    Mrkdwn::ours("That took too long and Slack gave up. Press it again.")
}

/// Where an incident is shown, or that it is not there (yet).
pub fn place(post: &Post) -> Mrkdwn {
    let channel = match &post.channel_id {
        Some(id) => Mrkdwn::channel(id),
        None => Mrkdwn::escape(&post.channel),
    };
    match &post.root {
        Effect::Done { .. } => Mrkdwn::ours("In ") + channel,
        Effect::Dropped { reason } => Mrkdwn::ours("Not shown in ") + channel + ": " + Mrkdwn::escape(reason),
        Effect::Wanted | Effect::Started { .. } => Mrkdwn::ours("On its way to ") + channel,
    }
}
