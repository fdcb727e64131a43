//! Files of any size, more than there is memory for at once: each is served, and none of them stands in the
//! way of the others.

use std::time::Duration;

use laurel::budgets::{Budget, Budgets};
use laurel::model::ArtworkKind;

use crate::support::{FakePicture, FakeTitle, FakeUpstream, Fault, Service, TestApp};

const MIB: usize = 1 << 20;

fn colour(number: u32) -> [u8; 3] {
    [40, 90 + number as u8, 140]
}

/// Titles with a poster at Fanart.tv, which has originals only, and a backdrop at TMDB of `bytes`.
fn upstream(titles: u32, bytes: impl Fn(u32) -> usize) -> FakeUpstream {
    (0..titles).fold(FakeUpstream::new(), |upstream, number| {
        // Small in pixels: what is looked at is bytes, and a busy machine is to paint in time.
        let picture = |kind, path: &str, (width, height)| {
            FakePicture::new(kind, format!("/{path}{number}.jpg"), colour(number))
                .sized(width, height)
                .of_bytes(bytes(number))
        };
        let title = FakeTitle::film(&format!("Film {number}"), 7000 + number, colour(number));
        let title = title.without_pictures().imdb(7_000_000 + number);
        let title = title.picture(picture(ArtworkKind::Backdrop, "b", (640, 360)));
        upstream.title(title.fanart(picture(ArtworkKind::Poster, "f", (300, 450))))
    })
}

fn poster(number: u32) -> String {
    format!("imdb/poster-default/tt{}.jpg?imageSize=small&image_source=fanart", 7_000_000 + number)
}

async fn start(upstream: FakeUpstream) -> TestApp {
    TestApp::over(upstream).await.start().await
}

/// Asks for all at once, and for the most that was reserved for artwork meanwhile.
async fn all_are_served(app: &TestApp, paths: impl Iterator<Item = (u32, String)>) -> usize {
    let asking = futures::future::join_all(paths.map(|(number, path)| async move {
        let answer = app.get(&path).await;
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert!(answer.is_of(colour(number)), "{path}: {answer:?}");
    }));
    let mut asking = std::pin::pin!(asking);
    let mut most = 0;
    loop {
        let pause = tokio::time::sleep(Duration::from_millis(2));
        tokio::select! {
            _ = asking.as_mut() => return most,
            () = pause => most = most.max(app.app.artworks.artwork_bytes()),
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_original_and_many_small_ones_are_all_served() {
    let bytes = |number| if number == 0 { 6 * MIB } else { 20 << 10 };
    let app = start(upstream(40, bytes)).await;
    // The large one is cached then, and gives way to nobody who does not need it.
    all_are_served(&app, std::iter::once((0, poster(0)))).await;
    all_are_served(&app, (1..40).map(|number| (number, poster(number)))).await;
    assert_eq!(app.upstream.calls(Service::FanartImages), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn large_backdrops_at_once_are_all_served() {
    let app = start(upstream(8, |_| 8 * MIB)).await;
    let path = |n: u32| format!("imdb/backdrop-default/tt{}.jpg?imageSize=small", 7_000_000 + n);
    let most = all_are_served(&app, (0..8).map(|number| (number, path(number)))).await;
    assert!(most > 8 * MIB && most <= Budgets::default()[Budget::Artwork], "{most}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_than_the_budget_at_once_waits_and_is_served() {
    let app = start(upstream(30, |number| (1 + number as usize % 9) * MIB)).await;
    let most = all_are_served(&app, (0..30).map(|number| (number, poster(number)))).await;
    assert!(most > 30 * MIB && most <= Budgets::default()[Budget::Artwork], "{most}");
    // A file that found no memory was dropped by what its head said; hardly any comes twice.
    let calls = app.upstream.calls(Service::FanartImages);
    assert!(calls <= 75, "{calls}");
    app.a_while_later().await;
    let large = app.app.artworks.artwork_bytes();
    assert!(large <= Budgets::default()[Budget::RecentArtwork], "{large}");
}

/// A host that does not answer takes next to no memory, and what it owes is there when it is well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_hangs_reserves_next_to_nothing() {
    let titles = 60;
    let app = TestApp::over(upstream(titles, |_| 0)).await;
    let app =
        app.set("LAUREL_RENDER_BUDGET_MS", 3000).set("LAUREL_DEADLINE_MS", 4400).start().await;
    app.upstream.inject(Service::FanartImages, Fault::Hang);
    let asking = futures::future::join_all((0..titles).map(|number| {
        let app = &app;
        async move { app.get(&poster(number)).await }
    }));
    let watching = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        app.app.artworks.artwork_bytes()
    };
    let (answers, reserved) = futures::future::join(asking, watching).await;
    assert!(reserved > 0 && reserved <= titles as usize * (16 << 10), "{reserved} bytes");
    for answer in answers {
        match answer.status {
            200 => drop(answer.picture()),
            status => assert!(matches!(status, 503 | 504), "{answer:?}"),
        }
    }
    app.upstream.heal();
    for number in (0..titles).step_by(7) {
        let mut answer = app.get(&poster(number)).await;
        for _ in 0..60 {
            if answer.status == 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
            answer = app.get(&poster(number)).await;
        }
        assert!(answer.is_of(colour(number)), "{answer:?}");
    }
}
