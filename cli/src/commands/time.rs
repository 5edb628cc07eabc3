//! Times of a command line.

/// Reads `60d` or `12h` as seconds.
pub(super) fn seconds(text: &str) -> Result<i64, String> {
    let read = || {
        let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let unit = match unit {
            "d" => 86_400,
            "h" => 3_600,
            _ => return None,
        };
        i64::from(number.parse::<u32>().ok()?).checked_mul(unit)
    };
    read().ok_or_else(|| "a duration is a number of days or hours, such as 60d or 12h".to_owned())
}
