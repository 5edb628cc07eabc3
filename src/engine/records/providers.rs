//! Identity providers: by id, by kind and by what their names contain.

use std::ops::ControlFlow;

use serde::Deserialize;

use super::ends::planned_end;
use super::{Index, Record, Stored, VisitId, each_id, first, fold, led_to, load};
use crate::engine::keyspace::{self, Key, tag};
use crate::engine::tables::{self, Parts};
use crate::engine::{ReadTx, Scan};
use crate::error::Result;
use crate::model::{Id, IdentityProvider};

impl Record for IdentityProvider {
    fn key(&self, tenant: Id) -> Key {
        Key::of(tag::PROVIDER).id(tenant).id(self.id)
    }

    fn index(&self, tenant: Id) -> Index {
        let mut index = Index::new();
        index.insert(of_name(tenant, &self.name).id(self.id), Vec::new());
        if let Some(alias) = &self.alias {
            index.insert(of_alias(tenant, alias).id(self.id), Vec::new());
        }
        index.insert(of_kind(tenant, &self.protocol.kind()).id(self.id), Vec::new());
        if let Some(source) = &self.source {
            index.insert(Key::of(tag::PROVIDER_SOURCE).id(tenant).text(&source.url).id(self.id), Vec::new());
        }
        for (kid, end) in self.planned_ends() {
            index.insert(planned_end(tenant, end, self.id, kid), Vec::new());
        }
        for kid in self.referred_keys() {
            index.insert(Key::of(tag::KEY_USE).id(tenant).text(kid).id(self.id), Vec::new());
        }
        index
    }

    fn set_version(&mut self, version: u64) {
        self.sequence = version;
    }
}

