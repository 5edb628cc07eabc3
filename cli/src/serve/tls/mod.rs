//! TLS: the certificate that the server shows, made or given, and by what its callers trust it.

mod authority;
mod issue;
mod names;
mod trust;

use std::fs::File;
use std::io::{self, Read as _};
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::BoolishValueParser;
use idpstore::env::{Clock as _, SeededEntropy, SystemClock};
use p256::pkcs8::EncodePrivateKey as _;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use x509_cert::Certificate;
use x509_cert::der::{Decode as _, Encode as _};
use zeroize::Zeroizing;

use self::authority::Authority;
use self::issue::Making;
use self::names::Name;
use crate::failure::{Cause, Failure};

/// How many days the certificate of a server lasts at most: what browsers take.
const DAYS: u64 = 397;

/// The largest file of certificates or of a key.
const LARGEST: u64 = 1 << 20;

/// What a client may speak behind TLS, the server's favourite first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

/// What the command line says of TLS.
#[derive(Clone, Debug, Default, clap::Args)]
pub(super) struct Tls {
    /// Accept TLS only, with a certificate from a certification authority that is made for this server's names, and print
    /// how clients can trust it
    #[arg(long = "tls", env = "IDPSTORE_TLS", value_parser = BoolishValueParser::new())]
    is_on: bool,
    /// A name or an address for the certificate, beside those of loopback [default: api.pingone.localhost and
    /// auth.pingone.localhost]
    #[arg(long = "tls-name", value_name = "NAME", value_parser = Name::parse, value_delimiter = ',', env = "IDPSTORE_TLS_NAME", conflicts_with = "certificate")]
    names: Vec<Name>,
    /// The folder of the certification authority [default: idpstore/tls in `$XDG_DATA_HOME` or ~/.local/share]
    #[arg(long = "tls-dir", value_name = "DIR", env = "IDPSTORE_TLS_DIR")]
    folder: Option<PathBuf>,
    /// Accept TLS only, with this certificate and those that lead to its authority, in PEM
    #[arg(long = "tls-cert", value_name = "FILE", env = "IDPSTORE_TLS_CERT", requires = "key")]
    certificate: Option<PathBuf>,
    /// The private key of that certificate, in PEM without a password
    #[arg(long = "tls-key", value_name = "FILE", env = "IDPSTORE_TLS_KEY", requires = "certificate")]
    key: Option<PathBuf>,
}

/// What a server shows its callers.
pub(super) struct Shown {
    /// For the connections that begin from now on.
    pub(super) config: Arc<ServerConfig>,
    /// Those that the certificate names.
    names: Vec<Name>,
    source: Source,
}

/// Where a certificate is from.
enum Source {
    /// It was made, by the authority in this file.
    Made {
        authority: PathBuf,
        is_replaced: bool,
    },
    Given {
        certificate: PathBuf,
        key: PathBuf,
    },
}

impl Tls {
    /// Whether the server speaks TLS.
    pub(super) fn is_on(&self) -> bool {
        self.is_on || self.certificate.is_some()
    }

    /// What the server at this address shows from now on, if it speaks TLS.
    pub(super) fn load(&self, listens_on: IpAddr) -> Result<Option<Shown>, Failure> {
        match (&self.certificate, &self.key) {
            (Some(certificate), Some(key)) => given(certificate, key).map(Some),
            _ if self.is_on => self.made(listens_on).map(Some),
            _ => Ok(None),
        }
    }

    fn made(&self, listens_on: IpAddr) -> Result<Shown, Failure> {
        let missing =
            || Failure::of("there is no folder for the certification authority: name one with `--tls-dir`");
        let folder = self.folder.clone().or_else(authority::usual_folder).ok_or_else(missing)?;
        let failure = |error: &Cause| Failure::new("cannot make a certificate", error);
        let entropy = SeededEntropy::from_system().map_err(|error| failure(&error))?;
        let now = u64::try_from(SystemClock.now().unix_seconds()).unwrap_or_default();
        let making = Making { now, days: DAYS, entropy: &entropy };
        let names = Name::served(listens_on, &self.names);
        let authority = Authority::in_folder(&folder, &names, making)?;
        let making = Making { days: DAYS.min(authority.days_left(now)), ..making };
        let key = issue::key(&entropy);
        let certificate = issue::server(&key, &names, (&authority.certificate, &authority.key), making)
            .and_then(|certificate| Ok(certificate.to_der()?))
            .map_err(|error| failure(&error))?;
        let key = key.to_pkcs8_der().map_err(|error| failure(&error))?;
        let key = PrivatePkcs8KeyDer::from(key.as_bytes().to_vec());
        let config = config(vec![certificate.into()], key.into()).map_err(|error| failure(&error))?;
        let source = Source::Made { authority: authority.file, is_replaced: authority.is_replaced };
        Ok(Shown { config, names, source })
    }
}

/// What files have.
fn given(certificate: &Path, key: &Path) -> Result<Shown, Failure> {
    let failure =
        |path: &Path, error: &Cause| Failure::new(format!("cannot use `{}`", path.display()), error);
    let text = read(certificate).map_err(|error| failure(certificate, &error))?;
    let chain: Vec<_> = CertificateDer::pem_slice_iter(&text)
        .collect::<Result<_, _>>()
        .map_err(|error| failure(certificate, &error))?;
    let first = chain.first().and_then(|first| Certificate::from_der(first).ok());
    let first =
        first.ok_or_else(|| failure(certificate, &io::Error::other("there is no certificate in it")))?;
    let text = read(key).map_err(|error| failure(key, &error))?;
    let private = PrivateKeyDer::from_pem_slice(&text).map_err(|error| failure(key, &error))?;
    let config = config(chain, private).map_err(|error| failure(key, &error))?;
    let source = Source::Given { certificate: certificate.to_owned(), key: key.to_owned() };
    Ok(Shown { config, names: Name::of(&first), source })
}

fn read(path: &Path) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut bytes = Zeroizing::new(Vec::new());
    File::open(path)?.take(LARGEST).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Refuses a key that is not the certificate's.
fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
) -> Result<Arc<ServerConfig>, rustls::Error> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    Ok(Arc::new(config))
}

impl Shown {
    /// The hosts that requests may name: at any port, such as that of `https` through a proxy, unless others on this machine have
    /// the name, too.
    pub(super) fn hosts(&self, port: u16) -> impl Iterator<Item = String> {
        self.names
            .iter()
            .map(move |name| if name.is_shared() { format!("{name}:{port}") } else { name.to_string() })
    }

    /// What a person at a terminal should know.
    pub(super) fn lines(&self, listens_on: SocketAddr) -> Vec<String> {
        let names: Vec<_> = self.names.iter().map(ToString::to_string).collect();
        let names = names.join(", ");
        match &self.source {
            Source::Given { certificate, .. } => {
                vec![format!("TLS with the certificate in {} for {names}", certificate.display())]
            }
            Source::Made { authority, .. } => trust::lines(authority, &names, listens_on),
        }
    }

    /// The file with the private key that must not be read by others.
    pub(super) fn key_file(&self) -> PathBuf {
        match &self.source {
            Source::Made { authority, .. } => authority.with_file_name(authority::KEY),
            Source::Given { key, .. } => key.clone(),
        }
    }

    /// What those who trusted the server at its last start have to be warned of.
    pub(super) fn warning(&self) -> Option<&'static str> {
        let is_new = matches!(self.source, Source::Made { is_replaced: true, .. });
        let words =
            "the certification authority is a new one: clients that trusted the last one must trust it, too";
        is_new.then_some(words)
    }
}
