//! `laurel download`.

use std::path::Path;
use std::time::{Duration, Instant};

use laurel::model::ArtworkKind;
use serde_json::json;

use super::{ended, files, run, settings, start, text};
use crate::soak::full;
use crate::support::child::Laurel;
use crate::support::{FakeTitle, FakeUpstream, Fault, Reply, Service};

fn is_picture(path: &Path) -> bool {
    let bytes = std::fs::read(path).unwrap();
    #[expect(clippy::disallowed_methods, reason = "pictures of our own server need no limits")]
    image::load_from_memory(&bytes).is_ok()
}

fn calls_of_titles(upstream: &FakeUpstream) -> Vec<String> {
    let mut asked = upstream.asked();
    asked.retain(|uri| !uri.contains("/configuration"));
    asked
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rated_posters_are_there_and_the_second_run_asks_nobody() {
    let upstream = FakeUpstream::with_catalogue().start().await;
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let arguments =
        ["download", "tt9900001", "series-9002", "--out", "art", "--family", "poster,logo"];
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert!(output.status.success(), "{}", text(&output));
    let art = dir.path().join("art");
    let expected = [
        ".laurel.jsonl",
        "Night Ferry (2008)/logo.png",
        "Night Ferry (2008)/poster.jpg",
        "The Salt Road (1999)/logo.png",
        "The Salt Road (1999)/poster.jpg",
    ];
    assert_eq!(files(&art), expected);
    assert!(is_picture(&art.join(expected[4])));
    upstream.forget();
    let again = run(dir.path(), &settings, &arguments, "").await;
    assert!(again.status.success() && text(&again).contains("4 unchanged"), "{}", text(&again));
    assert_eq!(calls_of_titles(&upstream), Vec::<String>::new());
    std::fs::remove_file(art.join(expected[4])).unwrap();
    let third = run(dir.path(), &settings, &arguments, "").await;
    assert!(text(&third).contains("1 written, 3 unchanged"), "{}", text(&third));
    assert_eq!(files(&art), expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_come_from_standard_input_and_one_bad_title_costs_only_itself() {
    let upstream = FakeUpstream::with_catalogue().start().await;
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let list = "title,tmdb_id,media_type,year\n\"Salt, Road\",9001,movie,1999\nBlank Slate,,,2027\nNothing Such,,,1950\n";
    let arguments = ["download", "-", "--out", "art", "--json"];
    let output = run(dir.path(), &settings, &arguments, list).await;
    assert_eq!(output.status.code(), Some(3), "{}", text(&output));
    let last = text(&output);
    let summary = last.lines().find(|line| line.contains("\"summary\"")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(summary).unwrap();
    assert_eq!(summary["summary"]["written"], 2, "{summary}");
    assert_eq!(summary["summary"]["failed"], 1, "{summary}");
    assert_eq!(summary["summary"]["failures"][0]["item"], "Nothing Such (1950)");
    let there = files(&dir.path().join("art"));
    assert!(there.contains(&"Blank Slate (2027)/poster.jpg".to_owned()), "{there:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_picture_of_a_title_is_taken_beside_a_running_server() {
    let upstream = FakeUpstream::with_catalogue().start().await;
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let _server = Laurel::serve(dir.path(), &settings);
    let arguments =
        ["download", "--title", "The Salt Road", "--year", "1999", "--out", "art", "--all"];
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert!(output.status.success(), "{}", text(&output));
    let folder = "The Salt Road (1999)";
    let expected: Vec<String> = [
        "backdrop-en-001.jpg",
        "backdrop-none-001.jpg",
        "logo-en-001.png",
        "poster-de-001.jpg",
        "poster-en-001.jpg",
        "poster-none-001.jpg",
        "poster-pt-001.jpg",
    ]
    .map(|name| format!("{folder}/{name}"))
    .into();
    let art = dir.path().join("art");
    assert_eq!(files(&art)[1..], expected);
    assert!(expected.iter().all(|name| is_picture(&art.join(name))));
    let plain = ["download", "tt9900001", "--out", "art", "--plain", "--overwrite"];
    let output = run(dir.path(), &settings, &plain, "").await;
    assert!(output.status.success(), "{}", text(&output));
    assert!(is_picture(&art.join(folder).join("poster.jpg")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_of_others_are_left_alone() {
    let upstream = FakeUpstream::with_catalogue().start().await;
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let folder = dir.path().join("art/The Salt Road (1999)");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("poster.png"), "my own").unwrap();
    let output = run(dir.path(), &settings, &["download", "tt9900001", "--out", "art"], "").await;
    assert!(text(&output).contains("1 skipped"), "{}", text(&output));
    assert_eq!(std::fs::read(folder.join("poster.png")).unwrap(), b"my own");
    for wrong in [&["download", "what?", "--out", "art"][..], &["download", "tt1"]] {
        assert_eq!(run(dir.path(), &settings, wrong, "").await.status.code(), Some(2), "{wrong:?}");
    }
    let elsewhere =
        ["download", "tt1", "--out", "art", "--server", "http://127.0.0.1:9/", "--token", "x"];
    assert_eq!(run(dir.path(), &settings, &elsewhere, "").await.status.code(), Some(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_album_comes_with_its_pictures_and_without_its_videos() {
    let jpeg = crate::support::FakePicture::new(ArtworkKind::Poster, "/a.jpg", [200, 40, 40])
        .serve("original")
        .body;
    let image = |id: &str, link: &str, mime: &str| json!({"id": id, "link": link, "type": mime});
    let album = json!({"success": true, "data": {"title": "Wall/papers", "images": [
        image("a", "https://i.imgur.com/a.jpg", "image/jpeg"),
        image("b", "https://i.imgur.com/b.mp4", "video/mp4"),
        image("c", "http://elsewhere.invalid/c.jpg", "image/jpeg"),
    ]}});
    let upstream = FakeUpstream::new()
        .json("/imgur/3/album/q6i58", &album)
        .reply("/imgur-images/a.jpg", Reply::bytes("image/png", jpeg))
        .start()
        .await;
    let (dir, mut settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let arguments = ["download", "https://imgur.com/a/q6i58", "--out", "art"];
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert_eq!(output.status.code(), Some(2), "without a client id: {}", text(&output));
    settings.push(("IMGUR_CLIENT_ID".into(), "imgur-key".into()));
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert!(output.status.success(), "{}", text(&output));
    assert!(text(&output).contains("1 written, 2 skipped"), "{}", text(&output));
    let art = dir.path().join("art");
    assert_eq!(files(&art), [".laurel.jsonl", "Wall-papers/001.jpg"]);
    assert!(is_picture(&art.join("Wall-papers/001.jpg")));
    let again = run(dir.path(), &settings, &arguments, "").await;
    assert!(text(&again).contains("1 unchanged"), "{}", text(&again));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_run_leaves_no_half_file() {
    let upstream = FakeUpstream::with_catalogue().start().await;
    upstream.inject(Service::TmdbImages, Fault::Delay(Duration::from_secs(3)));
    let (dir, settings) = (tempfile::tempdir().unwrap(), settings(&upstream));
    let child = start(dir.path(), &settings, &["download", "tt9900001", "--out", "art"]);
    for _ in 0..400 {
        if upstream.calls(Service::TmdbImages) > 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let id = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &id]).status().unwrap();
    assert_eq!(ended(child).await, Some(130));
    assert_eq!(files(&dir.path().join("art")), [".laurel.jsonl"]);
}

/// 2,000 titles with `LAUREL_SOAK=full`.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_list_survives_faults_and_a_kill_within_the_providers_limits() {
    let count: u32 = if full() { 2000 } else { 60 };
    let title = |n: u32| {
        let colour = [n as u8, (n >> 3) as u8, 90];
        FakeTitle::film(&format!("Title {n}"), 10_000 + n, colour)
            .imdb(7_000_000 + n)
            .voted(7.5, 90)
    };
    let upstream = (0..count).map(title).fold(FakeUpstream::new(), FakeUpstream::title);
    let upstream = upstream.start().await;
    for service in [Service::Tmdb, Service::TmdbImages, Service::Mdblist] {
        upstream.inject_share(service, Fault::Status(500), 0.02);
        upstream.inject_share(service, Fault::Reset, 0.03);
        upstream.inject_share(service, Fault::Truncate, 0.05);
    }
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings(&upstream);
    let (rate, burst) = (60.0, 20.0);
    settings.push(("LAUREL_TMDB_RATE".into(), rate.to_string()));
    settings.push(("LAUREL_TMDB_BURST".into(), burst.to_string()));
    let list: String = (0..count).map(|n| format!("tt{}\n", 7_000_000 + n)).collect();
    std::fs::write(dir.path().join("list.txt"), list).unwrap();
    let arguments = ["download", "list.txt", "--out", "art", "--query", "imageSize=small"];
    let begun = Instant::now();
    let mut child = start(dir.path(), &settings, &arguments);
    while files(&dir.path().join("art")).len() < count as usize / 3 {
        assert!(begun.elapsed() < Duration::from_secs(300));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let calls = upstream.calls(Service::Tmdb) as f64;
    assert!(calls <= burst + rate * begun.elapsed().as_secs_f64() + 1.0, "{calls} calls");
    let (second, before) = (Instant::now(), upstream.calls(Service::Tmdb));
    let output = run(dir.path(), &settings, &arguments, "").await;
    assert!(output.status.success(), "{}", text(&output));
    let calls = (upstream.calls(Service::Tmdb) - before) as f64;
    assert!(calls <= burst + rate * second.elapsed().as_secs_f64() + 1.0, "{calls} calls");
    let art = dir.path().join("art");
    let there = files(&art);
    assert!(there.iter().all(|name| !name.contains(".part")), "{there:?}");
    for n in 0..count {
        assert!(is_picture(&art.join(format!("Title {n} (2008)/poster.jpg"))), "{n}");
    }
}
