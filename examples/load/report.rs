//! What is printed.

use crate::client::Outcome;

#[expect(clippy::print_stdout, reason = "what this program is run for")]
pub(crate) fn title(text: &str) {
    println!("{text}");
}

#[expect(clippy::print_stdout, reason = "what this program is run for")]
pub(crate) fn row(name: &str, figure: f64, unit: &str, ratio: Option<(f64, &str)>) {
    let ratio = ratio.map(|(ratio, of)| format!("{ratio:8.3} {of}")).unwrap_or_default();
    println!("  {name:<28} {figure:10.2} {unit:<4} {ratio}");
}

pub(crate) fn speed(outcome: &Outcome) {
    row("images", outcome.per_second(), "/s", None);
    row("p50", outcome.percentile(0.5), "ms", None);
    row("p99", outcome.percentile(0.99), "ms", None);
}
