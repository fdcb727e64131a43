//! TMDB's API, as far as artwork needs it.

use laurel::model::{ArtworkKind, MediaType};
use serde_json::{Map, Value, json};

use super::http::{Asked, Reply};
use super::pictures::FakePicture;
use super::titles::{FakeEpisode, FakeTitle};
use super::tmdb_lists as lists;

/// Answers a path below `/3`.
pub(super) fn answer(titles: &[FakeTitle], rest: &str, asked: &Asked) -> Reply {
    let bearer = asked.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    match asked.query("api_key").or(bearer) {
        None | Some("" | "bad-key") => {
            return error(401, 7, "Invalid API key: You must be granted a valid key.");
        }
        Some(_) => {}
    }
    let parts: Vec<&str> = rest.split('/').skip(1).collect();
    let body = match parts.as_slice() {
        ["configuration"] => Some(configuration()),
        ["find", id] => Some(find(titles, id, asked)),
        ["search", word @ ("movie" | "tv")] => Some(lists::search(titles, word, asked)),
        ["discover", word @ ("movie" | "tv")] => Some(lists::discover(titles, word, asked)),
        [word @ ("movie" | "tv"), id] => title(titles, word, id).map(|t| details(t, asked)),
        [word @ ("movie" | "tv"), id, part] => {
            title(titles, word, id).and_then(|title| title_part(title, part, asked))
        }
        ["tv", id, "season", season, "episode", number] => episode(titles, id, season, number)
            .map(|(title, found)| episode_details(title, found, asked)),
        ["tv", id, "season", season, "episode", number, part] => {
            episode(titles, id, season, number)
                .and_then(|(_, found)| episode_part(found, part, asked))
        }
        ["tv", id, "season", season] => title(titles, "tv", id)
            .and_then(|title| season_details(title, season.parse().ok()?, asked)),
        _ => None,
    };
    match body {
        Some(body) => Reply::json(200, &body),
        None => error(404, 34, "The resource you requested could not be found."),
    }
}

/// An error in TMDB's shape.
pub(crate) fn error(status: u16, code: u16, message: &str) -> Reply {
    let body = json!({"success": false, "status_code": code, "status_message": message});
    Reply::json(status, &body)
}

fn title<'a>(titles: &'a [FakeTitle], word: &str, id: &str) -> Option<&'a FakeTitle> {
    titles.iter().find(|title| title.media.tmdb_path() == word && title.tmdb.to_string() == id)
}

fn episode<'a>(
    titles: &'a [FakeTitle],
    id: &str,
    season: &str,
    number: &str,
) -> Option<(&'a FakeTitle, &'a FakeEpisode)> {
    let title = title(titles, "tv", id)?;
    let (season, number): (u16, u16) = (season.parse().ok()?, number.parse().ok()?);
    let mut episodes = title.episodes.iter();
    Some((title, episodes.find(|episode| (episode.season, episode.number) == (season, number))?))
}

/// With a base URL that leads nowhere: tests must set the host of pictures.
fn configuration() -> Value {
    json!({"images": {
        "base_url": "http://images.invalid/t/p/",
        "secure_base_url": "https://images.invalid/t/p/",
        "backdrop_sizes": ["w300", "w780", "w1280", "original"],
        "logo_sizes": ["w45", "w92", "w154", "w185", "w300", "w500", "original"],
        "poster_sizes": ["w92", "w154", "w185", "w342", "w500", "w780", "original"],
        "still_sizes": ["w92", "w185", "w300", "original"],
    }})
}

fn find(titles: &[FakeTitle], id: &str, asked: &Asked) -> Value {
    let source = asked.query("external_source").unwrap_or("");
    let is = |imdb: Option<String>, tvdb: Option<u32>| match source {
        "imdb_id" => imdb.as_deref() == Some(id),
        "tvdb_id" => tvdb.is_some_and(|tvdb| tvdb.to_string() == id),
        _ => false,
    };
    // TMDB knows no film by TheTVDB's number.
    let of_media = |media: MediaType| -> Vec<Value> {
        let tvdb = |title: &FakeTitle| title.tvdb.filter(|_| media == MediaType::Series);
        let found = titles.iter().filter(|t| t.media == media && is(t.imdb_id(), tvdb(t)));
        found.map(|title| Value::Object(summary(title, asked))).collect()
    };
    let episodes = titles.iter().flat_map(|title| {
        let found = title.episodes.iter().filter(|e| is(e.imdb_id(), e.tvdb));
        found.map(|episode| Value::Object(episode_summary(title, episode)))
    });
    let seasons = titles.iter().flat_map(|title| {
        let found = title.season_tvdb.iter().filter(|(_, tvdb)| is(None, Some(*tvdb)));
        found.map(|(season, _)| {
            json!({
                "id": title.tmdb * 100 + u32::from(*season), "season_number": season,
                "show_id": title.tmdb, "name": format!("Season {season}"), "poster_path": null,
            })
        })
    });
    json!({
        "movie_results": of_media(MediaType::Movie), "person_results": [],
        "tv_results": of_media(MediaType::Series),
        "tv_episode_results": episodes.collect::<Vec<_>>(),
        "tv_season_results": seasons.collect::<Vec<_>>(),
    })
}

