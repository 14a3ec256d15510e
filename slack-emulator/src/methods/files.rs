//! Uploading a file in its three steps: ask for an address, POST the bytes there, complete the upload and share it. What is
//! uploaded is looked through afterwards; until then its media type is empty and no block can show it.
//! <https://docs.slack.dev/messaging/working-with-files#upload>,
//! <https://github.com/slackapi/java-slack-sdk/issues/1349>

use serde_json::{Value, json};

use crate::answer::{Outcome, refuse, reply};
use crate::args::Args;
use crate::blocks::Fault;
use crate::messages::Draft;
use crate::state::File;
use crate::workspace::Workspace;

/// What a block can show.
const IMAGES: [&str; 3] = ["image/png", "image/jpeg", "image/gif"];
const ALT_TEXT: usize = 1_000;
const CHANNELS: usize = 100;

/// <https://docs.slack.dev/reference/methods/files.getUploadURLExternal>
pub(crate) fn upload_url(workspace: &mut Workspace, args: &Args, _: i64) -> Outcome {
    let (Some(name), Some(length)) = (args.text("filename"), args.whole("length").filter(|n| *n > 0)) else {
        return Err(refuse("missing_argument"));
    };
    let alt_txt = args.text("alt_txt");
    if alt_txt.as_ref().is_some_and(|text| text.chars().count() > ALT_TEXT) {
        return Err(refuse("alt_txt_too_large"));
    }
    let id = workspace.next_id("F");
    let file = File {
        id: id.clone(),
        title: name.clone(),
        name,
        alt_txt,
        length,
        bytes: None,
        shared: false,
        ready_at: 0,
    };
    workspace.state.files.insert(id.clone(), file);
    let url = format!("{}/upload/v1/{id}", workspace.base_url());
    reply([("upload_url", url.into()), ("file_id", id.into())])
}

/// <https://docs.slack.dev/reference/methods/files.completeUploadExternal>
pub(crate) fn complete_upload(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let files = args.json("files").ok().flatten();
    let wanted: Vec<(String, Option<String>)> = files
        .as_ref()
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|file| Some((file["id"].as_str()?.to_owned(), file["title"].as_str().map(String::from))))
        .collect();
    let uploaded = |id: &String| workspace.state.files.get(id).is_some_and(|file| file.bytes.is_some());
    if wanted.is_empty() || !wanted.iter().all(|(id, _)| uploaded(id)) {
        return Err(refuse("file_not_found"));
    }
    let mut channels = args.list("channels");
    channels.extend(args.text("channel_id"));
    if channels.len() > CHANNELS {
        return Err(refuse("channels_limit_exceeded"));
    }
    for id in &channels {
        let channel = workspace.channel(id).ok_or_else(|| refuse("channel_not_found"))?;
        if channel.archived {
            return Err(refuse("invalid_channel"));
        }
        if !channel.members.contains(workspace.bot_user()) {
            return Err(refuse("not_in_channel"));
        }
    }
    let ready_at = now.saturating_add(workspace.settings.file_scan_ms);
    for (id, title) in &wanted {
        if let Some(file) = workspace.state.files.get_mut(id) {
            file.shared = true;
            file.ready_at = ready_at;
            file.title = title.clone().unwrap_or_else(|| file.title.clone());
        }
    }
    for channel in &channels {
        let draft = Draft {
            user: workspace.bot_user().to_owned(),
            text: args.text("initial_comment").unwrap_or_default(),
            files: wanted.iter().map(|(id, _)| id.clone()).collect(),
            thread_ts: args.text("thread_ts").filter(|ts| workspace.message(channel, ts).is_some()),
            ..Draft::default()
        };
        workspace.post(channel, draft, now);
    }
    let files: Vec<Value> = wanted
        .iter()
        .filter_map(|(id, _)| Some(workspace.file_json(workspace.state.files.get(id)?, now)))
        .collect();
    reply([("files", files.into())])
}

