//! The rules of an incident as tables: given, when, then.

use super::*;
use crate::core::fixtures::{at, emoji, opening, press, says};
use crate::core::signal::Severity::{Critical, Warning};

/// The incident in one line, as the rows below write it.
fn told(incident: &Incident) -> String {
    let who = |actor: &Actor| match actor {
        Actor::Person { id } => id.clone(),
        Actor::Source { .. } => "source".into(),
        Actor::Callboard => "callboard".into(),
    };
    let state = match &incident.state {
        State::Notice => "notice".into(),
        State::Firing => "firing".into(),
        State::Acknowledged { by, .. } => format!("acked by {}", who(by)),
        State::Resolved { by, .. } => format!("resolved by {}", who(by)),
    };
    format!("{state}, {}", incident.severity.word())
}

/// What is claimed, what happens at which second, what comes of it.
type Row = (&'static str, Vec<(i64, Event)>, &'static str);

#[test]
fn an_incident_follows_its_signals_and_its_people() {
    let fire = || Signal::test();
    let ok = || Signal::test().resolved();
    let ana = |verb| press("ANA", verb);
    let ben = |verb| press("BEN", verb);
    let rows: Vec<Row> = vec![
        ("it fires until the source says otherwise", vec![], "firing, error"),
        ("the source resolves it", vec![(60, says(ok().second(60)))], "resolved by source, error"),
        ("a person acknowledges it", vec![(9, ana(Verb::Ack))], "acked by ANA, error"),
        ("the first of two wins", vec![(9, ana(Verb::Ack)), (9, ben(Verb::Ack))], "acked by ANA, error"),
        (
            "an ack wins over a later equal signal",
            vec![(9, ana(Verb::Ack)), (20, says(fire().second(20)))],
            "acked by ANA, error",
        ),
        ("an ack can be taken back", vec![(9, ana(Verb::Ack)), (10, ben(Verb::Unack))], "firing, error"),
        ("severity rises", vec![(20, says(fire().second(20).with_severity(Critical)))], "firing, critical"),
        (
            "severity does not fall while it is open",
            vec![(20, says(fire().second(20).with_severity(Warning)))],
            "firing, error",
        ),
        (
            "severity starts anew with a re-fire",
            vec![(20, says(ok().second(20))), (30, says(fire().second(30).with_severity(Warning)))],
            "firing, warning",
        ),
        (
            "a resolution older than the newest firing changes nothing",
            vec![(20, says(fire().second(20))), (25, says(ok().second(10)))],
            "firing, error",
        ),
        (
            "a firing older than the resolution changes nothing",
            vec![(20, says(ok().second(20))), (25, says(fire().second(10)))],
            "resolved by source, error",
        ),
        (
            "at the same instant the resolution wins",
            vec![(5, says(ok().second(0)))],
            "resolved by source, error",
        ),
        (
            "the resolution of an acknowledged incident resolves it",
            vec![(9, ana(Verb::Ack)), (20, says(ok().second(20)))],
            "resolved by source, error",
        ),
        (
            "an ack after the resolution changes nothing",
            vec![(20, says(ok().second(20))), (21, ana(Verb::Ack))],
            "resolved by source, error",
        ),
        ("a person resolves it", vec![(9, ben(Verb::Resolve))], "resolved by BEN, error"),
        (
            "a repeated signal does not undo a person's resolution",
            vec![(9, ben(Verb::Resolve)), (12, says(fire().second(0)))],
            "resolved by BEN, error",
        ),
        ("a person reopens it", vec![(9, ben(Verb::Resolve)), (10, ana(Verb::Reopen))], "firing, error"),
        (
            "taking back one's own emoji undoes it",
            vec![(1, emoji("ANA", Verb::Ack)), (2, emoji("ANA", Verb::Unack))],
            "firing, error",
        ),
        (
            "taking back an emoji does not undo what somebody else did",
            vec![(1, ana(Verb::Ack)), (2, emoji("BEN", Verb::Unack))],
            "acked by ANA, error",
        ),
        ("the lease lapses", vec![(9, ana(Verb::Ack)), (4 * 3600 + 9, Event::Due)], "firing, error"),
        (
            "the lease does not lapse early",
            vec![(9, ana(Verb::Ack)), (4 * 3600, Event::Due)],
            "acked by ANA, error",
        ),
        (
            "it stays open while one of its things fires",
            vec![(5, says(fire().about("disk").second(5))), (9, says(ok().second(9)))],
            "firing, error",
        ),
        (
            "it is over when all of its things are",
            vec![
                (5, says(fire().about("disk").second(5))),
                (9, says(ok().second(9))),
                (12, says(ok().about("disk").second(12))),
            ],
            "resolved by source, error",
        ),
    ];
    for (claim, when, then) in rows {
        let now = when.iter().fold(Incident::test(), |incident, (second, event)| {
            incident.after(*second, std::slice::from_ref(event))
        });
        assert_eq!(told(&now), then, "{claim}");
        // One commit with all of it and one commit each come to the same.
        let last = when.last().map_or(0, |(second, _)| *second);
        if when.iter().all(|(second, _)| *second == last) {
            let events: Vec<Event> = when.into_iter().map(|(_, event)| event).collect();
            assert_eq!(told(&Incident::test().after(last, &events)), then, "{claim}, in one batch");
        }
    }
}

