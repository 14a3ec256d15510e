//! The one expression and template language: Jinja as minijinja implements it. `when:` holds an [`Expression`], texts hold
//! [`Template`]s; mapping files and the config use nothing else.
//!
//! What is fixed here for all of them: an undefined value may be asked for (`if x`, `x | default(..)`) but neither printed
//! nor looked into; `null` prints as nothing and truth as in JSON; work and recursion are bounded, so that no text from outside can hang a
//! function; nothing is escaped, since signals hold plain text and Slack's escaping happens where Slack text is made.
//! Compiling is done once: the compiled forms own their source and can be kept and shared. Filters live in `functions`.
//! No I/O and no clock may enter; what an expression does not get by its context it cannot know.

mod bounds;
mod error;
mod functions;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::value::{Serde, ValueKind};
use minijinja::{Environment, UndefinedBehavior, Value};
use serde::Serialize;

pub use error::ExpressionError;

/// The work that one evaluation may do, in minijinja's fuel: about one per instruction and one per 64 bytes made.
const FUEL: u64 = 50_000;
/// How deep templates may nest (loops in loops); far below what a stack of 2 MB holds.
const RECURSION: usize = 64;
/// The longest source of an expression or template, in bytes.
const MAX_SOURCE: usize = 20_000;
static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.set_formatter(|out, state, value| match (value.kind(), value.is_true()) {
        (ValueKind::None, _) => Ok(()),
        (ValueKind::Bool, truth) => Ok(out.write_str(if truth { "true" } else { "false" })?),
        _ => minijinja::escape_formatter(out, state, value),
    });
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION);
    environment.set_debug(true); // for the position of errors
    functions::add_to(&mut environment);
    environment
});

/// What expressions can see: names and their values.
#[derive(Clone, Debug)]
pub struct Context {
    names: BTreeMap<String, Value>,
    root: Value,
}

/// A value inside the language: the result of one expression that another one is to see.
#[derive(Clone, Debug, Serialize)]
pub struct Data(Value);

/// A compiled expression, such as `severity == "critical" and labels.service in ["payments"]`.
pub struct Expression {
    source: String,
    compiled: minijinja::Expression<'static, 'static>,
}

/// A compiled template, such as `#deploys-{{ labels.environment }}`.
#[derive(Clone)]
pub struct Template {
    source: String,
    environment: Arc<Environment<'static>>,
}

impl Context {
    /// A context without names.
    pub fn empty() -> Self {
        Context { names: BTreeMap::new(), root: Value::from(BTreeMap::<String, Value>::new()) }
    }

    /// The fields of a struct or map as names. Anything else gives no names.
    pub fn new(fields: &impl Serialize) -> Self {
        let value = Value::from(Serde(fields));
        let names = value
            .try_iter()
            .into_iter()
            .flatten()
            .filter_map(|key| Some((key.as_str()?.to_owned(), value.get_item(&key).ok()?)))
            .collect();
        Context { names, root: value }
    }

    /// The context with a further name.
    pub fn with(self, name: &str, value: &impl Serialize) -> Self {
        self.with_data(name, &Data::new(value))
    }

    /// The context with a further name for a value that is in the language already.
    pub fn with_data(mut self, name: &str, data: &Data) -> Self {
        self.names.insert(name.to_owned(), data.0.clone());
        self.root = Value::from(self.names.clone());
        self
    }
}

impl Data {
    /// Takes a value into the language.
    pub fn new(value: &impl Serialize) -> Self {
        Data(Value::from(Serde(value)))
    }

    /// The elements if it is a list; `None` for anything else.
    pub fn elements(&self) -> Option<Vec<Data>> {
        (self.0.kind() == ValueKind::Seq).then(|| self.0.try_iter().into_iter().flatten().map(Data).collect())
    }

    /// What Jinja counts as true.
    pub fn is_true(&self) -> bool {
        self.0.is_true()
    }

