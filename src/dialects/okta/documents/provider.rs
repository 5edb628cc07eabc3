//! Okta's document of an identity provider.

use super::checks::{
    BINDINGS, FORMATS, METHODS, UNSPECIFIED, URL, group_actions, is_at_most_one, is_for_saml,
    is_not_negative, is_spoken, provisioning, request_algorithms,
};
use super::cores::{
    AUDIENCE, ISSUER, LOGOUT_BINDING, MICROSOFT_TENANT, MORE_TRUSTED_KEYS, PKCE, REQUESTS_SIGNED,
    SIGN_ON_BINDING, SIGNATURE_ALGORITHM, STATUS, TO_BE_DRAWN, TRUSTED_KEY, derived_audience,
};
use super::defaults::{
    NULL, PERSISTENT_READ, STATUS_READ, WITHOUT_EMPTY, WITHOUT_SIGNATURE, certificate_audience, groups,
    in_object, issuer_mode, name_format, of_openid, of_saml, own_endpoints, revocation, same_key, scopes,
    trusts_claims,
};
use super::kinds::{
    has_client, has_endpoints, has_own_endpoints, has_protocol, has_scopes, has_secret, is_apple,
    is_integration, is_microsoft, is_mutual_tls, is_openid, is_persona, is_saml, is_standard, names_protocol,
    needs_endpoints, protocol, signs, trusts,
};
use super::linking::{CREATION, LINK, MATCH, MATCH_ATTRIBUTE, MATCHES, UPDATES, is_by_attribute};
use super::{Scene, provider_links};
use crate::dialects::cores::{
    APPLE_KEY_ID, APPLE_PRIVATE_KEY_PEM, APPLE_TEAM_ID, AUTH_METHOD, AUTHORIZATION_ENDPOINT,
    CERTIFICATE_ISSUER, CLIENT_ID, CLIENT_SECRET, ENTITY_ID, JWKS_URI, LOGOUT_REQUESTS, NAME, NAME_ID_FORMAT,
    SCOPES, SIGNING_KEY, SINGLE_LOGOUT, SINGLE_SIGN_ON, TOKEN_ENDPOINT, USERINFO_ENDPOINT,
};
use crate::dialects::document::{
    Document, Line, Listed, Shown, Strict, any, choice, flag, ignored, integer, object, server, text, texts,
    words,
};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::okta::wire::{self, Kind};
use crate::dialects::okta::{ids, time};
use crate::model::IdentityProvider;

type Members = &'static [Line<IdentityProvider, Scene>];

/// The member that holds the type of a provider.
pub(in crate::dialects::okta) const TYPE: &str = "type";

/// The document. Members without a line are kept as they were received.
pub(in crate::dialects::okta) static PROVIDER: Document<IdentityProvider, Scene> = Document::keeping_all(
    wire::NAME,
    &[
        server("id", |p, _| ids::spell(p.id).into()),
        ISSUER_MODE.when(is_saml).server(|_, _| Shown::Nothing),
        ISSUER_MODE.unless(is_saml).or(issuer_mode),
        text("name").between(1, 100).required().core(NAME),
        choice("status", &["ACTIVE", "INACTIVE"]).fill(STATUS_READ).core(STATUS),
        server("created", |p, scene| if scene.is_replaced { NULL } else { time(p.created).into() }),
        server("lastUpdated", |p, _| time(p.updated).into()),
        object("protocol", PROTOCOL).required(),
        object("policy", POLICY).required(),
        object(
            "properties",
            &[
                any("aalValue"),
                any("ialValue"),
                texts("additionalAmr").listed(|_| &["sc", "hwk", "pin", "mfa"]),
                short("inquiryTemplateId").required_if(is_persona),
            ],
        ),
        server(TYPE, |p, _| Kind::of(&p.protocol).map(|kind| kind.name).into()),
        server("_links", provider_links::of),
    ],
);

const ISSUER_MODE: Line<IdentityProvider, Scene> =
    one_of("issuerMode", |_| &["ORG_URL", "CUSTOM_URL", "DYNAMIC"]);

