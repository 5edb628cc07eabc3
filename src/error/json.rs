//! What `serde_json` says.

/// What is wrong, without the place in the text.
pub(crate) fn words(cause: &serde_json::Error) -> String {
    let words = cause.to_string();
    let place = format!(" at line {} column {}", cause.line(), cause.column());
    words.strip_suffix(&place).unwrap_or(&words).to_owned()
}
