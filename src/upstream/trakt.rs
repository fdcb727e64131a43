//! Trakt: its own rating and, in the same call, those of others; episodes too.

mod wire;
