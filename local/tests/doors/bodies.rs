//! Bodies that nobody should send, and somebody will.

use crate::stage::{Stage, event};

fn of_size(bytes: usize) -> String {
    let around = r#"{"title":"Big and loud","severity":"error","log":""}"#.len();
    format!(r#"{{"title":"Big and loud","severity":"error","log":"{}"}}"#, "x".repeat(bytes - around))
}

#[tokio::test]
async fn nothing_that_is_sent_breaks_anything_and_all_of_it_is_seen() {
    let deep = format!(r#"{{"title":"Deep","a":{}1{}}}"#, "[".repeat(10_000), "]".repeat(10_000));
    let wide = format!(
        r#"{{"title":"Wide",{}}}"#,
        (0..5_000).map(|n| format!("\"k{n}\":{n}")).collect::<Vec<_>>().join(",")
    );
    let list = format!("[{}]", vec![r#"{"title":"One of many","severity":"error"}"#; 3_000].join(","));
    let rows: Vec<(&str, Vec<u8>, Option<&str>)> = vec![
        ("10,000 levels", deep.into(), Some("Deep")),
        ("invalid UTF-8", b"{\"title\":\"Disk \xff\xfe full\"}".to_vec(), Some("Disk")),
        ("NUL in the text", br#"{"title":"Nul \u0000 inside"}"#.to_vec(), Some("Nul")),
        ("NUL as a byte", b"disk\0full on db-1".to_vec(), Some("full on db-1")),
        (
            "doubled keys",
            br#"{"title":"first","title":"the last one counts"}"#.to_vec(),
            Some("the last one counts"),
        ),
        ("a form", b"title=Disk+full&severity=critical".to_vec(), Some("Disk full")),
        ("text", b"Backup failed on db-1".to_vec(), Some("Backup failed on db-1")),
        ("an empty object", b"{}".to_vec(), None),
        ("null", b"null".to_vec(), None),
        ("an empty list", b"[]".to_vec(), None),
        ("true", b"true".to_vec(), None),
        ("a huge number", "9".repeat(5_000).into_bytes(), None),
        (
            "numbers that no number holds",
            br#"{"title":"Huge numbers","value":1e400,"n":-1e-400,"at":99999999999999999999}"#.to_vec(),
            Some("Huge numbers"),
        ),
        ("an unfinished object", br#"{"title":"Cut in the midd"#.to_vec(), Some("Cut in the midd")),
        ("lone surrogates", br#"{"title":"\ud800 lone"}"#.to_vec(), Some("lone")),
        (
            "right to left and joiners",
            "{\"title\":\"\u{202e}reversed\u{200d}\u{feff}\"}".into(),
            Some("reversed"),
        ),
        ("mentions", br#"{"title":"<!channel> <@U01ANA> *b*"}"#.to_vec(), Some("<!channel>")),
        ("5,000 fields", wide.into(), None),
        ("3,000 elements", list.into(), Some("One of many")),
        ("1 MiB", of_size(1024 * 1024).into(), Some("Big and loud")),
        ("3 MB", of_size(3_000_000).into(), Some("Big and loud")),
        ("9 MB", of_size(9_000_000).into(), Some("Big and loud")),
    ];
    for (case, body, seen) in rows {
        let stage = Stage::new().await;
        let answer = stage.post("/hooks/odd-sender", &[], body).await;
        assert_eq!(answer.status, 200, "{case}: {}", answer.text);
        stage.drain().await;
        let channel = stage.channel("#alerts");
        assert!(stage.posts("#alerts") > 0, "{case}: nothing was posted");
        if let Some(seen) = seen {
            assert!(channel.contains(seen), "{case}: {channel}");
        }
        assert!(!channel.contains("@Ana") && !channel.contains("@channel"), "{case}: {channel}");
    }
}

#[tokio::test]
async fn the_same_holds_for_payloads_of_known_sources_that_are_cut_anywhere() {
    let alarm = event("cloudwatch/alarm.json");
    let stage = Stage::new().await;
    let cuts = (1..alarm.len()).step_by(97).filter(|end| alarm.is_char_boundary(*end));
    let mut sent = 0;
    for end in cuts {
        let answer = stage.post("/hooks/cloudwatch", &[], alarm[..end].to_owned()).await;
        assert_eq!(answer.status, 200, "cut at {end}: {}", answer.text);
        sent += 1;
    }
    assert!(sent > 10);
    let done = stage.world.work().await;
    assert_eq!((done.signals, done.dead), (sent, 0));
}

#[tokio::test]
async fn more_than_the_gateway_takes_is_refused_as_the_gateway_does() {
    let stage = Stage::new().await;
    let answer = stage.post("/hooks/odd-sender", &[], vec![b'x'; 10 * 1024 * 1024 + 1]).await;
    assert_eq!(answer.status, 413, "{}", answer.text);
}

#[tokio::test]
async fn headers_that_are_no_text_are_left_out() {
    let stage = Stage::new().await;
    let mut headers = http::HeaderMap::new();
    headers.insert("x-github-event", http::HeaderValue::from_bytes(b"\xff\xfe").unwrap());
    headers.insert("content-type", http::HeaderValue::from_bytes(b"\xe9").unwrap());
    let answer = stage.request("POST", "/hooks", headers, r#"{"title":"Odd headers"}"#).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    stage.drain().await;
    assert!(stage.channel("#alerts").contains("Odd headers"));
}

#[tokio::test]
async fn one_delivery_may_say_yes_and_no_two_hundred_times() {
    let status = |number: usize| if number.is_multiple_of(2) { "firing" } else { "resolved" };
    let one = |number: usize| {
        let (status, at) = (status(number), format!("2026-11-22T08:{:02}:{:02}Z", number / 60, number % 60));
        format!(r#"{{"title":"Flaps","key":"flap","severity":"error","status":"{status}","at":"{at}"}}"#)
    };
    let body = format!("[{}]", (0..199).map(one).collect::<Vec<_>>().join(","));
    let stage = Stage::new().await;
    assert_eq!(stage.post("/hooks/generic", &[], body).await.status, 200);
    stage.drain().await;
    let incident = stage.incident().await;
    assert_eq!((&incident["state"], &incident["counts"]["signals"]), (&"firing".into(), &199.into()));
    let timeline = incident["timeline"].as_array().unwrap();
    assert_eq!(timeline[0]["what"]["kind"], "opened", "how it began is kept: {}", timeline[0]);
    assert_eq!(stage.posts("#alerts"), 1);
}
