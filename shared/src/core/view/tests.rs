//! Which controls a card has in which state, and when its content counts as changed.

use super::*;
use crate::core::fixtures::{at, opening, press, says};
use crate::core::incident::{Rules, Verb, open};
use crate::core::signal::Signal;

fn link(title: &str) -> Link {
    Link { title: title.into(), url: format!("https://example.com/{title}") }
}

fn in_state(state: &str) -> Incident {
    let links = vec![link("alarm"), link("runbook"), link("dashboard")];
    let signal = Signal { links, ..Signal::test() };
    let signal = if state == "notice" { signal.info() } else { signal };
    let incident = open(opening(), &signal, &[], &Rules::default(), at(0)).incident;
    match state {
        "acked" => incident.after(5, &[press("ANA", Verb::Ack)]),
        "resolved" => incident.after(5, &[press("ANA", Verb::Resolve)]),
        _ => incident,
    }
}

/// The controls as people know them: the buttons, a bar, the menu.
fn told(state: &str, buttons: &[&str]) -> String {
    let buttons: Vec<Button> = buttons.iter().map(|name| Button::from_name(name).unwrap()).collect();
    let card = view(&in_state(state), &[], &buttons);
    let words = |controls: &[Control]| {
        let word = |control: &Control| match control {
            Control::Open(link) => link.title.clone(),
            other => format!("{other:?}").to_lowercase(),
        };
        controls.iter().map(word).collect::<Vec<_>>().join(" ")
    };
    format!("{} | {}", words(&card.controls), words(&card.more)).trim().to_owned()
}

#[test]
fn a_card_has_the_controls_that_its_state_allows_and_its_route_asks_for() {
    let usual = ["ack", "resolve", "links"];
    let rows: [(&str, &[&str], &str); 14] = [
        ("firing", &usual, "ack resolve runbook dashboard | note timeline why details"),
        ("acked", &usual, "unack resolve runbook dashboard | note timeline why details"),
        ("resolved", &usual, "reopen runbook dashboard | note timeline why details"),
        ("notice", &usual, "runbook dashboard | why details"),
        ("firing", &["ack"], "ack | resolve note timeline why details"),
        ("acked", &["ack"], "unack | resolve note timeline why details"),
        ("resolved", &["ack"], "| reopen note timeline why details"),
        ("notice", &["ack", "note"], "| why details"),
        ("firing", &[], "| resolve note timeline why details"),
        ("firing", &["note", "timeline", "why", "details"], "note timeline why details | resolve"),
        ("notice", &["timeline", "why"], "timeline why | details"),
        ("firing", &["why", "ack"], "why ack | resolve note timeline details"),
        (
            "firing",
            &["links", "ack", "resolve", "note", "why"],
            "runbook dashboard ack resolve note | timeline why details",
        ),
        (
            "firing",
            &["ack", "ack", "links", "links"],
            "ack runbook dashboard | resolve note timeline why details",
        ),
    ];
    for (state, buttons, then) in rows {
        assert_eq!(told(state, buttons), then, "{state} with {buttons:?}");
    }
}

#[test]
fn a_button_has_the_name_that_the_config_uses() {
    for (name, button) in Button::ALL {
        assert_eq!(Button::from_name(name), Some(button));
    }
    assert_eq!(Button::from_name("Ack"), None);
    assert_eq!(Button::from_name("explode"), None);
}

#[test]
fn the_same_content_has_the_same_hash() {
    let incident = in_state("firing");
    let hash = |incident: &Incident| view(incident, &[], &Button::USUAL).content_hash();
    let mut busy =
        incident.after(9, &[says(Signal { links: incident.content.links.clone(), ..Signal::test() })]);
    assert_eq!(busy.counts.signals, 2);
    busy.posts.clear();
    busy.behind_at = None;
    assert_eq!(hash(&incident), hash(&busy), "what people do not see changes nothing");
}

/// One thing that is changed on a card.
type Change = fn(&mut Card);

#[test]
fn whatever_people_can_see_changes_the_hash() {
    let card = view(&in_state("firing"), &[], &Button::USUAL);
    let changes: [(&str, Change); 17] = [
        ("id", |card| card.id.0.push('x')),
        ("state", |card| card.state = State::Notice),
        ("severity", |card| card.severity = Severity::Critical),
        ("title", |card| card.title.push('x')),
        ("link", |card| card.link = None),
        ("a fact", |card| card.facts.push(String::new())),
        ("where one fact ends", |card| card.facts = vec!["93.4 ".into(), "% > 80 %".into()]),
        ("text", |card| card.text.push('x')),
        ("opened_at", |card| card.opened_at = at(1)),
        ("acked", |card| card.acked = Some((Actor::person("ANA"), at(1)))),
        ("fired_at", |card| card.fired_at = at(1)),
        ("firings", |card| card.firings += 1),
        ("things", |card| card.things = Some((1, 2))),
        ("untracked", |card| card.untracked = true),
        ("moved", |card| card.moved = Some(Moved { from: "#a".into(), reason: "is_archived".into() })),
        ("controls", |card| card.controls.swap(0, 1)),
        ("more", |card| card.more.truncate(1)),
    ];
    let mut hashes = std::collections::BTreeSet::from([card.content_hash()]);
    for (what, change) in changes {
        let mut other = card.clone();
        change(&mut other);
        assert!(hashes.insert(other.content_hash()), "{what} makes no difference");
    }
}

#[test]
fn response_times_count_from_the_last_time_it_began_to_fire() {
    let opened = open(opening(), &Signal::test(), &[], &Rules::default(), at(3));
    let mut timeline = opened.entries;
    let mut incident = opened.incident;
    let mut then = |second, event| {
        let step = incident.step(second, &[event]);
        incident = step.incident;
        timeline.extend(step.entries);
        let card = view(&incident, &timeline, &[]);
        (card.fired_at, card.acked)
    };
    let ana = |second| Some((Actor::person("ANA"), at(second)));
    assert_eq!(then(9, press("ANA", Verb::Ack)), (at(3), ana(9)));
    assert_eq!(then(10, press("ANA", Verb::Unack)), (at(3), ana(9)), "she was the first to look");
    assert_eq!(then(11, press("BEN", Verb::Ack)), (at(3), ana(9)));
    assert_eq!(then(20, says(Signal::test().resolved().second(20))), (at(3), ana(9)));
    assert_eq!(then(30, says(Signal::test().second(30))), (at(30), None), "a re-fire begins anew");
    assert_eq!(then(40, press("ANA", Verb::Resolve)), (at(30), None));
    assert_eq!(then(50, press("BEN", Verb::Reopen)), (at(50), None), "so does reopening");
}

#[test]
fn a_group_of_several_things_says_how_many_fire() {
    let one = in_state("firing");
    assert_eq!(view(&one, &[], &[]).things, None);
    let two = one.after(5, &[says(Signal::test().about("disk").second(5))]);
    assert_eq!(view(&two, &[], &[]).things, Some((2, 2)));
    let half = two.after(9, &[says(Signal::test().resolved().second(9))]);
    assert_eq!(view(&half, &[], &[]).things, Some((1, 2)));
}
