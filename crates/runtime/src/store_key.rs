//! Keys of stores as bytes, and the patterns that they fit. Owns the format, which `js/kernel/store/keys.ts` writes and reads: 32-bit
//! words, a tag in the low 8 bits, an immediate above. Equal keys have equal bytes, for each value has one form: that is all a store
//! needs to know, and the rest of this file is for patterns. Trusts nothing: bytes that make no sense fit nothing.

/// A text whose units are all below 256, their count in the immediate, then the units as bytes, padded with zeros.
pub const NARROW: u32 = 1;
/// Any other text: units of 16 bits.
pub const WIDE: u32 = 2;
/// A whole number of 32 bits in the next word.
pub const INT: u32 = 3;
/// Any other number, in the next two words.
pub const DOUBLE: u32 = 4;
/// A bigint in hexadecimal, as a narrow text.
pub const BIGINT: u32 = 5;
/// Words that stand for themselves.
pub const TRUE: u32 = 6;
/// As above.
pub const FALSE: u32 = 7;
/// As above.
pub const NULL: u32 = 8;
/// A list: how many parts in the immediate, then these.
pub const LIST: u32 = 9;
/// In patterns: any part.
pub const ANY: u32 = 10;

/// How a pattern is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Every key fits.
    All,
    /// Keys fit that are as long, part by part.
    Shape,
    /// Keys fit that begin so: texts with this text, lists with these parts.
    Prefix,
}

/// One part of a key, or a whole one that is no list.
#[derive(Clone, Copy)]
struct Part<'a> {
    tag: u32,
    immediate: u32,
    /// All of its bytes.
    whole: &'a [u8],
}

impl<'a> Part<'a> {
    /// The first part of `bytes` and what is behind it.
    fn split(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (word, _) = bytes.split_first_chunk::<4>()?;
        let word = u32::from_le_bytes(*word);
        let (tag, immediate) = (word & 0xff, word >> 8);
        let body = match tag {
            NARROW | BIGINT => immediate as usize,
            WIDE => immediate as usize * 2,
            INT => 4,
            DOUBLE => 8,
            _ => 0,
        };
        let (whole, rest) = bytes.split_at_checked(4 + body.next_multiple_of(4))?;
        Some((Self { tag, immediate, whole }, rest))
    }

    fn is_text(self) -> bool {
        matches!(self.tag, NARROW | WIDE)
    }

    /// The units of a text.
    fn units(self) -> impl Iterator<Item = u16> + 'a {
        let (wide, count) = (self.tag == WIDE, self.immediate as usize);
        let body = &self.whole[4..];
        (0..count).map(
            move |at| {
                if wide { u16::from_le_bytes([body[2 * at], body[2 * at + 1]]) } else { u16::from(body[at]) }
            },
        )
    }

    fn fits(self, wanted: Part<'_>) -> bool {
        wanted.tag == ANY || self.whole == wanted.whole
    }
}

/// Whether `key` fits `pattern`.
pub fn fits(mode: Mode, pattern: &[u8], key: &[u8]) -> bool {
    mode == Mode::All || fits_some(mode, pattern, key).unwrap_or(false)
}

fn fits_some(mode: Mode, pattern: &[u8], key: &[u8]) -> Option<bool> {
    let ((wanted, mut wanted_parts), (has, mut parts)) = (Part::split(pattern)?, Part::split(key)?);
    if wanted.tag != LIST || has.tag != LIST {
        let is_prefix = mode == Mode::Prefix && wanted.is_text() && has.is_text();
        if !is_prefix {
            return Some(wanted.tag != LIST && has.fits(wanted));
        }
        let count = wanted.immediate as usize;
        return Some(has.immediate as usize >= count && has.units().take(count).eq(wanted.units()));
    }
    let as_many =
        if mode == Mode::Prefix { has.immediate >= wanted.immediate } else { has.immediate == wanted.immediate };
    if !as_many {
        return Some(false);
    }
    for _ in 0..wanted.immediate {
        let (wanted, behind) = Part::split(wanted_parts)?;
        let (part, rest) = Part::split(parts)?;
        if !part.fits(wanted) {
            return Some(false);
        }
        (wanted_parts, parts) = (behind, rest);
    }
    Some(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(units: &str) -> Vec<u8> {
        let wide: Vec<u16> = units.encode_utf16().collect();
        let narrow = wide.iter().all(|&unit| unit < 256);
        let body: Vec<u8> =
            wide.iter().flat_map(|&unit| if narrow { vec![unit as u8] } else { unit.to_le_bytes().to_vec() }).collect();
        let tag = if narrow { NARROW } else { WIDE };
        let mut bytes = (tag | (wide.len() as u32) << 8).to_le_bytes().to_vec();
        bytes.extend(&body);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    fn list(parts: &[Vec<u8>]) -> Vec<u8> {
        let mut bytes = (LIST | (parts.len() as u32) << 8).to_le_bytes().to_vec();
        parts.iter().for_each(|part| bytes.extend(part));
        bytes
    }

    fn int(number: i32) -> Vec<u8> {
        [INT.to_le_bytes(), number.to_le_bytes()].concat()
    }

    fn any() -> Vec<u8> {
        ANY.to_le_bytes().to_vec()
    }

    #[test]
    fn texts_fit_by_what_they_begin_with_however_wide() {
        for (prefix, key, so) in [
            ("user:", "user:1", true),
            ("user:", "user", false),
            ("", "x", true),
            ("aé", "aéb", true),
            ("aé", "aé→", true),
            ("a→", "a→", true),
            ("a→", "a", false),
            ("b", "ab", false),
        ] {
            assert_eq!(fits(Mode::Prefix, &text(prefix), &text(key)), so, "{prefix} {key}");
        }
        assert!(!fits(Mode::Prefix, &text("1"), &int(1)) && fits(Mode::Prefix, &int(1), &int(1)));
        assert!(!fits(Mode::Shape, &text("a"), &text("ab")) && fits(Mode::Shape, &text("a"), &text("a")));
    }

    #[test]
    fn lists_fit_part_by_part() {
        let key = list(&[text("room"), int(7), text("door")]);
        for (mode, parts, so) in [
            (Mode::Shape, vec![text("room"), any(), any()], true),
            (Mode::Shape, vec![any(), int(7), text("door")], true),
            (Mode::Shape, vec![any(), int(8), any()], false),
            (Mode::Shape, vec![text("room"), any()], false),
            (Mode::Prefix, vec![text("room"), any()], true),
            (Mode::Prefix, vec![], true),
            (Mode::Prefix, vec![text("room"), int(7), text("door"), any()], false),
        ] {
            assert_eq!(fits(mode, &list(&parts), &key), so, "{parts:?}");
        }
        assert!(
            !fits(Mode::Prefix, &list(&[text("a")]), &text("a"))
                && !fits(Mode::Prefix, &text("a"), &list(&[text("a")]))
        );
        assert!(fits(Mode::All, &[], &key));
    }

    #[test]
    fn bytes_that_make_no_sense_fit_nothing() {
        let key = list(&[text("room"), int(7)]);
        for len in 0..key.len() {
            assert!(!fits(Mode::Shape, &key, &key[..len]), "{len}");
            assert!(!fits(Mode::Shape, &key[..len], &key), "{len}");
        }
        assert!(!fits(Mode::Prefix, &[0xff; 8], &key));
    }
}
