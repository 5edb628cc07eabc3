//! Okta's document of an application and the canonical record.

use serde_json::{Value, json};

use super::modes::{Mode, OPENID_CONNECT};
use super::{defaults, links, order, rules};
use crate::dialects::base64url;
use crate::dialects::lens::{Members, Ordered, default, get, insert, remove};
use crate::dialects::okta::ids;
use crate::dialects::okta::time;
use crate::dialects::okta::wire::NAME;
use crate::error::{Error, ErrorKind, Reason, Result};
use crate::model::{Application, Remainder, State, Tenant};
use crate::service::{DefaultKey, Draft};

/// Members that Okta's server alone writes; clients send them back, and they are ignored.
const READ_ONLY: [&str; 9] =
    ["id", "orn", "status", "created", "lastUpdated", "features", "universalLogout", "_links", "_embedded"];

/// Objects of which a replacement may leave out members: those stay as they were.
const KEPT: [&str; 4] = ["accessibility", "visibility", "credentials", "settings"];

const KID: [&str; 3] = ["credentials", "signing", "kid"];
const AUDIENCE: [&str; 3] = ["settings", "signOn", "audience"];
const CLIENT: [&str; 2] = ["credentials", "oauthClient"];

/// Whether an answer tells the secrets of the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Secrets {
    /// It does: the application was written by this call.
    Told,
    /// It does not.
    Kept,
}

/// The application that a document describes, in place of `old`; `is_strict` says that it may say only what Okta's API
/// description lists.
pub(super) fn put(
    draft: &mut Draft<'_, '_>,
    old: Option<&Application>,
    mut document: Members,
    is_strict: bool,
) -> Result<Application> {
    for member in READ_ONLY {
        document.shift_remove(member);
    }
    let name = said_name(&mut document)?;
    let before = old.map(|old| laid(old.clone())).unwrap_or_default();
    let is_defined = match old {
        None => name.is_some(),
        Some(_) => get(&before, &["settings", "signOn", "ssoAcsUrl"]).is_none(),
    };
    merge(&before, &mut document);
    let mode = rules::check(&document, is_defined, is_strict.then_some(&before))?;
    drop_private_members(&mut document);
    defaults::normalise(mode, &mut document)?;
    if let Some(old) = old {
        refuse_inactive(&draft.tenant()?, old)?;
    }
    if mode.name == OPENID_CONNECT {
        draw_client(draft, old, &mut document);
    }
    let mut record = match old {
        Some(old) => old.clone(),
        None => Application::new(draft.id(), draft.now(), ""),
    };
    take(mode, &mut record, &mut document);
    record.alias = Some(match old {
        Some(old) => self::name(old, &draft.tenant()?),
        None => chosen_name(draft, name, &record.name)?,
    });
    record.remainders.insert(NAME.to_owned(), Remainder::from(document));
    Ok(record)
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

/// A client's keys are public. What is private of them, if a client sends that all the same, is not kept (RFC 7518,
/// sections 6.2.2, 6.3.2 and 6.4.1).
fn drop_private_members(document: &mut Members) {
    const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let keys =
        document.get_mut("settings").and_then(|settings| settings.pointer_mut("/oauthClient/jwks/keys"));
    for key in keys.and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
        key.retain(|member, _| !PRIVATE.contains(&member.as_str()));
    }
}

fn said_name(document: &mut Members) -> Result<Option<String>> {
    match document.shift_remove("name") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(name)) => Ok(Some(name).filter(|name| !name.is_empty())),
        Some(_) => Err(Error::invalid("/name", Reason::WrongType("string"))),
    }
}

/// Adds what was there before: what a document leaves out, down to the second level, stays.
fn merge(before: &Members, document: &mut Members) {
    for (member, was) in before {
        match (document.get_mut(member), was) {
            (Some(Value::Object(now)), Value::Object(was)) if KEPT.contains(&member.as_str()) => {
                for (member, was) in was {
                    now.entry(member).or_insert_with(|| was.clone());
                }
            }
            (Some(_), _) => {}
            // The label and the sign-on mode must always be sent.
            (None, _) if member == "label" || member == "signOnMode" => {}
            (None, was) => {
                document.insert(member.clone(), was.clone());
            }
        }
    }
}

