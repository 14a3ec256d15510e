use proptest::prelude::*;

use super::*;

fn base() -> Url {
    "https://blog.example/feeds/all.xml?key=1".parse().unwrap()
}

fn items(body: &str) -> Vec<Item> {
    read(body.as_bytes(), &base()).unwrap().items
}

fn at(time: &str) -> Option<Timestamp> {
    Some(time.parse().unwrap())
}

const ATOM: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-US">
  <id>tag:status.example,2005:/history</id>
  <link rel="self" type="application/atom+xml" href="https://status.example/history.atom"/>
  <title>Example Status - Incident History</title>
  <author><name>Example</name></author>
  <entry>
    <id>tag:status.example,2005:Incident/1</id>
    <published>2026-11-22T13:40:00Z</published>
    <updated>2026-11-22T15:02:11+01:00</updated>
    <link rel="edit" href="https://status.example/edit"/>
    <link rel="alternate" type="text/html" href="/incidents/1"/>
    <title>Errors &lt;5xx&gt; &amp; delays</title>
    <content type="html">&lt;p&gt;&lt;small&gt;Nov 22, 14:02 UTC&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Resolved&lt;/strong&gt; - Fixed &amp;amp; done.&lt;/p&gt;</content>
    <author><name>Ops</name><email>ops@status.example</email></author>
    <category term="api" label="API"/><category term="web"/>
    <source><title>not this</title><id>nor this</id></source>
  </entry>
  <entry><id>2</id><title type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">Two <b>bold</b> 1 &lt; 2</div></title><summary/></entry>
</feed>"#;

#[test]
fn atom_is_read() {
    let read = read(ATOM.as_bytes(), &base()).unwrap();
    assert_eq!(read.title, "Example Status - Incident History");
    let first = Item {
        id: "tag:status.example,2005:Incident/1".into(),
        title: "Errors <5xx> & delays".into(),
        text: "Nov 22, 14:02 UTC\nResolved - Fixed & done.".into(),
        link: Some("https://blog.example/incidents/1".into()),
        published: at("2026-11-22T13:40:00Z"),
        updated: at("2026-11-22T14:02:11Z"),
        author: Some("Ops".into()),
        categories: vec!["API".into(), "web".into()],
    };
    let second = Item { id: "2".into(), title: "Two bold 1 < 2".into(), ..Item::default() };
    assert_eq!(read.items, [first, second]);
}

const RSS: &str = r#"<?xml version="1.0"?>
<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
     xmlns:media="http://search.yahoo.com/mrss/" xmlns:atom="http://www.w3.org/2005/Atom">
<channel>
  <title><![CDATA[What's New & more]]></title><link>https://blog.example/</link>
  <atom:link href="https://blog.example/feed" rel="self"/>
  <image><title>not this</title></image>
  <item>
    <title>A &amp;amp; B&nbsp;ship</title>
    <link>https://blog.example/a?x=1&amp;y=2</link>
    <guid isPermaLink="false">17</guid>
    <pubDate>Sat, 21 Nov 2026 10:00:00 GMT</pubDate>
    <dc:creator><![CDATA[Ana]]></dc:creator>
    <category><![CDATA[News]]></category><category>Releases</category>
    <description><![CDATA[<p>Short.</p>]]></description>
    <content:encoded><![CDATA[<p>Long.</p>]]></content:encoded>
    <media:title>not this either</media:title>
  </item>
  <item><guid>https://blog.example/b</guid><description>No title &b;</description><pubDate>garbage</pubDate></item>
  <item><title>Only a title</title></item>
  <item><title> </title></item>
</channel></rss>"#;

#[test]
fn rss_is_read() {
    let read = read(RSS.as_bytes(), &base()).unwrap();
    assert_eq!(read.title, "What's New & more");
    let first = Item {
        id: "17".into(),
        title: "A & B ship".into(),
        text: "Short.".into(),
        link: Some("https://blog.example/a?x=1&y=2".into()),
        published: at("2026-11-21T10:00:00Z"),
        author: Some("Ana".into()),
        categories: vec!["News".into(), "Releases".into()],
        ..Item::default()
    };
    let second = Item {
        id: "https://blog.example/b".into(),
        title: "No title &b;".into(),
        text: "No title &b;".into(),
        link: Some("https://blog.example/b".into()),
        ..Item::default()
    };
    let third = Item { id: "Only a title".into(), title: "Only a title".into(), ..Item::default() };
    assert_eq!(read.items, [first, second, third]);
}

#[test]
fn rdf_is_read() {
    let rdf = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
      <channel rdf:about="x"><title>Old</title></channel>
      <item rdf:about="y"><title>One</title><link>http://old.example/1</link><dc:date>2026-11-20</dc:date></item></rdf:RDF>"#;
    let [item] = &items(rdf)[..] else { panic!("not one") };
    assert_eq!((item.id.as_str(), item.title.as_str()), ("http://old.example/1", "One"));
    assert_eq!(item.published, at("2026-11-20T00:00:00Z"));
}

#[test]
fn json_feed_is_read() {
    let feed = r#"{ "version": "https://jsonfeed.org/version/1.1", "title": "Notes", "items": [
      { "id": 2, "url": "/2", "title": "Two", "content_html": "<p>a<br>b</p>", "date_published": "2026-11-20T10:00:00Z",
        "authors": [{ "name": "Ben" }], "tags": ["x", 1] },
      { "id": "1", "content_text": "<b> stays" }, 7, {} ] }"#;
    let read = read(feed.as_bytes(), &base()).unwrap();
    assert_eq!((read.title.as_str(), read.items.len()), ("Notes", 2));
    let two = Item {
        id: "2".into(),
        title: "Two".into(),
        text: "a\nb".into(),
        link: Some("https://blog.example/2".into()),
        published: at("2026-11-20T10:00:00Z"),
        author: Some("Ben".into()),
        categories: vec!["x".into(), "1".into()],
        ..Item::default()
    };
    assert_eq!(read.items[0], two);
    assert_eq!((read.items[1].title.as_str(), read.items[1].text.as_str()), ("<b> stays", "<b> stays"));
}

