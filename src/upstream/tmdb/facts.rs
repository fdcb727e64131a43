//! The part of TMDB's details that is neither artwork nor rating.
//!
//! Source: <https://developer.themoviedb.org/reference/movie-details> and `tv-series-details`, with `release_dates` (films),
//! `content_ratings` (series) and `watch/providers` appended.
#![expect(clippy::struct_field_names, reason = "fields have TMDB's names")]

use std::collections::BTreeMap;

use serde::Deserialize;

use super::wire::DetailsAnswer;
use crate::model::{
    Country, CountryRelease, Date, EpisodeNumber, Genre, NextEpisode, ProductionStatus,
    StreamingServices, TitleFacts,
};
use crate::upstream::loose::{Loose, Many, Part};

/// Countries, genres and networks beyond these are left out; TMDB has some 250 countries.
const MAX_COUNTRIES: usize = 260;
const MAX_LISTED: usize = 12;
/// Services kept for one country.
const MAX_SERVICES: usize = 8;
/// A certificate is a few characters; longer texts are notes in the wrong field.
const MAX_CERTIFICATE_CHARS: usize = 12;

/// Types of release in the order in which their certificate is preferred: cinemas, limited, premiere,
/// digital, disc, television. Source: <https://developer.themoviedb.org/reference/movie-release-dates>.
const BY_CERTIFICATE: [u32; 6] = [THEATRICAL, LIMITED, PREMIERE, DIGITAL, PHYSICAL, TELEVISION];
const PREMIERE: u32 = 1;
const LIMITED: u32 = 2;
const THEATRICAL: u32 = 3;
const DIGITAL: u32 = 4;
const PHYSICAL: u32 = 5;
const TELEVISION: u32 = 6;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Named {
    id: Loose,
    name: Loose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Episode {
    air_date: Loose,
    season_number: Loose,
    episode_number: Loose,
    runtime: Loose,
}

#[derive(Debug, Deserialize)]
#[serde(default)]
pub(super) struct Listed<T> {
    results: Many<T>,
}

impl<T> Default for Listed<T> {
    fn default() -> Self {
        Self { results: Many::default() }
    }
}

/// A country with what holds there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InCountry {
    iso_3166_1: Loose,
    /// Of a series.
    rating: Loose,
    /// Of a film: several per country, some with an empty certificate.
    release_dates: Many<Release>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Release {
    certification: Loose,
    release_date: Loose,
    #[serde(rename = "type")]
    kind: Loose,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct WatchProviders {
    results: BTreeMap<String, Part<Offers>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Offers {
    flatrate: Many<Offer>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Offer {
    provider_name: Loose,
    display_priority: Loose,
}

impl DetailsAnswer {
    /// Everything that is neither artwork nor rating.
    pub(super) fn facts(&self) -> TitleFacts {
        let (releases, at_home) = self.releases();
        TitleFacts {
            genres: self.genres.0.iter().filter_map(Named::genre).take(MAX_LISTED).collect(),
            runtime_minutes: self.runtime_minutes(),
            status: self.status.text().and_then(production_status),
            last_aired: self.last_air_date.date(),
            next_episode: self.next_episode_to_air.0.as_ref().and_then(Episode::next),
            networks: self.networks.0.iter().filter_map(Named::name).take(MAX_LISTED).collect(),
            original_language: self.original_language.language(),
            origin: self.origin(),
            releases,
            at_home,
            streaming: self.streaming(),
        }
    }

    fn runtime_minutes(&self) -> Option<u16> {
        let last = self.last_episode_to_air.0.as_ref();
        let minutes =
            [Some(&self.runtime), self.episode_run_time.0.first(), last.map(|e| &e.runtime)];
        minutes.into_iter().flatten().filter_map(Loose::small).find(|minutes| *minutes > 0)
    }

    fn origin(&self) -> Vec<Country> {
        let listed: Vec<Country> = self.origin_country.0.iter().filter_map(country).collect();
        if !listed.is_empty() {
            return listed;
        }
        self.production_countries.0.iter().filter_map(InCountry::country).collect()
    }

    /// By country, and the first day on which it could be seen at home anywhere.
    fn releases(&self) -> (Vec<CountryRelease>, Option<Date>) {
        let films = self.release_dates.0.as_ref().map_or(&[][..], |list| &list.results.0);
        let series = self.content_ratings.0.as_ref().map_or(&[][..], |list| &list.results.0);
        let rows = films.iter().chain(series).take(MAX_COUNTRIES);
        let releases = rows.filter_map(InCountry::release).collect();
        let at_home = films
            .iter()
            .flat_map(|row| &row.release_dates.0)
            .filter(|release| release.is_of(&[DIGITAL, PHYSICAL, TELEVISION]))
            .filter_map(|release| release.release_date.date())
            .min();
        (releases, at_home)
    }

    fn streaming(&self) -> StreamingServices {
        let mut services = StreamingServices::default();
        let Some(watch) = &self.watch_providers.0 else { return services };
        for (code, offers) in watch.results.iter().take(MAX_COUNTRIES) {
            let (Ok(country), Some(offers)) = (code.parse(), &offers.0) else { continue };
            let mut offers: Vec<&Offer> = offers.flatrate.0.iter().collect();
            offers.sort_by_key(|offer| offer.display_priority.whole().unwrap_or(u32::MAX));
            let names = offers.iter().filter_map(|offer| offer.provider_name.text());
            services.add(country, names.take(MAX_SERVICES).map(str::to_owned));
        }
        services
    }
}

impl Named {
    fn name(&self) -> Option<String> {
        self.name.text().map(str::to_owned)
    }

    fn genre(&self) -> Option<Genre> {
        Some(Genre { id: self.id.whole()?, name: self.name()? })
    }
}

impl Episode {
    fn next(&self) -> Option<NextEpisode> {
        let number = EpisodeNumber {
            season: self.season_number.small()?,
            episode: self.episode_number.small()?,
        };
        Some(NextEpisode { airs: self.air_date.date()?, number })
    }
}

impl InCountry {
    fn country(&self) -> Option<Country> {
        country(&self.iso_3166_1)
    }

    /// `None` for a country that says nothing we keep.
    fn release(&self) -> Option<CountryRelease> {
        let of_type = |kind: &u32| {
            let mut releases =
                self.release_dates.0.iter().filter(|release| release.is_of(&[*kind]));
            releases.find_map(|release| certificate(&release.certification))
        };
        let certificate =
            certificate(&self.rating).or_else(|| BY_CERTIFICATE.iter().find_map(of_type));
        let in_cinemas = self
            .release_dates
            .0
            .iter()
            .filter(|release| release.is_of(&[LIMITED, THEATRICAL]))
            .filter_map(|release| release.release_date.date())
            .min();
        let says_something = certificate.is_some() || in_cinemas.is_some();
        let country = self.country().filter(|_| says_something)?;
        Some(CountryRelease { country, certificate, in_cinemas })
    }
}

impl Release {
    fn is_of(&self, kinds: &[u32]) -> bool {
        self.kind.whole().is_some_and(|kind| kinds.contains(&kind))
    }
}

fn country(code: &Loose) -> Option<Country> {
    code.text()?.parse().ok()
}

/// A certificate as it is written; numbers come as text and, from some proxies, as numbers.
fn certificate(value: &Loose) -> Option<String> {
    let number = value.whole().map(|number| number.to_string());
    let text = value.text().map(str::to_owned).or(number)?;
    let is_short = text.chars().count() <= MAX_CERTIFICATE_CHARS;
    // "NR" and "Not Rated" say that there is none.
    let is_one = !["nr", "not rated", "unrated", "none"].contains(&text.to_lowercase().as_str());
    (is_short && is_one).then_some(text)
}

/// TMDB's words, of films and of series.
fn production_status(word: &str) -> Option<ProductionStatus> {
    Some(match word {
        "Rumored" => ProductionStatus::Rumoured,
        "Planned" => ProductionStatus::Planned,
        "Pilot" => ProductionStatus::Pilot,
        "In Production" => ProductionStatus::InProduction,
        "Post Production" => ProductionStatus::PostProduction,
        "Released" => ProductionStatus::Released,
        "Returning Series" => ProductionStatus::Returning,
        "Ended" => ProductionStatus::Ended,
        "Canceled" | "Cancelled" => ProductionStatus::Cancelled,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
