//! The file of options: options by their names, tokens, and the clients that get some. The command line wins over the
//! environment, and both win over the file.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, CommandFactory as _, FromArgMatches as _, Parser};
use idpstore::{Grant, Tokens};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::Arguments;
use super::console::Console;
use super::tokens::{Client, Listed};
use crate::failure::{Cause, Failure};
use crate::{seal, token};

/// The file that is read if it is there, and no other is named.
const USUAL: &str = "idpstore.toml";

/// The arguments by themselves, as clap reads them.
#[derive(Parser)]
#[command(name = "idpstore serve")]
struct Alone {
    #[command(flatten)]
    arguments: Arguments,
}

/// The content of the file.
#[derive(Deserialize)]
struct Config {
    /// Those who may come in.
    #[serde(default)]
    tokens: Vec<Named>,
    /// Those who get tokens.
    #[serde(default)]
    clients: Vec<Listed>,
    /// Options by their names.
    #[serde(flatten)]
    options: Map<String, Value>,
}

/// A token with the name that stands in the log.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    name: String,
    token: String,
    #[serde(default)]
    access: Access,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Access {
    #[default]
    Full,
    ReadOnly,
}

impl Access {
    pub(super) fn grant(&self) -> Grant {
        match self {
            Self::Full => Grant::full(),
            Self::ReadOnly => Grant::read_only(),
        }
    }
}

/// Those who may come in, and those who get tokens.
#[derive(Default)]
pub(super) struct Callers {
    pub(super) tokens: Option<Tokens>,
    pub(super) clients: Vec<Client>,
}

/// The arguments with the file that they name, or the one in the working directory.
pub(super) fn found(mut arguments: Arguments) -> Arguments {
    let usual = || PathBuf::from(USUAL);
    if arguments.config.is_none() && arguments.console == Console::Served && usual().is_file() {
        arguments.config = Some(usual());
    }
    arguments
}

/// The arguments with what the file adds to them, and its tokens and clients.
pub(super) fn complete(arguments: Arguments) -> Result<(Arguments, Callers), Failure> {
    let Some(path) = arguments.config.clone() else { return Ok((arguments, Callers::default())) };
    // Before them there is the name of the program.
    let line: Vec<_> = std::env::args_os().skip(1).collect();
    let cannot = |words: &str| Failure::of(format!("cannot use `{}`: {words}", path.display()));
    let config = read(&path)?;
    let tokens = tokens(&config.tokens).map_err(|words| cannot(&words))?;
    let clients = Client::list(config.clients).map_err(|words| cannot(&words))?;
    let arguments = with(line, &config.options).map_err(|words| cannot(&words))?;
    Ok((Arguments { config: Some(path), ..arguments }, Callers { tokens, clients }))
}

fn read(path: &Path) -> Result<Config, Failure> {
    let failure = |error: &Cause| Failure::new(format!("cannot read `{}`", path.display()), error);
    let text = std::fs::read_to_string(path).map_err(|error| failure(&error))?;
    // No TOML begins so.
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(&text).map_err(|error| failure(&error));
    }
    toml::from_str(&text).map_err(|error| failure(&error))
}

fn tokens(named: &[Named]) -> Result<Option<Tokens>, String> {
    let mut tokens = Tokens::default();
    for (position, Named { name, token, access }) in named.iter().enumerate() {
        let is_taken = named.iter().take(position).any(|other| other.token == *token || other.name == *name);
        if is_taken {
            return Err(format!("duplicate name or token of `{name}`"));
        }
        let token = token::parse(token).map_err(|words| format!("the token of `{name}`: {words}"))?;
        tokens = tokens.allow(token, access.grant().named(name));
    }
    Ok((!named.is_empty()).then_some(tokens))
}

/// The arguments of a line, with the options of the file that neither the line nor the environment has.
fn with(mut line: Vec<OsString>, options: &Map<String, Value>) -> Result<Arguments, String> {
    let command = Alone::command();
    let given = command.clone().try_get_matches_from(line.clone()).map_err(|error| words(&error))?;
    for (name, value) in options {
        let known = command.get_arguments().find(|known| known.get_long() == Some(name));
        let known = known.filter(|_| name != "config");
        let known = known.ok_or_else(|| format!("there is no option `{}`", excerpt(name)))?;
        let has_other = (is_token(name) && has_token(&given)) || (is_seal(name) && has_seal(&given));
        if !has_other && !is_given(&given, known.get_id().as_str()) {
            let is_flag = matches!(known.get_action(), ArgAction::SetTrue);
            line.extend(spelled(name, value, is_flag)?.into_iter().map(OsString::from));
        }
    }
    let matches = command.try_get_matches_from(line).map_err(|error| words(&error))?;
    Alone::from_arg_matches(&matches).map(|alone| alone.arguments).map_err(|error| words(&error))
}

fn is_given(matches: &ArgMatches, id: &str) -> bool {
    matches!(matches.value_source(id), Some(ValueSource::CommandLine | ValueSource::EnvVariable))
}

