//! The deployment's side of the seams, and how a function is asked: everything that knows Lambda or the AWS SDK, except the
//! store. A function's `main` names one of the entrances here (`http`, `http_and_events`, `signals`, `wakes`, `ticks`), what
//! secrets it needs, and its handler. Translation and wiring only; no decision may enter.
//!
//! The environment, read once at the start (`template.yaml` sets it):
//!
//! | name | what |
//! | --- | --- |
//! | `TABLE` | the DynamoDB table's name |
//! | `SIGNALS_QUEUE_URL`, `WAKES_QUEUE_URL` | the two queues |
//! | `DEAD_LETTERS_URLS` | the dead-letter queues, with a blank between them, for the function that may look at them |
//! | `MAIL_BUCKET` | where SES lays messages, for the function that may read them there |
//! | `SECRETS_PARAMETER` | what the names of the secrets in Parameter Store begin with, such as `/callboard/`; see [`Needs`] |
//! | `SLACK_API_URL` | `https://slack.com/`, unless it says otherwise |
//! | `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN` | set by Lambda |
//! | `AWS_LAMBDA_LOG_LEVEL` | what is logged of our own code, `INFO` without; set by Lambda |
//! | `METRICS_NAMESPACE` | under which CloudWatch keeps our metrics; without it nothing is measured |
//! | `AWS_ENDPOINT_URL` | an emulator of AWS, for tests |

mod aws;
mod cloud;
mod deps;
mod environment;
mod log;
mod mailbox;
mod metrics;
mod queue;
mod secrets;
mod transport;

use std::fmt::{Debug, Display};
use std::future::Future;

use bytes::Bytes;
use http::{Request, Response};
use jiff::Timestamp;
use lambda_http::Body;
use lambda_runtime::{LambdaEvent, service_fn};
use serde_json::Value;

use self::cloud::AwsCloud;
use self::deps::Function;
use self::environment::Account;
use self::queue::{SqsQueue, Which};
use crate::cloud::Cloud;
use crate::core::raw::Raw;
use crate::deps::Deps;
use crate::invoke::{self, RequestId, sqs};
use crate::queue::{Verdict, Wake};

pub use self::secrets::Needs;
pub use lambda_runtime::Error;

