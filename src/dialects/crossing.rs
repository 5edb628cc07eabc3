//! What another vendor's API shows of a provider, and what does not cross from one dialect to another, and why.
//!
//! A member of the source's document crosses if a provider that a client makes anew of the target's document would show it
//! at the source as it is. All of this comes from the tables of documents (`document/carry.rs`): there is no list of
//! members that cross (`docs/decisions/0092-what-crosses-to-another-vendor.md`).

use std::cell::LazyCell;
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use super::document::See;
use super::lens::{Left, Lens, Members, Passage};
use super::{ALL, Dialect};
use crate::engine::records::{json, take_secrets};
use crate::error::{Result, Violation, excerpt, pointer};
use crate::model::{Id, IdentityProvider};
use crate::service::Certificates;

/// What a vendor's API shows of a provider, and what does not cross to it: [`IdpStore::crossing`](crate::IdpStore::crossing).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Crossing {
    /// The tenant of the provider.
    #[serde(serialize_with = "as_text")]
    pub tenant: Id,
    /// The provider.
    #[serde(serialize_with = "as_text")]
    pub provider: Id,
    /// Its name.
    pub name: String,
    /// The dialect to which it crosses: the target.
    pub to: &'static str,
    /// The target's document, without its secrets; absent if the target has no such kind of provider.
    pub shown: Option<Value>,
    /// What does not cross.
    pub lost: Vec<Lost>,
    /// What the target's document has by default.
    pub added: Vec<Added>,
}

/// Ids are larger than the numbers that every reader of JSON knows.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn as_text<S: Serializer>(id: &Id, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(id)
}

/// A member that does not cross.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Lost {
    /// A JSON Pointer to it, in the document as the source receives it; empty for the whole document.
    pub member: String,
    /// The dialect of the document: the source.
    pub of: &'static str,
    /// The part of the core that is lost, as `docs/crosswalk.md` names it; absent if the member is the source's own. A member
    /// with several parts is listed once for each that is lost.
    pub core: Option<&'static str>,
    /// What is lost; absent if it is a secret or the whole document.
    pub value: Option<Value>,
    /// Why it does not cross.
    pub why: Why,
    /// Where the target falls short; absent if it has no word for it.
    pub detail: Option<String>,
}

/// Why a member does not cross.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Why {
    /// The target has no member for it.
    NoWord,
    /// The target has a member for it, and that has a value with another meaning: the nearest that there is, or its default.
    OtherMeaning,
    /// The target has a member for it, and that shows nothing of this value, or the vendor would refuse it.
    ValueNotTaken,
}

/// A member that the target's document has by default.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Added {
    /// A JSON Pointer to it, in the document as the target receives it.
    pub member: String,
    /// The part of the core that it would set; absent if the member is the target's own.
    pub core: Option<&'static str>,
    /// What it has.
    pub value: Value,
}

impl Why {
    /// The name for machines, such as `no_word`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoWord => "no_word",
            Self::OtherMeaning => "other_meaning",
            Self::ValueNotTaken => "value_not_taken",
        }
    }
}

impl fmt::Display for Why {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(match self {
            Self::NoWord => "no word for it",
            Self::OtherMeaning => "another meaning",
            Self::ValueNotTaken => "a value that is not taken",
        })
    }
}

/// Calls `see` with each single part of the core that members of records like this show, the path of the member, and what gives
/// the value that the member shows.
pub fn parts(lens: &dyn Lens, record: &IdentityProvider, see: &mut See<'_>) {
    lens.cores(record, &mut |parts, path, shown| {
        for part in parts.split(PART_END) {
            see(part, path, shown);
        }
    });
}

/// What separates the parts of the core that one member shows.
const PART_END: &str = ", ";

