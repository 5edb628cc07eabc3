//! The messages about users, what links them to providers, and logins that begin at a provider.

use super::fields::ID;
use super::older::IDP_ID;
use super::queries::RANGE;
use crate::dialects::protojson::{
    Field, Fields, Message, Names, bytes, choice, flag, message, messages, text,
};

/// The package that the messages of version 2 share.
const USERS: &str = "zitadel.user.v2";

pub(crate) const USER_ID: Field = text("userId", 1, 200);
/// The provider's name for a user.
pub(crate) const LINKED_USER_ID: Field = text("linkedUserId", 1, 200);
pub(crate) const USER_NAME: Field = text("userName", 1, 200);

const BY_LINK: &[&dyn Fields] = &[&USER_ID, &IDP_ID, &LINKED_USER_ID];

// Links

/// What links a user to a provider.
pub(crate) const LINK: Field = message("idpLink", &LINK_MESSAGE);
const LINK_MESSAGE: Message = Message::of("IDPLink", &[&IDP_ID, &USER_ID, &USER_NAME]).of_package(USERS);
pub(crate) static ADD_LINK: Message = Message::of("AddIDPLinkRequest", &[&USER_ID, &LINK]);
pub(crate) static LIST_LINKS: Message = Message::of("ListIDPLinksRequest", &[&USER_ID, &RANGE]);
pub(crate) static REMOVE_LINK: Message = Message::of("RemoveIDPLinkRequest", BY_LINK);

pub(crate) static LIST_HUMAN: Message = Message::of("ListHumanLinkedIDPsRequest", &[&USER_ID, &RANGE]);
pub(crate) static REMOVE_HUMAN: Message = Message::of("RemoveHumanLinkedIDPRequest", BY_LINK);

pub(crate) static GET_MINE: Message = Message::of("GetMyUserRequest", &[]);
pub(crate) static LIST_MINE: Message = Message::of("ListMyLinkedIDPsRequest", &[&RANGE]);
pub(crate) static REMOVE_MINE: Message = Message::of("RemoveMyLinkedIDPRequest", &[&IDP_ID, &LINKED_USER_ID]);

/// The same in version 3.
pub(crate) const AUTHENTICATOR: Field = message("authenticator", &AUTHENTICATOR_MESSAGE);
const AUTHENTICATOR_MESSAGE: Message = Message::of("IDPAuthenticator", &[&IDP_ID, &USER_ID, &USER_NAME]);
pub(crate) static ADD_AUTHENTICATOR: Message =
    Message::of("AddIDPAuthenticatorRequest", &[&ID, &AUTHENTICATOR]);
pub(crate) static REMOVE_AUTHENTICATOR: Message =
    Message::of("RemoveIDPAuthenticatorRequest", &[&ID, &IDP_ID]);

// Users

pub(crate) const USERNAME: Field = text("username", 1, 200).optional();
pub(crate) const ORGANIZATION: Field = message("organization", &ORGANIZATION_MESSAGE);
pub(crate) const DOMAIN: Field = text("orgDomain", 0, usize::MAX).oneof("org");
pub(crate) const PROFILE: Field = message("profile", &PROFILE_MESSAGE).required();
pub(crate) const GIVEN_NAME: Field = text("givenName", 1, 200);
pub(crate) const FAMILY_NAME: Field = text("familyName", 1, 200);
pub(crate) const NICK_NAME: Field = text("nickName", 0, 200).optional();
pub(crate) const DISPLAY_NAME: Field = text("displayName", 0, 200).optional();
pub(crate) const LANGUAGE: Field = text("preferredLanguage", 0, 10).optional();
pub(crate) const GENDER: Field = choice("gender", GENDERS).optional();
pub(crate) const EMAIL: Field = message(ADDRESS.name, &EMAIL_MESSAGE).required();
/// The member of that message.
pub(crate) const ADDRESS: Field = text("email", 1, 200).checked(no_address);
pub(crate) const IS_VERIFIED: Field = flag("isVerified").oneof("verification");
pub(crate) const PHONE: Field = message(NUMBER.name, &PHONE_MESSAGE);
/// The member of that message.
const NUMBER: Field = text("phone", 0, 200);
pub(crate) const LINKS: Field = messages("idpLinks", &LINK_MESSAGE);

pub(crate) static ADD_HUMAN: Message = Message::of(
    "AddHumanUserRequest",
    &[
        &USER_ID.optional(),
        &USERNAME,
        &PROFILE,
        &EMAIL,
        &messages("metadata", &METADATA),
        &message("password", &PASSWORD).oneof("password_type"),
        &message("hashedPassword", &HASH).oneof("password_type"),
        &LINKS,
        &PHONE,
        &ORGANIZATION,
        &text("totpSecret", 1, 200).optional().secret(),
    ],
);
pub(crate) static GET_USER: Message = Message::of("GetUserByIDRequest", &[&USER_ID]);
pub(crate) static DELETE_USER: Message = Message::of("DeleteUserRequest", &[&USER_ID]);

