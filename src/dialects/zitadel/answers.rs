//! Messages that are answered.

use http::StatusCode;
use serde_json::Value;

use super::documents::{Version, details};
use super::owners::Surface;
use super::{ids, time};
use crate::dialects::lens::Members;
use crate::error::Result;
use crate::http::{Response, body};
use crate::model::Id;
use crate::pki::Timestamp;
use crate::service::Service;

/// A message with these members, but for those that are zero.
pub(super) fn message(members: Vec<(&str, Value)>) -> Value {
    let is_zero = |value: &Value| match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Bool(true) | Value::Number(_) | Value::Object(_) => false,
    };
    let members = members.into_iter().filter(|(_, value)| !is_zero(value));
    members.map(|(name, value)| (name.to_owned(), value)).collect::<Members>().into()
}

/// The answer that is this message.
pub(super) fn answer(members: Vec<(&str, Value)>) -> Result<Response> {
    body::json(StatusCode::OK, &message(members))
}

/// The member of answers with sequence, times and owner of what was written.
pub(super) const DETAILS: &str = "details";

/// What is answered of something that an owner now has.
pub(super) fn added(service: &Service, at: Timestamp) -> Result<Value> {
    Ok(details(service.tenant_id(), service.last_change()?, Some(at), None, Version::V1))
}

/// The details of a change or removal.
pub(super) fn changed(service: &Service) -> Result<Value> {
    let now = service.env().clock.now();
    Ok(details(service.tenant_id(), service.last_change()?, None, Some(now), Version::V1))
}

/// The answer to such a change.
pub(super) fn answer_changed(service: &Service) -> Result<Response> {
    answer(vec![(DETAILS, changed(service)?)])
}

/// The same in version 3, of the record with this id.
pub(super) fn answer_changed_v3(service: &Service, id: &str) -> Result<Response> {
    let owner =
        message(vec![("type", "OWNER_TYPE_ORG".into()), ("id", ids::spell(service.tenant_id()).into())]);
    let now = time(service.env().clock.now());
    answer(vec![(DETAILS, message(vec![("id", id.into()), ("changed", now.into()), ("owner", owner)]))])
}

/// The answer with the elements of a list that are on the page, under this name. The total is read from the rows of the page.
pub(super) fn answer_list(
    service: &Service,
    surface: Surface,
    name: &str,
    elements: Vec<Value>,
    (offset, limit): (usize, usize),
) -> Result<Response> {
    let total = elements.len();
    answer_page(service, surface, name, elements.into_iter().skip(offset).take(limit).collect(), total)
}

/// The answer with these elements of a list of so many.
pub(super) fn answer_page(
    service: &Service,
    surface: Surface,
    name: &str,
    page: Vec<Value>,
    total: usize,
) -> Result<Response> {
    let total = if page.is_empty() { 0 } else { u64::try_from(total).unwrap_or(u64::MAX) };
    answer(vec![(DETAILS, list_details(service, surface, total)?.into()), (name, page.into())])
}

/// What is answered of a list. Numbers are texts, and zeros are left out.
pub(super) fn list_details(service: &Service, surface: Surface, total: u64) -> Result<Members> {
    let numbers = [("totalResult", total), ("processedSequence", service.last_change()?)];
    let numbers = numbers.into_iter().filter(|(_, number)| *number > 0);
    let texts = numbers.map(|(name, number)| (name, number.to_string()));
    let is_first = matches!(surface, Surface::Admin | Surface::Management | Surface::Auth);
    let at = if is_first { "viewTimestamp" } else { "timestamp" };
    let texts = texts.chain([(at, time(service.env().clock.now()))]);
    Ok(texts.map(|(name, text)| (name.to_owned(), text.into())).collect())
}

/// An id in a message.
pub(super) fn id(id: Id) -> Value {
    ids::spell(id).into()
}
