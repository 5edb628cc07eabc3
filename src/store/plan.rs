//! Plans: what a call would change, before it is made.

use serde_json::{Value, json};

use super::IdpStore;
use crate::dialects::lens::Members;
use crate::dialects::{self, Dialect};
use crate::engine::records::take_secrets;
use crate::error::Result;
use crate::model::{Application, Id, IdentityProvider, Tenant};
use crate::service::{Basis, BeforeAndAfter, Difference, compared};

/// What a call would change: [`IdpStore::plan`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Plan {
    /// The records that change, without their secrets. New ids and keys will be others when the call is made.
    pub changes: Vec<Difference>,
    /// The documents of providers and applications that each vendor's API would show differently.
    pub documents: Vec<DocumentChange>,
    /// What should be known before the call is made.
    pub warnings: Vec<String>,
    basis: Basis,
}

/// A document before and after.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct DocumentChange {
    /// The API.
    pub dialect: &'static str,
    /// Whether it is one of the `providers` or of the `applications`.
    pub table: &'static str,
    /// The id of the record.
    pub record: Id,
    /// The document now, without its secrets; absent if the API shows none.
    pub before: Option<Value>,
    /// The document afterwards.
    pub after: Option<Value>,
    /// JSON Pointers to the members that differ; the empty pointer if there is only one of the documents.
    pub members: Vec<String>,
}

impl Plan {
    /// The plan as JSON, as the neutral API shows it: `changes` without the records themselves, `documents` and `warnings`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let document = |it: &DocumentChange| {
            json!({
                "api": it.dialect,
                "table": it.table,
                "record": it.record.to_string(),
                "before": it.before,
                "after": it.after,
                "members": it.members,
            })
        };
        json!({
            "changes": self.changes.iter().map(difference).collect::<Vec<_>>(),
            "documents": self.documents.iter().map(document).collect::<Vec<_>>(),
            "warnings": self.warnings,
        })
    }
}

/// How a record differs, without the record itself.
pub(crate) fn difference(it: &Difference) -> Value {
    let outcome = match (&it.before, &it.after) {
        (None, _) => "created",
        (_, None) => "deleted",
        _ => "changed",
    };
    json!({
        "outcome": outcome,
        "tenant": it.tenant.to_string(),
        "table": it.table,
        "name": it.name,
        "members": it.members,
    })
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
        for (before, after) in &trial.providers {
            if let (Some(before), Some(after)) = (before, after) {
                warnings.extend(dialects::ALL.iter().flat_map(|dialect| (dialect.cautions)(before, after)));
            }
        }
        let tenant = self.service.tenant()?;
        let mut documents = self.documents("providers", &trial.providers, &tenant);
        documents.extend(self.documents("applications", &trial.applications, &tenant));
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

    /// What each API shows differently of a record.
    fn documents<R: Recorded>(
        &self,
        table: &'static str,
        records: &[BeforeAndAfter<R>],
        tenant: &Tenant,
    ) -> Vec<DocumentChange> {
        let base_url = self.base_url();
        let mut documents = Vec::new();
        for (before, after) in records {
            let Some(record) = before.as_ref().or(after.as_ref()).map(R::id) else { continue };
            for dialect in dialects::ALL {
                let shown = |record: &Option<R>| {
                    Some(Value::Object(record.as_ref()?.shown(dialect, tenant, base_url)?))
                };
                let (mut before, mut after) = (shown(before), shown(after));
                let members = compared(before.as_ref(), after.as_ref());
                before.iter_mut().chain(&mut after).for_each(take_secrets);
                if !members.is_empty() {
                    documents.push(DocumentChange {
                        dialect: dialect.name,
                        table,
                        record,
                        before,
                        after,
                        members,
                    });
                }
            }
        }
        documents
    }
}

/// A record of which vendors' APIs show documents.
trait Recorded {
    fn id(&self) -> Id;

    fn shown(&self, dialect: &Dialect, tenant: &Tenant, base_url: &str) -> Option<Members>;
}

impl Recorded for IdentityProvider {
    fn id(&self) -> Id {
        self.id
    }

    fn shown(&self, dialect: &Dialect, _: &Tenant, base_url: &str) -> Option<Members> {
        dialect.lens.show(self, base_url)
    }
}

impl Recorded for Application {
    fn id(&self) -> Id {
        self.id
    }

    fn shown(&self, dialect: &Dialect, tenant: &Tenant, base_url: &str) -> Option<Members> {
        (dialect.application)(self, tenant, base_url)
    }
}
