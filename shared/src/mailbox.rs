//! The seam to where SES lays messages that are too long for a topic: a bucket. The deployment asks S3 (`lambda::mailbox`), if the
//! parameter `MailBucket` names one; nobody else has one. What a message says may not enter.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;

/// A bucket of messages, or what stands for it.
#[async_trait]
pub trait Mailbox: Send + Sync + Debug {
    /// The message that lies there, of at most `longest` bytes.
    ///
    /// # Errors
    /// See [`MailboxError`].
    async fn message(&self, bucket: &str, key: &str, longest: usize) -> Result<Bytes, MailboxError>;
}

/// Why there is no message. People read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MailboxError {
    /// It will not be there the next time either: what is missing.
    #[error("{0}")]
    Missing(String),
    /// It may be there in a moment.
    #[error("S3 has {0}")]
    Unavailable(String),
}

/// No bucket at all.
#[derive(Clone, Copy, Debug)]
pub struct NoMailbox;

#[async_trait]
impl Mailbox for NoMailbox {
    async fn message(&self, _: &str, _: &str, _: usize) -> Result<Bytes, MailboxError> {
        let why = "its text lies in S3, and no bucket is named: deploy with it as the parameter MailBucket";
        Err(MailboxError::Missing(why.to_owned()))
    }
}
