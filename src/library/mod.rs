//! Pictures in other people's folders: what a file is called, how it is written so that nothing is
//! ever half there, and what of a library is ours.

mod file_name;
mod file_type;
mod item;
mod ledger;
mod manifest;
mod new_file;
mod owner;
mod places;
mod walk;

pub(crate) use file_name::safe_name;
pub(crate) use file_type::FileType;
pub(crate) use item::{LibraryItem, items};
pub(crate) use ledger::{Ledger, Ours, TitleMatch, Undone};
pub(crate) use manifest::{Manifest, ManifestRow};
pub(crate) use new_file::{NewFile, is_plain_folder};
pub(crate) use owner::Owner;
pub use places::places_markdown;
pub(crate) use places::{MediaServer, PicturePlace, PlaceKind, places};
pub(crate) use walk::Walk;