#[test]
fn what_is_no_feed_is_told_by_what_it_is() {
    let deep = format!("<rss>{}", "<a>".repeat(10_000));
    let table = [
        ("", "the answer is empty"),
        ("hello", "the answer is no feed"),
        ("{\"a\": 1}", "the answer is JSON, but no JSON Feed"),
        ("{\"a\": 1", "the answer is no whole JSON"),
        ("<!doctype html><html><body></body></html>", "the answer is a page and no feed"),
        ("<opml/>", "the answer is XML, but no feed"),
        ("<rss><channel><item><title>a</title></item>", "the answer is no whole XML: it ends too early"),
        (&deep, "the answer is nested too deep"),
    ];
    for (body, why) in table {
        assert_eq!(read(body.as_bytes(), &base()).unwrap_err(), why, "{}", &body[..body.len().min(40)]);
    }
    let broken = read(b"<rss><channel><![CDATA[", &base()).unwrap_err();
    assert!(broken.starts_with("the answer is no whole XML: "), "{broken}");
}

#[test]
fn other_encodings_are_read() {
    let title = |body: &[u8]| read(body, &base()).unwrap().items.remove(0).title;
    let feed = |encoding: &str| {
        format!(
            "<?xml version='1.0' encoding='{encoding}'?><rss><channel><item><title>Zürich</title></item></channel></rss>"
        )
    };
    let latin: Vec<u8> = feed("ISO-8859-1").chars().map(|letter| letter as u8).collect();
    let wide: Vec<u8> = "\u{feff}"
        .chars()
        .chain(feed("UTF-16").chars())
        .flat_map(|letter| (letter as u16).to_le_bytes())
        .collect();
    let marked = format!("\u{feff}{}", feed("utf-8"));
    for body in [latin.as_slice(), &wide, marked.as_bytes()] {
        assert_eq!(title(body), "Zürich");
    }
}

#[test]
fn links_that_no_browser_should_open_are_left_out() {
    let link = |link: &str| {
        let feed = format!("<rss><channel><item><title>a</title><link>{link}</link></item></channel></rss>");
        items(&feed).remove(0).link
    };
    for bad in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://", "slack://open"] {
        assert_eq!(link(bad), None, "{bad}");
    }
    assert_eq!(link("//other.example/x").as_deref(), Some("https://other.example/x"));
}

#[test]
fn an_item_is_bounded_and_two_long_ids_are_two() {
    let long = "x".repeat(1_000);
    let item = |end: &str| {
        let many = "<category>c</category>".repeat(100);
        items(&format!(
            "<rss><channel><item><guid>{long}{end}</guid><title>{long}</title><description>{}</description>{many}</item></channel></rss>",
            long.repeat(10)
        ))
        .remove(0)
    };
    let one = item("1");
    assert_ne!(one.id, item("2").id);
    assert_eq!(one.id, item("1").id);
    let lengths = [&one.id, &one.title, &one.text].map(|text| text.chars().count());
    assert_eq!(lengths, [LONGEST_ID + 17, LONGEST_TITLE, LONGEST_TEXT]);
    assert_eq!(one.categories.len(), MOST_CATEGORIES);
    let many = format!("<rss><channel>{}</channel></rss>", "<item><title>a</title></item>".repeat(5_000));
    assert_eq!(items(&many).len(), MOST_ITEMS);
}

/// Pieces of which hostile feeds are made.
fn piece() -> impl Strategy<Value = String> {
    let pieces = [
        "<rss>",
        "</rss>",
        "<feed>",
        "</feed>",
        "<channel>",
        "<item>",
        "</item>",
        "<entry>",
        "</entry>",
        "<title>",
        "</title>",
        "<link href='",
        "'/>",
        "<content type='xhtml'>",
        "<content type=\"html\">",
        "</content>",
        "<author><name>",
        "</name>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "&amp;",
        "&#x10ffff;",
        "&#xd800;",
        "&b;",
        "&",
        "<",
        ">",
        "<?xml version='1.0'?>",
        "<!DOCTYPE x [<!ENTITY b '&b;&b;'>]>",
        "\u{feff}",
        "{",
        "\"items\":[",
        "<guid>",
        "<p>",
        "<li>",
        "<script>",
        "</",
        "\0",
    ];
    prop_oneof![4 => prop::sample::select(pieces.to_vec()).prop_map(str::to_owned), 1 => ".{0,8}"]
}

proptest! {
    #[test]
    fn whatever_comes_is_a_bounded_feed_or_a_reason(pieces in prop::collection::vec(piece(), 0..60), whole in any::<bool>()) {
        let body = if whole { format!("<rss><channel>{}</channel></rss>", pieces.concat()) } else { pieces.concat() };
        match read(body.as_bytes(), &base()) {
            Err(why) => prop_assert!(!why.is_empty() && why.len() < 400, "{why}"),
            Ok(read) => for item in read.items {
                prop_assert!(!item.id.is_empty() && !item.title.contains('\n'));
                prop_assert!(item.title.chars().count() <= LONGEST_TITLE && item.text.chars().count() <= LONGEST_TEXT);
                prop_assert!(item.link.is_none_or(|link| link.starts_with("http")));
            }
        }
    }

    #[test]
    fn any_bytes_are_a_feed_or_a_reason(body in prop::collection::vec(any::<u8>(), 0..200)) {
        let _read = read(&body, &base());
    }
}
