//! The messages with which clients search.

use super::fields::{ID, NAME, SHARED};
use crate::dialects::protojson::{
    Field, Message, Names, choice, flag, message, messages, text, uint32, uint64,
};

/// The range of the result.
pub(crate) const RANGE: Field = message("query", &LIST_QUERY);
pub(crate) const OFFSET: Field = uint64("offset");
pub(crate) const LIMIT: Field = uint32("limit");
pub(crate) const ASCENDING: Field = flag("asc");

/// What the result must fit.
pub(crate) const QUERIES: Field = messages("queries", &ADMIN_QUERY);
const QUERIES_OF_ORGANIZATION: Field = messages(QUERIES.name, &MANAGEMENT_QUERY);

pub(crate) const BY_ID: Field = message("idpIdQuery", &ID_QUERY).oneof("query");
pub(crate) const BY_NAME: Field = message("idpNameQuery", &NAME_QUERY).oneof("query");
pub(crate) const BY_OWNER: Field = message("ownerTypeQuery", &OWNER_QUERY).oneof("query");

pub(crate) const METHOD: Field = choice("method", METHODS).defined();
pub(crate) const OWNER_TYPE: Field = choice("ownerType", OWNER_TYPES).defined();

const LIST_QUERY: Message = Message::of("ListQuery", &[&OFFSET, &LIMIT, &ASCENDING]).of_package("zitadel.v1");
const ID_QUERY: Message = Message::of("IDPIDQuery", &[&text(ID.key(), 0, 200)]).of_package(SHARED);
const NAME_QUERY: Message =
    Message::of("IDPNameQuery", &[&text(NAME.key(), 0, 200), &METHOD]).of_package(SHARED);
const OWNER_QUERY: Message = Message::of("IDPOwnerTypeQuery", &[&OWNER_TYPE]).of_package(SHARED);

const ADMIN_QUERY: Message = Message::of("ProviderQuery", &[&BY_ID, &BY_NAME]);
const MANAGEMENT_QUERY: Message = Message::of("ProviderQuery", &[&BY_ID, &BY_NAME, &BY_OWNER]);

pub(crate) static ADMIN_LIST: Message = Message::of("ListProvidersRequest", &[&RANGE, &QUERIES]);
pub(crate) static MANAGEMENT_LIST: Message =
    Message::of("ListProvidersRequest", &[&RANGE, &QUERIES_OF_ORGANIZATION]);

/// How a name is compared: with which part of it, and whether case counts.
pub(crate) const METHODS: Names = &[
    ("TEXT_QUERY_METHOD_EQUALS", WHOLE),
    ("TEXT_QUERY_METHOD_EQUALS_IGNORE_CASE", "whole, in any case"),
    ("TEXT_QUERY_METHOD_STARTS_WITH", START),
    ("TEXT_QUERY_METHOD_STARTS_WITH_IGNORE_CASE", "start, in any case"),
    ("TEXT_QUERY_METHOD_CONTAINS", ANY),
    ("TEXT_QUERY_METHOD_CONTAINS_IGNORE_CASE", "any, in any case"),
    ("TEXT_QUERY_METHOD_ENDS_WITH", END),
    ("TEXT_QUERY_METHOD_ENDS_WITH_IGNORE_CASE", "end, in any case"),
];

pub(crate) const WHOLE: &str = "whole";
pub(crate) const START: &str = "start";
pub(crate) const ANY: &str = "any";
pub(crate) const END: &str = "end";
pub(crate) const IN_ANY_CASE: &str = ", in any case";

/// The types of owners of providers.
const OWNER_TYPES: Names =
    &[("IDP_OWNER_TYPE_UNSPECIFIED", ""), (INSTANCE, "instance"), (ORGANIZATION, "organization")];

pub(crate) const INSTANCE: &str = "IDP_OWNER_TYPE_SYSTEM";
pub(crate) const ORGANIZATION: &str = "IDP_OWNER_TYPE_ORG";
