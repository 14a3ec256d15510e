//! A mapping file, compiled, and applied to a payload. Compiling finds every fault that can be found without a payload;
//! applying gives drafts, or says why there is none. Neither knows any source: that is what the files are for.

use std::collections::BTreeMap;

use super::draft::Draft;
use super::mapping::{Case, Choice, Mapping, SignalMapping};
use super::unwrap::Payload;
use super::{Fault, MAX_SIGNALS, generic};
use crate::core::expression::{Context, Data, Expression, ExpressionError, Template};
use crate::core::raw::Raw;
use crate::core::signal::{Severity, Status};
use crate::core::time;

/// A mapping file, ready to be applied.
#[derive(Debug)]
pub(super) struct Compiled {
    delivery: Option<Template>,
    names: Names,
    cases: Vec<CompiledCase>,
    link_title: String,
}

/// What a mapping says about a payload.
#[derive(Debug)]
pub(super) enum Outcome {
    /// These signals, by this case.
    Signals {
        case: String,
        drafts: Vec<Draft>,
        /// How many further elements there were.
        left_out: usize,
    },
    /// Nobody needs to see it.
    Skipped { case: String, reason: String },
    /// No case holds.
    Unknown,
}

type Names = Vec<(String, Expression)>;

#[derive(Debug)]
struct CompiledCase {
    name: String,
    when: Option<Expression>,
    each: Option<Expression>,
    names: Names,
    result: CompiledResult,
}

#[derive(Debug)]
enum CompiledResult {
    Skip(Template),
    Signal(Box<CompiledSignal>),
}

#[derive(Debug)]
struct CompiledSignal {
    key: Template,
    kind: Template,
    status: Words<Status>,
    severity: Option<Words<Severity>>,
    title: Template,
    text: Option<Template>,
    facts: Vec<Template>,
    link: Option<Template>,
    links: Vec<(Template, Template)>,
    labels: Vec<(String, Template)>,
    labels_from: Option<Expression>,
    at: Option<Template>,
}

/// The sender's word and what it means; without a table, our own words mean themselves.
#[derive(Debug)]
struct Words<T> {
    of: Template,
    table: Option<BTreeMap<String, T>>,
    ours: fn(&str) -> Option<T>,
}

impl Compiled {
    pub(super) fn new(source: &str, mapping: &Mapping) -> Result<Self, Fault> {
        let at = Place { source, path: String::new() };
        if mapping.cases.is_empty() {
            return Err(at.under("cases").fault("a mapping needs at least one case"));
        }
        Ok(Compiled {
            delivery: at.under("delivery").optional(mapping.delivery.as_deref(), Template::compile)?,
            names: at.under("let").names(&mapping.names)?,
            cases: mapping
                .cases
                .iter()
                .map(|case| CompiledCase::new(&at.under("cases").under(&case.name), case))
                .collect::<Result<_, _>>()?,
            link_title: format!("Open in {}", mapping.title),
        })
    }

    /// The sender's own identity of the delivery, as the mapping finds it.
    pub(super) fn delivery_id(&self, raw: &Raw, payload: &Payload) -> Option<String> {
        let id = self.delivery.as_ref()?.render(&context(raw, payload)).ok()?;
        Some(id.trim().to_owned()).filter(|id| !id.is_empty())
    }

    /// Applies the first case that holds. What is odd but no reason to give up goes to the notes.
    pub(super) fn apply(&self, raw: &Raw, payload: &Payload, notes: &mut Vec<String>) -> Outcome {
        let context = match name_all(context(raw, payload), &self.names) {
            Ok(context) => context,
            Err((name, error)) => {
                notes.push(format!("let.{name}: {error}"));
                return Outcome::Unknown;
            }
        };
        for case in &self.cases {
            match case.when.as_ref().map(|when| when.eval_bool(&context)) {
                None | Some(Ok(true)) => return self.apply_case(case, context, raw, payload, notes),
                Some(Ok(false)) => {}
                // A condition that looks into something missing does not hold; any other fault is worth a note.
                Some(Err(error)) if error.missing => {}
                Some(Err(error)) => notes.push(format!("cases.{}.when: {error}", case.name)),
            }
        }
        Outcome::Unknown
    }

