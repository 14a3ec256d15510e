//! A time span as people write it, such as `24h`, `7d` or `1w`: a day is 24 hours, a week seven days, whatever the clocks do.

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) fn serialize<S: Serializer>(span: &SignedDuration, serializer: S) -> Result<S::Ok, S::Error> {
    span.serialize(serializer)
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SignedDuration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let duration =
        text.parse::<Span>().and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()));
    // `form` knows these words.
    duration.map_err(|_| serde::de::Error::custom("not in a duration format"))
}

/// The same where it may be left out.
pub(super) mod optional {
    use jiff::SignedDuration;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(in super::super) fn serialize<S: Serializer>(
        span: &Option<SignedDuration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        span.serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SignedDuration>, D::Error> {
        #[derive(Deserialize)]
        struct Written(#[serde(with = "super")] SignedDuration);
        Ok(Option::<Written>::deserialize(deserializer)?.map(|Written(span)| span))
    }
}
