//! Calls about logins that begin at a provider. The address to which a person is sent is made of the stored provider. No login
//! ends here, so nothing of one is kept, and no token was ever issued.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use serde_json::{Value, json};

use super::answers::{self, DETAILS};
use super::documents::fields::{
    AUTHORIZATION_ENDPOINT, BINDING, CLIENT_ID, ISSUER, JWT_ENDPOINT, Line, SCOPES, USE_PKCE,
};
use super::documents::kinds::{self, Kind};
use super::documents::older::IDP_ID;
use super::documents::provider::PROVIDER;
use super::documents::users::{INTENT_TOKEN, LDAP, LOGIN_HINT, URLS};
use super::documents::{NAME as DIALECT_NAME, Scene, saml as metadata};
use super::failure::{
    FAILED_PRECONDITION, Failure, NOT_EXISTING, PERMISSION_DENIED, UNAVAILABLE, UNIMPLEMENTED,
};
use super::owners::Surface;
use super::requested::{Requested, text_of};
use super::{ids, owners, time};
use crate::dialects::base64url;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::parts::{client, oidc, saml, social};
use crate::env::Environment;
use crate::error::{Error, ErrorKind, Result};
use crate::http::{Call, Response};
use crate::model::{Endpoint, Id, IdentityProvider, Saml};
use crate::oidc::ProviderMetadata;
use crate::pki::thumbprint::sha256_base64url;
use crate::saml::{AuthnRequest, BINDINGS};

/// Begins a login.
pub(super) fn start(call: &Call<'_>, requested: &Requested) -> Result<Response> {
    let urls = requested.members.get(URLS.name).and_then(Value::as_object);
    let has_content = urls.is_some() || requested.members.contains_key(LDAP.name);
    if !has_content {
        let text = "neither urls nor ldap in StartIdentityProviderIntent";
        return Err(Failure::with_id(UNIMPLEMENTED, text, "USERv2-S2g21").into());
    }
    let unknown = || Failure::with_id(FAILED_PRECONDITION, NOT_EXISTING, "COMMAND-as02jin");
    let provider = owners::provider(call, &requested.service, requested.text(IDP_ID))?.ok_or_else(unknown)?;
    let Some(urls) = urls else { return Err(unavailable("no directory can be reached from here")) };
    let mut lot = [0; 4];
    let env = call.service.env();
    env.entropy.fill(&mut lot);
    let intent = ids::spell(Id::drawn(env.clock.now(), u32::from_be_bytes(lot)));
    let shown = PROVIDER.as_received(PROVIDER.members(&provider, &Scene::of(&provider)));
    let hint = text_of(urls, LOGIN_HINT);
    let next = Login { call, provider: &provider, shown, intent: &intent, hint }.next()?;
    if requested.surface == Surface::V3Alpha {
        return started_v3(call, &intent, next);
    }
    answers::answer(vec![(DETAILS, answers::changed(call.service)?), next])
}

/// Version 3 has no fields of a form, but the page with it.
fn started_v3(call: &Call<'_>, intent: &str, next: (&'static str, Value)) -> Result<Response> {
    let owner = json!({"type": "OWNER_TYPE_INSTANCE", "id": ids::spell(call.service.tenant_id())});
    let details = json!({"id": intent, "changed": time(call.service.env().clock.now()), "owner": owner});
    match next {
        (AUTH_URL, url) => answers::answer(vec![(DETAILS, details), (AUTH_URL, url)]),
        _ => Err(unavailable("version 3 answers no forms here")),
    }
}

const AUTH_URL: &str = "authUrl";

/// What of a login is read: nothing, because none has ended.
pub(super) fn retrieve(_: &Call<'_>, requested: &Requested) -> Result<Response> {
    let is_readable = BASE64_URL_SAFE_NO_PAD.decode(requested.text(INTENT_TOKEN)).is_ok();
    let id = if is_readable { "CRYPTO-Sf4gt" } else { "CRYPTO-Swg31" };
    Err(Failure::with_id(PERMISSION_DENIED, "Intent Token is invalid", id).into())
}

/// That something outside of the store would be needed.
fn unavailable(text: &str) -> Error {
    Failure::plain(UNAVAILABLE, text).into()
}

/// A login that begins.
struct Login<'l> {
    call: &'l Call<'l>,
    provider: &'l IdentityProvider,
    /// What the document of the provider shows.
    shown: Members,
    /// Its id, by which the provider names it when it sends the person back.
    intent: &'l str,
    hint: &'l str,
}

