//! The bytes of a lasting store, which JavaScript keeps: in a file of Node or in OPFS.

use std::fmt::{self, Debug};
use std::io;

use idpstore::engine::StorageBackend;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

#[wasm_bindgen]
extern "C" {
    /// A row of bytes with a length. Offsets are numbers of JavaScript, exact up to 2^53.
    pub type Storage;

    #[wasm_bindgen(method, catch)]
    fn size(this: &Storage) -> Result<f64, JsValue>;

    /// Fills all of `out`, a view of our memory, unless the bytes end before that.
    #[wasm_bindgen(method, catch)]
    fn read(this: &Storage, offset: f64, out: &mut [u8]) -> Result<bool, JsValue>;

    /// Writes all of `data`.
    #[wasm_bindgen(method, catch)]
    fn write(this: &Storage, offset: f64, data: &[u8]) -> Result<(), JsValue>;

    /// Cuts off, or adds zeros.
    #[wasm_bindgen(method, catch)]
    fn resize(this: &Storage, size: f64) -> Result<(), JsValue>;

    /// Comes back once everything is safe.
    #[wasm_bindgen(method, catch)]
    fn sync(this: &Storage) -> Result<(), JsValue>;

    #[wasm_bindgen(method, catch)]
    fn close(this: &Storage) -> Result<(), JsValue>;

    #[wasm_bindgen(js_name = String)]
    fn to_text(value: &JsValue) -> String;
}

/// [`Storage`] as redb wants it. It may cross threads because a module without shared memory has only one.
pub(crate) struct Backend(pub(crate) Storage);

impl Debug for Backend {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Backend")
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of files, exact up to 2^53"
)]
impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.0.size().map(|size| size as u64).map_err(failed)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        // A file that was cut off is damaged; nothing is wrong with the disk.
        let filled = self.0.read(offset as f64, out).map_err(failed)?;
        if filled { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.resize(len as f64).map_err(failed)
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.sync().map_err(failed)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.write(offset as f64, data).map_err(failed)
    }

    fn close(&self) -> io::Result<()> {
        self.0.close().map_err(failed)
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` takes")]
fn failed(cause: JsValue) -> io::Error {
    io::Error::other(to_text(&cause))
}
