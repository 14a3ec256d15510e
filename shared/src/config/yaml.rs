//! The config as YAML text: read with the place of every fault. The file's tree is read a second time with positions
//! only, so that a fault found by meaning (`routes[2].when`) points at its line as a fault of form does.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::{Config, ConfigFile, Fault, Place, check, form};

impl Config {
    /// Reads `config/callboard.yaml`.
    ///
    /// # Errors
    /// Every fault, each with its line.
    pub fn from_yaml(text: &str) -> Result<Config, Vec<Fault>> {
        let file: ConfigFile = serde_saphyr::from_str(text).map_err(|error| vec![of_form(&error, text)])?;
        check::compile(&file).map_err(|faults| {
            let tree: Option<Tree> = serde_saphyr::from_str(text).ok();
            faults.into_iter().map(|fault| placed(fault, tree.as_ref(), text)).collect()
        })
    }
}

fn of_form(error: &serde_saphyr::Error, text: &str) -> Fault {
    let error = error.without_snippet();
    let at = error.location().filter(|_| !form::is_of_the_whole(error));
    let place = at.map(|at| place(at.line() as usize, at.column() as usize, text));
    Fault { place, ..form::fault(error) }
}

fn placed(fault: Fault, tree: Option<&Tree>, text: &str) -> Fault {
    let found = tree.and_then(|tree| tree.find(&fault.path));
    let place = found.map(|node| {
        let at = node.0.referenced;
        place(at.line() as usize, at.column() as usize, text)
    });
    Fault { place, ..fault }
}

fn place(line: usize, column: usize, text: &str) -> Place {
    let text = text.lines().nth(line.saturating_sub(1)).unwrap_or_default().to_owned();
    Place { line, column, text }
}

/// A YAML node of any kind with its position.
#[derive(Debug, serde::Deserialize)]
#[serde(transparent)]
struct Tree(Spanned<Branch>);

#[derive(Debug)]
enum Branch {
    Map(Vec<(String, Tree)>),
    List(Vec<Tree>),
    Leaf,
}

impl Tree {
    /// The node at a path such as `routes[2].when`, or the deepest one on the way. A list of one may be written without
    /// brackets, so an index into a leaf is the leaf.
    fn find(&self, path: &str) -> Option<&Tree> {
        let mut node = self;
        for step in
            path.split(['.', '[']).map(|step| step.trim_end_matches(']')).filter(|step| !step.is_empty())
        {
            let next = match &node.0.value {
                Branch::Map(fields) => fields.iter().find(|(name, _)| name == step).map(|(_, node)| node),
                Branch::List(items) => step.parse().ok().and_then(|index: usize| items.get(index)),
                Branch::Leaf => None,
            };
            match next {
                Some(next) => node = next,
                None => break,
            }
        }
        Some(node)
    }
}

impl<'de> Deserialize<'de> for Branch {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BranchVisitor)
    }
}

struct BranchVisitor;

impl<'de> Visitor<'de> for BranchVisitor {
    type Value = Branch;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any YAML")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Branch, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Branch::Map(fields))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Branch, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Branch::List(items))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Branch, E> {
        Ok(Branch::Leaf)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Branch, E> {
        Ok(Branch::Leaf)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Branch, E> {
        Ok(Branch::Leaf)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Branch, E> {
        Ok(Branch::Leaf)
    }

    fn visit_str<E>(self, _: &str) -> Result<Branch, E> {
        Ok(Branch::Leaf)
    }

    fn visit_unit<E>(self) -> Result<Branch, E> {
        Ok(Branch::Leaf)
    }
}
