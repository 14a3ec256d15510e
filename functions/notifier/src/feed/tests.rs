use super::*;

fn now() -> Timestamp {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

fn answer(status: u16, headers: &[(HeaderName, &str)], body: &str) -> Polled {
    let mut answer = Response::new(body.to_owned());
    *answer.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        answer.headers_mut().insert(name, value.parse().unwrap());
    }
    understood(&answer, &"https://a.example/feed".parse().unwrap(), now()).1
}

#[test]
fn an_answer_says_how_long_it_holds_and_when_to_come_back() {
    let seconds = |seconds| Some(SignedDuration::from_secs(seconds));
    let failed = |why: &str, wait| Polled::Failed { why: why.to_owned(), wait };
    let table = [
        (304, CACHE_CONTROL, "public, Max-Age=600", Polled::Unchanged { keep: seconds(600) }),
        (304, CACHE_CONTROL, "no-cache", Polled::Unchanged { keep: None }),
        (304, CACHE_CONTROL, "s-maxage=5, max-age=x", Polled::Unchanged { keep: None }),
        (429, RETRY_AFTER, "120", failed("the answer is 429", seconds(120))),
        (503, RETRY_AFTER, "Sun, 22 Nov 2026 13:00:00 GMT", failed("the answer is 503", seconds(3600))),
        (503, RETRY_AFTER, "soon", failed("the answer is 503", None)),
        (500, RETRY_AFTER, "120", failed("the answer is 500", None)),
        (404, RETRY_AFTER, "120", failed("the answer is 404", None)),
        (200, RETRY_AFTER, "120", failed("the answer is empty", None)),
    ];
    for (status, name, value, expected) in table {
        assert_eq!(answer(status, &[(name, value)], ""), expected, "{status} {value}");
    }
    let headers = [(ETAG, "W/\"1\""), (LAST_MODIFIED, "x"), (CACHE_CONTROL, "max-age=60")];
    let (etag, last_modified) = (Some("W/\"1\"".to_owned()), Some("x".to_owned()));
    let read = Polled::Read { items: vec![], etag, last_modified, keep: seconds(60) };
    assert_eq!(answer(200, &headers, "<rss></rss>"), read);
}

#[test]
fn what_was_kept_is_sent_back_and_nothing_that_is_no_header() {
    let kept = |etag: &str| Feed {
        etag: Some(etag.to_owned()),
        last_modified: Some("then".to_owned()),
        ..Feed::default()
    };
    let sent = conditions(&kept("\"1\""));
    assert_eq!((sent.len(), sent[IF_NONE_MATCH].to_str().unwrap()), (2, "\"1\""));
    assert_eq!(sent[IF_MODIFIED_SINCE], "then");
    assert_eq!(conditions(&kept("a\r\nb: c")).len(), 1);
    assert!(conditions(&Feed::default()).is_empty());
}

#[test]
fn a_key_in_the_query_is_not_passed_on() {
    let rules = config::Feed {
        name: "private".to_owned(),
        url: "https://a.example/feed?token=secret#x".parse().unwrap(),
        every: SignedDuration::from_mins(15),
    };
    for news in [News::Broken(now(), "why".to_owned()), News::Item(Item::default())] {
        let raw = raw(&rules, "", &news, now());
        assert!(
            !raw.body.contains("secret") && raw.body.contains("https://a.example/feed\""),
            "{}",
            raw.body
        );
    }
}
