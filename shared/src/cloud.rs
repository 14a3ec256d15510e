//! The seam to what a report asks AWS for: alarms, metrics, logs, cost. The deployment asks AWS (`lambda::cloud`), the laptop
//! makes samples. What is asked, in the vendor's documented shapes, and how an answer is read is the business of the notifier's
//! sections; no decision may enter.

use std::fmt::Debug;

use async_trait::async_trait;
use serde_json::Value;

/// The longest part of a message of AWS that is told, in characters.
const LONGEST: usize = 300;

/// What may be asked for, and nothing else: `template.yaml` allows the notifier just these.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html>
    DescribeAlarms,
    /// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html>
    GetMetricData,
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>
    StartQuery,
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html>
    GetQueryResults,
    /// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StopQuery.html>
    StopQuery,
    /// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html>
    GetCostAndUsage,
    /// <https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostForecast.html>
    GetCostForecast,
}

impl Operation {
    /// All of them.
    pub const ALL: [Operation; 7] = [
        Operation::DescribeAlarms,
        Operation::GetMetricData,
        Operation::StartQuery,
        Operation::GetQueryResults,
        Operation::StopQuery,
        Operation::GetCostAndUsage,
        Operation::GetCostForecast,
    ];

    /// Its name in IAM.
    pub fn action(self) -> &'static str {
        match self {
            Operation::DescribeAlarms => "cloudwatch:DescribeAlarms",
            Operation::GetMetricData => "cloudwatch:GetMetricData",
            Operation::StartQuery => "logs:StartQuery",
            Operation::GetQueryResults => "logs:GetQueryResults",
            Operation::StopQuery => "logs:StopQuery",
            Operation::GetCostAndUsage => "ce:GetCostAndUsage",
            Operation::GetCostForecast => "ce:GetCostForecast",
        }
    }

    /// What allows it: a parameter of the deployment.
    fn allowed_by(self) -> &'static str {
        match self {
            Operation::StartQuery | Operation::GetQueryResults | Operation::StopQuery => {
                "deploy with the log group in the parameter ReportLogGroups"
            }
            _ => "deploy with the parameter Reports=yes",
        }
    }
}

/// AWS, or what stands for it.
#[async_trait]
pub trait Cloud: Send + Sync + Debug {
    /// Asks for an operation, with its fields in the vendor's letters and times as Unix seconds, and gives the answer as it is:
    /// pages and polling are the caller's. It may take several tries of some seconds; who has less time drops it.
    ///
    /// # Errors
    /// See [`CloudError`].
    async fn ask(&self, operation: Operation, asked: &Value) -> Result<Value, CloudError>;

    /// The region whose alarms, metrics and logs these are, for links.
    fn region(&self) -> &str;

    /// What it answers is made up, and has to be called a sample wherever it is shown.
    fn is_sample(&self) -> bool {
        false
    }
}

/// Why there is no answer. People read it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CloudError {
    /// The right is missing.
    #[error("{} is not allowed: {remedy}", operation.action())]
    Denied {
        /// What was asked.
        operation: Operation,
        /// What to do.
        remedy: String,
    },
    /// AWS does not want to, and will not the next time either.
    #[error("{} was refused, {code}: {message}", operation.action())]
    Refused {
        /// What was asked.
        operation: Operation,
        /// AWS's name for what is wrong.
        code: String,
        /// AWS's words.
        message: String,
    },
    /// It did not answer, or not as documented.
    #[error("{} was asked and there is {why}", operation.action())]
    Unanswered {
        /// What was asked.
        operation: Operation,
        /// `no answer in time`, ...
        why: String,
    },
    /// This part of AWS does not have it.
    #[error("{} is not there in {region}: {instead}", operation.action())]
    Absent {
        /// What was asked.
        operation: Operation,
        /// Where it was asked.
        region: String,
        /// Where it would be.
        instead: &'static str,
    },
}

impl CloudError {
    /// What AWS's error says: its code, and its message, which names accounts and roles when it is about rights.
    pub fn refused(operation: Operation, code: &str, message: &str) -> Self {
        let denied = ["AccessDenied", "Unauthorized", "NotAuthorized"];
        if denied.iter().any(|denied| code.contains(denied)) {
            let remedy = match message {
                of_the_whole if of_the_whole.contains("explicit deny") => {
                    "a policy of your organisation forbids it; ask whoever keeps that".to_owned()
                }
                off if off.contains("not enabled") => {
                    "Cost Explorer is off: switch it on in the Billing console of the account that pays; it has data a day later"
                        .to_owned()
                }
                _ => operation.allowed_by().to_owned(),
            };
            return CloudError::Denied { operation, remedy };
        }
        let message = one_line(message, LONGEST);
        CloudError::Refused { operation, code: one_line(code, LONGEST), message }
    }

    /// An answer that is not as documented.
    pub fn unreadable(operation: Operation) -> Self {
        CloudError::Unanswered { operation, why: "an answer that is none".to_owned() }
    }

    /// No answer within the time that there was.
    pub fn late(operation: Operation) -> Self {
        CloudError::Unanswered { operation, why: "no answer in time".to_owned() }
    }

    /// AWS's name for what is wrong, if it said one.
    pub fn code(&self) -> &str {
        match self {
            CloudError::Refused { code, .. } => code,
            _ => "",
        }
    }
}

/// A text of AWS in one line, cut at so many characters.
pub fn one_line(text: &str, longest: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default().trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_right_is_named_with_what_would_give_it_and_names_no_account() {
        let told = "User: arn:aws:sts::111122223333:assumed-role/n/f is not authorized to perform: cloudwatch:DescribeAlarms";
        for (operation, code, message, expected) in [
            (
                Operation::DescribeAlarms,
                "AccessDenied",
                told,
                "cloudwatch:DescribeAlarms is not allowed: deploy with the parameter Reports=yes",
            ),
            (
                Operation::StartQuery,
                "AccessDeniedException",
                told,
                "logs:StartQuery is not allowed: deploy with the log group in the parameter ReportLogGroups",
            ),
            (
                Operation::GetMetricData,
                "AccessDenied",
                "... with an explicit deny in a service control policy",
                "cloudwatch:GetMetricData is not allowed: a policy of your organisation forbids it; ask whoever keeps that",
            ),
            (
                Operation::GetCostForecast,
                "AccessDeniedException",
                "User not enabled for cost explorer access",
                "ce:GetCostForecast is not allowed: Cost Explorer is off: switch it on in the Billing console of the account that \
                 pays; it has data a day later",
            ),
        ] {
            assert_eq!(CloudError::refused(operation, code, message).to_string(), expected);
        }
    }

    #[test]
    fn what_aws_says_is_told_in_one_line_of_some_length() {
        let error =
            CloudError::refused(Operation::StartQuery, "MalformedQueryException", "line 1:\n  no\tfield");
        assert_eq!(
            error.to_string(),
            "logs:StartQuery was refused, MalformedQueryException: line 1: no field"
        );
        assert_eq!(error.code(), "MalformedQueryException");
        let long = CloudError::refused(Operation::StartQuery, "X", &"é".repeat(400)).to_string();
        assert!(long.ends_with("é…") && long.chars().count() < 350, "{long}");
        assert_eq!(one_line("", 3), "");
        assert_eq!(one_line("abc", 3), "abc");
    }

    #[test]
    fn every_operation_has_an_action_of_its_own() {
        let mut actions = Operation::ALL.map(Operation::action).to_vec();
        actions.sort_unstable();
        actions.dedup();
        assert_eq!(actions.len(), Operation::ALL.len());
    }
}
