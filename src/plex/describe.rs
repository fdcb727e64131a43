//! From what is known of a title to the document that Plex reads. Nothing is asked here.

use super::document::{
    ExternalGuid, Grandparent, Metadata, Parent, PersonTag, PlexImage, PlexRating, PlexTag,
};
use super::rating_key::RatingKey;
use super::{Locale, Pictures};
use crate::model::{
    ArtworkKind, Country, Credits, Date, EpisodeDescription, ImdbId, Language, MediaType, Person,
    Rating, RatingSource, SeasonOutline, TitleDescription, TmdbId, TvdbId, Verdict,
};
use crate::upstream::tmdb::{Details, FoundTitle};

/// Whom a document is for.
#[derive(Clone, Copy)]
pub(super) struct Describer<'a> {
    pub(super) locale: Locale,
    pub(super) pictures: &'a dyn Pictures,
}

/// A film or a series with what is told of it.
#[derive(Clone, Copy)]
pub(super) struct KnownTitle<'a> {
    pub(super) media: MediaType,
    pub(super) tmdb: TmdbId,
    pub(super) details: &'a Details,
    pub(super) description: &'a TitleDescription,
}

/// An episode with what is known of it beside its description.
pub(super) struct KnownEpisode<'a> {
    pub(super) episode: &'a EpisodeDescription,
    pub(super) season: &'a SeasonOutline,
    /// Who plays in most episodes of the season.
    pub(super) cast: &'a [Person],
    pub(super) imdb: Option<ImdbId>,
    pub(super) tvdb: Option<TvdbId>,
    /// IMDb's, by its data set.
    pub(super) imdb_score: Option<f64>,
}

impl KnownTitle<'_> {
    pub(super) fn key(&self) -> RatingKey {
        RatingKey::of_title(self.media, self.tmdb)
    }

    fn name(&self) -> String {
        let own = Some(self.details.title.name.clone()).filter(|name| !name.is_empty());
        self.description.name.clone().or(own).unwrap_or_else(|| self.key().to_string())
    }

    /// As addresses of pictures spell it.
    fn id(&self) -> String {
        title_id(self.media, self.tmdb)
    }
}

fn title_id(media: MediaType, id: TmdbId) -> String {
    format!("{}-{id}", media.tmdb_path())
}

