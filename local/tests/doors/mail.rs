//! Mail on its way to Slack, by every way in: whose is taken, where its text comes from, and what becomes of what S3 does not give.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use serde_json::{Value, json};
use shared::core::raw::Raw;
use shared::mailbox::{Mailbox, MailboxError};
use shared::queue::Queue;

use crate::stage::{Stage, config, event, secrets};

/// A bucket that fails as often as it is told to, and then says this.
#[derive(Debug)]
struct Scripted {
    fails: AtomicUsize,
    says: Result<Bytes, MailboxError>,
}

#[async_trait]
impl Mailbox for Scripted {
    async fn message(&self, bucket: &str, key: &str, _: usize) -> Result<Bytes, MailboxError> {
        assert_eq!((bucket, key), ("acme-mail", "inbound/d6iitobk75ur44p8kdnnp7g2n800"));
        let fails = self.fails.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        match fails {
            Ok(_) => Err(MailboxError::Unavailable("no answer in time".to_owned())),
            Err(_) => self.says.clone(),
        }
    }
}

async fn stage(senders: &[&str], fails: usize, says: Result<&str, MailboxError>) -> Stage {
    let mail = match senders {
        [] => json!({ "verify": "bearer", "secrets": "mail" }),
        senders => json!({ "senders": senders, "secrets": "mail" }),
    };
    let says = says.map(|text| Bytes::from(text.to_owned()));
    Stage::with(|deps| {
        deps.config =
            Arc::new(config(json!({ "mail": mail, "scripts": { "verify": "bearer", "secrets": "mail" } })));
        deps.secrets = secrets(&[("mail", "the-secret")]);
        deps.mailbox = Arc::new(Scripted { fails: AtomicUsize::new(fails), says });
    })
    .await
}

/// As the topic puts it into the queue, past the door.
async fn by_topic(stage: &Stage, body: String) {
    let raw = Raw {
        id: "of-the-queue".to_owned(),
        source: None,
        headers: Default::default(),
        body,
        received_at: stage.now(),
        note: None,
    };
    stage.world.queue.signals(&[raw]).await.unwrap();
    stage.drain().await;
}

fn changed(name: &str, change: impl FnOnce(&mut Value)) -> String {
    let mut envelope: Value = serde_json::from_str(&event(&format!("mail/{name}"))).unwrap();
    let mut notice: Value = serde_json::from_str(envelope["Message"].as_str().unwrap()).unwrap();
    change(&mut notice);
    envelope["Message"] = json!(notice.to_string());
    envelope.to_string()
}

const LISTED: &[&str] = &["@status.acme.example"];

#[tokio::test]
async fn mail_by_the_topic_becomes_a_post_and_its_end_resolves_it() {
    let stage = stage(LISTED, 0, Ok("")).await;
    by_topic(&stage, event("mail/ses-topic.json")).await;
    let told = stage.channel("#alerts");
    assert!(told.contains("PROBLEM: Disk full on db-1") && told.contains("97 % of /var"), "{told}");
    by_topic(&stage, event("mail/ses-topic.json")).await;
    assert_eq!(stage.incident().await["counts"]["signals"], 1, "a repetition has no effect");
    by_topic(&stage, event("mail/ses-topic-base64.json")).await;
    assert_eq!((stage.incident().await["state"].clone(), stage.posts("#alerts")), (json!("resolved"), 1));
}

#[tokio::test]
async fn mail_that_nobody_wants_or_that_nothing_proves_is_dropped() {
    for (what, senders, change) in [
        ("no sender is listed", &[][..], (|_| ()) as fn(&mut Value)),
        ("another is listed", &["@example.com"], |_| ()),
        ("DMARC fails", LISTED, |notice| notice["receipt"]["dmarcVerdict"]["status"] = json!("FAIL")),
        ("a virus", LISTED, |notice| notice["receipt"]["virusVerdict"]["status"] = json!("FAIL")),
        ("spam", LISTED, |notice| notice["receipt"]["spamVerdict"]["status"] = json!("FAIL")),
        ("another From in the text", LISTED, |notice| {
            notice["content"] = json!("From: x@evil.example\nSubject: x\n\n")
        }),
    ] {
        let stage = stage(senders, 0, Ok("")).await;
        by_topic(&stage, changed("ses-topic.json", change)).await;
        assert!(stage.incidents().await.is_empty(), "{what}");
        assert_eq!(stage.posts("#alerts") + stage.posts("#ops"), 0, "{what}");
    }
}

