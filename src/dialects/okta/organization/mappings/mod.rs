//! Calls about profile mappings: how members of a profile become those of another. Each identity provider and each application
//! has one to the users and one back. They are made of it, and only what a client has changed of them is kept. May import what the folder above may.

mod defaults;

use http::StatusCode;
use serde_json::{Map, Value, json};

use super::{org, schema, unknown};
use crate::dialects::if_there;
use crate::dialects::kinds::ProviderKind as _;
use crate::dialects::lens::Members;
use crate::dialects::okta::applications::{modes::Mode, shown_name};
use crate::dialects::okta::ids;
use crate::dialects::okta::paging::{self, Filtered};
use crate::dialects::okta::wire::Kind;
use crate::dialects::template::filled;
use crate::error::{Error, Reason, Resource, Result, pointer};
use crate::http::{Call, Response, body};
use crate::model::{Application, Id, IdentityProvider, Tenant, VendorRecord};
use crate::service::{ApplicationQuery, Cursor, ProviderQuery, sorted_by};

/// The kind of the record that holds what a client has changed.
const KIND: &str = "okta.mapping";

const PROPERTIES: &str = "properties";

/// What leads to and from the users.
enum End {
    Provider(Box<IdentityProvider>),
    Application(Box<Application>),
}

/// One mapping.
struct Mapping {
    end: End,
    /// Whether it leads from the users.
    is_back: bool,
}

pub(in crate::dialects::okta) fn get(call: &Call<'_>) -> Result<Response> {
    let mapping = named(call)?;
    let record = call.service.vendor_record_named(KIND, &mapping.name())?;
    mapping.answer(call, record.as_ref())
}

/// Sets members of a mapping, and removes those that are null.
pub(in crate::dialects::okta) fn update(call: &Call<'_>) -> Result<Response> {
    let (mapping, document) = (named(call)?, body::json_object(call)?);
    let changes = match document.get(PROPERTIES) {
        None | Some(Value::Null) => return Err(Error::invalid("/properties", Reason::Missing)),
        Some(Value::Object(changes)) => changes,
        Some(_) => return Err(Error::invalid("/properties", Reason::WrongType("object"))),
    };
    let users = schema::stored(call)?;
    let owner = mapping.end.id();
    let made = call.service.put_vendor_record(KIND, &mapping.name(), |record, _| {
        let mut properties = mapping.properties(Some(&record), users.as_ref());
        for (name, change) in changes {
            change_one(
                &mut properties,
                name,
                change,
                mapping.is_back || schema::has_member(users.as_ref(), name),
            )?;
        }
        let mut record = VendorRecord { owners: vec![owner], ..record };
        record.keep(PROPERTIES, properties.into());
        Ok(record)
    })?;
    mapping.answer(call, Some(&made))
}

/// Sets a member of a mapping that leads to a known one, or removes any.
fn change_one(properties: &mut Members, name: &str, change: &Value, is_known: bool) -> Result<()> {
    let at = || pointer::of([PROPERTIES, name]);
    match change {
        Value::Null => drop(properties.shift_remove(name)),
        _ if !is_known => return Err(Error::invalid(at(), Reason::Unknown(Resource::Record))),
        Value::Object(change) if change.get("expression").is_some_and(Value::is_string) => {
            let push = change.get("pushStatus").and_then(Value::as_str).unwrap_or(PUSHES[0]);
            let push = PUSHES.into_iter().find(|known| *known == push);
            let push = push.ok_or_else(|| Error::invalid(at(), Reason::NotAllowed(PUSHES.to_vec())))?;
            let expression = change.get("expression");
            properties.insert(name.to_owned(), json!({"expression": expression, "pushStatus": push}));
        }
        _ => return Err(Error::invalid(at(), Reason::WrongType("object"))),
    }
    Ok(())
}

/// Whether a change is pushed to what the mapping leads to.
const PUSHES: [&str; 2] = ["DONT_PUSH", "PUSH"];

