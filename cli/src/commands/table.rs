//! Tables that fit the terminal.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::output;

/// What is between two columns.
const GAP: &str = "  ";

/// The width to which a column may be cut.
const NARROWEST: usize = 8;

/// Rows of text below the names of the columns.
pub(super) struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    /// A table with these columns.
    pub(super) fn new(columns: [&str; N]) -> Self {
        Self { rows: vec![columns.map(str::to_uppercase)] }
    }

    /// Adds a row. What would move the cursor of a terminal is escaped.
    pub(super) fn row(&mut self, cells: [String; N]) {
        self.rows.push(cells.map(|cell| output::escaped(&cell)));
    }

    /// The table as lines, cut to the width of the terminal if it is printed to one.
    pub(super) fn text(&self) -> String {
        self.fitting(output::columns())
    }

    fn fitting(&self, columns: Option<usize>) -> String {
        let widths = self.widths(columns);
        let mut text = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (cell, width) in row.iter().zip(widths) {
                let cell = cut(cell, width);
                line.push_str(&cell);
                line.extend(std::iter::repeat_n(' ', width.saturating_sub(cell.width())));
                line.push_str(GAP);
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text
    }

    /// The widths of the columns. If all do not fit, the widest are cut.
    fn widths(&self, columns: Option<usize>) -> [usize; N] {
        let mut widths = [0; N];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.width());
            }
        }
        let room = columns.map(|columns| columns.saturating_sub(GAP.len() * N.saturating_sub(1)));
        while room.is_some_and(|room| widths.iter().sum::<usize>() > room) {
            match widths.iter_mut().max() {
                Some(widest) if *widest > NARROWEST => *widest -= 1,
                _ => break,
            }
        }
        widths
    }
}

/// A text of at most this width; where something was cut, it ends in an ellipsis.
fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let fits = |character: &char| {
        let width = character.width().unwrap_or_default();
        let fits = width <= left;
        left = left.saturating_sub(width);
        fits
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table<3> {
        let mut table = Table::new(["id", "name", "state"]);
        table.row(["1".to_owned(), "A partner with a long name".to_owned(), "active".to_owned()]);
        table.row(["22".to_owned(), "東京の\u{1b}[2J".to_owned(), String::new()]);
        table
    }

    #[test]
    fn columns_are_aligned_and_nothing_moves_the_cursor() {
        let whole = "ID  NAME                        STATE\n\
                     1   A partner with a long name  active\n\
                     22  東京の\\u{1b}[2J\n";
        assert_eq!(table().fitting(None), whole);
        assert_eq!(table().fitting(Some(200)), whole);
    }

    #[test]
    fn the_widest_column_is_cut_to_what_fits() {
        let narrow = "ID  NAME        STATE\n\
                      1   A partner…  active\n\
                      22  東京の\\u{…\n";
        assert_eq!(table().fitting(Some(22)), narrow);
        let narrowest = table().fitting(Some(3));
        assert!(narrowest.contains("A partn…"), "{narrowest}");
    }
}
