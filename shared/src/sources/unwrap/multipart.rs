//! A form as `curl -F` and many senders of files send it: its fields by name. What is attached as a file is left out: it is for no
//! eye here, and a picture beside a payload must not hide that. What the fields mean may not enter.
//!
//! Format: <https://www.rfc-editor.org/rfc/rfc7578>.

use mail_parser::{MessageParser, MimeHeaders};
use serde_json::{Map, Value};

/// The most fields that are read.
const MAX_FIELDS: usize = 1_000;

/// The fields; `None` if it is no such form, or one without fields. `kind` is its `Content-Type`, which knows where parts begin.
pub(super) fn fields(kind: &str, body: &str) -> Option<Map<String, Value>> {
    let is_form = kind.get(..FORM.len()).is_some_and(|begins| begins.eq_ignore_ascii_case(FORM));
    let kind = kind.split(['\r', '\n']).next().filter(|_| is_form)?;
    // The parts are as those of mail.
    let whole = format!("Content-Type: {kind}\r\n\r\n{body}");
    let message = MessageParser::default().parse(&whole)?;
    let field = |part: &mail_parser::MessagePart<'_>| {
        let is = part.content_disposition().filter(|is| is.attribute("filename").is_none())?;
        Some((is.attribute("name")?.to_owned(), Value::from(part.text_contents()?)))
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
