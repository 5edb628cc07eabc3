//! What ZITADEL's server checks after the rules of the fields, command by command, and the ids of its errors.

use super::wire::{Message, requests};

/// The ids of one error on either surface.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ids {
    /// On the instance.
    pub(super) instance: &'static str,
    /// On an organization.
    pub(super) organization: &'static str,
}

/// The same id, but for the prefix.
macro_rules! both {
    ($id:literal) => {
        Ids { instance: concat!("INST-", $id), organization: concat!("ORG-", $id) }
    };
}

/// A command: its request, the members that must not be blank in the order in which they are looked at, and the
/// error if its provider is not there.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) request: &'static Message,
    pub(super) checks: &'static [(&'static str, Ids)],
    pub(super) not_found: Ids,
}

/// Of commands that need no provider.
const NEVER: Ids = Ids { instance: "", organization: "" };

pub(super) static ADD_SAML: Command = Command {
    request: &requests::ADD_SAML,
    checks: &[("name", Ids { instance: "INST-o07zjotgnd", organization: "ORG-957lr0f8u3" })],
    not_found: NEVER,
};

pub(super) static UPDATE_SAML: Command = Command {
    request: &requests::UPDATE_SAML,
    checks: &[
        ("id", Ids { instance: "INST-7o3rq1owpm", organization: "ORG-wwdwdlaya0" }),
        ("name", Ids { instance: "INST-q2s9rak7o9", organization: "ORG-egixaofgyl" }),
    ],
    not_found: Ids { instance: "INST-D3r1s", organization: "ORG-z82dddndql" },
};

pub(super) static REGENERATE: Command = Command {
    request: &requests::REGENERATE,
    checks: &[("id", Ids { instance: "INST-7de108gqya", organization: "ORG-arv4vdrb6c" })],
    not_found: Ids { instance: "INST-76dbwsv9vm", organization: "ORG-4dw21ch9o9" },
};

pub(super) static DELETE: Command =
    Command { request: &requests::DELETE, checks: &[], not_found: both!("Se3tg") };

/// The id of the error that an LDAP provider's root certificates are no PEM.
pub(super) const ROOT_CA: &str = "INST-cwqVVdBwKt";

pub(super) static ADD_GENERIC_OAUTH: Command = Command {
    request: &requests::ADD_GENERIC_OAUTH,
    checks: &[
        ("name", both!("D32ef")),
        ("clientId", both!("Dbgzf")),
        ("clientSecret", both!("DF4ga")),
        ("authorizationEndpoint", both!("B23bs")),
        ("tokenEndpoint", both!("D2gj8")),
        ("userEndpoint", both!("Fb8jk")),
        ("idAttribute", Ids { instance: "INST-sdf3f", organization: "ORG-sadf3d" }),
    ],
    not_found: NEVER,
};

pub(super) static UPDATE_GENERIC_OAUTH: Command = Command {
    request: &requests::UPDATE_GENERIC_OAUTH,
    checks: &[
        ("id", Ids { instance: "INST-SAffg", organization: "ORG-asfsa" }),
        ("name", Ids { instance: "INST-Sf3gh", organization: "ORG-D32ef" }),
        ("clientId", Ids { instance: "INST-SHJ3ui", organization: "ORG-Dbgzf" }),
        ("authorizationEndpoint", Ids { instance: "INST-SVrgh", organization: "ORG-B23bs" }),
        ("tokenEndpoint", Ids { instance: "INST-DJKeio", organization: "ORG-D2gj8" }),
        ("userEndpoint", Ids { instance: "INST-ILSJi", organization: "ORG-Fb8jk" }),
        ("idAttribute", Ids { instance: "INST-JKD3h", organization: "ORG-SAe4gh" }),
    ],
    not_found: Ids { instance: "INST-D3r1s", organization: "ORG-JNsd3" },
};

pub(super) static ADD_GENERIC_OIDC: Command = Command {
    request: &requests::ADD_GENERIC_OIDC,
    checks: &[
        ("name", both!("Sgtj5")),
        ("issuer", both!("Hz6zj")),
        ("clientId", both!("fb5jm")),
        ("clientSecret", both!("Sfdf4")),
    ],
    not_found: NEVER,
};

