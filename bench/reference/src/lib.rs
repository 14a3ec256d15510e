//! What both reference functions do: check Slack's signature. Nothing that Callboard does beyond that may enter, since
//! Callboard is what is measured against it.

use std::env;

use hmac::{Hmac, Mac};
use lambda_http::{Body, Error, Request, Response};
use sha2::Sha256;

/// The signing secret, once for the process.
///
/// # Errors
/// It is not in the environment.
pub fn secret() -> Result<&'static [u8], Error> {
    Ok(env::var("SIGNING_SECRET")?.leak().as_bytes())
}

/// Whether Slack has signed the request
/// (<https://docs.slack.dev/authentication/verifying-requests-from-slack>).
pub fn signed(request: &Request, secret: &[u8]) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Ok(signature) = hex::decode(header("x-slack-signature").trim_start_matches("v0=")) else { return false };
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return false };
    mac.update(format!("v0:{}:", header("x-slack-request-timestamp")).as_bytes());
    mac.update(request.body());
    mac.verify_slice(&signature).is_ok()
}

/// 200 with a word, or 401.
///
/// # Errors
/// Never: both are good answers.
pub fn answer(good: bool) -> Result<Response<Body>, Error> {
    let (status, said) = if good { (200, "{\"text\":\"ok\"}") } else { (401, "{\"text\":\"not Slack\"}") };
    Ok(Response::builder().status(status).header("content-type", "application/json").body(said.into())?)
}
