//! The metadata provider for Plex, asked as its server asks.

use serde_json::{Value, json};

use crate::support::{Answer, FakeEpisode, FakeTitle, FakeUpstream, KEY, TestApp, leak};

const PICTURE: [u8; 3] = [30, 90, 150];

/// Two films with one name, one with a numeral, and a series with specials.
fn library() -> FakeUpstream {
    let mut series = FakeTitle::series("Harbour Lights", 7100, PICTURE)
        .imdb(7_100_000)
        .tvdb(71_000)
        .voted(8.1, 900)
        .season_tvdb(1, 71_001)
        .released("2010-03-01");
    let aired = |episode: FakeEpisode, day: &str| FakeEpisode { aired: day.to_owned(), ..episode };
    series =
        series.episode(aired(FakeEpisode::new(0, 1, "Behind the Lamps", PICTURE), "2010-12-24"));
    for number in 1..=25 {
        let name = format!("Chapter {number}");
        let episode =
            FakeEpisode::new(1, number, &name, PICTURE).imdb(7_100_100 + u32::from(number));
        series = series.episode(aired(episode, &format!("2010-03-{number:02}")).voted(7.5, 40));
    }
    series = series.episode(aired(FakeEpisode::new(2, 1, "Return", PICTURE), "2011-03-01"));
    let film = |name: &str, id: u32, imdb: u32, day: &str, votes: u32| {
        FakeTitle::film(name, id, PICTURE).imdb(imdb).released(day).voted(7.4, votes)
    };
    FakeUpstream::new()
        .title(series)
        .title(film("Storm Crossing", 7001, 7_001_000, "1996-07-17", 500))
        .title(film("Storm Crossing", 7002, 7_002_000, "2004-05-06", 900))
        .title(film("The Gull & the Lantern II", 7003, 7_003_000, "2012-01-10", 300))
}

async fn start() -> TestApp {
    TestApp::over(library()).await.start().await
}

async fn get(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = app.client().get(format!("http://{}/plex/{KEY}/{path}", app.address));
    app.send(headers.iter().fold(request, |r, (name, value)| r.header(*name, *value))).await
}

async fn find(app: &TestApp, section: &str, body: Value) -> Answer {
    let url = format!("http://{}/plex/{KEY}/{section}/library/metadata/matches", app.address);
    let request = app.client().post(url).header("content-type", "application/json");
    app.send(request.body(body.to_string())).await
}

/// The keys of what a look-up finds.
async fn found(app: &TestApp, section: &str, body: Value) -> Vec<String> {
    let answer = find(app, section, body).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let container = &answer.json()["MediaContainer"];
    let titles = container["Metadata"].as_array().unwrap();
    assert_eq!(container["size"], titles.len());
    titles.iter().map(|title| title["ratingKey"].as_str().unwrap().to_owned()).collect()
}

async fn one(app: &TestApp, path: &str, headers: &[(&str, &str)]) -> Value {
    let answer = get(app, path, headers).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text());
    let container = answer.json()["MediaContainer"].clone();
    assert_eq!((&container["size"], &container["totalSize"]), (&json!(1), &json!(1)));
    container["Metadata"][0].clone()
}

fn tags(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|row| row["tag"].as_str().unwrap()).collect()
}

/// Asks for a picture by the address in a document.
async fn is_picture(app: &TestApp, url: &Value) -> bool {
    let url = url.as_str().unwrap_or_else(|| panic!("no address: {url}"));
    assert!(url.starts_with(&format!("http://{}/{KEY}/", app.address)), "{url}");
    let token = url.split("v=").nth(1).unwrap();
    assert!(token.len() == 8 && token.bytes().all(|b| b.is_ascii_hexdigit()), "{url}");
    let answer = app.send(app.client().get(url)).await;
    answer.status == 200 && answer.header("content-type").starts_with("image/")
}

