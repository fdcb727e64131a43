//! The providers that are switched on.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::Provider;
use crate::telemetry::metrics::{
    UPSTREAM_CALLS_TODAY, UPSTREAM_CIRCUIT_OPEN, UPSTREAM_KEYS_RESTING, UPSTREAM_QUOTA,
};
use crate::upstream::{
    BreakerState, Fanart, KeyPool, KeyUsage, ProviderStatus, RatingProvider, Tmdb,
};

/// Who is asked.
#[derive(Clone, Debug)]
pub struct Providers {
    /// Titles, artwork, and a rating of its own.
    pub tmdb: Tmdb,
    /// In the order of asking.
    pub ratings: Vec<Arc<dyn RatingProvider>>,
    /// `None` is off.
    pub fanart: Option<Fanart>,
}

/// How the keys of all providers were used, for the next process. Holds no key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage(BTreeMap<String, Vec<KeyUsage>>);

impl Providers {
    /// How the keys were used so far.
    pub fn usage(&self) -> Usage {
        let of = |(provider, keys): (Provider, &KeyPool)| (provider.name().into(), keys.usage());
        Usage(self.keys().map(of).collect())
    }

    /// Goes on counting where an earlier process ended.
    pub fn take_up(&self, usage: &Usage) {
        for (provider, keys) in self.keys() {
            if let Some(usage) = usage.0.get(provider.name()) {
                keys.take_up(usage);
            }
        }
    }

    /// Writes the state of every host into the metrics.
    pub fn measure(&self) {
        for status in self.status() {
            let set = |metric: crate::telemetry::metrics::Metric, value: f64| {
                metrics::gauge!(metric.name, "provider" => status.provider).set(value);
            };
            let is_open = status.breaker != BreakerState::Closed;
            set(UPSTREAM_CIRCUIT_OPEN, f64::from(u8::from(is_open)));
            set(UPSTREAM_CALLS_TODAY, status.calls_today as f64);
            set(UPSTREAM_KEYS_RESTING, status.keys_resting as f64);
            if let Some(left) = status.calls_left {
                set(UPSTREAM_QUOTA, left as f64);
            }
        }
    }

    fn keys(&self) -> impl Iterator<Item = (Provider, &KeyPool)> {
        let ratings = self.ratings.iter().map(|client| (client.row().provider, client.keys()));
        let fanart = self.fanart.iter().map(|client| (Provider::FANART, client.keys()));
        std::iter::once((Provider::TMDB, self.tmdb.keys())).chain(ratings).chain(fanart)
    }

    /// The state of every host that is asked.
    pub fn status(&self) -> Vec<ProviderStatus> {
        let mut all = self.tmdb.status();
        all.extend(self.ratings.iter().map(|client| client.status()));
        all.extend(self.fanart.iter().flat_map(Fanart::status));
        all
    }
}
