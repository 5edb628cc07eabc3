//! A store that is not in a file: in etcd, for several processes and machines. May import `failure` and `secret`.

use std::path::{Path, PathBuf};

use crate::failure::Failure;

/// Where the store is, if it is not in a file.
#[derive(Clone, Default, clap::Args)]
pub(crate) struct Engine {
    /// The store in etcd that several processes share, in place of a file: `etcd://HOST,HOST/PREFIX`, or `etcds://` for TLS
    #[arg(id = "engine", long = "engine", value_name = "URL", env = "IDPSTORE_ENGINE")]
    url: Option<String>,
    #[command(flatten)]
    reached: Reached,
}

/// Under what the options of etcd are listed.
const HEADING: &str = "Store in etcd";

/// How a store in etcd is reached.
#[derive(Clone, Default, clap::Args)]
pub(crate) struct Reached {
    /// Trust the members of etcd by the certification authorities in this file, in PEM
    #[arg(id = "engine_ca", help_heading = HEADING, long = "engine-ca", value_name = "FILE", env = "IDPSTORE_ENGINE_CA")]
    ca: Option<PathBuf>,
    /// The certificate to show to them, in PEM
    #[arg(id = "engine_cert", help_heading = HEADING, long = "engine-cert", value_name = "FILE", requires = "engine_key", env = "IDPSTORE_ENGINE_CERT")]
    certificate: Option<PathBuf>,
    /// Its private key, in PEM
    #[arg(id = "engine_key", help_heading = HEADING, long = "engine-key", value_name = "FILE", requires = "engine_cert", env = "IDPSTORE_ENGINE_KEY")]
    private_key: Option<PathBuf>,
    /// The user of etcd to be
    #[arg(id = "engine_user", help_heading = HEADING, long = "engine-user", value_name = "NAME", requires = "engine_password_file", env = "IDPSTORE_ENGINE_USER")]
    user: Option<String>,
    /// The password of that user, in a file; a newline at its end does not count
    #[arg(id = "engine_password_file", help_heading = HEADING, long = "engine-password-file", value_name = "FILE", requires = "engine_user", env = "IDPSTORE_ENGINE_PASSWORD_FILE")]
    password_file: Option<PathBuf>,
    /// Refuse to answer from data that may be older than this [default: 10]
    #[arg(id = "engine_max_lag", help_heading = HEADING, long = "engine-max-lag", value_parser = clap::value_parser!(u32).range(1..), value_name = "SECONDS", env = "IDPSTORE_ENGINE_MAX_LAG")]
    max_lag: Option<u32>,
    /// Hold at most so many tenants in memory, those that were used last; by default all are
    #[arg(id = "engine_tenants", help_heading = HEADING, long = "engine-tenants", value_name = "NUMBER", env = "IDPSTORE_ENGINE_TENANTS")]
    tenants: Option<usize>,
}

impl Engine {
    /// Where the store is, if it is not in a file.
    pub(crate) fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Connects to the store, unless it is in a file. What happens to the connection is reported to `log`.
    pub(crate) fn connect(
        &self,
        log: impl Fn(&str) + Send + Sync + 'static,
    ) -> Result<Option<Connected>, Failure> {
        self.url().map(|url| self.reached.connect(url, log)).transpose()
    }

    /// The store at this URL.
    pub(crate) fn at(url: &str, reached: &Reached) -> Self {
        Self { url: Some(url.to_owned()), reached: reached.clone() }
    }
}

impl Reached {
    /// The files that hold secrets.
    pub(crate) fn secret_files(&self) -> impl Iterator<Item = &Path> {
        self.private_key.iter().chain(&self.password_file).map(PathBuf::as_path)
    }
}

/// That two options name a store.
pub(crate) const GIVEN_TWICE: &str = "the store is given twice: use `--db` or `--engine`";

/// What a store that is in no file is kept in.
#[cfg(feature = "etcd")]
pub(crate) type Connected = idpstore_etcd::EtcdEngine;
/// Without etcd there is no such store.
#[cfg(not(feature = "etcd"))]
pub(crate) type Connected = idpstore::engine::MemoryEngine;

/// Whether a text names a store in etcd, and no file.
pub(crate) fn is_url(text: &str) -> bool {
    text.starts_with("etcd://") || text.starts_with("etcds://")
}

#[cfg(feature = "etcd")]
mod etcd {
    use std::fs::{self, File};
    use std::path::Path;
    use std::time::Duration;

    use idpstore_etcd::{Address, ClientIdentity, EtcdEngine, Observer, Options, Tls, User};

    use super::{Connected, Failure, Reached};
    use crate::secret;

    impl Reached {
        /// Connects to the store at a URL. What happens to the connection is reported to `log`.
        pub(crate) fn connect(
            &self,
            url: &str,
            log: impl Fn(&str) + Send + Sync + 'static,
        ) -> Result<Connected, Failure> {
            secret::warn_of_readers(self.secret_files())?;
            let failure = |error: &idpstore::Error| Failure::new(format!("cannot connect to `{url}`"), error);
            let address: Address = url.parse().map_err(|error| failure(&error))?;
            let mut options = self.options(&address)?;
            options.observer = Some(Observer::new(move |event| log(&event.to_string())));
            EtcdEngine::connect(&address.members, &address.prefix, options).map_err(|error| failure(&error))
        }

        fn options(&self, address: &Address) -> Result<Options, Failure> {
            let mut options = Options::default();
            if let Some(seconds) = self.max_lag {
                options.max_lag = Duration::from_secs(seconds.into());
            }
            options.tenants = self.tenants;
            if let (Some(name), Some(file)) = (&self.user, &self.password_file) {
                let password =
                    File::open(file).and_then(secret::read).map_err(|error| unread(file, &error))?;
                options.user = Some(User { name: name.clone(), password });
            }
            options.tls = self.tls(address.is_secure)?;
            Ok(options)
        }

        fn tls(&self, is_secure: bool) -> Result<Option<Tls>, Failure> {
            let authorities = match &self.ca {
                Some(file) if is_secure => file,
                None if is_secure => {
                    return Err(Failure::of(
                        "`etcds://` needs `--engine-ca`: by what the members are trusted",
                    ));
                }
                None if self.certificate.is_none() => return Ok(None),
                _ => return Err(Failure::of("certificates are for `etcds://`: `etcd://` is without TLS")),
            };
            let mut tls = Tls::default();
            tls.authorities = read(authorities)?;
            if let (Some(certificate), Some(key)) = (&self.certificate, &self.private_key) {
                tls.identity =
                    Some(ClientIdentity { certificate: read(certificate)?, private_key: read(key)? });
            }
            Ok(Some(tls))
        }
    }

    fn read(file: &Path) -> Result<Vec<u8>, Failure> {
        fs::read(file).map_err(|error| unread(file, &error))
    }

    fn unread(file: &Path, error: &std::io::Error) -> Failure {
        Failure::new(format!("cannot read `{}`", file.display()), error)
    }
}

/// Without the feature there is no other place than a file.
#[cfg(not(feature = "etcd"))]
impl Reached {
    /// Refuses.
    pub(crate) fn connect(&self, url: &str, _: impl Fn(&str)) -> Result<Connected, Failure> {
        crate::secret::warn_of_readers(self.secret_files())?;
        let words = "this `idpstore` was built without etcd: build it with `--features etcd`";
        Err(Failure::of(format!("cannot connect to `{url}`: {words}")))
    }
}