pub(super) static UPDATE_GENERIC_OIDC: Command = Command {
    request: &requests::UPDATE_GENERIC_OIDC,
    checks: &[
        ("id", both!("SAfd3")),
        ("name", both!("Dvf4f")),
        ("issuer", both!("BDfr3")),
        ("clientId", both!("Db3bs")),
    ],
    not_found: both!("Dg331"),
};

pub(super) static MIGRATE_TO_AZURE: Command = Command {
    request: &requests::MIGRATE,
    checks: &[("name", both!("sdf3g")), ("clientId", both!("Fhbr2")), ("clientSecret", both!("Dzh3g"))],
    not_found: Ids { instance: "INST-Dg29201", organization: "INST-Dg239201" },
};

pub(super) static MIGRATE_TO_GOOGLE: Command = Command {
    request: &requests::MIGRATE,
    checks: &[("clientId", both!("D3fvs")), ("clientSecret", both!("W2vqs"))],
    not_found: Ids { instance: "INST-Dg29202", organization: "INST-x09981" },
};

pub(super) static ADD_JWT: Command = Command {
    request: &requests::ADD_JWT,
    checks: &[
        ("name", both!("JLKef")),
        ("issuer", both!("WNJK3")),
        ("jwtEndpoint", both!("NJKSD")),
        ("keysEndpoint", both!("NJKE3")),
        ("headerName", both!("2rlks")),
    ],
    not_found: NEVER,
};

pub(super) static UPDATE_JWT: Command = Command {
    request: &requests::UPDATE_JWT,
    checks: &[
        ("id", both!("HUe3q")),
        ("name", both!("JKLS2")),
        ("issuer", both!("JKs3f")),
        ("jwtEndpoint", both!("NJKS2")),
        ("keysEndpoint", both!("SJk2d")),
        ("headerName", both!("SJK2f")),
    ],
    not_found: both!("Bhju5"),
};

pub(super) static ADD_AZURE: Command = Command {
    request: &requests::ADD_AZURE,
    checks: &[("name", both!("sdf3g")), ("clientId", both!("Fhbr2")), ("clientSecret", both!("Dzh3g"))],
    not_found: NEVER,
};

pub(super) static UPDATE_AZURE: Command = Command {
    request: &requests::UPDATE_AZURE,
    checks: &[("id", both!("SAgh2")), ("name", both!("fh3h1")), ("clientId", both!("dmitg"))],
    not_found: both!("BHz3q"),
};

pub(super) static ADD_GITHUB: Command = Command {
    request: &requests::ADD_GITHUB,
    checks: &[("clientId", both!("Jdsgf")), ("clientSecret", both!("dsgz3"))],
    not_found: NEVER,
};

pub(super) static UPDATE_GITHUB: Command = Command {
    request: &requests::UPDATE_GITHUB,
    checks: &[("id", both!("sdf4h")), ("clientId", both!("fdh5z"))],
    not_found: both!("Dr1gs"),
};

pub(super) static ADD_GITHUB_ENTERPRISE_SERVER: Command = Command {
    request: &requests::ADD_GITHUB_ENTERPRISE_SERVER,
    checks: &[
        ("name", both!("Dg4td")),
        ("clientId", both!("dgj53")),
        ("clientSecret", both!("Ghjjs")),
        ("authorizationEndpoint", both!("sani2")),
        ("tokenEndpoint", both!("agj42")),
        ("userEndpoint", both!("sd5hn")),
    ],
    not_found: NEVER,
};

pub(super) static UPDATE_GITHUB_ENTERPRISE_SERVER: Command = Command {
    request: &requests::UPDATE_GITHUB_ENTERPRISE_SERVER,
    checks: &[
        ("id", both!("sdfh3")),
        ("name", both!("shj42")),
        ("clientId", both!("sdh73")),
        ("authorizationEndpoint", both!("acx2w")),
        ("tokenEndpoint", both!("dgj6q")),
        ("userEndpoint", both!("ybj62")),
    ],
    not_found: both!("GBr42"),
};

