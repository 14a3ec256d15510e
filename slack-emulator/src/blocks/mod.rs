//! Block Kit as a judge: are these blocks what Slack takes? `shapes` is the table of limits, `check` the reader of it; here
//! are the entrances (message, view, list of blocks), the rules over a whole message, and the filling in of missing ids.

mod check;
mod elements;
mod shapes;

use std::collections::BTreeSet;

use serde_json::Value;

pub(crate) use check::Fault;
use check::Report;

const IN_MESSAGE: usize = 50;
const IN_VIEW: usize = 100;

/// Where blocks are to appear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Surface {
    Message,
    Modal,
    Home,
    /// Not known: what any surface takes is good.
    Any,
}

/// The faults of a message's blocks and of the blocks in its attachments.
pub(crate) fn check_message(blocks: &[Value], attachments: &[Value], surface: Surface) -> Vec<Fault> {
    let mut report = Report::default();
    list(&mut report, "/blocks", blocks, surface);
    for (attachment, at) in attachments.iter().zip(0..) {
        match attachment.get("blocks") {
            Some(Value::Array(blocks)) => {
                list(&mut report, &format!("/attachments/{at}/blocks"), blocks, surface)
            }
            None | Some(Value::Null) => {}
            Some(_) => report.add(&format!("/attachments/{at}/blocks"), "must be an array".into(), None),
        }
    }
    report.faults
}

/// The faults of blocks alone; pointers start at the list.
pub(crate) fn check_blocks(blocks: &[Value], surface: Surface) -> Vec<Fault> {
    let mut report = Report::default();
    list(&mut report, "", blocks, surface);
    report.faults
}

/// The faults of a view.
pub(crate) fn check_view(view: &Value) -> Vec<Fault> {
    let mut report = Report::default();
    let surface = match view.get("type").and_then(Value::as_str) {
        Some("modal") => {
            check::shape(&mut report, "", view, &shapes::MODAL);
            Surface::Modal
        }
        Some("home") => {
            check::shape(&mut report, "", view, &shapes::HOME);
            Surface::Home
        }
        other => {
            let message = format!("unsupported type: {}", other.unwrap_or("(none)"));
            report.add("/type", message, Some(("enum", serde_json::json!(["modal", "home"]))));
            return report.faults;
        }
    };
    let blocks = view["blocks"].as_array().map(Vec::as_slice).unwrap_or_default();
    list(&mut report, "/blocks", blocks, surface);
    let has_input = blocks.iter().any(|block| block["type"] == "input");
    if surface == Surface::Modal && has_input && view.get("submit").is_none_or(Value::is_null) {
        report.add("", "missing required field: submit".into(), None);
    }
    report.faults
}

fn list(report: &mut Report, pointer: &str, blocks: &[Value], surface: Surface) {
    let most = if surface == Surface::Message { IN_MESSAGE } else { IN_VIEW };
    if blocks.len() > most {
        report.add(pointer, format!("no more than {most} items allowed"), Some(("max_items", most.into())));
    }
    let mut block_ids = BTreeSet::new();
    let mut tables = 0;
    let mut charts = 0;
    let mut markdown = 0;
    for (block, at) in blocks.iter().zip(0..) {
        let pointer = format!("{pointer}/{at}");
        check::block(report, &pointer, block, surface);
        if let Some(id) = block.get("block_id").and_then(Value::as_str)
            && !block_ids.insert(id)
        {
            report.add(&format!("{pointer}/block_id"), format!("`block_id` {id} already exists"), None);
        }
        // Slack wants an action_id to be unique in its block only; lists of rows repeat theirs.
        let mut action_ids = BTreeSet::new();
        each_element(block, &mut |element| {
            if let Some(id) = element.get("action_id").and_then(Value::as_str)
                && !action_ids.insert(id)
            {
                report.add(&pointer, format!("`action_id` \"{id}\" already exists"), None);
            }
        });
        match block["type"].as_str() {
            Some("table") => tables += 1,
            Some("data_visualization") => {
                charts += 1;
                chart(report, &format!("{pointer}/chart"), &block["chart"]);
            }
            Some("markdown") => markdown += block["text"].as_str().unwrap_or_default().chars().count(),
            _ => {}
        }
    }
    for (name, count, most) in [("table", tables, 1), ("data_visualization", charts, 2)] {
        if count > most {
            report.add(
                pointer,
                format!("no more than {most} {name} blocks allowed"),
                Some(("max_items", most.into())),
            );
        }
    }
    if markdown > 12_000 {
        let message = "all markdown blocks must be less than 12001 characters together".to_owned();
        report.add(pointer, message, Some(("max_length", 12_000.into())));
    }
}

