//! Room for pixels that a worker uses again, instead of having the system clear new pages for every
//! picture.

use std::cell::RefCell;

use super::Rgb;

/// A larger buffer goes back to the system, so that one very large picture does not hold memory for
/// good: this is enough for artwork of 1280 × 1920 pixels, or a backdrop of 1920 × 1080.
const KEEP_BYTES: usize = 4 << 20;
/// Of all buffers that a thread keeps together.
const KEEP_TOTAL: usize = 8 << 20;
/// Three planes as decoded, three as fitted, three of rows that are painted on, and these rows' pixels.
const KEEP_BUFFERS: usize = 10;

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
    let free = FREE.with_borrow_mut(|free| {
        let fitting = free.iter().enumerate().filter(|(_, buffer)| buffer.capacity() >= length);
        // The smallest that suffices: a large one is for who needs it.
        let (place, _) = fitting.min_by_key(|(_, buffer)| buffer.capacity())?;
        Some(free.remove(place))
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

/// Keeps a buffer for the next who asks, in place of the ones that nobody has asked for the longest.
pub(super) fn give_back(buffer: Vec<u8>) {
    if buffer.capacity() > KEEP_BYTES {
        return;
    }
    FREE.with_borrow_mut(|free| {
        free.push(buffer);
        let total = |free: &[Vec<u8>]| free.iter().map(Vec::capacity).sum::<usize>();
        while free.len() > KEEP_BUFFERS || total(free) > KEEP_TOTAL {
            free.remove(0);
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
        for _ in 0..9 {
            Rgb { width: 1, height: 1, data: vec![0; KEEP_TOTAL / 4] }.recycle();
        }
        let kept = || FREE.with_borrow(|free| free.iter().map(Vec::capacity).sum::<usize>());
        assert_eq!(kept(), KEEP_TOTAL);
        Rgb { width: 1, height: 1, data: vec![0; 3] }.recycle();
        assert_eq!(kept(), KEEP_TOTAL / 4 * 3 + 3, "the oldest gave way");
    }

    #[test]
    fn a_small_one_leaves_the_large_ones_alone() {
        for length in [5000, 100, 2000] {
            give_back(vec![1; length]);
        }
        assert_eq!(any(90).capacity(), 100);
        assert_eq!(any(90).capacity(), 2000);
        assert_eq!(any(4000).capacity(), 5000);
    }
}
