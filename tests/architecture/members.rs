//! Each member of a vendor's document is spelled once: by its line in the dialect's tables. What needs the name elsewhere
//! takes it from the line, or from a constant of which the line is made.

use std::collections::{BTreeMap, BTreeSet};

use crate::tokens::{Token, tokens};

/// The folders with a dialect each.
const DIALECTS: [&str; 3] = ["okta", "pingone", "zitadel"];

/// Functions whose first argument names something else: a parameter of a path or query, a group of fields, a part of the core.
const PARAMETERS: [&str; 8] = ["param", "query", "number", "said", "oneof", "required_oneof", "field", "set"];

/// A file, words in it that are names of members and yet something else there, and what they are.
type Exception = (&'static str, &'static [&'static str], &'static str);

const EXCEPTIONS: &[Exception] = &[
    ("okta/documents/assignment.rs", &["app", "groups", "users"], "relations of links"),
    (
        "okta/organization/assignments.rs",
        &["/id", "id"],
        "the member of a document that names another record",
    ),
    ("okta/organization/features.rs", &["description", "name", "status"], "a whole document without lines"),
    (
        "okta/organization/groups.rs",
        &["/profile/name", "description", "filter"],
        "members of a group that is not kept, and of one before it is read, and a parameter",
    ),
    ("okta/organization/hooks.rs", &["type"], "a member that a list is narrowed by"),
    (
        "okta/organization/mappings/defaults.rs",
        &["email", "firstName", "lastName", "login", "mobilePhone", "profile", "userName"],
        "members of profiles, in a table",
    ),
    (
        "okta/organization/mappings/mod.rs",
        &["/properties", "id", "name", "properties", "pushStatus", "type"],
        "a whole document without lines",
    ),
    ("okta/organization/org.rs", &["created", "id"], "whole documents without lines"),
    ("okta/organization/policies.rs", &["type"], "a parameter, and a member of a policy that is not kept"),
    (
        "okta/organization/schema.rs",
        &[
            "action",
            "created",
            "email",
            "firstName",
            "id",
            "lastName",
            "login",
            "mobilePhone",
            "properties",
            "secondEmail",
            "type",
        ],
        "a whole document without lines, and members of profiles in a table",
    ),
    ("okta/applications/list.rs", &["filter"], "a parameter"),
    ("okta/providers.rs", &["type"], "a parameter"),
    (
        "okta/applications/filter.rs",
        &["id", "name", "status", "credentials.signing.kid", "settings.slo.enabled"],
        "attributes of filters, a closed list that is not that of members",
    ),
    (
        "okta/applications/metadata.rs",
        &["signing", "slo", "sso"],
        "a use of SAML metadata, and segments of URLs",
    ),
    (
        "okta/documents/application.rs",
        &["status", "protocol", "vpn", "network", "connection", "admin", "enduser", "iOS", "web"],
        "defaults of whole objects, beside their lines",
    ),
    (
        "okta/documents/application_links.rs",
        &["appLinks", "groups", "users", "login"],
        "relations of links, and a name of one",
    ),
    (
        "okta/documents/client.rs",
        &["client_secret", "password", "refresh_token", "token", "web"],
        "words of OAuth 2.0: grants, responses and types of clients",
    ),
    (
        "okta/documents/defaults.rs",
        &["sso", "url", "binding", "algorithm", "scope"],
        "defaults of whole objects, which are no lines of their own",
    ),
    ("okta/documents/provider_links.rs", &["acs", "keys", "users"], "relations of links"),
    ("okta/documents/sign_on.rs", &["_links", "id"], "members of a hook, of which the rest is kept as it is"),
    (
        "okta/documents/user.rs",
        &["name", "type", "firstName", "lastName", "email"],
        "members of the profile that a provider reports, and of a constant",
    ),
    (
        "okta/errors.rs",
        &["csr", "login", "name", "x5c", "label", "protocol.issuer", "policy.subject.matchAttribute"],
        "what summaries name, and members for which there are other words than for all others",
    ),
    (
        "okta/errors.rs",
        &["subjectAltNames.dnsNames"],
        "the core has a name for it only while a request is made",
    ),
    (
        "okta/metadata.rs",
        &["email", "firstName", "lastName", "mobilePhone", "signing"],
        "attributes and a use of SAML metadata",
    ),
    (
        "okta/users.rs",
        &["id", "email", "firstName", "lastName", "login", "profile"],
        "a parameter of a path, and the profile of the caller",
    ),
    (
        "okta/wire.rs",
        &["authorization", "email", "id", "par", "profile", "token"],
        "scopes, and names of endpoints",
    ),
    (
        "pingone/certificates.rs",
        &["certificates", "usageType"],
        "the name of a collection, and a part of a form",
    ),
    ("pingone/default_keys.rs", &["usageType"], "the stored form of a key"),
    (
        "pingone/documents/application.rs",
        &["environment", "id"],
        "a relation of links, and an object with an id",
    ),
    ("pingone/documents/cores.rs", &["id"], "an object with an id"),
    ("pingone/documents/bill_of_materials.rs", &["environment"], "a relation of links"),
    ("pingone/documents/environment.rs", &["id"], "an object with an id"),
    (
        "pingone/documents/mapping.rs",
        &["enabled", "id", "identityProvider", "name"],
        "attributes of users, relations of links and objects with ids",
    ),
    ("pingone/documents/mod.rs", &["id"], "an object with an id"),
    (
        "pingone/documents/provider.rs",
        &["environment", "id"],
        "a relation of links, and an object with an id",
    ),
    ("pingone/documents/record.rs", &["environment", "id"], "a relation of links, and an object with an id"),
    ("pingone/environments.rs", &["id"], "a member of products, which are kept as they are received"),
    ("pingone/errors.rs", &["id", "type"], "members of errors, and one with words of its own"),
    ("pingone/filter.rs", &["algorithm", "id", "name", "status"], "attributes of filters"),
    (
        "pingone/key_lens.rs",
        &["_links", "certificates", "id", "name"],
        "the document of a key that is shown, which is no table, and the name of a collection",
    ),
    (
        "pingone/key_rules.rs",
        &["algorithm", "default", "keyLength", "name", "signatureAlgorithm", "usageType", "validityPeriod"],
        "the document of a key, whose table is not in `documents/`",
    ),
    (
        "pingone/keys.rs",
        &["/status", "name", "status", "usageType"],
        "members of the document of a key, attributes of filters and parts of a form",
    ),
    ("pingone/links.rs", &["href", "id"], "a member of a link, and an object with an id"),
    ("pingone/making.rs", &["usageType"], "a part of a form"),
    ("pingone/mappings.rs", &["mappingType"], "the stored form, which stays when the document changes"),
    ("pingone/paging.rs", &["_embedded", "_links"], "members of pages"),
    (
        "pingone/records/default_providers.rs",
        &["/id", "_links", "environment", "id", "population", "type"],
        "a whole document without lines",
    ),
    (
        "pingone/records/images.rs",
        &["_links", "createdAt", "environment", "href", "id", "type"],
        "a whole document without lines",
    ),
    ("pingone/records/populations.rs", &["id", "pingone.population"], "an attribute of filters, and a kind"),
    (
        "pingone/records/rotation_policies.rs",
        &["algorithm", "id", "name", "signatureAlgorithm", "usageType"],
        "members of the policy that each environment has, and an attribute of filters",
    ),
    ("zitadel/answers.rs", &["details", "id", "owner", "type"], "members of answers, which have no table"),
    ("zitadel/documents/cores.rs", &["email", "username"], "what names stand for"),
    ("zitadel/documents/logins.rs", &["email"], "what a name stands for"),
    ("zitadel/documents/older.rs", &["email", "google", "name", "username"], "what names stand for"),
    ("zitadel/documents/queries.rs", &["instance", "organization"], "what names stand for"),
    ("zitadel/failure.rs", &["details", "id", "type", "value"], "members of errors"),
    (
        "zitadel/intents.rs",
        &["id", "owner", "state", "type"],
        "members of answers, which have no table, and a parameter of OAuth 2.0",
    ),
    ("zitadel/mod.rs", &["/idps/"], "segments of paths"),
    ("zitadel/older.rs", &["owner"], "a member of an answer, which has no table"),
    (
        "zitadel/routes.rs",
        &[
            "/apple",
            "/azure",
            "/github",
            "/gitlab",
            "/google",
            "/idps/jwt",
            "/idps/oidc",
            "/ldap",
            "/oauth",
            "/saml",
            "/zitadel",
            "/zitadel.",
            "zitadel.",
        ],
        "segments of paths, and names of procedures",
    ),
];

/// Files that are only for tests.
const TESTS: [&str; 3] = ["/tests.rs", "/laws.rs", "/openapi.rs"];

/// A file without its tests.
struct Source {
    path: String,
    tokens: Vec<Token>,
}

/// The sources of dialects, without their tests.
fn sources(files: &[(String, String)]) -> Vec<Source> {
    let is_code = |path: &str| !TESTS.iter().any(|name| path.ends_with(name));
    let code = files.iter().filter(|(path, _)| is_code(path));
    let source = |(path, source): &(String, String)| {
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        Source { path: path.clone(), tokens: tokens(code) }
    };
    code.map(source).collect()
}

/// The functions that make a line or a field, by their first argument: its name.
fn makers(sources: &[Source]) -> BTreeSet<String> {
    let mut makers = BTreeSet::new();
    for Source { tokens, .. } in sources {
        for at in (0..tokens.len()).filter(|at| tokens[*at].is("fn")) {
            let begin = tokens[at..].iter().position(|token| token.is("(")).unwrap_or(0) + at + 1;
            let is_name = ["name", ":", "&", "'", "static", "str"];
            let first = tokens.get(begin..begin + is_name.len()).unwrap_or_default();
            let head = tokens[begin..].split(|token| token.is("{")).next().unwrap_or_default();
            let makes_one = head.iter().any(|token| token.is("Line") || token.is("Field"));
            if makes_one
                && !first.is_empty()
                && first.iter().zip(is_name).all(|(token, wanted)| token.is(wanted))
                && let Some(Token::Word(name)) = tokens.get(at + 1)
            {
                makers.insert(name.clone());
            }
        }
    }
    makers
}

/// What spells the names of a dialect's members, and everything else that it spells.
#[derive(Default)]
struct Spelled<'s> {
    members: BTreeSet<&'s str>,
    others: Vec<(&'s str, &'s str)>,
}

