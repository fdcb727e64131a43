//! Which picture a request gets, from whichever source has one.

use serde::Serialize;

use super::artwork::{self, Choice, Criteria, Reason};
use super::{GatherError, Gatherer, TitleRecord, labels_of, value};
use crate::cache::{CachedAnswer, freshness};
use crate::model::{
    ArtworkKind, ArtworkRef, ArtworkSource, Candidate, ImageList, MediaType, NamedArtwork,
    PictureOf,
};
use crate::request::{LanguagePreference, Options};
use crate::upstream::fanart::{FanartId, FanartPictures};
use crate::upstream::tmdb::Details;

/// What a picture is chosen by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArtworkPreference {
    pub kind: ArtworkKind,
    /// The picture that the address names.
    pub named: Option<NamedArtwork>,
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
    /// The address names it.
    Address,
    /// The admin has chosen it for the title.
    Override,
    /// Chosen among the title's pictures.
    Rule(Reason),
    /// The poster of the season that the id stands for.
    Season { number: u16 },
    /// The one that TMDB named with the title; its list could not be had.
    Named,
    /// The episode has no still: the series' backdrop.
    SeriesBackdrop(Reason),
    /// The season has no poster: the series'.
    SeriesPoster(Reason),
}

/// A picture, and why it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Chosen {
    pub artwork: ArtworkRef,
    /// The host's list that it is in.
    #[serde(skip)]
    pub list: ImageList,
    /// Pixels at the host; 0 where nobody says.
    pub width: u32,
    pub height: u32,
    pub pick: Pick,
}

impl ArtworkPreference {
    pub fn of(kind: ArtworkKind, options: &Options) -> Self {
        Self {
            kind,
            named: options.artwork.clone().filter(|named| named.kind == kind),
            source: options.image_source,
            language: options.language,
            textless_first: options.textless || options.textless_first || options.clean,
            textless: options.textless,
        }
    }
}

