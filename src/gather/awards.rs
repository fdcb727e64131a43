//! Awards: read from a provider's sentence, merged with the public lists; pure.

use crate::model::{Award, AwardBody, AwardOrigin, AwardResult, Provider};

/// Reads what `provider` says of awards: the first sentence names the most important
/// award won, or else nominated for; the rest counts all others together.
///
/// `Won 7 Oscars. 21 wins & 41 nominations total` is 7 Oscars;
/// `Nominated for 2 Oscars. 13 wins & 22 nominations total` is none won.
pub fn parse(text: &str, provider: Provider) -> Vec<Award> {
    let mut awards: Vec<Award> = Vec::new();
    for award in text.split('.').filter_map(|text| sentence(text, provider)) {
        let known = awards.iter().any(|a| a.body == award.body && a.result == award.result);
        if !known {
            awards.push(award);
        }
    }
    awards
}

/// Reads `Won 7 Oscars`, `Nominated for 2 Primetime Emmys`.
fn sentence(text: &str, provider: Provider) -> Option<Award> {
    let mut words = text.split_ascii_whitespace();
    let result = match words.next()?.to_ascii_lowercase().as_str() {
        "won" => AwardResult::Won,
        "nominated" => {
            words.next().filter(|word| word.eq_ignore_ascii_case("for"))?;
            AwardResult::Nominated
        }
        _ => return None,
    };
    let count = words.next()?.parse().ok().filter(|count| *count > 0)?;
    let name = words.collect::<Vec<_>>().join(" ").to_ascii_lowercase();
    Some(Award { body: body(&name)?, result, count, origin: AwardOrigin::Provider(provider) })
}

/// The awards that sentences name. Daytime and International Emmys are other prizes.
fn body(name: &str) -> Option<AwardBody> {
    let is = |start: &str| name.starts_with(start);
    if is("oscar") || is("academy award") {
        Some(AwardBody::Oscar)
    } else if is("primetime emmy") || is("emmy") {
        Some(AwardBody::Emmy)
    } else if is("golden globe") {
        Some(AwardBody::GoldenGlobe)
    } else if is("bafta") {
        Some(AwardBody::Bafta)
    } else {
        None
    }
}

/// What the public award lists say of one title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ListedAwards<'a> {
    /// The bodies whose list is loaded: a title that is not on it has won nothing there.
    pub covered: &'a [AwardBody],
    pub awards: &'a [Award],
}

/// Two origins that do not agree whether, or how often, an award was won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Disagreement {
    pub body: AwardBody,
    /// Won how often, as the lists have it; 0 for not at all.
    pub lists: u16,
    /// The same in a provider's sentence, and whose it is.
    pub text: u16,
    pub origin: AwardOrigin,
}

/// The outcome of a merge.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MergedAwards {
    /// At most one per body and result, in the order of [`AwardBody::ALL`], wins first.
    pub awards: Vec<Award>,
    pub disagreements: Vec<Disagreement>,
}

/// Joins the lists with a provider's sentence. A loaded list has the last word on its
/// award, even where it names no win: the text counts honorary awards, too.
///
/// `text` is `None` where none was asked or gave one, which is no disagreement.
pub fn merge(lists: &ListedAwards<'_>, text: Option<&[Award]>) -> MergedAwards {
    let mut merged = MergedAwards::default();
    for body in AwardBody::ALL {
        let covered = lists.covered.contains(&body);
        let listed = || lists.awards.iter().filter(move |award| award.body == body);
        let told = || text.unwrap_or_default().iter().filter(move |award| award.body == body);
        for result in [AwardResult::Won, AwardResult::Nominated] {
            let from_lists = listed().find(|award| award.result == result);
            let from_text = told().find(|award| award.result == result).filter(|_| !covered);
            merged.awards.extend(from_lists.or(from_text));
        }
        let (lists, text) = (wins(listed()), wins(told()));
        // The text names one award only, so its silence on another says nothing.
        if let Some(Award { origin, .. }) = told().next().filter(|_| covered && lists != text) {
            merged.disagreements.push(Disagreement { body, lists, text, origin: *origin });
        }
    }
    merged
}

fn wins<'a>(awards: impl Iterator<Item = &'a Award>) -> u16 {
    awards
        .filter(|award| award.result == AwardResult::Won)
        .map(|award| award.count)
        .max()
        .unwrap_or(0)
}

