//! The operations on anything else than templates, with the message that each takes.

use super::documents::users::HEALTHZ;
use super::documents::{logins as l, older as o, users as u};
use super::owners::Surface::{self, Admin, Auth, Management, V2, V2Beta, V3Alpha};
use super::requested::Requested;
use super::{health, intents, links, logins, older, users};
use crate::dialects::protojson::Message;
use crate::error::Result;
use crate::http::{Call, Response};

/// An operation on anything else than templates.
pub(super) struct Further {
    pub(super) surface: Surface,
    /// Its name is that of the operation and `Request`.
    pub(super) request: &'static Message,
    pub(super) run: fn(&Call<'_>, &Requested) -> Result<Response>,
}

macro_rules! further {
    ($($surface:ident $request:expr => $run:path;)*) => {
        &[$(Further { surface: $surface, request: &$request, run: $run }),*]
    };
}

pub(super) static ALL: &[Further] = further! {
    Admin HEALTHZ => health::check;
    Management HEALTHZ => health::check;
    Auth HEALTHZ => health::check;

    Admin o::ADMIN.get => older::get;
    Admin o::ADMIN.list => older::list;
    Admin o::ADMIN.add_oidc => older::add_oidc;
    Admin o::ADMIN.add_jwt => older::add_jwt;
    Admin o::ADMIN.update => older::update;
    Admin o::ADMIN.update_oidc => older::update_oidc;
    Admin o::ADMIN.update_jwt => older::update_jwt;
    Admin o::ADMIN.deactivate => older::deactivate;
    Admin o::ADMIN.reactivate => older::reactivate;
    Admin o::ADMIN.remove => older::remove;
    Management o::MANAGEMENT.get => older::get;
    Management o::MANAGEMENT.list => older::list;
    Management o::MANAGEMENT.add_oidc => older::add_oidc;
    Management o::MANAGEMENT.add_jwt => older::add_jwt;
    Management o::MANAGEMENT.update => older::update;
    Management o::MANAGEMENT.update_oidc => older::update_oidc;
    Management o::MANAGEMENT.update_jwt => older::update_jwt;
    Management o::MANAGEMENT.deactivate => older::deactivate;
    Management o::MANAGEMENT.reactivate => older::reactivate;
    Management o::MANAGEMENT.remove => older::remove;

    Admin l::GET => logins::get;
    Admin l::LIST => logins::list;
    Admin l::ADD => logins::add;
    Admin l::REMOVE => logins::remove;
    Management l::GET => logins::get;
    Management l::LIST => logins::list;
    Management l::ADD_OF_ORGANIZATION => logins::add;
    Management l::REMOVE => logins::remove;
    Management l::ADD_POLICY => logins::add_policy;
    Management l::RESET => logins::reset;
    V2 l::ACTIVE => logins::active;
    V2Beta l::ACTIVE_BETA => logins::active;

    V2 u::ADD_HUMAN => users::add;
    V2 u::GET_USER => users::get;
    V2 u::DELETE_USER => users::delete;
    Auth u::GET_MINE => users::get_mine;

    V2 u::ADD_LINK => links::add;
    V2Beta u::ADD_LINK => links::add;
    V2 u::LIST_LINKS => links::list;
    V2 u::REMOVE_LINK => links::remove;
    V3Alpha u::ADD_AUTHENTICATOR => links::add_authenticator;
    V3Alpha u::REMOVE_AUTHENTICATOR => links::remove_authenticator;
    Management u::LIST_HUMAN => links::list_human;
    Management u::REMOVE_HUMAN => links::remove;
    Auth u::LIST_MINE => links::list_mine;
    Auth u::REMOVE_MINE => links::remove_mine;

    V2 u::START => intents::start;
    V2Beta u::START => intents::start;
    V3Alpha u::START => intents::start;
    V2 u::RETRIEVE => intents::retrieve;
    V2Beta u::RETRIEVE => intents::retrieve;
    V3Alpha u::GET_INTENT => intents::retrieve;
};
