//! A layout's elements, each placed among those before it.
//!
//! Where room is short, what is least missed goes first: facts from the last one on, then the score, then
//! the last ratings.

use super::badge::Badge;
use super::free::{self, PlacedElement};
use super::geometry::{Rect, even};
use super::info::{self, InfoText};
use super::info_strip::{self, LaidInfo};
use super::layout::{
    Element, Flow, InfoStrip, Layout, SashTab, ScoreBadge, Share, Statuette, Strip,
};
use super::seat::{Seat, Seating};
use super::strip::{self, Arranged, Surroundings};
use super::{
    DrawnElement, ElementKind, Facts, Layer, Measure, RenderPlan, SeasonTab, Showing, dress,
    ground, sash, score, season, statuette,
};
use crate::model::Position;
use crate::request::{BadgeBackground, BadgeShape};

/// Digits below this height in pixels say nothing: the last rating goes before it comes to that.
const MIN_DIGITS: f32 = 4.0;
/// What another row of facts costs, in heights of a row: as if the strip had been moved so far.
const ROW_COST: u32 = 2;
/// Rows of facts at a corner or an edge.
const MAX_ROWS: usize = 3;
/// Cap height of facts that join a strip, in digit heights at most.
const JOINED_CAP: f32 = 0.60;

/// Lays out what is to be shown over the picture that `facts` describe.
pub fn plan(
    layout: &Layout,
    showing: &Showing,
    facts: &Facts,
    measure: &dyn Measure,
) -> RenderPlan {
    let joining = layout.elements.iter().find_map(|element| match element {
        Element::Info(strip) if strip.joined => Some(strip),
        _ => None,
    });
    let badges = showing.ratings.iter().map(Badge::from).collect();
    let plan = RenderPlan { frame: facts.frame, ..RenderPlan::default() };
    let lettering = facts.lettering();
    let mut composer = Composer { showing, facts, lettering, measure, badges, joining, plan };
    for element in &layout.elements {
        match element {
            Element::Strip(strip) => composer.strip(strip),
            Element::Statuette(statuette) => composer.statuette(*statuette),
            Element::Season(tab) => composer.season(*tab),
            Element::Sash(tab) => composer.sash(tab),
            Element::Score(badge) => composer.score(badge),
            Element::Info(strip) => composer.info(strip),
            Element::Placed(placed) => composer.placed(placed),
        }
    }
    composer.plan
}

/// A plan as it grows.
struct Composer<'a> {
    showing: &'a Showing,
    facts: &'a Facts,
    /// Around the picture's title.
    lettering: Option<Rect>,
    measure: &'a dyn Measure,
    badges: Vec<Badge>,
    /// Facts that are to be a row of the first strip, until they are.
    joining: Option<&'a InfoStrip>,
    plan: RenderPlan,
}

/// Badges in their cells, and the facts that joined them, in their row.
struct JoinedStrip<'a> {
    arranged: Arranged,
    info: Option<(LaidInfo<'a>, Rect)>,
}

