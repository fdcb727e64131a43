//! Which of the ratings and awards that were found a picture shows; pure.

use super::info::{self, InfoFacts};
use super::ratings::order;
use super::sash::{self, SashFacts};
use super::{DataRequest, awards, score};
use crate::model::{
    Award, AwardBody, Date, Extras, MediaType, Rating, Showing, ShownTitle, TitleFacts,
};
use crate::request::BeyondOptions;
use crate::upstream::tmdb::{FoundTitle, Season};

/// What is known of a title when it is decided what its picture shows.
#[derive(Clone, Copy, Debug)]
pub struct Findings<'a> {
    pub media: MediaType,
    /// In the language of the request; of a still, the episode's.
    pub name: Option<&'a str>,
    pub facts: &'a TitleFacts,
    pub seasons: &'a [Season],
    /// Of a collection.
    pub films: &'a [FoundTitle],
    pub released: Option<Date>,
    /// One per source, in the default order.
    pub ratings: &'a [Rating],
    pub awards: &'a [Award],
    /// The age that Common Sense Media advises, in years.
    pub age: Option<u8>,
    /// Place among today's trending titles.
    pub trending: Option<u8>,
    /// Place among all films or all series.
    pub rank: Option<u16>,
    pub today: Date,
}

/// The ratings in the order they are drawn in, the first award that may be shown and was won, and what
/// is asked for beside them.
pub fn showing(request: &DataRequest, known: &Findings<'_>) -> Showing {
    let award = AwardBody::ALL.into_iter().find(|body| {
        can_win(known.media, *body)
            && request.awards.contains(*body)
            && awards::has_won(known.awards, *body)
    });
    // Nobody has seen what is not out: a number there would be a hope.
    let ratings =
        if info::is_out(known.facts, known.released, known.today) { known.ratings } else { &[] };
    let extras = extras(&request.beyond, known, ratings);
    let also = ratings.iter().filter(|rating| request.also.contains(rating.source)).copied();
    let title = request
        .names_title
        .then(|| ShownTitle { media: known.media, name: known.name.map(str::to_owned) });
    Showing {
        ratings: order(ratings, &request.ratings),
        award,
        extras,
        also: also.collect(),
        title,
    }
}

fn extras(options: &BeyondOptions, known: &Findings<'_>, ratings: &[Rating]) -> Extras {
    let won: Vec<AwardBody> =
        AwardBody::ALL.into_iter().filter(|body| awards::has_won(known.awards, *body)).collect();
    let sash_facts = SashFacts {
        media: known.media,
        facts: known.facts,
        released: known.released,
        seasons: known.seasons,
        won: &won,
        trending: known.trending,
        rank: known.rank,
        country: options.country,
        today: known.today,
    };
    let info_facts = InfoFacts {
        facts: known.facts,
        released: known.released,
        age: known.age,
        country: options.country,
        quality: &options.quality,
        label: options.label.as_deref(),
        today: known.today,
    };
    let score = options.score.and_then(|_| match known.films {
        [] => score::aggregate(ratings, &options.score_sources),
        films => score::of_films(films, &options.score_sources),
    });
    Extras {
        info: info::items(&options.info, &info_facts),
        score,
        sash: sash::first(&options.sash, &sash_facts),
    }
}

/// Films have Oscars, series Emmys, whatever else they were given.
pub(super) fn can_win(media: MediaType, body: AwardBody) -> bool {
    match body {
        AwardBody::Oscar => media == MediaType::Movie,
        AwardBody::Emmy => media == MediaType::Series,
        _ => true,
    }
}
