//! Whether a provider has anything to add to a picture; pure.

use serde::Serialize;

use super::awards::has_won;
use super::ratings::in_order;
use super::showing::can_win;
use super::{DataRequest, MergedAwards};
use crate::model::{AwardBody, InfoKind, MediaType, RatingSource};
use crate::upstream::RatingProviderRow;

/// Ratings that a score is looked for, whatever is drawn beside it.
const SCORE_RATINGS: usize = 3;

/// Why a provider was not asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NotAsked {
    /// It does not rate such things: a database of titles has no episodes.
    NotRated,
    /// The picture can show nothing that it has.
    NotShown,
    /// Others have answered with all that it could add.
    NothingMissing,
    /// Of a season's picture one provider is asked for the series' ratings, so that it costs five calls at most.
    SeasonLimit,
}

/// What of a title's data a picture can show.
#[derive(Clone, Copy, Debug)]
pub(super) struct Need<'a> {
    pub(super) request: &'a DataRequest,
    pub(super) media: MediaType,
    /// A picture of an episode shows no award of its series.
    pub(super) of_episode: bool,
}

impl Need<'_> {
    /// Why there is no point in asking a provider whose ratings and awards are `row`'s: `has` tells
    /// of which sources a rating is there, `awards` what the public lists say.
    pub(super) fn not_asked(
        &self,
        row: &RatingProviderRow,
        has: impl Fn(RatingSource) -> bool,
        awards: &ListedBodies,
    ) -> Option<NotAsked> {
        let adds = |has: &dyn Fn(RatingSource) -> bool, awards: &ListedBodies| {
            let missing = self.missing_sources(has);
            missing.iter().any(|source| row.sources.contains(source))
                || self.needs_award_of(row, awards)
                || (row.gives_age && self.request.beyond.info.contains(&InfoKind::Age))
        };
        if !adds(&|_| false, &ListedBodies::default()) {
            return Some(NotAsked::NotShown);
        }
        (!adds(&has, awards)).then_some(NotAsked::NothingMissing)
    }

    /// Sources that would show if they had a rating, in order.
    pub(super) fn missing_sources(&self, has: &dyn Fn(RatingSource) -> bool) -> Vec<RatingSource> {
        let of_score = self.request.beyond.score.map_or(0, |_| SCORE_RATINGS);
        let mut left = usize::from(self.request.ratings.limit).max(of_score);
        let mut missing = Vec::new();
        for source in in_order(&self.request.ratings) {
            if left == 0 {
                break;
            }
            match has(source) {
                true => left -= 1,
                false => missing.push(source),
            }
        }
        let named = RatingSource::ALL.into_iter().filter(|s| self.request.also.contains(*s));
        for source in named {
            if !has(source) && !missing.contains(&source) {
                missing.push(source);
            }
        }
        missing
    }

    /// Whether an award may be shown that the lists do not decide about and the provider names.
    pub(super) fn needs_award_of(&self, row: &RatingProviderRow, lists: &ListedBodies) -> bool {
        let wanted = AwardBody::ALL.into_iter().filter(|body| {
            !self.of_episode && self.request.awards.contains(*body) && can_win(self.media, *body)
        });
        for body in wanted {
            if has_won(&lists.known.awards, body) {
                // The first that was won is shown: no other matters.
                return false;
            }
            if !lists.covered.contains(&body) && row.awards.contains(&body) {
                return true;
            }
        }
        false
    }
}

