//! What a report says: a heading and lines for each section, and one line of all for a phone's notification.

use jiff::{SignedDuration, Timestamp};

use crate::core::chart::Number;
use crate::core::incident::State;
use crate::core::report::{
    Alarm, Alarms, Compared, Cost, Document, Mention, Noise, Noisy, OpenIncident, OpenIncidents,
    ResponseTimes, Section, Table,
};
use crate::slack::escape::{Mrkdwn, one_line};
use crate::text::{count, how_long, sign, when};

/// The report in one plain line: what wants attention first.
pub fn fallback(document: &Document) -> Mrkdwn {
    let said = document.sections.iter().map(headline);
    Mrkdwn::join([Mrkdwn::escape(&one_line(&document.title))].into_iter().chain(said), " · ")
}

/// Under the title: when and for what span; below it, what is unusual.
pub fn standing(document: &Document) -> Mrkdwn {
    let late = document.late.then(|| {
        Mrkdwn::ours(":hourglass: *Late:* made ")
            + when(document.made_at)
            + ", since it could not be made in time"
    });
    let asked = document.asked_by.as_ref().map(|by| Mrkdwn::ours("Asked for by ") + Mrkdwn::user(by));
    let sample = document.sample.then(|| {
        Mrkdwn::ours(":test_tube: What comes from AWS is *sample data*: there is no AWS here to ask")
    });
    let span = when(document.slot) + " · since " + when(document.since);
    Mrkdwn::join([Some(span), late, asked, sample].into_iter().flatten(), "\n")
}

/// Who is named.
pub fn mention(mention: &Mention) -> Mrkdwn {
    match mention {
        Mention::User(id) => Mrkdwn::user(id),
        Mention::Usergroup(id) => Mrkdwn::usergroup(id),
        Mention::Here => Mrkdwn::ours("<!here>"),
        Mention::Channel => Mrkdwn::ours("<!channel>"),
    }
}

/// What a section says in a few words.
fn headline(section: &Section) -> Mrkdwn {
    let words = match section {
        Section::OpenIncidents(open) => format!("{} open", number_of(open)),
        Section::Alarms(Alarms { alarm: 0, .. }) => "no alarm".to_owned(),
        Section::Alarms(alarms) => count(alarms.alarm, "alarm", "alarms"),
        Section::ResponseTimes(times) => match times.acknowledged_median.now {
            Some(seconds) => format!("acknowledged in {}", span(seconds)),
            None => String::new(),
        },
        Section::Failed { section, .. } => format!("{} failed", one_line(section)),
        Section::Noise(_)
        | Section::Chart(_)
        | Section::Table(_)
        | Section::Cost(_)
        | Section::Text { .. } => String::new(),
    };
    Mrkdwn::escape(&words)
}

/// The lines of a section: the first is its heading. A chart has none, since it shows its own title.
pub fn lines(section: &Section, now: Timestamp) -> Vec<Mrkdwn> {
    match section {
        Section::OpenIncidents(open) => open_incidents(open, now),
        Section::ResponseTimes(times) => response_times(times),
        Section::Noise(noise) => self::noise(noise),
        Section::Alarms(alarms) => self::alarms(alarms, now),
        Section::Table(table) => self::table(table),
        Section::Cost(cost) => self::cost(cost),
        Section::Text { text } => vec![Mrkdwn::of_config(text)],
        Section::Failed { section, why } => vec![
            Mrkdwn::ours(":warning: ")
                + Mrkdwn::escape(&one_line(section)).bold()
                + " could not be made"
                + "\n"
                + Mrkdwn::escape(&one_line(why)),
        ],
        Section::Chart(_) => Vec::new(),
    }
}

fn open_incidents(open: &OpenIncidents, now: Timestamp) -> Vec<Mrkdwn> {
    if open.all == 0 {
        return vec![Mrkdwn::ours(":white_check_mark: *Nothing is open*")];
    }
    let heading = Mrkdwn::escape(&format!("Open incidents: {}", number_of(open))).bold();
    let more = open.all.saturating_sub(open.rows.len());
    let rows = open.rows.iter().map(|row| open_incident(row, now));
    [heading].into_iter().chain(rows).chain(and_more(more, open.at_least)).collect()
}

