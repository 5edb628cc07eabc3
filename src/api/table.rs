//! The table: what is served, and what each operation takes and answers.

use super::operation::{
    Body, Field, Operation, delete, flag, get, named, number, object, post, put, text, texts, time,
};
use super::{
    applications, changes, crossings, description, health, imports, keys, owners, providers, records, store,
    tenants,
};

/// The operations that plan by themselves: an import has more changes than other plans may have, and refreshing makes a change
/// for each provider.
pub(super) const PLAN_THEMSELVES: [&str; 2] = ["importDocument", "refreshProviders"];

const TENANT: Field =
    text("tenant", "The id of the tenant whose records they are; without it the default tenant, 1.");
const LIMIT: Field = number("limit", [1, 1000], "How many at most.").or(100);
const AFTER: Field = text("after", "What `next` of the page before was.");
const KEY: Field =
    text("key", "The kind of a new key, such as `RSA-2048`, which is the default, or `EC-P-256`.");

const OF_TENANT: &[Field] = &[TENANT];
const PAGED: &[Field] = &[LIMIT, AFTER];
const PAGED_OF_TENANT: &[Field] = &[TENANT, LIMIT, AFTER];

const METADATA: &str = "metadata";
const METADATA_TYPES: &[&str] = &["application/samlmetadata+xml", "application/xml", "text/xml"];
const CERTIFICATE: &str = "certificate";
const CERTIFICATE_TYPES: &[&str] = &[
    "application/pem-certificate-chain",
    "application/pkix-cert",
    "application/pkcs7-mime",
    "application/x-x509-ca-cert",
    "application/x-pem-file",
    "application/octet-stream",
];

const ENTITY_ID: Field =
    text("entity_id", "Which entity to take of several; without it that of the provider, or the only one.");
const CHANGE_ENTITY_ID: Field =
    flag("change_entity_id", "Whether the partner may have another entity id or issuer than before.");
const DROP_CERTIFICATES: Field =
    flag("drop_certificates", "Whether certificates that the metadata does not list are trusted no longer.");
const ACCEPT_DROPPED: Field = flag(
    "accept_dropped",
    "Whether certificates are trusted again that the provider has trusted, and trusts no longer.",
);
const ACCEPT_EXPIRED: Field =
    flag("accept_expired", "Whether metadata is taken whose `validUntil` has passed.");
const CHANGE_ISSUER: Field = flag(
    "change_issuer",
    "Whether the issuer may be another than before, or one that does not publish at the `source`.",
);
const SOURCE: Field = text("source", "The URL where the document was read and may be read again.");
const SOURCE_ETAG: Field = text("source_etag", "The `ETag` that the document had there.");
const NAME: Field =
    text("name", "The name for people; without it the entity id or the issuer of the partner.");
const ALIAS: Field = text("alias", "A name for programs, which no other provider of the tenant has.");
const DISCOVERY: Field =
    object("discovery", "What the partner publishes (OpenID Connect Discovery 1.0, section 3).").required();
const KEYS: Field =
    object("keys", "The JWK Set at the `jwks_uri`: it is looked at for what is wrong with it, and not kept.");
const CLIENT_ID: Field = text("client_id", "What we are called there.");
const CLIENT_SECRET: Field = text("client_secret", "With what we authenticate there. No answer shows it.");
const TO: Field = text("to", "The dialect to which it is to cross.").required();

const NEW_PROVIDER: Body = Body::File {
    content: METADATA,
    types: METADATA_TYPES,
    others: &[NAME, ALIAS, ENTITY_ID, ACCEPT_EXPIRED, SOURCE, SOURCE_ETAG],
};
const AGGREGATE: Body =
    Body::File { content: METADATA, types: METADATA_TYPES, others: &[ACCEPT_EXPIRED, SOURCE, SOURCE_ETAG] };
