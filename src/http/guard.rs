//! Which requests a server on this machine answers: those of programs, and of the web pages that are allowed.
//!
//! A browser sends a page's requests to this machine, too. It marks those to another site (WHATWG Fetch, section 3.2;
//! W3C Fetch Metadata), but a site whose name is made to point at this machine (DNS rebinding) is the same site to it.
//! So the name of the host is looked at as well.

use std::net::{IpAddr, SocketAddr};
use std::ops::ControlFlow;

use http::header::{
    ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
    ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, HOST, HeaderName, ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Version};

use super::Response;
use super::address::{Address, origin, usual_port};
use super::body::with_body;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const REQUEST_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-request-private-network");
const ALLOW_PRIVATE_NETWORK: HeaderName = HeaderName::from_static("access-control-allow-private-network");

/// What an allowed page may do with any path.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, POST, PUT, PATCH, DELETE");

/// For how many seconds a browser may remember a preflight's answer.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// How much of a refused header the refusal repeats.
const ECHO: usize = 200;

/// The hosts that a server answers for, and the pages that may read and write there.
///
/// A server asks it about the head of each request, before anything else:
///
/// ```
/// use std::ops::ControlFlow;
///
/// use idpstore::IdpStore;
/// use idpstore::{Guard, Request, Response};
///
/// fn answer(guard: &Guard, store: &IdpStore, request: Request) -> Response {
///     let (mut head, body) = request.into_parts();
///     match guard.admit(&mut head) {
///         ControlFlow::Break(response) => response,
///         ControlFlow::Continue(admitted) => {
///             let mut response = store.handle(Request::from_parts(head, body));
///             admitted.finish(response.headers_mut());
///             response
///         }
///     }
/// }
///
/// let guard = Guard::new("127.0.0.1:8080".parse()?).allow_origin("https://console.example")?;
/// let store = IdpStore::in_memory()?;
/// let ask = |origin| {
///     let request = http::Request::get("/api/v1/idps").header("host", "localhost:8080").header("origin", origin);
///     Ok::<_, http::Error>(answer(&guard, &store, request.body(bytes::Bytes::new())?).status())
/// };
/// assert_eq!(ask("https://console.example")?, 200);
/// assert_eq!(ask("https://another.example")?, 403);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Guard {
    hosts: Vec<Address>,
    origins: Vec<String>,
    allows_any_origin: bool,
}

/// A request that may be answered.
#[derive(Debug)]
pub struct Admitted {
    /// The allowed page that sent it.
    page: Option<HeaderValue>,
    depends_on_origin: bool,
}

impl Guard {
    /// Admits requests for the address that the server listens on; on loopback also by the name `localhost`.
    #[must_use]
    pub fn new(listens_on: SocketAddr) -> Self {
        let name = match listens_on.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let mut names = vec![name];
        if listens_on.ip().is_loopback() {
            names.push("localhost".to_owned());
        }
        let hosts = names.into_iter().map(|name| Address { name, port: Some(listens_on.port()) }).collect();
        Self { hosts, origins: Vec::new(), allows_any_origin: false }
    }

