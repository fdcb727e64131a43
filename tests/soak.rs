//! Hundreds of titles, every family, random faults, restarts and kills: never a wrong picture.
//!
//! Bounded by default; `LAUREL_SOAK=full` makes 20,000 requests and 50 kills of it.

use std::collections::HashSet;
use std::time::{Duration, Instant};

use futures::StreamExt;
use laurel::model::MediaType;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::json;

use crate::support::child::Laurel;
use crate::support::{Answer, FakeEpisode, FakeTitle, FakeUpstream, Fault, KEY, Service, TestApp};

const TITLES: u32 = 216;

const FAULTS: [Fault; 13] = [
    Fault::Status(500),
    Fault::Status(503),
    Fault::RetryAfter(1),
    Fault::Hang,
    Fault::Delay(Duration::from_millis(300)),
    Fault::Reset,
    Fault::Truncate,
    Fault::Html,
    Fault::Garbage,
    Fault::SlowLoris,
    Fault::RedirectElsewhere,
    Fault::HugePng,
    Fault::TruncatedJpeg,
];

const SPOILT: [Service; 6] = [
    Service::Tmdb,
    Service::TmdbImages,
    Service::Mdblist,
    Service::Omdb,
    Service::Trakt,
    Service::Fanart,
];

#[expect(clippy::disallowed_methods, reason = "a test's own switch, not a setting")]
pub(crate) fn full() -> bool {
    std::env::var_os("LAUREL_SOAK").is_some_and(|value| value == "full")
}

/// No two are nearer than 40 in some channel.
fn colour(number: u32) -> [u8; 3] {
    [number % 6, number / 6 % 6, number / 36].map(|level| 20 + 40 * level as u8)
}

pub(crate) fn titles() -> FakeUpstream {
    (0..TITLES).map(title).fold(FakeUpstream::new(), FakeUpstream::title)
}

fn title(number: u32) -> FakeTitle {
    let (imdb, colour) = (8_000_000 + number, colour(number));
    let media = if number.is_multiple_of(2) { MediaType::Movie } else { MediaType::Series };
    let title = FakeTitle::new(media, &format!("Title {number}"), 5000 + number, colour)
        .imdb(imdb)
        .voted(7.5, 1000)
        .mdblist(json!({"score": 75, "ratings": [
            {"source": "imdb", "value": 7.5, "score": 75, "votes": 1000},
            {"source": "tomatoes", "value": 92, "score": 92, "votes": 102},
        ]}))
        .omdb(json!({"imdbRating": "7.5", "imdbVotes": "1,000", "Awards": "Won 1 Oscar."}));
    match media {
        MediaType::Movie => title,
        MediaType::Series => {
            title.episode(FakeEpisode::new(1, 1, &format!("Episode of {number}"), colour))
        }
    }
}

/// One picture of one title.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ArtworkPreference {
    number: u32,
    pub(crate) path: String,
    /// `None` for a logo, whose size follows its artwork.
    size: Option<(u32, u32)>,
}

impl ArtworkPreference {
    pub(crate) fn random(dice: &mut StdRng) -> Self {
        let number = dice.random_range(0..TITLES);
        let series = !number.is_multiple_of(2);
        let id = match dice.random_range(0..2) {
            0 => format!("imdb/FAMILY/tt{}", 8_000_000 + number),
            _ if series => format!("tmdb/FAMILY/tv-{}", 5000 + number),
            _ => format!("tmdb/FAMILY/movie-{}", 5000 + number),
        };
        let (family, ending, size) = match dice.random_range(0..8) {
            0 => ("backdrop", "", Some((1280, 720))),
            1 => ("logo", "", None),
            2 | 3 if series => ("episode", ":1:1", Some((480, 270))),
            _ => ("poster", "", Some((342, 513))),
        };
        let extension = *["jpg", "jpg", "jpg", "png", "webp"].choose(dice).unwrap();
        let query = *["", "&badge_shape=p", "&blur=true", "&position=tc"].choose(dice).unwrap();
        let id = id.replace("FAMILY", &format!("{family}-default"));
        Self { number, path: format!("{id}{ending}.{extension}?imageSize=small{query}"), size }
    }

