//! Messages in S3, each got by one signed request, like the queues'. One bucket and no other: what a notification names is
//! somebody's word. No decision may enter.
//!
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>; errors are XML, of which only the status is read.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use http::StatusCode;

use super::aws::{Aws, AwsError};
use super::environment::Account;
use crate::mailbox::{Mailbox, MailboxError};

/// How long the answer may take, ten megabytes included. The queue tries again, so that here it is tried once.
const PATIENCE: Duration = Duration::from_secs(5);

/// The bucket that the deployment names.
#[derive(Debug)]
pub(super) struct S3Mailbox {
    aws: Aws,
    bucket: String,
}

impl S3Mailbox {
    /// A bucket with these credentials. Asks nobody.
    pub(super) fn new(http: &reqwest::Client, account: &Account, bucket: &str) -> Self {
        let aws = Aws::new(http.clone(), account.clone()).patient(PATIENCE);
        S3Mailbox { aws, bucket: bucket.to_owned() }
    }
}

#[async_trait]
impl Mailbox for S3Mailbox {
    async fn message(&self, bucket: &str, key: &str, longest: usize) -> Result<Bytes, MailboxError> {
        let missing = |why: &str| Err(MailboxError::Missing(why.to_owned()));
        if bucket != self.bucket {
            return missing("its text lies in another bucket than the parameter MailBucket names");
        }
        if key.is_empty() || key.split('/').any(|part| matches!(part, "." | "..")) {
            return missing("its text lies in S3 under a name that cannot be asked for");
        }
        let error = match self.aws.object(bucket, key, longest).await {
            Ok(bytes) => return Ok(bytes),
            Err(error) => error,
        };
        match error.status {
            Some(StatusCode::FORBIDDEN) => missing(
                "its text lies in S3 and may not be read or is gone: let the bucket's policy and key allow the router's role",
            ),
            Some(StatusCode::NOT_FOUND) => missing("its text is not in the bucket any more"),
            Some(status) if status.is_redirection() => missing("its text lies in a bucket of another region"),
            _ if error.transient => Err(MailboxError::Unavailable(error.to_string())),
            _ => missing(&format!("its text could not be got from S3: {}", told(&error, longest))),
        }
    }
}

fn told(error: &AwsError, longest: usize) -> String {
    match error.status {
        None => format!("{error}, or it has more than {} MB", longest >> 20),
        Some(_) => error.to_string(),
    }
}
