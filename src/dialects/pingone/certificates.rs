//! Calls about certificates: the keys that are trusted.

use http::StatusCode;

use super::environment::Environment;
use super::key_lens::{Collection, saying, show};
use super::{answers, applications, files, key_rules, keys, paging};
use crate::error::{Resource, Result};
use crate::http::multipart::Form;
use crate::http::{Call, Response, body};
use crate::model::{Key, Remainders};
use crate::service::{NewTrustedKey, Paging};

pub(super) fn list(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let keys = paging::all(|after, limit| environment.service.trusted_keys(&Paging { after, limit }));
    let shown = keys.map(|key| show(&environment, Collection::Certificates, &key?));
    paging::listed(call, "certificates", shown)
}

pub(super) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let form = Form::of(call)?;
    let usage = key_rules::usage_of(form.text("usageType"))?;
    let chain = files::certificates(files::of(&form)?)?;
    let remainders = saying(&Remainders::new(), [("usageType", usage.into())]);
    let new = NewTrustedKey { remainders, ..NewTrustedKey::from_ders(&chain) };
    let made = environment.service.create_trusted_key(new)?;
    answers::json(call, StatusCode::ACCEPTED, &show(&environment, Collection::Certificates, &made)?)
}

pub(super) fn get(call: &Call<'_>) -> Result<Response> {
    let (environment, key) = named(call)?;
    keys::represented(call, &environment, Collection::Certificates, &key)
}

pub(super) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    keys::missing(call, &environment, "certID", Resource::TrustedKey, |id| {
        environment.service.delete_trusted_key(&id.to_uuid())
    })?;
    Ok(body::no_content())
}

pub(super) fn list_applications(call: &Call<'_>) -> Result<Response> {
    let (environment, key) = named(call)?;
    applications::of_key(call, &environment, &key)
}

/// The certificate that the path names, and its environment.
fn named(call: &Call<'_>) -> Result<(Environment, Key)> {
    let environment = Environment::of(call)?;
    let key = keys::missing(call, &environment, "certID", Resource::TrustedKey, |id| {
        environment.service.trusted_key(&id.to_uuid())
    })?;
    Ok((environment, key))
}
