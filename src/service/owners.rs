//! Whose keys and requests they are: the rules for them are the same for every owner.

use super::found::{application, provider, vendor_record};
use super::{Service, tenant};
use crate::engine::ReadTx;
use crate::error::Result;
use crate::model::Id;

/// Who may hold signing keys and certification requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The tenant itself.
    Tenant,
    /// An identity provider: the keys with which we sign what it gets.
    Provider(Id),
    /// An application: the keys with which we sign what it gets.
    Application(Id),
    /// A vendor record: the keys with which we sign in its name.
    Record(Id),
}

impl Owner {
    /// The id under which the owner's keys are filed, if the owner is there.
    pub(super) fn filed(self, tx: &dyn ReadTx, service: &Service) -> Result<Id> {
        Ok(match self {
            Self::Tenant => tenant(tx, service.tenant)?.id,
            Self::Provider(id) => provider(tx, service, id)?.id,
            Self::Application(id) => application(tx, service, id)?.id,
            Self::Record(id) => vendor_record(tx, service, id)?.id,
        })
    }
}
