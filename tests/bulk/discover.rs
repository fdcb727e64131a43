//! `laurel discover`.

use std::collections::HashSet;

use serde_json::Value;

use super::{run, settings, text};
use crate::soak::full;
use crate::support::{FakeTitle, FakeUpstream, Fault, Service};

/// More than a list of 500 pages holds: films of 75 years, some days with many.
fn films(count: u32) -> FakeUpstream {
    let film = |n: u32| {
        let (year, month, day) = (1950 + n % 75, 1 + n / 75 % 12, 1 + n / 900 % 28);
        FakeTitle::film(&format!("Film {n}"), 20_000 + n, [9, 9, 9])
            .imdb(6_000_000 + n)
            .released(&format!("{year}-{month:02}-{day:02}"))
            .voted(6.5, 300)
            .without_pictures()
    };
    FakeUpstream::new().titles((0..count).map(film))
}

fn ids(lines: &str) -> Vec<u64> {
    let id = |line: &str| serde_json::from_str::<Value>(line).unwrap()["tmdb_id"].as_u64().unwrap();
    lines.lines().map(id).collect()
}

/// 60,000 titles with `LAUREL_SOAK=full`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_that_is_too_long_is_split_and_every_title_found_once() {
    let count = if full() { 60_000 } else { 10_300 };
    let upstream = films(count).start().await;
    upstream.inject_share(Service::Tmdb, Fault::Status(500), 0.02);
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let arguments = ["discover", "--from", "1950", "--to", "2024", "--out", "films.jsonl"];
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert!(output.status.success(), "{}", text(&output));
    let found = ids(&std::fs::read_to_string(dir.path().join("films.jsonl")).unwrap());
    let distinct: HashSet<u64> = found.iter().copied().collect();
    assert_eq!((found.len(), distinct.len()), (count as usize, count as usize));
    let too_far = upstream.asked().into_iter().find(|uri| uri.contains("page=501"));
    assert_eq!(too_far, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn titles_come_with_all_fields_as_csv_that_a_list_can_be_read_from() {
    let upstream = FakeUpstream::with_catalogue()
        .title(
            FakeTitle::film("-Sum of all", 31, [1, 2, 3])
                .imdb(31)
                .released("1999-05-01")
                .voted(5.0, 900),
        )
        .start()
        .await;
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let arguments = ["discover", "--year", "1999", "--details", "--csv", "--rate", "100"];
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert!(output.status.success(), "{}", text(&output));
    let csv = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = csv.lines().collect();
    assert!(lines[0].starts_with("media_type,tmdb_id,imdb_id,title,"), "{csv}");
    assert!(lines[1].starts_with("movie,9001,tt9900001,The Salt Road,"), "{csv}");
    assert!(lines[2].starts_with("movie,31,tt0000031,'-Sum of all,"), "{csv}");
    let piped = ["download", "-", "--out", "art", "--query", "imageSize=small"];
    let output = run(dir.path(), &settings, &piped, &csv).await;
    assert!(output.status.success(), "{}", text(&output));
    assert!(dir.path().join("art/The Salt Road (1999)/poster.jpg").exists());
    for wrong in [&["discover"][..], &["discover", "--from", "2000", "--to", "1999"]] {
        assert_eq!(run(dir.path(), &settings, wrong, "").await.status.code(), Some(2), "{wrong:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_that_cannot_be_had_is_named_and_the_rest_goes_on() {
    let upstream = films(900).start().await;
    let details = "/tmdb/3/movie/20005";
    upstream.inject_at(details, Fault::Status(404), None);
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let arguments = ["discover", "--year", "1955", "--details", "--min-votes", "0"];
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    assert_eq!(ids(&String::from_utf8(output.stdout.clone()).unwrap()).len(), 12);
    assert!(text(&output).contains("20005 Film 5"), "{}", text(&output));
}
