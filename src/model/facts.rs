//! What is known of a title beside its ratings and its artwork.

use serde::{Deserialize, Serialize};

use super::{Country, Date, EpisodeNumber, Language};

/// How far a film or a series has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProductionStatus {
    Rumoured,
    Planned,
    Pilot,
    InProduction,
    PostProduction,
    Released,
    /// A series that goes on.
    Returning,
    Ended,
    Cancelled,
}

/// A genre by TMDB's number, which is the same in every language (28 is Action, 16 Animation), and its name in the language of the call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Genre {
    pub id: u32,
    pub name: String,
}

/// The next episode that has a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NextEpisode {
    pub airs: Date,
    pub number: EpisodeNumber,
}

/// What one country says of a title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountryRelease {
    pub country: Country,
    /// As it is written there: `PG-13`, `16`, `TV-MA`.
    pub certificate: Option<String>,
    /// First day in cinemas.
    pub in_cinemas: Option<Date>,
}

/// Streaming services that have a title in their subscription, by country. Source: JustWatch through TMDB,
/// who want JustWatch named wherever this is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StreamingServices {
    /// Every service once.
    names: Vec<String>,
    /// Places in `names`, the most prominent first.
    by_country: Vec<(Country, Vec<u16>)>,
}

impl StreamingServices {
    /// Adds a country's services, the most prominent first.
    pub fn add(&mut self, country: Country, services: impl IntoIterator<Item = String>) {
        let place = |name: String| {
            let known = self.names.iter().position(|known| *known == name);
            let place = known.unwrap_or_else(|| {
                self.names.push(name);
                self.names.len() - 1
            });
            u16::try_from(place).ok()
        };
        let places: Vec<u16> = services.into_iter().filter_map(place).collect();
        if !places.is_empty() {
            self.by_country.push((country, places));
        }
    }

    /// The services of one country, the most prominent first.
    pub fn of(&self, country: Country) -> impl Iterator<Item = &str> {
        let places = self.by_country.iter().find(|(known, _)| *known == country);
        let places = places.map_or(&[][..], |(_, places)| places);
        places.iter().filter_map(|place| self.names.get(usize::from(*place)).map(String::as_str))
    }
}

/// All that one call to TMDB tells of a title beside ratings and artwork.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct TitleFacts {
    /// In the order of importance that TMDB gives.
    pub genres: Vec<Genre>,
    pub runtime_minutes: Option<u16>,
    pub status: Option<ProductionStatus>,
    pub last_aired: Option<Date>,
    pub next_episode: Option<NextEpisode>,
    /// Of a series.
    pub networks: Vec<String>,
    pub original_language: Option<Language>,
    /// Where it was made, the first country first.
    pub origin: Vec<Country>,
    pub releases: Vec<CountryRelease>,
    /// First day on which it could be seen at home anywhere: streamed, on disc or on television.
    pub at_home: Option<Date>,
    pub streaming: StreamingServices,
}

impl TitleFacts {
    /// The certificate of `country`; where that has none, of the country of origin, and at last of the US.
    pub fn certificate(&self, country: Country) -> Option<(Country, &str)> {
        let of = |country: Country| {
            let release = self.releases.iter().find(|release| release.country == country)?;
            Some((country, release.certificate.as_deref()?))
        };
        of(country)
            .or_else(|| self.origin.iter().find_map(|origin| of(*origin)))
            .or_else(|| of(Country::US))
    }

    /// First day in cinemas in `country`, else in the country of origin, else in the US.
    pub fn in_cinemas(&self, country: Country) -> Option<Date> {
        let of = |country: Country| {
            self.releases.iter().find(|release| release.country == country)?.in_cinemas
        };
        of(country)
            .or_else(|| self.origin.iter().find_map(|origin| of(*origin)))
            .or_else(|| of(Country::US))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        code.parse().unwrap()
    }

    #[test]
    fn a_certificate_is_looked_for_at_home_then_where_the_title_is_from_then_in_the_us() {
        let release = |code: &str, certificate: Option<&str>| CountryRelease {
            country: country(code),
            certificate: certificate.map(str::to_owned),
            in_cinemas: None,
        };
        let mut facts = TitleFacts {
            origin: vec![country("FR")],
            releases: vec![
                release("DE", Some("16")),
                release("IT", None),
                release("US", Some("R")),
            ],
            ..TitleFacts::default()
        };
        assert_eq!(facts.certificate(country("DE")), Some((country("DE"), "16")));
        assert_eq!(facts.certificate(country("IT")), Some((Country::US, "R")));
        facts.releases.push(release("FR", Some("12")));
        assert_eq!(facts.certificate(country("IT")), Some((country("FR"), "12")));
        assert_eq!(facts.certificate(country("ES")), Some((country("FR"), "12")));
    }

    #[test]
    fn services_are_told_by_country() {
        let mut services = StreamingServices::default();
        services.add(country("DE"), ["One".to_owned(), "Two".to_owned()]);
        services.add(country("US"), ["Two".to_owned()]);
        services.add(country("FR"), []);
        assert_eq!(services.of(country("US")).collect::<Vec<_>>(), ["Two"]);
        assert_eq!(services.of(country("DE")).collect::<Vec<_>>(), ["One", "Two"]);
        assert_eq!(services.of(country("FR")).count(), 0);
    }
}
