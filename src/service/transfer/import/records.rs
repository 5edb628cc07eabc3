//! How a record of a document is recognized in the store, by its id or by its name, and which rules hold for it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::document::Document;
use super::super::form::{self, Members};
use super::super::kinds::{Applications, Kind, Links, Providers, Tenants, Users, VendorRecords};
use super::Importing;
use crate::engine::records::{self, Among};
use crate::error::{Error, Reason, Resource, Result, pointer};
use crate::model::{Application, Id, IdentityProvider, Link, Tenant, User, VendorRecord};
use crate::pki::Timestamp;
use crate::service::{Settle, Unit};

/// A kind of record that is received.
pub(super) trait Incoming: Kind {
    /// Whose record it is.
    fn tenant(import: &Importing<'_, '_>, members: &mut Members) -> Result<Id> {
        match members.shift_remove("tenant") {
            Some(tenant) => import.tenant(&tenant).map_err(|error| error.at("/tenant")),
            None => Ok(Tenant::DEFAULT),
        }
    }

    /// The record as it is stored, if it is. What the document calls other records becomes what the store calls them.
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<Self::Record>>;

    /// Lets dialects drop what contradicts the new record.
    fn settle(_: Settle, _old: &Self::Record, _new: &mut Self::Record) {}

    /// Applies the rules to a record that has been saved.
    fn check(unit: &mut Unit<'_>, new: &mut Self::Record, old: Option<&Self::Record>) -> Result<()>;
}

/// The tenants that are stored or in the document, by id and by name. One that gets another name has both of them.
#[derive(Default)]
pub(super) struct KnownTenants {
    /// The names, of two the later one.
    names: BTreeMap<Id, String>,
    ids: BTreeMap<String, BTreeSet<Id>>,
}

impl KnownTenants {
    fn add(&mut self, id: Id, name: String) {
        self.ids.entry(name.clone()).or_default().insert(id);
        self.names.insert(id, name);
    }

    fn keep(&mut self, listed: &BTreeSet<Id>) {
        self.names.retain(|id, _| listed.contains(id));
        self.ids.values_mut().for_each(|ids| ids.retain(|id| listed.contains(id)));
    }
}

impl Importing<'_, '_> {
    /// Gives ids to the tenants of the document, so that records can refer to them. Those that will be deleted are not known.
    pub(super) fn know_tenants(&mut self, document: &Document<'_>, prune: bool) -> Result<()> {
        let stored = records::tenants(&*self.unit.tx, None, usize::MAX)?;
        for tenant in stored {
            self.tenants.add(tenant.id, tenant.name);
        }
        let mut listed = BTreeSet::from([Tenant::DEFAULT]);
        for text in document.tenants.iter().flatten() {
            // What cannot be read is refused where the record is.
            let Ok(members) = form::members(text) else { continue };
            let name = members.get("name").and_then(Value::as_str).unwrap_or_default();
            let stored = self.tenants.ids.get(name).and_then(|ids| ids.first().copied());
            let id = match members.get("id").and_then(Value::as_str).and_then(form::id).or(stored) {
                Some(id) => id,
                None => self.unit.next_id()?,
            };
            listed.insert(id);
            self.tenants.add(id, name.to_owned());
        }
        if prune && document.tenants.is_some() {
            self.tenants.keep(&listed);
        }
        Ok(())
    }

    /// The tenant with this id or name.
    fn tenant(&self, reference: &Value) -> Result<Id> {
        let text = reference.as_str().unwrap_or_default();
        let by_id = form::id(text).filter(|id| self.tenants.names.contains_key(id));
        let mut named = self.tenants.ids.get(text).into_iter().flatten().copied();
        match (by_id, named.next(), named.next()) {
            (Some(id), ..) | (None, Some(id), None) => Ok(id),
            _ => Err(Error::invalid("", Reason::Unknown(Resource::Tenant))),
        }
    }

