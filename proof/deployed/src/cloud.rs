//! What `proof/deployment` is asked for: to move the deployment's clock, to let its queues be worked off, to ring the minute, to
//! begin anew; and what is stored, which is read as the functions read it. No story may enter.

use std::collections::BTreeMap;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use jiff::Timestamp;
use local::Trouble;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;
use shared::core::incident::IncidentId;
use shared::store::dynamo::DynamoStore;
use shared::store::{Loaded, Store};

/// A deployment, and whoever runs it.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) http: reqwest::Client,
    pub(crate) about: About,
    control: String,
    store: DynamoStore,
}

/// What a story has to know of the deployment.
#[derive(Debug, Deserialize)]
pub(crate) struct About {
    /// The HTTP API, without a slash at the end.
    pub(crate) api: String,
    /// Where Slack is for it, on this machine.
    pub(crate) slack_port: u16,
    /// The rules that its programs have: a file.
    pub(crate) config: String,
    /// The secrets of its sources, by name.
    pub(crate) secrets: BTreeMap<String, String>,
    /// AWS's address, and the table there.
    endpoint: String,
    region: String,
    table: String,
}

/// What is left in the queues, when nothing is due any more.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct Queues {
    pub(crate) waiting: usize,
    pub(crate) dead: usize,
    /// When the next message is due, in seconds since 1970.
    next: Option<i64>,
}

impl Queues {
    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        Timestamp::from_second(self.next?).ok()
    }
}

impl Cloud {
    /// The one whose operator listens at an address.
    pub(crate) async fn at(control: &str) -> Result<Self, Trouble> {
        let http = shared::slack::client::http().no_proxy().build();
        let http = http.map_err(|error| Trouble::because("no HTTP client", error))?;
        let about: About = asked(http.get(control)).await?;
        let config = Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(about.region.clone()))
            .endpoint_url(&about.endpoint)
            .credentials_provider(Credentials::new("test", "test", None, None, "proof"))
            .http_client(aws_smithy_http_client::Builder::new().build_http())
            .build();
        let store = DynamoStore::new(&Client::from_conf(config), &about.table);
        Ok(Cloud { http, about, control: control.to_owned(), store })
    }

    /// Empties table and queues, and sets the clock.
    pub(crate) async fn begin(&self, at: Timestamp) -> Result<(), Trouble> {
        self.set(at).await?;
        self.order("begin").await
    }

    /// Sets the clock of everything that is deployed, and of AWS itself.
    pub(crate) async fn set(&self, at: Timestamp) -> Result<(), Trouble> {
        let clock = self.http.post(format!("{}/clock", self.control));
        asked(clock.json(&json!({ "at": at.as_millisecond() }))).await
    }

    /// Lets the queues be worked off, as far as something is due.
    pub(crate) async fn work(&self) -> Result<Queues, Trouble> {
        self.order("work").await
    }

    /// Rings the minute, as the schedule does.
    pub(crate) async fn tick(&self) -> Result<(), Trouble> {
        self.order("tick").await
    }

    /// What is stored, by incident id.
    pub(crate) async fn incidents(&self) -> Result<Vec<Loaded>, Trouble> {
        let ids: Vec<String> = asked(self.http.get(format!("{}/incidents", self.control))).await?;
        let mut incidents = Vec::new();
        for id in ids {
            let loaded = self.store.incident(&IncidentId(id)).await;
            incidents.extend(loaded.map_err(|error| Trouble::because("the table does not answer", error))?);
        }
        Ok(incidents)
    }

    /// Whether an incident is behind or due until then.
    pub(crate) async fn has_work(&self, until: Timestamp) -> Result<bool, Trouble> {
        let behind = self.store.behind(until, 1).await;
        let due = self.store.due(until, 1).await;
        let lost = |error| Trouble::because("the table does not answer", error);
        Ok(!behind.map_err(lost)?.is_empty() || !due.map_err(lost)?.is_empty())
    }

    async fn order<T: DeserializeOwned>(&self, what: &str) -> Result<T, Trouble> {
        asked(self.http.post(format!("{}/{what}", self.control)).json(&json!({}))).await
    }
}

async fn asked<T: DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, Trouble> {
    let trouble =
        |error: reqwest::Error| Trouble::because("the deployment's operator does not answer", error);
    let request = request.timeout(std::time::Duration::from_secs(300));
    let answer = request.send().await.map_err(trouble)?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(trouble)?;
    if !status.is_success() {
        return Err(Trouble::because("the deployment's operator could not", String::from_utf8_lossy(&body)));
    }
    serde_json::from_slice(&body).map_err(|error| Trouble::because("the operator speaks otherwise", error))
}
