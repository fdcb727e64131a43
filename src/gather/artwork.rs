//! Which of many pictures: by language, then shape, then votes. Pure.
//!
//! # The rule
//!
//! 0. *TMDB's own choice*: the picture that it names with the title, in the language that was asked for, is
//!    the one that every other client shows. Where it has no lettering while such pictures go first, or
//!    is in the wanted language, it is chosen; the rest of the rule decides otherwise.
//! 1. *Language*, in steps; the first step that has a picture decides ([`LanguageStep`]).
//!    Posters: the wanted language with its region, the language as such, the language of another
//!    region, the original language, no lettering, English, anything.
//!    Where pictures without lettering are wanted first, "no lettering" goes before all of them.
//!    Logos are lettering: English goes before those that name no language.
//! 2. *Shape*: within 3 % of the kind's ratio before all others; unknown sizes count as near.
//! 3. *Votes*: the average drawn towards [`PRIOR_AVERAGE`] by [`PRIOR_VOTES`] imagined votes, so
//!    that a single 10 does not beat fifty votes of 5.4. A Fanart.tv like is a vote of 10.
//! 4. Then more votes, then the wider picture, then the host's own path, to be the same each time.

use std::cmp::Ordering;

use serde::Serialize;

use crate::model::{ArtworkKind, ArtworkRef, ArtworkSource, Candidate, Language};
use crate::upstream::tmdb::ImageLanguages;

/// What a picture without votes counts as, and how many votes it takes to move away from it.
///
/// TMDB's averages lie around 5; a little less makes moderately liked pictures go before those
/// nobody has looked at. With these two the choice is TMDB's own for the titles we have recorded.
const PRIOR_AVERAGE: f64 = 4.0;
const PRIOR_VOTES: f64 = 10.0;

/// Relative difference up to which a ratio is near.
const RATIO_TOLERANCE: f64 = 0.03;

/// What artwork is chosen by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Criteria {
    pub kind: ArtworkKind,
    /// `None`: the language the title was made in.
    pub language: Option<Language>,
    pub original_language: Option<Language>,
    /// Pictures without lettering go first: asked for by `textless`, and the default of
    /// backdrops and stills where no language was asked for.
    pub textless_first: bool,
}

/// Which step of the language rule a picture was found at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum LanguageStep {
    /// The wanted language and region.
    Region,
    /// The wanted language, without a region that says otherwise.
    Language,
    /// The wanted language as of another region.
    OtherRegion,
    /// The language the title was made in.
    Original,
    /// Without lettering.
    Textless,
    English,
    /// Whatever there is.
    Any,
}

/// Why a picture was chosen.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// TMDB's own choice for the language, whatever the votes.
    pub primary: bool,
    pub language_step: LanguageStep,
    /// `None`: without lettering.
    pub language: Option<Language>,
    /// Whether the picture has the kind's ratio; `None` where its size is not known.
    pub near_ratio: Option<bool>,
    pub vote_average: f32,
    pub votes: u32,
    /// The average as weighed, 0 to 10.
    pub weighed: f32,
    /// Pictures of the same step.
    pub rivals: usize,
    /// Pictures in all.
    pub considered: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub candidate: Candidate,
    pub reason: Reason,
}