impl Composer<'_> {
    fn strip(&mut self, strip: &Strip) {
        let badges = share(&self.badges, strip.share).to_vec();
        let Some((arranged, count)) = self.legible(strip, &badges) else { return };
        let shown = &badges[..count];
        self.plan.dropped.extend(badges[count..].iter().map(rating_id));
        let joining = self.joining.take();
        let texts = joining.map(|info| self.texts(info)).unwrap_or_default();
        let joined = joining.and_then(|info| self.join(strip, (info, &texts), shown));
        let JoinedStrip { arranged, info } = joined.unwrap_or(JoinedStrip { arranged, info: None });
        // What found no row stands on its own.
        self.joining = joining.filter(|_| info.is_none());
        self.plan.strips.push(arranged.bounds);
        let number = self.plan.strips.len();
        let id = if number == 1 { "strip".to_owned() } else { format!("strip.{number}") };
        self.note(id, ElementKind::Strip, arranged.bounds);
        self.plan.elements.extend(elements_of(&arranged, shown).into_iter().skip(1));
        if let Some((laid, row)) = &info {
            self.joined_ground(laid, *row, &arranged);
        }
        self.plan.layers.extend(dress(&arranged, shown, self.facts, self.measure));
        let Some((laid, row)) = info else { return };
        self.joined_row(&laid, row, &arranged);
        let drawn = laid.texts().len();
        self.plan.dropped.extend(texts[drawn..].iter().map(info_id));
    }

    /// The strip of as many of the first badges as have digits that can be read.
    fn legible(&self, strip: &Strip, badges: &[Badge]) -> Option<(Arranged, usize)> {
        (1..=badges.len()).rev().find_map(|count| {
            let arranged = self.arrange(strip, &badges[..count])?;
            let legible = arranged.cut.scale.cap >= MIN_DIGITS || count == 1;
            legible.then_some((arranged, count))
        })
    }

    fn arrange(&self, strip: &Strip, badges: &[Badge]) -> Option<Arranged> {
        let around = Surroundings { frame: self.facts.frame, lettering: self.lettering };
        strip::arrange(strip, badges, around, self.measure)
    }

    /// The strip with a row of facts below its badges; of the facts as many as fit.
    fn join<'t>(
        &self,
        strip: &Strip,
        (info, texts): (&'t InfoStrip, &'t [InfoText]),
        badges: &[Badge],
    ) -> Option<JoinedStrip<'t>> {
        let frame = self.facts.frame;
        let digits = (strip.cap * frame.width as f32 * JOINED_CAP).round().max(1.0);
        let cap = info_strip::cap_of(info, frame).min(digits);
        let row = info_strip::row_height(info, cap);
        let shorter = strip.most_of_height - row as f32 / frame.height as f32;
        let lower = Strip { most_of_height: shorter, ..*strip };
        let arranged = if shorter > 0.0 { self.arrange(&lower, badges)? } else { return None };
        let pills = strip.dress.shape == BadgeShape::Pill;
        let room = arranged.bounds.width.saturating_sub(even(cap));
        let rows = if strip.flow == Flow::Column { texts.len() } else { 1 };
        let laid = (1..=texts.len()).rev().find_map(|count| {
            (1..=rows.min(count)).find_map(|rows| {
                let laid = info_strip::lay_out(info, &texts[..count], (rows, cap), self.measure);
                (laid.size.width <= room).then_some(laid)
            })
        })?;
        let gap = if pills { even(cap * 0.4) } else { 0 };
        let (arranged, row) = arranged.with_row(laid.size.height, gap, frame)?;
        Some(JoinedStrip { arranged, info: Some((laid, row)) })
    }

    /// What is behind the facts of a strip before its badges are: a strip that is one panel has it already.
    fn joined_ground(&mut self, laid: &LaidInfo<'_>, row: Rect, arranged: &Arranged) {
        let dress = arranged.strip.dress;
        if dress.background == BadgeBackground::Shadow {
            let reach = even(laid.cap() * 1.5);
            let letters = Rect { width: laid.size.width, ..row };
            let inset = (row.width - letters.width.min(row.width)) / 2;
            let letters = Rect { x: row.x + inset as i32, ..letters };
            self.plan.layers.push(Layer::Scrim(ground::veil(&letters, reach, self.facts)));
        } else if dress.shape == BadgeShape::Pill {
            let pill = [(row, row.height / 2)];
            let cap = arranged.cut.scale.cap;
            self.plan.layers.extend(ground::panels_on(row, pill, (dress, cap), self.facts));
        }
    }

    fn joined_row(&mut self, laid: &LaidInfo<'_>, row: Rect, arranged: &Arranged) {
        let dress = arranged.strip.dress;
        let shadow = (dress.background == BadgeBackground::Shadow)
            .then(|| ground::shadow(laid.cap(), self.facts.beneath(&row)));
        let at = (row.x + (row.width as i32 - laid.size.width as i32) / 2, row.y);
        self.plan.layers.extend(laid.bare_layers(at, shadow, self.measure));
        self.note_facts(laid, at);
    }

    fn statuette(&mut self, statuette: Statuette) {
        let award = self.showing.award.and_then(|body| {
            statuette::place(statuette, body, self.facts.frame, &self.plan.strips, self.measure)
        });
        let Some(award) = award else { return };
        self.plan.statuette = Some(award.rect);
        self.note("statuette".to_owned(), ElementKind::Statuette, award.rect);
        self.plan.layers.push(Layer::Award(award));
    }

    fn season(&mut self, tab: SeasonTab) {
        let taken = self.taken();
        match season::arrange(tab, self.facts, &taken, self.measure) {
            Some((rect, layers)) => {
                self.plan.season = Some(rect);
                self.note("season".to_owned(), ElementKind::Season, rect);
                self.plan.layers.extend(layers);
            }
            None => self.plan.dropped.push("season".to_owned()),
        }
    }

    fn sash(&mut self, tab: &SashTab) {
        let Some(sash) = self.showing.extras.sash else { return };
        let taken = self.taken();
        let placed = sash::place(tab, sash, &self.seating(tab.unit, &taken), self.measure);
        let Some(placed) = placed else {
            self.plan.dropped.push("sash".to_owned());
            return;
        };
        self.plan.layers.extend(placed.layers(tab, sash, self.measure));
        self.note("sash".to_owned(), ElementKind::Sash, placed.rect);
    }

    fn score(&mut self, badge: &ScoreBadge) {
        let Some(aggregate) = self.showing.extras.score else { return };
        let laid = score::lay_out(badge, aggregate.score, self.facts.frame, self.measure);
        let taken = self.taken();
        let Some(seat) = self.seating(badge.unit, &taken).find(laid.size, badge.anchor) else {
            self.plan.dropped.push("score".to_owned());
            return;
        };
        let at = (seat.rect.x, seat.rect.y);
        self.plan.layers.extend(laid.layers(at, self.facts, self.measure));
        self.note("score".to_owned(), ElementKind::Score, seat.rect);
    }

    fn info(&mut self, strip: &InfoStrip) {
        if strip.joined && self.joining.is_none() && !self.plan.strips.is_empty() {
            return;
        }
        let texts = self.texts(strip);
        let taken = self.taken();
        let seating = self.seating(strip.unit, &taken);
        let found = (1..=texts.len())
            .rev()
            .find_map(|count| self.best_rows(strip, &texts[..count], &seating));
        let drawn = found.as_ref().map_or(0, |(laid, _)| laid.texts().len());
        self.plan.dropped.extend(texts[drawn..].iter().map(info_id));
        let Some((laid, seat)) = found else { return };
        let at = (seat.rect.x, seat.rect.y);
        self.plan.layers.extend(laid.layers(at, self.facts, self.measure));
        self.note("info".to_owned(), ElementKind::InfoStrip, seat.rect);
        self.note_facts(&laid, at);
    }

    /// The facts in the rows that leave them nearest to their anchor.
    fn best_rows<'t>(
        &self,
        strip: &'t InfoStrip,
        texts: &'t [InfoText],
        seating: &Seating<'_>,
    ) -> Option<(LaidInfo<'t>, Seat)> {
        let cap = info_strip::cap_of(strip, self.facts.frame);
        let cost = ROW_COST * info_strip::row_height(strip, cap);
        let column = matches!(strip.anchor, Position::Left | Position::Right);
        let least = if column { texts.len() } else { 1 };
        (least..=texts.len().min(MAX_ROWS).max(least))
            .filter_map(|rows| {
                let laid = info_strip::lay_out(strip, texts, (rows, cap), self.measure);
                let seat = seating.find(laid.size, strip.anchor)?;
                Some((seat.moved + cost * rows as u32, (laid, seat)))
            })
            .min_by_key(|(cost, _)| *cost)
            .map(|(_, found)| found)
    }

    /// What can be written of the facts; one that is wider than the frame cannot.
    fn texts(&mut self, strip: &InfoStrip) -> Vec<InfoText> {
        let frame = self.facts.frame;
        let cap = info_strip::cap_of(strip, frame);
        let most = frame.width - even(2.0 * strip.unit * frame.width as f32).min(frame.width);
        let texts = info::texts(&self.showing.extras.info, strip, self.measure);
        let (fitting, wide) = texts.into_iter().partition::<Vec<_>, _>(|text| {
            let one = std::slice::from_ref(text);
            info_strip::lay_out(strip, one, (1, cap), self.measure).size.width <= most
        });
        for text in wide {
            let id = info_id(&text);
            if !self.plan.dropped.contains(&id) {
                self.plan.dropped.push(id);
            }
        }
        fitting
    }

    /// An element of a free layout stands where it was put, whatever else stands there.
    fn placed(&mut self, placed: &PlacedElement) {
        let Some(laid) = free::lay(placed, self.facts, self.measure) else {
            self.plan.dropped.push(placed.id.clone());
            return;
        };
        self.note(placed.id.clone(), laid.kind, laid.rect);
        self.plan.elements.extend(laid.parts);
        self.plan.layers.extend(laid.layers);
    }

    fn taken(&self) -> Vec<Rect> {
        let stands = |kind| !matches!(kind, ElementKind::Rating | ElementKind::Info);
        let elements = self.plan.elements.iter().filter(|element| stands(element.kind));
        elements.map(|element| element.rect).collect()
    }

    fn seating<'t>(&self, unit: f32, taken: &'t [Rect]) -> Seating<'t> {
        let margin = even(unit * self.facts.frame.width as f32);
        let (frame, lettering) = (self.facts.frame, self.lettering);
        Seating { frame, margin, apart: margin, taken, lettering }
    }

    fn note(&mut self, id: String, kind: ElementKind, rect: Rect) {
        self.plan.elements.push(DrawnElement { id, kind, rect });
    }

    fn note_facts(&mut self, laid: &LaidInfo<'_>, at: (i32, i32)) {
        let bounds = laid.bounds(at);
        for (text, rect) in laid.places(at) {
            // Both are rounded to whole pixels, each for itself.
            let rect = rect.within(&bounds).unwrap_or(rect);
            self.note(info_id(text), ElementKind::Info, rect);
        }
    }
}

fn share(badges: &[Badge], share: Share) -> &[Badge] {
    let half = badges.len().div_ceil(2);
    match share {
        Share::All => badges,
        Share::FirstHalf => &badges[..half],
        Share::SecondHalf => &badges[half..],
    }
}

fn rating_id(badge: &Badge) -> String {
    format!("rating.{}", badge.mark.source.key())
}

fn info_id(text: &InfoText) -> String {
    format!("info.{}", text.id)
}

/// A strip and its badges, by name.
pub(super) fn elements_of(arranged: &Arranged, badges: &[Badge]) -> Vec<DrawnElement> {
    let strip =
        DrawnElement { id: "strip".to_owned(), kind: ElementKind::Strip, rect: arranged.bounds };
    let ratings = arranged.cells.iter().zip(badges).map(|(cell, badge)| DrawnElement {
        id: rating_id(badge),
        kind: ElementKind::Rating,
        rect: *cell,
    });
    std::iter::once(strip).chain(ratings).collect()
}
