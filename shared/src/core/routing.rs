//! Where a signal goes: routes are read top down, the first that matches takes it unless it says `continue`.
//!
//! The decision carries its own trace (`Why`), made while deciding, so that "why?" is never answered by a second
//! implementation. A signal that no route takes goes to the fallback channel: nothing is dropped here.

use super::expression::{Context, Expression, Template};
use super::incident::Why;
use super::signal::Signal;
use super::view::Button;

/// The routes of a config, compiled.
#[derive(Debug)]
pub struct Routes {
    /// In the order in which they are tried.
    pub routes: Vec<Route>,
    /// Where to go when no route takes a signal or a channel cannot be named.
    pub fallback: String,
}

/// One rule.
#[derive(Debug)]
pub struct Route {
    /// Its name.
    pub name: String,
    /// Its condition, as written and compiled; `None` takes everything.
    pub when: Option<(String, Expression)>,
    /// The channels.
    pub to: Vec<Template>,
    /// What signals have in common that belong together, as written and compiled; empty: the signal's own key.
    pub group_by: Vec<(String, Expression)>,
    /// Go on with the next route although this one matched.
    pub goes_on: bool,
    /// The controls of its posts.
    pub buttons: Vec<Button>,
    /// Show a resolution although nobody saw it fire: wanted of deployments, not of alarms.
    pub show_unfired: bool,
}

/// One route's decision about one signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The route's name.
    pub route: String,
    /// The group key.
    pub group: String,
    /// Where it is shown. Never empty.
    pub channels: Vec<String>,
    /// Whether a resolution is shown that nobody saw fire.
    pub show_unfired: bool,
    /// The trace.
    pub why: Why,
}

/// The name of the route that takes what no other route takes.
pub const UNROUTED: &str = "unrouted";

/// How many rejected routes a trace names.
const REJECTED: usize = 5;

