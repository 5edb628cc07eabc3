//! Calls about environments: PingOne's tenants.

use http::StatusCode;

use super::documents::environment::{ENVIRONMENT, Url};
use super::environment::{Environment, url};
use super::{answers, paging};
use crate::dialects::document::Reading;
use crate::error::Result;
use crate::http::{Call, Response, body};
use crate::model::Tenant;
use crate::service::{Cursor, Paging};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let after = paging::after(call)?.map(Cursor::Id);
    let page = call.service.tenants(&Paging { after, limit: paging::limit(call)? })?;
    paging::forward(call, "environments", page, |tenant| {
        Ok(ENVIRONMENT.members(&tenant, &Url(url(call, tenant.id))))
    })
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let document = body::json_object(call)?;
    let made = call.service.create_tenant(|draft| {
        ENVIRONMENT.read(document.clone(), Reading::new(Tenant::new(draft.id(), draft.now(), "")))
    })?;
    answer(call, StatusCode::CREATED, &made)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    answer(call, StatusCode::OK, &Environment::named(call)?.tenant)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    Environment::named(call)?.service.delete_tenant()?;
    Ok(body::no_content())
}

fn answer(call: &Call<'_>, status: StatusCode, tenant: &Tenant) -> Result<Response> {
    let document = ENVIRONMENT.show(tenant, &Url(url(call, tenant.id)))?;
    Ok(answers::written(call, status, document))
}
