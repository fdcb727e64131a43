//! Stands in for TMDB, MDBList, OMDb, Trakt, Fanart.tv, IMDb's data sets and the award lists
//! with recorded answers, so that a built server can be tried without a key or a network:
//!
//! `cargo run --example standin -- --fixtures ../shared/fixtures --port 4000`
//!
//! The folder holds `upstream/{tmdb,mdblist,omdb,trakt,fanart,imdb,awards}` (answers, named by
//! kind and id) and `artwork` (photographs, which stand in for every picture).

#[path = "../load/artwork.rs"]
#[allow(dead_code, reason = "the load makes more of it")]
mod artwork;
mod others;
mod pictures;
mod recordings;
#[path = "../../tests/support/mod.rs"]
mod support;
mod tmdb;

use std::collections::BTreeMap;
use std::error::Error;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use clap::Parser;
use serde_json::json;

use self::pictures::Pictures;
use self::recordings::Recordings;
use self::support::{Asked, Reply, Service, serve};

/// Serves recorded answers in place of the real services.
#[derive(Debug, Parser)]
struct Arguments {
    /// The folder with `upstream` and `artwork` in it.
    #[arg(long)]
    fixtures: PathBuf,
    /// On the loopback interface; 0 takes a free one.
    #[arg(long, default_value_t = 4000)]
    port: u16,
    /// How much later than at once every answer comes.
    #[arg(long, default_value_t = 0)]
    delay_ms: u64,
}

/// What all requests share.
struct Standin {
    recordings: Recordings,
    pictures: Pictures,
    delay: Duration,
    calls: Mutex<BTreeMap<String, usize>>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let recordings = Recordings::read(&arguments.fixtures.join("upstream"))?;
    let pictures = Pictures::read(&arguments.fixtures.join("artwork"))?;
    let standin = Arc::new(Standin {
        recordings,
        pictures,
        delay: Duration::from_millis(arguments.delay_ms),
        calls: Mutex::default(),
    });
    let titles = standin.recordings.titles();
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let answer = {
        let standin = Arc::clone(&standin);
        Arc::new(move |asked| {
            let standin = Arc::clone(&standin);
            Box::pin(async move { standin.answer(asked).await.into_response() }) as _
        })
    };
    let address = serve(address, answer).await?;
    print_settings(address, &titles);
    tokio::signal::ctrl_c().await?;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "what this program is run for")]
fn print_settings(address: SocketAddr, titles: &[String]) {
    println!("# {} titles: {}", titles.len(), titles.join(", "));
    println!("# calls so far: http://{address}/calls");
    for (name, key) in Service::KEYS {
        println!("{name}={key}");
    }
    for service in Service::ALL {
        println!("{}=http://{address}{}", service.setting(), service.prefix());
    }
}

fn not_found() -> Reply {
    Reply::bytes("text/html", "<h1>404</h1>").with_status(404)
}

impl Standin {
    async fn answer(self: &Arc<Self>, asked: Asked) -> Reply {
        let Some((service, rest)) = Service::of_path(&asked.path) else {
            return self.report();
        };
        *self.calls().entry(format!("{service:?}")).or_default() += 1;
        tokio::time::sleep(self.delay).await;
        match service {
            Service::Tmdb => tmdb::answer(&self.recordings, rest, &asked),
            Service::Mdblist => others::mdblist(&self.recordings, rest, &asked),
            Service::Omdb => others::omdb(&self.recordings, &asked),
            Service::Trakt => others::trakt(&self.recordings, rest, &asked),
            Service::Fanart => others::fanart(&self.recordings, rest),
            Service::ImdbDatasets | Service::Awards | Service::AnimeMap => {
                others::list(&self.recordings, service, rest)
            }
            Service::TmdbImages => self.picture(rest).await,
            Service::FanartImages => self.picture(&format!("/original{rest}")).await,
            Service::TmdbExports | Service::Imgur | Service::ImgurImages => not_found(),
        }
    }

    /// `/{size}/{path}`; scaling a photograph takes long enough to leave the runtime.
    #[allow(clippy::disallowed_methods, reason = "no render pool in a stand-in")]
    async fn picture(self: &Arc<Self>, rest: &str) -> Reply {
        let Some((size, path)) = rest.trim_start_matches('/').split_once('/') else {
            return not_found();
        };
        let (standin, size, path) = (Arc::clone(self), size.to_owned(), format!("/{path}"));
        let kind = self.recordings.kind_of(&path);
        let work = move || standin.pictures.serve(kind, &path, &size);
        match tokio::task::spawn_blocking(work).await {
            Ok(Some(reply)) => reply,
            _ => not_found(),
        }
    }

    fn calls(&self) -> MutexGuard<'_, BTreeMap<String, usize>> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How often each service was asked.
    fn report(&self) -> Reply {
        Reply::json(200, &json!(*self.calls()))
    }
}
