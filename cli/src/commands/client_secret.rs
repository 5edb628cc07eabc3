//! The client secret that a partner has given us, from where no list of processes shows it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::secret;

/// The environment variable that may hold a client secret.
const VARIABLE: &str = "IDPSTORE_CLIENT_SECRET";

#[derive(clap::Args)]
pub(super) struct ClientSecret {
    /// A file that holds our client secret there, or `-` for the standard input; without it `IDPSTORE_CLIENT_SECRET` if that is set
    #[arg(long, value_name = "FILE|-")]
    client_secret_file: Option<PathBuf>,
}

impl ClientSecret {
    /// The secret, if there is one.
    pub(super) fn given(&self) -> Result<Option<String>, Failure> {
        first_of(self.client_secret_file.as_deref(), std::env::var_os(VARIABLE))
    }
}

/// That of the file, or else of the variable.
fn first_of(file: Option<&Path>, variable: Option<OsString>) -> Result<Option<String>, Failure> {
    let (name, text) = match (file, variable) {
        (Some(path), _) => (path.display().to_string(), read(path)?),
        (None, Some(text)) => {
            let text = text.into_string();
            (VARIABLE.to_owned(), text.map_err(|_| Failure::of(format!("`{VARIABLE}` is not in UTF-8")))?)
        }
        (None, None) => return Ok(None),
    };
    if text.is_empty() {
        Err(Failure::of(format!("the client secret in `{name}` is empty")))
    } else {
        Ok(Some(text))
    }
}

fn read(path: &Path) -> Result<String, Failure> {
    let text = if path == Path::new("-") {
        secret::read(io::stdin())
    } else {
        File::open(path).and_then(secret::read)
    };
    text.map_err(|error| Failure::new(format!("cannot read `{}`", path.display()), &error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_wins_over_the_environment() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let from = |file, variable: Option<&str>| {
            first_of(file, variable.map(OsString::from)).map_err(|failure| failure.to_string())
        };
        assert_eq!(from(None, None), Ok(None));
        assert_eq!(from(None, Some("hush")), Ok(Some("hush".to_owned())));
        std::fs::write(&file, "two words\n").unwrap();
        for variable in [None, Some("hush")] {
            assert_eq!(from(Some(&*file), variable), Ok(Some("two words".to_owned())));
        }
        std::fs::write(&file, "\n").unwrap();
        for empty in [from(Some(&*file), None), from(None, Some(""))] {
            assert!(empty.unwrap_err().ends_with("is empty"));
        }
        assert!(from(Some(folder.path()), None).unwrap_err().starts_with("cannot read"));
    }
}