const ORGANIZATION_MESSAGE: Message =
    Message::of("Organization", &[&super::logins::ORGANIZATION.oneof("org"), &DOMAIN])
        .of_package("zitadel.object.v2");
const PROFILE_MESSAGE: Message = Message::of(
    "SetHumanProfile",
    &[&GIVEN_NAME, &FAMILY_NAME, &NICK_NAME, &DISPLAY_NAME, &LANGUAGE, &GENDER],
)
.of_package(USERS);
const EMAIL_MESSAGE: Message =
    Message::of("SetHumanEmail", &[&ADDRESS, &SEND_CODE, &RETURN_CODE, &IS_VERIFIED]).of_package(USERS);
const PHONE_MESSAGE: Message =
    Message::of("SetHumanPhone", &[&NUMBER, &SEND_CODE, &RETURN_CODE, &IS_VERIFIED.required()])
        .of_package(USERS);
const SEND_CODE: Field = message("sendCode", &CODE).oneof("verification");
const RETURN_CODE: Field = message("returnCode", &CODE).oneof("verification");
const CODE: Message =
    Message::of("SendEmailVerificationCode", &[&text("urlTemplate", 1, 200).optional()]).of_package(USERS);
const METADATA: Message =
    Message::of("SetMetadataEntry", &[&text("key", 1, 200), &bytes("value", 1, 500_000)]).of_package(USERS);
const PASSWORD: Message =
    Message::of("Password", &[&text("password", 1, 200).secret(), &CHANGE_REQUIRED]).of_package(USERS);
const HASH: Message =
    Message::of("HashedPassword", &[&text("hash", 1, 200).secret(), &CHANGE_REQUIRED]).of_package(USERS);
const CHANGE_REQUIRED: Field = flag("changeRequired");

const GENDERS: Names = &[
    ("GENDER_UNSPECIFIED", ""),
    ("GENDER_FEMALE", "female"),
    ("GENDER_MALE", "male"),
    ("GENDER_DIVERSE", "diverse"),
];

/// What is wrong with an address of e-mail, in the words of Go's `net/mail` where it has no `@`.
fn no_address(text: &str) -> Option<String> {
    let words = "value must be a valid email address | caused by: mail: ";
    match text.rsplit_once('@') {
        None => Some(format!("{words}missing '@' or angle-addr")),
        Some(("", _) | (_, "")) => Some(format!("{words}no angle-addr")),
        Some(_) => text.contains([' ', '<', '>', '\n']).then(|| format!("{words}expected single address")),
    }
}

// Logins

/// Where a login ends.
pub(crate) const URLS: Field = message("urls", &URLS_MESSAGE).oneof("content");
pub(crate) const LDAP: Field = message("ldap", &LDAP_MESSAGE).oneof("content");
pub(crate) const LOGIN_HINT: Field = text("loginHint", 0, 200);
pub(crate) const INTENT_TOKEN: Field = text("idpIntentToken", 1, 200);

const INTENT: &[&dyn Fields] = &[&text("idpIntentId", 1, 200), &INTENT_TOKEN];
const URLS_MESSAGE: Message = Message::of(
    "RedirectURLs",
    &[
        &text("successUrl", 1, 2048).checked(no_reference),
        &text("failureUrl", 1, 2048).checked(no_reference),
        &LOGIN_HINT,
    ],
);
const LDAP_MESSAGE: Message =
    Message::of("LDAPCredentials", &[&USERNAME_OF_LDAP, &text("password", 1, 200).secret()]);
const USERNAME_OF_LDAP: Field = text(USERNAME.name, 1, 200).checked(no_reference);

pub(crate) static START: Message =
    Message::of("StartIdentityProviderIntentRequest", &[&IDP_ID, &URLS, &LDAP]);
pub(crate) static RETRIEVE: Message = Message::of("RetrieveIdentityProviderIntentRequest", INTENT);
pub(crate) static GET_INTENT: Message = Message::of("GetIdentityProviderIntentRequest", INTENT);

/// What is wrong with a reference (RFC 3986, section 4.1), in the words of Go's `net/url`.
fn no_reference(text: &str) -> Option<String> {
    let is_escape =
        |rest: &str| rest.as_bytes().get(..2).is_some_and(|two| two.iter().all(u8::is_ascii_hexdigit));
    let broken = text.split('%').skip(1).find(|rest| !is_escape(rest));
    let words = if text.chars().any(char::is_control) {
        "net/url: invalid control character in URL".to_owned()
    } else if let Some(rest) = broken {
        format!("invalid URL escape {:?}", format!("%{}", rest.chars().take(2).collect::<String>()))
    } else if text.starts_with(':') {
        "missing protocol scheme".to_owned()
    } else {
        return None;
    };
    Some(format!("value must be a valid URI | caused by: parse {text:?}: {words}"))
}

/// The messages about health.
pub(crate) static HEALTHZ: Message = Message::of("HealthzRequest", &[]);
