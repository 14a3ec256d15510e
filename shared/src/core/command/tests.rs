//! What people type, and what they are taken to mean.

use super::*;

fn id(name: &str) -> IncidentId {
    IncidentId(name.into())
}

fn respond(verb: Verb) -> Invocation {
    Invocation::Respond(id("k7qf3"), verb)
}

#[test]
fn every_command_works_as_its_own_example_says() {
    let rows = [
        ("status", Invocation::Status),
        ("list", Invocation::List { firing: Some(true), words: vec!["payments".into()] }),
        ("show", Invocation::Show(id("k7qf3"))),
        ("ack", respond(Verb::Ack)),
        ("unack", respond(Verb::Unack)),
        ("resolve", respond(Verb::Resolve)),
        ("reopen", respond(Verb::Reopen)),
        ("note", respond(Verb::Note("restarted the worker".into()))),
        ("send", Invocation::Send { channel: "#deploys".into(), text: "release 1.4 is out".into() }),
        ("reports", Invocation::Reports),
        ("report", Invocation::Report { name: "morning".into(), to: ReportTo::Me }),
        ("connect", Invocation::Connect(Some("sentry".into()))),
        ("doctor", Invocation::Doctor),
        ("help", Invocation::Help(find("note"))),
    ];
    let expected = rows.each_ref().map(|(name, _)| *name);
    assert_eq!(COMMANDS.map(|command| command.name), expected, "every command has a row here");
    for (name, invocation) in rows {
        let example = find(name).unwrap().example;
        assert_eq!(parse(example), Ok(invocation), "{example}");
    }
}

#[test]
fn every_command_can_be_read_on_a_phone() {
    for command in COMMANDS {
        assert!(!command.help.is_empty() && command.help.chars().count() <= 60, "{}", command.name);
        assert!(command.example.starts_with(command.name), "{}", command.name);
        assert_eq!(command.usage.trim(), command.usage, "{}", command.name);
    }
}

#[test]
fn what_people_type_is_taken_as_they_mean_it() {
    let list = |firing, words: &[&str]| Invocation::List {
        firing,
        words: words.iter().map(|word| (*word).to_owned()).collect(),
    };
    let send = |channel: &str, text: &str| Invocation::Send { channel: channel.into(), text: text.into() };
    for (typed, expected) in [
        ("", Invocation::Help(None)),
        ("  \n ", Invocation::Help(None)),
        ("help", Invocation::Help(None)),
        ("HELP Note", Invocation::Help(find("note"))),
        (" Status ", Invocation::Status),
        ("list", list(None, &[])),
        ("list acked", list(Some(false), &[])),
        ("list Acknowledged API", list(Some(false), &["api"])),
        ("list  db\tprod", list(None, &["db", "prod"])),
        ("ack K7QF3", respond(Verb::Ack)),
        ("ack #k7qf3", respond(Verb::Ack)),
        ("ack `k7qf3`", respond(Verb::Ack)),
        ("ack k7qf3 please", respond(Verb::Ack)),
        ("show\nk7qf3", Invocation::Show(id("k7qf3"))),
        ("note k7qf3   two  spaces\nand a line ", respond(Verb::Note("two  spaces\nand a line".into()))),
        ("send <#C1|deploys> hi", send("C1", "hi")),
        ("send <#C1> hi", send("C1", "hi")),
        ("send <#C1|> hi", send("C1", "hi")),
        ("send #deploys hi there", send("#deploys", "hi there")),
        ("send C0123ABCD hi", send("C0123ABCD", "hi")),
        ("send deploys hi", send("#deploys", "hi")),
        ("send #Deploys hi", send("#deploys", "hi")),
    ] {
        assert_eq!(parse(typed), Ok(expected), "{typed:?}");
    }
}

#[test]
fn what_is_missing_is_named() {
    let missing = |name, what| Err(CommandError::Missing { command: find(name).unwrap(), what });
    for (typed, expected) in [
        ("show", missing("show", "the incident's ID")),
        ("ack", missing("ack", "the incident's ID")),
        ("note", missing("note", "the incident's ID")),
        ("note k7qf3", missing("note", "the text")),
        ("note k7qf3  ", missing("note", "the text")),
        ("send", missing("send", "the channel")),
        ("send # hi", missing("send", "the channel")),
        ("send <#> hi", missing("send", "the channel")),
        ("send #deploys", missing("send", "the text")),
    ] {
        assert_eq!(parse(typed), expected, "{typed:?}");
    }
    for typed in ["ack payments!", "show abc", "resolve <@U01ANA>", "ack ---"] {
        assert!(matches!(parse(typed), Err(CommandError::NotAnId { .. })), "{typed:?}");
    }
}

#[test]
fn a_slip_is_met_with_the_command_that_was_meant() {
    for (typed, meant) in [
        ("stauts", Some("status")),
        ("sta", Some("status")),
        ("lst", Some("list")),
        ("acknowledge k7qf3", Some("ack")),
        ("unacknowledge", Some("unack")),
        ("resolved", Some("resolve")),
        ("reslove", Some("resolve")),
        ("re-open", Some("reopen")),
        ("notes", Some("note")),
        ("hlep", Some("help")),
        ("help stauts", Some("status")),
        ("deploy", None),
        ("payments-api", None),
        ("x", None),
        ("日本語", None),
        ("<!channel>", None),
    ] {
        match parse(typed) {
            Err(CommandError::Unknown { nearest, .. }) => {
                assert_eq!(nearest.map(|near| near.name), meant, "{typed:?}");
            }
            other => panic!("{typed:?} is taken for {other:?}"),
        }
    }
}

#[test]
fn a_report_goes_to_who_asks_to_where_it_is_asked_for_or_to_a_channel() {
    let table = [
        ("report morning", ReportTo::Me),
        ("report Morning me", ReportTo::Me),
        ("report morning here", ReportTo::Here),
        ("report morning #ops", ReportTo::Channel("#ops".into())),
        ("report morning <#C0123|ops>", ReportTo::Channel("C0123".into())),
    ];
    for (typed, to) in table {
        assert_eq!(parse(typed), Ok(Invocation::Report { name: "morning".into(), to }), "{typed}");
    }
    assert!(matches!(parse("report"), Err(CommandError::Missing { what: "the report's name", .. })));
}
