//! Which opaque words of the files stand for which of the answers. Each stands for one, and no two for the same.

use std::collections::BTreeMap;

use idpstore::model::Id;
use idpstore::okta;
use serde_json::{Value, json};

/// Words of the files and of the answers, both ways.
#[derive(Default)]
pub(super) struct Likeness {
    found: BTreeMap<String, String>,
    expected: BTreeMap<String, String>,
    /// Of the words that are ids, the numbers: other vendors spell the same ones.
    ids: BTreeMap<Id, Id>,
}

/// Members that hold the number of a unit. A cluster gives others.
const NUMBERS: [&str; 2] = ["sequence", "processedSequence"];

/// What is longer is taken for one word, such as a certificate in base64.
const LONG: usize = 200;

/// An opaque word is no shorter.
const SHORT: usize = 8;

/// What is as long is opaque even if it looks like a word.
const NO_WORD: usize = 20;

impl Likeness {
    /// A text with the words that the answers have in place of those of the files.
    pub(super) fn translated(&self, text: &str) -> String {
        parts(text).into_iter().map(|word| self.known(word).unwrap_or_else(|| word.to_owned())).collect()
    }

    /// A document with the words that the answers have.
    pub(super) fn document(&self, document: &Value) -> Value {
        match document {
            Value::String(text) => self.translated(text).into(),
            Value::Array(items) => items.iter().map(|item| self.document(item)).collect(),
            Value::Object(members) => {
                members.iter().map(|(name, value)| (self.translated(name), self.document(value))).collect()
            }
            other => other.clone(),
        }
    }

    /// Forgets what an id of the files stands for: there it is given a second time, to something of another kind.
    pub(super) fn forget(&mut self, expected: &str) {
        let found = self.expected.remove(expected);
        found.and_then(|found| self.found.remove(&found));
        id(expected).and_then(|(_, id)| self.ids.remove(&id));
    }

    /// Compares what was found with what was expected, and learns from it.
    pub(super) fn compare(&mut self, at: &str, expected: &Value, found: &Value, wrong: &mut Vec<String>) {
        let member = at.rsplit('/').next().unwrap_or_default();
        match (expected, found) {
            (Value::Object(expected), Value::Object(found)) if expected.keys().eq(found.keys()) => {
                for ((name, expected), found) in expected.iter().zip(found.values()) {
                    self.compare(&format!("{at}/{name}"), expected, found, wrong);
                }
            }
            (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
                for (number, (expected, found)) in expected.iter().zip(found).enumerate() {
                    self.compare(&format!("{at}/{number}"), expected, found, wrong);
                }
            }
            (Value::String(expected), Value::String(found)) if NUMBERS.contains(&member) => {
                if [expected, found].iter().any(|number| number.parse::<u64>().is_err()) {
                    wrong.push(format!("{at}: no number: {found}"));
                }
            }
            (Value::String(expected), Value::String(found)) => {
                if let Err(words) = self.texts(expected, found) {
                    wrong.push(format!("{at}: {words}"));
                }
            }
            // Objects with the same members in another order are equal, too.
            _ if expected == found && !expected.is_object() => {}
            _ => wrong.push(format!("{at}: {found} in place of {expected}")),
        }
    }

    /// What the answers have in place of a word.
    fn known(&self, word: &str) -> Option<String> {
        self.expected.get(word).cloned().or_else(|| {
            let (spelling, id) = id(word)?;
            self.ids.get(&id).map(|id| spelling.of(*id))
        })
    }

    fn texts(&mut self, expected: &str, found: &str) -> Result<(), String> {
        let [these, those] = [expected, found].map(parts);
        if these.len() != those.len() {
            return Err(format!("{found} in place of {expected}"));
        }
        these.into_iter().zip(those).try_for_each(|(expected, found)| self.words(expected, found))
    }

    fn words(&mut self, expected: &str, found: &str) -> Result<(), String> {
        let known = self.known(expected);
        if known.as_deref().unwrap_or(expected) == found {
            return Ok(());
        }
        if known.is_some() || self.found.contains_key(found) || ![expected, found].into_iter().all(is_opaque)
        {
            return Err(format!("`{found}` in place of `{expected}`, which is known as {known:?}"));
        }
        if let (Some((of_file, id)), Some((of_answer, found))) = (id(expected), id(found))
            && of_file == of_answer
        {
            self.ids.insert(id, found);
        }
        self.expected.insert(expected.to_owned(), found.to_owned());
        self.found.insert(found.to_owned(), expected.to_owned());
        Ok(())
    }
}

/// How an id is spelled.
#[derive(PartialEq)]
enum Spelling<'w> {
    /// Okta's, whose ids begin with what they are of.
    Okta(&'w str),
    Uuid,
    Decimal,
}

