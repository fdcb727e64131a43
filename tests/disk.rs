//! A disk that is full, cannot be written, or is in the way: pictures go on, and `/readyz` says so.

use std::process::Command;
use std::time::Duration;

use serde_json::Value;

use crate::support::catalogue::{NIGHT_FERRY, SALT_ROAD};
use crate::support::child::Laurel;
use crate::support::{Answer, FakeUpstream, Fault, KEY, Service};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";
const OTHER: &str = "imdb/poster-default/tt9900002.jpg";

async fn get(server: &Laurel, below: &str) -> Answer {
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    Answer::read(client.get(format!("{}{below}", server.base)).send().await.unwrap()).await
}

async fn picture(server: &Laurel, path: &str) -> Answer {
    get(server, &format!("{KEY}/{path}")).await
}

/// The status of a part at `/readyz`, which is 200 all the time.
async fn part(server: &Laurel, name: &str) -> String {
    let answer = get(server, "readyz").await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let report: Value = answer.json();
    report["parts"][name]["state"].as_str().unwrap_or_else(|| panic!("{report}")).to_owned()
}

async fn until_disk_cache_is(server: &Laurel, state: &str) {
    for _ in 0..150 {
        if part(server, "disk_cache").await == state {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{}", get(server, "readyz").await.text());
}

/// Nothing waits to be written any more: what was made so far is on the disk.
async fn until_written(server: &Laurel) {
    for _ in 0..150 {
        let metrics = get(server, "metrics").await.text_whole();
        let used = r#"laurel_budget_used{budget="disk_queue"} "#;
        let queued = metrics.lines().find_map(|line| line.strip_prefix(used));
        if queued.unwrap_or_else(|| panic!("{metrics}")) == "0" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the queue of the disk is never empty");
}

async fn upstream() -> (FakeUpstream, Vec<(String, String)>) {
    let upstream = FakeUpstream::with_catalogue().start().await;
    let mut settings = upstream.settings();
    for name in ["IMDB_DATASETS", "AWARDS", "ANIME_MAP"] {
        settings.push((format!("LAUREL_{name}_URL"), "off".to_owned()));
    }
    settings.push(("LAUREL_API_KEYS".to_owned(), KEY.to_owned()));
    settings.push(("LAUREL_RENDER_BUDGET_MS".to_owned(), "20000".to_owned()));
    settings.push(("LAUREL_DEADLINE_MS".to_owned(), "25000".to_owned()));
    (upstream, settings)
}

/// Lets no file of a process grow beyond so many bytes: what it writes fails as on a full disk.
fn limit_files(server: &Laurel, bytes: &str) {
    let limit = format!("--fsize={bytes}:unlimited");
    let id = server.id().to_string();
    let status = Command::new("prlimit").args(["--pid", &id, &limit]).status();
    assert!(status.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_no_room_to_write_pictures_go_on_and_are_kept_again_when_there_is() {
    let (upstream, settings) = upstream().await;
    let dir = tempfile::tempdir().unwrap();
    let server = Laurel::serve(dir.path(), &settings);
    assert!(picture(&server, POSTER).await.is_of(SALT_ROAD));
    until_disk_cache_is(&server, "ready").await;
    // What is queued is written before the limit comes.
    until_written(&server).await;
    limit_files(&server, "1000");
    assert!(picture(&server, OTHER).await.is_of(NIGHT_FERRY));
    until_disk_cache_is(&server, "degraded").await;
    for look in ["badge_shape=p", "badge_size=l", "imageSize=large"] {
        assert!(picture(&server, &format!("{POSTER}?{look}")).await.is_of(SALT_ROAD));
        assert!(picture(&server, &format!("{OTHER}?{look}")).await.is_of(NIGHT_FERRY));
    }
    assert_eq!(picture(&server, POSTER).await.cache(), "HIT");
    limit_files(&server, "unlimited");
    until_disk_cache_is(&server, "ready").await;
    let last = "imdb/poster-default/tt9900003.jpg";
    let before = picture(&server, last).await;
    before.picture();
    until_written(&server).await;
    server.kill();
    for service in Service::ALL {
        upstream.inject(service, Fault::Status(500));
    }
    let server = Laurel::serve(dir.path(), &settings);
    assert!(picture(&server, POSTER).await.is_of(SALT_ROAD));
    let after = picture(&server, last).await;
    // The same artwork, ratings and design; its rows were painted on the base this time.
    assert_eq!(after.header("x-elements-hash"), before.header("x-elements-hash"));
    assert_eq!((after.size(), after.is_provisional()), (before.size(), false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_any_place_to_write_pictures_are_made_from_memory() {
    let (_upstream, settings) = upstream().await;
    let dir = tempfile::tempdir().unwrap();
    // A file where the folder should be: root cannot write below it either.
    let data = dir.path().join("data");
    std::fs::write(&data, b"in the way").unwrap();
    let server = Laurel::serve(dir.path(), &settings);
    assert!(picture(&server, POSTER).await.is_of(SALT_ROAD));
    assert_eq!(part(&server, "disk_cache").await, "degraded");
    assert_eq!(picture(&server, POSTER).await.cache(), "HIT");
    std::fs::remove_file(&data).unwrap();
    until_disk_cache_is(&server, "ready").await;
    assert!(picture(&server, OTHER).await.is_of(NIGHT_FERRY));
    assert_eq!(server.terminate(), Some(0));
}