#[tokio::test]
async fn the_roots_say_what_they_are_whatever_the_design() {
    let app = start().await;
    for (root, identifier, types) in [
        ("movie", "tv.plex.agents.custom.laurel.movie", json!([1])),
        (
            "movie~badge_style%3Dv%26ratings_limit%3D2",
            "tv.plex.agents.custom.laurel.movie",
            json!([1]),
        ),
        ("tv", "tv.plex.agents.custom.laurel.tv", json!([2, 3, 4])),
    ] {
        let answer = get(&app, root, &[]).await;
        assert_eq!(answer.status, 200, "{root}: {}", answer.text());
        let provider = &answer.json()["MediaProvider"];
        assert_eq!(provider["identifier"], identifier);
        let of: Vec<&Value> =
            provider["Types"].as_array().unwrap().iter().map(|row| &row["type"]).collect();
        assert_eq!(json!(of), types);
        assert_eq!(provider["Types"][0]["Scheme"], json!([{"scheme": identifier}]));
        assert_eq!(
            provider["Feature"],
            json!([
                {"type": "metadata", "key": "/library/metadata"},
                {"type": "match", "key": "/library/metadata/matches"},
            ])
        );
    }
    assert_eq!(get(&app, "movie~nobody-saved-this", &[]).await.refusal().0, 422);
    assert_eq!(get(&app, "music", &[]).await.refusal().0, 404);
}

#[tokio::test]
async fn a_film_has_everything_that_plex_shows() {
    let app = TestApp::start().await;
    let film = one(&app, "movie/library/metadata/movie-9001", &[]).await;
    assert_eq!(film["guid"], "tv.plex.agents.custom.laurel.movie://movie/movie-9001");
    assert_eq!((&film["type"], &film["title"]), (&json!("movie"), &json!("The Salt Road")));
    assert_eq!(film["key"], "/library/metadata/movie-9001");
    assert_eq!(
        (&film["originallyAvailableAt"], &film["year"]),
        (&json!("1999-03-31"), &json!(1999))
    );
    assert_eq!(film["summary"], "All about The Salt Road.");
    assert_eq!((&film["duration"], &film["contentRating"]), (&json!(6_060_000), &json!("PG-13")));
    assert_eq!(
        (&film["studio"], &film["tagline"]),
        (&json!("North Sea Pictures"), &json!("Come along."))
    );
    assert_eq!(tags(&film["Genre"]), ["Drama"]);
    assert_eq!(tags(&film["Role"]), ["Ada Lead", "Ben Second"]);
    assert_eq!(
        (&film["Role"][0]["role"], &film["Role"][0]["order"]),
        (&json!("The Captain"), &json!(1))
    );
    assert!(film["Role"][0]["thumb"].as_str().unwrap().ends_with("/h632/ada-lead.jpg"));
    assert_eq!(tags(&film["Director"]), ["Cleo Director"]);
    assert_eq!(tags(&film["Writer"]), ["Dan Writer"]);
    assert_eq!(tags(&film["Producer"]), ["Eve Producer"]);
    assert_eq!(tags(&film["Country"]), ["United States of America"]);
    assert_eq!(film["Guid"], json!([{"id": "imdb://tt9900001"}, {"id": "tmdb://9001"}]));
    assert_eq!(
        film["Rating"],
        json!([
            {"image": "imdb://image.rating", "type": "audience", "value": 8.7},
            {"image": "rottentomatoes://image.rating.ripe", "type": "critic", "value": 9.2},
            {"image": "rottentomatoes://image.rating.upright", "type": "audience", "value": 8.5},
            {"image": "themoviedb://image.rating", "type": "audience", "value": 8.4},
        ])
    );
    let kinds: Vec<&Value> =
        film["Image"].as_array().unwrap().iter().map(|image| &image["type"]).collect();
    assert_eq!(json!(kinds), json!(["coverPoster", "background", "clearLogo"]));
    for image in film["Image"].as_array().unwrap() {
        assert!(is_picture(&app, &image["url"]).await, "{image}");
    }
    assert_eq!(
        (&film["thumb"], &film["art"]),
        (&film["Image"][0]["url"], &film["Image"][1]["url"])
    );
    // Now the poster is in memory: its address is another, and its images are told alone, too.
    let images = get(&app, "movie/library/metadata/movie-9001/images", &[]).await.json();
    assert_eq!(images["MediaContainer"]["size"], 3);
    assert_ne!(images["MediaContainer"]["Image"][0]["url"], film["thumb"]);
}

