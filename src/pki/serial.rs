//! Serial numbers of certificates (RFC 5280, section 4.1.2.2): whole numbers of any size and sign.

use std::{fmt, str::FromStr};

use der::{Encode, Tag, asn1::AnyRef};

use super::signed::written;
use crate::error::{Error, Reason, Result, excerpt};

/// A serial number: of any size, shown and read in decimal, digit for digit. RFC 5280 wants them positive; there are
/// certificates with negative ones.
///
/// ```
/// use idpstore::pki::SerialNumber;
///
/// let number: SerialNumber = "-12737138739537859429".parse()?;
/// assert!(number.is_negative());
/// assert_eq!(number.to_string(), "-12737138739537859429");
/// # Ok::<(), idpstore::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SerialNumber {
    is_negative: bool,
    /// The absolute value, the highest octet first, without leading zeros.
    magnitude: Vec<u8>,
}

/// How many octets a serial number may have that we write (RFC 5280 allows issuers no more).
const OCTETS: usize = 20;

/// How many octets a serial number may have that we read: to show it takes time that grows with their square.
const MOST_OCTETS: usize = 1024;

impl SerialNumber {
    /// The number, not negative, with these octets, the highest first.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Self {
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        Self { is_negative: false, magnitude: octets.get(zeros..).unwrap_or_default().to_vec() }
    }

    /// Whether it is less than zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.is_negative
    }

    /// The content of an `INTEGER` (X.690, section 8.3), which may have more octets than it needs.
    pub(super) fn from_integer(octets: &[u8]) -> Self {
        match octets {
            [0x80..=0xff, ..] => Self { is_negative: true, ..Self::from_octets(&negated(octets)) },
            _ => Self::from_octets(octets),
        }
    }

    /// Whether it can be shown at little cost.
    pub(super) fn check(&self) -> Result<()> {
        if self.magnitude.len() > MOST_OCTETS {
            let words = format!("has a serial number of more than {MOST_OCTETS} octets");
            return Err(Error::invalid("", Reason::Other(words)));
        }
        Ok(())
    }

    /// The number as an `INTEGER` in DER.
    pub(super) fn to_der(&self) -> Result<Vec<u8>> {
        let unsigned = [&[0], self.magnitude.as_slice()].concat();
        let mut octets = if self.is_negative { negated(&unsigned) } else { unsigned };
        while let [0, 0..0x80, ..] | [0xff, 0x80..=0xff, ..] = octets.as_slice() {
            octets.remove(0);
        }
        written(AnyRef::new(Tag::Integer, &octets).and_then(|number| number.to_der()))
    }
}

/// The two's complement.
fn negated(octets: &[u8]) -> Vec<u8> {
    let mut negated: Vec<u8> = octets.iter().map(|octet| !octet).collect();
    for octet in negated.iter_mut().rev() {
        *octet = octet.wrapping_add(1);
        if *octet != 0 {
            break;
        }
    }
    negated
}

impl From<u128> for SerialNumber {
    fn from(number: u128) -> Self {
        Self::from_octets(&number.to_be_bytes())
    }
}

impl FromStr for SerialNumber {
    type Err = Error;

    /// Reads up to twenty octets' worth of decimal digits, after a minus sign if the number is negative.
    fn from_str(text: &str) -> Result<Self> {
        let words = || format!("is not a serial number: `{}`", excerpt(text));
        let refuse = || Error::invalid("", Reason::Other(words()));
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(refuse());
        }
        let mut octets = vec![0_u8; OCTETS];
        for digit in digits.bytes() {
            let mut carry = u16::from(digit - b'0');
            for octet in octets.iter_mut().rev() {
                let value = u16::from(*octet) * 10 + carry;
                *octet = value.to_le_bytes()[0];
                carry = value >> 8;
            }
            if carry != 0 {
                return Err(refuse());
            }
        }
        let number = Self::from_octets(&octets);
        Ok(Self { is_negative: digits != text && !number.magnitude.is_empty(), ..number })
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = self.magnitude.clone();
        let mut digits = Vec::new();
        while octets.iter().any(|octet| *octet != 0) {
            let mut rest = 0;
            for octet in &mut octets {
                let value = rest << 8 | u16::from(*octet);
                *octet = (value / 10).to_le_bytes()[0];
                rest = value % 10;
            }
            digits.push(char::from(b'0' + rest.to_le_bytes()[0]));
        }
        if digits.is_empty() {
            digits.push('0');
        }
        out.pad_integral(!self.is_negative, "", &digits.iter().rev().collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_at_any_size() {
        let largest = "1461501637330902918203684832716283019655932542975"; // 2^160 - 1
        let lowest = "-1461501637330902918203684832716283019655932542975";
        for text in ["0", "9", "4660", "-1", "-9007199254740993", "12737138739537859429", largest, lowest] {
            assert_eq!(text.parse::<SerialNumber>().unwrap().to_string(), text);
        }
        assert_eq!(SerialNumber::from(4660), SerialNumber::from_octets(&[0, 0x12, 0x34]));
        assert_eq!("-0".parse::<SerialNumber>().unwrap(), SerialNumber::default());
        let too_large = "1461501637330902918203684832716283019655932542976";
        for text in ["", "-", "--1", "+1", "1.0", "1e3", too_large, &format!("-{too_large}")] {
            assert!(text.parse::<SerialNumber>().is_err(), "{text}");
        }
    }

    #[test]
    fn integers_are_in_twos_complement() {
        for (octets, text) in [
            (&[0][..], "0"),
            (&[0x7f], "127"),
            (&[0, 0x80], "128"),
            (&[0x80], "-128"),
            (&[0xff], "-1"),
            (&[0xfb], "-5"),
            (&[0xff, 0x7f], "-129"),
            (&[0xff, 0], "-256"),
            (&[0x80, 0, 0], "-8388608"),
        ] {
            let number = SerialNumber::from_integer(octets);
            assert_eq!(number.to_string(), text);
            assert_eq!(number, text.parse().unwrap());
            assert_eq!(number.to_der().unwrap()[2..], *octets, "{text}");
        }
        for (octets, text) in [(&[][..], "0"), (&[0, 0, 5], "5"), (&[0xff, 0xff, 0xfb], "-5")] {
            assert_eq!(SerialNumber::from_integer(octets).to_string(), text, "not minimal");
        }
    }
}