/// A sentence in the language that is asked for; only English and German are known.
fn sentence(name: &str, asked: &Asked) -> String {
    match asked.query("language") {
        Some(language) if language.starts_with("de") => format!("Alles über {name}."),
        Some(language) if !language.starts_with("en") => String::new(),
        _ => format!("All about {name}."),
    }
}

fn person(name: &str, role: &str, job: &str, department: &str) -> Value {
    let slug = name.to_lowercase().replace(' ', "-");
    json!({
        "name": name, "character": role, "job": job, "department": department,
        "profile_path": format!("/{slug}.jpg"),
    })
}

fn credits() -> Value {
    json!({
        "cast": [person("Ada Lead", "The Captain", "", ""), person("Ben Second", "The Mate", "", "")],
        "crew": [
            person("Cleo Director", "", "Director", "Directing"),
            person("Dan Writer", "", "Screenplay", "Writing"),
            person("Eve Producer", "", "Producer", "Production"),
        ],
    })
}

/// What lists and look-ups hold of a title.
pub(super) fn summary(title: &FakeTitle, asked: &Asked) -> Map<String, Value> {
    let language = asked.query("language");
    let path = |kind| title.primary(kind, language).map(|picture| picture.path.clone());
    let (name, original, day, media) = match title.media {
        MediaType::Movie => ("title", "original_title", "release_date", "movie"),
        MediaType::Series => ("name", "original_name", "first_air_date", "tv"),
    };
    let fields = json!({
        "id": title.tmdb, name: title.name, original: title.name, day: title.released,
        "media_type": media, "original_language": title.original_language,
        "poster_path": path(ArtworkKind::Poster), "backdrop_path": path(ArtworkKind::Backdrop),
        "vote_average": title.vote_average, "vote_count": title.vote_count,
        "adult": false, "genre_ids": [], "popularity": 12.5,
    });
    object(fields)
}

fn details(title: &FakeTitle, asked: &Asked) -> Value {
    let mut body = summary(title, asked);
    body.remove("media_type");
    body.insert("status".to_owned(), json!("Released"));
    body.insert("overview".to_owned(), json!(sentence(&title.name, asked)));
    body.insert("tagline".to_owned(), json!("Come along."));
    body.insert("runtime".to_owned(), json!(101));
    body.insert("genres".to_owned(), json!([{"id": 18, "name": "Drama"}]));
    body.insert("production_companies".to_owned(), json!([{"name": "North Sea Pictures"}]));
    body.insert(
        "production_countries".to_owned(),
        json!([{"iso_3166_1": "US", "name": "United States of America"}]),
    );
    match title.media {
        MediaType::Movie => body.insert("imdb_id".to_owned(), json!(title.imdb_id())),
        MediaType::Series => body.insert("seasons".to_owned(), json!(seasons(title, asked))),
    };
    append(&mut body, asked, |part| title_part(title, part, asked));
    Value::Object(body)
}

fn seasons(title: &FakeTitle, asked: &Asked) -> Vec<Value> {
    let own = title.seasons.iter().map(|season| season.number);
    let mut numbers: Vec<u16> = title.episodes.iter().map(|e| e.season).chain(own).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter().map(|n| Value::Object(season_summary(title, n, asked))).collect()
}

/// A season as a series' details list it; names are in the language that was asked for.
fn season_summary(title: &FakeTitle, number: u16, asked: &Asked) -> Map<String, Value> {
    let season = title.seasons.iter().find(|season| season.number == number);
    let first = title.episodes.iter().find(|e| e.season == number).map(|e| &e.aired);
    let poster = season.and_then(|season| season.primary(asked.query("language")));
    let fields = json!({
        "id": title.tmdb * 100 + u32::from(number), "season_number": number,
        "name": season_name(number), "overview": sentence(&season_name(number), asked),
        "air_date": season.map_or(first, |season| Some(&season.aired)),
        "episode_count": title.episodes.iter().filter(|e| e.season == number).count(),
        "poster_path": poster.map(|poster| &poster.path),
        "vote_average": season.map_or(0.0, |season| season.vote_average),
    });
    object(fields)
}

fn season_name(number: u16) -> String {
    if number == 0 { "Specials".to_owned() } else { format!("Season {number}") }
}

/// Adds what `append_to_response` asks for, under the name it was asked by.
fn append(body: &mut Map<String, Value>, asked: &Asked, part: impl Fn(&str) -> Option<Value>) {
    for name in asked.query("append_to_response").unwrap_or("").split(',') {
        if let Some(value) = part(name) {
            body.insert(name.to_owned(), value);
        }
    }
}

