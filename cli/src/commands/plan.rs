//! Plans, as commands print them.

use std::fmt::Write as _;

use idpstore::Plan;
use serde_json::{Value, json};

use super::output;

/// A plan as JSON, with what else a command adds to it.
pub(super) fn json(plan: &Plan, more: &[(&str, Value)]) -> Value {
    let changes =
        plan.changes.iter().map(|it| json!({"table": it.table, "name": it.name, "members": it.members}));
    let documents = plan.documents.iter().map(|it| {
        json!({"api": it.dialect, "table": it.table, "record": it.record, "before": it.before, "after": it.after, "members": it.members})
    });
    let mut value = json!({
        "changes": changes.collect::<Vec<_>>(),
        "documents": documents.collect::<Vec<_>>(),
        "warnings": plan.warnings,
    });
    if let Some(members) = value.as_object_mut() {
        members.extend(more.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    }
    value
}

/// A plan in lines: records with `+`, `-` or `~`, what each API shows differently, and warnings with `!`.
pub(super) fn text(plan: &Plan) -> String {
    let mut text = String::new();
    for it in &plan.changes {
        let sign = match (&it.before, &it.after) {
            (None, _) => '+',
            (_, None) => '-',
            _ => '~',
        };
        let _ = writeln!(text, "{sign} {} {} {}", it.table, it.name, it.members.join(" "));
    }
    for it in &plan.documents {
        let _ = writeln!(text, "  {} shows {} differently: {}", it.dialect, it.record, it.members.join(" "));
    }
    for warning in &plan.warnings {
        let _ = writeln!(text, "! {warning}");
    }
    text.lines().map(|line| output::escaped(line) + "\n").collect()
}
