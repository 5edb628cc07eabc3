//! The answers of all calls that read a store, and of all that remove.

use std::fmt::Debug;

use idpstore::engine::Direction;
use idpstore::model::State;
use idpstore::{
    ApplicationQuery, Cursor, IdpStore, LinkQuery, Owner, Page, Paging, ProviderQuery, Result, Service,
    SigningKeyQuery,
};

/// All items of a list, a page at a time. There are never as many pages as that.
fn pages<T>(mut page: impl FnMut(Option<Cursor>) -> Result<Page<T>>) -> Result<Vec<T>> {
    let (mut found, mut after) = (Vec::new(), None);
    for _ in 0..500 {
        let Page { items, next, .. } = page(after)?;
        found.extend(items);
        after = next;
        if after.is_none() {
            return Ok(found);
        }
    }
    panic!("the list has no end");
}

/// The answers of all calls that read a store.
#[derive(Default)]
pub(crate) struct Told(pub(crate) Vec<String>);

impl Told {
    fn note(&mut self, told: impl Debug) {
        self.0.push(format!("{told:?}"));
    }

    pub(crate) fn of(store: &IdpStore, limit: usize) -> Result<Self> {
        let (mut told, service) = (Self::default(), store.service());
        let mut last = 0;
        for _ in 0..500 {
            let changes = service.changes(last, limit)?;
            let Some(change) = changes.last() else { break };
            assert!(change.sequence > last, "the log has no end");
            last = change.sequence;
            told.note(&changes);
        }
        for tenant in pages(|after| service.tenants(&Paging { after, limit }))? {
            told.note(&tenant);
            told.tenant(&service.for_tenant(tenant.id), limit)?;
        }
        Ok(told)
    }

    fn tenant(&mut self, service: &Service, limit: usize) -> Result<()> {
        let mut kids = vec!["no key".to_owned()];
        for key in pages(|after| service.signing_keys(&SigningKeyQuery { owner: None, after, limit }))? {
            self.note((service.signing_key(key.kid.as_str())?, &key));
            kids.push(key.kid);
        }
        for key in pages(|after| service.trusted_keys(&Paging { after, limit }))? {
            self.note(&key);
            kids.push(key.kid);
        }
        self.owner(service, Owner::Tenant)?;
        self.providers(service, limit)?;
        self.applications(service, &kids, limit)?;
        self.vendor_records(service, limit)?;
        for kid in kids {
            self.note(service.key_users(&kid)?);
        }
        for login in ["ada", "ADA@example.com", "isaac", "left", "gone", ""] {
            let user = service.user(login).ok();
            if let Some(user) = &user {
                let linked = ProviderQuery { user: Some(user.id), ..ProviderQuery::all() };
                self.note(service.providers(&linked)?);
            }
        }
        Ok(())
    }

    fn vendor_records(&mut self, service: &Service, limit: usize) -> Result<()> {
        let (kind, mut after) = ("okta.group", None);
        loop {
            let page = service.vendor_records(kind, "", after.as_deref(), limit)?;
            for record in &page {
                self.note((record, service.vendor_record_named(kind, &record.name)?));
                for owner in record.owners.iter().chain([&record.id]) {
                    self.note(service.vendor_records_of(*owner, "okta.")?);
                }
            }
            let Some(last) = page.last() else { return Ok(()) };
            after = Some(last.name.clone());
        }
    }

    fn providers(&mut self, service: &Service, limit: usize) -> Result<()> {
        let kinds = ["saml", "open_id_connect", "apple", "mutual_tls", "amazon"].map(str::to_owned);
        let of_kinds = ProviderQuery { kinds: kinds.to_vec(), ..ProviderQuery::all() };
        self.note((service.provider_ids(&of_kinds)?, service.providers(&of_kinds)?));
        for kind in kinds.into_iter().map(Some).chain([None]) {
            for name_contains in [None, Some(""), Some("r"), Some("Über"), Some("-partner")] {
                let name_contains = name_contains.map(str::to_owned);
                let query = |after| ProviderQuery {
                    name_contains: name_contains.clone(),
                    kinds: kind.iter().cloned().collect(),
                    after,
                    limit,
                    ..ProviderQuery::default()
                };
                for provider in pages(|after| service.providers(&query(after)))? {
                    self.note((&provider, service.tenant_of_provider(provider.id)?));
                    let named = ProviderQuery { name: Some(provider.name.clone()), ..ProviderQuery::all() };
                    self.note(service.providers(&named)?);
                    self.owner(service, Owner::Provider(provider.id))?;
                    for contains in [None, Some("a".to_owned())] {
                        let query = |after| LinkQuery { contains: contains.clone(), after, limit };
                        self.note(pages(|after| service.links(provider.id, &query(after)))?);
                    }
                }
            }
        }
        let before = |after| ProviderQuery {
            after,
            direction: Direction::Descending,
            limit,
            ..ProviderQuery::default()
        };
        self.note(pages(|after| service.providers(&before(after)))?.len());
        Ok(())
    }

    fn applications(&mut self, service: &Service, kids: &[String], limit: usize) -> Result<()> {
        let mut queries = vec![ApplicationQuery::default()];
        for name in ["", "w", "wïki"].map(str::to_owned) {
            queries.push(ApplicationQuery { name_starts: Some(name.clone()), ..Default::default() });
            queries.push(ApplicationQuery { alias: Some(name), ..Default::default() });
        }
        for state in [State::Active, State::Inactive] {
            queries.push(ApplicationQuery { state: Some(state), ..Default::default() });
        }
        for kid in kids.iter().cloned() {
            queries.push(ApplicationQuery { key: Some(kid.clone()), ..Default::default() });
            queries.push(ApplicationQuery { signing_key: Some(kid), ..Default::default() });
        }
        for query in queries {
            let query = |after| ApplicationQuery { after, limit, ..query.clone() };
            for application in pages(|after| service.applications(&query(after)))? {
                self.note(&application);
                self.owner(service, Owner::Application(application.id))?;
            }
        }
        Ok(())
    }

    fn owner(&mut self, service: &Service, owner: Owner) -> Result<()> {
        self.note((service.signing_keys(&owner.into())?, service.requests(owner)?));
        Ok(())
    }
}

/// Removes everything that can be removed, and gives what could not be.
pub(crate) fn clear(store: &IdpStore) -> Result<()> {
    let service = store.service();
    for tenant in service.tenants(&Paging::all())?.items {
        let service = service.for_tenant(tenant.id);
        let all = ProviderQuery { limit: 100, ..ProviderQuery::default() };
        for provider in service.providers(&all)?.items {
            service.delete_provider(provider.id)?;
        }
        let all = ApplicationQuery { limit: 100, ..Default::default() };
        for application in service.applications(&all)?.items {
            service.delete_application(application.id)?;
        }
        for login in ["ada@example.com", "isaac@example.com", "left@example.com"] {
            if let Ok(user) = service.user(login) {
                service.delete_user(user.id)?;
            }
        }
        for record in service.vendor_records("pingone.x", "", None, 100)? {
            service.delete_vendor_record(record.id)?;
        }
        for key in service.trusted_keys(&Paging::all())?.items {
            service.delete_trusted_key(&key.kid)?;
        }
        for key in service.signing_keys(&SigningKeyQuery { limit: 100, ..Default::default() })?.items {
            service.delete_signing_key(key.id)?;
        }
    }
    Ok(())
}
