//! Messages in S3, on the wire: how they are asked for, and what comes of each answer.

use super::super::mailbox::S3Mailbox;
use super::*;
use crate::mailbox::{Mailbox, MailboxError};

/// Which path was asked for with which headers.
type Got = Arc<Mutex<Vec<(String, HeaderMap)>>>;

/// A bucket `acme-mail` on a server that says this.
async fn bucket(status: u16, said: Vec<u8>) -> (S3Mailbox, Got) {
    let got = Got::default();
    let seen = got.clone();
    let server = axum::Router::new().fallback(
        move |method: http::Method, uri: http::Uri, headers: HeaderMap| async move {
            assert_eq!(method, http::Method::GET);
            seen.lock().unwrap().push((uri.path().to_owned(), headers));
            (StatusCode::from_u16(status).unwrap(), said)
        },
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    tokio::spawn(async move { axum::serve(listener, server).await });
    let account = Account { endpoint, ..account("eu-west-1") };
    (S3Mailbox::new(&transport::http().unwrap(), &account, "acme-mail"), got)
}

#[tokio::test]
async fn a_message_is_asked_for_by_its_path_and_signed_as_s3_wants_it() {
    let (bucket, got) = bucket(200, b"From: a".to_vec()).await;
    let message = bucket.message("acme-mail", "in bound/\u{e4}+(1)", 10).await;
    assert_eq!(message.as_deref(), Ok(&b"From: a"[..]));
    let (path, headers) = got.lock().unwrap().remove(0);
    assert_eq!(path, "/acme-mail/in%20bound/%C3%A4%2B%281%29");
    assert_eq!(headers["authorization"].to_str().unwrap(), signed("GET", &path, &headers, ""));
    assert_eq!(headers["x-amz-content-sha256"].to_str().unwrap(), hex::encode(Sha256::digest("")));
    assert!(headers["authorization"].to_str().unwrap().contains("/eu-west-1/s3/"));
}

#[tokio::test]
async fn each_answer_says_whether_it_may_be_asked_again() {
    for (status, said, missing) in [
        (403, &b"<Error/>"[..], Some("may not be read or is gone")),
        (404, b"", Some("not in the bucket any more")),
        (301, b"", Some("another region")),
        (400, b"<Error/>", Some("could not be got from S3: 400: no message")),
        (200, b"01234567890", Some("too long")),
        (503, b"<Error/>", None),
        (500, b"", None),
        (429, b"", None),
    ] {
        let (bucket, got) = bucket(status, said.to_vec()).await;
        match (bucket.message("acme-mail", "m", 10).await.unwrap_err(), missing) {
            (MailboxError::Missing(why), Some(expected)) => {
                assert!(why.contains(expected), "{status}: {why}")
            }
            (MailboxError::Unavailable(_), None) => {}
            (error, _) => panic!("{status}: {error:?}"),
        }
        assert_eq!(got.lock().unwrap().len(), 1, "{status}: the queue tries again");
    }
}

#[tokio::test]
async fn nothing_is_asked_for_in_another_bucket_or_by_a_path_that_leads_out() {
    let (bucket, got) = bucket(200, Vec::new()).await;
    for (name, key) in
        [("other", "m"), ("acme-mail", "../other/m"), ("acme-mail", "a/./m"), ("acme-mail", "")]
    {
        let error = bucket.message(name, key, 10).await.unwrap_err();
        assert!(matches!(error, MailboxError::Missing(_)), "{error:?}");
    }
    assert!(got.lock().unwrap().is_empty());
    let settings = Settings { mail_bucket: Some("acme-mail".to_owned()), ..settings() };
    let function = Function::wire(Needs::Nothing, settings, account("eu-west-1")).unwrap();
    let error = function.deps().await.unwrap().mailbox.message("other", "m", 10).await.unwrap_err();
    assert!(error.to_string().contains("another bucket"), "the bucket of the environment is wired: {error}");
}
