//! Who may sign with which key, as it stands beside the keys of a document.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::super::form::{self, Members};
use super::super::kinds::{Kind as _, SigningKeys};
use super::super::plan::{Outcome, PlannedRecord};
use super::Importing;
use crate::engine::records::{self, Step};
use crate::error::{Error, Reason, Resource, Result, pointer};
use crate::model::{Attachment, ChangeKind, Id, Planned};
use crate::pki::Timestamp;

/// What the plan calls the permission to sign with a key.
const NOUN: &str = "owner of a key";

/// An owner of a key: a tenant, a provider or an application, by its id, alias or name, or a vendor record by its id.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged, expecting = "a text, or an object with `owner`, `created` and `planned`")]
pub(super) enum NamedOwner {
    /// Since now.
    New(String),
    /// Since then.
    Since(Since),
}

/// An owner, and since when it may sign with the key.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    owner: String,
    #[serde(default)]
    created: Option<String>,
    #[serde(default)]
    planned: Option<Value>,
}

impl NamedOwner {
    fn name(&self) -> &str {
        match self {
            Self::New(owner) | Self::Since(Since { owner, .. }) => owner,
        }
    }

    fn created(&self, now: Timestamp) -> Result<Timestamp> {
        match self {
            Self::Since(Since { created: Some(created), .. }) => created.parse(),
            _ => Ok(now),
        }
    }

    /// What a rotation has planned for the key, whose times are texts here.
    fn planned(&self) -> Result<Option<Planned>> {
        let Self::Since(Since { planned: Some(planned), .. }) = self else { return Ok(None) };
        let mut planned = planned.clone();
        for member in planned.as_object_mut().into_iter().flat_map(serde_json::Map::values_mut) {
            let time: Timestamp = member.as_str().unwrap_or_default().parse()?;
            *member = time.unix_millis().into();
        }
        form::parse(&planned).map(Some)
    }
}

/// Takes the owners out of what was received of a key.
pub(super) fn received(members: &mut Members) -> Result<Option<Vec<NamedOwner>>> {
    let Some(owners) = members.shift_remove("owners") else { return Ok(None) };
    let owners: Vec<Value> = form::parse(&owners).map_err(|error| error.at("/owners"))?;
    let owner = |(position, owner)| {
        form::parse(owner).map_err(|error| error.at(&pointer::element("/owners", position)))
    };
    owners.iter().enumerate().map(owner).collect::<Result<_>>().map(Some)
}

/// The owners of one key.
#[derive(Clone)]
pub(super) struct Owners {
    tenant: Id,
    kid: String,
    named: Vec<NamedOwner>,
}

impl Importing<'_, '_> {
    /// Notes who is to sign with a key. Their records come later.
    pub(super) fn remember_owners(&mut self, kid: String, owners: Option<Vec<NamedOwner>>) {
        if let Some(owners) = owners {
            self.dealt.owners.push(Owners { tenant: self.unit.tenant, kid, named: owners });
        }
    }

    /// The id of an owner, if it is stored.
    pub(super) fn owner(&self, owner: &NamedOwner) -> Result<Option<Id>> {
        let id = form::id(owner.name());
        if let Some(id) = id
            && records::stored_provider(&*self.unit.tx, self.unit.tenant, id)?.is_some()
        {
            return Ok(Some(id));
        }
        let reference = id.map_or_else(|| owner.name().into(), |id| Value::from(id.number()));
        if let Some(provider) = self.provider(&reference)? {
            return Ok(Some(provider.id));
        }
        if let Some(application) = self.application(&reference)? {
            return Ok(Some(application.id));
        }
        let tenant = self.unit.tenant;
        if let Some(id) = id
            && records::vendor_record(&*self.unit.tx, tenant, id)?.is_some()
        {
            return Ok(Some(id));
        }
        let is_tenant = owner.name() == tenant.to_string() || owner.name() == self.tenant_name();
        Ok(is_tenant.then_some(tenant))
    }

