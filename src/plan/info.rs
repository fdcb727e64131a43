//! Facts of a title: what is written of each, and in which form.

use super::certificate;
use super::genres::english_genre;
use super::layout::InfoStrip;
use super::theme::{self, Colour};
use super::words::Phrase;
use super::{Measure, Symbol};
use crate::model::{Country, InfoItem, LabelStyle, ProductionStatus};

/// One fact, ready to be set.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct InfoText {
    /// As explain calls it: the word of `info`, of marks of quality with their own.
    pub(super) id: String,
    pub(super) text: String,
    pub(super) form: Form,
}

/// What stands around a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Form {
    Plain,
    /// A line around it in the colour of the text.
    Outline(Symbol),
    /// A filled shape beneath it, and the colour that reads on it.
    Filled {
        symbol: Symbol,
        fill: Colour,
        ink: Colour,
    },
}

impl Form {
    fn filled(symbol: Symbol, fill: Colour) -> Self {
        Self::Filled { symbol, fill, ink: theme::ink_on(fill) }
    }
}

/// Light, so that what the file is reads as a stamp beside what the title is.
const QUALITY_FILL: Colour = [222, 225, 231];

/// Everything of `items` that the typefaces can write.
pub(super) fn texts(items: &[InfoItem], strip: &InfoStrip, measure: &dyn Measure) -> Vec<InfoText> {
    items.iter().filter_map(|item| text_of(item, strip, measure)).collect()
}

fn text_of(item: &InfoItem, strip: &InfoStrip, measure: &dyn Measure) -> Option<InfoText> {
    let words = strip.wording;
    let plain = |name: &str, text: String| (name.to_owned(), text, Form::Plain);
    let (id, text, form) = match item {
        InfoItem::Certificate { country, text } => certificate_of(*country, text, strip),
        InfoItem::Age(years) => {
            ("age".into(), format!("{years}+"), outline(strip, Symbol::Capsule))
        }
        InfoItem::Genre { id, name } => {
            let known = measure.can_draw(name).then_some(name.as_str());
            plain("genre", known.or_else(|| english_genre(*id))?.to_owned())
        }
        InfoItem::Year(year) => plain("year", year.to_string()),
        InfoItem::Runtime(minutes) => {
            plain("runtime", words.with(Phrase::Minutes, &minutes.to_string()))
        }
        InfoItem::Network(name) => plain("network", name.clone()),
        InfoItem::Status(status) => plain("status", words.word(phrase_of(*status)).to_owned()),
        InfoItem::Out(date) => {
            let year = u16::try_from(date.year).ok();
            plain("status", words.with(Phrase::Out, &words.date((date.day, date.month), year)?))
        }
        InfoItem::Quality(quality) => {
            let form = match strip.dress.label {
                LabelStyle::Official => Form::filled(Symbol::Plate, QUALITY_FILL),
                LabelStyle::Icon => Form::Outline(Symbol::Frame),
                LabelStyle::Text => Form::Plain,
            };
            (format!("quality.{}", quality.name()), quality.name().to_uppercase(), form)
        }
        InfoItem::Language(code) => plain("language", code.clone()),
        InfoItem::Label(text) => plain("label", text.clone()),
    };
    (!text.trim().is_empty() && measure.can_draw(&text)).then_some(InfoText { id, text, form })
}

fn outline(strip: &InfoStrip, symbol: Symbol) -> Form {
    match strip.dress.label {
        LabelStyle::Official | LabelStyle::Icon => Form::Outline(symbol),
        LabelStyle::Text => Form::Plain,
    }
}

fn certificate_of(country: Country, given: &str, strip: &InfoStrip) -> (String, String, Form) {
    let text = certificate::text(country, given);
    let known = certificate::form(country, text.trim_start_matches('-'));
    let form = match (strip.dress.label, known) {
        (LabelStyle::Official, Some((symbol, fill))) => Form::filled(symbol, fill),
        _ => outline(strip, Symbol::Frame),
    };
    ("cert".into(), text, form)
}

fn phrase_of(status: ProductionStatus) -> Phrase {
    use ProductionStatus as S;
    match status {
        S::Rumoured => Phrase::Rumoured,
        S::Planned => Phrase::Planned,
        S::Pilot => Phrase::Pilot,
        S::InProduction => Phrase::InProduction,
        S::PostProduction => Phrase::PostProduction,
        S::Released => Phrase::Released,
        S::Returning => Phrase::Returning,
        S::Ended => Phrase::Ended,
        S::Cancelled => Phrase::Cancelled,
    }
}
