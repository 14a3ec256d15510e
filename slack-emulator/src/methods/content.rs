//! What a message may hold: reading and judging `text`, `blocks`, `attachments`, `markdown_text` and `metadata` of the
//! chat methods. The limits of each method differ and are given by the caller; Block Kit's own are in `blocks`.

use serde_json::{Value, json};

use crate::answer::{Refusal, refuse};
use crate::args::Args;
use crate::blocks::{self, Surface};
use crate::methods::files;
use crate::workspace::Workspace;

/// All text of a message's blocks and attachments together. Not documented; seen at 11,341 to 13,200 characters.
/// <https://github.com/slackapi/bolt-js/issues/2509>
const ALL_TEXT: usize = 12_000;
const MARKDOWN_TEXT: usize = 12_000;
const TEXT_IS_CUT_AT: usize = 40_000;
const ATTACHMENTS: usize = 100;

/// How a method names and draws its limits.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    /// The longest `text` in characters; longer is refused.
    pub(crate) text: Option<usize>,
    pub(crate) text_too_long: &'static str,
    pub(crate) blocks_too_long: &'static str,
    /// What to say of attachments that are no array; `None`: they are passed over.
    pub(crate) bad_attachments: Option<&'static str>,
    /// Whether the method takes metadata; otherwise it is passed over.
    pub(crate) metadata: bool,
}

/// What a call wants a message to say; `None`: not given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Content {
    pub(crate) text: Option<String>,
    pub(crate) blocks: Option<Vec<Value>>,
    pub(crate) attachments: Option<Vec<Value>>,
    pub(crate) metadata: Option<Value>,
    pub(crate) warnings: Vec<&'static str>,
}

impl Content {
    /// Reads and judges the arguments.
    pub(crate) fn read(
        workspace: &Workspace,
        args: &Args,
        limits: Limits,
        now: i64,
    ) -> Result<Self, Refusal> {
        let mut content = Self {
            text: args.text("text"),
            blocks: read_blocks(args)?,
            attachments: read_attachments(args, limits)?,
            metadata: if limits.metadata { read_metadata(args)? } else { None },
            warnings: Vec::new(),
        };
        content.take_markdown(args, limits)?;
        if content.is_empty() {
            return Err(refuse("no_text"));
        }
        content.judge_text(limits)?;
        let blocks = content.blocks.as_deref().unwrap_or_default();
        let attachments = content.attachments.as_deref().unwrap_or_default();
        let mut faults = blocks::check_message(blocks, attachments, Surface::Message);
        for (pointer, list) in [("/blocks", blocks), ("/attachments", attachments)] {
            faults.extend(
                list.iter()
                    .enumerate()
                    .flat_map(|(at, value)| files::shown(workspace, &format!("{pointer}/{at}"), value, now)),
            );
        }
        if !faults.is_empty() {
            let messages: Vec<String> = faults.iter().map(|fault| fault.sentence()).collect();
            let marked: Vec<String> = messages.iter().map(|message| format!("[ERROR] {message}")).collect();
            return Err(refuse("invalid_blocks").with("errors", json!(messages)).because(&marked));
        }
        if blocks::text_length(blocks) + blocks::text_length(attachments) > ALL_TEXT {
            return Err(Refusal { code: limits.blocks_too_long, more: serde_json::Map::new() });
        }
        Ok(content)
    }

    fn is_empty(&self) -> bool {
        let none = |items: &Option<Vec<Value>>| items.as_ref().is_none_or(Vec::is_empty);
        self.text.is_none() && none(&self.blocks) && none(&self.attachments)
    }

    /// `markdown_text` becomes one markdown block.
    fn take_markdown(&mut self, args: &Args, limits: Limits) -> Result<(), Refusal> {
        let Some(markdown) = args.text("markdown_text") else { return Ok(()) };
        if self.text.is_some() || self.blocks.is_some() {
            return Err(refuse("markdown_text_conflict"));
        }
        if markdown.chars().count() > MARKDOWN_TEXT {
            return Err(Refusal { code: limits.blocks_too_long, more: serde_json::Map::new() });
        }
        self.blocks = Some(vec![json!({ "type": "markdown", "text": markdown })]);
        self.text = Some(markdown);
        Ok(())
    }

    fn judge_text(&mut self, limits: Limits) -> Result<(), Refusal> {
        let Some(text) = &mut self.text else { return Ok(()) };
        let length = text.chars().count();
        match limits.text {
            Some(most) if length > most => {
                return Err(Refusal { code: limits.text_too_long, more: serde_json::Map::new() });
            }
            None if length > TEXT_IS_CUT_AT => {
                *text = text.chars().take(TEXT_IS_CUT_AT).collect();
                self.warnings.push("message_truncated");
            }
            _ => {}
        }
        Ok(())
    }
}

fn read_blocks(args: &Args) -> Result<Option<Vec<Value>>, Refusal> {
    match args.json("blocks") {
        Ok(None) => Ok(None),
        Ok(Some(Value::Array(blocks))) => Ok(Some(blocks)),
        _ => Err(refuse("invalid_blocks_format")),
    }
}

fn read_attachments(args: &Args, limits: Limits) -> Result<Option<Vec<Value>>, Refusal> {
    match (args.json("attachments"), limits.bad_attachments) {
        (Ok(Some(Value::Array(attachments))), _) if attachments.len() > ATTACHMENTS => {
            Err(refuse("too_many_attachments"))
        }
        (Ok(Some(Value::Array(attachments))), _) if attachments.iter().all(Value::is_object) => {
            Ok(Some(attachments))
        }
        (Ok(None), _) | (_, None) => Ok(None),
        (_, Some(code)) => Err(Refusal { code, more: serde_json::Map::new() }),
    }
}

/// <https://docs.slack.dev/messaging/message-metadata>
fn read_metadata(args: &Args) -> Result<Option<Value>, Refusal> {
    let Some(metadata) = args.json("metadata").map_err(|_| refuse("invalid_metadata_format"))? else {
        return Ok(None);
    };
    let Value::Object(fields) = &metadata else { return Err(refuse("invalid_metadata_format")) };
    let well_formed = fields.is_empty()
        || fields.get("event_type").and_then(Value::as_str).is_some_and(|name| !name.is_empty())
            && fields.get("event_payload").is_some_and(Value::is_object)
        || fields.contains_key("entities");
    if well_formed { Ok(Some(metadata)) } else { Err(refuse("invalid_metadata_schema")) }
}
