//! The table of parameters for people.

use std::fmt::Write;

use super::table::{OPTIONS, OptionSpec};
use crate::model::{FamilyRow, ImageSize, RatingSource, Words};

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
            spec.value.markdown(),
            spec.default_text(),
            families(spec),
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

fn families(spec: &OptionSpec) -> String {
    let families = spec.family_names();
    match families.len() == FamilyRow::all().len() {
        true => "all".to_owned(),
        false => families.join(", "),
    }
}

/// The table of rating sources, in Markdown.
pub fn sources_markdown() -> String {
    let mut text = String::from(
        "| source | key | other words | drawn as | told by, most trusted first |\n|---|---|---|---|---|\n",
    );
    for row in RatingSource::ALL.map(RatingSource::row) {
        let top = row.scale.top();
        // An example that needs all digits of every scale.
        let drawn = row.scale.write(top * 0.863);
        let providers =
            row.trusted.iter().map(|provider| match row.first_hand == Some(*provider) {
                true => format!("**`{}`**", provider.name()),
                false => format!("`{}`", provider.name()),
            });
        let providers: Vec<String> = providers.collect();
        // Writing to a String does not fail.
        let _ = writeln!(
            text,
            "| {} | `{}` | {} | `{drawn}` of {top} | {} |",
            row.name,
            row.key,
            quoted(row.aliases),
            providers.join(", "),
        );
    }
    text
}

fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(" ")
}

/// The table of families, in Markdown.
pub fn families_markdown() -> String {
    let sizes = ImageSize::NAMES.join(" | ");
    let mut text = format!("| family | other words | {sizes} | format |\n|---|---|");
    text.push_str(&"---|".repeat(ImageSize::NAMES.len() + 1));
    text.push('\n');
    for row in FamilyRow::all() {
        let frames = row.frames.map(|(width, height)| format!("{width} × {height}"));
        let _ = writeln!(
            text,
            "| `{}` | {} | {} | {} |",
            row.words[0],
            quoted(&row.words[1..]),
            frames.join(" | "),
            row.format.name(),
        );
    }
    text
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
        assert!(table.contains("| `split` | `true` `false` | false | poster, season |"), "{table}");
    }
}