    /// Whether it has names and values.
    pub fn is_map(&self) -> bool {
        self.0.kind() == ValueKind::Map
    }

    /// What is not there.
    pub fn undefined() -> Self {
        Data(Value::UNDEFINED)
    }

    /// The names and values if it is a map of plain values; values that are lists or maps, or null, are left out.
    pub fn entries(&self) -> Vec<(String, String)> {
        if self.0.kind() != ValueKind::Map {
            return Vec::new();
        }
        let keys = self.0.try_iter().into_iter().flatten();
        keys.filter_map(|key| {
            let value = self.0.get_item(&key).ok()?;
            let plain = matches!(value.kind(), ValueKind::String | ValueKind::Number | ValueKind::Bool);
            plain.then(|| (key.to_string(), text_of(&value)))
        })
        .collect()
    }
}

impl Expression {
    /// Compiles. Unknown filters and tests are found here, not at the first evaluation.
    ///
    /// # Errors
    /// A syntax error, an unknown filter or test, or a source of more than 20,000 bytes.
    pub fn compile(source: &str) -> Result<Self, ExpressionError> {
        check_length(source)?;
        check_depth(source, std::iter::once(0..source.len()))?;
        let compiled = ENVIRONMENT
            .compile_expression_owned(source.to_owned())
            .map_err(|error| ExpressionError::from_engine(&error, source, None))?;
        functions::check_names(source, std::iter::once(0..source.len()))?;
        Ok(Expression { source: source.to_owned(), compiled })
    }

    /// The source it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it looks up in its context, with their paths (`labels.service`), sorted.
    pub fn names(&self) -> Vec<String> {
        sorted(self.compiled.undeclared_variables(true))
    }

    /// Whether it holds: true for what Jinja counts as true.
    ///
    /// # Errors
    /// A missing value was looked into, a type does not fit, or the work limit was reached.
    pub fn eval_bool(&self, context: &Context) -> Result<bool, ExpressionError> {
        self.eval(context).map(|value| value.is_true())
    }

    /// Its value as text; `None` if it is undefined or null.
    ///
    /// # Errors
    /// As [`Expression::eval_bool`].
    pub fn eval_string(&self, context: &Context) -> Result<Option<String>, ExpressionError> {
        let value = self.eval(context)?.0;
        match value.kind() {
            ValueKind::Undefined | ValueKind::None => Ok(None),
            ValueKind::Bool => Ok(Some(text_of(&value))),
            _ => bounds::Text::of(&value).map(Some).ok_or_else(|| {
                let message = format!("the text is longer than {} bytes", bounds::MAX_TEXT);
                ExpressionError::at(&self.source, 0, message, None)
            }),
        }
    }

    /// Its value, to be named in a further context.
    ///
    /// # Errors
    /// As [`Expression::eval_bool`].
    pub fn eval(&self, context: &Context) -> Result<Data, ExpressionError> {
        self.compiled
            .eval(context.root.clone())
            .map(Data)
            .map_err(|error| ExpressionError::from_engine(&error, &self.source, Some(context)))
    }

    /// The same; undefined where a missing value is looked into. Nobody looks there for what may have been meant, which takes longer
    /// than all the rest.
    ///
    /// # Errors
    /// A type does not fit, or the work limit was reached.
    pub fn eval_there(&self, context: &Context) -> Result<Data, ExpressionError> {
        let value = self.compiled.eval(context.root.clone());
        there(value, &self.source).map(|value| value.map_or_else(Data::undefined, Data))
    }
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({:?})", self.source)
    }
}

