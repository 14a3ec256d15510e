//! The ground on which the tests stand: a fresh table in a DynamoDB, and the wire to it, which writes down what is sent and
//! can fail in the ways in which DynamoDB and networks fail.
//!
//! The DynamoDB is dynoxide in this process, or whatever the environment variable `DYNAMODB_ENDPOINT` names. No emulator is
//! ever busy or loses an answer, so the wire does that.

mod deployment;
mod unhurried;
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Config, Credentials, Region};
use shared::store::Store;
use shared::store::dynamo::{DynamoStore, table};

pub(crate) use deployment::Deployment;
pub(crate) use unhurried::{Unhurried, unhurried};
pub(crate) use wire::{Fault, Wire, now_and_then};

/// The tests are about answers that do not come, not about slow machines.
const PATIENCE: Duration = Duration::from_secs(600);

/// A store on a fresh table of its own.
pub(crate) struct Ground {
    /// The store under test; its requests go over the wire.
    pub(crate) store: DynamoStore,
    /// Between the store and DynamoDB.
    pub(crate) wire: Wire,
    /// Past the wire, for looking at what is stored.
    pub(crate) client: Client,
    /// It is an emulator of our choice, so that what only some emulators do can be asked of it.
    pub(crate) chosen: bool,
    /// The table's name.
    pub(crate) table: String,
}

impl Ground {
    /// A fresh table on a wire without faults.
    pub(crate) async fn new() -> Self {
        let (endpoint, chosen) = endpoint().await;
        let plain = aws_smithy_http_client::Builder::new().build_http();
        let wire = Wire::new(plain.clone());
        let config = |http| {
            Config::builder()
                .behavior_version(BehaviorVersion::latest())
                .region(Region::new("us-east-1"))
                .endpoint_url(&endpoint)
                .credentials_provider(Credentials::new("AKIDEXAMPLE", "secret", None, None, "tests"))
                .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build())
                .http_client(http)
                .build()
        };
        let client = Client::from_conf(config(plain));
        let table = table_name();
        table::create_table(&client, &table).await.unwrap();
        let store = DynamoStore::new(&Client::from_conf(config(wire.clone().shared())), &table);
        Self { store, wire, client, chosen, table }
    }

    /// The store alone.
    pub(crate) fn into_store(self) -> Arc<dyn Store> {
        Arc::new(self.store)
    }
}

#[expect(clippy::disallowed_methods, reason = "the tests have no main in which to read the environment")]
async fn endpoint() -> (String, bool) {
    if let Ok(endpoint) = std::env::var("DYNAMODB_ENDPOINT") {
        return (endpoint, false);
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(dynoxide::server::serve_on(listener, dynoxide::Database::memory().unwrap()));
    (endpoint, true)
}

/// A name that no other test and no earlier run has, in case the endpoint is shared.
fn table_name() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let next = NEXT.fetch_add(1, Ordering::Relaxed);
    let unique = std::hash::BuildHasher::hash_one(&std::collections::hash_map::RandomState::new(), next);
    format!("callboard-{}-{next}-{unique:x}", std::process::id())
}
