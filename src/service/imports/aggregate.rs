//! SAML metadata of many entities, taken in at once.

use std::collections::{BTreeMap, BTreeSet};

use super::{ImportedMetadata, MetadataImport};
use crate::engine::records;
use crate::error::{Error, Reason, Result, excerpt};
use crate::model::{Id, IdentityProvider, Protocol, SAML, Saml, place};
use crate::saml::Metadata;
use crate::service::{Service, Unit};

/// What became of the entities of a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct ImportedAggregate {
    /// The providers that were created, in the order of the entities.
    pub created: Vec<ImportedMetadata>,
    /// Providers that were there already, and were left as they are.
    pub known: Vec<Id>,
    /// How many entities are no identity providers.
    pub others: usize,
}

impl Service {
    /// Stores a new provider for each identity provider among these entities, unless there is one with its entity id. It is
    /// named after that. All providers that speak SAML are looked at.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use idpstore::{IdpStore, MetadataImport};
    /// use idpstore::saml::{EncodingStandard, each_entity};
    ///
    /// let xml = br#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">
    ///   <EntityDescriptor entityID="urn:a"><IDPSSODescriptor/></EntityDescriptor>
    ///   <EntityDescriptor entityID="urn:b"><SPSSODescriptor/></EntityDescriptor>
    /// </EntitiesDescriptor>"#;
    /// let mut entities = Vec::new();
    /// each_entity(xml, &EncodingStandard, &mut |entity| {
    ///     entities.push(entity);
    ///     Ok(ControlFlow::Continue(()))
    /// })?;
    /// let service = IdpStore::in_memory()?.service();
    /// let imported = service.create_from_aggregate(&entities, &MetadataImport::default())?;
    /// assert_eq!((imported.created[0].provider.name.as_str(), imported.others), ("urn:a", 1));
    /// let again = service.create_from_aggregate(&entities, &MetadataImport::default())?;
    /// assert_eq!((again.created.len(), again.known), (0, vec![imported.created[0].provider.id]));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if an entity is listed twice, and as
    /// [`Service::create_from_metadata`], naming the entity: nothing is stored then. Where commits have a limit, several are made, and
    /// those before the entity stay; the same call goes on with the others.
    pub fn create_from_aggregate(
        &self,
        entities: &[Metadata],
        import: &MetadataImport,
    ) -> Result<ImportedAggregate> {
        refuse_duplicates(entities)?;
        let most = self.engine.capabilities().entries_at_a_time();
        let (mut imported, mut rest) = (ImportedAggregate::default(), entities);
        loop {
            let ((mut step, left), number) = self.write_unit(|unit| unit.create_some(rest, import, most))?;
            step.created.iter_mut().for_each(|it| it.provider.sequence = number);
            imported.created.extend(step.created);
            imported.known.extend(step.known);
            imported.others += step.others;
            rest = left;
            if rest.is_empty() {
                return Ok(imported);
            }
        }
    }
}

/// Refuses entities of which two have the same id.
fn refuse_duplicates(entities: &[Metadata]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for entity in entities.iter().filter(|entity| entity.is_identity_provider) {
        let entity_id = entity.entity_id.as_deref().unwrap_or_default();
        if !seen.insert(entity_id) {
            let words = format!("is that of two entities: `{}`", excerpt(entity_id));
            return Err(Error::invalid(place::ENTITY_ID, Reason::Other(words)));
        }
    }
    Ok(())
}

impl Unit<'_> {
    /// Stores providers until so many entries were written, and gives the entities that are left.
    fn create_some<'e>(
        &mut self,
        entities: &'e [Metadata],
        import: &MetadataImport,
        most: usize,
    ) -> Result<(ImportedAggregate, &'e [Metadata])> {
        let known = self.by_entity_id()?;
        let (mut imported, mut rest) = (ImportedAggregate::default(), entities);
        while let Some((entity, left)) = rest.split_first().filter(|_| self.tx.writes() < most) {
            let entity_id = entity.entity_id.as_deref().unwrap_or_default();
            if !entity.is_identity_provider {
                imported.others += 1;
            } else if let Some(id) = known.get(entity_id) {
                imported.known.push(*id);
            } else {
                let new = IdentityProvider::named(entity_id, Saml::default());
                let words = || format!("the entity `{}` cannot be taken in", excerpt(entity_id));
                let made = self.create_from_metadata(&new, entity, import);
                imported.created.push(made.map_err(|error| error.context(words()))?);
            }
            rest = left;
        }
        Ok((imported, rest))
    }

    /// The providers that speak SAML, by the entity ids of their partners.
    fn by_entity_id(&self) -> Result<BTreeMap<String, Id>> {
        let (tx, tenant) = (&*self.tx, self.tenant_id());
        let mut known = BTreeMap::new();
        for id in records::providers_of_kind(tx, tenant, SAML)? {
            if let Some(IdentityProvider { protocol: Protocol::Saml(saml), .. }) =
                records::provider(tx, tenant, id)?
            {
                known.extend(saml.entity_id.map(|entity_id| (entity_id, id)));
            }
        }
        Ok(known)
    }
}
