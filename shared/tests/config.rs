//! What somebody reads whose config has a fault: each bad file with all that is printed about it. A fault names the line,
//! what is wrong there, and what to do.

#![expect(clippy::unwrap_used, reason = "helpers of tests are test code too")]

use jiff::SignedDuration;
use shared::config::{Config, Show};
use shared::sources::Sources;

/// A file that is right but for what is put in place of a part of it.
const GOOD: &str = r##"channels:
  fallback: "#ops"

sources:
  github: { verify: github, secrets: github-webhook }
  "*": { verify: bearer, secrets: [old, new] }

incidents:
  ack_for: 2h

routes:
  - name: critical
    when: severity == "critical" and labels.service in ["payments"]
    to: ["#oncall", "#team-{{ labels.service }}"]
    group_by: labels.service
    buttons: [ack, resolve]
  - name: rest
    to: "#alerts"
"##;

fn faults(text: &str) -> String {
    let faults = Config::from_yaml(text).unwrap_err();
    faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n\n")
}

/// The good file with one part in place of another.
fn with(good: &str, bad: &str) -> String {
    assert_eq!(GOOD.matches(good).count(), 1, "{good:?} is in the good file once");
    GOOD.replace(good, bad)
}

#[test]
fn a_good_file_is_taken() {
    let config = Config::from_yaml(GOOD).unwrap();
    assert_eq!(config.rules.ack_for, Some(SignedDuration::from_hours(2)));
    assert_eq!(config.rules.reopen_within, SignedDuration::from_mins(30), "what is not said has a default");
    assert_eq!((config.command.as_str(), config.routes.fallback.as_str()), ("/ops", "#ops"));
    assert_eq!(config.source("github").unwrap().secrets, ["github-webhook"]);
    assert_eq!(config.source("grafana").unwrap().secrets, ["old", "new"], "`*` is everybody else");
    let for_ever = Config::from_yaml(&with("2h", "0s")).unwrap();
    assert_eq!(for_ever.rules.ack_for, None);
    let closed = Config::from_yaml("channels: { fallback: ops }").unwrap();
    assert_eq!(closed.source("github"), None, "who is not named is refused");
    assert_eq!(closed.routes.fallback, "#ops");
}

#[test]
fn a_scheme_is_a_name_or_options_or_left_to_the_mapping() {
    let scheme = |verify: &str| {
        let file = with(
            "verify: github, ",
            &if verify.is_empty() { String::new() } else { format!("verify: {verify}, ") },
        );
        Config::from_yaml(&file).unwrap().source("github").unwrap().scheme.clone()
    };
    assert_eq!(scheme(""), None);
    assert_eq!(scheme("github"), scheme("{ hmac: { header: x-hub-signature-256, prefix: sha256= } }"));
    assert_eq!(scheme("gitlab"), scheme("{ token: X-Gitlab-Token }"));
    assert_eq!(
        scheme("stripe"),
        scheme("{ hmac: { header: stripe-signature, prefix: v1=, timestamp: t= } }")
    );
    assert_eq!(
        scheme("vercel"),
        scheme("{ hmac: { header: x-vercel-signature, algorithm: sha1, encoding: hex } }")
    );
}

