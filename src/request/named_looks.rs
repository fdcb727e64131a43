//! The looks that have a name, each a choice of parameters.

use super::options::OptionsPatch;
use super::table::apply_query;
use crate::model::{ArtworkKind, FrameShape, NamedLook};

/// A named look: what it sets in every family, and what further by the shape of the frame.
#[derive(Debug)]
struct LookRow {
    look: NamedLook,
    /// One sentence for docs and forms.
    help: &'static str,
    query: &'static str,
    upright: &'static str,
    wide: &'static str,
}

/// One row per look, in the order of [`NamedLook::ALL`].
static LOOKS: [LookRow; NamedLook::ALL.len()] = [
    LookRow {
        look: NamedLook::Minimal,
        help: "The artwork first: one rating without a ground, no statuette.",
        query: "ratings_limit=1&badge_background=n&label_style=i&awards=false",
        upright: "position=bl&direction=h",
        wide: "position=bl&direction=h",
    },
    LookRow {
        look: NamedLook::Broadcast,
        help: "As on a programme guide: certificate, year and runtime over dark ratings.",
        query: "badge_background=k&info=cert,year,runtime&info_position=tl&sash=new-season,premiere,returning",
        upright: "ratings_limit=3",
        wide: "position=bl&direction=h&ratings_limit=3",
    },
    LookRow {
        look: NamedLook::Ring,
        help: "One ring with the mean of all ratings, and nothing else.",
        query: "score=ring&ratings_limit=0&awards=false",
        upright: "score_position=br",
        wide: "score_position=br",
    },
    LookRow {
        look: NamedLook::Glass,
        help: "Frosted pills that take their colour from the picture.",
        query: "badge_background=t&badge_shape=p&info=genre&info_position=tl",
        upright: "ratings_limit=3",
        wide: "ratings_limit=3&direction=h&position=br",
    },
    LookRow {
        look: NamedLook::Cinema,
        help: "Like a poster in a foyer: a line of facts, festivals and statuettes.",
        query: "badge_background=n&info=cert,runtime,genre&info_style=line&info_position=join&sash=cinema,festival,oscar",
        upright: "ratings_limit=3",
        wide: "ratings_limit=3&position=bl&direction=h",
    },
    LookRow {
        look: NamedLook::Mono,
        help: "One colour only: white marks on dark.",
        query: "label_style=i&badge_background=k&awards=false",
        upright: "ratings_limit=4",
        wide: "ratings_limit=4",
    },
    LookRow {
        look: NamedLook::Kids,
        help: "For choosing with children: the advised age and the certificate, large.",
        query: "info=age,cert&info_position=tl&ratings_limit=1&badge_size=l&badge_shape=p&awards=false",
        upright: "position=br",
        wide: "position=br",
    },
    LookRow {
        look: NamedLook::Data,
        help: "Everything that is known, small.",
        query: "ratings_limit=10&badge_size=s&info=cert,year,runtime,genre,network&info_position=tl&score=bar&score_position=tl&sash=default",
        upright: "",
        wide: "",
    },
];

/// What a look sets for a family.
pub(super) fn patch_of(look: NamedLook, kind: ArtworkKind) -> OptionsPatch {
    let mut patch = OptionsPatch::default();
    let Some(row) = LOOKS.iter().find(|row| row.look == look) else { return patch };
    let by_shape = match kind.row().shape {
        FrameShape::Upright => row.upright,
        FrameShape::Wide => row.wide,
        FrameShape::Lettering => "",
    };
    for query in [row.query, by_shape] {
        apply_query(&mut patch, query);
    }
    patch
}

/// The table of named looks, in Markdown.
pub fn looks_markdown() -> String {
    let mut text = String::from("| look | meaning | as parameters |\n|---|---|---|\n");
    for row in &LOOKS {
        text.push_str(&format!("| `{}` | {} | `{}` |\n", row.look.name(), row.help, row.query));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_look_has_a_row_that_is_understood() {
        for (row, look) in LOOKS.iter().zip(NamedLook::ALL) {
            assert_eq!(row.look, look);
            for query in [row.query, row.upright, row.wide] {
                assert!(apply_query(&mut OptionsPatch::default(), query).is_empty(), "{query}");
            }
            let set = patch_of(look, ArtworkKind::ALL[0]);
            assert_ne!(set, OptionsPatch::default(), "{}", look.name());
            assert_eq!(set.named_look, None, "a look does not name another");
        }
    }
}
