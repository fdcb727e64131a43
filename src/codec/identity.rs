//! What a build is called where its bytes are compared with another's.

use std::sync::LazyLock;

/// A short word for everything of this process that may change the bytes it writes for the same
/// pixels: the codecs it was built with and the instruction set they and the scaler choose by.
pub fn id() -> &'static str {
    static ID: LazyLock<String> = LazyLock::new(|| {
        let jpeg = if cfg!(feature = "turbo") { "turbo" } else { "pure" };
        format!("{jpeg}-{}", instruction_set())
    });
    &ID
}

#[cfg(target_arch = "x86_64")]
fn instruction_set() -> &'static str {
    if std::arch::is_x86_feature_detected!("avx2") {
        "avx2"
    } else if std::arch::is_x86_feature_detected!("sse4.1") {
        "sse4"
    } else {
        "sse2"
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn instruction_set() -> &'static str {
    std::env::consts::ARCH
}
