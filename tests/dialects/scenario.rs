//! One scenario: a file of `tests/cases`, as its README describes them.

use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use idpstore::testing::inside::JSON;
use idpstore::{Request, Response};
use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scenario {
    pub(crate) about: String,
    pub(crate) steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    /// By how many seconds the clock is moved before the request.
    #[serde(default)]
    pub(crate) advance: i64,
    pub(crate) request: Asked,
    pub(crate) response: Expected,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Asked {
    pub(crate) method: String,
    pub(crate) path: String,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default, deserialize_with = "present")]
    body: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Expected {
    pub(crate) status: u16,
    #[serde(default)]
    headers: Map<String, Value>,
    #[serde(default, deserialize_with = "present")]
    body: Option<Value>,
}

/// A body of `null` is the JSON text `null`, not the absence of a body.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// What a body is written as.
enum Body<'v> {
    Octets(Vec<u8>),
    Json(&'v Value),
}

impl<'v> From<&'v Value> for Body<'v> {
    fn from(value: &'v Value) -> Self {
        match value.as_object().map(|members| members.iter().collect::<Vec<_>>()).as_deref() {
            Some([(name, Value::String(text))]) if *name == "text" => Self::Octets(text.clone().into_bytes()),
            Some([(name, Value::String(text))]) if *name == "base64" => {
                Self::Octets(BASE64_STANDARD.decode(text).expect("base64"))
            }
            Some([(name, Value::String(text)), (times, Value::Number(number))])
                if *name == "repeat" && *times == "times" =>
            {
                let times = number.as_u64().and_then(|times| usize::try_from(times).ok());
                Self::Octets(text.repeat(times.expect("a number of times")).into_bytes())
            }
            _ => Self::Json(value),
        }
    }
}

impl Scenario {
    pub(crate) fn read(file: &Path) -> Self {
        let text = fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
    }
}

impl Asked {
    /// The document that is sent, if one is.
    pub(crate) fn document(&self) -> Option<&Value> {
        self.body.as_ref().filter(|body| matches!(Body::from(*body), Body::Json(_)))
    }

    /// The same request with another body.
    pub(crate) fn with_body(&self, body: String) -> Request {
        let mut request = self.to_request();
        request.headers_mut().entry(CONTENT_TYPE).or_insert(JSON);
        *request.body_mut() = body.into();
        request
    }

    /// The same request to another path.
    pub(crate) fn with_path(&self, path: &str) -> Request {
        let mut request = self.to_request();
        *request.uri_mut() = path.parse().expect("a path");
        request
    }

    pub(crate) fn to_request(&self) -> Request {
        let mut request = http::Request::builder().method(self.method.as_str()).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name, value.as_str().expect("a header in text"));
        }
        let body = match self.body.as_ref().map(Body::from) {
            None => Bytes::new(),
            Some(Body::Octets(octets)) => octets.into(),
            Some(Body::Json(value)) => {
                if !self.headers.contains_key(CONTENT_TYPE.as_str()) {
                    request = request.header(CONTENT_TYPE, "application/json");
                }
                value.to_string().into()
            }
        };
        request.body(body).expect("a request")
    }
}

impl Expected {
    /// What is different in the answer.
    pub(crate) fn differences(&self, answer: &Response) -> Vec<String> {
        let mut differences = Vec::new();
        if answer.status() != self.status {
            differences.push(format!("status {} in place of {}", answer.status().as_u16(), self.status));
        }
        for (name, expected) in &self.headers {
            let values = answer.headers().get_all(name).iter();
            let values: Vec<_> = values.map(|value| value.to_str().expect("a header in text")).collect();
            let same = match expected {
                Value::Null => values.is_empty(),
                Value::Array(all) => values.iter().eq(all),
                one => values.iter().eq([one]),
            };
            if !same {
                differences.push(format!("header `{name}` {values:?} in place of {expected}"));
            }
        }
        differences.extend(self.body_difference(answer));
        differences
    }

    fn body_difference(&self, answer: &Response) -> Option<String> {
        let octets = match self.body.as_ref().map(Body::from) {
            None => Vec::new(),
            Some(Body::Octets(octets)) => octets,
            Some(Body::Json(expected)) => {
                let Ok(value) = serde_json::from_slice::<Value>(answer.body()) else {
                    return Some(format!("no JSON: {}", String::from_utf8_lossy(answer.body())));
                };
                if answer.headers().get(CONTENT_TYPE).is_none_or(|value| value != "application/json") {
                    return Some("the JSON is not said to be JSON".to_owned());
                }
                // The text, because the order of members counts, too.
                let text = |value| serde_json::to_string_pretty(value).expect("JSON");
                return first_difference(&text(&value), &text(expected));
            }
        };
        let text = |octets| String::from_utf8_lossy(octets).into_owned();
        (answer.body()[..] != octets[..]).then(|| {
            first_difference(&text(answer.body()), &text(&octets))
                .unwrap_or_else(|| "other octets".to_owned())
        })
    }
}

/// The first line that is different.
fn first_difference(answer: &str, expected: &str) -> Option<String> {
    let (mut answer, mut expected) = (answer.lines(), expected.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (answer.next(), expected.next()) {
            (None, None) => return None,
            (one, other) if one == other => {}
            (one, other) => {
                let shown = |line: Option<&str>| line.unwrap_or("<end>").trim().to_owned();
                return Some(format!("line {number}: `{}` in place of `{}`", shown(one), shown(other)));
            }
        }
    }
}
