//! What goes wrong elsewhere is not noticed here, or gone as soon as it is over there.

use std::time::{Duration, Instant};

use crate::support::catalogue::{NIGHT_FERRY, SALT_ROAD};
use crate::support::{Answer, Fault, Service, TestApp};

const POSTER: &str = "imdb/poster-default/tt9900001.jpg";
/// Nothing is waited for longer.
const LONGEST: Duration = Duration::from_secs(5);

const FAULTS: [Fault; 13] = [
    Fault::Hang,
    Fault::Status(500),
    Fault::Status(503),
    Fault::RetryAfter(1),
    Fault::Reset,
    Fault::Truncate,
    Fault::Html,
    Fault::Garbage,
    Fault::SlowLoris,
    Fault::RedirectElsewhere,
    Fault::WrongContentType,
    Fault::HugePng,
    Fault::TruncatedJpeg,
];

/// An app in a hurry, with one service spoilt.
async fn spoilt(service: Service, fault: Fault) -> TestApp {
    let plan = TestApp::plan().await;
    let plan = plan.set("LAUREL_RENDER_BUDGET_MS", 1500).set("LAUREL_DEADLINE_MS", 4400);
    let app = plan.start().await;
    app.upstream.inject(service, fault);
    app
}

async fn timed(app: &TestApp, path: &str) -> Answer {
    let started = Instant::now();
    let answer = app.get(path).await;
    assert!(started.elapsed() < LONGEST, "{path}: {:?}", started.elapsed());
    answer
}