fn title_part(title: &FakeTitle, part: &str, asked: &Asked) -> Option<Value> {
    match part {
        "images" => Some(json!({
            "posters": rows(&title.pictures, ArtworkKind::Poster, asked),
            "backdrops": rows(&title.pictures, ArtworkKind::Backdrop, asked),
            "logos": rows(&title.pictures, ArtworkKind::Logo, asked),
        })),
        "external_ids" => Some(json!({"imdb_id": title.imdb_id(), "tvdb_id": title.tvdb})),
        "credits" => Some(credits()),
        "translations" => {
            let english =
                json!({"title": "", "name": "", "overview": format!("All about {}.", title.name)});
            Some(
                json!({"translations": [{"iso_639_1": "en", "iso_3166_1": "US", "data": english}]}),
            )
        }
        "release_dates" => {
            // Old where the title is: certificates are what tests look at.
            let day = title.released.as_str().max("2000-01-01");
            let release = |certificate| json!([{"certification": certificate, "type": 3, "release_date": day}]);
            Some(json!({"results": [
                {"iso_3166_1": "DE", "release_dates": release("12")},
                {"iso_3166_1": "US", "release_dates": release("PG-13")},
            ]}))
        }
        "content_ratings" => Some(json!({"results": [
            {"iso_3166_1": "DE", "rating": "16"}, {"iso_3166_1": "US", "rating": "TV-14"},
        ]})),
        "keywords" => Some(json!({"keywords": []})),
        _ => {
            let (season, number) = part.strip_prefix("season/")?.split_once("/episode/")?;
            let (season, number): (u16, u16) = (season.parse().ok()?, number.parse().ok()?);
            let mut episodes = title.episodes.iter();
            let found = episodes.find(|e| (e.season, e.number) == (season, number))?;
            Some(Value::Object(episode_summary(title, found)))
        }
    }
}

/// The pictures of a kind that the language parameters let through, best votes first.
fn rows(pictures: &[FakePicture], kind: ArtworkKind, asked: &Asked) -> Vec<Value> {
    let included = asked.query("include_image_language").or(asked.query("language"));
    let wanted = |picture: &&FakePicture| {
        included.is_none_or(|list| {
            let language = picture.language.unwrap_or("null");
            list.split(',').any(|item| item.split('-').next() == language.split('-').next())
        })
    };
    let mut found: Vec<_> = pictures.iter().filter(|p| p.kind == kind).filter(wanted).collect();
    found.sort_by(|a, b| b.vote_average.total_cmp(&a.vote_average));
    let row = |picture: &FakePicture| {
        json!({
            "aspect_ratio": f64::from(picture.width) / f64::from(picture.height),
            "width": picture.width, "height": picture.height, "file_path": picture.path,
            "iso_639_1": picture.language, "iso_3166_1": null,
            "vote_average": picture.vote_average, "vote_count": picture.votes,
        })
    };
    found.into_iter().map(row).collect()
}

fn episode_summary(title: &FakeTitle, episode: &FakeEpisode) -> Map<String, Value> {
    let fields = json!({
        "id": episode.tmdb, "name": episode.name, "show_id": title.tmdb,
        "season_number": episode.season, "episode_number": episode.number,
        "air_date": episode.aired, "still_path": episode.stills.first().map(|s| &s.path),
        "vote_average": episode.vote_average, "vote_count": episode.vote_count,
    });
    object(fields)
}

fn episode_details(title: &FakeTitle, episode: &FakeEpisode, asked: &Asked) -> Value {
    let mut body = episode_summary(title, episode);
    append(&mut body, asked, |part| episode_part(episode, part, asked));
    Value::Object(body)
}

fn episode_part(episode: &FakeEpisode, part: &str, asked: &Asked) -> Option<Value> {
    match part {
        "images" => Some(json!({"stills": rows(&episode.stills, ArtworkKind::Still, asked)})),
        "external_ids" => Some(json!({"imdb_id": episode.imdb_id(), "tvdb_id": episode.tvdb})),
        _ => None,
    }
}

fn season_details(title: &FakeTitle, number: u16, asked: &Asked) -> Option<Value> {
    let episodes = title.episodes.iter().filter(|episode| episode.season == number);
    let episodes: Vec<Value> = episodes
        .map(|episode| {
            let guests = json!([person("Gus Guest", "A Stranger", "", "")]);
            let mut row = episode_summary(title, episode);
            row.insert("overview".to_owned(), json!(sentence(&episode.name, asked)));
            row.insert("runtime".to_owned(), json!(47));
            row.insert("crew".to_owned(), credits()["crew"].clone());
            row.insert("guest_stars".to_owned(), guests);
            Value::Object(row)
        })
        .collect();
    let season = title.seasons.iter().find(|season| season.number == number);
    if episodes.is_empty() && season.is_none() {
        return None;
    }
    let mut body = season_summary(title, number, asked);
    body.remove("episode_count");
    body.insert("episodes".to_owned(), json!(episodes));
    let posters = season.map_or(&[][..], |season| &season.posters);
    append(&mut body, asked, |part| match part {
        "images" => Some(json!({"posters": rows(posters, ArtworkKind::Season, asked)})),
        "credits" => Some(credits()),
        "external_ids" => {
            let mut tvdb = title.season_tvdb.iter().filter(|(season, _)| *season == number);
            Some(json!({"tvdb_id": tvdb.next().map(|(_, tvdb)| tvdb)}))
        }
        _ => None,
    });
    Some(Value::Object(body))
}

/// The fields of a literal object.
fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        other => unreachable!("{other} is no object"),
    }
}