/// Chooses one of `candidates`; `None` only where there are none. `primary` is the one that the host
/// itself names.
pub fn choose(
    candidates: &[Candidate],
    criteria: &Criteria,
    primary: Option<&ArtworkRef>,
) -> Option<Choice> {
    let of_step = |step| -> Vec<&Candidate> {
        candidates.iter().filter(|candidate| criteria.takes(step, candidate.language)).collect()
    };
    let mut steps = criteria.steps().into_iter();
    let (first_step, first_rivals) = steps.find_map(|step| {
        let rivals = of_step(step);
        (!rivals.is_empty()).then_some((step, rivals))
    })?;
    let named = primary.and_then(|primary| candidates.iter().find(|c| c.artwork == *primary));
    let own = named.and_then(|named| Some((criteria.step_of_primary(named, first_step)?, named)));
    let (step, best, rivals) = if let Some((step, own)) = own {
        (step, own, of_step(step))
    } else {
        let best = first_rivals.iter().copied().max_by(|a, b| rank(a, b, criteria.kind))?;
        (first_step, best, first_rivals)
    };
    let reason = Reason {
        primary: own.is_some(),
        language_step: step,
        language: best.language,
        near_ratio: near_ratio(best, criteria.kind),
        vote_average: best.vote_average,
        votes: best.votes,
        weighed: weighed(best) as f32,
        rivals: rivals.len(),
        considered: candidates.len(),
    };
    Some(Choice { candidate: best.clone(), reason })
}

/// Puts pictures in the order in which the rule would choose them, the host's own choice aside.
pub fn sort(candidates: &mut [Candidate], criteria: &Criteria) {
    let steps = criteria.steps();
    let step = |candidate: &Candidate| {
        steps.iter().position(|step| criteria.takes(*step, candidate.language))
    };
    candidates.sort_by(|a, b| step(a).cmp(&step(b)).then_with(|| rank(b, a, criteria.kind)));
}

/// Whether the rule could choose otherwise among all pictures than it did among those of `languages`:
/// a step that it passed, or stopped at, has pictures that were not asked for.
pub fn may_miss(choice: Option<&Choice>, criteria: &Criteria, languages: &ImageLanguages) -> bool {
    let Some(choice) = choice else {
        return true;
    };
    let original_is_missing =
        || criteria.original_language.is_some_and(|original| !languages.include(original));
    let is_missing = |step: &LanguageStep| match step {
        LanguageStep::Original => original_is_missing(),
        LanguageStep::Any => true,
        _ => false,
    };
    let steps = criteria.steps();
    let reached = steps.iter().position(|step| *step == choice.reason.language_step);
    steps.iter().take(reached.map_or(steps.len(), |at| at + 1)).any(is_missing)
}

impl Criteria {
    /// The step at which the host's own choice stands, where it is as good as any that stand at
    /// `first_step`: without lettering where such pictures go first, else in the wanted language.
    fn step_of_primary(
        &self,
        primary: &Candidate,
        first_step: LanguageStep,
    ) -> Option<LanguageStep> {
        let of_language = matches!(
            first_step,
            LanguageStep::Region | LanguageStep::Language | LanguageStep::OtherRegion
        );
        if !of_language {
            // Before the languages only pictures without lettering stand.
            let is_first = self.steps().first() == Some(&first_step);
            return (is_first && primary.language.is_none()).then_some(first_step);
        }
        let steps = [LanguageStep::Region, LanguageStep::Language, LanguageStep::OtherRegion];
        steps.into_iter().find(|step| self.takes(*step, primary.language))
    }

    /// The order of the language rule.
    fn steps(&self) -> Vec<LanguageStep> {
        use LanguageStep::{Any, English, Language, Original, OtherRegion, Region, Textless};
        let mut steps = vec![Region, Language, OtherRegion, Original];
        let is_lettering = self.kind.is_lettering();
        steps.extend(if is_lettering { [English, Textless] } else { [Textless, English] });
        if self.textless_first && !is_lettering {
            steps.insert(0, Textless);
        }
        steps.push(Any);
        steps
    }

    /// Whether a picture of `language` is of that step; earlier steps have had their turn.
    fn takes(&self, step: LanguageStep, language: Option<Language>) -> bool {
        let wanted = self.language.or(self.original_language);
        let is = |other: Option<Language>| language.zip(other).is_some_and(|(a, b)| a.is_same(b));
        let region = |of: Option<Language>| of.and_then(|l| l.region().map(str::to_owned));
        match step {
            LanguageStep::Region => {
                is(wanted) && region(wanted).is_some() && region(language) == region(wanted)
            }
            LanguageStep::Language => {
                is(wanted) && (region(wanted).is_none() || region(language).is_none())
            }
            LanguageStep::OtherRegion => is(wanted),
            LanguageStep::Original => is(self.original_language),
            LanguageStep::Textless => language.is_none(),
            LanguageStep::English => is(Some(Language::ENGLISH)),
            LanguageStep::Any => true,
        }
    }
}

