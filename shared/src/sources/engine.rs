//! A compiled mapping, applied to a payload: drafts, or why there are none. It knows no source: that is what the files are
//! for. What a mapping does not understand, or has a fault for, is noted and left to `generic`.

use std::collections::BTreeMap;

use super::compiled::{Compiled, CompiledCase, CompiledRead, CompiledResult, CompiledSignal, Names, Words};
use super::draft::{Draft, line};
use super::unwrap::Payload;
use super::{MAX_SIGNALS, generic};
use crate::core::expression::{Context, Data, Expression, ExpressionError, Template};
use crate::core::raw::Raw;
use crate::core::time;

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

impl Compiled {
    /// The sender's own identity of the delivery, as the mapping finds it.
    pub(super) fn delivery_id(&self, raw: &Raw, payload: &Payload) -> Option<String> {
        let id = self.delivery.as_ref()?.render_there(&context(raw, payload)).ok()??;
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
            // A condition that looks into something missing does not hold; any other fault is worth a note.
            let holds = |when: &Expression| when.eval_there(&context).map(|value| value.is_true());
            match case.when.as_ref().map_or(Ok(true), holds) {
                Ok(true) => return self.apply_case(case, context, raw, payload, notes),
                Ok(false) => {}
                Err(error) => notes.push(format!("cases.{}.when: {error}", case.name)),
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
        let result = match &case.result {
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
            result => result,
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
            let draft = match result {
                CompiledResult::Read(read) => read.draft(&case.names, context, notes),
                CompiledResult::Signal(signal) => signal.draft(&case.names, context, &self.link_title, notes),
                CompiledResult::Skip(_) => continue,
            };
            let error = match draft {
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

impl CompiledSignal {
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
        let mut may = |place: &str, template: &Template| optional("signal", place, template, &context, notes);
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
            notes.push(format!("unknown status {:?}: taken as info", line(&word, 60)));
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

impl CompiledRead {
    fn draft(
        &self,
        names: &Names,
        context: Context,
        notes: &mut Vec<String>,
    ) -> Result<Draft, (String, ExpressionError)> {
        let context = name_all(context, names).map_err(|(name, error)| (format!("let.{name}"), error))?;
        let must = |place: &str, template: &Template| {
            template.render(&context).map_err(|error| (format!("read.{place}"), error))
        };
        let mut draft = generic::prose(&must("title", &self.title)?, &must("text", &self.text)?);
        let mut may = |place: &str, template: &Template| optional("read", place, template, &context, notes);
        draft.facts = self.facts.iter().filter_map(|fact| may("facts", fact)).collect();
        for (name, value) in &self.labels {
            draft.labels.extend(may("labels", value).map(|value| (name.clone(), value)));
        }
        draft.at = self.at.as_ref().and_then(|at| may("at", at)).and_then(|at| time::parse(&at));
        Ok(draft)
    }
}

/// What an optional part asks for need not be there; any other fault in it is told, and it is left out.
fn optional(
    of: &str,
    place: &str,
    template: &Template,
    context: &Context,
    notes: &mut Vec<String>,
) -> Option<String> {
    let text = template.render_there(context).unwrap_or_else(|error| {
        notes.push(format!("{of}.{place}: {error}"));
        None
    });
    Some(text?.trim().to_owned()).filter(|text| !text.is_empty())
}

impl<T: Copy> Words<T> {
    /// The sender's word and what it means, if that is known.
    fn read(&self, context: &Context) -> Result<(String, Option<T>), ExpressionError> {
        let word = self.of.render_there(context)?.unwrap_or_default().trim().to_lowercase();
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
        let value = expression.eval_there(&context).map_err(|error| (name.clone(), error))?;
        context = context.with_data(name, &value);
    }
    Ok(context)
}
