//! Sealed documents: exports and seeds as text that only a wrap opens.
//!
//! The first line is the entry of a seal as in a store, the others are parts of the text, each sealed by its data key for its
//! position, in base64. The last part is marked as the last, so that none can be cut off.

use std::io::{self, Write};

use base64::prelude::{BASE64_STANDARD_NO_PAD as BASE64, Engine as _};
use zeroize::Zeroizing;

use super::cipher::Place;
use super::header::{Header, Ring};
use super::wrap::KeyWrap;
use crate::engine::keyspace::RECORD_VERSION;
use crate::env::Entropy;
use crate::error::{Error, ErrorKind, Result};

/// How many octets of the text are in a part.
const PART: usize = 1 << 16;

/// With what a sealed document begins.
const START: &str = "{\"seal\":";

/// Seals what is written to it.
///
/// ```
/// use std::io::Write;
/// use idpstore::engine::{KeyWrap, SealedDocument, open_document};
/// use idpstore::env::SeededEntropy;
///
/// let by = KeyWrap::passphrase("correct horse");
/// let random = SeededEntropy::from_system()?;
/// let mut sealed = SealedDocument::new(Vec::new(), &by, &random)?;
/// sealed.write_all(b"{}").expect("memory");
/// let text = String::from_utf8(sealed.finish()?).expect("text");
/// assert_eq!(&*open_document(&text, &by)?, "{}");
/// # Ok::<(), idpstore::Error>(())
/// ```
pub struct SealedDocument<'r, W> {
    out: W,
    random: &'r dyn Entropy,
    ring: Ring,
    position: u64,
    part: Zeroizing<Vec<u8>>,
}

impl<'r, W: Write> SealedDocument<'r, W> {
    /// Begins a document.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if it cannot be written, and those of the wrap.
    pub fn new(mut out: W, by: &KeyWrap, random: &'r dyn Entropy) -> Result<Self> {
        let ring = Header::found(random, by, false)?;
        let header = ring.entry.get(1..).unwrap_or_default();
        out.write_all(header).map_err(unwritten)?;
        Ok(Self { out, random, ring, position: 0, part: Zeroizing::new(Vec::with_capacity(PART)) })
    }

    /// Ends the document.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`] if it cannot be written.
    pub fn finish(mut self) -> Result<W> {
        self.end_part(true)?;
        self.out.write_all(b"\n").map_err(unwritten)?;
        Ok(self.out)
    }

    fn end_part(&mut self, is_last: bool) -> Result<()> {
        let sealed = self.ring.current()?.1.seal(self.random, &place(self.position, is_last), &self.part)?;
        write!(self.out, "\n{}", BASE64.encode(sealed)).map_err(unwritten)?;
        self.position += 1;
        self.part.clear();
        Ok(())
    }
}

impl<W: Write> Write for SealedDocument<'_, W> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        if self.part.len() == PART {
            self.end_part(false).map_err(io::Error::other)?;
        }
        let taken = octets.get(..PART - self.part.len()).unwrap_or(octets);
        self.part.extend_from_slice(taken);
        Ok(taken.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Whether a text is a sealed document.
#[must_use]
pub fn is_sealed_document(text: &str) -> bool {
    text.starts_with(START)
}

/// The text of a sealed document.
///
/// # Errors
///
/// [`ErrorKind::WrongKey`] if no wrap of it is like this one, [`ErrorKind::Corrupt`] if it is damaged or cut off.
pub fn open_document(text: &str, by: &KeyWrap) -> Result<Zeroizing<String>> {
    let mut lines = text.lines();
    let header = [&[RECORD_VERSION], lines.next().unwrap_or_default().as_bytes()].concat();
    let ring = Header::open(&header, by)?;
    let (key, mut lines) = (ring.current()?.1, lines.enumerate().peekable());
    if lines.peek().is_none() {
        return Err(damaged());
    }
    let mut opened = Zeroizing::new(Vec::with_capacity(text.len()));
    while let Some((position, line)) = lines.next() {
        let place = place(position as u64, lines.peek().is_none());
        let part =
            BASE64.decode(line).ok().and_then(|sealed| key.open(&place, &sealed)).ok_or_else(damaged)?;
        opened.extend_from_slice(&part);
    }
    let text = str::from_utf8(&opened).map_err(|_| damaged())?;
    Ok(Zeroizing::new(text.to_owned()))
}

fn place(position: u64, is_last: bool) -> Place {
    Place::of(&[b"idpstore document", &position.to_be_bytes(), &[u8::from(is_last)]])
}

fn damaged() -> Error {
    Error::new(ErrorKind::Corrupt).context("the sealed document is damaged or cut off")
}

fn unwritten(cause: io::Error) -> Error {
    Error::new(ErrorKind::Storage).context("the document cannot be written").caused_by(cause)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::env::SeededEntropy;

    fn sealed(text: &str) -> String {
        let random = SeededEntropy::new([7; 32]);
        let mut document = SealedDocument::new(Vec::new(), &KeyWrap::key([1; 32]), &random).unwrap();
        document.write_all(text.as_bytes()).unwrap();
        String::from_utf8(document.finish().unwrap()).unwrap()
    }

    #[test]
    fn documents_of_all_lengths_are_opened() {
        for length in [0, 1, PART - 1, PART, PART + 1, 3 * PART] {
            let text = "x".repeat(length);
            let sealed = sealed(&text);
            assert!(is_sealed_document(&sealed));
            assert_eq!(*open_document(&sealed, &KeyWrap::key([1; 32])).unwrap(), text);
            let wrong = open_document(&sealed, &KeyWrap::key([2; 32])).unwrap_err();
            assert_eq!(wrong.kind(), &ErrorKind::WrongKey);
        }
    }

    #[test]
    fn no_part_can_be_cut_off_moved_or_repeated() {
        let sealed = sealed(&"x".repeat(3 * PART));
        let lines: Vec<_> = sealed.lines().collect();
        assert_eq!(lines.len(), 4);
        for order in
            [&[0][..], &[0, 1], &[0, 1, 2], &[0, 2, 1, 3], &[0, 1, 1, 2, 3], &[0, 1, 2, 3, 3], &[0, 2, 3]]
        {
            let crafted: Vec<_> = order.iter().map(|at| lines[*at]).collect();
            let opened = open_document(&crafted.join("\n"), &KeyWrap::key([1; 32]));
            assert_eq!(
                opened.map(drop).map_err(|error| error.kind().clone()),
                Err(ErrorKind::Corrupt),
                "{order:?}"
            );
        }
    }
}
