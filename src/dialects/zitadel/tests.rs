//! All members of all kinds, by their tables.

use base64::engine::GeneralPurpose;
use base64::prelude::{
    BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD, Engine as _,
};
use serde_json::{Value, json};

use super::documents::fields::{ID, METADATA_XML, NAME_ID_FORMAT, SECRETS};
use super::documents::kinds::{KINDS, Kind};
use super::documents::provider::{PROVIDER, TYPE, TYPE_PREFIX};
use super::documents::{Scene, Version, has_name_id_format};
use super::{DIALECT, ids};
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::{Context, Members};
use crate::dialects::protojson::tests::{Spelling, full};
use crate::dialects::{protojson, put};
use crate::env::SeededEntropy;
use crate::model::{Id, IdentityProvider};
use crate::pki::Timestamp;
use crate::saml::EncodingStandard;

const fn spelling(in_snake_case: bool, enums_as_numbers: bool, base64: GeneralPurpose) -> Spelling {
    Spelling { in_snake_case, enums_as_numbers, base64 }
}

const SPELLINGS: [Spelling; 4] = [
    spelling(false, false, BASE64_STANDARD),
    spelling(true, true, BASE64_URL_SAFE),
    spelling(true, false, BASE64_STANDARD_NO_PAD),
    spelling(false, true, BASE64_URL_SAFE_NO_PAD),
];

const METADATA: &str =
    "<EntityDescriptor xmlns=\"urn:oasis:names:tc:SAML:2.0:metadata\">þÿ?>~</EntityDescriptor>";

/// The record that this body makes, in place of another one; and the message as the server writes it.
fn taken(
    kind: &Kind,
    is_new: bool,
    spelling: &Spelling,
    old: Option<&IdentityProvider>,
) -> (IdentityProvider, Members) {
    let entropy = SeededEntropy::new([7; 32]);
    let (id, now) = (Id::from_number(3), Timestamp::from_unix_seconds(0));
    let cx = Context { id, now, entropy: &entropy, character_sets: &EncodingStandard };
    let message = if is_new { &kind.add } else { &kind.update };
    let (sent, mut written) = full(message, spelling, METADATA.as_bytes());
    let body = Value::Object(sent).to_string();
    let mut read = protojson::read(message, "zitadel.admin.v1", body.as_bytes()).expect(&body);
    assert_eq!(read, written, "{body}");
    assert_eq!(protojson::violation(message, &read), None, "{body}");
    read.insert(TYPE.to_owned(), format!("{TYPE_PREFIX}{}", kind.name).into());
    written.retain(|name, _| name != ID.key() && !SECRETS.contains(&name.as_str()));
    (put(&DIALECT, cx, old, read).expect(&body), written)
}

#[test]
fn every_member_of_every_kind_is_read_back_however_it_was_spelled() {
    for kind in KINDS {
        let mut record: Option<IdentityProvider> = None;
        for (is_new, spelling) in
            [true, false].into_iter().flat_map(|new| SPELLINGS.iter().map(move |it| (new, it)))
        {
            let (new, written) = taken(kind, is_new, spelling, record.as_ref());
            let shown = PROVIDER.members(&new, &Scene::of(&new));
            assert_eq!(shown["config"].as_object().unwrap().len(), 2, "options, and settings of the kind");
            assert_eq!(PROVIDER.as_received(shown.clone()), written, "{}", kind.name);
            let (id, now) = (new.id, Timestamp::default());
            let cx =
                Context { id, now, entropy: &SeededEntropy::new([7; 32]), character_sets: &EncodingStandard };
            let sent_back = DIALECT.lens.update_from(&shown).into_owned();
            assert_eq!(put(&DIALECT, cx, Some(&new), sent_back).unwrap(), new, "{} was sent back", kind.name);
            record = Some(new);
        }
    }
}

#[test]
fn what_was_not_received_is_shown_as_the_server_shows_it() {
    let shown = |kind: &str, version| {
        let kind = Kind::named(kind).unwrap();
        let record = IdentityProvider::new(Id::from_number(3), Timestamp::default(), "", kind.blank());
        let scene = Scene { version, ..Scene::of(&record) };
        let mut shown = PROVIDER.members(&record, &scene);
        assert_eq!(shown["id"], ids::spell(record.id));
        shown.shift_remove("config").unwrap()
    };
    assert_eq!(shown("LDAP", Version::V1), json!({"options": {}, "ldap": {"attributes": {}}}));
    assert_eq!(shown("GOOGLE", Version::V1), json!({"options": {}, "google": {}}));
    let mut saml = shown("SAML", Version::V1);
    assert!(saml["saml"].as_object_mut().unwrap().shift_remove("metadataXml").is_some());
    let mut wanted = json!({"options": {}, "saml": {
        "nameIdFormat": "SAML_NAME_ID_FORMAT_PERSISTENT", "transientMappingAttributeName": "",
        "federatedLogoutEnabled": false, "signatureAlgorithm": "SAML_SIGNATURE_UNSPECIFIED",
    }});
    assert_eq!(saml, wanted);
    wanted["saml"].as_object_mut().unwrap().shift_remove("signatureAlgorithm");
    let mut saml = shown("SAML", Version::V2);
    saml["saml"].as_object_mut().unwrap().shift_remove("metadataXml");
    assert_eq!(saml, wanted);
}

#[test]
fn a_format_is_chosen_by_whoever_adds_a_provider_but_not_by_whoever_sends_back_what_is_shown() {
    let entropy = SeededEntropy::new([7; 32]);
    let (id, now) = (Id::from_number(3), Timestamp::default());
    let taken = |old: Option<&IdentityProvider>, format: Option<&str>| {
        let cx = Context { id, now, entropy: &entropy, character_sets: &EncodingStandard };
        let mut request =
            json!({TYPE: "PROVIDER_TYPE_SAML", METADATA_XML.key(): BASE64_STANDARD.encode(METADATA)});
        if let Some(format) = format {
            request[NAME_ID_FORMAT.key()] = format.into();
        }
        let Value::Object(request) = request else { panic!("an object") };
        put(&DIALECT, cx, old, request).unwrap()
    };
    let persistent = Some("SAML_NAME_ID_FORMAT_PERSISTENT");
    let chosen = taken(None, persistent);
    assert!(has_name_id_format(&chosen));
    assert!(has_name_id_format(&taken(Some(&chosen), None)), "it cannot be cleared");
    let never = taken(None, None);
    assert!(!has_name_id_format(&never));
    assert_eq!(taken(Some(&never), persistent), never);
    assert!(has_name_id_format(&taken(Some(&never), Some("SAML_NAME_ID_FORMAT_UNSPECIFIED"))));
}
