//! Metadata is read whole, one entity at a time, and nothing hostile is believed.

use std::fmt::Write as _;
use std::ops::ControlFlow;

use idpstore::saml::{EncodingStandard, Endpoint, Metadata, NAMESPACE, each_entity};
use idpstore::{ErrorKind, Result};

use super::{AGGREGATE, entity};

fn read(xml: &str) -> Result<Metadata> {
    Metadata::read(xml.as_bytes(), &EncodingStandard)
}

fn entities(xml: &str) -> Result<Vec<Metadata>> {
    let mut found = Vec::new();
    each_entity(xml.as_bytes(), &EncodingStandard, &mut |entity| {
        found.push(entity);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

fn at(binding: &str, location: &str) -> Endpoint {
    Endpoint { binding: binding.to_owned(), location: location.to_owned(), response_location: None }
}

#[test]
fn an_entity_is_read_whole() {
    let ([signing, both, encryption], xml) = entity();
    let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    let bindings = "urn:oasis:names:tc:SAML:2.0:bindings:";
    let logout = at(&format!("{bindings}HTTP-Redirect"), "https://idp.example.com/logout");
    let done = Some("https://idp.example.com/logout/done".to_owned());
    let expected = Metadata {
        entity_id: Some("https://idp.example.com".to_owned()),
        is_identity_provider: true,
        single_sign_on: vec![
            at("urn:mace:shibboleth:1.0:profiles:AuthnRequest", ""),
            at(&format!("{bindings}HTTP-POST"), "https://idp.example.com/post"),
            at(&format!("{bindings}HTTP-Redirect"), "https://idp.example.com/get"),
        ],
        single_logout: vec![Endpoint { response_location: done, ..logout }],
        name_id_formats: names(&[
            "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
            "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress",
        ]),
        wants_signed_requests: Some(true),
        certificates: vec![signing, both.clone()],
        encryption_certificates: vec![both, encryption],
        valid_until: Some("2027-02-01T00:00:00Z".parse().unwrap()),
        cache_duration: Some("PT6H".to_owned()),
        is_signed: true,
        unread: names(&[
            "Extensions",
            "errorURL",
            "KeyName",
            "EncryptionMethod",
            "ArtifactResolutionService",
            "SPSSODescriptor",
            "Organization",
            "ContactPerson",
        ]),
        warnings: names(&["`X509Certificate` 5 of the metadata is not a readable certificate"]),
    };
    assert_eq!(read(&xml).unwrap(), expected);
    let written = String::from_utf8(expected.write().unwrap()).unwrap();
    let again = Metadata { is_signed: false, unread: Vec::new(), warnings: Vec::new(), ..expected };
    assert_eq!(read(&written).unwrap(), again);
}

#[test]
fn entities_inherit_what_their_groups_say() {
    let found = entities(AGGREGATE).unwrap();
    let terms = found.iter().map(|it| {
        let end = it.valid_until.unwrap().to_string();
        (it.entity_id.as_deref().unwrap(), end, it.cache_duration.as_deref().unwrap(), it.is_signed)
    });
    let (first, second) = ("2027-01-20T00:00:00.000Z".to_owned(), "2027-02-01T00:00:00.000Z".to_owned());
    let expected = [
        ("urn:a", first, "P1D", true),
        ("urn:sp", second.clone(), "P1D", true),
        ("urn:b", second.clone(), "PT1H", true),
        ("urn:c", second, "PT2H", true),
    ];
    assert_eq!(terms.collect::<Vec<_>>(), expected);
    let mut seen = 0;
    let broken = AGGREGATE.replace("</EntitiesDescriptor>", "");
    let first = |visit: &mut dyn FnMut(Metadata) -> Result<ControlFlow<()>>| {
        each_entity(broken.as_bytes(), &EncodingStandard, visit)
    };
    first(&mut |_| {
        seen += 1;
        Ok(ControlFlow::Break(()))
    })
    .unwrap();
    assert_eq!(seen, 1, "what follows is not read");
    assert!(first(&mut |_| Ok(ControlFlow::Continue(()))).is_err());
    assert!(
        first(&mut |_| Err(ErrorKind::Conflict.into()))
            .is_err_and(|error| *error.kind() == ErrorKind::Conflict)
    );
}

#[test]
fn one_of_several_is_found_by_its_id() {
    let of_entity = |xml: &str, id: &str| Metadata::of_entity(xml.as_bytes(), &EncodingStandard, id);
    assert_eq!(of_entity(AGGREGATE, "urn:b").unwrap(), entities(AGGREGATE).unwrap()[2]);
    let refused = |xml: &str, id: &str| of_entity(xml, id).unwrap_err().to_string();
    assert_eq!(
        refused(AGGREGATE, "urn:missing"),
        "malformed body: the metadata cannot be used: it does not describe the entity `urn:missing`"
    );
    let twice = AGGREGATE.replace("urn:c", "urn:a");
    assert!(refused(&twice, "urn:a").ends_with("it describes the entity `urn:a` twice"));
    assert!(of_entity(&twice, "urn:b").is_ok());
    let (_, alone) = entity();
    assert_eq!(
        of_entity(&alone, "urn:other").unwrap(),
        read(&alone).unwrap(),
        "it is for the caller to compare"
    );
}

#[test]
fn what_is_hostile_is_refused() {
    let around =
        |content: &str| format!("<EntitiesDescriptor xmlns=\"{NAMESPACE}\">{content}</EntitiesDescriptor>");
    let role = |content: &str| {
        around(&format!(
            "<EntityDescriptor entityID=\"urn:a\"><IDPSSODescriptor>{content}</IDPSSODescriptor></EntityDescriptor>"
        ))
    };
    let groups = "<EntitiesDescriptor>".repeat(100) + &"</EntitiesDescriptor>".repeat(100);
    let wide = (0..100).fold(String::new(), |mut wide, number| {
        let _ = write!(wide, " a{number}=\"\"");
        wide
    });
    for (xml, words) in [
        (around(&groups), "nested too deeply"),
        (role(&format!("{}{}", "<a>".repeat(100), "</a>".repeat(100))), "nested too deeply"),
        (role(&format!("<a{wide}/>")), "too many attributes"),
        ("<Envelope/>".to_owned(), "its root is no entity descriptor"),
        (format!("<IDPSSODescriptor xmlns=\"{NAMESPACE}\"/>"), "its root is no entity descriptor"),
        (role("<NameIDFormat>&bomb;</NameIDFormat>"), "it uses the entity `bomb`"),
        (
            format!("<!DOCTYPE x [<!ENTITY bomb \"x\">]>{}", role("<NameIDFormat>&bomb;</NameIDFormat>")),
            "it uses the entity `bomb`",
        ),
        (role("<a b=\"&bomb;\"/>"), "it is not well-formed XML"),
        (around("").replace(" xmlns", " validUntil=\"soon\" xmlns"), "its validUntil is `soon`"),
        (
            role("").replace("<IDPSSODescriptor>", "<IDPSSODescriptor WantAuthnRequestsSigned=\"maybe\">"),
            "its WantAuthnRequestsSigned is `maybe`",
        ),
        (around("<EntityDescriptor entityID=\"urn:a\">"), "it is not well-formed XML"),
    ] {
        let refused = entities(&xml).unwrap_err();
        assert_eq!(refused.kind(), &ErrorKind::Malformed);
        assert!(refused.to_string().contains(words), "{refused}: {words}");
    }
    let huge = "x".repeat(1 << 20);
    let found = entities(&role("").replace("urn:a", &huge)).unwrap();
    assert_eq!(found[0].entity_id.as_ref(), Some(&huge), "for the rules to refuse");
    let refused = entities(&" ".repeat((64 << 20) + 1)).unwrap_err();
    assert!(refused.to_string().contains("it is too large"), "{refused}");
    let many = (0..100).fold(String::new(), |many, number| many + &format!("<a{number}/>"));
    assert_eq!(entities(&role(&many)).unwrap()[0].unread.len(), 20);
}

#[test]
fn a_certificate_for_encryption_that_cannot_be_read_is_unread() {
    let broken = entity().1.replace("use=\"signing\"", "use=\"encryption\"");
    let found = read(&broken).unwrap();
    assert_eq!((found.certificates.len(), found.warnings.len()), (1, 0));
    assert!(found.unread.contains(&"X509Certificate".to_owned()), "{found:?}");
}

#[test]
fn only_what_stands_in_its_place_counts() {
    let nested = "<EntityDescriptor entityID=\"urn:in\"><IDPSSODescriptor/></EntityDescriptor>";
    let xml = format!(
        "<EntityDescriptor xmlns=\"{NAMESPACE}\" entityID=\"urn:out\"><Extensions>{nested}<NameIDFormat>x</NameIDFormat>\
         </Extensions><SPSSODescriptor><NameIDFormat>y</NameIDFormat><Signature/></SPSSODescriptor></EntityDescriptor>"
    );
    let [found] = <[Metadata; 1]>::try_from(entities(&xml).unwrap()).unwrap();
    let expected = Metadata {
        entity_id: Some("urn:out".to_owned()),
        unread: vec!["Extensions".to_owned(), "SPSSODescriptor".to_owned()],
        ..Metadata::default()
    };
    assert_eq!(found, expected);
}