/// What crosses of a provider.
///
/// # Errors
///
/// Those of `certificates`.
pub(crate) fn crossing(
    (tenant, record): (Id, &IdentityProvider),
    to: &'static Dialect,
    base_url: &str,
    certificates: &Certificates<'_>,
) -> Result<Crossing> {
    let (provider, name) = (record.id, record.name.clone());
    let mut crossing =
        Crossing { tenant, provider, name, to: to.name, shown: None, lost: Vec::new(), added: Vec::new() };
    let Some(shown) = to.lens.show_with(record, base_url, certificates)? else {
        crossing.lost = sources(record, to).map(|source| Lost::whole(source.name)).collect();
        return Ok(crossing);
    };
    let received = to.lens.update_from(&shown);
    if let Some((carried, passage)) = to.lens.carry(record, &received) {
        let (before, after) = (json(record)?, json(&carried)?);
        let target = Target { to, record, document: &received, passage, before, after };
        for source in sources(record, to) {
            let kept = LazyCell::new(|| {
                let kept = record.remainders.get(source.name).cloned().unwrap_or_default();
                let mut kept = Value::Object(kept.into_members());
                take_secrets(&mut kept);
                kept
            });
            source.lens.left(record, &carried, &mut |left| {
                target.lose(source, left, &kept, &mut crossing.lost);
            });
            target.lose_refused(source, record, &mut crossing.lost);
        }
        crossing.added = target.added();
    }
    let mut shown = Value::Object(shown);
    take_secrets(&mut shown);
    crossing.shown = Some(shown);
    Ok(crossing)
}

/// The dialects that have received something of a record, but for the target, or else all that have such a kind.
fn sources(record: &IdentityProvider, to: &Dialect) -> impl Iterator<Item = &'static Dialect> {
    let has_received = |dialect: &Dialect| record.remainders.contains_key(dialect.name);
    let is_received = ALL.iter().any(|dialect| has_received(dialect));
    ALL.iter().copied().filter(move |dialect| {
        dialect.name != to.name
            && (dialect.policy.knows_provider)(record)
            && (!is_received || has_received(dialect))
    })
}

/// What a target has of a record.
struct Target<'t> {
    to: &'static Dialect,
    record: &'t IdentityProvider,
    /// Its document as it would be received.
    document: &'t Members,
    passage: Passage,
    /// The core of the record.
    before: Value,
    /// That of a record that is made of the document.
    after: Value,
}

impl Target<'_> {
    /// Lists what is lost with a member of the source's document.
    fn lose(&self, source: &Dialect, left: Left<'_>, kept: &Value, lost: &mut Vec<Lost>) {
        let Left { member, core, said } = left;
        let lose = |core, value| self.lost(source, member, core, value);
        let Some(parts) = core.filter(|parts| said.is_some() || is_several(parts)) else {
            return lost.push(lose(core, kept.pointer(member).cloned()));
        };
        for part in parts.split(PART_END) {
            // What the core does not have is what the source adds.
            let (before, after) = (at(&self.before, part), at(&self.after, part));
            let Some(before) = before.filter(|_| before != after) else { continue };
            let value = if is_several(parts) { Some(before) } else { said.as_ref() };
            lost.push(lose(Some(part), value.cloned()));
        }
    }

    /// Lists what would cross if the target's vendor did not refuse it.
    fn lose_refused(&self, source: &Dialect, record: &IdentityProvider, lost: &mut Vec<Lost>) {
        if self.passage.refused.is_empty() {
            return;
        }
        source.lens.cores(record, &mut |parts, path, shown| {
            for part in parts.split(PART_END).filter(|part| self.refused(part).is_some()) {
                let member = pointer::of(path);
                let is_listed = lost.iter().any(|lost| lost.member == member && lost.core == Some(part));
                let (Some(before), Some(shown), false) = (at(&self.before, part), shown(), is_listed) else {
                    continue;
                };
                let value = if is_several(parts) { before.clone() } else { shown };
                lost.push(self.lost(source, &member, Some(part), Some(value)));
            }
        });
    }

    fn lost(&self, source: &Dialect, member: &str, core: Option<&'static str>, value: Option<Value>) -> Lost {
        let (why, detail) = core.map_or((Why::NoWord, None), |part| self.why(part));
        let value = value.and_then(|value| without_secrets(member, value));
        Lost { member: member.to_owned(), of: source.name, core, value, why, detail }
    }

    /// What the vendor would refuse that is about this part of the core.
    fn refused(&self, part: &str) -> Option<&Violation> {
        let is_about = |parts: &str| parts.split(PART_END).any(|other| stem(other) == stem(part));
        self.passage.refused.iter().find(|(parts, _)| is_about(parts)).map(|(_, refused)| refused)
    }

    /// Why a part of the core does not cross.
    fn why(&self, part: &str) -> (Why, Option<String>) {
        if let Some(refused) = self.refused(part) {
            let (at, reason) = (&refused.pointer, excerpt(&refused.reason.to_string()).into_owned());
            return (Why::ValueNotTaken, Some(format!("`{at}` {reason}")));
        }
        // The first member that shows something of it, or else the first that could.
        let (mut place, mut shown) = (None, None);
        parts(self.to.lens, self.record, &mut |other, path, _| {
            if shown.is_none() && stem(other) == stem(part) {
                shown = self.shown(path);
                if place.is_none() || shown.is_some() {
                    place = Some(pointer::of(path));
                }
            }
        });
        let Some(place) = place else { return (Why::NoWord, None) };
        let Some(shown) = shown else {
            return (Why::ValueNotTaken, Some(format!("`{place}` shows nothing of it")));
        };
        let detail = match without_secrets(&place, shown.clone()) {
            Some(value) => format!("`{place}` is `{}`", text(&value)),
            None => format!("`{place}` is another one"),
        };
        (Why::OtherMeaning, Some(detail))
    }

    /// What the document has by default: what its table says, and what would be set in a core that has nothing there.
    fn added(&self) -> Vec<Added> {
        let by_table = self.passage.defaults.iter().filter(|(_, shown)| !is_empty(shown));
        let by_table = by_table.cloned().map(|(member, value)| Added { member, core: None, value });
        let mut added: Vec<_> = by_table.collect();
        self.to.lens.cores(self.record, &mut |parts, path, _| {
            let Some(shown) = self.shown(path) else { return };
            for part in parts.split(PART_END).filter(|part| at(&self.before, part).is_none()) {
                let Some(set) = at(&self.after, part) else { continue };
                let member = pointer::of(path);
                if self.passage.defaults.iter().all(|(known, _)| *known != member) {
                    let value = if is_several(parts) { set } else { shown };
                    added.push(Added { member, core: Some(part), value: value.clone() });
                }
            }
        });
        added.into_iter().filter_map(Added::without_secrets).collect()
    }

    /// What the member at a path shows, unless that is nothing.
    fn shown(&self, path: &[&str]) -> Option<&Value> {
        let (name, below) = path.split_first()?;
        let shown = below.iter().try_fold(self.document.get(*name)?, |around, name| around.get(name));
        shown.filter(|shown| !is_empty(shown))
    }
}

