//! Names that every file system takes.

use unicode_normalization::UnicodeNormalization;

/// Longest name, in bytes of UTF-8, without the extension: ext4 takes 255 bytes, eCryptfs 143, and an extension and a
/// suffix of ours have to fit as well.
pub const MAX_NAME_BYTES: usize = 120;

/// What is left of a title that no file system could hold.
const NAMELESS: &str = "untitled";

/// Names of devices on Windows, whatever stands behind a dot.
/// Source: <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
const NUMBERED_DEVICES: [&str; 2] = ["com", "lpt"];

/// The text as the name of one file or folder: without separators, control and formatting characters, a leading dot, or
/// a trailing dot or space; no name of a device; at most [`MAX_NAME_BYTES`] bytes.
pub fn safe_name(text: &str) -> String {
    let replaced: String = text.nfc().map(replace).collect();
    let words: Vec<&str> = replaced.split_whitespace().collect();
    let mut name = words.join(" ");
    let start = name.len() - name.trim_start_matches(['.', ' ', '-']).len();
    name.drain(..start);
    cut(&mut name, MAX_NAME_BYTES);
    if name.is_empty() {
        return NAMELESS.to_owned();
    }
    if is_device(&name) {
        name.insert(0, '_');
        cut(&mut name, MAX_NAME_BYTES);
    }
    name
}

/// Cuts between characters, and what must not stand at the end.
fn cut(name: &mut String, bytes: usize) {
    name.truncate(name.floor_char_boundary(bytes));
    let end = name.trim_end_matches(['.', ' ']).len();
    name.truncate(end);
}

fn replace(c: char) -> char {
    match c {
        // "Mission: Impossible" reads well with a dash, and so does "Face/Off".
        ':' | '\u{ff1a}' | '/' | '\\' | '|' | '\u{2044}' | '\u{2215}' | '\u{29f8}' => '-',
        '<' | '>' | '"' | '?' | '*' => ' ',
        c if c.is_control() || is_formatting(c) => ' ',
        c => c,
    }
}

/// Characters that show nothing, or turn around what is shown.
fn is_formatting(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn is_device(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_lowercase();
    if DEVICES.contains(&stem.as_str()) || matches!(stem.as_str(), "conin$" | "conout$") {
        return true;
    }
    NUMBERED_DEVICES.iter().any(|device| {
        let number = stem.strip_prefix(device).map(|rest| rest.chars().collect::<Vec<_>>());
        matches!(number.as_deref(), Some(['0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}']))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn titles_become_names_that_can_be_read() {
        for (title, name) in [
            ("The Matrix (1999)", "The Matrix (1999)"),
            ("Mission: Impossible - Fallout (2018)", "Mission- Impossible - Fallout (2018)"),
            ("Face/Off", "Face-Off"),
            ("../../etc/passwd", "etc-passwd"),
            ("..", "untitled"),
            (".hidden", "hidden"),
            ("What?", "What"),
            ("Con", "_Con"),
            ("con.air", "_con.air"),
            ("COM1", "_COM1"),
            ("COM\u{b9}", "_COM\u{b9}"),
            ("Comet", "Comet"),
            ("C\0\n\u{202e}x", "C x"),
            ("\u{200b}", "untitled"),
            ("", "untitled"),
            ("ends. . ", "ends"),
            ("千と千尋の神隠し", "千と千尋の神隠し"),
            ("e\u{301}", "\u{e9}"),
        ] {
            assert_eq!(safe_name(title), name, "{title:?}");
        }
    }

    proptest! {
        #[test]
        fn every_name_can_be_a_file_in_any_folder(title in any::<String>()) {
            let name = safe_name(&title);
            prop_assert!(!name.is_empty() && name.len() <= MAX_NAME_BYTES);
            prop_assert!(!name.starts_with(['.', ' ']) && !name.ends_with(['.', ' ']));
            prop_assert!(!name.contains(['/', '\\', ':', '*', '?', '"', '<', '>', '|']));
            prop_assert!(!name.chars().any(char::is_control));
            prop_assert!(!is_device(&name));
            let path = std::path::Path::new(&name);
            prop_assert_eq!(path.components().count(), 1);
            prop_assert!(matches!(path.components().next(), Some(std::path::Component::Normal(_))));
        }

        #[test]
        fn a_name_is_its_own_name(title in any::<String>()) {
            let name = safe_name(&title);
            prop_assert_eq!(safe_name(&name), name);
        }

        #[test]
        fn long_names_are_cut_between_characters(title in "[a-zé千 ]{100,300}") {
            prop_assert!(safe_name(&title).len() <= MAX_NAME_BYTES);
        }
    }
}