impl Login<'_> {
    /// The member of the answer with what comes next.
    fn next(&self) -> Result<(&'static str, Value)> {
        let kind = Kind::of_provider(self.provider)?;
        if let Some(saml) = saml(self.provider) {
            return self.saml(saml);
        }
        let url = match kind {
            _ if *kind == kinds::LDAP => return Err(unavailable("a login at a directory needs ldap")),
            _ if *kind == kinds::JWT => {
                let agent = base64url(&self.random());
                let pairs = vec![("authRequestID", self.intent.to_owned()), ("userAgentID", agent)];
                with_query(self.member(JWT_ENDPOINT), pairs)
            }
            kind => with_query(&self.authorization_endpoint(kind)?, self.parameters()),
        };
        Ok((AUTH_URL, url.into()))
    }

    fn member(&self, line: Line) -> &str {
        self.shown.get(line.key()).and_then(Value::as_str).unwrap_or_default()
    }

    fn env(&self) -> &Environment {
        self.call.service.env()
    }

    fn random(&self) -> [u8; 32] {
        let mut random = [0; 32];
        self.env().entropy.fill(&mut random);
        random
    }

    /// What an authorization endpoint is sent, by name (RFC 6749, section 4.1.1; RFC 7636, section 4.3).
    fn parameters(&self) -> Vec<(&'static str, String)> {
        let scopes =
            self.shown.get(SCOPES.key()).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let scope = scopes.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" ");
        let login = match self.hint {
            "" => ("prompt", "select_account".to_owned()),
            hint => ("login_hint", hint.to_owned()),
        };
        let mut parameters = vec![("client_id", self.member(CLIENT_ID).to_owned())];
        let has_pkce = client(self.provider).and_then(|client| client.pkce) == Some(true)
            || self.shown.get(USE_PKCE.key()).is_some();
        if has_pkce {
            let verifier = base64url(&self.random());
            parameters.push(("code_challenge", sha256_base64url(verifier.as_bytes())));
            parameters.push(("code_challenge_method", "S256".to_owned()));
        }
        parameters.extend([
            login,
            ("redirect_uri", format!("{}/idps/callback", self.call.base_url)),
            ("response_type", "code".to_owned()),
            ("scope", scope),
            ("state", self.intent.to_owned()),
        ]);
        parameters.retain(|(_, value)| !value.is_empty());
        parameters
    }

    /// Where people sign in: as it is stored, known of the service, or published by the issuer.
    fn authorization_endpoint(&self, kind: &Kind) -> Result<String> {
        let stored = oidc(self.provider).and_then(|oidc| oidc.authorization_endpoint.as_deref());
        let stored = stored.unwrap_or_else(|| self.member(AUTHORIZATION_ENDPOINT));
        if !stored.is_empty() {
            return Ok(stored.to_owned());
        }
        let known = [
            (&kinds::GOOGLE, "https://accounts.google.com/o/oauth2/v2/auth"),
            (&kinds::GITHUB, "https://github.com/login/oauth/authorize"),
            (&kinds::GITLAB, "https://gitlab.com/oauth/authorize"),
            (&kinds::APPLE, "https://appleid.apple.com/auth/authorize"),
        ];
        if let Some((_, url)) = known.iter().find(|(known, _)| *known == kind) {
            return Ok((*url).to_owned());
        }
        if *kind == kinds::AZURE_AD {
            let tenant =
                social(self.provider).and_then(|social| social.tenant.as_deref()).unwrap_or("common");
            return Ok(format!("https://login.microsoftonline.com/{tenant}/oauth2/v2.0/authorize"));
        }
        let url = format!("{}/.well-known/openid-configuration", self.member(ISSUER).trim_end_matches('/'));
        let published = self.env().fetch(&url).and_then(|document| ProviderMetadata::read(&document));
        let published = published.map_err(|error| match error.kind() {
            ErrorKind::Pending(_) => error,
            _ => unavailable("the issuer publishes no metadata that can be fetched"),
        })?;
        published
            .authorization_endpoint
            .ok_or_else(|| unavailable("the issuer publishes no authorization endpoint"))
    }

    /// A request to a SAML partner (saml-bindings-2.0-os, sections 3.4 and 3.5).
    fn saml(&self, saml: &Saml) -> Result<(&'static str, Value)> {
        if saml.requests_signed == Some(true) {
            return Err(Failure::plain(UNIMPLEMENTED, "requests are not signed here").into());
        }
        let (endpoint, is_form) =
            self.endpoint(saml).ok_or_else(|| unavailable("the partner has no endpoint"))?;
        let base = format!("{}/idps/{}/saml", self.call.base_url, ids::spell(self.provider.id));
        let request = AuthnRequest {
            id: &format!("id-{}", base64url(&self.random())),
            issue_instant: &time(self.env().clock.now()),
            destination: &endpoint.location,
            issuer: &format!("{base}/metadata"),
            consumer: &format!("{base}/acs"),
            name_id_format: saml.name_id_format.as_deref().unwrap_or(super::metadata::PERSISTENT),
        };
        let (message, state) = ("SAMLRequest", "RelayState");
        if is_form {
            let fields = json!({message: request.for_form(), state: self.intent});
            return Ok(("formData", json!({"url": endpoint.location, "fields": fields})));
        }
        let pairs = vec![(message, request.for_query()), (state, self.intent.to_owned())];
        Ok((AUTH_URL, with_query(&endpoint.location, pairs).into()))
    }

    /// The partner's endpoint with the chosen binding, or else that for redirects if there is one; and whether it takes a form.
    fn endpoint<'s>(&self, saml: &'s Saml) -> Option<(&'s Endpoint, bool)> {
        let first = saml.single_sign_on.as_ref()?;
        let with = |name: &str| {
            let urn = format!("{BINDINGS}{name}");
            let mut all = [first].into_iter().chain(&first.alternatives);
            all.find(|endpoint| endpoint.binding.as_ref() == Some(&urn))
        };
        let chosen = self.provider.remainders.get(DIALECT_NAME).and_then(|kept| kept.get(BINDING.key()));
        let redirect = with("HTTP-Redirect").map(|endpoint| (endpoint, false));
        let form = with("HTTP-POST").map(|endpoint| (endpoint, true));
        let wants_form = chosen.is_some_and(|chosen| *chosen == metadata::POST);
        if wants_form { form.or(redirect) } else { redirect.or(form) }
    }
}

/// A URL with these parameters behind those that it has.
fn with_query(url: &str, pairs: Vec<(&'static str, String)>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let between = if url.contains('?') { '&' } else { '?' };
    format!("{url}{between}{query}")
}
