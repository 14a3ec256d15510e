//! AWS as one process sees it: who we are, in which region, and how its services are asked. DynamoDB has the SDK's client, since
//! its errors and conditions are worth having typed. The queues and the secrets are four operations in all, each one signed
//! JSON request: their SDKs are large to compile and to load, for that. No decision may enter.
//!
//! Signature: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html>, made by the SDK's own crate for it.

use std::time::{Duration, SystemTime};

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use http::{Request, StatusCode, header};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::environment::Account;
use super::transport::Transport;
use crate::deps::{Clock, SystemClock};

/// A try of any AWS call that takes longer has lost its answer, unless it is said otherwise.
const PATIENCE: Duration = Duration::from_secs(2);

/// The longest answer that is read, in bytes. Metrics have the longest ones: 100,800 values take 3 MB.
const LONGEST: usize = 8 << 20;

/// What an object's key keeps in an address.
const IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The pauses between the tries. They are short, because somebody waits or a queue behind us tries again later.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(200)];

/// AWS, asked in the name of this process.
#[derive(Clone, Debug)]
pub(super) struct Aws {
    http: reqwest::Client,
    account: Account,
    identity: Identity,
    pauses: [Duration; 2],
    patience: Duration,
}

/// One operation of a service that speaks JSON over HTTP.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operation {
    /// The service's name in addresses and signatures.
    pub(super) service: &'static str,
    /// `X-Amz-Target`: the service's name in its API, and the operation's.
    pub(super) target: &'static str,
    pub(super) content_type: &'static str,
}

/// Why a request has failed for good. Names the answer's code and message, and quotes no answer as a whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub(super) struct AwsError {
    why: String,
    /// What the service refused, if it did.
    pub(super) refusal: Option<Refusal>,
    /// The status of an answer that is an error.
    pub(super) status: Option<StatusCode>,
    /// The same request may be answered otherwise in a moment.
    pub(super) transient: bool,
}

/// An answer that is an error: its code, after a `#`, and its message, whose letter is not the same everywhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub(super) struct Refusal {
    #[serde(rename = "__type", default)]
    pub(super) code: String,
    #[serde(alias = "Message", default)]
    pub(super) message: String,
}

impl Aws {
    /// AWS with these credentials. Asks nobody.
    pub(super) fn new(http: reqwest::Client, account: Account) -> Self {
        let identity = credentials(&account).into();
        Aws { http, account, identity, pauses: PAUSES, patience: PATIENCE }
    }

    /// The same for services that take longer.
    pub(super) fn patient(self, patience: Duration) -> Self {
        Aws { patience, ..self }
    }

    /// The same without pauses between the tries.
    #[cfg(test)]
    pub(super) fn at_once(self) -> Self {
        Aws { pauses: [Duration::ZERO; 2], ..self }
    }

