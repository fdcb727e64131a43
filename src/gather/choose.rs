//! Which picture a request gets, from whichever source has one.

use serde::Serialize;

use super::artwork::{self, Choice, Reason, Want};
use super::{GatherError, Gatherer, TitleRecord, labels_of, value};
use crate::cache::freshness;
use crate::model::{
    ArtworkKind, ArtworkRef, ArtworkSource, Candidate, ImageList, MediaType, PictureOf,
};
use crate::request::{LanguagePreference, Options};
use crate::upstream::fanart::FanartId;

/// What a picture is chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArtworkPreference {
    pub kind: ArtworkKind,
    /// Asked first; the other is the fallback.
    pub source: ArtworkSource,
    pub language: LanguagePreference,
    pub textless_first: bool,
    /// Artwork without lettering was asked for by name.
    pub textless: bool,
}

/// How a picture came to be the one.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "by")]
pub enum Pick {
    /// Chosen among the title's pictures.
    Rule(Reason),
    /// The poster of the season that the id stands for.
    Season { number: u16 },
    /// The one that TMDB named with the title; its list could not be had.
    Named,
    /// The episode has no still: the series' backdrop.
    SeriesBackdrop(Reason),
}

/// A picture, and why it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chosen {
    pub artwork: ArtworkRef,
    /// Pixels at the host; 0 where nobody says.
    pub width: u32,
    pub height: u32,
    pub pick: Pick,
}

impl ArtworkPreference {
    pub fn of(kind: ArtworkKind, options: &Options) -> Self {
        Self {
            kind,
            source: options.image_source,
            language: options.language,
            textless_first: options.textless || options.textless_first,
            textless: options.textless,
        }
    }
}

impl Gatherer {
    /// Chooses among everything there is but `failed`, which could not be fetched.
    pub async fn choose(
        &self,
        record: &TitleRecord,
        wish: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Result<Chosen, GatherError> {
        let other = match wish.source {
            ArtworkSource::Tmdb => ArtworkSource::Fanart,
            ArtworkSource::Fanart => ArtworkSource::Tmdb,
        };
        for source in [wish.source, other] {
            let chosen = match source {
                ArtworkSource::Tmdb => at_tmdb(record, wish, failed),
                ArtworkSource::Fanart => self.at_fanart(record, wish, failed).await,
            };
            if let Some(chosen) = chosen {
                return Ok(chosen);
            }
        }
        let other_family = |kind| of_other_family(record, kind, wish, failed);
        let fallback = wish.kind.row().fallback.and_then(other_family);
        fallback.ok_or(GatherError::NoArtwork)
    }

    /// Fanart.tv's pictures are asked for only where they are wanted: first, or
    /// because TMDB has none. A failure is as good as no picture.
    async fn at_fanart(
        &self,
        record: &TitleRecord,
        wish: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Option<Chosen> {
        let fanart = self.providers().fanart.clone()?;
        let ids = record.details().map(|details| details.title.ids)?;
        let id = match (record.resolved.media, ids.tvdb) {
            (MediaType::Movie, _) => FanartId::Movie(record.resolved.tmdb),
            (MediaType::Series, Some(tvdb)) => FanartId::Series(tvdb),
            (MediaType::Series, None) => return None,
        };
        let fresh = freshness::of_title(record.released(), self.clock.unix_secs()).data;
        let known = self.remembered.fanart.get(
            id,
            labels_of(&record.resolved),
            |_| fresh,
            |priority| {
                let fanart = fanart.with(priority.into());
                async move { fanart.pictures(id).await }
            },
        );
        let known = known.await.ok()?;
        let candidates = value(&known)?.candidates(wish.kind);
        by_rule(candidates, record, wish, failed).map(|choice| chosen(choice, Pick::Rule))
    }
}

fn at_tmdb(
    record: &TitleRecord,
    wish: &ArtworkPreference,
    failed: &[ArtworkRef],
) -> Option<Chosen> {
    let Some(details) = record.details() else {
        let named = record.resolved.guess.of(wish.kind)?;
        let usable = !failed.contains(named);
        return usable.then(|| plain(named.clone(), Pick::Named));
    };
    if wish.kind.row().images == ImageList::Posters
        && let Some(number) = record.resolved.season
    {
        let season = details.seasons.iter().find(|season| season.number == number);
        let poster = season.and_then(|season| season.poster.clone());
        if let Some(poster) = poster.filter(|poster| !failed.contains(poster)) {
            return Some(plain(poster, Pick::Season { number }));
        }
    }
    let candidates = match wish.kind.row().of {
        PictureOf::Episode => record.episode().map_or(&[][..], |episode| &episode.stills),
        PictureOf::Title => details.candidates(wish.kind),
    };
    by_rule(candidates, record, wish, failed).map(|choice| chosen(choice, Pick::Rule))
}

fn of_other_family(
    record: &TitleRecord,
    kind: ArtworkKind,
    wish: &ArtworkPreference,
    failed: &[ArtworkRef],
) -> Option<Chosen> {
    let wish = ArtworkPreference { kind, ..*wish };
    let pictures = record.details()?.candidates(kind);
    by_rule(pictures, record, &wish, failed).map(|choice| chosen(choice, Pick::SeriesBackdrop))
}

fn by_rule(
    candidates: &[Candidate],
    record: &TitleRecord,
    wish: &ArtworkPreference,
    failed: &[ArtworkRef],
) -> Option<Choice> {
    let want = Want {
        kind: wish.kind,
        language: match wish.language {
            LanguagePreference::Code(language) => Some(language),
            LanguagePreference::Original => None,
        },
        original_language: record.details().and_then(|details| details.title.original_language),
        textless_first: wish.textless_first,
    };
    if failed.is_empty() {
        return artwork::choose(candidates, &want);
    }
    let left: Vec<Candidate> = candidates
        .iter()
        .filter(|candidate| !failed.contains(&candidate.artwork))
        .cloned()
        .collect();
    artwork::choose(&left, &want)
}

fn chosen(choice: Choice, pick: impl Fn(Reason) -> Pick) -> Chosen {
    let Candidate { artwork, width, height, .. } = choice.candidate;
    Chosen { artwork, width, height, pick: pick(choice.reason) }
}

fn plain(artwork: ArtworkRef, pick: Pick) -> Chosen {
    Chosen { artwork, width: 0, height: 0, pick }
}
