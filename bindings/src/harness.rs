//! What a test controls: each call has a name, and takes and gives JSON.

use idpstore::env::Clock as _;
use idpstore::harness::{Disturbance, Fault, Harness, ServedRequest};
use idpstore::pki::Timestamp;
use idpstore::{Error, ErrorKind, IdpStore};
use serde_json::{Value, json};

use crate::error::{self, Text, text};

/// Makes a call.
pub(crate) fn control(store: &IdpStore, harness: &Harness, call: &str, given: &str) -> Result<String, Text> {
    let clock = harness.clock();
    let answer = match call {
        "inject" => {
            let number = Fault::read(given).and_then(|fault| harness.inject(fault));
            number.map_err(|cause| error::option("fault", &cause))?.into()
        }
        "faults" => {
            harness.faults().iter().map(|(number, fault)| json!({"number": number, "fault": fault})).collect()
        }
        "remove" => given.parse().is_ok_and(|number| harness.remove_fault(number)).into(),
        "clearFaults" => {
            harness.clear_faults();
            Value::Null
        }
        "setClock" => {
            clock.set(Timestamp::from_unix_millis(given.parse().unwrap_or_default()));
            store.advance().map_err(text)?.into()
        }
        "now" => clock.now().unix_millis().into(),
        _ => return Err(text(Error::new(ErrorKind::Unsupported))),
    };
    Ok(answer.to_string())
}

/// What a response says of its request, and what is to be done to it, as the lines of a response have it.
pub(crate) fn note(served: &ServedRequest, disturbance: Disturbance) -> String {
    let Disturbance { delay, drop, .. } = disturbance;
    json!({"served": served, "delay": u64::try_from(delay.as_millis()).unwrap_or_default(), "drop": drop})
        .to_string()
}
