//! The requests that web pages can cause, given to the guard as values. The command and the npm package are held to
//! the same table.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where it fails")]

#[path = "cases-guard/table.rs"]
mod table;

use std::ops::ControlFlow;

use bytes::Bytes;
use idpstore::{Guard, IdpStore, Request, Response};

use table::{Case, cases, refused};

const PORT: u16 = 8080;

fn guard() -> Guard {
    Guard::new(([127, 0, 0, 1], PORT).into())
}

fn guard_of(case: &Case) -> Guard {
    let guard = case.allow_hosts.iter().fold(guard(), |guard, host| guard.allow_host(host).unwrap());
    case.allow_origins.iter().fold(guard, |guard, origin| guard.allow_origin(origin).unwrap())
}

fn request_of(case: &Case) -> Request {
    let mut request = http::Request::builder().method(&*case.method).uri(&case.target);
    for (name, value) in &case.headers {
        request = request.header(name, value);
    }
    request.body(Bytes::new()).unwrap()
}

fn answer(guard: &Guard, store: &IdpStore, request: Request) -> Response {
    let (mut head, body) = request.into_parts();
    match guard.admit(&mut head) {
        ControlFlow::Break(response) => response,
        ControlFlow::Continue(admitted) => {
            let mut response = store.handle(Request::from_parts(head, body));
            admitted.finish(response.headers_mut());
            response
        }
    }
}

#[test]
fn pages_reach_the_store_only_if_they_are_allowed() {
    let store = IdpStore::in_memory().unwrap();
    for case in cases(PORT) {
        let response = answer(&guard_of(&case), &store, request_of(&case));
        let headers = response.headers();
        let header = |name: &str| {
            let values: Vec<_> = headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
            (!values.is_empty()).then(|| values.join(", "))
        };
        case.check(response.status().as_u16(), header, response.body());
    }
}

#[test]
fn options_that_cannot_be_read_are_refused() {
    for host in refused("allow_hosts") {
        assert!(guard().allow_host(&host).is_err(), "{host}");
    }
    for origin in refused("allow_origins") {
        assert!(guard().allow_origin(&origin).is_err(), "{origin}");
    }
}

#[test]
fn an_allowed_page_may_read_every_header() {
    let store = IdpStore::in_memory().unwrap();
    let guard = guard().allow_origin("https://app.example").unwrap();
    let request = http::Request::get("/admin/v1/idps/templates/1")
        .header("host", "localhost:8080")
        .header("origin", "https://app.example");
    let response = answer(&guard, &store, request.body(Bytes::new()).unwrap());
    let exposed = response.headers()["access-control-expose-headers"].to_str().unwrap();
    for name in ["cache-control", "content-type", "expires"] {
        assert!(exposed.split(", ").any(|known| known == name), "{exposed}");
    }
}
