//! Writes `docs/api.md` and `docs/openapi/idpstore.json` from the table.

use std::fmt::Write as _;
use std::path::Path;

use super::OPERATIONS;
use super::openapi::document;
use super::operation::{Access, Answer, Body, Field, Kind, Operation};
use super::problem::describe;
use crate::error::{ErrorKind, Identifier, Need, Resource};

const INTRODUCTION: &str = "\
# The neutral API

The verbs of a store over HTTP, in no vendor's form: what a Rust program calls on `IdpStore`, and what the command line does. It is
served beside the vendors' APIs, by `IdpStore::handle` and by `idpstore serve`. Written by `src/api/reference.rs` from the table in
`src/api/table.rs`: do not edit it. `GET /_idpstore/v1/openapi.json` is the same as an OpenAPI document, with the schemas of all
answers.

```sh
idpstore serve --port 8080 --db idps.redb
curl -s 'http://127.0.0.1:8080/_idpstore/v1/providers?name=partner'
curl -s -X POST 'http://127.0.0.1:8080/_idpstore/v1/rotation/promote?plan=true' \\
  -H 'Content-Type: application/json' -d '{\"kid\": \"KID\", \"overlap\": 1209600}'
```

- **Tokens.** If the server requires a token, it is sent as `Authorization: Bearer TOKEN`. Operations marked *public* need none:
  partners read our metadata and keys. Those marked *writes* need a token that allows changes.
- **Plans.** Every operation that writes takes `?plan=true`: the answer is what would change, in the records and in each vendor's
  documents, with warnings; nothing is changed. A token that may only read may plan.
- **The past.** Every operation that reads records takes `?as_of=NUMBER`, the number of a change: the answer is what it was after
  that change, but for what the time alone changes, such as which certificates have expired. It costs what was changed since. If the
  history does not reach back, the change is missing. Operations marked *public* need a token then.
- **Ids** are texts of decimal digits. Records have `ids`, too: the id as each vendor's API spells it. Paths take any of these
  spellings, of providers also the alias.
- **Tenants.** `?tenant=ID` names the tenant whose records they are; without it, it is the default tenant, 1.
- **Lists** are `{\"items\": […], \"next\": \"…\"}`: `?after=` takes what `next` was, and without `next` the page is the last. A
  page costs as much as it holds; where few of the records that are looked at belong to the list, it may hold fewer items than
  `limit`, or none, although it is not the last. Differences alone are found anew for each page.
- **Revisions.** Where several processes share a store, answers of every API have `X-Idpstore-Revision` and, if what they show may be a
  second old or more, `Age`; requests with the former wait for that change ([distributed.md](distributed.md)).
- **Bodies** are JSON in UTF-8. Members and parameters that are not listed are refused. Where a *file* is taken, it is the body, of one
  of the listed media types, with the other members as parameters of the query; or all are members of a JSON object.
- **New records** are answered with 201, and `Location` says where they are.
- **Secrets** and private keys are in no answer.
";

const PROBLEMS: &str = "
## Problems

What goes wrong is answered as `application/problem+json` (RFC 9457): `type`, `title`, `status`, `detail` and, if the content is not
acceptable, `violations`, each with a `pointer` (a JSON Pointer into the body; `?name` is a parameter of the query, or a header) and a `reason`.
A 429, and a 503 of the type `unavailable`, have `Retry-After`. The type is `urn:idpstore:problem:` and one of these names:

| name | status | title |
|---|---|---|
";

