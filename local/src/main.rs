//! `cargo local`: reads the command line, hands over to a verb, and says how it went.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use jiff::Timestamp;
use local::Trouble;
use local::verbs::{check, doctor, replay, report, scenario, simulate, tick, try_out, up};
use local::world::Options;
use secrecy::SecretString;
use shared::deps::{Clock, SystemClock};
use slack_emulator::Settings;
use url::Url;

/// Callboard on this machine: no AWS, no Slack, nothing to install.
#[derive(Parser)]
#[command(name = "cargo local", bin_name = "cargo local")]
struct Cli {
    #[command(subcommand)]
    verb: Option<Verb>,
    #[command(flatten)]
    up: Up,
}

#[derive(Subcommand)]
enum Verb {
    /// Start everything (also without a verb)
    Up(Up),
    /// Send payloads to the running instance, or have it put its dead letters back
    Replay {
        /// The files; the folder's name is the source, as in events/
        #[arg(required_unless_present = "dead")]
        files: Vec<PathBuf>,
        /// What failed so often that it is tried no more goes back into its queue
        #[arg(long, conflicts_with_all = ["files", "source"])]
        dead: bool,
        /// The source, instead of the folder's name
        #[arg(long)]
        source: Option<String>,
        #[command(flatten)]
        at: At,
    },
    /// Tell whether the config makes sense
    Check {
        #[command(flatten)]
        rules: Rules,
    },
    /// Tell how a payload is read, where it goes and why, and what stands in Slack then
    Try {
        /// The payload
        file: PathBuf,
        /// Its source; recognised without
        #[arg(long)]
        source: Option<String>,
        /// A mapping file that is being written; its name is the source's
        #[arg(long = "map")]
        maps: Vec<PathBuf>,
        #[command(flatten)]
        rules: Rules,
    },
    /// Look whether a deployment, or the running instance, is set up well
    Doctor {
        #[command(flatten)]
        at: At,
        /// Slack's signing secret of that deployment; the running instance's own without
        #[arg(long, env = "SLACK_SIGNING_SECRET", hide_env_values = true)]
        signing_secret: Option<SecretString>,
    },
    /// What a report would say, by the running instance; nothing is posted
    Report {
        /// Its name
        name: String,
        /// As of this time, such as 2026-11-23T09:00:00Z, instead of now
        #[arg(long = "at")]
        time: Option<Timestamp>,
        #[command(flatten)]
        at: At,
    },
    /// One tick of the notifier in the running instance
    Tick {
        #[command(flatten)]
        at: At,
    },
    /// Run the whole system on simulated time, with faults, by a seed
    Simulate {
        /// Which run; the first one, where there are many
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// So many runs, counted and not told
        #[arg(long)]
        seeds: Option<u64>,
        /// Instead, the flow that is cut at every call, cut at this point
        #[arg(long)]
        point: Option<usize>,
    },
    /// Run a script and print what happened
    Scenario {
        /// The script
        file: PathBuf,
        #[command(flatten)]
        rules: Rules,
    },
}

#[derive(Args)]
struct Up {
    /// Where to listen, on this machine only; 0 takes a free port
    #[arg(long, default_value_t = 3000)]
    port: u16,
    #[command(flatten)]
    rules: Rules,
    /// Keep state in this folder, across restarts
    #[arg(long)]
    data_dir: Option<PathBuf>,
    /// Another Slack-compatible server, or https://slack.com/
    #[arg(long, requires_all = ["signing_secret", "bot_token"])]
    slack_api_url: Option<Url>,
    /// Slack's signing secret
    #[arg(long)]
    signing_secret: Option<SecretString>,
    /// Slack's bot token (xoxb-...)
    #[arg(long)]
    bot_token: Option<SecretString>,
}

#[derive(Args)]
struct Rules {
    /// The config file; without one, config/laptop.yaml as it was when this was built
    #[arg(long)]
    config: Option<PathBuf>,
}

#[derive(Args)]
struct At {
    /// Where the instance runs
    #[arg(long, default_value = "http://127.0.0.1:3000")]
    url: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let cli = Cli::parse();
    if !matches!(cli.verb, Some(Verb::Simulate { .. })) {
        // A simulation tells everything itself; there, failing is what everybody does all the time.
        tracing_subscriber::fmt().with_writer(std::io::stderr).with_max_level(tracing::Level::WARN).init();
    }
    match run(cli).await {
        Ok(told) => {
            say(&told);
            ExitCode::SUCCESS
        }
        Err(trouble) => {
            complain(&trouble);
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Result<String, Trouble> {
    let now = now();
    match cli.verb.unwrap_or(Verb::Up(cli.up)) {
        Verb::Up(up) => start(up).await.map(|()| String::new()),
        Verb::Replay { dead: true, at, .. } => replay::dead(&at.url).await,
        Verb::Replay { files, source, at, .. } => {
            replay::replay(&files, source.as_deref(), &at.url, now).await
        }
        Verb::Check { rules } => check::check(rules.config.as_deref()),
        Verb::Try { file, source, maps, rules } => {
            let rules = local::rules::Rules { config: rules.config, maps };
            try_out::try_out(&file, source.as_deref(), rules, now).await
        }
        Verb::Doctor { at, signing_secret } => {
            let secret = signing_secret.unwrap_or_else(|| Settings::default().signing_secret.into());
            doctor::doctor(&at.url, &secret, now).await
        }
        Verb::Report { name, time, at } => report::report(&name, time, &at.url).await,
        Verb::Tick { at } => tick::tick(&at.url).await,
        Verb::Simulate { seed, seeds, point } => {
            let run = tokio::task::spawn_blocking(move || match (point, seeds) {
                (Some(point), _) => simulate::crash_point(point),
                (None, None) => simulate::one(seed),
                (None, Some(seeds)) => {
                    simulate::many(seed, seeds, |done| say(&format!("{done} of {seeds}\n")))
                }
            });
            run.await.map_err(|error| Trouble::because("the simulation broke off", error))?
        }
        Verb::Scenario { file, rules } => scenario::scenario(&file, rules.config.as_deref()).await,
    }
}

async fn start(up: Up) -> Result<(), Trouble> {
    let options = Options {
        rules: local::rules::Rules::of(up.rules.config.as_deref()),
        data_dir: up.data_dir,
        slack_api_url: up.slack_api_url,
        signing_secret: up.signing_secret,
        bot_token: up.bot_token,
        stands_at: None,
    };
    up::up(up.port, &options, say).await
}

fn now() -> Timestamp {
    SystemClock.now()
}

#[expect(clippy::print_stdout, reason = "this is the person at the keyboard")]
fn say(told: &str) {
    if !told.is_empty() {
        println!("{}", told.trim_end_matches('\n'));
    }
}

#[expect(clippy::print_stderr, reason = "this is the person at the keyboard")]
fn complain(trouble: &Trouble) {
    eprintln!("{trouble}");
}
