//! JPEG read through libjpeg-turbo: the only module that calls C.
//!
//! # Safety argument
//!
//! * A handle is created, used and destroyed on one thread: it lives in a `thread_local!`, is not
//!   `Send`, and every call borrows it mutably for its duration. No C pointer outlives a call.
//! * Input buffers are slices, passed with their own length; libjpeg-turbo reads no further, whatever
//!   the data say.
//! * Output buffers are allocated here: `stride × height` of the size that `tj3DecompressHeader` found
//!   in the same bytes, scaled by the rule of `TJSCALED`, and the stride is passed as pitch.
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

use super::{Decoded, Header, divisor};
use crate::codec::{DecodeError, Planes, Rgb, buffer_pool};

/// Decodes to RGB, at ½, ¼ or ⅛ of the size where that still covers `need`. The scales between cost
/// more than a full decode and a resize.
pub(super) fn decode_scaled(
    bytes: &[u8],
    header: &Header,
    need: Option<(u32, u32)>,
) -> Result<Decoded, DecodeError> {
    let divisor = divisor(header, need);
    DECOMPRESSOR.with_borrow_mut(|slot| {
        handle(slot)
            .and_then(|handle| handle.decompress(bytes, header, divisor))
            .map_err(DecodeError::Malformed)
    })
}

/// The planes of a 4:2:0 file without a blemish.
pub(super) fn decode_planes(bytes: &[u8], header: &Header, divisor: u32) -> Option<Planes> {
    DECOMPRESSOR
        .with_borrow_mut(|slot| handle(slot)?.decompress_planes(bytes, header, divisor))
        .unwrap_or_default()
}

thread_local! {
    static DECOMPRESSOR: RefCell<Option<Handle>> = const { RefCell::new(None) };
}

/// This thread's decompressor, made at first use.
fn handle(slot: &mut Option<Handle>) -> Result<&mut Handle, String> {
    match slot {
        Some(handle) => Ok(handle),
        None => Ok(slot.insert(Handle::new()?)),
    }
}

/// A codec of the library; never null.
struct Handle(tj::tjhandle);

impl Handle {
    fn new() -> Result<Self, String> {
        // SAFETY: takes a number, gives an owned pointer or null.
        let handle = unsafe { tj::tj3Init(tj::TJINIT_TJINIT_DECOMPRESS as c_int) };
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
        let (width, height) = self.begin(bytes, header, divisor)?;
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

    /// Reads the header and sets the scale: the size that will come out.
    fn begin(&mut self, bytes: &[u8], header: &Header, divisor: u32) -> Result<(u32, u32), String> {
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
        Ok((header.width.div_ceil(divisor), header.height.div_ceil(divisor)))
    }

    /// `None` for another sampling or colour space than 4:2:0 of YCbCr, and for damaged files.
    fn decompress_planes(
        &mut self,
        bytes: &[u8],
        header: &Header,
        divisor: u32,
    ) -> Result<Option<Planes>, String> {
        let (width, height) = self.begin(bytes, header, divisor)?;
        let subsampling = self.get(tj::TJPARAM_TJPARAM_SUBSAMP);
        let space = self.get(tj::TJPARAM_TJPARAM_COLORSPACE);
        if subsampling != tj::TJSAMP_TJSAMP_420 as c_int || space != tj::TJCS_TJCS_YCbCr as c_int {
            return Ok(None);
        }
        // The library writes luma of whole 2 × 2 pixels.
        let even = (width.next_multiple_of(2), height.next_multiple_of(2));
        let mut planes = Planes::any(even.0, even.1);
        let strides = [planes.y.width, planes.cb.width, planes.cr.width].map(|w| w as c_int);
        let mut places =
            [&mut planes.y, &mut planes.cb, &mut planes.cr].map(|plane| plane.data.as_mut_ptr());
        // SAFETY: input as above. `tj3YUVPlaneWidth` and `tj3YUVPlaneHeight` of 4:2:0 are the size rounded up
        // to a multiple of 2 for luma and half of that for chroma: the three buffers have `stride` bytes
        // for each of these rows, and both arrays have three elements.
        let result = unsafe {
            tj::tj3DecompressToYUVPlanes8(
                self.0,
                bytes.as_ptr(),
                bytes.len() as _,
                places.as_mut_ptr(),
                strides.as_ptr().cast_mut(),
            )
        };
        if result != 0 {
            return Ok(None);
        }
        planes.y.cut(width, height);
        Ok(Some(planes))
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
