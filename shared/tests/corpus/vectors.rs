//! The signature schemes against the corpus's vectors. A vector that is not in a form that is understood is counted, not failed;
//! one that is understood and disagrees fails.

use std::fs;

use http::{HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use secrecy::SecretString;
use serde_json::{Map, Value};
use shared::sources::verify;

use crate::{corpus, file_name, files, word, words};

#[test]
fn every_vector_that_is_understood_agrees() {
    let Some(corpus) = corpus() else { return };
    let mut wrong = Vec::new();
    for path in files(&corpus.join("vectors")) {
        let Ok(value) = serde_json::from_str::<Value>(&fs::read_to_string(&path).unwrap_or_default()) else {
            continue;
        };
        let (mut let_in, mut kept_out, mut odd, mut refused) = (0, 0, 0, Vec::new());
        walk(&value, &Map::new(), &mut |case| match check(&file_name(&path), case) {
            Some((true, Ok(()))) => let_in += 1,
            Some((false, Err(_))) => kept_out += 1,
            Some((true, Err(error))) => refused.push(format!("{error} for {}", Value::from(case.clone()))),
            Some((false, Ok(()))) => {
                wrong.push(format!("{}: let in {}", path.display(), Value::from(case.clone())))
            }
            None => odd += 1,
        });
        let keys: Vec<&String> = value.as_object().into_iter().flat_map(Map::keys).collect();
        eprintln!(
            "{}: {let_in} let in and {kept_out} kept out as expected, {} refused that should not be, {odd} not understood; its keys are {keys:?}",
            file_name(&path),
            refused.len(),
        );
        // Where nothing is let in, it is this reader that does not understand the file.
        if let_in > 0 {
            wrong.extend(refused.into_iter().map(|case| format!("{}: refused: {case}", path.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Calls back with every innermost object, each with the plain fields of what is around it.
fn walk(value: &Value, around: &Map<String, Value>, found: &mut impl FnMut(&Map<String, Value>)) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| walk(value, around, found)),
        Value::Object(map) => {
            let mut here = around.clone();
            here.extend(map.iter().map(|(name, value)| (name.clone(), value.clone())));
            let inner: Vec<&Value> = map
                .values()
                .filter(|value| value.as_array().is_some_and(|list| list.iter().any(Value::is_object)))
                .collect();
            if inner.is_empty() {
                found(&here);
            }
            inner.into_iter().for_each(|value| walk(value, &here, found));
        }
        _ => {}
    }
}

/// What the vector expects and what we say, if it is one of a scheme of ours.
fn check(file: &str, case: &Map<String, Value>) -> Option<(bool, Result<(), verify::VerifyError<'static>>)> {
    let case = Value::from(case.clone());
    let expected = ["valid", "ok", "accept", "expected", "expect", "verified"].iter().find_map(|name| {
        match case.get(name)? {
            Value::Bool(truth) => Some(*truth),
            Value::String(text) => match text.as_str() {
                "valid" | "accept" | "accepted" | "ok" | "pass" | "true" => Some(true),
                "invalid" | "reject" | "rejected" | "refuse" | "refused" | "fail" | "false" => Some(false),
                _ => None,
            },
            _ => None,
        }
    })?;
    if file.contains("sns") {
        return Some((expected, check_sns(&case)?));
    }
    let body = word(&case, &["body", "payload"])?;
    let secrets: Vec<SecretString> =
        [words(&case, "secret"), words(&case, "secrets"), words(&case, "signing_secret")]
            .concat()
            .into_iter()
            .map(Into::into)
            .collect();
    if secrets.is_empty() {
        return None;
    }
    let mut headers = HeaderMap::new();
    for (name, value) in case.get("headers").and_then(Value::as_object).into_iter().flatten() {
        let name = HeaderName::try_from(name.as_str()).ok()?;
        headers.insert(name, HeaderValue::from_str(value.as_str()?).ok()?);
    }
    let now = word(&case, &["now", "at"]).and_then(|now| shared::core::time::parse(&now));
    let header = |headers: &mut HeaderMap, name: &'static str, fields: &[&str]| {
        if let Some(value) = word(&case, fields).and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.entry(name).or_insert(value);
        }
    };
    let timed = file.contains("standard") || file.contains("slack");
    if timed && now.is_none() && !expected {
        // It may be refused for its time, and no time is told.
        return None;
    }
    let sent = word(&case, &["timestamp", "webhook-timestamp", "ts"])
        .and_then(|sent| Timestamp::from_second(sent.parse().ok()?).ok());
    let result = if file.contains("slack") {
        header(&mut headers, "x-slack-request-timestamp", &["timestamp", "ts"]);
        header(&mut headers, "x-slack-signature", &["signature"]);
        let verified = shared::slack::sign::verify(&secrets, &headers, body.as_bytes(), now.or(sent)?);
        verified.map_err(|_| verify::VerifyError::Mismatch("the signature"))
    } else if file.contains("github") {
        header(&mut headers, "x-hub-signature-256", &["signature", "header", "x-hub-signature-256"]);
        let scheme = verify::named::scheme("github")?;
        let shown = verify::Shown { headers: &headers, body: body.as_bytes(), last_segment: None };
        verify::verify(&scheme, &shown, &secrets, now.or(sent).unwrap_or(Timestamp::UNIX_EPOCH))
            .map_err(|_| verify::VerifyError::Mismatch("the signature"))
    } else if file.contains("standard") {
        header(&mut headers, "webhook-id", &["id", "webhook-id", "msg_id"]);
        header(&mut headers, "webhook-timestamp", &["timestamp", "webhook-timestamp"]);
        header(&mut headers, "webhook-signature", &["signature", "signatures", "webhook-signature"]);
        verify::standard_webhooks::verify(&headers, body.as_bytes(), &secrets, now.or(sent)?)
    } else {
        return None;
    };
    Some((expected, result))
}

/// A signed message with its certificate; the topic is allowed, since the vectors are about signatures and addresses.
fn check_sns(case: &Value) -> Option<Result<(), verify::VerifyError<'static>>> {
    let message = ["message", "body", "payload"].iter().find_map(|name| case.get(name))?;
    let message = message.as_str().map_or_else(|| message.to_string(), str::to_owned);
    let certificate = word(case, &["certificate", "cert", "pem", "certificate_pem", "cert_pem"])?;
    let verified = verify::sns::Message::parse(message.as_bytes())
        .and_then(|message| message.verify(certificate.as_bytes(), &[message.topic().to_owned()]));
    Some(verified.map(|_| ()))
}
