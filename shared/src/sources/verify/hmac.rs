//! A signature in a header: an HMAC over the raw body, or over the time and the body together, which then refuses what is sent
//! again later. One form for all senders that sign so; what differs between them is data (`named`, or options in a config).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use ring::hmac::{self, Context, HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, HMAC_SHA512, Key, Tag};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use subtle::ConstantTimeEq;

use super::words::{self, Algorithm, Encoding, HmacWords, Remedy, Wrong};
use super::{VerifyError, WINDOW_SECONDS, header, usable};

/// The most signatures in the header that are looked at.
const MOST_SIGNATURES: usize = 10;
/// Later than this in seconds (the year 5138), a number is milliseconds.
const MILLISECONDS: i64 = 100_000_000_000;

/// How a sender signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hmac {
    words: HmacWords,
    header: HeaderName,
    time: Option<Time>,
    signed: Vec<Piece>,
}

/// Where the signed time is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Time {
    /// In a header of its own, which may be left out.
    Header { name: HeaderName, optional: bool },
    /// In the header of the signature, behind this.
    Part(String),
    /// In a field of the body.
    Field(String),
}

/// A piece of what is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Timestamp,
    Body,
}

impl Hmac {
    /// The form that the words describe.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(words: HmacWords) -> Result<Self, Wrong> {
        let header = words::header("hmac.header", &words.header)?;
        let time = words.timestamp.as_deref().map(time).transpose()?;
        let told = matches!(time, Some(Time::Header { .. } | Time::Part(_)));
        let usual = if told { "{timestamp}.{body}" } else { "{body}" };
        let signed = pieces(words.signed.as_deref().unwrap_or(usual));
        let count = |wanted: &Piece| signed.iter().filter(|piece| *piece == wanted).count();
        let wrong = |message: &str, remedy| Wrong {
            at: "hmac.signed",
            message: message.to_owned(),
            remedy: Remedy::Say(remedy),
        };
        if count(&Piece::Body) != 1 {
            return Err(wrong("the body has to be signed, once", "such as \"{timestamp}.{body}\""));
        }
        if told && count(&Piece::Timestamp) == 0 {
            return Err(wrong("a time that is not signed proves nothing", "such as \"{timestamp}.{body}\""));
        }
        if !told && count(&Piece::Timestamp) > 0 {
            let remedy = "say where the time is: `timestamp: x-timestamp`, or `timestamp: t=`";
            return Err(wrong("no header tells a time", remedy));
        }
        let optional = matches!(time, Some(Time::Header { optional: true, .. }));
        if optional && signed.first() != Some(&Piece::Timestamp) {
            let remedy = "begin with {timestamp}, or leave out the ? behind the header";
            return Err(wrong("without the time this could be taken for a body", remedy));
        }
        Ok(Hmac { words, header, time, signed })
    }

    /// The words that describe it.
    pub fn words(&self) -> &HmacWords {
        &self.words
    }

    /// Checks every signature in the header with every secret, and that the time, if the form has one, is within
    /// [`WINDOW_SECONDS`].
    ///
    /// # Errors
    /// The check that failed.
    pub fn verify(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        secrets: &[SecretString],
        now: Timestamp,
    ) -> Result<(), VerifyError<'_>> {
        let secrets = usable(secrets)?;
        let name = self.header.as_str();
        let parts: Vec<&str> = header(headers, name)?.split([',', ';']).map(str::trim).collect();
        let told = self.told(headers, &parts, body)?;
        if let Some((told, place)) = told {
            fresh(told, place, now)?;
        }
        let decoded = parts.iter().filter_map(|part| self.decode(part));
        let given: Vec<Vec<u8>> = decoded.take(MOST_SIGNATURES).collect();
        if given.is_empty() {
            return Err(VerifyError::Malformed(name));
        }
        let proved = secrets.iter().any(|secret| {
            let made = self.make(secret, told.map(|(told, _)| told), body);
            given.iter().any(|given| made.as_ref().ct_eq(given).into())
        });
        if !proved {
            return Err(VerifyError::Mismatch(name));
        }
        // Only now that the body is known to be the sender's own is it read.
        match &self.time {
            Some(Time::Field(field)) => fresh(&in_body(body, field)?, field, now),
            _ => Ok(()),
        }
    }

    /// The headers of a request with this body, signed at `at`: for tests and tools. A time that stands in the body has to be there.
    pub fn sign(&self, secret: &SecretString, body: &[u8], at: Timestamp) -> Vec<(HeaderName, HeaderValue)> {
        let told = at.as_second().to_string();
        let part = match &self.time {
            Some(Time::Part(part)) => format!("{part}{told},"),
            _ => String::new(),
        };
        let tag = self.make(secret.expose_secret(), Some(&told), body);
        let signature = match self.words.encoding {
            Encoding::Hex => hex::encode(tag),
            Encoding::Base64 => STANDARD.encode(tag),
        };
        let mut headers = vec![(self.header.clone(), format!("{part}{}{signature}", self.words.prefix))];
        if let Some(Time::Header { name, .. }) = &self.time {
            headers.push((name.clone(), told));
        }
        let valid = |(name, value): (HeaderName, String)| Some((name, HeaderValue::try_from(value).ok()?));
        headers.into_iter().filter_map(valid).collect()
    }

    /// The time that a header tells, and which one.
    fn told<'h, 'a>(
        &'a self,
        headers: &'h HeaderMap,
        parts: &[&'h str],
        body: &[u8],
    ) -> Result<Option<(&'h str, &'a str)>, VerifyError<'a>> {
        match &self.time {
            Some(Time::Header { name, optional: true }) if !headers.contains_key(name) => {
                // Or somebody could leave the header out and put its time into the body, where nobody would look at it.
                let hides_time = body.first().is_some_and(u8::is_ascii_digit);
                if hides_time { Err(VerifyError::Missing(name.as_str())) } else { Ok(None) }
            }
            Some(Time::Header { name, .. }) => Ok(Some((header(headers, name.as_str())?, name.as_str()))),
            Some(Time::Part(part)) => {
                let told = parts.iter().find_map(|candidate| candidate.strip_prefix(part.as_str()));
                told.map(|told| Some((told, self.header.as_str())))
                    .ok_or(VerifyError::Malformed(self.header.as_str()))
            }
            Some(Time::Field(_)) | None => Ok(None),
        }
    }

    fn decode(&self, part: &str) -> Option<Vec<u8>> {
        let signature = part.strip_prefix(self.words.prefix.as_str())?;
        match self.words.encoding {
            Encoding::Hex => hex::decode(signature).ok(),
            Encoding::Base64 => STANDARD.decode(signature).ok(),
        }
    }

    /// The signature of a body; without a time, of the body alone.
    fn make(&self, secret: &str, told: Option<&str>, body: &[u8]) -> Tag {
        let algorithm = match self.words.algorithm {
            Algorithm::Sha1 => HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Algorithm::Sha256 => HMAC_SHA256,
            Algorithm::Sha512 => HMAC_SHA512,
        };
        let key = Key::new(algorithm, secret.as_bytes());
        let left_out = matches!(self.time, Some(Time::Header { .. })) && told.is_none();
        if left_out {
            return hmac::sign(&key, body);
        }
        let mut context = Context::with_key(&key);
        for piece in &self.signed {
            context.update(match piece {
                Piece::Text(text) => text.as_bytes(),
                Piece::Timestamp => told.unwrap_or_default().as_bytes(),
                Piece::Body => body,
            });
        }
        context.sign()
    }
}

