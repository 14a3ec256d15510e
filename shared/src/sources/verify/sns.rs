//! Amazon SNS over HTTPS: every message is signed with a certificate that has to be fetched from an address that the message
//! itself names. So it goes in steps, and the shell does the fetching:
//!
//! 1. [`Message::parse`] the body;
//! 2. [`Message::certificate_url`] says where the certificate is, if that is Amazon's; fetch it without following redirects, and
//!    keep it: it stays the same for months;
//! 3. [`Message::verify`] with the certificate and the allowed topics says what to do.
//!
//! A good signature is not enough: anybody with an AWS account can have SNS sign a message. Only topics that the config
//! names get in, and a subscription is confirmed only at an address of SNS that does just that for just that topic.
//! <https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html>

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, UnparsedPublicKey};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{
    AlgorithmIdentifier, CertificateDer, InvalidSignature, SignatureVerificationAlgorithm, alg_id,
};
use serde::Deserialize;
use url::Url;
use webpki::EndEntityCert;

use super::VerifyError;

/// A message as SNS posts it. Its signature is not verified yet.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Message {
    r#type: String,
    message_id: String,
    topic_arn: String,
    message: String,
    timestamp: String,
    #[serde(default)]
    subject: Option<String>,
    #[serde(default)]
    token: Option<String>,
    #[serde(default, rename = "SubscribeURL")]
    subscribe_url: Option<String>,
    signature_version: String,
    signature: String,
    #[serde(rename = "SigningCertURL")]
    signing_cert_url: String,
}

/// What a verified message asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verified {
    /// It carries a notification: take it in.
    Notification,
    /// It asks whether the subscription is wanted. GET this address, without following redirects, to say yes.
    Confirm(Url),
    /// It says that a subscription has ended: tell somebody, do nothing. (Its `SubscribeURL` would subscribe again.)
    Unsubscribed,
}

impl Message {
    /// Reads a message.
    ///
    /// # Errors
    /// [`VerifyError::Malformed`] if it is no SNS message with everything that a signature needs.
    pub fn parse(body: &[u8]) -> Result<Self, VerifyError<'static>> {
        serde_json::from_slice(body).map_err(|_| VerifyError::Malformed("the SNS message"))
    }

    /// The topic that it claims to be from.
    pub fn topic(&self) -> &str {
        &self.topic_arn
    }

    /// Whether the topic that it claims is one that the config allows. Asked before anything is fetched, so that strangers
    /// cannot make us fetch.
    ///
    /// # Errors
    /// [`VerifyError::Topic`]
    pub fn claims_one_of(&self, topics: &[String]) -> Result<(), VerifyError<'static>> {
        let allowed = topics.iter().any(|allowed| matches(allowed, &self.topic_arn));
        if allowed { Ok(()) } else { Err(VerifyError::Topic) }
    }

    /// Where its certificate is.
    ///
    /// # Errors
    /// [`VerifyError::Address`] unless it is a `.pem` file at `https://sns.<region>.amazonaws.com` (or `.com.cn`).
    pub fn certificate_url(&self) -> Result<Url, VerifyError<'static>> {
        let refused = VerifyError::Address("SigningCertURL");
        let url = amazon_address(&self.signing_cert_url).ok_or(refused)?;
        let is_file = url.path().ends_with(".pem") && url.query().is_none();
        if is_file { Ok(url) } else { Err(refused) }
    }

    /// Verifies it with its certificate (PEM) and the topics that the config allows: whole ARNs, or ARNs that end in `*`.
    ///
    /// # Errors
    /// The check that failed.
    pub fn verify(&self, certificate: &[u8], topics: &[String]) -> Result<Verified, VerifyError<'static>> {
        self.certificate_url()?;
        self.claims_one_of(topics)?;
        let algorithm: &dyn SignatureVerificationAlgorithm = match self.signature_version.as_str() {
            "1" => &RsaSha1,
            "2" => webpki::ring::RSA_PKCS1_2048_8192_SHA256,
            _ => return Err(VerifyError::Malformed("SignatureVersion")),
        };
        let signature = STANDARD.decode(&self.signature).map_err(|_| VerifyError::Malformed("Signature"))?;
        let certificate = CertificateDer::from_pem_slice(certificate)
            .map_err(|_| VerifyError::Malformed("the certificate"))?;
        EndEntityCert::try_from(&certificate)
            .map_err(|_| VerifyError::Malformed("the certificate"))?
            .verify_signature(algorithm, self.signed_text()?.as_bytes(), &signature)
            .map_err(|_| VerifyError::Mismatch("Signature"))?;
        match self.r#type.as_str() {
            "Notification" => Ok(Verified::Notification),
            "SubscriptionConfirmation" => self.confirmation_url().map(Verified::Confirm),
            _ => Ok(Verified::Unsubscribed),
        }
    }

    /// The signed fields, in the order of their names, each name and value on a line of its own.
    fn signed_text(&self) -> Result<String, VerifyError<'static>> {
        let mut fields = vec![("Message", self.message.as_str()), ("MessageId", &self.message_id)];
        match self.r#type.as_str() {
            "Notification" => {
                fields.extend(self.subject.as_deref().map(|subject| ("Subject", subject)));
                fields.push(("Timestamp", &self.timestamp));
            }
            "SubscriptionConfirmation" | "UnsubscribeConfirmation" => {
                let url = self.subscribe_url.as_deref().ok_or(VerifyError::Missing("SubscribeURL"))?;
                let token = self.token.as_deref().ok_or(VerifyError::Missing("Token"))?;
                fields.extend([("SubscribeURL", url), ("Timestamp", &self.timestamp), ("Token", token)]);
            }
            _ => return Err(VerifyError::Malformed("Type")),
        }
        fields.extend([("TopicArn", self.topic_arn.as_str()), ("Type", &self.r#type)]);
        Ok(fields.into_iter().map(|(name, value)| format!("{name}\n{value}\n")).collect())
    }

    /// The address that confirms the subscription: at SNS in the topic's own region, for this action and this topic.
    fn confirmation_url(&self) -> Result<Url, VerifyError<'static>> {
        let refused = VerifyError::Address("SubscribeURL");
        let url = self.subscribe_url.as_deref().and_then(amazon_address).ok_or(refused)?;
        let only = |wanted: &str| {
            let mut values = url.query_pairs().filter(|(name, _)| name == wanted).map(|(_, value)| value);
            values.next().filter(|_| values.next().is_none())
        };
        let region = self.topic_arn.split(':').nth(3).unwrap_or_default();
        let right_region = url.host_str().is_some_and(|host| host.starts_with(&format!("sns.{region}.")));
        let confirms = only("Action").is_some_and(|action| action == "ConfirmSubscription");
        let this_topic = only("TopicArn").is_some_and(|topic| topic == self.topic_arn);
        if url.path() == "/" && right_region && confirms && this_topic { Ok(url) } else { Err(refused) }
    }
}