    /// Lets owners sign with their keys, and with `prune` no one else. Those whose records are left to a later step come with these.
    pub(super) fn attach_owners(&mut self, prune: bool) -> Result<()> {
        for owners in std::mem::take(&mut self.dealt.owners) {
            let Owners { tenant, kid, named } = &owners;
            self.unit.tenant = *tenant;
            let (mut ids, mut is_complete) = (BTreeSet::new(), true);
            for owner in named {
                match self.attach_owner(kid, owner) {
                    Ok(id) => drop(ids.insert(id)),
                    Err(_) if self.has_more => is_complete = false,
                    Err(error) => self.refuse(SigningKeys::NOUN, "", kid, error.at("/owners"))?,
                }
            }
            if !is_complete {
                self.dealt.owners.push(owners);
                continue;
            }
            let attached = records::attachments_of_key(&*self.unit.tx, *tenant, kid)?;
            for attachment in attached.iter().filter(|it| prune && !ids.contains(&it.owner)) {
                records::remove(&mut *self.unit.tx, *tenant, attachment)?;
                self.note_owner(Outcome::Deleted, attachment);
                self.dealt.detached.push((*tenant, attachment.clone()));
            }
        }
        Ok(())
    }

    /// Refuses to take a key from an owner that still signs with it.
    pub(super) fn check_detached(&mut self) -> Result<()> {
        for (tenant, Attachment { owner, kid, .. }) in std::mem::take(&mut self.dealt.detached) {
            self.unit.tenant = tenant;
            let tx = &*self.unit.tx;
            let provider = records::provider(tx, tenant, owner)?.and_then(|provider| provider.signing_key);
            let application = records::application(tx, tenant, owner)?.and_then(|it| it.signing_key);
            let of_tenant = records::tenant(tx, owner)?.and_then(|tenant| tenant.default_signing_key);
            let of_record = records::vendor_record(tx, tenant, owner)?.and_then(|it| it.signing_key);
            if [provider, application, of_tenant, of_record].contains(&Some(kid.clone())) {
                let words = format!("is what {owner} signs with, which is no longer one of its owners");
                self.refuse(SigningKeys::NOUN, "", &kid, Error::invalid("", Reason::Other(words)))?;
            }
        }
        Ok(())
    }

    fn attach_owner(&mut self, kid: &str, owner: &NamedOwner) -> Result<Id> {
        let unknown = || Error::invalid("", Reason::Unknown(Resource::IdentityProvider));
        let id = self.owner(owner)?.ok_or_else(unknown)?;
        let tenant = self.unit.tenant;
        let (old, planned) = (records::attachment(&*self.unit.tx, tenant, id, kid)?, owner.planned()?);
        let new = match &old {
            Some(old) if old.planned == planned || matches!(owner, NamedOwner::New(_)) => return Ok(id),
            Some(old) => Attachment { planned, ..old.clone() },
            None => {
                Attachment { owner: id, kid: kid.to_owned(), created: owner.created(self.unit.now)?, planned }
            }
        };
        let is_other = |it: &Attachment| it.kid != kid && it.planned == Some(Planned::Next);
        if planned == Some(Planned::Next)
            && records::attachments(&*self.unit.tx, tenant, id)?.iter().any(is_other)
        {
            return Err(Error::invalid("", Reason::Other(format!("owner {id} has another next key"))));
        }
        records::save(&mut *self.unit.tx, tenant, old.as_ref(), &new)?;
        self.note_owner(if old.is_some() { Outcome::Changed } else { Outcome::Created }, &new);
        Ok(id)
    }

    fn note_owner(&mut self, outcome: Outcome, attachment: &Attachment) {
        let (tenant, kid) = (self.unit.tenant, Some(attachment.kid.clone()));
        self.unit.steps.push(Step::new(tenant, ChangeKind::Imported, attachment.owner, kid));
        self.effects.planned.push(PlannedRecord {
            outcome,
            noun: NOUN,
            name: format!("{} of {}", attachment.owner, attachment.kid),
            tenant,
            place: String::new(),
            members: Vec::new(),
            reason: None,
        });
    }
}
