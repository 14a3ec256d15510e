//! Who gets in, by what SES says.

use serde_json::{Value, json};

use super::*;

/// What SES says of a mail from `alerts@vendor.com` that is proven by DMARC, changed.
fn arrival(change: impl FnOnce(&mut Value)) -> Arrival {
    let pass = json!({ "status": "PASS" });
    let mut body = json!({
        "notificationType": "Received",
        "mail": {
            "messageId": "m1",
            "source": "bounce@vendor.com",
            "headersTruncated": false,
            "headers": [{ "name": "From", "value": "Alerts <alerts@vendor.com>" }],
            "commonHeaders": { "from": ["Alerts <alerts@vendor.com>"], "subject": "Disk full" },
        },
        "receipt": {
            "spamVerdict": pass, "virusVerdict": pass, "spfVerdict": pass, "dkimVerdict": pass, "dmarcVerdict": pass,
            "action": { "type": "SNS" },
        },
    });
    change(&mut body);
    Arrival::read(body.as_object().unwrap()).unwrap()
}

fn from(value: &str) -> Arrival {
    arrival(|body| {
        body["mail"]["headers"] = json!([]);
        body["mail"]["commonHeaders"]["from"] = json!([value]);
    })
}

fn listed(senders: &[&str]) -> Vec<String> {
    senders.iter().map(|sender| (*sender).to_owned()).collect()
}

#[test]
fn only_who_is_listed_gets_in() {
    for (senders, expected) in [
        (&[][..], Err(Refused::NoSenders)),
        (&["alerts@vendor.com"], Ok(())),
        (&["Alerts@Vendor.com"], Ok(())),
        (&["@VENDOR.com"], Ok(())),
        (&["ops@example.com", "@vendor.com"], Ok(())),
        (&["*"], Ok(())),
        (&["other@vendor.com"], Err(Refused::NotListed)),
        (&["@endor.com"], Err(Refused::NotListed)),
        (&["@mail.vendor.com"], Err(Refused::NotListed)),
        (&["vendor.com"], Err(Refused::NotListed)),
    ] {
        assert_eq!(arrival(|_| ()).admit(&listed(senders)), expected, "{senders:?}");
    }
    let below = from("alerts@mail.vendor.com").admit(&listed(&["@vendor.com"]));
    assert_eq!(below, Err(Refused::NotListed), "a domain is listed, not those below it");
}

#[test]
fn a_verdict_that_does_not_prove_the_sender_refuses_it() {
    let signed = |domains: &[&str]| -> Value {
        let value = |domain: &&str| json!({ "name": "DKIM-Signature", "value": format!("v=1; d={domain}; s=x; b=d") });
        domains.iter().map(value).collect()
    };
    let own = || signed(&["vendor.com"]);
    let proven = Ok(());
    let unproven = Err(Refused::Unproven);
    for (dmarc, spf, source, dkim, headers, expected) in [
        ("PASS", "FAIL", "x@evil.example", "FAIL", signed(&[]), proven),
        ("FAIL", "PASS", "b@vendor.com", "PASS", own(), unproven),
        ("GRAY", "PASS", "b@vendor.com", "FAIL", signed(&[]), proven),
        ("", "PASS", "b@vendor.com", "GRAY", signed(&[]), proven),
        ("PROCESSING_FAILED", "FAIL", "", "PASS", own(), proven),
        // Anybody passes SPF and DKIM with a domain of their own.
        ("GRAY", "PASS", "x@evil.example", "PASS", signed(&["evil.example"]), unproven),
        ("GRAY", "FAIL", "b@vendor.com", "PASS", signed(&["vendor.com", "evil.example"]), unproven),
        ("GRAY", "FAIL", "b@vendor.com", "PASS", signed(&[]), unproven),
        ("GRAY", "PASS", "x@evil.vendor.com", "FAIL", signed(&[]), unproven),
        ("GRAY", "PASS", "x@evilvendor.com", "FAIL", signed(&[]), unproven),
        ("GRAY", "PASS", "x@com", "FAIL", signed(&[]), unproven),
        ("GRAY", "PASS", "", "FAIL", signed(&[]), unproven),
        ("GRAY", "GRAY", "b@vendor.com", "GRAY", own(), unproven),
        ("WHATEVER", "PASS", "b@vendor.com", "PASS", own(), unproven),
    ] {
        let told = format!("{dmarc} {spf} {source} {dkim} {headers}");
        let arrival = arrival(|body| {
            body["receipt"]["dmarcVerdict"] = json!({ "status": dmarc });
            body["receipt"]["spfVerdict"] = json!({ "status": spf });
            body["receipt"]["dkimVerdict"] = json!({ "status": dkim });
            body["mail"]["source"] = json!(source);
            body["mail"]["headers"] = headers;
        });
        assert_eq!(arrival.admit(&listed(&["@vendor.com"])), expected, "{told}");
    }
}

