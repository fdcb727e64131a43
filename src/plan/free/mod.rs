//! A free layout for one title: conditions are decided and facts filled in, so that what is left is
//! drawn as it stands.

mod lay;

use serde::Serialize;

use super::Showing;
use super::badge::Badge;
use super::layout::{
    Colours, Dress, Element, Flow, InfoStrip, Layout, SashTab, ScoreBadge, Share, Stacking, Strip,
    built_in,
};
use super::theme::{self, Colour};
use super::words::Wording;
use crate::model::{
    ArtworkKind, AwardBody, InfoItem, InfoStyle, Language, Position, Rating, RatingSource, Sash,
};
use crate::request::{
    BadgeStyle, BoxShape, Condition, ConditionFacts, Dressing, FactBadges, FreeElement, FreeItem,
    FreeLayout, FreeStrip, Gradient, Options, Piece, RatingBadge, ScoreMark, Spot, TextFact,
    TextLine,
};
pub(super) use lay::lay;

/// An element of a free layout whose content is decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PlacedElement {
    pub id: String,
    pub spot: Spot,
    pub content: ElementContent,
}

/// What an element draws. Lengths are shares of the frame's width.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ElementContent {
    Badges {
        strip: Strip,
        badges: Vec<Badge>,
        /// What the badges may take.
        width: f32,
    },
    Score {
        badge: ScoreBadge,
        score: u8,
    },
    Sash {
        tab: SashTab,
        sash: Sash,
    },
    Statuette {
        body: AwardBody,
        height: f32,
    },
    Info {
        strip: InfoStrip,
        items: Vec<InfoItem>,
        width: f32,
    },
    Text(WrittenLine),
    Gradient(Gradient),
    Box(BoxShape),
}

/// A line of letters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrittenLine {
    pub pieces: Vec<WrittenPiece>,
    /// Height of a capital.
    pub cap: f32,
    pub width: f32,
    pub colour: Colour,
    pub uppercase: bool,
    pub shadow: bool,
    pub wording: Wording,
}

/// A part of a line; facts are written when it is known which letters can be drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum WrittenPiece {
    Literal(String),
    Info(InfoItem),
}

/// The layout of a request's picture: the free one in force for what is shown, else the built-in.
pub fn layout_of(kind: ArtworkKind, options: &Options, showing: &Showing) -> Layout {
    match &options.layout {
        None => built_in(kind, options),
        Some(free) => Resolver { kind, options, showing }.layout(free),
    }
}

struct Resolver<'a> {
    kind: ArtworkKind,
    options: &'a Options,
    showing: &'a Showing,
}

