//! Addresses in the AWS console, in each of its partitions. Their form is nobody's contract, so a link is an extra and nothing
//! depends on it.

use jiff::Timestamp;
use shared::config::section::ShowLogs;

/// The longest link that is shown; Slack's texts have an end.
const LONGEST: usize = 2_000;

/// An alarm's page, by its ARN (`arn:PARTITION:cloudwatch:REGION:ACCOUNT:alarm:NAME`).
pub(super) fn alarm(arn: &str) -> Option<String> {
    let mut parts = arn.splitn(7, ':').skip(1);
    let (partition, _, region) = (parts.next()?, parts.next()?, parts.next()?);
    let name = parts.nth(2)?;
    let named = |text: &str| {
        !text.is_empty() && text.chars().all(|letter| letter == '-' || letter.is_ascii_alphanumeric())
    };
    let home = home(partition)?;
    let link = format!("{home}/cloudwatch/home?region={region}#alarmsV2:alarm/{}", escape(name, '%'));
    (named(region) && !name.is_empty()).then_some(link).filter(|link| link.len() <= LONGEST)
}

/// A query of Logs Insights over a time. The console keeps it in an object notation of its own, in which `*` stands for `%`.
pub(super) fn insights(region: &str, show: &ShowLogs, since: Timestamp, until: Timestamp) -> Option<String> {
    let time = |at: Timestamp| escape(&format!("{at:.3}"), '*');
    let groups: String = show.groups.0.iter().map(|group| format!("~'{}", escape(group, '*'))).collect();
    let (since, until, query) = (time(since), time(until), escape(&show.query, '*'));
    let link = format!(
        "{}/cloudwatch/home?region={region}#logsV2:logs-insights$3FqueryDetail$3D~(end~'{until}~start~'{since}~timeType~'ABSOLUTE\
         ~tz~'UTC~editorString~'{query}~source~({groups}))",
        home(partition(region))?
    );
    Some(link).filter(|link| link.len() <= LONGEST)
}

fn partition(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("eusc") => "aws-eusc",
        _ if region.starts_with("us-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

fn home(partition: &str) -> Option<&'static str> {
    match partition {
        "aws" => Some("https://console.aws.amazon.com"),
        "aws-cn" => Some("https://console.amazonaws.cn"),
        "aws-us-gov" => Some("https://console.amazonaws-us-gov.com"),
        "aws-eusc" => Some("https://console.amazonaws-eusc.eu"),
        _ => None,
    }
}

fn escape(text: &str, sign: char) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'-' | b'_' | b'.' => escaped.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => escaped.push(char::from(byte)),
            byte => escaped.push_str(&format!("{sign}{byte:02x}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use shared::config::section::ShowLogs;

    use super::*;

    #[test]
    fn an_alarm_has_its_page_in_every_partition() {
        for (arn, link) in [
            (
                "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:Disk full",
                Some(
                    "https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/Disk%20full",
                ),
            ),
            (
                "arn:aws-cn:cloudwatch:cn-north-1:111122223333:alarm:a/b:c",
                Some(
                    "https://console.amazonaws.cn/cloudwatch/home?region=cn-north-1#alarmsV2:alarm/a%2fb%3ac",
                ),
            ),
            (
                "arn:aws-us-gov:cloudwatch:us-gov-west-1:111122223333:alarm:x",
                Some(
                    "https://console.amazonaws-us-gov.com/cloudwatch/home?region=us-gov-west-1#alarmsV2:alarm/x",
                ),
            ),
            ("arn:aws-moon:cloudwatch:moon-1:1:alarm:x", None),
            ("arn:aws:cloudwatch:eu-west-1|<x>:1:alarm:x", None),
            ("arn:aws:cloudwatch:eu-west-1:1:alarm:", None),
            ("nothing", None),
            ("", None),
        ] {
            assert_eq!(alarm(arn).as_deref(), link, "{arn}");
        }
        assert_eq!(alarm(&format!("arn:aws:cloudwatch:eu-west-1:1:alarm:{}", "é".repeat(900))), None);
    }

    #[test]
    fn a_query_has_its_page_in_every_partition() {
        let show: ShowLogs = serde_json::from_value(serde_json::json!({
            "title": "Errors", "groups": ["/ecs/checkout", "b"], "query": "fields @message | filter x = 'a~b'",
        }))
        .unwrap();
        let (since, until) =
            ("2026-11-22T08:00:00Z".parse().unwrap(), "2026-11-23T08:00:00Z".parse().unwrap());
        assert_eq!(
            insights("eu-west-1", &show, since, until).unwrap(),
            "https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D~(end~'2026-11-23T08*3a00*3a00.000Z\
             ~start~'2026-11-22T08*3a00*3a00.000Z~timeType~'ABSOLUTE~tz~'UTC~editorString~'fields*20*40message*20*7c*20filter*20x*20*3d*20*27a*7eb*27\
             ~source~(~'*2fecs*2fcheckout~'b))"
        );
        for (region, home) in [
            ("cn-northwest-1", "https://console.amazonaws.cn/"),
            ("us-gov-east-1", "https://console.amazonaws-us-gov.com/"),
            ("eusc-de-east-1", "https://console.amazonaws-eusc.eu/"),
        ] {
            assert!(insights(region, &show, since, until).unwrap().starts_with(home), "{region}");
        }
        let long = ShowLogs { query: "x ".repeat(2_000), ..show };
        assert_eq!(insights("eu-west-1", &long, since, until), None);
    }
}
