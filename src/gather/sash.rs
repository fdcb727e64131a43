//! Which one mark stands in the corner; pure.

use crate::model::{
    AwardBody, Country, Date, MediaType, ProductionStatus, Sash, SashMark, TitleFacts,
};
use crate::upstream::tmdb::Season;

/// How long a season, or a series, counts as new.
const NEW_DAYS: i64 = 30;
/// How far ahead a date is worth a mark.
const AHEAD_DAYS: i64 = 90;
/// How long a film counts as being in cinemas, unless it can be seen at home earlier.
const CINEMA_DAYS: i64 = 60;
/// Places that TMDB names a day.
const TRENDING_PLACES: u8 = 20;
const TOP_PLACES: u16 = 250;

/// Everything that a sash depends on.
#[derive(Clone, Copy, Debug)]
pub struct SashFacts<'a> {
    pub media: MediaType,
    pub facts: &'a TitleFacts,
    /// First release of the film or the series.
    pub released: Option<Date>,
    pub seasons: &'a [Season],
    /// The bodies whose award was won.
    pub won: &'a [AwardBody],
    /// Place among today's trending titles; a place that is older than a day is none.
    pub trending: Option<u8>,
    pub rank: Option<u16>,
    /// Whose cinemas count.
    pub country: Country,
    pub today: Date,
}

/// The first mark of `marks` that holds.
pub fn first(marks: &[SashMark], facts: &SashFacts<'_>) -> Option<Sash> {
    marks.iter().find_map(|mark| facts.holds(*mark))
}

