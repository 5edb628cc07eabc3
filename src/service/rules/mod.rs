//! What is refused of a record, and which key it gets: what each kind of record is checked for before it is saved.
//! May import what `service` may.

use std::collections::BTreeSet;

use super::certificate_plan::CertificatePlan;
use super::faults::Fault;
use super::found::trusted_key;
use super::policy::{CertificateFor, DefaultKey, Policy, Unique};
use super::{Unit, sorted_by};
use crate::engine::records::{self, Among, Record};
use crate::error::{Error, ErrorKind, Reason, Resource, Result, Violation, Violations};
use crate::model::{
    Application, Attachment, Endpoint, Id, IdentityProvider, Protocol, Tenant, User, VendorRecord, place,
};
use crate::pki::Timestamp;

/// How many certificates are remembered that a provider trusts no longer.
const REMEMBERED: usize = 100;

/// A record that the rules are applied to.
pub(super) trait Ruled: Record {
    /// What is wrong with it whatever else there is.
    fn faults(&self, policy: &Policy) -> Vec<Fault<'_>>;

    /// What it says that only one record may say, if that is another one. `old` has been let in already.
    fn clashes(&self, _old: Option<&Self>, _unit: &Unit<'_>) -> Result<Vec<Violation>> {
        Ok(Vec::new())
    }

    /// Drops what no longer holds of the keys to which it refers.
    fn tidy(&mut self, _old: Option<&Self>) {}

    /// Gives it the key that the policy wants for one that names none.
    fn give_key(&mut self, _is_new: bool, _unit: &mut Unit<'_>) -> Result<()> {
        Ok(())
    }

    /// Refuses what refers to nothing. A key that it may use becomes one of its own.
    fn refer(&self, _unit: &mut Unit<'_>) -> Result<()> {
        Ok(())
    }
}

impl Unit<'_> {
    /// Applies the rules to a record that is to be saved in place of `old`.
    pub(super) fn rule<R: Ruled>(&mut self, new: &mut R, old: Option<&R>) -> Result<()> {
        let policy = self.service.policy;
        let known = old.map(|old| old.faults(policy)).unwrap_or_default();
        let mut violations = Violations::default();
        let faults = new.faults(policy).into_iter().filter(|fault| !known.contains(fault));
        violations.extend(faults.map(|(violation, _)| violation));
        violations.extend(new.clashes(old, self)?);
        violations.end()?;
        new.tidy(old);
        new.give_key(old.is_none(), self)?;
        new.refer(self)
    }

    /// The `kid` of the key that the policy gives an owner, and whether the owner signs with it.
    fn given_key(&mut self, owner: Id, key: DefaultKey) -> Result<Option<String>> {
        let plan = self.usual_certificate(owner);
        match key {
            DefaultKey::None => Ok(None),
            DefaultKey::TenantsIfAny => Ok(self.tenant()?.default_signing_key),
            DefaultKey::Tenants => self.default_signing_key(owner, plan).map(Some),
            DefaultKey::Lent => self.default_signing_key(owner, plan).map(|_| None),
            DefaultKey::Own => Ok(Some(self.own_signing_key(owner, plan, None)?.kid)),
        }
    }

    /// Plans the certificate that the policy wants for a key of this owner.
    pub(super) fn usual_certificate(
        &self,
        owner: Id,
    ) -> impl FnOnce(&str, Timestamp) -> CertificatePlan + use<> {
        let (policy, settings) = (self.service.policy, self.service.env.certificates);
        move |tenant, now| (policy.certificate)(&CertificateFor { tenant, owner, settings, now })
    }

    /// What signs people in may trust only keys that are there, none of which is `missing`, and sign only with those that it
    /// was given or with the tenant's default one, which is then one of its own.
    fn check_keys(&mut self, id: Id, missing: Vec<String>, signing: Option<&str>) -> Result<()> {
        let mut violations = Violations::default();
        let unknown = |place| Violation::new(place, Reason::Unknown(Resource::TrustedKey));
        violations.extend(missing.into_iter().map(unknown));
        if let Some(kid) = signing {
            match records::attachment(&*self.tx, self.tenant_id(), id, kid)? {
                Some(attachment) => self.end_plan(&attachment)?,
                None if self.tenant()?.default_signing_key.as_deref() == Some(kid) => {
                    self.attach(id, kid, self.now)?;
                }
                None => {
                    violations
                        .push(Violation::new(place::SIGNING_KEY, Reason::Unknown(Resource::SigningKey)));
                }
            }
        }
        violations.end()
    }

    /// Forgets what a rotation has planned for a key that its owner signs with now.
    fn end_plan(&mut self, attachment: &Attachment) -> Result<()> {
        if attachment.planned.is_none() {
            return Ok(());
        }
        let active = Attachment { planned: None, ..attachment.clone() };
        let tenant = self.tenant_id();
        records::save(&mut *self.tx, tenant, Some(attachment), &active)
    }
}

