//! What shows by an RSA modulus alone. Numbers are big-endian; all of them are public, so the time that the arithmetic
//! takes may depend on them.

use std::collections::BTreeMap;

use crypto_bigint::{BoxedUint, CheckedSub as _, ConcatenatingMul as _, Gcd as _, NonZero};

use super::{Finding, Weakness};
use crate::pki::jwk::{Jwk, octets};
use crate::pki::rsa_key::bit_length;

/// A modulus of fewer bits is within the reach of states, and refused by many servers.
const FEWEST_BITS: usize = 2048;

pub(super) fn findings(modulus: &[u8]) -> Vec<Finding> {
    let bits = bit_length(modulus);
    let mut findings = Vec::new();
    if bits < FEWEST_BITS {
        let words = format!("the RSA modulus of {bits} bits has fewer than {FEWEST_BITS}");
        findings.push(Weakness::RsaTooSmall.because(words));
    }
    if has_close_factors(modulus) {
        let words = "the factors of the RSA modulus are so close that anyone can find them";
        findings.push(Weakness::Fermat.because(words));
    }
    if has_form_of_roca(modulus) {
        let words = "the RSA modulus has the form of CVE-2017-15361, whose factors can be found";
        findings.push(Weakness::Roca.because(words));
    }
    findings
}

/// How many steps of Fermat's method are made. Factors that were chosen at random take more than anyone can make.
const STEPS: u64 = 100;

/// The product of [`SQUARE_TESTS`].
const SQUARE_MODULUS: u64 = 64 * 63 * 65 * 11;

/// Of the residues modulo each of these, few are those of squares: of all numbers one in a hundred passes all tests.
const SQUARE_TESTS: [u64; 4] = [64, 63, 65, 11];

/// Fermat's method: with the mean of both factors `a` and half their distance `b`, the modulus is `a² - b²`. If the
/// factors are close, `a` is little more than the root of the modulus, and is found by trying.
fn has_close_factors(modulus: &[u8]) -> bool {
    let precision = u32::try_from(modulus.len() * 8).unwrap_or(u32::MAX);
    // A limb more, so that the squares fit.
    let Ok(number) = BoxedUint::from_be_slice(modulus, precision.saturating_add(64)) else { return false };
    let root = number.floor_sqrt_vartime();
    let residue_of_number = residue(modulus, SQUARE_MODULUS);
    let residue_of_root = residue(&root.to_be_bytes(), SQUARE_MODULUS);
    (0..=STEPS).any(|step| {
        let mean = residue_of_root + step;
        may_be_square(mean * mean + SQUARE_MODULUS - residue_of_number) && {
            let mean = root.wrapping_add(BoxedUint::from(step));
            let rest = mean.wrapping_square().checked_sub(&number).into_option();
            rest.is_some_and(|rest| rest.checked_sqrt_vartime().is_some())
        }
    })
}

/// Whether a number with this residue modulo [`SQUARE_MODULUS`] may be a square.
fn may_be_square(residue: u64) -> bool {
    SQUARE_TESTS.iter().all(|modulus| (0..*modulus).any(|root| root * root % modulus == residue % modulus))
}

/// The odd primes whose product divides the `M` of the smallest keys of this form.
const SMALL_PRIMES: [u64; 38] = [
    3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103,
    107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167,
];

/// Both factors of a weak modulus are `k · M + (65537^a mod M)`, where `M` is the product of the first primes (Nemec and
/// others, "The Return of Coppersmith's Attack", 2017). So the modulus, too, is a power of 65537 modulo each of these
/// primes. One modulus in a hundred million is so by chance.
fn has_form_of_roca(modulus: &[u8]) -> bool {
    SMALL_PRIMES.iter().all(|prime| {
        let wanted = residue(modulus, *prime);
        let next = |power: &u64| Some(power * 65_537 % prime).filter(|power| *power != 1);
        std::iter::successors(Some(1), next).any(|power| power == wanted)
    })
}

/// The remainder of a number by a small one.
fn residue(number: &[u8], modulus: u64) -> u64 {
    number.iter().fold(0, |rest, octet| (rest << 8 | u64::from(*octet)) % modulus)
}

/// Which of these keys have a factor of their RSA modulus in common with another modulus among them: their positions,
/// in order. Keys that cannot be used are left out, and so is that one key occurs several times.
///
/// The moduli are multiplied, and what each leaves of the product shows whether it is alone. The time grows with the
/// square of their number: 100 keys of 2048 bits take 0.15 s, 1000 take 15 s.
#[must_use]
pub fn shared_primes<'a>(keys: impl IntoIterator<Item = &'a Jwk>) -> Vec<usize> {
    let mut positions: BTreeMap<Vec<u8>, Vec<usize>> = BTreeMap::new();
    for (position, key) in keys.into_iter().enumerate() {
        let Jwk::Rsa { n, .. } = key else { continue };
        if let (Ok(()), Ok(modulus)) = (key.check(), octets("/n", n)) {
            positions.entry(modulus).or_default().push(position);
        }
    }
    let numbers = || positions.keys().map(|modulus| BoxedUint::from_be_slice_vartime(modulus));
    let product = numbers().fold(BoxedUint::one(), |product, number| product.concatenating_mul(&number));
    let shares = |number: BoxedUint| -> Option<bool> {
        let square = NonZero::new(number.concatenating_mul(&number)).into_option()?;
        let number = NonZero::new(number).into_option()?;
        let others = product.rem_vartime(&square).wrapping_div_vartime(&number);
        Some(number.gcd_vartime(&others).as_ref() != &BoxedUint::one())
    };
    let shared = numbers().zip(positions.values()).filter(|(number, _)| shares(number.clone()) == Some(true));
    let mut found: Vec<_> = shared.flat_map(|(_, positions)| positions.iter().copied()).collect();
    found.sort_unstable();
    found
}