#[test]
fn a_late_response_is_told_who_was_first() {
    let acked = Incident::test().after(9, &[press("ANA", Verb::Ack)]);
    let resolved = acked.after(20, &[press("BEN", Verb::Resolve)]);
    let answer = |incident: &Incident, verb| incident.step(30, &[press("CHI", verb)]).answers.remove(0);
    let (ana, ben) = (Actor::person("ANA"), Actor::person("BEN"));
    assert_eq!(answer(&acked, Verb::Ack), Answer::AlreadyAcknowledged { by: ana, at: at(9) });
    assert_eq!(answer(&resolved, Verb::Ack), Answer::AlreadyResolved { by: ben.clone(), at: at(20) });
    assert_eq!(answer(&resolved, Verb::Resolve), Answer::AlreadyResolved { by: ben, at: at(20) });
    assert_eq!(answer(&acked, Verb::Reopen), Answer::AlreadyOpen);
    assert_eq!(answer(&Incident::test(), Verb::Unack), Answer::NotAcknowledged);
    assert_eq!(answer(&Incident::test(), Verb::Note("  ".into())), Answer::EmptyNote);
}

#[test]
fn a_response_that_changes_nothing_leaves_nothing_to_write() {
    let acked = Incident::test().after(9, &[press("ANA", Verb::Ack)]);
    let late = acked.step(30, &[press("BEN", Verb::Ack)]);
    assert!(late.entries.is_empty() && !late.visible);
    assert_eq!(late.incident.revision, acked.revision);
}

#[test]
fn only_what_is_new_to_the_channel_gets_a_line() {
    let fire = Signal::test;
    let line = |events: &[Event]| -> Vec<Option<bool>> {
        let entries = Incident::test().step(20, events).entries;
        entries.iter().map(|entry| entry.lines.first().map(|line| line.broadcast)).collect()
    };
    assert_eq!(line(&[press("ANA", Verb::Ack)]), [None], "the card says it");
    assert_eq!(line(&[press("ANA", Verb::Resolve)]), [None], "the card says it");
    assert_eq!(line(&[says(fire().second(9))]), [], "nothing new");
    assert_eq!(
        line(&[says(fire().second(9).with_severity(Critical))]),
        [Some(true)],
        "worse: channel and thread"
    );
    assert_eq!(line(&[says(fire().about("disk").second(9))]), [Some(false)], "thread only");
    assert_eq!(line(&[press("ANA", Verb::Note("hi".into()))]), [Some(false)], "thread only");
    let resolved_then_fires = [says(fire().resolved().second(9)), says(fire().second(10))];
    assert_eq!(line(&resolved_then_fires), [None, Some(true)], "a re-fire: channel and thread");
    let reply =
        Event::Response(Response { verb: Verb::Note("hi".into()), by: "ANA".into(), origin: Origin::Thread });
    assert_eq!(line(&[reply]), [None], "a reply is in the thread already");
}