    /// The name of the present tenant.
    pub(super) fn tenant_name(&self) -> &str {
        self.tenants.names.get(&self.unit.tenant).map(String::as_str).unwrap_or_default()
    }

    /// The provider with this id, alias or name.
    pub(super) fn provider(&self, reference: &Value) -> Result<Option<IdentityProvider>> {
        let (tx, tenant) = (&*self.unit.tx, self.unit.tenant);
        if let Some(id) = reference.as_u64().map(Id::from_number)
            && let Some(found) = records::provider(tx, tenant, id)?
        {
            return Ok(Some(found));
        }
        let Some(text) = reference.as_str() else { return Ok(None) };
        if let Some(found) = records::providers_with_alias(tx, tenant, text)?.pop() {
            return Ok(Some(found));
        }
        match records::provider_named(tx, tenant, text)?[..] {
            [] => Ok(None),
            [only] => records::provider(tx, tenant, only),
            _ => Err(Error::invalid("", Reason::Other(format!("several providers are named `{text}`")))),
        }
    }

    /// The application with this id, alias or name.
    pub(super) fn application(&self, reference: &Value) -> Result<Option<Application>> {
        let (tx, tenant) = (&*self.unit.tx, self.unit.tenant);
        if let Some(id) = reference.as_u64().map(Id::from_number)
            && let Some(found) = records::application(tx, tenant, id)?
        {
            return Ok(Some(found));
        }
        let Some(text) = reference.as_str() else { return Ok(None) };
        let is_called = |it: &Application| it.name == text || it.alias.as_deref() == Some(text);
        let mut found = records::applications(tx, tenant, Among::Named(text), None, 2, &is_called)?;
        match (found.pop(), found.pop()) {
            (only, None) => Ok(only.map(|(_, application)| application)),
            _ => Err(Error::invalid("", Reason::Other(format!("several applications are named `{text}`")))),
        }
    }

    /// Puts the `kid`s of keys in the place of what the document calls them.
    fn kids(&self, members: &mut Members, lists: &[&str]) {
        for name in lists {
            let named = match members.get_mut(*name) {
                Some(Value::Object(named)) => {
                    let named = std::mem::take(named);
                    let kid = |name: String| {
                        self.dealt.kids.get(&(self.unit.tenant, name.clone())).cloned().unwrap_or(name)
                    };
                    let known = named.into_iter().map(|(name, value)| (kid(name), value));
                    members.insert((*name).to_owned(), Value::Object(known.collect()));
                    continue;
                }
                Some(Value::Array(items)) => items.iter_mut().collect(),
                Some(member) => vec![member],
                None => Vec::new(),
            };
            for member in named {
                let kid = member
                    .as_str()
                    .and_then(|text| self.dealt.kids.get(&(self.unit.tenant, text.to_owned())));
                if let Some(kid) = kid {
                    *member = kid.clone().into();
                }
            }
        }
    }
}

/// What a record is called: the first of these members that it has.
fn called<'m>(members: &'m Members, names: &[&str]) -> Option<&'m Value> {
    names.iter().find_map(|name| members.get(*name).filter(|value| !value.is_null()))
}

/// A record without a state is active.
fn activate(members: &mut Members) {
    members.entry("state").or_insert_with(|| "active".into());
}

impl Incoming for Tenants {
    /// A tenant is its own.
    fn tenant(import: &Importing<'_, '_>, members: &mut Members) -> Result<Id> {
        let reference = called(members, &["id", "name"]).unwrap_or(&Value::Null);
        let id = import.tenant(reference)?;
        members.insert("id".to_owned(), id.to_string().into());
        Ok(id)
    }

    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<Tenant>> {
        import.kids(members, &["default_signing_key"]);
        records::tenant(&*import.unit.tx, import.unit.tenant)
    }

    fn check(unit: &mut Unit<'_>, new: &mut Tenant, old: Option<&Tenant>) -> Result<()> {
        unit.rule(new, old)
    }
}

