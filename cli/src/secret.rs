//! Secrets in files, which no list of processes shows.

use std::io::{self, Read, Write as _};
use std::path::Path;

use crate::failure::Failure;

/// The longest secret that is read.
const LENGTH: usize = 4096;

/// A secret as text, without the newline at its end.
pub(crate) fn read(from: impl Read) -> io::Result<String> {
    let mut text = String::with_capacity(2 * LENGTH); // never moved, so that no copy stays
    from.take(LENGTH as u64 + 1).read_to_string(&mut text)?;
    if text.len() > LENGTH {
        return Err(io::Error::other(format!("a secret has at most {LENGTH} bytes")));
    }
    let end =
        text.strip_suffix('\n').map_or(text.len(), |text| text.strip_suffix('\r').unwrap_or(text).len());
    text.truncate(end);
    Ok(text)
}

/// Whether others than the owner may read or write this file.
#[cfg(unix)]
pub(crate) fn readable_by_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;

    Ok(path.metadata()?.permissions().mode() & 0o077 != 0)
}

/// Elsewhere this is a matter of the folder.
#[cfg(not(unix))]
pub(crate) fn readable_by_others(_: &Path) -> io::Result<bool> {
    Ok(false)
}

/// That others can read a file that holds a secret.
pub(crate) fn warning(path: &Path) -> String {
    format!("others can read `{}`: `chmod 600` keeps them out of what is secret in it", path.display())
}

/// Prints a warning for each of these files that others can read.
pub(crate) fn warn_of_readers<'p>(files: impl Iterator<Item = &'p Path>) -> Result<(), Failure> {
    for path in files.filter(|path| path.is_file() && readable_by_others(path).unwrap_or_default()) {
        writeln!(io::stderr(), "warning: {}", warning(path))
            .map_err(|error| Failure::new("cannot print a warning", &error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_newline_at_the_end_is_no_part_of_a_secret() {
        for (content, secret) in
            [("s", "s"), ("s\n", "s"), ("s\r\n", "s"), ("s\n\n", "s\n"), ("", ""), (" s ", " s ")]
        {
            assert_eq!(read(content.as_bytes()).unwrap(), secret, "{content:?}");
        }
        assert_eq!(read("s".repeat(4096).as_bytes()).unwrap().len(), 4096);
        assert!(read("s".repeat(4097).as_bytes()).is_err());
        assert!(read(&b"\xFF"[..]).is_err());
    }
}
