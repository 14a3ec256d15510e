//! Uploading a file in its three steps: ask for an address, POST the bytes there, complete the upload and share it.
//! <https://docs.slack.dev/messaging/working-with-files#upload>

use serde_json::{Value, json};

use crate::answer::{Outcome, refuse, reply};
use crate::args::Args;
use crate::messages::Draft;
use crate::state::File;
use crate::workspace::Workspace;

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
    let file =
        File { id: id.clone(), title: name.clone(), name, alt_txt, length, bytes: None, shared: false };
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
    for (id, title) in &wanted {
        if let Some(file) = workspace.state.files.get_mut(id) {
            file.shared = true;
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
        .filter_map(|(id, _)| Some(workspace.file_json(workspace.state.files.get(id)?)))
        .collect();
    reply([("files", files.into())])
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

    /// A file as messages carry it.
    pub(crate) fn file_json(&self, file: &File) -> Value {
        let url = format!("{}/_slack/files/{}", self.base_url(), file.id);
        let mut json = json!({
            "id": file.id, "name": file.name, "title": file.title, "mimetype": mimetype(&file.name),
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
