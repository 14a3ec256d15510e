//! What a report looks like in a channel, section by section and at its limits. Read a changed snapshot as somebody who opens
//! it on a phone with the first coffee.

use shared::core::chart::Number;
use shared::core::incident::{IncidentId, Moved};
use shared::core::report::{
    Alarm, Alarms, Compared, Cost, Document, Mention, Noise, Noisy, OpenIncident, OpenIncidents,
    ResponseTimes, Section, Table,
};
use shared::core::signal::Severity;
use shared::present::report;
use shared::slack::blocks::Message;

use crate::stage::{at, post, slack};

fn number(value: f64) -> Number {
    Number::new(value).unwrap()
}

fn compared(now: f64, before: f64) -> Compared {
    Compared { now: Number::new(now), before: Number::new(before) }
}

fn document(sections: Vec<Section>) -> Document {
    Document {
        title: "Good morning".into(),
        slot: at(0),
        late: false,
        asked_by: None,
        made_at: at(20),
        since: at(-86_400),
        zone: "Europe/London".into(),
        mention: None,
        sample: false,
        sections,
    }
}

fn open_incident(id: &str, title: &str, severity: Severity, age: i64, owner: Option<&str>) -> OpenIncident {
    let link = format!("https://acme.slack.com/archives/C01ALERTS/{id}");
    OpenIncident {
        id: IncidentId(id.into()),
        title: title.into(),
        severity,
        owner: owner.map(str::to_owned),
        since: at(20 - age),
        link: Some(link),
    }
}

fn noisy(title: &str, firings: u64, acted_on: u64, incidents: u64) -> Noisy {
    Noisy { route: "alerts".into(), title: title.into(), firings, acted_on, incidents }
}

fn all() -> Vec<Section> {
    let alarm = |name: &str, firing, age: i64| Alarm {
        name: name.into(),
        firing,
        since: at(20 - age),
        reason: "Threshold Crossed: 3 datapoints were greater than the threshold (80.0).".into(),
        link: Some("https://console.aws.amazon.com/cloudwatch/home?region=eu-west-1#alarmsV2:alarm/x".into()),
    };
    vec![
        Section::OpenIncidents(OpenIncidents {
            rows: vec![
                open_incident("k7qf3", "Disk full on db-1", Severity::Critical, 187_000, Some("U01ANA")),
                open_incident("m2xp9", "API *slow* <!here>", Severity::Warning, 640, None),
            ],
            all: 100,
            at_least: true,
        }),
        Section::ResponseTimes(ResponseTimes {
            incidents: compared(12.0, 9.0),
            acknowledged_median: compared(240.0, 360.0),
            acknowledged_p90: compared(720.0, 1200.0),
            resolved_median: compared(1860.0, 1500.0),
            resolved_p90: Compared { now: Number::new(7300.0), before: None },
        }),
        Section::Noise(Noise {
            rows: vec![
                noisy("Queue depth", 41, 0, 40),
                noisy("API slow", 7, 2, 6),
                noisy("Disk full", 3, 3, 3),
            ],
            heat: None,
        }),
        Section::Alarms(Alarms {
            rows: vec![alarm("api-prod-cpu", true, 4_000), alarm("batch-heartbeat", false, 300_000)],
            alarm: 1,
            insufficient: 3,
            all: 34,
            at_least: false,
        }),
        Section::Table(Table {
            title: "Most frequent errors".into(),
            columns: vec!["message".into(), "n".into()],
            rows: vec![
                vec!["connection refused by payments-db-1.internal:5432".into(), "412".into()],
                vec!["timeout".into(), "9".into()],
            ],
            more: 4,
            link: None,
        }),
        Section::Cost(Cost {
            currency: "USD".into(),
            day: jiff::civil::date(2026, 11, 21),
            yesterday: compared(12.345, 10.0),
            month: compared(230.1, 210.0),
            forecast: Number::new(312.0),
            movers: vec![
                ("Amazon EC2".into(), number(7.3), number(5.1)),
                ("AWS Lambda".into(), number(0.2), number(0.0)),
            ],
        }),
        Section::Text { text: "Handover at 10 in <#C0123ABCD>.".into() },
        Section::Failed {
            section: "logs (slow queries)".into(),
            why: "AccessDenied: allow logs:StartQuery".into(),
        },
    ]
}

