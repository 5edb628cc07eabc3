//! Documents of many entities: what federations publish.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use super::reader;
use super::{CharacterSets, Metadata, unreadable};
use crate::error::{Error, Reason, Result, excerpt};

/// Visits every entity that a document describes, in its order: those of an `EntitiesDescriptor` and of the groups in it, or the
/// one `EntityDescriptor`. One entity is in memory at a time. What `visit` has broken off is not read further.
///
/// ```
/// use std::ops::ControlFlow;
///
/// use idpstore::saml::{EncodingStandard, each_entity};
///
/// let xml = br#"<EntitiesDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata">
///   <EntityDescriptor entityID="urn:a"><IDPSSODescriptor/></EntityDescriptor>
///   <EntityDescriptor entityID="urn:b"/>
/// </EntitiesDescriptor>"#;
/// let mut found = Vec::new();
/// each_entity(xml, &EncodingStandard, &mut |entity| {
///     found.push((entity.entity_id, entity.is_identity_provider));
///     Ok(ControlFlow::Continue(()))
/// })?;
/// assert_eq!(found, [(Some("urn:a".to_owned()), true), (Some("urn:b".to_owned()), false)]);
/// # Ok::<(), idpstore::Error>(())
/// ```
///
/// # Errors
///
/// As [`Metadata::read`], with entities that were visited before, and whatever `visit` fails with.
pub fn each_entity(
    xml: &[u8],
    sets: &dyn CharacterSets,
    visit: &mut dyn FnMut(Metadata) -> Result<ControlFlow<()>>,
) -> Result<()> {
    reader::each(xml, sets, visit).map(drop)
}

/// What a document says of those entities that are wanted.
#[derive(Debug)]
pub(crate) enum Listed {
    /// It describes one entity, whichever that is.
    One(Box<Metadata>),
    /// Of several, those that are wanted by their ids; nothing stands for one that is described twice.
    Several(BTreeMap<String, Option<Metadata>>),
}

impl Listed {
    /// Looks for the entities whose ids are wanted.
    ///
    /// # Errors
    ///
    /// As [`Metadata::read`].
    pub(crate) fn read(
        xml: &[u8],
        sets: &dyn CharacterSets,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Result<Self> {
        let (mut last, mut several) = (None, BTreeMap::new());
        let is_aggregate = reader::each(xml, sets, &mut |entity| {
            if let Some(id) = entity.entity_id.as_ref().filter(|id| is_wanted(id)) {
                let first = several.insert(id.clone(), None).is_none();
                several.extend(first.then(|| (id.clone(), Some(entity.clone()))));
            }
            last = Some(entity);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(match last {
            Some(entity) if !is_aggregate => Self::One(Box::new(entity)),
            _ => Self::Several(several),
        })
    }

    /// The entity with this id.
    ///
    /// # Errors
    ///
    /// [`Malformed`](crate::ErrorKind::Malformed) if it is missing or described twice.
    pub(crate) fn entity(&self, id: &str) -> Result<&Metadata> {
        match self {
            Self::One(entity) => Ok(entity),
            Self::Several(several) => match several.get(id) {
                Some(Some(entity)) => Ok(entity),
                Some(None) => Err(unreadable(&format!("it describes the entity `{}` twice", excerpt(id)))),
                None => Err(unreadable(&format!("it does not describe the entity `{}`", excerpt(id)))),
            },
        }
    }
}

impl Metadata {
    /// Reads what a document says of the only identity provider that it describes or, if it describes none, of its first entity.
    ///
    /// # Errors
    ///
    /// As [`Metadata::read`], and [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it describes several identity providers.
    pub fn of_only_provider(xml: &[u8], sets: &dyn CharacterSets) -> Result<Self> {
        let (mut found, mut providers) = (None::<Self>, 0_usize);
        each_entity(xml, sets, &mut |entity| {
            providers += usize::from(entity.is_identity_provider);
            if found.as_ref().is_none_or(|found| !found.is_identity_provider) {
                found = Some(entity);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        if providers > 1 {
            let words = format!("describes {providers} identity providers: choose one by its entity id");
            return Err(Error::invalid("", Reason::Other(words)));
        }
        found.ok_or_else(|| unreadable("it describes no entity"))
    }

    /// Reads what a document says of the entity with this id. If the document describes one entity alone, that is read,
    /// whatever its id is.
    ///
    /// # Errors
    ///
    /// As [`Metadata::read`], and [`ErrorKind::Malformed`](crate::ErrorKind::Malformed) if the document describes several
    /// entities and this one not at all or twice.
    pub fn of_entity(xml: &[u8], sets: &dyn CharacterSets, entity_id: &str) -> Result<Self> {
        Listed::read(xml, sets, &|id| id == entity_id)?.entity(entity_id).cloned()
    }
}
