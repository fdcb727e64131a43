//! A proxy for add-ons of Stremio: their catalogues and metas with our pictures.
//!
//! The address of an add-on holds its user's secrets. It is saved as a [`Wrapper`] and stands in no address, log or answer
//! of ours but the redirect to what is not carried. Add-ons are strangers: where they may stand is decided in
//! [`address`], that they are asked nowhere else in [`fetch`].

pub(crate) mod address;
pub(crate) mod fetch;
mod resource;
mod rewrite;
mod wrapper;

pub(crate) use address::AllowedNetworks;
pub(crate) use fetch::{AddonFetcher, FetchError, FetcherError};
pub(crate) use resource::AddonResource;
pub(crate) use rewrite::{AddonId, AddonPictures, Rewriter};
pub(crate) use wrapper::{Wrapper, WrapperId, Wrappers};
