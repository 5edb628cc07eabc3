//! Finding providers without reading all of them.

use super::names::{Hit, Search};
use super::page::DEFAULT_LIMIT;
use super::trusted_keys::{Certificates, trusted_certificates};
use super::{Cursor, Page, Portion, Service, sorted_by};
use crate::engine::keyspace::tag;
use crate::engine::records::{self, Stored, fold};
use crate::engine::{Direction, ReadTx};
use crate::error::{ErrorKind, Result};
use crate::model::{Id, IdentityProvider};

/// Which providers are wanted. All that is given must fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProviderQuery {
    /// Only those with exactly this name.
    pub name: Option<String>,
    /// Only those whose name contains this text, in any case. They come in an order of their own: first the name itself in
    /// the same case, then in another, then names that start with the text, then those that contain it.
    pub name_contains: Option<String>,
    /// Only those of one of these kinds, as [`Protocol::kind`](crate::model::Protocol::kind) names them; of any if there
    /// is none.
    pub kinds: Vec<String>,
    /// Only those to which this user is linked.
    pub user: Option<Id>,
    /// Where the page before ended.
    pub after: Option<Cursor>,
    /// [`Direction::Descending`] requests the page that ends just before the cursor, in the same order; only for lists
    /// that follow the ids.
    pub direction: Direction,
    /// How many at most.
    pub limit: usize,
}

impl Default for ProviderQuery {
    /// The first 20 of all.
    fn default() -> Self {
        Self {
            name: None,
            name_contains: None,
            kinds: Vec::new(),
            user: None,
            after: None,
            direction: Direction::Ascending,
            limit: DEFAULT_LIMIT,
        }
    }
}

impl ProviderQuery {
    /// All of them.
    #[must_use]
    pub fn all() -> Self {
        Self { limit: usize::MAX, ..Self::default() }
    }

    /// The text that is searched for, unless another condition leads to few providers.
    fn needle(&self) -> Option<&str> {
        self.name_contains.as_deref().filter(|_| self.name.is_none() && self.user.is_none())
    }

    /// Whether a provider to which the user is linked fits.
    fn wants(&self, provider: &IdentityProvider) -> bool {
        let contains = |text: &String| fold(&provider.name).contains(&fold(text));
        self.name.as_ref().is_none_or(|name| *name == provider.name)
            && self.name_contains.as_ref().is_none_or(contains)
            && (self.kinds.is_empty() || self.kinds.contains(&provider.protocol.kind()))
    }

    /// Those of these ids, which are in their order, that are on the page, and one more; the nearest to the cursor first.
    fn window(&self, ids: Vec<Id>) -> Result<Vec<Id>> {
        let (after, one_more) =
            (self.after.as_ref().map(Cursor::id).transpose()?, self.limit.saturating_add(1));
        Ok(match self.direction {
            Direction::Ascending => {
                ids.into_iter().filter(|id| after.is_none_or(|after| *id > after)).take(one_more).collect()
            }
            Direction::Descending => {
                let before = ids.into_iter().rev().filter(|id| after.is_none_or(|after| *id < after));
                before.take(one_more).collect()
            }
        })
    }
}

impl Service {
    /// A page of providers.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Protocol, Saml};
    /// use idpstore::ProviderQuery;
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// for name in ["A partner", "Partner of old", "Another one"] {
    ///     service.create_provider(|draft| {
    ///         Ok(IdentityProvider::new(draft.id(), draft.now(), name, Protocol::Saml(Saml::default())))
    ///     })?;
    /// }
    /// let name_contains = Some("PARTNER".to_owned());
    /// let page = service.providers(&ProviderQuery { name_contains, ..ProviderQuery::default() })?;
    /// let names: Vec<_> = page.items.iter().map(|provider| provider.name.as_str()).collect();
    /// assert_eq!(names, ["Partner of old", "A partner"]);
    /// assert_eq!(page.next, None);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadCursor`] if the cursor belongs to another list, and those of the storage.
    pub fn providers(&self, query: &ProviderQuery) -> Result<Page<IdentityProvider>> {
        let page = self.stored_providers(query)?;
        Ok(Page { items: page.items.iter().map(Stored::record).collect::<Result<_>>()?, next: page.next })
    }