impl Incoming for Providers {
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<IdentityProvider>> {
        activate(members);
        import.kids(members, &["trusted_keys", "trust_ends", "signing_key"]);
        called(members, &["id", "alias", "name"]).map_or(Ok(None), |named| import.provider(named))
    }

    fn settle(settle: Settle, old: &IdentityProvider, new: &mut IdentityProvider) {
        settle(old, new);
    }

    fn check(unit: &mut Unit<'_>, new: &mut IdentityProvider, old: Option<&IdentityProvider>) -> Result<()> {
        let trusted: BTreeSet<_> = new.trusted_keys.iter().map(String::as_str).collect();
        let is_planned =
            |(kid, end): &(&String, &Timestamp)| **end > unit.now && !trusted.contains(kid.as_str());
        if let Some((kid, _)) = new.trust_ends.iter().find(is_planned) {
            let at = pointer::of(["trust_ends", kid]);
            return Err(Error::invalid(at, Reason::Other("must be one of the trusted keys".to_owned())));
        }
        unit.rule(new, old)
    }
}

impl Incoming for Applications {
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<Application>> {
        activate(members);
        import.kids(members, &["trusted_keys", "signing_key", "encryption_key"]);
        called(members, &["id", "alias", "name"]).map_or(Ok(None), |named| import.application(named))
    }

    fn check(unit: &mut Unit<'_>, new: &mut Application, old: Option<&Application>) -> Result<()> {
        unit.rule(new, old)
    }
}

impl Incoming for Users {
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<User>> {
        activate(members);
        user(import, called(members, &["id", "login"]).unwrap_or(&Value::Null))
    }

    fn check(unit: &mut Unit<'_>, new: &mut User, old: Option<&User>) -> Result<()> {
        unit.rule(new, old)
    }
}

/// The user with this id or login.
fn user(import: &Importing<'_, '_>, reference: &Value) -> Result<Option<User>> {
    let (tx, tenant) = (&*import.unit.tx, import.unit.tenant);
    match reference {
        Value::Number(id) => records::user(tx, tenant, Id::from_number(id.as_u64().unwrap_or_default())),
        Value::String(login) => Ok(records::users_with_login(tx, tenant, login)?.pop()),
        _ => Ok(None),
    }
}

impl Incoming for Links {
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<Link>> {
        let reference = |name: &str| members.get(name).cloned().unwrap_or_default();
        let missing = |at, what| Error::invalid(at, Reason::Unknown(what));
        let provider = import.provider(&reference("provider")).map_err(|error| error.at("/provider"))?;
        let provider = provider.ok_or_else(|| missing("/provider", Resource::IdentityProvider))?.id;
        let user = user(import, &reference("user"))?.ok_or_else(|| missing("/user", Resource::User))?.id;
        members.insert("provider".to_owned(), provider.number().into());
        members.insert("user".to_owned(), user.number().into());
        records::link(&*import.unit.tx, import.unit.tenant, provider, user)
    }

    fn check(unit: &mut Unit<'_>, new: &mut Link, _: Option<&Link>) -> Result<()> {
        let provider = records::provider(&*unit.tx, unit.tenant, new.provider)?;
        provider.map_or(Ok(()), |provider| (unit.service.policy.linkable)(&provider))
    }
}

impl Incoming for VendorRecords {
    fn find(import: &mut Importing<'_, '_>, members: &mut Members) -> Result<Option<VendorRecord>> {
        import.kids(members, &["signing_key"]);
        let (tx, tenant) = (&*import.unit.tx, import.unit.tenant);
        if let Some(id) = members.get("id").and_then(Value::as_u64) {
            return records::vendor_record(tx, tenant, Id::from_number(id));
        }
        let text = |name: &str| members.get(name).and_then(Value::as_str).unwrap_or_default();
        Ok(records::vendor_records_named(tx, tenant, text("kind"), text("name"))?.pop())
    }

    fn check(unit: &mut Unit<'_>, new: &mut VendorRecord, old: Option<&VendorRecord>) -> Result<()> {
        unit.rule(new, old)
    }
}
