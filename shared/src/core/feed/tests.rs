use super::*;

const EVERY: SignedDuration = SignedDuration::from_mins(15);

fn at(minute: i64) -> Timestamp {
    Timestamp::constant(1_900_000_800, 0) + SignedDuration::from_mins(minute)
}

fn item(id: &str) -> Item {
    Item { id: id.to_owned(), title: id.to_owned(), ..Item::default() }
}

fn read(ids: impl IntoIterator<Item = impl AsRef<str>>) -> Polled {
    let items = ids.into_iter().map(|id| item(id.as_ref())).collect();
    Polled::Read { items, etag: None, last_modified: None, keep: None }
}

fn failed(wait: Option<SignedDuration>) -> Polled {
    Polled::Failed { why: "the answer is 404".to_owned(), wait }
}

/// News in words.
fn told(news: &[News]) -> Vec<String> {
    let word = |news: &News| match news {
        News::Item(item) => item.id.clone(),
        News::More(count, _) => format!("and {count} more"),
        News::Broken(since, why) => format!("broken since {}: {why}", minute(*since)),
        News::Mended(since) => format!("mended, broken since {}", minute(*since)),
    };
    news.iter().map(word).collect()
}

fn minute(time: Timestamp) -> i64 {
    time.duration_since(at(0)).as_mins()
}

/// What a row of polls tells, poll by poll.
fn story(polls: impl IntoIterator<Item = (i64, Polled)>) -> Vec<Vec<String>> {
    let mut feed = Feed::default();
    let mut tells = Vec::new();
    for (minute, polled) in polls {
        let next = feed.polled(EVERY, polled, at(minute));
        assert_eq!(next.feed.version, feed.version + 1);
        tells.push(told(&next.news));
        feed = next.feed;
    }
    tells
}

#[test]
fn the_first_poll_tells_nothing_and_then_each_item_is_told_once_oldest_first() {
    let polls = [
        (0, read(["b", "a"])),
        (15, read(["b", "a"])),
        (30, read(["d", "c", "b", "a"])),
        (45, Polled::Unchanged { keep: None }),
        (60, read(["e", "d"])),
        (75, read(["e", "a", "b"])),
    ];
    let none: Vec<String> = Vec::new();
    assert_eq!(
        story(polls),
        [none.clone(), none.clone(), vec!["c".into(), "d".into()], none.clone(), vec!["e".into()], none]
    );
}

#[test]
fn a_feed_that_was_empty_at_first_tells_its_first_item() {
    let nothing: [&str; 0] = [];
    assert_eq!(story([(0, read(nothing)), (15, read(["a"]))]), [vec![], vec!["a".to_owned()]]);
}

#[test]
fn twenty_are_told_by_themselves_the_newest_and_the_rest_is_counted() {
    let many = (0..50).rev().map(|number| format!("{number:02}"));
    let tells = story([(0, read(["a"])), (15, read(many))]).remove(1);
    assert_eq!(tells.len(), MOST_TOLD + 1);
    assert_eq!((tells[0].as_str(), tells[19].as_str(), tells[20].as_str()), ("30", "49", "and 30 more"));
}

#[test]
fn where_all_items_have_a_time_it_says_what_is_newer() {
    let dated = |id: &str, minute| Item { published: Some(at(minute)), ..item(id) };
    let items = |items: Vec<Item>| Polled::Read { items, etag: None, last_modified: None, keep: None };
    let polls = [
        (0, items(vec![dated("old", 0)])),
        (15, items(vec![dated("old", 0), dated("newer", 2), dated("newest", 3), dated("new", 1)])),
    ];
    assert_eq!(story(polls)[1], ["new", "newer", "newest"]);
}

#[test]
fn what_is_remembered_is_bounded_and_the_same_item_twice_is_one() {
    let mut feed = Feed::default();
    for round in 0..10 {
        let ids = (0..300).flat_map(|number| [format!("{round}/{number}"), format!("{round}/{number}")]);
        let next = feed.polled(EVERY, read(ids), at(round * 15));
        assert!(next.news.len() <= MOST_TOLD + 1);
        feed = next.feed;
    }
    assert_eq!(feed.seen.len(), MOST_REMEMBERED);
}

