//! Providers in the shape that clients read.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value};

use super::kinds::Kind;
use super::lens::{self, TYPE, kind_of};
use super::wire::answers;
use super::{ids, protojson, time};
use crate::dialects::lens::Members;
use crate::error::Result;
use crate::model::{Id, IdentityProvider, Tenant};
use crate::pki::pem;
use crate::service::Service;

/// Which API a provider is shown by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    V1,
    V2,
}

/// A provider as clients read it.
///
/// # Errors
///
/// [`NotFound`](crate::error::ErrorKind::NotFound) if ZITADEL has no such kind, and those of the storage.
pub(super) fn provider(service: &Service, record: &IdentityProvider, version: Version) -> Result<Value> {
    let kind = kind_of(record)?;
    let mut said = lens::said(kind, record);
    let certificates = if kind.is_saml() && !lens::has_metadata(record) {
        trusted_certificates(service, record)?
    } else {
        Vec::new()
    };
    lens::complete(kind, record, certificates, &mut said)?;
    let mut members = details(service.tenant_id(), record);
    let (prefix, owner) = match version {
        Version::V1 => (TYPE, Some(owner(service.tenant_id()))),
        Version::V2 => ("IDP_TYPE_", None),
    };
    put(&mut members, "id", ids::spell(record.id));
    put(&mut members, "state", lens::state(record));
    put(&mut members, "name", record.name.as_str());
    put(&mut members, "type", format!("{prefix}{}", kind.name));
    put(&mut members, "owner", owner.map_or(Value::Null, Value::from));
    put(&mut members, "config", config(kind, said));
    Ok(Value::Object(members))
}

/// A provider as a list has it.
///
/// # Errors
///
/// As [`provider`].
pub(super) fn listed(service: &Service, record: &IdentityProvider) -> Result<Members> {
    match provider(service, record, Version::V1)? {
        Value::Object(members) => Ok(protojson::write(&answers::PROVIDER, members)),
        _ => Ok(Members::new()),
    }
}

/// The certificates that a provider's partner signs with, in base64 as metadata has it, however they were given.
fn trusted_certificates(service: &Service, record: &IdentityProvider) -> Result<Vec<String>> {
    let mut certificates = Vec::new();
    for kid in &record.trusted_keys {
        if let Some(certificate) = service.trusted_key(kid)?.chain.first() {
            certificates.push(BASE64_STANDARD.encode(pem::base64_any(certificate)?));
        }
    }
    Ok(certificates)
}

fn owner(tenant: Id) -> &'static str {
    if tenant == Tenant::DEFAULT { "IDP_OWNER_TYPE_SYSTEM" } else { "IDP_OWNER_TYPE_ORG" }
}

/// The settings: options, and those of the kind.
fn config(kind: &Kind, mut said: Members) -> Value {
    let mut config = Members::new();
    let options = said.shift_remove("providerOptions");
    put(&mut config, "options", options.unwrap_or_else(|| Value::Object(Map::new())));
    match kind.config {
        "saml" => complete_saml(&mut said),
        "ldap" => {
            said.entry("attributes").or_insert_with(|| Value::Object(Map::new()));
        }
        _ => {}
    }
    // What is no setting, and what is secret, has no place in the message, and is left out when it is written.
    put(&mut config, kind.config, Value::Object(said));
    Value::Object(config)
}

/// What SAML settings always say.
fn complete_saml(said: &mut Members) {
    said.entry("nameIdFormat").or_insert_with(|| "SAML_NAME_ID_FORMAT_PERSISTENT".into());
    said.entry("transientMappingAttributeName").or_insert_with(|| "".into());
    said.entry("signatureAlgorithm").or_insert_with(|| "SAML_SIGNATURE_UNSPECIFIED".into());
}

/// Sequence, dates and owner of a provider.
pub(super) fn details(tenant: Id, record: &IdentityProvider) -> Members {
    let mut details = Members::new();
    put(&mut details, "sequence", record.sequence.to_string());
    put(&mut details, "creationDate", time(record.created));
    put(&mut details, "changeDate", time(record.updated));
    put(&mut details, "resourceOwner", ids::spell(tenant));
    let mut members = Members::new();
    put(&mut members, "details", Value::Object(details));
    members
}

/// Sets a member.
pub(super) fn put(members: &mut Members, name: &str, value: impl Into<Value>) {
    members.insert(name.to_owned(), value.into());
}

