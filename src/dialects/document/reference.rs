//! The reference of a document, written from its table.

use std::fmt::Write as _;

use super::line::{Content, Presence};
use super::shape::{Plain, Shape, Text};
use super::{Document, Line};
use crate::dialects::protojson::tests::described;

/// A record of each kind that a document may describe, with the vendor's name of the kind.
pub(in crate::dialects) type Kinds<R> = Vec<(&'static str, R)>;

impl<R, X> Document<R, X> {
    /// A section of the reference: a row for each member.
    pub(in crate::dialects) fn reference(&self, title: &str, kinds: &Kinds<R>) -> String {
        let head = "| member | holds | must be there | for | shows |\n|---|---|---|---|---|\n";
        let mut text = format!("\n### {title}\n\n{head}");
        rows(self.root.lines, "", kinds, &mut text);
        text
    }
}

fn rows<R, X>(lines: &[Line<R, X>], around: &str, kinds: &Kinds<R>, text: &mut String) {
    for line in lines.iter().filter(|line| line.member.content != Content::Hidden) {
        let (name, key) = (line.name(), line.key());
        let path = format!("{around}{name}");
        let received = if key == name { String::new() } else { format!(", received as `{key}`") };
        let wanted = kinds_with(kinds, |record| line.applies(Some(record)));
        let (presence, shows) = (presence(line, kinds), shows(line, kinds));
        let holds = match (line.member.content, line.member.field) {
            (Content::Server, _) => String::new(),
            (_, Some(field)) => described(field),
            _ => holds(line.member.shape),
        };
        let _ = writeln!(text, "| `{path}` | {holds}{received} | {presence} | {wanted} | {shows} |");
        let inside = if let Shape::Each = line.member.shape { "[]" } else { "" };
        rows(line.lines, &format!("{path}{inside}."), kinds, text);
    }
}

/// The names of the kinds with this property: nothing if all have it.
pub(super) fn kinds_with<R>(kinds: &Kinds<R>, has: impl Fn(&R) -> bool) -> String {
    let names: Vec<_> = kinds.iter().filter(|(_, record)| has(record)).map(|(name, _)| *name).collect();
    let others = kinds.iter().map(|(name, _)| *name).filter(|name| !names.contains(name));
    let others: Vec<_> = others.collect();
    match (names.len(), others.len()) {
        (_, 0) => String::new(),
        (0, _) => "some".to_owned(),
        (with, without) if with > 2 * without => format!("all but {}", others.join(", ")),
        _ => names.join(", "),
    }
}

pub(super) fn holds(shape: Shape) -> String {
    match shape {
        Shape::Object | Shape::Flat => "object".to_owned(),
        Shape::Each => "objects".to_owned(),
        Shape::Plain(plain) => match plain {
            Plain::Text(text) => text_of(text),
            Plain::Flag { is_loose: false } => "boolean".to_owned(),
            Plain::Flag { is_loose: true } => "boolean, also in quotation marks".to_owned(),
            Plain::Integer { low, high, .. } if high < i64::from(i32::MAX) => format!("{low} to {high}"),
            Plain::Integer { low, .. } if low > i64::from(i32::MIN) => format!("integer from {low}"),
            Plain::Integer { .. } => "integer".to_owned(),
            Plain::Texts(_) => "texts".to_owned(),
            Plain::References(_) => "objects with an `id`".to_owned(),
            Plain::Any => "anything".to_owned(),
        },
    }
}

fn text_of(text: Text) -> String {
    let listed =
        |texts: Vec<&str>| texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ");
    match text {
        Text::Words => "text".to_owned(),
        Text::Filled => "text, not empty".to_owned(),
        Text::Length(length) => format!("text of {length} characters"),
        Text::Between(least, most) => format!("text of {least} to {most} characters"),
        Text::Https => "https URL".to_owned(),
        Text::Url => "URL".to_owned(),
        Text::OneOf(texts) => listed(texts.to_vec()),
        Text::Named(names) => listed(names.iter().map(|(name, _)| *name).collect()),
    }
}

fn presence<R, X>(line: &Line<R, X>, kinds: &Kinds<R>) -> String {
    let required = || match kinds_with(kinds, |record| line.required_if.is_some_and(|when| when(record))) {
        names if names.is_empty() => "yes".to_owned(),
        names => names,
    };
    match line.member.presence {
        Presence::Optional => String::new(),
        Presence::Kept => "no; a replacement without it keeps it".to_owned(),
        Presence::Required => "yes".to_owned(),
        Presence::RequiredIf => required(),
        Presence::RequiredUnless(other) => format!("{}, unless `{other}` is", required()),
        Presence::Needed => "if an object around it is".to_owned(),
        Presence::NeededHere => "if its object is".to_owned(),
    }
}

fn shows<R, X>(line: &Line<R, X>, kinds: &Kinds<R>) -> String {
    let part = line.core.map(|core| format!("`{}`", core.name.replace(", ", "`, `"))).unwrap_or_default();
    let is_secret = line.member.is_secret();
    match (line.member.content, line.member.shape) {
        (Content::Core, _) if is_secret => format!("{part} is set, and never shown"),
        (Content::Remainder, _) if is_secret => "is kept, and never shown".to_owned(),
        (Content::Core, _) => part,
        (Content::Returned, _) => format!("{part}, if it was received here"),
        (Content::WriteOnly, _) => format!("{part} is set, and never shown"),
        (Content::Dependent, _) => format!("what was received, until {part} changes"),
        (Content::Server | Content::Hidden, _) => "what the server writes".to_owned(),
        (Content::Remainder, Shape::Object | Shape::Flat) => String::new(),
        (Content::Remainder, _) => format!("what was received{}", default(line, kinds)),
    }
}

/// What is shown where nothing was received, if that is the same for all records.
fn default<R, X>(line: &Line<R, X>, kinds: &Kinds<R>) -> String {
    let Some(default) = line.default else { return String::new() };
    let records = kinds.iter().filter(|(_, record)| line.applies(Some(record)));
    let mut values: Vec<_> = records.filter_map(|(_, record)| default(record).into_value()).collect();
    values.dedup();
    match values.as_slice() {
        [only] if only.to_string().len() < 60 => format!(", or else `{only}`"),
        [] => String::new(),
        _ => ", or else a default".to_owned(),
    }
}
