//! The one HTTP client of a function: reqwest, for Slack and for the AWS SDK alike, so that a function carries one TLS stack
//! and keeps one set of connections. The root certificates are compiled in, since reading the system's takes 5 ms of CPU at
//! every cold start. When to try again is the caller's decision and must not enter.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use bytes::Bytes;
use rustls::{ClientConfig, RootCertStore};

use crate::slack::client;

/// How long an unused connection is kept. Lambda freezes a process between invocations, and what was open then may be gone.
const KEPT: Duration = Duration::from_secs(20);

/// The HTTP client of this process.
///
/// # Errors
/// The client cannot be built, which a test would have shown.
pub(super) fn http() -> Result<reqwest::Client, reqwest::Error> {
    builder().build()
}

/// What such a client begins with.
pub(super) fn builder() -> reqwest::ClientBuilder {
    // `client::http` chooses the process's TLS, on which the builder below relies.
    let builder = client::http().pool_idle_timeout(KEPT);
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
    builder.tls_backend_preconfigured(tls)
}

/// The HTTP client as the SDK asks it.
#[derive(Clone, Debug)]
pub(super) struct Transport(pub(super) reqwest::Client);

#[derive(Debug)]
struct Connector {
    client: reqwest::Client,
    timeout: Option<Duration>,
}

impl HttpClient for Transport {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Connector { client: self.0.clone(), timeout: settings.read_timeout() })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let (client, timeout) = (self.client.clone(), self.timeout);
        HttpConnectorFuture::new(async move {
            let request = request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?;
            // The SDK's requests of ours are all in memory; it streams for other services only.
            let request = request.map(|body| Bytes::copy_from_slice(body.bytes().unwrap_or_default()));
            let mut request =
                reqwest::Request::try_from(request).map_err(|error| ConnectorError::user(error.into()))?;
            *request.timeout_mut() = timeout;
            let response = client.execute(request).await.map_err(no_answer)?;
            let (status, headers) = (response.status(), response.headers().clone());
            let mut answer = http::Response::new(response.bytes().await.map_err(no_answer)?);
            *answer.status_mut() = status;
            *answer.headers_mut() = headers;
            let answer = HttpResponse::try_from(answer.map(Into::into));
            answer.map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

fn no_answer(error: reqwest::Error) -> ConnectorError {
    match error.is_timeout() {
        true => ConnectorError::timeout(error.without_url().into()),
        false => ConnectorError::io(error.without_url().into()),
    }
}
