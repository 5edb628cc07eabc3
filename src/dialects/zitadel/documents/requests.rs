//! The messages of the operations that are the same for all kinds of providers.

use super::fields::ID;
use super::kinds::{AZURE_AD, GOOGLE};
use crate::dialects::protojson::{Field, Message, message};

/// The templates to which a provider is migrated.
pub(crate) const TO_AZURE: Field = message("azure", &AZURE_AD.add).oneof("template");
pub(crate) const TO_GOOGLE: Field = message("google", &GOOGLE.add).oneof("template");

pub(crate) static MIGRATE: Message =
    Message::of("MigrateGenericOIDCProviderRequest", &[&ID, &TO_AZURE, &TO_GOOGLE]);

pub(crate) static GET: Message = Message::of("GetProviderByIDRequest", &[&ID]);

pub(crate) static GET_V2: Message = Message::of("GetIDPByIDRequest", &[&ID]).of_package("zitadel.idp.v2");

pub(crate) static DELETE: Message = Message::of("DeleteProviderRequest", &[&ID]);

pub(crate) static REGENERATE: Message = Message::of("RegenerateSAMLProviderCertificateRequest", &[&ID]);
