//! What of a build and its machine decides about bytes.

use std::sync::LazyLock;

/// A word for everything that may make another build, or the same one on another processor, give
/// other bytes for the same picture: the decoder, the architecture, the widest vectors that scaling and
/// decoding use. Whatever is named by its bytes elsewhere holds this in its name.
pub fn id() -> &'static str {
    static ID: LazyLock<String> = LazyLock::new(|| {
        let decoder = if cfg!(feature = "turbo") { "turbo" } else { "rust" };
        format!("{decoder}-{}-{}", std::env::consts::ARCH, vectors())
    });
    &ID
}

#[cfg(target_arch = "x86_64")]
fn vectors() -> &'static str {
    if is_x86_feature_detected!("avx2") {
        "avx2"
    } else if is_x86_feature_detected!("sse4.1") {
        "sse4.1"
    } else {
        "base"
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn vectors() -> &'static str {
    "base"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_names_the_decoder_and_the_machine() {
        let parts: Vec<&str> = id().split('-').collect();
        assert_eq!(parts.len(), 3, "{}", id());
        assert_eq!(parts[0] == "turbo", cfg!(feature = "turbo"));
        assert_eq!(parts[1], std::env::consts::ARCH);
    }
}