/// Greater is better.
fn rank(a: &Candidate, b: &Candidate, kind: ArtworkKind) -> Ordering {
    let near = |candidate| near_ratio(candidate, kind).unwrap_or(true);
    near(a)
        .cmp(&near(b))
        .then_with(|| weighed(a).total_cmp(&weighed(b)))
        .then_with(|| a.votes.cmp(&b.votes))
        .then_with(|| a.width.cmp(&b.width))
        // Reversed: of two equals the first by name.
        .then_with(|| b.artwork.path.cmp(&a.artwork.path))
}

/// The average of the votes, drawn towards the prior; 0 to 10.
fn weighed(candidate: &Candidate) -> f64 {
    let average = match candidate.artwork.source {
        ArtworkSource::Tmdb => f64::from(candidate.vote_average),
        ArtworkSource::Fanart => 10.0,
    };
    let average = if average.is_nan() { 0.0 } else { average.clamp(0.0, 10.0) };
    let votes = f64::from(candidate.votes);
    (PRIOR_AVERAGE * PRIOR_VOTES + average * votes) / (PRIOR_VOTES + votes)
}

/// Whether the picture has about the ratio of its kind; `None` where its size is not known.
fn near_ratio(candidate: &Candidate, kind: ArtworkKind) -> Option<bool> {
    let ideal = kind.row().shape.ratio()?;
    let (width, height) = (f64::from(candidate.width), f64::from(candidate.height));
    let known = candidate.width > 0 && candidate.height > 0;
    known.then(|| (width / height / ideal - 1.0).abs() <= RATIO_TOLERANCE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn picture(path: &str, language: Option<&str>, votes: (f32, u32)) -> Candidate {
        Candidate {
            artwork: ArtworkRef { source: ArtworkSource::Tmdb, path: path.into() },
            language: language.map(|l| l.parse().unwrap()),
            width: 2000,
            height: 3000,
            vote_average: votes.0,
            votes: votes.1,
        }
    }

    fn in_languages(languages: &[Option<&str>]) -> Vec<Candidate> {
        let named = languages.iter().map(|l| picture(l.unwrap_or("-"), *l, (5.0, 5)));
        named.collect()
    }

    fn criteria(kind: ArtworkKind, language: Option<&str>) -> Criteria {
        Criteria {
            kind,
            language: language.map(|l| l.parse().unwrap()),
            original_language: "ja".parse().ok(),
            textless_first: false,
        }
    }

    /// The order in which pictures would be chosen, each time without those chosen before.
    fn order(candidates: &[Candidate], criteria: &Criteria) -> Vec<String> {
        let mut left = candidates.to_vec();
        let mut order = Vec::new();
        while let Some(choice) = choose(&left, criteria, None) {
            left.retain(|candidate| *candidate != choice.candidate);
            order.push(choice.candidate.artwork.path);
        }
        order
    }

    const LANGUAGES: [Option<&str>; 7] =
        [Some("fr"), Some("en"), None, Some("ja"), Some("pt-PT"), Some("pt"), Some("pt-BR")];

    #[test]
    fn a_poster_is_looked_for_from_the_region_to_anything() {
        let pictures = in_languages(&LANGUAGES);
        let order = order(&pictures, &criteria(ArtworkKind::Poster, Some("pt-BR")));
        assert_eq!(order, ["pt-BR", "pt", "pt-PT", "ja", "-", "en", "fr"]);
    }

    #[test]
    fn without_a_region_all_regions_are_equal() {
        let mut pictures = in_languages(&[Some("pt"), Some("pt-PT")]);
        pictures[1].votes = 50;
        let choice = choose(&pictures, &criteria(ArtworkKind::Poster, Some("pt")), None).unwrap();
        assert_eq!(choice.candidate.artwork.path, "pt-PT");
        assert_eq!(choice.reason.language_step, LanguageStep::Language);
        assert_eq!(choice.reason.rivals, 2);
    }

    #[test]
    fn the_original_language_may_be_the_wish() {
        let pictures = in_languages(&LANGUAGES);
        let order = order(&pictures, &criteria(ArtworkKind::Poster, None));
        assert_eq!(order[..3], ["ja", "-", "en"]);
    }

    #[test]
    fn textless_goes_first_when_wanted_and_falls_back_to_the_languages() {
        let pictures = in_languages(&LANGUAGES);
        for kind in [ArtworkKind::Poster, ArtworkKind::Backdrop, ArtworkKind::Still] {
            let criteria = Criteria { textless_first: true, ..criteria(kind, Some("en")) };
            assert_eq!(order(&pictures, &criteria)[..3], ["-", "en", "ja"]);
        }
        let mut logo = criteria(ArtworkKind::Logo, Some("de"));
        logo.textless_first = true;
        assert_eq!(order(&pictures, &logo)[..3], ["ja", "en", "-"]);
    }

    #[test]
    fn norwegian_is_found_under_any_of_its_codes() {
        let pictures = in_languages(&[Some("en"), Some("no")]);
        let choice = choose(&pictures, &criteria(ArtworkKind::Poster, Some("nb")), None).unwrap();
        assert_eq!(choice.candidate.artwork.path, "no");
    }

    #[test]
    fn one_enthusiast_does_not_outvote_fifty() {
        let pictures = [
            picture("one", Some("en"), (10.0, 1)),
            picture("fifty", Some("en"), (5.4, 50)),
            picture("none", Some("en"), (0.0, 0)),
            picture("disliked", Some("en"), (2.0, 30)),
        ];
        let order = order(&pictures, &criteria(ArtworkKind::Poster, Some("en")));
        assert_eq!(order, ["fifty", "one", "none", "disliked"]);
    }

    #[test]
    fn likes_of_fanart_count_upwards() {
        let mut pictures = in_languages(&[Some("en"), Some("en-US")]);
        for (picture, likes) in pictures.iter_mut().zip([3, 12]) {
            picture.artwork.source = ArtworkSource::Fanart;
            (picture.vote_average, picture.votes, picture.width) = (0.0, likes, 0);
        }
        let choice = choose(&pictures, &criteria(ArtworkKind::Poster, Some("en")), None).unwrap();
        assert_eq!((choice.candidate.votes, choice.reason.near_ratio), (12, None));
    }

    #[test]
    fn the_right_shape_goes_before_votes() {
        let mut square = picture("square", Some("en"), (9.0, 90));
        square.height = 2000;
        let pictures = [square, picture("upright", Some("en"), (4.0, 2))];
        let choice = choose(&pictures, &criteria(ArtworkKind::Poster, Some("en")), None).unwrap();
        assert_eq!(choice.candidate.artwork.path, "upright");
        assert_eq!(choice.reason.near_ratio, Some(true));
        let logo = choose(&pictures, &criteria(ArtworkKind::Logo, Some("en")), None).unwrap();
        assert_eq!(logo.candidate.artwork.path, "square");
    }

    fn named(path: &str) -> ArtworkRef {
        ArtworkRef { source: ArtworkSource::Tmdb, path: path.into() }
    }

    #[test]
    fn tmdbs_own_choice_in_the_wanted_language_goes_before_votes() {
        let mut pictures = in_languages(&[Some("de"), Some("de-AT"), None, Some("en")]);
        pictures[0].votes = 90;
        let poster = criteria(ArtworkKind::Poster, Some("de"));
        let by = |own: &str, criteria: &Criteria| {
            let choice = choose(&pictures, criteria, Some(&named(own))).unwrap();
            (choice.candidate.artwork.path, choice.reason.primary)
        };
        assert_eq!(by("de-AT", &poster), ("de-AT".to_owned(), true));
        // In another language, without lettering, or not among the pictures: votes decide.
        for own in ["en", "-", "nowhere"] {
            assert_eq!(by(own, &poster), ("de".to_owned(), false), "{own}");
        }
        let backdrop =
            Criteria { textless_first: true, ..criteria(ArtworkKind::Backdrop, Some("de")) };
        assert_eq!(by("-", &backdrop), ("-".to_owned(), true));
        assert_eq!(by("de-AT", &backdrop), ("-".to_owned(), false));
    }

    #[test]
    fn what_was_not_asked_for_is_missed_only_where_the_rule_gets_there() {
        let languages =
            ImageLanguages { preferred: "de".parse().unwrap(), server: Language::ENGLISH };
        // The title was made in Japanese.
        for (asked, missed) in [
            (&[Some("de"), None][..], false),
            (&[None, Some("en")], true),
            (&[Some("fr")], true),
            (&[], true),
        ] {
            let (pictures, criteria) =
                (in_languages(asked), criteria(ArtworkKind::Poster, Some("de")));
            let choice = choose(&pictures, &criteria, None);
            assert_eq!(may_miss(choice.as_ref(), &criteria, &languages), missed, "{asked:?}");
        }
        let english = Criteria {
            original_language: Some(Language::ENGLISH),
            ..criteria(ArtworkKind::Poster, Some("de"))
        };
        let choice = choose(&in_languages(&[None]), &english, None);
        assert!(!may_miss(choice.as_ref(), &english, &languages));
        let backdrop =
            Criteria { textless_first: true, ..criteria(ArtworkKind::Backdrop, Some("de")) };
        let choice = choose(&in_languages(&[None]), &backdrop, None);
        assert!(!may_miss(choice.as_ref(), &backdrop, &languages));
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert_eq!(choose(&[], &criteria(ArtworkKind::Poster, Some("en")), None), None);
    }

    prop_compose! {
        fn any_candidate()(
            path in "/[ab]{1,3}",
            language in prop::option::of("(en|de|ja|pt|no)(-(US|BR))?"),
            width in 0_u32..3, height in 0_u32..3,
            vote_average in any::<f32>(), votes in 0_u32..100, fanart in any::<bool>(),
        ) -> Candidate {
            let source = if fanart { ArtworkSource::Fanart } else { ArtworkSource::Tmdb };
            Candidate {
                artwork: ArtworkRef { source, path }, language: language.and_then(|l| l.parse().ok()),
                width, height, vote_average, votes,
            }
        }
    }

    proptest! {
        /// Something is chosen of anything, and the order of the list plays no part.
        #[test]
        fn the_choice_does_not_depend_on_the_order(
            mut candidates in prop::collection::vec(any_candidate(), 1..12),
            language in prop::option::of("(en|de|ja|pt|nb)(-(US|BR))?"),
            kind in prop::sample::select(ArtworkKind::ALL.to_vec()),
            textless_first in any::<bool>(),
        ) {
            let language = language.as_deref();
            let criteria = Criteria { textless_first, ..criteria(kind, language) };
            let first = choose(&candidates, &criteria, None).unwrap();
            prop_assert!((0.0..=10.0).contains(&first.reason.weighed));
            prop_assert!(candidates.iter().any(|c| c.artwork == first.candidate.artwork));
            candidates.reverse();
            let second = choose(&candidates, &criteria, None).unwrap();
            prop_assert_eq!(first.candidate.artwork.path, second.candidate.artwork.path);
            prop_assert_eq!(first.reason.language_step, second.reason.language_step);
        }
    }
}