const PROTOCOL: Members = &[
    any("type")
        .when(has_protocol)
        .required_if(names_protocol)
        .check(is_spoken)
        .server(|p, _| protocol(p).into()),
    any("type").unless(has_protocol),
    object("endpoints", ENDPOINTS).when(has_endpoints),
    object("endpoints", ENDPOINTS).when(is_microsoft).core(MICROSOFT_TENANT),
    object("endpoints", ENDPOINTS).when(has_own_endpoints).server(own_endpoints),
    object("algorithms", ALGORITHMS).normal(WITHOUT_EMPTY),
    object("settings", SETTINGS),
    object("relayState", &[one_of("format", |_| &["OPAQUE", "FROM_URL"])]),
    texts("scopes")
        .required_if(is_openid)
        .strict(Strict::Needed(has_scopes))
        .core(SCOPES)
        .fill(|missing| scopes(missing.record).into_value())
        .or(scopes),
    object(
        "issuer",
        &[ISSUER_URL.when(is_openid).needed_here(), ISSUER_URL.unless(is_openid).required_if(is_standard)],
    )
    .required_if(is_openid),
    object("credentials", CREDENTIALS),
    short("oktaIdpOrgUrl").required_if(is_integration).strict(URL),
];

const ISSUER_URL: Line<IdentityProvider, Scene> = short("url").strict(URL).core(ISSUER);

const ENDPOINTS: Members = &[
    object(
        "sso",
        &[
            text("url").between(11, 1014).required_if(is_saml).strict(URL).core(SINGLE_SIGN_ON),
            binding().core(SIGN_ON_BINDING),
            short("destination").between(1, 512).strict(URL),
        ],
    ),
    object(
        "slo",
        &[
            short("url").between(1, 1014).strict(URL).core(SINGLE_LOGOUT),
            binding().core(LOGOUT_BINDING).or(|p| of_openid(p, "HTTP-REDIRECT")),
        ],
    ),
    object(
        CONSUMER,
        &[
            one_of("binding", |_| &["HTTP-POST"]).or(|p| of_saml(p, "HTTP-POST")).at_first(),
            one_of(CONSUMER_TYPE, |_| &["INSTANCE", "ORG"]).or(|p| of_saml(p, "INSTANCE")).at_first(),
        ],
    ),
    object("par", &[endpoint().required_if(is_standard), binding()]),
    object(
        "authorization",
        &[endpoint().required_if(needs_endpoints).core(AUTHORIZATION_ENDPOINT), binding()],
    ),
    object("token", &[endpoint().required_if(needs_endpoints).core(TOKEN_ENDPOINT), binding()]),
    object("userInfo", &[endpoint().core(USERINFO_ENDPOINT), binding()]),
    object("jwks", &[endpoint().required_if(needs_endpoints).core(JWKS_URI), binding()]),
];

const ALGORITHMS: Members = &[
    object(
        "request",
        &[
            object(
                "signature",
                &[
                    one_of("algorithm", request_algorithms)
                        .core(SIGNATURE_ALGORITHM)
                        .or(|p| of_saml(p, "SHA-256"))
                        .at_first(),
                    one_of("scope", |_| &["REQUEST", "NONE"])
                        .core(REQUESTS_SIGNED)
                        .or(|p| of_saml(p, "REQUEST"))
                        .at_first(),
                ],
            )
            .normal(WITHOUT_SIGNATURE),
            one_of("digest", |_| DIGESTS).or(|p| of_saml(p, "SHA-1")),
        ],
    )
    .normal(WITHOUT_EMPTY),
    object(
        "response",
        &[object(
            "signature",
            &[
                one_of("algorithm", |_| DIGESTS).or(|p| of_saml(p, "SHA-256")).at_first(),
                one_of("scope", |_| &["RESPONSE", "TOKEN", "ANY"]).or(|p| of_saml(p, "ANY")).at_first(),
            ],
        )],
    )
    .strict(Strict::Check(is_for_saml)),
];

const DIGESTS: &[&str] = &["SHA-1", "SHA-256"];

const SETTINGS: Members = &[
    one_of("nameFormat", |_| FORMATS)
        .core(NAME_ID_FORMAT)
        .fill(|missing| of_saml(missing.record, UNSPECIFIED).into_value())
        .or(name_format)
        .always(),
    flag(PERSISTENT).when(is_saml).fill(PERSISTENT_READ).or(|_| false.into()).always(),
    ignored(PERSISTENT).when(is_openid),
    flag("participateSlo").core(LOGOUT_REQUESTS),
    flag("sendApplicationContext"),
];

const PERSISTENT: &str = "honorPersistentNameId";
const CONSUMER: &str = "acs";
const CONSUMER_TYPE: &str = "type";

/// The place of the member that would keep persistent name ids, if they are not kept; users are linked by them.
pub(in crate::dialects::okta) fn forgets_users(p: &IdentityProvider) -> Option<String> {
    let (place, keeps) = PROVIDER.find(p, PERSISTENT).filter(|_| is_saml(p))?;
    Some(place).filter(|_| keeps.is_none_or(|keeps| *keeps == false))
}

