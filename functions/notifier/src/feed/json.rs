//! [JSON Feed](https://www.jsonfeed.org/version/1.1/), version 1 and 1.1.

use serde_json::Value;
use url::Url;

use super::plain::line;
use super::read::{Draft, Field, MOST_ITEMS, Read, Words};

pub(super) fn read(text: &str, base: &Url) -> Result<Read, String> {
    let feed: Value = serde_json::from_str(text).map_err(|_| "the answer is no whole JSON".to_owned())?;
    let version = feed.get("version").and_then(Value::as_str).unwrap_or_default();
    if !version.contains("jsonfeed.org/version/1") {
        return Err("the answer is JSON, but no JSON Feed".to_owned());
    }
    let items = feed.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let items = items.iter().take(MOST_ITEMS).filter_map(|item| draft(item).item(base)).collect();
    let title = feed.get("title").and_then(Value::as_str).unwrap_or_default();
    Ok(Read { title: line(title, 100), items })
}

fn draft(item: &Value) -> Draft {
    let mut draft = Draft::default();
    let fields = [
        ("/id", Field::Id),
        ("/title", Field::Title),
        ("/url", Field::Link),
        ("/external_url", Field::Link),
        ("/summary", Field::Summary),
        ("/content_text", Field::Content),
        ("/date_published", Field::Published),
        ("/date_modified", Field::Updated),
        ("/authors/0/name", Field::Author),
        ("/author/name", Field::Author),
    ];
    for (path, field) in fields {
        draft.take(field, Words::Text(said(item.pointer(path))));
    }
    draft.take(Field::Content, Words::Html(said(item.get("content_html"))));
    let tags = item.get("tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    tags.iter().for_each(|tag| draft.take(Field::Category, Words::Text(said(Some(tag)))));
    draft
}

/// An id may be a number, against the specification.
fn said(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Number(number)) => number.to_string(),
        _ => String::new(),
    }
}
