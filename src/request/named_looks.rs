//! The looks that have a name, each a designer's choice of parameters.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::options::OptionsPatch;
use super::table::apply_query;
use crate::model::{ArtworkKind, FrameShape, NamedLook};

/// A named look: what it sets on every frame, and what further by the frame's shape.
#[derive(Debug)]
struct LookRow {
    look: NamedLook,
    /// One sentence for docs and forms.
    help: &'static str,
    every: &'static str,
    upright: &'static str,
    wide: &'static str,
    lettering: &'static str,
}

/// One row per look, in the order of [`NamedLook::ALL`].
static LOOKS: [LookRow; NamedLook::ALL.len()] = [
    LookRow {
        look: NamedLook::Minimal,
        help: "The artwork first: one rating in a corner, without a ground.",
        every: "ratings_limit=1&ratings_order=imdb&badge_background=n&awards=false&direction=h&badge_style=h",
        upright: "position=bl",
        wide: "position=bl",
        lettering: "label_style=i",
    },
    LookRow {
        look: NamedLook::Broadcast,
        help: "As a programme guide: dark, the facts in a line below the ratings, news in the corner.",
        every: "badge_background=k&info=cert,year,runtime,network&info_position=join&sash=new-season,premiere,returning,cinema&awards=false",
        upright: "ratings_limit=3",
        wide: "position=bl&direction=h&ratings_limit=4",
        lettering: "",
    },
    LookRow {
        look: NamedLook::Ring,
        help: "One ring with the mean of all ratings, and nothing else.",
        every: "score=ring&awards=false&badge_background=t",
        upright: "ratings_limit=0&score_position=br&badge_size=l",
        wide: "ratings_limit=0&score_position=br&badge_size=xl",
        lettering: "ratings_limit=1&badge_style=v",
    },
    LookRow {
        look: NamedLook::Glass,
        help: "Pills of glass that take their colour from the picture.",
        every: "badge_background=t&badge_shape=p&info=cert,year&info_position=tl",
        upright: "ratings_limit=3",
        wide: "ratings_limit=3&direction=h&position=br",
        lettering: "",
    },
    LookRow {
        look: NamedLook::Cinema,
        help: "As in a foyer: no panels, the facts in a line, statuettes and festivals.",
        every: "badge_background=n&info=cert,runtime,genre&info_style=line&sash=cinema,festival&awards=oscar,emmy,golden_globe,bafta,cannes,venice,berlin",
        upright: "ratings_limit=3&info_position=tl",
        wide: "ratings_limit=3&position=bl&direction=h&info_position=bl",
        lettering: "badge_style=h",
    },
    LookRow {
        look: NamedLook::Mono,
        help: "One colour: white marks and figures on dark.",
        every: "label_style=i&badge_background=k&info=cert,year&awards=false",
        upright: "ratings_limit=3&info_position=tl",
        wide: "ratings_limit=4&info_position=tl",
        lettering: "",
    },
    LookRow {
        look: NamedLook::Kids,
        help: "For choosing together: the advised age and the certificate, large and round.",
        every: "info=age,cert,runtime&info_position=tl&badge_shape=p&badge_size=l&awards=false",
        upright: "ratings_limit=2&position=bc",
        wide: "ratings_limit=1&position=br",
        lettering: "",
    },
    LookRow {
        look: NamedLook::Data,
        help: "Everything that is known: ten ratings, the mean as a bar, all facts, the sash.",
        every: "ratings_limit=10&badge_size=s&info=cert,year,runtime,genre,network,status&info_position=bl&score=bar&score_position=tl&sash=default&label_style=i",
        upright: "badge_background=t",
        wide: "badge_background=t&position=br&direction=h",
        lettering: "",
    },
];

impl LookRow {
    fn by_shape(&self, shape: FrameShape) -> &'static str {
        match shape {
            FrameShape::Upright | FrameShape::Square => self.upright,
            FrameShape::Wide => self.wide,
            FrameShape::Lettering => self.lettering,
        }
    }
}

/// What a look sets for a family.
pub(super) fn patch_of(look: NamedLook, kind: ArtworkKind) -> OptionsPatch {
    let mut patch = OptionsPatch::default();
    let Some(row) = LOOKS.iter().find(|row| row.look == look) else { return patch };
    for query in [row.every, row.by_shape(kind.row().shape)] {
        apply_query(&mut patch, query);
    }
    patch
}

/// The looks with what they set, by family and parameter, for forms.
pub(super) fn looks_document() -> Vec<Value> {
    let set = |row: &LookRow, kind: ArtworkKind| {
        let by_shape = row.by_shape(kind.row().shape);
        let queries =
            [row.every, by_shape].map(|query| url::form_urlencoded::parse(query.as_bytes()));
        let pairs = queries.into_iter().flatten();
        pairs.map(|(name, value)| (name.into_owned(), value.into())).collect::<Map<_, Value>>()
    };
    let document = |row: &LookRow| {
        let families =
            ArtworkKind::ALL.map(|kind| (kind.family().to_owned(), set(row, kind).into()));
        let families: Map<String, Value> = families.into_iter().collect();
        json!({"name": row.look.name(), "help": row.help, "families": families})
    };
    LOOKS.iter().map(document).collect()
}

impl OptionsPatch {
    /// This layer with the named look it asks for beneath its other options.
    #[must_use]
    pub(super) fn expanded(mut self, kind: ArtworkKind) -> Self {
        match self.look.take() {
            Some(look) => patch_of(look, kind).under(self),
            None => self,
        }
    }
}

/// The table of named looks, in Markdown: their parameters on posters.
pub fn looks_markdown() -> String {
    let mut text = String::from("| look | meaning | on a poster the same as |\n|---|---|---|\n");
    for row in &LOOKS {
        let query = format!("{}&{}", row.every, row.upright);
        // Writing to a String does not fail.
        let _ = writeln!(text, "| `{}` | {} | `{query}` |", row.look.name(), row.help);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn every_look_has_a_row_that_is_understood_and_its_own() {
        for kind in ArtworkKind::ALL {
            let mut seen = Vec::new();
            for (row, look) in LOOKS.iter().zip(NamedLook::ALL) {
                assert_eq!(row.look, look);
                for query in [row.every, row.upright, row.wide, row.lettering] {
                    let ignored = apply_query(&mut OptionsPatch::default(), query);
                    assert!(ignored.is_empty(), "{query}: {ignored:?}");
                }
                let options = patch_of(look, kind).into_options(kind, Language::ENGLISH);
                assert!(!seen.contains(&options), "{}", look.name());
                seen.push(options);
            }
        }
    }

    #[test]
    fn other_parameters_win_over_the_look_beside_them() {
        let mut patch = OptionsPatch::default();
        assert!(apply_query(&mut patch, "ratings_limit=4&look=minimal").is_empty());
        let poster = ArtworkKind::Poster;
        let options = patch.into_options(poster, Language::ENGLISH);
        assert_eq!(options.ratings.limit, 4);
        let minimal = patch_of(NamedLook::Minimal, poster);
        assert_eq!(Some(options.position), minimal.position);
    }
}