#[cfg(test)]
mod tests {
    use base64::engine::GeneralPurpose;
    use base64::prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::super::kinds::KINDS;
    use super::super::wire::{Form, Member, Message, Presence, Rule};
    use super::super::{DIALECT, rules};
    use super::*;
    use crate::dialects::{self, lens::Context};
    use crate::env::SeededEntropy;
    use crate::pki::Timestamp;
    use crate::saml::EncodingStandard;

    /// How a client may spell a message.
    struct Spelling {
        in_snake_case: bool,
        enums_as_numbers: bool,
        base64: GeneralPurpose,
    }

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

    /// A value for a member, as this spelling has it, and as the server writes it.
    fn value(member: &Member, spelling: &Spelling) -> (Value, Value) {
        let same = |value: Value| (value.clone(), value);
        match (member.form, member.rule) {
            (Form::Text, Rule::Exactly(length)) => same("x".repeat(length).into()),
            (Form::Text, _) => same(format!("the {}", member.name).into()),
            (Form::Texts, _) => same(json!([member.name, "another"])),
            (Form::Bool, _) => same(true.into()),
            (Form::Duration, _) => (json!("1.5s"), json!("1.500s")),
            (Form::Bytes, _) => {
                let octets =
                    if member.name == "metadataXml" { METADATA.as_bytes() } else { b"\xfb\xff\xfe\xff" };
                (spelling.base64.encode(octets).into(), BASE64_STANDARD.encode(octets).into())
            }
            (Form::Enum(names), _) => {
                let last = names.len() - 1;
                let sent = if spelling.enums_as_numbers { json!(last) } else { json!(names[last]) };
                (sent, names[last].into())
            }
            (Form::One(message), _) => {
                let (sent, written) = full(message, spelling);
                (sent.into(), written.into())
            }
            (form, _) => panic!("no request has {form:?}"),
        }
    }

    /// A message with all its members, of each oneof with the first.
    fn full(message: &Message, spelling: &Spelling) -> (Members, Members) {
        let (mut sent, mut written, mut oneofs) = (Members::new(), Members::new(), Vec::new());
        for member in message.members {
            if let Presence::Oneof(oneof) | Presence::RequiredOneof(oneof) = member.presence {
                if oneofs.contains(&oneof) {
                    continue;
                }
                oneofs.push(oneof);
            }
            let (as_sent, as_written) = value(member, spelling);
            let name = if spelling.in_snake_case {
                protojson::snake_case(member.name)
            } else {
                member.name.to_owned()
            };
            sent.insert(name, as_sent);
            written.insert(member.name.to_owned(), as_written);
        }
        (sent, written)
    }

    /// What clients read of a record.
    fn read_back(kind: &Kind, record: &IdentityProvider) -> Value {
        let mut said = lens::said(kind, record);
        lens::complete(kind, record, Vec::new(), &mut said).unwrap();
        let idp = json!({"name": record.name, "config": config(kind, said)});
        Value::Object(protojson::write(&answers::GOT, Members::from_iter([("idp".to_owned(), idp)])))
    }

    #[test]
    fn every_member_of_every_kind_is_read_back_however_it_was_spelled() {
        let entropy = SeededEntropy::new([7; 32]);
        let cx = || Context {
            id: Id::from_number(3),
            now: Timestamp::from_unix_seconds(0),
            entropy: &entropy,
            character_sets: &EncodingStandard,
        };
        for kind in KINDS {
            let mut record: Option<IdentityProvider> = None;
            for (message, spelling) in messages_and_spellings(kind) {
                let (sent, mut written) = full(message, spelling);
                let body = Value::Object(sent).to_string();
                let mut read = protojson::read(message, "zitadel.admin.v1", body.as_bytes()).expect(&body);
                assert_eq!(read, written, "{body}");
                rules::check(message, &read).expect(&body);
                put(&mut read, "type", format!("{TYPE}{}", kind.name));
                let new = dialects::put(&DIALECT, cx(), record.as_ref(), read).expect(&body);
                let (name, options) = (written.shift_remove("name"), written.shift_remove("providerOptions"));
                for member in ["id"].into_iter().chain(kind.secret) {
                    written.shift_remove(member);
                }
                let config = json!({"options": options, kind.config: written});
                let expected = json!({"idp": {"name": name, "config": config}});
                assert_eq!(read_back(kind, &new), expected, "{body}");
                record = Some(new);
            }
        }
    }

    fn messages_and_spellings(kind: &Kind) -> impl Iterator<Item = (&Message, &Spelling)> {
        let messages = [kind.add.request, kind.update.request];
        messages.into_iter().flat_map(|message| SPELLINGS.iter().map(move |spelling| (message, spelling)))
    }
}