#[tokio::test]
async fn what_is_refused_costs_the_rest_of_the_batch_nothing() {
    let stage = stage(LISTED, 0, Ok("")).await;
    let unlisted =
        changed("ses-topic.json", |notice| notice["receipt"]["dmarcVerdict"]["status"] = json!("FAIL"));
    let raw = |id: &str, body: String| Raw {
        id: id.to_owned(),
        source: None,
        headers: Default::default(),
        body,
        received_at: stage.now(),
        note: None,
    };
    let batch = [
        raw("a", unlisted),
        raw("b", event("mail/ses-topic.json")),
        raw("c", event("cloudwatch/alarm.json")),
    ];
    stage.world.queue.signals(&batch).await.unwrap();
    stage.drain().await;
    assert_eq!(stage.incidents().await.len(), 2);
}

#[tokio::test]
async fn a_message_in_a_bucket_is_fetched_once_s3_has_it() {
    let text = "From: Acme Monitoring <alerts@status.acme.example>\nSubject: [FIRING] Nightly report failed\n\nNo space left";
    let stage = stage(LISTED, 3, Ok(text)).await;
    by_topic(&stage, event("mail/ses-bucket.json")).await;
    let told = stage.channel("#alerts");
    assert!(told.contains("Nightly report failed") && told.contains("No space left"), "{told}");
    assert_eq!(stage.posts("#alerts"), 1);
}

#[tokio::test]
async fn a_message_that_is_not_to_be_had_is_posted_with_what_is_missing() {
    let missing = MailboxError::Missing("its text may not be read".to_owned());
    for (says, expected) in
        [(Err(missing), "its text may not be read"), (Ok("{}"), "what SES gave is no message")]
    {
        let stage = stage(LISTED, 0, says).await;
        by_topic(&stage, event("mail/ses-bucket.json")).await;
        let told = stage.channel("#alerts");
        assert!(told.contains("[FIRING] Nightly report failed") && told.contains(expected), "{told}");
    }
    // As on a laptop, which has no bucket.
    let laptop =
        Stage::with(|deps| deps.config = Arc::new(config(json!({ "mail": { "senders": "*" } })))).await;
    by_topic(&laptop, event("mail/ses-bucket.json")).await;
    assert!(laptop.channel("#alerts").contains("MailBucket"), "{}", laptop.channel("#alerts"));
}

#[tokio::test]
async fn a_message_in_a_bucket_that_names_another_sender_is_dropped() {
    let stage =
        stage(LISTED, 0, Ok("From: x@evil.example\nSubject: [FIRING] Nightly report failed\n\n")).await;
    by_topic(&stage, event("mail/ses-bucket.json")).await;
    assert!(stage.incidents().await.is_empty());
}

#[tokio::test]
async fn a_rule_that_calls_the_function_tells_the_subject() {
    let stage = stage(LISTED, 0, Ok("")).await;
    let address = "/2015-03-31/functions/ingest/invocations";
    assert_eq!(stage.post(address, &[], event("mail/ses-function.json")).await.status, 200);
    stage.drain().await;
    assert!(stage.channel("#alerts").contains("Disk full on db-1"), "{}", stage.channel("#alerts"));
}

#[tokio::test]
async fn a_message_is_posted_as_it_is_by_who_has_the_secret() {
    let stage = stage(&[], 0, Ok("")).await;
    let bearer = [("authorization", "Bearer the-secret"), ("content-type", "message/rfc822")];
    stage.post("/hooks/mail", &[], event("mail/firing.eml")).await.refuses(401, "without the secret");
    stage.post("/hooks", &[], event("mail/firing.eml")).await.refuses(401, "recognised, without the secret");
    for path in ["/hooks/mail", "/hooks", "/hooks/mail"] {
        let answer = stage.post(path, &bearer, event("mail/firing.eml")).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.json()["id"], "20261122085956.1001@status.acme.example");
    }
    stage.drain().await;
    assert_eq!(stage.incident().await["counts"]["signals"], 1, "it is the same message three times");
    let told = stage.channel("#alerts");
    assert!(told.contains("Disk full on db-1") && told.contains("postgresql is 97"), "{told}");
    stage.post("/hooks/mail", &bearer, event("mail/resolved.eml")).await;
    stage.drain().await;
    assert_eq!(stage.incident().await["state"], "resolved");
}

#[tokio::test]
async fn attachments_and_letters_of_any_kind_come_through_the_door() {
    let stage = stage(&[], 0, Ok("")).await;
    let bearer = [("authorization", "Bearer the-secret")];
    let mut message = b"From: a@b.example\nSubject: Backup failed\nContent-Type: multipart/mixed; boundary=m\n\n--m\n\
        Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe\n--m\nContent-Disposition: attachment; filename=log.gz\n\n"
        .to_vec();
    message.extend(vec![b'\xff'; 2 << 20]);
    message.extend(b"\n--m--\n");
    assert_eq!(stage.post("/hooks/scripts", &bearer, message).await.status, 200);
    stage.drain().await;
    let told = stage.channel("#alerts");
    assert!(told.contains("Grüße") && told.contains("log.gz"), "{told}");
}