    /// Admits requests for another host, too: `NAME:PORT`, or `NAME` for any port.
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::error::ErrorKind::Unsupported) if it is neither.
    pub fn allow_host(mut self, host: &str) -> crate::error::Result<Self> {
        self.hosts.push(Address::parse(host)?);
        Ok(self)
    }

    /// Admits the requests of a web page: of this origin (`SCHEME://HOST` or `SCHEME://HOST:PORT`), or of every one
    /// (`any`).
    ///
    /// # Errors
    ///
    /// [`Unsupported`](crate::error::ErrorKind::Unsupported) if it is neither.
    pub fn allow_origin(mut self, text: &str) -> crate::error::Result<Self> {
        if text == "any" {
            self.allows_any_origin = true;
        } else {
            self.origins.push(origin(text)?);
        }
        Ok(self)
    }

    /// Admits a request, or answers it at once: a refusal, or the answer to an allowed page's preflight.
    ///
    /// An admitted request loses its `Origin`, so that only the guard decides what pages may read. A server with TLS gives the
    /// request a URI with the scheme `https`, of which the origin of its own pages and the port that no host names depend.
    pub fn admit(&self, request: &mut Parts) -> ControlFlow<Response, Admitted> {
        let scheme = request.uri.scheme_str().unwrap_or("http");
        let host = self.host(request, usual_port(scheme));
        let page = match host.and_then(|host| self.page(&request.headers, scheme, &host)) {
            Ok(page) => page,
            Err(refusal) => return ControlFlow::Break(refusal.into_response()),
        };
        let admitted =
            Admitted { page, depends_on_origin: self.allows_any_origin || !self.origins.is_empty() };
        if admitted.page.is_some()
            && request.method == Method::OPTIONS
            && request.headers.contains_key(ACCESS_CONTROL_REQUEST_METHOD)
        {
            return ControlFlow::Break(admitted.preflight(&request.headers));
        }
        request.headers.remove(ORIGIN);
        ControlFlow::Continue(admitted)
    }

    /// The host that a request names, if it is one of ours. It may be named twice, in the request line and in `Host`.
    fn host(&self, request: &Parts, usual_port: u16) -> Result<Address, Refusal> {
        let line = request.uri.authority().map(|authority| authority.as_str().as_bytes());
        let mut headers = request.headers.get_all(HOST).iter().map(HeaderValue::as_bytes);
        let header = headers.next();
        if headers.next().is_some() {
            return Err(Refusal::SeveralHosts);
        }
        if header.is_none() && request.version < Version::HTTP_2 {
            return Err(Refusal::NoHost);
        }
        let mut named = None;
        for text in [header, line].into_iter().flatten() {
            let text = String::from_utf8_lossy(text);
            let address = Address::parse(&text).map_err(|_| Refusal::UnreadableHost)?;
            if !self.hosts.iter().any(|ours| ours.covers(&address, usual_port)) {
                return Err(Refusal::Host(text.into_owned()));
            }
            named = Some(address);
        }
        named.ok_or(Refusal::NoHost)
    }

    /// The allowed page that sent a request to this host; `None` if no page did, or one of the server itself.
    fn page(
        &self,
        headers: &HeaderMap,
        scheme: &str,
        host: &Address,
    ) -> Result<Option<HeaderValue>, Refusal> {
        let mut senders = headers.get_all(ORIGIN).iter();
        let sender = senders.next();
        if senders.next().is_some() {
            return Err(Refusal::Site);
        }
        let page = sender.filter(|sender| self.allows(sender));
        if let (None, Some(stranger)) = (page, sender)
            && !is_own_page(stranger, scheme, host)
        {
            return Err(Refusal::Origin(String::from_utf8_lossy(stranger.as_bytes()).into_owned()));
        }
        let mut sites = headers.get_all(SEC_FETCH_SITE).iter();
        if page.is_none() && !sites.all(|site| site == "same-origin" || site == "none") {
            return Err(Refusal::Site);
        }
        Ok(page.cloned())
    }

    fn allows(&self, sender: &HeaderValue) -> bool {
        (self.allows_any_origin && sender != "*") || self.origins.iter().any(|allowed| sender == allowed)
    }
}

impl Admitted {
    /// Adds to a response what the browser of an allowed page looks for.
    pub fn finish(&self, headers: &mut HeaderMap) {
        if self.depends_on_origin {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        let Some(page) = &self.page else { return };
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        if let Ok(names) = HeaderValue::try_from(names.join(", ")) {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, names);
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, page.clone());
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
    }

    /// The answer to a preflight request: the page may do all that the APIs offer.
    fn preflight(&self, asked: &HeaderMap) -> Response {
        let mut response = Response::default();
        *response.status_mut() = StatusCode::NO_CONTENT;
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
            headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
        }
        if asked.contains_key(REQUEST_PRIVATE_NETWORK) {
            headers.insert(ALLOW_PRIVATE_NETWORK, HeaderValue::from_static("true"));
        }
        self.finish(headers);
        response
    }
}

/// Whether a page is one that this server itself served at this host.
fn is_own_page(sender: &HeaderValue, scheme: &str, host: &Address) -> bool {
    let own = origin(&format!("{scheme}://{host}"));
    own.is_ok_and(|own| sender == &own)
}

/// Why a request is not answered.
enum Refusal {
    NoHost,
    SeveralHosts,
    UnreadableHost,
    Host(String),
    Origin(String),
    Site,
}

