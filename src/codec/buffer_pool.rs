//! Room for pixels that a worker uses again, instead of having the system clear new pages for every
//! picture.

use std::cell::RefCell;

use super::Rgb;

/// Larger buffers are given back, so that one very large picture does not hold memory for good: this
/// is enough for artwork of 780 × 1170 pixels.
const KEEP_BYTES: usize = 4 << 20;
/// A picture as decoded, and as fitted.
const KEEP_BUFFERS: usize = 2;

thread_local! {
    static FREE: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// A buffer of `length` bytes of `value`.
pub(super) fn filled(length: usize, value: u8) -> Vec<u8> {
    let mut buffer = any(length);
    buffer.fill(value);
    buffer
}

/// A buffer of `length` bytes, whatever is in them: for who writes all of them.
pub(super) fn any(length: usize) -> Vec<u8> {
    let fits = |buffer: &Vec<u8>| buffer.capacity() >= length;
    let free = FREE.with_borrow_mut(|free| {
        let place = free.iter().position(fits)?;
        Some(free.swap_remove(place))
    });
    match free {
        Some(mut buffer) => {
            // Writes only what is new.
            buffer.resize(length, 0);
            buffer
        }
        None => vec![0; length],
    }
}

impl Rgb {
    /// Leaves the room of a picture that is done with to the next one on this thread.
    pub fn recycle(self) {
        give_back(self.data);
    }
}

/// Keeps a buffer for the next who asks, unless it is large or there are enough.
pub(super) fn give_back(buffer: Vec<u8>) {
    if buffer.capacity() > KEEP_BYTES {
        return;
    }
    FREE.with_borrow_mut(|free| {
        if free.len() < KEEP_BUFFERS {
            free.push(buffer);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_used_again() {
        let picture = Rgb { width: 10, height: 10, data: filled(300, 7) };
        let place = picture.data.as_ptr();
        picture.recycle();
        let again = filled(200, 128);
        assert_eq!((again.as_ptr(), &again[..]), (place, &[128; 200][..]));
        let other = any(300);
        assert_ne!(other.as_ptr(), place);
    }

    #[test]
    fn little_room_is_held() {
        for _ in 0..9 {
            Rgb { width: 1, height: 1, data: vec![0; KEEP_BYTES + 1] }.recycle();
            Rgb { width: 1, height: 1, data: vec![0; 3] }.recycle();
        }
        FREE.with_borrow(|free| {
            assert!(free.len() <= KEEP_BUFFERS);
            assert!(free.iter().all(|buffer| buffer.capacity() <= KEEP_BYTES));
        });
    }
}
