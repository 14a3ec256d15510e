//! Requests to addresses that a message names: SNS's certificates and subscription confirmations, and nothing else. The
//! addresses are judged before they get here; this only fetches, over HTTPS, without redirects, within bounds.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

/// The longest answer that is read, in bytes; a certificate has about 2,000.
const LONGEST: usize = 64 * 1024;

/// GET by whoever has a network.
#[async_trait]
pub trait Fetch: Send + Sync + Debug {
    /// The body of a 2xx answer.
    async fn get(&self, url: &Url) -> Result<Bytes, FetchError>;

    /// The same, remembered for as long as the process lives: for what never changes under its address.
    async fn get_once(&self, url: &Url) -> Result<Bytes, FetchError>;
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
}

impl Network {
    /// `client`: with TLS, without redirects, with a timeout.
    pub fn new(client: reqwest::Client) -> Self {
        Network { client, remembered: Mutex::default() }
    }
}

#[async_trait]
impl Fetch for Network {
    async fn get(&self, url: &Url) -> Result<Bytes, FetchError> {
        if url.scheme() != "https" {
            return Err(FetchError("only https addresses are fetched".to_owned()));
        }
        let lost = |error: reqwest::Error| FetchError(error.without_url().to_string());
        let mut response = self.client.get(url.clone()).send().await.map_err(lost)?;
        if !response.status().is_success() {
            return Err(FetchError(format!("the answer is {}", response.status())));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(lost)? {
            body.extend_from_slice(&chunk);
            if body.len() > LONGEST {
                return Err(FetchError(format!("the answer is longer than {LONGEST} bytes")));
            }
        }
        Ok(body.into())
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
}
