use crate::codec::{EncodeError, Rgb, Rgba};

pub(super) fn encode(_: &Rgb, _: u8) -> Result<Vec<u8>, EncodeError> {
    Err(EncodeError::NotBuilt("avif"))
}

pub(super) fn encode_alpha(_: &Rgba, _: u8) -> Result<Vec<u8>, EncodeError> {
    Err(EncodeError::NotBuilt("avif"))
}
