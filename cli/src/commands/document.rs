//! Portable documents in files: JSON, or YAML 1.2 in files whose names end in `.yaml` or `.yml`.

use std::path::Path;

use idpstore::engine::{KeyWrap, is_sealed_document, open_document};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::failure::{Cause, Failure};

/// Why a sealed document was not read.
const NOTHING_OPENS: &str = "it is sealed: give `--document-key-file` or `--document-passphrase-file`";

/// The document in a file, as JSON. `by` gives what opens it if it is sealed.
pub(super) fn read(
    path: &Path,
    by: impl FnOnce() -> Result<Option<KeyWrap>, Failure>,
) -> Result<Zeroizing<String>, Failure> {
    let text = Zeroizing::new(std::fs::read_to_string(path).map_err(|error| cannot("read", path, &error))?);
    if is_sealed_document(&text) {
        let by =
            by()?.ok_or_else(|| Failure::of(format!("cannot open `{}`: {NOTHING_OPENS}", path.display())))?;
        return open_document(&text, &by).map_err(|error| cannot("open", path, &error));
    }
    if !path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
        return Ok(text);
    }
    let options = serde_saphyr::options! { strict_booleans: true }; // `NO` is a text
    let value: Result<Value, _> = serde_saphyr::from_str_with_options(&text, options);
    value.map(|value| Zeroizing::new(value.to_string())).map_err(|error| cannot("read", path, &error))
}

/// A document of JSON as YAML.
pub(super) fn yaml(json: &[u8]) -> Result<String, Failure> {
    let cannot = |error: &Cause| Failure::new("cannot write YAML", error);
    let value: Value = serde_json::from_slice(json).map_err(|error| cannot(&error))?;
    serde_saphyr::to_string(&value).map_err(|error| cannot(&error))
}

/// What could not be done with a document, and why.
pub(super) fn cannot(attempt: &str, path: &Path, error: &Cause) -> Failure {
    Failure::new(format!("cannot {attempt} `{}`", path.display()), error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_yaml_1_1_and_numbers_of_texts_stay_texts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("seed.yaml");
        std::fs::write(&path, "name: NO\nalias: on\nversion: \"1.0\"\nid: 1900000000000000001\n").unwrap();
        let read = || read(&path, || Ok(None)).unwrap();
        assert_eq!(*read(), r#"{"name":"NO","alias":"on","version":"1.0","id":1900000000000000001}"#);
        let tricky = r#"{"a":"NO","b":"1.0","c":"null","d":"~","e":"2001-01-01","f":"0x1F","g":"a: b # c","h":"-----BEGIN\nMII\n","i":["",{}],"j":"yes"}"#;
        std::fs::write(&path, yaml(tricky.as_bytes()).unwrap()).unwrap();
        assert_eq!(*read(), tricky);
    }
}
