//! Whether the file makes sense: every fault at once, each with its path, what is wrong and what may have been meant; and,
//! if there is none, the compiled form.

use std::collections::BTreeSet;
use std::hash::Hasher;

use super::fault::{Fault, did_you_mean};
use super::file::{RouteRules, SourceRules};
use super::{Access, Config, ConfigFile, feed, report};
use crate::core::expression::{Expression, ExpressionError, Template};
use crate::core::incident::Rules;
use crate::core::routing::{Route, Routes, UNROUTED, channel_name};
use crate::core::view::Button;
use crate::sources::Sources;
use crate::sources::mail;
use crate::sources::verify::words::{Remedy, Words, Wrong};
use crate::sources::verify::{Scheme, named};

/// The names that a condition or template can see: the fields of a signal.
const NAMES: [&str; 12] = [
    "source",
    "kind",
    "status",
    "severity",
    "title",
    "text",
    "facts",
    "labels",
    "links",
    "key",
    "at",
    "received_at",
];

/// Compiles the file, or says everything that is wrong with it.
pub(super) fn compile(file: &ConfigFile) -> Result<Config, Vec<Fault>> {
    let mut faults = Vec::new();
    let fallback = channel_name(&file.channels.fallback).unwrap_or_else(|| {
        faults.push(
            Fault::at("channels.fallback", "this is no channel").with_remedy("name one, such as \"#ops\""),
        );
        String::new()
    });
    if file.command.len() < 2 || !file.command.starts_with('/') || file.command.contains(' ') {
        faults.push(
            Fault::at("command", "a slash command is a slash and one word").with_remedy("such as \"/ops\""),
        );
    }
    for (name, span) in [("reopen_within", file.incidents.reopen_within), ("ack_for", file.incidents.ack_for)]
    {
        if span.is_negative() {
            let fault = Fault::at(format!("incidents.{name}"), "a time span cannot be negative");
            faults.push(fault.with_remedy("such as 30m; 0s switches it off"));
        }
    }
    let access = |(name, rules): (&String, &SourceRules)| (name.clone(), source(name, rules, &mut faults));
    let sources = file.sources.iter().map(access).collect();
    let mut names = BTreeSet::from([UNROUTED]);
    let mut routes = Vec::new();
    for (position, rules) in file.routes.iter().enumerate() {
        let path = format!("routes[{position}]");
        if !names.insert(&rules.name) {
            let message = match rules.name.as_str() {
                UNROUTED => "that is the name of what no route takes".to_owned(),
                name => format!("there is a route \"{name}\" already"),
            };
            faults.push(Fault::at(format!("{path}.name"), message).with_remedy("give it a name of its own"));
        }
        routes.push(route(&path, rules, &mut faults));
    }
    unreachable(file, &mut faults);
    let reports = report::compile(&file.reports, &mut faults);
    let feeds = feed::compile(&file.feeds, &mut faults);
    if !faults.is_empty() {
        return Err(faults);
    }
    let rules = Rules {
        reopen_within: file.incidents.reopen_within,
        ack_for: Some(file.incidents.ack_for).filter(|lease| lease.is_positive()),
        ..Rules::default()
    };
    let routes = Routes { routes, fallback };
    let version = version(file);
    Ok(Config { routes, rules, sources, reports, feeds, command: file.command.clone(), version })
}

/// The same for the same content, however it is laid out.
fn version(file: &ConfigFile) -> String {
    let mut hasher = fnv::FnvHasher::default();
    hasher.write(serde_json::to_string(file).unwrap_or_default().as_bytes());
    format!("{:08x}", hasher.finish() as u32)
}

