//! `response-times`: how long people took to acknowledge, and things to be over, against the period before.

use shared::core::chart::Number;
use shared::core::report::{Compared, ResponseTimes, Section};

use super::counted::Counted;

pub(crate) fn section(counted: &Counted) -> Section {
    let both = |of: fn(&super::counted::Times) -> Option<f64>| Compared {
        now: of(&counted.now).and_then(Number::new),
        before: of(&counted.before).and_then(Number::new),
    };
    Section::ResponseTimes(ResponseTimes {
        incidents: both(|times| Some(times.incidents as f64)),
        acknowledged_median: both(|times| percentile(&times.acknowledged, 50)),
        acknowledged_p90: both(|times| percentile(&times.acknowledged, 90)),
        resolved_median: both(|times| percentile(&times.resolved, 50)),
        resolved_p90: both(|times| percentile(&times.resolved, 90)),
    })
}

/// The smallest value that so many percent of all do not exceed (nearest rank); `None` of nothing.
fn percentile(values: &[u32], percent: usize) -> Option<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let rank = (values.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).map(|value| f64::from(*value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let table: &[(&[u32], Option<f64>, Option<f64>)] = &[
            (&[], None, None),
            (&[7], Some(7.0), Some(7.0)),
            (&[9, 1], Some(1.0), Some(9.0)),
            (&[3, 1, 2], Some(2.0), Some(3.0)),
            (&[10, 20, 30, 40, 50, 60, 70, 80, 90, 100], Some(50.0), Some(90.0)),
            (&[5; 101], Some(5.0), Some(5.0)),
        ];
        for (values, median, p90) in table {
            assert_eq!((percentile(values, 50), percentile(values, 90)), (*median, *p90), "{values:?}");
        }
    }
}
