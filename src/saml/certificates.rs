//! Certificates in metadata: read in whatever form a partner writes them, and reported where that cannot be done.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::Metadata;
use crate::error::Error;
use crate::pki::{Certificate, bundle};

/// For what a partner uses a key (SAML metadata, section 2.4.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// To sign, or without `use` for both.
    Signing { encrypts_too: bool },
    /// For encryption alone: what it signs is not trusted.
    Encryption,
}

impl Use {
    /// The value of the attribute `use`.
    pub(super) fn of(attribute: Option<&str>) -> Self {
        match attribute {
            Some("encryption") => Self::Encryption,
            usage => Self::Signing { encrypts_too: usage != Some("signing") },
        }
    }
}

/// How many warnings are listed at most.
const LISTED: usize = 20;

impl Metadata {
    /// Adds the certificates in the text of the `X509Certificate` with this number in the document.
    pub(super) fn add_certificates(&mut self, number: usize, text: &str, usage: Use) {
        let ders = match bundle::certificates(text.as_bytes()) {
            Ok(ders) => ders,
            Err(error) => return self.warn(number, &error, usage),
        };
        let mut certificates = Vec::with_capacity(ders.len());
        for der in ders {
            match Certificate::from_der(&der) {
                Ok(certificate) => certificates.push(certificate),
                Err(error) => self.warn(number, &error, usage),
            }
        }
        let certificates = bundle::sorted(certificates, None);
        let certificates = certificates.iter().map(|certificate| BASE64_STANDARD.encode(certificate.der()));
        let certificates: Vec<_> = certificates.collect();
        if usage != (Use::Signing { encrypts_too: false }) {
            self.encryption_certificates.extend(certificates.iter().cloned());
        }
        if usage != Use::Encryption {
            self.certificates.extend(certificates);
        }
    }

    /// Notes that a certificate cannot be read: why only of one whose key may sign.
    fn warn(&mut self, number: usize, error: &Error, usage: Use) {
        if usage == Use::Encryption {
            self.note_unread("X509Certificate");
        } else if self.warnings.len() < LISTED {
            let why: Vec<_> =
                error.violations().iter().map(|violation| violation.reason.to_string()).collect();
            self.warnings.push(format!("`X509Certificate` {number} of the metadata {}", why.join(", ")));
        } else if self.warnings.len() == LISTED {
            self.warnings.push("further certificates of the metadata cannot be read".to_owned());
        }
    }
}