fn source(name: &str, rules: &SourceRules, faults: &mut Vec<Fault>) -> Access {
    let path = format!("sources.{name}");
    let scheme = rules.verify.clone().map(Scheme::try_from);
    match &scheme {
        Some(Err(wrong)) => faults.push(unverifiable(&path, wrong)),
        Some(Ok(scheme)) => faults.extend(lacking(name, scheme, &rules.secrets.0, &rules.topics.0)),
        None if rules.secrets.0.is_empty() && rules.topics.0.is_empty() && rules.senders.0.is_empty() => {
            let fault = Fault::at(&path, "nobody could prove to be this source");
            faults.push(fault.with_remedy(needs_secret(name)));
        }
        None => {}
    }
    for (position, listed) in
        rules.senders.0.iter().enumerate().filter(|(_, listed)| !mail::is_listable(listed))
    {
        let fault = Fault::at(format!("{path}.senders[{position}]"), format!("\"{listed}\" is no sender"));
        faults.push(
            fault.with_remedy("write an address, @ and a domain (\"@example.com\"), or \"*\" for anybody"),
        );
    }
    if !rules.senders.0.is_empty() && name != mail::NAME {
        let fault = Fault::at(format!("{path}.senders"), "only mail has senders");
        faults.push(fault.with_remedy("list them under `sources: mail:`"));
    }
    let scheme = scheme.and_then(Result::ok);
    Access {
        scheme,
        secrets: rules.secrets.0.clone(),
        topics: rules.topics.0.clone(),
        senders: rules.senders.0.clone(),
    }
}

/// What a source lacks so that its scheme lets anybody in.
fn lacking(name: &str, scheme: &Scheme, secrets: &[String], topics: &[String]) -> Option<Fault> {
    let path = format!("sources.{name}");
    if scheme.needs_secret() && secrets.is_empty() {
        let message = match Words::from(scheme.clone()) {
            Words::Name(scheme) => format!("\"{scheme}\" needs a secret"),
            Words::Token(_) | Words::Hmac(_) => "this needs a secret".to_owned(),
        };
        return Some(Fault::at(path, message).with_remedy(needs_secret(name)));
    }
    let remedy = "list the ARNs of your topics under `topics:`; anybody can make a topic that signs well";
    let fault = || Fault::at(path, "\"sns\" needs the topics that are yours").with_remedy(remedy);
    (*scheme == Scheme::Sns && topics.is_empty()).then(fault)
}

fn needs_secret(name: &str) -> String {
    let name = if name == "*" { "hooks" } else { name };
    format!("say `secrets: {name}` and put the secret under that name")
}

impl Config {
    /// What is wrong with the sources whose scheme this config leaves to their mappings. The file alone cannot tell.
    pub fn left_to_mappings(&self, sources: &Sources) -> Vec<Fault> {
        let fault = |(name, access): (&String, &Access)| match sources.scheme(name) {
            None | Some(Scheme::None) => {
                let message = "its mapping does not say how it proves who it is";
                let remedy = "say `verify:`, such as `verify: bearer`";
                Some(Fault::at(format!("sources.{name}"), message).with_remedy(remedy))
            }
            // Mail that SES brings proves itself; over HTTP nobody gets in.
            Some(_) if !access.senders.is_empty() && access.secrets.is_empty() => None,
            Some(scheme) => lacking(name, scheme, &access.secrets, &access.topics),
        };
        let left = self.sources.iter().filter(|(name, access)| access.scheme.is_none() && *name != "*");
        left.filter_map(fault).collect()
    }
}

fn unverifiable(path: &str, wrong: &Wrong) -> Fault {
    let path = match wrong.at {
        "" => format!("{path}.verify"),
        at => format!("{path}.verify.{at}"),
    };
    let remedy = match &wrong.remedy {
        Remedy::Name(name) => did_you_mean(name, &named::names().collect::<Vec<_>>()),
        Remedy::Say(remedy) => (*remedy).to_owned(),
    };
    Fault::at(path, wrong.message.clone()).with_remedy(remedy)
}

