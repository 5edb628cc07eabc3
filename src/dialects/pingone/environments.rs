//! Calls about environments: PingOne's tenants.

use http::StatusCode;
use serde_json::Value;

use super::documents::bill_of_materials::{BILL, PRODUCTS as PRODUCT_LIST, SOLUTION};
use super::documents::environment::{
    BILL_OF_MATERIALS, DELETED, ENVIRONMENT, PENDING, PRODUCTS, STATES, STATUS, Shown, TYPE, TYPES, bill,
    within,
};
use super::environment::{Environment, url};
use super::filter::{Condition, NAMED};
use super::wire::NAME;
use super::{answers, ids, paging};
use crate::dialects::document::Reading;
use crate::dialects::lens::Members;
use crate::error::{Error, Reason, Result, pointer};
use crate::http::{Call, Response, body};
use crate::model::{Tenant, VendorRecord};
use crate::pki::Timestamp;
use crate::service::{Cursor, Paging};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let show = |tenant: Tenant| Ok(ENVIRONMENT.members(&tenant, &shown(call, &tenant)));
    if call.query("filter").is_none() {
        let after = paging::after(call)?.map(Cursor::Id);
        let page = call.service.tenants(&Paging { after, limit: paging::limit(call)? })?;
        return paging::forward(call, "environments", page, show);
    }
    let condition = Condition::of(call, &NAMED)?;
    let all = paging::all(|after, limit| call.service.tenants(&Paging { after, limit }));
    let found = all.filter(|tenant| {
        tenant.as_ref().map_or(true, |tenant| {
            condition
                .holds(&|member| Some(if member == "id" { tenant.id.to_uuid() } else { tenant.name.clone() }))
        })
    });
    paging::listed(call, "environments", found.map(|tenant| show(tenant?)))
}

/// Makes an environment of these products.
pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let mut document = body::json_object(call)?;
    let products = match document.shift_remove(BILL_OF_MATERIALS) {
        None | Some(Value::Null) => None,
        Some(products) => Some(read_bill(call, products, None)?),
    };
    let made = call.service.create_tenant(|draft| {
        let blank = Tenant::new(draft.id(), draft.now(), "");
        let mut tenant = ENVIRONMENT.read(document.clone(), Reading::new(blank))?;
        if let Some(products) = &products {
            keep_bill(&mut tenant, products.clone(), draft.now());
        }
        Ok(tenant)
    })?;
    let at = Shown { has_bill: products.is_some(), ..shown(call, &made) };
    Ok(answers::written(call, StatusCode::CREATED, ENVIRONMENT.show(&made, &at)?))
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    answer(call, &Environment::named(call)?.tenant)
}

pub(super) fn replace(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    update(call, &|old, _| {
        let members = ENVIRONMENT.members(old, &shown(call, old));
        ENVIRONMENT
            .read(document.clone(), Reading { replaced: Some((old, &members)), ..Reading::new(old.clone()) })
    })
}

pub(super) fn replace_type(call: &Call<'_>) -> Result<Response> {
    let kind = named(call, TYPE, TYPES)?;
    update(call, &|old, _| Ok(keeping(old, TYPE, Some(kind.into()))))
}

/// An environment whose deletion is pending can be used all the same.
pub(super) fn replace_status(call: &Call<'_>) -> Result<Response> {
    let status = named(call, STATUS, STATES)?;
    update(call, &|old, now| Ok(keeping(old, DELETED, (status == PENDING).then(|| now.to_string().into()))))
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    Environment::named(call)?.service.delete_tenant()?;
    Ok(body::no_content())
}

pub(super) fn get_bill(call: &Call<'_>) -> Result<Response> {
    answer_bill(call, &Environment::named(call)?.tenant)
}

/// The type of the solution stays as it was.
pub(super) fn replace_bill(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::named(call)?;
    let received = read_bill(call, body::json_object(call)?.into(), Some(&environment.tenant))?;
    let made = environment.service.update_tenant(|old, draft| {
        let mut tenant = old.clone();
        keep_bill(&mut tenant, received.clone(), draft.now());
        Ok(tenant)
    })?;
    answer_bill(call, &made)
}

