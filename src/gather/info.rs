//! Which facts a picture shows; pure.

use crate::model::{Country, Date, InfoItem, InfoKind, MAX_QUALITIES, Quality, TitleFacts};

/// Everything that the facts of a picture depend on.
#[derive(Clone, Copy, Debug)]
pub struct InfoFacts<'a> {
    pub facts: &'a TitleFacts,
    pub released: Option<Date>,
    /// The age that Common Sense Media advises, in years.
    pub age: Option<u8>,
    /// Whose certificate is drawn.
    pub country: Country,
    /// What the caller says of the file.
    pub quality: &'a [Quality],
    pub label: Option<&'a str>,
    pub today: Date,
}

/// The facts of `kinds` that are known, in their order; the caller's label last.
pub fn items(kinds: &[InfoKind], known: &InfoFacts<'_>) -> Vec<InfoItem> {
    let label = known.label.map(|text| InfoItem::Label(text.to_owned()));
    kinds.iter().flat_map(|kind| known.items_of(*kind)).chain(label).collect()
}

impl InfoFacts<'_> {
    fn items_of(&self, kind: InfoKind) -> Vec<InfoItem> {
        if kind == InfoKind::Quality {
            return self
                .quality
                .iter()
                .take(MAX_QUALITIES)
                .copied()
                .map(InfoItem::Quality)
                .collect();
        }
        self.item(kind).into_iter().collect()
    }

    fn item(&self, kind: InfoKind) -> Option<InfoItem> {
        let facts = self.facts;
        match kind {
            InfoKind::Certificate => {
                let (country, text) = facts.certificate(self.country)?;
                Some(InfoItem::Certificate { country, text: text.to_owned() })
            }
            InfoKind::Age => self.age.map(InfoItem::Age),
            InfoKind::Genre => {
                let genre = facts.genres.first()?;
                Some(InfoItem::Genre { id: genre.id, name: genre.name.clone() })
            }
            InfoKind::Year => self.released.map(|released| InfoItem::Year(released.year)),
            InfoKind::Runtime => facts.runtime_minutes.map(InfoItem::Runtime),
            InfoKind::Network => facts.networks.first().cloned().map(InfoItem::Network),
            InfoKind::Status => self.status(),
            InfoKind::Language => {
                let language = facts.original_language?;
                Some(InfoItem::Language(language.code().to_ascii_uppercase()))
            }
            InfoKind::Quality => None,
        }
    }

    /// The day on which a title comes out, while that is ahead; else how far it has come.
    fn status(&self) -> Option<InfoItem> {
        match self.released.filter(|released| *released > self.today) {
            Some(released) => Some(InfoItem::Out(released)),
            None => self.facts.status.map(InfoItem::Status),
        }
    }
}

/// Whether ratings of a title can exist: nobody has seen what is neither released nor in cinemas nor at home anywhere.
pub fn is_out(facts: &TitleFacts, released: Option<Date>, today: Date) -> bool {
    let cinemas = facts.releases.iter().filter_map(|release| release.in_cinemas);
    let mut known = cinemas.chain(facts.at_home).chain(released).peekable();
    // Without any date nothing speaks against it.
    known.peek().is_none() || known.any(|date| date <= today)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CountryRelease, Genre, ProductionStatus};

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn facts() -> TitleFacts {
        TitleFacts {
            genres: vec![
                Genre { id: 28, name: "Akció".into() },
                Genre { id: 18, name: "Dráma".into() },
            ],
            runtime_minutes: Some(136),
            status: Some(ProductionStatus::Released),
            networks: vec!["HBO".into()],
            original_language: "en".parse().ok(),
            releases: vec![CountryRelease {
                country: Country::US,
                certificate: Some("R".into()),
                in_cinemas: Some(day("1999-03-31")),
            }],
            ..TitleFacts::default()
        }
    }

    fn known(facts: &TitleFacts) -> InfoFacts<'_> {
        InfoFacts {
            facts,
            released: Some(day("1999-03-24")),
            age: None,
            country: "DE".parse().unwrap(),
            quality: &[Quality::Uhd, Quality::Atmos],
            label: None,
            today: day("2026-01-01"),
        }
    }

    #[test]
    fn facts_are_shown_in_the_order_asked_for_and_gaps_close() {
        let facts = facts();
        let kinds = [
            InfoKind::Year,
            InfoKind::Age,
            InfoKind::Quality,
            InfoKind::Genre,
            InfoKind::Certificate,
        ];
        let expected = [
            InfoItem::Year(1999),
            InfoItem::Quality(Quality::Uhd),
            InfoItem::Quality(Quality::Atmos),
            InfoItem::Genre { id: 28, name: "Akció".into() },
            InfoItem::Certificate { country: Country::US, text: "R".into() },
        ];
        assert_eq!(items(&kinds, &known(&facts)), expected);
        assert_eq!(items(&[], &known(&facts)), []);
    }

    #[test]
    fn a_label_stands_last_and_needs_no_list() {
        let facts = facts();
        let known = InfoFacts { label: Some("Rewatch"), ..known(&facts) };
        assert_eq!(items(&[], &known), [InfoItem::Label("Rewatch".into())]);
    }

    #[test]
    fn the_status_of_what_is_to_come_is_its_day() {
        let facts = TitleFacts { releases: Vec::new(), ..facts() };
        let ahead = InfoFacts { released: Some(day("2026-03-12")), ..known(&facts) };
        assert_eq!(items(&[InfoKind::Status], &ahead), [InfoItem::Out(day("2026-03-12"))]);
        assert!(!is_out(&facts, ahead.released, ahead.today));
        assert!(is_out(&facts, None, ahead.today), "no date speaks against it");
        let shown = TitleFacts { at_home: Some(day("2025-12-31")), ..facts.clone() };
        assert!(is_out(&shown, ahead.released, ahead.today), "it can be seen already");
    }
}
