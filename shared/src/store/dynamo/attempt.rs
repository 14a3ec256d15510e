//! What to do when DynamoDB does not answer or is too busy: try three times, then say that it is not available. The pauses
//! are fixed and short, because every caller of the store has a queue behind it that tries again later, with jitter.
//! A write goes through here only if repeating it is harmless: that is its caller's concern.

use std::time::Duration;

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

use crate::store::StoreError;

/// The pauses between the tries.
const PAUSES: [Duration; 2] = [Duration::from_millis(20), Duration::from_millis(80)];

/// The answers that mean "not now", beside any 5xx.
/// [Which errors to retry](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html).
const BUSY: [&str; 6] = [
    "ProvisionedThroughputExceededException",
    "ReplicatedWriteConflictException",
    "RequestLimitExceeded",
    "ThrottlingError",
    "ThrottlingException",
    "TransactionInProgressException",
];

/// Why a request failed for good.
pub(super) enum Failure<E> {
    /// DynamoDB answered, and the same request would be answered the same way.
    Answer(Box<E>),
    /// No answer, or "not now", three times.
    Unavailable(String),
}

impl<E: ProvideErrorMetadata> From<Failure<E>> for StoreError {
    fn from(failure: Failure<E>) -> Self {
        match failure {
            Failure::Answer(error) => Self::Refused(said(&*error)),
            Failure::Unavailable(why) => Self::Unavailable(why),
        }
    }
}

/// Calls until there is an answer that is not `again`, at most three times.
pub(super) async fn attempt<T, E, Fut>(
    call: impl Fn() -> Fut,
    again: impl Fn(&SdkError<E>) -> bool,
) -> Result<T, Failure<E>>
where
    E: ProvideErrorMetadata,
    Fut: Future<Output = Result<T, SdkError<E>>>,
{
    let mut pauses = PAUSES.into_iter();
    loop {
        let error = match call().await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        if !again(&error) {
            return Err(match error {
                SdkError::ServiceError(answer) => Failure::Answer(Box::new(answer.into_err())),
                other => Failure::Unavailable(why(&other)),
            });
        }
        match pauses.next() {
            Some(pause) => tokio::time::sleep(pause).await,
            None => return Err(Failure::Unavailable(why(&error))),
        }
    }
}

/// Whether the same request may be answered otherwise in a moment.
pub(super) fn transient<E: ProvideErrorMetadata>(error: &SdkError<E>) -> bool {
    match error {
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => true,
        SdkError::ServiceError(answer) => {
            answer.raw().status().as_u16() >= 500 || answer.err().code().is_some_and(busy)
        }
        _ => false,
    }
}

/// Whether a code means "not now".
pub(super) fn busy(code: &str) -> bool {
    BUSY.contains(&code)
}

/// The answer's code and message. The answer as a whole may hold stored items.
fn said(error: &impl ProvideErrorMetadata) -> String {
    format!("{}: {}", error.code().unwrap_or("no code"), error.message().unwrap_or("no message"))
}

/// Why a request has failed. Names the answer's code and message, and quotes no answer as a whole.
fn why<E: ProvideErrorMetadata>(error: &SdkError<E>) -> String {
    match error {
        SdkError::ServiceError(answer) => said(answer.err()),
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => {
            failure.as_connector_error().map_or_else(|| "not sent".to_owned(), ToString::to_string)
        }
        SdkError::ResponseError(_) => "an answer that is none".to_owned(),
        _ => "the request could not be made: region, endpoint or credentials are missing".to_owned(),
    }
}
