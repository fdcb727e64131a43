//! More is asked for than there is memory for: it waits in line, and is there a little later.

use std::time::Duration;

use laurel::model::ArtworkKind;

use crate::support::{FakePicture, FakeTitle, FakeUpstream, Fault, Service, TestApp};

/// What is set aside for artwork, and for one file whose size nothing tells.
const ROOM: usize = 40 << 20;
const EACH: usize = 3 << 20;

fn upstream(titles: u32) -> FakeUpstream {
    (0..titles).fold(FakeUpstream::new(), |upstream, number| {
        let colour = [40, 90 + number as u8, 140];
        let poster = FakePicture::new(ArtworkKind::Poster, format!("/f{number}.jpg"), colour);
        let title = FakeTitle::film(&format!("Film {number}"), 7000 + number, colour);
        upstream.title(title.imdb(7_000_000 + number).fanart(poster))
    })
}

fn path(number: u32) -> String {
    format!("imdb/poster-default/tt{}.jpg?imageSize=small&image_source=fanart", 7_000_000 + number)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_artwork_is_fetched_than_there_is_room_for() {
    let titles = 60;
    let app = TestApp::over(upstream(titles)).await;
    let app =
        app.set("LAUREL_RENDER_BUDGET_MS", 3000).set("LAUREL_DEADLINE_MS", 4400).start().await;
    app.upstream.inject(Service::FanartImages, Fault::Hang);
    let asking = futures::future::join_all((0..titles).map(|number| {
        let app = &app;
        async move { app.get(&path(number)).await }
    }));
    let watching = async {
        let mut most = 0;
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            most = most.max(app.app.artworks.artwork_bytes());
        }
        (most, app.upstream.calls(Service::FanartImages))
    };
    let (answers, (most, fetched)) = futures::future::join(asking, watching).await;
    assert!(most > ROOM / 2 && most <= ROOM, "{most} bytes");
    assert!(fetched <= ROOM / EACH, "{fetched} fetched at once");
    for answer in answers {
        match answer.status {
            200 => drop(answer.picture()),
            status => assert!(matches!(status, 503 | 504), "{answer:?}"),
        }
    }
    app.upstream.heal();
    for number in (0..titles).step_by(7) {
        let mut answer = app.get(&path(number)).await;
        for _ in 0..60 {
            if answer.status == 200 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
            answer = app.get(&path(number)).await;
        }
        assert!(answer.is_of([40, 90 + number as u8, 140]), "{answer:?}");
    }
}
