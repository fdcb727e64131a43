//! One event's list as YAML: year → award → category → nominees and winners.
//!
//! ```yaml
//! '2026': # a comment
//!   oscar:
//!     best casting:
//!       nominee: [tt14905854, tt27847051]
//!       winner: [tt27847051]
//! 1930-2:
//!   oscar:
//!     ? a very long category stands as a complex key
//!     : winner: [tt0021746]
//! '2027': {}
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{AwardBody, ImdbId};

use super::super::error::DatasetError;
use super::rules;

/// The YAML library holds an event per scalar and bracket (some 120 bytes each), and the
/// real files have at most 120,000 of them.
const MAX_MARKS: usize = 600_000;
/// The library's scanner takes a time that grows with the square of the depth of brackets.
const MAX_DEPTH: usize = 16;

type Years = BTreeMap<String, Option<CategoriesByTitle>>;
type CategoriesByTitle = BTreeMap<String, Option<Categories>>;
type Categories = BTreeMap<String, Option<Category>>;

#[derive(Deserialize)]
struct Category {
    #[serde(default)]
    winner: Option<Vec<String>>,
}

/// Titles and how often each won what counts.
pub(super) type Wins = BTreeMap<ImdbId, u16>;

/// Reads a list and keeps the wins that count for `body`.
pub(super) fn wins(bytes: &[u8], body: AwardBody) -> Result<Wins, DatasetError> {
    check_size(bytes)?;
    let shape = |_| DatasetError::WrongShape("no list of awards by year");
    let years: Years = serde_yaml_ng::from_slice(bytes).map_err(shape)?;
    let mut wins = Wins::new();
    for (year, awards) in &years {
        let year = year.get(..4).and_then(|digits| digits.parse().ok());
        let year = year.ok_or(DatasetError::WrongShape("a key that is no year"))?;
        for (award, categories) in awards.iter().flatten() {
            for (category, outcome) in categories.iter().flatten() {
                if !rules::counts(body, year, &award.to_lowercase(), &category.to_lowercase()) {
                    continue;
                }
                let winners =
                    outcome.iter().filter_map(|outcome| outcome.winner.as_ref()).flatten();
                for winner in winners {
                    let id = winner.parse().ok().filter(|_| winner.starts_with("tt"));
                    let id = id.ok_or(DatasetError::WrongShape("a winner that is no title"))?;
                    let count: &mut u16 = wins.entry(id).or_default();
                    *count = count.saturating_add(1);
                }
            }
        }
    }
    Ok(wins)
}

/// Looks at the bytes before the library does, which bounds its memory and time.
fn check_size(bytes: &[u8]) -> Result<(), DatasetError> {
    let (mut marks, mut depth) = (0_usize, 0_usize);
    for byte in bytes {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            b',' | b':' | b'-' | b'?' | b'\n' | b'*' | b'&' => {}
            _ => continue,
        }
        marks += 1;
        if depth > MAX_DEPTH || marks > MAX_MARKS {
            return Err(DatasetError::WrongShape("nested too deep or too full"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    const OSCARS: &str = "\
# Academy CategoriesByTitle
'2002': {}  # not yet given
'2001': # https://example.org/2001
  honorary award:
    honorary award:
      nominee: [tt0000009]
      winner: [tt0000009]
  oscar:
    best picture:
      nominee: [tt0000001, tt0000002]
      winner: [tt0000001]
    best director:
      nominee: [tt0000001, tt0000002]
      winner: [tt0000001]
    best song:
      nominee: [tt0000002]
      winner: []
1930-2: # https://example.org/1930/2
  oscar:
    ? best of a category with so long a name that the writer makes a complex key of it and goes on and on and on
    : nominee: [tt0000003]
      winner: [tt0000003]
    best writing, title writing:
      nominee: [tt0000004]
";

    fn oscars(text: &str) -> Result<Vec<(u32, u16)>, DatasetError> {
        let wins = wins(text.as_bytes(), AwardBody::Oscar)?;
        Ok(wins.into_iter().map(|(id, count)| (id.number(), count)).collect())
    }

    #[test]
    fn winners_are_counted_and_nominees_and_honorary_ones_are_not() {
        assert_eq!(oscars(OSCARS).unwrap(), [(1, 2), (3, 1)]);
    }

    #[test]
    fn block_lists_are_lists_too() {
        let text = "2001:\n  oscar:\n    best picture:\n      winner:\n      - tt1\n      - tt2\n";
        assert_eq!(oscars(text).unwrap(), [(1, 1), (2, 1)]);
    }

    #[test]
    fn unknown_shapes_are_errors() {
        for text in [
            "<html><body>busy</body></html>",
            "- a\n- b\n",
            "2001: [tt1]\n",
            "2001:\n  oscar:\n    best picture:\n      winner: tt1\n",
            "2001:\n  oscar:\n    best picture:\n      winner: [nm1]\n",
            "2001:\n  oscar:\n    best picture: [tt1]\n",
            "title: x\n",
            "2001:\n  oscar: \"\n",
        ] {
            assert!(matches!(oscars(text), Err(DatasetError::WrongShape(_))), "{text}");
        }
    }

    #[test]
    fn hostile_yaml_is_refused_in_little_time() {
        let again = |n: u32| vec![format!("*a{}", n - 1); 9].join(",");
        let aliases: Vec<String> =
            (1..9).map(|n| format!("a{n}: &a{n} [{}]\n", again(n))).collect();
        let bomb = format!("a0: &a0 [x,x,x,x,x,x,x,x,x]\n{}", aliases.concat());
        let deep = "[".repeat(5 << 20);
        let nested = "- ".repeat(5 << 19);
        let keys = "? ".repeat(100_000);
        for text in [bomb, deep, nested, keys] {
            let start = Instant::now();
            assert!(oscars(&text).is_err());
            assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = wins(&bytes, AwardBody::Cannes);
        }

        #[test]
        fn nearly_right_text_does_not_either(text in "([0-9]{4}:\n|  oscar:\n|    best [a-z]{1,4}:\n|      winner: \\[tt[0-9]{0,3}\\]?\n|[&*#'?-]){0,12}") {
            let _ = wins(text.as_bytes(), AwardBody::Oscar);
        }

        #[test]
        fn written_wins_come_back(
            winners in prop::collection::btree_set(1_u32..1_000_000_000, 1..40),
        ) {
            let list: Vec<String> =
                winners.iter().map(|&n| ImdbId::new(n).unwrap().to_string()).collect();
            let text = format!("'1999':\n  oscar:\n    best sound:\n      winner: [{}]\n", list.join(", "));
            let expected: Vec<(u32, u16)> = winners.into_iter().map(|n| (n, 1)).collect();
            prop_assert_eq!(oscars(&text).unwrap(), expected);
        }
    }
}
