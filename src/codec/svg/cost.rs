//! Weighs a drawing before it is resolved and painted.
//!
//! A document of a kilobyte can ask for years of work: `<use>` of `<use>` doubles at each step, a
//! filter's cost may grow with the square of a number in it. So the work is counted with every
//! reference followed, and effects without a bound are refused.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

use crate::codec::DecodeError;

/// XML nodes in a document.
pub(super) const MAX_NODES: u32 = 60_000;

/// Work units after following references: one for an element, one for each 100 bytes of its
/// attributes. Painting 60,000 takes a second or two.
const MAX_COST: u64 = 60_000;

/// Elements inside elements, references included; the resolver recurses.
const MAX_DEPTH: u32 = 128;

/// What an effect painted on a layer of its own costs, in units.
const LAYER: u64 = 40;

/// What a dashed stroke may cost: its number of dashes is not in proportion to its text.
const DASHES: u64 = 500;

/// Filter steps whose work for each pixel depends on a number in the document.
const UNBOUNDED: [&str; 6] = [
    "feTurbulence",
    "feConvolveMatrix",
    "feMorphology",
    "feImage",
    "feDiffuseLighting",
    "feSpecularLighting",
];

/// # Errors
/// [`DecodeError::TooComplex`].
pub(super) fn check(document: &Document<'_>) -> Result<(), DecodeError> {
    let mut weigher = Weigher::new(document);
    let cost = weigher.weigh(document.root_element(), 0).ok_or(DecodeError::TooComplex)?;
    if cost > MAX_COST { Err(DecodeError::TooComplex) } else { Ok(()) }
}

struct Weigher<'a, 'input> {
    by_id: HashMap<&'a str, Node<'a, 'input>>,
    /// References in style sheets: any element may match, so each is charged for them.
    sheet: Vec<&'a str>,
    known: HashMap<NodeId, CostState>,
}

#[derive(Clone, Copy)]
enum CostState {
    /// On the way down to itself: a cycle, which the resolver cuts.
    Open,
    Done {
        cost: u64,
        height: u32,
    },
}

impl<'a, 'input> Weigher<'a, 'input> {
    fn new(document: &'a Document<'input>) -> Self {
        let elements = || document.descendants().filter(Node::is_element);
        let by_id = elements().filter_map(|node| Some((node.attribute("id")?, node))).collect();
        let sheet = elements()
            .filter(|node| node.tag_name().name() == "style")
            .flat_map(|node| node.descendants().filter_map(|text| text.text()))
            .flat_map(references)
            .collect();
        Self { by_id, sheet, known: HashMap::new() }
    }

    /// The units an element costs with its children and all it refers to; `None` when it is too
    /// deep or has an effect without a bound.
    fn weigh(&mut self, node: Node<'a, 'input>, depth: u32) -> Option<u64> {
        match self.known.get(&node.id()) {
            Some(CostState::Open) => return Some(0),
            Some(CostState::Done { cost, height }) => {
                return (depth + height <= MAX_DEPTH).then_some(*cost);
            }
            None => {}
        }
        if depth > MAX_DEPTH || UNBOUNDED.contains(&node.tag_name().name()) {
            return None;
        }
        self.known.insert(node.id(), CostState::Open);
        let mut cost = own_cost(node);
        let mut height = 0;
        for next in self.reached_from(node) {
            cost = cost.saturating_add(self.weigh(next, depth + 1)?);
            if let Some(CostState::Done { height: below, .. }) = self.known.get(&next.id()) {
                height = height.max(below + 1);
            }
        }
        // Stopping here keeps the sum of one pass as small as the limit.
        if cost > MAX_COST {
            return None;
        }
        self.known.insert(node.id(), CostState::Done { cost, height });
        Some(cost)
    }

    /// Children and every element named by an attribute or a style sheet. A marker is painted at
    /// each corner of its path, so it is named as often as the path may have corners.
    fn reached_from(&self, node: Node<'a, 'input>) -> Vec<Node<'a, 'input>> {
        let corners = node.attribute("d").or(node.attribute("points")).map_or(0, str::len) / 4 + 1;
        let mut reached: Vec<_> = node.children().filter(Node::is_element).collect();
        for attribute in node.attributes() {
            let is_marker = attribute.name().starts_with("marker")
                || (attribute.name() == "style" && attribute.value().contains("marker"));
            let times = if is_marker { corners.min(MAX_COST as usize) } else { 1 };
            let link = (attribute.name() == "href").then(|| attribute.value().strip_prefix('#'));
            for name in references(attribute.value()).chain(link.flatten()) {
                if let Some(target) = self.by_id.get(name) {
                    reached.extend(std::iter::repeat_n(*target, times));
                }
            }
        }
        reached.extend(self.sheet.iter().filter_map(|name| self.by_id.get(name)));
        reached
    }
}

fn own_cost(node: Node<'_, '_>) -> u64 {
    let mut cost = 1;
    for attribute in node.attributes() {
        let value = attribute.value();
        cost += value.len() as u64 / 100;
        let names = |what: &str| {
            attribute.name() == what || (attribute.name() == "style" && value.contains(what))
        };
        if ["filter", "mask", "clip-path", "opacity", "mix-blend-mode"].into_iter().any(names) {
            cost += LAYER;
        }
        if names("stroke-dasharray") && !value.contains("none") {
            cost += DASHES;
        }
    }
    cost
}

/// The names in `url(#name)`, quoted or not.
fn references(value: &str) -> impl Iterator<Item = &str> {
    value.split("url(").skip(1).filter_map(|rest| {
        let name = rest.split(')').next()?.trim_matches([' ', '"', '\'']);
        name.strip_prefix('#')
    })
}