/// Answers HTTP requests from API Gateway, until Lambda ends the process.
///
/// # Errors
/// The environment is incomplete, or Lambda's runtime API is not there.
pub async fn http<F>(
    needs: Needs,
    handle: impl Fn(Request<Bytes>, &'static Deps) -> F + Copy + Send + Sync,
) -> Result<(), Error>
where
    F: Future<Output = Response<Bytes>> + Send,
{
    // It lives as long as the process, which is what lets handlers borrow it.
    let function: &'static Function = Box::leak(Box::new(Function::start(needs)?));
    lambda_http::run(lambda_http::service_fn(move |request: lambda_http::Request| async move {
        Ok::<_, Error>(answer(handle(plain(request), function.deps().await?).await))
    }))
    .await
}

/// Answers HTTP requests, and takes whatever else invokes the function: a topic, a rule, an alarm.
///
/// # Errors
/// As [`http()`].
pub async fn http_and_events<E: Display>(
    needs: Needs,
    http: impl AsyncFn(Request<Bytes>, &Deps) -> Response<Bytes>,
    event: impl AsyncFn(&Value, &str, &Deps) -> Result<Value, E>,
) -> Result<(), Error> {
    let function = Function::start(needs)?;
    lambda_runtime::run(service_fn(async |asked: LambdaEvent<Value>| {
        let (asked, id) = (asked.payload, asked.context.request_id);
        let deps = function.deps().await?;
        if asked.pointer("/requestContext/http").is_none() {
            return event(&asked, &id, deps).await.map_err(failed);
        }
        Ok(invoke::http::response(&http(request(&asked, &id)?, deps).await))
    }))
    .await
}

/// Takes batches from the queue `signals`.
///
/// # Errors
/// As [`http()`].
pub async fn signals(needs: Needs, handle: impl AsyncFn(&[Raw], &Deps) -> Vec<Verdict>) -> Result<(), Error> {
    let function = Function::start(needs)?;
    lambda_runtime::run(service_fn(async |asked: LambdaEvent<Value>| {
        let records = sqs::records(&asked.payload)?;
        let deps = function.deps().await?;
        let now = deps.clock.now();
        let raws: Vec<Raw> = records.iter().map(|record| sqs::raw(record, now)).collect();
        let verdicts = handle(&raws, deps).await;
        let now = deps.clock.now();
        Ok::<_, Error>(settle(&function.queue, Which::Signals, &records, &verdicts, now).await)
    }))
    .await
}

/// Takes batches from the queue `wakes`.
///
/// # Errors
/// As [`http()`].
pub async fn wakes(needs: Needs, handle: impl AsyncFn(&[Wake], &Deps) -> Vec<Verdict>) -> Result<(), Error> {
    let function = Function::start(needs)?;
    lambda_runtime::run(service_fn(async |asked: LambdaEvent<Value>| {
        let (records, wakes) = sqs::wakes(&asked.payload)?;
        let deps = function.deps().await?;
        let verdicts = handle(&wakes, deps).await;
        let now = deps.clock.now();
        Ok::<_, Error>(settle(&function.queue, Which::Wakes, &records, &verdicts, now).await)
    }))
    .await
}

/// Does what the passing of time asks for, whenever the schedule rings.
///
/// # Errors
/// As [`http()`].
pub async fn ticks<T: Debug, E: Display>(
    needs: Needs,
    tick: impl AsyncFn(&Deps) -> Result<T, E>,
) -> Result<(), Error> {
    let function = Function::start(needs)?;
    lambda_runtime::run(service_fn(async |_: LambdaEvent<Value>| {
        let did = tick(function.deps().await?).await.map_err(failed)?;
        tracing::info!(?did, "tick");
        Ok::<_, Error>(Value::Null)
    }))
    .await
}

/// What a report asks AWS for, as the environment says, without a function around it: for proofs.
///
/// # Errors
/// The environment is incomplete, or there is no HTTP client.
pub fn cloud() -> Result<Box<dyn Cloud>, Error> {
    Ok(Box::new(AwsCloud::new(&transport::http()?, &Account::read()?)))
}

/// Gives back to the queue what is not done, each with its time, and says so to Lambda, which deletes the rest.
async fn settle(
    queue: &SqsQueue,
    which: Which,
    records: &[sqs::Record],
    verdicts: &[Verdict],
    now: Timestamp,
) -> Value {
    for (record, verdict) in records.iter().zip(verdicts) {
        if let Some(pause) = sqs::pause(record, *verdict, now) {
            queue.put_off(which, record, pause).await;
        }
    }
    sqs::failures(records, verdicts)
}

/// Lambda tries again by itself, and its runtime logs the reason.
fn failed(error: impl Display) -> Error {
    Error::from(error.to_string())
}

/// What API Gateway was asked. Its id is the invocation's, by which its log lines are found.
fn request(event: &Value, id: &str) -> Result<Request<Bytes>, Error> {
    let mut request = invoke::http::request(event)?;
    request.extensions_mut().insert(RequestId(id.to_owned()));
    Ok(request)
}

/// A request without Lambda's types. The id is the invocation's, by which its log lines are found.
fn plain(request: lambda_http::Request) -> Request<Bytes> {
    let id = request.extensions().get::<lambda_http::Context>().map(|context| context.request_id.clone());
    let (parts, body) = request.into_parts();
    let body = match body {
        Body::Text(text) => Bytes::from(text),
        Body::Binary(bytes) => Bytes::from(bytes),
        _ => Bytes::new(),
    };
    let mut request = Request::from_parts(parts, body);
    if let Some(id) = id {
        request.extensions_mut().insert(RequestId(id));
    }
    request
}

fn answer(response: Response<Bytes>) -> Response<Body> {
    response.map(|body| match String::from_utf8(body.into()) {
        Ok(text) => Body::Text(text),
        Err(error) => Body::Binary(error.into_bytes()),
    })
}

#[cfg(test)]
mod tests;
