//! Our own words in fifteen languages: statuses, sashes, seasons, dates and numbers. One row a phrase,
//! one cell a language; a missing cell does not compile.

use serde::Serialize;

use crate::model::Language;

/// Languages of the table, in the order of its cells.
const LANGUAGES: [&str; 15] =
    ["en", "de", "fr", "es", "it", "pt", "nl", "pl", "cs", "sv", "da", "no", "fi", "tr", "ru"];

macro_rules! phrases {
    ($($(#[$doc:meta])* $name:ident = [$($cell:literal),+ $(,)?];)+) => {
        /// A phrase of ours; `{}` in its cells is where a number or a date goes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Phrase { $($(#[$doc])* $name),+ }

        impl Phrase {
            pub const ALL: [Self; [$(stringify!($name)),+].len()] = [$(Self::$name),+];

            const fn cells(self) -> &'static [&'static str; LANGUAGES.len()] {
                match self { $(Self::$name => &[$($cell),+]),+ }
            }
        }
    };
}

phrases! {
    /// A series that goes on.
    Returning = [
        "Returning", "Wird fortgesetzt", "En cours", "En emisión", "In corso", "Em exibição",
        "Loopt nog", "W trakcie emisji", "Pokračuje", "Fortsätter", "Fortsætter", "Fortsetter",
        "Jatkuu", "Devam ediyor", "Продолжается",
    ];
    Ended = [
        "Ended", "Beendet", "Terminée", "Finalizada", "Conclusa", "Finalizada", "Afgelopen",
        "Zakończony", "Ukončeno", "Avslutad", "Afsluttet", "Avsluttet", "Päättynyt",
        "Sona erdi", "Завершён",
    ];
    Cancelled = [
        "Cancelled", "Abgesetzt", "Annulée", "Cancelada", "Cancellata", "Cancelada",
        "Stopgezet", "Anulowany", "Zrušeno", "Nedlagd", "Aflyst", "Kansellert", "Peruttu",
        "İptal edildi", "Отменён",
    ];
    InProduction = [
        "In production", "In Produktion", "En production", "En producción", "In produzione",
        "Em produção", "In productie", "W produkcji", "Ve výrobě", "I produktion",
        "I produktion", "I produksjon", "Tuotannossa", "Yapım aşamasında", "В производстве",
    ];
    PostProduction = [
        "Post-production", "Postproduktion", "Postproduction", "Posproducción",
        "Post-produzione", "Pós-produção", "Postproductie", "Postprodukcja", "Postprodukce",
        "Efterarbete", "Efterarbejde", "Etterarbeid", "Jälkituotannossa", "Yapım sonrası",
        "Постпродакшн",
    ];
    Planned = [
        "Planned", "Geplant", "Prévu", "Previsto", "In programma", "Previsto", "Gepland",
        "Planowany", "Plánováno", "Planerad", "Planlagt", "Planlagt", "Suunnitteilla",
        "Planlandı", "Запланирован",
    ];
    Rumoured = [
        "Rumoured", "Gerücht", "Rumeur", "Rumor", "Indiscrezione", "Rumor", "Gerucht",
        "Plotka", "Spekulace", "Rykte", "Rygte", "Rykte", "Huhu", "Söylenti", "Слухи",
    ];
    Pilot = [
        "Pilot", "Pilot", "Pilote", "Piloto", "Pilot", "Piloto", "Pilot", "Pilot", "Pilot",
        "Pilot", "Pilot", "Pilot", "Pilotti", "Pilot", "Пилот",
    ];
    Released = [
        "Released", "Erschienen", "Sorti", "Estrenada", "Uscito", "Lançado", "Uitgebracht",
        "Premiera odbyta", "Vydáno", "Släppt", "Udgivet", "Utgitt", "Julkaistu", "Yayınlandı",
        "Вышел",
    ];
    NewSeason = [
        "New season", "Neue Staffel", "Nouvelle saison", "Nueva temporada", "Nuova stagione",
        "Nova temporada", "Nieuw seizoen", "Nowy sezon", "Nová řada", "Ny säsong", "Ny sæson",
        "Ny sesong", "Uusi kausi", "Yeni sezon", "Новый сезон",
    ];
    Premiere = [
        "Premiere", "Premiere", "Première", "Estreno", "Première", "Estreia", "Première",
        "Premiera", "Premiéra", "Premiär", "Premiere", "Premiere", "Ensi-ilta", "Gala",
        "Премьера",
    ];
    InCinemas = [
        "In cinemas", "Im Kino", "Au cinéma", "En cines", "Al cinema", "Nos cinemas",
        "In de bioscoop", "W kinach", "V kinech", "På bio", "I biografen", "På kino",
        "Teattereissa", "Sinemalarda", "В кино",
    ];
    Festival = [
        "Festival", "Festival", "Festival", "Festival", "Festival", "Festival", "Festival",
        "Festiwal", "Festival", "Festival", "Festival", "Festival", "Festivaali", "Festival",
        "Фестиваль",
    ];
    /// Season 0 of a series.
    Specials = [
        "Specials", "Specials", "Épisodes spéciaux", "Especiales", "Speciali", "Especiais",
        "Specials", "Odcinki specjalne", "Speciály", "Specialavsnitt", "Specialafsnit",
        "Spesialepisoder", "Erikoisjaksot", "Özel bölümler", "Спецвыпуски",
    ];
    /// With its number.
    Season = [
        "Season {}", "Staffel {}", "Saison {}", "Temporada {}", "Stagione {}", "Temporada {}",
        "Seizoen {}", "Sezon {}", "{}. řada", "Säsong {}", "Sæson {}", "Sesong {}", "Kausi {}",
        "{}. Sezon", "Сезон {}",
    ];
    /// With a runtime.
    Minutes = [
        "{} min", "{} Min.", "{} min", "{} min", "{} min", "{} min", "{} min", "{} min",
        "{} min", "{} min", "{} min", "{} min", "{} min", "{} dk", "{} мин",
    ];
    /// With the date of a title that is not yet out.
    Out = [
        "Out {}", "Ab {}", "Sortie {}", "Estreno {}", "Dal {}", "Estreia {}", "Vanaf {}",
        "Od {}", "Od {}", "Ute {}", "Ude {}", "Ute {}", "Tulossa {}", "Çıkış {}", "Выход {}",
    ];
    /// With the date of the next episode.
    Returns = [
        "Returns {}", "Zurück {}", "Retour {}", "Vuelve {}", "Torna {}", "Volta {}",
        "Terug {}", "Wraca {}", "Pokračuje {}", "Åter {}", "Tilbage {}", "Tilbake {}",
        "Palaa {}", "Dönüş {}", "Снова {}",
    ];
    /// With the place.
    Trending = [
        "Trending #{}", "Im Trend #{}", "Tendance #{}", "Tendencia #{}", "Di tendenza #{}",
        "Em alta #{}", "Trending #{}", "Na czasie #{}", "Trendy #{}", "Trendar #{}",
        "Populær #{}", "Trender #{}", "Nousussa #{}", "Trend #{}", "В тренде #{}",
    ];
    /// With the place.
    Top250 = [
        "Top 250 #{}", "Top 250 #{}", "Top 250 #{}", "Top 250 #{}", "Top 250 #{}",
        "Top 250 #{}", "Top 250 #{}", "Top 250 #{}", "Top 250 #{}", "Topp 250 #{}",
        "Top 250 #{}", "Topp 250 #{}", "Top 250 #{}", "İlk 250 #{}", "Топ-250 #{}",
    ];
}

/// How a language writes dates and numbers.
struct Notation {
    /// Between the day and the month.
    after_day: &'static str,
    /// Between the month and a year.
    after_month: &'static str,
    /// Between thousands; a no-break space where it is one.
    thousands: &'static str,
    months: [&'static str; 12],
}

const NOTATIONS: [Notation; LANGUAGES.len()] = [
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: ",",
        months: [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ],
    },
    Notation {
        after_day: ". ",
        after_month: " ",
        thousands: ".",
        months: [
            "Jan", "Feb", "März", "Apr", "Mai", "Juni", "Juli", "Aug", "Sept", "Okt", "Nov", "Dez",
        ],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: "\u{a0}",
        months: [
            "janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.",
            "nov.", "déc.",
        ],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: ".",
        months: [
            "ene", "feb", "mar", "abr", "may", "jun", "jul", "ago", "sept", "oct", "nov", "dic",
        ],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: ".",
        months: [
            "gen", "feb", "mar", "apr", "mag", "giu", "lug", "ago", "set", "ott", "nov", "dic",
        ],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: ".",
        months: [
            "jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez",
        ],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: ".",
        months: [
            "jan", "feb", "mrt", "apr", "mei", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
        ],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: "\u{a0}",
        months: [
            "sty", "lut", "mar", "kwi", "maj", "cze", "lip", "sie", "wrz", "paź", "lis", "gru",
        ],
    },
    Notation {
        after_day: ". ",
        after_month: " ",
        thousands: "\u{a0}",
        months: ["1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.", "9.", "10.", "11.", "12."],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: "\u{a0}",
        months: [
            "jan", "feb", "mars", "apr", "maj", "juni", "juli", "aug", "sep", "okt", "nov", "dec",
        ],
    },
    Notation {
        after_day: ". ",
        after_month: " ",
        thousands: ".",
        months: [
            "jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec",
        ],
    },
    Notation {
        after_day: ". ",
        after_month: " ",
        thousands: "\u{a0}",
        months: [
            "jan", "feb", "mars", "apr", "mai", "juni", "juli", "aug", "sep", "okt", "nov", "des",
        ],
    },
    Notation {
        after_day: ".",
        after_month: "",
        thousands: "\u{a0}",
        months: ["1.", "2.", "3.", "4.", "5.", "6.", "7.", "8.", "9.", "10.", "11.", "12."],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: ".",
        months: [
            "Oca", "Şub", "Mar", "Nis", "May", "Haz", "Tem", "Ağu", "Eyl", "Eki", "Kas", "Ara",
        ],
    },
    Notation {
        after_day: " ",
        after_month: " ",
        thousands: "\u{a0}",
        months: [
            "янв", "фев", "мар", "апр", "мая", "июн", "июл", "авг", "сен", "окт", "ноя", "дек",
        ],
    },
];

/// Writes our words in a language of the table, English where it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Wording(usize);

impl Wording {
    pub fn of(language: Language) -> Self {
        let code = match language.code() {
            // The two written forms of Norwegian share their words here.
            "nb" | "nn" => "no",
            code => code,
        };
        Self(LANGUAGES.iter().position(|known| *known == code).unwrap_or(0))
    }

    /// A phrase without a hole.
    pub fn word(self, phrase: Phrase) -> &'static str {
        phrase.cells()[self.0]
    }

    /// A phrase with `part` in its hole.
    pub fn with(self, phrase: Phrase, part: &str) -> String {
        self.word(phrase).replacen("{}", part, 1)
    }

    /// `12 Mar`, with the year where it is given; `None` for what is no day of a calendar.
    pub fn date(self, (day, month): (u8, u8), year: Option<u16>) -> Option<String> {
        let notation = &NOTATIONS[self.0];
        let name = notation.months.get(usize::from(month).checked_sub(1)?)?;
        if !(1..=31).contains(&day) {
            return None;
        }
        let date = format!("{day}{}{name}", notation.after_day);
        Some(match year {
            Some(year) => format!("{date}{}{year}", notation.after_month),
            None => date,
        })
    }

    /// A whole number in groups of three digits.
    pub fn number(self, number: u64) -> String {
        let digits = number.to_string();
        let mut written = String::with_capacity(digits.len() + 8);
        for (place, digit) in digits.chars().enumerate() {
            if place > 0 && (digits.len() - place).is_multiple_of(3) {
                written.push_str(NOTATIONS[self.0].thousands);
            }
            written.push(digit);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(code: &str) -> Wording {
        Wording::of(code.parse().unwrap())
    }

    #[test]
    fn every_cell_is_filled_and_has_its_phrases_hole() {
        for phrase in Phrase::ALL {
            let hole = phrase.cells()[0].contains("{}");
            for (cell, language) in phrase.cells().iter().zip(LANGUAGES) {
                assert!(!cell.trim().is_empty(), "{phrase:?} in {language}");
                assert_eq!(
                    cell.matches("{}").count(),
                    usize::from(hole),
                    "{phrase:?} in {language}"
                );
            }
        }
        for notation in &NOTATIONS {
            assert!(notation.months.iter().all(|month| !month.is_empty()));
            assert!(!notation.thousands.is_empty());
        }
    }

    #[test]
    fn dates_and_numbers_follow_the_language() {
        let date = |code| wording(code).date((12, 3), None).unwrap();
        assert_eq!(
            ["en", "de", "fi", "cs", "ru"].map(date),
            ["12 Mar", "12. März", "12.3.", "12. 3.", "12 мар"]
        );
        assert_eq!(wording("de").date((1, 12), Some(2027)).unwrap(), "1. Dez 2027");
        assert_eq!(wording("en").date((1, 13), None), None);
        assert_eq!(wording("en").date((0, 1), None), None);
        assert_eq!(wording("en").number(1_234_567), "1,234,567");
        assert_eq!(wording("pl").number(25_000), "25\u{a0}000");
        assert_eq!(wording("de").number(250), "250");
    }

    #[test]
    fn a_language_without_words_is_written_in_english() {
        assert_eq!(wording("ja").word(Phrase::Ended), "Ended");
        assert_eq!(wording("nb").with(Phrase::Season, "2"), "Sesong 2");
        assert_eq!(wording("pt-BR").with(Phrase::Out, "12 mar"), "Estreia 12 mar");
    }
}