    fn apply_case(
        &self,
        case: &CompiledCase,
        context: Context,
        raw: &Raw,
        payload: &Payload,
        notes: &mut Vec<String>,
    ) -> Outcome {
        let name = case.name.clone();
        let items = match case.each.as_ref().map(|each| each.eval(&context)) {
            None => None,
            Some(Ok(list)) => list.elements(),
            Some(Err(error)) => {
                notes.push(format!("cases.{name}.each: {error}"));
                return Outcome::Unknown;
            }
        };
        let signal = match &case.result {
            CompiledResult::Skip(reason) => {
                let context = name_all(context, &case.names).map_err(|(_, error)| error);
                let reason = context.and_then(|context| reason.render(&context));
                return match reason {
                    Ok(reason) => Outcome::Skipped { case: name, reason },
                    Err(error) => {
                        Outcome::Skipped { case: name, reason: format!("without a reason: {error}") }
                    }
                };
            }
            CompiledResult::Signal(signal) => signal,
        };
        let items = match (&case.each, items) {
            (None, _) => vec![None],
            (Some(_), Some(items)) if !items.is_empty() => items.into_iter().map(Some).collect(),
            (Some(_), _) => {
                notes.push(format!("cases.{name}.each: no list, or an empty one"));
                return Outcome::Unknown;
            }
        };
        let mut drafts = Vec::with_capacity(items.len());
        let left_out = items.len().saturating_sub(MAX_SIGNALS);
        for item in items.into_iter().take(MAX_SIGNALS) {
            let context = match &item {
                Some(item) => context.clone().with_data("item", item),
                None => context.clone(),
            };
            // An element that is no map is none of what the mapping is about.
            let odd = item.as_ref().is_some_and(|item| !item.is_map());
            let error = match signal.draft(&case.names, context, &self.link_title, notes) {
                Ok(draft) if !odd => {
                    drafts.push(draft);
                    continue;
                }
                Ok(_) => "no map".to_owned(),
                Err((place, error)) => format!("{place}: {error}"),
            };
            notes.push(format!("cases.{name}.{error}"));
            // One element that the mapping has a fault for must not take the others with it.
            let Some(item) = item else { return Outcome::Unknown };
            let item = serde_json::to_value(&item).unwrap_or_default();
            drafts.extend(generic::read(&item, &payload.envelope, raw.received_at));
        }
        Outcome::Signals { case: name, drafts, left_out }
    }
}

impl CompiledCase {
    fn new(at: &Place<'_>, case: &Case) -> Result<Self, Fault> {
        let result = match (&case.signal, &case.skip) {
            (Some(signal), None) => {
                CompiledResult::Signal(Box::new(CompiledSignal::new(&at.under("signal"), signal)?))
            }
            (None, Some(reason)) => {
                CompiledResult::Skip(at.under("skip").compiled(reason, Template::compile)?)
            }
            _ => return Err(at.fault("a case has either `signal` or `skip`")),
        };
        Ok(CompiledCase {
            name: case.name.clone(),
            when: at.under("when").optional(case.when.as_deref(), Expression::compile)?,
            each: at.under("each").optional(case.each.as_deref(), Expression::compile)?,
            names: at.under("let").names(&case.names)?,
            result,
        })
    }
}

impl CompiledSignal {
    fn new(at: &Place<'_>, signal: &SignalMapping) -> Result<Self, Fault> {
        let template = |name: &str, source: &str| at.under(name).compiled(source, Template::compile);
        let optional = |name: &str, source: &Option<String>| {
            at.under(name).optional(source.as_deref(), Template::compile)
        };
        Ok(CompiledSignal {
            key: template("key", &signal.key)?,
            kind: template("kind", &signal.kind)?,
            status: Words::new(&at.under("status"), &signal.status, Status::from_word)?,
            severity: match &signal.severity {
                Some(choice) => Some(Words::new(&at.under("severity"), choice, Severity::from_word)?),
                None => None,
            },
            title: template("title", &signal.title)?,
            text: optional("text", &signal.text)?,
            facts: signal.facts.iter().map(|fact| template("facts", fact)).collect::<Result<_, _>>()?,
            link: optional("link", &signal.link)?,
            links: signal
                .links
                .iter()
                .map(|link| Ok((template("links.title", &link.title)?, template("links.url", &link.url)?)))
                .collect::<Result<_, _>>()?,
            labels: signal
                .labels
                .iter()
                .map(|(name, value)| {
                    Ok((name.clone(), at.under("labels").under(name).compiled(value, Template::compile)?))
                })
                .collect::<Result<_, _>>()?,
            labels_from: at
                .under("labels_from")
                .optional(signal.labels_from.as_deref(), Expression::compile)?,
            at: optional("at", &signal.at)?,
        })
    }

