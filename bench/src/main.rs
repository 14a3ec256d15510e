//! How Callboard gets through a storm on one core: 100,000 signals in 1,000 incidents, in batches of ten as SQS hands them
//! over at once, and of a thousand as a longer batching window would collect. Prints a table. And what a report over 100,000
//! incidents takes: `report embedded` and `report dynamo` print a row each; and how fast payloads of all sources are read: `sources`.
//!
//! A measurement and not a test: it asserts that the storm ended well, and nothing about figures. Each row is a process of
//! its own, since a process has one peak of memory.

mod measure;
mod report;
mod sources;
mod storm;

use std::process::{Command, ExitCode};

use report::Kept;
use storm::Storm;

/// Signals in each invocation of the router, and how many of each incident come in a row.
const ROWS: [(usize, usize); 4] = [(10, 1), (1_000, 1), (10, 100), (1_000, 100)];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let told = match words.as_slice() {
        ["report", "embedded"] => a_report("the laptop's store", Kept::Embedded),
        ["report", "dynamo"] => a_report("DynamoDB (dynoxide)", Kept::Dynamo),
        ["sources"] => the_sources(),
        [batch, in_a_row] => match (batch.parse(), in_a_row.parse()) {
            (Ok(batch), Ok(in_a_row)) => one_row(batch, in_a_row),
            _ => Err("two numbers, `report embedded`, `report dynamo`, or `sources`".into()),
        },
        _ => all_rows(),
    };
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

fn all_rows() -> Result<(), Box<dyn std::error::Error>> {
    say(
        "| batch | in a row | router, CPU s | courier, CPU s | signals/s | commits | Slack calls | of them posts | storm, min | peak MB | before, MB |",
    );
    say("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    for (batch, in_a_row) in ROWS {
        let row = Command::new(std::env::current_exe()?)
            .args([batch.to_string(), in_a_row.to_string()])
            .status()?;
        if !row.success() {
            return Err(format!("batches of {batch} did not end well").into());
        }
    }
    Ok(())
}

fn one_row(batch: usize, in_a_row: usize) -> Result<(), Box<dyn std::error::Error>> {
    let before = measure::resident_mb()?;
    let went = Storm { batch, in_a_row }.run()?;
    let busy = (went.router + went.courier).as_secs_f64();
    say(&format!(
        "| {batch} | {in_a_row} | {:.1} | {:.1} | {:.0} | {} | {} | {} | {} | {} | {before} |",
        went.router.as_secs_f64(),
        went.courier.as_secs_f64(),
        storm::SIGNALS as f64 / busy,
        went.commits,
        went.calls,
        went.posts,
        went.minutes,
        measure::peak_mb()?,
    ));
    Ok(())
}

fn a_report(store: &str, kept: Kept) -> Result<(), Box<dyn std::error::Error>> {
    let went = report::run(kept)?;
    say(&format!(
        "| {store} | {} | {:.2} | {:.2} | {} | {} |",
        report::INCIDENTS,
        went.took.as_secs_f64(),
        went.busy.as_secs_f64(),
        went.memory_mb,
        went.requests,
    ));
    Ok(())
}

fn the_sources() -> Result<(), Box<dyn std::error::Error>> {
    let went = sources::run()?;
    say(&format!(
        "| {} | {} | {} | {:.1} | {:.0} |",
        went.sources,
        went.payloads,
        went.signals,
        went.first.as_secs_f64() * 1_000.0,
        went.payloads as f64 / went.busy.as_secs_f64(),
    ));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the table is what it is for")]
fn say(line: &str) {
    println!("{line}");
}
