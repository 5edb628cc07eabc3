//! Whether a store file is shared with other processes that write it.

use std::path::Path;

use clap::builder::BoolishValueParser;
use idpstore::{Builder, Result};

/// Whether it is.
#[derive(Clone, Copy, Default, clap::Args)]
pub(crate) struct Share {
    /// Open the file so that other processes of this machine that open it so can write it, too. What needs a file for itself,
    /// such as `compact`, does so all the same
    #[arg(id = "share", long = "share", env = "IDPSTORE_SHARE", value_parser = BoolishValueParser::new())]
    is_shared: bool,
}

impl Share {
    pub(crate) fn is_shared(self) -> bool {
        self.is_shared
    }

    /// Keeps everything in this file.
    pub(crate) fn file(self, builder: Builder, path: &Path) -> Result<Builder> {
        if self.is_shared { builder.share(path) } else { builder.file(path) }
    }
}