/// The URLs of an endpoint, and of the others for the same purpose.
fn urls(endpoint: &Endpoint) -> Vec<&String> {
    let own = std::iter::once(&endpoint.location).chain(&endpoint.response_location);
    own.chain(endpoint.alternatives.iter().flat_map(urls)).collect()
}

/// The trusted keys of a record, each with its place.
fn places(trusted: &[String]) -> Vec<(String, &String)> {
    trusted.iter().enumerate().map(|(position, kid)| (place::trusted_key(position), kid)).collect()
}

fn taken(place: &str, by: Option<Id>) -> Option<Violation> {
    by.map(|id| Violation::new(place, Reason::Taken(id.number().into())))
}

impl Ruled for IdentityProvider {
    fn faults(&self, policy: &Policy) -> Vec<Fault<'_>> {
        let mut faults: Vec<_> = policy.name(place::NAME, &self.name).into_iter().collect();
        faults.extend(Policy::names_for_programs(self));
        faults.extend(self.source.iter().filter_map(|source| policy.source(source)));
        match &self.protocol {
            Protocol::Saml(saml) => {
                faults.extend(policy.entity_id(saml.entity_id.as_ref()));
                let endpoints = [
                    (place::SINGLE_SIGN_ON, &saml.single_sign_on),
                    (place::SINGLE_LOGOUT, &saml.single_logout),
                ];
                for (place, endpoint) in endpoints {
                    let urls = endpoint.iter().flat_map(urls);
                    faults.extend(urls.filter_map(|url| policy.url(place, Some(url))));
                }
            }
            Protocol::OpenIdConnect(oidc) => faults.extend(
                [
                    (place::ISSUER, &oidc.issuer),
                    (place::AUTHORIZATION_ENDPOINT, &oidc.authorization_endpoint),
                    (place::TOKEN_ENDPOINT, &oidc.token_endpoint),
                    (place::USERINFO_ENDPOINT, &oidc.userinfo_endpoint),
                    (place::JWKS_URI, &oidc.jwks_uri),
                ]
                .into_iter()
                .filter_map(|(place, url)| policy.url(place, url.as_ref())),
            ),
            Protocol::Social(_) | Protocol::MutualTls(_) | Protocol::Foreign(_) => {}
        }
        faults
    }

    /// No two providers share an alias, whatever the policy.
    fn clashes(&self, old: Option<&Self>, unit: &Unit<'_>) -> Result<Vec<Violation>> {
        let (tx, tenant) = (&*unit.tx, unit.tenant_id());
        let mut clashes = Vec::new();
        if unit.service.policy.unique.iter().any(|unique| matches!(unique, Unique::ProviderName))
            && old.is_none_or(|old| old.name != self.name)
        {
            let others = records::provider_named(tx, tenant, &self.name)?;
            clashes.extend(taken(place::NAME, others.into_iter().find(|id| *id != self.id)));
        }
        if let Some(alias) = &self.alias {
            let others = records::providers_with_alias(tx, tenant, alias)?;
            let other = others.iter().map(|other| other.id).find(|id| *id != self.id);
            clashes.extend(taken(place::ALIAS, other));
        }
        Ok(clashes)
    }

    /// A certificate that is trusted again has no end; of those that were dropped, the last hundred are remembered.
    fn tidy(&mut self, old: Option<&Self>) {
        let trusted: BTreeSet<_> = self.trusted_keys.iter().map(String::as_str).collect();
        if let Some(old) = old {
            let before: BTreeSet<_> = old.trusted_keys.iter().map(String::as_str).collect();
            let is_again = |kid: &str| trusted.contains(kid) && !before.contains(kid);
            self.trust_ends.retain(|kid, end| !(is_again(kid) && old.trust_ends.get(kid) == Some(end)));
        }
        let dropped = self.trust_ends.iter().filter(|(kid, _)| !trusted.contains(kid.as_str()));
        let dropped = sorted_by(dropped.map(|(kid, end)| (*end, kid.clone())).collect(), Ord::cmp);
        for (_, kid) in dropped.iter().rev().skip(REMEMBERED) {
            self.trust_ends.remove(kid);
        }
    }

    fn give_key(&mut self, is_new: bool, unit: &mut Unit<'_>) -> Result<()> {
        if self.signing_key.is_none() {
            let key = (unit.service.policy.provider_key)(self, is_new);
            self.signing_key = unit.given_key(self.id, key)?;
        }
        Ok(())
    }

    fn refer(&self, unit: &mut Unit<'_>) -> Result<()> {
        let mut missing = Vec::new();
        for (place, kid) in places(&self.trusted_keys) {
            match trusted_key(&*unit.tx, unit.tenant_id(), kid)? {
                Some(key) => unit.service.policy.check_trust(self, &key, &place)?,
                None => missing.push(place),
            }
        }
        unit.check_keys(self.id, missing, self.signing_key.as_deref())
    }
}

