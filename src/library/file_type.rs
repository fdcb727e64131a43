//! What kind of picture some bytes are, whatever their address says.

/// A kind of picture, told by its first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileType {
    Jpeg,
    Png,
    WebP,
    Avif,
    Gif,
    Svg,
}

impl FileType {
    pub const ALL: [Self; 6] =
        [Self::Jpeg, Self::Png, Self::WebP, Self::Avif, Self::Gif, Self::Svg];
    /// So many bytes suffice to tell.
    pub const HEAD_BYTES: usize = 256;

    /// `None` for what is no picture that is known here.
    pub fn of(head: &[u8]) -> Option<Self> {
        match head {
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(Self::Png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f' | b's', ..] => {
                Some(Self::Avif)
            }
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Self::Gif),
            _ => is_svg(head).then_some(Self::Svg),
        }
    }

    /// Without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Avif => "avif",
            Self::Gif => "gif",
            Self::Svg => "svg",
        }
    }
}

fn is_svg(head: &[u8]) -> bool {
    let head = &head[..head.len().min(FileType::HEAD_BYTES)];
    let text = String::from_utf8_lossy(head);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with("<svg") || (text.starts_with("<?xml") && text.contains("<svg"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_first_bytes() {
        for (head, kind) in [
            (&b"\xff\xd8\xff\xe0\0\x10JFIF"[..], Some(FileType::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0d", Some(FileType::Png)),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some(FileType::WebP)),
            (b"\0\0\0\x20ftypavif", Some(FileType::Avif)),
            (b"GIF89a", Some(FileType::Gif)),
            (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"x\">", Some(FileType::Svg)),
            (b"<!doctype html><title>Just a moment", None),
            (b"\0\0\0\x20ftypisom", None),
            (b"", None),
        ] {
            assert_eq!(FileType::of(head), kind, "{head:?}");
        }
    }
}