/// Whether the title won an award of this body: a nomination shows nothing.
pub fn has_won(awards: &[Award], body: AwardBody) -> bool {
    awards.iter().any(|award| award.body == body && award.result == AwardResult::Won)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OMDB: AwardOrigin = AwardOrigin::Provider(Provider::OMDB);
    use AwardBody::{Bafta, Emmy, GoldenGlobe, Oscar};
    use AwardResult::{Nominated, Won};

    fn award(body: AwardBody, result: AwardResult, count: u16, origin: AwardOrigin) -> Award {
        Award { body, result, count, origin }
    }

    #[test]
    fn wins_and_nominations_are_told_apart() {
        let table = [
            ("Won 7 Oscars. 21 wins & 41 nominations total", Some((Oscar, Won, 7))),
            ("Won 1 Oscar. Another 37 wins & 79 nominations.", Some((Oscar, Won, 1))),
            ("Won 6 Oscars. Another 39 wins & 28 nominations.", Some((Oscar, Won, 6))),
            ("Nominated for 2 Oscars. 13 wins & 22 nominations total", Some((Oscar, Nominated, 2))),
            ("Nominated for 1 Oscar. Another 3 wins.", Some((Oscar, Nominated, 1))),
            ("Won 22 Primetime Emmys. 122 wins & 384 nominations total", Some((Emmy, Won, 22))),
            ("Nominated for 1 Primetime Emmy. 2 nominations total", Some((Emmy, Nominated, 1))),
            ("Won 2 Golden Globes. 9 wins", Some((GoldenGlobe, Won, 2))),
            ("Won 3 BAFTA Film Awards. 12 wins", Some((Bafta, Won, 3))),
            ("Won 1 BAFTA TV Award", Some((Bafta, Won, 1))),
            ("won 7 oscars", Some((Oscar, Won, 7))),
            ("Won 1 Daytime Emmy. 3 wins", None),
            ("Won 0 Oscars.", None),
            ("Won Oscars", None),
            ("Won 99999999 Oscars", None),
            ("21 wins & 41 nominations total", None),
            ("1 win.", None),
            ("Nominated", None),
            ("Nominated 2 Oscars", None),
            ("N/A", None),
            ("", None),
        ];
        for (text, expected) in table {
            let found: Vec<_> =
                parse(text, Provider::OMDB).iter().map(|a| (a.body, a.result, a.count)).collect();
            assert_eq!(found, Vec::from_iter(expected), "{text}");
        }
    }

    #[test]
    fn a_nomination_shows_nothing() {
        assert!(has_won(&parse("Won 7 Oscars.", Provider::OMDB), Oscar));
        assert!(!has_won(&parse("Won 7 Oscars.", Provider::OMDB), Emmy));
        assert!(!has_won(&parse("Nominated for 2 Oscars. 13 wins", Provider::OMDB), Oscar));
    }

    #[test]
    fn a_loaded_list_has_the_last_word() {
        let text = parse("Won 1 Oscar. Another 3 wins.", Provider::OMDB);
        let lists = ListedAwards { covered: &[Oscar, Emmy], awards: &[] };
        let merged = merge(&lists, Some(&text));
        assert_eq!(merged.awards, []);
        assert_eq!(
            merged.disagreements,
            [Disagreement { body: Oscar, lists: 0, text: 1, origin: OMDB }]
        );
    }

    #[test]
    fn counts_that_differ_are_a_disagreement_and_the_list_wins() {
        let text = parse("Won 7 Oscars. 21 wins", Provider::OMDB);
        let listed = [award(Oscar, Won, 6, AwardOrigin::Lists)];
        let merged = merge(&ListedAwards { covered: &[Oscar], awards: &listed }, Some(&text));
        assert_eq!(merged.awards, listed);
        assert_eq!(
            merged.disagreements,
            [Disagreement { body: Oscar, lists: 6, text: 7, origin: OMDB }]
        );
    }

    #[test]
    fn agreement_and_silence_are_no_disagreement() {
        let listed =
            [award(Oscar, Won, 7, AwardOrigin::Lists), award(Emmy, Won, 2, AwardOrigin::Lists)];
        let lists = ListedAwards { covered: &[Oscar, Emmy], awards: &listed };
        let merged = merge(&lists, Some(&parse("Won 7 Oscars. 21 wins", Provider::OMDB)));
        assert_eq!(merged, MergedAwards { awards: listed.to_vec(), disagreements: vec![] });
        assert_eq!(merge(&lists, None).disagreements, []);
    }

    #[test]
    fn a_nomination_in_the_text_denies_a_listed_win() {
        let listed = [award(Oscar, Won, 1, AwardOrigin::Lists)];
        let lists = ListedAwards { covered: &[Oscar], awards: &listed };
        let merged = merge(&lists, Some(&parse("Nominated for 2 Oscars.", Provider::OMDB)));
        assert_eq!(merged.awards, listed);
        assert_eq!(
            merged.disagreements,
            [Disagreement { body: Oscar, lists: 1, text: 0, origin: OMDB }]
        );
    }

    #[test]
    fn without_a_list_the_text_is_believed() {
        let text = parse("Won 7 Oscars. 21 wins", Provider::OMDB);
        assert_eq!(merge(&ListedAwards::default(), Some(&text)).awards, text);
        let emmys = ListedAwards { covered: &[Emmy], awards: &[] };
        assert_eq!(merge(&emmys, Some(&text)).awards, text);
        assert_eq!(merge(&emmys, None), MergedAwards::default());
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "(Won|Nominated for|won|[ 0-9.&]|Oscar|.){0,30}") {
            prop_assert!(parse(&text, Provider::OMDB).iter().all(|award| award.count > 0));
        }

        #[test]
        fn a_written_count_is_read_back(count in 1_u16.., won in any::<bool>()) {
            let verb = if won { "Won" } else { "Nominated for" };
            let awards = parse(&format!("{verb} {count} Primetime Emmys. 9 wins & 2 nominations total"), Provider::OMDB);
            let result = if won { Won } else { Nominated };
            prop_assert_eq!(awards, [award(Emmy, result, count, OMDB)]);
        }
    }
}