/// Whether an option names the one token of a server.
fn is_token(name: &str) -> bool {
    matches!(name, "token" | "token-file")
}

/// Whether the line or the environment names it.
fn has_token(given: &ArgMatches) -> bool {
    is_given(given, "token") || is_given(given, "token_file") || std::env::var_os(token::VARIABLE).is_some()
}

/// Whether an option names what opens a sealed store.
fn is_seal(name: &str) -> bool {
    matches!(name, "seal-key-file" | "seal-passphrase-file")
}

/// Whether the line or the environment names it.
fn has_seal(given: &ArgMatches) -> bool {
    let is_named = |id| is_given(given, id);
    is_named("seal_key_file")
        || is_named("seal_passphrase_file")
        || std::env::var_os(seal::VARIABLE).is_some()
}

/// An option as it would be on the command line.
fn spelled(name: &str, value: &Value, is_flag: bool) -> Result<Vec<String>, String> {
    match value {
        Value::Bool(is_set) if is_flag => Ok(is_set.then(|| format!("--{name}")).into_iter().collect()),
        Value::String(text) if !is_flag => Ok(vec![format!("--{name}={text}")]),
        Value::Number(number) if !is_flag => Ok(vec![format!("--{name}={number}")]),
        Value::Array(items) if !is_flag => {
            let spelled = items.iter().map(|item| spelled(name, item, false));
            Ok(spelled.collect::<Result<Vec<_>, _>>()?.concat())
        }
        _ => Err(format!("`{name}` has a value of another type")),
    }
}

/// What clap says, without what it suggests.
fn words(error: &clap::Error) -> String {
    let text = error.to_string();
    let words = text.split("\n\n").next().unwrap_or_default();
    words.trim_start_matches("error: ").to_owned()
}

fn excerpt(text: &str) -> String {
    text.chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_option_has_a_variable() {
        for option in Alone::command().get_arguments() {
            let long = option.get_long().unwrap();
            let name = format!("IDPSTORE_{}", long.replace('-', "_").to_uppercase());
            let own = option.get_env().map(|name| name.to_string_lossy().into_owned());
            // The one token is a secret, and has a place of its own.
            let variable = if long == "token" { Some(token::VARIABLE.to_owned()) } else { own };
            assert_eq!(variable.as_deref(), Some(&*name));
        }
    }

    fn arguments(line: &[&str], options: &Value) -> Result<Arguments, String> {
        let line = ["serve"].iter().chain(line).map(OsString::from).collect();
        with(line, options.as_object().unwrap())
    }

    #[test]
    fn what_the_line_has_wins() {
        let file =
            json!({"port": 8080, "allow-host": ["a", "b"], "allow-metadata-fetch": true, "body-limit": 7});
        let read = arguments(&["--config", "x", "--port", "1", "--allow-host", "c"], &file).unwrap();
        assert_eq!((read.port, read.hosts, read.allow_metadata_fetch), (Some(1), vec!["c".to_owned()], true));
        assert_eq!(read.body_limit, Some(7));
        let read = arguments(&["--config", "x"], &file).unwrap();
        assert_eq!((read.port, read.hosts.len()), (Some(8080), 2));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for (file, words) in [
            (json!({"prot": 1}), "there is no option `prot`"),
            (json!({"config": "y"}), "there is no option `config`"),
            (json!({"port": "x"}), "invalid value 'x' for '--port <PORT>': invalid digit found in string"),
            (json!({"port": true}), "`port` has a value of another type"),
            (json!({"allow-metadata-fetch": "yes"}), "`allow-metadata-fetch` has a value of another type"),
        ] {
            assert_eq!(arguments(&["--config", "x"], &file).err().as_deref(), Some(words), "{file}");
        }
    }

    #[test]
    fn tokens_have_names_of_their_own() {
        let read = |list: Value| {
            let config: Config =
                serde_json::from_value(json!({"tokens": list})).map_err(|it| it.to_string())?;
            tokens(&config.tokens).map(|tokens| format!("{tokens:?}"))
        };
        let alice = json!({"name": "alice", "token": "a"});
        assert_eq!(read(json!([])), Ok("None".to_owned()));
        assert!(read(json!([alice])).unwrap().contains("only_reads: false"));
        let bob = json!({"name": "bob", "token": "b", "access": "read-only"});
        assert!(read(json!([bob])).unwrap().contains("only_reads: true"));
        assert!(read(json!([alice, {"name": "alice", "token": "b"}])).unwrap_err().contains("duplicate"));
        assert!(read(json!([alice, {"name": "bob", "token": "a"}])).unwrap_err().contains("duplicate"));
        assert!(read(json!([{"name": "bob", "token": "a b"}])).unwrap_err().contains("visible ASCII"));
        assert!(read(json!([{"name": "bob", "token": "b", "access": "all"}])).is_err());
    }
}
