//! The interpreter, on a made-up document.

use serde_json::{Value, json};

use super::*;
use crate::dialects::lens::Members;
use crate::dialects::parts::{put_string, put_text};
use crate::dialects::protojson;
use crate::error::{Error, Reason, Result, Violation};
use crate::model::{Id, Remainder};
use crate::pki::Timestamp;

/// With what a device is shown: the vendor's name of its key.
struct Spelled(&'static str);

impl Spell for Spelled {
    fn spell(&self, name: &str) -> Option<String> {
        (name == "kid").then(|| self.0.to_owned())
    }
}

const NAME: Core<Application> =
    field("name", |it| it.name.as_str().into(), |it, received| put_string(&mut it.name, received));
const ALIAS: Core<Application> =
    field("alias", |it| it.alias.as_deref().into(), |it, received| put_text(Some(&mut it.alias), received));
const ENTITY_ID: Core<Application> = field(
    "entity_id",
    |it| it.entity_id.as_deref().into(),
    |it, received| put_text(Some(&mut it.entity_id), received),
);
const SIGNING_KEY: Core<Application> = field(
    "signing_key",
    |it| it.signing_key.as_deref().into(),
    |it, received| put_text(Some(&mut it.signing_key), received),
);

static DEVICE: Document<Application, Spelled> = Document::of(
    "maker",
    &[
        server("id", |it, _| it.id.number().to_string().into()),
        text("name").required().core(NAME),
        object(
            "parts",
            &[text("head").needed(), integer("legs", 2, 8).loose(), flag("tail").or(|_| true.into())],
        ),
        object("place", &[words("room")]).fixed(is_lamp),
        text("owner").dependent(ALIAS),
        text("token").returned(ENTITY_ID),
        text("key").reference().core(SIGNING_KEY),
        choice("lens", &["wide", "long"]).required().when(is_camera),
        text("note").when(is_camera).check(says_more),
        hidden("secret"),
    ],
);

fn is_lamp(it: &Application) -> bool {
    it.name == "lamp"
}

fn is_camera(it: &Application) -> bool {
    it.name == "camera"
}

fn says_more(it: &Application, note: &Value, _: &Members) -> Result<(), Reason> {
    if *note == it.name { Err(Reason::Other("repeats the name".to_owned())) } else { Ok(()) }
}

fn members(document: Value) -> Members {
    serde_json::from_value(document).unwrap()
}

fn blank(name: &str) -> Application {
    Application::new(Id::from_number(7), Timestamp::default(), name)
}

fn read(record: Application, document: Value) -> Result<Application> {
    DEVICE.read(members(document), Reading::new(record))
}

/// Puts a document in place of a record.
fn replace(old: &Application, document: Value, changes_fixed: bool) -> Result<Application> {
    let shown = DEVICE.members(old, &Spelled("kid"));
    let replaced = Some((old, &shown));
    DEVICE.read(members(document), Reading { replaced, changes_fixed, ..Reading::new(old.clone()) })
}

fn shown(record: &Application) -> String {
    String::from_utf8(DEVICE.show(record, &Spelled("theirs")).unwrap().to_vec()).unwrap()
}

fn places(error: &Error) -> Vec<&str> {
    error.violations().iter().map(|violation| violation.pointer.as_str()).collect()
}

#[test]
fn what_is_read_is_shown_in_the_order_of_the_table() {
    let made = read(
        blank(""),
        json!({"parts": {"legs": "4", "head": "a"}, "key": "kid", "name": "dog", "id": "x", "unknown": 1, "place": {}}),
    );
    let made = made.unwrap();
    assert_eq!((made.name.as_str(), made.signing_key.as_deref()), ("dog", Some("kid")));
    assert_eq!(
        shown(&made),
        r#"{"id":"7","name":"dog","parts":{"head":"a","legs":4,"tail":true},"key":"theirs"}"#
    );
}

#[test]
fn violations_have_places_and_ranks() {
    let error = read(
        blank("camera"),
        json!({"name": 5, "parts": {"legs": 9}, "place": [], "lens": "flat", "note": "camera"}),
    );
    assert_eq!(
        places(&error.unwrap_err()),
        ["/name", "/parts/legs", "/place", "/lens", "/parts/head", "/note"]
    );
    let unknown =
        Reading { record: Err(Violation::new("/kind", Reason::Missing)), ..Reading::new(blank("")) };
    let error = DEVICE.read(members(json!({"lens": 5})), unknown).unwrap_err();
    assert_eq!(places(&error), ["/kind", "/name"], "what some records have is not looked at");
}

#[test]
fn what_is_shown_is_never_refused() {
    let mut old = blank("camera");
    let kept = members(json!({"lens": "flat", "parts": {"legs": 100}, "secret": 1}));
    old.remainders.insert("maker".to_owned(), Remainder::from(kept));
    let again = members(serde_json::from_str(&shown(&old)).unwrap());
    assert_eq!(replace(&old, again.clone().into(), true).unwrap(), old, "the hidden member stays, too");
    let mut other = again;
    other.insert("lens".to_owned(), "flatter".into());
    assert_eq!(places(&replace(&old, other.into(), true).unwrap_err()), ["/lens"]);
}

#[test]
fn fixed_members_stay() {
    let old = read(blank("lamp"), json!({"name": "lamp", "place": {"room": "hall"}})).unwrap();
    let moved = json!({"name": "lamp", "place": {"room": "cellar"}});
    assert!(shown(&replace(&old, moved.clone(), false).unwrap()).contains("hall"));
    assert!(shown(&replace(&old, moved, true).unwrap()).contains("cellar"));
}

#[test]
fn secrets_are_returned_only_if_they_were_received_here() {
    let made = read(blank(""), json!({"name": "a", "token": "t"})).unwrap();
    assert!(shown(&made).contains(r#""token":"t""#));
    let elsewhere = Application { entity_id: Some("t".to_owned()), ..blank("a") };
    assert!(!shown(&elsewhere).contains("token"));
    let kept = replace(&elsewhere, json!({"name": "b"}), true).unwrap();
    assert_eq!(kept.entity_id.as_deref(), Some("t"), "what is not shown need not be sent again");
}

#[test]
fn what_contradicts_the_core_goes() {
    let mut made =
        read(blank(""), json!({"name": "a", "owner": "me", "token": "t", "parts": {"head": "b"}})).unwrap();
    made.alias = Some("me".to_owned());
    let mut other = Application { alias: None, entity_id: Some("u".to_owned()), ..made.clone() };
    DEVICE.settle(&made, &mut other);
    assert_eq!(shown(&other), r#"{"id":"7","name":"a","parts":{"head":"b","tail":true}}"#);
    let mut same = made.clone();
    DEVICE.settle(&made, &mut same);
    assert_eq!(same, made);
}

/// A document that is received in another shape, as a protobuf message.
static SENT: Document<Application, Spelled> = Document::of(
    "maker",
    &[
        member(&protojson::text("name", 0, 9)).core(NAME.showing(|it| it.name.trim().into())),
        object(
            "config",
            &[
                object("options", &[member(&protojson::flag("isOn"))])
                    .received(&protojson::message("givenOptions", &OPTIONS)),
                object(
                    "camera",
                    &[
                        member(&protojson::text("alias", 0, 9)).core(ALIAS),
                        member(&protojson::text("token", 0, 9).secret()).core(ENTITY_ID),
                        member(&protojson::choice("lens", &[("NONE", ""), ("WIDE", "w")]))
                            .or(|_| "NONE".into()),
                        member(&protojson::text("maker", 0, 9)).kept(),
                        server("maker", |it, _| {
                            it.alias.as_deref().filter(|alias| *alias == "unknown").into()
                        }),
                    ],
                )
                .flat()
                .when(is_camera),
            ],
        )
        .flat(),
    ],
);

static OPTIONS: protojson::Message = protojson::Message::of("Options", &[&protojson::flag("isOn")]);

fn sent(old: Option<&Application>, document: Value) -> (Application, String) {
    let nothing = Members::new();
    let replaced = old.map(|old| (old, &nothing));
    let record = old.cloned().unwrap_or_else(|| blank("camera"));
    let made = SENT.read(members(document), Reading { replaced, ..Reading::new(record) }).unwrap();
    let shown = String::from_utf8(SENT.show(&made, &Spelled("theirs")).unwrap().to_vec()).unwrap();
    (made, shown)
}

#[test]
fn what_is_received_side_by_side_is_shown_in_objects() {
    let full = json!({
        "name": "camera", "givenOptions": {"isOn": true}, "alias": "a", "token": "t", "lens": "WIDE", "maker": "m",
    });
    let (made, shown) = sent(None, full);
    let config = r#"{"options":{"isOn":true},"camera":{"alias":"a","lens":"WIDE","maker":"m"}}"#;
    assert_eq!(shown, format!(r#"{{"name":"camera","config":{config}}}"#));
    let kept = serde_json::to_string(&**made.remainders.get("maker").unwrap()).unwrap();
    assert_eq!(kept, r#"{"givenOptions":{"isOn":true},"lens":"WIDE","maker":"m"}"#);
    let again = SENT.as_received(members(serde_json::from_str(&shown).unwrap()));
    assert_eq!(sent(Some(&made), again.into()).0, made, "also the secret, which is not shown");
}

#[test]
fn zero_values_are_the_same_as_none() {
    let (made, shown) = sent(None, json!({"name": "camera", "givenOptions": {}, "alias": "", "lens": 7}));
    assert_eq!(shown, r#"{"name":"camera","config":{"options":{},"camera":{"lens":"NONE"}}}"#);
    let (same, _) =
        sent(Some(&made), json!({"name": "camera", "givenOptions": {"isOn": false}, "lens": "NONE"}));
    assert_eq!(same, made);
    let (full, _) = sent(Some(&made), json!({"name": "camera", "alias": "a", "token": "t", "maker": "m"}));
    let (cleared, shown) = sent(Some(&full), json!({"name": "camera"}));
    assert_eq!((cleared.alias, cleared.entity_id.as_deref()), (None, Some("t")));
    assert_eq!(shown, r#"{"name":"camera","config":{"options":{},"camera":{"lens":"NONE","maker":"m"}}}"#);
}

#[test]
fn members_side_by_side_go_with_the_core() {
    let (made, _) = sent(None, json!({"name": "camera", "maker": "m"}));
    let mut made = made;
    made.remainders.get_mut("maker").unwrap().insert("alias".to_owned(), 5.into());
    let mut other = Application { alias: Some("unknown".to_owned()), ..made.clone() };
    SENT.settle(&made, &mut other);
    let kept = serde_json::to_string(&**other.remainders.get("maker").unwrap()).unwrap();
    assert_eq!(kept, r#"{"maker":"m"}"#);
    let mut found = Vec::new();
    SENT.cores(&other, &mut |core, path, _| found.push(format!("{core} {}", path.join("."))));
    assert_eq!(found, ["name name", "alias alias", "entity_id token"]);
}

#[test]
fn the_table_knows_where_the_core_is() {
    let mut found = Vec::new();
    DEVICE.cores(&blank("a"), &mut |core, path, _| found.push(format!("{core} {}", path.join("."))));
    assert_eq!(found, ["name name", "alias owner", "entity_id token", "signing_key key"]);
}