impl Spelling<'_> {
    fn of(&self, id: Id) -> String {
        match self {
            Self::Okta(kind) => okta::id(id).replacen("0oa", kind, 1),
            Self::Uuid => id.to_uuid(),
            Self::Decimal => id.number().to_string(),
        }
    }
}

/// The id that a word is.
fn id(word: &str) -> Option<(Spelling<'_>, Id)> {
    let of_okta = || {
        let (kind, rest) = word.split_at_checked(3)?;
        Some((Spelling::Okta(kind), okta::read_id(&format!("0oa{rest}"))?))
    };
    let of_zitadel = || (word.len() == 19).then(|| word.parse().ok()).flatten().map(Id::from_number);
    of_okta()
        .or_else(|| Some((Spelling::Uuid, Id::from_uuid(word)?)))
        .or_else(|| Some((Spelling::Decimal, of_zitadel()?)))
}

fn is_opaque(word: &str) -> bool {
    let has = |is: fn(&char) -> bool| word.chars().any(|char| is(&char));
    let is_mixed =
        has(char::is_ascii_digit) || has(char::is_ascii_uppercase) && has(char::is_ascii_lowercase);
    word.len() >= SHORT && (is_mixed || word.len() >= NO_WORD)
}

/// The words of a text, and each character between them.
fn parts(text: &str) -> Vec<&str> {
    let is_between = |char: char| char.is_whitespace() || "<>\"'?&,;:()[]{}".contains(char);
    // Lines of a certificate differ where what is in it does.
    let (text, certificates) = text.split_at(text.find("-----BEGIN").unwrap_or(text.len()));
    split(text, is_between)
        .into_iter()
        .chain((!certificates.is_empty()).then_some(certificates))
        .flat_map(|piece| {
            let is_of_word = |char: char| char.is_ascii_alphanumeric() || char == '-' || char == '_';
            if piece.len() >= LONG { vec![piece] } else { split(piece, |char| !is_of_word(char)) }
        })
        .collect()
}

fn split(text: &str, is_between: impl Fn(char) -> bool + Copy) -> Vec<&str> {
    let pieces = text.split_inclusive(is_between);
    let parts = pieces.flat_map(|piece| {
        let end = piece.char_indices().next_back().filter(|(_, char)| is_between(*char));
        <[&str; 2]>::from(piece.split_at(end.map_or(piece.len(), |(at, _)| at)))
    });
    parts.filter(|part| !part.is_empty()).collect()
}

/// How many differences are found in documents that are compared one after the other.
fn differences(pairs: &[(Value, Value)]) -> usize {
    let (mut likeness, mut wrong) = (Likeness::default(), Vec::new());
    for (expected, found) in pairs {
        likeness.compare("", expected, found, &mut wrong);
    }
    wrong.len()
}

#[test]
fn opaque_words_stand_for_one_another_and_nothing_else_does() {
    let one = json!({"id": "0oa0002Cz3xQRAgCG1ds", "name": "One"});
    let found = json!({"id": "0oa0002Cz3xQRAgCK1ds", "name": "One"});
    assert_eq!(differences(&[(one.clone(), found.clone()), (one.clone(), found.clone())]), 0);
    let another = json!({"id": "0oa0002Cz3xQRAgCL1ds", "name": "One"});
    assert_eq!(differences(&[(one.clone(), found.clone()), (one.clone(), another)]), 1, "it stands for one");
    let two = json!({"id": "0oa0002Cz3xQRAgCH1ds", "name": "One"});
    assert_eq!(
        differences(&[(one.clone(), found), (two, json!({"id": "0oa0002Cz3xQRAgCK1ds", "name": "One"}))]),
        1
    );
    for wrong in [
        json!({"id": "0oa0002Cz3xQRAgCG1ds", "name": "Two"}),
        json!({"name": "One", "id": "0oa0002Cz3xQRAgCG1ds"}),
        json!({"id": "0oa0002Cz3xQRAgCG1ds"}),
        json!({"id": ["0oa0002Cz3xQRAgCG1ds"], "name": "One"}),
    ] {
        assert_eq!(differences(&[(one.clone(), wrong.clone())]), 1, "{wrong}");
    }
    let other_spelling = (json!("1854376457011200000"), json!("1854376457011200007"));
    let id = okta::read_id("0oa0002Cz3xQRAgCG1ds").unwrap().number();
    assert_eq!(id, 1_854_376_457_011_200_000);
    assert_eq!(
        differences(&[(json!("0oa0002Cz3xQRAgCG1ds"), json!("0oa0002Cz3xQRAgCK1ds")), other_spelling]),
        1
    );
}