impl Describer<'_> {
    pub(super) fn title(&self, title: &KnownTitle, ratings: &[Rating]) -> Metadata {
        let KnownTitle { details, description, .. } = title;
        let (name, facts) = (title.name(), &details.facts);
        let (poster, art) = (self.poster(title), self.art(title));
        let logo =
            self.has(title, ArtworkKind::Logo).then(|| self.picture("logo", &title.id(), true));
        let images = [
            ("coverPoster", poster.clone()),
            ("background", art.clone()),
            ("clearLogo", logo.flatten()),
        ];
        let ids = details.title.ids;
        let released = details.title.released;
        Metadata {
            original_title: description.original_name.clone().filter(|original| *original != name),
            originally_available_at: released.map(|date| date.to_string()),
            year: released.map(|date| date.year),
            summary: description.summary.clone(),
            tagline: description.tagline.clone(),
            studio: description.studios.first().or(facts.networks.first()).cloned(),
            content_rating: self.certificate(details),
            duration: milliseconds(facts.runtime_minutes),
            is_adult: description.is_adult.then_some(true),
            thumb: poster,
            art,
            images: named_images(images, &name),
            genres: tags(facts.genres.iter().map(|genre| &genre.name)),
            guids: guids(ids.imdb, Some(title.tmdb), ids.tvdb),
            ratings: ratings.iter().filter_map(plex_rating).collect(),
            countries: tags(&description.countries),
            studios: tags(&description.studios),
            networks: tags(&facts.networks),
            ..self.credited(Metadata::new(title.key(), name), &description.credits, &[])
        }
    }

    /// What a search has found, before more is asked.
    pub(super) fn found(&self, found: &FoundTitle) -> Metadata {
        let id = title_id(found.media, found.id);
        let poster = found.poster.as_ref().and_then(|_| self.picture("poster", &id, true));
        let art = found.backdrop.as_ref().and_then(|_| self.picture("backdrop", &id, false));
        let images = [("coverPoster", poster.clone()), ("background", art.clone())];
        Metadata {
            original_title: found.original_name.clone(),
            originally_available_at: found.released.map(|date| date.to_string()),
            year: found.released.map(|date| date.year),
            thumb: poster,
            art,
            images: named_images(images, &found.name),
            guids: guids(None, Some(found.id), None),
            ..Metadata::new(RatingKey::of_title(found.media, found.id), found.name.clone())
        }
    }

    pub(super) fn season(
        &self,
        show: &KnownTitle,
        season: &SeasonOutline,
        tvdb: Option<TvdbId>,
    ) -> Metadata {
        let name = season_name(season);
        let (poster, art) = (self.season_poster(show, season.number), self.art(show));
        let images = [("coverPoster", poster.clone()), ("background", art.clone())];
        let aired = season.aired.or(show.details.title.released);
        Metadata {
            originally_available_at: aired.map(|date| date.to_string()),
            year: aired.map(|date| date.year),
            summary: season.summary.clone(),
            content_rating: self.certificate(show.details),
            thumb: poster,
            images: named_images(images, &name),
            art,
            index: Some(season.number),
            parent: Some(self.parent(show)),
            guids: guids(None, None, tvdb),
            ..Metadata::new(RatingKey::Season(show.tmdb, season.number), name)
        }
    }

    pub(super) fn episode(&self, show: &KnownTitle, facts: &KnownEpisode) -> Metadata {
        let KnownEpisode { episode, season, .. } = facts;
        let key = RatingKey::Episode(show.tmdb, episode.number);
        let number = episode.number;
        let name = episode.name.clone().unwrap_or_else(|| format!("Episode {}", number.episode));
        let id = format!("episode-{}-S{}E{}", show.tmdb, number.season, number.episode);
        let still = self.picture("episode", &id, false);
        let art = self.art(show);
        let images = [("snapshot", still.clone()), ("background", art.clone())];
        let aired = episode.aired.or(season.aired).or(show.details.title.released);
        let minutes = episode.runtime_minutes.or(show.details.facts.runtime_minutes);
        Metadata {
            originally_available_at: aired.map(|date: Date| date.to_string()),
            year: aired.map(|date| date.year),
            summary: episode.summary.clone(),
            content_rating: self.certificate(show.details),
            duration: milliseconds(minutes),
            thumb: still,
            images: named_images(images, &name),
            art,
            index: Some(number.episode),
            parent: Some(self.parent_season(show, season)),
            grandparent: Some(self.grandparent(show)),
            guids: guids(facts.imdb, episode.tmdb, facts.tvdb),
            ratings: episode_ratings(facts),
            ..self.credited(Metadata::new(key, name), &episode.credits, facts.cast)
        }
    }

    /// The people of a title; `regulars` come before its own cast.
    fn credited(&self, metadata: Metadata, credits: &Credits, regulars: &[Person]) -> Metadata {
        let cast = regulars.iter().chain(&credits.cast).enumerate();
        let roles = cast.map(|(place, person)| self.person(person, Some(place + 1))).collect();
        let crew = |people: &[Person]| -> Vec<PersonTag> {
            people.iter().map(|person| self.person(person, None)).collect()
        };
        Metadata {
            roles,
            directors: crew(&credits.directors),
            writers: crew(&credits.writers),
            producers: crew(&credits.producers),
            ..metadata
        }
    }

    fn person(&self, person: &Person, order: Option<usize>) -> PersonTag {
        PersonTag {
            tag: person.name.clone(),
            role: person.role.clone(),
            thumb: person.portrait.as_ref().and_then(|file| self.pictures.portrait(file)),
            order,
        }
    }

    fn parent(&self, show: &KnownTitle) -> Parent {
        let key = show.key();
        Parent {
            parent_rating_key: key.to_string(),
            parent_key: key.plain_path(),
            parent_guid: key.guid(),
            parent_type: key.word(),
            parent_title: show.name(),
            parent_thumb: self.poster(show),
            parent_art: self.art(show),
            parent_index: None,
        }
    }

    fn parent_season(&self, show: &KnownTitle, season: &SeasonOutline) -> Parent {
        let key = RatingKey::Season(show.tmdb, season.number);
        Parent {
            parent_rating_key: key.to_string(),
            parent_key: key.plain_path(),
            parent_guid: key.guid(),
            parent_type: key.word(),
            parent_title: season_name(season),
            parent_thumb: self.season_poster(show, season.number),
            parent_art: self.art(show),
            parent_index: Some(season.number),
        }
    }

    fn grandparent(&self, show: &KnownTitle) -> Grandparent {
        let key = show.key();
        Grandparent {
            grandparent_rating_key: key.to_string(),
            grandparent_key: key.plain_path(),
            grandparent_guid: key.guid(),
            grandparent_type: key.word(),
            grandparent_title: show.name(),
            grandparent_thumb: self.poster(show),
            grandparent_art: self.art(show),
        }
    }

    fn has(&self, title: &KnownTitle, kind: ArtworkKind) -> bool {
        let details = title.details;
        details.primary(kind).is_some()
            || !details.candidates(kind).is_empty()
            || self.pictures.may_have(kind)
    }

    fn poster(&self, title: &KnownTitle) -> Option<String> {
        self.has(title, ArtworkKind::Poster)
            .then(|| self.picture("poster", &title.id(), true))
            .flatten()
    }

    /// Backdrops are without lettering, so they go by no language.
    fn art(&self, title: &KnownTitle) -> Option<String> {
        self.has(title, ArtworkKind::Backdrop)
            .then(|| self.picture("backdrop", &title.id(), false))
            .flatten()
    }

    /// The series' where there is no picture of seasons.
    fn season_poster(&self, show: &KnownTitle, season: u16) -> Option<String> {
        let id = format!("season-{}-S{season}", show.tmdb);
        self.picture("season", &id, true).or_else(|| self.poster(show))
    }

    fn picture(&self, family: &str, id: &str, is_lettered: bool) -> Option<String> {
        let language: Option<Language> = is_lettered.then_some(self.locale.language);
        self.pictures.address(family, id, language)
    }

    /// `PG-13`; of another country `de/12`.
    fn certificate(&self, details: &Details) -> Option<String> {
        let (country, certificate) = details.facts.certificate(self.locale.country)?;
        Some(match country {
            Country::US => certificate.to_owned(),
            other => format!("{}/{certificate}", other.code().to_lowercase()),
        })
    }
}