/// Two lines: a phone would break one anywhere.
fn open_incident(row: &OpenIncident, now: Timestamp) -> Mrkdwn {
    let title = match &row.link {
        Some(link) => Mrkdwn::link(link, &row.title),
        None => Mrkdwn::escape(&one_line(&row.title)),
    };
    let owner = match &row.owner {
        Some(owner) => Mrkdwn::user(owner) + " is on it",
        None => Mrkdwn::ours("*nobody is on it*"),
    };
    let age = Mrkdwn::escape(&how_long(now.duration_since(row.since)));
    let below = Mrkdwn::join([age, owner, Mrkdwn::code(&row.id.0)], " · ");
    sign(&State::Firing, row.severity) + " " + title + "\n" + below
}

fn number_of(open: &OpenIncidents) -> String {
    if open.at_least { format!("{} or more", open.all) } else { open.all.to_string() }
}

fn response_times(times: &ResponseTimes) -> Vec<Mrkdwn> {
    let heading = Mrkdwn::ours("*Response times*");
    let Some(incidents) = times.incidents.now.filter(|incidents| incidents.get() > 0.0) else {
        let before = before(times.incidents.before);
        return vec![heading, Mrkdwn::escape(&format!("Nothing fired{before}"))];
    };
    let incidents = count(incidents.get() as usize, "incident", "incidents");
    let began = Mrkdwn::escape(&incidents).bold()
        + Mrkdwn::escape(&format!(" began{}", before(times.incidents.before)));
    let acknowledged = took("Acknowledged", times.acknowledged_median, times.acknowledged_p90);
    let resolved = took("Resolved", times.resolved_median, times.resolved_p90);
    vec![heading, began, acknowledged, resolved]
}

/// `Acknowledged: half within 4 min, 9 of 10 within 12 min (before: 6 min, 20 min)`.
fn took(what: &str, median: Compared, p90: Compared) -> Mrkdwn {
    let earlier = match (median.before, p90.before) {
        (Some(median), Some(p90)) => format!(" (before: {}, {})", span(median), span(p90)),
        _ => String::new(),
    };
    let bold = |seconds| Mrkdwn::escape(&span(seconds)).bold();
    let (what, earlier) = (Mrkdwn::escape(what), Mrkdwn::escape(&earlier));
    match (median.now, p90.now) {
        (Some(median), Some(p90)) => {
            what + ": half within " + bold(median) + ", 9 of 10 within " + bold(p90) + earlier
        }
        _ => what + ": none" + earlier,
    }
}

fn before(number: Option<Number>) -> String {
    let number = number.filter(|number| number.get() > 0.0);
    number.map_or(String::new(), |number| format!(" (before: {:.0})", number.get()))
}

fn span(seconds: Number) -> String {
    how_long(SignedDuration::from_secs(seconds.get() as i64))
}

fn noise(noise: &Noise) -> Vec<Mrkdwn> {
    if noise.rows.is_empty() {
        return vec![Mrkdwn::ours("*What fired most*"), Mrkdwn::ours("Nothing fired.")];
    }
    [Mrkdwn::ours("*What fired most*")].into_iter().chain(noise.rows.iter().map(noisy)).collect()
}

/// What stands small below a section: how many rows there were besides, what to do.
pub fn below(section: &Section) -> Option<Mrkdwn> {
    match section {
        Section::Table(table) => and_more(table.more, false),
        Section::Noise(noise) => remedy(noise),
        _ => None,
    }
}

fn remedy(noise: &Noise) -> Option<Mrkdwn> {
    let these = match noise.rows.iter().filter(|row| row.acted_on == 0).count() {
        0 => return None,
        1 => "one of these",
        _ => "some of these",
    };
    Some(Mrkdwn::escape(&format!("Nobody acted on {these}: raise the threshold, or make it a notice.")))
}

