//! A server of your own with the vendors' APIs in it, beside its other routes.
//!
//! ```sh
//! cargo run --example axum --features tower -- 127.0.0.1:3000
//! curl http://127.0.0.1:3000/api/v1/idps
//! ```
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use std::ops::ControlFlow;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::Response;
use axum::routing::get;
use idpstore::{Guard, IdpStore};
use tokio::net::TcpListener;

type Failed = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failed> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    serve(TcpListener::bind(address).await?, IdpStore::in_memory()?).await
}

/// Answers what is sent to this address.
pub(crate) async fn serve(listener: TcpListener, store: IdpStore) -> Result<(), Failed> {
    let address = listener.local_addr()?;
    println!("http://{address}/api/v1/idps");
    let guard = Arc::new(Guard::new(address));
    let app = Router::new()
        .route("/health", get(|| async { "well" }))
        .fallback_service(store)
        .layer(from_fn_with_state(guard, admit));
    Ok(axum::serve(listener, app).await?)
}

/// Refuses requests that a web page has sent, as anyone can write such a page.
async fn admit(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let (mut head, body) = request.into_parts();
    match guard.admit(&mut head) {
        ControlFlow::Break(refusal) => refusal.map(Body::from),
        ControlFlow::Continue(admitted) => {
            let mut response = next.run(Request::from_parts(head, body)).await;
            admitted.finish(response.headers_mut());
            response
        }
    }
}
