//! TMDB's JSON as it comes. Every field may be missing, null or of another type.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::model::{
    ArtworkRef, ArtworkSource, Candidate, EpisodeNumber, ImdbId, Language, MediaType, TmdbId,
    TvdbId,
};
use crate::upstream::loose::{Loose, Many, Part};

use super::facts;
use super::{FoundEpisode, FoundSeason, FoundTitle, Season};

/// Pictures of one kind that are kept as they come (TMDB sends the best first) …
const KEPT: usize = 400;
/// … and after them those of languages that have fewer than this yet.
const KEPT_PER_LANGUAGE: u32 = 5;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Find {
    #[serde(rename = "movie_results")]
    pub(super) movies: Many<TmdbRow>,
    #[serde(rename = "tv_results")]
    pub(super) series: Many<TmdbRow>,
    #[serde(rename = "tv_episode_results")]
    pub(super) episodes: Many<TmdbRow>,
    #[serde(rename = "tv_season_results")]
    pub(super) seasons: Many<TmdbRow>,
}

/// A row of `/find`: a film, a series, an episode or a season.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct TmdbRow {
    id: Loose,
    title: Loose,
    name: Loose,
    original_title: Loose,
    original_name: Loose,
    original_language: Loose,
    release_date: Loose,
    first_air_date: Loose,
    air_date: Loose,
    poster_path: Loose,
    backdrop_path: Loose,
    still_path: Loose,
    vote_average: Loose,
    vote_count: Loose,
    show_id: Loose,
    season_number: Loose,
    episode_number: Loose,
}

/// `/movie/{id}` and `/tv/{id}` with images, ids, releases and services appended.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct DetailsAnswer {
    pub(super) id: Loose,
    pub(super) title: Loose,
    pub(super) name: Loose,
    pub(super) original_title: Loose,
    pub(super) original_name: Loose,
    pub(super) original_language: Loose,
    pub(super) release_date: Loose,
    pub(super) first_air_date: Loose,
    pub(super) last_air_date: Loose,
    pub(super) status: Loose,
    pub(super) vote_average: Loose,
    pub(super) vote_count: Loose,
    pub(super) imdb_id: Loose,
    pub(super) poster_path: Loose,
    pub(super) backdrop_path: Loose,
    pub(super) seasons: Many<SeasonRow>,
    pub(super) external_ids: Part<ExternalIds>,
    pub(super) images: Part<ImageLists>,
    pub(super) genres: Many<facts::Named>,
    pub(super) runtime: Loose,
    /// Minutes of an episode; TMDB no longer fills it for most series.
    pub(super) episode_run_time: Many<Loose>,
    pub(super) last_episode_to_air: Part<facts::Episode>,
    pub(super) next_episode_to_air: Part<facts::Episode>,
    pub(super) networks: Many<facts::Named>,
    pub(super) origin_country: Many<Loose>,
    pub(super) production_countries: Many<facts::InCountry>,
    pub(super) release_dates: Part<facts::Listed<facts::InCountry>>,
    pub(super) content_ratings: Part<facts::Listed<facts::InCountry>>,
    #[serde(rename = "watch/providers")]
    pub(super) watch_providers: Part<facts::WatchProviders>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct SeasonRow {
    season_number: Loose,
    poster_path: Loose,
    air_date: Loose,
    episode_count: Loose,
}