    fn draft(
        &self,
        names: &Names,
        context: Context,
        link_title: &str,
        notes: &mut Vec<String>,
    ) -> Result<Draft, (String, ExpressionError)> {
        let context = name_all(context, names).map_err(|(name, error)| (format!("let.{name}"), error))?;
        let must = |place: &str, template: &Template| {
            template.render(&context).map_err(|error| (format!("signal.{place}"), error))
        };
        // What an optional part asks for need not be there; any other fault in it is told, and it is left out.
        let mut may = |place: &str, template: &Template| match template.render(&context) {
            Ok(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Err(error) => {
                if !error.missing {
                    notes.push(format!("signal.{place}: {error}"));
                }
                None
            }
        };
        let mut labels = BTreeMap::new();
        for (name, value) in &self.labels {
            labels.extend(may("labels", value).map(|value| (name.clone(), value)));
        }
        let mut links: Vec<(String, String)> =
            self.link.iter().filter_map(|link| Some((link_title.to_owned(), may("link", link)?))).collect();
        for (title, url) in &self.links {
            links.extend(may("links.title", title).zip(may("links.url", url)));
        }
        let facts = self.facts.iter().filter_map(|fact| may("facts", fact)).collect();
        let text = self.text.as_ref().and_then(|text| may("text", text)).unwrap_or_default();
        let at = self.at.as_ref().and_then(|at| may("at", at)).and_then(|at| time::parse(&at));
        if let Some(from) = &self.labels_from {
            let further = from.eval(&context).map_err(|error| ("signal.labels_from".to_owned(), error))?;
            for (name, value) in further.entries() {
                labels.entry(name).or_insert(value);
            }
        }
        let (word, status) =
            self.status.read(&context).map_err(|error| ("signal.status".to_owned(), error))?;
        if status.is_none() {
            notes.push(format!("unknown status {:?}: taken as info", super::draft::line(&word, 60)));
        }
        let severity = match &self.severity {
            Some(words) => words.read(&context).map_err(|error| ("signal.severity".to_owned(), error))?.1,
            None => None,
        };
        Ok(Draft {
            kind: must("kind", &self.kind)?,
            status,
            severity,
            title: must("title", &self.title)?,
            text,
            facts,
            labels,
            links,
            key: must("key", &self.key)?,
            at,
        })
    }
}

impl<T: Copy> Words<T> {
    fn new(at: &Place<'_>, choice: &Choice, ours: fn(&str) -> Option<T>) -> Result<Self, Fault> {
        let (of, table) = match choice {
            Choice::Word(of) => (of, None),
            Choice::Table(table) => {
                let meaning = |(theirs, word): (&String, &String)| match ours(word) {
                    Some(meaning) => Ok((theirs.to_lowercase(), meaning)),
                    None => Err(at.under("words").fault(&format!("`{word}` is none of our words"))),
                };
                (&table.of, Some(table.words.iter().map(meaning).collect::<Result<_, _>>()?))
            }
        };
        Ok(Words { of: at.compiled(of, Template::compile)?, table, ours })
    }

    /// The sender's word and what it means, if that is known.
    fn read(&self, context: &Context) -> Result<(String, Option<T>), ExpressionError> {
        let word = match self.of.render(context) {
            Ok(word) => word.trim().to_lowercase(),
            Err(error) if error.missing => String::new(),
            Err(error) => return Err(error),
        };
        let meaning = match &self.table {
            Some(table) => table.get(&word).copied(),
            None => (self.ours)(&word),
        };
        Ok((word, meaning))
    }
}

/// What the expressions of a mapping see.
fn context(raw: &Raw, payload: &Payload) -> Context {
    let body = Data::new(&payload.body);
    Context::empty()
        .with("headers", &raw.headers)
        .with("envelope", &payload.envelope)
        .with_data("body", &body)
        .with_data("item", &body)
}

/// Adds names one after the other. One that looks into something missing is undefined: whoever uses it decides.
fn name_all(mut context: Context, names: &Names) -> Result<Context, (String, ExpressionError)> {
    for (name, expression) in names {
        let value = match expression.eval(&context) {
            Ok(value) => value,
            Err(error) if error.missing => Data::undefined(),
            Err(error) => return Err((name.clone(), error)),
        };
        context = context.with_data(name, &value);
    }
    Ok(context)
}

/// A place in a mapping file, for faults.
struct Place<'a> {
    source: &'a str,
    path: String,
}

impl Place<'_> {
    fn under(&self, name: &str) -> Self {
        let path = if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) };
        Place { source: self.source, path }
    }

    fn compiled<T>(&self, source: &str, compile: fn(&str) -> Result<T, ExpressionError>) -> Result<T, Fault> {
        compile(source).map_err(|error| Fault {
            source_name: self.source.to_owned(),
            place: self.path.clone(),
            error,
        })
    }

    fn optional<T>(
        &self,
        source: Option<&str>,
        compile: fn(&str) -> Result<T, ExpressionError>,
    ) -> Result<Option<T>, Fault> {
        source.map(|source| self.compiled(source, compile)).transpose()
    }

    fn names(&self, names: &[BTreeMap<String, String>]) -> Result<Names, Fault> {
        names
            .iter()
            .flatten()
            .map(|(name, source)| Ok((name.clone(), self.under(name).compiled(source, Expression::compile)?)))
            .collect()
    }

    fn fault(&self, message: &str) -> Fault {
        Fault {
            source_name: self.source.to_owned(),
            place: self.path.clone(),
            error: ExpressionError {
                message: message.to_owned(),
                line: 1,
                column: 1,
                suggestion: None,
                missing: false,
            },
        }
    }
}
