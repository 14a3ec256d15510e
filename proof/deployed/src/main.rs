//! Plays the laptop's stories (`local/tests/scenarios`) on a deployment and compares what is told with the laptop's snapshots,
//! word for word; a story of the deployment's own with the file beside it that ends in `.told`. `proof/deployment` starts it, and is asked for what an operator of the deployment could do and for what AWS
//! does by itself (`cloud`); `stage` is the deployment as a story sees it, `sender` who sends what has to be reported.
//!
//! What differs from the laptop, and is no difference to a story: the consumers of the queues rest except while a story lets
//! work be done, and the minute's tick is sent as the schedule sends it. A deployment has the rules that it was built with, so of the
//! scripts those are played which want its rules: they bring none (`config:`), or just those. `deployed --rules FILE` tells rules as
//! they are built in.

mod cloud;
mod sender;
mod stage;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::Timestamp;
use local::Trouble;
use local::scenario::{Needs, needs, play};

use crate::cloud::Cloud;
use crate::stage::Deployment;

/// The laptop's stories.
const STORIES: &str = "local/tests/scenarios";

/// What the laptop told.
const SNAPSHOTS: &str = "local/tests/snapshots/every_story_goes_as_it_went@";

fn main() -> Result<(), Trouble> {
    let mut arguments = std::env::args().skip(1);
    let usage = || Trouble("deployed CONTROL-URL FOLDER [PART OF A NAME] | deployed --rules FILE".to_owned());
    let control = arguments.next().ok_or_else(usage)?;
    if control == "--rules" {
        return say(&rules(Path::new(&arguments.next().ok_or_else(usage)?))?);
    }
    let told_in = PathBuf::from(arguments.next().ok_or_else(usage)?);
    let part = arguments.next().unwrap_or_default();
    let (mut played, mut differ, mut others) = (0, 0, 0);
    let here = PathBuf::from(runtime()?.block_on(Cloud::at(&control))?.about.config);
    for file in scripts(&part)? {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        let script = text(&file)?;
        let Needs { config, begins } = needs(&script)?;
        let own = config.map(|name| file.with_file_name(name));
        if own.map_or(here.starts_with(STORIES), |own| own != here) {
            others += 1;
            continue;
        }
        played += 1;
        let began = Instant::now();
        let told = tell(&script, begins, &control);
        let seconds = began.elapsed().as_secs_f64();
        let told = told.unwrap_or_else(|error| format!("{error}\n"));
        fs::write(told_in.join(&name), &told)
            .map_err(|error| Trouble::because("cannot be written", error))?;
        let expected = expected(&file, &name)?;
        match difference(expected.trim_end(), told.trim_end()) {
            None => say(&format!("ok        {name} ({seconds:.1} s)"))?,
            Some(lines) => {
                differ += 1;
                say(&format!("DIFFERS   {name} ({seconds:.1} s)\n{lines}"))?;
            }
        }
    }
    say(&format!(
        "{played} stories played by {}, {differ} differ; {others} want other rules",
        here.display()
    ))?;
    // Whoever asks for some stories may have named none that goes by these rules.
    if differ > 0 || played == 0 && (others == 0 || part.is_empty()) {
        return Err(Trouble("the deployment tells it otherwise than the laptop".to_owned()));
    }
    Ok(())
}

/// What a story must tell: what it told on the laptop; one that is told here only, what stands beside it.
fn expected(file: &Path, name: &str) -> Result<String, Trouble> {
    if !file.starts_with(STORIES) {
        return text(&file.with_extension("told"));
    }
    let snapshot = text(Path::new(&format!("{SNAPSHOTS}{name}.snap")))?;
    Ok(snapshot.splitn(3, "---\n").nth(2).unwrap_or_default().to_owned())
}

/// One story in a process of its own, as far as connections go: when its runtime ends, so do those to its Slack.
fn tell(script: &str, begins: Timestamp, control: &str) -> Result<String, Trouble> {
    runtime()?.block_on(async {
        let deployment = Deployment::anew(Cloud::at(control).await?, begins).await?;
        play(script, &deployment).await
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Trouble> {
    tokio::runtime::Runtime::new().map_err(|error| Trouble::because("there is no runtime", error))
}

/// The rules in a file as `shared/build.rs` compiles them.
fn rules(file: &Path) -> Result<String, Trouble> {
    let rules: serde_json::Value = serde_saphyr::from_str(&text(file)?)
        .map_err(|error| Trouble::because(&format!("{} is no YAML", file.display()), error))?;
    Ok(rules.to_string())
}

/// The scripts whose names contain this, in order; or the one that this is the path of.
fn scripts(part: &str) -> Result<Vec<PathBuf>, Trouble> {
    if Path::new(part).is_file() {
        return Ok(vec![PathBuf::from(part)]);
    }
    let folder = fs::read_dir(STORIES);
    let folder = folder.map_err(|error| Trouble::because("run it at the top of the repository", error))?;
    let files = folder.filter_map(Result::ok).map(|entry| entry.path());
    let is_script = |file: &PathBuf| {
        let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.ends_with(".txt") && name.contains(part)
    };
    let mut scripts: Vec<PathBuf> = files.filter(is_script).collect();
    scripts.sort();
    Ok(scripts)
}

/// The first lines that are not the same.
fn difference(expected: &str, told: &str) -> Option<String> {
    if expected == told {
        return None;
    }
    let (expected, told): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), told.lines().collect());
    let same = expected.iter().zip(&told).take_while(|(laptop, here)| laptop == here).count();
    let from = |lines: &[&str], sign: char| {
        let lines = lines.iter().skip(same).take(12);
        lines.map(|line| format!("    {sign} {line}")).collect::<Vec<_>>().join("\n")
    };
    let at = same + 1;
    Some(format!("  from line {at}, laptop -, here +\n{}\n{}", from(&expected, '-'), from(&told, '+')))
}

fn text(file: &Path) -> Result<String, Trouble> {
    let text = fs::read_to_string(file);
    text.map_err(|error| Trouble::because(&format!("{} cannot be read", file.display()), error))
}

fn say(line: &str) -> Result<(), Trouble> {
    writeln!(std::io::stdout(), "{line}").map_err(|error| Trouble::because("nobody listens", error))
}
