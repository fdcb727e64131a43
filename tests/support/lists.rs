//! IMDb's data sets, the award lists and the anime map, written from the titles.

use std::fmt::Write as _;
use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use laurel::model::MediaType;
use serde_json::{Value, json};

use super::http::{Asked, Reply};
use super::titles::{FakeTitle, imdb_id};

/// When all lists were last changed; a caller that knows gets a 304.
const LAST_MODIFIED: &str = "Fri, 20 Nov 2026 00:00:00 GMT";

pub(super) fn imdb(titles: &[FakeTitle], rest: &str, asked: &Asked) -> Reply {
    let text = match rest {
        "/title.ratings.tsv.gz" => ratings(titles),
        "/title.episode.tsv.gz" => episodes(titles),
        "/title.basics.tsv.gz" => basics(titles),
        _ => return not_there(),
    };
    unless_known(asked, || Reply::bytes("binary/octet-stream", gzipped(text.as_bytes())))
}

fn ratings(titles: &[FakeTitle]) -> String {
    let mut text = "tconst\taverageRating\tnumVotes\n".to_owned();
    for title in titles {
        let own = title.imdb.zip(title.data_set);
        let episodes = title.episodes.iter().filter_map(|e| e.imdb.zip(e.data_set));
        for (imdb, (rating, votes)) in own.into_iter().chain(episodes) {
            let _ = writeln!(text, "{}\t{rating:.1}\t{votes}", imdb_id(imdb));
        }
    }
    text
}

fn episodes(titles: &[FakeTitle]) -> String {
    let mut text = "tconst\tparentTconst\tseasonNumber\tepisodeNumber\n".to_owned();
    for title in titles {
        let Some(series) = title.imdb else { continue };
        for episode in &title.episodes {
            let Some(imdb) = episode.imdb else { continue };
            let (season, number) = (episode.season, episode.number);
            let _ = writeln!(text, "{}\t{}\t{season}\t{number}", imdb_id(imdb), imdb_id(series));
        }
    }
    text
}

fn basics(titles: &[FakeTitle]) -> String {
    let header = "tconst\ttitleType\tprimaryTitle\toriginalTitle\tisAdult\tstartYear\tendYear\truntimeMinutes\tgenres\n";
    let mut text = header.to_owned();
    for title in titles {
        let Some(imdb) = title.imdb else { continue };
        let kind = match title.media {
            MediaType::Movie => "movie",
            MediaType::Series => "tvSeries",
        };
        let (name, year) = (&title.name, title.released.get(..4).unwrap_or("\\N"));
        let _ =
            writeln!(text, "{}\t{kind}\t{name}\t{name}\t0\t{year}\t\\N\t\\N\t\\N", imdb_id(imdb));
    }
    text
}

pub(super) fn awards(titles: &[FakeTitle], rest: &str, asked: &Asked) -> Reply {
    let (media, award) = match rest {
        "/ev0000003.yml" => (MediaType::Movie, "oscar"),
        "/ev0000223.yml" => (MediaType::Series, "primetime emmy"),
        _ => return not_there(),
    };
    let mut text = format!("# Awards\n'2027': {{}}\n'2026':\n  {award}:\n");
    let most = titles.iter().map(|title| title.awards).max().unwrap_or(0);
    for category in 1..=most.max(1) {
        let of_media = || titles.iter().filter(|title| title.media == media);
        let ids = |least: u16| -> String {
            let found = of_media().filter(|title| title.awards >= least);
            found.filter_map(FakeTitle::imdb_id).collect::<Vec<_>>().join(", ")
        };
        let (nominees, winners) = (ids(0), ids(category));
        let _ = writeln!(text, "    best thing number {category}:");
        let _ = writeln!(text, "      nominee: [{nominees}]\n      winner: [{winners}]");
    }
    // An honorary award is none: it must not be counted.
    let everyone = titles.iter().filter(|t| t.media == media).filter_map(FakeTitle::imdb_id);
    let everyone = everyone.collect::<Vec<_>>().join(", ");
    let _ = writeln!(text, "  honorary award:\n    honorary award:\n      winner: [{everyone}]");
    unless_known(asked, || Reply::bytes("text/plain; charset=utf-8", text))
}

pub(super) fn anime_map(titles: &[FakeTitle], asked: &Asked) -> Reply {
    let rows: Vec<Value> = titles.iter().filter_map(anime_row).collect();
    unless_known(asked, || Reply::json(200, &json!(rows)))
}

fn anime_row(title: &FakeTitle) -> Option<Value> {
    let [kitsu, mal, anilist, anidb] = title.anime?;
    let (kind, word) = match title.media {
        MediaType::Movie => ("MOVIE", "movie"),
        MediaType::Series => ("TV", "tv"),
    };
    Some(json!({
        "type": kind, "kitsu_id": kitsu, "mal_id": mal, "anilist_id": anilist, "anidb_id": anidb,
        "imdb_id": title.imdb_id().into_iter().collect::<Vec<_>>(), "tvdb_id": title.tvdb,
        "themoviedb_id": {word: title.tmdb}, "season": {"tvdb": 1, "tmdb": 1},
    }))
}

fn unless_known(asked: &Asked, reply: impl FnOnce() -> Reply) -> Reply {
    let known = asked.header("if-modified-since") == Some(LAST_MODIFIED);
    let reply = if known { Reply::bytes("text/plain", "").with_status(304) } else { reply() };
    reply.with_header("last-modified", LAST_MODIFIED)
}

fn not_there() -> Reply {
    Reply::bytes("text/plain", "404: Not Found").with_status(404)
}

pub(crate) fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
