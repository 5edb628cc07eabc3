//! What a unit of work needs that takes long to make: new keys, and what they sign. It is made between two runs of
//! the unit, outside of any transaction, so that others write meanwhile.

use std::time::Duration;

use super::certificate_plan::CertificatePlan;
use super::{Service, Unit};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Need, Result};
use crate::model::place;
use crate::pki::issue;
use crate::pki::{DistinguishedName, Hash, KeySpec, PrivateKey, csr};

/// How many conflicts a unit of work meets at most: after that many, another writer is always faster.
const RUNS: u32 = 100;

/// How long it waits at most between two runs, in microseconds: about 64 ms.
const LONGEST_PAUSE: u64 = 1 << 16;

/// After how many runs it may wait that long.
const DOUBLINGS: u32 = 6;

/// A document that a new key signs for itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum SelfSigned {
    /// A certificate.
    Certificate(CertificatePlan),
    /// A certification request (RFC 2986).
    Request {
        /// Whom the key belongs to.
        subject: DistinguishedName,
        /// For which DNS names the certificate is requested.
        dns_names: Vec<String>,
        /// Type and size of the key.
        spec: KeySpec,
    },
}

impl SelfSigned {
    /// Type and size of the key.
    fn spec(&self) -> KeySpec {
        match self {
            Self::Certificate(plan) => plan.spec,
            Self::Request { spec, .. } => *spec,
        }
    }

    /// Whether the other document serves as this one, too: a run of the unit that begins later plans the same certificate
    /// for a later time.
    fn is_served_by(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Certificate(plan), Self::Certificate(other)) => plan.undated() == other.undated(),
            _ => self == other,
        }
    }

    /// Makes it, with a new key.
    fn make(self, env: &Environment) -> Result<Made> {
        let private = env.keys.generate(self.spec())?;
        self.sign(private, env)
    }

    /// Makes it with this key.
    fn sign(self, private: PrivateKey, env: &Environment) -> Result<Made> {
        let signer = &mut env.signer();
        let der = match &self {
            Self::Certificate(plan) => issue(&plan.issuance(), &private.public_jwk(), &private, signer),
            Self::Request { subject, dns_names, .. } => {
                csr::build(subject, dns_names, &private, Hash::Sha256, signer)
                    .map_err(|error| error.at(place::SUBJECT_ALT_NAME))
            }
        }?;
        Ok(Made { document: self, private, der })
    }
}

/// A new key, and the document that it has signed.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// The document, which may be dated earlier than the one that it serves as.
    pub(super) document: SelfSigned,
    /// The new key.
    pub(super) private: PrivateKey,
    /// What it has signed.
    pub(super) der: Vec<u8>,
}

impl Service {
    /// Runs `work` until it could be committed: again if another writer was faster, and again with what it needs.
    /// Also gives the number of the unit.
    pub(super) fn run<T>(&self, mut work: impl FnMut(&mut Unit<'_>) -> Result<T>) -> Result<(T, u64)> {
        let mut value = None;
        let number = self.run_to_end(&mut |unit| {
            value = Some(work(unit)?);
            Ok(())
        })?;
        value.map(|value| (value, number)).ok_or_else(|| ErrorKind::Conflict.into())
    }

    /// [`Service::run`], but for the value of the work: so it is compiled once, and not for each call of the store.
    fn run_to_end(&self, work: &mut dyn FnMut(&mut Unit<'_>) -> Result<()>) -> Result<u64> {
        let mut made = Vec::new();
        let mut again = None;
        let begun = self.env.clock.now();
        let mut run = 0;
        while run < RUNS {
            let mut unit = Unit::begin(self, &made, begun)?;
            let outcome = work(&mut unit);
            if !unit.missing.is_empty() {
                let missing = std::mem::take(&mut unit.missing);
                drop((unit, again.take())); // others write while it is made
                for document in missing {
                    made.push(document.make(&self.env)?);
                }
                continue;
            }
            match unit.end(outcome) {
                Err(error) if *error.kind() == ErrorKind::Conflict && self.mode.is_none() => {
                    again = Some(self.turns.again(again, self.pause(run)));
                    run += 1;
                }
                done => return done,
            }
        }
        Err(ErrorKind::Conflict.into())
    }

    /// How long a unit that has met other writers waits before it runs again: at random, so that it does not meet them
    /// again, and on average twice as long after each run. Those of this process are not met a second time.
    fn pause(&self, run: u32) -> Duration {
        if run == 0 || !self.engine.capabilities().several_owners {
            return Duration::ZERO;
        }
        let mut lot = [0; 4];
        self.env.entropy.fill(&mut lot);
        Duration::from_micros(
            u64::from(u32::from_be_bytes(lot)) % (LONGEST_PAUSE >> DOUBLINGS.saturating_sub(run)),
        )
    }
}

impl Unit<'_> {
    /// A new key that has signed this document. If there is none yet, the unit is not committed, whatever its caller makes of
    /// the error, and runs again once it is made. If another writer has taken the id that a certificate names, the key signs
    /// once more, here, so that no unit runs for ever beside others that write.
    pub(super) fn self_signed(&mut self, document: SelfSigned) -> Result<Made> {
        match self.made.find(|made| made.document.spec() == document.spec()) {
            Some(made) if document.is_served_by(&made.document) => Ok(made.clone()),
            Some(made) => document.sign(made.private.clone(), &self.service.env),
            None => {
                let pending = Error::pending(Need::Key { spec: document.spec().to_string() });
                self.missing.push(document);
                Err(pending)
            }
        }
    }
}
