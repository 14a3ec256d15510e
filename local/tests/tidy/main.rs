//! The repository's rules as tests: who may use whom, what is called how, what every file looks like, and that the documents
//! tell the truth. A failure lists every place at once and says what to do. Behaviour is tested elsewhere.
//!
//! - `repository`: reads the files and asks cargo for the packages
//! - `layers`: the arrows between crates and between the rooms of `shared`
//! - `names`: folders, packages, binaries, sources and their payloads
//! - `files`: headers, lengths, marks of unfinished work, traces of a machine
//! - `documents`: README, ARCHITECTURE and docs/ against the code
//! - `manifest`: slack-manifest.yaml against the code and Slack's rules
//! - `deployment`: what deploys, and docs/deploy.md, against template.yaml and the config
//! - `secrets`: proofs are compared in constant time
//! - `sources`: the table of sources in docs/sources.md against the mappings
//! - `template`: template.yaml against the code

#[cfg(test)]
mod deployment;
#[cfg(test)]
mod documents;
#[cfg(test)]
mod files;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod manifest;
#[cfg(test)]
mod names;
#[cfg(test)]
mod repository;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sources;
#[cfg(test)]
mod template;