/// `/tv/{id}/season/{n}` and `/tv/{id}/season/{n}/episode/{n}`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct PartOfSeries {
    pub(super) id: Loose,
    pub(super) name: Loose,
    pub(super) air_date: Loose,
    pub(super) poster_path: Loose,
    pub(super) still_path: Loose,
    pub(super) vote_average: Loose,
    pub(super) vote_count: Loose,
    pub(super) external_ids: Part<ExternalIds>,
    pub(super) images: Part<ImageLists>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ExternalIds {
    imdb_id: Loose,
    tvdb_id: Loose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ImageLists {
    pub(super) posters: Many<Image>,
    pub(super) backdrops: Many<Image>,
    pub(super) logos: Many<Image>,
    pub(super) stills: Many<Image>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Image {
    file_path: Loose,
    iso_639_1: Loose,
    iso_3166_1: Loose,
    width: Loose,
    height: Loose,
    vote_average: Loose,
    vote_count: Loose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Configuration {
    pub(super) images: Part<ImageHosts>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ImageHosts {
    pub(super) secure_base_url: Loose,
    pub(super) base_url: Loose,
    pub(super) poster_sizes: Value,
    pub(super) backdrop_sizes: Value,
    pub(super) logo_sizes: Value,
    pub(super) still_sizes: Value,
}

impl ExternalIds {
    pub(super) fn imdb(&self) -> Option<ImdbId> {
        imdb(&self.imdb_id)
    }

    pub(super) fn tvdb(&self) -> Option<TvdbId> {
        self.tvdb_id.whole().and_then(TvdbId::new)
    }
}

impl TmdbRow {
    pub(super) fn title(&self, media: MediaType) -> Option<FoundTitle> {
        let (name, original, released) = match media {
            MediaType::Movie => (&self.title, &self.original_title, &self.release_date),
            MediaType::Series => (&self.name, &self.original_name, &self.first_air_date),
        };
        let name = name.text().unwrap_or_default();
        Some(FoundTitle {
            media,
            id: tmdb(&self.id)?,
            name: name.to_owned(),
            original_name: original.text().filter(|original| *original != name).map(str::to_owned),
            original_language: self.original_language.language(),
            released: released.date(),
            vote_average: vote_average(&self.vote_average),
            votes: self.vote_count.whole().unwrap_or(0),
            poster: artwork(&self.poster_path),
            backdrop: artwork(&self.backdrop_path),
        })
    }

    pub(super) fn episode(&self) -> Option<FoundEpisode> {
        let (season, episode) = (self.season_number.small()?, self.episode_number.small()?);
        Some(FoundEpisode {
            series: tmdb(&self.show_id)?,
            number: EpisodeNumber { season, episode },
            name: self.name.text().unwrap_or_default().to_owned(),
            aired: self.air_date.date(),
            vote_average: vote_average(&self.vote_average),
            votes: self.vote_count.whole().unwrap_or(0),
            still: artwork(&self.still_path),
        })
    }

    pub(super) fn season(&self) -> Option<FoundSeason> {
        Some(FoundSeason {
            series: tmdb(&self.show_id)?,
            number: self.season_number.small()?,
            poster: artwork(&self.poster_path),
        })
    }
}

impl SeasonRow {
    pub(super) fn season(&self) -> Option<Season> {
        Some(Season {
            number: self.season_number.small()?,
            poster: artwork(&self.poster_path),
            aired: self.air_date.date(),
            episodes: self.episode_count.small().unwrap_or(0),
        })
    }
}

impl Image {
    /// `None` without a usable path, and for a language we cannot name: taken for
    /// textless it would be worse than missing.
    fn candidate(&self) -> Option<Candidate> {
        let language = match self.iso_639_1.text() {
            // "xx" is TMDB's code for "No Language".
            None | Some("xx") => None,
            Some(code) => Some(language(code, self.iso_3166_1.text())?),
        };
        Some(Candidate {
            artwork: artwork(&self.file_path)?,
            language,
            width: self.width.whole().unwrap_or(0),
            height: self.height.whole().unwrap_or(0),
            vote_average: vote_average(&self.vote_average),
            votes: self.vote_count.whole().unwrap_or(0),
        })
    }
}

/// The usable pictures of a list: the first few hundred, and of languages that come late a few each.
pub(super) fn candidates(images: &Many<Image>) -> Vec<Candidate> {
    let mut seen: HashMap<Option<Language>, u32> = HashMap::new();
    let usable = images.0.iter().filter_map(Image::candidate).enumerate();
    let kept = usable.filter_map(|(place, candidate)| {
        let of_language = seen.entry(candidate.language).or_default();
        *of_language += 1;
        (place < KEPT || *of_language <= KEPT_PER_LANGUAGE).then_some(candidate)
    });
    kept.collect()
}

/// All usable pictures of a list, however many.
pub(super) fn all_candidates(images: &Many<Image>) -> Vec<Candidate> {
    images.0.iter().filter_map(Image::candidate).collect()
}

fn language(code: &str, region: Option<&str>) -> Option<Language> {
    let code: Language = code.parse().ok()?;
    let with_region = region.and_then(|region| format!("{}-{region}", code.code()).parse().ok());
    Some(with_region.unwrap_or(code))
}

pub(super) fn artwork(path: &Loose) -> Option<ArtworkRef> {
    let path = path.text().filter(|path| is_file_path(path))?;
    Some(ArtworkRef { source: ArtworkSource::Tmdb, path: path.to_owned() })
}

/// A slash and one plain file name: nothing that could lead elsewhere once it stands in a URL.
pub(super) fn is_file_path(path: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-');
    path.strip_prefix('/').is_some_and(|name| {
        (1..=128).contains(&name.len()) && !name.starts_with('.') && name.bytes().all(plain)
    })
}

pub(super) fn tmdb(id: &Loose) -> Option<TmdbId> {
    id.whole().and_then(TmdbId::new)
}

pub(super) fn imdb(id: &Loose) -> Option<ImdbId> {
    id.text().filter(|text| text.starts_with("tt"))?.parse().ok()
}

/// 0 to 10; 0 for anything else.
pub(super) fn vote_average(value: &Loose) -> f32 {
    value.number().filter(|n| (0.0..=10.0).contains(n)).unwrap_or(0.0) as f32
}