fn spelled<'s>(dialect: &str, sources: &'s [Source], makers: &BTreeSet<String>) -> Spelled<'s> {
    let folder = format!("src/dialects/{dialect}/");
    let own = || sources.iter().filter(|source| source.path.starts_with(&folder));
    // Whether what stands here is the name of a line.
    let is_name = |Source { path, tokens }: &Source, at: usize| {
        let is_made =
            at >= 2 && tokens[at - 1].is("(") && makers.iter().any(|maker| tokens[at - 2].is(maker));
        is_made && path.contains("/documents/")
    };
    let constants: BTreeSet<_> = own()
        .flat_map(|source| (0..source.tokens.len()).map(move |at| (source, at)))
        .filter(|(source, at)| is_name(source, *at))
        .filter_map(|(source, at)| match &source.tokens[at] {
            Token::Word(constant) => Some(constant.as_str()),
            _ => None,
        })
        .collect();
    let mut spelled = Spelled::default();
    for source in own() {
        for (at, token) in source.tokens.iter().enumerate() {
            let Token::Text(text) = token else { continue };
            let before = &source.tokens[..at];
            let is_constant = before.len() >= 6
                && before[at - 1].is("=")
                && before[at - 2].is("str")
                && matches!(&before[at - 5], Token::Word(name) if constants.contains(name.as_str()));
            let is_parameter =
                at >= 2 && PARAMETERS.iter().any(|call| before[at - 2].is(call) && before[at - 1].is("("));
            if is_name(source, at) || is_constant {
                spelled.members.insert(text);
            } else if !is_parameter {
                spelled.others.push((&source.path, text));
            }
        }
    }
    spelled
}

