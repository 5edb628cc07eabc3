//! BER (X.690, section 8) taken apart, and turned into DER (section 10), which is what everything else here reads.
//!
//! Lengths become definite and minimal, and strings in pieces become whole; the contents of primitive elements stay as
//! they are. Elements are nested at most 32 deep, so every walk ends, in time linear in the octets.

use std::borrow::Cow;

use der::{Tagged as _, asn1::AnyRef};
use zeroize::Zeroizing;

/// How deep elements may be nested.
const DEEPEST: usize = 32;

const CONSTRUCTED: u8 = 0x20;
const BIT_STRING: u8 = 3;
const OCTET_STRING: u8 = 4;
const END_OF_CONTENTS: [u8; 2] = [0, 0];

/// An element as it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Element<'a> {
    identifier: &'a [u8],
    /// What is in it, without the octets that end an indefinite length.
    pub(super) content: &'a [u8],
    /// All of its octets.
    pub(super) whole: &'a [u8],
}

/// The element at the start of these octets, and what follows it; `None` if there is none, it is cut off, or others are
/// nested too deeply in it.
pub(super) fn first(input: &[u8]) -> Option<(Element<'_>, &[u8])> {
    first_within(DEEPEST, input)
}

/// The elements that follow one another in these octets; the last is `None` if it is no element.
pub(super) fn elements(mut rest: &[u8]) -> impl Iterator<Item = Option<Element<'_>>> {
    std::iter::from_fn(move || {
        (!rest.is_empty()).then(|| {
            let (element, after) = first(rest).unzip();
            rest = after.unwrap_or_default();
            element
        })
    })
}

/// The element at the start of these octets in DER; what follows it is ignored. `None` if that is no BER.
pub(super) fn to_der(input: &[u8]) -> Option<Cow<'_, [u8]>> {
    let (element, _) = first(input)?;
    // A definite length is at most two octets longer than an indefinite one, and only of contents from 64 KiB on: the
    // octets, which may be a private key, are never moved to make room.
    let room = element.whole.len() + element.whole.len() / 1024;
    let mut der = Zeroizing::new(Vec::with_capacity(room));
    write(DEEPEST, element, &mut der)?;
    Some(if *der == element.whole { element.whole.into() } else { std::mem::take(&mut *der).into() })
}

/// The octets of an OCTET STRING under an implicit tag, in DER but for this: it may be in pieces, which [`to_der`]
/// cannot know by the tag. `None` if it contains anything else.
pub(super) fn implicit_octets(element: AnyRef<'_>) -> Option<Cow<'_, [u8]>> {
    if !element.tag().is_constructed() {
        return Some(element.value().into());
    }
    let mut octets = Vec::with_capacity(element.value().len());
    join(DEEPEST, OCTET_STRING, element.value(), &mut 0, &mut octets)?;
    Some(octets.into())
}

impl Element<'_> {
    /// The first identifier octet: class, whether it is constructed, and the number of the tag.
    pub(super) fn tag(&self) -> u8 {
        self.identifier.first().copied().unwrap_or_default()
    }

    /// The tags, in DER, of at most so many elements in it; none if it is primitive.
    pub(super) fn tags_within(&self, most: usize) -> Vec<u8> {
        let content = if self.is_constructed() { self.content } else { &[] };
        let tag = |element: Element<'_>| element.string_in_pieces().unwrap_or(element.tag());
        elements(content).take(most).map_while(|element| element.map(tag)).collect()
    }

    fn is_constructed(&self) -> bool {
        self.tag() & CONSTRUCTED != 0
    }

    /// The number of the tag if this is a string in pieces (X.690, sections 8.6, 8.7, 8.23, 8.25 and 8.26).
    fn string_in_pieces(&self) -> Option<u8> {
        let number = self.tag().checked_sub(CONSTRUCTED)?;
        matches!(number, BIT_STRING | OCTET_STRING | 12 | 18..=28 | 30).then_some(number)
    }
}

fn first_within(depth: usize, input: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let (identifier, after) = input.split_at_checked(identifier_length(input)?)?;
    let (length, body) = length(after)?;
    let (content, rest) = if let Some(length) = length {
        body.split_at_checked(length)?
    } else {
        let depth = depth.checked_sub(1)?;
        let mut rest = body;
        while !rest.starts_with(&END_OF_CONTENTS) {
            (_, rest) = first_within(depth, rest)?;
        }
        (body.get(..body.len() - rest.len())?, rest.get(END_OF_CONTENTS.len()..)?)
    };
    let element = Element { identifier, content, whole: input.get(..input.len() - rest.len())? };
    (length.is_some() || element.is_constructed()).then_some((element, rest))
}

/// How many octets the identifier takes (X.690, section 8.1.2).
fn identifier_length(input: &[u8]) -> Option<usize> {
    const MORE_FOLLOW: u8 = 0x1f;
    if input.first()? & MORE_FOLLOW != MORE_FOLLOW {
        return Some(1);
    }
    Some(input.iter().skip(1).position(|octet| octet & 0x80 == 0)? + 2)
}

