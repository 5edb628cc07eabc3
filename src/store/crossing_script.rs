//! The script that makes providers at another vendor.

use std::collections::BTreeMap;
use std::io::Write;

use serde_json::Value;

use crate::dialects::{CrossingRequest, CrossingRequests, Dialect, PROVIDER, VariableAt};
use crate::error::{Error, ErrorKind, Result, excerpt};

/// A script for bash 3.2 and later, as it is written. Texts of the store are in it in three ways only: as JSON or PEM in documents
/// whose end no line of them can be, in single quotes, and as comments without line breaks.
pub(super) struct CrossingScript<'s> {
    out: &'s mut dyn Write,
    scheme: &'static str,
    /// The numbers of the variables with the certificates that were imported, by their digests.
    imported: BTreeMap<String, usize>,
    makes_requests: bool,
}

/// The functions that requests are sent with.
const FUNCTIONS: &str = r#"
BASE_URL=${BASE_URL%/}
ANSWER=

# request METHOD PATH [ARGUMENT OF CURL]...: sends a request. The answer is in ANSWER; if it is a failure, all ends.
request() {
  local method=$1 path=$2 answer status
  shift 2
  answer=$(curl --silent --show-error --request "$method" --header 'Accept: application/json' \
    --header @<(printf 'Authorization: %s %s\n' "$SCHEME" "$TOKEN") --write-out '\n%{http_code}' "$@" "$BASE_URL$path")
  status=${answer##*$'\n'}
  ANSWER=${answer%$'\n'*}
  case $status in
    2??) ;;
    *)
      printf '%s %s was refused with status %s:\n%s\n' "$method" "$path" "$status" "$ANSWER" >&2
      exit 1
      ;;
  esac
}

# send METHOD PATH FILTER [ARGUMENT OF JQ]...: sends the JSON of stdin, with what the filter puts into it.
send() {
  local method=$1 path=$2 filter=$3 body
  shift 3
  body=$(jq --compact-output "$@" "$filter")
  request "$method" "$path" --header 'Content-Type: application/json' --data-binary @- <<<"$body"
}

# value PATH: what the answer has at a path of jq, which must be there.
value() {
  jq --raw-output --exit-status "getpath($1)" <<<"$ANSWER" || {
    printf 'the answer has nothing at %s:\n%s\n' "$1" "$ANSWER" >&2
    exit 1
  }
}
"#;

/// The header of a body in JSON.
const JSON: &str = "--header 'Content-Type: application/json'";

impl<'s> CrossingScript<'s> {
    /// Begins a script for a vendor.
    pub(super) fn begin(to: &'static Dialect, out: &'s mut dyn Write) -> Result<Self> {
        let making = to.making;
        let mut script =
            Self { out, scheme: making.scheme, imported: BTreeMap::new(), makes_requests: false };
        script.text(&format!(
            "#!/usr/bin/env bash\n# Makes identity providers at {}, one after the other, and ends at the first failure. Needs curl and jq.\n\
             set -euo pipefail\n\n",
            to.name
        ))?;
        let common = [
            ("BASE_URL", "the address of the API, such as https://api.example.com"),
            ("TOKEN", "a token for it"),
        ];
        for (name, words) in common.iter().chain(making.variables) {
            script.require(name, words)?;
        }
        Ok(script)
    }

    /// Requires that the secrets of a provider are there.
    pub(super) fn require_secrets(&mut self, made: &CrossingRequests) -> Result<()> {
        let places = made.requests.iter().flat_map(|request| &request.variables);
        for at in places.filter(|at| made.secrets.contains(&at.name)) {
            let place = if is_plain(&at.pointer) { &at.pointer } else { "a secret" };
            self.require(&at.name, &format!("{place} of the provider {}", made.provider))?;
        }
        Ok(())
    }

    /// Adds the requests that make a provider, or why there are none. The secrets of all must have been required.
    pub(super) fn make(&mut self, made: &CrossingRequests) -> Result<()> {
        if !self.makes_requests {
            self.makes_requests = true;
            self.text(&format!("\nSCHEME={}{FUNCTIONS}", quoted(self.scheme)))?;
        }
        let name = printable(&made.name);
        self.text(&format!("\n# {name} ({})\n", made.provider))?;
        for omitted in &made.omitted {
            self.text(&format!(
                "# not sent: {}: {}\n",
                printable(&omitted.member),
                printable(&omitted.reason)
            ))?;
        }
        if let Some(reason) = &made.reason {
            let words = quoted(&format!("{name}: not made, because {}", printable(reason)));
            return self.text(&format!("printf '%s\\n' {words} >&2\n"));
        }
        let mut numbers = BTreeMap::new();
        for request in &made.requests {
            self.request(request, &mut numbers)?;
        }
        let words = quoted(&name);
        self.text(&format!("printf '%s: made as %s\\n' {words} \"${PROVIDER}\"\n"))
    }

