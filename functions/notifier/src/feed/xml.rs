//! RSS, RDF and Atom, by the parser's events. Elements are known by their names, with the few prefixes that feeds really use;
//! nesting is bounded, and no entity is known but HTML's, so that nothing grows.

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use url::Url;

use super::plain::{letters, line};
use super::read::{Draft, Field, MOST_ITEMS, Read, Words};

/// The deepest nesting.
const DEEPEST: usize = 100;

pub(super) fn read(text: &str, base: &Url) -> Result<Read, String> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    (config.check_end_names, config.allow_unmatched_ends, config.allow_dangling_amp) = (false, true, true);
    let mut reading = Reading { base, path: Vec::new(), draft: None, capture: None, read: Read::default() };
    loop {
        match reader.read_event() {
            Err(error) => return Err(format!("the answer is no whole XML: {error}")),
            Ok(Event::Eof) => break,
            Ok(Event::Start(tag)) => reading.start(&tag, false)?,
            Ok(Event::Empty(tag)) => reading.start(&tag, true)?,
            Ok(Event::End(_)) => reading.end(),
            Ok(Event::Text(text)) => reading.say(&text.into_inner()),
            Ok(Event::CData(text)) => reading.say(&text.into_inner()),
            Ok(Event::GeneralRef(name)) => {
                let name = name.into_inner();
                reading.say(&letters(&name).unwrap_or_else(|| format!("&{name};")));
            }
            Ok(Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_)) => {}
        }
        if reading.read.items.len() >= MOST_ITEMS {
            break;
        }
    }
    match reading.path.first() {
        // It ended before its own end: a part would be taken for the whole.
        Some(_) if reading.read.items.len() < MOST_ITEMS => {
            Err("the answer is no whole XML: it ends too early".to_owned())
        }
        _ => Ok(reading.read),
    }
}

/// A text that is being taken.
struct Capture {
    /// Of the item, or the feed's title.
    field: Option<Field>,
    /// How deep its element is.
    depth: usize,
    form: Form,
    text: String,
}

/// How the text of an element is meant.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Html,
    /// Elements of its own, which are written down again.
    Markup,
}

struct Reading<'a> {
    base: &'a Url,
    /// The names of the elements that are open.
    path: Vec<String>,
    draft: Option<Draft>,
    capture: Option<Capture>,
    read: Read,
}

impl Reading<'_> {
    fn start(&mut self, tag: &BytesStart<'_>, empty: bool) -> Result<(), String> {
        let name = known_name(tag);
        if self.path.is_empty() && !matches!(name.as_str(), "rss" | "rdf" | "feed") {
            return Err(match name.as_str() {
                "html" => "the answer is a page and no feed".to_owned(),
                _ => "the answer is XML, but no feed".to_owned(),
            });
        }
        if let Some(capture) = &mut self.capture {
            if capture.form == Form::Markup {
                capture.text += &format!("<{name}>");
            }
        } else {
            self.opens(&name, tag, empty);
        }
        if !empty {
            if self.path.len() >= DEEPEST {
                return Err("the answer is nested too deep".to_owned());
            }
            self.path.push(name);
        }
        Ok(())
    }

    /// An element that is no part of a text.
    fn opens(&mut self, name: &str, tag: &BytesStart<'_>, empty: bool) {
        let parent = self.path.last().map_or("", String::as_str);
        let attribute = |name: &str| attribute(tag, name);
        let Some(draft) = &mut self.draft else {
            if matches!(name, "item" | "entry") && !empty {
                self.draft = Some(Draft::default());
            } else if name == "title" && matches!(parent, "channel" | "feed") && !empty {
                self.capture = Some(self.begins(None, tag));
            }
            return;
        };
        let by = (parent, name);
        let field = match by {
            ("author", "name") => Some(Field::Author),
            ("item" | "entry", _) => field(name),
            _ => None,
        };
        match field {
            // Atom's links and categories say it in attributes.
            Some(Field::Link) if attribute("href").is_some() => {
                let leads = attribute("rel").is_none_or(|rel| rel == "alternate");
                let link = attribute("href").filter(|_| leads).unwrap_or_default();
                draft.take(Field::Link, Words::Text(link));
            }
            Some(Field::Category) if attribute("term").is_some() => {
                let name = attribute("label").filter(|label| !label.is_empty()).or_else(|| attribute("term"));
                draft.take(Field::Category, Words::Text(name.unwrap_or_default()));
            }
            Some(field) if !empty => self.capture = Some(self.begins(Some(field), tag)),
            _ => {}
        }
    }

    fn begins(&self, field: Option<Field>, tag: &BytesStart<'_>) -> Capture {
        let atom = self.path.first().is_some_and(|root| root == "feed");
        let form = match (attribute(tag, "type").as_deref(), field) {
            (Some("xhtml" | "application/xhtml+xml"), _) => Form::Markup,
            (Some("html" | "text/html"), _) => Form::Html,
            (_, Some(Field::Id | Field::Link)) => Form::Text,
            // Atom says what it is; RSS means HTML, mostly.
            _ if atom => Form::Text,
            _ => Form::Html,
        };
        Capture { field, depth: self.path.len(), form, text: String::new() }
    }

    fn say(&mut self, text: &str) {
        match &mut self.capture {
            Some(capture) if capture.form == Form::Markup => {
                capture.text += &text.replace('&', "&amp;").replace('<', "&lt;");
            }
            Some(capture) => capture.text += text,
            None => {}
        }
    }

    fn end(&mut self) {
        let Some(name) = self.path.pop() else { return };
        let ended = self.capture.take_if(|capture| capture.depth >= self.path.len());
        if let Some(Capture { field, form, text, .. }) = ended {
            let words = if form == Form::Text { Words::Text(text) } else { Words::Html(text) };
            match (field, &mut self.draft) {
                (Some(field), Some(draft)) => draft.take(field, words),
                (None, _) if self.read.title.is_empty() => self.read.title = line(&words.plain(100), 100),
                _ => {}
            }
            return;
        }
        if let Some(capture) = &mut self.capture {
            if capture.form == Form::Markup {
                capture.text += &format!("</{name}>");
            }
            return;
        }
        if matches!(name.as_str(), "item" | "entry") {
            let item = self.draft.take().and_then(|draft| draft.item(self.base));
            self.read.items.extend(item);
        }
    }
}

/// An element's name in small letters: without the prefix of feeds themselves, with that of anything else.
fn known_name(tag: &BytesStart<'_>) -> String {
    let name = tag.name().as_ref().to_ascii_lowercase();
    match name.split_once(':') {
        Some(("atom" | "atom10" | "a10" | "rss" | "rdf" | "xhtml", local)) => local.to_owned(),
        _ => name,
    }
}

fn field(name: &str) -> Option<Field> {
    Some(match name {
        "guid" | "id" | "dc:identifier" => Field::Id,
        "title" => Field::Title,
        "link" => Field::Link,
        "description" | "summary" => Field::Summary,
        "content" | "content:encoded" => Field::Content,
        "pubdate" | "published" | "issued" | "dc:date" => Field::Published,
        "updated" | "modified" | "dcterms:modified" => Field::Updated,
        "dc:creator" => Field::Author,
        "category" | "dc:subject" => Field::Category,
        _ => return None,
    })
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes.with_checks(false).flatten().find(|one| one.key.as_ref() == name)?;
    let plain = found.normalized_value(XmlVersion::Implicit1_0).map(|value| value.into_owned());
    Some(plain.unwrap_or_else(|_| found.value.into_owned()))
}
