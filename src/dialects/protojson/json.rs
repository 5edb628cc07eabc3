//! JSON text as Go's `protojson` reads it behind a gateway: the first value counts, what follows is not looked at, every
//! value knows its place, and errors are worded as in Go's standard library, which clients know.

use super::Malformed;

/// What may be between values.
pub(super) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// How many arrays and objects may enclose a value.
const LEVELS: usize = 128;

/// A value and its place. It may be a secret, so there is no `Debug`.
pub(super) struct Node<'t> {
    /// The offset of its first byte.
    pub(super) at: usize,
    /// How it is written; of an array or object its first character.
    pub(super) raw: &'t str,
    /// What it is.
    pub(super) value: Token<'t>,
}

/// A value.
pub(super) enum Token<'t> {
    Null,
    Bool(bool),
    Number,
    Text(String),
    Array(Vec<Node<'t>>),
    Object(Vec<(Node<'t>, Node<'t>)>),
}

/// Reads the first value of a text; `None` if there is nothing but white space.
pub(super) fn read(text: &str) -> Result<Option<Node<'_>>, Malformed> {
    let mut reader = Reader { text, at: 0, levels: 0 };
    reader.skip_blanks();
    if reader.at == text.len() { Ok(None) } else { reader.value().map(Some) }
}

/// Line and column of an offset, both from 1, counted in characters.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    levels: usize,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(|byte| BLANKS.contains(&char::from(byte))) {
            self.at += 1;
        }
    }

    /// The error that the next byte is not what was looked for.
    fn wrong(&self, looking_for: &str) -> Malformed {
        match self.peek() {
            None => Malformed("unexpected EOF".to_owned()),
            Some(byte) => Malformed(format!("invalid character '{}' {looking_for}", quoted(byte))),
        }
    }

    fn value(&mut self) -> Result<Node<'t>, Malformed> {
        self.skip_blanks();
        let at = self.at;
        let value = match self.peek() {
            Some(b'{') => self.nested(Self::object)?,
            Some(b'[') => self.nested(Self::array)?,
            Some(b'"') => Token::Text(self.string()?),
            Some(b't') => self.literal("true", Token::Bool(true))?,
            Some(b'f') => self.literal("false", Token::Bool(false))?,
            Some(b'n') => self.literal("null", Token::Null)?,
            Some(b'-' | b'0'..=b'9') => self.number()?,
            _ => return Err(self.wrong("looking for beginning of value")),
        };
        let end = if matches!(value, Token::Array(_) | Token::Object(_)) { at + 1 } else { self.at };
        Ok(Node { at, raw: self.text.get(at..end).unwrap_or_default(), value })
    }

    fn nested(
        &mut self,
        read: fn(&mut Self) -> Result<Token<'t>, Malformed>,
    ) -> Result<Token<'t>, Malformed> {
        if self.levels == LEVELS {
            return Err(Malformed("exceeded max depth".to_owned()));
        }
        self.levels += 1;
        self.at += 1;
        let value = read(self);
        self.levels -= 1;
        value
    }

    fn object(&mut self) -> Result<Token<'t>, Malformed> {
        let mut members = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Token::Object(members));
        }
        loop {
            self.skip_blanks();
            if self.peek() != Some(b'"') {
                return Err(self.wrong("looking for beginning of object key string"));
            }
            let name = self.value()?;
            self.skip_blanks();
            if self.peek() != Some(b':') {
                return Err(self.wrong("after object key"));
            }
            self.at += 1;
            members.push((name, self.value()?));
            if self.ends(b'}', "after object key:value pair")? {
                return Ok(Token::Object(members));
            }
        }
    }

    fn array(&mut self) -> Result<Token<'t>, Malformed> {
        let mut elements = Vec::new();
        self.skip_blanks();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Token::Array(elements));
        }
        loop {
            elements.push(self.value()?);
            if self.ends(b']', "after array element")? {
                return Ok(Token::Array(elements));
            }
        }
    }

    /// Whether what comes next is the end and not a comma.
    fn ends(&mut self, end: u8, place: &str) -> Result<bool, Malformed> {
        self.skip_blanks();
        match self.peek() {
            Some(byte) if byte == end || byte == b',' => {
                self.at += 1;
                Ok(byte == end)
            }
            _ => Err(self.wrong(place)),
        }
    }

    fn literal(&mut self, word: &'static str, value: Token<'t>) -> Result<Token<'t>, Malformed> {
        for expected in word.chars() {
            if self.peek() != u8::try_from(expected).ok() {
                return Err(self.wrong(&format!("in literal {word} (expecting '{expected}')")));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn number(&mut self) -> Result<Token<'t>, Malformed> {
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            _ => self.digits("in numeric literal")?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits("after decimal point in numeric literal")?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits("in exponent of numeric literal")?;
        }
        Ok(Token::Number)
    }

    fn digits(&mut self, place: &str) -> Result<(), Malformed> {
        if !self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            return Err(self.wrong(place));
        }
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        Ok(())
    }

    /// Finds the end of a string by Go's rules, and leaves its meaning to `serde_json`.
    fn string(&mut self) -> Result<String, Malformed> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => self.escape()?,
                Some(byte) if byte >= 0x20 => self.at += 1,
                _ => return Err(self.wrong("in string literal")),
            }
        }
        self.at += 1;
        let raw = self.text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(raw).map_err(|_| {
            // It may be a secret, so it is not repeated.
            let (line, column) = position(self.text, start);
            Malformed(format!("proto: syntax error (line {line}:{column}): invalid escape code in string"))
        })
    }

    fn escape(&mut self) -> Result<(), Malformed> {
        self.at += 1;
        match self.peek() {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => self.at += 1,
            Some(b'u') => {
                self.at += 1;
                for _ in 0..4 {
                    if !self.peek().is_some_and(|byte| byte.is_ascii_hexdigit()) {
                        return Err(self.wrong("in \\u hexadecimal character escape"));
                    }
                    self.at += 1;
                }
            }
            _ => return Err(self.wrong("in string escape code")),
        }
        Ok(())
    }
}

