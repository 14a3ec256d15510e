//! How an incident changes: `apply` folds events into the next incident, its timeline entries and an answer to each event.
//!
//! Events come late, doubled and out of order, so every rule here is written against the *sender's* time for signals and
//! against the present state for people: an older signal never overwrites a newer one, and a response that finds its work
//! done says who did it. What `apply` does not know: Slack, the store, and which incident an event belongs to.

use jiff::{SignedDuration, Timestamp};

use super::answer::Answer;
use super::event::Event;
use super::{
    Actor, Content, Counts, Effect, Entry, Incident, IncidentId, Line, MAX_THINGS, Post, QUIET, State, Thing,
    What, Why, entry_id,
};
use crate::core::signal::{Severity, Signal, Status};

pub use people::MAX_NOTE;
pub use report::begin;

mod people;
mod report;

/// The settings that the rules depend on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// A re-fire within this time after the resolution reopens the incident; a later one makes a new incident.
    pub reopen_within: SignedDuration,
    /// How long an acknowledgement holds; `None` for ever.
    pub ack_for: Option<SignedDuration>,
    /// How long the courier may take before the sweep looks after it.
    pub grace: SignedDuration,
}

impl Default for Rules {
    fn default() -> Self {
        Rules {
            reopen_within: SignedDuration::from_mins(30),
            ack_for: Some(SignedDuration::from_hours(4)),
            grace: SignedDuration::from_secs(60),
        }
    }
}

/// The next incident, what to remember of the step, and what became of each event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// At its new version.
    pub incident: Incident,
    /// New timeline entries.
    pub entries: Vec<Entry>,
    /// One for each event, in order.
    pub answers: Vec<Answer>,
    /// People should see something else than before.
    pub visible: bool,
}

/// What a new incident starts from, besides its first signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Its name.
    pub id: IncidentId,
    /// The route that took it.
    pub route: String,
    /// Its group key.
    pub group: String,
    /// Where it is shown.
    pub channels: Vec<String>,
    /// Whether a resolution is shown that nobody saw fire.
    pub show_unfired: bool,
    /// The decision's trace.
    pub why: Why,
}

/// Opens an incident with its first signal and folds in the rest of the batch (`now`: our clock). A signal of status info
/// makes a notice; a resolution that nobody saw fire makes an incident that is closed already, so that a firing that
/// comes late finds it.
pub fn open(opening: Opening, first: &Signal, rest: &[Event], rules: &Rules, now: Timestamp) -> Applied {
    let by = Actor::Source { name: first.source.clone() };
    let (state, what) = match first.status {
        Status::Firing => (State::Firing, What::Opened { severity: first.severity }),
        Status::Resolved => (State::Resolved { by: by.clone(), at: now }, What::Resolved),
        Status::Info => (State::Notice, What::Opened { severity: first.severity }),
    };
    let firing = first.status == Status::Firing;
    let quiet = first.status == Status::Resolved && !opening.show_unfired;
    let post = |channel| match quiet {
        true => Post { root: Effect::Dropped { reason: QUIET.to_owned() }, ..Post::wanted(channel) },
        false => Post::wanted(channel),
    };
    let shell = Incident {
        id: opening.id,
        version: 0,
        revision: 0,
        route: opening.route,
        group: opening.group,
        severity: first.severity,
        content: Content::of(first),
        things: [(first.key.clone(), Thing { status: first.status, at: first.at })].into(),
        counts: Counts {
            signals: 1,
            firings: u64::from(firing),
            fired_at: firing.then_some(now),
            ..Counts::default()
        },
        opened_at: first.at,
        changed_at: now,
        posts: opening.channels.into_iter().map(post).collect(),
        why: opening.why,
        behind_at: None,
        state,
    };
    let mut fold = Fold::of(&shell, rules, now);
    fold.record(by, what, None);
    let mut applied = fold.fold(rest);
    applied.answers.insert(0, Answer::Done);
    applied
}

/// Whether a signal begins a new incident although the group has this one: it fires again after the window in which it
/// would have reopened it. Anything else belongs to the incident that is there.
pub fn starts_anew(latest: &Incident, signal: &Signal, rules: &Rules, now: Timestamp) -> bool {
    let State::Resolved { at, .. } = &latest.state else { return false };
    let late = now.duration_since(*at) > rules.reopen_within;
    late && !latest.knows(signal) && signal.status == Status::Firing
}