#[test]
fn it_waits_as_long_as_it_was_asked_to_and_within_bounds() {
    let hours = SignedDuration::from_hours;
    let read = |keep| Polled::Read { items: Vec::new(), etag: None, last_modified: None, keep };
    // (what, answer, minutes until the next poll)
    let table = [
        ("as the config says", read(None), 15),
        ("may be kept for a minute", read(Some(SignedDuration::from_mins(1))), 15),
        ("may be kept for an hour", read(Some(hours(1))), 60),
        ("may be kept for a year", read(Some(hours(9_000))), 360),
        ("unchanged, may be kept for an hour", Polled::Unchanged { keep: Some(hours(1)) }, 60),
        ("failed once", failed(None), 15),
        ("asked to come back in two hours", failed(Some(hours(2))), 120),
        ("asked to come back in a year", failed(Some(hours(9_000))), 1440),
    ];
    for (what, polled, minutes) in table {
        let next = Feed::default().polled(EVERY, polled, at(0)).feed;
        assert_eq!(next.next_at.map(minute), Some(minutes), "{what}");
        assert!(!next.is_due(at(minutes) - SLACK - SignedDuration::from_secs(1)), "{what}");
        assert!(next.is_due(at(minutes) - SLACK), "{what}");
    }
}

#[test]
fn failing_feeds_are_asked_less_and_less_often() {
    for (every, waits) in [
        (15, [15, 30, 60, 120, 240, 360, 360]),
        (1, [1, 2, 4, 8, 16, 32, 64]),
        (1200, [1200, 1200, 1200, 1200, 1200, 1200, 1200]),
    ] {
        let mut feed = Feed::default();
        let mut now = at(0);
        for wait in waits {
            feed = feed.polled(SignedDuration::from_mins(every), failed(None), now).feed;
            let next = feed.next_at.unwrap();
            assert_eq!(next.duration_since(now).as_mins(), wait, "every {every}");
            now = next;
        }
    }
    assert_eq!(backed_off(EVERY, u32::MAX), LONGEST);
}

#[test]
fn three_polls_and_an_hour_in_vain_are_told_once_and_so_is_the_end() {
    let broken = vec!["broken since 15: the answer is 404".to_owned()];
    let mended = "mended, broken since 15".to_owned();
    let polls = [
        (0, read(["a"]), vec![]),
        (15, failed(None), vec![]),
        (45, failed(None), vec![]),
        (74, failed(None), vec![]),
        (75, failed(None), broken),
        (90, failed(None), vec![]),
        (105, read(["b", "a"]), vec![mended, "b".to_owned()]),
        (120, failed(None), vec![]),
        (135, Polled::Unchanged { keep: None }, vec![]),
        (1000, failed(None), vec![]),
        (1100, failed(None), vec![]),
        // The third in vain may have been told by a tick that could not store it: an end of nothing says nothing.
        (1200, read(["b"]), vec!["mended, broken since 1000".to_owned()]),
    ];
    let (polls, expected): (Vec<_>, Vec<_>) =
        polls.into_iter().map(|(at, polled, told)| ((at, polled), told)).unzip();
    assert_eq!(story(polls), expected);
}

#[test]
fn two_polls_in_vain_are_not_told_however_long_they_are_apart() {
    assert_eq!(story([(0, failed(None)), (600, failed(None))]), [Vec::<String>::new(), vec![]]);
}

#[test]
fn at_another_address_it_begins_anew() {
    let feed = Feed { name: "f".into(), version: 3, url: "https://a.example/".into(), ..Feed::default() };
    let feed = feed.polled(EVERY, read(["a"]), at(0)).feed;
    assert_eq!(feed.clone().at("https://a.example/"), feed);
    let moved = feed.at("https://b.example/");
    assert_eq!((moved.version, moved.read_since, moved.is_due(at(0))), (4, None, true));
    assert_eq!(moved.polled(EVERY, read(["b"]), at(1)).news, []);
}

#[test]
fn the_same_news_has_the_same_identity() {
    let broken = |why: &str| News::Broken(at(0), why.to_owned()).id("f");
    assert_eq!(broken("404"), broken("410"));
    assert_ne!(broken("404"), News::Mended(at(0)).id("f"));
    let renamed = Item { title: "another title".into(), ..item("a") };
    assert_eq!(News::Item(item("a")).id("f"), News::Item(renamed).id("f"));
    assert_eq!(News::Item(item("a")).id("f"), "feed/f/ca978112ca1bbdca");
}
