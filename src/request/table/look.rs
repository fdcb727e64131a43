//! The whole look at once.

use super::super::group::OptionGroup;
use super::super::value::ValueKind;
use super::{DefaultValue, EVERY, OptionSpec, word};
use crate::model::{NamedLook, Words};

pub(super) const OPTIONS: &[OptionSpec] = &[OptionSpec {
    name: "look",
    group: OptionGroup::Look,
    aliases: &[],
    honoured: EVERY,
    value: ValueKind::Words(NamedLook::NAMES),
    default: DefaultValue::Always("none"),
    help: "A designed choice of the parameters below, which win over it.",
    set: |patch, value| word::<NamedLook>(&mut patch.look, value),
}];
