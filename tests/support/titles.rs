//! Titles of our own, and what each service knows of them.

use laurel::model::{ArtworkKind, MediaType};
use serde_json::{Value, json};

use super::pictures::FakePicture;

/// A film or a series.
#[derive(Clone, Debug)]
pub(crate) struct FakeTitle {
    pub(crate) media: MediaType,
    pub(crate) name: String,
    pub(crate) tmdb: u32,
    pub(crate) imdb: Option<u32>,
    pub(crate) tvdb: Option<u32>,
    /// Numbers in the anime map: kitsu, mal, anilist, anidb.
    pub(crate) anime: Option<[u32; 4]>,
    pub(crate) original_language: String,
    pub(crate) released: String,
    /// TMDB's, out of ten.
    pub(crate) vote_average: Value,
    pub(crate) vote_count: Value,
    pub(crate) colour: [u8; 3],
    /// At TMDB, best first within each kind.
    pub(crate) pictures: Vec<FakePicture>,
    /// At Fanart.tv.
    pub(crate) fanart: Vec<FakePicture>,
    /// Fields of MDBList's body besides ids and type; `None`: MDBList does not know it.
    pub(crate) mdblist: Option<Value>,
    /// Fields of OMDb's body besides id and type.
    pub(crate) omdb: Option<Value>,
    /// Trakt's body.
    pub(crate) trakt: Option<Value>,
    /// In IMDb's data sets: rating and votes.
    pub(crate) data_set: Option<(f32, u32)>,
    /// In the public award lists: Oscars of a film, Emmys of a series.
    pub(crate) awards: u16,
    pub(crate) episodes: Vec<FakeEpisode>,
    /// TheTVDB's numbers of seasons: (season, number).
    pub(crate) season_tvdb: Vec<(u16, u32)>,
    /// At TMDB.
    pub(crate) seasons: Vec<FakeSeason>,
    /// Posters of seasons at Fanart.tv, with the season as it is written there.
    pub(crate) fanart_seasons: Vec<(&'static str, FakePicture)>,
}

/// One season of a series as TMDB lists it.
#[derive(Clone, Debug)]
pub(crate) struct FakeSeason {
    pub(crate) number: u16,
    pub(crate) aired: String,
    pub(crate) vote_average: f64,
    pub(crate) posters: Vec<FakePicture>,
}

impl FakeSeason {
    /// With an English and a German poster.
    pub(crate) fn new(number: u16, colours: [[u8; 3]; 2]) -> Self {
        let posters = ["en", "de"].into_iter().zip(colours).map(|(language, colour)| {
            let path = format!("/season-{number}-{language}.jpg");
            FakePicture::new(ArtworkKind::Season, path, colour).in_language(language)
        });
        Self {
            number,
            aired: "2009-03-08".to_owned(),
            vote_average: 0.0,
            posters: posters.collect(),
        }
    }

    pub(crate) fn without_posters(number: u16) -> Self {
        Self { posters: Vec::new(), ..Self::new(number, [[0; 3]; 2]) }
    }

    pub(crate) fn voted(self, vote_average: f64) -> Self {
        Self { vote_average, ..self }
    }

    pub(crate) fn aired(self, day: &str) -> Self {
        Self { aired: day.to_owned(), ..self }
    }