impl Refusal {
    /// The refusal as any client can read it; it names the option that would allow the request.
    fn into_response(self) -> Response {
        let cut = |text: String| text.chars().take(ECHO).collect::<String>();
        let (status, words) = match self {
            Self::NoHost => (StatusCode::BAD_REQUEST, "the request names no host".to_owned()),
            Self::SeveralHosts => (StatusCode::BAD_REQUEST, "the request names several hosts".to_owned()),
            Self::UnreadableHost => (StatusCode::BAD_REQUEST, "the host cannot be read".to_owned()),
            Self::Host(host) => (
                StatusCode::FORBIDDEN,
                format!("this server does not answer for the host `{}`; `--allow-host` allows it", cut(host)),
            ),
            Self::Origin(origin) => (
                StatusCode::FORBIDDEN,
                format!("pages of `{}` may not use this server; `--allow-origin` allows them", cut(origin)),
            ),
            Self::Site => (
                StatusCode::FORBIDDEN,
                "pages of other sites may not use this server; `--allow-origin` allows them, if they name their \
                 origin"
                    .to_owned(),
            ),
        };
        with_body(status, TEXT, words + "\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(request: http::request::Builder) -> u16 {
        let (mut head, ()) = request.body(()).expect("a request").into_parts();
        let guard = Guard::new(([127, 0, 0, 1], 8080).into());
        match guard.admit(&mut head) {
            ControlFlow::Break(response) => response.status().as_u16(),
            ControlFlow::Continue(_) => 200,
        }
    }

    /// The cases of HTTP/1.1 are in `tests/guard.rs`.
    #[test]
    fn the_authority_of_http_2_is_held_to_the_same_list() {
        let get = |uri: &str| http::Request::get(uri).version(Version::HTTP_2);
        assert_eq!(status(get("http://127.0.0.1:8080/api/v1/idps")), 200);
        assert_eq!(status(get("http://evil.example:8080/api/v1/idps")), 403);
        assert_eq!(status(get("http://127.0.0.1:8080/api/v1/idps").header(HOST, "evil.example")), 403);
        assert_eq!(status(get("/api/v1/idps").header(HOST, "127.0.0.1:8080")), 200);
        assert_eq!(status(get("/api/v1/idps")), 400);
    }

    #[test]
    fn the_scheme_decides_which_pages_and_which_port_are_our_own() {
        let get = |uri: &str, origin: &str| {
            status(http::Request::get(uri).version(Version::HTTP_2).header(ORIGIN, origin))
        };
        assert_eq!(get("https://127.0.0.1:8080/", "https://127.0.0.1:8080"), 200);
        assert_eq!(get("https://127.0.0.1:8080/", "http://127.0.0.1:8080"), 403);
        assert_eq!(get("http://127.0.0.1:8080/", "https://127.0.0.1:8080"), 403);
        let at_443 = Guard::new(([127, 0, 0, 1], 443).into());
        for (uri, is_admitted) in [("https://localhost/", true), ("http://localhost/", false)] {
            let request = http::Request::get(uri).version(Version::HTTP_2).body(()).expect("a request");
            assert_eq!(at_443.admit(&mut request.into_parts().0).is_continue(), is_admitted, "{uri}");
        }
    }

    #[test]
    fn a_server_on_ipv6_has_its_own_address() {
        let guard = Guard::new("[::1]:8080".parse().expect("an address"));
        let names: Vec<_> = guard.hosts.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["[::1]:8080", "localhost:8080"]);
        let everywhere = Guard::new("0.0.0.0:8080".parse().expect("an address"));
        assert_eq!(everywhere.hosts.len(), 1, "`localhost` is a name of loopback alone");
    }

    #[test]
    fn a_refusal_repeats_at_most_200_characters() {
        let (mut head, ()) =
            http::Request::get("/").header(HOST, "a".repeat(5000)).body(()).expect("a request").into_parts();
        let ControlFlow::Break(refusal) = Guard::new(([127, 0, 0, 1], 80).into()).admit(&mut head) else {
            panic!("admitted")
        };
        assert!(refusal.body().len() < 300, "{}", refusal.body().len());
    }
}
