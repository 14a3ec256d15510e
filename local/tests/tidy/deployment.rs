//! What a person deploys with, against what is deployed: deploy/put-secrets asks for the secrets that the functions read, and
//! docs/deploy.md explains every parameter and every output of template.yaml.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use shared::config::Config;

use crate::repository::{none_of, read, root};

/// The names that deploy/put-secrets asks for, with this config.
fn asked_for(config: &str) -> BTreeSet<String> {
    let output =
        Command::new(root().join("deploy/put-secrets")).arg("--list").env("CONFIG", config).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// The names that functions read, see `Needs` in shared/src/lambda/secrets.rs.
fn read_by_functions(config: &Config) -> BTreeSet<String> {
    let sources = config.sources.values().flat_map(|access| &access.secrets);
    let slack = ["slack-bot-token", "slack-signing-secret"].map(str::to_owned);
    sources.map(|name| format!("sources/{name}")).chain(slack).collect()
}

#[test]
fn the_secrets_that_are_asked_for_are_those_that_are_read() {
    let config = Config::built_in().unwrap();
    assert_eq!(asked_for("config/callboard.yaml"), read_by_functions(&config));
    let secrets = read("shared/src/lambda/secrets.rs");
    for name in ["\"slack-bot-token\"", "\"slack-signing-secret\"", "\"sources/\""] {
        assert!(secrets.contains(name), "{name} is not what the functions read");
    }
}

#[test]
fn secrets_are_found_however_the_config_is_written() {
    let text = r##"
channels: { fallback: "#ops" }
sources:
  github: { verify: github, secrets: [new-one, "old-one"] }     # secrets: none
  alertmanager:
    verify: bearer
    secrets:
      - from-a-list
      - and-another
  grafana:
    secrets: plain
    verify: bearer
  shop: { verify: { hmac: { header: x-signature, prefix: "v1=" } }, secrets: nested }
  "*": { secrets: 'quoted', verify: bearer }
routes:
  - { name: all, to: "#alerts" }
"##;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("config.yaml");
    std::fs::write(&file, text).unwrap();
    let expected = read_by_functions(&Config::from_yaml(text).unwrap());
    assert_eq!(expected.len(), 9, "{expected:?}");
    assert_eq!(asked_for(file.to_str().unwrap()), expected);
}

#[test]
fn docs_deploy_md_explains_every_parameter_and_every_output() {
    let template: Value = serde_saphyr::from_str(&read("template.yaml")).unwrap();
    let document = read("docs/deploy.md");
    let named: BTreeSet<&str> = document.split('`').skip(1).step_by(2).collect();
    let names =
        ["Parameters", "Outputs"].into_iter().flat_map(|part| template[part].as_object().unwrap().keys());
    let missing = names.filter(|name| !named.contains(name.as_str()));
    none_of(missing.map(|name| format!("docs/deploy.md does not explain `{name}`")).collect(), "add a row");
}
