//! The fake must be right, or what is tested against it is not.
#![allow(clippy::disallowed_methods, reason = "pictures of our own need no limits")]

use std::time::Duration;

use image::GenericImageView;
use serde_json::Value;

use super::{FakeUpstream, Fault, Service, catalogue};

async fn get(url: &str) -> reqwest::Response {
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    client.get(url).send().await.unwrap()
}

async fn json(url: &str) -> Value {
    serde_json::from_slice(&get(url).await.bytes().await.unwrap()).unwrap()
}

#[tokio::test]
async fn a_film_and_a_series_with_one_number_are_two_titles() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let tmdb = fake.url(Service::Tmdb);
    assert_eq!(json(&format!("{tmdb}/movie/9002?api_key=k")).await["title"], "Same Number");
    assert_eq!(json(&format!("{tmdb}/tv/9002?api_key=k")).await["name"], "Night Ferry");
}

#[tokio::test]
async fn tmdb_appends_what_is_asked_for_and_filters_languages() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let base = format!("{}/movie/9001?api_key=k", fake.url(Service::Tmdb));
    let plain = json(&base).await;
    assert!(plain.get("images").is_none());
    let appended = format!("{base}&append_to_response=images,external_ids");
    let all = json(&appended).await;
    assert_eq!(all["images"]["posters"].as_array().unwrap().len(), 4);
    assert_eq!(all["external_ids"]["imdb_id"], "tt9900001");
    let german = json(&format!("{appended}&include_image_language=de,null")).await;
    assert_eq!(german["images"]["posters"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn an_id_is_found_for_what_it_is() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let find = |id: &str, source: &str| {
        let url = fake.url(Service::Tmdb);
        let url = format!("{url}/find/{id}?external_source={source}&api_key=k");
        async move { json(&url).await }
    };
    assert_eq!(find("tt9900012", "imdb_id").await["tv_episode_results"][0]["show_id"], 9002);
    assert_eq!(find("990101", "tvdb_id").await["tv_season_results"][0]["season_number"], 1);
    assert_eq!(find("990002", "tvdb_id").await["tv_results"][0]["id"], 9002);
}

#[tokio::test]
async fn pictures_come_in_the_size_and_colour_asked_for() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let base = fake.url(Service::TmdbImages);
    let url = format!("{base}/w342/movie-the-salt-road-9001-poster.jpg");
    let bytes = get(&url).await.bytes().await.unwrap();
    let picture = image::load_from_memory(&bytes).unwrap();
    assert_eq!(picture.dimensions(), (342, 513));
    let [r, g, b, _] = picture.get_pixel(100, 100).0;
    let off = [r, g, b].iter().zip(catalogue::SALT_ROAD).map(|(a, b)| a.abs_diff(b)).max();
    assert!(off.unwrap() <= 3);
    let logo = format!("{base}/original/movie-the-salt-road-9001-logo.png");
    let logo = image::load_from_memory(&get(&logo).await.bytes().await.unwrap()).unwrap();
    assert_eq!((logo.get_pixel(2, 2).0[3], logo.get_pixel(400, 155).0[3]), (0, 255));
}

#[tokio::test]
async fn calls_are_counted_by_service() {
    let fake = FakeUpstream::with_catalogue().start().await;
    get(&format!("{}?i=tt9900001&apikey=k", fake.url(Service::Omdb))).await;
    get(&format!("{}/imdb/movie/tt9900001?apikey=k", fake.url(Service::Mdblist))).await;
    get(&format!("{}/imdb/movie/tt9900009?apikey=k", fake.url(Service::Mdblist))).await;
    assert_eq!((fake.calls(Service::Omdb), fake.calls(Service::Mdblist)), (1, 2));
    assert_eq!(fake.calls(Service::Tmdb), 0);
    assert_eq!(fake.asked()[0], "/omdb/?i=tt9900001&apikey=k");
}

#[tokio::test]
async fn faults_end_when_they_should() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let url = format!("{}?i=tt9900001&apikey=k", fake.url(Service::Omdb));
    fake.inject_times(Service::Omdb, Fault::Status(503), 2);
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(get(&url).await.status().as_u16());
    }
    assert_eq!(seen, [503, 503, 200]);
    fake.inject_at("/omdb", Fault::RetryAfter(7), None);
    let response = get(&url).await;
    assert_eq!(
        (response.status().as_u16(), &response.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    fake.heal();
    assert_eq!(get(&url).await.status(), 200);
}

#[tokio::test]
async fn about_the_given_share_is_spoilt() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let url = format!("{}?i=tt9900001&apikey=k", fake.url(Service::Omdb));
    fake.inject_share(Service::Omdb, Fault::Status(500), 0.3);
    let mut failed = 0;
    for _ in 0..60 {
        failed += usize::from(get(&url).await.status() == 500);
    }
    assert!((8..=28).contains(&failed), "{failed} of 60");
}

#[tokio::test]
async fn bodies_break_as_told() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let url = format!("{}?i=tt9900001&apikey=k", fake.url(Service::Omdb));
    let whole = get(&url).await.bytes().await.unwrap();
    let spoilt = async |fault| {
        fake.heal();
        fake.inject(Service::Omdb, fault);
        get(&url).await
    };
    assert!(spoilt(Fault::Reset).await.bytes().await.is_err());
    assert_eq!(spoilt(Fault::Truncate).await.bytes().await.unwrap(), whole[..whole.len() / 2]);
    assert!(spoilt(Fault::Html).await.bytes().await.unwrap().starts_with(b"<!doctype"));
    assert_ne!(spoilt(Fault::Garbage).await.bytes().await.unwrap(), whole);
    assert_eq!(spoilt(Fault::RedirectElsewhere).await.status(), 302);
    let huge = spoilt(Fault::HugePng).await.bytes().await.unwrap();
    assert_eq!(huge[16..24], [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    assert!(spoilt(Fault::TruncatedJpeg).await.bytes().await.unwrap().starts_with(&[0xff, 0xd8]));
    let mut drip = spoilt(Fault::SlowLoris).await;
    assert_eq!(drip.chunk().await.unwrap().unwrap().len(), 1);
    assert!(tokio::time::timeout(Duration::from_millis(200), drip.bytes()).await.is_err());
    let hang = tokio::time::timeout(Duration::from_millis(100), spoilt(Fault::Hang)).await;
    assert!(hang.is_err());
}

#[tokio::test]
async fn lists_are_not_sent_twice() {
    let fake = FakeUpstream::with_catalogue().start().await;
    let url = format!("{}/title.ratings.tsv.gz", fake.url(Service::ImdbDatasets));
    let first = get(&url).await;
    let stamp = first.headers()["last-modified"].clone();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let second = client.get(&url).header("if-modified-since", stamp).send().await.unwrap();
    assert_eq!((first.status().as_u16(), second.status().as_u16()), (200, 304));
}
