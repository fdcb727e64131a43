//! The embedded vector drawings of marks and statuettes.

use std::sync::LazyLock;

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg;

use super::sprite::Sprite;
use crate::model::{AwardBody, Mark, RatingSource, Verdict};
use crate::plan::{Colour, Label};

/// A parsed drawing.
pub(super) struct Drawing {
    tree: usvg::Tree,
    /// Drawn in white, to be coloured.
    one_colour: bool,
}

macro_rules! drawings {
    ($($name:ident = $path:literal),+ $(,)?) => {
        $(static $name: LazyLock<Drawing> =
            LazyLock::new(|| Drawing::parse(include_bytes!(concat!("../../assets/", $path, ".svg")), false));)+
    };
}

macro_rules! icons {
    ($($name:ident = $path:literal),+ $(,)?) => {
        $(static $name: LazyLock<Drawing> =
            LazyLock::new(|| Drawing::parse(include_bytes!(concat!("../../assets/marks/mono/", $path, ".svg")), true));)+
    };
}

drawings!(
    IMDB = "marks/imdb",
    TMDB = "marks/tmdb",
    METACRITIC = "marks/metacritic",
    TRAKT = "marks/trakt",
    LETTERBOXD = "marks/letterboxd",
    MYANIMELIST = "marks/myanimelist",
    MDBLIST = "marks/mdblist",
    ROGEREBERT = "marks/rogerebert",
    CERTIFIED = "marks/rt-certified",
    FRESH = "marks/rt-fresh",
    ROTTEN = "marks/rt-rotten",
    HOT = "marks/rta-hot",
    UPRIGHT = "marks/rta-upright",
    SPILLED = "marks/rta-spilled",
    OSCAR = "awards/oscar",
    EMMY = "awards/emmy",
    GOLDEN_GLOBE = "awards/golden_globe",
    BAFTA = "awards/bafta",
    PALME = "awards/palme",
    LION = "awards/lion",
    BEAR = "awards/bear",
);

icons!(
    IMDB_ICON = "imdb",
    TMDB_ICON = "tmdb",
    METACRITIC_ICON = "metacritic",
    TRAKT_ICON = "trakt",
    LETTERBOXD_ICON = "letterboxd",
    MYANIMELIST_ICON = "myanimelist",
    MDBLIST_ICON = "mdblist",
    ROGEREBERT_ICON = "rogerebert",
    CERTIFIED_ICON = "rt-certified",
    FRESH_ICON = "rt-fresh",
    ROTTEN_ICON = "rt-rotten",
    HOT_ICON = "rta-hot",
    UPRIGHT_ICON = "rta-upright",
    SPILLED_ICON = "rta-spilled",
);

/// The drawing of a rating source's mark.
pub(super) fn mark(mark: Mark, label: Label) -> &'static Drawing {
    let pair: (&'static LazyLock<Drawing>, &'static LazyLock<Drawing>) = match mark.source {
        RatingSource::Imdb => (&IMDB, &IMDB_ICON),
        RatingSource::Tmdb => (&TMDB, &TMDB_ICON),
        RatingSource::Metacritic => (&METACRITIC, &METACRITIC_ICON),
        RatingSource::Trakt => (&TRAKT, &TRAKT_ICON),
        RatingSource::Letterboxd => (&LETTERBOXD, &LETTERBOXD_ICON),
        RatingSource::MyAnimeList => (&MYANIMELIST, &MYANIMELIST_ICON),
        RatingSource::MdbList => (&MDBLIST, &MDBLIST_ICON),
        RatingSource::RogerEbert => (&ROGEREBERT, &ROGEREBERT_ICON),
        RatingSource::RottenTomatoes => match mark.verdict {
            Some(Verdict::CertifiedFresh) => (&CERTIFIED, &CERTIFIED_ICON),
            Some(Verdict::Rotten | Verdict::Spilled) => (&ROTTEN, &ROTTEN_ICON),
            Some(Verdict::Fresh | Verdict::Upright | Verdict::VerifiedHot) | None => {
                (&FRESH, &FRESH_ICON)
            }
        },
        RatingSource::RottenTomatoesAudience => match mark.verdict {
            Some(Verdict::VerifiedHot) => (&HOT, &HOT_ICON),
            Some(Verdict::Spilled | Verdict::Rotten) => (&SPILLED, &SPILLED_ICON),
            Some(Verdict::Upright | Verdict::Fresh | Verdict::CertifiedFresh) | None => {
                (&UPRIGHT, &UPRIGHT_ICON)
            }
        },
    };
    match label {
        Label::Official => pair.0,
        Label::Icon => pair.1,
    }
}

/// The drawing of an award's statuette.
pub(super) fn award(body: AwardBody) -> &'static Drawing {
    match body {
        AwardBody::Oscar => &OSCAR,
        AwardBody::Emmy => &EMMY,
        AwardBody::GoldenGlobe => &GOLDEN_GLOBE,
        AwardBody::Bafta => &BAFTA,
        AwardBody::Cannes => &PALME,
        AwardBody::Venice => &LION,
        AwardBody::Berlin => &BEAR,
    }
}

impl Drawing {
    fn parse(svg: &[u8], one_colour: bool) -> Self {
        // The drawings are part of the program; a test parses every one of them.
        #[expect(clippy::expect_used, reason = "embedded bytes, checked by a test")]
        let tree =
            usvg::Tree::from_data(svg, &usvg::Options::default()).expect("an embedded drawing");
        Self { tree, one_colour }
    }

    /// Width over height.
    pub(super) fn aspect(&self) -> f32 {
        self.tree.size().width() / self.tree.size().height()
    }

    /// Draws it in `width` x `height` pixels; `colour` is that of one-colour drawings.
    pub(super) fn rasterise(&self, width: u32, height: u32, colour: Option<Colour>) -> Sprite {
        let Some(mut pixmap) = Pixmap::new(width, height) else {
            return Sprite::new(0, 0, Vec::new());
        };
        let size = self.tree.size();
        let scale =
            Transform::from_scale(width as f32 / size.width(), height as f32 / size.height());
        resvg::render(&self.tree, scale, &mut pixmap.as_mut());
        let pixels = pixmap.pixels().iter().map(|pixel| {
            let pixel = pixel.demultiply();
            match colour {
                Some([r, g, b]) if self.one_colour => [r, g, b, pixel.alpha()],
                _ => [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()],
            }
        });
        Sprite::new(width, height, pixels.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_embedded_drawing_leaves_ink() {
        let verdicts = [
            None,
            Some(Verdict::CertifiedFresh),
            Some(Verdict::Fresh),
            Some(Verdict::Rotten),
            Some(Verdict::VerifiedHot),
            Some(Verdict::Upright),
            Some(Verdict::Spilled),
        ];
        let marks = RatingSource::ALL
            .into_iter()
            .flat_map(|source| verdicts.map(|verdict| Mark { source, verdict }));
        let drawings = marks
            .flat_map(|m| [mark(m, Label::Official), mark(m, Label::Icon)])
            .chain(AwardBody::ALL.map(award));
        for drawing in drawings {
            let sprite = drawing.rasterise(40, 40, Some([255; 3]));
            let inked = (0..1600).filter(|i| sprite.pixel(i % 40, i / 40)[3] > 128).count();
            assert!(inked > 200, "{inked}");
        }
    }
}