    /// The SDK's client for DynamoDB, on our HTTP client.
    pub(super) fn dynamodb(&self) -> aws_sdk_dynamodb::Client {
        let mut config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .http_client(Transport(self.http.clone()))
            .region(Region::new(self.account.region.clone()))
            .credentials_provider(SharedCredentialsProvider::new(credentials(&self.account)))
            .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build());
        config.set_endpoint_url(self.account.endpoint.clone());
        aws_sdk_dynamodb::Client::new(&config.build())
    }

    /// Asks for an operation, up to three times.
    ///
    /// # Errors
    /// The last answer, if it is a refusal or no answer at all, or is not as documented.
    pub(super) async fn ask<A: DeserializeOwned>(
        &self,
        operation: Operation,
        asked: &Value,
    ) -> Result<A, AwsError> {
        let body = Bytes::from(asked.to_string());
        let mut pauses = self.pauses.into_iter();
        loop {
            let error = match self.try_once(operation, body.clone()).await {
                Ok(answer) => {
                    return serde_json::from_slice(&answer)
                        .map_err(|_| AwsError::lasting("an answer that is none"));
                }
                Err(error) => error,
            };
            match pauses.next().filter(|_| error.transient) {
                Some(pause) => tokio::time::sleep(pause).await,
                None => return Err(error),
            }
        }
    }

    async fn try_once(&self, operation: Operation, body: Bytes) -> Result<Bytes, AwsError> {
        let mut request = Request::post(self.address(operation.service))
            .header(header::CONTENT_TYPE, operation.content_type)
            .header("x-amz-target", operation.target)
            .body(body)
            .map_err(|_| AwsError::lasting("the request could not be made"))?;
        self.sign(&mut request, operation.service, SigningSettings::default())?;
        let answer = self.send(request).await?;
        let status = answer.status();
        let body = whole(answer, LONGEST).await?;
        if status.is_success() { Ok(body) } else { Err(refused(status, &body)) }
    }

    /// An object of S3, asked for once (<https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>). Its path is signed as it
    /// is sent, and it wants the hash of what is sent named, even of nothing.
    ///
    /// # Errors
    /// As [`Self::ask`], and if it is longer than `longest` bytes.
    pub(super) async fn object(&self, bucket: &str, key: &str, longest: usize) -> Result<Bytes, AwsError> {
        let path = format!("{bucket}/{}", utf8_percent_encode(key, IN_PATH));
        let address = format!("{}/{path}", self.address("s3").trim_end_matches('/'));
        let mut request = Request::get(address)
            .body(Bytes::new())
            .map_err(|_| AwsError::lasting("the request could not be made"))?;
        let mut settings = SigningSettings::default();
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        self.sign(&mut request, "s3", settings)?;
        let answer = self.send(request).await?;
        if answer.status().is_success() {
            return whole(answer, longest).await;
        }
        Err(refused(answer.status(), &[]))
    }

    async fn send(&self, request: Request<Bytes>) -> Result<reqwest::Response, AwsError> {
        let mut request = reqwest::Request::try_from(request)
            .map_err(|_| AwsError::lasting("the request could not be made"))?;
        *request.timeout_mut() = Some(self.patience);
        self.http.execute(request).await.map_err(no_answer)
    }

    fn sign(
        &self,
        request: &mut Request<Bytes>,
        service: &str,
        settings: SigningSettings,
    ) -> Result<(), AwsError> {
        let now = SystemClock.now().into();
        self.try_sign(request, service, settings, now)
            .map_err(|_| AwsError::lasting("the request could not be signed"))
    }

    fn try_sign(
        &self,
        request: &mut Request<Bytes>,
        service: &str,
        settings: SigningSettings,
        now: SystemTime,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let parameters = v4::SigningParams::builder()
            .identity(&self.identity)
            .region(&self.account.region)
            .name(service)
            .time(now)
            .settings(settings)
            .build()?
            .into();
        let headers = request.headers().iter();
        let headers = headers.filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)));
        let uri = request.uri().to_string();
        let body = SignableBody::Bytes(request.body());
        let signable = SignableRequest::new(request.method().as_str(), uri, headers, body)?;
        let (instructions, _) = sign(signable, &parameters)?.into_parts();
        instructions.apply_to_request_http1x(request);
        Ok(())
    }

    /// Where a service is (<https://docs.aws.amazon.com/general/latest/gr/rande.html>): the partitions differ in their domain.
    pub(super) fn address(&self, service: &str) -> String {
        if let Some(endpoint) = &self.account.endpoint {
            return endpoint.clone();
        }
        let region = &self.account.region;
        let domain = match region.split('-').next() {
            Some("cn") => "amazonaws.com.cn",
            Some("eusc") => "amazonaws.eu",
            _ => "amazonaws.com",
        };
        format!("https://{service}.{region}.{domain}/")
    }
}

impl AwsError {
    /// One that comes again however often it is asked.
    fn lasting(why: &str) -> Self {
        AwsError { why: why.to_owned(), refusal: None, status: None, transient: false }
    }
}

fn credentials(account: &Account) -> Credentials {
    let Account { key_id, secret_key, session, .. } = account;
    let (secret_key, session) =
        (secret_key.expose_secret(), session.as_ref().map(ExposeSecret::expose_secret));
    // Lambda ends a process before they expire, so they need no end of their own.
    Credentials::new(key_id, secret_key, session.map(str::to_owned), None, "environment")
}

/// All of an answer, if it is not too long.
async fn whole(mut answer: reqwest::Response, longest: usize) -> Result<Bytes, AwsError> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(no_answer)? {
        body.extend_from_slice(&chunk);
        if body.len() > longest {
            return Err(AwsError::lasting("an answer that is too long"));
        }
    }
    Ok(body.into())
}

fn no_answer(error: reqwest::Error) -> AwsError {
    let why = if error.is_timeout() { "no answer in time" } else { "no answer" };
    AwsError { why: why.to_owned(), refusal: None, status: None, transient: true }
}

/// What is wrong, in the words of the service
/// (<https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html#operation-error-serialization>).
fn refused(status: StatusCode, body: &[u8]) -> AwsError {
    // Only an object has names: serde would read a list as the fields in their order.
    let said = serde_json::from_slice::<Map<String, Value>>(body).unwrap_or_default();
    let Refusal { code, message } = serde_json::from_value(Value::Object(said)).unwrap_or_default();
    let code = code.rsplit('#').next().unwrap_or_default();
    let transient =
        status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS || code.contains("Throttl");
    let code = if code.is_empty() { status.as_str() } else { code };
    let message = if message.is_empty() { "no message" } else { &message };
    let refusal = Some(Refusal { code: code.to_owned(), message: message.to_owned() });
    AwsError { why: format!("{code}: {message}"), refusal, status: Some(status), transient }
}
