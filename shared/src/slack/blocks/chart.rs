//! A chart that Slack draws itself, and a picture that it keeps. A chart that Slack would refuse (too many series, a value
//! missing) cannot be made; only titles and names are cut, and names that then are the same get a number.
//!
//! Contract: <https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block>,
//! <https://docs.slack.dev/reference/block-kit/blocks/image-block>

use std::collections::BTreeSet;

use serde::Serialize;
use serde_json::Number;

use super::cut::{cut_plain, length};
use super::text::{Piece, Text, not_empty};
use crate::slack::escape::honest;

/// How many a message may have.
pub const MAX_CHARTS: usize = 2;

const MOST_SERIES: usize = 6;
const MOST_COLUMNS: usize = 20;
const TITLE: usize = 50;
const LABEL: usize = 20;

/// Values over labels, drawn by Slack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Visualization {
    title: String,
    chart: Plot,
    /// The same in words, where a message has too many charts.
    #[serde(skip)]
    words: Text,
}

/// How it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum PlotKind {
    /// One line for each series.
    Line,
    /// A line with the area below it filled.
    Area,
    /// Bars side by side.
    Bar,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Plot {
    #[serde(rename = "type")]
    kind: PlotKind,
    series: Vec<Line>,
    axis_config: Axes,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Line {
    name: String,
    data: Vec<Datum>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Datum {
    label: String,
    value: Number,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Axes {
    categories: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    y_label: Option<String>,
}

/// A file that Slack keeps: <https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object>
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SlackFile {
    id: String,
}

impl Visualization {
    /// A chart of 1 to 6 series over 1 to 20 labels, each with one finite value for each label; `None` if it is something else,
    /// or if two labels are the same or longer than 20 characters. `words` say the same where there is no room for it.
    pub fn new(
        kind: PlotKind,
        title: &str,
        labels: Vec<String>,
        series: Vec<(String, Vec<f64>)>,
        words: impl Into<Text>,
    ) -> Option<Self> {
        let distinct = labels.iter().collect::<BTreeSet<_>>().len() == labels.len();
        let fit = labels.iter().all(|label| (1..=LABEL).contains(&length(label)));
        if !(1..=MOST_COLUMNS).contains(&labels.len())
            || !(1..=MOST_SERIES).contains(&series.len())
            || !distinct
            || !fit
        {
            return None;
        }
        let mut names = BTreeSet::new();
        let mut lines = Vec::new();
        for (name, values) in series {
            if values.len() != labels.len() {
                return None;
            }
            let data = labels
                .iter()
                .zip(values)
                .map(|(label, value)| Some(Datum { label: label.clone(), value: Number::from_f64(value)? }));
            lines.push(Line { name: unused(&name, &mut names), data: data.collect::<Option<_>>()? });
        }
        let axis_config = Axes { categories: labels, y_label: None };
        let title = not_empty(cut_plain(&honest(title), TITLE));
        Some(Visualization { title, chart: Plot { kind, series: lines, axis_config }, words: words.into() })
    }

    /// What the values are, at most 50 characters.
    pub fn y_label(mut self, label: &str) -> Self {
        self.chart.axis_config.y_label =
            Some(cut_plain(&honest(label), TITLE)).filter(|label| !label.trim().is_empty());
        self
    }

    /// The same in words.
    pub(super) fn into_words(self) -> Text {
        self.words
    }

    pub(super) fn each_text(&mut self, visit: &mut dyn FnMut(Piece<'_>)) {
        visit(Piece::Fixed(&self.title));
        let Plot { series, axis_config: Axes { categories, y_label }, .. } = &self.chart;
        categories.iter().chain(y_label).for_each(|label| visit(Piece::Fixed(label)));
        for line in series {
            visit(Piece::Fixed(&line.name));
            line.data.iter().for_each(|datum| visit(Piece::Fixed(&datum.label)));
        }
    }
}

impl SlackFile {
    /// A file by its id, if this is one.
    pub(super) fn new(id: &str) -> Option<Self> {
        let rest = id.strip_prefix('F')?;
        let known = |character: char| character.is_ascii_uppercase() || character.is_ascii_digit();
        ((8..=60).contains(&rest.len()) && rest.chars().all(known)).then(|| SlackFile { id: id.to_owned() })
    }
}

/// A name of at most 20 characters that no other series has.
fn unused(name: &str, names: &mut BTreeSet<String>) -> String {
    let name = not_empty(cut_plain(&honest(name), LABEL));
    let numbered = (2..).map(|n| {
        let number = format!(" {n}");
        cut_plain(&name, LABEL - length(&number)) + &number
    });
    let name = std::iter::once(name.clone()).chain(numbered).find(|name| !names.contains(name));
    let name = name.unwrap_or_default();
    names.insert(name.clone());
    name
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::{Block, Message};
    use super::*;
    use crate::slack::escape::Mrkdwn;

    fn chart(labels: usize, series: Vec<(String, Vec<f64>)>) -> Option<Visualization> {
        let labels = (0..labels).map(|hour| format!("{hour:02}:00")).collect();
        Visualization::new(PlotKind::Line, "Latency", labels, series, Mrkdwn::ours("in words"))
    }

    fn series(count: usize, values: &[f64]) -> Vec<(String, Vec<f64>)> {
        (0..count).map(|_| ("p99".to_owned(), values.to_vec())).collect()
    }

    #[test]
    fn a_chart_is_written_as_slack_documents_it() {
        let block = Block::from(chart(2, series(1, &[1.5, 2.0])).unwrap().y_label("s"));
        assert_eq!(
            serde_json::to_value(block).unwrap(),
            json!({"type": "data_visualization", "title": "Latency", "chart": {
                "type": "line",
                "series": [{"name": "p99", "data": [
                    {"label": "00:00", "value": 1.5}, {"label": "01:00", "value": 2.0}]}],
                "axis_config": {"categories": ["00:00", "01:00"], "y_label": "s"}}})
        );
    }

    #[test]
    fn a_picture_is_written_as_slack_documents_it() {
        let block = Block::image("F0123456789", "A line", Some("Latency")).unwrap();
        assert_eq!(
            serde_json::to_value(block).unwrap(),
            json!({"type": "image", "slack_file": {"id": "F0123456789"}, "alt_text": "A line",
                   "title": {"type": "plain_text", "text": "Latency", "emoji": false}})
        );
        let long = serde_json::to_value(Block::image("F0123456789", &"é".repeat(2_000), None)).unwrap();
        assert_eq!(long["alt_text"].as_str().unwrap().chars().count(), 1_000);
        for id in ["", "F", "F012345", "f0123456789", "F01234567/9", "U0123456789", "F012345678\n"] {
            assert_eq!(Block::image(id, "A line", None), None, "{id}");
        }
    }

    #[test]
    fn what_slack_would_refuse_cannot_be_made() {
        for (what, made) in [
            ("most", chart(20, series(6, &[0.0; 20])).is_some()),
            ("no labels", chart(0, series(1, &[])).is_none()),
            ("too many labels", chart(21, series(1, &[0.0; 21])).is_none()),
            ("no series", chart(2, vec![]).is_none()),
            ("too many series", chart(2, series(7, &[0.0; 2])).is_none()),
            ("a value missing", chart(3, series(1, &[0.0; 2])).is_none()),
            ("no number", chart(1, series(1, &[f64::NAN])).is_none()),
        ] {
            assert!(made, "{what}");
        }
        let same = Visualization::new(
            PlotKind::Bar,
            "t",
            vec!["a".into(), "a".into()],
            series(1, &[1.0, 2.0]),
            Mrkdwn::ours("w"),
        );
        assert_eq!(same, None);
    }

    #[test]
    fn titles_and_names_are_cut_and_names_differ() {
        let long = "a long name that goes on and on".to_owned();
        let many = (0..6).map(|_| (long.clone(), vec![1.0])).collect();
        let chart =
            Visualization::new(PlotKind::Bar, &long.repeat(3), vec!["x".into()], many, Mrkdwn::ours("w"));
        let json = serde_json::to_value(chart.unwrap()).unwrap();
        assert_eq!(json["title"].as_str().unwrap().chars().count(), 50);
        let names: BTreeSet<&str> = json["chart"]["series"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|one| one["name"].as_str())
            .collect();
        assert_eq!(names.len(), 6, "{names:?}");
        assert!(names.iter().all(|name| (1..=20).contains(&name.chars().count())), "{names:?}");
    }

    #[test]
    fn a_third_chart_is_said_in_words() {
        let block = || Block::from(chart(2, series(1, &[1.0, 2.0])).unwrap());
        let message = Message::text(Mrkdwn::ours("x")).blocks([block(), block(), block()]);
        let message = message.attachment("#111111", Mrkdwn::ours("x"), [block()]).fit();
        let json = serde_json::to_value(&message).unwrap();
        let kinds = |blocks: &Value| {
            let kinds =
                blocks.as_array().unwrap().iter().map(|block| block["type"].as_str().unwrap().to_owned());
            kinds.collect::<Vec<_>>()
        };
        assert_eq!(kinds(&json["blocks"]), ["data_visualization", "data_visualization", "section"]);
        assert_eq!(kinds(&json["attachments"][0]["blocks"]), ["section"]);
        assert_eq!(json["blocks"][2]["text"]["text"], "in words");
        assert_eq!(message.clone().fit(), message);
    }
}