impl Routes {
    /// The channels that are named as they are, without a template, each once; the fallback channel first.
    pub fn channels(&self) -> Vec<String> {
        let mut names = vec![self.fallback.clone()];
        for name in self.routes.iter().flat_map(|route| &route.to).filter_map(|to| channel_name(to.source()))
        {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// Decides where a signal goes; at least one decision.
    pub fn decide(&self, signal: &Signal) -> Vec<Decision> {
        let context = Context::new(signal);
        let mut rejected = Vec::new();
        let mut decisions = Vec::new();
        for route in &self.routes {
            match route.rejects(&context) {
                Some(condition) => rejected.insert(0, (route.name.clone(), condition)),
                None => {
                    decisions.push(self.decision(route, signal, &context, &rejected));
                    if !route.goes_on {
                        return decisions;
                    }
                }
            }
        }
        if decisions.is_empty() {
            decisions.push(self.unrouted(signal, &rejected));
        }
        decisions
    }

    /// What the routes that do not take a signal would decide if they did, and what is decided where none does: where the thing
    /// may be open whose end says less, or something else, than its beginning.
    pub fn elsewhere(&self, signal: &Signal, taken: &[Decision]) -> Vec<Decision> {
        let context = Context::new(signal);
        let others = self.routes.iter().map(|route| self.decision(route, signal, &context, &[]));
        let mut found: Vec<Decision> = others.chain([self.unrouted(signal, &[])]).collect();
        found.retain(|other| taken.iter().all(|decision| decision.route != other.route));
        found
    }

    /// The controls of a route's posts; the usual ones for a route that is gone from the config.
    pub fn buttons(&self, route: &str) -> &[Button] {
        let found = self.routes.iter().find(|known| known.name == route);
        found.map_or(&Button::USUAL, |route| &route.buttons)
    }

    fn unrouted(&self, signal: &Signal, rejected: &[(String, String)]) -> Decision {
        Decision {
            route: UNROUTED.to_owned(),
            group: own_group(signal),
            channels: vec![self.fallback.clone()],
            show_unfired: false,
            why: Why { key: signal.key.clone(), rejected: nearest(rejected), ..Why::default() },
        }
    }

    fn decision(
        &self,
        route: &Route,
        signal: &Signal,
        context: &Context,
        rejected: &[(String, String)],
    ) -> Decision {
        let grouped_by: Vec<(String, String)> = route
            .group_by
            .iter()
            .map(|(source, expression)| {
                let value = expression.eval_string(context).ok().flatten().unwrap_or_default();
                (source.clone(), value)
            })
            .collect();
        let group = match grouped_by.as_slice() {
            [] => own_group(signal),
            parts => {
                // Quoted, so that no value from outside can look like two.
                let parts: Vec<String> =
                    parts.iter().map(|(name, value)| format!("{name}={value:?}")).collect();
                parts.join("\n")
            }
        };
        let mut channels: Vec<String> = Vec::new();
        for template in &route.to {
            let name = template.render(context).ok().and_then(|name| channel_name(&name));
            let name = name.unwrap_or_else(|| self.fallback.clone());
            if !channels.contains(&name) {
                channels.push(name);
            }
        }
        let why = Why {
            when: route.when.as_ref().map(|(source, _)| source.clone()),
            grouped_by,
            rejected: nearest(rejected),
            key: signal.key.clone(),
        };
        Decision { route: route.name.clone(), group, channels, show_unfired: route.show_unfired, why }
    }
}

impl Route {
    /// The part of the condition that fails, or `None` if the route matches. A condition that cannot be evaluated does
    /// not match, and says why.
    fn rejects(&self, context: &Context) -> Option<String> {
        let (source, expression) = self.when.as_ref()?;
        match expression.eval_bool(context) {
            Ok(true) => None,
            Ok(false) => Some(failing_part(source, context)),
            Err(error) => Some(format!("{source} ({error})")),
        }
    }
}

/// The first part of an `and` chain that fails, which says more than the whole of it.
fn failing_part(source: &str, context: &Context) -> String {
    let parts = and_parts(source);
    let fails = |part: &&&str| {
        Expression::compile(part).is_ok_and(|part| part.eval_bool(context).is_ok_and(|holds| !holds))
    };
    match parts.as_slice() {
        [] | [_] => source.to_owned(),
        parts => parts.iter().find(fails).map_or(source, |part| part).trim().to_owned(),
    }
}

/// Splits `a and b and c` outside of quotes and brackets; one part if there is an `or` at that level.
fn and_parts(source: &str) -> Vec<&str> {
    let (mut parts, mut start, mut depth, mut quote, mut escaped) = (Vec::new(), 0, 0_i32, None, false);
    for (at, letter) in source.char_indices() {
        match (quote, letter) {
            _ if escaped => escaped = false,
            (Some(_), '\\') => escaped = true,
            (Some(open), close) if open == close => quote = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quote = Some(letter),
            (None, '(' | '[' | '{') => depth += 1,
            (None, ')' | ']' | '}') => depth -= 1,
            (None, space) if space.is_whitespace() && depth == 0 && at >= start => {
                let rest = source.get(at..).unwrap_or_default().trim_start();
                match rest.split_whitespace().next() {
                    Some("or" | "if") => return vec![source],
                    Some("and") => {
                        parts.push(source.get(start..at).unwrap_or_default());
                        start = source.len() - rest.len() + "and".len();
                    }
                    _ => {}
                }
            }
            _ => {}
        }
    }
    parts.push(source.get(start..).unwrap_or_default());
    parts
}

fn own_group(signal: &Signal) -> String {
    format!("{}\n{}", signal.source, signal.key)
}

fn nearest(rejected: &[(String, String)]) -> Vec<(String, String)> {
    rejected.iter().take(REJECTED).cloned().collect()
}

/// A channel as Slack names them: an id stays, a name is lower case without spaces, at most 80 characters
/// (<https://docs.slack.dev/reference/methods/conversations.create>). `None` if nothing is left.
pub fn channel_name(rendered: &str) -> Option<String> {
    let rendered = rendered.trim();
    if is_channel_id(rendered) {
        return Some(rendered.to_owned());
    }
    let name: String = rendered
        .trim_start_matches('#')
        .chars()
        .flat_map(char::to_lowercase)
        .map(|letter| if letter.is_alphanumeric() || letter == '_' { letter } else { '-' })
        .take(80)
        .collect();
    let name = name.trim_matches('-');
    (!name.is_empty()).then(|| format!("#{name}"))
}

/// `C`, `D` or `G` and at least seven more capitals or digits, one of them a digit: `CHECKOUT` is a name.
fn is_channel_id(text: &str) -> bool {
    text.len() >= 8
        && text.starts_with(['C', 'D', 'G'])
        && text.bytes().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
        && text.bytes().any(|letter| letter.is_ascii_digit())
}

#[cfg(test)]
mod tests;
