//! The requests with which a client makes a provider at a vendor, of what the vendor's API shows of it here.
//!
//! What a dialect's requests look like is in its [`Making`]. Secrets are in none of them: they are variables
//! (`docs/decisions/0104-requests-that-make-a-provider.md`).

use serde_json::Value;

use super::Dialect;
use super::crossing_requests::{CrossingRequest, CrossingRequests, Omitted, VariableAt};
use super::document::Anew;
use super::lens::{Context, Members};
use crate::engine::records::withhold;
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Result, chain, excerpt, pointer};
use crate::model::{Id, IdentityProvider, State};
use crate::pki::{Timestamp, pem, thumbprint};
use crate::service::Certificates;

/// How clients make providers through the API of a vendor.
pub(crate) struct Making {
    /// The scheme under which clients send their tokens (RFC 9110, section 11.1).
    pub(crate) scheme: &'static str,
    /// The variables in paths that a client sets, and what they are.
    pub(crate) variables: &'static [(&'static str, &'static str)],
    /// The document that is sent for a provider, of the one that is shown.
    pub(super) document: fn(&IdentityProvider, Members) -> Anew,
    /// Secrets, members of the document itself, of which base64 is sent.
    pub(super) in_base64: &'static [&'static str],
    /// Refuses a document of a provider that the vendor would refuse.
    pub(super) check: fn(Context<'_>, &IdentityProvider, &Members) -> Result<()>,
    /// The request that imports a certificate, in base64, if the vendor keeps them as records of their own.
    pub(super) certificate: Option<fn(&str) -> Result<CrossingRequest>>,
    /// The path to which the document of a provider of this tenant is sent.
    pub(super) path: fn(Id, &IdentityProvider) -> String,
    /// How a provider is made that is switched off.
    pub(super) inactive: Inactive,
}

/// How a provider is made that is switched off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inactive {
    /// By its document.
    ByDocument,
    /// By a call of this path below it.
    ByCall(&'static str),
    /// Not at all.
    Never,
}

/// The variable with the id of the new provider.
pub(crate) const PROVIDER: &str = "PROVIDER";

/// With what reasons begin that the vendor would have.
const REFUSED: &str = "the vendor would refuse it";

/// The member of answers with the id of a new record.
pub(super) const ID: &str = "id";

/// In which place of a secret a document is checked: it is a text, and base64 of one.
const SAMPLE: &str = "c2VjcmV0";

/// The requests that make a provider at a vendor.
///
/// # Errors
///
/// Those of `certificates`.
pub(crate) fn requests(
    (tenant, record): (Id, &IdentityProvider),
    to: &'static Dialect,
    env: &Environment,
    certificates: &Certificates<'_>,
) -> Result<CrossingRequests> {
    let mut made = CrossingRequests {
        tenant,
        provider: record.id,
        name: record.name.clone(),
        to: to.name,
        requests: Vec::new(),
        secrets: Vec::new(),
        omitted: Vec::new(),
        reason: None,
    };
    let Some(shown) = to.lens.show_with(record, "", certificates)? else {
        made.reason = Some("the vendor has no such kind of provider".to_owned());
        return Ok(made);
    };
    let Anew { document, trusted, signing } = (to.making.document)(record, shown.clone());
    let mut document = Value::Object(document);
    made.omit_refused(to, record, &shown, &mut document);
    let mut variables = made.take_secrets(record, to.making, &mut document);
    if let Err(error) = check(to, env, record, &document, &variables) {
        made.reason = Some(made.refusal(error)?);
        return Ok(made);
    }
    match made.import_trusted((record, to), env.clock.now(), (&mut document, &trusted), certificates)? {
        Ok(more) => variables.extend(more),
        Err(reason) => {
            made.requests.clear();
            made.reason = Some(reason);
            return Ok(made);
        }
    }
    for member in signing {
        let reason = "private keys do not leave the store, so the vendor signs with a key of its own";
        made.omitted.push(Omitted { member, reason: reason.to_owned() });
    }
    made.add_provider(record, to.making, document, variables);
    Ok(made)
}

/// Refuses a document that the vendor would refuse.
fn check(
    to: &Dialect,
    env: &Environment,
    record: &IdentityProvider,
    document: &Value,
    variables: &[VariableAt],
) -> Result<()> {
    let mut sample = document.clone();
    for variable in variables {
        if let Some(member) = sample.pointer_mut(&variable.pointer) {
            *member = SAMPLE.into();
        }
    }
    let cx = Context {
        id: record.id,
        now: env.clock.now(),
        entropy: &*env.entropy,
        character_sets: &*env.character_sets,
    };
    let Value::Object(sample) = sample else { return Ok(()) };
    (to.making.check)(cx, record, &sample)
}

/// Names a variable at a place, for readers.
fn put(document: &mut Value, place: &str, name: &str) {
    if let Some(member) = document.pointer_mut(place) {
        *member = format!("${{{name}}}").into();
    }
}

impl CrossingRequests {
    /// Leaves out what the vendor would refuse.
    fn omit_refused(
        &mut self,
        to: &Dialect,
        record: &IdentityProvider,
        shown: &Members,
        document: &mut Value,
    ) {
        let passage = to.lens.carry(record, &to.lens.update_from(shown)).map(|(_, passage)| passage);
        for (_, refused) in passage.into_iter().flat_map(|passage| passage.refused) {
            let member = refused.pointer;
            if take(document, &member) {
                let reason = excerpt(&refused.reason.to_string()).into_owned();
                self.omitted.push(Omitted { member, reason });
            }
        }
    }