const PARTNERS_METADATA: Body = Body::File {
    content: METADATA,
    types: METADATA_TYPES,
    others: &[
        ENTITY_ID,
        CHANGE_ENTITY_ID,
        DROP_CERTIFICATES,
        ACCEPT_DROPPED,
        ACCEPT_EXPIRED,
        SOURCE,
        SOURCE_ETAG,
    ],
};
const NEW_OIDC_PROVIDER: Body =
    Body::Json(&[NAME, ALIAS, DISCOVERY, KEYS, CLIENT_ID, CLIENT_SECRET, CHANGE_ISSUER, SOURCE, SOURCE_ETAG]);
const NEW_PUBLISHED: Body = Body::Json(&[
    text(
        "url",
        "Where the partner publishes: the URL of SAML metadata or of OpenID Connect discovery, or an issuer.",
    )
    .required(),
    NAME,
    ALIAS,
    ENTITY_ID,
    ACCEPT_EXPIRED,
    CLIENT_ID,
    CLIENT_SECRET,
    CHANGE_ISSUER,
]);
const PARTNERS_DISCOVERY: Body = Body::Json(&[DISCOVERY, KEYS, CHANGE_ISSUER, SOURCE, SOURCE_ETAG]);
const COPY: Body = Body::Json(&[
    text("to_tenant", "The id of the tenant that gets the copy.").required(),
    text("name", "The name of the copy, if it is to have another."),
]);
const ONE_CERTIFICATE: Body = Body::File { content: CERTIFICATE, types: CERTIFICATE_TYPES, others: &[] };

const OWNERS: Field = texts(
    "owners",
    "Ids or aliases of providers, ids of applications, or `tenant`. If none is named, all whose key it is.",
);
const NAMED_OWNERS: Field =
    texts("owners", "Ids or aliases of providers, ids of applications, or `tenant`.").required();
const KID: Field = text("kid", "The key.").required();

const PREPARATION: Body = Body::Json(&[
    NAMED_OWNERS,
    text("kid", "A key that is there; without it a new one is made."),
    KEY,
    number("years", [1, 100], "For how many years the certificate of a new key is valid.").or(10),
]);
const PROMOTION: Body = Body::Json(&[
    KID,
    OWNERS,
    number(
        "overlap",
        [0, u32::MAX as u64],
        "For how many seconds the certificate of the key before stays published.",
    )
    .or(14 * 86_400),
]);
const NEW_REQUEST: Body = Body::Json(&[
    named(
        "subject",
        &["C", "ST", "L", "O", "OU", "CN", "emailAddress"],
        "Whom the certificate will name, in this order.",
    )
    .required(),
    texts("dns_names", "Which DNS names it will have besides."),
    KEY,
]);

