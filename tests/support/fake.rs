//! Every service at once, on one local port.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use axum::response::Response;
use serde_json::Value;

use super::faults::{Fault, Faults, Scope, spoil};
use super::http::{Asked, Reply, serve};
use super::service::Service;
use super::titles::FakeTitle;
use super::{answers, catalogue, lists, tmdb};

/// Answers what it was given, spoils what it is told to, and remembers what it was asked.
///
/// Clones are the same server.
#[derive(Clone, Debug, Default)]
pub(crate) struct FakeUpstream {
    shared: Arc<Shared>,
}

#[derive(Debug, Default)]
struct Shared {
    titles: Mutex<Vec<FakeTitle>>,
    /// By path with the service's prefix; these go before everything else.
    replies: Mutex<HashMap<String, Reply>>,
    asked: Mutex<Vec<(Service, String)>>,
    faults: Mutex<Faults>,
    address: Mutex<Option<SocketAddr>>,
}

impl FakeUpstream {
    /// Knows no title.
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Knows the titles of [`catalogue`].
    pub(crate) fn with_catalogue() -> Self {
        catalogue::titles().into_iter().fold(Self::new(), Self::title)
    }

    /// Knows this title, too. Also while serving; the later of two with one number counts.
    pub(crate) fn title(self, title: FakeTitle) -> Self {
        let mut titles = self.shared.titles.lock().unwrap();
        titles.retain(|known| (known.media, known.tmdb) != (title.media, title.tmdb));
        titles.push(title);
        drop(titles);
        self
    }

    /// Knows these titles, none of which it knew before.
    pub(crate) fn titles(self, titles: impl Iterator<Item = FakeTitle>) -> Self {
        self.shared.titles.lock().unwrap().extend(titles);
        self
    }

    /// Answers this path (with the service's prefix, without the query) with this body.
    pub(crate) fn json(self, path: &str, body: &Value) -> Self {
        self.reply(path, Reply::json(200, body))
    }

    pub(crate) fn reply(self, path: &str, reply: Reply) -> Self {
        self.shared.replies.lock().unwrap().insert(path.to_owned(), reply);
        self
    }

    /// Begins to serve on a free port.
    pub(crate) async fn start(self) -> Self {
        let fake = self.clone();
        let answer = Arc::new(move |asked| {
            let fake = fake.clone();
            Box::pin(async move { fake.answer(asked).await }) as _
        });
        let address = serve((Ipv4Addr::LOCALHOST, 0).into(), answer).await.unwrap();
        *self.shared.address.lock().unwrap() = Some(address);
        self
    }

    /// The base URL of a service.
    pub(crate) fn url(&self, service: impl Into<Service>) -> String {
        let address = self.shared.address.lock().unwrap().expect("start() comes first");
        format!("http://{address}{}", service.into().prefix())
    }

    /// Settings that lead a server here, keys included.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        let urls = Service::ALL.into_iter().map(|s| (s.setting().to_owned(), self.url(s)));
        let keys = Service::KEYS.into_iter().map(|(name, key)| (name.to_owned(), key.to_owned()));
        urls.chain(keys).collect()
    }

    /// How often a service was asked, spoilt answers included.
    pub(crate) fn calls(&self, service: impl Into<Service>) -> usize {
        let service = service.into();
        self.shared.asked.lock().unwrap().iter().filter(|(asked, _)| *asked == service).count()
    }

    /// Paths and queries asked for so far, in order.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().iter().map(|(_, uri)| uri.clone()).collect()
    }

    /// Forgets what it was asked.
    pub(crate) fn forget(&self) {
        self.shared.asked.lock().unwrap().clear();
    }

    /// Spoils every answer of a service from now on.
    pub(crate) fn inject(&self, service: impl Into<Service>, fault: Fault) {
        self.add(Scope::Service(service.into()), fault, None, 1.0);
    }

    /// Spoils the next `times` answers of a service.
    pub(crate) fn inject_times(&self, service: impl Into<Service>, fault: Fault, times: usize) {
        self.add(Scope::Service(service.into()), fault, Some(times), 1.0);
    }

    /// Spoils this share (0 to 1) of a service's answers.
    pub(crate) fn inject_share(&self, service: impl Into<Service>, fault: Fault, share: f64) {
        self.add(Scope::Service(service.into()), fault, None, share);
    }

    /// Spoils the next `times` answers to paths (with the service's prefix) that begin so.
    pub(crate) fn inject_at(&self, path: &str, fault: Fault, times: Option<usize>) {
        self.add(Scope::Path(path.to_owned()), fault, times, 1.0);
    }

    /// Switches all faults off.
    pub(crate) fn heal(&self) {
        self.shared.faults.lock().unwrap().clear();
    }

    fn add(&self, scope: Scope, fault: Fault, times: Option<usize>, share: f64) {
        self.shared.faults.lock().unwrap().add(scope, fault, times, share);
    }

    async fn answer(&self, asked: Asked) -> Response {
        let Some((service, rest)) = Service::of_path(&asked.path) else {
            return Reply::bytes("text/plain", "no such service").with_status(404).into_response();
        };
        self.shared.asked.lock().unwrap().push((service, asked.uri.clone()));
        let fault = self.shared.faults.lock().unwrap().due(service, &asked.path);
        let reply = self.right_answer(service, rest, &asked);
        match fault {
            Some(fault) => spoil(fault, reply).await,
            None => reply.into_response(),
        }
    }

    fn right_answer(&self, service: Service, rest: &str, asked: &Asked) -> Reply {
        if let Some(reply) = self.shared.replies.lock().unwrap().get(&asked.path) {
            return reply.clone();
        }
        let titles = self.shared.titles.lock().unwrap();
        match service {
            Service::Tmdb => tmdb::answer(&titles, rest, asked),
            Service::TmdbImages => picture(&titles, rest),
            Service::Mdblist => answers::mdblist(&titles, rest, asked),
            Service::Omdb => answers::omdb(&titles, asked),
            Service::Trakt => answers::trakt(&titles, rest, asked),
            Service::Fanart => answers::fanart(&titles, rest, asked),
            Service::FanartImages => picture(&titles, &rest.replacen("/fanart", "/original", 1)),
            Service::ImdbDatasets => lists::imdb(&titles, rest, asked),
            Service::Awards => lists::awards(&titles, rest, asked),
            Service::AnimeMap => lists::anime_map(&titles, asked),
            // Tests say what is there.
            Service::TmdbExports | Service::Imgur | Service::ImgurImages => {
                Reply::bytes("text/plain", "none").with_status(404)
            }
        }
    }
}

/// `/{size}/{file}`
fn picture(titles: &[FakeTitle], rest: &str) -> Reply {
    let found = rest.trim_start_matches('/').split_once('/').and_then(|(size, file)| {
        let mut pictures = titles.iter().flat_map(FakeTitle::all_pictures);
        let picture = pictures.find(|picture| picture.path.trim_start_matches('/') == file)?;
        Some(picture.serve(size))
    });
    found.unwrap_or_else(|| Reply::bytes("text/html", "<h1>404</h1>").with_status(404))
}
