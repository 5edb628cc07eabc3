//! Serial numbers of certificates (RFC 5280, section 4.1.2.2): whole numbers of any size.

use std::{fmt, str::FromStr};

use der::{Encode, asn1::UintRef};

use super::signed::written;
use crate::error::{Error, Reason, Result};

/// A serial number: not negative, of any size. Shown and read in decimal, digit for digit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct SerialNumber(Vec<u8>);

/// How many octets a serial number may have that we write (RFC 5280 allows issuers no more).
const OCTETS: usize = 20;

impl SerialNumber {
    /// The number with these octets, the highest first.
    #[must_use]
    pub fn from_octets(octets: &[u8]) -> Self {
        let zeros = octets.iter().take_while(|octet| **octet == 0).count();
        Self(octets.get(zeros..).unwrap_or_default().to_vec())
    }

    /// The number as an `INTEGER` in DER.
    pub(super) fn to_der(&self) -> Result<Vec<u8>> {
        written(UintRef::new(&self.0).and_then(|number| number.to_der()))
    }
}

impl From<u128> for SerialNumber {
    fn from(number: u128) -> Self {
        Self::from_octets(&number.to_be_bytes())
    }
}

impl FromStr for SerialNumber {
    type Err = Error;

    /// Reads up to twenty octets' worth of decimal digits.
    fn from_str(text: &str) -> Result<Self> {
        let refuse = || Error::invalid("", Reason::Other(format!("is not a serial number: `{text}`")));
        if text.is_empty() || !text.bytes().all(|digit| digit.is_ascii_digit()) {
            return Err(refuse());
        }
        let mut octets = vec![0_u8; OCTETS];
        for digit in text.bytes() {
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
        Ok(Self::from_octets(&octets))
    }
}

impl fmt::Display for SerialNumber {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut octets = self.0.clone();
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
        out.write_str(&digits.iter().rev().collect::<String>())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_kept_at_any_size() {
        let largest = "1461501637330902918203684832716283019655932542975"; // 2^160 - 1
        for text in ["0", "9", "4660", "9007199254740993", "12737138739537859429", largest] {
            assert_eq!(text.parse::<SerialNumber>().unwrap().to_string(), text);
        }
        assert_eq!(SerialNumber::from(4660), SerialNumber::from_octets(&[0, 0x12, 0x34]));
        for text in ["", "-1", "1.0", "1e3", "1461501637330902918203684832716283019655932542976"] {
            assert!(text.parse::<SerialNumber>().is_err(), "{text}");
        }
    }
}