/// Two lines: a phone would break one anywhere.
fn noisy(row: &Noisy) -> Mrkdwn {
    let times = Mrkdwn::escape(&format!("{}×", row.firings)).bold();
    let acted = match (row.acted_on, row.incidents) {
        (0, _) => Mrkdwn::ours(":no_bell: nobody acted"),
        (acted, all) if acted == all => Mrkdwn::ours("acted on"),
        (acted, all) => Mrkdwn::escape(&format!("acted on {acted} of {all}")),
    };
    let below = Mrkdwn::join([Mrkdwn::code(&row.route), acted], " · ");
    times + " " + Mrkdwn::escape(&one_line(&row.title)) + "\n" + below
}

fn alarms(alarms: &Alarms, now: Timestamp) -> Vec<Mrkdwn> {
    let of = Mrkdwn::escape(&format!(" of {}", count(alarms.all, "alarm", "alarms")));
    if alarms.rows.is_empty() {
        return vec![
            Mrkdwn::ours(":white_check_mark: *CloudWatch:* none") + of + " is firing or without data",
        ];
    }
    let at_least = if alarms.at_least { "at least " } else { "" };
    let (alarm, insufficient) = (alarms.alarm, alarms.insufficient);
    let firing =
        Mrkdwn::escape(&format!("CloudWatch: {at_least}{alarm} in ALARM, {insufficient} without data"));
    let more = (alarms.alarm + alarms.insufficient).saturating_sub(alarms.rows.len());
    let rows = alarms.rows.iter().map(|row| alarm_line(row, now));
    [firing.bold() + "," + of].into_iter().chain(rows).chain(and_more(more, alarms.at_least)).collect()
}

fn alarm_line(row: &Alarm, now: Timestamp) -> Mrkdwn {
    let sign = Mrkdwn::ours(if row.firing { ":red_circle: " } else { ":white_circle: " });
    let name = match &row.link {
        Some(link) => Mrkdwn::link(link, &row.name),
        None => Mrkdwn::escape(&one_line(&row.name)),
    };
    let age = how_long(now.duration_since(row.since));
    let age = if row.firing { format!(" for {age}") } else { format!(" · no data for {age}") };
    let reason = one_line(&row.reason);
    // CloudWatch begins with the state, which is said already.
    let reason = reason.strip_prefix("Threshold Crossed: ").or(reason.strip_prefix("Insufficient Data: "));
    let reason = Mrkdwn::escape(reason.unwrap_or(&one_line(&row.reason))).cut(160);
    Mrkdwn::join([sign + name + Mrkdwn::escape(&age), reason], "\n")
}

fn table(table: &Table) -> Vec<Mrkdwn> {
    let title = match &table.link {
        Some(link) => Mrkdwn::link(link, &table.title),
        None => Mrkdwn::escape(&one_line(&table.title)),
    };
    let empty = table.rows.is_empty().then(|| Mrkdwn::ours("Nothing was found."));
    [title.bold()].into_iter().chain(empty).collect()
}

/// The rows of a table where no box is: a line each.
pub fn rows(table: &Table) -> Vec<Mrkdwn> {
    let line = |row: &Vec<String>| {
        Mrkdwn::join(row.iter().map(|cell| Mrkdwn::escape(&one_line(cell)).cut(160)), " · ")
    };
    table.rows.iter().map(line).collect()
}

