//! The certification authority of `serve --tls`: kept in a folder of its own, outside of the store, and used again.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use idpstore::pki::{bundle, pem};
use p256::ecdsa::SigningKey;
use p256::pkcs8::{DecodePrivateKey as _, EncodePrivateKey as _};
use rustls::pki_types::PrivatePkcs8KeyDer;
use rustls::pki_types::pem::PemObject as _;
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::spki::SubjectPublicKeyInfo;

use super::issue::{self, Making};
use super::names::Name;
use crate::failure::{Cause, Failure};

const CERTIFICATE: &str = "ca.pem";
pub(super) const KEY: &str = "ca-key.pem";

/// How many days an authority lasts. Who has it in a list of trusted ones need not look after it often.
const DAYS: u64 = 5 * 365;

/// How many days are left at least to one that is used again.
const LEFT: u64 = 30;

/// More than a file of ours has.
const LARGEST: u64 = 1 << 16;

/// The authority, and the file with its certificate.
pub(super) struct Authority {
    pub(super) certificate: Certificate,
    pub(super) key: SigningKey,
    pub(super) file: PathBuf,
    /// Whether it is another than that of the last start, if there was one.
    pub(super) is_replaced: bool,
}

impl Authority {
    /// The one in a folder, if it may vouch for these names and lasts; otherwise a new one. Servers that start at the same time
    /// follow one another.
    pub(super) fn in_folder(folder: &Path, names: &[Name], making: Making<'_>) -> Result<Self, Failure> {
        let file = folder.join(CERTIFICATE);
        let failure = |attempt: &str, error: &Cause| {
            Failure::new(
                format!("cannot {attempt} the certification authority in `{}`", folder.display()),
                error,
            )
        };
        let _lock = lock(folder).map_err(|error| failure("lock", &error))?;
        let is_replaced = match read(folder) {
            Ok(Some((certificate, key))) if suits(&certificate, names, making.now) => {
                return Ok(Self { certificate, key, file, is_replaced: false });
            }
            Ok(found) => found.is_some() || file.exists(),
            Err(error) => return Err(failure("read", &error)),
        };
        let key = issue::key(making.entropy);
        let making = Making { days: DAYS, ..making };
        let certificate = issue::authority(&key, names, making).map_err(|error| failure("make", &error))?;
        write(folder, &certificate, &key).map_err(|error| failure("write", &error))?;
        Ok(Self { certificate, key, file, is_replaced })
    }

    /// For how many days from `now` it may vouch for a server.
    pub(super) fn days_left(&self, now: u64) -> u64 {
        days_left(&self.certificate, now)
    }
}

/// Where an authority is kept if no folder is named.
pub(super) fn usual_folder() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let data = variable("XDG_DATA_HOME").or_else(|| variable("LOCALAPPDATA"));
    let data = data.or_else(|| Some(variable("HOME")?.join(".local/share")))?;
    Some(data.join("idpstore/tls"))
}

fn days_left(certificate: &Certificate, now: u64) -> u64 {
    let end = certificate.tbs_certificate().validity().not_after.to_unix_duration().as_secs();
    end.saturating_sub(now) / (24 * 3600)
}

fn suits(authority: &Certificate, names: &[Name], now: u64) -> bool {
    let permitted = issue::permitted(authority);
    days_left(authority, now) >= LEFT && names.iter().all(|name| permitted.contains(name))
}