    /// Takes the secrets out of a document, and puts variables in their places.
    fn take_secrets(
        &mut self,
        record: &IdentityProvider,
        making: &Making,
        document: &mut Value,
    ) -> Vec<VariableAt> {
        let mut variables = Vec::new();
        let start = variable_of(record);
        for (place, secret) in withhold(document) {
            if !secret.is_string() {
                take(document, &place);
                let reason = "by its name, it may be a secret".to_owned();
                self.omitted.push(Omitted { member: place, reason });
                continue;
            }
            let number = self.secrets.len() + 1;
            let end = if number == 1 { String::new() } else { format!("_{number}") };
            let name = format!("{start}_SECRET{end}");
            put(document, &place, &name);
            let base64 = making.in_base64.iter().any(|name| place == pointer::of([name]));
            variables.push(VariableAt { base64, ..VariableAt::new(&name, &place) });
            self.secrets.push(name);
        }
        variables
    }

    /// Adds the requests that import the certificates which a document names, and puts variables in their places; or says why
    /// that cannot be.
    fn import_trusted(
        &mut self,
        (record, to): (&IdentityProvider, &Dialect),
        now: Timestamp,
        (document, places): (&mut Value, &[String]),
        certificates: &Certificates<'_>,
    ) -> Result<Result<Vec<VariableAt>, String>> {
        let mut variables = Vec::new();
        let mut all = None;
        for place in places {
            let Some(kid) = document.pointer(place).and_then(Value::as_str).map(str::to_owned) else {
                continue;
            };
            let all: &Vec<String> = match &mut all {
                Some(all) => all,
                none => none.insert(certificates()?),
            };
            let position = record.trusted_keys.iter().position(|known| *known == kid);
            let certificate = position.and_then(|position| all.get(position));
            let (Some(certificate), Some(import)) = (certificate, to.making.certificate) else {
                return Ok(Err(format!("the trusted key `{}` has no certificate", excerpt(&kid))));
            };
            if let Err(error) = to.policy.check_certificate(record, certificate, now) {
                let reason = error.violations().first().map(|violation| violation.reason.to_string());
                let reason = reason.ok_or(error)?;
                return Ok(Err(format!(
                    "{REFUSED}: the certificate of the key `{}` {reason}",
                    excerpt(&kid)
                )));
            }
            let digest = Some(thumbprint::x5t_s256(&pem::base64_any(certificate)?));
            let known = self.requests.iter().position(|request| request.certificate == digest);
            let name = format!("CERTIFICATE_{}", known.unwrap_or(self.requests.len()) + 1);
            if known.is_none() {
                let request = import(certificate)?.named(&name);
                self.requests.push(CrossingRequest { certificate: digest, ..request });
            }
            put(document, place, &name);
            variables.push(VariableAt::new(&name, place));
        }
        Ok(Ok(variables))
    }

    /// Why the vendor would refuse a document; an error of another kind is returned.
    fn refusal(&self, error: Error) -> Result<String> {
        if !matches!(error.kind(), ErrorKind::Invalid { .. } | ErrorKind::Malformed) {
            return Err(error);
        }
        let omitted = |pointer: &str| self.omitted.iter().find(|omitted| omitted.member == pointer);
        let words = match error.violations().first() {
            Some(violation) => match omitted(&violation.pointer) {
                Some(Omitted { member, reason }) => format!("`{member}` {reason}"),
                None => violation.to_string(),
            },
            None => chain(&error),
        };
        Ok(format!("{REFUSED}: {}", excerpt(&words)))
    }

    /// Adds the request with the document of the provider, and what switches it off.
    fn add_provider(
        &mut self,
        record: &IdentityProvider,
        making: &Making,
        document: Value,
        variables: Vec<VariableAt>,
    ) {
        let path = (making.path)(self.tenant, record);
        let request = CrossingRequest::post(path.clone(), Some(document)).giving(ID).named(PROVIDER);
        self.requests.push(CrossingRequest { variables, ..request });
        match making.inactive {
            _ if record.state == State::Active => {}
            Inactive::ByDocument => {}
            Inactive::ByCall(below) => {
                let path = format!("{path}/${{{PROVIDER}}}{below}");
                self.requests.push(CrossingRequest::post(path, None));
            }
            Inactive::Never => {
                let reason = "the vendor's API switches no provider off".to_owned();
                self.omitted.push(Omitted { member: "/state".to_owned(), reason });
            }
        }
    }
}

/// With what the variables of a provider begin: no other provider has the same.
fn variable_of(record: &IdentityProvider) -> String {
    let by_id = || format!("PROVIDER_{}", record.id);
    let is_plain = |alias: &&String| {
        alias.starts_with(|first: char| first.is_ascii_lowercase())
            && alias.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
            && !alias.starts_with("provider-")
    };
    let alias = record.alias.as_ref().filter(is_plain);
    alias.map_or_else(by_id, |alias| alias.to_ascii_uppercase().replace('-', "_"))
}

/// Takes a member or an element out of a document; whether it was there.
fn take(document: &mut Value, place: &str) -> bool {
    let Some((around, last)) = place.rsplit_once('/') else { return false };
    let name = last.replace("~1", "/").replace("~0", "~");
    match document.pointer_mut(around) {
        Some(Value::Object(members)) => members.shift_remove(&name).is_some(),
        Some(Value::Array(elements)) => match name.parse() {
            Ok(position) if position < elements.len() => {
                elements.remove(position);
                true
            }
            _ => false,
        },
        _ => false,
    }
}