impl Ruled for Application {
    fn faults(&self, policy: &Policy) -> Vec<Fault<'_>> {
        let name = policy.name(place::NAME, &self.name);
        name.into_iter().chain(policy.entity_id(self.entity_id.as_ref())).collect()
    }

    fn clashes(&self, old: Option<&Self>, unit: &Unit<'_>) -> Result<Vec<Violation>> {
        let (tx, tenant) = (&*unit.tx, unit.tenant_id());
        let mut clashes = Vec::new();
        for unique in unit.service.policy.unique {
            let (place, others) = match (unique, &self.alias, &self.entity_id) {
                (Unique::Alias(is_own), Some(alias), _)
                    if old.is_none_or(|old| old.alias != self.alias) && is_own(&unit.tenant()?, alias) =>
                {
                    let has = |other: &Self| other.alias.as_ref() == Some(alias) && other.id != self.id;
                    let found = records::applications(tx, tenant, Among::Named(alias), None, 1, &has)?;
                    (place::ALIAS, found.into_iter().map(|(_, application)| application.id).collect())
                }
                (Unique::EntityId, _, Some(entity_id))
                    if old.is_none_or(|old| old.entity_id != self.entity_id) =>
                {
                    (place::ENTITY_ID, records::applications_with_entity_id(tx, tenant, entity_id)?)
                }
                _ => continue,
            };
            clashes.extend(taken(place, others.into_iter().find(|id| *id != self.id)));
        }
        Ok(clashes)
    }

    fn give_key(&mut self, is_new: bool, unit: &mut Unit<'_>) -> Result<()> {
        let key = (unit.service.policy.application_key)(self, is_new);
        if self.signing_key.is_none() || key == DefaultKey::Lent {
            let given = unit.given_key(self.id, key)?;
            self.signing_key = self.signing_key.take().or(given);
        }
        Ok(())
    }

    fn refer(&self, unit: &mut Unit<'_>) -> Result<()> {
        let encryption = self.encryption_key.iter().map(|kid| (place::ENCRYPTION_KEY.to_owned(), kid));
        let mut missing = Vec::new();
        for (place, kid) in places(&self.trusted_keys).into_iter().chain(encryption) {
            if trusted_key(&*unit.tx, unit.tenant_id(), kid)?.is_none() {
                missing.push(place);
            }
        }
        unit.check_keys(self.id, missing, self.signing_key.as_deref())
    }
}

impl Ruled for User {
    fn faults(&self, policy: &Policy) -> Vec<Fault<'_>> {
        policy.name(place::LOGIN, &self.login).into_iter().collect()
    }

    /// No two users share a login.
    fn clashes(&self, _: Option<&Self>, unit: &Unit<'_>) -> Result<Vec<Violation>> {
        let others = records::users_with_login(&*unit.tx, unit.tenant_id(), &self.login)?;
        if others.iter().any(|other| other.id != self.id) {
            let id = self.login.as_str().into();
            return Err(ErrorKind::AlreadyExists { what: Resource::User, id }.into());
        }
        Ok(Vec::new())
    }
}

impl Ruled for Tenant {
    fn faults(&self, policy: &Policy) -> Vec<Fault<'_>> {
        policy.name(place::NAME, &self.name).into_iter().collect()
    }

    fn clashes(&self, _: Option<&Self>, unit: &Unit<'_>) -> Result<Vec<Violation>> {
        if !unit.service.policy.unique.iter().any(|unique| matches!(unique, Unique::TenantName)) {
            return Ok(Vec::new());
        }
        let mut others = records::tenants(&*unit.tx, None, usize::MAX)?.into_iter();
        let twin = others.find(|other| other.id != self.id && other.name == self.name);
        let taken = twin.map(|twin| Violation::new(place::NAME, Reason::Taken(twin.id.number().into())));
        Ok(taken.into_iter().collect())
    }

    /// A default signing key is one of the tenant's own, so that it stays when the last provider goes that uses it.
    fn refer(&self, unit: &mut Unit<'_>) -> Result<()> {
        let Some(kid) = &self.default_signing_key else { return Ok(()) };
        if records::signing_key(&*unit.tx, self.id, kid)?.is_none() {
            return Err(Error::invalid(place::SIGNING_KEY, Reason::Unknown(Resource::SigningKey)));
        }
        match records::attachment(&*unit.tx, self.id, self.id, kid)? {
            Some(attachment) => unit.end_plan(&attachment),
            None => unit.attach(self.id, kid, unit.now),
        }
    }
}

impl Ruled for VendorRecord {
    fn faults(&self, _: &Policy) -> Vec<Fault<'_>> {
        Vec::new()
    }

    /// No two of a kind share a name.
    fn clashes(&self, _: Option<&Self>, unit: &Unit<'_>) -> Result<Vec<Violation>> {
        let tenant = unit.tenant_id();
        let others = records::vendor_records_named(&*unit.tx, tenant, &self.kind, &self.name)?;
        if others.iter().any(|other| other.id != self.id) {
            let id = self.name.as_str().into();
            return Err(ErrorKind::AlreadyExists { what: Resource::Record, id }.into());
        }
        Ok(Vec::new())
    }

    fn refer(&self, unit: &mut Unit<'_>) -> Result<()> {
        match records::missing_owner(&*unit.tx, unit.tenant_id(), self)? {
            Some(owner) => Err(Error::not_found(Resource::Record, owner)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
