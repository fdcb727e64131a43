//! Which file is whose, and which of its awards count.

use crate::model::AwardBody;

use super::super::build::SourceFile;

/// The largest file had 0.8 MB in 2026.
const MAX_BYTES: u64 = 5 << 20;

/// The award bodies in the order of [`PARTS`].
pub(super) const BODIES: [AwardBody; 7] = [
    AwardBody::Oscar,
    AwardBody::Emmy,
    AwardBody::GoldenGlobe,
    AwardBody::Bafta,
    AwardBody::Cannes,
    AwardBody::Venice,
    AwardBody::Berlin,
];

/// The files, named by IMDb's number of the event (`event_ids.yml` of the list's repository).
///
/// The first two are drawn on posters by default; a mirror may lack the others.
pub(super) const PARTS: [SourceFile; 7] = [
    part("ev0000003.yml", false),
    part("ev0000223.yml", false),
    part("ev0000292.yml", true),
    part("ev0000123.yml", true),
    part("ev0000147.yml", true),
    part("ev0000681.yml", true),
    part("ev0000091.yml", true),
];

const fn part(name: &'static str, optional: bool) -> SourceFile {
    SourceFile { name, limit_bytes: MAX_BYTES, optional }
}

/// The number written into kept files; one once given is never given again.
pub(super) fn number(body: AwardBody) -> u8 {
    match body {
        AwardBody::Oscar => 1,
        AwardBody::Emmy => 2,
        AwardBody::GoldenGlobe => 3,
        AwardBody::Bafta => 4,
        AwardBody::Cannes => 5,
        AwardBody::Venice => 6,
        AwardBody::Berlin => 7,
    }
}

/// Words of prizes that nobody competes for. Whole phrases, since "special" alone also
/// names competitive ones (`best effects, special effects`, `outstanding variety special`).
const HONORARY: [&str; 13] = [
    "honorary",
    "juvenile award",
    "special achievement award",
    "special award",
    "technical achievement award",
    "scientific and",
    "thalberg",
    "hersholt",
    "lifetime",
    "career",
    "demille",
    "fellowship",
    "special mention",
];

/// Awards that BAFTA gives under a person's or another body's name, beside the plain ones.
const BAFTA_NAMED: [&str; 6] = [
    "alexander korda award for best british film",
    "anthony asquith award for film music",
    "david lean award for direction",
    "flaherty documentary award",
    "flaherty documentary award (tv)",
    "un award",
];

/// Until 1963 the main prize of Cannes was at times the Grand Prize of the Festival. In 1964 the
/// list goes over to the Palme d'Or for good, and later uses the old name for a second prize.
const LAST_CANNES_GRAND_PRIZE: u16 = 1963;

/// Whether winning `category` of `award` is a win of `body`'s prize. Names are in lower case.
///
/// For the festivals it is the main prize for a feature film, not one of the dozens of others.
pub(super) fn counts(body: AwardBody, year: u16, award: &str, category: &str) -> bool {
    if HONORARY.iter().any(|words| category.contains(words)) {
        return false;
    }
    match body {
        AwardBody::Oscar => award == "oscar",
        AwardBody::Emmy => award == "primetime emmy",
        AwardBody::GoldenGlobe => award == "golden globe",
        AwardBody::Bafta => {
            matches!(award, "bafta film award" | "bafta tv award") || BAFTA_NAMED.contains(&award)
        }
        AwardBody::Cannes => {
            let main = award == "palme d'or"
                || award == "grand prize of the festival" && year <= LAST_CANNES_GRAND_PRIZE;
            main && !category.contains("short")
        }
        AwardBody::Venice => award == "golden lion" && !category.contains("short"),
        AwardBody::Berlin => {
            award == "golden berlin bear"
                && !category.contains("short")
                && category != "audience poll"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_oscar_award_is_an_oscar() {
        let oscar = |award, category| counts(AwardBody::Oscar, 2000, award, category);
        assert!(oscar("oscar", "best picture"));
        assert!(oscar("oscar", "best effects, special visual effects"));
        assert!(oscar("oscar", "best effects, engineering effects"));
        for award in [
            "honorary award",
            "juvenile award",
            "special achievement award",
            "technical achievement award",
            "oscars cheer moment",
            "oscars fan favorite",
        ] {
            assert!(!oscar(award, award), "{award}");
        }
        // Not so filed today, but an honorary prize would be one under any heading.
        assert!(!oscar("oscar", "honorary award"));
        assert!(!oscar("oscar", "special achievement award (visual effects)"));
    }

    #[test]
    fn only_the_primetime_emmy_is_an_emmy() {
        let emmy = |award, category| counts(AwardBody::Emmy, 2000, award, category);
        assert!(emmy("primetime emmy", "outstanding variety special (live)"));
        assert!(emmy(
            "primetime emmy",
            "outstanding individual achievement - creative special achievement"
        ));
        assert!(!emmy("governor's award", "governor's award"));
        assert!(!emmy("trustees award", "trustees award"));
    }

    #[test]
    fn at_festivals_only_the_main_prize_counts() {
        let cannes = |year, award, category| counts(AwardBody::Cannes, year, award, category);
        assert!(cannes(2023, "palme d'or", "palme d'or"));
        assert!(cannes(1946, "grand prize of the festival", "feature film"));
        assert!(!cannes(1951, "grand prize of the festival", "short film"));
        assert!(!cannes(2023, "grand prize of the festival", "grand prize of the festival"));
        assert!(!cannes(2023, "palme d'or - best short film", "palme d'or - best short film"));
        assert!(counts(AwardBody::Venice, 2024, "golden lion", "best film"));
        assert!(!counts(AwardBody::Venice, 2024, "silver lion", "best director"));
        assert!(counts(AwardBody::Berlin, 2025, "golden berlin bear", "best film"));
        assert!(!counts(AwardBody::Berlin, 2025, "golden berlin bear", "best short film"));
    }

    #[test]
    fn bafta_is_for_film_and_television_and_not_for_games() {
        let bafta = |award| counts(AwardBody::Bafta, 2024, award, "best film");
        assert!(bafta("bafta film award") && bafta("bafta tv award") && bafta("un award"));
        assert!(!bafta("bafta games award") && !bafta("p&o cruises memorable moment"));
    }

    #[test]
    fn every_body_has_its_file_and_number() {
        let mut numbers: Vec<u8> = BODIES.into_iter().map(number).collect();
        numbers.dedup();
        assert_eq!(numbers.len(), AwardBody::ALL.len());
        assert_eq!(PARTS.len(), BODIES.len());
    }
}
