//! A function's seams, wired to AWS: the same [`Deps`] that the laptop builds from what it embeds. What a process can do by itself it
//! does at its start, where Lambda gives it the most CPU; the one thing that the network has to say, the secrets, is asked when
//! the first work is there. Asked beside the first poll it could be cut off, since Lambda freezes a process that has no work.

use std::sync::Arc;

use lambda_runtime::Error;
use tokio::sync::OnceCell;

use super::aws::Aws;
use super::cloud::AwsCloud;
use super::environment::{Account, Settings};
use super::log;
use super::mailbox::S3Mailbox;
use super::queue::SqsQueue;
use super::secrets::{self, Needs};
use super::transport;
use crate::config::Config;
use crate::deps::{Deps, Secrets, SystemClock};
use crate::fetch::{Network, Public, Reach};
use crate::mailbox::Mailbox;
use crate::mailbox::NoMailbox;
use crate::slack::client::Client;
use crate::sources::Sources;
use crate::store::dynamo::DynamoStore;

/// One function's process.
#[derive(Debug)]
pub(super) struct Function {
    /// The same queue as in the seams, with what only a consumer asks of it.
    pub(super) queue: Arc<SqsQueue>,
    needs: Needs,
    settings: Settings,
    aws: Aws,
    http: reqwest::Client,
    without_secrets: Deps,
    deps: OnceCell<Deps>,
}

impl Function {
    /// Starts logging and wires everything but the secrets.
    ///
    /// # Errors
    /// The environment is incomplete or a built-in file is broken.
    pub(super) fn start(needs: Needs) -> Result<Self, Error> {
        log::start();
        let wire = || Self::wire(needs, Settings::read()?, Account::read()?);
        wire().inspect_err(|error| tracing::error!(%error, "the function cannot start"))
    }

    /// Wires what an environment says. Asks nobody.
    pub(super) fn wire(needs: Needs, settings: Settings, account: Account) -> Result<Self, Error> {
        let config = Config::built_in().map_err(|faults| {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            faults.join("\n")
        })?;
        let http = transport::http()?;
        let cloud = Arc::new(AwsCloud::new(&http, &account));
        let mailbox: Arc<dyn Mailbox> = match &settings.mail_bucket {
            Some(bucket) => Arc::new(S3Mailbox::new(&http, &account, bucket)),
            None => Arc::new(NoMailbox),
        };
        let aws = Aws::new(http.clone(), account);
        let queue = Arc::new(
            SqsQueue::new(aws.clone(), &settings.signals_url, &settings.wakes_url)
                .with_dead(settings.dead_urls.clone()),
        );
        let without_secrets = Deps {
            store: Arc::new(DynamoStore::new(&aws.dynamodb(), &settings.table)),
            slack: Client::new(settings.slack_url.clone(), Default::default(), http.clone()),
            queue: queue.clone(),
            config: Arc::new(config),
            sources: Arc::new(Sources::as_built()),
            fetch: Arc::new(Network::new(http.clone(), Public::new(transport::builder, Reach::Public))),
            cloud,
            mailbox,
            secrets: Arc::new(Secrets::default()),
            clock: Arc::new(SystemClock),
        };
        Ok(Function { queue, needs, settings, aws, http, without_secrets, deps: OnceCell::new() })
    }

    /// The seams, with the secrets: read when they are first asked for, and again each time until they have been there.
    ///
    /// # Errors
    /// A secret cannot be read, or one of Slack's is missing.
    pub(super) async fn deps(&self) -> Result<&Deps, Error> {
        let deps = self.deps.get_or_try_init(|| self.with_secrets()).await;
        Ok(deps.inspect_err(|error| tracing::error!(%error, "nothing can be done without the secrets"))?)
    }

    async fn with_secrets(&self) -> Result<Deps, secrets::SecretsError> {
        let Deps { config, .. } = &self.without_secrets;
        let read = secrets::read(&self.aws, &self.settings.secrets_prefix, self.needs, config).await?;
        let slack = Client::new(self.settings.slack_url.clone(), read.token, self.http.clone());
        Ok(Deps { slack, secrets: Arc::new(read.secrets), ..self.without_secrets.clone() })
    }
}