impl Gatherer {
    /// Chooses among everything there is but `failed`, which could not be fetched.
    pub async fn choose(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Result<Chosen, GatherError> {
        if let Some(named) = self.named(record, preference, failed).await? {
            return Ok(named);
        }
        if let Some(chosen) = self.at_either(record, preference, failed).await {
            return Ok(chosen);
        }
        let fallback = preference.kind.row().fallback.ok_or(GatherError::NoArtwork)?;
        let instead = ArtworkPreference { kind: fallback, ..preference.clone() };
        let chosen = self.at_either(record, &instead, failed).await;
        chosen.map(|chosen| chosen.of_series(preference.kind)).ok_or(GatherError::NoArtwork)
    }

    /// At the source that is preferred, else at the other.
    async fn at_either(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Option<Chosen> {
        let other = match preference.source {
            ArtworkSource::Tmdb => ArtworkSource::Fanart,
            ArtworkSource::Fanart => ArtworkSource::Tmdb,
        };
        for source in [preference.source, other] {
            let chosen = match source {
                ArtworkSource::Tmdb => self.at_tmdb(record, preference, failed).await,
                ArtworkSource::Fanart => self.at_fanart(record, preference, failed).await,
            };
            if chosen.is_some() {
                return chosen;
            }
        }
        None
    }

    async fn at_tmdb(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Option<Chosen> {
        let Some(details) = record.details() else {
            let named = record.resolved.guess.of(preference.kind)?;
            let usable = !failed.contains(named);
            return usable.then(|| Chosen::named(named.clone(), preference.kind));
        };
        if preference.kind.row().images == ImageList::Posters
            && let Some(number) = record.resolved.season
        {
            let season = details.seasons.iter().find(|season| season.number == number);
            let poster = season.and_then(|season| season.poster.clone());
            if let Some(poster) = poster.filter(|poster| !failed.contains(poster)) {
                let pick = Pick::Season { number };
                return Some(Chosen { pick, ..Chosen::named(poster, ArtworkKind::Season) });
            }
        }
        let choice = self.by_rule_at_tmdb(record, preference, failed).await?;
        Some(chosen(choice, preference.kind, Pick::Rule))
    }

    /// By the rule among the pictures in the languages that were asked for; among all pictures where
    /// the rule looks beyond these.
    async fn by_rule_at_tmdb(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Option<Choice> {
        match preference.kind.row().of {
            PictureOf::Title => {}
            PictureOf::Episode => {
                let episode = record.episode()?;
                let pictures = (episode.stills.as_slice(), episode.still.as_ref());
                return by_rule(pictures, record, preference, failed);
            }
            PictureOf::Season => {
                let season = record.season()?;
                // The series' details name its seasons' posters in the language that was asked for.
                let mut seasons = record.details()?.seasons.iter();
                let listed = seasons.find(|listed| listed.number == season.number);
                let named = listed.and_then(|listed| listed.poster.as_ref());
                let pictures = (season.posters.as_slice(), named.or(season.poster.as_ref()));
                return by_rule(pictures, record, preference, failed);
            }
        }
        let of = |details: &Details| {
            let pictures = (details.candidates(preference.kind), details.primary(preference.kind));
            by_rule(pictures, record, preference, failed)
        };
        let choice = of(record.details()?);
        let Some(languages) = self.languages(preference.language) else {
            return choice;
        };
        if !artwork::may_miss(choice.as_ref(), &criteria(record, preference), &languages) {
            return choice;
        }
        match self.details(&record.resolved, LanguagePreference::Original).await {
            Ok(all) => value(&all).and_then(of).or(choice),
            // What is known is better than nothing.
            Err(_) => choice,
        }
    }

    /// The choice at TMDB, where that is asked first: nobody has to be asked for it.
    pub(super) async fn choose_at_first_source(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
    ) -> Option<Chosen> {
        match preference.source {
            ArtworkSource::Tmdb => self.at_tmdb(record, preference, &[]).await,
            ArtworkSource::Fanart => None,
        }
    }

    /// Fanart.tv's pictures are asked for only where they are wanted: first, or
    /// because TMDB has none. A failure is as good as no picture.
    async fn at_fanart(
        &self,
        record: &TitleRecord,
        preference: &ArtworkPreference,
        failed: &[ArtworkRef],
    ) -> Option<Chosen> {
        let number = record.resolved.season;
        // It has no stills, and no season without a number.
        let has_some = match preference.kind.row().of {
            PictureOf::Title => true,
            PictureOf::Episode => false,
            PictureOf::Season => number.is_some(),
        };
        if !has_some || record.resolved.is_collection {
            return None;
        }
        let known = self.fanart_pictures(record).await?;
        let candidates = fanart_candidates(value(&known)?, record, preference.kind);
        let choice = by_rule((&candidates, None), record, preference, failed)?;
        Some(chosen(choice, preference.kind, Pick::Rule))
    }

    /// All that Fanart.tv has of a title.
    pub(super) async fn fanart_pictures(
        &self,
        record: &TitleRecord,
    ) -> Option<CachedAnswer<FanartPictures>> {
        let fanart = self.providers().fanart.clone()?;
        let id = fanart_id(record)?;
        let fresh = freshness::of_title(record.released(), self.now()).data;
        let known = self.answers.fanart.get(
            id,
            labels_of(&record.resolved),
            |_| fresh,
            |priority| {
                let fanart = fanart.with(priority.into());
                async move { fanart.pictures(id).await }
            },
        );
        known.await.ok()
    }
}

/// What Fanart.tv has of a family; of a season, its own.
pub(super) fn fanart_candidates(
    pictures: &FanartPictures,
    record: &TitleRecord,
    kind: ArtworkKind,
) -> Vec<Candidate> {
    match record.resolved.season.filter(|_| kind.is_of_season()) {
        Some(number) => pictures.season(number),
        None => pictures.candidates(kind).to_vec(),
    }
}

/// What Fanart.tv calls a title.
pub(super) fn fanart_id(record: &TitleRecord) -> Option<FanartId> {
    let tvdb = record.details()?.title.ids.tvdb;
    match record.resolved.media {
        MediaType::Movie => Some(FanartId::Movie(record.resolved.tmdb)),
        MediaType::Series => tvdb.map(FanartId::Series),
    }
}

pub(super) fn criteria(record: &TitleRecord, preference: &ArtworkPreference) -> Criteria {
    Criteria {
        kind: preference.kind,
        language: preference.language.code(),
        original_language: record.details().and_then(|details| details.title.original_language),
        textless_first: preference.textless_first,
    }
}

fn by_rule(
    (candidates, primary): (&[Candidate], Option<&ArtworkRef>),
    record: &TitleRecord,
    preference: &ArtworkPreference,
    failed: &[ArtworkRef],
) -> Option<Choice> {
    let criteria = criteria(record, preference);
    if failed.is_empty() {
        return artwork::choose(candidates, &criteria, primary);
    }
    let left: Vec<Candidate> = candidates
        .iter()
        .filter(|candidate| !failed.contains(&candidate.artwork))
        .cloned()
        .collect();
    artwork::choose(&left, &criteria, primary)
}

fn chosen(choice: Choice, kind: ArtworkKind, pick: impl Fn(Reason) -> Pick) -> Chosen {
    let Candidate { artwork, width, height, .. } = choice.candidate;
    Chosen { artwork, list: kind.row().images, width, height, pick: pick(choice.reason) }
}

impl Chosen {
    /// The series' artwork for a picture of one of its parts; a season's own stays what it is.
    fn of_series(self, kind: ArtworkKind) -> Self {
        let pick = match (self.pick, kind.row().of) {
            (Pick::Rule(reason), PictureOf::Episode) => Pick::SeriesBackdrop(reason),
            (Pick::Rule(reason), PictureOf::Season) => Pick::SeriesPoster(reason),
            (pick, _) => pick,
        };
        Self { pick, ..self }
    }

    /// Whether it is known to have no lettering.
    pub fn is_textless(&self) -> bool {
        match &self.pick {
            Pick::Rule(reason) => reason.language.is_none(),
            _ => false,
        }
    }

    /// Whether it is the poster of one season.
    pub fn is_of_season(&self) -> bool {
        self.list == ImageList::SeasonPosters
    }

    /// Artwork of `kind` that TMDB has named without its list.
    pub fn named(artwork: ArtworkRef, kind: ArtworkKind) -> Self {
        Self { artwork, list: kind.row().images, width: 0, height: 0, pick: Pick::Named }
    }
}
