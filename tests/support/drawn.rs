//! Artwork made in code, drawn on without a server.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use laurel::codec::{PngEffort, Rgb, Rgba, encode_png};
use laurel::gather;
use laurel::model::{
    ArtworkKind, Award, AwardBody, AwardOrigin, AwardResult, CountryRelease, Date, ExternalId,
    Genre, Language, MediaType, ProductionStatus, Provider, Rating, RatingSource, Score, Showing,
    TitleFacts, TitleId, TmdbId, Verdict,
};
use laurel::plan::{self, RenderPlan, Size};
use laurel::render::{Canvas, Framing, FreshBase, Painter};
use laurel::request::{ImageSize, Options, OptionsPatch, apply_query};

pub(crate) fn painter() -> &'static Painter {
    static PAINTER: LazyLock<Painter> = LazyLock::new(Painter::default);
    &PAINTER
}

/// The options of a query that is wholly understood.
pub(crate) fn options(kind: ArtworkKind, query: &str) -> Options {
    let mut patch = OptionsPatch::default();
    let ignored = apply_query(&mut patch, query);
    assert!(ignored.is_empty(), "{query}: {ignored:?}");
    patch.into_options(kind, Language::ENGLISH)
}

/// The first `count` of ten ratings, awkward ones early.
pub(crate) fn ratings(count: usize) -> Vec<Rating> {
    use RatingSource as S;
    let rating = |source: RatingSource, value: f64, verdict| Rating {
        source,
        score: Score::new(value, source.scale()).unwrap(),
        votes: Some(1000),
        verdict,
        provider: Provider::MDBLIST,
        read_at: 0,
    };
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

/// Of a title of which everything is known.
fn facts() -> TitleFacts {
    let release = |(country, certificate): (&str, &str)| CountryRelease {
        country: country.parse().unwrap(),
        certificate: Some(certificate.to_owned()),
        in_cinemas: None,
    };
    let certificates =
        [("US", "PG-13"), ("DE", "16"), ("GB", "PG"), ("BR", "14"), ("FR", "12"), ("AU", "M")];
    TitleFacts {
        genres: vec![Genre { id: 16, name: "Animation".into() }],
        runtime_minutes: Some(136),
        status: Some(ProductionStatus::Returning),
        networks: vec!["HBO".into()],
        original_language: "en".parse().ok(),
        releases: certificates.map(release).into(),
        ..TitleFacts::default()
    }
}

/// What options leave of ten ratings and an award, by gather's rule.
pub(crate) fn chosen(options: &Options, award: Option<AwardBody>) -> Showing {
    let won = award.map(|body| Award {
        body,
        result: AwardResult::Won,
        count: 1,
        origin: AwardOrigin::Lists,
    });
    // Each award is drawn of a title that can win it.
    let media = match award {
        Some(AwardBody::Emmy) => MediaType::Series,
        _ => MediaType::Movie,
    };
    let external = ExternalId::Tmdb(TmdbId::new(1).unwrap());
    let title = TitleId::new(external);
    let request = gather::DataRequest::new(title, ArtworkKind::Poster, options);
    let day = |text: &str| text.parse::<Date>().unwrap();
    let findings = gather::Findings {
        name: Some("The Salt Cartographer"),
        media,
        facts: &facts(),
        seasons: &[],
        films: &[],
        released: Some(day("1999-03-31")),
        ratings: &ratings(10),
        awards: won.as_slice(),
        age: Some(10),
        trending: Some(4),
        rank: None,
        today: day("2026-06-10"),
    };
    gather::showing(&request, &findings)
}

/// Artwork in its frame, made once per frame.
#[derive(Clone)]
pub(crate) struct Drawn {
    pub(crate) kind: ArtworkKind,
    pub(crate) base: Arc<FreshBase>,
}

impl Drawn {
    pub(crate) fn new(kind: ArtworkKind, options: &Options, square: bool) -> Self {
        type Bases = Mutex<HashMap<(Framing, bool), Arc<FreshBase>>>;
        static BASES: LazyLock<Bases> = LazyLock::new(Bases::default);
        let framing = Framing {
            kind,
            size: match (kind, options.image_size) {
                // The same pixels.
                (ArtworkKind::Backdrop, ImageSize::VeryLarge) => ImageSize::Large,
                (_, size) => size,
            },
            fit: options.fit,
            blur: options.blur,
            quality: 85,
        };
        let known = BASES.lock().unwrap().get(&(framing, square)).cloned();
        let base = known.unwrap_or_else(|| {
            let size = match (square, kind) {
                (true, _) => Size { width: 300, height: 300 },
                (false, ArtworkKind::Poster) => Size { width: 342, height: 513 },
                (false, _) => Size { width: 640, height: 360 },
            };
            let artwork = encode_png(&scene(size), PngEffort::Fast).unwrap();
            let base = Arc::new(FreshBase::make(&artwork, &framing).unwrap());
            BASES.lock().unwrap().insert((framing, square), Arc::clone(&base));
            base
        });
        Self { kind, base }
    }

    pub(crate) fn plan(&self, options: &Options, showing: &Showing) -> RenderPlan {
        let layout = plan::layout_of(self.kind, options, showing);
        plan::plan(&layout, showing, &self.base.facts, painter())
    }

    pub(crate) fn paint(&self, plan: &RenderPlan) -> Rgb {
        let mut pixels = self.base.pixels.clone();
        let width = pixels.width;
        painter().paint(plan, &mut Canvas::opaque(&mut pixels.data, width, 0));
        pixels
    }
}

/// Smooth artwork with something dark, something light and an edge: a hill before a
/// low sun. Flat enough that golden pictures stay small.
pub(crate) fn scene(size: Size) -> Rgb {
    let mut picture = Rgb::new(size.width, size.height);
    for (at, pixel) in picture.data.chunks_exact_mut(3).enumerate() {
        let x = (at as u32 % size.width) as f32 / size.width as f32;
        let y = (at as u32 / size.width) as f32 / size.height as f32;
        let sun = (x - 0.68).hypot((y - 0.3) * 1.2) < 0.16;
        let hill = y > 0.78 + 0.14 * (x * 5.0).sin() * (1.0 - x);
        let colour = match (sun, hill) {
            (_, true) if x > 0.55 => [236.0, 232.0, 220.0],
            (_, true) => [30.0, 44.0, 40.0],
            (true, false) => [255.0, 236.0, 190.0],
            (false, false) => [60.0 + 150.0 * y, 84.0 + 40.0 * y, 140.0 - 60.0 * y],
        };
        (0..3).for_each(|c| pixel[c] = colour[c] as u8);
    }
    picture
}

/// White lettering of a kind, on transparency.
pub(crate) fn wordmark() -> Rgba {
    let mut picture = Rgba::new(400, 90);
    for (at, pixel) in picture.data.chunks_exact_mut(4).enumerate() {
        let (x, y) = (at % 400, at / 400);
        let stroke = x % 66 < 18 || (x % 66 < 52 && (y / 18) % 2 == 0);
        if stroke && x > 4 && x < 392 {
            pixel.copy_from_slice(&[250, 240 - (y as u8), 200, 255]);
        }
    }
    picture
}
