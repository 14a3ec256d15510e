//! A form as `curl -F` and many senders of files send it: its fields by name. What is attached as a file is left out: it is for no
//! eye here, and a picture beside a payload must not hide that. What the fields mean may not enter.
//!
//! Format: <https://www.rfc-editor.org/rfc/rfc7578>.

use mail_parser::{MessageParser, MessagePart, MimeHeaders, PartType};
use serde_json::{Map, Value};

use super::super::mail;

/// The most fields that are read.
const MAX_FIELDS: usize = 1_000;

/// The fields; `None` if it is no such form, or one without fields. `kind` is its `Content-Type`, which knows where parts begin.
pub(super) fn fields(kind: &str, body: &str) -> Option<Map<String, Value>> {
    let is_form = kind.get(..FORM.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(FORM));
    let kind = kind.split(['\r', '\n']).next().filter(|_| is_form)?;
    // The parts are as those of mail.
    let whole = format!("Content-Type: {kind}\r\n\r\n{body}");
    let message = MessageParser::default().parse(mail::near(whole.as_bytes()))?;
    let field = |part: &MessagePart<'_>| {
        let is = part.content_disposition().filter(|is| is.attribute("filename").is_none())?;
        let text = match &part.body {
            PartType::Text(text) => text.as_ref(),
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => str::from_utf8(bytes).ok()?,
            _ => return None,
        };
        Some((is.attribute("name")?.to_owned(), Value::from(text)))
    };
    let fields: Map<_, _> = message.parts.iter().take(MAX_FIELDS).filter_map(field).collect();
    Some(fields).filter(|fields| !fields.is_empty())
}

const FORM: &str = "multipart/form-data";

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: &str = "multipart/form-data; boundary=------------------------d74496d66958873e";

    /// What `curl -F title=... -F payload=... -F file=@...` sends.
    fn form(parts: &[&str]) -> String {
        let parts: String = parts
            .iter()
            .map(|part| format!("--------------------------d74496d66958873e\r\n{part}\r\n"))
            .collect();
        format!("{parts}--------------------------d74496d66958873e--\r\n")
    }

    fn read(parts: &[&str]) -> Option<Value> {
        fields(KIND, &form(parts)).map(Value::Object)
    }

    #[test]
    fn fields_are_read_and_files_are_not() {
        let title = "Content-Disposition: form-data; name=\"title\"\r\n\r\nDisk full on db-1";
        let text = "Content-Disposition: form-data; name=\"text\"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nzwölf\r\nGB left";
        let json = "Content-Disposition: form-data; name=\"payload\"\r\nContent-Type: application/json\r\n\r\n{\"id\": 7}";
        let file = "Content-Disposition: form-data; name=\"thumb\"; filename=\"a.jpg\"\r\nContent-Type: image/jpeg\r\n\r\n\u{fffd}\u{fffd}";
        assert_eq!(
            read(&[title, text, json, file]),
            Some(
                serde_json::json!({ "title": "Disk full on db-1", "text": "zwölf\r\nGB left", "payload": "{\"id\": 7}" })
            )
        );
        assert_eq!(read(&[file]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn what_is_sent_to_do_harm_gives_nothing_or_little() {
        let most = 1024 * 1024;
        let parts = "--b\n\n".repeat(most / 5);
        let fields_of_parts = "--b\nContent-Disposition: form-data; name=\"x\"\n\ny\n".repeat(most / 52);
        let nested: String = (0..10_000)
            .map(|depth| {
                format!("--b{depth}\nContent-Type: multipart/form-data; boundary=b{}\n\n", depth + 1)
            })
            .collect();
        let messages = "--b\nContent-Type: message/rfc822\n\n".repeat(most / 36);
        for body in [parts, fields_of_parts, nested, messages] {
            for boundary in ["b", "b0", "", "\"\"", "é"] {
                let found = fields(&format!("multipart/form-data; boundary={boundary}"), &body);
                assert!(found.is_none_or(|fields| fields.len() <= 1), "{boundary}: {:.60}", body);
            }
        }
    }

    #[test]
    fn only_a_form_is_read_as_one() {
        let body = form(&["Content-Disposition: form-data; name=\"title\"\r\n\r\nx"]);
        for kind in
            ["", "multipart", "multipart/mixed; boundary=x", "application/json", "multipart/form-data", "é"]
        {
            assert_eq!(fields(kind, &body), None, "{kind}");
        }
        assert!(fields(&KIND.replace("multipart/form-data", "Multipart/Form-Data"), &body).is_some());
        assert_eq!(fields(KIND, "a text without any part"), None);
    }
}