/// The value of the one member of a document.
fn named(call: &Call<'_>, member: &'static str, values: &[&'static str]) -> Result<&'static str> {
    let document = body::json_object(call)?;
    let known = |text: &str| values.iter().copied().find(|known| *known == text);
    let reason = match document.get(member) {
        None | Some(Value::Null) => Reason::Missing,
        Some(Value::String(text)) => match known(text) {
            Some(value) => return Ok(value),
            None => Reason::NotAllowed(values.to_vec()),
        },
        Some(_) => Reason::WrongType("string"),
    };
    Err(Error::invalid(pointer::of([member]), reason))
}

fn update(call: &Call<'_>, change: &dyn Fn(&Tenant, Timestamp) -> Result<Tenant>) -> Result<Response> {
    let made = Environment::named(call)?.service.update_tenant(|old, draft| change(old, draft.now()))?;
    answer(call, &made)
}

/// The tenant of which PingOne keeps this, or nothing under this name.
fn keeping(tenant: &Tenant, name: &str, value: Option<Value>) -> Tenant {
    let mut tenant = tenant.clone();
    let kept = tenant.remainders.entry(NAME.to_owned()).or_default();
    match value {
        Some(value) => drop(kept.insert(name.to_owned(), value)),
        None => drop(kept.shift_remove(name)),
    }
    tenant
}

/// What a bill of materials says. A product without an id has that of the one of its type that was there before, or a new one.
fn read_bill(call: &Call<'_>, received: Value, old: Option<&Tenant>) -> Result<Members> {
    let is_part = old.is_none();
    let place = if is_part { pointer::of([BILL_OF_MATERIALS]) } else { String::new() };
    let Value::Object(received) = received else {
        return Err(Error::invalid(place, Reason::WrongType("object")));
    };
    let read =
        BILL.read(received, Reading::new(VendorRecord::named("", ""))).map_err(|error| error.at(&place))?;
    let before = old.map(bill);
    let before = before.as_ref().and_then(|bill| bill.remainders.get(NAME));
    let mut kept = read.remainders.get(NAME).map(|kept| (**kept).clone()).unwrap_or_default();
    if let Some(before) = before {
        kept.shift_remove(SOLUTION);
        kept.extend(before.get(SOLUTION).map(|solution| (SOLUTION.to_owned(), solution.clone())));
    }
    let known = before.and_then(|before| before.get(PRODUCT_LIST)?.as_array());
    for product in kept.get_mut(PRODUCT_LIST).and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(product) = product.as_object_mut().filter(|product| !product.contains_key("id")) else {
            continue;
        };
        let same = known.and_then(|known| known.iter().find(|known| known.get(TYPE) == product.get(TYPE)));
        let id = same.and_then(|same| same.get("id")).cloned();
        let id = id.unwrap_or_else(|| ids::drawn(&*call.service.env().entropy).into());
        product.shift_insert(0, "id".to_owned(), id);
    }
    Ok(kept)
}

fn keep_bill(tenant: &mut Tenant, mut products: Members, now: Timestamp) {
    let is_known = tenant.remainders.get(NAME).is_some_and(|kept| kept.contains_key(PRODUCTS));
    let created = if is_known { bill(tenant).created } else { now };
    products.insert("created".to_owned(), created.unix_millis().into());
    products.insert("updated".to_owned(), now.unix_millis().into());
    *tenant = keeping(tenant, PRODUCTS, Some(products.into()));
}

fn answer_bill(call: &Call<'_>, tenant: &Tenant) -> Result<Response> {
    let document = BILL.show(&bill(tenant), &within(&shown(call, tenant)))?;
    Ok(answers::written(call, StatusCode::OK, document))
}

fn shown(call: &Call<'_>, tenant: &Tenant) -> Shown {
    let has_bill =
        call.query("expand").is_some_and(|expand| expand.split(',').any(|it| it.trim() == BILL_OF_MATERIALS));
    Shown { url: url(call, tenant.id), has_bill }
}

fn answer(call: &Call<'_>, tenant: &Tenant) -> Result<Response> {
    let document = ENVIRONMENT.show(tenant, &shown(call, tenant))?;
    Ok(answers::written(call, StatusCode::OK, document))
}