/// The fault is over: soon the picture is what it should be, and settled.
async fn recovers(app: &TestApp, fault: Fault) {
    app.upstream.heal();
    for _ in 0..60 {
        app.a_while_later().await;
        let answer = app.get(POSTER).await;
        if answer.status == 200 && !answer.is_provisional() {
            assert!(answer.is_of(SALT_ROAD), "{fault:?}: {:?}", answer.colour());
            assert!(answer.is_rated(SALT_ROAD), "{fault:?}");
            return;
        }
        // Circuits, pauses and remembered failures end by the clock, calls under way by themselves.
        app.pass(Duration::from_secs(1));
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{fault:?}: not over after 15 s: {:?}", app.get(POSTER).await);
}

/// Each fault in an app of its own, a few at once.
async fn each_fault<F: Future<Output = ()>>(run: impl Fn(Fault) -> F) {
    for faults in FAULTS.chunks(2) {
        futures::future::join_all(faults.iter().map(|fault| run(*fault))).await;
    }
}

/// A picture without the ratings of one provider, or with them after all.
async fn goes_out_without(service: Service, fault: Fault) {
    let app = spoilt(service, fault).await;
    let answer = timed(&app, POSTER).await;
    assert!(answer.is_of(SALT_ROAD), "{fault:?}: {:?}", answer.colour());
    let told = app.json("imdb/poster-default/tt9900001.json").await;
    let all_read = told["cache"]["provisional"] == false;
    assert!(answer.is_provisional() || all_read, "{fault:?}: {:?}", answer.headers);
    recovers(&app, fault).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poster_goes_out_whatever_mdblist_does() {
    each_fault(|fault| goes_out_without(Service::Mdblist, fault)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poster_goes_out_whatever_omdb_does() {
    each_fault(|fault| goes_out_without(Service::Omdb, fault)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_tmdb_does_there_is_a_small_error_and_then_the_right_poster() {
    each_fault(async |fault| {
        let app = spoilt(Service::Tmdb, fault).await;
        let answer = timed(&app, POSTER).await;
        if fault != Fault::WrongContentType {
            let (status, code) = answer.refusal();
            assert!(matches!(status, 502..=504), "{fault:?}: {status} {code}");
        }
        recovers(&app, fault).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_image_host_does_no_bad_picture_stays() {
    each_fault(async |fault| {
        let app = spoilt(Service::TmdbImages, fault).await;
        let answer = timed(&app, POSTER).await;
        if answer.status == 200 {
            answer.picture();
        } else {
            assert!(matches!(answer.refusal().0, 502..=504), "{fault:?}: {answer:?}");
        }
        recovers(&app, fault).await;
    })
    .await;
}

#[tokio::test]
async fn where_the_image_host_fails_fanart_helps_out() {
    let app = TestApp::start().await;
    app.upstream.inject(Service::TmdbImages, Fault::Status(500));
    let answer = app.get(POSTER).await;
    assert!(answer.is_of(SALT_ROAD), "{:?}", answer.colour());
    assert!(answer.is_provisional(), "{:?}", answer.headers);
}

#[tokio::test]
async fn a_broken_picture_gives_way_to_the_next_best() {
    let app = TestApp::start().await;
    let best = "/tmdb-images/t/p/w780/movie-the-salt-road-9001-poster.jpg";
    for fault in [Fault::HugePng, Fault::Html, Fault::Garbage] {
        app.upstream.heal();
        app.upstream.inject_at(best, fault, None);
        let answer = app.get(&format!("{POSTER}?badge_size=s")).await;
        assert!(answer.is_of(SALT_ROAD), "{fault:?}: {:?}", answer.colour());
        assert!(answer.is_provisional(), "{fault:?}: {:?}", answer.headers);
        app.a_while_later().await;
    }
}

#[tokio::test]
async fn ratings_that_are_late_are_there_at_a_later_request() {
    let plan = TestApp::plan().await;
    let plan = plan.set("LAUREL_RENDER_BUDGET_MS", 600).set("LAUREL_DEADLINE_MS", 30_000);
    let app = plan.start().await;
    for service in [Service::Mdblist, Service::Omdb, Service::Trakt] {
        app.upstream.inject(service, Fault::Delay(Duration::from_millis(1500)));
    }
    // TMDB's own comes with the details.
    let path = format!("{POSTER}?ratings_exclude=tmdb&awards=false");
    let first = app.get(&path).await;
    assert_eq!(first.cache(), "MISS-FALLBACK");
    assert!(first.is_provisional() && first.is_of(SALT_ROAD), "{:?}", first.headers);
    assert!(!first.is_rated(SALT_ROAD));
    let mut later = first;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(200)).await;
        later = app.get(&path).await;
        if later.cache() == "HIT" {
            break;
        }
    }
    assert_eq!(later.cache(), "HIT");
    assert!(later.is_rated(SALT_ROAD) && !later.is_provisional(), "{:?}", later.headers);
    assert_eq!(app.upstream.calls(Service::Mdblist), 1);
}

#[tokio::test]
async fn a_poster_that_the_look_up_names_goes_out_while_the_details_hang() {
    let plan = TestApp::plan().await;
    let plan = plan.set("LAUREL_RENDER_BUDGET_MS", 600).set("LAUREL_DEADLINE_MS", 30_000);
    let app = plan.start().await;
    app.upstream.inject_at("/tmdb/3/movie/", Fault::Hang, None);
    let started = Instant::now();
    let answer = app.get(POSTER).await;
    assert!(answer.is_of(SALT_ROAD) && answer.is_provisional(), "{:?}", answer.headers);
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test]
async fn without_fallback_late_ratings_are_503_with_a_time_to_come_back() {
    let plan = TestApp::plan().await;
    let plan = plan.set("LAUREL_RENDER_BUDGET_MS", 300).set("LAUREL_DEADLINE_MS", 900);
    let app = plan.start().await;
    app.upstream.inject(Service::Mdblist, Fault::Hang);
    let answer = timed(&app, &format!("{POSTER}?fallback=false")).await;
    assert_eq!(answer.refusal(), (503, "ratings_late".to_owned()));
    assert!(!answer.header("retry-after").is_empty());
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn nothing_at_all_by_the_deadline_is_504_and_the_work_goes_on() {
    let plan = TestApp::plan().await;
    let plan = plan.set("LAUREL_RENDER_BUDGET_MS", 300).set("LAUREL_DEADLINE_MS", 900);
    let app = plan.start().await;
    app.upstream.inject_times(Service::TmdbImages, Fault::Delay(Duration::from_millis(1800)), 1);
    let answer = timed(&app, POSTER).await;
    assert_eq!(answer.refusal(), (504, "upstream_late".to_owned()));
    assert!(!answer.header("retry-after").is_empty());
    let mut later = answer;
    for _ in 0..40 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        later = timed(&app, POSTER).await;
        if later.cache() == "HIT" {
            break;
        }
    }
    assert!(later.is_rated(SALT_ROAD), "{later:?}");
    assert_eq!(app.upstream.calls(Service::TmdbImages), 1);
}

#[tokio::test]
async fn a_provider_that_asks_for_a_pause_gets_it() {
    let app = TestApp::start().await;
    app.upstream.inject(Service::Omdb, Fault::RetryAfter(60));
    app.get(POSTER).await.picture();
    let asked = app.upstream.calls(Service::Omdb);
    for id in [9_900_002, 9_900_003, 9_900_004] {
        app.get(&format!("imdb/poster-default/tt{id}.jpg")).await.picture();
    }
    assert_eq!(app.upstream.calls(Service::Omdb), asked);
}

#[tokio::test]
async fn cached_pictures_go_on_while_everything_is_down() {
    let app = TestApp::start().await;
    let before = app.get(POSTER).await;
    for service in Service::ALL {
        app.upstream.inject(service, Fault::Hang);
    }
    assert_eq!(app.get(POSTER).await.body, before.body);
    app.a_while_later().await;
    let after = timed(&app, POSTER).await;
    assert_eq!(after.body, before.body);
    // Another family of a known title needs its picture; that alone is late.
    let other = timed(&app, "imdb/poster-default/tt9900001.jpg?badge_style=v").await;
    assert!(other.is_rated(SALT_ROAD));
}

/// Neither the first choice nor anything else can be had, and memory is empty.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stood_in_before_does_so_again_when_no_picture_can_be_had() {
    let plan = TestApp::plan().await;
    let plan = plan.set("LAUREL_RENDER_BUDGET_MS", 600).set("LAUREL_DEADLINE_MS", 30_000);
    let app = plan.start().await;
    let best = "/tmdb-images/t/p/w780/movie-the-salt-road-9001-poster.jpg";
    app.upstream.inject_at(best, Fault::Status(500), None);
    let logo = "imdb/logo-default/tt9900001.png";
    for path in [POSTER, "imdb/poster-default/tt9900001.png", logo] {
        app.get(path).await.picture();
    }
    let app = app.restart().await;
    for fault in [Fault::Status(500), Fault::Hang] {
        app.upstream.heal();
        for service in [Service::TmdbImages, Service::FanartImages] {
            app.upstream.inject(service, fault);
        }
        for path in [POSTER, "imdb/poster-default/tt9900001.png?badge_style=v"] {
            let answer = timed(&app, path).await;
            assert!(answer.is_of(SALT_ROAD) && answer.is_provisional(), "{fault:?}: {answer:?}");
        }
        timed(&app, &format!("{logo}?badge_style=v")).await.picture();
        app.a_while_later().await;
    }
    recovers(&app, Fault::Hang).await;
}

#[tokio::test]
async fn an_episode_stands_in_for_its_still_when_that_cannot_be_had() {
    let app = TestApp::start().await;
    app.upstream.inject_at("/tmdb-images/t/p/", Fault::Status(500), Some(1));
    let answer = app.get("imdb/episode-default/tt9900002:1:1.jpg").await;
    assert!(answer.is_of(NIGHT_FERRY));
}

#[tokio::test]
async fn redirects_elsewhere_are_not_followed() {
    let app = spoilt(Service::Tmdb, Fault::RedirectElsewhere).await;
    let answer = timed(&app, POSTER).await;
    assert_eq!(answer.refusal(), (502, "bad_upstream".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn past_its_queue_the_server_turns_away_with_a_time_to_come_back() {
    let app = TestApp::start().await;
    app.get(POSTER).await.picture();
    let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    let path = |n: usize| format!("{POSTER}?edge_inset_x={}&edge_inset_y={}", n % 50, n / 50);
    let (app, path) = (&app, &path);
    let asking = (1..=cores * 120).map(|n| async move { app.get(&path(n)).await });
    for answer in futures::future::join_all(asking).await {
        if answer.status == 200 {
            answer.picture();
        } else {
            assert_eq!(answer.refusal(), (503, "busy".to_owned()));
            assert!(!answer.header("retry-after").is_empty());
        }
    }
    // What is there is served all the same, and so is the rest a moment later.
    assert_eq!(app.get(POSTER).await.cache(), "HIT");
    for n in 1..10 {
        app.get(&path(n)).await.picture();
    }
}