#[test]
fn a_storm_of_joining_things_is_one_line() {
    let events: Vec<Event> =
        (0..1000).map(|n| says(Signal::test().about(&format!("node{n}")).second(5))).collect();
    let after = Incident::test().step(5, &events);
    assert_eq!(after.entries.len(), 1);
    assert_eq!(after.incident.things.len(), MAX_THINGS);
    assert_eq!(after.incident.counts.signals, 1001);
    assert_eq!(after.incident.counts.untracked, 1);
}

#[test]
fn a_group_whose_things_come_and_go_never_runs_full() {
    let comes_and_goes = |n: i64| {
        let key = format!("pod{n}");
        [says(Signal::test().about(&key).second(n)), says(Signal::test().about(&key).resolved().second(n))]
    };
    let events: Vec<Event> = (1..3_000).flat_map(comes_and_goes).collect();
    let after = Incident::test().after(3_000, &events);
    assert_eq!((after.counts.untracked, after.things.len()), (0, MAX_THINGS));
    assert!(after.things.contains_key("cpu"), "what still fires is never forgotten");
    let over = after.after(3_001, &[says(Signal::test().resolved().second(3_001))]);
    assert!(matches!(over.state, State::Resolved { .. }));
}

#[test]
fn what_cannot_be_tracked_is_not_resolved_by_the_source() {
    let mut full = Incident::test();
    full.counts.untracked = 1;
    let after = full.after(9, &[says(Signal::test().resolved().second(9))]);
    assert_eq!(after.state, State::Firing);
    assert!(matches!(after.after(10, &[press("ANA", Verb::Resolve)]).state, State::Resolved { .. }));
}

#[test]
fn a_resolution_that_comes_first_makes_a_closed_incident_that_learns_when_it_began() {
    let rules = Rules::default();
    let first = open(opening(), &Signal::test().resolved().second(60), &[], &rules, at(61)).incident;
    assert_eq!(told(&first), "resolved by source, error");
    assert!(
        !starts_anew(&first, &Signal::test().second(10), &rules, at(7200)),
        "the late firing belongs to it"
    );
    let then = first.after(7200, &[says(Signal::test().second(10))]);
    assert_eq!(told(&then), "resolved by source, error");
    assert_eq!((then.opened_at, then.counts.firings), (at(10), 1));
}

#[test]
fn a_resolution_that_nobody_saw_fire_is_quiet_until_it_is_news() {
    let rules = Rules::default();
    let well = open(opening(), &Signal::test().resolved().second(60), &[], &rules, at(61)).incident;
    assert!(well.posts.iter().all(Post::is_quiet));
    let late = well.after(70, &[says(Signal::test().second(10))]);
    assert_eq!(late.posts, [Post::wanted("#alerts")], "the firing that came late makes it news");
    let fires = well.step(90, &[says(Signal::test().second(90))]);
    assert_eq!(fires.incident.posts, [Post::wanted("#alerts")]);
    assert_eq!(fires.incident.counts.reopened, 0, "it fires for the first time");
    assert!(fires.entries.iter().all(|entry| entry.lines.is_empty()), "the card says it");
    let shown = Opening { show_unfired: true, ..opening() };
    let deployed = open(shown, &Signal::test().resolved(), &[], &rules, at(0)).incident;
    assert_eq!(deployed.posts, [Post::wanted("#alerts")], "a route can want it");
}

#[test]
fn a_refire_reopens_within_the_window_and_starts_anew_after_it() {
    let rules = Rules::default();
    let over = Incident::test().after(60, &[says(Signal::test().resolved().second(60))]);
    let window = i64::from(30 * 60);
    let anew = |second| starts_anew(&over, &Signal::test().second(second), &rules, at(second));
    assert!(!anew(60 + window));
    assert!(anew(61 + window));
    assert!(
        !starts_anew(&Incident::test(), &Signal::test().second(99_999), &rules, at(99_999)),
        "it is open"
    );
    let later_resolution = Signal::test().resolved().second(99_999);
    assert!(!starts_anew(&over, &later_resolution, &rules, at(99_999)), "a resolution opens nothing anew");
}

