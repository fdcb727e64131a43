//! Artwork and ratings to draw with.

use std::path::{Path, PathBuf};

use laurel::gather::{self, DataRequest, Findings};
use laurel::model::{
    ArtworkKind, Award, AwardBody, AwardOrigin, AwardResult, CountryRelease, Date, ExternalId,
    Extras, Genre, MediaType, ProductionStatus, Provider, Rating, RatingSource, Score, TitleFacts,
    TitleId, TmdbId, Verdict,
};
use laurel::request::Options;

/// Bytes of artwork per family.
pub(crate) struct Samples {
    pub(crate) posters: Vec<Vec<u8>>,
    pub(crate) backdrops: Vec<Vec<u8>>,
    pub(crate) stills: Vec<Vec<u8>>,
    pub(crate) logos: Vec<Vec<u8>>,
}

impl Samples {
    pub(crate) fn load(folder: Option<&Path>) -> std::io::Result<Self> {
        let files = if let Some(folder) = folder {
            files(folder)?
        } else {
            let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/demo");
            let mut all = Vec::new();
            for title in std::fs::read_dir(demo)? {
                let title = title?.path();
                if title.is_dir() {
                    all.extend(files(&title)?);
                }
            }
            all.sort();
            all
        };
        let read = |prefix: &str| -> std::io::Result<Vec<Vec<u8>>> {
            files.iter().filter(|file| is_sample(file, prefix)).map(std::fs::read).collect()
        };
        Ok(Self {
            posters: read("poster")?,
            backdrops: read("backdrop")?,
            stills: read("still")?,
            logos: read("logo")?,
        })
    }

    pub(crate) fn of(&self, kind: ArtworkKind) -> &[Vec<u8>] {
        match kind {
            ArtworkKind::Poster | ArtworkKind::Season | ArtworkKind::Square => &self.posters,
            ArtworkKind::Backdrop => &self.backdrops,
            ArtworkKind::Still => &self.stills,
            ArtworkKind::Logo => &self.logos,
        }
    }
}

fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<std::io::Result<_>>()?;
    files.sort();
    Ok(files)
}

fn is_sample(file: &Path, prefix: &str) -> bool {
    let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let picture = [".jpg", ".png", ".svg"].iter().any(|ending| name.ends_with(ending));
    picture && name.starts_with(prefix) && !name.contains("textless")
}

fn rating(source: RatingSource, value: f64, verdict: Option<Verdict>) -> Rating {
    Rating {
        source,
        score: Score::new(value, source.scale()).expect("a score on its scale"),
        votes: Some(1000),
        verdict,
        provider: Provider::MDBLIST,
        read_at: 0,
    }
}

/// The first `count` of ten ratings, with the awkward values early.
pub(crate) fn ratings(count: usize) -> Vec<Rating> {
    use RatingSource as S;
    let all = [
        rating(S::Imdb, 8.7, None),
        rating(S::RottenTomatoes, 92.0, Some(Verdict::CertifiedFresh)),
        rating(S::Letterboxd, 4.1, None),
        rating(S::Metacritic, 74.0, None),
        rating(S::RottenTomatoesAudience, 100.0, Some(Verdict::VerifiedHot)),
        rating(S::Tmdb, 84.0, None),
        rating(S::Trakt, 86.0, None),
        rating(S::MyAnimeList, 8.63, None),
        rating(S::MdbList, 83.0, None),
        rating(S::RogerEbert, 3.5, None),
    ];
    all[..count].to_vec()
}

/// Values that are wide or odd.
pub(crate) fn awkward(count: usize) -> Vec<Rating> {
    use RatingSource as S;
    let all = [
        rating(S::RottenTomatoes, 100.0, Some(Verdict::Fresh)),
        rating(S::MyAnimeList, 10.0, None),
        rating(S::RottenTomatoesAudience, 100.0, Some(Verdict::Upright)),
        rating(S::Tmdb, 100.0, None),
        rating(S::Imdb, 10.0, None),
        rating(S::RottenTomatoes, 7.0, Some(Verdict::Rotten)),
        rating(S::RottenTomatoesAudience, 41.0, Some(Verdict::Spilled)),
    ];
    all[..count.min(all.len())].to_vec()
}

/// What options ask for beside ratings, of a series that is known well.
pub(crate) fn extras(options: &Options, ratings: &[Rating]) -> Extras {
    let day = |text: &str| text.parse::<Date>().expect("a date");
    let release = |(country, certificate): (&str, &str)| CountryRelease {
        country: country.parse().expect("a country"),
        certificate: Some(certificate.to_owned()),
        in_cinemas: Some(day("2026-05-20")),
    };
    let certificates =
        [("US", "PG-13"), ("DE", "16"), ("GB", "PG"), ("BR", "14"), ("FR", "12"), ("AU", "M")];
    let facts = TitleFacts {
        genres: vec![Genre { id: 878, name: "Science Fiction".into() }],
        runtime_minutes: Some(136),
        status: Some(ProductionStatus::Returning),
        networks: vec!["HBO".into()],
        original_language: "en".parse().ok(),
        releases: certificates.map(release).into(),
        ..TitleFacts::default()
    };
    let external = ExternalId::Tmdb(TmdbId::new(1).expect("a number"));
    let title = TitleId { external, media: None, episode: None, season: None };
    let award =
        |body| Award { body, result: AwardResult::Won, count: 1, origin: AwardOrigin::Lists };
    let findings = Findings {
        name: None,
        media: MediaType::Movie,
        facts: &facts,
        seasons: &[],
        films: &[],
        rank: None,
        released: Some(day("1999-03-31")),
        ratings,
        awards: &[award(AwardBody::Oscar), award(AwardBody::Cannes)],
        age: Some(10),
        trending: Some(4),
        today: day("2026-06-10"),
    };
    gather::showing(&DataRequest::new(title, ArtworkKind::Poster, options), &findings).extras
}