#[test]
fn signatures_that_were_not_all_told_prove_nothing() {
    let signature = json!([{ "name": "dkim-signature", "value": "d=vendor.com" }]);
    for (truncated, expected) in
        [(json!(false), Ok(())), (json!(true), Err(Refused::Unproven)), (Value::Null, Err(Refused::Unproven))]
    {
        let arrival = arrival(|body| {
            body["receipt"]["dmarcVerdict"]["status"] = json!("GRAY");
            body["receipt"]["spfVerdict"]["status"] = json!("FAIL");
            body["mail"]["headers"] = signature.clone();
            body["mail"]["headersTruncated"] = truncated;
        });
        assert_eq!(arrival.admit(&listed(&["*"])), expected);
    }
}

#[test]
fn a_virus_and_spam_never_get_in() {
    for (verdict, expected) in [("virusVerdict", Refused::Virus), ("spamVerdict", Refused::Spam)] {
        let arrival = arrival(|body| body["receipt"][verdict]["status"] = json!("FAIL"));
        assert_eq!(arrival.admit(&listed(&["*"])), Err(expected));
        let gray = self::arrival(|body| body["receipt"][verdict]["status"] = json!("GRAY"));
        assert_eq!(gray.admit(&listed(&["*"])), Ok(()));
    }
}

#[test]
fn a_from_that_can_be_read_in_two_ways_is_nobody() {
    for (value, expected) in [
        ("alerts@vendor.com", Some("alerts@vendor.com")),
        ("<alerts@vendor.com>", Some("alerts@vendor.com")),
        ("\"Alerts, Inc\" <ALERTS@vendor.com>", Some("alerts@vendor.com")),
        ("alerts@vendor.com <x@evil.example>", Some("x@evil.example")),
        ("<alerts@vendor.com> <x@evil.example>", None),
        ("alerts@vendor.com, x@evil.example", None),
        ("x@evil.example (alerts@vendor.com)", None),
        ("\"alerts@vendor.com\" x@evil.example", None),
        ("a@b@vendor.com", None),
        ("alerts@vendor.com\r\n", Some("alerts@vendor.com")),
        ("alerts@vend\u{f6}r.com", None),
        ("", None),
        ("undisclosed", None),
    ] {
        assert_eq!(from(value).from.as_deref(), expected, "{value}");
    }
    let several = arrival(|body| {
        body["mail"]["commonHeaders"]["from"] = json!(["alerts@vendor.com", "x@evil.example"])
    });
    assert_eq!(several.admit(&listed(&["*"])), Err(Refused::Ambiguous));
    let twice = arrival(|body| {
        let own = json!({ "name": "FROM", "value": "x@evil.example" });
        body["mail"]["headers"].as_array_mut().unwrap().push(own);
    });
    assert_eq!(twice.admit(&listed(&["*"])), Err(Refused::Ambiguous));
}

#[test]
fn a_message_that_names_another_sender_than_ses_does_is_refused() {
    for (content, expected) in [
        ("From: alerts@vendor.com\nSubject: x\n\n", Ok(())),
        ("From: Alerts <ALERTS@vendor.com>\nSubject: x\n\n", Ok(())),
        ("From: x@evil.example\nSubject: x\n\n", Err(Refused::Ambiguous)),
        ("From: alerts@vendor.com\nFrom: x@evil.example\nSubject: x\n\n", Err(Refused::Ambiguous)),
        ("From: alerts@vendor.com, x@evil.example\nSubject: x\n\n", Err(Refused::Ambiguous)),
    ] {
        let arrival = arrival(|body| body["content"] = json!(content));
        assert_eq!(arrival.admit(&listed(&["@vendor.com"])), expected, "{content:?}");
    }
}

#[test]
fn what_cannot_be_listed_is_known() {
    for (listed, expected) in [
        ("*", true),
        ("@vendor.com", true),
        ("a@vendor.com", true),
        ("vendor.com", false),
        ("@", false),
        ("", false),
        ("@*.com", false),
    ] {
        assert_eq!(is_listable(listed), expected, "{listed}");
    }
}
