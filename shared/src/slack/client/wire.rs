//! The wire: carries one request and brings the answer whole. reqwest's client is the wire for real; whoever simulates brings
//! another one, that can fail at will. Nothing about Slack may enter: what an answer means is judged above.

use std::fmt::Debug;

use async_trait::async_trait;
use bytes::Bytes;

use crate::slack::error::SlackError;

/// Carries requests.
#[async_trait]
pub trait Wire: Send + Sync + Debug {
    /// One request, one answer, within the request's own timeout.
    ///
    /// # Errors
    /// [`SlackError::NotSent`] if surely nobody was reached, [`SlackError::Unknown`] if there is no answer or half of one.
    async fn carry(&self, request: reqwest::Request) -> Result<http::Response<Bytes>, SlackError>;
}

#[async_trait]
impl Wire for reqwest::Client {
    async fn carry(&self, request: reqwest::Request) -> Result<http::Response<Bytes>, SlackError> {
        let mut answer = self.execute(request).await.map_err(no_answer)?;
        let (status, headers) = (answer.status(), std::mem::take(answer.headers_mut()));
        let body = answer.bytes().await.map_err(|error| SlackError::Unknown { why: kind(&error) })?;
        let mut answer = http::Response::new(body);
        (*answer.status_mut(), *answer.headers_mut()) = (status, headers);
        Ok(answer)
    }
}

/// Nobody reached: surely not done. Anything after that: unknown.
pub(super) fn no_answer(error: reqwest::Error) -> SlackError {
    let why = kind(&error);
    if error.is_connect() || error.is_builder() {
        SlackError::NotSent { why }
    } else {
        SlackError::Unknown { why }
    }
}

/// The failure in words that cannot hold an address or a header.
fn kind(error: &reqwest::Error) -> String {
    let kind = match error {
        error if error.is_timeout() && error.is_connect() => "nobody answered the connection in time",
        error if error.is_timeout() => "no answer in time",
        error if error.is_connect() => "no connection",
        error if error.is_builder() => "the request could not be made",
        error if error.is_body() || error.is_decode() => "the answer broke off",
        _ => "the connection broke",
    };
    kind.to_owned()
}
