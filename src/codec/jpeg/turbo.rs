//! JPEG through libjpeg-turbo: the only module that calls C.
//!
//! # Safety argument
//!
//! * A handle is created, used and destroyed on one thread: it lives in a `thread_local!`, is not
//!   `Send`, and every call borrows it mutably for its duration. No C pointer outlives a call.
//! * Input buffers are slices, passed with their own length; libjpeg-turbo reads no further, whatever
//!   the data say.
//! * Output buffers are allocated here. The decoder's is `stride × height` of the size that
//!   `tj3DecompressHeader` found in the same bytes, scaled by the rule of `TJSCALED`, and the stride
//!   is passed as pitch. The encoder's has `tj3JPEGBufSize` bytes, the documented worst case, and
//!   `TJPARAM_NOREALLOC` forbids the library to replace it.
//! * The pixels read by the encoder are checked to be `width × height × 3` bytes.
//! * Errors inside the library return −1; `setjmp` and `longjmp` stay inside it, as no Rust callback is
//!   passed in.
#![expect(unsafe_code, reason = "libjpeg-turbo is C; the argument is above")]
#![expect(
    clippy::cast_possible_wrap,
    reason = "C's enumerations, sides below 65,536 and strides of 3 times that"
)]

use std::cell::RefCell;
use std::ffi::{CStr, c_int};

use turbojpeg_sys as tj;

use super::{Decoded, EncodeJob, Header};
use crate::codec::{DecodeError, EncodeError, Rgb, buffer_pool};

/// Decodes to RGB, at ½, ¼ or ⅛ of the size where that still covers `need`. The scales between cost
/// more than a full decode and a resize.
pub(super) fn decode_scaled(
    bytes: &[u8],
    header: &Header,
    need: Option<(u32, u32)>,
) -> Result<Decoded, DecodeError> {
    let divisor = need.map_or(1, |(width, height)| {
        [8, 4, 2]
            .into_iter()
            .find(|d| header.width.div_ceil(*d) >= width && header.height.div_ceil(*d) >= height)
            .unwrap_or(1)
    });
    DECOMPRESSOR.with_borrow_mut(|slot| {
        handle(slot, tj::TJINIT_TJINIT_DECOMPRESS)
            .and_then(|handle| handle.decompress(bytes, header, divisor))
            .map_err(DecodeError::Malformed)
    })
}

/// Codes rows of a picture as a baseline 4:2:0 file with the standard tables.
pub(super) fn encode(job: &EncodeJob<'_>) -> Result<Vec<u8>, EncodeError> {
    COMPRESSOR.with_borrow_mut(|slot| {
        SCRATCH.with_borrow_mut(|scratch| {
            handle(slot, tj::TJINIT_TJINIT_COMPRESS)
                .and_then(|handle| handle.compress(job, scratch))
                .map_err(EncodeError::Failed)
        })
    })
}

