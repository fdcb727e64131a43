//! Artwork and ratings to draw with.

use std::path::{Path, PathBuf};

use laurel::model::{ArtworkKind, Provider, Rating, RatingSource, Score, Verdict};

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
            ArtworkKind::Poster | ArtworkKind::Season => &self.posters,
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
