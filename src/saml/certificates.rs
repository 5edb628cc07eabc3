//! Certificates in metadata: read in whatever form a partner writes them, and reported where that cannot be done.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::Metadata;
use crate::error::Error;
use crate::pki::{Certificate, bundle};

/// How many warnings are listed at most.
const LISTED: usize = 20;

impl Metadata {
    /// Adds the certificates in the text of the `X509Certificate` with this number in the document.
    pub(super) fn add_certificates(&mut self, number: usize, text: &str) {
        let ders = match bundle::certificates(text.as_bytes()) {
            Ok(ders) => ders,
            Err(error) => return self.warn(number, &error),
        };
        let mut certificates = Vec::with_capacity(ders.len());
        for der in ders {
            match Certificate::from_der(&der) {
                Ok(certificate) => certificates.push(certificate),
                Err(error) => self.warn(number, &error),
            }
        }
        let certificates = bundle::sorted(certificates, None);
        self.certificates
            .extend(certificates.iter().map(|certificate| BASE64_STANDARD.encode(certificate.der())));
    }

    fn warn(&mut self, number: usize, error: &Error) {
        if self.warnings.len() < LISTED {
            let why: Vec<_> =
                error.violations().iter().map(|violation| violation.reason.to_string()).collect();
            self.warnings.push(format!("`X509Certificate` {number} of the metadata {}", why.join(", ")));
        } else if self.warnings.len() == LISTED {
            self.warnings.push("further certificates of the metadata cannot be read".to_owned());
        }
    }
}