/// Folds events into the incident (`now`: our clock).
pub fn apply(before: &Incident, events: &[Event], rules: &Rules, now: Timestamp) -> Applied {
    Fold::of(before, rules, now).fold(events)
}

/// What people see of an incident besides its thread: nothing else asks for an edit.
#[derive(PartialEq)]
struct Picture {
    state: State,
    severity: Severity,
    content: Content,
    opened_at: Timestamp,
    firings: u64,
    things: (usize, usize),
    untracked: bool,
}

impl Picture {
    fn of(incident: &Incident) -> Self {
        Picture {
            state: incident.state.clone(),
            severity: incident.severity,
            content: incident.content.clone(),
            opened_at: incident.opened_at,
            firings: incident.counts.firings,
            things: incident.firing_things(),
            untracked: incident.counts.untracked > 0,
        }
    }
}

struct Fold<'a> {
    incident: Incident,
    entries: Vec<Entry>,
    rules: &'a Rules,
    now: Timestamp,
}

impl<'a> Fold<'a> {
    fn of(before: &Incident, rules: &'a Rules, now: Timestamp) -> Self {
        let mut incident = before.clone();
        incident.version += 1;
        incident.changed_at = now;
        Fold { incident, entries: Vec::new(), rules, now }
    }

    fn fold(mut self, events: &[Event]) -> Applied {
        let before = Picture::of(&self.incident);
        let answers = events.iter().map(|event| self.event(event)).collect();
        let Fold { mut incident, entries, rules, now } = self;
        if incident.state.is_open() || incident.counts.firings > 0 {
            let quiet = incident.posts.iter_mut().filter(|post| post.is_quiet());
            quiet.for_each(|post| post.root = Effect::Wanted);
        }
        let visible = incident.version == 1
            || before != Picture::of(&incident)
            || entries.iter().any(|entry| !entry.lines.is_empty());
        if visible {
            incident.revision += 1;
            // What is shown nowhere is never behind.
            let soon = now.checked_add(rules.grace).ok().filter(|_| !incident.posts.is_empty());
            incident.behind_at = incident.behind_at.or(soon);
        }
        Applied { incident, entries, answers, visible }
    }

    fn event(&mut self, event: &Event) -> Answer {
        match event {
            Event::Signal(signal) => self.signal(signal),
            Event::Response(response) => self.response(response),
            Event::Due => self.due(),
            Event::Reported(document) => self.reported(document.as_deref()),
        }
    }

    fn signal(&mut self, signal: &Signal) -> Answer {
        self.incident.counts.signals += 1;
        if signal.status == Status::Info {
            // Says nothing about whether the thing fires, so it must not end a firing unseen.
            return Answer::Duplicate;
        }
        if let Some(thing) = self.incident.things.get(&signal.key) {
            // At the same instant a resolution wins: a thing cannot end before it began.
            let known = (thing.at, thing.status == Status::Resolved);
            let said = (signal.at, signal.status == Status::Resolved);
            if said == known {
                return Answer::Duplicate;
            }
            if said < known {
                self.fired_before(signal);
                return Answer::Older;
            }
        }
        self.learn_start(signal);
        let fires = signal.status == Status::Firing;
        let mut new_thing = !self.incident.things.contains_key(&signal.key);
        if new_thing && self.incident.things.len() >= MAX_THINGS {
            self.forget_oldest_end();
        }
        if !new_thing || self.incident.things.len() < MAX_THINGS {
            self.incident.things.insert(signal.key.clone(), Thing { status: signal.status, at: signal.at });
        } else if fires {
            // Whether it was told of before cannot be known any more, so only the first that finds no room is.
            new_thing = self.incident.counts.untracked == 0;
            self.incident.counts.untracked += 1;
        }
        if fires {
            self.fires(signal, new_thing)
        } else {
            self.ends(signal)
        }
        Answer::Done
    }

    /// Makes room: what has been over for longest is asked for last.
    fn forget_oldest_end(&mut self) {
        let over = self.incident.things.iter().filter(|(_, thing)| thing.status != Status::Firing);
        let oldest = over.min_by_key(|(_, thing)| thing.at).map(|(key, _)| key.clone());
        if let Some(key) = oldest {
            self.incident.things.remove(&key);
        }
    }

