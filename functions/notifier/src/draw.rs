//! Pictures for the charts of a report: drawn here, kept by Slack, before the report is posted. Where that fails the chart
//! goes without one and says in words what it shows; the report is posted all the same.
//!
//! Slack looks through an upload before a message may show it, so a picture is waited for; not for long, since the other
//! sections wait with it.

use std::time::Duration;

use shared::core::chart::{Chart, MOST_COLUMNS, thin_chart};
use shared::present::chart::is_drawn_by_slack;
use shared::slack::blocks::MAX_CHARTS;
use shared::slack::client::{Client, Upload};
use shared::slack::error::SlackError;
use shared::text::chart::alt;
use tokio::task::JoinSet;

use crate::picture;

/// How long a picture is waited for after its upload: about three seconds in all.
const WAITS: [Duration; 4] = [
    Duration::from_millis(200),
    Duration::from_millis(400),
    Duration::from_millis(800),
    Duration::from_millis(1_600),
];

/// How many pictures are on their way at once; each is three calls or more.
const AT_ONCE: usize = 6;

/// Gives a picture to each chart that Slack's own cannot say, and to those beyond the two that a message takes. Afterwards the
/// charts are small: points that nobody will see are gone, the first, the last, the highest and the lowest are not.
pub async fn draw_all(slack: &Client, charts: &mut [&mut Chart]) {
    let mut own = 0;
    let needs = |chart: &Chart| {
        let by_slack = is_drawn_by_slack(chart);
        own += usize::from(by_slack && chart.picture.is_none());
        chart.picture.is_none() && (!by_slack || own > MAX_CHARTS)
    };
    let needs: Vec<bool> = charts.iter().map(|chart| &**chart).map(needs).collect();
    let mut waiting = (0..).zip(needs).filter(|(_, needs)| *needs).map(|(index, _): (usize, _)| index);
    let mut uploads = JoinSet::new();
    let mut done = Vec::new();
    loop {
        while uploads.len() < AT_ONCE
            && let Some(index) = waiting.next()
        {
            if let Some(upload) = charts.get(index).and_then(|chart| drawn(chart)) {
                let slack = slack.clone();
                uploads.spawn(async move { (index, uploaded(&slack, &upload).await) });
            }
        }
        match uploads.join_next().await {
            Some(Ok(one)) => done.push(one),
            Some(Err(error)) => tracing::error!(%error, "a chart goes without its picture"),
            None => break,
        }
    }
    for (index, picture) in done {
        let Some(chart) = charts.get_mut(index) else { continue };
        match picture {
            Ok(file) => chart.picture = Some(file),
            Err(error) => tracing::error!(chart = chart.title, %error, "a chart goes without its picture"),
        }
    }
    charts.iter_mut().for_each(|chart| thin_chart(chart, MOST_COLUMNS));
}

/// The same for one chart, which is alone in its message.
pub async fn draw(slack: &Client, chart: &mut Chart) {
    draw_all(slack, &mut [chart]).await;
}

fn drawn(chart: &Chart) -> Option<Upload> {
    let bytes = picture::png(chart)?;
    Some(Upload {
        name: "chart.png".to_owned(),
        title: chart.title.clone(),
        alt: alt(chart),
        bytes: bytes.into(),
    })
}