    /// Adds a request. Certificates that the provider shares with one before are there already; `names` has the variables of the
    /// script for those of the provider.
    fn request(&mut self, request: &CrossingRequest, names: &mut BTreeMap<String, String>) -> Result<()> {
        if let (Some(digest), Some(result)) = (&request.certificate, &request.result) {
            let next = self.imported.len() + 1;
            let number = *self.imported.entry(digest.clone()).or_insert(next);
            names.insert(result.name.clone(), format!("CERTIFICATE_{number}"));
            if number != next {
                return Ok(());
            }
        }
        // The path has variables only where its author wrote them.
        let (method, path) = (request.method, &request.path);
        match &request.body {
            Some(body) => {
                let (filter, arguments) = filled(&request.variables, names)?;
                let body = serde_json::to_string_pretty(body).map_err(storage)?;
                // What needs no variable is sent as it is: for some versions of jq, numbers are of limited precision.
                let command = match request.variables[..] {
                    [] => format!("request {method} \"{path}\" {JSON} --data-binary @-"),
                    _ => format!("send {method} \"{path}\" {}{arguments}", quoted(&filter)),
                };
                // No line of JSON is this word.
                self.text(&format!("{command} <<'JSON'\n{body}\nJSON\n"))?;
            }
            None if request.form.is_empty() => {
                self.text(&format!("request {method} \"{path}\" {JSON} --data ''\n"))?;
            }
            None => {
                let (mut arguments, mut content) = (String::new(), "");
                for part in &request.form {
                    let argument = match part.file {
                        Some(file) => {
                            content = &part.content;
                            format!(" --form {}", quoted(&format!("{}=@-;filename={file}", part.name)))
                        }
                        None => {
                            format!(" --form-string {}", quoted(&format!("{}={}", part.name, part.content)))
                        }
                    };
                    arguments.push_str(&argument);
                }
                let content = content.trim_end();
                // No base64 has an underscore.
                self.text(&format!(
                    "request {method} \"{path}\"{arguments} <<'END_OF_FILE'\n{content}\nEND_OF_FILE\n"
                ))?;
            }
        }
        if let Some(VariableAt { name, pointer, .. }) = &request.result {
            let name = names.get(name).unwrap_or(name);
            self.text(&format!("{name}=$(value {})\n", quoted(&path_of(pointer)?)))?;
        }
        Ok(())
    }

    /// Requires a variable of the environment.
    fn require(&mut self, name: &str, words: &str) -> Result<()> {
        self.text(&format!(": \"${{{name}:?{words}}}\"\n"))
    }

    fn text(&mut self, text: &str) -> Result<()> {
        self.out.write_all(text.as_bytes()).map_err(storage)
    }
}

/// The filter that puts variables into a body, and the arguments that give it their values. Secrets are read from the
/// environment, so that no list of processes has them.
fn filled(variables: &[VariableAt], names: &BTreeMap<String, String>) -> Result<(String, String)> {
    let (mut steps, mut arguments) = (Vec::new(), String::new());
    for VariableAt { name, pointer, base64 } in variables {
        let value = match names.get(name) {
            Some(name) => {
                let argument = format!(" --arg {name} \"${name}\"");
                if !arguments.contains(&argument) {
                    arguments.push_str(&argument);
                }
                format!("${name}")
            }
            None => format!("$ENV.{name}"),
        };
        let end = if *base64 { " | @base64" } else { "" };
        steps.push(format!("setpath({}; {value}{end})", path_of(pointer)?));
    }
    Ok((steps.join(" | "), arguments))
}

/// A pointer as a path of jq: an array of names and positions.
fn path_of(pointer: &str) -> Result<String> {
    let steps = pointer.split('/').skip(1).map(|step| match step.parse::<u32>() {
        Ok(position) => Value::from(position),
        Err(_) => step.replace("~1", "/").replace("~0", "~").into(),
    });
    serde_json::to_string(&steps.collect::<Vec<_>>()).map_err(storage)
}

/// A text in single quotes, in which nothing has another meaning.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// A text of bounded length without what would end a line or steer a terminal.
fn printable(text: &str) -> String {
    let text = excerpt(text);
    text.chars().map(|it| if it.is_control() || is_format(it) { '\u{fffd}' } else { it }).collect()
}

/// Whether a character changes the direction of a text or separates lines (Unicode).
fn is_format(it: char) -> bool {
    matches!(it, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn is_plain(pointer: &str) -> bool {
    pointer.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte))
}

fn storage(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::new(ErrorKind::Storage).caused_by(cause)
}