    /// Up to `limit` providers from the position `offset` in the order of their ids, and how many there are, for those who
    /// show a list of which only a part can be seen. The cost does not grow with either number: the ids are in memory.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// let store = IdpStore::in_memory()?;
    /// for name in ["A", "B", "C"] {
    ///     store.providers().create(IdentityProvider::named(name, Saml::default()))?;
    /// }
    /// let portion = store.service().providers_from(1, 1)?;
    /// assert_eq!((portion.items[0].name.as_str(), portion.total), ("B", 3));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub fn providers_from(&self, offset: usize, limit: usize) -> Result<Portion<IdentityProvider>> {
        let (total, items) = self.ids_from(offset, limit, |tx, ids| {
            let found = ids.into_iter().filter_map(|id| records::provider(tx, self.tenant, id).transpose());
            found.collect()
        })?;
        Ok(Portion { items, total })
    }

    /// The ids of a page of providers. Few providers are read, and most often none, so that a long page can be shown with
    /// one of them in memory at a time.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::ProviderQuery;
    ///
    /// let service = IdpStore::in_memory()?.service();
    /// let page = service.provider_ids(&ProviderQuery::all())?;
    /// assert_eq!((page.items.len(), page.next), (0, None));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`Service::providers`].
    pub fn provider_ids(&self, query: &ProviderQuery) -> Result<Page<Id>> {
        match query.needle() {
            Some(needle) => self.found(query, needle, |_, id| Ok(Some(id))),
            None => self.read(|tx| self.ids(tx, query)),
        }
    }

    /// Hands over a page of providers, one after the other, so that a long page can be shown with one of them in memory at a
    /// time. Returns where the next page begins, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Service::providers`], and those of `take`.
    pub(crate) fn each_provider(
        &self,
        query: &ProviderQuery,
        mut take: impl FnMut(IdentityProvider) -> Result<()>,
    ) -> Result<Option<Cursor>> {
        let page = self.stored_providers(query)?;
        page.items.iter().try_for_each(|stored| take(stored.record()?))?;
        Ok(page.next)
    }

    /// Hands over the providers of all tenants, one after the other in the order of tenants and ids, each with its tenant and
    /// with what gives the certificates that it trusts. All of them are of one moment.
    pub(crate) fn every_provider(
        &self,
        take: &mut dyn FnMut(Id, &IdentityProvider, &Certificates<'_>) -> Result<()>,
    ) -> Result<()> {
        self.read(|tx| {
            for tenant in records::tenants(tx, None, usize::MAX)? {
                let mut take =
                    |provider| take(tenant.id, &provider, &|| trusted_certificates(tx, tenant.id, &provider));
                records::each_record::<IdentityProvider>(tx, tag::PROVIDER, tenant.id, &mut take)?;
            }
            Ok(())
        })
    }

    /// Calls `take` with each provider of the tenant, with what gives the certificates that it trusts, in so many passes over the
    /// same providers; each call has the number of its pass, from 0.
    pub(crate) fn providers_in_passes(
        &self,
        passes: u8,
        take: &mut dyn FnMut(u8, &IdentityProvider, &Certificates<'_>) -> Result<()>,
    ) -> Result<()> {
        self.read(|tx| {
            for pass in 0..passes {
                let mut take =
                    |provider| take(pass, &provider, &|| trusted_certificates(tx, self.tenant, &provider));
                records::each_record::<IdentityProvider>(tx, tag::PROVIDER, self.tenant, &mut take)?;
            }
            Ok(())
        })
    }

    fn stored_providers(&self, query: &ProviderQuery) -> Result<Page<Stored<IdentityProvider>>> {
        let stored = |tx: &dyn ReadTx, id| records::stored_provider(tx, self.tenant, id);
        if let Some(needle) = query.needle() {
            return self.found(query, needle, stored);
        }
        let is_indexed = query.name.is_none() && query.user.is_none() && query.kinds.len() <= 1;
        self.read(|tx| {
            if is_indexed && query.direction == Direction::Ascending {
                let after = query.after.as_ref().map(Cursor::id).transpose()?;
                let kind = query.kinds.first().map(String::as_str);
                let one_more = query.limit.saturating_add(1);
                let found = records::providers(tx, self.tenant, kind, after, one_more)?;
                return Ok(Page::cut(found, query.limit, |last| Cursor::Id(last.id)));
            }
            let Page { items, next } = self.ids(tx, query)?;
            let items =
                items.into_iter().filter_map(|id| stored(tx, id).transpose()).collect::<Result<_>>()?;
            Ok(Page { items, next })
        })
    }

    /// A page of what a search for a part of the name finds, each as `read` gives it.
    fn found<T>(
        &self,
        query: &ProviderQuery,
        needle: &str,
        read: impl Fn(&dyn ReadTx, Id) -> Result<Option<T>>,
    ) -> Result<Page<T>> {
        let after = match (&query.after, query.direction) {
            (None, Direction::Ascending) => None,
            (Some(Cursor::Name(place)), Direction::Ascending) => Some(place.as_slice()),
            _ => return Err(ErrorKind::BadCursor.into()),
        };
        let limit = query.limit.saturating_add(1);
        self.search(&Search { needle, kinds: &query.kinds, after, limit }, |tx, hits| {
            let Page { items, next } =
                Page::cut(hits, query.limit, |hit: &Hit| Cursor::Name(hit.place.clone()));
            let items = items.iter().filter_map(|hit| read(tx, hit.id).transpose()).collect::<Result<_>>()?;
            Ok(Page { items, next })
        })
    }

    /// A page of a list that follows the ids.
    fn ids(&self, tx: &dyn ReadTx, query: &ProviderQuery) -> Result<Page<Id>> {
        let found = if query.name.is_some() || query.user.is_some() {
            query.window(self.few(tx, query)?)?
        } else if query.kinds.is_empty() {
            let (from, one_more) =
                (query.after.as_ref().map(Cursor::id).transpose()?, query.limit.saturating_add(1));
            records::nearest_provider_ids(tx, self.tenant, from, query.direction, one_more)?
        } else {
            let mut all = Vec::new();
            for kind in &query.kinds {
                all.extend(records::providers_of_kind(tx, self.tenant, kind)?);
            }
            let all = sorted_by(all, Ord::cmp);
            query.window(records::existing_providers(tx, self.tenant, &all)?)?
        };
        let mut page = Page::cut(found, query.limit, |last| Cursor::Id(*last));
        if query.direction == Direction::Descending {
            page.items.reverse();
        }
        Ok(page)
    }

    /// Those that fit, where a whole name or a user leads to few.
    fn few(&self, tx: &dyn ReadTx, query: &ProviderQuery) -> Result<Vec<Id>> {
        let candidates = match (query.user, &query.name) {
            (Some(user), _) => {
                let links = records::links_of_user(tx, self.tenant, user)?;
                links.into_iter().map(|link| link.provider).collect()
            }
            (None, Some(name)) => records::provider_named(tx, self.tenant, name)?,
            (None, None) => Vec::new(),
        };
        let mut found = Vec::new();
        for id in sorted_by(candidates, Ord::cmp) {
            found
                .extend(records::provider(tx, self.tenant, id)?.filter(|it| query.wants(it)).map(|it| it.id));
        }
        Ok(found)
    }
}