impl Lost {
    /// That the whole document of this dialect is lost.
    fn whole(of: &'static str) -> Self {
        Self { member: String::new(), of, core: None, value: None, why: Why::NoWord, detail: None }
    }
}

impl Added {
    fn without_secrets(self) -> Option<Self> {
        let value = without_secrets(&self.member, self.value)?;
        Some(Self { value, ..self })
    }
}

/// What the stored form of a provider has in a part of the core.
fn at<'r>(record: &'r Value, part: &str) -> Option<&'r Value> {
    let (around, place) = match part.split_once('.') {
        Some(("saml" | "open_id_connect" | "social" | "mutual_tls", rest)) => (record.get("protocol")?, rest),
        Some(("client" | "apple_key", _)) => (record.get("protocol")?, part),
        _ => (record, stem(part)),
    };
    let value = place.split('.').try_fold(around, |around, name| around.get(name))?;
    Some(value).filter(|value| !value.is_null() && *value != "")
}

/// Whether this names several parts.
fn is_several(parts: &str) -> bool {
    parts.contains(PART_END)
}

/// The part of which some elements may be a part of their own.
pub(super) fn stem(part: &str) -> &str {
    part.split_once('[').map_or(part, |(stem, _)| stem)
}

fn is_empty(value: &Value) -> bool {
    value.is_null()
        || value == ""
        || value.as_array().is_some_and(Vec::is_empty)
        || value.as_object().is_some_and(Members::is_empty)
}

/// The value of a member without the secrets in it; nothing if it is one.
fn without_secrets(member: &str, value: Value) -> Option<Value> {
    let name = member.rsplit('/').next().unwrap_or_default();
    let mut around = Value::Object([(name.to_owned(), value)].into_iter().collect());
    take_secrets(&mut around);
    around.as_object_mut()?.shift_remove(name)
}

/// A value as a text of bounded length.
fn text(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    excerpt(&text).replace('`', "'")
}