impl fmt::Debug for Message {
    /// Without the token, which confirms the subscription, and without the content.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Message")
            .field("type", &self.r#type)
            .field("message_id", &self.message_id)
            .field("topic_arn", &self.topic_arn)
            .finish_non_exhaustive()
    }
}

/// An `https` address of SNS itself: host `sns.<region>.amazonaws.com` or `.com.cn`, the usual port, nobody's name in it.
fn amazon_address(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let host = url.host_str()?;
    let region = host.strip_prefix("sns.").and_then(|rest| {
        rest.strip_suffix(".amazonaws.com").or_else(|| rest.strip_suffix(".amazonaws.com.cn"))
    })?;
    // The address is used as it was parsed, but one that only parsing makes right was meant to deceive.
    let as_written = url.as_str() == text;
    let plain = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    (is_region(region) && as_written && plain).then_some(url)
}

/// Whether this has the form of a region: `eu-west-1`, `us-gov-west-1`. Anything else would let others in: a bucket of S3 may be
/// called `sns`, and then its files lie at `sns.s3-us-west-2.amazonaws.com`
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#s3-dash-region>).
fn is_region(text: &str) -> bool {
    let mut parts = text.split('-');
    let number = parts.next_back().unwrap_or_default();
    let is_word = |part: &str| part.len() >= 2 && part.bytes().all(|byte| byte.is_ascii_lowercase());
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number && parts.clone().count() >= 2 && parts.all(is_word)
}

fn matches(allowed: &str, topic: &str) -> bool {
    match allowed.strip_suffix('*') {
        Some(beginning) => !beginning.is_empty() && topic.starts_with(beginning),
        None => allowed == topic,
    }
}

/// RSA PKCS#1 with SHA-1, which SNS uses unless the topic says otherwise (`SignatureVersion` 1). webpki leaves it out, rightly, for TLS.
#[derive(Debug)]
struct RsaSha1;

impl SignatureVerificationAlgorithm for RsaSha1 {
    fn verify_signature(
        &self,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), InvalidSignature> {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, public_key)
            .verify(message, signature)
            .map_err(|_| InvalidSignature)
    }

    fn public_key_alg_id(&self) -> AlgorithmIdentifier {
        alg_id::RSA_ENCRYPTION
    }

    /// `sha1WithRSAEncryption`, RFC 8017 appendix A.2.4.
    fn signature_alg_id(&self) -> AlgorithmIdentifier {
        AlgorithmIdentifier::from_slice(b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x05\x05\x00")
    }
}

#[cfg(test)]
mod tests;
