//! Which members must be sent, and which are always answered.

use crate::dialects::document::Line;
use crate::dialects::document::line::{Content, Presence, Standing};
use crate::dialects::document::shape::Shape;

/// Whether a document without this member is refused, although the object around it is there.
pub(super) fn must_be_sent<R, X>(line: &Line<R, X>, record: &R) -> bool {
    let is_required = |line: &Line<R, X>| match line.member.presence {
        Presence::Required => true,
        Presence::RequiredIf => line.required_if.is_some_and(|when| when(record)),
        _ => false,
    };
    let has_required = || {
        let mut inside = line.lines.iter().filter(|line| line.applies(Some(record)));
        inside.any(|line| {
            line.member.presence == Presence::Needed || (is_required(line) && must_be_sent(line, record))
        })
    };
    is_required(line)
        || matches!(line.member.presence, Presence::Needed | Presence::NeededHere)
        || (matches!(line.member.shape, Shape::Object) && has_required())
}

/// Whether it is shown of this record, and of all that are known better.
pub(super) fn is_shown<R, X>(line: &Line<R, X>, record: &R, scene: &X) -> bool {
    let has_default = line.member.standing != Standing::First && has_default(line, record);
    // Of a field of a message the zero value is left out.
    let may_be_zero = line.member.content == Content::Core && line.member.field.is_some() && !has_default;
    let is_sometimes_left_out = line.member.is_secret()
        || may_be_zero
        || line.dress.is_some()
        || matches!(line.member.content, Content::Hidden | Content::WriteOnly | Content::Returned);
    !is_sometimes_left_out && (appears(line, record, scene) || has_default)
}

/// Whether it is shown of this record and makes the object around it appear.
fn appears<R, X>(line: &Line<R, X>, record: &R, scene: &X) -> bool {
    let is_zero = |field| line.shown(record).is_zero_of(field);
    let is_in_core = || !line.shown(record).is_nothing() && !line.member.field.is_some_and(is_zero);
    let mut inside = line.lines.iter().filter(|line| line.applies(Some(record)));
    match (line.member.content, line.member.shape) {
        (Content::Hidden | Content::WriteOnly | Content::Returned, _) => false,
        (Content::Server, _) => line.server.is_some_and(|server| !server(record, scene).is_nothing()),
        (_, Shape::Flat) => true,
        (Content::Core, _) if is_in_core() => true,
        (_, Shape::Object) if line.member.field.is_some() => true,
        (_, Shape::Object) if inside.any(|line| appears(line, record, scene)) => true,
        _ => line.member.standing == Standing::Always && has_default(line, record),
    }
}

fn has_default<R, X>(line: &Line<R, X>, record: &R) -> bool {
    line.default(record).is_some_and(|default| !default.is_nothing())
}
