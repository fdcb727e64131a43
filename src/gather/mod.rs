//! Choosing and merging: from what providers say to what a render needs.

