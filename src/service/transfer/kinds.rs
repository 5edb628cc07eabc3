//! The kinds of records that a document lists.

use super::form::Form;
use crate::engine::keyspace::tag;
use crate::engine::records::Record;
use crate::model::{Application, Id, IdentityProvider, Key, Link, Tenant, User, VendorRecord};
use crate::pki::Timestamp;

/// A kind of record.
pub(super) trait Kind {
    /// The record.
    type Record: Record + Clone;
    /// The member of a document that lists them.
    const LIST: &'static str;
    /// What one is called.
    const NOUN: &'static str;
    /// The table in which they are stored.
    const TABLE: u8;
    /// How they are spelled.
    const FORM: Form;

    /// The id under which a change is logged.
    fn subject(record: &Self::Record) -> Id;

    /// What a reader knows it by.
    fn title(record: &Self::Record) -> String;

    /// Marks it as written now.
    fn touch(record: &mut Self::Record, now: Timestamp);
}

/// Members that most records have.
const RECORD: Form = Form { ids: &["/id"], references: &[], times: &["/created", "/updated"] };

/// The members of keys.
const KEY: Form = Form { ids: &["/id", "/request/owner"], ..RECORD };

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident: $record:ty, $list:literal, $noun:literal, $table:ident, $form:expr, $id:ident, $title:expr;)+) => {$(
        $(#[$doc])*
        pub(super) struct $kind;

        impl Kind for $kind {
            type Record = $record;
            const LIST: &'static str = $list;
            const NOUN: &'static str = $noun;
            const TABLE: u8 = tag::$table;
            const FORM: Form = $form;

            fn subject(record: &$record) -> Id {
                record.$id
            }

            fn title(record: &$record) -> String {
                let title: fn(&$record) -> String = $title;
                title(record)
            }

            fn touch(record: &mut $record, now: Timestamp) {
                record.updated = now;
            }
        }
    )+};
}

kinds! {
    /// Tenants.
    Tenants: Tenant, "tenants", "tenant", TENANT, RECORD, id, |tenant| tenant.name.clone();
    /// Identity providers.
    Providers: IdentityProvider, "providers", "provider", PROVIDER,
        Form { times: &["/created", "/updated", "/source/read", "/trust_ends/*"], ..RECORD }, id, |provider| provider.name.clone();
    /// Applications.
    Applications: Application, "applications", "application", APPLICATION, RECORD, id, |it| it.name.clone();
    /// Users.
    Users: User, "users", "user", USER, Form { times: &["/created", "/updated", "/activated"], ..RECORD }, id,
        |user| user.login.clone();
    /// Partners' certificates.
    TrustedKeys: Key, "trusted_keys", "trusted key", TRUSTED_KEY, KEY, id, |key| key.kid.clone();
    /// Our own keys.
    SigningKeys: Key, "signing_keys", "signing key", SIGNING_KEY, KEY, id, |key| key.kid.clone();
    /// Users at providers.
    Links: Link, "links", "link", LINK, Form { ids: &[], references: &["/provider", "/user"], ..RECORD }, provider,
        |link| link.external_id.clone();
    /// What only one vendor's API has.
    VendorRecords: VendorRecord, "vendor_records", "vendor record", VENDOR_RECORD,
        Form { ids: &["/id", "/owners/*"], ..RECORD }, id, |it| it.name.clone();
}
