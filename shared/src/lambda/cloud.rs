//! What a report asks AWS for, as signed JSON requests like the queues': CloudWatch, its logs, and Cost Explorer. Each speaks
//! the protocol that its service model names; no SDK of theirs is needed for seven operations. No decision may enter.

use std::time::Duration;

use async_trait::async_trait;
use serde_json::Value;

use super::aws::{self, Aws, AwsError, Refusal};
use super::environment::Account;
use crate::cloud::{Cloud, CloudError, Operation};

/// How long a try may take: fifty metrics of a week are answered within a second or two.
const PATIENCE: Duration = Duration::from_secs(5);

/// Cost Explorer often takes some seconds, and each try costs a cent.
const PATIENCE_FOR_COSTS: Duration = Duration::from_secs(10);

/// CloudWatch names its JSON protocol after a service of old; see `targetPrefix` in its service model.
const METRICS_PROTOCOL: &str = "application/x-amz-json-1.0";
const PROTOCOL: &str = "application/x-amz-json-1.1";

/// AWS, asked in the name of this process.
#[derive(Debug)]
pub(super) struct AwsCloud {
    here: Aws,
    /// Cost Explorer has one endpoint in a partition; in some it has none.
    costs: Option<Aws>,
    region: String,
}

impl AwsCloud {
    /// AWS with these credentials. Asks nobody.
    pub(super) fn new(http: &reqwest::Client, account: &Account) -> Self {
        let asked = |account: Account, patience| Aws::new(http.clone(), account).patient(patience);
        AwsCloud {
            here: asked(account.clone(), PATIENCE),
            costs: costs(account).map(|account| asked(account, PATIENCE_FOR_COSTS)),
            region: account.region.clone(),
        }
    }

    /// The same without pauses between the tries.
    #[cfg(test)]
    pub(super) fn at_once(self) -> Self {
        AwsCloud { here: self.here.at_once(), costs: self.costs.map(Aws::at_once), ..self }
    }

    /// Where an operation is asked.
    #[cfg(test)]
    pub(super) fn address(&self, operation: Operation) -> Option<String> {
        self.asked(operation).map(|aws| aws.address(spoken(operation).service))
    }

    fn asked(&self, operation: Operation) -> Option<&Aws> {
        match operation {
            Operation::GetCostAndUsage | Operation::GetCostForecast => self.costs.as_ref(),
            _ => Some(&self.here),
        }
    }
}

#[async_trait]
impl Cloud for AwsCloud {
    async fn ask(&self, operation: Operation, asked: &Value) -> Result<Value, CloudError> {
        let Some(aws) = self.asked(operation) else {
            let instead =
                "what such an account costs is told in the Billing console of the account that pays for it";
            return Err(CloudError::Absent { operation, region: self.region.clone(), instead });
        };
        aws.ask(spoken(operation), asked).await.map_err(|error| said(operation, error))
    }

    fn region(&self) -> &str {
        &self.region
    }
}

fn said(operation: Operation, error: AwsError) -> CloudError {
    match &error.refusal {
        Some(Refusal { code, message }) => CloudError::refused(operation, code, message),
        None => CloudError::Unanswered { operation, why: error.to_string() },
    }
}

/// The account as Cost Explorer's endpoint wants it
/// (<https://docs.aws.amazon.com/general/latest/gr/billing.html#billing-cost-explorer>): the region is signed, too. GovCloud has none.
fn costs(account: &Account) -> Option<Account> {
    let in_region = |region: &str| Account { region: region.to_owned(), ..account.clone() };
    match account.region.split('-').next() {
        Some("cn") => Some(in_region("cn-northwest-1")),
        Some("eusc") => {
            let its_own = "https://ce.eusc-de-east-1.api.amazonwebservices.eu/".to_owned();
            let endpoint = account.endpoint.clone().or(Some(its_own));
            Some(Account { endpoint, ..in_region("eusc-de-east-1") })
        }
        _ if account.region.starts_with("us-gov-") => None,
        _ => Some(in_region("us-east-1")),
    }
}

/// The operation on the wire.
fn spoken(operation: Operation) -> aws::Operation {
    let (service, target, content_type) = match operation {
        Operation::DescribeAlarms => {
            ("monitoring", "GraniteServiceVersion20100801.DescribeAlarms", METRICS_PROTOCOL)
        }
        Operation::GetMetricData => {
            ("monitoring", "GraniteServiceVersion20100801.GetMetricData", METRICS_PROTOCOL)
        }
        Operation::StartQuery => ("logs", "Logs_20140328.StartQuery", PROTOCOL),
        Operation::GetQueryResults => ("logs", "Logs_20140328.GetQueryResults", PROTOCOL),
        Operation::StopQuery => ("logs", "Logs_20140328.StopQuery", PROTOCOL),
        Operation::GetCostAndUsage => ("ce", "AWSInsightsIndexService.GetCostAndUsage", PROTOCOL),
        Operation::GetCostForecast => ("ce", "AWSInsightsIndexService.GetCostForecast", PROTOCOL),
    };
    aws::Operation { service, target, content_type }
}