    /// Every 200 is this picture.
    fn check(&self, answer: &Answer) {
        match (answer.status, self.size) {
            (200, Some(size)) => assert_eq!(answer.size(), size, "{self:?}"),
            (200, None) => {
                let (width, height) = answer.size();
                assert!(width <= 390 && height <= 122, "{self:?}: {width} x {height}");
            }
            (status, _) => {
                assert!(matches!(status, 502..=504), "{self:?}: {status} {}", answer.text());
                answer.code();
                return;
            }
        }
        let (colour, right) = (self.colour_of(answer), colour(self.number));
        let near = colour.iter().zip(right).all(|(a, b)| a.abs_diff(b) <= 14);
        assert!(near, "{self:?}: {colour:?} is not {right:?}; {:?}", answer.headers);
    }

    /// Of a spot without badges.
    fn colour_of(&self, answer: &Answer) -> [u8; 3] {
        if !self.path.contains("position=tc") || self.size.is_none() {
            return answer.colour();
        }
        let picture = answer.picture().into_rgb8();
        picture.get_pixel(picture.width() / 2, picture.height() * 9 / 10).0
    }
}

/// Another fault for each service, in three answers of ten.
fn spoil(upstream: &FakeUpstream, dice: &mut StdRng) {
    upstream.heal();
    for service in SPOILT {
        upstream.inject_share(service, *FAULTS.choose(dice).unwrap(), 0.3);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_faults_and_restarts_every_picture_is_the_right_one() {
    let (rounds, requests) = if full() { (40, 500) } else { (5, 120) };
    let mut dice = StdRng::seed_from_u64(42);
    let plan = TestApp::over(titles()).await;
    let plan = plan
        .set("LAUREL_RENDER_BUDGET_MS", 1000)
        // What is kept goes out long before; that a busy machine paints too slowly is no fault.
        .set("LAUREL_DEADLINE_MS", 20_000)
        // Full after a round or two, so that what grows after that is a leak.
        .set("LAUREL_MEMORY_CACHE_MB", 32);
    let mut app = plan.start().await;
    let mut made: HashSet<ArtworkPreference> = HashSet::new();
    let (mut served, mut settled, mut slowest) = (0, None, Duration::ZERO);
    for round in 0..rounds {
        spoil(&app.upstream, &mut dice);
        let mut wishes: Vec<ArtworkPreference> =
            (0..requests).map(|_| ArtworkPreference::random(&mut dice)).collect();
        // Half of them have been asked for before.
        let known: Vec<&ArtworkPreference> = made.iter().collect();
        if !known.is_empty() {
            for wish in wishes.iter_mut().step_by(2) {
                *wish = (*known.choose(&mut dice).unwrap()).clone();
            }
        }
        let app_now = &app;
        let asking = wishes.into_iter().map(|wish| async move {
            let started = Instant::now();
            let answer = app_now.get(&wish.path).await;
            (wish, answer, started.elapsed())
        });
        let answers: Vec<_> = futures::stream::iter(asking).buffer_unordered(8).collect().await;
        for (wish, answer, took) in answers {
            wish.check(&answer);
            // The rest beyond the deadline is a busy machine's, which this test shares with others.
            assert!(took < Duration::from_secs(30), "{wish:?}: {took:?}");
            assert!(answer.status == 200 || !made.contains(&wish), "{wish:?}: {answer:?}");
            served += usize::from(answer.status == 200);
            slowest = slowest.max(took);
            if matches!(answer.cache(), "MISS" | "HIT" | "STALE") {
                made.insert(wish);
            }
        }
        app = app.restart().await;
        if round == 2 {
            settled = Some(usage());
        }
    }
    let (before, after) = (settled.unwrap(), usage());
    told(&format!(
        "{served} of {} served, slowest {slowest:?}, {before:?} to {after:?}",
        rounds * requests
    ));
    assert!(after.resident_mib < before.resident_mib * 3 / 2 + 64, "{before:?} to {after:?}");
    assert!(after.files < before.files + 64, "{before:?} to {after:?}");
    assert!(served > rounds * requests / 3, "{served} of {}", rounds * requests);
    everything_is_right_in_the_end(app, &made).await;
}

/// What this process, which is server and stand-in at once, takes of the system.
#[derive(Clone, Copy, Debug)]
struct Usage {
    resident_mib: usize,
    files: usize,
}

fn usage() -> Usage {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = resident.and_then(|text| text.split_whitespace().next()?.parse::<usize>().ok());
    let files = std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    Usage { resident_mib: kib.unwrap_or_default() / 1024, files }
}

#[expect(clippy::print_stdout, reason = "the figures of a run; cargo shows them where asked to")]
fn told(figures: &str) {
    println!("{figures}");
}

/// With the faults over and their short memory gone, nothing of them is left.
async fn everything_is_right_in_the_end(app: TestApp, made: &HashSet<ArtworkPreference>) {
    app.upstream.heal();
    for wish in made {
        let mut answer = app.get(&wish.path).await;
        for _ in 0..40 {
            if answer.status == 200 && !answer.is_provisional() {
                break;
            }
            app.a_while_later().await;
            tokio::time::sleep(Duration::from_millis(250)).await;
            answer = app.get(&wish.path).await;
        }
        wish.check(&answer);
        assert!(answer.status == 200 && !answer.is_provisional(), "{wish:?}: {answer:?}");
    }
    let tasks = || tokio::runtime::Handle::current().metrics().num_alive_tasks();
    let mut left = tasks();
    for _ in 0..50 {
        // Connections, the workers of the last app, and the fake's own.
        if left < 60 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        left = tasks();
    }
    panic!("{left} tasks are still there");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_kills_during_writes_nothing_broken_is_served() {
    let kills = if full() { 50 } else { 5 };
    let mut dice = StdRng::seed_from_u64(9);
    let upstream = titles().start().await;
    let dir = tempfile::tempdir().unwrap();
    let mut settings = upstream.settings();
    for name in ["IMDB_DATASETS", "AWARDS", "ANIME_MAP"] {
        settings.push((format!("LAUREL_{name}_URL"), "off".to_owned()));
    }
    for name in ["TMDB", "MDBLIST", "OMDB", "TRAKT", "FANART"] {
        settings.push((format!("LAUREL_{name}_RATE"), "5000".to_owned()));
        settings.push((format!("LAUREL_{name}_BURST"), "5000".to_owned()));
    }
    settings.push(("LAUREL_API_KEYS".to_owned(), KEY.to_owned()));
    settings.push(("LAUREL_RENDER_BUDGET_MS".to_owned(), "20000".to_owned()));
    settings.push(("LAUREL_DEADLINE_MS".to_owned(), "25000".to_owned()));
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut asked: Vec<ArtworkPreference> = Vec::new();
    for _ in 0..kills {
        let server = Laurel::serve(dir.path(), &settings);
        let wishes: Vec<ArtworkPreference> =
            (0..40).map(|_| ArtworkPreference::random(&mut dice)).collect();
        let (base, client) = (&server.base, &client);
        let asking = futures::stream::iter(&wishes).for_each_concurrent(8, |wish| async move {
            let url = format!("{base}{KEY}/{}", wish.path);
            if let Ok(response) = client.get(url).send().await {
                let status = response.status().as_u16();
                let headers = response.headers().clone();
                // The kill may come in the middle of a body.
                if let Ok(body) = response.bytes().await {
                    wish.check(&Answer { status, headers, body });
                }
            }
        });
        let patience = Duration::from_millis(dice.random_range(100..1200));
        let _ = tokio::time::timeout(patience, asking).await;
        server.kill();
        asked.extend(wishes);
    }
    let server = Laurel::serve(dir.path(), &settings);
    let open_files =
        || std::fs::read_dir(format!("/proc/{}/fd", server.id())).map_or(0, Iterator::count);
    let before = open_files();
    for wish in &asked {
        let mut patience = 60;
        loop {
            let response = client.get(format!("{}{KEY}/{}", server.base, wish.path)).send().await;
            let answer = Answer::read(response.unwrap()).await;
            wish.check(&answer);
            if answer.status == 200 {
                break;
            }
            // A busy machine makes the stand-in late, which is remembered for a moment.
            patience -= 1;
            assert!(patience > 0, "{wish:?}: {answer:?}");
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
    }
    let after = open_files();
    told(&format!("{} asked again after {kills} kills, {before} to {after} files", asked.len()));
    assert!(after <= before + 24, "{before} files before, {after} after");
    assert_eq!(server.terminate(), Some(0));
}