/// The length (X.690, section 8.1.3), `None` if it is indefinite, and what follows it.
fn length(input: &[u8]) -> Option<(Option<usize>, &[u8])> {
    let (&first, rest) = input.split_first()?;
    match first {
        0x80 => Some((None, rest)),
        0..0x80 => Some((Some(first.into()), rest)),
        _ => {
            let (octets, rest) = rest.split_at_checked((first & 0x7f).into())?;
            let add = |length: usize, octet: &u8| length.checked_mul(256)?.checked_add((*octet).into());
            Some((Some(octets.iter().try_fold(0, add)?), rest))
        }
    }
}

/// Writes the content, and then puts the identifier and the length before it.
fn write(depth: usize, element: Element<'_>, der: &mut Vec<u8>) -> Option<()> {
    let start = der.len();
    let pieces = element.string_in_pieces();
    match pieces {
        Some(BIT_STRING) => {
            der.push(0);
            let mut spare = 0;
            join(depth, BIT_STRING, element.content, &mut spare, der)?;
            *der.get_mut(start)? = spare;
        }
        Some(number) => join(depth, number, element.content, &mut 0, der)?,
        None if element.is_constructed() => {
            each(depth, element.content, |depth, inner| write(depth, inner, der))?;
        }
        None => der.extend_from_slice(element.content),
    }
    let written = der.len();
    match &pieces {
        Some(number) => der.push(*number),
        None => der.extend_from_slice(element.identifier),
    }
    write_length(written - start, der);
    let header = der.len() - written;
    der.get_mut(start..)?.rotate_right(header);
    Some(())
}

fn write_length(length: usize, der: &mut Vec<u8>) {
    let octets = length.to_be_bytes();
    let zeros = octets.iter().take_while(|octet| **octet == 0).count().min(octets.len() - 1);
    let octets = octets.get(zeros..).unwrap_or_default();
    if length >= 0x80 {
        der.push(0x80 | octets.len().to_le_bytes()[0]);
    }
    der.extend_from_slice(octets);
}

/// Writes the pieces of a string one behind the other. Those of a character string are OCTET STRINGs, or of its own
/// type; those of a BIT STRING are such themselves, and begin with how many bits they have to `spare`: the last alone
/// may have some.
fn join(depth: usize, number: u8, pieces: &[u8], spare: &mut u8, der: &mut Vec<u8>) -> Option<()> {
    each(depth, pieces, |depth, piece| {
        match piece.tag() & !CONSTRUCTED {
            own if own == number => {}
            OCTET_STRING if number != BIT_STRING => {}
            _ => return None,
        }
        if piece.is_constructed() {
            return join(depth, number, piece.content, spare, der);
        }
        let mut octets = piece.content;
        if number == BIT_STRING {
            let (own, bits) = octets.split_first()?;
            octets = bits;
            if std::mem::replace(spare, *own) != 0 {
                return None;
            }
        }
        der.extend_from_slice(octets);
        Some(())
    })
}

