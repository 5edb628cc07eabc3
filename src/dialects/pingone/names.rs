//! Distinguished names as PingOne writes them: those of keys most specific first, those of certificates in the
//! order of their encoding.

use crate::error::Reason;
use crate::pki::{DistinguishedName, NameAttribute};

/// The name of a key: `CN=terraform, OU=Testing, O=Example, C=GB`.
pub(super) fn of_key(name: &DistinguishedName) -> String {
    let mut parts: Vec<_> = name.iter().map(part).collect();
    parts.reverse();
    parts.join(", ")
}

/// The same name of a certificate: `C=GB,O=Example,OU=Testing,CN=terraform`.
pub(super) fn of_certificate(name: &DistinguishedName) -> String {
    name.iter().map(part).collect::<Vec<_>>().join(",")
}

fn part((attribute, text): (&NameAttribute, &str)) -> String {
    format!("{}={}", keyword(attribute), escaped(text))
}

/// A text as it stands in a name.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if matches!(character, ',' | '+' | '"' | '\\' | '<' | '>' | ';') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Types of attributes that have no place in [`NameAttribute`], by their keywords (RFC 4519).
const OTHERS: [(&str, &str); 7] = [
    ("DC", "0.9.2342.19200300.100.1.25"),
    ("UID", "0.9.2342.19200300.100.1.1"),
    ("SERIALNUMBER", "2.5.4.5"),
    ("STREET", "2.5.4.9"),
    ("T", "2.5.4.12"),
    ("SURNAME", "2.5.4.4"),
    ("GIVENNAME", "2.5.4.42"),
];

fn keyword(attribute: &NameAttribute) -> String {
    match attribute {
        NameAttribute::EmailAddress => "EMAILADDRESS".to_owned(),
        NameAttribute::Other(oid) => OTHERS
            .iter()
            .find(|(_, known)| known == oid)
            .map_or(oid.as_str(), |(keyword, _)| *keyword)
            .to_owned(),
        known => known.to_string(),
    }
}

/// Reads a name that is typed most specific first. Attributes without a text are left out: a certificate cannot
/// hold them (RFC 5280, appendix A.1).
pub(super) fn read(text: &str) -> Result<DistinguishedName, Reason> {
    if text.contains(char::is_control) {
        return Err(Reason::Other("must not have control characters".to_owned()));
    }
    let refuse = || Reason::Other(format!("is not a distinguished name: `{text}`"));
    let mut attributes = Vec::new();
    for part in parts(text).ok_or_else(refuse)? {
        let (keyword, value) = part.split_once('=').ok_or_else(refuse)?;
        let attribute = attribute(keyword.trim()).ok_or_else(refuse)?;
        let value = unescaped(value.trim());
        if !value.is_empty() {
            attributes.push((attribute, value));
        }
    }
    if attributes.is_empty() {
        return Err(refuse());
    }
    let named = attributes.into_iter().rev();
    Ok(named.fold(DistinguishedName::new(), |name, (attribute, value)| name.with(attribute, value)))
}

fn attribute(keyword: &str) -> Option<NameAttribute> {
    let keyword = keyword.to_ascii_uppercase();
    Some(match keyword.as_str() {
        "CN" => NameAttribute::CommonName,
        "OU" => NameAttribute::OrganizationalUnit,
        "O" => NameAttribute::Organization,
        "L" => NameAttribute::Locality,
        "ST" | "S" => NameAttribute::StateOrProvince,
        "C" => NameAttribute::Country,
        "E" | "EMAILADDRESS" => NameAttribute::EmailAddress,
        keyword => {
            let (_, oid) = OTHERS.iter().find(|(known, _)| *known == keyword)?;
            NameAttribute::Other((*oid).to_owned())
        }
    })
}

/// The parts between commas that are neither quoted nor escaped; `None` if a quotation does not end.
fn parts(text: &str) -> Option<Vec<&str>> {
    let (mut quoted, mut escaped, mut start) = (false, false, 0);
    let mut found = Vec::new();
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                found.push(text.get(start..at)?);
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(text.get(start..)?);
    (!quoted && !escaped).then_some(found)
}

fn unescaped(value: &str) -> String {
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    let (mut escaped, mut text) = (false, String::new());
    for character in quoted.unwrap_or(value).chars() {
        escaped = character == '\\' && !escaped;
        if !escaped {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_come_from_one_name() {
        let name = read(r#"CN=Zo\, "the" one , OU="Sales, West", O=Ping Identity, L=, ST=, C=US"#);
        let name = name.expect("a name");
        assert_eq!(of_key(&name), r#"CN=Zo\, \"the\" one, OU=Sales\, West, O=Ping Identity, C=US"#);
        assert_eq!(of_certificate(&name), r#"C=US,O=Ping Identity,OU=Sales\, West,CN=Zo\, \"the\" one"#);
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "CN", "CN=", "XX=1", "CN=\"a", "CN=a\\", "CN=a,,C=US", "=a", "CN=a\nb", "CN=\u{7f}"]
        {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