/// <https://docs.slack.dev/reference/methods/files.info>
pub(crate) fn info(workspace: &mut Workspace, args: &Args, now: i64) -> Outcome {
    let file = args.text("file").and_then(|id| workspace.state.files.get(&id));
    let file = file.filter(|file| file.shared).ok_or_else(|| refuse("file_not_found"))?;
    reply([("file", workspace.file_json(file, now))])
}

/// What is wrong with the files that blocks show. <https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object>
pub(crate) fn shown(workspace: &Workspace, pointer: &str, value: &Value, now: i64) -> Vec<Fault> {
    match value {
        Value::Array(items) => {
            let at = |(index, item)| shown(workspace, &format!("{pointer}/{index}"), item, now);
            items.iter().enumerate().flat_map(at).collect()
        }
        Value::Object(fields) => {
            let inside = |(name, value): (&String, &Value)| match name.as_str() {
                "slack_file" => workspace.judge_file(&format!("{pointer}/slack_file"), value, now),
                _ => shown(workspace, &format!("{pointer}/{name}"), value, now),
            };
            fields.iter().flat_map(inside).collect()
        }
        _ => Vec::new(),
    }
}

impl Workspace {
    /// Takes the bytes of an announced file; `false` if there is no such file, or it was completed.
    pub(crate) fn receive_file(&mut self, id: &str, bytes: Vec<u8>) -> bool {
        match self.state.files.get_mut(id) {
            Some(file) if !file.shared => {
                file.length = bytes.len();
                file.bytes = Some(bytes);
                true
            }
            _ => false,
        }
    }

    /// A `slack_file` names an image by its id or by its address, and the image has been looked through.
    fn judge_file(&self, pointer: &str, value: &Value, now: i64) -> Vec<Fault> {
        let address = |file: &&File| value["url"] == self.file_url(file);
        let file = match (value["id"].as_str(), value["url"].as_str()) {
            (Some(id), None) if !is_file_id(id) => {
                let message = "input must match regex pattern: ^[F][A-Z0-9]{8,}$";
                return vec![Fault::at(&format!("{pointer}/id"), message)];
            }
            (Some(id), None) => self.state.files.get(id),
            (None, Some(_)) => self.state.files.values().find(address),
            _ => None,
        };
        let shows =
            |file: &File| file.shared && file.ready_at <= now && IMAGES.contains(&mimetype(&file.name));
        if file.is_some_and(shows) { Vec::new() } else { vec![Fault::at(pointer, "invalid slack file")] }
    }

    fn file_url(&self, file: &File) -> String {
        format!("{}/_slack/files/{}", self.base_url(), file.id)
    }

    /// A file as messages carry it.
    pub(crate) fn file_json(&self, file: &File, now: i64) -> Value {
        let url = self.file_url(file);
        let mimetype = if file.ready_at <= now { mimetype(&file.name) } else { "" };
        let mut json = json!({
            "id": file.id, "name": file.name, "title": file.title, "mimetype": mimetype,
            "filetype": file.name.rsplit_once('.').map_or("", |(_, extension)| extension),
            "size": file.length, "user": self.bot_user(), "mode": "hosted", "is_external": false,
            "url_private": url, "url_private_download": url,
        });
        if let (Some(alt_txt), Value::Object(fields)) = (&file.alt_txt, &mut json) {
            fields.insert("alt_txt".into(), alt_txt.clone().into());
        }
        json
    }
}

fn is_file_id(id: &str) -> bool {
    let known = |character: char| character.is_ascii_uppercase() || character.is_ascii_digit();
    id.strip_prefix('F').is_some_and(|rest| rest.len() >= 8 && rest.chars().all(known))
}

/// The media type by the name's extension.
pub(crate) fn mimetype(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase()).as_deref() {
        Some("png") => "image/png",
        Some("jpg" | "jpeg") => "image/jpeg",
        Some("gif") => "image/gif",
        Some("svg") => "image/svg+xml",
        Some("csv") => "text/csv",
        Some("txt" | "log" | "md") => "text/plain",
        Some("json") => "application/json",
        Some("pdf") => "application/pdf",
        _ => "application/octet-stream",
    }
}
