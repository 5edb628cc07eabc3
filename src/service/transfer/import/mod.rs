//! An import: a document made of records, compared with those that are stored, and saved in one unit of work, or in as many as the
//! engine requires (`steps.rs`).
//! May import what `service` may.
//!
//! First all records are saved, then the rules are applied to those that have changed: so records may exchange what only one
//! of them may have, and refer to each other in any order. A unit in which a rule is broken is not committed.

mod keys;
mod owners;
mod prune;
mod records;
mod steps;

use serde_json::Value;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use self::records::{Incoming, KnownTenants};
use self::steps::{Dealt, Done, Step, refuse_refused};
use super::document::Document;
use super::form::{self, Form, Members};
use super::kinds::{
    Applications, Kind, Links, Providers, SigningKeys, Tenants, TrustedKeys, Users, VendorRecords,
};
use super::plan::{Effects, ImportPlan, MemberChange, Outcome, PlannedRecord};
use crate::engine::ReadTx as _;
use crate::engine::records::{self as stored, Record as _, is_taken, json, keep_secrets, save, take_secrets};
use crate::error::{Error, ErrorKind, Reason, Result, Violation, pointer};
use crate::model::{ChangeKind, Id};
use crate::service::history::compared;
use crate::service::{Service, Unit};

/// Ids from here on are refused, so that the store can go on giving ids of its own: the year 2109.
const FIRST_REFUSED: u64 = 1 << 62;

impl Service {
    /// What an import would do.
    pub(crate) fn plan_import(
        &self,
        text: &str,
        prune: bool,
        progress: &mut dyn FnMut(u64),
    ) -> Result<ImportPlan> {
        let (base, effects) = self.effects_of(&Document::read(text)?, prune, progress)?;
        Ok(ImportPlan { text: Zeroizing::new(text.to_owned()), base, prune, effects })
    }

