//! How far work has come that takes longer than a second, shown while a terminal is looked at.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// Work is shown once it has taken this long.
const PATIENCE: Duration = Duration::from_secs(1);

/// A line on stderr with the number of records that are done. It is not there where stderr is no terminal, and goes at the end.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Work that begins now, such as `importing`.
    pub(super) fn of(work: &'static str) -> Self {
        let style = ProgressStyle::with_template("{spinner} {msg}: {human_pos} records, {elapsed}");
        let bar = ProgressBar::no_length().with_message(work);
        Self(style.map_or(bar.clone(), |style| bar.with_style(style)))
    }

    /// How many records are done.
    pub(super) fn at(&self, records: u64) {
        if self.0.elapsed() > PATIENCE {
            self.0.set_position(records);
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
