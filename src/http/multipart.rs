//! Bodies in parts: `multipart/form-data` (RFC 7578).

use bytes::Bytes;
use futures_util::{FutureExt as _, stream};
use http::header::CONTENT_TYPE;

use super::Call;
use crate::error::{Error, ErrorKind, Result};

/// The parts of a form.
#[derive(Debug)]
pub(crate) struct Form(Vec<(String, Bytes)>);

impl Form {
    /// The form that was sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnsupportedMediaType`] if the media type is not that of a form, [`ErrorKind::Malformed`] if it
    /// is not.
    pub(crate) fn of(call: &Call<'_>) -> Result<Self> {
        let said = call.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let boundary = match multer::parse_boundary(said.unwrap_or_default()) {
            Ok(boundary) => boundary,
            Err(multer::Error::NoBoundary) => {
                return Err(Error::new(ErrorKind::Malformed).context("the form has no boundary"));
            }
            Err(_) => return Err(ErrorKind::UnsupportedMediaType.into()),
        };
        let body = stream::iter([Ok::<_, std::convert::Infallible>(call.request.body().clone())]);
        // The body is there in whole, so reading it never waits.
        let form = read(multer::Multipart::new(body, boundary)).now_or_never();
        form.unwrap_or(Err(multer::Error::IncompleteStream))
            .map_err(|cause| Error::new(ErrorKind::Malformed).caused_by(cause))
    }

    /// The content of the first part with this name.
    #[must_use]
    pub(crate) fn part(&self, name: &str) -> Option<&Bytes> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, content)| content)
    }

    /// The content of the first part with this name as text.
    #[must_use]
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        std::str::from_utf8(self.part(name)?).ok()
    }
}

async fn read(mut parts: multer::Multipart<'_>) -> multer::Result<Form> {
    let mut found = Vec::new();
    while let Some(part) = parts.next_field().await? {
        let name = part.name().unwrap_or_default().to_owned();
        found.push((name, part.bytes().await?));
    }
    Ok(Form(found))
}
