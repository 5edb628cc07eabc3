//! Commands as data: what each checks, and the ids of its errors.

/// The ids of one error on either surface.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ids {
    /// On the instance.
    pub(crate) instance: &'static str,
    /// On an organization.
    pub(crate) organization: &'static str,
}

/// A command: the members that must not be blank in the order in which they are looked at, with the ids and the text of the
/// error if they are, and the error if its provider is not there.
pub(crate) struct Command {
    pub(crate) checks: &'static [(&'static str, Ids, &'static str)],
    /// There is none if it needs no provider.
    pub(crate) not_found: Ids,
    /// The text on an organization.
    pub(crate) not_existing: &'static str,
}

/// The text for an organization whose provider is not there.
pub(crate) const OF_ORGANIZATION: &str = "Errors.Org.IDPConfig.NotExisting";

/// The ids of an error behind their prefixes; one, if it is the same on both surfaces.
macro_rules! ids {
    ($both:literal) => {
        ids!($both $both)
    };
    ($instance:literal $organization:literal) => {
        Ids {
            instance: concat!("INST-", $instance),
            organization: concat!("ORG-", $organization),
        }
    };
    () => {
        Ids { instance: "", organization: "" }
    };
}
pub(crate) use ids;

/// A command: its members with the ids of their errors, each with the text if it is not the usual one; and behind the arrow
/// the same for the error that the provider is not there.
macro_rules! command {
    ($($member:ident $($id:literal)+ $(= $text:literal)?),* $(=> $($missing:literal)+ $(= $not_existing:expr)?)?) => {
        Command {
            checks: &[$((fields::$member.key(), ids!($($id)+), first!($($text,)? INVALID))),*],
            not_found: ids!($($($missing)+)?),
            not_existing: first!($($($not_existing,)?)? OF_ORGANIZATION),
        }
    };
}
pub(crate) use command;

/// The first of one or two expressions.
macro_rules! first {
    ($first:expr $(, $second:expr)?) => {
        $first
    };
}
pub(crate) use first;
