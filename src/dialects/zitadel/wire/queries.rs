//! The messages with which clients search.

use super::{Form, Member, Message, OWNER_TYPES, Rule, TEXT_METHODS, any, message, shared, text};

static LIST_QUERY: Message = Message {
    name: "ListQuery",
    package: Some("zitadel.v1"),
    members: &[any("offset", Form::Uint64), any("limit", Form::Uint32), any("asc", Form::Bool)],
};

static ID_QUERY: Message = shared("IDPIDQuery", &[text("id", 0, 200)]);

static NAME_QUERY: Message = shared(
    "IDPNameQuery",
    &[text("name", 0, 200), Member::new("method", Form::Enum(TEXT_METHODS), Rule::Defined)],
);

static OWNER_QUERY: Message =
    shared("IDPOwnerTypeQuery", &[Member::new("ownerType", Form::Enum(OWNER_TYPES), Rule::Defined)]);

const BY_ID: Member = any("idpIdQuery", Form::One(&ID_QUERY)).oneof("query");
const BY_NAME: Member = any("idpNameQuery", Form::One(&NAME_QUERY)).oneof("query");
const BY_OWNER: Member = any("ownerTypeQuery", Form::One(&OWNER_QUERY)).oneof("query");

static ADMIN_QUERY: Message = message("ProviderQuery", &[BY_ID, BY_NAME]);
static MANAGEMENT_QUERY: Message = message("ProviderQuery", &[BY_ID, BY_NAME, BY_OWNER]);

const LIST: Member = any("query", Form::One(&LIST_QUERY));

pub(in crate::dialects::zitadel) static ADMIN_LIST: Message =
    message("ListProvidersRequest", &[LIST, any("queries", Form::Many(&ADMIN_QUERY))]);

pub(in crate::dialects::zitadel) static MANAGEMENT_LIST: Message =
    message("ListProvidersRequest", &[LIST, any("queries", Form::Many(&MANAGEMENT_QUERY))]);
