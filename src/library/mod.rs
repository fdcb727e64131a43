//! Pictures in other people's folders: what a file is called, how it is written so that nothing is
//! ever half there, and what of a library is ours.

mod file_name;
mod file_type;
mod manifest;
mod new_file;

pub use file_name::{MAX_NAME_BYTES, safe_name};
pub use file_type::FileType;
pub use manifest::{Manifest, ManifestRow};
pub use new_file::{NewFile, is_plain_folder};
