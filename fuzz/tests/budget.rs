//! What one input may cost: under a second of work and under 256 MB at its peak, from the request to what Slack would be sent,
//! even where the code is optimised as little as tests are. A binary of its own, since it counts every allocation of the process.

use std::time::Duration;

use bolero as _; // what the fuzzer's instrumentation links against
use fuzz::payloads;
use peak_alloc::PeakAlloc;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// Work on one input, in CPU time: a busy machine must not change the outcome.
const MOST_TIME: Duration = Duration::from_secs(1);

/// Memory at the peak of one input, in MB.
const MOST_MEMORY: f32 = 256.0;

/// CPU time of this thread (<https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat>).
fn worked() -> Option<Duration> {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    told.split(' ').next()?.parse().ok().map(Duration::from_nanos)
}

/// The largest that one delivery may be, and what is worst in it.
fn inputs() -> Vec<(&'static str, String)> {
    let mega = 1 << 20;
    let keys: String = (0..60_000).map(|n| format!("\"k{n}\":{n},")).collect();
    let alert = r#"{"status":"firing","labels":{"alertname":"a"}},"#;
    let record = r#"{"eventSource":"aws:sqs","messageId":"m","body":"hello"},"#;
    let notification = r#"{"Type":"Notification","TopicArn":"t","Message":"#;
    let mut all = vec![
        ("a megabyte of text", "a".repeat(mega)),
        ("a megabyte of lines", "a\n".repeat(mega / 2)),
        ("ten megabytes of text", "ä".repeat(5 * mega)),
        (
            "ten megabytes in a field",
            format!(r#"{{"title":"x","text":"{}"}}"#, "<!channel> ".repeat(mega - 100)),
        ),
        ("60,000 keys", format!("{{{keys}\"end\":1}}")),
        ("a list of a megabyte", format!("[{}1]", "[],".repeat(mega / 3 - 10))),
        ("deep lists", "[".repeat(mega / 2) + &"]".repeat(mega / 2)),
        ("deep maps", "{\"a\":".repeat(100_000) + "1" + &"}".repeat(100_000)),
        (
            "20,000 alerts",
            format!(r#"{{"groupKey":"g","groupLabels":{{}},"alerts":[{}{{}}]}}"#, alert.repeat(20_000)),
        ),
        ("18,000 records", format!(r#"{{"Records":[{}{{}}]}}"#, record.repeat(18_000))),
        ("300 notifications in each other", notification.repeat(300) + "1" + &"}".repeat(300)),
        ("escapes", format!(r#"{{"title":"{}"}}"#, "\\u00e4".repeat(170_000))),
        ("a form", "a=%41&".repeat(mega / 6)),
    ];
    all.iter_mut().for_each(|(_, body)| body.truncate(10 * mega));
    all
}

#[test]
fn no_delivery_costs_more_than_a_second_or_256_megabytes() {
    // Compiled once for all inputs.
    payloads::hook(b"/hooks/cloudwatch\n\n{}");
    let mut told = String::new();
    for (what, body) in inputs() {
        for source in ["", "/own", "/cloudwatch", "/github", "/alertmanager", "/eventbridge"] {
            let input = format!("/hooks{source}\ncontent-type: application/json\n\n{body}");
            let held = MEMORY.current_usage_as_mb();
            MEMORY.reset_peak_usage();
            let before = worked();
            payloads::hook(input.as_bytes());
            let peak = MEMORY.peak_usage_as_mb() - held;
            // Where the system does not tell, the fuzzer's own limit is all there is.
            let time = worked().zip(before).map_or(Duration::ZERO, |(after, before)| after - before);
            told += &format!("{what} to /hooks{source}: {peak:.0} MB, {} ms\n", time.as_millis());
            assert!(peak < MOST_MEMORY, "{what} to /hooks{source}: {peak} MB");
            assert!(time < MOST_TIME, "{what} to /hooks{source}: {time:?}");
        }
    }
    println!("{told}");
}