/// As people read them in a channel.
fn read(messages: impl IntoIterator<Item = Message>) -> String {
    let slack = slack();
    for message in messages {
        post(&slack, &message);
    }
    slack.channel_text("#alerts")
}

#[test]
fn every_section_reads_well() {
    let late = Document {
        late: true,
        made_at: at(7_200),
        sample: true,
        mention: Some(Mention::Usergroup("S01OPSTEAM".into())),
        ..document(all())
    };
    let moved = Moved { from: "#gone".into(), reason: "is_archived".into() };
    insta::assert_snapshot!(
        "report",
        read([report::message(&document(all()), None), report::message(&late, Some(&moved))])
    );
    insta::assert_snapshot!("report_in_words", read([report::plain(&late, Some(&moved))]));
}

#[test]
fn what_is_quiet_says_so_in_a_line_each() {
    let quiet = vec![
        Section::OpenIncidents(OpenIncidents { rows: vec![], all: 0, at_least: false }),
        Section::ResponseTimes(ResponseTimes {
            incidents: compared(0.0, 4.0),
            acknowledged_median: Compared::default(),
            acknowledged_p90: Compared::default(),
            resolved_median: Compared::default(),
            resolved_p90: Compared::default(),
        }),
        Section::Noise(Noise { rows: vec![], heat: None }),
        Section::Alarms(Alarms { rows: vec![], alarm: 0, insufficient: 0, all: 34, at_least: false }),
        Section::Table(Table {
            title: "Errors".into(),
            columns: vec!["n".into()],
            rows: vec![],
            more: 0,
            link: None,
        }),
        Section::Cost(Cost {
            currency: "USD".into(),
            day: jiff::civil::date(2026, 11, 21),
            yesterday: Compared::default(),
            month: compared(0.4, 0.0),
            forecast: None,
            movers: vec![],
        }),
    ];
    assert!(document(quiet.clone()).is_quiet());
    insta::assert_snapshot!("report_quiet", read([report::message(&document(quiet), None)]));
    for loud in
        all().into_iter().filter(|section| !matches!(section, Section::Cost(_) | Section::Text { .. }))
    {
        assert!(!document(vec![loud.clone()]).is_quiet(), "{loud:?}");
    }
}

#[test]
fn the_largest_report_of_hostile_texts_is_a_message_that_slack_takes() {
    for letter in ["x", "&", "<", "*", "\"", "\u{1}", "👩‍👩‍👧‍👦"] {
        let text = letter.repeat(4_000);
        let mut sections = Vec::new();
        for mut section in all().into_iter().cycle().take(15) {
            match &mut section {
                Section::OpenIncidents(open) => {
                    let row = OpenIncident { title: text.clone(), ..open.rows[0].clone() };
                    open.rows = vec![row; 10];
                }
                Section::Noise(noise) => noise.rows = vec![noisy(&text, 1, 0, 1); 5],
                Section::Alarms(alarms) => {
                    let row = Alarm { name: text.clone(), reason: text.clone(), ..alarms.rows[0].clone() };
                    alarms.rows = vec![row; 10];
                }
                Section::Table(table) => {
                    table.title = text.clone();
                    table.rows = vec![vec![text.clone(), text.clone()]; 20];
                }
                Section::Failed { section, why } => (*section, *why) = (text.clone(), text.clone()),
                _ => {}
            }
            sections.push(section);
        }
        let largest = Document { title: text.clone(), ..document(sections) };
        let moved = Moved { from: text.clone(), reason: text.clone() };
        read([report::message(&largest, Some(&moved)), report::plain(&largest, Some(&moved))]);
    }
}
