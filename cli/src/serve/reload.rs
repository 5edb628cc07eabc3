//! Tokens and certificates, read again on SIGHUP.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::ServerConfig;

use super::Arguments;
use super::config;
use super::config::Callers;
use super::entrance::{self, Current, Entrance};
use super::log;
use super::readiness;
use crate::failure::Failure;

/// What is read again, and who uses it.
pub(super) struct Reload {
    pub(super) arguments: Arguments,
    pub(super) entrance: Entrance,
    pub(super) tls: Option<Current<Arc<ServerConfig>>>,
    pub(super) listens_on: IpAddr,
}

impl Reload {
    /// Reads all again. What cannot be used is printed, and what was there stays.
    fn run(&self) {
        readiness::reloading();
        let (arguments, of_file) = match config::complete(self.arguments.clone()) {
            Ok(read) => read,
            Err(failure) => {
                log::warning(&format!("tokens and certificates stay as they are: {failure}"));
                return readiness::ready();
            }
        };
        match entrance::callers(&arguments, of_file).and_then(|callers| self.admit(callers)) {
            Ok(()) => log::note("the tokens were read again"),
            Err(failure) => log::warning(&format!("the tokens stay as they are: {failure}")),
        }
        if let Some(tls) = &self.tls {
            match arguments.tls.load(self.listens_on) {
                Ok(Some(shown)) => {
                    let warning = shown.warning();
                    tls.set(shown.config);
                    log::note("the certificate was read again");
                    warning.into_iter().for_each(log::warning);
                }
                Ok(None) => {
                    log::warning("the certificate stays as it is: TLS can be switched off only at the start");
                }
                Err(failure) => log::warning(&format!("the certificate stays as it is: {failure}")),
            }
        }
        readiness::ready();
    }

    fn admit(&self, callers: Callers) -> Result<(), Failure> {
        if callers.tokens.is_none() && self.entrance.requires_tokens() {
            return Err(Failure::of("there are none now, which would let all callers in"));
        }
        self.entrance.set(callers);
        Ok(())
    }
}

/// Listens for SIGHUP from now on; the future reads everything again with each one.
#[cfg(unix)]
pub(super) fn follow(reload: Reload) -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut hangup = signal(SignalKind::hangup())?;
    let reload = Arc::new(reload);
    Ok(async move {
        while hangup.recv().await.is_some() {
            let reload = Arc::clone(&reload);
            let _ = tokio::task::spawn_blocking(move || reload.run()).await;
        }
    })
}

/// Elsewhere there is no such signal.
#[cfg(not(unix))]
pub(super) fn follow(_: Reload) -> io::Result<impl Future<Output = ()>> {
    Ok(std::future::pending())
}