    /// It began with its earliest firing, in whatever order signals come; while none is known, with its earliest end.
    fn learn_start(&mut self, signal: &Signal) {
        let (fires, unseen) = (signal.status == Status::Firing, self.incident.counts.firings == 0);
        let earlier = signal.at < self.incident.opened_at;
        if fires && unseen || earlier && (fires || unseen) {
            self.incident.opened_at = signal.at;
        }
    }

    /// A firing that comes after its own end tells when it began and how bad it was, and no more.
    fn fired_before(&mut self, signal: &Signal) {
        let earlier = signal.at < self.incident.opened_at;
        self.learn_start(signal);
        if signal.status == Status::Firing {
            self.incident.counts.firings = self.incident.counts.firings.max(1);
            self.incident.counts.fired_at.get_or_insert(self.now);
            if earlier {
                self.incident.severity = self.incident.severity.max(signal.severity);
            }
        }
    }

    fn fires(&mut self, signal: &Signal, new_thing: bool) {
        let by = Actor::Source { name: signal.source.clone() };
        self.incident.content = Content::of(signal);
        if let State::Resolved { .. } = self.incident.state {
            // What nobody saw fire before fires for the first time.
            let first = self.incident.counts.firings == 0;
            self.incident.state = State::Firing;
            self.incident.severity = signal.severity;
            self.incident.counts.firings += 1;
            self.incident.counts.fired_at.get_or_insert(self.now);
            self.incident.counts.reopened += u64::from(!first);
            match first {
                true => self.record(by, What::Opened { severity: signal.severity }, None),
                false => self.record(by, What::Refired, Some(true)),
            }
            return;
        }
        if signal.severity > self.incident.severity {
            let from = std::mem::replace(&mut self.incident.severity, signal.severity);
            self.record(by, What::Worse { from, to: signal.severity }, Some(true));
        } else if new_thing {
            self.joins(by, &signal.title);
        }
    }

    /// A storm of joining things is one line in the thread, not a thousand.
    fn joins(&mut self, by: Actor, title: &str) {
        match self.entries.last_mut().map(|entry| &mut entry.what) {
            Some(What::Joined { titles, .. }) if titles.len() < NAMED_JOINERS => {
                titles.push(title.to_owned())
            }
            Some(What::Joined { more, .. }) => *more += 1,
            _ => self.record(by, What::Joined { titles: vec![title.to_owned()], more: 0 }, Some(false)),
        }
    }

    fn ends(&mut self, signal: &Signal) {
        let (firing, _) = self.incident.firing_things();
        if firing == 0 && self.incident.counts.untracked == 0 && self.incident.state.is_open() {
            let by = Actor::Source { name: signal.source.clone() };
            self.incident.state = State::Resolved { by: by.clone(), at: self.now };
            // "12 % (alarm at > 80 %)" says more of what is over than the value that it began with.
            if !signal.facts.is_empty() && signal.title == self.incident.content.title {
                self.incident.content.facts.clone_from(&signal.facts);
            }
            self.record(by, What::Resolved, None);
        }
    }

    fn due(&mut self) -> Answer {
        match self.incident.state.clone() {
            State::Acknowledged { by: owner, lapses_at: Some(at), .. } if at <= self.now => {
                self.incident.state = State::Firing;
                self.record(Actor::Callboard, What::Lapsed { owner }, Some(true));
                Answer::Lapsed { due_at: at }
            }
            _ => Answer::Duplicate,
        }
    }

    fn enter(&mut self, state: State, by: Actor, what: What) -> Answer {
        self.incident.state = state;
        self.record(by, what, None);
        Answer::Done
    }

    /// Adds a timeline entry; `line` asks for a line in each thread, `Some(true)` also shown in the channel.
    fn record(&mut self, by: Actor, what: What, line: Option<bool>) {
        let wanted = |post: &Post| {
            line.map(|broadcast| Line { channel: post.channel.clone(), broadcast, effect: Effect::Wanted })
        };
        let lines = self.incident.posts.iter().filter_map(wanted).collect();
        let id = entry_id(self.incident.version, self.entries.len());
        self.entries.push(Entry { id, at: self.now, by, what, lines });
    }
}

/// How many joining things a thread line names before it counts them.
const NAMED_JOINERS: usize = 5;
