//! Okta's document of an application and the canonical record.

use bytes::Bytes;

use super::modes::{MODE, MODES, Mode, OPENID_CONNECT};
use crate::dialects::document::{Reading, kind_named};
use crate::dialects::lens::Members;
use crate::dialects::okta::documents::application::{APPLICATION, Beside, Scene};
use crate::dialects::okta::documents::draw_secret;
use crate::dialects::okta::wire::NAME;
use crate::error::{ErrorKind, Resource, Result};
use crate::model::{Application, State, Tenant};
use crate::service::{DefaultKey, Draft};

/// The application that a document describes, in place of `old`; `is_strict` says that it may hold only what Okta's API
/// description lists.
pub(super) fn put(
    draft: &mut Draft<'_, '_>,
    old: Option<&Application>,
    document: Members,
    is_strict: bool,
) -> Result<Application> {
    let org = draft.tenant()?;
    let old = old.map(|old| named(old.clone(), &org));
    let shown = old.as_ref().map(|old| {
        let scene =
            Scene { base_url: String::new(), org: org.id, shows_secrets: true, beside: Beside::default() };
        APPLICATION.members(old, &scene)
    });
    let mode = kind_named(&document, MODE, MODES, |mode| mode.name, None);
    let record = mode.map(|mode| {
        let mut record = old.clone().unwrap_or_else(|| Application::new(draft.id(), draft.now(), ""));
        // What the document may hold depends on this.
        record.remainders.entry(NAME.to_owned()).or_default().insert(MODE.to_owned(), mode.name.into());
        record
    });
    let replaced = old.as_ref().zip(shown.as_ref());
    let mut record = APPLICATION.read(document, Reading { replaced, is_strict, ..Reading::of(record) })?;
    if let Some(old) = &old {
        refuse_inactive(&org, old)?;
    }
    draw_secret(&mut record, &*draft.env().entropy);
    if record.alias.is_none() {
        let stem = stem(&org, &record.name);
        let number = draft.highest_application_number(&stem)?.saturating_add(1);
        record.alias = Some(format!("{stem}{number}"));
    }
    Ok(record)
}

/// An application with the name that Okta's API shows for it.
fn named(application: Application, org: &Tenant) -> Application {
    Application { alias: Some(name(&application, org)), ..application }
}

/// The document of an application; `None` if it is of a kind that Okta does not have.
pub(super) fn show(
    application: Application,
    org: &Tenant,
    base_url: &str,
    shows_secrets: bool,
    beside: Beside,
) -> Result<Option<Bytes>> {
    let scene = Scene { base_url: base_url.to_owned(), org: org.id, shows_secrets, beside };
    let mode = Mode::of(&application);
    mode.map(|_| APPLICATION.show(&named(application, org), &scene)).transpose()
}

/// The document of an application without its secrets, for plans.
pub(in crate::dialects::okta) fn members(
    application: &Application,
    org: &Tenant,
    base_url: &str,
) -> Option<Members> {
    Mode::of(application)?;
    let beside = Beside::default();
    let scene = Scene { base_url: base_url.to_owned(), org: org.id, shows_secrets: false, beside };
    Some(APPLICATION.members(&named(application.clone(), org), &scene))
}

/// What we sign gets a key of its own; every other new application may use the org's. The answer to the creation of a client
/// of OpenID Connect names that key; of the others no recording and no sample names one.
pub(in crate::dialects::okta) fn signing_key(application: &Application, is_new: bool) -> DefaultKey {
    match Mode::of(application) {
        Some(mode) if mode.is_signed() => DefaultKey::Own,
        Some(mode) if is_new && mode.name == OPENID_CONNECT && application.signing_key.is_none() => {
            DefaultKey::Tenants
        }
        Some(_) if is_new => DefaultKey::Lent,
        _ => DefaultKey::None,
    }
}

/// The name by which links and the people's pages call an application.
pub(in crate::dialects::okta) fn name(record: &Application, org: &Tenant) -> String {
    match &record.alias {
        Some(name) => name.clone(),
        // It was made through another API, which gave it none.
        None => format!("{}{}", stem(org, &record.name), record.id),
    }
}

/// How the names of applications begin that an org has defined on its own; a number follows.
fn stem(org: &Tenant, label: &str) -> String {
    let reduced = |text: &str, also: &str| -> String {
        let kept = |character: &char| character.is_ascii_alphanumeric() || also.contains(*character);
        text.chars().filter(kept).map(|character| character.to_ascii_lowercase()).collect()
    };
    format!("{}_{}_", reduced(&org.name, "-"), reduced(label, ""))
}

/// Whether an org itself has defined the application with this name. Many may be made from one template, but none from
/// what an org has defined for one application.
pub(in crate::dialects::okta) fn is_named_by_org(org: &Tenant, name: &str) -> bool {
    stem(org, "").split_once('_').is_some_and(|(org, _)| name.starts_with(&format!("{org}_")))
}

/// What an org has defined for one application cannot be changed while that application, the only one of its
/// kind, is switched off.
fn refuse_inactive(org: &Tenant, application: &Application) -> Result<()> {
    let name = name(application, org);
    let is_custom = Mode::of(application).is_some_and(|mode| mode.is_custom) && is_named_by_org(org, &name);
    if application.state == State::Inactive && is_custom {
        return Err(ErrorKind::Inactive { what: Resource::Application, id: name.into() }.into());
    }
    Ok(())
}