/// What there is to be called. Literal paths stand before those with an open segment in the same place.
#[rustfmt::skip] // two lines for each operation
pub(crate) static OPERATIONS: &[Operation] = &[
    get(super::HEALTH, "getHealth", health).public().of_now().json("Health")
        .summary("Whether the store can be read, which version answers, and which form the stored records have."),
    get("/_idpstore/v1/openapi.json", "getDescription", description).public().of_now().json("Description")
        .summary("This API as an OpenAPI document."),

    get("/_idpstore/v1/tenants", "listTenants", tenants::list).query(PAGED).list("Tenant")
        .summary("List the tenants."),
    post("/_idpstore/v1/tenants", "createTenant", tenants::create).body(Body::Json(&[text("name", "The name.").required()])).created("Tenant")
        .summary("Create a tenant."),
    get("/_idpstore/v1/tenants/{tenant}", "getTenant", tenants::get).json("Tenant")
        .summary("Get a tenant."),
    delete("/_idpstore/v1/tenants/{tenant}", "deleteTenant", tenants::delete)
        .summary("Delete a tenant with everything that is its own."),

    get("/_idpstore/v1/providers", "listProviders", providers::list)
        .query(&[TENANT, text("name", "Only those whose name contains this text, in any case."), text("kind", "Only those of this kind, such as `saml`."), LIMIT, AFTER]).list("Provider")
        .summary("List identity providers in the order of their ids or, if a name is searched for, of how well it fits."),
    post("/_idpstore/v1/providers", "createProvider", imports::create_saml).query(OF_TENANT).body(NEW_PROVIDER).created("ImportedMetadata")
        .summary("Create a SAML provider from the metadata of the partner."),
    post("/_idpstore/v1/oidc-providers", "createOidcProvider", imports::create_oidc).query(OF_TENANT).body(NEW_OIDC_PROVIDER).created("ImportedMetadata")
        .summary("Create a provider that speaks OpenID Connect from what the partner publishes."),
    post("/_idpstore/v1/published-providers", "createPublishedProvider", imports::create_published).query(OF_TENANT).body(NEW_PUBLISHED).created("ImportedMetadata")
        .summary("Create a provider from the SAML metadata or the OpenID Connect discovery that is published at a URL, and read there."),
    post("/_idpstore/v1/aggregates", "importAggregate", imports::create_all).query(OF_TENANT).body(AGGREGATE).json("ImportedAggregate")
        .summary("Create a SAML provider for each identity provider that metadata of many entities describes, unless it is there already."),
    get("/_idpstore/v1/providers/{provider}", "getProvider", providers::get).query(OF_TENANT).json("Provider")
        .summary("Get a provider."),
    delete("/_idpstore/v1/providers/{provider}", "deleteProvider", providers::delete).query(OF_TENANT)
        .summary("Delete a provider with what is its own."),
    post("/_idpstore/v1/providers/{provider}/activate", "activateProvider", providers::activate).query(OF_TENANT).json("Provider")
        .summary("Switch a provider on."),
    post("/_idpstore/v1/providers/{provider}/deactivate", "deactivateProvider", providers::deactivate).query(OF_TENANT).json("Provider")
        .summary("Switch a provider off."),
    post("/_idpstore/v1/providers/{provider}/metadata", "importMetadata", imports::update_saml).query(OF_TENANT).body(PARTNERS_METADATA).json("ImportedMetadata")
        .summary("Take in what the partner publishes now: entity id, endpoints and certificates."),
    post("/_idpstore/v1/providers/{provider}/discovery", "importDiscovery", imports::update_oidc).query(OF_TENANT).body(PARTNERS_DISCOVERY).json("ImportedMetadata")
        .summary("Take in what the partner publishes now: issuer and endpoints."),
    post("/_idpstore/v1/providers/{provider}/copies", "copyProvider", providers::copy).query(OF_TENANT).body(COPY).created("Copy")
        .summary("Copy a provider into a tenant, which may be its own, with the keys that it trusts and signs with."),
    post("/_idpstore/v1/refresh", "refreshProviders", imports::refresh)
        .query(&[TENANT, CHANGE_ENTITY_ID, DROP_CERTIFICATES, ACCEPT_DROPPED, ACCEPT_EXPIRED, number("limit", [1, 1000], "How many documents at most.").or(100), AFTER]).list("Refreshed")
        .summary("Read anew what partners publish whose providers have a source, in the order of the URLs, and take it in, each by itself."),
    get("/_idpstore/v1/providers/{provider}/crossing", "getCrossing", crossings::of_provider).query(&[TENANT, TO]).json("Crossing")
        .summary("Get what another vendor's API shows of a provider, and what does not cross and why."),
    get("/_idpstore/v1/providers/{provider}/crossing.md", "getCrossingText", crossings::of_provider_as_text).query(&[TENANT, TO]).other("text/markdown")
        .summary("Get what of a provider does not cross to another vendor and why, for people."),
    put("/_idpstore/v1/providers/{provider}/documents/{vendor}", "replaceDocument", crossings::replace).query(OF_TENANT).body(Body::Object).json("Provider")
        .summary("Change a provider to what a vendor's document describes, as a crossing shows it. Secrets that it leaves out stay."),
    get("/_idpstore/v1/crossing", "getCrossingReport", crossings::of_all).query(&[TO]).json("CrossingReport")
        .summary("Count what of all providers of all tenants does not cross to another vendor."),
    get("/_idpstore/v1/crossing.md", "getCrossingReportText", crossings::of_all_as_text).query(&[TO]).other("text/markdown")
        .summary("Count what of all providers of all tenants does not cross to another vendor, for people."),
    get("/_idpstore/v1/crossing/requests", "listCrossingRequests", crossings::requests).query(&[TENANT, TO, LIMIT, AFTER]).list("CrossingRequests")
        .summary("List, for each provider, the requests that make it at another vendor, or why there are none. Secrets are variables in them."),
    get("/_idpstore/v1/crossing.sh", "getCrossingScript", crossings::script).query(&[TENANT, TO]).other("text/x-shellscript")
        .summary("Get a script for bash, with curl and jq, that makes the providers of a tenant at another vendor."),
    post("/_idpstore/v1/providers/{provider}/trusted-keys", "trustCertificate", providers::trust).query(OF_TENANT).body(ONE_CERTIFICATE).json("Provider")
        .summary("Trust a certificate of the partner beside those that are trusted already."),
    delete("/_idpstore/v1/providers/{provider}/trusted-keys/{kid}", "distrustCertificate", providers::distrust)
        .query(&[TENANT, time("at", "Until when it stays trusted; without an end, it is trusted no longer."), number("seconds", [1, u32::MAX as u64], "For how many seconds it stays trusted."), flag("when_expired", "Whether it stays trusted until it expires.")]).json("Provider")
        .summary("Trust a certificate of the partner no longer, now or from a time on. The key stays, for others may trust it."),

    get("/_idpstore/v1/providers/{provider}/links", "listLinks", providers::links).query(PAGED_OF_TENANT).list("Link")
        .summary("List the users who are linked to a provider, in the order of their ids."),

    get("/_idpstore/v1/applications", "listApplications", applications::list)
        .query(&[TENANT, text("name", "Only those whose name or alias starts with this text, in any case."), LIMIT, AFTER]).list("Application")
        .summary("List applications."),
    get("/_idpstore/v1/applications/{application}", "getApplication", applications::get).query(OF_TENANT).json("Application")
        .summary("Get an application."),
    delete("/_idpstore/v1/applications/{application}", "deleteApplication", applications::delete).query(OF_TENANT)
        .summary("Delete an application with its requests, and the keys that no one else may sign with."),

    get("/_idpstore/v1/keys", "listKeys", keys::list)
        .query(&[TENANT, flag("weak", "Only keys with findings; a page may then have fewer keys than its limit, or none."), LIMIT, AFTER]).list("ListedKey")
        .summary("List signing keys and then trusted keys, with what is wrong with them."),
    get("/_idpstore/v1/keys/{kid}", "getKey", keys::get).query(OF_TENANT).json("Key")
        .summary("Get a signing key or a trusted key, without its private part."),
    get("/_idpstore/v1/keys/{kid}/references", "listReferences", keys::references).query(PAGED_OF_TENANT).list("Reference")
        .summary("List the owners that use a key, and how."),
    get("/_idpstore/v1/unused-keys", "listUnusedKeys", keys::unused).query(PAGED_OF_TENANT).list("ListedKey")
        .summary("List the keys that no owner refers to."),
    get("/_idpstore/v1/owners-without-key", "listOwnersWithoutKey", keys::owners_without).query(PAGED_OF_TENANT).list("Reference")
        .summary("List the owners that speak SAML and sign with no key."),
    get("/_idpstore/v1/expiring", "listExpiring", keys::expiring)
        .query(&[time("before", "The time before which they end.").required(), LIMIT, AFTER]).list("Expiring")
        .summary("List what ends before a time, in all tenants, soonest first: certificates, those of issuers, and pending requests."),

    get("/_idpstore/v1/owners/{owner}/metadata.xml", "getMetadata", owners::metadata).public().query(OF_TENANT).other("application/samlmetadata+xml")
        .summary("Get our SAML metadata for a provider or an application, with the certificates of its rotation."),
    get("/_idpstore/v1/owners/{owner}/jwks.json", "getKeySet", owners::jwks).public().query(OF_TENANT).json("KeySet")
        .summary("Get the public keys of an owner as a JWK Set: the active one first, then the next and the previous ones."),
    get("/_idpstore/v1/owners/{owner}/rotation", "getRotation", owners::rotation).query(OF_TENANT).json("Rotation")
        .summary("Get the roles of the keys of an owner."),
    get("/_idpstore/v1/owners/{owner}/requests", "listRequests", owners::requests).query(OF_TENANT).list("CertificationRequest")
        .summary("List the pending certification requests of an owner."),
    get("/_idpstore/v1/owners/{owner}/requests/{request}", "getRequest", owners::get_request).query(OF_TENANT).json("CertificationRequest")
        .summary("Get a pending certification request."),
    post("/_idpstore/v1/owners/{owner}/requests", "createRequest", owners::create_request).query(OF_TENANT).body(NEW_REQUEST).created("CertificationRequest")
        .summary("Make a key and a request to certify it."),
    delete("/_idpstore/v1/owners/{owner}/requests/{request}", "deleteRequest", owners::delete_request).query(OF_TENANT)
        .summary("Revoke a pending request, and delete its key."),
    post("/_idpstore/v1/owners/{owner}/requests/{request}/publish", "publishCertificate", owners::publish).query(OF_TENANT).body(ONE_CERTIFICATE).json("Kid")
        .summary("Install the certificate that was issued for a request, and make its key the next one."),

    post("/_idpstore/v1/rotation/prepare", "prepareKey", owners::prepare).query(OF_TENANT).body(PREPARATION).json("Kid")
        .summary("Make a key the next one of its owners: its certificate is published, and nothing is signed with it yet."),
    post("/_idpstore/v1/rotation/promote", "promoteKey", owners::promote).query(OF_TENANT).body(PROMOTION).json("Kid")
        .summary("Sign with a key from now on."),
    post("/_idpstore/v1/rotation/roll-back", "rollBackKey", owners::roll_back).query(OF_TENANT).body(Body::Json(&[NAMED_OWNERS])).json("RolledBack")
        .summary("Sign with the previous key again, as long as its certificate is published."),
    post("/_idpstore/v1/rotation/retire", "retireKey", owners::retire).query(OF_TENANT).body(Body::Json(&[KID, OWNERS])).json("Kid")
        .summary("Stop publishing the certificate of a key that is the next or a previous one."),

    get("/_idpstore/v1/records/{id}", "getRecord", records::get).json("StoredRecord")
        .summary("Get a provider, application, user or key of any tenant, by its id in the spelling of any vendor's API, by its `kid`, or by its alias."),
    get("/_idpstore/v1/records/{id}/history", "listRevisions", records::history).query(PAGED).list("Revision")
        .summary("List the changes of a record, the last one first."),
    get("/_idpstore/v1/changes", "listChanges", changes::list)
        .query(&[number("after", [0, i64::MAX as u64], "The number of a change: only later ones are listed.").or(0), LIMIT]).json("Changes")
        .summary("List the changes of the store, of all tenants, from the first that is kept."),
    post("/_idpstore/v1/changes/{number}/undo", "undoChange", changes::undo).json("Undone")
        .summary("Undo a change, of whichever tenant."),
    get("/_idpstore/v1/diff", "listDifferences", changes::diff)
        .query(&[number("from", [0, i64::MAX as u64], "The number of the first change.").required(), number("to", [0, i64::MAX as u64], "The number of the second change; without it the last one."), LIMIT, AFTER]).list("Difference")
        .summary("List the records that differ between the store after one change and after another."),

    get("/_idpstore/v1/export", "exportDocument", store::export).json("PortableDocument")
        .summary("Export everything but secrets as one portable document, as `docs/idpstore.schema.json` describes it."),
    post("/_idpstore/v1/import", "importDocument", store::import).query(&[flag("prune", "Delete what the document does not list, of the kinds that it lists.")]).body(Body::Document).json("Import")
        .summary("Import a portable document, an export or one that was written by hand. If anything in it is refused, nothing is changed."),
    get("/_idpstore/v1/check", "checkStore", store::check).json("Report")
        .summary("Check the whole store: every record, index entry, reference and key."),
];
