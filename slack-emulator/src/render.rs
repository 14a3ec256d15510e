//! A channel as plain text, as a person reads it: for snapshots in tests and for terminals. Nothing that changes from run
//! to run (ids, ts) appears, so two runs of the same story print the same.

use serde_json::Value;

use crate::mrkdwn::{Piece, pieces, unescape};
use crate::read;
use crate::state::{Channel, Message};
use crate::workspace::Workspace;

impl Workspace {
    /// The whole channel with its threads. Empty if there is none.
    pub(crate) fn channel_text(&self, name: &str) -> String {
        let Some(channel) = self.channel_named(name) else { return String::new() };
        let mut out = match &channel.im_user {
            Some(user) => format!("@{} with {}", channel.name, self.name_of(user)),
            None => format!("#{}", channel.name),
        };
        if channel.archived {
            out.push_str(" (archived)");
        }
        out.push('\n');
        for message in channel.messages.values().filter(|m| m.thread_ts.is_none()) {
            self.print(&mut out, message, "");
            self.print_thread(&mut out, channel, message);
        }
        out
    }

    fn print_thread(&self, out: &mut String, channel: &Channel, root: &Message) {
        for reply in channel.messages.values().filter(|m| m.thread_ts.as_deref() == Some(&root.ts)) {
            self.print(out, reply, "    ");
        }
    }

    fn print(&self, out: &mut String, message: &Message, indent: &str) {
        let author = message.username.as_deref().unwrap_or_else(|| self.name_of(&message.user));
        let mut head = format!("{indent}{author}");
        if let Some(user) = &message.only_for {
            head.push_str(&format!(" (only {} sees this)", self.name_of(user)));
        }
        if message.broadcast {
            head.push_str(" (also sent to the channel)");
        }
        if message.edited.is_some() {
            head.push_str(" (edited)");
        }
        out.push_str(&format!("{head}:\n"));
        for line in self.lines(message) {
            out.push_str(format!("{indent}  {line}").trim_end());
            out.push('\n');
        }
    }

    /// What a person reads in a message, line by line.
    pub(crate) fn lines(&self, message: &Message) -> Vec<String> {
        let mut lines = Vec::new();
        if message.blocks.is_empty() {
            lines.extend(self.read(&message.text));
        }
        message.blocks.iter().for_each(|block| self.block(&mut lines, block));
        for attachment in &message.attachments {
            let mut inner = Vec::new();
            self.attachment(&mut inner, attachment);
            let color = attachment["color"].as_str().map_or("", color_word);
            lines.extend(inner.into_iter().map(|line| format!("{color}| {line}")));
        }
        for id in &message.files {
            lines.extend(self.state.files.get(id).map(|file| format!("[file: {}]", file.title)));
        }
        if !message.reactions.is_empty() {
            let names =
                |users: &[String]| users.iter().map(|u| self.name_of(u)).collect::<Vec<_>>().join(", ");
            let shown: Vec<String> =
                message.reactions.iter().map(|r| format!(":{}: {}", r.name, names(&r.users))).collect();
            lines.push(shown.join("  "));
        }
        lines
    }

    fn attachment(&self, lines: &mut Vec<String>, attachment: &Value) {
        let text = |name: &str| attachment[name].as_str().unwrap_or_default();
        for name in ["pretext", "author_name", "title", "text"] {
            lines.extend(self.read(text(name)));
        }
        for field in attachment["fields"].as_array().into_iter().flatten() {
            let value = field["value"].as_str().unwrap_or_default();
            lines.push(format!("{}: {}", field["title"].as_str().unwrap_or_default(), self.words(value)));
        }
        attachment["blocks"].as_array().into_iter().flatten().for_each(|block| self.block(lines, block));
        if lines.is_empty() {
            lines.extend(self.read(text("fallback")));
        }
        lines.extend(self.read(text("footer")));
    }

    fn block(&self, lines: &mut Vec<String>, block: &Value) {
        let items = |name: &str| block[name].as_array().map(Vec::as_slice).unwrap_or_default();
        match block["type"].as_str().unwrap_or_default() {
            "header" => lines.push(format!("# {}", self.words(&text_of(&block["text"])))),
            "divider" => lines.push("---".into()),
            "section" => {
                let mut body = self.text_lines(&block["text"]);
                body.extend(items("fields").iter().flat_map(|field| self.text_lines(field)));
                if let (Some(first), Some(accessory)) = (body.first_mut(), block.get("accessory")) {
                    first.push_str(&format!("  {}", element(accessory)));
                }
                lines.extend(body);
            }
            "context" => {
                let parts: Vec<String> = items("elements")
                    .iter()
                    .map(|part| {
                        if part["type"] == "image" { element(part) } else { self.text_lines(part).join(" ") }
                    })
                    .collect();
                lines.push(format!("~ {}", parts.join(" ")));
            }
            "actions" | "context_actions" => {
                lines.push(items("elements").iter().map(element).collect::<Vec<_>>().join(" "));
            }
            "image" => lines.push(format!("[image: {}]", block["alt_text"].as_str().unwrap_or_default())),
            "input" => lines.push(format!("{} {}", text_of(&block["label"]), element(&block["element"]))),
            "markdown" => lines.extend(self.read(block["text"].as_str().unwrap_or_default())),
            "rich_text" => lines.extend(self.rich(block).lines().map(String::from)),
            "table" => lines.extend(items("rows").iter().map(|row| self.row(row))),
            "data_visualization" => {
                let kind = read::text(read::field(block, "chart"), "type").unwrap_or_default();
                lines.push(format!("[{kind} chart: {}]", block["title"].as_str().unwrap_or_default()));
            }
            other => lines.push(format!("[{other}]")),
        }
    }

