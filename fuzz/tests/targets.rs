//! Every target over its corpus, which the fuzzer has found and which is kept in `__fuzz__/<name>/corpus`: the same inputs in
//! every run. `fuzz/run` looks for new ones.

use std::path::Path;
use std::time::Duration;

use bolero::check;
use fuzz::{doors, feeds, letters, payloads, rules};

/// The fewest inputs of a target.
const FEWEST: usize = 5;

macro_rules! targets {
    ($($name:ident: $target:expr),+ $(,)?) => {
        $(
            #[test]
            fn $name() {
                // Nothing by chance and nothing cut short: what chance finds, the fuzzer keeps.
                check!().with_iterations(0).with_test_time(Duration::MAX).for_each($target);
            }
        )+

        #[test]
        fn every_target_has_a_corpus() {
            for name in [$(stringify!($name)),+] {
                let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/__fuzz__").join(name).join("corpus");
                let inputs = std::fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
                assert!(inputs.count() >= FEWEST, "{} holds too little", folder.display());
            }
        }
    };
}

targets! {
    forged: doors::forged,
    slash_command: doors::slash_command,
    interaction: doors::interaction,
    slack_event: doors::slack_event,
    sns: doors::sns,
    hook: payloads::hook,
    event: letters::event,
    expression: rules::expression,
    template: rules::template,
    config: rules::config,
    mapping: rules::mapping,
    feed: feeds::feed,
}
