//! Pictures: a private upload in Slack's three steps (an address, the bytes, "complete" without a channel), and whether Slack
//! has looked through what was uploaded. A message that shows a file before that is refused (`invalid slack file`), and
//! `files.info` is the one place where it can be seen: until then the media type is empty.
//!
//! The address for the bytes comes from an answer: it is followed to Slack's own host for files (or to the emulator) only,
//! and our token stays here. A lost answer does no harm: an upload that is not completed is dropped by Slack, and one that
//! nothing shows is seen by nobody.
//!
//! Contract: <https://docs.slack.dev/reference/methods/files.getUploadURLExternal>,
//! <https://docs.slack.dev/reference/methods/files.completeUploadExternal>; that uploads are looked through afterwards:
//! <https://github.com/slackapi/java-slack-sdk/issues/1349>

use bytes::Bytes;
use http::header;
use serde::Deserialize;
use serde_json::json;

use super::{Client, Url};
use crate::slack::blocks::cut::cut_plain;
use crate::slack::error::SlackError;

/// How much alternative text an upload takes, in characters.
const ALT_TEXT: usize = 1_000;

/// A picture on its way to Slack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// A file name; Slack reads the type from its end.
    pub name: String,
    /// What people see as its name.
    pub title: String,
    /// What it shows, for those who cannot see it; cut at 1,000 characters.
    pub alt: String,
    /// The file; not empty.
    pub bytes: Bytes,
}

/// A file that Slack keeps.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Uploaded {
    /// For [`Block::image`](crate::slack::blocks::Block::image).
    pub id: String,
    /// Empty until Slack has looked through the file.
    pub mimetype: String,
}

impl Uploaded {
    /// Whether a message can show it.
    pub fn is_ready(&self) -> bool {
        !self.mimetype.is_empty()
    }
}

#[derive(Deserialize)]
struct Ticket {
    upload_url: String,
    file_id: String,
}

#[derive(Deserialize)]
struct Completed {
    #[serde(default)]
    files: Vec<Uploaded>,
}

#[derive(Deserialize)]
struct One {
    file: Uploaded,
}

impl Client {
    /// Uploads a picture that only we can see, until a message of ours shows it. Repeating it leaves a second one behind.
    pub async fn upload(&self, upload: &Upload) -> Result<Uploaded, SlackError> {
        let length = upload.bytes.len().to_string();
        let alt = cut_plain(&upload.alt, ALT_TEXT);
        let fields = [
            ("filename", Some(upload.name.as_str())),
            ("length", Some(length.as_str())),
            ("alt_txt", Some(alt.as_str()).filter(|alt| !alt.is_empty())),
        ];
        let ticket: Ticket = self.form("files.getUploadURLExternal", &fields).await?;
        self.put(&ticket.upload_url, upload.bytes.clone()).await?;
        let body = json!({ "files": [{ "id": ticket.file_id, "title": upload.title }] });
        let completed: Completed = self.json("files.completeUploadExternal", &body).await?;
        let ours = completed.files.into_iter().find(|file| file.id == ticket.file_id);
        // Slack has said that it is done: what it says about the file comes later.
        Ok(ours.unwrap_or(Uploaded { id: ticket.file_id, mimetype: String::new() }))
    }

    /// What Slack knows about a file (<https://docs.slack.dev/reference/methods/files.info>).
    pub async fn files_info(&self, file: &str) -> Result<Uploaded, SlackError> {
        Ok(self.form::<One>("files.info", &[("file", Some(file))]).await?.file)
    }

    /// The bytes, without our token: the address is the permission.
    async fn put(&self, address: &str, bytes: Bytes) -> Result<(), SlackError> {
        let address = self
            .takes_files(address)
            .ok_or_else(|| SlackError::Refused { code: "not_an_upload_url".to_owned() })?;
        let request =
            self.http.post(address).header(header::CONTENT_TYPE, "application/octet-stream").body(bytes);
        let answer = self.exchange(request).await?;
        answer.limited()?;
        // "OK - 1234" if it worked; anything else than 200 is an error, says Slack.
        match answer.status.as_u16() {
            200 => Ok(()),
            status if answer.status.is_client_error() => {
                Err(SlackError::Refused { code: format!("HTTP {status} for the upload") })
            }
            status => Err(SlackError::Unknown { why: format!("HTTP {status} for the upload") }),
        }
    }

    /// The address, if it is Slack's for files (`https://files.` and the host of the Web API) or lies where our base URL lies.
    fn takes_files(&self, address: &str) -> Option<Url> {
        let address = Url::parse(address).ok()?;
        let anonymous = address.username().is_empty() && address.password().is_none();
        let slacks = self.base.scheme() == "https"
            && address.scheme() == "https"
            && address.port_or_known_default() == Some(443)
            && address.host_str().and_then(|host| host.strip_prefix("files.")) == self.base.host_str();
        let ours = matches!(address.scheme(), "http" | "https") && address.origin() == self.base.origin();
        (anonymous && (slacks || ours)).then_some(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::slack::client::http;

    #[test]
    fn files_go_to_slacks_host_for_files_and_to_our_own_only() {
        let client = |base: &str| Client::new(base.parse().unwrap(), "xoxb".into(), http().build().unwrap());
        let (slack, local) = (client("https://slack.com/"), client("http://127.0.0.1:8080/"));
        for (address, by_slack, by_local) in [
            ("https://files.slack.com/upload/v1/ABC123", true, false),
            ("https://files.slack.com:443/upload/v1/ABC123", true, false),
            ("https://slack.com/upload/v1/ABC123", true, false),
            ("http://127.0.0.1:8080/upload/v1/F1", false, true),
            ("http://127.0.0.1:8081/upload/v1/F1", false, false),
            ("http://files.127.0.0.1:8080/upload/v1/F1", false, false),
            ("http://files.slack.com/upload/v1/ABC123", false, false),
            ("https://files.slack.com:8443/upload/v1/ABC123", false, false),
            ("https://files.slack.com.evil.example/upload", false, false),
            ("https://files.slack.com@evil.example/", false, false),
            ("https://user@files.slack.com/", false, false),
            ("https://evil.example\\@files.slack.com/", false, false),
            ("http://169.254.169.254/latest/meta-data", false, false),
            ("file:///etc/passwd", false, false),
            ("//files.slack.com/", false, false),
            ("", false, false),
        ] {
            assert_eq!(slack.takes_files(address).is_some(), by_slack, "{address}");
            assert_eq!(local.takes_files(address).is_some(), by_local, "{address}");
        }
    }
}