/// What a client is known by, where the document does not say: what it was before, or the application's id and a
/// new secret.
fn draw_client(draft: &Draft<'_, '_>, old: Option<&Application>, document: &mut Members) {
    let before = old.and_then(|old| get(old.remainders.get(NAME)?, &CLIENT)?.as_object());
    let mut client = match remove(document, &CLIENT) {
        Some(Value::Object(client)) => client,
        _ => Members::new(),
    };
    for member in ["client_id", "client_secret"] {
        if let Some(was) = before.and_then(|before| before.get(member)) {
            default(&mut client, &[member], was.clone());
        }
    }
    default(&mut client, &["autoKeyRotation"], json!(true));
    default(&mut client, &["client_id"], ids::spell(draft.id()).into());
    default(&mut client, &["token_endpoint_auth_method"], json!("client_secret_basic"));
    let method = client.get("token_endpoint_auth_method").and_then(Value::as_str);
    if method.is_some_and(|method| method.starts_with("client_secret")) {
        let mut secret = [0; 48];
        draft.env().entropy.fill(&mut secret);
        default(&mut client, &["client_secret"], base64url(&secret).into());
    } else {
        client.shift_remove("client_secret");
    }
    insert(document, &CLIENT, Value::Object(client));
}

/// Takes what has a canonical meaning out of a document into the record.
fn take(mode: &Mode, record: &mut Application, document: &mut Members) {
    if let Some(Value::String(label)) = document.shift_remove("label") {
        record.name = label;
    }
    // A replacement that names no key leaves it as it was.
    if let Some(Value::String(kid)) = remove(document, &KID) {
        record.signing_key = Some(kid);
    }
    record.entity_id = None;
    if mode.is_saml()
        && let Some(Value::String(audience)) = remove(document, &AUDIENCE)
    {
        record.entity_id = Some(audience);
    }
}

/// The remainder with what the core says over it.
pub(super) fn laid(mut record: Application) -> Members {
    let mut document = match record.remainders.remove(NAME) {
        Some(said) => said.into_members(),
        None => Members::from_iter([("signOnMode".to_owned(), json!("SAML_2_0"))]),
    };
    document.insert("label".to_owned(), record.name.into());
    if let Some(audience) = record.entity_id {
        insert(&mut document, &AUDIENCE, audience.into());
    }
    if let Some(kid) = record.signing_key {
        insert(&mut document, &KID, kid.into());
    }
    document
}

/// The document of an application; `None` if it is of a kind that Okta does not have.
pub(super) fn show(record: Application, org: &Tenant, base_url: &str, secrets: Secrets) -> Option<Ordered> {
    let mode = Mode::of(&record)?;
    let (id, name) = (ids::spell(record.id), name(&record, org));
    let links = links::of(mode, &record, &name, org, base_url);
    let (created, updated, state) = (record.created, record.updated, record.state);
    let mut document = laid(record);
    defaults::complete(mode, &links::home_link(mode, &name), &mut document);
    link_hooks(&mut document, base_url);
    if secrets == Secrets::Kept {
        remove(&mut document, &["credentials", "oauthClient", "client_secret"]);
    }
    let orn = format!("orn:okta:idp:{}:apps:{name}:{id}", ids::spell_as("00o", org.id));
    for (member, value) in [
        ("id", id.into()),
        ("orn", orn.into()),
        ("name", name.into()),
        ("status", if state == State::Active { "ACTIVE" } else { "INACTIVE" }.into()),
        ("created", time(created).into()),
        ("lastUpdated", time(updated).into()),
        ("_links", links),
    ] {
        document.insert(member.to_owned(), value);
    }
    Some(Ordered(document, &order::ORDER))
}

/// Hooks are told with a link to each.
fn link_hooks(document: &mut Members, base_url: &str) {
    let Some(Value::Array(mut hooks)) = remove(document, &["settings", "signOn", "inlineHooks"]) else {
        return;
    };
    for hook in hooks.iter_mut().filter_map(Value::as_object_mut) {
        if let Some(id) = hook.get("id").and_then(Value::as_str) {
            let href = format!("{base_url}/api/v1/inlineHooks/{id}");
            let link = json!({"self": {"href": href, "hints": {"allow": ["GET", "PUT", "DELETE"]}}});
            hook.insert("_links".to_owned(), link);
        }
    }
    insert(document, &["settings", "signOn", "inlineHooks"], Value::Array(hooks));
}

/// The name by which links and the people's pages call an application.
pub(super) fn name(record: &Application, org: &Tenant) -> String {
    match &record.alias {
        Some(name) => name.clone(),
        // It came through another door, which gave it none.
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
        let words = format!("{name}: No active instances.");
        return Err(Error::new(ErrorKind::WrongState).caused_by(words));
    }
    Ok(())
}

/// The name of a new application: that of the template it is made from, or the org's own with the next number.
fn chosen_name(draft: &Draft<'_, '_>, said: Option<String>, label: &str) -> Result<String> {
    let stem = stem(&draft.tenant()?, label);
    if let Some(name) = said {
        let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-.".contains(character);
        if !name.chars().all(is_plain) {
            return Err(Error::invalid("/name", Reason::Other("is no name of a template".to_owned())));
        }
        return Ok(name);
    }
    let number = draft.highest_application_number(&stem)?.saturating_add(1);
    Ok(format!("{stem}{number}"))
}
