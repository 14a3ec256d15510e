//! Writes the pictures of the sample charts into a folder, to look at them:
//! `cargo run -p notifier --release --example gallery -- target/pictures`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a tool for people who look at pictures")]

use std::time::Instant;

#[path = "../tests/samples/mod.rs"]
mod samples;

fn main() {
    let folder = std::env::args().nth(1).unwrap();
    std::fs::create_dir_all(&folder).unwrap();
    for (name, chart) in samples::all() {
        let begin = Instant::now();
        let png = notifier::picture::png(&chart).unwrap();
        println!("{name}: {} kB in {} ms", png.len() / 1_000, begin.elapsed().as_millis());
        std::fs::write(format!("{folder}/{name}.png"), png).unwrap();
    }
}