/// Each series has a name of its own and one value for each category.
/// <https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block>
fn chart(report: &mut Report, pointer: &str, chart: &Value) {
    let Some(categories) = chart.pointer("/axis_config/categories").and_then(Value::as_array) else { return };
    let categories: Vec<&str> = categories.iter().filter_map(Value::as_str).collect();
    let mut names = BTreeSet::new();
    for (series, at) in chart["series"].as_array().into_iter().flatten().zip(0..) {
        let pointer = format!("{pointer}/series/{at}");
        let name = series["name"].as_str().unwrap_or_default();
        if !names.insert(name) {
            report.add(&format!("{pointer}/name"), format!("series `name` {name} already exists"), None);
        }
        let labels: Vec<&str> = series["data"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|datum| datum["label"].as_str())
            .collect();
        let each_once = labels.iter().collect::<BTreeSet<_>>() == categories.iter().collect::<BTreeSet<_>>();
        if labels.len() != categories.len() || !each_once {
            let message = "must have exactly one data point for each of the `categories`".to_owned();
            report.add(&format!("{pointer}/data"), message, None);
        }
    }
}

/// Calls `found` with each interactive element of a block.
pub(crate) fn each_element<'a>(block: &'a Value, found: &mut impl FnMut(&'a Value)) {
    for name in ["accessory", "element"] {
        if let Some(element) = block.get(name) {
            found(element);
        }
    }
    if matches!(block["type"].as_str(), Some("actions" | "context_actions")) {
        block["elements"].as_array().into_iter().flatten().for_each(found);
    }
}

/// Gives every block and interactive element that came without an id one, as Slack does.
pub(crate) fn fill_ids(mut blocks: Vec<Value>, mut next: impl FnMut() -> String) -> Vec<Value> {
    for block in &mut blocks {
        let Value::Object(fields) = block else { continue };
        fields.entry("block_id").or_insert_with(|| next().into());
        let interactive = matches!(fields.get("type").and_then(Value::as_str), Some("actions"));
        for name in ["accessory", "element"] {
            if let Some(Value::Object(element)) = fields.get_mut(name)
                && element.get("type").is_none_or(|kind| kind != "image")
            {
                element.entry("action_id").or_insert_with(|| next().into());
            }
        }
        if let (true, Some(Value::Array(elements))) = (interactive, fields.get_mut("elements")) {
            for element in elements.iter_mut().filter_map(Value::as_object_mut) {
                element.entry("action_id").or_insert_with(|| next().into());
            }
        }
    }
    blocks
}

/// Characters of everything that people read in these blocks or attachments.
pub(crate) fn text_length(values: &[Value]) -> usize {
    values.iter().map(text_in).sum()
}

fn text_in(value: &Value) -> usize {
    const READ: [&str; 8] =
        ["text", "title", "fallback", "pretext", "author_name", "footer", "alt_text", "label"];
    match value {
        Value::Array(items) => text_length(items),
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| match value {
                Value::String(text) if READ.contains(&name.as_str()) => text.chars().count(),
                Value::String(_) => 0,
                nested => text_in(nested),
            })
            .sum(),
        _ => 0,
    }
}
