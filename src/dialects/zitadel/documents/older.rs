//! The messages of the older API of identity providers. Its configurations are the same records as the templates.

use super::fields::{
    CLIENT_ID, CLIENT_SECRET, HEADER_NAME, ID, ISSUER, JWT_ENDPOINT, KEYS_ENDPOINT, NAME, SCOPES,
};
use super::queries::{BY_ID, BY_NAME, BY_OWNER, QUERIES, RANGE};
use crate::dialects::protojson::{Field, Fields, Message, Names, choice, flag, messages, text, texts};

pub(crate) const IDP_ID: Field = text("idpId", 1, 200);
pub(crate) const STYLING: Field = choice("stylingType", STYLINGS).defined();
pub(crate) const AUTO_REGISTER: Field = flag("autoRegister");
pub(crate) const DISPLAY_NAME: Field = choice("displayNameMapping", MAPPINGS).defined();
pub(crate) const USERNAME: Field = choice("usernameMapping", MAPPINGS).defined();

/// All scopes that are sent.
const ALL_SCOPES: Field = texts(SCOPES.key(), (0, usize::MAX), (0, usize::MAX));
/// An update without a secret keeps the old one.
const OLD_SECRET: Field = text(CLIENT_SECRET.key(), 0, 200).secret();
const KEYS: Field = text(KEYS_ENDPOINT.key(), 1, 200);

const STYLINGS: Names = &[("STYLING_TYPE_UNSPECIFIED", ""), ("STYLING_TYPE_GOOGLE", "google")];
const MAPPINGS: Names = &[
    ("OIDC_MAPPING_FIELD_UNSPECIFIED", ""),
    ("OIDC_MAPPING_FIELD_PREFERRED_USERNAME", "username"),
    ("OIDC_MAPPING_FIELD_EMAIL", "email"),
];

const OIDC: &[&dyn Fields] = &[
    &NAME,
    &STYLING,
    &CLIENT_ID,
    &CLIENT_SECRET,
    &ISSUER,
    &ALL_SCOPES,
    &DISPLAY_NAME,
    &USERNAME,
    &AUTO_REGISTER,
];
const JWT: &[&dyn Fields] = &[&NAME, &STYLING, &JWT_ENDPOINT, &ISSUER, &KEYS, &HEADER_NAME, &AUTO_REGISTER];
const IDP: &[&dyn Fields] = &[&IDP_ID, &NAME, &STYLING, &AUTO_REGISTER];
const JWT_CONFIG: &[&dyn Fields] = &[&IDP_ID, &JWT_ENDPOINT, &ISSUER, &KEYS, &HEADER_NAME];
const BY_ITS_ID: &[&dyn Fields] = &[&IDP_ID];

/// The messages of a surface.
pub(crate) struct Messages {
    pub(crate) get: Message,
    pub(crate) list: Message,
    pub(crate) add_oidc: Message,
    pub(crate) add_jwt: Message,
    pub(crate) update: Message,
    pub(crate) update_oidc: Message,
    pub(crate) update_jwt: Message,
    pub(crate) deactivate: Message,
    pub(crate) reactivate: Message,
    pub(crate) remove: Message,
}

pub(crate) static ADMIN: Messages = Messages {
    get: Message::of("GetIDPByIDRequest", &[&ID]),
    list: Message::of("ListIDPsRequest", &[&RANGE, &COLUMN, &messages(QUERIES.name, &ADMIN_QUERY)]),
    add_oidc: Message::of("AddOIDCIDPRequest", OIDC),
    add_jwt: Message::of("AddJWTIDPRequest", JWT),
    update: Message::of("UpdateIDPRequest", IDP),
    update_oidc: Message::of(
        "UpdateIDPOIDCConfigRequest",
        &[&IDP_ID, &ISSUER, &CLIENT_ID, &OLD_SECRET, &ALL_SCOPES, &DISPLAY_NAME, &USERNAME],
    ),
    update_jwt: Message::of("UpdateIDPJWTConfigRequest", JWT_CONFIG),
    deactivate: Message::of("DeactivateIDPRequest", BY_ITS_ID),
    reactivate: Message::of("ReactivateIDPRequest", BY_ITS_ID),
    remove: Message::of("RemoveIDPRequest", BY_ITS_ID),
};

pub(crate) static MANAGEMENT: Messages = Messages {
    get: Message::of("GetOrgIDPByIDRequest", &[&ID]),
    list: Message::of("ListOrgIDPsRequest", &[&RANGE, &COLUMN, &messages(QUERIES.name, &MANAGEMENT_QUERY)]),
    add_oidc: Message::of("AddOrgOIDCIDPRequest", OIDC),
    add_jwt: Message::of("AddOrgJWTIDPRequest", JWT),
    update: Message::of("UpdateOrgIDPRequest", IDP),
    update_oidc: Message::of(
        "UpdateOrgIDPOIDCConfigRequest",
        &[&IDP_ID, &CLIENT_ID, &OLD_SECRET, &ISSUER, &ALL_SCOPES, &DISPLAY_NAME, &USERNAME],
    ),
    update_jwt: Message::of("UpdateOrgIDPJWTConfigRequest", JWT_CONFIG),
    deactivate: Message::of("DeactivateOrgIDPRequest", BY_ITS_ID),
    reactivate: Message::of("ReactivateOrgIDPRequest", BY_ITS_ID),
    remove: Message::of("RemoveOrgIDPRequest", BY_ITS_ID),
};

/// By what the result is sorted, if by anything.
pub(crate) const COLUMN: Field = choice("sortingColumn", COLUMNS);
const COLUMNS: Names = &[("IDP_FIELD_NAME_UNSPECIFIED", ""), (BY_ITS_NAME, "name")];
pub(crate) const BY_ITS_NAME: &str = "IDP_FIELD_NAME_NAME";

const ADMIN_QUERY: Message = Message::of("IDPQuery", &[&BY_ID, &BY_NAME]);
const MANAGEMENT_QUERY: Message = Message::of(
    "IDPQuery",
    &[&BY_ID.required_oneof("query"), &BY_NAME.required_oneof("query"), &BY_OWNER.required_oneof("query")],
);