fn route(path: &str, rules: &RouteRules, faults: &mut Vec<Fault>) -> Route {
    let mut expression = |path: String, source: &str| match Expression::compile(source) {
        Ok(compiled) => {
            faults.extend(unknown_names(&path, compiled.names()));
            Some((source.to_owned(), compiled))
        }
        Err(error) => {
            faults.push(in_expression(path, &error, source));
            None
        }
    };
    let when = rules.when.as_ref().and_then(|source| expression(format!("{path}.when"), source));
    let group_by = rules
        .group_by
        .0
        .iter()
        .enumerate()
        .filter_map(|(position, source)| expression(format!("{path}.group_by[{position}]"), source))
        .collect();
    let mut to = Vec::new();
    for (position, source) in rules.to.0.iter().enumerate() {
        let path = format!("{path}.to[{position}]");
        match Template::compile(source) {
            Ok(template) => {
                faults.extend(unknown_names(&path, template.names()));
                if !source.contains("{{") && channel_name(source).is_none() {
                    faults.push(Fault::at(&path, "this is no channel").with_remedy("such as \"#alerts\""));
                }
                to.push(template);
            }
            Err(error) => faults.push(in_expression(path, &error, source)),
        }
    }
    if rules.to.0.is_empty() {
        faults.push(
            Fault::at(format!("{path}.to"), "a route needs a channel").with_remedy("such as \"#alerts\""),
        );
    }
    let buttons = match &rules.buttons {
        None => Button::USUAL.to_vec(),
        Some(names) => buttons(path, names, faults),
    };
    Route {
        name: rules.name.clone(),
        when,
        to,
        group_by,
        goes_on: rules.r#continue,
        buttons,
        show_unfired: rules.show_unfired,
    }
}

fn buttons(path: &str, names: &[String], faults: &mut Vec<Fault>) -> Vec<Button> {
    let known = Button::ALL.map(|(name, _)| name);
    let mut buttons = Vec::new();
    for (position, name) in names.iter().enumerate() {
        match Button::from_name(name) {
            Some(button) => buttons.push(button),
            None => {
                let path = format!("{path}.buttons[{position}]");
                let message = format!("there is no button \"{name}\"");
                faults.push(Fault::at(path, message).with_remedy(did_you_mean(name, &known)));
            }
        }
    }
    buttons
}

/// A route without a condition takes everything, so what stands below it never gets a signal.
fn unreachable(file: &ConfigFile, faults: &mut Vec<Fault>) {
    let takes_all = file.routes.iter().position(|route| route.when.is_none() && !route.r#continue);
    let Some(last) = takes_all.filter(|position| position + 1 < file.routes.len()) else { return };
    let name = file.routes.get(last).map_or("", |route| &route.name);
    let message = format!("no signal gets here: the route \"{name}\" above takes everything");
    faults.push(
        Fault::at(format!("routes[{}]", last + 1), message)
            .with_remedy(format!("move \"{name}\" to the end, or give it a `when:`")),
    );
}

fn unknown_names(path: &str, names: Vec<String>) -> Vec<Fault> {
    let unknown = |name: &String| {
        let first = name.split(['.', '[']).next().unwrap_or(name).to_owned();
        (!NAMES.contains(&first.as_str())).then(|| {
            Fault::at(path, format!("a signal has no \"{first}\"")).with_remedy(did_you_mean(&first, &NAMES))
        })
    };
    names.iter().filter_map(unknown).collect()
}

fn in_expression(path: String, error: &ExpressionError, source: &str) -> Fault {
    let fault = Fault::at(path, format!("{} (column {} of the expression)", error.message, error.column));
    let there = source.chars().skip(error.column.saturating_sub(1));
    match &error.suggestion {
        Some(suggestion) => fault.with_remedy(format!("did you mean `{suggestion}`?")),
        None if there.take(2).eq("= ".chars()) => fault.with_remedy("two things are compared with `==`"),
        None if source.contains("{{") => fault.with_remedy("such as \"#team-{{ labels.team }}\""),
        None => fault.with_remedy("such as `severity == \"critical\" and labels.team in [\"api\", \"web\"]`"),
    }
}
