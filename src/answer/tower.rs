//! The store as a service of tower, as axum and hyper take it.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

use bytes::{Buf as _, BufMut as _, Bytes, BytesMut};
use http::StatusCode;
use http_body::Body;
use http_body_util::{BodyExt as _, Full};
use tower_service::Service;

use crate::error::{Error, ErrorKind, Result};
use crate::store::IdpStore;

/// Answers requests with bodies of any kind, such as `axum::Router::fallback_service(store)` hands in. As
/// [`IdpStore::handle`] does, it answers whatever goes wrong, too: a body that is too large, which is read no further
/// than [`IdpStore::body_limit`], and one that fails.
///
/// Calls take their time to make keys and to write to the disk, so they run on the threads that tokio has for that. A
/// call that has begun goes on to its end even if its future is dropped.
///
/// ```
/// use http_body_util::{BodyExt as _, Full};
/// use idpstore::IdpStore;
/// use tower_service::Service as _;
///
/// # let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
/// # runtime.block_on(async {
/// let mut store = IdpStore::in_memory()?;
/// let request = http::Request::get("/api/v1/idps").body(Full::<bytes::Bytes>::default()).expect("a request");
/// let Ok(response) = store.call(request).await;
/// assert_eq!(&response.into_body().collect().await.expect("a body").to_bytes()[..], b"[]");
/// # Ok::<(), idpstore::Error>(())
/// # }).expect("an answer");
/// ```
///
/// # Panics
///
/// The future panics if no runtime of tokio polls it.
impl<B> Service<http::Request<B>> for IdpStore
where
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    type Response = http::Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let store = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let (body, outcome) = match read(body, store.body_limit()).await {
                Ok(body) => (body, Ok(())),
                Err(error) => (Bytes::new(), Err(error)),
            };
            let request = http::Request::from_parts(head, body);
            let handled = tokio::task::spawn_blocking(move || store.respond(request, outcome)).await;
            Ok(handled.unwrap_or_else(|_| broken()).map(Full::new))
        })
    }
}

/// Reads a body of up to `limit` bytes, or one byte more of a larger one: enough to see that it is too large.
async fn read<B>(body: B, limit: usize) -> Result<Bytes>
where
    B: Body,
    B::Error: Into<Box<dyn StdError + Send + Sync>>,
{
    let mut body = pin!(body);
    let (mut bytes, enough) = (BytesMut::new(), limit.saturating_add(1));
    while bytes.len() < enough
        && let Some(frame) = body.frame().await
    {
        let frame = frame.map_err(|cause| Error::new(ErrorKind::Malformed).caused_by(cause))?;
        // What is not data is trailers, which nothing here looks at.
        if let Ok(data) = frame.into_data() {
            let length = data.remaining().min(enough - bytes.len());
            bytes.put(data.take(length));
        }
    }
    Ok(bytes.freeze())
}

/// The answer if the call panicked, which has been printed, or if the runtime is ending.
fn broken() -> http::Response<Bytes> {
    let mut response = http::Response::default();
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response
}