    fn row(&self, row: &Value) -> String {
        let cells = row.as_array().into_iter().flatten();
        let cells = cells.map(|cell| match cell["type"].as_str() {
            Some("rich_text") => self.rich(cell).trim().to_owned(),
            _ => cell["text"].as_str().unwrap_or_default().to_owned(),
        });
        cells.collect::<Vec<_>>().join(" | ")
    }

    fn text_lines(&self, text: &Value) -> Vec<String> {
        match text["type"].as_str() {
            Some("plain_text") => text_of(text).lines().map(String::from).collect(),
            _ => self.read(&text_of(text)),
        }
    }

    fn read(&self, text: &str) -> Vec<String> {
        self.words(text).lines().map(String::from).collect()
    }

    /// A marked-up text with names in place of ids.
    fn words(&self, text: &str) -> String {
        let words = pieces(text).into_iter().map(|piece| match piece {
            Piece::Text(text) => unescape(text),
            Piece::User(id) => format!("@{}", self.name_of(id)),
            Piece::Usergroup(id) => {
                format!("@{}", self.state.usergroups.get(id).map_or(id, |group| group.handle.as_str()))
            }
            Piece::Channel(id) => {
                format!("#{}", self.channel(id).map_or(id, |channel| channel.name.as_str()))
            }
            Piece::Special(name) => format!("@{name}"),
            Piece::Date(fallback) => unescape(fallback),
            Piece::Link { url, label } if url == label => unescape(url),
            Piece::Link { url, label } => format!("{} ({})", unescape(label), unescape(url)),
        });
        words.collect()
    }

    fn rich(&self, value: &Value) -> String {
        let text = |name: &str| value[name].as_str().unwrap_or_default();
        let inner =
            || value["elements"].as_array().into_iter().flatten().map(|v| self.rich(v)).collect::<String>();
        match text("type") {
            "text" => text("text").to_owned(),
            "link" if text("text").is_empty() => text("url").to_owned(),
            "link" => format!("{} ({})", text("text"), text("url")),
            "emoji" => format!(":{}:", text("name")),
            "user" => format!("@{}", self.name_of(text("user_id"))),
            "usergroup" => self.words(&format!("<!subteam^{}>", text("usergroup_id"))),
            "channel" => self.words(&format!("<#{}>", text("channel_id"))),
            "broadcast" => format!("@{}", text("range")),
            "date" => text("fallback").to_owned(),
            "rich_text_list" => {
                let items = value["elements"].as_array().into_iter().flatten();
                items.map(|item| format!("- {}\n", self.rich(item).trim_end())).collect()
            }
            "rich_text_quote" => inner().lines().map(|line| format!("> {line}\n")).collect(),
            "rich_text" => inner(),
            _ => format!("{}\n", inner()),
        }
    }
}

fn text_of(text: &Value) -> String {
    text["text"].as_str().unwrap_or_default().to_owned()
}

/// A control: `[Label]`, `[Label v]` for a choice, `[... a, b]` for an overflow menu.
fn element(element: &Value) -> String {
    let options = || {
        let options = element["options"].as_array().into_iter().flatten();
        options.map(|option| text_of(&option["text"])).collect::<Vec<_>>().join(", ")
    };
    let chosen = || {
        let initial = text_of(read::field(&element["initial_option"], "text"));
        if initial.is_empty() { text_of(&element["placeholder"]) } else { initial }
    };
    match element["type"].as_str().unwrap_or_default() {
        "button" | "workflow_button" => format!("[{}]", text_of(&element["text"])),
        "overflow" => format!("[... {}]", options()),
        "image" => format!("[image: {}]", element["alt_text"].as_str().unwrap_or_default()),
        "radio_buttons" | "checkboxes" => format!("[{}]", options()),
        kind if kind.ends_with("_input") => {
            format!("[{}____]", element["initial_value"].as_str().unwrap_or_default())
        }
        _ => format!("[{} v]", chosen()),
    }
}

/// What people would call a colour.
fn color_word(color: &str) -> &'static str {
    match color {
        "good" => return "green",
        "warning" => return "amber",
        "danger" => return "red",
        _ => {}
    }
    let digits = color.trim_start_matches('#');
    let part = |at: usize| digits.get(at..at + 2).and_then(|hex| i32::from_str_radix(hex, 16).ok());
    let (Some(red), Some(green), Some(blue)) = (part(0), part(2), part(4)) else { return "" };
    let (most, least) = (red.max(green).max(blue), red.min(green).min(blue));
    let spread = most - least;
    if spread * 5 < most || most < 30 {
        return if most < 60 { "black" } else { "grey" };
    }
    let sixth = |a: i32, b: i32| 60 * (a - b) / spread;
    let hue = match most {
        m if m == red => (sixth(green, blue) + 360) % 360,
        m if m == green => 120 + sixth(blue, red),
        _ => 240 + sixth(red, green),
    };
    match hue {
        0..=17 | 335..=360 => "red",
        18..=69 => "amber",
        70..=169 => "green",
        170..=244 => "blue",
        _ => "violet",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_have_the_names_that_people_give_them() {
        for (color, word) in [
            ("#e01e5a", "red"),
            ("#d72b3f", "red"),
            ("ECB22E", "amber"),
            ("#ff9900", "amber"),
            ("#2eb67d", "green"),
            ("good", "green"),
            ("#868686", "grey"),
            ("#7c3aed", "violet"),
            ("#36c5f0", "blue"),
            ("nonsense", ""),
            ("#éé", ""),
        ] {
            assert_eq!(color_word(color), word, "{color}");
        }
    }
}
