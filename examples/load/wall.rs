//! The first visit to a wall of new posters, as a media centre's first screens ask for them: default
//! settings, providers that keep to their limits.

use crate::client::{Outcome, fetch_all};
use crate::plainly;
use crate::process::Rates;
use crate::report::{row, title};
use crate::rounds::{Bench, Done};

const POSTERS: u32 = 300;
const PARALLEL: usize = 32;

/// What a provider allows: calls a second by service.
type Limits = &'static [(&'static str, u32)];

/// With a key of MDBList, with one of OMDb.
type Keys = (bool, bool);

const WALLS: [(&str, Limits, Keys); 6] = [
    ("no limits", &[], (true, false)),
    ("no limits, OMDb, too", &[], (true, true)),
    ("no limits, OMDb alone", &[], (false, true)),
    ("TMDB 40/s, MDBList 10/s", &[("tmdb", 40), ("mdblist", 10)], (true, false)),
    ("TMDB 40/s, MDBList 10/s, OMDb, too", &[("tmdb", 40), ("mdblist", 10)], (true, true)),
    ("TMDB 40/s, OMDb alone", &[("tmdb", 40)], (false, true)),
];

pub(crate) async fn run(bench: &Bench<'_>) -> Done {
    for (name, limits, (mdblist, omdb)) in WALLS {
        let server = bench.server_at(Rates::Default { mdblist, omdb }).await?;
        bench.control("forget").await?;
        for (service, calls) in limits {
            bench.control(&format!("limit/{service}/{calls}")).await?;
        }
        let address = server.process.address;
        let outcome = fetch_all(address, wall(""), PARALLEL).await;
        let figures = [bench.number("refused").await?, bench.number("refused-late").await?];
        let calls = bench.number("calls").await?;
        bench.control("forget").await?;
        report(name, &outcome.map_err(plainly)?, calls, figures);
    }
    Ok(())
}

/// Pictures that show no rating, by TMDB's numbers: nobody is asked for what nobody will see.
pub(crate) async fn unrated(bench: &Bench<'_>) -> Done {
    let server = bench.server_at(Rates::Unlimited).await?;
    bench.control("forget").await?;
    let path = |n| format!("/key/tmdb/poster-default/movie-{n}.jpg?ratings_limit=0");
    let paths = (5000..5000 + POSTERS).map(path).collect();
    let outcome = fetch_all(server.process.address, paths, 8).await.map_err(plainly)?;
    let calls = bench.number("calls").await?;
    report("posters with ratings_limit=0, by TMDB's number", &outcome, calls, [0.0, 0.0]);
    Ok(())
}

fn wall(query: &str) -> Vec<String> {
    let path = |n: u32| format!("/key/imdb/poster-default/tt{}.jpg{query}", 1_000_000 + n);
    (4000..4000 + POSTERS).map(path).collect()
}

fn report(name: &str, outcome: &Outcome, calls: f64, [refused, late]: [f64; 2]) {
    title(&format!("{POSTERS} new posters, {name}: {}", outcome.faults()));
    row("all", outcome.took.as_secs_f64(), "s", None);
    row("p50", outcome.percentile(0.5), "ms", None);
    row("p99", outcome.percentile(0.99), "ms", None);
    row("upstream calls per image", calls / f64::from(POSTERS), "", None);
    row("429", refused, "", None);
    row("  after the first 3 s", late, "", None);
}
