//! Plans: what a call would change, before it is made.

use serde_json::Value;

use super::IdpStore;
use crate::dialects;
use crate::engine::records::take_secrets;
use crate::error::Result;
use crate::model::{Id, IdentityProvider};
use crate::service::{Basis, Difference, compared};

/// What a call would change: [`IdpStore::plan`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The records that change, without their secrets. New ids and keys will be others when the call is made.
    pub changes: Vec<Difference>,
    /// The documents of providers that each vendor's API would show differently.
    pub documents: Vec<DocumentChange>,
    /// What should be known before the call is made.
    pub warnings: Vec<String>,
    basis: Basis,
}

/// A provider's document before and after.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DocumentChange {
    /// The API.
    pub dialect: &'static str,
    /// The provider.
    pub provider: Id,
    /// The document now, without its secrets; absent if the API shows none.
    pub before: Option<Value>,
    /// The document afterwards.
    pub after: Option<Value>,
    /// JSON Pointers to the members that differ; the empty pointer if there is only one of the documents.
    pub members: Vec<String>,
}

impl IdpStore {
    /// What a call would change. `call` is made on a store that keeps no changes; keys that it makes are lost again.
    ///
    /// ```
    /// use idpstore::IdpStore;
    /// use idpstore::model::{IdentityProvider, Saml};
    ///
    /// let store = IdpStore::in_memory()?;
    /// let partner = store.providers().create(IdentityProvider::named("Partner", Saml::new("urn:partner")))?;
    /// let rename = |store: &IdpStore| store.providers().update(partner.id, |it| it.name = "New".to_owned());
    ///
    /// let plan = store.plan(rename)?;
    /// assert!(plan.changes[0].members.contains(&"/name".to_owned()));
    /// assert_eq!(store.providers().get(partner.id)?.name, "Partner");
    /// assert_eq!(store.apply(&plan, rename)?.name, "New");
    /// # Ok::<(), idpstore::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Whatever the call fails with; [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) if it changes records of more than
    /// one MiB, or makes several changes one after the other.
    pub fn plan<T>(&self, call: impl FnOnce(&Self) -> Result<T>) -> Result<Plan> {
        let trial = self.service.trial(|service| call(&Self { service, ..self.clone() }))?;
        let mut warnings = trial.warnings;
        let mut documents = Vec::new();
        for (before, after) in &trial.providers {
            for dialect in dialects::ALL {
                documents.extend(self.document_change(dialect, before.as_ref(), after.as_ref()));
                if let (Some(before), Some(after)) = (before, after) {
                    warnings.extend((dialect.cautions)(before, after));
                }
            }
        }
        Ok(Plan { changes: trial.changes, documents, warnings, basis: trial.basis })
    }

    /// Makes the call that was planned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Conflict`](crate::ErrorKind::Conflict) if the records that the plan changes have changed since, or the call
    /// would change others; nothing is changed then. Otherwise whatever the call fails with.
    pub fn apply<T>(&self, plan: &Plan, call: impl FnOnce(&Self) -> Result<T>) -> Result<T> {
        call(&Self { service: self.service.resting_on(plan.basis.clone()), ..self.clone() })
    }

    fn document_change(
        &self,
        dialect: &dialects::Dialect,
        before: Option<&IdentityProvider>,
        after: Option<&IdentityProvider>,
    ) -> Option<DocumentChange> {
        let base_url = self.settings.base_url.as_deref().unwrap_or("http://localhost");
        let shown = |record: Option<&IdentityProvider>| {
            let members = dialect.lens.show(record?.clone(), base_url)?;
            Some(Value::Object(members))
        };
        let provider = before.or(after)?.id;
        let (mut before, mut after) = (shown(before), shown(after));
        let members = compared(before.as_ref(), after.as_ref());
        before.iter_mut().chain(&mut after).for_each(take_secrets);
        (!members.is_empty()).then_some(DocumentChange {
            dialect: dialect.name,
            provider,
            before,
            after,
            members,
        })
    }
}
