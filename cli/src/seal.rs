//! What opens sealed stores and documents: a key or a passphrase in a file, or a passphrase in the environment.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD, Engine as _};
use idpstore::engine::KeyWrap;
use zeroize::Zeroizing;

use crate::failure::Failure;
use crate::secret;

/// The environment variable that may hold a passphrase.
pub(crate) const VARIABLE: &str = "IDPSTORE_SEAL_PASSPHRASE";

/// The longest file that may be one of a key: its digits, and the end of a line.
const LENGTH: u64 = 66;

/// What opens a sealed store.
#[derive(Clone, Default, clap::Args)]
pub(crate) struct Seal {
    /// Open a sealed store by the key in this file: 32 octets, or their 64 hexadecimal digits or base64
    #[arg(long, value_name = "FILE", env = "IDPSTORE_SEAL_KEY_FILE")]
    seal_key_file: Option<PathBuf>,
    /// Open it by the passphrase in this file; a newline at its end does not count. Without both, by
    /// `IDPSTORE_SEAL_PASSPHRASE`; without that, a sealed store is locked
    #[arg(long, value_name = "FILE", env = "IDPSTORE_SEAL_PASSPHRASE_FILE")]
    seal_passphrase_file: Option<PathBuf>,
}

/// What opens or seals a document.
#[derive(clap::Args)]
pub(crate) struct DocumentSeal {
    /// The key of a sealed document, in a file as that of a store; by default what opens the store
    #[arg(long, value_name = "FILE")]
    document_key_file: Option<PathBuf>,
    /// The passphrase of a sealed document, in a file
    #[arg(long, value_name = "FILE")]
    document_passphrase_file: Option<PathBuf>,
}

impl Seal {
    /// What opens the store, if anything is given.
    pub(crate) fn wrap(&self) -> Result<Option<KeyWrap>, Failure> {
        self.or_else(std::env::var_os(VARIABLE))
    }

    fn or_else(&self, variable: Option<OsString>) -> Result<Option<KeyWrap>, Failure> {
        let given = of_files(self.files(), "--seal-key-file", "--seal-passphrase-file")?;
        match (given, variable) {
            (None, Some(text)) => passphrase(VARIABLE, text.to_string_lossy().into_owned()).map(Some),
            (given, _) => Ok(given),
        }
    }

    /// The files of the key and of the passphrase.
    pub(crate) fn files(&self) -> [Option<&Path>; 2] {
        [self.seal_key_file.as_deref(), self.seal_passphrase_file.as_deref()]
    }
}

impl DocumentSeal {
    /// What opens or seals the document, if anything is given; otherwise this.
    pub(crate) fn or(&self, of_store: Option<KeyWrap>) -> Result<Option<KeyWrap>, Failure> {
        let files = [self.document_key_file.as_deref(), self.document_passphrase_file.as_deref()];
        secret::warn_of_readers(files.into_iter().flatten())?;
        Ok(of_files(files, "--document-key-file", "--document-passphrase-file")?.or(of_store))
    }
}

/// What the file of a key or that of a passphrase holds.
pub(crate) fn of_files(
    [key, text]: [Option<&Path>; 2],
    key_option: &str,
    passphrase_option: &str,
) -> Result<Option<KeyWrap>, Failure> {
    let open = |path: &Path| File::open(path).map_err(|error| unread(path, &error));
    match (key, text) {
        (Some(path), None) => {
            let key = read_key(open(path)?).map_err(|error| unread(path, &error))?;
            Ok(Some(KeyWrap::key(key)))
        }
        (None, Some(path)) => {
            let text = secret::read(open(path)?).map_err(|error| unread(path, &error))?;
            passphrase(passphrase_option, text).map(Some)
        }
        (None, None) => Ok(None),
        (Some(_), Some(_)) => {
            Err(Failure::of(format!("the key is given twice: use `{key_option}` or `{passphrase_option}`")))
        }
    }
}

fn unread(path: &Path, error: &io::Error) -> Failure {
    Failure::new(format!("cannot read `{}`", path.display()), error)
}

fn passphrase(source: &str, text: String) -> Result<KeyWrap, Failure> {
    if text.is_empty() {
        return Err(Failure::of(format!("`{source}`: the passphrase is empty")));
    }
    Ok(KeyWrap::passphrase(text))
}