/// The texts outside of lines that are the name of a member, or a path of such names.
fn repeated(files: &[(String, String)]) -> BTreeMap<String, BTreeSet<String>> {
    let sources = sources(files);
    let makers = makers(&sources);
    let mut found = BTreeMap::<String, BTreeSet<String>>::new();
    for dialect in DIALECTS {
        let Spelled { members, others } = spelled(dialect, &sources, &makers);
        let is_path = |text: &str| {
            let mut steps = text.split(['/', '.']).filter(|step| !step.is_empty()).peekable();
            steps.peek().is_some() && steps.all(|step| members.contains(step))
        };
        for (path, text) in others.into_iter().filter(|(_, text)| is_path(text)) {
            found.entry(path.to_owned()).or_default().insert(text.to_owned());
        }
    }
    found
}

/// What is repeated without being an exception, and the exceptions that are none.
pub(crate) fn complaints(files: &[(String, String)]) -> Vec<String> {
    let mut found = repeated(files);
    let mut complaints = Vec::new();
    for (path, words, reason) in EXCEPTIONS {
        assert!(!reason.is_empty());
        let repeated = found.entry(format!("src/dialects/{path}")).or_default();
        let idle = words.iter().filter(|word| !repeated.remove(**word));
        complaints.extend(idle.map(|word| format!("{path} does not repeat `{word}`")));
    }
    let words = found.iter().flat_map(|(path, words)| words.iter().map(move |word| (path, word)));
    complaints.extend(words.map(|(path, word)| format!("{path} spells the member `{word}` again")));
    complaints
}

#[test]
fn repeated_members_are_noticed() {
    let table = "const A: Line = text(\"alpha\"); const B: Line = flag(BETA); const BETA: &str = \"beta\";";
    let makers =
        "pub const fn text<R>(name: &'static str) -> Line<R> {} const fn flag(name: &'static str) -> Line {}";
    let found = |handler: &str| {
        let files = [
            ("src/dialects/document/build.rs", makers),
            ("src/dialects/okta/documents/table.rs", table),
            ("src/dialects/okta/handler.rs", handler),
        ];
        repeated(&files.map(|(path, source)| (path.to_owned(), source.to_owned())))
    };
    for handler in
        ["kept.get(\"alpha\")", "x == \"/beta\"", "const C: &str = \"alpha.beta\";", "text(\"beta\")"]
    {
        assert_eq!(
            found(handler).into_keys().collect::<Vec<_>>(),
            ["src/dialects/okta/handler.rs"],
            "{handler}"
        );
    }
    for handler in
        ["call.query(\"alpha\")", "\"alphabet\" // \"alpha\"", "#[cfg(test)]\nmod tests { \"alpha\" }"]
    {
        assert!(found(handler).is_empty(), "{handler}");
    }
}