/// Mappings in the order of their ids, that is, of what has them.
pub(in crate::dialects::okta) fn list(call: &Call<'_>) -> Result<Response> {
    let limit = paging::limit(call)?;
    let filtered = Filtered::of(call, ["sourceId", "targetId"], number)?;
    let after = filtered.after.as_ref().map(Cursor::id).transpose()?.map(Id::number);
    let [source, target] = &filtered.by;
    let instance = filtered.by.iter().flatten().find_map(|id| ids::read(id));
    let (ends, has_more) = match instance {
        Some(id) => (end(call, id)?.into_iter().collect(), false),
        None => ends(call, after, limit)?,
    };
    let last_end = ends.last().map(End::id);
    let org = call.service.tenant()?;
    let fits = |wanted: &Option<String>, id: String| wanted.as_ref().is_none_or(|wanted| *wanted == id);
    let both = ends.into_iter().flat_map(End::both);
    let mut found: Vec<Mapping> = both
        .filter(|mapping| after.is_none_or(|after| mapping.number() > after))
        .filter(|mapping| {
            let [from, to] = mapping.ids(&org);
            fits(source, from) && fits(target, to)
        })
        .collect();
    let is_cut = found.len() > limit;
    found.truncate(limit);
    let last =
        if is_cut { found.last().map(Mapping::number) } else { last_end.filter(|_| has_more).map(back) };
    let next = last.map(|last| filtered.next(Cursor::Id(Id::from_number(last)), own));
    let shown: Vec<_> = found.iter().map(|it| it.shown(call, None)).collect::<Result<_>>()?;
    let mut response = body::json(StatusCode::OK, &shown)?;
    paging::link(call, &mut response, next.as_deref())?;
    Ok(response)
}

/// The number of the mapping back of what has this id; that of the other is one less.
fn back(id: Id) -> u64 {
    id.number() << 1 | 1
}

/// Up to `limit` identity providers and applications from the one on whose mapping `after` is, and whether there are more.
fn ends(call: &Call<'_>, after: Option<u64>, limit: usize) -> Result<(Vec<End>, bool)> {
    let before = after.map(|after| (after >> 1).saturating_sub(1));
    let after = || before.map(|before| Cursor::Id(Id::from_number(before)));
    let most = limit.saturating_add(1);
    let providers = ProviderQuery { after: after(), limit: most, ..ProviderQuery::default() };
    let providers = call.service.providers(&providers)?.items.into_iter().map(Box::new).map(End::Provider);
    let applications = ApplicationQuery { after: after(), limit: most, ..ApplicationQuery::default() };
    let applications = call.service.applications(&applications)?.items.into_iter().map(Box::new);
    let ends = providers.chain(applications.map(End::Application)).collect();
    let mut ends = sorted_by(ends, |one: &End, other| one.id().cmp(&other.id()));
    let has_more = ends.len() > limit;
    ends.truncate(most);
    Ok((ends, has_more))
}

/// The mapping that the path names.
fn named(call: &Call<'_>) -> Result<Mapping> {
    let text = call.param("mappingId");
    let number = number(text).ok_or_else(|| unknown(text))?.number();
    let end = end(call, Id::from_number(number >> 1))?.filter(End::is_shown).ok_or_else(|| unknown(text))?;
    Ok(Mapping { end, is_back: number & 1 == 1 })
}

/// How the ids of mappings start.
const PREFIX: &str = "prm";

/// The number of a mapping by its id.
fn number(text: &str) -> Option<Id> {
    ids::read_number(PREFIX, text).map(Id::from_number)
}

/// The id of the mapping with this number.
fn own(number: Id) -> String {
    ids::spell_number(PREFIX, number.number())
}

/// The provider or application with this id.
fn end(call: &Call<'_>, id: Id) -> Result<Option<End>> {
    if let Some(provider) = if_there(call.service.provider(id))? {
        return Ok(Some(End::Provider(Box::new(provider))));
    }
    Ok(if_there(call.service.application(id))?.map(Box::new).map(End::Application))
}

impl End {
    fn id(&self) -> Id {
        match self {
            Self::Provider(provider) => provider.id,
            Self::Application(application) => application.id,
        }
    }

    /// Whether Okta's API shows it.
    fn is_shown(&self) -> bool {
        match self {
            Self::Provider(provider) => Kind::of(&provider.protocol).is_some(),
            Self::Application(application) => Mode::of(application).is_some(),
        }
    }