/// A byte as Go quotes it, which takes each byte for a character.
fn quoted(byte: u8) -> String {
    match byte {
        b'\'' | b'\\' | b'\n' | b'\r' | b'\t' => char::from(byte).escape_default().to_string(),
        0x07 => r"\a".to_owned(),
        0x08 => r"\b".to_owned(),
        0x0b => r"\v".to_owned(),
        0x0c => r"\f".to_owned(),
        ..0x20 | 0x7f => format!(r"\x{byte:02x}"),
        0x80..=0xa0 | 0xad => format!(r"\u{byte:04x}"),
        _ => char::from(byte).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_worded_as_clients_know_them() {
        for (text, words) in [
            ("{\"name\":", "unexpected EOF"),
            ("{\"name\"", "unexpected EOF"),
            ("\"abc", "unexpected EOF"),
            ("tru", "unexpected EOF"),
            ("nonsense", "invalid character 'o' in literal null (expecting 'u')"),
            ("{name:1}", "invalid character 'n' looking for beginning of object key string"),
            ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
            ("{\"a\" 1}", "invalid character '1' after object key"),
            ("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"),
            ("[1 2]", "invalid character '2' after array element"),
            ("[1,]", "invalid character ']' looking for beginning of value"),
            ("'a'", "invalid character '\\'' looking for beginning of value"),
            ("-x", "invalid character 'x' in numeric literal"),
            ("1.x", "invalid character 'x' after decimal point in numeric literal"),
            ("1e", "unexpected EOF"),
            ("\"\\x\"", "invalid character 'x' in string escape code"),
            ("\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"),
            ("\"a\nb\"", "invalid character '\\n' in string literal"),
            ("\"\0\"", "invalid character '\\x00' in string literal"),
            ("\u{feff}{}", "invalid character 'ï' looking for beginning of value"),
            ("{\\}", "invalid character '\\\\' looking for beginning of object key string"),
            ("[\u{80}]", "invalid character 'Â' looking for beginning of value"),
        ] {
            assert_eq!(read(text).err().expect(text).0, words);
        }
        let deep = format!("{}{}", "[".repeat(LEVELS + 1), "]".repeat(LEVELS + 1));
        assert_eq!(read(&deep).err().expect("deep").0, "exceeded max depth");
    }

    #[test]
    fn what_follows_the_first_value_is_not_read() {
        assert!(read("  \n").unwrap().is_none());
        let node = read(" {\"a\":[1,\"\\u00e9\"]} nonsense").unwrap().unwrap();
        assert_eq!((node.at, node.raw), (1, "{"));
        let Token::Object(members) = node.value else { panic!("an object") };
        assert_eq!((members[0].0.raw, members[0].1.raw), ("\"a\"", "["));
        assert_eq!(position("a\nbé", 5), (2, 3));
    }
}
