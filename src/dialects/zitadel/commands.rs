//! What ZITADEL's server checks after the rules of the fields, command by command.

use serde_json::Value;

use super::documents::commands::{Command, Ids, OF_ORGANIZATION, command, first, ids};
use super::documents::fields::{self, ORGANIZATION_DOMAIN, ORGANIZATION_ID, ROLES, ROOT_CA};
use super::failure::{Failure, INVALID, NOT_EXISTING};
use super::owners::Surface;
use crate::dialects::lens::Members;
use crate::dialects::protojson::bytes_of;
use crate::error::{Error, Reason, Result, Violation, pointer};

pub(super) static REGENERATE: Command = command!(ID "7de108gqya" "arv4vdrb6c" => "76dbwsv9vm" "4dw21ch9o9");

pub(super) static DELETE: Command = command!(=> "Se3tg");

/// Of migrations, whose providers are missed under ids of the instance wherever they are looked for.
pub(super) static MIGRATE_TO_AZURE: Command = Command {
    not_found: Ids { instance: "INST-Dg29201", organization: "INST-Dg239201" },
    not_existing: "Errors.Instance.IDPConfig.NotExisting",
    ..command!(NAME "sdf3g", CLIENT_ID "Fhbr2", CLIENT_SECRET "Dzh3g")
};

pub(super) static MIGRATE_TO_GOOGLE: Command = Command {
    not_found: Ids { instance: "INST-Dg29202", organization: "INST-x09981" },
    not_existing: "Errors.Instance.IDPConfig.NotExisting",
    ..command!(CLIENT_ID "D3fvs", CLIENT_SECRET "W2vqs")
};

/// What is checked of each role on the instance, whatever the command is.
const ROLE: [(&str, Ids); 2] =
    [(ORGANIZATION_ID.name, ids!("9uEJaM" "M0QmjB")), (ORGANIZATION_DOMAIN.name, ids!("y4Ib4D" "HAELEz"))];

impl Command {
    /// Trims the arguments that must not be blank, and refuses the first that is.
    pub(super) fn check(&self, members: &mut Members) -> Result<()> {
        for (member, ..) in self.checks {
            match members.get_mut(*member) {
                Some(Value::String(text)) => *text = text.trim().to_owned(),
                Some(Value::Array(elements)) if !elements.is_empty() => continue,
                _ => {}
            }
            if members.get(*member).and_then(Value::as_str).unwrap_or_default().is_empty() {
                return Err(Error::invalid(pointer::of([member]), Reason::Missing));
            }
        }
        let roles = members.get_mut(ROLES.key()).and_then(Value::as_array_mut);
        for role in roles.into_iter().flatten() {
            for (name, _) in ROLE {
                let trimmed = role.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned();
                if trimmed.is_empty() {
                    return Err(Error::invalid(pointer::of([ROLES.key(), name]), Reason::Missing));
                }
                if let Some(role) = role.as_object_mut() {
                    role.insert(name.to_owned(), trimmed.into());
                }
            }
        }
        let root_ca = members.get(ROOT_CA.key()).map(bytes_of).unwrap_or_default();
        if !root_ca.is_empty() && !is_pem(&root_ca) {
            return Err(Error::invalid(pointer::of([ROOT_CA.key()]), Reason::UnreadableCertificate));
        }
        Ok(())
    }

    /// Whether a member must not be blank.
    pub(super) fn requires(&self, member: &str) -> bool {
        self.checks.iter().any(|(checked, ..)| *checked == member)
    }

    /// How ZITADEL words what [`check`](Self::check) finds.
    pub(super) fn refusal(&self, surface: Surface, violation: &Violation) -> Option<Failure> {
        let member = violation.pointer.rsplit('/').next();
        match violation.reason {
            Reason::Missing => {
                let of_roles = ROLE.iter().map(|(name, ids)| (*name, *ids, INVALID));
                let mut checks = self.checks.iter().copied().chain(of_roles);
                let check = checks.find(|(checked, ..)| Some(*checked) == member);
                check.map(|(_, ids, text)| Failure::invalid(text, surface.id(ids)))
            }
            Reason::UnreadableCertificate => Some(Failure::invalid(INVALID, "INST-cwqVVdBwKt")),
            _ => None,
        }
    }

    /// The error that the provider is not there.
    pub(super) fn missing(&self, surface: Surface) -> Failure {
        let text = match surface {
            Surface::Management => self.not_existing,
            _ => NOT_EXISTING,
        };
        Failure::not_found(text, surface.id(self.not_found))
    }
}

/// Whether there is a block with a begin and an end.
fn is_pem(text: &[u8]) -> bool {
    let text = String::from_utf8_lossy(text);
    text.split_once("-----BEGIN ").is_some_and(|(_, rest)| rest.contains("-----END "))
}