/// Whether the partner sends its responses to the org's address, and not to one of the provider's own.
pub(in crate::dialects::okta) fn is_answered_at_org(p: &IdentityProvider) -> bool {
    let consumer = PROVIDER.find(p, CONSUMER).and_then(|(_, kept)| kept?.get(CONSUMER_TYPE));
    consumer.is_some_and(|consumer| consumer == "ORG")
}

const CREDENTIALS: Members = &[
    object("trust", TRUST),
    object(
        "client",
        &[
            short("client_id").required_if(has_client).core(CLIENT_ID),
            short("client_secret").required_if(has_secret).core(CLIENT_SECRET),
            flag("pkce_required").loose().core(PKCE),
            one_of("token_endpoint_auth_method", |_| METHODS).core(AUTH_METHOD),
        ],
    ),
    object(
        "signing",
        &[
            short("teamId").when(is_apple).required().core(APPLE_TEAM_ID),
            short("kid").when(is_apple).required().core(APPLE_KEY_ID),
            short("privateKey").when(is_apple).required().write_only(APPLE_PRIVATE_KEY_PEM),
            short("kid").when(signs).fill(same_key).core(SIGNING_KEY),
        ],
    ),
    object("bearer", &[short("apiKey").required_if(is_persona)]),
];

const TRUST: Members = &[
    short("issuer").when(is_saml).required().core(ENTITY_ID),
    short("issuer").when(is_mutual_tls).required().core(CERTIFICATE_ISSUER),
    short("audience")
        .when(is_saml)
        .fill(|_| Some(TO_BE_DRAWN.into()))
        .core(AUDIENCE)
        .or(|p| derived_audience(p).into())
        .always(),
    any("audience").unless(is_saml).or(certificate_audience),
    short("kid").when(trusts).required().core(TRUSTED_KEY),
    texts("additionalKids").when(trusts).check(is_at_most_one).core(MORE_TRUSTED_KEYS),
    texts("additionalKids").unless(trusts),
    one_of("revocation", |_| &["CRL", "DELTA_CRL", "OCSP"]).or(revocation),
    integer("revocationCacheLifetime", 0, 4320).when(trusts).or(|_| Shown::Json(0.into())),
];

const POLICY: Members = &[
    object(
        "provisioning",
        &[
            one_of("action", provisioning).core(CREATION),
            flag("profileMaster").core(UPDATES).fill(in_object).or(|_| false.into()),
            object(
                "groups",
                &[
                    one_of("action", group_actions),
                    words("sourceAttributeName").between(0, 1024),
                    texts("assignments"),
                    texts("filter"),
                ],
            )
            .or(groups),
            object(
                "conditions",
                &[
                    object("deprovisioned", &[one_of("action", |_| &["NONE", "REACTIVATE"])]),
                    object("suspended", &[one_of("action", |_| &["NONE", "UNSUSPEND"])]),
                ],
            ),
        ],
    )
    .at_first(),
    object(
        "accountLink",
        &[
            object(
                "filter",
                &[
                    object("groups", &[texts("include")]),
                    object("users", &[texts("exclude"), flag("excludeAdmins")]),
                ],
            )
            .or(|_| NULL),
            one_of("action", |_| &["AUTO", "DISABLED"]).core(LINK),
        ],
    )
    .at_first(),
    object(
        "subject",
        &[
            object("userNameTemplate", &[text("template").between(9, 1024)]),
            words("filter").between(0, 1024).or(|_| NULL),
            one_of("matchType", |_| MATCHES).core(MATCH),
            words("matchAttribute")
                .between(0, 1024)
                .dependent(MATCH_ATTRIBUTE)
                .strict(Strict::Needed(is_by_attribute))
                .or(|_| NULL),
        ],
    )
    .at_first(),
    any("maxClockSkew").check(is_not_negative).or(|_| Shown::Json(0.into())),
    flag("mapAMRClaims"),
    flag("trustClaims").or(trusts_claims),
    flag("transformedUsernameMatchingEnabled").or(|_| false.into()),
];

/// A text of at least one and at most 1024 characters.
const fn short(name: &'static str) -> Line<IdentityProvider, Scene> {
    text(name).between(1, 1024)
}

/// A text that the API description enumerates.
const fn one_of(name: &'static str, texts: Listed<IdentityProvider>) -> Line<IdentityProvider, Scene> {
    words(name).between(0, 1024).listed(texts)
}

/// The URL of an endpoint.
const fn endpoint() -> Line<IdentityProvider, Scene> {
    short("url").strict(URL)
}

/// The binding of an endpoint. For identity proofing the API description lists one for each endpoint, and its example has
/// another.
const fn binding() -> Line<IdentityProvider, Scene> {
    one_of("binding", |_| BINDINGS)
}