impl Resolver<'_> {
    fn layout(&self, free: &FreeLayout) -> Layout {
        let drawn = free.elements.iter().filter(|element| self.holds(element.when.as_ref()));
        Layout { elements: drawn.filter_map(|element| self.element(element)).collect() }
    }

    fn holds(&self, when: Option<&Condition>) -> bool {
        let Some(when) = when else { return true };
        let value = |source| self.value(source);
        when.holds(&ConditionFacts {
            media: self.showing.title.as_ref().map(|title| title.media),
            won: self.showing.award.is_some(),
            ratings: self.showing.ratings.len(),
            value: &value,
        })
    }

    /// A rating on its source's own scale; of `None` the aggregate.
    fn value(&self, source: Option<RatingSource>) -> Option<f64> {
        match source {
            Some(source) => Some(self.rating(source)?.score.value()),
            None => self.showing.extras.score.map(|score| f64::from(score.score)),
        }
    }

    fn rating(&self, source: RatingSource) -> Option<&Rating> {
        let all = self.showing.also.iter().chain(&self.showing.ratings);
        all.into_iter().find(|rating| rating.source == source)
    }

    fn element(&self, element: &FreeElement) -> Option<Element> {
        let extras = &self.showing.extras;
        let content = match &element.item {
            FreeItem::Strip(strip) => self.strip(strip)?,
            FreeItem::Badge(badge) => self.badge(badge)?,
            FreeItem::Score(mark) => {
                ElementContent::Score { badge: self.score(mark), score: extras.score?.score }
            }
            FreeItem::Sash(label) => {
                let tab = SashTab {
                    dress: self.dress(&label.dressing),
                    cap: label.size,
                    unit: self.unit(),
                    wording: self.wording(),
                };
                ElementContent::Sash { tab, sash: extras.sash? }
            }
            FreeItem::Statuette(trophy) => {
                ElementContent::Statuette { body: self.showing.award?, height: trophy.height }
            }
            FreeItem::Info(badges) => self.info(badges)?,
            FreeItem::Text(line) => ElementContent::Text(self.line(line)?),
            FreeItem::Gradient(gradient) => ElementContent::Gradient(*gradient),
            FreeItem::Box(shape) => ElementContent::Box(*shape),
        };
        Some(Element::Placed(PlacedElement { id: element.id.clone(), spot: element.spot, content }))
    }

    fn strip(&self, strip: &FreeStrip) -> Option<ElementContent> {
        let from = usize::from(strip.first) - 1;
        let count = strip.count.map_or(usize::MAX, usize::from);
        let shown = self.showing.ratings.iter().skip(from).take(count);
        let badges: Vec<Badge> = shown.map(Badge::from).collect();
        if badges.is_empty() {
            return None;
        }
        let flow = if strip.is_column { Flow::Column } else { Flow::Rows };
        let drawn = Strip {
            justified: strip.fill && flow == Flow::Rows,
            flow,
            ..self.plain_strip(strip.size, strip.badge_style, &strip.dressing)
        };
        let content = ElementContent::Badges { strip: drawn, badges, width: strip.width };
        Some(content)
    }

    fn badge(&self, badge: &RatingBadge) -> Option<ElementContent> {
        let badges = vec![Badge::from(self.rating(badge.source)?)];
        let strip = self.plain_strip(badge.size, badge.badge_style, &badge.dressing);
        Some(ElementContent::Badges { strip, badges, width: 1.0 })
    }

    /// A strip of badges of their own width, without a place.
    fn plain_strip(&self, cap: f32, style: Option<BadgeStyle>, dressing: &Dressing) -> Strip {
        Strip {
            share: Share::All,
            anchor: Position::TopLeft,
            flow: Flow::Rows,
            stacking: match style.unwrap_or(self.options.badge_style) {
                BadgeStyle::Beside | BadgeStyle::Auto => Stacking::Beside,
                BadgeStyle::Above => Stacking::Above,
            },
            dress: self.dress(dressing),
            cap,
            most_cap: cap,
            justified: false,
            hangs_at: None,
            unit: self.unit(),
            inset: (0.0, 0.0),
            most_of_height: 1.0,
        }
    }

    fn score(&self, mark: &ScoreMark) -> ScoreBadge {
        let beyond = &self.options.beyond;
        ScoreBadge {
            style: mark.style,
            anchor: Position::TopLeft,
            dress: self.dress(&mark.dressing),
            cap: mark.size,
            unit: self.unit(),
            thresholds: beyond.score_thresholds,
            colours: beyond.score_colors.map(|colour| colour.0),
        }
    }

    fn info(&self, badges: &FactBadges) -> Option<ElementContent> {
        let known = &self.showing.extras.info;
        let of = |kind| known.iter().filter(move |item| item.kind() == Some(kind)).cloned();
        let items: Vec<InfoItem> = badges.facts.iter().flat_map(|kind| of(*kind)).collect();
        if items.is_empty() {
            return None;
        }
        let strip = InfoStrip {
            anchor: Position::TopLeft,
            joined: false,
            style: badges.style,
            dress: self.dress(&badges.dressing),
            cap: badges.size,
            unit: self.unit(),
            wording: self.wording(),
        };
        Some(ElementContent::Info { strip, items, width: badges.width })
    }

    fn line(&self, line: &TextLine) -> Option<WrittenLine> {
        let template = line.template.as_ref()?;
        let written = template.pieces.iter().map(|piece| match piece {
            Piece::Literal(text) => Some(WrittenPiece::Literal(text.clone())),
            Piece::Fact(fact) => self.fact(*fact),
        });
        Some(WrittenLine {
            pieces: written.collect::<Option<_>>()?,
            cap: line.size,
            width: line.width,
            colour: line.colour.0,
            uppercase: line.uppercase,
            shadow: line.shadow,
            wording: self.wording(),
        })
    }

    fn fact(&self, fact: TextFact) -> Option<WrittenPiece> {
        let extras = &self.showing.extras;
        let literal = |text: String| Some(WrittenPiece::Literal(text));
        match fact {
            TextFact::Title => literal(self.showing.title.as_ref()?.name.clone()?),
            TextFact::Score => literal(extras.score?.score.to_string()),
            TextFact::Rating(source) => literal(self.rating(source)?.text()),
            TextFact::Info(kind) => {
                let item = extras.info.iter().find(|item| item.kind() == Some(kind))?;
                Some(WrittenPiece::Info(item.clone()))
            }
        }
    }

    /// What an element says of its look, over the options.
    fn dress(&self, dressing: &Dressing) -> Dress {
        Dress {
            shape: dressing.shape.unwrap_or(self.options.badge_shape),
            background: dressing.background.unwrap_or(self.options.badge_background),
            label: dressing.label.unwrap_or(self.options.label_style),
            colours: Colours {
                ground: dressing.ground.map(|colour| colour.0),
                opacity: dressing.opacity,
                figures: dressing.figures.map(|colour| colour.0),
            },
        }
    }

    fn unit(&self) -> f32 {
        theme::look(self.kind.row().shape).unit
    }

    fn wording(&self) -> Wording {
        Wording::of(self.options.language.code().unwrap_or(Language::ENGLISH))
    }
}

/// How facts are written in a line of text.
fn line_strip(line: &WrittenLine) -> InfoStrip {
    InfoStrip {
        anchor: Position::TopLeft,
        joined: false,
        style: InfoStyle::Line,
        dress: Dress {
            shape: crate::model::BadgeShape::Rounded,
            background: crate::model::BadgeBackground::Shadow,
            label: crate::model::LabelStyle::Text,
            colours: Colours::default(),
        },
        cap: line.cap,
        unit: 0.0,
        wording: line.wording,
    }
}
