//! `laurel warm`.

use super::{run, settings, text};
use crate::support::child::Laurel;
use crate::support::{FakeUpstream, KEY, Reply, Service, gzipped};

fn export(lines: &str) -> Reply {
    Reply::bytes("application/gzip", gzipped(lines.as_bytes()))
}

/// Today's address and the last days', so that no test depends on the hour.
fn exports(upstream: FakeUpstream, name: &str, lines: &str) -> FakeUpstream {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let yesterday = laurel::model::Date::of_unix_secs(now - 86_400);
    let laurel::model::Date { year, month, day } = yesterday;
    let path = format!("/exports/{name}_ids_{month:02}_{day:02}_{year}.json.gz");
    upstream.reply(&path, export(lines))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_most_popular_titles_are_made_before_somebody_asks() {
    let films = concat!(
        r#"{"adult":false,"id":9005,"original_title":"Blank","popularity":2.0,"video":false}"#,
        "\n",
        r#"{"adult":false,"id":9001,"original_title":"Salt","popularity":90.0,"video":false}"#,
        "\n",
        r#"{"adult":true,"id":9003,"original_title":"Odd","popularity":99.0,"video":false}"#,
        "\n",
    );
    let series = r#"{"id":9002,"original_name":"Night Ferry","popularity":5.5}"#;
    let upstream = exports(FakeUpstream::with_catalogue(), "movie", films);
    let upstream = exports(upstream, "tv_series", series).start().await;
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings(&upstream);
    settings.push(("LAUREL_API_KEYS".into(), KEY.into()));
    let dry = run(dir.path(), &settings, &["warm", "--top", "1", "--dry-run"], "").await;
    assert!(text(&dry).contains("2 pictures are to be made"), "{}", text(&dry));
    assert!(text(&dry).contains("mdblist: up to 2 calls"), "{}", text(&dry));
    let output = run(dir.path(), &settings, &["warm", "--top", "1"], "").await;
    assert!(output.status.success() && text(&output).contains("2 written"), "{}", text(&output));
    let again = run(dir.path(), &settings, &["warm", "--top", "2"], "").await;
    assert!(text(&again).contains("1 pictures are to be made"), "{}", text(&again));
    // A server on the same directory has them.
    let server = Laurel::serve(dir.path(), &settings);
    upstream.forget();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}{KEY}/tmdb/poster-default/movie-9001.jpg", server.base);
    let answer = client.get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(upstream.calls(Service::TmdbImages), 0);
    assert_eq!(upstream.calls(Service::Mdblist), 0);
}
