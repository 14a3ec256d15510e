//! What SES says of a message that it received: through a topic, with the message in it or with the place in S3 where it lies, or
//! to a function, without the message. Whom to let in is for `sender`.
//!
//! Formats: <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-notifications-contents.html>,
//! <https://docs.aws.amazon.com/ses/latest/dg/receiving-email-action-lambda-event.html>.

use base64::prelude::{BASE64_STANDARD, Engine};
use serde_json::{Map, Value, json};

use super::message::{self, line};
use super::sender;

/// What SES says of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Who it is from, in lower case; `None` if that cannot be told for sure.
    pub from: Option<String>,
    /// What SES found: `PASS`, `FAIL`, ...; empty where it did not look.
    pub(super) verdicts: Verdicts,
    /// The domain of the envelope's sender, for which SPF speaks.
    pub(super) envelope_domain: String,
    /// The domains for which its signatures speak; `None` if not all of them are known.
    pub(super) signing_domains: Option<Vec<String>>,
    /// Where the message lies, if it does not come along.
    pub place: Option<Place>,
    /// It is from somebody else by its own headers than SES says.
    pub(super) is_ambiguous: bool,
    body: Value,
}

/// Where in S3 a message lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The bucket's name.
    pub bucket: String,
    /// The object's key.
    pub key: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Verdicts {
    pub(super) spf: String,
    pub(super) dkim: String,
    pub(super) dmarc: String,
    pub(super) spam: String,
    pub(super) virus: String,
}

impl Arrival {
    /// Reads what a topic or an invocation carries; `None` if it is something else. Other notices of SES have no `receipt`.
    pub(in crate::sources) fn read(fields: &Map<String, Value>) -> Option<Self> {
        let kind = fields.get("notificationType").and_then(Value::as_str);
        let receipt =
            fields.get("receipt")?.as_object().filter(|_| kind.is_none_or(|kind| kind == "Received"))?;
        let mail = fields.get("mail")?.as_object().filter(|mail| mail.contains_key("messageId"))?;
        let verdict = |name: &str| {
            let status = receipt.get(name).and_then(|verdict| verdict.get("status"));
            status.and_then(Value::as_str).map(|word| line(word).to_uppercase()).unwrap_or_default()
        };
        let action = receipt.get("action");
        let word = |name: &str| action.and_then(|action| action.get(name)).and_then(Value::as_str);
        let place =
            || Some(Place { bucket: word("bucketName")?.to_owned(), key: word("objectKey")?.to_owned() });
        let headers = mail.get("headers").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let mut arrival = Arrival {
            from: sender::sole(mail, headers),
            verdicts: Verdicts {
                spf: verdict("spfVerdict"),
                dkim: verdict("dkimVerdict"),
                dmarc: verdict("dmarcVerdict"),
                spam: verdict("spamVerdict"),
                virus: verdict("virusVerdict"),
            },
            envelope_domain: mail
                .get("source")
                .and_then(Value::as_str)
                .map(sender::domain)
                .unwrap_or_default(),
            signing_domains: sender::signing_domains(mail, headers),
            place: place().filter(|_| word("type") == Some("S3")),
            is_ambiguous: false,
            body: Value::Null,
        };
        arrival.body = arrival.outline(mail);
        let encoding = word("encoding").unwrap_or_default();
        match fields.get("content").and_then(Value::as_str) {
            Some(content) if encoding.eq_ignore_ascii_case("base64") => {
                arrival.take(&BASE64_STANDARD.decode(content.trim()).unwrap_or_default());
            }
            Some(content) => arrival.take(content.as_bytes()),
            None if arrival.place.is_some() => arrival.lack("its text lies in S3 and was not fetched"),
            None => arrival.lack("SES gave no text along: let the receipt rule have an SNS or S3 action"),
        }
        Some(arrival)
    }

    /// What is known without the message.
    fn outline(&self, mail: &Map<String, Value>) -> Value {
        let headers = mail.get("commonHeaders");
        let header = |name: &str| headers.and_then(|headers| headers.get(name));
        let text = |name: &str| line(header(name).and_then(Value::as_str).unwrap_or_default());
        let to = header("to").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let to: Vec<String> =
            to.iter().filter_map(Value::as_str).filter_map(sender::address).take(50).collect();
        let own = line(mail.get("messageId").and_then(Value::as_str).unwrap_or_default());
        let id = text("messageId").trim_matches(['<', '>']).to_owned();
        json!({
            "from": self.from.clone().unwrap_or_default(),
            "from_name": "",
            "to": to,
            "subject": text("subject"),
            "date": line(mail.get("timestamp").and_then(Value::as_str).unwrap_or_default()),
            "message_id": if id.is_empty() { own } else { id },
            "in_reply_to": "",
            "text": "",
            "headers": {},
            "attachments": [],
            "verdicts": self.verdicts.shown(),
        })
    }

    /// Puts the message in.
    pub fn take(&mut self, bytes: &[u8]) {
        let Some(Value::Object(mut read)) = message::read(bytes) else {
            self.lack("what SES gave is no message");
            return;
        };
        self.is_ambiguous = read.get("from").and_then(Value::as_str) != self.from.as_deref();
        read.insert("verdicts".to_owned(), self.verdicts.shown());
        if read.get("message_id").is_none_or(|id| id == "") {
            read.insert("message_id".to_owned(), self.body.get("message_id").cloned().unwrap_or_default());
        }
        self.body = Value::Object(read);
    }

    /// Says why its text is not there.
    pub fn lack(&mut self, why: &str) {
        if let Some(fields) = self.body.as_object_mut() {
            fields.insert("missing".to_owned(), why.into());
        }
    }

    /// In the form that mappings see.
    pub fn body(&self) -> &Value {
        &self.body
    }
}

impl Verdicts {
    fn shown(&self) -> Value {
        let Verdicts { spf, dkim, dmarc, spam, virus } = self;
        json!({ "spf": spf, "dkim": dkim, "dmarc": dmarc, "spam": spam, "virus": virus })
    }
}
