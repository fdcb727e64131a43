//! Clients that show our pictures: a row each, with what is to be entered where.
//!
//! The rows feed `/api/clients` and docs/clients.md. Tests fill every line in by the client's own rules and read the address
//! that comes of it.

pub mod aiometadata;
mod table;
#[cfg(test)]
mod tests;

use std::fmt::Write;

pub use table::CLIENTS;

/// One client.
#[derive(Clone, Copy, Debug)]
pub struct ClientRow {
    /// The word in `/api/clients`.
    pub id: &'static str,
    pub name: &'static str,
    /// What to do, in a sentence or two.
    pub recipe: &'static str,
    pub lines: &'static [ClientLine],
    pub works: &'static str,
    /// What does not work, and why; empty where nothing is known.
    pub limits: &'static str,
}

/// Something to be entered.
#[derive(Clone, Copy, Debug)]
pub struct ClientLine {
    /// Where it is to be entered, in the client's words.
    pub field: &'static str,
    /// With `%BASE%`, `%KEY%` and `%V%` for what differs; what is in braces is the client's to fill in.
    pub text: &'static str,
    /// The family of an address of pictures; `None` for everything else.
    pub family: Option<&'static str>,
}

impl ClientLine {
    /// Ready to be copied. `token` is the version token of the line's family.
    pub fn fill(&self, base: &str, key: &str, token: Option<&str>) -> String {
        let text = match token {
            Some(token) => self.text.replace("%V%", token),
            None => ["?v=%V%", "&v=%V%"]
                .iter()
                .fold(self.text.to_owned(), |text, v| text.replace(v, "")),
        };
        text.replace("%BASE%", base).replace("%KEY%", key)
    }
}

/// The recipes for the documentation.
pub fn markdown() -> String {
    let mut text = String::new();
    for client in CLIENTS {
        let ClientRow { name, recipe, works, limits, .. } = client;
        // Writing to a String does not fail.
        let _ = writeln!(text, "## {name}\n\n{recipe}\n");
        if !client.lines.is_empty() {
            let _ = writeln!(text, "```text");
            let widest = client.lines.iter().map(|line| line.field.len()).max().unwrap_or(0);
            for line in client.lines {
                let filled = line.fill("http://HOST:3000", "KEY", None);
                let _ = writeln!(text, "{:widest$}  {filled}", line.field);
            }
            let _ = writeln!(text, "```\n");
        }
        let _ = writeln!(text, "*Works:* {works}\n");
        if !limits.is_empty() {
            let _ = writeln!(text, "*Does not:* {limits}\n");
        }
    }
    text
}
