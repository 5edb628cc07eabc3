//! `idpstore health`: whether a server on this machine answers, for images that have no other program.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use ureq::Agent;
use ureq::tls::TlsConfig;

use crate::failure::Failure;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// Check that a server on this machine answers, with TLS or without, and that all is well with it. A certificate is not checked:
/// nothing secret is sent.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore health --port 8080")]
pub(crate) struct Arguments {
    /// The port that it listens on
    #[arg(long, env = "IDPSTORE_PORT")]
    port: u16,
    /// The address that it listens on [default: 127.0.0.1]
    #[arg(long, value_name = "ADDRESS", env = "IDPSTORE_HOST")]
    host: Option<IpAddr>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let host = arguments.host.filter(|host| !host.is_unspecified()).unwrap_or(Ipv4Addr::LOCALHOST.into());
    let address = SocketAddr::from((host, arguments.port));
    let config = Agent::config_builder()
        .timeout_global(Some(PATIENCE))
        .http_status_as_error(false)
        .proxy(None)
        .tls_config(TlsConfig::builder().disable_verification(true).build());
    let agent: Agent = config.build().into();
    let check = |scheme| {
        let url = format!("{scheme}://{address}/_idpstore/health");
        let failure = |error: ureq::Error| Failure::new(format!("cannot reach `{url}`"), &error);
        agent.get(&url).call().map(|response| response.status().as_u16()).map_err(failure)
    };
    let status = match check("http")? {
        400 => check("https")?, // it speaks TLS, and answers so to those who do not
        status => status,
    };
    let failure = || Failure::of(format!("the server at {address} is unhealthy: its status is {status}"));
    match status {
        200 => Ok(()),
        503 => Err(failure().temporary()),
        _ => Err(failure()),
    }
}