pub(super) static ADD_GITLAB: Command = Command {
    request: &requests::ADD_GITLAB,
    checks: &[("clientId", both!("adsg2")), ("clientSecret", both!("GD1j2"))],
    not_found: NEVER,
};

pub(super) static UPDATE_GITLAB: Command = Command {
    request: &requests::UPDATE_GITLAB,
    checks: &[("id", both!("HJK91")), ("clientId", both!("D12t6"))],
    not_found: both!("HBReq"),
};

pub(super) static ADD_GITLAB_SELF_HOSTED: Command = Command {
    request: &requests::ADD_GITLAB_SELF_HOSTED,
    checks: &[
        ("name", both!("jw4ZT")),
        ("issuer", both!("AST4S")),
        ("clientId", both!("DBZHJ")),
        ("clientSecret", both!("SDGJ4")),
    ],
    not_found: NEVER,
};

pub(super) static UPDATE_GITLAB_SELF_HOSTED: Command = Command {
    request: &requests::UPDATE_GITLAB_SELF_HOSTED,
    checks: &[
        ("id", both!("SAFG4")),
        ("name", both!("DG4H")),
        ("issuer", both!("SD4eb")),
        ("clientId", both!("GHWE3")),
    ],
    not_found: both!("D2tg1"),
};

pub(super) static ADD_GOOGLE: Command = Command {
    request: &requests::ADD_GOOGLE,
    checks: &[("clientId", both!("D3fvs")), ("clientSecret", both!("W2vqs"))],
    not_found: NEVER,
};

pub(super) static UPDATE_GOOGLE: Command = Command {
    request: &requests::UPDATE_GOOGLE,
    checks: &[("id", both!("S32t1")), ("clientId", both!("ds432"))],
    not_found: Ids { instance: "INST-D3r1s", organization: "ORG-Dqrg1" },
};

pub(super) static ADD_LDAP: Command = Command {
    request: &requests::ADD_LDAP,
    checks: &[
        ("name", both!("SAfdd")),
        ("baseDn", both!("sv31s")),
        ("bindDn", both!("sdgf4")),
        ("bindPassword", both!("AEG2w")),
        ("userBase", both!("SAD5n")),
        ("servers", Ids { instance: "INST-SAx905n", organization: "ORG-SAy945n" }),
        ("userObjectClasses", Ids { instance: "INST-S1x905n", organization: "ORG-S1x705n" }),
        ("userFilters", Ids { instance: "INST-aAx905n", organization: "ORG-aAx9x1n" }),
    ],
    not_found: NEVER,
};

pub(super) static UPDATE_LDAP: Command = Command {
    request: &requests::UPDATE_LDAP,
    checks: &[
        ("id", both!("Dgdbs")),
        ("name", both!("Sffgd")),
        ("baseDn", both!("vb3ss")),
        ("bindDn", both!("hbere")),
        ("userBase", both!("DG45z")),
        ("servers", Ids { instance: "INST-SAx945n", organization: "ORG-Sxx945n" }),
        ("userObjectClasses", Ids { instance: "INST-S1x605n", organization: "ORG-S1p605n" }),
        ("userFilters", Ids { instance: "INST-aAx901n", organization: "ORG-aBx901n" }),
    ],
    not_found: both!("ASF3F"),
};

pub(super) static ADD_APPLE: Command = Command {
    request: &requests::ADD_APPLE,
    checks: &[
        ("clientId", both!("jkn3w")),
        ("teamId", both!("Ffg32")),
        ("keyId", both!("GDjm5")),
        ("privateKey", both!("GVD4n")),
    ],
    not_found: NEVER,
};

pub(super) static UPDATE_APPLE: Command = Command {
    request: &requests::UPDATE_APPLE,
    checks: &[
        ("id", both!("FRHBH")),
        ("clientId", both!("SFm4l")),
        ("teamId", both!("SG34t")),
        ("keyId", both!("Gh4z2")),
    ],
    not_found: both!("SG3bh"),
};