#[tokio::test]
async fn texts_and_certificates_are_those_of_the_reader() {
    let app = TestApp::start().await;
    let german = [("X-Plex-Language", "de-DE"), ("X-Plex-Country", "DE")];
    let film = one(&app, "movie/library/metadata/movie-9001", &german).await;
    assert_eq!(
        (&film["summary"], &film["contentRating"]),
        (&json!("Alles über The Salt Road."), &json!("de/12"))
    );
    assert!(film["thumb"].as_str().unwrap().contains("lang=de&v="), "{}", film["thumb"]);
    // Backdrops are without lettering, in every language.
    assert!(!film["art"].as_str().unwrap().contains("lang="), "{}", film["art"]);
    let path = "movie/library/metadata/movie-9001?X-Plex-Language=fr-FR&X-Plex-Country=US";
    let french = one(&app, path, &[]).await;
    // What French lacks is told in English.
    assert_eq!(
        (&french["summary"], &french["contentRating"]),
        (&json!("All about The Salt Road."), &json!("PG-13"))
    );
    assert!(
        french["thumb"].as_str().unwrap().contains("lang=fr&country=US"),
        "{}",
        french["thumb"]
    );
}

#[tokio::test]
async fn series_seasons_and_episodes_are_filled_with_one_call_for_a_season() {
    let app = start().await;
    let below = |key: &str| format!("tv/library/metadata/{key}");
    let show = one(&app, &(below("show-7100") + "?includeChildren=1"), &[]).await;
    assert_eq!(
        (&show["type"], &show["key"]),
        (&json!("show"), &json!("/library/metadata/show-7100/children"))
    );
    assert_eq!(show["contentRating"], "TV-14");
    assert_eq!(show["Children"]["size"], 3);
    let names: Vec<&Value> = show["Children"]["Metadata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|season| &season["title"])
        .collect();
    assert_eq!(json!(names), json!(["Specials", "Season 1", "Season 2"]));
    app.upstream.forget();

    let season = one(&app, &(below("season-7100-1") + "?includeChildren=1"), &[]).await;
    assert_eq!((&season["type"], &season["index"]), (&json!("season"), &json!(1)));
    assert_eq!(
        (&season["parentTitle"], &season["parentType"]),
        (&json!("Harbour Lights"), &json!("show"))
    );
    assert_eq!(season["parentGuid"], "tv.plex.agents.custom.laurel.tv://show/show-7100");
    assert_eq!(season["summary"], "All about Season 1.");
    assert_eq!(season["Guid"], json!([{"id": "tvdb://71001"}]));
    assert!(
        is_picture(&app, &season["thumb"]).await && is_picture(&app, &season["parentThumb"]).await
    );
    assert_eq!(season["Children"]["size"], 25);

    for number in [1, 13, 25] {
        let episode = one(&app, &below(&format!("episode-7100-1-{number}")), &[]).await;
        assert_eq!((&episode["index"], &episode["parentIndex"]), (&json!(number), &json!(1)));
        assert_eq!(episode["title"], format!("Chapter {number}"));
        assert_eq!(
            (&episode["parentTitle"], &episode["grandparentTitle"]),
            (&json!("Season 1"), &json!("Harbour Lights"))
        );
        assert_eq!(episode["grandparentRatingKey"], "show-7100");
        assert_eq!(episode["parentRatingKey"], "season-7100-1");
        assert_eq!(
            (&episode["duration"], &episode["contentRating"]),
            (&json!(2_820_000), &json!("TV-14"))
        );
        assert_eq!(episode["originallyAvailableAt"], format!("2010-03-{number:02}"));
        assert_eq!(tags(&episode["Role"]), ["Ada Lead", "Ben Second", "Gus Guest"]);
        let rated =
            json!([{"image": "themoviedb://image.rating", "type": "audience", "value": 7.5}]);
        assert_eq!(episode["Rating"], rated);
        assert_eq!(episode["Image"][0]["type"], "snapshot");
    }
    let calls = app.upstream.asked();
    let of_season: Vec<_> =
        calls.iter().filter(|uri| uri.contains("/season/1?append_to_response=credits")).collect();
    assert_eq!(of_season.len(), 1, "{of_season:?}");
    let special = one(&app, &below("episode-7100-0-1"), &[]).await;
    assert_eq!(
        (&special["title"], &special["parentTitle"]),
        (&json!("Behind the Lamps"), &json!("Specials"))
    );
    assert!(is_picture(&app, &special["thumb"]).await);
    for missing in
        ["show-1", "season-7100-9", "episode-7100-1-99", "movie-7001", "nonsense", "show-0"]
    {
        assert_eq!(get(&app, &below(missing), &[]).await.refusal().0, 404, "{missing}");
    }
}

#[tokio::test]
async fn long_lists_come_in_pages() {
    let app = start().await;
    let page = async |path: &str, headers: &[(&str, &str)]| {
        let answer = get(&app, path, headers).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        let container = answer.json()["MediaContainer"].clone();
        let keys: Vec<String> = container["Metadata"]
            .as_array()
            .unwrap()
            .iter()
            .map(|title| title["ratingKey"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(container["size"], keys.len());
        (container["offset"].as_u64().unwrap(), container["totalSize"].as_u64().unwrap(), keys)
    };
    let children = "tv/library/metadata/season-7100-1/children";
    let (offset, total, first) = page(children, &[]).await;
    assert_eq!((offset, total, first.len()), (0, 25, 20));
    let (offset, total, rest) =
        page(&format!("{children}?X-Plex-Container-Start=20&X-Plex-Container-Size=20"), &[]).await;
    assert_eq!((offset, total, rest.len(), rest[0].as_str()), (20, 25, 5, "episode-7100-1-21"));
    let of_show = "tv/library/metadata/show-7100/grandchildren";
    let all = [("X-Plex-Container-Size", "500")];
    let (_, total, all) = page(of_show, &all).await;
    assert_eq!((total, all.len()), (27, 27));
    assert_eq!((all[0].as_str(), all[26].as_str()), ("episode-7100-0-1", "episode-7100-2-1"));
    let (offset, _, beyond) = page(of_show, &[("X-Plex-Container-Start", "900")]).await;
    assert_eq!((offset, beyond.len()), (27, 0));
    let (_, total, seasons) = page("tv/library/metadata/show-7100/children", &[]).await;
    assert_eq!((total, seasons.len()), (3, 3));
}

#[tokio::test]
async fn films_match_by_id_title_and_file() {
    let app = start().await;
    for (body, expected) in [
        (json!({"title": "Storm Crossing", "year": 2004}), &["movie-7002"][..]),
        // A year off by one, the name of a file, a title with its numeral and its "and" written otherwise.
        (json!({"title": "Storm Crossing", "year": 1997}), &["movie-7001"]),
        (
            json!({"title": "storm crossing 1996 1080p bluray", "filename": "Films/Storm.Crossing.1996.1080p.BluRay.x264-GRP.mkv"}),
            &["movie-7001"],
        ),
        (json!({"title": "Gull and the Lantern 2, The", "year": 2012}), &["movie-7003"]),
        (json!({"title": "whatever", "filename": "Films/x {imdb-tt7001000}.mkv"}), &["movie-7001"]),
        (json!({"title": "whatever", "guid": "imdb://tt7003000"}), &["movie-7003"]),
        (
            json!({"title": "whatever", "guid": "tv.plex.agents.custom.laurel.movie://movie/movie-7002"}),
            &["movie-7002"],
        ),
        (json!({"title": "Something Else Entirely", "year": 2004}), &[]),
        (json!({}), &[]),
    ] {
        let mut body = body;
        body["type"] = json!(1);
        assert_eq!(found(&app, "movie", body.clone()).await, expected, "{body}");
    }
    let private = "Films/The-Name-Of-A-Private-File (2004).mkv";
    let body = json!({"type": 1, "title": "Storm Crossing", "year": 2004, "filename": private});
    assert_eq!(found(&app, "movie", body).await, ["movie-7002"]);
    assert_eq!(leak(), None, "no name of a file in any log");
    let manual = json!({"type": 1, "title": "Storm Crossing", "manual": 1});
    let answer = find(&app, "movie", manual).await.json();
    let scores: Vec<u64> = answer["MediaContainer"]["Metadata"]
        .as_array()
        .unwrap()
        .iter()
        .map(|title| title["score"].as_u64().unwrap())
        .collect();
    assert_eq!(scores.len(), 2, "{answer}");
    assert!(scores[0] >= scores[1] && scores[0] <= 100, "{scores:?}");
}

#[tokio::test]
async fn seasons_and_episodes_match_by_their_series() {
    let app = start().await;
    let episode =
        json!({"type": 4, "grandparentTitle": "Harbour Lights", "parentIndex": 1, "index": 7});
    let by_day = json!({"type": 4, "grandparentTitle": "Harbour Lights", "date": "2010-12-24"});
    let by_id = json!({"type": 4, "guid": "imdb://tt7100107", "parentIndex": 1, "index": 7});
    let season = json!({"type": 3, "parentTitle": "Harbour Lights", "index": 2, "includeChildren": 1,
        "filename": "TV Shows/Harbour Lights/Harbour Lights S02E01.mp4"});
    let show = json!({"type": 2, "title": "Harbour Lights", "year": 2010});
    for (body, expected) in [
        (episode, &["episode-7100-1-7"][..]),
        (by_day, &["episode-7100-0-1"]),
        (by_id, &["episode-7100-1-7"]),
        (season, &["season-7100-2"]),
        (show, &["show-7100"]),
        (json!({"type": 3, "parentTitle": "Harbour Lights", "index": 9}), &[]),
        (
            json!({"type": 4, "grandparentTitle": "Harbour Lights", "parentIndex": 2, "index": 30}),
            &[],
        ),
        (json!({"type": 2, "title": "No Such Series"}), &[]),
    ] {
        assert_eq!(found(&app, "tv", body.clone()).await, expected, "{body}");
    }
    for (section, body) in [
        ("tv", json!({"type": 1, "title": "Storm Crossing"})),
        ("movie", json!({"type": 2, "title": "Harbour Lights"})),
        ("movie", json!({"title": "no type"})),
        ("movie", json!([1])),
        ("tv", json!({"type": 3, "parentTitle": "Harbour Lights"})),
    ] {
        assert_eq!(find(&app, section, body.clone()).await.refusal().0, 400, "{body}");
    }
    let large = json!({"type": 1, "title": "x".repeat(70_000)});
    assert_eq!(find(&app, "movie", large).await.status, 413);
}

#[tokio::test]
async fn a_key_needs_the_scope_and_a_design_reaches_the_pictures() {
    let app = start().await;
    let (without, _) = app.make_key(json!({"name": "no plex", "scopes": ["stremio"]})).await;
    let (with, _) = app.make_key(json!({"name": "plex"})).await;
    let root = |key: &str| format!("/plex/{key}/movie");
    assert_eq!(app.get_root(&root(&without)).await.refusal().0, 403);
    assert_eq!(app.get_root(&root(&with)).await.status, 200);
    assert_eq!(app.get_root(&root("stranger")).await.refusal().0, 401);
    let path = "movie~badge_style=v%26nonsense=1/library/metadata/movie-7001";
    let film = one(&app, path, &[]).await;
    let thumb = film["thumb"].as_str().unwrap();
    assert!(thumb.contains("/tmdb/poster-default/movie-7001.jpg?badge_style=v&v="), "{thumb}");
    assert_eq!(film["guid"], "tv.plex.agents.custom.laurel.movie://movie/movie-7001");
    let plain = one(&app, "movie/library/metadata/movie-7001", &[]).await;
    assert_ne!(plain["thumb"], film["thumb"]);
    assert_eq!(plain["guid"], film["guid"]);
}

#[tokio::test]
async fn addresses_begin_with_the_public_url() {
    let plan =
        TestApp::over(library()).await.set("LAUREL_PUBLIC_URL", "https://art.example.org/sub");
    let app = plan.start().await;
    let film = one(&app, "movie/library/metadata/movie-7001", &[]).await;
    let thumb = film["thumb"].as_str().unwrap();
    let expected =
        format!("https://art.example.org/sub/{KEY}/tmdb/poster-default/movie-7001.jpg?v=");
    assert!(thumb.starts_with(&expected), "{thumb}");
}

#[tokio::test]
async fn a_whole_library_is_matched_and_filled() {
    let words = [
        "Amber", "Basalt", "Cobalt", "Dune", "Ember", "Fjord", "Granite", "Heather", "Indigo",
        "Juniper",
    ];
    let films: Vec<(String, u32)> = (0..60)
        .map(|n| (format!("{} {}", words[n % 10], words[(n / 10 + n) % 10]), 8000 + n as u32))
        .collect();
    let upstream = films.iter().fold(FakeUpstream::new(), |upstream, (name, id)| {
        let day = format!("{}-01-01", 1950 + id % 100);
        upstream.title(FakeTitle::film(name, *id, PICTURE).released(&day).voted(6.5, 100))
    });
    let app = TestApp::over(upstream).await.start().await;
    for (name, id) in &films {
        let body = json!({"type": 1, "title": name, "year": 1950 + id % 100});
        assert_eq!(found(&app, "movie", body).await, [format!("movie-{id}")], "{name}");
        let film = one(&app, &format!("movie/library/metadata/movie-{id}"), &[]).await;
        for field in [
            "title",
            "summary",
            "originallyAvailableAt",
            "year",
            "duration",
            "contentRating",
            "thumb",
            "art",
        ] {
            assert!(!film[field].is_null(), "{name}: {field}");
        }
    }
}
