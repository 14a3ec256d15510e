//! Requests to addresses of others. Those that a message names, SNS's certificates and subscription confirmations, are judged
//! before they get here, and fetched over HTTPS, without redirects. Those that the config names, of feeds, are judged here
//! (`address`) wherever they lead (`public`). All within bounds; what an answer means may not enter.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use http::{HeaderMap, Response};
use url::Url;

pub use address::Reach;
pub use public::{Bounds, Public};

mod address;
mod public;

/// The longest answer that is read, in bytes; a certificate has about 2,000.
const LONGEST: usize = 64 * 1024;

/// GET by whoever has a network.
#[async_trait]
pub trait Fetch: Send + Sync + Debug {
    /// The body of a 2xx answer.
    async fn get(&self, url: &Url) -> Result<Bytes, FetchError>;

    /// The same, remembered for as long as the process lives: for what never changes under its address.
    async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError>;

    /// The answer of an address that the config names, whatever its status, after up to five redirects; only public addresses
    /// are asked. The headers go wherever it leads, so nothing secret may be among them.
    async fn get_public(&self, url: &Url, headers: &HeaderMap) -> Result<Response<Bytes>, FetchError>;
}

/// Nothing usable came back.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{0}")]
pub struct FetchError(pub String);

/// The network.
#[derive(Debug)]
pub struct Network {
    client: reqwest::Client,
    remembered: Mutex<BTreeMap<Url, Bytes>>,
    public: Public,
}

impl Network {
    /// `client`: with TLS, without redirects, with a timeout.
    pub fn new(client: reqwest::Client, public: Public) -> Self {
        Network { client, remembered: Mutex::default(), public }
    }
}

#[async_trait]
impl Fetch for Network {
    async fn get(&self, url: &Url) -> Result<Bytes, FetchError> {
        if url.scheme() != "https" {
            return Err(FetchError("only https addresses are fetched".to_owned()));
        }
        let mut answer = self.client.get(url.clone()).send().await.map_err(lost)?;
        if !answer.status().is_success() {
            return Err(FetchError(format!("the answer is {}", answer.status())));
        }
        whole(&mut answer, LONGEST).await
    }

    async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError> {
        let known = self.remembered.lock().unwrap_or_else(PoisonError::into_inner).get(url).cloned();
        if let Some(known) = known {
            return Ok(known);
        }
        let fetched = self.get(url).await?;
        self.remembered.lock().unwrap_or_else(PoisonError::into_inner).insert(url.clone(), fetched.clone());
        Ok(fetched)
    }

    async fn get_public(&self, url: &Url, headers: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
        self.public.get(url, headers).await
    }
}

/// All of an answer, if it is not longer than that, in bytes.
async fn whole(answer: &mut reqwest::Response, longest: usize) -> Result<Bytes, FetchError> {
    let too_long = || FetchError(format!("the answer is longer than {longest} bytes"));
    if answer.content_length().is_some_and(|length| length > longest as u64) {
        return Err(too_long());
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(lost)? {
        body.extend_from_slice(&chunk);
        if body.len() > longest {
            return Err(too_long());
        }
    }
    Ok(body.into())
}

/// The innermost reason: the others only say that there was no answer.
fn lost(error: reqwest::Error) -> FetchError {
    let error = error.without_url();
    let mut reason: &dyn Error = &error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    FetchError(format!("there was no answer: {reason}"))
}
