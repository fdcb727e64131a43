//! The titles of the demo: invented, so nobody's artwork and nobody's opinion is shown.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::{Date, EpisodeNumber, ImdbId, Language, MediaType, TmdbId, TvdbId};

/// A title of the demo catalogue.
#[derive(Debug, Deserialize)]
pub struct DemoTitle {
    /// Lower-case words joined by hyphens, told apart from every other title's.
    pub slug: String,
    pub name: String,
    /// What it is in the catalogue for, as half a sentence.
    pub shows: String,
    pub media: MediaType,
    pub imdb: ImdbId,
    pub tmdb: TmdbId,
    /// Of series only.
    pub tvdb: Option<TvdbId>,
    pub(super) mal: Option<u32>,
    pub(super) original_name: Option<String>,
    pub(super) original_language: Language,
    pub(super) release_date: Date,
    pub(super) genres: Vec<String>,
    pub(super) overview: String,
    /// By the word that the provider of all sources has for each; its own score is called `score`.
    pub(super) ratings: HashMap<String, Rated>,
    /// Rotten Tomatoes certified it fresh.
    pub(super) certified: bool,
    /// Rotten Tomatoes' audience was verified hot.
    pub(super) hot: bool,
    /// In a sentence, as they are read; `N/A` for none.
    pub(super) awards: String,
    pub(super) episodes: Vec<DemoEpisode>,
    pub(super) art: Art,
}

/// A rating on the source's own scale.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct Rated {
    pub(super) value: f64,
    pub(super) votes: u32,
}

#[derive(Debug, Deserialize)]
pub(super) struct DemoEpisode {
    #[serde(flatten)]
    pub(super) number: EpisodeNumber,
    pub(super) name: String,
    pub(super) air_date: Date,
    pub(super) imdb: ImdbId,
    /// 0 to 10.
    pub(super) rating: f64,
    pub(super) votes: u32,
    pub(super) still: DemoDrawing,
}

#[derive(Debug, Deserialize)]
pub(super) struct Art {
    pub(super) poster: DemoDrawing,
    pub(super) poster_textless: DemoDrawing,
    pub(super) backdrop: DemoDrawing,
    pub(super) logo: DemoDrawing,
}

/// A file of the title's folder, and its own size in pixels.
#[derive(Debug, Deserialize)]
pub(super) struct DemoDrawing {
    pub(super) file: String,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// The demo catalogue: films and series, each there to show something.
pub fn titles() -> &'static [DemoTitle] {
    static TITLES: LazyLock<Vec<DemoTitle>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("../../assets/demo/catalogue.json"))
            .expect("part of the program, and read by every test of this module")
    });
    &TITLES
}

/// What an id means within the catalogue.
#[derive(Clone, Copy, Debug)]
pub(super) enum Known {
    Title(&'static DemoTitle),
    Episode(&'static DemoTitle, &'static DemoEpisode),
}

pub(super) fn by_imdb(id: ImdbId) -> Option<Known> {
    titles().iter().find_map(|title| {
        let of_id = |episode: &&DemoEpisode| episode.imdb == id;
        let episode = title.episodes.iter().find(of_id);
        let own = (title.imdb == id).then_some(Known::Title(title));
        own.or(episode.map(|episode| Known::Episode(title, episode)))
    })
}

pub(super) fn by_tmdb(media: MediaType, id: TmdbId) -> Option<&'static DemoTitle> {
    titles().iter().find(|title| title.media == media && title.tmdb == id)
}

pub(super) fn by_tvdb(id: TvdbId) -> Option<&'static DemoTitle> {
    titles().iter().find(|title| title.tvdb == Some(id))
}

impl DemoTitle {
    /// Its episodes as addresses write them: `1:2`.
    pub fn episode_numbers(&self) -> impl Iterator<Item = String> {
        self.episodes.iter().map(|episode| {
            let EpisodeNumber { season, episode } = episode.number;
            format!("{season}:{episode}")
        })
    }

    pub(super) fn rated(&self, source: &str) -> Option<Rated> {
        self.ratings.get(source).copied()
    }

    /// Season numbers, ascending, each once.
    pub(super) fn seasons(&self) -> Vec<u16> {
        let mut seasons: Vec<u16> = self.episodes.iter().map(|e| e.number.season).collect();
        seasons.sort_unstable();
        seasons.dedup();
        seasons
    }

    pub(super) fn season(&self, number: u16) -> Vec<&DemoEpisode> {
        self.episodes.iter().filter(|episode| episode.number.season == number).collect()
    }

    /// The path under which TMDB's image host has a drawing of this title's.
    pub(super) fn path_of(&self, drawing: &DemoDrawing) -> String {
        format!("/{}-{}", self.slug, drawing.file)
    }
}