/// What is in the folder, if it is a certificate and its key.
fn read(folder: &Path) -> io::Result<Option<(Certificate, SigningKey)>> {
    let bytes = |name| {
        let mut bytes = Vec::new();
        match File::open(folder.join(name)) {
            Ok(file) => file.take(LARGEST).read_to_end(&mut bytes).map(|_| Some(bytes)),
            Err(missing) if missing.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    };
    let (Some(certificate), Some(key)) = (bytes(CERTIFICATE)?, bytes(KEY)?) else { return Ok(None) };
    Ok(parse(&certificate, &key))
}

fn parse(certificate: &[u8], key: &[u8]) -> Option<(Certificate, SigningKey)> {
    let certificate = Certificate::from_der(bundle::certificates(certificate).ok()?.first()?).ok()?;
    let key = PrivatePkcs8KeyDer::from_pem_slice(key).ok()?;
    let key = SigningKey::from_pkcs8_der(key.secret_pkcs8_der()).ok()?;
    let public = SubjectPublicKeyInfo::from_key(key.verifying_key()).ok()?;
    (*certificate.tbs_certificate().subject_public_key_info() == public).then_some((certificate, key))
}

/// Holds the folder until the file is closed.
fn lock(folder: &Path) -> io::Result<File> {
    make_folder(folder)?;
    let mut options = OpenOptions::new();
    let lock = readable(options.write(true).create(true), true).open(folder.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

fn write(folder: &Path, certificate: &Certificate, key: &SigningKey) -> io::Result<()> {
    let key = key.to_pkcs8_der().map_err(io::Error::other)?;
    replace(folder, KEY, true, &pem::encode("PRIVATE KEY", key.as_bytes()))?;
    let certificate = certificate.to_der().map_err(io::Error::other)?;
    replace(folder, CERTIFICATE, false, &pem::encode("CERTIFICATE", &certificate))
}

/// Puts a file in place of the one that is there, in one step.
fn replace(folder: &Path, name: &str, is_secret: bool, content: &str) -> io::Result<()> {
    let new = folder.join(format!("{name}.new"));
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    let mut file = readable(&mut options, is_secret).open(&new)?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    fs::rename(new, folder.join(name))
}

/// A secret is for the owner alone; all may read a certificate.
#[cfg(unix)]
fn readable(options: &mut OpenOptions, is_secret: bool) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, if is_secret { 0o600 } else { 0o644 })
}

/// Elsewhere a file has the rights that its folder gives it.
#[cfg(not(unix))]
fn readable(options: &mut OpenOptions, _: bool) -> &mut OpenOptions {
    options
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;

    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use idpstore::env::SeededEntropy;

    use super::*;

    const NOW: u64 = 1_800_000_000;
    const DAY: u64 = 24 * 3600;

    fn names(texts: &[&str]) -> Vec<Name> {
        texts.iter().map(|text| Name::parse(text).unwrap()).collect()
    }

    /// The certificate that a start at this time uses, and whether it took the place of another.
    fn started(folder: &Path, texts: &[&str], now: u64) -> (Vec<u8>, bool) {
        let entropy = SeededEntropy::from_system().unwrap();
        let making = Making { now, days: 0, entropy: &entropy };
        let authority = Authority::in_folder(folder, &names(texts), making).unwrap();
        (authority.certificate.to_der().unwrap(), authority.is_replaced)
    }

    #[test]
    fn an_authority_is_used_again_until_it_ends_or_a_name_is_new() {
        let folder = tempfile::tempdir().unwrap();
        let (first, is_replaced) = started(folder.path(), &["localhost", "::1", "x.example"], NOW);
        assert!(!is_replaced);
        assert_eq!(started(folder.path(), &["x.example"], NOW + 1700 * DAY), (first.clone(), false));
        let (second, is_replaced) = started(folder.path(), &["x.example"], NOW + 1800 * DAY);
        assert!(second != first && is_replaced);
        let (third, is_replaced) = started(folder.path(), &["x.example", "10.0.0.1"], NOW + 1800 * DAY);
        assert!(third != second && is_replaced);
        assert_eq!(started(folder.path(), &["10.0.0.1"], NOW + 1800 * DAY), (third, false));
    }

    #[test]
    fn servers_that_start_together_have_one_authority() {
        let folder = tempfile::tempdir().unwrap();
        let start = || started(folder.path(), &["localhost"], NOW).0;
        let all = std::thread::scope(|scope| {
            let all: Vec<_> = (0..8).map(|_| scope.spawn(start)).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(all.iter().all(|one| *one == all[0]));
    }

    #[test]
    fn a_key_that_is_not_its_own_is_not_used() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, _) = started(folder.path(), &["localhost"], NOW);
        started(other.path(), &["localhost"], NOW);
        fs::copy(other.path().join(KEY), folder.path().join(KEY)).unwrap();
        let (second, is_replaced) = started(folder.path(), &["localhost"], NOW);
        assert!(second != first && is_replaced);
    }

    #[cfg(unix)]
    #[test]
    fn the_key_is_for_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt as _;

        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("new/tls");
        started(&folder, &["localhost"], NOW);
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(
            (mode(&folder), mode(&folder.join(KEY)), mode(&folder.join(CERTIFICATE))),
            (0o700, 0o600, 0o644)
        );
    }
}
