//! A chart as one block: its picture if it has one, else Slack's own chart if that can say it, else what it says in words.

use crate::core::chart::{Chart, Columns, Form, columns};
use crate::slack::blocks::{Block, PlotKind, Text, Visualization};
use crate::text;

/// A chart as a block. A message takes two charts of Slack's own; [`Message::fit`](crate::slack::blocks::Message::fit) says
/// further ones in words, so give those a picture.
pub fn chart(chart: &Chart) -> Block {
    let words = text::chart::alt(chart);
    let picture = chart.picture.as_deref().and_then(|file| Block::image(file, &words, None));
    picture
        .or_else(|| {
            columns(chart).and_then(|columns| drawn_by_slack(chart, columns, &words)).map(Block::from)
        })
        .unwrap_or_else(|| Block::section(Text::foreign(&words)))
}

/// Whether Slack's own chart can say it.
pub fn is_drawn_by_slack(chart: &Chart) -> bool {
    columns(chart).and_then(|columns| drawn_by_slack(chart, columns, "")).is_some()
}

fn drawn_by_slack(chart: &Chart, columns: Columns, words: &str) -> Option<Visualization> {
    let kind = match columns.form {
        Form::Line => PlotKind::Line,
        Form::Area => PlotKind::Area,
        Form::Bar => PlotKind::Bar,
    };
    let labels = text::chart::labels(&columns.times, &text::chart::zone(&chart.zone))?;
    let values = columns.series.iter().flat_map(|(_, values)| values);
    let most = values.map(|value| value.get().abs()).fold(0.0, f64::max);
    let scale = text::chart::scale(chart.unit.as_deref(), most);
    let series = columns.series.into_iter().map(|(name, values)| {
        (name, values.into_iter().map(|value| rounded(value.get() * scale.by)).collect())
    });
    let drawn = Visualization::new(kind, &chart.title, labels, series.collect(), Text::foreign(words))?;
    Some(drawn.y_label(&scale.name))
}

/// Six digits that count: people read them when they point at a column.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;
    use crate::core::chart::{Drawing, Number, Point, Series, Threshold};

    fn of(values: &[f64], threshold: Option<f64>) -> Chart {
        let at = |hour: i64| Timestamp::from_second(1_763_856_000 + 3_600 * hour).unwrap();
        let point = |(n, value): (i64, &f64)| Point { at: at(n), value: Number::new(*value).unwrap() };
        let points = (0..).zip(values).map(point).collect();
        let series = vec![Series { name: "p99".into(), points, faint: false }];
        let threshold = threshold.map(|value| Threshold::above(Number::new(value).unwrap()));
        Chart {
            title: "Latency".into(),
            unit: Some("Milliseconds".into()),
            zone: "Asia/Tokyo".into(),
            drawing: Drawing::Series { form: Form::Area, series, threshold },
            picture: None,
        }
    }

    #[test]
    fn slack_draws_what_it_can_say_in_readable_units() {
        let block = serde_json::to_value(chart(&of(&[1_200.0, 900.000_000_1], None))).unwrap();
        assert_eq!(
            block,
            json!({"type": "data_visualization", "title": "Latency", "chart": {"type": "area",
                "series": [{"name": "p99", "data": [
                    {"label": "09:00", "value": 1.2}, {"label": "10:00", "value": 0.9}]}],
                "axis_config": {"categories": ["09:00", "10:00"], "y_label": "s"}}})
        );
    }

    #[test]
    fn a_picture_is_shown_where_there_is_one_and_words_where_nothing_else_is() {
        let mut wide = of(&[1.0, 2.0, 1.0], Some(1.5));
        assert!(!is_drawn_by_slack(&wide));
        let words = serde_json::to_value(chart(&wide)).unwrap();
        assert_eq!(words["type"], "section");
        let said = words["text"]["text"].as_str().unwrap();
        assert!(said.contains("p99 went above the threshold of 1.5 ms"), "{said}");
        wide.picture = Some("F0123456789".into());
        let picture = serde_json::to_value(chart(&wide)).unwrap();
        assert_eq!((picture["type"].as_str(), picture["alt_text"].as_str()), (Some("image"), Some(said)));
        wide.picture = Some("../etc".into());
        assert_eq!(serde_json::to_value(chart(&wide)).unwrap(), words);
    }

    #[test]
    fn any_finite_value_is_written() {
        for value in [f64::MAX, f64::MIN, f64::MIN_POSITIVE, 0.0] {
            let block = serde_json::to_value(chart(&of(&[value, value], None))).unwrap();
            assert_eq!(block["type"], "data_visualization", "{value}");
        }
    }
}