    /// TMDB's own choice for a language.
    pub(crate) fn primary(&self, language: Option<&str>) -> Option<&FakePicture> {
        let of_language = |p: &&FakePicture| language.is_some() && p.language == language;
        self.posters.iter().find(of_language).or(self.posters.first())
    }
}

/// One episode of a series.
#[derive(Clone, Debug)]
pub(crate) struct FakeEpisode {
    pub(crate) season: u16,
    pub(crate) number: u16,
    pub(crate) name: String,
    pub(crate) tmdb: u32,
    pub(crate) imdb: Option<u32>,
    pub(crate) tvdb: Option<u32>,
    pub(crate) aired: String,
    pub(crate) vote_average: f64,
    pub(crate) vote_count: u32,
    pub(crate) stills: Vec<FakePicture>,
    pub(crate) omdb: Option<Value>,
    pub(crate) trakt: Option<Value>,
    pub(crate) data_set: Option<(f32, u32)>,
}

impl FakeTitle {
    /// With an English poster, one without lettering, a backdrop and a logo, all of one colour,
    /// and nobody but TMDB knowing it.
    pub(crate) fn new(media: MediaType, name: &str, tmdb: u32, colour: [u8; 3]) -> Self {
        let slug = format!("{}-{tmdb}", name.to_lowercase().replace(' ', "-"));
        let word = media.tmdb_path();
        let picture =
            |kind, ending: &str| FakePicture::new(kind, format!("/{word}-{slug}-{ending}"), colour);
        let pictures = vec![
            picture(ArtworkKind::Poster, "poster.jpg").in_language("en").voted(6.0, 30),
            picture(ArtworkKind::Poster, "textless.jpg").voted(5.5, 12),
            picture(ArtworkKind::Backdrop, "backdrop.jpg").voted(5.8, 20),
            picture(ArtworkKind::Backdrop, "lettered.jpg").in_language("en").voted(5.1, 3),
            picture(ArtworkKind::Logo, "logo.png").in_language("en").voted(5.3, 7),
        ];
        Self {
            media,
            name: name.to_owned(),
            tmdb,
            imdb: None,
            tvdb: None,
            anime: None,
            original_language: "en".to_owned(),
            released: "2008-01-20".to_owned(),
            vote_average: json!(0.0),
            vote_count: json!(0),
            colour,
            pictures,
            fanart: Vec::new(),
            mdblist: None,
            omdb: None,
            trakt: None,
            data_set: None,
            awards: 0,
            episodes: Vec::new(),
            season_tvdb: Vec::new(),
            seasons: Vec::new(),
            fanart_seasons: Vec::new(),
        }
    }

    pub(crate) fn film(name: &str, tmdb: u32, colour: [u8; 3]) -> Self {
        Self::new(MediaType::Movie, name, tmdb, colour)
    }

    pub(crate) fn series(name: &str, tmdb: u32, colour: [u8; 3]) -> Self {
        Self::new(MediaType::Series, name, tmdb, colour)
    }

    pub(crate) fn imdb(self, number: u32) -> Self {
        Self { imdb: Some(number), ..self }
    }

    pub(crate) fn tvdb(self, number: u32) -> Self {
        Self { tvdb: Some(number), ..self }
    }

    pub(crate) fn anime(self, [kitsu, mal, anilist, anidb]: [u32; 4]) -> Self {
        Self { anime: Some([kitsu, mal, anilist, anidb]), ..self }
    }

    pub(crate) fn released(self, day: &str) -> Self {
        Self { released: day.to_owned(), ..self }
    }

    pub(crate) fn original_language(self, language: &str) -> Self {
        Self { original_language: language.to_owned(), ..self }
    }

    /// TMDB's own rating; odd values may be text or null.
    pub(crate) fn voted(self, average: impl Into<Value>, count: impl Into<Value>) -> Self {
        Self { vote_average: average.into(), vote_count: count.into(), ..self }
    }

    pub(crate) fn picture(mut self, picture: FakePicture) -> Self {
        self.pictures.push(picture);
        self
    }

    pub(crate) fn without_pictures(self) -> Self {
        Self { pictures: Vec::new(), ..self }
    }

    pub(crate) fn fanart(mut self, picture: FakePicture) -> Self {
        self.fanart.push(picture);
        self
    }

    pub(crate) fn mdblist(self, body: Value) -> Self {
        Self { mdblist: Some(body), ..self }
    }

    pub(crate) fn omdb(self, body: Value) -> Self {
        Self { omdb: Some(body), ..self }
    }

    pub(crate) fn trakt(self, body: Value) -> Self {
        Self { trakt: Some(body), ..self }
    }

    pub(crate) fn in_data_set(self, rating: f32, votes: u32) -> Self {
        Self { data_set: Some((rating, votes)), ..self }
    }

    pub(crate) fn awarded(self, times: u16) -> Self {
        Self { awards: times, ..self }
    }

    pub(crate) fn episode(mut self, episode: FakeEpisode) -> Self {
        self.episodes.push(episode);
        self
    }

