//! Who may bring something: the scheme that the config names for the source. A source that the config does not name is
//! refused, unless it names `*`.

use bytes::Bytes;
use http::{Request, StatusCode};
use jiff::Timestamp;
use shared::config::Access;
use shared::deps::Deps;
use shared::sources::verify::{self, Scheme, Shown, VerifyError, sns};

use crate::refusal::Refusal;

/// The source that SNS is when it comes over HTTPS.
pub(crate) const SNS: &str = "sns";
/// The source of what nobody recognises.
pub(crate) const GENERIC: &str = "generic";

/// What whoever is at the door came for.
pub(crate) enum Entered {
    /// They bring a notification.
    Notification,
    /// They wanted something else, and it is done.
    Answered(&'static str),
}

/// Checks the request by the scheme of its source.
///
/// # Errors
/// The refusal.
pub(crate) async fn check(
    request: &Request<Bytes>,
    source: &str,
    last_segment: Option<&str>,
    deps: &Deps,
    now: Timestamp,
) -> Result<Entered, Refusal> {
    let Some(access) = deps.config.source(source) else {
        let remedy = "Add it under `sources:` in the config, with the way it proves who it is.";
        let fault = format!("the source \"{source}\" is not configured");
        return Err(Refusal::new(StatusCode::UNAUTHORIZED, fault, remedy));
    };
    let Some(scheme) = scheme(access, source, deps) else {
        return Err(refused(source, &VerifyError::NoScheme));
    };
    if last_segment.is_some() && *scheme != Scheme::Path {
        return Err(super::nothing_here());
    }
    let entered = match scheme {
        Scheme::Sns => topic(request.body(), access, deps).await?,
        // An open door still answers a topic that asks whether it is wanted, if the topic is listed.
        Scheme::None if !access.topics.is_empty() && is_confirmation(request) => {
            topic(request.body(), access, deps).await?
        }
        scheme => {
            let secrets = deps.secrets.named(&access.secrets);
            let shown = Shown { headers: request.headers(), body: request.body(), last_segment };
            verify::verify(scheme, &shown, &secrets, now).map_err(|error| refused(source, &error))?;
            Entered::Notification
        }
    };
    Ok(entered)
}

/// The scheme that the config names, or else the mapping's: but a mapping opens no door, only a config does.
pub(crate) fn scheme<'a>(access: &'a Access, source: &str, deps: &'a Deps) -> Option<&'a Scheme> {
    let of_mapping = || deps.sources.scheme(source).filter(|scheme| **scheme != Scheme::None);
    access.scheme.as_ref().or_else(of_mapping)
}

/// Whether what proves a source is about its body, so that a request whose body is not what it brings proves nothing.
pub(crate) fn signs_body(source: &str, deps: &Deps) -> bool {
    let scheme = deps.config.source(source).and_then(|access| scheme(access, source, deps));
    matches!(scheme, Some(Scheme::Hmac(_) | Scheme::StandardWebhooks | Scheme::Sns))
}

/// A message of a topic: verified by Amazon's certificate, and confirmed only if the topic is ours.
async fn topic(body: &[u8], access: &Access, deps: &Deps) -> Result<Entered, Refusal> {
    let message = sns::Message::parse(body).map_err(|error| refused(SNS, &error))?;
    message.claims_one_of(&access.topics).map_err(|error| refused(SNS, &error))?;
    let url = message.certificate_url().map_err(|error| refused(SNS, &error))?;
    let certificate = deps.fetch.get_once(&url).await.map_err(|error| {
        tracing::warn!(%error, "the certificate of a topic cannot be fetched");
        let remedy = "SNS sends it again by itself.";
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "Amazon's certificate cannot be fetched", remedy)
    })?;
    match message.verify(&certificate, &access.topics).map_err(|error| refused(SNS, &error))? {
        sns::Verified::Notification => Ok(Entered::Notification),
        sns::Verified::Confirm(url) => {
            deps.fetch.get(&url).await.map_err(|error| {
                tracing::warn!(%error, topic = message.topic(), "a subscription cannot be confirmed");
                let remedy = "SNS asks again by itself.";
                Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "the subscription cannot be confirmed", remedy)
            })?;
            tracing::info!(topic = message.topic(), "subscription confirmed");
            Ok(Entered::Answered("subscription confirmed"))
        }
        sns::Verified::Unsubscribed => {
            tracing::warn!(topic = message.topic(), "a subscription has ended");
            Ok(Entered::Answered("noted that the subscription has ended"))
        }
    }
}

fn is_confirmation(request: &Request<Bytes>) -> bool {
    let kind = request.headers().get("x-amz-sns-message-type");
    kind.is_some_and(|kind| kind != "Notification")
}

fn refused(source: &str, error: &VerifyError<'_>) -> Refusal {
    tracing::warn!(source, %error, "refused at the door");
    let remedy = match error {
        VerifyError::NoSecret => "Put the secret that the config names for this source.",
        VerifyError::NoScheme => "Say `verify:` for this source in the config.",
        VerifyError::Topic => "List the topic's ARN under `topics:` of the source in the config.",
        VerifyError::Stale => "Compare the sender's clock.",
        _ => "Compare the sender's secret and scheme with `sources:` in the config.",
    };
    Refusal::new(StatusCode::UNAUTHORIZED, error.to_string(), remedy)
}
