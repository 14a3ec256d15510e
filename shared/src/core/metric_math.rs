//! The names in an expression of CloudWatch's metric math
//! (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html>): which ids it uses, and the same
//! expression with other ones, so that the metrics of several charts can be asked for at once. What it computes is CloudWatch's
//! business; no evaluation may enter.

/// A part of an expression: `true` with an id.
type Part<'a> = (&'a str, bool);

/// The ids that an expression uses, each once for each use.
pub fn ids(expression: &str) -> Vec<&str> {
    if is_query(expression) {
        return Vec::new();
    }
    parts(expression).into_iter().filter(|(_, is_id)| *is_id).map(|(text, _)| text).collect()
}

/// The expression with other ids.
pub fn rename(expression: &str, name: impl Fn(&str) -> String) -> String {
    if is_query(expression) {
        return expression.to_owned();
    }
    let renamed = |(text, is_id): Part<'_>| if is_id { name(text) } else { text.to_owned() };
    parts(expression).into_iter().map(renamed).collect()
}

/// It is a query of Metrics Insights, of which a request takes one only.
pub fn is_query(expression: &str) -> bool {
    let first = expression.split_whitespace().next().unwrap_or_default();
    first.eq_ignore_ascii_case("select")
}

/// It finds metrics by itself, without ids: a search, a query, or a function that names what it looks at.
pub fn finds_metrics(expression: &str) -> bool {
    is_query(expression)
        || uses(
            expression,
            &["SEARCH", "METRICS", "INSIGHT_RULE_METRIC", "SERVICE_QUOTA", "DB_PERF_INSIGHTS", "LAMBDA"],
        )
}

/// It takes every metric of its request, so that it needs a request of its own.
pub fn takes_all(expression: &str) -> bool {
    is_query(expression) || uses(expression, &["METRICS"])
}

fn uses(expression: &str, functions: &[&str]) -> bool {
    let code = parts(expression);
    let mut words = code.iter().map(|(text, _)| *text);
    words.any(|text| functions.contains(&text))
}

/// Words, texts in quotes and what stands between them. A word is an id if it begins in lower case, as CloudWatch wants it, and
/// calls nothing: functions and their options are written in capitals.
fn parts(expression: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '\'' | '"' => quoted(rest, first),
            first if is_of_a_word(first) => rest.find(|letter| !is_of_a_word(letter)).unwrap_or(rest.len()),
            first => first.len_utf8(),
        };
        let (text, after) = rest.split_at(length);
        let calls = after.trim_start().starts_with('(');
        parts.push((text, first.is_ascii_lowercase() && !calls));
        rest = after;
    }
    parts
}

fn is_of_a_word(letter: char) -> bool {
    letter == '_' || letter.is_ascii_alphanumeric()
}

/// The bytes of a text in quotes, whose end may be missing.
fn quoted(text: &str, quote: char) -> usize {
    text.char_indices().skip(1).find(|(_, letter)| *letter == quote).map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_told_from_functions_texts_and_numbers() {
        for (expression, expected) in [
            ("m1 + m2", vec!["m1", "m2"]),
            ("100 * errors/invocations", vec!["errors", "invocations"]),
            ("SUM(METRICS('errors'))", vec![]),
            ("FILL(m1, REPEAT) / PERIOD(m1)", vec!["m1", "m1"]),
            ("SORT(SEARCH('{AWS/EC2,InstanceId} MetricName=\"cpu\"', 'Average', 300), MAX, DESC, 5)", vec![]),
            ("ANOMALY_DETECTION_BAND(p99, 2)", vec!["p99"]),
            ("IF(m1>1e3 AND m2 == 0, 1, 0)", vec!["m1", "m2"]),
            ("SELECT AVG(CPUUtilization) FROM SCHEMA(\"AWS/EC2\", InstanceId) WHERE zone = 'a'", vec![]),
            ("'no end of m1", vec![]),
            ("é + m_1", vec!["m_1"]),
            ("", vec![]),
        ] {
            assert_eq!(ids(expression), expected, "{expression}");
        }
    }

    #[test]
    fn only_ids_are_renamed() {
        let named = |id: &str| format!("s3_{id}");
        assert_eq!(rename("100*(m1 / m10) + MAX(m1)", named), "100*(s3_m1 / s3_m10) + MAX(s3_m1)");
        assert_eq!(rename("SEARCH('m1 m2', 'Sum')", named), "SEARCH('m1 m2', 'Sum')");
        assert_eq!(rename("select max(latency) from x", named), "select max(latency) from x");
    }

    #[test]
    fn what_needs_a_request_of_its_own_is_known() {
        assert!(takes_all("SUM(METRICS())") && takes_all("SELECT MAX(x) FROM y"));
        assert!(!takes_all("SEARCH('METRICS', 'Sum')") && finds_metrics("SEARCH('METRICS', 'Sum')"));
        assert!(!finds_metrics("m1 + 2"));
    }
}
