//! The messages about logins: their policies with the providers that they offer, and what is read of these.

use super::fields;
use super::older::IDP_ID;
use super::queries::{OWNER_TYPE, RANGE};
use crate::dialects::protojson::{
    Field, Fields, Message, Names, choice, choices, duration, flag, message, messages, text,
};

/// The owner of a provider, which must be named.
pub(crate) const OWNER: Field = OWNER_TYPE.chosen();

const LINK: &[&dyn Fields] = &[&IDP_ID, &OWNER];

pub(crate) static GET: Message = Message::of("GetLoginPolicyRequest", &[]);
pub(crate) static LIST: Message = Message::of("ListLoginPolicyIDPsRequest", &[&RANGE]);
pub(crate) static ADD: Message = Message::of("AddIDPToLoginPolicyRequest", &[&IDP_ID]);
pub(crate) static ADD_OF_ORGANIZATION: Message = Message::of("AddIDPToLoginPolicyRequest", LINK);
pub(crate) static REMOVE: Message = Message::of("RemoveIDPFromLoginPolicyRequest", &[&IDP_ID]);
pub(crate) static RESET: Message = Message::of("ResetLoginPolicyToDefaultRequest", &[]);

/// The providers that are linked to a new policy.
pub(crate) const IDPS: Field = messages("idps", &IDP);
const IDP: Message = Message::of("IDP", LINK);

/// Whether people may sign in at other providers.
pub(crate) const EXTERNAL_IDPS: Field = flag("allowExternalIdp");

pub(crate) static ADD_POLICY: Message = Message::of(
    "AddCustomLoginPolicyRequest",
    &[
        &flag("allowUsernamePassword"),
        &flag("allowRegister"),
        &EXTERNAL_IDPS,
        &flag("forceMfa"),
        &choice("passwordlessType", PASSWORDLESS).defined(),
        &flag("hidePasswordReset"),
        &flag("ignoreUnknownUsernames"),
        &text("defaultRedirectUri", 0, usize::MAX),
        &duration("passwordCheckLifetime"),
        &duration("externalLoginCheckLifetime"),
        &duration("mfaInitSkipLifetime"),
        &duration("secondFactorCheckLifetime"),
        &duration("multiFactorCheckLifetime"),
        &choices("secondFactors", SECOND_FACTORS),
        &choices("multiFactors", MULTI_FACTORS),
        &IDPS,
        &flag("allowDomainDiscovery"),
        &flag("disableLoginWithEmail"),
        &flag("disableLoginWithPhone"),
        &flag("forceMfaLocalOnly"),
    ],
);

const PASSWORDLESS: Names =
    &[("PASSWORDLESS_TYPE_NOT_ALLOWED", ""), ("PASSWORDLESS_TYPE_ALLOWED", "allowed")];
const SECOND_FACTORS: Names = &[
    ("SECOND_FACTOR_TYPE_UNSPECIFIED", ""),
    ("SECOND_FACTOR_TYPE_OTP", "otp"),
    ("SECOND_FACTOR_TYPE_U2F", "u2f"),
    ("SECOND_FACTOR_TYPE_OTP_EMAIL", "email"),
    ("SECOND_FACTOR_TYPE_OTP_SMS", "sms"),
    ("SECOND_FACTOR_TYPE_RECOVERY_CODES", "recovery codes"),
];
const MULTI_FACTORS: Names =
    &[("MULTI_FACTOR_TYPE_UNSPECIFIED", ""), ("MULTI_FACTOR_TYPE_U2F_WITH_VERIFICATION", "u2f")];

/// Whose policy is read.
pub(crate) const CONTEXT: Field = message("ctx", &CONTEXT_MESSAGE);
pub(crate) const ORGANIZATION: Field = text("orgId", 0, usize::MAX).oneof("resource_owner");
pub(crate) const INSTANCE: Field = flag("instance").required().oneof("resource_owner");
const CONTEXT_MESSAGE: Message =
    Message::of("RequestContext", &[&ORGANIZATION, &INSTANCE]).of_package("zitadel.object.v2");

/// What the providers that are read must allow.
pub(crate) const CREATION: Field = flag("creationAllowed").optional();
pub(crate) const LINKING: Field = flag("linkingAllowed").optional();
pub(crate) const AUTO_CREATION: Field = flag("autoCreation").optional();
pub(crate) const AUTO_LINKING: Field = flag(fields::AUTO_LINKING.key()).optional();

pub(crate) static ACTIVE: Message = Message::of(
    "GetActiveIdentityProvidersRequest",
    &[&CONTEXT, &CREATION, &LINKING, &AUTO_CREATION, &AUTO_LINKING],
);
pub(crate) static ACTIVE_BETA: Message = Message::of("GetActiveIdentityProvidersRequest", &[&CONTEXT]);
