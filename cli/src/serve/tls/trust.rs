//! How each client comes to trust the certification authority of the server, and to find its names.

use std::net::SocketAddr;
use std::path::Path;

/// What is printed at the start.
pub(super) fn lines(authority: &Path, names: &str, listens_on: SocketAddr) -> Vec<String> {
    let file = std::path::absolute(authority).unwrap_or_else(|_| authority.to_owned());
    let file = file.display();
    vec![
        format!("TLS for {names}; clients trust it by its certification authority, {file}:"),
        format!("  Go and .NET on Linux, Ruby, OpenSSL, curl: SSL_CERT_FILE={file}"),
        format!("  Node: NODE_EXTRA_CA_CERTS={file}"),
        format!("  Python: SSL_CERT_FILE={file} REQUESTS_CA_BUNDLE={file}"),
        format!("  gRPC for Python, Ruby, PHP, C++: GRPC_DEFAULT_SSL_ROOTS_FILE_PATH={file}"),
        format!(
            "  Java: keytool -importcert -noprompt -alias idpstore -file {file} -keystore idpstore.p12 -storepass changeit; \
             java -Djavax.net.ssl.trustStore=idpstore.p12 -Djavax.net.ssl.trustStorePassword=changeit"
        ),
        format!("  names that lead elsewhere, or nowhere: HTTPS_PROXY=http://{listens_on}"),
    ]
}
