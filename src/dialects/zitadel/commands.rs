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

/// A command: its request, the members that must not be blank in the order in which they are looked at, and the
/// error if its provider is not there.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) request: &'static Message,
    pub(super) checks: &'static [(&'static str, Ids)],
    pub(super) not_found: Ids,
}

/// The ids of an error behind their prefixes; one, if it is the same on both surfaces. None: there is no such error.
macro_rules! ids {
    ($both:literal) => {
        ids!($both $both)
    };
    ($instance:literal $organization:literal) => {
        Ids { instance: concat!("INST-", $instance), organization: concat!("ORG-", $organization) }
    };
    () => {
        Ids { instance: "", organization: "" }
    };
}

/// Makes a command of each entry: the name, which is its request's, too, the members with the ids of their errors,
/// and behind the arrow the id of the error that the provider is not there.
macro_rules! commands {
    ($($name:ident: $($member:ident $($id:literal)+),* $(=> $($missing:literal)+)?;)*) => {
        $(
            pub(super) static $name: Command = Command {
                request: &requests::$name,
                checks: &[$((stringify!($member), ids!($($id)+))),*],
                not_found: ids!($($($missing)+)?),
            };
        )*
    };
}

commands! {
    ADD_SAML: name "o07zjotgnd" "957lr0f8u3";
    UPDATE_SAML: id "7o3rq1owpm" "wwdwdlaya0", name "q2s9rak7o9" "egixaofgyl" => "D3r1s" "z82dddndql";
    REGENERATE: id "7de108gqya" "arv4vdrb6c" => "76dbwsv9vm" "4dw21ch9o9";
    DELETE: => "Se3tg";
    ADD_GENERIC_OAUTH: name "D32ef", clientId "Dbgzf", clientSecret "DF4ga", authorizationEndpoint "B23bs",
        tokenEndpoint "D2gj8", userEndpoint "Fb8jk", idAttribute "sdf3f" "sadf3d";
    UPDATE_GENERIC_OAUTH: id "SAffg" "asfsa", name "Sf3gh" "D32ef", clientId "SHJ3ui" "Dbgzf",
        authorizationEndpoint "SVrgh" "B23bs", tokenEndpoint "DJKeio" "D2gj8", userEndpoint "ILSJi" "Fb8jk",
        idAttribute "JKD3h" "SAe4gh" => "D3r1s" "JNsd3";
    ADD_GENERIC_OIDC: name "Sgtj5", issuer "Hz6zj", clientId "fb5jm", clientSecret "Sfdf4";
    UPDATE_GENERIC_OIDC: id "SAfd3", name "Dvf4f", issuer "BDfr3", clientId "Db3bs" => "Dg331";
    ADD_JWT: name "JLKef", issuer "WNJK3", jwtEndpoint "NJKSD", keysEndpoint "NJKE3", headerName "2rlks";
    UPDATE_JWT: id "HUe3q", name "JKLS2", issuer "JKs3f", jwtEndpoint "NJKS2", keysEndpoint "SJk2d",
        headerName "SJK2f" => "Bhju5";
    ADD_AZURE: name "sdf3g", clientId "Fhbr2", clientSecret "Dzh3g";
    UPDATE_AZURE: id "SAgh2", name "fh3h1", clientId "dmitg" => "BHz3q";
    ADD_GITHUB: clientId "Jdsgf", clientSecret "dsgz3";
    UPDATE_GITHUB: id "sdf4h", clientId "fdh5z" => "Dr1gs";
    ADD_GITHUB_ENTERPRISE_SERVER: name "Dg4td", clientId "dgj53", clientSecret "Ghjjs",
        authorizationEndpoint "sani2", tokenEndpoint "agj42", userEndpoint "sd5hn";
    UPDATE_GITHUB_ENTERPRISE_SERVER: id "sdfh3", name "shj42", clientId "sdh73",
        authorizationEndpoint "acx2w", tokenEndpoint "dgj6q", userEndpoint "ybj62" => "GBr42";
    ADD_GITLAB: clientId "adsg2", clientSecret "GD1j2";
    UPDATE_GITLAB: id "HJK91", clientId "D12t6" => "HBReq";
    ADD_GITLAB_SELF_HOSTED: name "jw4ZT", issuer "AST4S", clientId "DBZHJ", clientSecret "SDGJ4";
    UPDATE_GITLAB_SELF_HOSTED: id "SAFG4", name "DG4H", issuer "SD4eb", clientId "GHWE3" => "D2tg1";
    ADD_GOOGLE: clientId "D3fvs", clientSecret "W2vqs";
    UPDATE_GOOGLE: id "S32t1", clientId "ds432" => "D3r1s" "Dqrg1";
    ADD_LDAP: name "SAfdd", baseDn "sv31s", bindDn "sdgf4", bindPassword "AEG2w", userBase "SAD5n",
        servers "SAx905n" "SAy945n", userObjectClasses "S1x905n" "S1x705n", userFilters "aAx905n" "aAx9x1n";
    UPDATE_LDAP: id "Dgdbs", name "Sffgd", baseDn "vb3ss", bindDn "hbere", userBase "DG45z",
        servers "SAx945n" "Sxx945n", userObjectClasses "S1x605n" "S1p605n", userFilters "aAx901n" "aBx901n" => "ASF3F";
    ADD_APPLE: clientId "jkn3w", teamId "Ffg32", keyId "GDjm5", privateKey "GVD4n";
    UPDATE_APPLE: id "FRHBH", clientId "SFm4l", teamId "SG34t", keyId "Gh4z2" => "SG3bh";
}

/// Of migrations, whose providers are missed under ids of the instance wherever they are looked for.
pub(super) static MIGRATE_TO_AZURE: Command = Command {
    request: &requests::MIGRATE,
    checks: &[("name", ids!("sdf3g")), ("clientId", ids!("Fhbr2")), ("clientSecret", ids!("Dzh3g"))],
    not_found: Ids { instance: "INST-Dg29201", organization: "INST-Dg239201" },
};

pub(super) static MIGRATE_TO_GOOGLE: Command = Command {
    request: &requests::MIGRATE,
    checks: &[("clientId", ids!("D3fvs")), ("clientSecret", ids!("W2vqs"))],
    not_found: Ids { instance: "INST-Dg29202", organization: "INST-x09981" },
};

/// The id of the error that an LDAP provider's root certificates are no PEM.
pub(super) const ROOT_CA: &str = "INST-cwqVVdBwKt";
