//! A function's seams, wired to AWS: the same [`Deps`] that the laptop builds from what it embeds. Region and credentials
//! come from the environment, so nothing here asks the network, except for the secrets that the function needs.

use std::sync::Arc;
use std::time::Duration;

use aws_config::environment::{EnvironmentVariableCredentialsProvider, EnvironmentVariableRegionProvider};
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use lambda_runtime::Error;

use super::environment::Settings;
use super::log;
use super::queue::SqsQueue;
use super::secrets::{self, Needs};
use super::transport::{self, Transport};
use crate::config::Config;
use crate::deps::{Deps, SystemClock};
use crate::fetch::Network;
use crate::slack::client::Client;
use crate::sources::Sources;
use crate::store::dynamo::DynamoStore;

/// A try of any AWS call that takes longer has lost its answer; each is repeated as its client says.
const PATIENCE: Duration = Duration::from_secs(2);

/// One function's process.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) deps: Deps,
    /// The same queue, with what only a consumer asks of it.
    pub(super) queue: Arc<SqsQueue>,
}

impl Function {
    /// Starts logging and wires everything. It lives as long as the process, which is what lets handlers borrow it.
    ///
    /// # Errors
    /// The environment is incomplete, a built-in file is broken, or a secret cannot be read.
    pub(super) async fn start(needs: Needs) -> Result<&'static Self, Error> {
        log::start();
        let function = Self::wire(needs).await;
        let function = function.inspect_err(|error| tracing::error!(%error, "the function cannot start"))?;
        Ok(Box::leak(Box::new(function)))
    }

    async fn wire(needs: Needs) -> Result<Self, Error> {
        let settings = Settings::read()?;
        let config = Config::built_in().map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            faults.join("\n")
        })?;
        let http = transport::http()?;
        let aws = aws(http.clone()).await;
        let parameters = || aws_sdk_ssm::Client::new(&aws);
        let read = secrets::read(parameters, &settings.secrets_prefix, needs, &config).await?;
        let queue = aws_sdk_sqs::Client::new(&aws);
        let queue = Arc::new(SqsQueue::new(queue, &settings.signals_url, &settings.wakes_url));
        let store = DynamoStore::new(&aws_sdk_dynamodb::Client::new(&aws), &settings.table);
        let deps = Deps {
            store: Arc::new(store),
            slack: Client::new(settings.slack_url.clone(), read.token, http.clone()),
            queue: queue.clone(),
            config: Arc::new(config),
            sources: Arc::new(Sources::builtin()?),
            fetch: Arc::new(Network::new(http)),
            secrets: Arc::new(read.secrets),
            clock: Arc::new(SystemClock),
        };
        Ok(Function { deps, queue })
    }
}

async fn aws(http: reqwest::Client) -> SdkConfig {
    aws_config::defaults(BehaviorVersion::latest())
        .http_client(Transport(http))
        .region(EnvironmentVariableRegionProvider::new())
        .credentials_provider(EnvironmentVariableCredentialsProvider::new())
        .timeout_config(TimeoutConfig::builder().operation_attempt_timeout(PATIENCE).build())
        .load()
        .await
}
