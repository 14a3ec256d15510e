//! Where signals go, and the trace that says why.

use super::*;
use crate::core::signal::Severity;

/// A route with a condition (empty: none), a channel template and group keys.
fn route(name: &str, when: &str, to: &str, group_by: &[&str]) -> Route {
    let compiled = |source: &str| (source.to_owned(), Expression::compile(source).unwrap());
    Route {
        name: name.into(),
        when: (!when.is_empty()).then(|| compiled(when)),
        to: to
            .split(' ')
            .map(|to| Template::compile(&to.replace("()", "{{ labels.service }}")).unwrap())
            .collect(),
        group_by: group_by.iter().map(|source| compiled(source)).collect(),
        goes_on: false,
        show_unfired: false,
        buttons: vec![Button::Why],
    }
}

fn and_on(route: Route) -> Route {
    Route { goes_on: true, ..route }
}

fn routes(routes: Vec<Route>) -> Routes {
    Routes { routes, fallback: "#ops".into() }
}

/// Route, channels and group of each decision, in one line each.
fn told(routes: &Routes, signal: &Signal) -> Vec<String> {
    let decision = |decision: Decision| {
        format!(
            "{} -> {} ({})",
            decision.route,
            decision.channels.join(" "),
            decision.group.replace('\n', "/")
        )
    };
    routes.decide(signal).into_iter().map(decision).collect()
}

fn why(route_when: &str) -> Why {
    let routes = routes(vec![route("first", route_when, "#a", &[]), route("rest", "", "#rest", &[])]);
    routes.decide(&Signal::test()).remove(0).why
}

#[test]
fn elsewhere_is_where_no_condition_lets_it_with_the_group_that_it_would_have() {
    let all = routes(vec![
        and_on(route("payments", "labels.service == 'payments'", "#payments", &[])),
        route("critical", "severity == 'critical'", "#critical", &["labels.service"]),
        route("rest", "", "#alerts", &[]),
    ]);
    let signal = Signal::test();
    let taken = all.decide(&signal);
    let found: Vec<String> = all
        .elsewhere(&signal, &taken)
        .into_iter()
        .map(|decision| format!("{} ({})", decision.route, decision.group.replace('\n', "/")))
        .collect();
    assert_eq!(found, ["critical (labels.service=\"payments\")", "unrouted (cloudwatch/cpu)"]);
}

#[test]
fn the_first_route_that_matches_takes_it() {
    let critical = || route("critical", "severity == 'critical'", "#critical", &[]);
    let all = routes(vec![
        critical(),
        route("payments", "labels.service == 'payments'", "#payments", &[]),
        route("rest", "", "#alerts", &[]),
    ]);
    assert_eq!(told(&all, &Signal::test()), ["payments -> #payments (cloudwatch/cpu)"]);
    assert_eq!(
        told(&all, &Signal::test().with_severity(Severity::Critical)),
        ["critical -> #critical (cloudwatch/cpu)"]
    );
    let other = Signal { labels: [].into(), ..Signal::test() };
    assert_eq!(
        told(&all, &other),
        ["rest -> #alerts (cloudwatch/cpu)"],
        "a label that is missing is not equal"
    );
    assert_eq!(told(&routes(vec![critical()]), &other), ["unrouted -> #ops (cloudwatch/cpu)"]);
    assert_eq!(told(&routes(vec![]), &other), ["unrouted -> #ops (cloudwatch/cpu)"]);
}

#[test]
fn a_route_may_let_others_have_it_too() {
    let all = routes(vec![
        and_on(route("audit", "", "#audit", &[])),
        and_on(route("nobody", "kind == 'build'", "#nobody", &[])),
        route("payments", "labels.service == 'payments'", "#payments", &[]),
        route("rest", "", "#alerts", &[]),
    ]);
    let both = ["audit -> #audit (cloudwatch/cpu)", "payments -> #payments (cloudwatch/cpu)"];
    assert_eq!(told(&all, &Signal::test()), both);
    let only = routes(vec![and_on(route("audit", "", "#audit", &[]))]);
    assert_eq!(told(&only, &Signal::test()), ["audit -> #audit (cloudwatch/cpu)"], "it is routed");
}

#[test]
fn what_belongs_together_is_what_agrees_in_the_group_keys() {
    let grouped = routes(vec![route("all", "", "#a", &["labels.service", "labels.region", "severity"])]);
    let group = |signal: &Signal| grouped.decide(signal).remove(0).group;
    let signal = Signal::test();
    assert_eq!(group(&signal), group(&signal.clone().about("disk")), "the signal's own key does not count");
    assert_ne!(group(&signal), group(&signal.clone().with_severity(Severity::Info)));
    let why = grouped.decide(&signal).remove(0).why;
    let expected = [("labels.service", "payments"), ("labels.region", ""), ("severity", "error")];
    assert_eq!(why.grouped_by, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));

    let own = routes(vec![route("all", "", "#a", &[])]);
    let group = |signal: &Signal| own.decide(signal).remove(0).group;
    assert_ne!(group(&signal), group(&signal.clone().about("disk")));
    assert_ne!(
        group(&signal),
        group(&Signal { source: "grafana".into(), ..signal.clone() }),
        "keys are the source's own"
    );
}

