//! Secrets in files, which no list of processes shows.

use std::io::{self, Read};

/// The longest secret that is read.
const LENGTH: u64 = 4096;

/// A secret as text, without the newline at its end.
pub(crate) fn read(from: impl Read) -> io::Result<String> {
    let mut text = String::new();
    from.take(LENGTH + 1).read_to_string(&mut text)?;
    if text.len() as u64 > LENGTH {
        return Err(io::Error::other(format!("a secret has at most {LENGTH} bytes")));
    }
    let end =
        text.strip_suffix('\n').map_or(text.len(), |text| text.strip_suffix('\r').unwrap_or(text).len());
    text.truncate(end);
    Ok(text)
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