/// The picture's id at Slack, once a message may show it.
async fn uploaded(slack: &Client, upload: &Upload) -> Result<String, SlackError> {
    let mut file = slack.upload(upload).await?;
    let id = file.id.clone();
    for wait in WAITS {
        if file.is_ready() {
            return Ok(id);
        }
        tokio::time::sleep(wait).await;
        file = slack.files_info(&id).await?;
    }
    if file.is_ready() {
        Ok(id)
    } else {
        Err(SlackError::Transient { code: "not_looked_through_yet".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use async_trait::async_trait;
    use bytes::Bytes;
    use jiff::{SignedDuration, Timestamp};
    use shared::core::chart::{Drawing, Form, Number, Point, Series};
    use shared::present;
    use shared::slack::client::{Wire, http};

    use super::*;

    /// Slack as far as files go: how often each was asked for, and after how many looks a file is ready.
    #[derive(Debug, Default)]
    struct Files {
        asked: Mutex<Vec<String>>,
        looks: usize,
        fails: bool,
    }

    #[async_trait]
    impl Wire for Files {
        async fn carry(&self, request: reqwest::Request) -> Result<::http::Response<Bytes>, SlackError> {
            let path = request.url().path().to_owned();
            let mut asked = self.asked.lock().unwrap();
            asked.push(path.clone());
            let count = |what: &str| asked.iter().filter(|path| path.contains(what)).count();
            let id = format!("F{:010}", count("getUploadURLExternal"));
            let kind = if count("files.info") < self.looks { "" } else { "image/png" };
            let answer = match path.as_str() {
                _ if self.fails => {
                    r#"{"ok": false, "error": "missing_scope", "needed": "files:write"}"#.to_owned()
                }
                "/api/files.getUploadURLExternal" => {
                    format!(
                        r#"{{"ok": true, "file_id": "{id}", "upload_url": "https://files.slack.com/upload/v1/x"}}"#
                    )
                }
                "/api/files.completeUploadExternal" => {
                    let sent = request.body().and_then(|body| body.as_bytes()).unwrap();
                    let sent = std::str::from_utf8(sent).unwrap();
                    let id = sent.split('"').find(|word| word.starts_with("F0")).unwrap();
                    format!(r#"{{"ok": true, "files": [{{"id": "{id}", "mimetype": "{kind}"}}]}}"#)
                }
                "/api/files.info" => {
                    format!(r#"{{"ok": true, "file": {{"id": "F", "mimetype": "{kind}"}}}}"#)
                }
                _ => "OK - 1".to_owned(),
            };
            Ok(::http::Response::new(answer.into()))
        }
    }

    fn slack(files: Files) -> (Client, Arc<Files>) {
        let files = Arc::new(files);
        let client =
            Client::new("https://slack.com".parse().unwrap(), "xoxb".into(), http().build().unwrap());
        (client.on(files.clone()), files)
    }

    fn chart(hours: i64) -> Chart {
        let at =
            |hour: i64| Timestamp::from_second(1_763_856_000).unwrap() + SignedDuration::from_hours(hour);
        let point = |hour: i64| Point { at: at(hour), value: Number::new((hour % 7) as f64).unwrap() };
        let series =
            vec![Series { name: "p99".into(), points: (0..hours).map(point).collect(), faint: false }];
        let drawing = Drawing::Series { form: Form::Line, series, threshold: None };
        Chart { title: "Latency".into(), unit: None, zone: "UTC".into(), drawing, picture: None }
    }

    fn kinds(charts: &[Chart]) -> Vec<String> {
        let kind = |chart| {
            format!("{:?}", present::chart::chart(chart)).split(['(', ' ']).next().unwrap().to_owned()
        };
        charts.iter().map(kind).collect()
    }

    #[tokio::test]
    async fn what_slack_cannot_say_and_a_third_chart_get_a_picture() {
        let (slack, files) = slack(Files::default());
        let mut charts = vec![chart(12), chart(100), chart(12), chart(12)];
        draw_all(&slack, &mut charts.iter_mut().collect::<Vec<_>>()).await;
        assert_eq!(kinds(&charts), ["DataVisualization", "Image", "DataVisualization", "Image"]);
        assert_ne!(charts[1].picture, charts[3].picture);
        assert_eq!(files.asked.lock().unwrap().len(), 6, "three calls a picture");
        let Drawing::Series { series, .. } = &charts[1].drawing else { panic!("no series") };
        assert_eq!(series[0].points.len(), MOST_COLUMNS, "what nobody sees is not kept");
    }

    #[tokio::test(start_paused = true)]
    async fn a_picture_is_waited_for_until_slack_has_looked_through_it() {
        for (looks, ready) in [(1, true), (4, true), (5, false)] {
            let (slack, files) = slack(Files { looks, ..Files::default() });
            let mut one = chart(100);
            draw(&slack, &mut one).await;
            assert_eq!(one.picture.is_some(), ready, "{looks}");
            assert_eq!(files.asked.lock().unwrap().len(), 3 + looks.min(WAITS.len()));
        }
    }

    #[tokio::test]
    async fn without_the_right_to_upload_the_chart_is_shown_as_well_as_can_be() {
        let (slack, _) = slack(Files { fails: true, ..Files::default() });
        let mut charts = vec![chart(100)];
        draw(&slack, &mut charts[0]).await;
        assert_eq!(charts[0].picture, None);
        assert!(present::chart::is_drawn_by_slack(&charts[0]) || kinds(&charts) == ["Section"]);
    }
}
