//! Calls about images: icons and logos, of which providers carry the addresses.

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::header::{CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::dialects::pingone::environment::Environment;
use crate::dialects::pingone::{answers, ids, links};
use crate::error::{Error, ErrorKind, Reason, Resource, Result};
use crate::http::{Call, Response, body, negotiate};
use crate::model::VendorRecord;

const KIND: &str = "pingone.image";

const FILE: &str = "file";
const TYPE: &str = "type";
const WIDTH: &str = "width";
const HEIGHT: &str = "height";

/// The media types of images.
const TYPES: [&str; 3] = ["image/png", "image/jpeg", "image/gif"];

pub(in crate::dialects::pingone) fn create(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    let sent = negotiate::content_type(call.headers()).unwrap_or_default();
    let media_type = TYPES.into_iter().find(|known| *known == sent).ok_or(ErrorKind::UnsupportedMediaType)?;
    let file = call.request.body();
    let size = size(file).filter(|(width, height)| *width > 0 && *height > 0);
    let (width, height) = size.ok_or_else(|| {
        Error::invalid("/file", Reason::Other("is not an image in PNG, JPEG or GIF".to_owned()))
    })?;
    let made = environment.service.create_vendor_record(|draft| {
        let mut record = VendorRecord::named(KIND, draft.id().to_uuid());
        record.keep(TYPE, media_type.into());
        record.keep(WIDTH, width.into());
        record.keep(HEIGHT, height.into());
        record.keep(FILE, BASE64_STANDARD.encode(file).into());
        Ok(record)
    })?;
    answers::json(call, StatusCode::CREATED, &shown(&environment, &made))
}

pub(in crate::dialects::pingone) fn get(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    answers::json(call, StatusCode::OK, &shown(&environment, &named(call, &environment)?))
}

/// The file as it was uploaded, which pages show to anyone.
pub(in crate::dialects::pingone) fn file(call: &Call<'_>) -> Result<Response> {
    let record = named(call, &Environment::named(call)?)?;
    let text = |name| record.kept(name).and_then(Value::as_str).unwrap_or_default();
    let corrupt = || Error::new(ErrorKind::Corrupt);
    let file = BASE64_STANDARD.decode(text(FILE)).map_err(|cause| corrupt().caused_by(cause))?;
    let mut response = Response::new(file.into());
    let media_type = HeaderValue::from_str(text(TYPE)).map_err(|cause| corrupt().caused_by(cause))?;
    response.headers_mut().insert(CONTENT_TYPE, media_type);
    // Its type is what the caller named: browsers must not guess another, such as a page.
    response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    Ok(response)
}

pub(in crate::dialects::pingone) fn delete(call: &Call<'_>) -> Result<Response> {
    let environment = Environment::of(call)?;
    environment.service.delete_vendor_record(named(call, &environment)?.id)?;
    Ok(body::no_content())
}

fn named(call: &Call<'_>, environment: &Environment) -> Result<VendorRecord> {
    let text = call.param("imageID");
    let found = environment.service.vendor_record(KIND, ids::named(Resource::Record, text)?)?;
    found.ok_or_else(|| Error::not_found(Resource::Record, text))
}

/// The service calls all images `png`.
fn shown(environment: &Environment, record: &VendorRecord) -> Value {
    let id = record.id.to_uuid();
    let own = format!("{}/images/{id}", environment.url);
    json!({
        "_links": links::to(&[("self", &own), ("environment", &environment.url)]),
        "id": id,
        "environment": links::environment(environment),
        "targets": {"original": {
            "id": id,
            "href": format!("{own}/original.png"),
            "width": record.kept(WIDTH),
            "height": record.kept(HEIGHT),
            "type": "png",
        }},
        "createdAt": record.created.to_string(),
    })
}

/// Width and height of an image: PNG (section 11.2.1), GIF (section 18) or JPEG (ITU-T T.81, annex B).
fn size(file: &[u8]) -> Option<(u32, u32)> {
    let number = |bytes: &[u8]| bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte));
    if file.starts_with(b"\x89PNG\r\n\x1a\n") && file.get(12..16)? == b"IHDR" {
        return Some((number(file.get(16..20)?), number(file.get(20..24)?)));
    }
    if file.starts_with(b"GIF87a") || file.starts_with(b"GIF89a") {
        let [a, b, c, d] = file.get(6..10)?.try_into().ok()?;
        return Some((u16::from_le_bytes([a, b]).into(), u16::from_le_bytes([c, d]).into()));
    }
    let mut rest = file.strip_prefix(b"\xff\xd8")?;
    loop {
        rest = match rest {
            [0xff, 0xff, ..] => rest.get(1..)?,
            // A frame: its length, the precision, height and width.
            [0xff, 0xc0..=0xc3 | 0xc5..=0xc7 | 0xc9..=0xcb | 0xcd..=0xcf, segment @ ..] => {
                return Some((number(segment.get(5..7)?), number(segment.get(3..5)?)));
            }
            [0xff, _, segment @ ..] => {
                let length = usize::try_from(number(segment.get(..2)?)).ok()?;
                segment.get(length.max(2)..)?
            }
            _ => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_read_of_each_format() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\x03\x85\0\0\x01\x02";
        assert_eq!(size(png), Some((901, 258)));
        assert_eq!(size(b"GIF89a\x02\x00\x01\x01..."), Some((2, 257)));
        let jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x02\xff\xc2\x00\x11\x08\x01\x02\x03\x85...";
        assert_eq!(size(jpeg), Some((901, 258)));
        for end in 0..png.len() {
            assert_eq!(size(&png[..end]), None);
        }
        for end in 0..21 {
            assert_eq!(size(&jpeg[..end]), None, "{end}");
        }
        assert_eq!(size(b"<svg/>"), None);
    }
}