fn kinds() -> Vec<ErrorKind> {
    let (what, id) = (Resource::Record, Identifier::Number(0));
    vec![
        ErrorKind::NotFound { what, id: id.clone() },
        ErrorKind::AlreadyExists { what, id: id.clone() },
        ErrorKind::Invalid { violations: Vec::new() },
        ErrorKind::InUse { by: Vec::new() },
        ErrorKind::WrongState,
        ErrorKind::Inactive { what, id },
        ErrorKind::Unsupported,
        ErrorKind::UnsupportedMediaType,
        ErrorKind::NotAcceptable,
        ErrorKind::Malformed,
        ErrorKind::BadCursor,
        ErrorKind::RateLimited { reset: 0 },
        ErrorKind::Unauthorized,
        ErrorKind::Forbidden,
        ErrorKind::NoRoute,
        ErrorKind::MethodNotAllowed,
        ErrorKind::TooLarge,
        ErrorKind::Conflict,
        ErrorKind::Pending(Need::Signature),
        ErrorKind::Unavailable { retry_after: 0 },
        ErrorKind::Storage,
        ErrorKind::Corrupt,
        ErrorKind::NotAStore,
        ErrorKind::TooNew,
        ErrorKind::Sealed,
        ErrorKind::WrongKey,
        ErrorKind::Locked,
    ]
}

fn section(operation: &Operation) -> String {
    let mut text = format!("\n### {} `{}`\n\n{}", operation.method, operation.path, operation.summary);
    text.push_str(match operation.access {
        Access::Public => " *Public.*",
        Access::Read => "",
        Access::Write => " *Writes.*",
    });
    text.push('\n');
    let members = match operation.body {
        Body::None | Body::Document | Body::Object => &[][..],
        Body::Json(fields) => fields,
        Body::File { others, .. } => others,
    };
    if !operation.query.is_empty() || !members.is_empty() {
        text.push('\n');
    }
    for field in operation.query {
        line(&mut text, &format!("?{}", field.name), field);
    }
    for field in members {
        line(&mut text, field.name, field);
    }
    if let Body::File { content, types, .. } = operation.body {
        let types: Vec<_> = types.iter().map(|it| format!("`{it}`")).collect();
        let _ =
            writeln!(text, "- `{content}`: a file ({}), or its content as text; required.", types.join(", "));
    }
    let answer = match operation.answer {
        Answer::Nothing => String::new(),
        Answer::Json(name) => format!(": `{name}`"),
        Answer::List(name) => format!(": a page of `{name}`"),
        Answer::Other(media_type) => format!(": `{media_type}`"),
    };
    let _ = writeln!(text, "\nAnswers {}{answer}. `{}`", operation.status.as_u16(), operation.id);
    text
}

fn line(text: &mut String, name: &str, field: &Field) {
    let kind = match field.kind {
        Kind::Text => "text".to_owned(),
        Kind::Texts => "list of texts".to_owned(),
        Kind::Object => "object".to_owned(),
        Kind::Named(names) => format!("object with texts: {}", names.join(", ")),
        Kind::Flag => "true or false".to_owned(),
        Kind::Number { low, high, default: None } => format!("{low} to {high}"),
        Kind::Number { low, high, default: Some(default) } => {
            format!("{low} to {high}, by default {default}")
        }
        Kind::Time => "time in UTC".to_owned(),
    };
    let required = if field.is_required { ", required" } else { "" };
    let _ = writeln!(text, "- `{name}` ({kind}{required}): {}", field.words);
}

#[test]
fn the_reference_says_what_the_table_says() {
    let mut wanted = format!("{INTRODUCTION}\n## Operations\n");
    wanted.extend(OPERATIONS.iter().map(section));
    wanted.push_str(PROBLEMS);
    for kind in kinds() {
        let (status, name, title) = describe(&kind);
        let _ = writeln!(wanted, "| `{name}` | {} | {title} |", status.as_u16());
    }
    holds("docs/api.md", &wanted);
}

#[test]
fn the_openapi_document_says_what_the_table_says() {
    let document = document(OPERATIONS).unwrap();
    holds("docs/openapi/idpstore.json", &format!("{}\n", serde_json::to_string_pretty(&document).unwrap()));
}

/// Whether this file, which is written anew with `UPDATE=1`, holds this text.
fn holds(file: &str, wanted: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, wanted).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap(), wanted, "run this test with UPDATE=1");
}

#[test]
fn each_kind_has_a_name_of_its_own() {
    let mut names: Vec<_> = kinds().iter().map(|kind| describe(kind).1).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), kinds().len());
}
