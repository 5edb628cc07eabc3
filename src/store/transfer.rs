//! Portable documents: the store as one JSON document, and documents taken in.

use std::io::Write;

use super::IdpStore;
use crate::engine::{KeyWrap, SealedDocument};
use crate::error::{Error, ErrorKind, Result};
use crate::service::{ImportPlan, Secrets};

impl IdpStore {
    /// Writes everything that the store holds now, of all tenants, as one JSON document, and gives the number of its records.
    /// The order is stable, so that two documents can be compared line by line; one record is in memory at a time. `progress`
    /// receives the number of records so far. Writers need not wait.
    ///
    /// `docs/idpstore.schema.json` describes the document. The change log is not part of it.
    ///
    /// ```
    /// use idpstore::model::{IdentityProvider, Saml};
    /// use idpstore::{IdpStore, Secrets};
    ///
    /// let store = IdpStore::in_memory()?;
    /// store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let mut document = Vec::new();
    /// store.export(Secrets::LeftOut, &mut document, |_| {})?;
    ///
    /// let other = IdpStore::in_memory()?;
    /// let plan = other.plan_import(&String::from_utf8_lossy(&document), false, |_| {})?;
    /// assert_eq!(plan.planned()[0].to_string(), "+ provider Partner");
    /// other.import(&plan, |_| {})?;
    /// assert_eq!(other.providers().list_from(0, 1)?.items[0].name, "Partner");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Storage`](crate::ErrorKind::Storage) if the storage or `out` fails,
    /// [`ErrorKind::Corrupt`](crate::ErrorKind::Corrupt) if a record cannot be read.
    pub fn export(
        &self,
        secrets: Secrets,
        mut out: impl Write,
        mut progress: impl FnMut(u64),
    ) -> Result<u64> {
        self.service.export(secrets, &mut out, &mut progress)
    }

    /// As [`export`](Self::export), with all secrets in the document and the whole document sealed by this wrap: only
    /// [`open_document`](crate::engine::open_document) by the same wrap makes text of it.
    ///
    /// # Errors
    ///
    /// As [`export`](Self::export), [`ErrorKind::Sealed`](crate::ErrorKind::Sealed) while the store is locked,
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if the host supplies no random octets to seal with, and those of the wrap.
    pub fn export_sealed(&self, by: &KeyWrap, out: impl Write, mut progress: impl FnMut(u64)) -> Result<u64> {
        if self.is_locked()? {
            return Err(ErrorKind::Sealed.into());
        }
        let mut sealed = SealedDocument::new(out, by, self.seal.random()?)?;
        let records = self.service.export(Secrets::InTheClear, &mut sealed, &mut progress)?;
        sealed.finish()?.flush().map_err(|cause| Error::new(ErrorKind::Storage).caused_by(cause))?;
        Ok(records)
    }

    /// What importing a document would do; nothing is changed. Records are recognized by their ids; those without one by
    /// alias, name, login, certificate or key. Ids, times and keys that the document leaves out are made. Secrets, private
    /// keys and vendors' members that it leaves out stay as they are stored. With `prune`, what the document does not list
    /// is deleted: of the kinds for which it has a list, in the tenants that it has.
    ///
    /// Records are refused only for what the import changes in them. `progress` receives the number of records so far, and
    /// may start again.
    ///
    /// ```
    /// use idpstore::IdpStore;
    ///
    /// let store = IdpStore::in_memory()?;
    /// let seed = r#"{"providers": [
    ///     {"name": "Partner", "alias": "partner", "protocol": {"type": "saml", "entity_id": "urn:partner"}}
    /// ]}"#;
    /// store.import(&store.plan_import(seed, false, |_| {})?, |_| {})?;
    /// assert_eq!(store.providers().with_alias("partner")?.name, "Partner");
    ///
    /// let again = store.plan_import(seed, false, |_| {})?;
    /// assert_eq!((again.planned().len(), again.unchanged()), (0, 1));
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge) beyond 256 MiB, [`ErrorKind::Malformed`](crate::ErrorKind::Malformed)
    /// if it is not JSON, [`ErrorKind::TooNew`](crate::ErrorKind::TooNew) if a newer release has written it,
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if it has lists that no document has, and those of the storage. What
    /// is wrong with single records is in the plan.
    pub fn plan_import(
        &self,
        document: &str,
        prune: bool,
        mut progress: impl FnMut(u64),
    ) -> Result<ImportPlan> {
        self.service.plan_import(document, prune, &mut progress)
    }

    /// Imports a document at once, which takes half as long as [`plan_import`](Self::plan_import) and [`import`](Self::import). What
    /// has been done is returned as the plan would have shown it, with the number of the change; 0 if there was nothing to do.
    ///
    /// ```
    /// use idpstore::IdpStore;
    ///
    /// let store = IdpStore::in_memory()?;
    /// let seed = r#"{"providers": [{"name": "Partner", "protocol": {"type": "saml", "entity_id": "urn:partner"}}]}"#;
    /// let (done, number) = store.import_document(seed, false, |_| {})?;
    /// assert_eq!(done.planned()[0].to_string(), "+ provider Partner");
    /// assert_eq!(store.service().last_change()?, number);
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As [`plan_import`](Self::plan_import), and [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) with every record that is
    /// refused. Nothing is changed then.
    pub fn import_document(
        &self,
        document: &str,
        prune: bool,
        mut progress: impl FnMut(u64),
    ) -> Result<(ImportPlan, u64)> {
        self.service.import_document(document, prune, &mut progress)
    }

    /// Carries out a plan in one unit of work, and gives the number of the change; 0 if there was nothing to do.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) if the plan refuses a record,
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the store has changed since the plan was made, and those of the
    /// storage. Nothing is changed then.
    pub fn import(&self, plan: &ImportPlan, mut progress: impl FnMut(u64)) -> Result<u64> {
        self.service.import(plan, &mut progress)
    }
}
