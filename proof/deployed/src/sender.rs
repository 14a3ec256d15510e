//! Who sends what has to be reported: it proves who it is by the scheme that the deployment's rules name, and gives a delivery
//! that has no name of its own the one that the laptop gives it, so that both make the same incident ids.

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use jiff::Timestamp;
use local::Trouble;
use local::samples::Sample;
use shared::config::Config;
use shared::core::raw::Raw;
use shared::sources::verify::Scheme;
use shared::sources::{self, Sources};

use crate::cloud::Cloud;

/// The deployment's rules, as a sender has been told them.
#[derive(Debug)]
pub(crate) struct Sender {
    pub(crate) config: Config,
    sources: Sources,
}

impl Sender {
    pub(crate) fn to(cloud: &Cloud) -> Result<Self, Trouble> {
        let file = &cloud.about.config;
        let text = std::fs::read_to_string(file).map_err(|error| Trouble::because(file, error))?;
        let config = Config::from_yaml(&text).map_err(|faults| Trouble(format!("{file}: {faults:?}")))?;
        let sources = Sources::builtin().map_err(|error| Trouble::because("a source is broken", error))?;
        Ok(Sender { config, sources })
    }

    /// Sends a sample to its hook, as the request that has this number.
    pub(crate) async fn send(
        &self,
        sample: &Sample,
        number: usize,
        now: Timestamp,
        cloud: &Cloud,
    ) -> Result<http::Response<Bytes>, Trouble> {
        let source = sample.path.trim_start_matches("/hooks/");
        let mut request = cloud.http.post(format!("{}{}", cloud.about.api, sample.path));
        for (name, value) in sample.headers.iter().filter(|(name, _)| !is_proof(name)) {
            request = request.header(name, value);
        }
        request = request.headers(self.proof(source, &sample.body, now, cloud)?);
        let raw = raw(sample, source, now);
        if self.sources.delivery_id(&raw, &sources::open(&raw)).is_none() {
            request = request.header("webhook-id", format!("local-{:x}-{number}", now.as_millisecond()));
        }
        let trouble = |error: reqwest::Error| Trouble::because("the API does not answer", error);
        let answer = request.body(sample.body.clone()).send().await.map_err(trouble)?;
        let status = answer.status();
        let mut response = http::Response::new(answer.bytes().await.map_err(trouble)?);
        *response.status_mut() = status;
        Ok(response)
    }

    /// The headers by which the sender of a source proves who it is.
    fn proof(&self, source: &str, body: &str, now: Timestamp, cloud: &Cloud) -> Result<HeaderMap, Trouble> {
        let Some(access) = self.config.source(source) else { return Ok(HeaderMap::new()) };
        let secret = || {
            let secret = access.secrets.first().and_then(|name| cloud.about.secrets.get(name));
            secret.ok_or_else(|| Trouble(format!("{source} has no secret here")))
        };
        Ok(match access.scheme.as_ref().or_else(|| self.sources.scheme(source)) {
            Some(Scheme::None) => HeaderMap::new(),
            Some(Scheme::Bearer) => {
                let value = HeaderValue::try_from(format!("Bearer {}", secret()?));
                let value = value.map_err(|error| Trouble::because("this is no token", error))?;
                HeaderMap::from_iter([(AUTHORIZATION, value)])
            }
            Some(Scheme::Hmac(hmac)) => {
                hmac.sign(&secret()?.as_str().into(), body.as_bytes(), now).into_iter().collect()
            }
            scheme => return Err(Trouble(format!("nobody here proves who they are by {scheme:?}"))),
        })
    }
}

/// The samples carry their senders' own signatures, by secrets that nobody here has.
fn is_proof(name: &str) -> bool {
    name.starts_with("x-hub-signature") || name == "authorization"
}

fn raw(sample: &Sample, source: &str, now: Timestamp) -> Raw {
    Raw {
        id: String::new(),
        source: Some(source.to_owned()),
        headers: sample.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone())).collect(),
        body: sample.body.clone(),
        received_at: now,
        note: None,
    }
}
