//! The table of parameters for people.

use std::fmt::Write;

use super::table::{OPTIONS, OptionSpec, ValueKind};
use crate::model::ArtworkKind;

/// The table of parameters for the API's documentation, in Markdown.
pub fn options_markdown() -> String {
    let mut text = String::from(
        "| parameter | values | default | families | meaning |\n|---|---|---|---|---|\n",
    );
    for spec in OPTIONS {
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {} |",
            names(spec),
            values(spec.value),
            spec.default,
            families(spec.kinds),
            spec.help,
        );
    }
    text
}

/// The name, and the other names in brackets.
fn names(spec: &OptionSpec) -> String {
    let aliases: Vec<String> = spec.aliases.iter().map(|alias| format!("`{alias}`")).collect();
    match aliases.is_empty() {
        true => format!("`{}`", spec.name),
        false => format!("`{}` [{}]", spec.name, aliases.join(", ")),
    }
}

fn values(value: ValueKind) -> String {
    match value {
        ValueKind::Words(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
            words.join(" ")
        }
        ValueKind::Boolean => "`true` `false`".to_owned(),
        ValueKind::Number { min, max } => format!("{min} to {max}"),
        ValueKind::Sources => "rating keys".to_owned(),
        ValueKind::Language => "`de`, `pt-BR` …, `original`".to_owned(),
        ValueKind::Awards => "`true`, `false`, or names".to_owned(),
    }
}

fn families(kinds: &[ArtworkKind]) -> String {
    if kinds.len() == ArtworkKind::ALL.len() {
        return "all".to_owned();
    }
    let families: Vec<&str> = kinds.iter().map(|kind| kind.family()).collect();
    families.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_parameter_has_a_row_of_five_cells() {
        let table = options_markdown();
        assert_eq!(table.lines().count(), OPTIONS.len() + 2);
        for row in table.lines() {
            assert_eq!(row.matches('|').count(), 6, "{row}");
        }
        assert!(table.contains("| `split` | `true` `false` | false | poster |"), "{table}");
    }
}
