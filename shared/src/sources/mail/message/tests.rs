//! Messages as they come, and as somebody hostile makes them.

use super::*;

fn field<'a>(message: &'a Value, name: &str) -> &'a str {
    message[name].as_str().unwrap()
}

#[test]
fn a_message_is_known_by_its_headers() {
    for (text, expected) in [
        ("From: a@b.c\nSubject: x\n\ntext", true),
        ("subject: x\r\nFROM: a@b.c\r\n\r\n", true),
        ("From bounce@b.c Sun Nov 22 09:00:00 2026\nFrom: a@b.c\nSubject: x\n\n", true),
        ("Received: by x\n\tfor y\nFrom: a@b.c\nSubject: x\n\n", true),
        ("From: a@b.c\n\nSubject: x\n", false),
        ("Subject: Disk full\n\nSee the dashboard", false),
        ("Backup failed\nFrom: a\nSubject: b\n", false),
        ("{\"From: a\nSubject: b\"}", false),
        ("", false),
        ("\n\nFrom: a\nSubject: b\n", false),
    ] {
        assert_eq!(looks_like(text.as_bytes()), expected, "{text:?}");
    }
}

#[test]
fn a_message_is_read_as_people_would() {
    let text = "From: =?utf-8?q?J=C3=B6rg?= <J@Example.com>\r\nTo: a@b.c, \"D\" <d@e.f>\r\nCc: g@h.i\r\nSubject: =?utf-8?b?RGlzayBmdWxs?=\r\n on db-1\r\n\
        Date: Sun, 22 Nov 2026 10:00:00 +0100\r\nMessage-ID: <1@example.com>\r\nIn-Reply-To: <0@example.com>\r\nX-Kind: a\r\nX-Auth-Token: s\r\n\r\none\r\ntwo\r\n";
    let message = read(text.as_bytes()).unwrap();
    assert_eq!(field(&message, "from"), "j@example.com");
    assert_eq!(field(&message, "from_name"), "Jörg");
    assert_eq!(message["to"], json!(["a@b.c", "d@e.f", "g@h.i"]));
    assert_eq!(field(&message, "subject"), "Disk full on db-1");
    assert_eq!(field(&message, "date"), "2026-11-22T10:00:00+01:00");
    assert_eq!(
        (field(&message, "message_id"), field(&message, "in_reply_to")),
        ("1@example.com", "0@example.com")
    );
    assert_eq!(field(&message, "text"), "one\ntwo");
    assert_eq!(message["headers"], json!({ "x-kind": "a" }));
}

#[test]
fn letters_of_other_alphabets_are_read_from_bytes() {
    let latin = b"From: a@b.c\nSubject: x\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\nGr\xfc\xdfe";
    assert_eq!(field(&read(latin).unwrap(), "text"), "Grüße");
}

#[test]
fn whatever_a_message_is_made_of_it_has_an_end() {
    let head = "From: a@b.c\nSubject: x\n";
    let parts = |begin: &str, each: &str, count: usize| format!("{head}{begin}\n\n{}", each.repeat(count));
    let mixed = "Content-Type: multipart/mixed; boundary=b";
    let deep: String = (0..5_000)
        .map(|n| format!("--b{n}\nContent-Type: multipart/mixed; boundary=b{}\n\n", n + 1))
        .collect();
    let inner = "--b\nContent-Type: message/rfc822\n\nFrom: a@b.c\nSubject: y\nContent-Type: multipart/mixed; boundary=b\n\n";
    for (what, text) in [
        ("many headers", format!("{head}{}\n", "X-A: b\n".repeat(300_000))),
        (
            "many kinds of headers",
            format!("{head}{}\n", (0..50_000).map(|n| format!("X-A{n}: b\n")).collect::<String>()),
        ),
        ("one long header", format!("{head}X-A: {}\n\n", "b".repeat(1 << 20))),
        ("many addresses", format!("{head}To: {}\n\n", "a@b.c, ".repeat(100_000))),
        ("many folded lines", format!("{head}References: {}\n", "<a@b>\n ".repeat(100_000))),
        ("many parts", parts(mixed, "--b\n\nx\n", 100_000)),
        ("many attachments", parts(mixed, "--b\nContent-Disposition: attachment; filename=a\n\nx\n", 20_000)),
        ("parts in parts", format!("{head}Content-Type: multipart/mixed; boundary=b0\n\n{deep}")),
        ("messages in messages", parts(mixed, inner, 5_000)),
        ("messages without end", parts(mixed, "--b\nContent-Type: message/rfc822\n\n", 40_000)),
        (
            "digests without end",
            parts(
                "Content-Type: multipart/digest; boundary=b",
                "--b\n\ncontent-type: multipart/digest; boundary=b\n\n",
                30_000,
            ),
        ),
        ("a long text", parts("", "x ", 1 << 20)),
        ("a long HTML", parts("Content-Type: text/html", "<div>&nbsp;<", 200_000)),
        ("no end of encoded words", format!("{head}X-A: {}\n\n", "=?utf-8?q?".repeat(50_000))),
        ("brackets", format!("From: {}\nSubject: x\n\n", "<(\"".repeat(10_000))),
        ("a boundary of nothing", parts("Content-Type: multipart/mixed; boundary=\"\"", "--\n", 50_000)),
        ("base64 that is none", parts("Content-Transfer-Encoding: base64", "=\u{e4}", 100_000)),
        ("a date that is none", format!("{head}Date: Xxx, 99 Foo 99999 99:99:99 +9999\n\n")),
        ("NUL", format!("{head}X-A: \0\n\n\0")),
    ] {
        let message = read(text.as_bytes()).unwrap_or_else(|| panic!("{what}"));
        let size = message.to_string().len();
        assert!(size < 500_000, "{what}: {size}");
        assert!(field(&message, "text").chars().count() <= MAX_TEXT + 1, "{what}");
        assert!(message["headers"].as_object().unwrap().len() <= MAX_HEADERS, "{what}");
        assert!(message["attachments"].as_array().unwrap().len() <= MAX_ATTACHMENTS, "{what}");
        assert!(message["to"].as_array().unwrap().len() <= MAX_ADDRESSES, "{what}");
    }
}

#[test]
fn a_link_of_html_is_said_with_its_address_but_not_each_of_a_newsletter() {
    let read_html = |html: &str| {
        let message = format!("From: a@b.c\nSubject: x\nContent-Type: text/html\n\n{html}\n");
        read(message.as_bytes()).unwrap()["text"].as_str().unwrap().to_owned()
    };
    let told = read_html(
        "<p>Full. <a class=\"b\" href='https://mon.example.com/7?a=1&amp;b=2'><b>View it</b></a> <a href=\"https://x.example\">https://x.example</a></p>",
    );
    assert_eq!(told, "Full. View it (https://mon.example.com/7?a=1&b=2) https://x.example");
    assert_eq!(read_html("<a href=\"javascript:x\">Click</a> <a>b</a>"), "Click b");
    let many = read_html(&"<a href=\"https://x.example/y\">w</a> ".repeat(30));
    assert_eq!(many.matches("https://").count(), MAX_LINKS);
    let hostile = read_html(&"<a href=\"https://x.example/y\" ".repeat(10_000));
    assert!(hostile.chars().count() <= MAX_TEXT + 1);
}
