//! Reads the values of parameters beyond ratings: lists of facts, marks, weights and colours.

use super::options::{BeyondPatch, OptionsPatch};
use super::table::NotUnderstood;
use crate::model::{
    HexColour, InfoKind, InfoPosition, MAX_QUALITIES, Position, Quality, RatingSource, SashMark,
    SourceWeight, Words,
};

/// Longest text of a caller's own badge, in characters.
pub(super) const MAX_LABEL: u8 = 24;
/// RPDB's `fontScale`, in hundredths.
pub(super) const FONT_SCALE: std::ops::RangeInclusive<u8> = 50..=200;

type Outcome = Result<(), NotUnderstood>;

/// The words of a list without repetitions, and whether every one was understood.
fn list<T: PartialEq>(value: &str, read: impl Fn(&str) -> Option<T>) -> (Vec<T>, Outcome) {
    let mut known = Vec::new();
    let mut outcome = Ok(());
    for word in value.split(',').map(str::trim).filter(|word| !word.is_empty()) {
        match read(word) {
            Some(member) if !known.contains(&member) => known.push(member),
            Some(_) => {}
            None => outcome = Err(NotUnderstood),
        }
    }
    (known, outcome)
}

/// Keeps a list that has a member.
fn keep<T>(field: &mut Option<Vec<T>>, (known, outcome): (Vec<T>, Outcome)) -> Outcome {
    if !known.is_empty() {
        *field = Some(known);
    }
    outcome
}

pub(super) fn set_info(patch: &mut OptionsPatch, value: &str) -> Outcome {
    keep(&mut patch.beyond.info, list(value, InfoKind::from_word))
}

pub(super) fn set_info_position(patch: &mut OptionsPatch, value: &str) -> Outcome {
    patch.beyond.info_position = Some(InfoPosition::from_word(value).ok_or(NotUnderstood)?);
    Ok(())
}

/// RPDB's `badgePos` and `certsPos`, whose `center` is the middle of the top: its bar stands at the bottom.
pub(super) fn set_rpdb_position(patch: &mut OptionsPatch, value: &str) -> Outcome {
    if value.eq_ignore_ascii_case("center") {
        patch.beyond.info_position = Some(InfoPosition::At(Position::TopCenter));
        return Ok(());
    }
    set_info_position(patch, value)
}

/// More than four marks of quality are cut, and said.
pub(super) fn set_quality(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let (mut known, outcome) = list(value, Quality::from_word);
    let fits = known.len() <= MAX_QUALITIES;
    known.truncate(MAX_QUALITIES);
    keep(&mut patch.beyond.quality, (known, outcome))?;
    fits.then_some(()).ok_or(NotUnderstood)
}