fn season_name(season: &SeasonOutline) -> String {
    season.name.clone().unwrap_or_else(|| match season.number {
        0 => "Specials".to_owned(),
        number => format!("Season {number}"),
    })
}

fn named_images<const N: usize>(
    images: [(&'static str, Option<String>); N],
    alt: &str,
) -> Vec<PlexImage> {
    let named = images.into_iter().filter_map(|(kind, url)| Some((kind, url?)));
    named.map(|(kind, url)| PlexImage { kind, url, alt: alt.to_owned() }).collect()
}

fn milliseconds(minutes: Option<u16>) -> Option<u64> {
    minutes.map(|minutes| u64::from(minutes) * 60_000)
}

fn tags<'a>(names: impl IntoIterator<Item = &'a String>) -> Vec<PlexTag> {
    names.into_iter().map(|name| PlexTag { tag: name.clone() }).collect()
}

fn guids(imdb: Option<ImdbId>, tmdb: Option<TmdbId>, tvdb: Option<TvdbId>) -> Vec<ExternalGuid> {
    let ids = [
        imdb.map(|id| format!("imdb://{id}")),
        tmdb.map(|id| format!("tmdb://{id}")),
        tvdb.map(|id| format!("tvdb://{id}")),
    ];
    ids.into_iter().flatten().map(|id| ExternalGuid { id }).collect()
}

/// The sources whose badges Plex's clients have; source: Plex's description of the `Rating` array.
fn plex_rating(rating: &Rating) -> Option<PlexRating> {
    let (image, by) = match (rating.source, rating.verdict) {
        (RatingSource::Imdb, _) => (IMDB_IMAGE, "audience"),
        (RatingSource::Tmdb, _) => (TMDB_IMAGE, "audience"),
        (RatingSource::RottenTomatoes, Some(Verdict::Rotten)) => {
            ("rottentomatoes://image.rating.rotten", "critic")
        }
        (RatingSource::RottenTomatoes, _) => ("rottentomatoes://image.rating.ripe", "critic"),
        (RatingSource::RottenTomatoesAudience, Some(Verdict::Spilled)) => {
            ("rottentomatoes://image.rating.spilled", "audience")
        }
        (RatingSource::RottenTomatoesAudience, _) => {
            ("rottentomatoes://image.rating.upright", "audience")
        }
        _ => return None,
    };
    let value = rating.score.value() * 10.0 / rating.source.scale().top();
    Some(PlexRating { image, by, value: tenths(value) })
}

const IMDB_IMAGE: &str = "imdb://image.rating";
const TMDB_IMAGE: &str = "themoviedb://image.rating";

/// TMDB's of the season's answer, and IMDb's by its data set: no call for each episode.
fn episode_ratings(facts: &KnownEpisode) -> Vec<PlexRating> {
    let episode = facts.episode;
    let tmdb = Some(f64::from(episode.vote_average)).filter(|_| episode.votes > 0);
    let rated = [(IMDB_IMAGE, facts.imdb_score), (TMDB_IMAGE, tmdb)];
    let rated = rated.into_iter().filter_map(|(image, value)| Some((image, value?)));
    rated
        .filter(|(_, value)| *value > 0.0)
        .map(|(image, value)| PlexRating { image, by: "audience", value: tenths(value) })
        .collect()
}

/// One digit behind the point, without the noise of binary fractions.
fn tenths(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}