    pub(crate) fn season_tvdb(mut self, season: u16, number: u32) -> Self {
        self.season_tvdb.push((season, number));
        self
    }

    pub(crate) fn season(mut self, season: FakeSeason) -> Self {
        self.seasons.push(season);
        self
    }

    pub(crate) fn fanart_season(mut self, season: &'static str, picture: FakePicture) -> Self {
        self.fanart_seasons.push((season, picture));
        self
    }

    pub(crate) fn imdb_id(&self) -> Option<String> {
        self.imdb.map(imdb_id)
    }

    /// The first picture of a kind.
    pub(crate) fn first(&self, kind: ArtworkKind) -> Option<&FakePicture> {
        self.pictures.iter().find(|picture| picture.kind == kind)
    }

    /// TMDB's own choice of a kind: the one that was set, else the best by votes. Posters are chosen
    /// among those of `language`, where there are any.
    pub(crate) fn primary(
        &self,
        kind: ArtworkKind,
        language: Option<&str>,
    ) -> Option<&FakePicture> {
        let code = |language: &str| language.split('-').next().map(str::to_owned);
        let own = |picture: &&FakePicture| {
            kind != ArtworkKind::Poster
                || picture.language.and_then(code) == language.and_then(code)
        };
        let of_kind = || self.pictures.iter().filter(|picture| picture.kind == kind);
        let among: Vec<&FakePicture> = match of_kind().any(|picture| own(&picture)) {
            true => of_kind().filter(own).collect(),
            false => return self.first(kind),
        };
        let weighed = |p: &FakePicture| {
            (p.vote_average * f64::from(p.votes) + 40.0) / f64::from(p.votes + 10)
        };
        let set = among.iter().copied().find(|picture| picture.is_primary);
        set.or_else(|| among.into_iter().max_by(|a, b| weighed(a).total_cmp(&weighed(b))))
    }

    /// All pictures, at both hosts, the episodes' too.
    pub(crate) fn all_pictures(&self) -> impl Iterator<Item = &FakePicture> {
        let stills = self.episodes.iter().flat_map(|episode| &episode.stills);
        let of_seasons = self.seasons.iter().flat_map(|season| &season.posters);
        let at_fanart = self.fanart_seasons.iter().map(|(_, picture)| picture);
        self.pictures.iter().chain(&self.fanart).chain(stills).chain(of_seasons).chain(at_fanart)
    }
}

impl FakeEpisode {
    /// With one still.
    pub(crate) fn new(season: u16, number: u16, name: &str, colour: [u8; 3]) -> Self {
        let slug = name.to_lowercase().replace(' ', "-");
        let path = format!("/still-s{season}e{number}-{slug}.jpg");
        Self {
            season,
            number,
            name: name.to_owned(),
            tmdb: 900_000 + u32::from(season) * 1000 + u32::from(number),
            imdb: None,
            tvdb: None,
            aired: "2008-01-20".to_owned(),
            vote_average: 0.0,
            vote_count: 0,
            stills: vec![FakePicture::new(ArtworkKind::Still, path, colour).voted(5.4, 5)],
            omdb: None,
            trakt: None,
            data_set: None,
        }
    }

    pub(crate) fn imdb(self, number: u32) -> Self {
        Self { imdb: Some(number), ..self }
    }

    pub(crate) fn tvdb(self, number: u32) -> Self {
        Self { tvdb: Some(number), ..self }
    }

    pub(crate) fn voted(self, vote_average: f64, vote_count: u32) -> Self {
        Self { vote_average, vote_count, ..self }
    }

    pub(crate) fn omdb(self, body: Value) -> Self {
        Self { omdb: Some(body), ..self }
    }

    pub(crate) fn trakt(self, body: Value) -> Self {
        Self { trakt: Some(body), ..self }
    }

    pub(crate) fn in_data_set(self, rating: f32, votes: u32) -> Self {
        Self { data_set: Some((rating, votes)), ..self }
    }

    pub(crate) fn imdb_id(&self) -> Option<String> {
        self.imdb.map(imdb_id)
    }
}

pub(crate) fn imdb_id(number: u32) -> String {
    format!("tt{number:07}")
}