/// RPDB's `badges`: marks of quality, and `commonsense…` for the age.
pub(super) fn set_rpdb_badges(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let is_age = |word: &str| word.get(..11).is_some_and(|w| w.eq_ignore_ascii_case("commonsense"));
    let words = || value.split(',').map(str::trim).filter(|word| !word.is_empty());
    let qualities = words().filter(|word| !is_age(word)).collect::<Vec<_>>().join(",");
    let mut kinds = patch.beyond.info.take().unwrap_or_default();
    let asked = [(words().any(is_age), InfoKind::Age), (!qualities.is_empty(), InfoKind::Quality)];
    for (_, kind) in asked.into_iter().filter(|(asked, _)| *asked) {
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    patch.beyond.info = Some(kinds);
    // Clients of RPDB name all that a file has: what is more than fits is no mistake of theirs.
    let (mut known, outcome) = list(&qualities, Quality::from_word);
    known.truncate(MAX_QUALITIES);
    keep(&mut patch.beyond.quality, (known, outcome))
}

pub(super) fn set_score_sources(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let read = |word: &str| {
        let (key, weight) = word.split_once(':').unwrap_or((word, "1"));
        let weight = weight.parse().ok().filter(|weight| (1..=100).contains(weight))?;
        Some(SourceWeight { source: RatingSource::from_word(key)?, weight })
    };
    keep(&mut patch.beyond.score_sources, list(value, read))
}

pub(super) fn set_score_thresholds(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let numbers: Option<Vec<u8>> = value.split(',').map(|n| n.trim().parse().ok()).collect();
    let numbers: Option<[u8; 3]> = numbers.and_then(|numbers| numbers.try_into().ok());
    let rising = numbers.filter(|[low, mid, high]| low < mid && mid < high && *high <= 100);
    patch.beyond.score_thresholds = Some(rising.ok_or(NotUnderstood)?);
    Ok(())
}

pub(super) fn set_score_colors(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let colours: Option<Vec<HexColour>> = value.split(',').map(|c| c.trim().parse().ok()).collect();
    let colours: Option<[HexColour; 4]> = colours.and_then(|colours| colours.try_into().ok());
    patch.beyond.score_colors = Some(colours.ok_or(NotUnderstood)?);
    Ok(())
}

/// `default` is all marks; `-x` leaves one out, of all where no other is named.
pub(super) fn set_sash(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let words = || value.split(',').map(str::trim).filter(|word| !word.is_empty());
    let only_left_out = words().all(|word| word.starts_with('-'));
    let mut marks: Vec<SashMark> = Vec::new();
    let mut outcome = Ok(());
    if only_left_out {
        marks.extend(SashMark::ALL);
    }
    for word in words() {
        if word.eq_ignore_ascii_case("default") {
            marks.extend(
                SashMark::ALL.iter().filter(|mark| !marks.contains(mark)).collect::<Vec<_>>(),
            );
            continue;
        }
        let (name, leaves_out) = word.strip_prefix('-').map_or((word, false), |name| (name, true));
        match SashMark::from_word(name) {
            Some(mark) if leaves_out => marks.retain(|known| *known != mark),
            Some(mark) if !marks.contains(&mark) => marks.push(mark),
            Some(_) => {}
            None => outcome = Err(NotUnderstood),
        }
    }
    // A list of nothing but unknown words says nothing.
    if outcome.is_ok() || !marks.is_empty() {
        patch.beyond.sash = Some(marks);
    }
    outcome
}

pub(super) fn set_label(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let text: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
    let short = text.chars().count() <= usize::from(MAX_LABEL);
    let plain = !text.chars().any(char::is_control);
    patch.beyond.label = Some(text).filter(|text| short && plain && !text.is_empty());
    patch.beyond.label.as_ref().map(|_| ()).ok_or(NotUnderstood)
}

pub(super) fn set_font_scale(patch: &mut OptionsPatch, value: &str) -> Outcome {
    let factor: f32 = value.parse().map_err(|_| NotUnderstood)?;
    // Out of range, and NaN, end at a bound and are refused there.
    let hundredths = (factor * 100.0).round() as u8;
    let fits = FONT_SCALE.contains(&hundredths) && factor <= 2.0;
    patch.beyond.font_scale = Some(hundredths).filter(|_| fits);
    fits.then_some(()).ok_or(NotUnderstood)
}

pub(super) fn set_colour(field: &mut Option<HexColour>, value: &str) -> Outcome {
    *field = Some(value.parse().map_err(|_| NotUnderstood)?);
    Ok(())
}

pub(super) fn set_country(patch: &mut OptionsPatch, value: &str) -> Outcome {
    patch.beyond.country = Some(value.parse().map_err(|_| NotUnderstood)?);
    Ok(())
}

/// What the variant `certs` sets.
pub(super) fn certificate_only() -> BeyondPatch {
    BeyondPatch { info: Some(vec![InfoKind::Certificate]), ..BeyondPatch::default() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::request::table::apply_query;

    fn parse(query: &str) -> (BeyondPatch, Vec<&'static str>) {
        let mut patch = OptionsPatch::default();
        let ignored = apply_query(&mut patch, query);
        (patch.beyond, ignored)
    }

    #[test]
    fn a_sash_is_a_list_that_can_leave_out() {
        let marks = |query: &str| parse(query).0.sash.unwrap();
        assert_eq!(marks("sash=default"), SashMark::ALL);
        assert_eq!(marks("sash=oscar,ended"), [SashMark::Oscar, SashMark::Ended]);
        let without: Vec<SashMark> =
            SashMark::ALL.into_iter().filter(|mark| *mark != SashMark::Trending).collect();
        assert_eq!(marks("sash=-trending"), without);
        assert_eq!(marks("sash=default,-trending"), without);
        assert_eq!(marks("sash=emmy,default")[0], SashMark::Emmy);
        let (patch, ignored) = parse("sash=cult,oscar");
        assert_eq!((patch.sash, ignored), (Some(vec![SashMark::Oscar]), vec!["sash"]));
        assert_eq!(parse("sash=cult").0.sash, None);
    }

    #[test]
    fn rpdb_badges_are_qualities_and_an_age() {
        let (patch, ignored) = parse("badges=4k,commonsense-8,dv&badgePos=center&badgeSize=small");
        assert_eq!(patch.info, Some(vec![InfoKind::Age, InfoKind::Quality]));
        assert_eq!(patch.quality, Some(vec![Quality::Uhd, Quality::DolbyVision]));
        assert_eq!(patch.info_position, Some(InfoPosition::At(Position::TopCenter)));
        assert!(ignored.is_empty(), "{ignored:?}");
        // As RPDB's own plugin for Jellyfin writes what a file has.
        let all = "badges=commonsensegold%2C4k%2C3d%2Cdolbyvisioncolor%2Ch265%2Caudio71";
        let (patch, ignored) = parse(all);
        assert!(ignored.is_empty(), "{ignored:?}");
        assert_eq!(patch.quality.map(|marks| marks.len()), Some(MAX_QUALITIES));
    }

    #[test]
    fn odd_values_are_named_and_change_nothing() {
        for query in [
            "score_thresholds=60,40,75",
            "score_thresholds=1,2",
            "score_thresholds=1,2,101",
            "score_colors=aa0000",
            "score_sources=imdb:0",
            "score_sources=nobody",
            "fontScale=0.4",
            "fontScale=2.01",
            "fontScale=NaN",
            "fontScale=1e30",
            "fontScale=-1",
            "label=this text is far too long for a badge",
            "country=DEU",
            "ratingBarColor=red",
            "ratingBarOpacity=101",
            "info=cast",
            "score=pie",
        ] {
            let (patch, ignored) = parse(query);
            assert_eq!(patch, BeyondPatch::default(), "{query}");
            assert_eq!(ignored.len(), 1, "{query}");
        }
    }

    #[test]
    fn weights_are_one_unless_given() {
        let (patch, _) = parse("score_sources=imdb:2,tomatoes-critics");
        let expected = [(RatingSource::Imdb, 2), (RatingSource::RottenTomatoes, 1)];
        let expected = expected.map(|(source, weight)| SourceWeight { source, weight });
        assert_eq!(patch.score_sources, Some(expected.to_vec()));
    }

    #[test]
    fn at_most_four_qualities_are_taken() {
        let (patch, ignored) = parse("quality=4k,hdr,dv,atmos,imax");
        assert_eq!((patch.quality.unwrap().len(), ignored), (4, vec!["quality"]));
    }

    proptest! {
        #[test]
        fn any_value_is_survived(value in ".{0,60}") {
            for name in ["info", "sash", "score_sources", "score_colors", "badges", "label", "fontScale", "quality"] {
                let mut patch = OptionsPatch::default();
                let encoded: String = url::form_urlencoded::byte_serialize(value.as_bytes()).collect();
                apply_query(&mut patch, &format!("{name}={encoded}"));
            }
        }
    }
}
