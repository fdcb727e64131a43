//! Titles and seasons in words, with the people who made them.
//!
//! Source: <https://developer.themoviedb.org/reference/movie-details>, `tv-series-details` and `tv-season-details`, with `credits`,
//! `translations` and `external_ids` appended. A season's answer holds all of its episodes.

use serde::Deserialize;
use serde_json::Value;

use super::{Tmdb, TmdbSize, wire};
use crate::model::{
    ArtworkRef, Credits, EpisodeDescription, EpisodeNumber, Language, MediaType, Person,
    SeasonDescription, SeasonOutline, TitleDescription, TmdbId,
};
use crate::upstream::loose::{Loose, Many, Part};
use crate::upstream::{Call, UpstreamError};

/// Long enough for every summary there is; longer ones are cut.
const MAX_TEXT_CHARS: usize = 4000;
/// Names of people, roles, studios.
const MAX_NAME_CHARS: usize = 200;
const MAX_CAST: usize = 30;
const MAX_GUESTS: usize = 15;
/// Directors, writers and producers each.
const MAX_CREW: usize = 8;
const MAX_STUDIOS: usize = 8;
const MAX_SEASONS: usize = 200;
/// Daily shows have some 300 episodes in a season.
const MAX_EPISODES: usize = 1000;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct TitleText {
    id: Loose,
    title: Loose,
    name: Loose,
    original_title: Loose,
    original_name: Loose,
    original_language: Loose,
    overview: Loose,
    tagline: Loose,
    adult: Value,
    production_companies: Many<NameRow>,
    production_countries: Many<NameRow>,
    created_by: Many<Credit>,
    credits: Part<Credited>,
    seasons: Many<SeasonText>,
    translations: Part<Translations>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct NameRow {
    name: Loose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Credited {
    cast: Many<Credit>,
    crew: Many<Credit>,
}

/// A person in a cast or a crew.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Credit {
    name: Loose,
    character: Loose,
    job: Loose,
    department: Loose,
    profile_path: Loose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Translations {
    translations: Many<Translation>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Translation {
    iso_639_1: Loose,
    data: Part<Translated>,
}

/// Texts are empty where there is no translation of them.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Translated {
    title: Loose,
    name: Loose,
    overview: Loose,
    tagline: Loose,
}

/// A season, as a series lists it and on its own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct SeasonText {
    season_number: Loose,
    name: Loose,
    overview: Loose,
    air_date: Loose,
    external_ids: Part<wire::ExternalIds>,
    credits: Part<Credited>,
    episodes: Many<EpisodeText>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EpisodeText {
    id: Loose,
    episode_number: Loose,
    name: Loose,
    overview: Loose,
    air_date: Loose,
    runtime: Loose,
    vote_average: Loose,
    vote_count: Loose,
    crew: Many<Credit>,
    guest_stars: Many<Credit>,
}

impl Tmdb {
    /// A film or a series in words: one call.
    pub async fn description(
        &self,
        media: MediaType,
        id: TmdbId,
        language: Language,
    ) -> Result<TitleDescription, UpstreamError> {
        let call = Call::get([media.tmdb_path(), &id.to_string()])
            .query("append_to_response", "credits,translations")
            .query("language", language.to_string());
        let wire: TitleText = self.api.get_json(call).await?;
        match wire::tmdb(&wire.id) {
            Some(_) => Ok(wire.description(media, language)),
            None => Err(self.api.unusable("a description of no title")),
        }
    }

    /// A season with all of its episodes in words: one call.
    pub async fn season_description(
        &self,
        series: TmdbId,
        number: u16,
        language: Language,
    ) -> Result<SeasonDescription, UpstreamError> {
        let (id, season) = (series.to_string(), number.to_string());
        let call = Call::get(["tv", &id, "season", &season])
            .query("append_to_response", "credits,external_ids")
            .query("language", language.to_string());
        let wire: SeasonText = self.api.get_json(call).await?;
        // A season that TMDB has emptied is none.
        let described = wire.described(series).filter(|season| season.outline.number == number);
        described.ok_or_else(|| self.api.unusable("a description of no season"))
    }

    /// Where anybody can fetch a picture of TMDB's; `None` for pictures of other hosts.
    pub fn image_address(&self, artwork: &ArtworkRef, size: TmdbSize) -> Option<String> {
        self.images.address(artwork, size)
    }
}

impl TitleText {
    fn description(&self, media: MediaType, language: Language) -> TitleDescription {
        let (name, original_name) = match media {
            MediaType::Movie => (&self.title, &self.original_title),
            MediaType::Series => (&self.name, &self.original_name),
        };
        let english = self.translation(Language::ENGLISH);
        let in_english =
            |read: fn(&Translated) -> &Loose| english.and_then(|told| text(read(told)));
        let english_name = || english.and_then(|told| short(told.name_of(media)));
        let named = short(name);
        let name = match self.is_named_in(media, language) {
            true => named.or_else(english_name),
            false => english_name().or(named),
        };
        let credits = self.credits.0.as_ref();
        let mut credits = credits.map(Credited::credits).unwrap_or_default();
        if credits.writers.is_empty() {
            let created = self.created_by.0.iter().filter_map(|row| row.person("Creator"));
            credits.writers = distinct(created, MAX_CREW);
        }
        TitleDescription {
            name,
            original_name: short(original_name),
            summary: text(&self.overview).or_else(|| in_english(|told| &told.overview)),
            tagline: text(&self.tagline).or_else(|| in_english(|told| &told.tagline)),
            studios: names(&self.production_companies),
            countries: names(&self.production_countries),
            is_adult: self.adult == Value::Bool(true),
            credits,
            seasons: self
                .seasons
                .0
                .iter()
                .filter_map(SeasonText::outline)
                .take(MAX_SEASONS)
                .collect(),
        }
    }

    fn translation(&self, language: Language) -> Option<&Translated> {
        let rows = &self.translations.0.as_ref()?.translations.0;
        let row = rows
            .iter()
            .find(|row| row.iso_639_1.language().is_some_and(|told| told.is_same(language)))?;
        row.data.0.as_ref()
    }

    /// Whether the title is one of the language, rather than the original one in place of it.
    fn is_named_in(&self, media: MediaType, language: Language) -> bool {
        let original = self.original_language.language();
        original.is_none_or(|original| original.is_same(language))
            || self.translation(language).is_some_and(|told| short(told.name_of(media)).is_some())
    }
}

impl Translated {
    fn name_of(&self, media: MediaType) -> &Loose {
        match media {
            MediaType::Movie => &self.title,
            MediaType::Series => &self.name,
        }
    }
}

impl Credited {
    fn credits(&self) -> Credits {
        Credits { cast: cast(&self.cast, MAX_CAST), ..crew(&self.crew) }
    }
}

impl Credit {
    /// `job` in place of a character.
    fn person(&self, job: &str) -> Option<Person> {
        let role = short(&self.character).unwrap_or_else(|| job.to_owned());
        Some(Person {
            name: short(&self.name)?,
            role: Some(role).filter(|role| !role.is_empty()),
            portrait: wire::artwork(&self.profile_path),
        })
    }

    fn job(&self) -> &str {
        self.job.text().unwrap_or_default()
    }
}

impl SeasonText {
    fn outline(&self) -> Option<SeasonOutline> {
        Some(SeasonOutline {
            number: self.season_number.small()?,
            name: short(&self.name),
            summary: text(&self.overview),
            aired: self.air_date.date(),
        })
    }

    fn described(&self, series: TmdbId) -> Option<SeasonDescription> {
        let outline = self.outline()?;
        let mut episodes: Vec<EpisodeDescription> = self
            .episodes
            .0
            .iter()
            .filter_map(|episode| episode.described(outline.number))
            .take(MAX_EPISODES)
            .collect();
        episodes.sort_by_key(|episode| episode.number);
        let credits = self.credits.0.as_ref();
        Some(SeasonDescription {
            series,
            outline,
            tvdb: self.external_ids.0.as_ref().and_then(wire::ExternalIds::tvdb),
            cast: credits.map(|credits| cast(&credits.cast, MAX_CAST)).unwrap_or_default(),
            episodes,
        })
    }
}

impl EpisodeText {
    fn described(&self, season: u16) -> Option<EpisodeDescription> {
        let guests = cast(&self.guest_stars, MAX_GUESTS);
        Some(EpisodeDescription {
            number: EpisodeNumber { season, episode: self.episode_number.small()? },
            tmdb: wire::tmdb(&self.id),
            name: short(&self.name),
            summary: text(&self.overview),
            aired: self.air_date.date(),
            runtime_minutes: self.runtime.small().filter(|minutes| *minutes > 0),
            vote_average: wire::vote_average(&self.vote_average),
            votes: self.vote_count.whole().unwrap_or(0),
            credits: Credits { cast: guests, ..crew(&self.crew) },
        })
    }
}

fn cast(rows: &Many<Credit>, most: usize) -> Vec<Person> {
    distinct(rows.0.iter().filter_map(|row| row.person("")), most)
}

/// Without a cast.
fn crew(rows: &Many<Credit>) -> Credits {
    let of = |wanted: fn(&Credit) -> bool| {
        let rows = rows.0.iter().filter(|row| wanted(row));
        distinct(rows.filter_map(|row| row.person(row.job())), MAX_CREW)
    };
    Credits {
        cast: Vec::new(),
        directors: of(|row| row.job() == "Director"),
        writers: of(|row| row.department.text() == Some("Writing")),
        producers: of(|row| matches!(row.job(), "Producer" | "Executive Producer")),
    }
}

/// Nobody twice: who wrote book and screenplay is one writer.
fn distinct(people: impl Iterator<Item = Person>, most: usize) -> Vec<Person> {
    let mut distinct: Vec<Person> = Vec::new();
    for person in people {
        if distinct.len() == most {
            break;
        }
        if !distinct.iter().any(|known| known.name == person.name) {
            distinct.push(person);
        }
    }
    distinct
}

fn names(rows: &Many<NameRow>) -> Vec<String> {
    rows.0.iter().filter_map(|row| short(&row.name)).take(MAX_STUDIOS).collect()
}

fn short(value: &Loose) -> Option<String> {
    cut(value, MAX_NAME_CHARS)
}

fn text(value: &Loose) -> Option<String> {
    cut(value, MAX_TEXT_CHARS)
}

fn cut(value: &Loose, most: usize) -> Option<String> {
    value.text().map(|text| text.chars().take(most).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::TvdbId;

    fn told(body: &Value, media: MediaType, language: &str) -> TitleDescription {
        let wire: TitleText = serde_json::from_value(body.clone()).unwrap();
        wire.description(media, language.parse().unwrap())
    }

    fn film() -> Value {
        json!({
            "id": 129, "title": "千と千尋の神隠し", "original_title": "千と千尋の神隠し",
            "original_language": "ja", "overview": "", "tagline": null, "adult": false,
            "production_companies": [{"name": "Studio One"}, {"name": ""}],
            "production_countries": [{"iso_3166_1": "JP", "name": "Japan"}],
            "credits": {
                "cast": [{"name": "A", "character": "Girl", "profile_path": "/a.jpg"}, {"name": null}],
                "crew": [
                    {"name": "B", "job": "Director", "department": "Directing"},
                    {"name": "B", "job": "Screenplay", "department": "Writing"},
                    {"name": "B", "job": "Story", "department": "Writing"},
                    {"name": "C", "job": "Producer", "department": "Production"},
                    {"name": "D", "job": "Editor", "department": "Editing"}],
            },
            "translations": {"translations": [
                {"iso_639_1": "de", "data": {"title": "", "overview": ""}},
                {"iso_639_1": "fr", "data": {"title": "Le Voyage"}},
                {"iso_639_1": "en", "data": {"title": "Spirited", "overview": "A girl.", "tagline": "Go."}}]},
        })
    }

    #[test]
    fn what_a_language_lacks_is_told_in_english() {
        let german = told(&film(), MediaType::Movie, "de");
        assert_eq!(german.name.as_deref(), Some("Spirited"));
        assert_eq!(german.original_name.as_deref(), Some("千と千尋の神隠し"));
        assert_eq!(
            (german.summary.as_deref(), german.tagline.as_deref()),
            (Some("A girl."), Some("Go."))
        );
        let japanese = told(&film(), MediaType::Movie, "ja");
        assert_eq!(japanese.name, german.original_name);
        // A title of the language's own is not replaced.
        let mut french = film();
        french["title"] = json!("Le Voyage");
        assert_eq!(told(&french, MediaType::Movie, "fr").name.as_deref(), Some("Le Voyage"));
    }

    #[test]
    fn people_are_sorted_by_what_they_did() {
        let Credits { cast, directors, writers, producers } =
            told(&film(), MediaType::Movie, "en").credits;
        let names = |people: &[Person]| -> Vec<String> {
            people.iter().map(|person| person.name.clone()).collect()
        };
        assert_eq!(names(&cast), ["A"]);
        assert_eq!(cast[0].role.as_deref(), Some("Girl"));
        assert_eq!(cast[0].portrait.as_ref().map(|p| p.path.as_str()), Some("/a.jpg"));
        assert_eq!(names(&directors), ["B"]);
        assert_eq!(names(&writers), ["B"]);
        assert_eq!(writers[0].role.as_deref(), Some("Screenplay"));
        assert_eq!(names(&producers), ["C"]);
    }

    #[test]
    fn a_season_tells_all_of_its_episodes() {
        let wire: SeasonText = serde_json::from_value(json!({
            "season_number": 2, "name": "Staffel 2", "overview": "More.", "air_date": "2012-04-01",
            "external_ids": {"tvdb_id": 473_271},
            "credits": {"cast": [{"name": "Lead", "character": "Hero"}]},
            "episodes": [
                {"id": 11, "episode_number": 2, "name": "Two", "runtime": 50, "vote_average": 8.1, "vote_count": 9,
                 "guest_stars": [{"name": "Guest", "character": "Visitor"}],
                 "crew": [{"name": "W", "job": "Writer", "department": "Writing"}]},
                {"id": 10, "episode_number": 1, "name": "One", "air_date": "2012-04-01", "runtime": 0},
                {"id": 12, "name": "without a number"}, "nonsense"],
        }))
        .unwrap();
        let season = wire.described(TmdbId::new(1399).unwrap()).unwrap();
        assert_eq!(season.tvdb.map(TvdbId::number), Some(473_271));
        assert_eq!(season.outline.name.as_deref(), Some("Staffel 2"));
        let told: Vec<_> = season
            .episodes
            .iter()
            .map(|e| (e.number.episode, e.name.as_deref(), e.runtime_minutes))
            .collect();
        assert_eq!(told, [(1, Some("One"), None), (2, Some("Two"), Some(50))]);
        assert_eq!(season.episodes[1].credits.cast[0].name, "Guest");
        assert_eq!(season.episodes[1].credits.writers[0].role.as_deref(), Some("Writer"));
        assert_eq!(season.cast[0].name, "Lead");
    }

    #[test]
    fn nonsense_describes_nothing() {
        let body = json!({"title": 5, "credits": [], "translations": "x", "seasons": {"a": 1}, "adult": "yes"});
        assert_eq!(told(&body, MediaType::Series, "en"), TitleDescription::default());
    }
}
