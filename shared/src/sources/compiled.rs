//! A mapping file, compiled: every expression and template in it, and every fault that can be found without a payload, each
//! with its place in the file. What they give for a payload is for `engine`.

use std::collections::BTreeMap;

use super::Fault;
use super::mapping::{Case, Choice, Mapping, ReadMapping, SignalMapping};
use crate::core::expression::{Expression, ExpressionError, Template};
use crate::core::signal::{Severity, Status};

/// A mapping file, ready to be applied.
#[derive(Debug)]
pub(super) struct Compiled {
    pub(super) delivery: Option<Template>,
    pub(super) names: Names,
    pub(super) cases: Vec<CompiledCase>,
    pub(super) link_title: String,
}

pub(super) type Names = Vec<(String, Expression)>;

#[derive(Debug)]
pub(super) struct CompiledCase {
    pub(super) name: String,
    pub(super) when: Option<Expression>,
    pub(super) each: Option<Expression>,
    pub(super) names: Names,
    pub(super) result: CompiledResult,
}

#[derive(Debug)]
pub(super) enum CompiledResult {
    Skip(Template),
    Signal(Box<CompiledSignal>),
    Read(Box<CompiledRead>),
}

#[derive(Debug)]
pub(super) struct CompiledRead {
    pub(super) title: Template,
    pub(super) text: Template,
    pub(super) facts: Vec<Template>,
    pub(super) labels: Vec<(String, Template)>,
    pub(super) at: Option<Template>,
}

#[derive(Debug)]
pub(super) struct CompiledSignal {
    pub(super) key: Template,
    pub(super) kind: Template,
    pub(super) status: Words<Status>,
    pub(super) severity: Option<Words<Severity>>,
    pub(super) title: Template,
    pub(super) text: Option<Template>,
    pub(super) facts: Vec<Template>,
    pub(super) link: Option<Template>,
    pub(super) links: Vec<(Template, Template)>,
    pub(super) labels: Vec<(String, Template)>,
    pub(super) labels_from: Option<Expression>,
    pub(super) at: Option<Template>,
}

/// The sender's word and what it means; without a table, our own words mean themselves.
#[derive(Debug)]
pub(super) struct Words<T> {
    pub(super) of: Template,
    pub(super) table: Option<BTreeMap<String, T>>,
    pub(super) ours: fn(&str) -> Option<T>,
}

impl Compiled {
    /// A built-in file, as JSON.
    pub(super) fn parse(source: &str, text: &str) -> Result<Self, Fault> {
        let mapping = serde_json::from_str(text)
            .map_err(|error| Place { source, path: String::new() }.fault(&error.to_string()))?;
        Compiled::new(source, &mapping)
    }

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
}

impl CompiledCase {
    fn new(at: &Place<'_>, case: &Case) -> Result<Self, Fault> {
        let result = match (&case.signal, &case.skip, &case.read) {
            (Some(signal), None, None) => {
                CompiledResult::Signal(Box::new(CompiledSignal::new(&at.under("signal"), signal)?))
            }
            (None, Some(reason), None) => {
                CompiledResult::Skip(at.under("skip").compiled(reason, Template::compile)?)
            }
            (None, None, Some(read)) => {
                CompiledResult::Read(Box::new(CompiledRead::new(&at.under("read"), read)?))
            }
            _ => return Err(at.fault("a case has one of `signal`, `skip` and `read`")),
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

impl CompiledRead {
    fn new(at: &Place<'_>, read: &ReadMapping) -> Result<Self, Fault> {
        let template = |name: &str, source: &str| at.under(name).compiled(source, Template::compile);
        Ok(CompiledRead {
            title: template("title", &read.title)?,
            text: template("text", &read.text)?,
            facts: read.facts.iter().map(|fact| template("facts", fact)).collect::<Result<_, _>>()?,
            labels: at.under("labels").labels(&read.labels)?,
            at: at.under("at").optional(read.at.as_deref(), Template::compile)?,
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
            labels: at.under("labels").labels(&signal.labels)?,
            labels_from: at
                .under("labels_from")
                .optional(signal.labels_from.as_deref(), Expression::compile)?,
            at: optional("at", &signal.at)?,
        })
    }
}

impl<T> Words<T> {
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

    fn labels(&self, labels: &BTreeMap<String, String>) -> Result<Vec<(String, Template)>, Fault> {
        let label = |(name, value): (&String, &String)| {
            Ok((name.clone(), self.under(name).compiled(value, Template::compile)?))
        };
        labels.iter().map(label).collect()
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
            error: ExpressionError { message: message.to_owned(), line: 1, column: 1, suggestion: None },
        }
    }
}
