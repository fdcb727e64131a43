//! Certificates as people know them from the screens of their country. All forms are simple shapes of our
//! own in the colour that stands for an age; where a country's board has none, a plain frame.

use super::Symbol;
use super::theme::Colour;
use crate::model::Country;

/// One colour of one country's board.
struct Row {
    country: &'static str,
    texts: &'static [&'static str],
    symbol: Symbol,
    fill: Colour,
}

const GREEN: Colour = [0x0E, 0x7D, 0x3B];
const YELLOW: Colour = [0xFF, 0xD2, 0x1F];
const ORANGE: Colour = [0xF5, 0x82, 0x20];
const RED: Colour = [0xD6, 0x1F, 0x26];
const BLUE: Colour = [0x0B, 0x6A, 0xB4];
const BLACK: Colour = [0x16, 0x17, 0x1A];
const PAPER: Colour = [0xF4, 0xF5, 0xF7];

const fn row(
    country: &'static str,
    texts: &'static [&'static str],
    symbol: Symbol,
    fill: Colour,
) -> Row {
    Row { country, texts, symbol, fill }
}

/// Colours by the boards' own guides: FSK, BBFC, Classificação Indicativa, Australian Classification,
/// ICAA, New Zealand's labels, and Arcom's discs.
const ROWS: &[Row] = &[
    row("DE", &["0"], Symbol::Plate, PAPER),
    row("DE", &["6"], Symbol::Plate, YELLOW),
    row("DE", &["12"], Symbol::Plate, GREEN),
    row("DE", &["16"], Symbol::Plate, BLUE),
    row("DE", &["18"], Symbol::Plate, RED),
    row("GB", &["U"], Symbol::Triangle, GREEN),
    row("GB", &["PG"], Symbol::Triangle, YELLOW),
    row("GB", &["12", "12A"], Symbol::Disc, ORANGE),
    row("GB", &["15"], Symbol::Disc, [0xCF, 0x2C, 0x78]),
    row("GB", &["18"], Symbol::Disc, RED),
    row("GB", &["R18"], Symbol::Disc, BLUE),
    row("BR", &["L", "AL"], Symbol::Plate, GREEN),
    row("BR", &["10", "A10"], Symbol::Plate, BLUE),
    row("BR", &["12", "A12"], Symbol::Plate, YELLOW),
    row("BR", &["14", "A14"], Symbol::Plate, ORANGE),
    row("BR", &["16", "A16"], Symbol::Plate, RED),
    row("BR", &["18", "A18"], Symbol::Plate, BLACK),
    row("AU", &["G"], Symbol::Plate, GREEN),
    row("AU", &["PG"], Symbol::Plate, YELLOW),
    row("AU", &["M"], Symbol::Plate, BLUE),
    row("AU", &["MA15+", "MA 15+", "AV15+"], Symbol::Plate, RED),
    row("AU", &["R18+", "R 18+", "X18+"], Symbol::Plate, BLACK),
    row("ES", &["A", "APTA", "TP", "AI"], Symbol::Disc, GREEN),
    row("ES", &["7", "7I"], Symbol::Disc, BLUE),
    row("ES", &["10", "12"], Symbol::Disc, YELLOW),
    row("ES", &["13", "16"], Symbol::Disc, ORANGE),
    row("ES", &["18"], Symbol::Disc, RED),
    row("NZ", &["G"], Symbol::Plate, GREEN),
    row("NZ", &["PG", "M"], Symbol::Plate, YELLOW),
    row("NZ", &["R", "R13", "R15", "R16", "R18", "RP13", "RP16", "RP18"], Symbol::Plate, RED),
    row("FR", &["10", "12", "16", "18"], Symbol::Disc, PAPER),
];

/// The shape and the fill of a certificate; `None` where it is a plain frame.
pub(super) fn form(country: Country, text: &str) -> Option<(Symbol, Colour)> {
    let found = ROWS.iter().find(|row| {
        row.country == country.code() && row.texts.iter().any(|t| t.eq_ignore_ascii_case(text))
    });
    found.map(|row| (row.symbol, row.fill))
}

/// What is written: the board's text without its own name, and a minus where the screen has one.
pub(super) fn text(country: Country, given: &str) -> String {
    let text = given.trim();
    let text = text.strip_prefix("FSK ").unwrap_or(text);
    match country.code() {
        "FR" if text.bytes().all(|byte| byte.is_ascii_digit()) => format!("-{text}"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::facts::contrast;
    use crate::plan::theme;

    fn country(code: &str) -> Country {
        code.parse().unwrap()
    }

    #[test]
    fn a_board_without_colours_has_a_frame() {
        assert_eq!(form(country("DE"), "16"), Some((Symbol::Plate, BLUE)));
        assert_eq!(form(country("GB"), "u"), Some((Symbol::Triangle, GREEN)));
        for (code, text) in [("US", "PG-13"), ("US", "TV-MA"), ("DE", "15"), ("JP", "R15+")] {
            assert_eq!(form(country(code), text), None, "{code} {text}");
        }
        assert_eq!(text(country("DE"), " FSK 16 "), "16");
        assert_eq!(text(country("FR"), "12"), "-12");
        assert_eq!(text(country("FR"), "TP"), "TP");
    }

    #[test]
    fn every_row_is_read_once_and_reads() {
        for (place, row) in ROWS.iter().enumerate() {
            assert!(contrast(row.fill, theme::ink_on(row.fill)) >= 4.5, "{:?}", row.texts);
            for text in row.texts {
                let twice = ROWS[..place]
                    .iter()
                    .any(|other| other.country == row.country && other.texts.contains(text));
                assert!(!twice, "{} {text}", row.country);
            }
        }
    }
}
