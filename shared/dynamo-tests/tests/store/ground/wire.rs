//! The wire: the SDK's HTTP client with a plan for what happens to each request.

use std::fmt;
use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
    SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// What happens to a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It arrives and is answered.
    None,
    /// DynamoDB is busy and does nothing.
    Throttled,
    /// DynamoDB stumbles and does nothing.
    ServerError,
    /// Another transaction writes the same item (a transaction only; else it is throttled).
    Raced,
    /// It does not arrive.
    RequestLost,
    /// It arrives and is done, and the answer does not come back.
    AnswerLost,
    /// The credentials do not allow it.
    Denied,
}

/// A request that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sent {
    /// `PutItem`, `Query`, ...
    pub(crate) operation: String,
    /// Its body.
    pub(crate) body: String,
}

type Plan = Box<dyn FnMut(&Sent) -> Fault + Send>;

/// The same faults in every run: about `percent` of the requests, of every kind that may pass.
pub(crate) fn now_and_then(percent: u64) -> impl FnMut(&Sent) -> Fault + Send + 'static {
    let kinds = [Fault::Throttled, Fault::Raced, Fault::AnswerLost, Fault::ServerError, Fault::RequestLost];
    let mut state: u64 = 0x2545_F491_4F6C_DD1D;
    move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let dice = state >> 32;
        if dice % 100 < percent {
            kinds[usize::try_from(dice / 100).unwrap() % kinds.len()]
        } else {
            Fault::None
        }
    }
}

/// Between the SDK and DynamoDB.
#[derive(Clone)]
pub(crate) struct Wire {
    inner: SharedHttpClient,
    plan: Arc<Mutex<Plan>>,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Wire {
    /// A wire without faults.
    pub(crate) fn new(inner: SharedHttpClient) -> Self {
        Self { inner, plan: Arc::new(Mutex::new(Box::new(|_| Fault::None))), sent: Arc::default() }
    }

    /// From now on requests fare as `plan` says.
    pub(crate) fn plan(&self, plan: impl FnMut(&Sent) -> Fault + Send + 'static) {
        *self.plan.lock().unwrap() = Box::new(plan);
    }

    /// What was sent since this was asked last.
    pub(crate) fn take_sent(&self) -> Vec<Sent> {
        std::mem::take(&mut self.sent.lock().unwrap())
    }

    /// The operations of what was sent since this was asked last.
    pub(crate) fn take_operations(&self) -> Vec<String> {
        self.take_sent().into_iter().map(|sent| sent.operation).collect()
    }

    /// As the SDK takes it.
    pub(crate) fn shared(self) -> SharedHttpClient {
        SharedHttpClient::new(self)
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let inner = self.inner.http_connector(settings, components);
        SharedHttpConnector::new(Connection { inner, wire: self.clone() })
    }
}

#[derive(Debug)]
struct Connection {
    inner: SharedHttpConnector,
    wire: Wire,
}

impl HttpConnector for Connection {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target").unwrap();
        let operation = target.rsplit('.').next().unwrap().to_owned();
        let body = String::from_utf8(request.body().bytes().unwrap().to_vec()).unwrap();
        let sent = Sent { operation, body };
        let fault = (self.wire.plan.lock().unwrap())(&sent);
        self.wire.sent.lock().unwrap().push(sent.clone());
        let inner = self.inner.clone();
        HttpConnectorFuture::new(async move {
            match fault {
                Fault::None => inner.call(request).await,
                Fault::Raced if sent.operation == "TransactWriteItems" => Ok(raced(&sent)),
                Fault::Throttled | Fault::Raced => Ok(error(400, "ThrottlingException", "")),
                Fault::ServerError => Ok(error(500, "InternalServerError", "")),
                Fault::Denied => Ok(error(400, "AccessDeniedException", "")),
                Fault::RequestLost => Err(lost()),
                Fault::AnswerLost => {
                    inner.call(request).await?;
                    Err(lost())
                }
            }
        })
    }
}

fn lost() -> ConnectorError {
    ConnectorError::io(std::io::Error::from(std::io::ErrorKind::ConnectionReset).into())
}

fn raced(sent: &Sent) -> HttpResponse {
    let none = r#",{"Code":"None"}"#.repeat(sent.body.matches(r#"{"Put":"#).count() - 1);
    let reasons = format!(r#","CancellationReasons":[{{"Code":"TransactionConflict"}}{none}]"#);
    error(400, "TransactionCanceledException", &reasons)
}

fn error(status: u16, code: &str, more: &str) -> HttpResponse {
    let body =
        format!(r#"{{"__type":"com.amazonaws.dynamodb.v20120810#{code}","message":"by the test"{more}}}"#);
    HttpResponse::new(status.try_into().unwrap(), body.into())
}