impl Template {
    /// Compiles. Unknown filters and tests are found here, not at the first rendering.
    ///
    /// # Errors
    /// As [`Expression::compile`].
    pub fn compile(source: &str) -> Result<Self, ExpressionError> {
        check_length(source)?;
        check_depth(source, code_ranges(source).into_iter())?;
        if let Some((at, word)) = bounds::unknown_statement(source) {
            let message = format!("there is no `{word}` here: a template has `if` and `for`");
            return Err(ExpressionError::at(source, at, message, None));
        }
        let mut environment = ENVIRONMENT.clone();
        environment
            .add_template_owned(TEMPLATE, source.to_owned())
            .map_err(|error| ExpressionError::from_engine(&error, source, None))?;
        functions::check_names(source, code_ranges(source).into_iter())?;
        Ok(Template { source: source.to_owned(), environment: Arc::new(environment) })
    }

    /// The source it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The names that it looks up in its context, with their paths, sorted.
    pub fn names(&self) -> Vec<String> {
        let template = self.environment.get_template(TEMPLATE);
        template.map(|template| sorted(template.undeclared_variables(true))).unwrap_or_default()
    }

    /// Its text.
    ///
    /// # Errors
    /// A missing value was printed or looked into, a type does not fit, or the work limit was reached.
    pub fn render(&self, context: &Context) -> Result<String, ExpressionError> {
        self.rendered(context)
            .map_err(|error| ExpressionError::from_engine(&error, &self.source, Some(context)))
    }

    /// The same; `None` where a missing value is printed or looked into, as by [`Expression::eval_there`].
    ///
    /// # Errors
    /// A type does not fit, or the work limit was reached.
    pub fn render_there(&self, context: &Context) -> Result<Option<String>, ExpressionError> {
        there(self.rendered(context), &self.source)
    }

    fn rendered(&self, context: &Context) -> Result<String, minijinja::Error> {
        let mut text = bounds::Text::default();
        self.environment.get_template(TEMPLATE)?.render_captured_to(context.root.clone(), &mut text)?;
        Ok(text.into_string())
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Template({:?})", self.source)
    }
}

/// What came of an evaluation, if all that it asks for is there.
fn there<T>(result: Result<T, minijinja::Error>, source: &str) -> Result<Option<T>, ExpressionError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error::is_of_missing(&error) => Ok(None),
        Err(error) => Err(ExpressionError::from_engine(&error, source, None)),
    }
}

/// The name of the only template in a template's environment.
const TEMPLATE: &str = "template";

fn check_length(source: &str) -> Result<(), ExpressionError> {
    if source.len() <= MAX_SOURCE {
        return Ok(());
    }
    Err(ExpressionError::at(source, 0, format!("longer than {MAX_SOURCE} bytes"), None))
}

fn check_depth(
    source: &str,
    parts: impl Iterator<Item = std::ops::Range<usize>>,
) -> Result<(), ExpressionError> {
    bounds::too_deep(source, parts)
        .map_or(Ok(()), |at| Err(ExpressionError::at(source, at, bounds::told(), None)))
}

fn sorted(names: std::collections::HashSet<String>) -> Vec<String> {
    let mut names: Vec<String> = names.into_iter().collect();
    names.sort();
    names
}

/// As templates print it: truth as in JSON.
fn text_of(value: &Value) -> String {
    if value.kind() == ValueKind::Bool { value.is_true().to_string() } else { value.to_string() }
}

/// The parts of a template between `{{ }}` and `{% %}`.
fn code_ranges(source: &str) -> Vec<std::ops::Range<usize>> {
    let mut ranges = Vec::new();
    let mut from = 0;
    while let Some(open) = source.get(from..).and_then(|rest| rest.find(['{'])).map(|at| from + at) {
        let close = match source.get(open..open + 2) {
            Some("{{") => "}}",
            Some("{%") => "%}",
            Some("{#") => "#}",
            _ => {
                from = open + 1;
                continue;
            }
        };
        let end =
            source.get(open + 2..).and_then(|rest| rest.find(close)).map_or(source.len(), |at| open + 2 + at);
        if close != "#}" {
            ranges.push(open + 2..end);
        }
        from = (end + 2).min(source.len());
    }
    ranges
}

/// The nearest of some names, if one is near enough to be a slip.
pub fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(nearness, _)| *nearness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests;
