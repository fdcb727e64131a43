//! The answer itself: caching, fallback, what a bare number is.

use super::super::group::OptionGroup;
use super::super::value::ValueKind;
use super::{DefaultValue, EVERY, OptionSpec, boolean, word};
use crate::model::{MediaType, Words};

pub(super) const OPTIONS: &[OptionSpec] = &[
    OptionSpec {
        name: "v",
        group: OptionGroup::Address,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Text { max: 64 },
        default: DefaultValue::Always("none"),
        help: "For caches of clients and proxies: changes nothing here.",
        set: |_, _| Ok(()),
    },
    OptionSpec {
        name: "fallback",
        group: OptionGroup::Address,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Boolean,
        default: DefaultValue::Always("true"),
        help: "false: no plain picture where ratings are missing (404) or late (503).",
        set: |patch, value| boolean(&mut patch.fallback, value),
    },
    OptionSpec {
        name: "type",
        group: OptionGroup::Address,
        aliases: &[],
        honoured: EVERY,
        value: ValueKind::Words(MediaType::NAMES),
        default: DefaultValue::Always("both are asked"),
        help: "What a bare TMDB number is.",
        set: |patch, value| word::<MediaType>(&mut patch.media, value),
    },
];
