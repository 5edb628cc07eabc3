//! The canonical records: plain data, spoken by every dialect. May import: `error`, `pki`, `env`.

mod application;
mod change;
mod id;
mod key;
mod linking;
mod oidc;
mod protocol;
mod provider;
mod remainder;
mod saml;
mod secret;
pub mod social;
mod source;
mod tenant;
mod user;
mod vendor_record;

pub use application::Application;
pub use change::{Change, ChangeKind};
pub use id::Id;
pub use key::{Attachment, CertificateSummary, CertificationRequest, Key, KeyDate, Planned, Role};
pub use linking::{Linking, Permission, UserMatch};
pub use oidc::{Client, OpenIdConnect};
pub(crate) use protocol::SAML;
pub use protocol::{Foreign, MutualTls, Protocol};
pub use provider::{IdentityProvider, State, place};
pub use remainder::{Remainder, Remainders};
pub use saml::{Endpoint, NameIdFormat, Saml};
pub(crate) use secret::SEALED;
pub use secret::Secret;
pub use social::{AppleKey, Social};
pub use source::Source;
pub use tenant::Tenant;
pub use user::{Link, User, UserState};
pub use vendor_record::VendorRecord;