impl SashFacts<'_> {
    fn holds(&self, mark: SashMark) -> Option<Sash> {
        match mark {
            SashMark::NewSeason => self.new_season(),
            SashMark::Premiere => self.premiere(),
            SashMark::Returning => self.returning().map(|date| Sash::Returning { date }),
            SashMark::Ended => self.ended(),
            SashMark::Cinema => self.in_cinemas().then_some(Sash::InCinemas),
            SashMark::Trending => self.trending(),
            SashMark::Top250 => {
                let place = self.rank.filter(|place| (1..=TOP_PLACES).contains(place))?;
                Some(Sash::Top250 { place })
            }
            SashMark::Festival => self.festival(),
            SashMark::Oscar => self.won(MediaType::Movie, AwardBody::Oscar).then_some(Sash::Oscar),
            SashMark::Emmy => self.won(MediaType::Series, AwardBody::Emmy).then_some(Sash::Emmy),
        }
    }

    /// Days from today; below 0 for a day that is over.
    fn days_until(&self, date: Date) -> i64 {
        date.days_since_epoch() - self.today.days_since_epoch()
    }

    fn is_new(&self, date: Date) -> bool {
        (-NEW_DAYS..=0).contains(&self.days_until(date))
    }

    /// A first season is a premiere, the specials are neither.
    fn new_season(&self) -> Option<Sash> {
        let new = self.seasons.iter().filter(|season| season.number >= 2);
        let new = new.filter(|season| season.aired.is_some_and(|aired| self.is_new(aired)));
        new.map(|season| season.number).max().map(|season| Sash::NewSeason { season })
    }

    /// A film before its release; a series before it, and for a month after.
    fn premiere(&self) -> Option<Sash> {
        let date = self.released?;
        let days = self.days_until(date);
        let ahead = (1..=AHEAD_DAYS).contains(&days);
        let new_series = self.media == MediaType::Series && self.is_new(date);
        (ahead || new_series).then_some(Sash::Premiere { date, ahead })
    }

    /// The next episode's day, of a series that has begun.
    fn returning(&self) -> Option<Date> {
        let begun = self.released.is_none_or(|released| self.days_until(released) <= 0);
        let next = self.facts.next_episode.filter(|_| begun)?.airs;
        (0..=AHEAD_DAYS).contains(&self.days_until(next)).then_some(next)
    }

    /// TMDB calls a series ended on the day of its finale and may name a next episode all the same: then it has not.
    fn ended(&self) -> Option<Sash> {
        let next = self.facts.next_episode.is_some_and(|next| self.days_until(next.airs) >= 0);
        match self.facts.status? {
            ProductionStatus::Ended if !next => Some(Sash::Ended),
            ProductionStatus::Cancelled if !next => Some(Sash::Cancelled),
            _ => None,
        }
    }

    fn in_cinemas(&self) -> bool {
        let opened = self
            .facts
            .in_cinemas(self.country)
            .is_some_and(|opened| (-CINEMA_DAYS..=0).contains(&self.days_until(opened)));
        let at_home = self.facts.at_home.is_some_and(|at_home| self.days_until(at_home) <= 0);
        self.media == MediaType::Movie && opened && !at_home
    }

    fn trending(&self) -> Option<Sash> {
        let place = self.trending.filter(|place| (1..=TRENDING_PLACES).contains(place))?;
        Some(Sash::Trending { place })
    }

    fn festival(&self) -> Option<Sash> {
        let bodies = [AwardBody::Cannes, AwardBody::Venice, AwardBody::Berlin];
        let award = bodies.into_iter().find(|body| self.won.contains(body))?;
        Some(Sash::Festival { award })
    }

    fn won(&self, media: MediaType, body: AwardBody) -> bool {
        self.media == media && self.won.contains(&body)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{EpisodeNumber, NextEpisode};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn season(number: u16, aired: &str) -> Season {
        Season { number, poster: None, aired: aired.parse().ok(), episodes: 8 }
    }

    /// A series from 2020 that goes on, on the 10th of June 2026.
    fn series<'a>(facts: &'a TitleFacts, seasons: &'a [Season]) -> SashFacts<'a> {
        SashFacts {
            media: MediaType::Series,
            facts,
            released: Some(day("2020-01-01")),
            seasons,
            won: &[],
            trending: None,
            rank: None,
            country: Country::US,
            today: day("2026-06-10"),
        }
    }

    fn next(airs: &str) -> NextEpisode {
        NextEpisode { airs: day(airs), number: EpisodeNumber { season: 3, episode: 1 } }
    }

    #[test]
    fn a_season_is_new_for_thirty_days() {
        let facts = TitleFacts::default();
        for (aired, new) in [
            ("2026-06-10", true),
            ("2026-05-11", true),
            ("2026-05-10", false),
            ("2026-06-11", false),
        ] {
            let seasons = [season(1, "2020-01-01"), season(2, aired), season(0, "2026-06-09")];
            let expected = new.then_some(Sash::NewSeason { season: 2 });
            assert_eq!(
                first(&[SashMark::NewSeason], &series(&facts, &seasons)),
                expected,
                "{aired}"
            );
        }
    }

    #[test]
    fn a_series_that_ended_yesterday_and_returns_tomorrow_returns() {
        let status = Some(ProductionStatus::Ended);
        let facts =
            TitleFacts { status, next_episode: Some(next("2026-06-11")), ..TitleFacts::default() };
        let date = day("2026-06-11");
        assert_eq!(first(&SashMark::ALL, &series(&facts, &[])), Some(Sash::Returning { date }));
        assert_eq!(first(&[SashMark::Ended], &series(&facts, &[])), None);
        let over =
            TitleFacts { status, next_episode: Some(next("2026-06-09")), ..TitleFacts::default() };
        assert_eq!(first(&SashMark::ALL, &series(&over, &[])), Some(Sash::Ended));
    }

    #[test]
    fn a_film_is_in_cinemas_until_it_can_be_seen_at_home() {
        let release = |country: &str| crate::model::CountryRelease {
            country: country.parse().unwrap(),
            certificate: None,
            in_cinemas: Some(day("2026-05-01")),
        };
        let cinema = |media, at_home: Option<&str>| {
            let at_home = at_home.map(day);
            let facts =
                TitleFacts { releases: vec![release("US")], at_home, ..TitleFacts::default() };
            first(&[SashMark::Cinema], &SashFacts { media, ..series(&facts, &[]) })
        };
        assert_eq!(cinema(MediaType::Movie, None), Some(Sash::InCinemas));
        assert_eq!(cinema(MediaType::Series, None), None, "a series has no cinemas");
        assert_eq!(cinema(MediaType::Movie, Some("2026-06-10")), None);
        assert_eq!(cinema(MediaType::Movie, Some("2026-06-11")), Some(Sash::InCinemas));
    }

    #[test]
    fn the_first_mark_of_the_list_that_holds_is_drawn() {
        let facts = TitleFacts::default();
        let won = [AwardBody::Emmy, AwardBody::Venice, AwardBody::Oscar];
        let known =
            SashFacts { won: &won, trending: Some(4), rank: Some(251), ..series(&facts, &[]) };
        assert_eq!(first(&SashMark::ALL, &known), Some(Sash::Trending { place: 4 }));
        assert_eq!(
            first(&[SashMark::Top250, SashMark::Oscar, SashMark::Emmy], &known),
            Some(Sash::Emmy),
            "no place beyond 250, and an Oscar of a series is none"
        );
        let award = AwardBody::Venice;
        assert_eq!(first(&[SashMark::Festival], &known), Some(Sash::Festival { award }));
        assert_eq!(first(&[], &known), None);
    }

    #[test]
    fn a_premiere_is_ahead_or_a_new_series() {
        let facts = TitleFacts::default();
        let of = |media, released: &str| {
            let known = SashFacts { media, released: released.parse().ok(), ..series(&facts, &[]) };
            first(&[SashMark::Premiere], &known)
        };
        let date = day("2026-07-01");
        assert_eq!(of(MediaType::Movie, "2026-07-01"), Some(Sash::Premiere { date, ahead: true }));
        assert_eq!(of(MediaType::Movie, "2026-06-01"), None);
        let date = day("2026-06-01");
        assert_eq!(
            of(MediaType::Series, "2026-06-01"),
            Some(Sash::Premiere { date, ahead: false })
        );
        assert_eq!(of(MediaType::Series, "2026-12-01"), None, "too far away");
    }
}
