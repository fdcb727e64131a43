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

pub use file_name::{MAX_NAME_BYTES, safe_name};
pub use file_type::FileType;
pub use item::{EpisodeFile, ItemForm, LibraryItem, items};
pub use ledger::{Ledger, Ours, TitleMatch, Undone};
pub use manifest::{Manifest, ManifestRow};
pub use new_file::{NewFile, is_plain_folder};
pub use owner::Owner;
pub use places::{MediaServer, PicturePlace, PlaceKind, places, places_markdown};
pub use walk::Walk;
