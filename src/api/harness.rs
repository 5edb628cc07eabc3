//! The controls of a harness, below `/_idpstore/harness/`: for tests in other languages. They are there only where the host
//! has opened the store with one.

use serde_json::{Value, json};

use super::operation::{Body, Operation, Outcome, delete, get, number, post, text, time};
use super::{Call, documents, store};
use crate::error::{Error, ErrorKind, Resource, Result};
use crate::harness::{Fault, Harness, ServedRequest};
use crate::service::spell_times;

/// The start of their paths.
pub(super) const PREFIX: &str = "/_idpstore/harness/";

/// What there is to be called. No plan can be made of it, and none shows the past.
#[rustfmt::skip] // two lines for each operation
pub(crate) static CONTROLS: &[Operation] = &[
    post("/_idpstore/harness/reset", "resetStore", reset).control()
        .summary("Empty the store, and forget faults, requests, snapshots and the moved clock."),
    post("/_idpstore/harness/seed", "seedStore", store::import).control().body(Body::Document).json("Import")
        .summary("Take in a portable document."),
    get("/_idpstore/harness/snapshots", "listSnapshots", snapshots).control().list("Name")
        .summary("List the snapshots."),
    post("/_idpstore/harness/snapshots/{name}", "takeSnapshot", take).control()
        .summary("Keep everything that the store holds under a name."),
    post("/_idpstore/harness/snapshots/{name}/restore", "restoreSnapshot", restore).control()
        .summary("Go back to a snapshot."),
    delete("/_idpstore/harness/snapshots/{name}", "deleteSnapshot", forget).control()
        .summary("Forget a snapshot."),
    get("/_idpstore/harness/clock", "getClock", clock).control().json("Clock")
        .summary("Get the time of the store."),
    post("/_idpstore/harness/clock", "setClock", set_clock).control().body(Body::Json(&[time("now", "The time.").required()])).json("Clock")
        .summary("Set the clock, and bring what the clock brings."),
    post("/_idpstore/harness/clock/advance", "advanceClock", advance).control()
        .body(Body::Json(&[number("seconds", [0, u32::MAX as u64], "How many seconds.").required()])).json("Clock")
        .summary("Move the time on, and bring what the clock brings."),
    get("/_idpstore/harness/faults", "listFaults", faults).control().list("Fault")
        .summary("List the faults that are left."),
    post("/_idpstore/harness/faults", "addFault", inject).control().body(Body::Document).created("Fault")
        .summary("Script a fault."),
    delete("/_idpstore/harness/faults", "deleteFaults", clear_faults).control()
        .summary("Remove all faults."),
    delete("/_idpstore/harness/faults/{number}", "deleteFault", remove_fault).control()
        .summary("Remove a fault."),
    get("/_idpstore/harness/requests", "listRequestsServed", requests).control()
        .query(&[text("dialect", "Only those of this API."), text("operation", "Only those of this operation.")]).list("ServedRequest")
        .summary("List the requests that were answered."),
    delete("/_idpstore/harness/requests", "deleteRequestsServed", clear_requests).control()
        .summary("Forget the requests."),
];

/// The harness; without one, no control is found.
fn harness<'c>(call: &'c Call<'_>) -> Result<&'c Harness> {
    call.store.settings.harness.as_ref().ok_or_else(|| ErrorKind::NoRoute.into())
}

fn reset(call: &Call<'_>) -> Result<Outcome> {
    harness(call)?.reset();
    call.store.reset()?;
    Ok(Outcome::Nothing)
}

fn snapshots(call: &Call<'_>) -> Result<Outcome> {
    let names = harness(call)?.snapshots().names().map(|name| json!({"name": name})).collect();
    Ok(Outcome::Json(documents::page(names, None)))
}

fn take(call: &Call<'_>) -> Result<Outcome> {
    harness(call)?.snapshots().keep(call.param("name"), call.store.snapshot()?)?;
    Ok(Outcome::Nothing)
}

fn restore(call: &Call<'_>) -> Result<Outcome> {
    let snapshot = harness(call)?.snapshots().get(call.param("name"));
    call.store.restore(&snapshot.ok_or_else(|| missing(call, "name"))?)?;
    Ok(Outcome::Nothing)
}

fn forget(call: &Call<'_>) -> Result<Outcome> {
    let was_there = harness(call)?.snapshots().remove(call.param("name"));
    if was_there { Ok(Outcome::Nothing) } else { Err(missing(call, "name")) }
}

#[expect(clippy::unnecessary_wraps, reason = "a handler may fail")]
fn clock(call: &Call<'_>) -> Result<Outcome> {
    Ok(Outcome::Json(json!({"now": call.now().to_string()})))
}

fn set_clock(call: &Call<'_>) -> Result<Outcome> {
    harness(call)?.clock().set(call.given.time("now").unwrap_or_default());
    moved(call)
}

fn advance(call: &Call<'_>) -> Result<Outcome> {
    let seconds = i64::try_from(call.given.number("seconds")).unwrap_or(i64::MAX);
    harness(call)?.clock().advance(seconds);
    moved(call)
}

/// Brings what the clock brings.
fn moved(call: &Call<'_>) -> Result<Outcome> {
    let brought = call.store.advance()?;
    Ok(Outcome::Json(json!({"now": call.now().to_string(), "brought": brought})))
}

fn faults(call: &Call<'_>) -> Result<Outcome> {
    let faults = harness(call)?.faults();
    let items = faults.iter().map(|(number, fault)| numbered(*number, fault)).collect::<Result<_>>()?;
    Ok(Outcome::Json(documents::page(items, None)))
}

fn inject(call: &Call<'_>) -> Result<Outcome> {
    let fault = Fault::read(call.given.document()?)?;
    let number = harness(call)?.inject(fault.clone())?;
    numbered(number, &fault).map(Outcome::Json)
}

/// A fault with the number by which it is removed.
fn numbered(number: u64, fault: &Fault) -> Result<Value> {
    let mut value = documents::json_of(fault)?;
    if let Some(members) = value.as_object_mut() {
        members.shift_insert(0, "number".to_owned(), number.into());
    }
    Ok(value)
}

fn clear_faults(call: &Call<'_>) -> Result<Outcome> {
    harness(call)?.clear_faults();
    Ok(Outcome::Nothing)
}

fn remove_fault(call: &Call<'_>) -> Result<Outcome> {
    let number = call.param("number").parse().unwrap_or_default();
    if harness(call)?.remove_fault(number) { Ok(Outcome::Nothing) } else { Err(missing(call, "number")) }
}

fn requests(call: &Call<'_>) -> Result<Outcome> {
    let is = |wanted: &str, has: Option<&str>| call.given.text(wanted).is_none_or(|it| Some(it) == has);
    let mut served = harness(call)?.requests();
    served.retain(|it| is("dialect", it.dialect) && is("operation", it.operation));
    let items = served.iter().map(shown).collect::<Result<_>>()?;
    Ok(Outcome::Json(documents::page(items, None)))
}

fn shown(request: &ServedRequest) -> Result<Value> {
    let mut value = documents::json_of(request)?;
    spell_times(&["/time"], &mut value);
    Ok(value)
}

fn clear_requests(call: &Call<'_>) -> Result<Outcome> {
    harness(call)?.clear_requests();
    Ok(Outcome::Nothing)
}

fn missing(call: &Call<'_>, param: &str) -> Error {
    Error::not_found(Resource::Record, call.param(param))
}