/// A key: 32 octets, or their hexadecimal digits or base64, with or without a newline at the end.
fn read_key(from: impl io::Read) -> io::Result<[u8; 32]> {
    let mut octets = Zeroizing::new(Vec::with_capacity(128)); // never moved, so that no copy stays
    from.take(LENGTH + 1).read_to_end(&mut octets)?;
    if let Ok(key) = octets.as_slice().try_into() {
        return Ok(key);
    }
    let text = octets.strip_suffix(b"\n").unwrap_or(&octets);
    if let Ok(key) = text.try_into() {
        return Ok(key);
    }
    let text = text.strip_suffix(b"\r").unwrap_or(text);
    let base64 = text.strip_suffix(b"=").unwrap_or(text);
    let decoded = hexadecimal(text)
        .or_else(|| BASE64_STANDARD_NO_PAD.decode(base64).ok())
        .or_else(|| BASE64_URL_SAFE_NO_PAD.decode(base64).ok())
        .map(Zeroizing::new);
    let key = decoded.and_then(|key| key.as_slice().try_into().ok());
    key.ok_or_else(|| io::Error::other("a key is 32 octets, or their 64 hexadecimal digits or base64"))
}

/// The octets of 64 digits.
fn hexadecimal(digits: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(digits).ok().filter(|text| text.len() == 64)?;
    let octet =
        |at: usize| text.get(at..at + 2).filter(|pair| pair.bytes().all(|digit| digit.is_ascii_hexdigit()));
    (0..64).step_by(2).map(|at| u8::from_str_radix(octet(at)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE};

    use super::*;

    #[test]
    fn a_key_may_be_spelled_in_each_usual_way() {
        let key: [u8; 32] = std::array::from_fn(|at| 255 - u8::try_from(at).unwrap());
        let hex = key.map(|octet| format!("{octet:02x}")).concat();
        let spelled = [
            key.to_vec(),
            hex.clone().into_bytes(),
            hex.to_uppercase().into_bytes(),
            BASE64_STANDARD.encode(key).into_bytes(),
            BASE64_STANDARD_NO_PAD.encode(key).into_bytes(),
            BASE64_URL_SAFE.encode(key).into_bytes(),
        ];
        for spelled in spelled {
            assert_eq!(read_key(&*spelled).unwrap(), key);
            assert_eq!(read_key(&*[&spelled, &b"\n"[..]].concat()).unwrap(), key);
        }
        assert_eq!(read_key(format!("{hex}\r\n").as_bytes()).unwrap(), key);
        assert_eq!(read_key(&[b'\n'; 32][..]).unwrap(), [b'\n'; 32]);
        let long = format!("{hex}\n\n\n");
        for wrong in ["", "\n", &hex[1..], &hex.replace('f', "+"), &long, &"A".repeat(1000)] {
            assert!(read_key(wrong.as_bytes()).is_err(), "{wrong:?}");
        }
        assert!(read_key(&[0; 31][..]).is_err());
    }

    #[test]
    fn files_win_over_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let (key, text) = (folder.path().join("key"), folder.path().join("text"));
        std::fs::write(&key, [7; 32]).unwrap();
        std::fs::write(&text, "correct horse\n").unwrap();
        let wrap =
            |seal_key_file: Option<&Path>, seal_passphrase_file: Option<&Path>, variable: Option<&str>| {
                let (seal_key_file, seal_passphrase_file) =
                    (seal_key_file.map(Path::to_owned), seal_passphrase_file.map(Path::to_owned));
                Seal { seal_key_file, seal_passphrase_file }
                    .or_else(variable.map(OsString::from))
                    .map(|wrap| wrap.map(|wrap| wrap.name().to_owned()))
                    .map_err(|failure| failure.to_string())
            };
        let (by_key, by_text) = (Ok(Some("key".to_owned())), Ok(Some("passphrase".to_owned())));
        assert_eq!(wrap(None, None, None), Ok(None));
        assert_eq!(wrap(None, None, Some("correct horse")), by_text);
        assert_eq!(wrap(Some(&key), None, Some("correct horse")), by_key);
        assert_eq!(wrap(None, Some(&text), Some("")), by_text);
        assert!(wrap(None, None, Some("")).unwrap_err().contains(VARIABLE));
        assert!(wrap(Some(&key), Some(&text), None).unwrap_err().contains("twice"));
        assert!(wrap(Some(&text), None, None).unwrap_err().contains("a key is 32 octets"));
        assert!(wrap(Some(folder.path()), None, None).unwrap_err().contains("cannot read"));
        std::fs::write(&text, "\n").unwrap();
        assert!(wrap(None, Some(&text), None).unwrap_err().contains("empty"));
    }
}