/// The rows of a table as columns of the same width, for a box in which every letter is as wide as the others. A column is cut
/// so that a phone shows the first two; numbers stand at the right, so that they can be compared.
pub fn columns(table: &Table) -> String {
    const WIDEST: usize = 32;
    let cut = |cell: &String| -> String {
        let cell = one_line(cell);
        match cell.chars().count() > WIDEST {
            true => cell.chars().take(WIDEST - 1).chain(['…']).collect(),
            false => cell,
        }
    };
    let rows: Vec<Vec<String>> =
        [&table.columns].into_iter().chain(&table.rows).map(|row| row.iter().map(cut).collect()).collect();
    let widths: Vec<usize> = (0..table.columns.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or_default()
        })
        .collect();
    let are_numbers: Vec<bool> = (0..table.columns.len())
        .map(|column| {
            let mut cells = table.rows.iter().filter_map(|row| row.get(column));
            cells.all(|cell| cell.trim().parse::<f64>().is_ok())
        })
        .collect();
    let line = |row: &Vec<String>| {
        let cells = row.iter().zip(widths.iter().zip(&are_numbers)).map(|(cell, (width, is_number))| {
            if *is_number { format!("{cell:>width$}") } else { format!("{cell:width$}") }
        });
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn cost(cost: &Cost) -> Vec<Mrkdwn> {
    let money = |amount: Number| money(amount, &cost.currency);
    let line = |what: &str, amount: Number, besides: &str| {
        Mrkdwn::escape(&one_line(what))
            + ": "
            + Mrkdwn::escape(&money(amount)).bold()
            + Mrkdwn::escape(besides)
    };
    let compared = |what: &str, compared: Compared, than: &str| {
        let now = compared.now?;
        let change = compared.before.and_then(|before| change(now, before));
        Some(line(what, now, &change.map_or(String::new(), |change| format!("{change} on {than}"))))
    };
    let lines = [
        compared(&cost.day.strftime("%-d %B").to_string(), cost.yesterday, "the day before"),
        compared(&cost.day.strftime("%B so far").to_string(), cost.month, "the month before"),
        cost.forecast.map(|forecast| line("The whole month, as AWS expects", forecast, "")),
    ];
    let movers = cost.movers.iter().map(|(service, now, before)| {
        let change = change(*now, *before).unwrap_or_else(|| ", the day before nothing".to_owned());
        line(service, *now, &change)
    });
    let movers: Vec<Mrkdwn> = movers.collect();
    let changed = (!movers.is_empty()).then(|| Mrkdwn::ours("What changed most:"));
    let lines = lines.into_iter().flatten().chain(changed).chain(movers);
    [Mrkdwn::ours("*Cost*")].into_iter().chain(lines).collect()
}

fn money(amount: Number, currency: &str) -> String {
    format!("{:.2} {currency}", amount.get())
}

/// `, +8 %`; nothing where there was nothing before.
fn change(now: Number, before: Number) -> Option<String> {
    let percent = (now.get() - before.get()) / before.get() * 100.0;
    (before.get() > 0.0).then(|| format!(", {percent:+.0} %").replace('-', "−"))
}

fn and_more(more: usize, at_least: bool) -> Option<Mrkdwn> {
    let at_least = if at_least { "at least " } else { "" };
    (more > 0).then(|| Mrkdwn::escape(&format!("… {at_least}{more} more")))
}

/// One report as a line of the list.
pub fn listed(name: &str, in_words: &str, zone: &str, to: &str, next: Option<Timestamp>) -> Mrkdwn {
    let next = match next {
        Some(at) => Mrkdwn::ours("next ") + when(at),
        None => Mrkdwn::ours("never again"),
    };
    let schedule = Mrkdwn::escape(&format!("{in_words}, {zone}"));
    Mrkdwn::join([Mrkdwn::code(name), next, schedule, Mrkdwn::escape("in ") + channel(to)], " · ")
}

/// There are none.
pub fn none_configured() -> Mrkdwn {
    Mrkdwn::ours("There is no report yet: `reports:` in the config has them.")
}

/// There is no report with this name.
pub fn unknown(name: &str, known: &[&str]) -> Mrkdwn {
    let wrong = Mrkdwn::ours("There is no report ") + Mrkdwn::code(name) + ".";
    match known {
        [] => wrong + " " + none_configured(),
        known => {
            wrong + " There are: " + Mrkdwn::join(known.iter().map(|name| Mrkdwn::code(name)), ", ") + "."
        }
    }
}

/// It is being made.
pub fn asked_for(title: &str, to: &str) -> Mrkdwn {
    let place = match to.starts_with(['U', 'W']) {
        true => Mrkdwn::ours("as a message to you"),
        false => Mrkdwn::ours("in ") + channel(to),
    };
    Mrkdwn::escape(&one_line(title)).bold() + " is being made. It comes within a minute, " + place + "."
}

fn channel(channel: &str) -> Mrkdwn {
    if channel.starts_with('#') { Mrkdwn::escape(channel) } else { Mrkdwn::channel(channel) }
}