/// The provider with this id.
pub(crate) fn provider(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<IdentityProvider>> {
    load(tx, &Key::of(tag::PROVIDER).id(tenant).id(id))
}

/// The provider with this id, as it is stored.
pub(crate) fn stored_provider(
    tx: &dyn ReadTx,
    tenant: Id,
    id: Id,
) -> Result<Option<Stored<IdentityProvider>>> {
    let key = Key::of(tag::PROVIDER).id(tenant).id(id);
    tx.get(key.bytes())?.map(|value| Stored::new(key.bytes(), value)).transpose()
}

/// All providers with exactly this name.
pub(crate) fn provider_named(tx: &dyn ReadTx, tenant: Id, name: &str) -> Result<Vec<Id>> {
    let all = of_name(tenant, name);
    let has = |provider: &IdentityProvider| provider.name == name;
    led_to(tx, &all, |id| Ok(provider(tx, tenant, id)?.filter(has).map(|provider| provider.id)))
}

/// The providers with this alias: one at most, but for a change that is to be refused.
pub(crate) fn providers_with_alias(
    tx: &dyn ReadTx,
    tenant: Id,
    alias: &str,
) -> Result<Vec<IdentityProvider>> {
    let has = |provider: &IdentityProvider| provider.alias.as_deref() == Some(alias);
    led_to(tx, &of_alias(tenant, alias), |id| Ok(provider(tx, tenant, id)?.filter(has)))
}

/// Up to `limit` providers after `after` in the order of their ids, of one kind or of all.
pub(crate) fn providers(
    tx: &dyn ReadTx,
    tenant: Id,
    kind: Option<&str>,
    after: Option<Id>,
    limit: usize,
) -> Result<Vec<Stored<IdentityProvider>>> {
    let mut found = Vec::new();
    if let Some(kind) = kind {
        each_id(tx, &of_kind(tenant, kind), after, &mut |id| {
            if found.len() == limit {
                return Ok(ControlFlow::Break(()));
            }
            found.extend(stored_provider(tx, tenant, id)?);
            Ok(ControlFlow::Continue(()))
        })?;
        return Ok(found);
    }
    let all = Key::of(tag::PROVIDER).id(tenant);
    tx.scan(Scan::ascending(&first(&all, after), &all.end()).up_to(limit), &mut |key, value| {
        found.push(Stored::new(key, value.to_owned())?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Visits the providers that remember where their settings came from, in the order of the URLs.
pub(crate) fn each_provider_with_source(
    tx: &dyn ReadTx,
    tenant: Id,
    visit: &mut dyn FnMut(IdentityProvider) -> Result<()>,
) -> Result<()> {
    let all = Key::of(tag::PROVIDER_SOURCE).id(tenant);
    tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |key, _| {
        if let Some(id) = keyspace::last_id(key)
            && let Some(provider) = provider(tx, tenant, id)?
        {
            visit(provider)?;
        }
        Ok(ControlFlow::Continue(()))
    })
}

fn of_name(tenant: Id, name: &str) -> Key {
    Key::of(tag::PROVIDER_NAME).id(tenant).text(&fold(name))
}

fn of_alias(tenant: Id, alias: &str) -> Key {
    Key::of(tag::PROVIDER_ALIAS).id(tenant).text(alias)
}

fn of_kind(tenant: Id, kind: &str) -> Key {
    Key::of(tag::PROVIDER_KIND).id(tenant).text(kind)
}

/// Whether a provider is of this kind.
pub(crate) fn is_of_kind(tx: &dyn ReadTx, tenant: Id, kind: &str, id: Id) -> Result<bool> {
    Ok(tx.get(of_kind(tenant, kind).id(id).bytes())?.is_some())
}

/// The name of a provider, if it is there.
pub(crate) fn provider_name(tx: &dyn ReadTx, tenant: Id, id: Id) -> Result<Option<String>> {
    /// All of a provider that is looked at.
    #[derive(Deserialize)]
    struct Named {
        name: String,
    }
    let Some(stored) = stored_provider(tx, tenant, id)? else { return Ok(None) };
    let Named { name } = keyspace::decode(&stored.value.bytes)?;
    Ok(Some(name))
}

/// Visits the folded names of all providers, in the order of their keys.
pub(crate) fn each_provider_name(
    tx: &dyn ReadTx,
    tenant: Id,
    visit: &mut dyn FnMut(Id, &str) -> Result<ControlFlow<()>>,
) -> Result<()> {
    let all = Key::of(tag::PROVIDER_NAME).id(tenant);
    tx.scan(Scan::ascending(all.bytes(), &all.end()), &mut |key, _| match tables::read(key) {
        (_, Some(Parts { ids, texts, is_cut, .. })) => match (ids.as_slice(), texts.as_slice()) {
            ([id], [_]) if is_cut => match provider_name(tx, tenant, *id)? {
                Some(name) => visit(*id, &fold(&name)),
                None => Ok(ControlFlow::Continue(())),
            },
            ([id], [name]) => visit(*id, name),
            _ => Ok(ControlFlow::Continue(())),
        },
        _ => Ok(ControlFlow::Continue(())),
    })
}

/// Visits the ids under one kind after this one, in their order; of providers that are missing, too.
pub(crate) fn each_id_of_kind(
    tx: &dyn ReadTx,
    tenant: Id,
    kind: &str,
    after: Option<Id>,
    visit: &mut VisitId<'_>,
) -> Result<()> {
    each_id(tx, &of_kind(tenant, kind), after, visit)
}

/// The ids under one kind, in their order. [`existing_providers`] leaves out those of providers that are missing.
pub(crate) fn providers_of_kind(tx: &dyn ReadTx, tenant: Id, kind: &str) -> Result<Vec<Id>> {
    led_to(tx, &of_kind(tenant, kind), |id| Ok(Some(id)))
}

/// Those of these ids, given in their order, that providers have. The providers between them are passed, too, but
/// none is read.
pub(crate) fn existing_providers(tx: &dyn ReadTx, tenant: Id, wanted: &[Id]) -> Result<Vec<Id>> {
    let all = Key::of(tag::PROVIDER).id(tenant);
    let (Some(first), Some(last)) = (wanted.first(), wanted.last()) else { return Ok(Vec::new()) };
    let (from, to) = (all.clone().id(*first), all.clone().id(*last).next());
    let mut wanted = wanted.iter().copied().peekable();
    let mut found = Vec::new();
    tx.scan(Scan::ascending(from.bytes(), &to), &mut |key, _| {
        if let Some(id) = keyspace::last_id(key) {
            while wanted.next_if(|wanted| *wanted < id).is_some() {}
            found.extend(wanted.next_if_eq(&id));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// Visits the providers that refer to a key.
pub(crate) fn each_provider_using(
    tx: &dyn ReadTx,
    tenant: Id,
    kid: &str,
    visit: &mut dyn FnMut(IdentityProvider) -> Result<ControlFlow<()>>,
) -> Result<()> {
    each_id(tx, &Key::of(tag::KEY_USE).id(tenant).text(kid), None, &mut |id| {
        let refers = |provider: &IdentityProvider| provider.referred_keys().any(|known| known == kid);
        match provider(tx, tenant, id)?.filter(refers) {
            Some(provider) => visit(provider),
            None => Ok(ControlFlow::Continue(())),
        }
    })
}