    /// Its mappings, the one to the users first.
    fn both(self) -> impl Iterator<Item = Mapping> {
        let again = match &self {
            Self::Provider(provider) => Self::Provider(provider.clone()),
            Self::Application(application) => Self::Application(application.clone()),
        };
        let both = [Mapping { end: self, is_back: false }, Mapping { end: again, is_back: true }];
        both.into_iter().filter(|mapping| mapping.end.is_shown())
    }

    fn name(&self, org: &Tenant) -> String {
        match self {
            Self::Provider(provider) => defaults::name(provider),
            Self::Application(application) => shown_name(application, org),
        }
    }
}

impl Mapping {
    fn number(&self) -> u64 {
        back(self.end.id()) & !u64::from(!self.is_back)
    }

    /// By what the changes of a client are found.
    fn name(&self) -> String {
        self.number().to_string()
    }

    /// The ids of what it leads from and to.
    fn ids(&self, org: &Tenant) -> [String; 2] {
        let mut ids = [ids::spell(self.end.id()), ids::spell_as(org::USER_TYPE, org.id)];
        if self.is_back {
            ids.reverse();
        }
        ids
    }

    /// The members, those that a client has changed if it is kept, as far as users have them.
    fn properties(&self, record: Option<&VendorRecord>, users: Option<&VendorRecord>) -> Members {
        let changed = record.and_then(|record| record.kept(PROPERTIES)?.as_object().cloned());
        let mut properties = changed.unwrap_or_else(|| self.defaults());
        properties.retain(|name, _| self.is_back || schema::has_member(users, name));
        properties
    }

    fn defaults(&self) -> Members {
        let End::Provider(provider) = &self.end else { return Map::new() };
        let [never, always] = PUSHES;
        let push = if provider.linking.updates == Some(true) { always } else { never };
        let property = |(name, expression): (String, String)| {
            (name, json!({"expression": expression, "pushStatus": push}))
        };
        let defaults = if self.is_back { Vec::new() } else { defaults::properties(provider) };
        defaults.into_iter().map(property).collect()
    }

    fn answer(&self, call: &Call<'_>, record: Option<&VendorRecord>) -> Result<Response> {
        let properties = self.properties(record, schema::stored(call)?.as_ref());
        body::json(StatusCode::OK, &self.shown(call, Some(properties))?)
    }

    fn shown(&self, call: &Call<'_>, properties: Option<Members>) -> Result<Value> {
        let org = call.service.tenant()?;
        let own = own(Id::from_number(self.number()));
        let [schema, user] = org::user_links(call.base_url, org.id);
        let values = [
            ("base", call.base_url.to_owned()),
            ("id", ids::spell(self.end.id())),
            ("name", self.end.name(&org)),
            ("type", ids::spell_as(org::USER_TYPE, org.id)),
            ("user", user),
            ("schema", schema),
            ("own", own),
        ];
        let values = values.map(|(name, value)| (name, value.into()));
        let mut ends = [filled(END, &values), filled(USER, &values)];
        if self.is_back {
            ends.reverse();
        }
        let [source, target] = ends;
        let is_listed = properties.is_none();
        let own = [(PROPERTIES, properties.into()), ("source", source), ("target", target)];
        let mut shown = filled(MAPPING, &[&values[..], &own].concat());
        if let Some(members) = shown.as_object_mut().filter(|_| is_listed) {
            members.shift_remove(PROPERTIES);
        }
        Ok(shown)
    }
}

const END: &str = r#"{
    "id": "{id}", "name": "{name}", "type": "appuser",
    "_links": {
        "self": {"href": "{base}/api/v1/apps/{id}"},
        "schema": {"href": "{base}/api/v1/meta/schemas/apps/{id}/default"}
    }
}"#;

const USER: &str = r#"{
    "id": "{type}", "name": "user", "type": "user",
    "_links": {"self": {"href": "{user}"}, "schema": {"href": "{schema}"}}
}"#;

const MAPPING: &str = r#"{
    "id": "{own}", "source": "{source}", "target": "{target}", "properties": "{properties}",
    "_links": {"self": {"href": "{base}/api/v1/mappings/{own}"}}
}"#;
