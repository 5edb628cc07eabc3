//! Durations as protobuf's JSON mapping spells them: `1.500s`.

/// The most seconds that a duration has: ten thousand years.
const MOST: u64 = 315_576_000_000;

/// The spelling that servers write, with no, three, six or nine digits of fraction; `None` if that is no
/// duration.
pub(super) fn canonical(text: &str) -> Option<String> {
    let number = text.strip_suffix('s')?;
    let (sign, number) = match number.strip_prefix('-') {
        Some(number) => ("-", number),
        None => ("", number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let one_is_there = !whole.is_empty() || !fraction.is_empty();
    if !one_is_there || !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let seconds: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let fraction = shortened(format!("{fraction:0<9}"));
    if seconds > MOST || (seconds == MOST && !fraction.is_empty()) {
        return None;
    }
    let sign = if seconds == 0 && fraction.is_empty() { "" } else { sign };
    let point = if fraction.is_empty() { "" } else { "." };
    Some(format!("{sign}{seconds}{point}{fraction}s"))
}

/// Nine digits without groups of three zeros at their end.
fn shortened(mut nanoseconds: String) -> String {
    while nanoseconds.ends_with("000") {
        nanoseconds.truncate(nanoseconds.len() - 3);
    }
    nanoseconds
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_have_three_six_or_nine_digits() {
        for (text, spelled) in [
            ("10s", "10s"),
            ("0s", "0s"),
            ("-0.0s", "0s"),
            ("1.5s", "1.500s"),
            ("-1.0000005s", "-1.000000500s"),
            (".25s", "0.250s"),
            ("3.s", "3s"),
            ("315576000000s", "315576000000s"),
        ] {
            assert_eq!(canonical(text).as_deref(), Some(spelled), "{text}");
        }
        for text in
            ["10", "s", ".s", "1m", "1.0000000001s", "1e3s", "--1s", "315576000001s", "315576000000.1s"]
        {
            assert_eq!(canonical(text), None, "{text}");
        }
    }
}
