//! Whose a new file is: its neighbours'.

use std::path::Path;

/// Mode and owner of a file beside which another is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    #[cfg(unix)]
    found: Option<(u32, u32, u32)>,
}

impl Owner {
    /// Of a file, or of a folder: whoever may enter it may read the file.
    pub fn of(neighbour: &Path) -> Self {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, PermissionsExt};
            let there =
                std::fs::symlink_metadata(neighbour).ok().filter(|there| !there.is_symlink());
            let found = there.map(|there| {
                // Nothing that we write is a program.
                let mode = there.permissions().mode() & 0o666 | 0o600;
                (mode, there.uid(), there.gid())
            });
            Self { found }
        }
        #[cfg(not(unix))]
        {
            let _ = neighbour;
            Self::default()
        }
    }

    /// Gives a file to the same owner, as far as this process may.
    pub fn give(self, file: &Path) {
        #[cfg(unix)]
        if let Some((mode, user, group)) = self.found {
            use std::os::unix::fs::PermissionsExt;
            // Only root may give files away; everybody may to a group of theirs.
            let _ = std::os::unix::fs::chown(file, Some(user), Some(group))
                .or_else(|_| std::os::unix::fs::chown(file, None, Some(group)));
            let _ = std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = file;
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_file_has_the_mode_of_its_neighbour() {
        let dir = tempfile::tempdir().unwrap();
        let (video, poster) = (dir.path().join("a.mkv"), dir.path().join("poster.jpg"));
        std::fs::write(&video, "").unwrap();
        std::fs::write(&poster, "").unwrap();
        for (mode, expected) in [(0o664, 0o664), (0o755, 0o644), (0o400, 0o600)] {
            std::fs::set_permissions(&video, std::fs::Permissions::from_mode(mode)).unwrap();
            Owner::of(&video).give(&poster);
            assert_eq!(poster.metadata().unwrap().permissions().mode() & 0o777, expected);
        }
    }
}
