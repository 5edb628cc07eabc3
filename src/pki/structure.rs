//! DER taken apart element by element, and put together again.

use der::{Decode, Encode, ErrorKind, Tag, TagNumber, Tagged as _, asn1::AnyRef};

/// How many elements may follow one another: a list takes sixteen times the memory of the octets.
const MOST_ELEMENTS: usize = 10_000;

/// The elements that follow one another in these octets.
pub(super) fn elements(octets: &[u8]) -> der::Result<Vec<AnyRef<'_>>> {
    let mut rest = octets;
    let mut found = Vec::new();
    while !rest.is_empty() {
        if found.len() == MOST_ELEMENTS {
            return Err(ErrorKind::Overlength.into());
        }
        let (element, tail) = AnyRef::from_der_partial(rest)?;
        found.push(element);
        rest = tail;
    }
    Ok(found)
}

/// The elements of the one sequence that these octets are.
pub(super) fn sequence(der: &[u8]) -> der::Result<Vec<AnyRef<'_>>> {
    let all = AnyRef::from_der(der)?;
    all.tag().assert_eq(Tag::Sequence)?;
    elements(all.value())
}

/// Whether an element has the context-specific tag with this number.
pub(super) fn is_tagged(element: &AnyRef<'_>, wanted: u32) -> bool {
    matches!(element.tag(), Tag::ContextSpecific { number, .. } if number.value() == wanted)
}

/// What elements become inside of the tag.
pub(super) fn wrap(tag: Tag, elements: &[Vec<u8>]) -> der::Result<Vec<u8>> {
    AnyRef::new(tag, &elements.concat())?.to_der()
}

/// The context-specific tag around other elements.
pub(super) fn context(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}