#[test]
fn it_began_with_its_earliest_firing_in_whatever_order_signals_come() {
    let (fire, over) =
        (|second| Signal::test().second(second), |second| Signal::test().resolved().second(second));
    let disk = |second| fire(second).about("disk");
    let rows: [(&str, Vec<Signal>, i64); 4] = [
        ("the first firing", vec![fire(5), over(7), fire(9)], 5),
        ("a resolution that nobody saw fire is no beginning", vec![over(5), fire(9)], 9),
        ("the earliest of several things", vec![fire(5), disk(3), over(9)], 3),
        ("only ends", vec![over(5), over(3)], 3),
    ];
    for (claim, signals, began) in rows {
        for first in 0..signals.len() {
            let mut signals = signals.clone();
            signals.rotate_left(first);
            let rest: Vec<Event> = signals.iter().skip(1).cloned().map(says).collect();
            let opened = open(opening(), &signals[0], &rest, &Rules::default(), at(20)).incident;
            assert_eq!(opened.opened_at, at(began), "{claim}, {first} first");
        }
    }
}

#[test]
fn a_word_in_passing_does_not_end_a_firing() {
    let after = Incident::test().step(9, &[says(Signal::test().info().second(9))]);
    assert_eq!(after.incident.firing_things(), (1, 1));
    assert_eq!((after.answers, after.visible), (vec![Answer::Duplicate], false));
}

#[test]
fn an_end_that_cannot_be_tracked_is_nobodys_work() {
    let events: Vec<Event> =
        (1..MAX_THINGS).map(|n| says(Signal::test().about(&format!("node{n}")))).collect();
    let full = Incident::test().after(5, &events);
    assert_eq!(full.things.len(), MAX_THINGS);
    let after = full.after(9, &[says(Signal::test().about("unknown").resolved().second(9))]);
    assert_eq!(after.counts.untracked, 0, "nothing fires that could not be resolved");
}

#[test]
fn what_could_not_be_tracked_is_over_when_a_person_says_so() {
    let mut full = Incident::test();
    full.counts.untracked = 1;
    let over = full.after(9, &[press("ANA", Verb::Resolve)]);
    let again = over.after(20, &[says(Signal::test().second(20))]);
    let then = again.after(30, &[says(Signal::test().resolved().second(30))]);
    assert_eq!(told(&then), "resolved by source, error");
}

#[test]
fn nobody_can_acknowledge_a_notice() {
    let notice = open(opening(), &Signal::test().info(), &[], &Rules::default(), at(0)).incident;
    let answers = notice.step(5, &[press("ANA", Verb::Ack), press("ANA", Verb::Resolve)]).answers;
    assert_eq!(answers, [Answer::IsNotice, Answer::IsNotice]);
}

#[test]
fn names_can_be_typed_as_they_are_read() {
    let id = IncidentId::derive("rest", "d1-0", SHORTEST_ID);
    assert_eq!(id, IncidentId::derive("rest", "d1-0", SHORTEST_ID), "the same input gives the same name");
    assert_ne!(id, IncidentId::derive("rest", "d2-0", SHORTEST_ID));
    assert_eq!(
        IncidentId::derive("rest", "d1-0", 7).0.get(..5),
        Some(id.0.as_str()),
        "a longer name only adds"
    );
    assert_eq!(IncidentId::typed(&format!(" #{} ", id.0.to_uppercase())), Some(id));
    assert_eq!(IncidentId::typed("OIL99"), Some(IncidentId("01199".into())), "letters that look like digits");
    for wrong in ["", "k7q", "k7qf3!", "k7qf3k7qf3k7qf3", "uuuuu"] {
        assert_eq!(IncidentId::typed(wrong), None, "{wrong}");
    }
}

#[test]
fn names_rarely_meet() {
    let names: std::collections::BTreeSet<_> =
        (0..20_000).map(|n| IncidentId::derive("rest", &format!("d{n}-0"), SHORTEST_ID)).collect();
    // Among 33 million names, 20,000 draws meet about six times.
    assert!(names.len() > 19_970, "{} different names", names.len());
}