/// What the public lists say of a title.
#[derive(Clone, Debug, Default)]
pub(super) struct ListedBodies {
    /// The awards that the lists have the last word on.
    pub(super) covered: Vec<AwardBody>,
    pub(super) known: MergedAwards,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        ArtworkKind, Award, AwardOrigin, AwardResult, AwardSet, ExternalId, Language, Provider,
        TitleId, TmdbId,
    };
    use crate::request::OptionsPatch;
    use RatingSource::{Imdb, Letterboxd, Metacritic, MyAnimeList, RottenTomatoes};

    fn request() -> DataRequest {
        let options = OptionsPatch::default().into_options(ArtworkKind::Poster, Language::ENGLISH);
        let external = ExternalId::Tmdb(TmdbId::new(1).unwrap());
        let title = TitleId::new(external);
        DataRequest::new(title, ArtworkKind::Poster, &options)
    }

    fn of(request: &DataRequest) -> Need<'_> {
        Need { request, media: MediaType::Movie, of_episode: false }
    }

    fn row(provider: Provider) -> &'static RatingProviderRow {
        RatingProviderRow::of(provider).unwrap()
    }

    fn listed() -> ListedBodies {
        ListedBodies { covered: vec![AwardBody::Oscar, AwardBody::Emmy], ..Default::default() }
    }

    #[test]
    fn only_what_could_take_a_place_is_missing() {
        let request = request();
        let missing = |has: &[RatingSource]| of(&request).missing_sources(&|s| has.contains(&s));
        assert_eq!(missing(&[Imdb, Letterboxd, RottenTomatoes]), [MyAnimeList]);
        let without_two = missing(&[Imdb, RottenTomatoes, Metacritic]);
        assert_eq!(without_two, [MyAnimeList, Letterboxd]);
        assert_eq!(missing(&[]).len(), RatingSource::ALL.len());
    }

    #[test]
    fn a_fallback_is_asked_for_a_rating_that_it_may_have_and_for_nothing_else() {
        let request = request();
        let reason = |provider, has: &[RatingSource]| {
            of(&request).not_asked(row(provider), |s| has.contains(&s), &listed())
        };
        let whole = [Imdb, Letterboxd, RottenTomatoes];
        assert_eq!(reason(Provider::OMDB, &whole), Some(NotAsked::NothingMissing));
        assert_eq!(reason(Provider::OMDB, &[Imdb, Letterboxd]), None);
        // Nobody but MDBList and Trakt has it.
        let mut two = request.clone();
        two.ratings.order = vec![Letterboxd];
        two.ratings.only = true;
        let omdb = of(&two).not_asked(row(Provider::OMDB), |_| false, &listed());
        assert_eq!(omdb, Some(NotAsked::NothingMissing), "an Oscar might have been shown");
        two.awards = AwardSet::NONE;
        let omdb = of(&two).not_asked(row(Provider::OMDB), |_| false, &listed());
        assert_eq!(omdb, Some(NotAsked::NotShown));
        assert_eq!(of(&two).not_asked(row(Provider::TRAKT), |_| false, &listed()), None);
    }

    #[test]
    fn a_picture_without_ratings_and_awards_needs_nobody() {
        let mut request = request();
        request.ratings.limit = 0;
        request.awards = AwardSet::NONE;
        for row in crate::upstream::RATING_PROVIDERS {
            let reason = of(&request).not_asked(row, |_| false, &ListedBodies::default());
            assert_eq!(reason, Some(NotAsked::NotShown), "{}", row.provider.name());
        }
    }

    #[test]
    fn awards_are_asked_for_where_the_lists_do_not_decide() {
        let mut request = request();
        request.ratings.limit = 0;
        let omdb = row(Provider::OMDB);
        let none = ListedBodies::default();
        assert!(of(&request).needs_award_of(omdb, &none));
        assert!(!of(&request).needs_award_of(omdb, &listed()));
        let episode = Need { of_episode: true, ..of(&request) };
        assert!(!episode.needs_award_of(omdb, &none));
        request.awards = vec![AwardBody::Oscar, AwardBody::Bafta].into();
        assert!(of(&request).needs_award_of(omdb, &listed()), "a BAFTA is on no list");
        let award = Award {
            body: AwardBody::Oscar,
            result: AwardResult::Won,
            count: 1,
            origin: AwardOrigin::Lists,
        };
        let mut won = listed();
        won.known.awards.push(award);
        assert!(!of(&request).needs_award_of(omdb, &won), "the Oscar is shown");
    }
}
