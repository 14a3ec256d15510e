//! Secrets by name. A process reads them once, and never prints them.

use std::collections::BTreeMap;

use secrecy::SecretString;

/// Slack's signing secrets and the secrets that sources are verified with.
#[derive(Debug, Default)]
pub struct Secrets {
    signing: Vec<SecretString>,
    named: BTreeMap<String, SecretString>,
}

impl Secrets {
    /// `signing`: Slack's signing secret, and while it is being changed the old one too.
    pub fn new(signing: Vec<SecretString>) -> Self {
        Secrets { signing, named: BTreeMap::new() }
    }

    /// With a named secret, as `sources: NAME: { secrets: ... }` in the config refers to it.
    pub fn with(mut self, name: impl Into<String>, secret: SecretString) -> Self {
        self.named.insert(name.into(), secret);
        self
    }

    /// Slack's signing secrets.
    pub fn signing(&self) -> &[SecretString] {
        &self.signing
    }

    /// The secrets with these names; one that is missing is left out, and what it should have verified is refused.
    pub fn named(&self, names: &[String]) -> Vec<SecretString> {
        names.iter().filter_map(|name| self.named.get(name)).cloned().collect()
    }
}