    /// The number of the last change, and what an import would do onto it.
    fn effects_of(
        &self,
        document: &Document<'_>,
        prune: bool,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(u64, Effects)> {
        // The unit commits nothing, so those may run it who may only read.
        let planning = Self { only_reads: false, ..self.clone() };
        let (planned, _) = planning.run(|unit| {
            let base = unit.tx.number()?;
            let step = Importing::new(unit, progress, usize::MAX, &Dealt::default()).run(document, prune)?;
            unit.steps.clear(); // a unit that has done nothing is not committed
            Ok((base, step.effects))
        })?;
        Ok(planned)
    }

    /// Imports a document. Returns what was done, and the number of the last change; 0 if there was nothing to do.
    pub(crate) fn import_document(
        &self,
        text: &str,
        prune: bool,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(ImportPlan, u64)> {
        let done = self.import_in_steps(&Document::read(text)?, prune, None, progress)?;
        let Done { base, effects, number } = done;
        Ok((ImportPlan { text: Zeroizing::new(text.to_owned()), base, prune, effects }, number))
    }

    /// Does what was planned, and gives the number of the last change; 0 if there was nothing to do.
    pub(crate) fn import(&self, plan: &ImportPlan, progress: &mut dyn FnMut(u64)) -> Result<u64> {
        refuse_refused(plan.planned())?;
        // What was planned on another store may be refused on this one.
        let document = Document::read(&plan.text)?;
        Ok(self.import_in_steps(&document, plan.prune, Some(plan.base), progress)?.number)
    }
}

/// An import under way, or a step of one.
struct Importing<'i, 'u> {
    unit: &'i mut Unit<'u>,
    progress: &'i mut dyn FnMut(u64),
    /// After how many writes the rest is left to the next step.
    room: usize,
    /// Whether anything is left to it.
    has_more: bool,
    /// How many records the steps before have dealt with that are still to be passed over.
    passed_over: usize,
    tenants: KnownTenants,
    dealt: Dealt,
    effects: Effects,
}

/// A record that was saved.
struct Taken<R> {
    place: String,
    tenant: Id,
    old: Option<R>,
    new: R,
}

impl<'i, 'u> Importing<'i, 'u> {
    fn new(unit: &'i mut Unit<'u>, progress: &'i mut dyn FnMut(u64), room: usize, dealt: &Dealt) -> Self {
        Self {
            unit,
            progress,
            room,
            has_more: false,
            passed_over: dealt.records,
            tenants: KnownTenants::default(),
            dealt: dealt.clone(),
            effects: Effects::default(),
        }
    }

    fn run(mut self, document: &Document<'_>, prune: bool) -> Result<Step> {
        self.know_tenants(document, prune)?;
        let trusted = self.take::<TrustedKeys>(document.trusted_keys.as_deref())?;
        let signing = self.take::<SigningKeys>(document.signing_keys.as_deref())?;
        let tenants = self.take::<Tenants>(document.tenants.as_deref())?;
        let providers = self.take::<Providers>(document.providers.as_deref())?;
        let applications = self.take::<Applications>(document.applications.as_deref())?;
        let users = self.take::<Users>(document.users.as_deref())?;
        let links = self.take::<Links>(document.links.as_deref())?;
        let vendor_records = self.take::<VendorRecords>(document.vendor_records.as_deref())?;
        self.attach_owners(prune)?;
        if prune && !self.has_more {
            self.prune(document)?;
        }
        if !self.has_more {
            self.check_detached()?;
        }
        self.check::<TrustedKeys>(trusted)?;
        self.check::<SigningKeys>(signing)?;
        self.check::<Tenants>(tenants)?;
        self.check::<Providers>(providers)?;
        self.check::<Applications>(applications)?;
        self.check::<Users>(users)?;
        self.check::<Links>(links)?;
        self.check::<VendorRecords>(vendor_records)?;
        Ok(Step { effects: self.effects, dealt: self.dealt, is_last: !self.has_more })
    }

    /// Saves the records of a list, and gives those that are new or have changed.
    fn take<K: Incoming>(&mut self, list: Option<&[&RawValue]>) -> Result<Vec<Taken<K::Record>>> {
        let mut taken = Vec::new();
        self.each((K::LIST, K::NOUN), list.unwrap_or_default(), &mut |import, place, members| {
            taken.extend(import.one::<K>(place, members)?);
            Ok(())
        })?;
        Ok(taken)
    }

    /// Lets `save` save each record of a list, of which this knows only what it is called.
    fn each(
        &mut self,
        (list, noun): (&str, &'static str),
        records: &[&RawValue],
        save: &mut dyn FnMut(&mut Self, &str, Members) -> Result<()>,
    ) -> Result<()> {
        let mut pending = None;
        for (position, text) in records.iter().enumerate() {
            if self.passed_over > 0 {
                self.passed_over -= 1;
                continue;
            }
            if self.is_full() {
                break;
            }
            self.dealt.records += 1;
            let place = pointer::of([list, &position.to_string()]);
            let mut title = String::new();
            let saved = form::members(text).and_then(|members| {
                let names = ["name", "login", "kid", "external_id"];
                let called = names.iter().find_map(|name| members.get(*name)?.as_str());
                called.unwrap_or_default().clone_into(&mut title);
                save(self, &place, members)
            });
            match saved {
                Ok(()) => {}
                // The keys that the others lack are made at the same time.
                Err(error) if matches!(error.kind(), ErrorKind::Pending(_)) => pending = Some(error),
                Err(error) => self.refuse(noun, &place, &title, error)?,
            }
            (self.progress)(self.dealt.seen.len().try_into().unwrap_or(u64::MAX));
        }
        pending.map_or(Ok(()), Err)
    }

    /// Whether the rest is to be left to the next step.
    fn is_full(&mut self) -> bool {
        self.has_more |= self.unit.tx.writes() >= self.room;
        self.has_more
    }

    /// Saves a record unless it is stored as it is.
    fn one<K: Incoming>(&mut self, place: &str, members: Members) -> Result<Option<Taken<K::Record>>> {
        let (old, mut new) = self.received::<K>(members)?;
        let tenant = self.unit.tenant;
        if !self.dealt.seen.insert(new.key(tenant).bytes().to_vec()) {
            return Err(Error::invalid("", Reason::Other("is in the document twice".to_owned())));
        }
        let (mut outcome, mut members) = (Outcome::Created, Vec::new());
        if let Some(old) = &old {
            K::settle(self.unit.service.settle, old, &mut new);
            members = changes(&K::FORM, &json(old)?, &json(&new)?);
            if members.is_empty() {
                self.effects.unchanged += 1;
                return Ok(None);
            }
            K::touch(&mut new, self.unit.now);
            outcome = Outcome::Changed;
        }
        save(&mut *self.unit.tx, tenant, old.as_ref(), &new)?;
        self.note::<K>(outcome, place, &new, members);
        Ok(Some(Taken { place: place.to_owned(), tenant, old, new }))
    }

    /// The record as it is stored, if it is, and as it was received.
    fn received<K: Incoming>(&mut self, mut members: Members) -> Result<(Option<K::Record>, K::Record)> {
        self.unit.tenant = K::tenant(self, &mut members)?;
        K::FORM.read(&mut members)?;
        let old = K::find(self, &mut members)?;
        let stored = old.as_ref().map(json).transpose()?;
        let received = Value::Object(self.complete(&K::FORM, members, stored.as_ref())?);
        let new: K::Record = form::parse(&received)?;
        let mut at = String::new();
        if form::unknown(&received, &json(&new)?, &mut at) {
            return Err(Error::invalid(at, Reason::Other("is not a member of such a record".to_owned())));
        }
        Ok((old, new))
    }

    /// Adds what a document may leave out. Age, remainders and secrets of a stored record stay.
    fn complete(&mut self, form: &Form, mut members: Members, stored: Option<&Value>) -> Result<Members> {
        let Some(stored) = stored else {
            if form.ids.contains(&"/id") {
                self.new_id(&mut members)?;
            }
            let now = self.unit.now.unix_millis();
            for time in ["created", "updated"] {
                members.entry(time).or_insert_with(|| now.into());
            }
            return Ok(members);
        };
        for name in ["id", "created", "updated"] {
            if let Some(member) = stored.get(name) {
                members.insert(name.to_owned(), member.clone());
            }
        }
        if let (false, Some(kept)) = (members.contains_key("remainders"), stored.get("remainders")) {
            members.insert("remainders".to_owned(), kept.clone());
        }
        keep_secrets(&mut members, stored);
        Ok(members)
    }

    /// The id of a new record: the one that was received, or a new one, which becomes a member.
    fn new_id(&mut self, members: &mut Members) -> Result<Id> {
        let Some(number) = members.get("id").and_then(Value::as_u64) else {
            let id = self.unit.next_id()?;
            members.insert("id".to_owned(), id.number().into());
            return Ok(id);
        };
        let id = Id::from_number(number);
        if number >= FIRST_REFUSED {
            return Err(Error::invalid("/id", Reason::Other("is too large a number".to_owned())));
        }
        // The store goes on behind it, so that no id is given twice.
        let is_next = self.unit.last_id.is_some_and(|last| id > last);
        self.unit.last_id = self.unit.last_id.map(|last| last.max(id));
        if !is_next && is_taken(&*self.unit.tx, self.unit.tenant, id)? {
            return Err(Error::invalid("/id", Reason::Taken(number.into())));
        }
        Ok(id)
    }

    /// Applies the rules to records that have been saved.
    fn check<K: Incoming>(&mut self, taken: Vec<Taken<K::Record>>) -> Result<()> {
        for Taken { place, tenant, old, mut new } in taken {
            self.unit.tenant = tenant;
            if let Err(error) = K::check(self.unit, &mut new, old.as_ref()) {
                self.refuse(K::NOUN, &place, &K::title(&new), error)?;
            }
        }
        Ok(())
    }

    /// Notes what becomes of a record, for the plan and for the log.
    fn note<K: Kind>(
        &mut self,
        outcome: Outcome,
        place: &str,
        record: &K::Record,
        members: Vec<MemberChange>,
    ) {
        let (tenant, subject, name) = (self.unit.tenant, K::subject(record), K::title(record));
        self.unit.steps.push(stored::Step::new(tenant, ChangeKind::Imported, subject, None));
        self.effects.planned.push(PlannedRecord {
            outcome,
            noun: K::NOUN,
            name,
            tenant,
            place: place.to_owned(),
            members,
            reason: None,
        });
    }

    /// Notes that a record is refused, unless the store itself has failed.
    fn refuse(&mut self, noun: &'static str, place: &str, name: &str, error: Error) -> Result<()> {
        let faults: Vec<(String, String)> = match error.kind() {
            ErrorKind::Invalid { violations } => {
                let fault =
                    |it: &Violation| (place.to_owned() + &member(noun, &it.pointer), it.reason.to_string());
                violations.iter().map(fault).collect()
            }
            ErrorKind::AlreadyExists { .. } | ErrorKind::NotFound { .. } | ErrorKind::WrongState => {
                vec![(place.to_owned(), error.to_string())]
            }
            _ => return Err(error),
        };
        self.effects.planned.extend(faults.into_iter().map(|(place, reason)| PlannedRecord {
            outcome: Outcome::Refused,
            noun,
            name: name.to_owned(),
            tenant: self.unit.tenant,
            place,
            members: Vec::new(),
            reason: Some(reason),
        }));
        Ok(())
    }
}

/// The member of a record at which the rules have found a fault.
fn member(noun: &str, place: &str) -> String {
    let Some(core) = place.strip_prefix("core:") else { return place.to_owned() };
    let (at, is_of_protocol) = match core.split_once('.') {
        Some((_, at)) => (at.replace('.', "/"), true),
        None => (core.to_owned(), core == "entity_id" && noun == Providers::NOUN),
    };
    let at = at.replacen("certificate", "chain", 1);
    if is_of_protocol { format!("/protocol/{at}") } else { format!("/{at}") }
}

/// What differs between the stored and the new form of a record, spelled as in a document.
fn changes(form: &Form, stored: &Value, new: &Value) -> Vec<MemberChange> {
    let pointers = compared(Some(stored), Some(new));
    if pointers.is_empty() {
        return Vec::new();
    }
    let [stored, new] = [stored, new].map(|record| {
        let mut bare = record.clone();
        take_secrets(&mut bare);
        form.spell(&mut bare);
        bare
    });
    let at = |record: &Value, pointer: &str| record.pointer(pointer).cloned().unwrap_or_default();
    let change =
        |pointer: String| MemberChange { before: at(&stored, &pointer), after: at(&new, &pointer), pointer };
    pointers.into_iter().map(change).collect()
}
