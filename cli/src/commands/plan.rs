//! Plans, as commands print them.

use std::fmt::Write as _;

use serde_json::Value;

use super::output;
use super::target::{items, joined, text};

/// A plan in lines: records with `+`, `-` or `~`, what each API shows differently, and warnings with `!`.
pub(super) fn lines(plan: &Value) -> String {
    let mut lines = String::new();
    for it in items(plan, "changes") {
        let sign = match text(it, "outcome").as_str() {
            "created" => '+',
            "deleted" => '-',
            _ => '~',
        };
        let members = joined(it, "members", " ");
        let _ = writeln!(lines, "{sign} {} {} {members}", text(it, "table"), text(it, "name"));
    }
    for it in items(plan, "documents") {
        let members = joined(it, "members", " ");
        let _ = writeln!(lines, "  {} shows {} differently: {members}", text(it, "api"), text(it, "record"));
    }
    for warning in items(plan, "warnings").filter_map(Value::as_str) {
        let _ = writeln!(lines, "! {warning}");
    }
    lines.lines().map(|line| output::escaped(line.trim_end()) + "\n").collect()
}
