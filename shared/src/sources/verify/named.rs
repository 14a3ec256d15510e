//! Who signs how: the schemes by name, and one row for each sender that has a form of its own, with the page that says so. A row
//! holds what a config could say in options too (`words`); it is here so that nobody has to look it up. What needs a public key
//! of the sender's has no row.

use super::Scheme;
use super::words::{Algorithm, Encoding, HmacWords, Words};

/// Schemes that are nobody's own.
const PLAIN: [(&str, Scheme); 7] = [
    ("none", Scheme::None),
    ("bearer", Scheme::Bearer),
    ("basic", Scheme::Basic),
    ("path", Scheme::Path),
    ("genie-key", Scheme::GenieKey),
    ("standard-webhooks", Scheme::StandardWebhooks),
    ("sns", Scheme::Sns),
];

/// Senders that put the secret itself into a header, and which.
const TOKENS: [(&str, &str); 4] = [
    // https://buildkite.com/docs/apis/webhooks (the weaker of the two that it offers)
    ("buildkite-token", "x-buildkite-token"),
    // https://developers.cloudflare.com/notifications/get-started/configure-webhooks/
    ("cloudflare", "cf-webhook-auth"),
    // https://docs.gitlab.com/user/project/integrations/webhooks/
    ("gitlab", "x-gitlab-token"),
    // https://docs.honeycomb.io/notify/alert/triggers/
    ("honeycomb", "x-honeycomb-webhook-token"),
];

/// A sender that signs: the options of `hmac`, empty where they are left out.
#[derive(Clone, Copy)]
struct Row {
    name: &'static str,
    header: &'static str,
    prefix: &'static str,
    algorithm: Algorithm,
    encoding: Encoding,
    timestamp: &'static str,
    signed: &'static str,
}

/// What most have in common: SHA-256 of the body, in hexadecimal digits.
const USUAL: Row = Row {
    name: "",
    header: "",
    prefix: "",
    algorithm: Algorithm::Sha256,
    encoding: Encoding::Hex,
    timestamp: "",
    signed: "",
};

#[rustfmt::skip]
const ROWS: [Row; 34] = [
    // https://developers.asana.com/docs/webhooks-guide
    Row { name: "asana", header: "x-hook-signature", ..USUAL },
    // https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/
    Row { name: "bitbucket", header: "x-hub-signature", prefix: "sha256=", ..USUAL },
    // https://buildkite.com/docs/apis/webhooks
    Row { name: "buildkite", header: "x-buildkite-signature", prefix: "signature=", timestamp: "timestamp=", ..USUAL },
    // https://developer.calendly.com/api-docs/ZG9jOjM2MzE2MDM4-webhook-signatures
    Row { name: "calendly", header: "calendly-webhook-signature", prefix: "v1=", timestamp: "t=", ..USUAL },
    // https://www.checklyhq.com/docs/alerting/webhooks/
    Row { name: "checkly", header: "x-checkly-signature", ..USUAL },
    // https://circleci.com/docs/guides/integration/outbound-webhooks/
    Row { name: "circleci", header: "circleci-signature", prefix: "v1=", ..USUAL },
    // https://docs.doppler.com/docs/webhooks
    Row { name: "doppler", header: "x-doppler-signature", prefix: "sha256=", ..USUAL },
    // https://fluxcd.io/flux/components/notification/providers/#generic-webhook-with-hmac
    Row { name: "flux", header: "x-signature", prefix: "sha256=", ..USUAL },
    // https://docs.gitea.com/usage/repository/webhooks
    Row { name: "gitea", header: "x-gitea-signature", ..USUAL },
    // https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries
    Row { name: "github", header: "x-hub-signature-256", prefix: "sha256=", ..USUAL },
    // https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
    Row { name: "grafana", header: "x-grafana-alerting-signature", timestamp: "x-grafana-alerting-signature-timestamp?", signed: "{timestamp}:{body}", ..USUAL },
    // https://devcenter.heroku.com/articles/app-webhooks
    Row { name: "heroku", header: "heroku-webhook-hmac-sha256", encoding: Encoding::Base64, ..USUAL },
    // https://developers.intercom.com/docs/webhooks
    Row { name: "intercom", header: "x-hub-signature", prefix: "sha1=", algorithm: Algorithm::Sha1, ..USUAL },
    // https://developer.atlassian.com/cloud/jira/platform/webhooks/
    Row { name: "jira", header: "x-hub-signature", prefix: "sha256=", ..USUAL },
    // https://launchdarkly.com/docs/home/infrastructure/webhooks
    Row { name: "launchdarkly", header: "x-ld-signature", ..USUAL },
    // https://linear.app/developers/webhooks
    Row { name: "linear", header: "linear-signature", timestamp: "body.webhookTimestamp", ..USUAL },
    // https://www.mongodb.com/docs/atlas/tutorial/webhook-integration/
    Row { name: "mongodb-atlas", header: "x-mms-signature", algorithm: Algorithm::Sha1, encoding: Encoding::Base64, ..USUAL },
    // https://www.mux.com/docs/core/verify-webhook-signatures
    Row { name: "mux", header: "mux-signature", prefix: "v1=", timestamp: "t=", ..USUAL },
    // https://developers.notion.com/reference/webhooks
    Row { name: "notion", header: "x-notion-signature", prefix: "sha256=", ..USUAL },
    // https://developer.paddle.com/webhooks/signature-verification
    Row { name: "paddle", header: "paddle-signature", prefix: "h1=", timestamp: "ts=", signed: "{timestamp}:{body}", ..USUAL },
    // https://developer.pagerduty.com/docs/verifying-signatures
    Row { name: "pagerduty", header: "x-pagerduty-signature", prefix: "v1=", ..USUAL },
    // https://www.pulumi.com/docs/pulumi-cloud/webhooks/
    Row { name: "pulumi", header: "pulumi-webhook-signature", ..USUAL },
    // https://docs.rootly.com/configuration/webhooks
    Row { name: "rootly", header: "x-rootly-signature", prefix: "v1=", timestamp: "t=", signed: "{timestamp}{body}", ..USUAL },
    // https://docs.sentry.io/organization/integrations/integration-platform/webhooks/
    Row { name: "sentry", header: "sentry-hook-signature", ..USUAL },
    // https://shopify.dev/docs/apps/build/webhooks/subscribe/https
    Row { name: "shopify", header: "x-shopify-hmac-sha256", encoding: Encoding::Base64, ..USUAL },
    // https://docs.slack.dev/authentication/verifying-requests-from-slack
    Row { name: "slack", header: "x-slack-signature", prefix: "v0=", timestamp: "x-slack-request-timestamp", signed: "v0:{timestamp}:{body}", ..USUAL },
    // https://docs.snyk.io/snyk-api/snyk-webhooks/validation-and-versioning-of-payloads
    Row { name: "snyk", header: "x-hub-signature", prefix: "sha256=", ..USUAL },
    // https://docs.sonarsource.com/sonarqube-server/latest/project-administration/webhooks/
    Row { name: "sonarqube", header: "x-sonar-webhook-hmac-sha256", ..USUAL },
    // https://docs.stripe.com/webhooks/signature
    Row { name: "stripe", header: "stripe-signature", prefix: "v1=", timestamp: "t=", ..USUAL },
    // https://tailscale.com/kb/1213/webhooks
    Row { name: "tailscale", header: "tailscale-webhook-signature", prefix: "v1=", timestamp: "t=", ..USUAL },
    // https://developer.hashicorp.com/terraform/cloud-docs/api-docs/notification-configurations
    Row { name: "terraform-cloud", header: "x-tfe-notification-signature", algorithm: Algorithm::Sha512, ..USUAL },
    // https://www.typeform.com/developers/webhooks/secure-your-webhooks/
    Row { name: "typeform", header: "typeform-signature", prefix: "sha256=", encoding: Encoding::Base64, ..USUAL },
    // https://vercel.com/docs/webhooks/webhooks-api
    Row { name: "vercel", header: "x-vercel-signature", algorithm: Algorithm::Sha1, ..USUAL },
    // https://developer.zendesk.com/documentation/webhooks/verifying/
    Row { name: "zendesk", header: "x-zendesk-webhook-signature", encoding: Encoding::Base64, timestamp: "x-zendesk-webhook-signature-timestamp", signed: "{timestamp}{body}", ..USUAL },
];

