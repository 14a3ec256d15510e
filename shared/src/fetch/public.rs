//! GET of an address that stands in the config, or that its server sends us to, within bounds of time and size, and only from
//! public addresses: each name is resolved by us, what is not public is dropped, and what is left is what is connected to. So a
//! name cannot lead elsewhere between the judgement and the connection. Each redirect is judged anew.
//!
//! Nothing secret is sent, no cookie is kept, no proxy is asked, and no connection outlives its request. What an answer means may
//! not enter.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, HeaderMap, LOCATION};
use http::{Response, StatusCode};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::{Client, ClientBuilder};
use url::Url;

use super::address::{NOT_OURS_TO_ASK, Reach};
use super::{FetchError, lost, whole};

/// How much one request may take.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// For all of it, redirects and body included.
    pub time: Duration,
    /// The longest body, in bytes.
    pub bytes: usize,
    /// The most redirects.
    pub redirects: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Bounds { time: Duration::from_secs(10), bytes: 2_000_000, redirects: 5 }
    }
}

/// How names become addresses; it may block.
type Lookup = dyn Fn(&str) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// Whoever asks public addresses.
pub struct Public {
    /// With TLS; called when the first address is asked, since a client takes milliseconds to make and most processes need none.
    make: fn() -> ClientBuilder,
    client: OnceLock<Result<Client, FetchError>>,
    reach: Reach,
    bounds: Bounds,
    lookup: Arc<Lookup>,
}

impl fmt::Debug for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Public").field("reach", &self.reach).field("bounds", &self.bounds).finish()
    }
}

impl Public {
    /// `make` begins a client, with TLS.
    pub fn new(make: fn() -> ClientBuilder, reach: Reach) -> Self {
        let lookup = |name: &str| Ok((name, 0).to_socket_addrs()?.collect());
        let (client, bounds) = (OnceLock::new(), Bounds::default());
        Public { make, client, reach, bounds, lookup: Arc::new(lookup) }
    }

    /// The same within other bounds.
    #[must_use]
    pub fn within(self, bounds: Bounds) -> Self {
        Public { bounds, ..self }
    }

    /// The answer after all redirects, whatever its status.
    ///
    /// # Errors
    /// The address may not be asked, there was no answer in time, or it is too long.
    pub async fn get(&self, url: &Url, headers: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
        let time = self.bounds.time;
        let late = |_| FetchError(format!("there was no whole answer within {} s", time.as_secs_f32()));
        tokio::time::timeout(time, self.follow(url, headers)).await.map_err(late)?
    }

    async fn follow(&self, url: &Url, headers: &HeaderMap) -> Result<Response<Bytes>, FetchError> {
        let mut url = url.clone();
        for _ in 0..=self.bounds.redirects {
            self.reach.judge(&url)?;
            let client = self.client.get_or_init(|| self.client()).as_ref().map_err(Clone::clone)?;
            let answer = client.get(url.clone()).headers(headers.clone()).send().await.map_err(lost)?;
            match onward(&url, &answer)? {
                Some(next) => url = next,
                None => return self.whole(answer).await,
            }
        }
        Err(FetchError(format!("it leads on after {} redirects", self.bounds.redirects)))
    }

    async fn whole(&self, mut answer: reqwest::Response) -> Result<Response<Bytes>, FetchError> {
        let encoding = answer.headers().get(CONTENT_ENCODING);
        // None was asked for; unpacking could make any number of bytes of few.
        if encoding.is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity")) {
            return Err(FetchError("the answer is compressed, which nobody asked for".to_owned()));
        }
        let mut whole = Response::new(whole(&mut answer, self.bounds.bytes).await?);
        (*whole.status_mut(), *whole.headers_mut()) = (answer.status(), answer.headers().clone());
        Ok(whole)
    }

    fn client(&self) -> Result<Client, FetchError> {
        let judged = Judged { reach: self.reach, lookup: self.lookup.clone() };
        let builder = (self.make)()
            .dns_resolver(Arc::new(judged))
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .connect_timeout(Duration::from_secs(5))
            .pool_max_idle_per_host(0)
            .user_agent(concat!("Callboard/", env!("CARGO_PKG_VERSION")));
        builder.build().map_err(|error| FetchError(error.to_string()))
    }
}

/// Where a redirect leads; `None` for an answer.
fn onward(url: &Url, answer: &reqwest::Response) -> Result<Option<Url>, FetchError> {
    let redirects = [
        StatusCode::MOVED_PERMANENTLY,
        StatusCode::FOUND,
        StatusCode::SEE_OTHER,
        StatusCode::TEMPORARY_REDIRECT,
        StatusCode::PERMANENT_REDIRECT,
    ];
    if !redirects.contains(&answer.status()) {
        return Ok(None);
    }
    let to = answer.headers().get(LOCATION).and_then(|to| to.to_str().ok());
    let to = to.and_then(|to| url.join(to).ok());
    to.map(Some).ok_or_else(|| FetchError("it leads on to no address".to_owned()))
}

/// Names, without the addresses that may not be asked.
struct Judged {
    reach: Reach,
    lookup: Arc<Lookup>,
}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, lookup) = (self.reach, self.lookup.clone());
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || lookup(name.as_str())).await??;
            let held: Vec<SocketAddr> = found.into_iter().filter(|found| reach.holds(found.ip())).collect();
            match held.is_empty() {
                true => Err(FetchError(NOT_OURS_TO_ASK.to_owned()).into()),
                false => Ok(Box::new(held.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests;