thread_local! {
    static DECOMPRESSOR: RefCell<Option<Handle>> = const { RefCell::new(None) };
    static COMPRESSOR: RefCell<Option<Handle>> = const { RefCell::new(None) };
    /// Room for the encoder's worst case; what it wrote is copied out at its true length.
    static SCRATCH: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Larger scratch is not kept, so that one very large picture does not hold memory for good.
const KEEP_BYTES: usize = 4 * 1024 * 1024;

/// This thread's handle, made at first use.
fn handle(slot: &mut Option<Handle>, kind: tj::TJINIT) -> Result<&mut Handle, String> {
    match slot {
        Some(handle) => Ok(handle),
        None => Ok(slot.insert(Handle::new(kind)?)),
    }
}

/// A codec of the library; never null.
struct Handle(tj::tjhandle);

impl Handle {
    fn new(kind: tj::TJINIT) -> Result<Self, String> {
        // SAFETY: takes a number, gives an owned pointer or null.
        let handle = unsafe { tj::tj3Init(kind as c_int) };
        if handle.is_null() { Err("no memory for a codec".to_owned()) } else { Ok(Self(handle)) }
    }

    fn set(&mut self, parameter: tj::TJPARAM, value: i32) -> Result<(), String> {
        // SAFETY: the handle is valid; a parameter that does not fit it is answered with an error.
        let result = unsafe { tj::tj3Set(self.0, parameter as c_int, value) };
        if result == 0 { Ok(()) } else { Err(self.message()) }
    }

    fn get(&mut self, parameter: tj::TJPARAM) -> i32 {
        // SAFETY: the handle is valid; an unknown parameter is answered with -1.
        unsafe { tj::tj3Get(self.0, parameter as c_int) }
    }

    fn message(&mut self) -> String {
        // SAFETY: the string is terminated, belongs to the handle and is copied before its next use.
        let message = unsafe { CStr::from_ptr(tj::tj3GetErrorStr(self.0)) };
        message.to_string_lossy().into_owned()
    }

    /// The last call failed on data from which it could still make a picture.
    fn only_warned(&mut self) -> bool {
        // SAFETY: the handle is valid.
        let code = unsafe { tj::tj3GetErrorCode(self.0) };
        code == tj::TJERR_TJERR_WARNING as c_int
    }

    fn decompress(
        &mut self,
        bytes: &[u8],
        header: &Header,
        divisor: u32,
    ) -> Result<Decoded, String> {
        self.set(tj::TJPARAM_TJPARAM_SCANLIMIT, MAX_SCANS)?;
        // SAFETY: pointer and length are those of a slice.
        let result = unsafe { tj::tj3DecompressHeader(self.0, bytes.as_ptr(), bytes.len() as _) };
        if result != 0 && !self.only_warned() {
            return Err(self.message());
        }
        let found =
            (self.get(tj::TJPARAM_TJPARAM_JPEGWIDTH), self.get(tj::TJPARAM_TJPARAM_JPEGHEIGHT));
        // The limits were checked on our own reading of the header.
        if found != (header.width as i32, header.height as i32) {
            return Err("a header that can be read in two ways".to_owned());
        }
        let scale = tj::tjscalingfactor { num: 1, denom: divisor as c_int };
        // SAFETY: the handle is valid; the scale is passed by value.
        if unsafe { tj::tj3SetScalingFactor(self.0, scale) } != 0 {
            return Err(self.message());
        }
        let (width, height) = (header.width.div_ceil(divisor), header.height.div_ceil(divisor));
        // Grey, as missing data are: a picture that was here before must not be seen through a gap.
        let data = buffer_pool::filled(width as usize * height as usize * 3, 128);
        let mut picture = Rgb { width, height, data };
        let pitch = picture.stride() as c_int;
        // SAFETY: input as above; the output has `pitch` bytes for each of the scaled rows.
        let result = unsafe {
            tj::tj3Decompress8(
                self.0,
                bytes.as_ptr(),
                bytes.len() as _,
                picture.data.as_mut_ptr(),
                pitch,
                tj::TJPF_TJPF_RGB,
            )
        };
        let damaged = result != 0;
        if damaged && !self.only_warned() {
            return Err(self.message());
        }
        Ok(Decoded { picture, damaged })
    }

    fn compress(&mut self, job: &EncodeJob<'_>, scratch: &mut Vec<u8>) -> Result<Vec<u8>, String> {
        let (width, height) = (c_int::from(job.width), c_int::from(job.height));
        let pixels = usize::from(job.width) * usize::from(job.height);
        if pixels == 0 || job.pixels.len() != pixels * 3 {
            return Err("pixels that do not fit their size".to_owned());
        }
        self.set(tj::TJPARAM_TJPARAM_NOREALLOC, 1)?;
        self.set(tj::TJPARAM_TJPARAM_SUBSAMP, tj::TJSAMP_TJSAMP_420)?;
        self.set(tj::TJPARAM_TJPARAM_QUALITY, job.quality.into())?;
        self.set(tj::TJPARAM_TJPARAM_RESTARTROWS, 1)?;
        // SAFETY: takes three numbers.
        let worst = unsafe { tj::tj3JPEGBufSize(width, height, tj::TJSAMP_TJSAMP_420) } as usize;
        // Fresh zeroed memory is not touched before it is written to; a resize would clear it.
        let mut large = Vec::new();
        let room = if worst > KEEP_BYTES { &mut large } else { scratch };
        if room.len() < worst {
            *room = vec![0; worst];
        }
        let mut out = room.as_mut_ptr();
        let mut written = room.len() as _;
        // SAFETY: the source has width × height × 3 bytes without padding (checked above); `out` has
        // room for the worst case and, with NOREALLOC, is written in place.
        let result = unsafe {
            tj::tj3Compress8(
                self.0,
                job.pixels.as_ptr(),
                width,
                width * 3,
                height,
                tj::TJPF_TJPF_RGB,
                &raw mut out,
                &raw mut written,
            )
        };
        if result != 0 {
            return Err(self.message());
        }
        Ok(room[..written as usize].to_vec())
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        // SAFETY: made by `tj3Init`, destroyed once.
        unsafe { tj::tj3Destroy(self.0) };
    }
}

/// Progressive files with more scans are attacks: ten or so are usual.
const MAX_SCANS: i32 = 100;