#[test]
fn values_from_outside_cannot_join_two_groups() {
    let grouped = routes(vec![route("all", "", "#a", &["labels.a", "labels.b"])]);
    let group = |a: &str, b: &str| {
        let labels = [("a", a), ("b", b)].map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        grouped.decide(&Signal { labels, ..Signal::test() }).remove(0).group
    };
    assert_ne!(group("x", "y\nlabels.b=z"), group("x\nlabels.b=y", "z"));
    assert_ne!(group("x", ""), group("", "x"));
}

#[test]
fn a_channel_can_come_from_the_signal() {
    for (to, labels, channels) in [
        ("#alerts", "payments", "#alerts"),
        ("#team-()", "payments", "#team-payments"),
        ("#team-()", "Pay Ments/EU", "#team-pay-ments-eu"),
        ("#team-()", "", "#team"),
        ("()", "", "#ops"),
        ("()", "!!!", "#ops"),
        ("#{{labels.region}}", "payments", "#ops"),
        ("#{{title.x.y}}", "payments", "#ops"),
        ("#a #b", "payments", "#a #b"),
        ("#a #a", "payments", "#a"),
        ("#ops #{{labels.region}}", "payments", "#ops"),
        ("C0123ABCD", "payments", "C0123ABCD"),
    ] {
        let routes = routes(vec![route("all", "", to, &[])]);
        let labels = [("service".to_owned(), labels.to_owned())].into();
        let decision = routes.decide(&Signal { labels, ..Signal::test() }).remove(0);
        assert_eq!(decision.channels.join(" "), channels, "{to}");
    }
}

#[test]
fn a_name_is_a_channel_as_slack_writes_it() {
    for (rendered, name) in [
        ("#alerts", Some("#alerts")),
        ("alerts", Some("#alerts")),
        (" ##Alerts ", Some("#alerts")),
        ("#größe_日本", Some("#größe_日本")),
        ("#a b.c", Some("#a-b-c")),
        ("#-a-", Some("#a")),
        ("C0123ABCD", Some("C0123ABCD")),
        ("G0123ABCD", Some("G0123ABCD")),
        ("CHECKOUT", Some("#checkout")),
        ("DATABASES", Some("#databases")),
        ("C0123", Some("#c0123")),
        ("U0123ABCD", Some("#u0123abcd")),
        ("", None),
        ("#", None),
        ("# - ", None),
        ("<!channel>", Some("#channel")),
    ] {
        assert_eq!(channel_name(rendered).as_deref(), name, "{rendered:?}");
    }
    let long = channel_name(&"x".repeat(1_000_000)).unwrap();
    assert_eq!(long.len(), 81, "80 characters and the sign");
}

#[test]
fn the_trace_says_which_part_of_a_condition_failed() {
    for (when, part) in [
        ("severity == 'critical'", "severity == 'critical'"),
        ("kind == 'alarm' and severity == 'critical'", "severity == 'critical'"),
        ("kind == 'build' and severity == 'critical'", "kind == 'build'"),
        ("kind == 'alarm' and labels.service in ['a', 'b'] and title", "labels.service in ['a', 'b']"),
        ("kind == 'alarm' and (severity == 'info' or title == '')", "(severity == 'info' or title == '')"),
        ("kind == 'build' or severity == 'info'", "kind == 'build' or severity == 'info'"),
        ("kind == 'alarm' and title == ' and ' and severity == 'error'", "title == ' and '"),
        ("kind == 'alarm' and not severity == 'error'", "not severity == 'error'"),
        ("labels.nothing and kind == 'alarm'", "labels.nothing"),
        ("kind == 'alarm'\nand severity == 'info'", "severity == 'info'"),
        (r#"title == "a\" and b" and kind == "alarm""#, r#"title == "a\" and b""#),
        ("false if kind == 'alarm' and title else true", "false if kind == 'alarm' and title else true"),
    ] {
        assert_eq!(why(when).rejected, [("first".to_owned(), part.to_owned())], "{when}");
    }
}

#[test]
fn a_condition_that_cannot_be_evaluated_does_not_match_and_says_why() {
    let rejected = why("labels.team.name == 'a'").rejected.remove(0).1;
    assert!(rejected.starts_with("labels.team.name == 'a' ("), "{rejected}");
}

#[test]
fn the_trace_names_the_nearest_routes_that_did_not_match() {
    let mut all: Vec<Route> = (0..8).map(|n| route(&format!("r{n}"), "kind == 'build'", "#a", &[])).collect();
    all.push(route("rest", "kind == 'alarm'", "#rest", &[]));
    let why = routes(all).decide(&Signal::test()).remove(0).why;
    let names: Vec<&str> = why.rejected.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["r7", "r6", "r5", "r4", "r3"]);
    assert_eq!((why.when.as_deref(), why.key.as_str()), (Some("kind == 'alarm'"), "cpu"));
}

#[test]
fn a_route_that_is_gone_from_the_config_has_the_usual_buttons() {
    let routes = routes(vec![route("first", "", "#a", &[])]);
    assert_eq!(routes.buttons("first"), [Button::Why]);
    assert_eq!(routes.buttons("gone"), Button::USUAL);
    assert_eq!(routes.buttons(UNROUTED), Button::USUAL);
}
