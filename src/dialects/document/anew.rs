//! The document with which a client makes a record anew that is shown.

use serde_json::Value;

use super::line::{Content, Line, Presence};
use super::show::Spell;
use super::strict::Strict;
use super::{Document, Record};
use crate::dialects::lens::Members;
use crate::engine::records::is_secret;
use crate::error::pointer;

/// What clients send besides what lines say.
pub(in crate::dialects) struct Sent {
    /// Members of the server's that they must send all the same.
    pub(in crate::dialects) servers: &'static [&'static str],
    /// Whether the state of the record is sent.
    pub(in crate::dialects) state: bool,
}

/// A document with which a client makes a record anew.
#[derive(Default)]
pub(in crate::dialects) struct Anew {
    /// The document. Secrets that are never shown are empty texts.
    pub(in crate::dialects) document: Members,
    /// Pointers to the members that name trusted keys.
    pub(in crate::dialects) trusted: Vec<String>,
    /// Pointers to the members that name a signing key. They are not in the document.
    pub(in crate::dialects) signing: Vec<String>,
}

impl<R: Record, X: Spell> Document<R, X> {
    /// The document with which a client makes a record anew of what is `shown` for it: without what only the server writes and
    /// without signing keys, but with members for secrets. `needs` names those that must be there besides those that lines require.
    pub(in crate::dialects) fn anew(
        &self,
        record: &R,
        mut shown: Members,
        sent: &Sent,
        needs: &dyn Fn(&str) -> bool,
    ) -> Anew {
        let mut making =
            Making { record, sent, needs, at: String::new(), trusted: Vec::new(), signing: Vec::new() };
        let mut document = Members::new();
        making.members(self.root.lines, &mut shown, self.kept(record), &mut document);
        document.extend(shown);
        Anew { document, trusted: making.trusted, signing: making.signing }
    }
}

struct Making<'m, R> {
    record: &'m R,
    sent: &'m Sent,
    needs: &'m dyn Fn(&str) -> bool,
    /// The pointer of the member that is looked at.
    at: String,
    trusted: Vec<String>,
    signing: Vec<String>,
}

impl<R> Making<'_, R> {
    /// Moves what is sent of the members with these lines from what is shown into the document. Those without a line are left.
    fn members<X>(
        &mut self,
        lines: &'static [Line<R, X>],
        shown: &mut Members,
        kept: Option<&Members>,
        document: &mut Members,
    ) {
        for line in lines.iter().filter(|line| line.applies(Some(self.record))) {
            let value = shown.shift_remove(line.name());
            if line.member.is_flat() {
                let mut inner = into_members(value);
                self.members(line.lines, &mut inner, kept, document);
                continue;
            }
            let depth = self.at.len();
            pointer::push(&mut self.at, line.key());
            let kept = kept.and_then(|kept| kept.get(line.key()));
            if let Some(value) = self.member(line, value, kept) {
                document.insert(line.key().to_owned(), value);
            }
            self.at.truncate(depth);
        }
    }

    /// What is sent of a member, if anything is.
    fn member<X>(
        &mut self,
        line: &'static Line<R, X>,
        shown: Option<Value>,
        kept: Option<&Value>,
    ) -> Option<Value> {
        let is_servers = line.member.content == Content::Server && !self.sent.servers.contains(&line.name());
        let core = line.core.map_or("", |core| core.name);
        if is_servers || (core == STATE && !self.sent.state) {
            return None;
        }
        if core == SIGNING_KEY {
            self.signing.extend(shown.filter(|kid| !kid.is_null()).map(|_| self.at.clone()));
            return None;
        }
        if line.has_members() && !matches!(shown, Some(Value::Null)) {
            let was_empty = shown.as_ref().and_then(Value::as_object).is_some_and(Members::is_empty);
            let (mut inner, mut document) = (into_members(shown), Members::new());
            self.members(line.lines, &mut inner, kept.and_then(Value::as_object), &mut document);
            document.extend(inner);
            return Some(document).filter(|document| was_empty || !document.is_empty()).map(Value::Object);
        }
        if core.starts_with(TRUSTED_KEYS) {
            self.see_trusted(shown.as_ref());
        }
        let is_missing = || self.has_secret(line, kept);
        shown.or_else(|| is_missing().then(|| "".into()))
    }

    /// Notes where a member names trusted keys: as a text, in a list of them, or as the ids of objects.
    fn see_trusted(&mut self, named: Option<&Value>) {
        let depth = self.at.len();
        let mut below = |name: &str, value: &Value| {
            pointer::push(&mut self.at, name);
            self.see_trusted(Some(value));
            self.at.truncate(depth);
        };
        match named {
            Some(Value::String(_)) => self.trusted.push(self.at.clone()),
            Some(Value::Array(elements)) => {
                elements.iter().enumerate().for_each(|(at, element)| below(&at.to_string(), element));
            }
            Some(Value::Object(members)) => members.iter().for_each(|(name, value)| below(name, value)),
            _ => {}
        }
    }

    /// Whether a member that is not shown holds a secret that the record has, or that must be there.
    fn has_secret<X>(&self, line: &Line<R, X>, kept: Option<&Value>) -> bool {
        let is_required = || match line.member.presence {
            Presence::Required => true,
            Presence::RequiredIf => line.required_if.is_some_and(|is_required| is_required(self.record)),
            _ => matches!(line.strict, Some(Strict::Needed(is_needed)) if is_needed(self.record)),
        };
        let is_had = || kept.is_some_and(|kept| !kept.is_null()) || !line.shown(self.record).is_nothing();
        (line.member.is_secret() || is_secret(line.key()))
            && (is_had() || is_required() || (self.needs)(line.key()))
    }
}

fn into_members(value: Option<Value>) -> Members {
    match value {
        Some(Value::Object(members)) => members,
        _ => Members::new(),
    }
}

/// The parts of the core that are not sent as they are shown.
const STATE: &str = "state";
const SIGNING_KEY: &str = "signing_key";
const TRUSTED_KEYS: &str = "trusted_keys";
