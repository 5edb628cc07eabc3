//! `guard.json`, for the tests of the library and of the command.

#![allow(clippy::indexing_slicing, reason = "a test may panic")]

use serde_json::Value;

const TABLE: &str = include_str!("guard.json");

/// A request, and what must become of it.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) allow_hosts: Vec<String>,
    pub(crate) allow_origins: Vec<String>,
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) response: Value,
}

/// All cases, for a server on this port.
pub(crate) fn cases(port: u16) -> Vec<Case> {
    let table = table(&TABLE.replace("{port}", &port.to_string()));
    let cases = table["cases"].as_array().unwrap();
    assert!(!cases.is_empty());
    cases.iter().map(case).collect()
}

/// The values of an option, `allow_hosts` or `allow_origins`, that cannot be read.
pub(crate) fn refused(option: &str) -> Vec<String> {
    texts(&table(TABLE)["refused_options"][option])
}

fn table(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn texts(list: &Value) -> Vec<String> {
    serde_json::from_value(list.clone()).unwrap()
}

fn case(case: &Value) -> Case {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let request = &case["request"];
    Case {
        name: text(&case["name"]),
        allow_hosts: texts(&case["allow_hosts"]),
        allow_origins: texts(&case["allow_origins"]),
        method: text(&request["method"]),
        target: text(&request["target"]),
        headers: serde_json::from_value(request["headers"].clone()).unwrap(),
        response: case["response"].clone(),
    }
}

impl Case {
    /// Compares a response with the expected one.
    pub(crate) fn check(&self, status: u16, header: impl Fn(&str) -> Option<String>, body: &[u8]) {
        let Self { name, response, .. } = self;
        let body = String::from_utf8_lossy(body);
        assert_eq!(status, response["status"], "{name}: {body}");
        for (header_name, value) in response["headers"].as_object().into_iter().flatten() {
            assert_eq!(header(header_name).as_deref(), value.as_str(), "{name}: {header_name}");
        }
        if let Some(option) = response["option"].as_str() {
            assert!(body.contains(&format!("--allow-{option}")), "{name}: {body}");
        }
    }
}
