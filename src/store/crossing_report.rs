//! What crosses of a whole store, as a report.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::{Value, json};

use crate::dialects::{Crossing, Lost, Why};
use crate::error::excerpt;
use crate::service::sorted_by;

/// How many different members the summary lists.
const MEMBERS: usize = 1000;

/// Of how many providers the report lists what is lost.
const DETAILS: usize = 100;

/// What crosses of many providers, in bounded memory: a summary of the members that are lost, and the first 100 providers that
/// lose some. See [`IdpStore::crossings`](crate::IdpStore::crossings).
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct CrossingReport {
    /// The dialect to which the providers cross.
    pub to: String,
    /// How many providers there are.
    pub providers: u64,
    /// How many of them lose nothing.
    pub complete: u64,
    /// How many of them lose some members.
    pub lossy: u64,
    /// How many of them are of a kind that the target does not have.
    pub not_shown: u64,
    /// How many of them lose each of the members.
    members: BTreeMap<Member, u64>,
    /// How often a member is lost that is not among these.
    omitted_members: u64,
    details: Vec<Crossing>,
    /// How many other providers have losses.
    omitted_details: u64,
}

/// A member that is lost: the dialect of the document, its pointer, the part of the core, and why it is lost.
type Member = (&'static str, String, Option<&'static str>, Why);

/// How many providers lose a member: [`CrossingReport::members`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LostMember<'r> {
    /// The dialect of the document.
    pub of: &'static str,
    /// A JSON Pointer to the member; empty for the whole document.
    pub member: &'r str,
    /// The part of the core that is lost.
    pub core: Option<&'static str>,
    /// Why it does not cross.
    pub why: Why,
    /// The number of providers.
    pub providers: u64,
}

impl CrossingReport {
    /// A report of crossings to a dialect.
    #[must_use]
    pub fn new(to: &str) -> Self {
        Self {
            to: to.to_owned(),
            providers: 0,
            complete: 0,
            lossy: 0,
            not_shown: 0,
            members: BTreeMap::new(),
            omitted_members: 0,
            details: Vec::new(),
            omitted_details: 0,
        }
    }

    /// Adds what crosses of a provider.
    pub fn add(&mut self, crossing: &Crossing) {
        self.providers += 1;
        match (&crossing.shown, crossing.lost.is_empty()) {
            (None, _) => self.not_shown += 1,
            (_, true) => self.complete += 1,
            (_, false) => self.lossy += 1,
        }
        for lost in &crossing.lost {
            let member = (lost.of, excerpt(&lost.member).into_owned(), lost.core, lost.why);
            if self.members.len() < MEMBERS || self.members.contains_key(&member) {
                *self.members.entry(member).or_default() += 1;
            } else {
                self.omitted_members += 1;
            }
        }
        if crossing.lost.is_empty() {
            return;
        }
        if self.details.len() == DETAILS {
            self.omitted_details += 1;
        } else {
            let lost = crossing.lost.iter().map(bounded).collect();
            let name = excerpt(&crossing.name).into_owned();
            self.details.push(Crossing { name, lost, shown: None, added: Vec::new(), ..crossing.clone() });
        }
    }

    /// The report in JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        let detail = |it: &Crossing| json!({"tenant": it.tenant.to_string(), "provider": it.provider.to_string(), "name": it.name, "lost": it.lost});
        json!({
            "to": self.to,
            "providers": self.providers,
            "complete": self.complete,
            "lossy": self.lossy,
            "not_shown": self.not_shown,
            "members": self.members(),
            "omitted_members": self.omitted_members,
            "details": self.details.iter().map(detail).collect::<Vec<_>>(),
            "omitted_details": self.omitted_details,
        })
    }

    /// The report in Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# What crosses to {}\n\n", plain(&self.to));
        let Self { providers, complete, lossy, not_shown, .. } = self;
        let _ = writeln!(text, "| providers | complete | with losses | not shown |\n|---|---|---|---|");
        let _ = writeln!(text, "| {providers} | {complete} | {lossy} | {not_shown} |");
        if self.members.is_empty() {
            return text;
        }
        text.push_str("\n## Members that do not cross\n\n");
        text.push_str("| providers | of | member | part of the core | why |\n|---|---|---|---|---|\n");
        for LostMember { of, member, core, why, providers } in self.members() {
            let core = core.map(code).unwrap_or_default();
            let _ = writeln!(text, "| {providers} | {of} | {} | {core} | {why} |", named(member));
        }
        if self.omitted_members > 0 {
            let _ = writeln!(text, "\nOther members are lost {} times.", self.omitted_members);
        }
        text.push_str("\n## Providers\n");
        for Crossing { tenant, provider, name, lost, .. } in &self.details {
            let _ = writeln!(text, "\n### {} ({provider}, tenant {tenant})\n", plain(name));
            text.push_str("| of | member | why | detail |\n|---|---|---|---|\n");
            for Lost { of, member, why, detail, .. } in lost {
                let detail = cell(detail.as_deref().unwrap_or_default());
                let _ = writeln!(text, "| {of} | {} | {why} | {detail} |", named(member));
            }
        }
        if self.omitted_details > 0 {
            let _ = writeln!(text, "\n{} more providers have losses.", self.omitted_details);
        }
        text
    }

    /// The members that are lost, first those that most providers lose. Of more than 1000 the first that were found are listed.
    #[must_use]
    pub fn members(&self) -> Vec<LostMember<'_>> {
        let counted = self.members.iter();
        let members = counted.map(|((of, member, core, why), count)| LostMember {
            of,
            member,
            core: *core,
            why: *why,
            providers: *count,
        });
        sorted_by(members.collect(), |one, other| other.providers.cmp(&one.providers))
    }
}

/// What is lost, without a value that would be long.
fn bounded(lost: &Lost) -> Lost {
    let is_short = |value: &Value| value.to_string().len() <= 200;
    let member = excerpt(&lost.member).into_owned();
    Lost { member, value: lost.value.clone().filter(is_short), ..lost.clone() }
}

/// A member as code; the whole document has no pointer.
fn named(member: &str) -> String {
    if member.is_empty() { "the whole document".to_owned() } else { code(member) }
}

fn code(text: &str) -> String {
    let fence = if text.contains('`') { "`` " } else { "`" };
    let end: String = fence.chars().rev().collect();
    format!("{fence}{}{end}", cell(text))
}

/// A text that does not end a cell of a table or its line.
fn cell(text: &str) -> String {
    let text =
        if text.contains(char::is_control) { text.escape_debug().to_string() } else { text.to_owned() };
    text.replace('|', "\\|")
}

/// A text in which nothing is markup.
fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for character in text.chars() {
        if character.is_ascii_punctuation() && !"-.,:()".contains(character) {
            escaped.push('\\');
        }
        escaped.extend(Some(character).filter(|character| !character.is_control()));
    }
    escaped
}