/// The scheme with this name.
pub fn scheme(name: &str) -> Option<Scheme> {
    let plain = PLAIN.into_iter().find(|(known, _)| *known == name).map(|(_, scheme)| scheme);
    let words = || {
        let token = TOKENS.iter().find(|(known, _)| *known == name);
        let token = token.map(|(_, header)| Words::Token((*header).to_owned()));
        token.or_else(|| ROWS.iter().find(|row| row.name == name).map(|row| Words::Hmac(row.words())))
    };
    // A row that is no scheme would be unknown here, and fails the test below.
    plain.or_else(|| Scheme::try_from(words()?).ok())
}

/// All names, those that are nobody's own first.
pub fn names() -> impl Iterator<Item = &'static str> {
    let plain = PLAIN.into_iter().map(|(name, _)| name);
    plain.chain(TOKENS.iter().map(|(name, _)| *name)).chain(ROWS.iter().map(|row| row.name))
}

/// The name of a scheme that has no options.
pub(super) fn name(scheme: &Scheme) -> Option<&'static str> {
    PLAIN.into_iter().find(|(_, known)| known == scheme).map(|(name, _)| name)
}

impl Row {
    fn words(&self) -> HmacWords {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        HmacWords {
            header: self.header.to_owned(),
            prefix: self.prefix.to_owned(),
            algorithm: self.algorithm,
            encoding: self.encoding,
            timestamp: some(self.timestamp),
            signed: some(self.signed),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_a_scheme_and_stands_there_once() {
        let names: Vec<&str> = names().collect();
        let unknown: Vec<&&str> = names.iter().filter(|name| scheme(name).is_none()).collect();
        assert_eq!(unknown, Vec::<&&str>::new());
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
        assert!(names.iter().all(|name| crate::sources::is_name(name)));
        assert_eq!(scheme("githib"), None);
    }

    #[test]
    fn rows_are_sorted_and_names_of_headers_are_in_lower_case() {
        assert!(ROWS.is_sorted_by_key(|row| row.name) && TOKENS.is_sorted());
        let headers = ROWS.iter().map(|row| row.header).chain(TOKENS.iter().map(|(_, header)| *header));
        for header in headers {
            assert!(header.parse::<http::HeaderName>().is_ok_and(|name| name == header), "{header}");
        }
    }

    #[test]
    fn a_scheme_is_written_as_it_is_read() {
        for name in names() {
            let written = serde_json::to_value(scheme(name).unwrap()).unwrap();
            assert_eq!(serde_json::from_value::<Scheme>(written.clone()).ok(), scheme(name), "{written}");
        }
    }
}