/// Whether a time, written in any usual way, is within the window.
fn fresh<'a>(told: &str, place: &'a str, now: Timestamp) -> Result<(), VerifyError<'a>> {
    let is_number = !told.is_empty() && told.bytes().all(|byte| byte.is_ascii_digit());
    let at = match is_number {
        true => match told.parse() {
            Ok(milliseconds @ MILLISECONDS..) => Timestamp::from_millisecond(milliseconds).ok(),
            Ok(seconds) => Timestamp::from_second(seconds).ok(),
            Err(_) => None,
        },
        false => told.parse().ok(),
    };
    let at = at.ok_or(VerifyError::Malformed(place))?;
    let apart = now.as_second().abs_diff(at.as_second());
    if apart > WINDOW_SECONDS { Err(VerifyError::Stale) } else { Ok(()) }
}

/// A field of a JSON body, as text.
fn in_body<'a>(body: &[u8], field: &'a str) -> Result<String, VerifyError<'a>> {
    let body: Value = serde_json::from_slice(body).map_err(|_| VerifyError::Missing(field))?;
    match body.get(field) {
        Some(Value::String(text)) => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) => Err(VerifyError::Malformed(field)),
        None => Err(VerifyError::Missing(field)),
    }
}

/// Where the words say that the time is.
fn time(words: &str) -> Result<Time, Wrong> {
    if let Some(field) = words.strip_prefix("body.").filter(|field| !field.is_empty()) {
        return Ok(Time::Field(field.to_owned()));
    }
    if words.len() > 1 && words.ends_with('=') {
        return Ok(Time::Part(words.to_owned()));
    }
    let name = words.strip_suffix('?').unwrap_or(words);
    let header = words::header("hmac.timestamp", name).map_err(|wrong| Wrong {
        remedy: Remedy::Say(
            "a header such as x-timestamp, a part of the signature's header such as t=, or body.FIELD",
        ),
        ..wrong
    });
    Ok(Time::Header { name: header?, optional: words.ends_with('?') })
}

fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let known = [("{timestamp}", Piece::Timestamp), ("{body}", Piece::Body)];
        let found = known.into_iter().filter_map(|(word, piece)| Some((rest.find(word)?, word, piece)));
        let Some((at, word, piece)) = found.min_by_key(|(at, ..)| *at) else { break };
        let (before, after) = rest.split_at(at);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(piece);
        rest = after.strip_prefix(word).unwrap_or_default();
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

#[cfg(test)]
mod tests;