/// Visits the elements that follow one another in these octets, and says how deeply others may be nested in them.
fn each<'a>(
    depth: usize,
    mut rest: &'a [u8],
    mut visit: impl FnMut(usize, Element<'a>) -> Option<()>,
) -> Option<()> {
    let depth = depth.checked_sub(1)?;
    while !rest.is_empty() {
        let (element, after) = first_within(depth, rest)?;
        visit(depth, element)?;
        rest = after;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use der::{Decode as _, Encode as _};
    use proptest::prelude::*;

    use super::*;

    fn converted(ber: &[u8]) -> Option<Vec<u8>> {
        to_der(ber).map(Cow::into_owned)
    }

    #[test]
    fn der_is_borrowed_without_what_follows_it() {
        let der = b"\x30\x09\x02\x01\x05\x31\x00\xa0\x02\x05\x00";
        for tail in [&b""[..], b"\r\n", b"\0\0\0", b"\x30"] {
            let input = [der, tail].concat();
            assert!(matches!(to_der(&input), Some(Cow::Borrowed(found)) if found == der), "{tail:x?}");
        }
    }

    #[test]
    fn lengths_become_definite_and_minimal() {
        for (ber, der) in [
            (&b"\x30\x80\x02\x01\x05\0\0"[..], &b"\x30\x03\x02\x01\x05"[..]),
            (b"\x30\x81\x03\x02\x01\x05", b"\x30\x03\x02\x01\x05"),
            (b"\x30\x84\0\0\0\x05\x02\x82\0\x01\x05", b"\x30\x03\x02\x01\x05"),
            (b"\xa0\x80\x30\x80\x31\x80\0\0\0\0\x05\0\0\0!", b"\xa0\x06\x30\x02\x31\0\x05\0"),
            (b"\x30\x80\x9f\x85\x1f\x01!\0\0", b"\x30\x05\x9f\x85\x1f\x01!"),
        ] {
            assert_eq!(converted(ber).as_deref(), Some(der), "{ber:x?}");
        }
        let long = [&b"\x30\x80\x04\x83\0\0\xc8"[..], &[7; 200], &[0, 0]].concat();
        let der = [&b"\x30\x81\xcb\x04\x81\xc8"[..], &[7; 200]].concat();
        assert_eq!(converted(&long), Some(der));
    }

    #[test]
    fn strings_in_pieces_become_whole() {
        for (ber, der) in [
            (&b"\x24\x80\x04\x02ab\x04\0\x24\x80\x04\x01c\0\0\0\0"[..], &b"\x04\x03abc"[..]),
            (b"\x24\0", b"\x04\0"),
            (b"\x2c\x06\x04\x01a\x0c\x01b", b"\x0c\x02ab"),
            (b"\x23\x80\x03\x02\0\x81\x03\x02\x04\xf0\0\0", b"\x03\x03\x04\x81\xf0"),
            (b"\x23\x0a\x23\x04\x03\x02\0\x81\x03\x02\x04\xf0", b"\x03\x03\x04\x81\xf0"),
            (b"\x23\0", b"\x03\x01\0"),
        ] {
            assert_eq!(converted(ber).as_deref(), Some(der), "{ber:x?}");
        }
    }

    #[test]
    fn what_is_no_ber_is_refused() {
        for wrong in [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            b"\x30\x80\0",
            b"\x30\x02\x05",
            b"\x04\x80\0\0",                                 // primitive, of indefinite length
            b"\x30\x03\x04\x05a",                            // longer than what contains it
            b"\x24\x03\x02\x01a",                            // a piece of another type
            b"\x23\x03\x04\x01\0",                           // the same in a BIT STRING
            b"\x23\x02\x03\0", // a BIT STRING without the octet that it begins with
            b"\x23\x08\x03\x02\x04\xf0\x03\x02\0\x81", // bits to spare before its end
            b"\x30\x89\xff\xff\xff\xff\xff\xff\xff\xff\xff", // no length that fits
            b"\x1f\xff",
        ] {
            assert_eq!(converted(wrong), None, "{wrong:x?}");
        }
    }

    #[test]
    fn depth_is_bounded_and_breadth_is_not() {
        let nested = |depth| [b"\x30\x80".repeat(depth), b"\0\0".repeat(depth)].concat();
        assert!(to_der(&nested(DEEPEST)).is_some());
        for deep in [nested(DEEPEST + 1), b"\x30\x80".repeat(1 << 20), b"\x24\x80".repeat(1 << 20)] {
            assert!(to_der(&deep).is_none());
        }
        let wide = [&b"\x30\x80"[..], &b"\x05\x81\0".repeat(200_000), b"\0\0"].concat();
        assert_eq!(converted(&wide).map(|der| der.len()), Some(5 + 400_000));
    }

    #[test]
    fn octets_under_an_implicit_tag_are_joined() {
        let octets = |der| implicit_octets(AnyRef::from_der(der).unwrap()).map(Cow::into_owned);
        assert_eq!(octets(b"\x80\x02ab").as_deref(), Some(&b"ab"[..]));
        assert_eq!(octets(b"\xa0\x06\x04\x01a\x04\x01b").as_deref(), Some(&b"ab"[..]));
        assert_eq!(octets(b"\xa0\x03\x02\x01a"), None);
    }

    /// DER, and the same element in BER: lengths as the choices have it.
    fn spelled(depth: u32) -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
        let element = |tag, content: &[u8]| AnyRef::new(tag, content).unwrap().to_der().unwrap();
        let long = |tag: u8, content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_be_bytes();
            [&[tag, 0x84], &length[..], content].concat()
        };
        let octets = prop::collection::vec(any::<u8>(), 0..200);
        let leaf = (octets, 0..3).prop_map(move |(octets, spelling)| {
            let der = element(der::Tag::OctetString, &octets);
            let ber = match spelling {
                0 => der.clone(),
                1 => long(4, &octets),
                _ => {
                    let pieces = octets.chunks(7).flat_map(|piece| element(der::Tag::OctetString, piece));
                    [b"\x24\x80".to_vec(), pieces.collect(), vec![0, 0]].concat()
                }
            };
            (der, ber)
        });
        leaf.prop_recursive(depth, 64, 6, move |inner| {
            (prop::collection::vec(inner, 0..6), 0..3).prop_map(move |(inner, spelling)| {
                let (ders, bers): (Vec<_>, Vec<_>) = inner.into_iter().unzip();
                let ber = match spelling {
                    0 => element(der::Tag::Sequence, &bers.concat()),
                    1 => long(0x30, &bers.concat()),
                    _ => [b"\x30\x80".to_vec(), bers.concat(), vec![0, 0]].concat(),
                };
                (element(der::Tag::Sequence, &ders.concat()), ber)
            })
        })
    }

    proptest! {
        #[test]
        fn every_spelling_becomes_the_same_der((der, ber) in spelled(6), tail in any::<Vec<u8>>()) {
            prop_assert_eq!(converted(&[&ber[..], &tail].concat()), Some(der));
        }

        #[test]
        fn never_panics(input in any::<Vec<u8>>()) {
            if let Some(der) = to_der(&input) {
                prop_assert!(matches!(to_der(&der), Some(Cow::Borrowed(same)) if same == &*der));
            }
        }
    }
}