#[test]
fn what_a_source_lacks_by_the_scheme_of_its_mapping_is_named() {
    let own = "title: Own\nverify: none\ncases:\n  - { name: all, skip: nobody needs to see it }\n";
    let own = [("own".to_owned(), own.to_owned())];
    let sources = Sources::builtin().unwrap().with_user_files(&own).unwrap();
    let lacks = |rules: &str| {
        let file = GOOD.replace("  github: { verify: github, secrets: github-webhook }", rules);
        let faults = Config::from_yaml(&file).unwrap().left_to_mappings(&sources);
        faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(lacks("  github: { secrets: github-webhook }"), "");
    assert_eq!(lacks("  cloudwatch: { topics: \"arn:aws:sns:eu-west-1:123456789012:alarms\" }"), "");
    assert_eq!(lacks("  my-script: { secrets: hooks }"), "");
    assert_eq!(lacks("  own: { verify: none }"), "");
    assert_eq!(lacks("  mail: { senders: [\"@vendor.com\", a@b.example, \"*\"] }"), "");
    let told = lacks("  cloudwatch: { secrets: hooks }");
    assert!(told.starts_with("sources.cloudwatch: \"sns\" needs the topics that are yours"), "{told}");
    let told = lacks("  github: { topics: \"arn:aws:sns:eu-west-1:123456789012:alarms\" }");
    assert!(told.starts_with("sources.github: this needs a secret"), "{told}");
    let told = lacks("  own: { secrets: hooks }");
    assert!(told.starts_with("sources.own: its mapping does not say how it proves who it is"), "{told}");
}

#[test]
fn the_files_of_the_repository_are_taken() {
    for text in [include_str!("../../config/callboard.yaml"), include_str!("../../config/laptop.yaml")] {
        let config = Config::from_yaml(text).map_err(|faults| faults[0].to_string()).unwrap();
        assert!(!config.routes.routes.is_empty());
    }
    assert!(!Config::built_in().unwrap().routes.routes.is_empty());
}

#[test]
fn every_fault_is_shown_where_it_is_with_what_to_do() {
    let rows = [
        ("unknown_route_field", with("group_by:", "groupby:")),
        ("unknown_top_field", with("incidents:", "incident:")),
        ("unknown_name", with("severity ==", "sevrity ==")),
        ("unknown_name_in_channel", with("labels.service }}", "label.service }}")),
        ("unknown_name_in_group", with("group_by: labels.service", "group_by: [kind, lables.service]")),
        ("unknown_filter", with("labels.service }}", "labels.service | uper }}")),
        ("bad_expression", with("severity == \"critical\"", "severity = \"critical\"")),
        (
            "half_an_expression",
            with("severity == \"critical\" and labels.service in [\"payments\"]", "severity =="),
        ),
        ("half_a_template", with("{{ labels.service }}", "{{ labels.service")),
        ("duplicate_route", with("name: rest", "name: critical")),
        ("reserved_route", with("name: rest", "name: unrouted")),
        (
            "unreachable_route",
            with("    when: severity == \"critical\" and labels.service in [\"payments\"]\n", ""),
        ),
        ("missing_to", with("    to: \"#alerts\"\n", "")),
        ("empty_to", with("to: \"#alerts\"", "to: []")),
        ("no_channel_to", with("\"#alerts\"", "\"#\"")),
        ("a_comment_for_a_channel", with("\"#alerts\"", "#alerts")),
        ("bad_button", with("[ack, resolve]", "[ack, reslove]")),
        ("misspelt_verify", with("verify: github", "verify: githib")),
        ("bearer_without_secrets", with("{ verify: bearer, secrets: [old, new] }", "{ verify: bearer }")),
        ("misspelt_scheme_of_a_vendor", with("verify: github", "verify: pager-duty")),
        ("no_way_to_prove", with("{ verify: github, secrets: github-webhook }", "{}")),
        (
            "form_without_secrets",
            with("{ verify: github, secrets: github-webhook }", "{ verify: { token: x-key } }"),
        ),
        ("header_that_is_none", with("verify: github", "verify: { hmac: { header: x signature } }")),
        ("hmac_without_header", with("verify: github", "verify: { hmac: { prefix: sha256= } }")),
        (
            "unknown_option_of_hmac",
            with("verify: github", "verify: { hmac: { header: x-signature, prefx: v1= } }"),
        ),
        (
            "unknown_algorithm",
            with("verify: github", "verify: { hmac: { header: x-signature, algorithm: md5 } }"),
        ),
        (
            "time_that_is_nowhere",
            with("verify: github", "verify: { hmac: { header: x-signature, timestamp: the body } }"),
        ),
        (
            "time_that_is_not_signed",
            with("verify: github", "verify: { hmac: { header: x-sig, timestamp: t=, signed: \"{body}\" } }"),
        ),
        ("unknown_form", with("verify: github", "verify: { hmca: { header: x-signature } }")),
        ("two_forms", with("verify: github", "verify: { hmac: { header: x-signature }, token: x-key }")),
        ("a_list_of_schemes", with("verify: github", "verify: [github, bearer]")),
        ("sns_without_topics", with("{ verify: bearer, secrets: [old, new] }", "{ verify: sns }")),
        (
            "senders_that_are_none",
            with(
                "{ verify: bearer, secrets: [old, new] }",
                "{ verify: none }\n  mail: { senders: [vendor.com, \"@b.example\"] }",
            ),
        ),
        ("senders_of_another_source", with("{ verify: bearer, secrets: [old, new] }", "{ senders: \"*\" }")),
        ("fallback_is_no_channel", with("\"#ops\"", "\"#\"")),
        ("no_channels", with("channels:\n  fallback: \"#ops\"\n", "")),
        ("bad_duration", with("ack_for: 2h", "ack_for: 2 fortnights")),
        ("negative_duration", with("ack_for: 2h", "reopen_within: -5m")),
        (
            "bad_feeds",
            GOOD.to_owned()
                + "feeds:\n  - { name: a, url: https://a.example/feed }\n"
                + "  - { name: a, url: \"https://me:secret@a.example/\", every: 30s }\n"
                + "  - { name: A b, url: ftp://a.example/, every: 25h }\n  - { name: c, url: feed.xml }\n",
        ),
        ("bad_command", GOOD.to_owned() + "command: ops\n"),
        ("not_a_list", with("buttons: [ack, resolve]", "buttons: ack")),
        ("text_for_a_yes", with("buttons: [ack, resolve]", "continue: maybe")),
        ("yaml_syntax", with("[ack, resolve]", "[ack, resolve")),
        ("yaml_indentation", with("    group_by: labels.service", "   group_by: labels.service")),
        ("tab_for_spaces", with("    group_by:", "\tgroup_by:")),
        ("duplicate_key", with("    group_by:", "    when: kind\n    group_by:")),
        ("empty_file", String::new()),
        (
            "several",
            GOOD.replace("severity", "sevrity")
                .replace("reslove", "x")
                .replace("verify: github", "verify: git")
                .replace("name: rest", "name: critical"),
        ),
    ];
    for (name, text) in rows {
        insta::assert_snapshot!(name, faults(&text));
    }
}

#[test]
fn a_fault_points_at_its_own_line() {
    for (bad, line) in [
        (with("severity ==", "sevrity =="), 13),
        (with("[ack, resolve]", "[ack, reslove]"), 16),
        (with("name: rest", "name: critical"), 17),
        (with("verify: github", "verify: githib"), 5),
        (with("    to: \"#alerts\"\n", ""), 17),
        (with("ack_for: 2h", "ack_for: never"), 9),
    ] {
        let fault = Config::from_yaml(&bad).unwrap_err().remove(0);
        assert_eq!(fault.place.as_ref().map(|place| place.line), Some(line), "{fault}");
    }
}

/// What stands below `reports:`.
const REPORT: &str = r##"channels: { fallback: "#ops" }
reports:
  - name: morning
    at: "0 9 * * MON-FRI"
    time_zone: Europe/London
    to: "#ops"
    show: [open-incidents, response-times, noise, { text: "{{ weekday }}: handover at 10" }]
    mention: U01ANA
"##;

#[test]
fn a_report_is_taken_with_what_it_does_not_say() {
    let config = Config::from_yaml(REPORT).unwrap();
    let report = config.report("morning").unwrap();
    assert_eq!((report.title.as_str(), report.to.as_str(), report.skip_if_quiet), ("Morning", "#ops", false));
    assert_eq!(report.schedule.in_words(), "At 09:00, on Monday, Tuesday, Wednesday, Thursday, and Friday");
    let shown: Vec<&str> = report.show.iter().map(Show::name).collect();
    assert_eq!(shown, ["open-incidents", "response-times", "noise", "text"]);
    let plain = Config::from_yaml(&REPORT.replace("    time_zone: Europe/London\n", "")).unwrap();
    assert_eq!(plain.report("morning").unwrap().schedule.zone_name(), "UTC");
    assert!(plain.report("evening").is_none());
}

#[test]
fn every_fault_of_a_report_is_shown_where_it_is_with_what_to_do() {
    let with = |good: &str, bad: &str| {
        assert_eq!(REPORT.matches(good).count(), 1, "{good:?} is in the good file once");
        REPORT.replace(good, bad)
    };
    let rows = [
        ("report_bad_pattern", with("0 9 * * MON-FRI", "9 o'clock")),
        ("report_six_fields", with("0 9 * * MON-FRI", "0 0 9 * * MON-FRI")),
        ("report_unknown_zone", with("Europe/London", "Europe/Londn")),
        ("report_no_channel", with("to: \"#ops\"", "to: \"#\"")),
        ("report_unknown_section", with("open-incidents", "open-incident")),
        ("report_settings_of_none", with("noise,", "{ noise: { at_most: 3 } },")),
        ("report_unknown_name", with("{{ weekday }}", "{{ weekdya }}")),
        ("report_nobody", with("U01ANA", "ana")),
        ("report_name", with("name: morning", "name: Good morning")),
        (
            "report_nothing_shown",
            with(
                "[open-incidents, response-times, noise, { text: \"{{ weekday }}: handover at 10\" }]",
                "[]",
            ),
        ),
    ];
    for (name, text) in rows {
        insta::assert_snapshot!(name, faults(&text));
    }
}
