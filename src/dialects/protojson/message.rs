//! Messages as tables of fields.

use serde_json::Value;

/// A message.
pub(crate) struct Message {
    /// Its name, without the package.
    pub(super) name: &'static str,
    /// The package; absent: that of the service that is called.
    pub(super) package: Option<&'static str>,
    /// Whether it changes what exists already, so that what only a new thing needs may be missing.
    pub(super) is_update: bool,
    members: &'static [&'static dyn Fields],
}

impl Message {
    /// A message of the package of the service that is called.
    pub(crate) const fn of(name: &'static str, members: &'static [&'static dyn Fields]) -> Self {
        Self { name, package: None, is_update: false, members }
    }

    /// The same, in this package.
    pub(crate) const fn of_package(mut self, package: &'static str) -> Self {
        self.package = Some(package);
        self
    }

    /// The same, which changes what exists already.
    pub(crate) const fn update(mut self) -> Self {
        self.is_update = true;
        self
    }

    /// The name of the message, without the package.
    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    /// The fields, in the order of their numbers.
    pub(crate) fn fields(&self) -> Vec<&'static Field> {
        let mut fields = Vec::new();
        self.members.iter().for_each(|members| members.add_to(&mut fields));
        fields
    }
}

/// Fields of a message, or one.
pub(crate) trait Fields: Sync {
    /// Adds the fields to a list.
    fn add_to(&'static self, fields: &mut Vec<&'static Field>);
}

impl Fields for Field {
    fn add_to(&'static self, fields: &mut Vec<&'static Field>) {
        fields.push(self);
    }
}

/// A field of a message.
#[derive(Clone, Copy)]
pub(crate) struct Field {
    /// The name in lower camel case.
    pub(crate) name: &'static str,
    pub(super) form: Form,
    pub(super) presence: Presence,
    pub(super) rule: Rule,
    /// Whether its value is a secret, which no error repeats.
    pub(crate) is_secret: bool,
}

/// The names of an enumeration in the order of their numbers, each with what it stands for. The first is the zero value.
pub(crate) type Names = &'static [(&'static str, &'static str)];

/// What a field holds.
#[derive(Clone, Copy)]
pub(super) enum Form {
    Text,
    Bytes,
    Flag,
    Uint32,
    Uint64,
    Enum(Names),
    Duration,
    Message(&'static Message),
    Texts,
    Enums(Names),
    Messages(&'static Message),
}

/// When a field counts as received.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    /// If it is not the zero value of its form.
    Implicit,
    /// If it is there.
    Optional,
    /// If it is there, and then no other field of this oneof may be.
    Oneof(&'static str),
    /// As [`Presence::Oneof`], and one of the fields must be there.
    RequiredOneof(&'static str),
}

/// What a field must be. Texts are measured in characters, bytes in bytes.
#[derive(Clone, Copy)]
pub(super) enum Rule {
    /// Anything.
    Any,
    /// Between so long and so long.
    Length(usize, usize),
    /// Not empty and at most so long, but an update may leave it out.
    NewLength(usize),
    /// Exactly so long.
    Exactly(usize),
    /// So many elements, each so long.
    Items((usize, usize), (usize, usize)),
    /// One of the values that have a name.
    Defined,
    /// One of these but the zero value.
    Chosen,
    /// There, if it is a message; true, if it is a flag.
    Required,
    /// Between so long and so long, and nothing that this finds a fault with.
    Checked(usize, usize, fn(&str) -> Option<String>),
}

impl Field {
    const fn new(name: &'static str, form: Form, rule: Rule) -> Self {
        Self { name, form, presence: Presence::Implicit, rule, is_secret: false }
    }

    /// The same, whose zero value is received, too.
    pub(crate) const fn optional(mut self) -> Self {
        self.presence = Presence::Optional;
        self
    }

    /// The same, as one of a oneof.
    pub(crate) const fn oneof(mut self, name: &'static str) -> Self {
        self.presence = Presence::Oneof(name);
        self
    }

    /// The same, as one of a oneof of which one must be there.
    pub(crate) const fn required_oneof(mut self, name: &'static str) -> Self {
        self.presence = Presence::RequiredOneof(name);
        self
    }

    /// The same text, of exactly so many characters.
    pub(crate) const fn exactly(mut self, characters: usize) -> Self {
        self.rule = Rule::Exactly(characters);
        self
    }

    /// The same enumeration, of which only values with a name are allowed.
    pub(crate) const fn defined(mut self) -> Self {
        self.rule = Rule::Defined;
        self
    }

    /// The same enumeration, of which only values with a name but the zero value are allowed.
    pub(crate) const fn chosen(mut self) -> Self {
        self.rule = Rule::Chosen;
        self
    }

    /// The same message, which must be there, or flag, which must be true if it is.
    pub(crate) const fn required(mut self) -> Self {
        self.rule = Rule::Required;
        self
    }

    /// The same text, in which this must find no fault.
    pub(crate) const fn checked(mut self, check: fn(&str) -> Option<String>) -> Self {
        if let Rule::Length(least, most) = self.rule {
            self.rule = Rule::Checked(least, most, check);
        }
        self
    }

    /// The same messages, at most so many.
    pub(crate) const fn at_most(mut self, items: usize) -> Self {
        self.rule = Rule::Items((0, items), (0, usize::MAX));
        self
    }

    /// The same, which is a secret.
    pub(crate) const fn secret(mut self) -> Self {
        self.is_secret = true;
        self
    }

    /// The oneof to which the field belongs.
    pub(super) const fn group(&self) -> Option<&'static str> {
        match self.presence {
            Presence::Oneof(name) | Presence::RequiredOneof(name) => Some(name),
            Presence::Implicit | Presence::Optional => None,
        }
    }

    /// Whether this is the zero value, which is not written. A message has none.
    pub(crate) fn is_zero(&self, value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::Bool(on) => !on,
            Value::Number(number) => number.as_u64() == Some(0),
            Value::String(text) => self.is_zero_text(text),
            Value::Array(elements) => elements.is_empty(),
            Value::Object(_) => false,
        }
    }

    /// As [`Field::is_zero`], of a value that is written as a text.
    pub(crate) fn is_zero_text(&self, text: &str) -> bool {
        match self.form {
            Form::Enum(names) => names.first().is_some_and(|(first, _)| *first == text),
            Form::Uint64 => text == "0",
            Form::Duration => text == "0s",
            _ => text.is_empty(),
        }
    }

    /// Whether its zero value is received, too.
    pub(crate) fn tells_zero(&self) -> bool {
        self.presence == Presence::Optional
    }

    /// Whether a value counts as received.
    pub(super) fn counts(&self, value: &Value) -> bool {
        self.presence != Presence::Implicit || !self.is_zero(value)
    }

    /// What a received value means: an undefined number of an enumeration is its zero value, and an empty message no more
    /// than none.
    pub(crate) fn meaning(&self, value: Value) -> Option<Value> {
        let value = match (self.form, value) {
            (Form::Enum(names), Value::Number(_)) => names.first().map(|(first, _)| *first).into(),
            (_, value) => value,
        };
        let is_empty = value.as_object().is_some_and(serde_json::Map::is_empty);
        Some(value).filter(|value| self.counts(value) && !is_empty)
    }
}

/// A text of so many characters.
pub(crate) const fn text(name: &'static str, least: usize, most: usize) -> Field {
    Field::new(name, Form::Text, Rule::Length(least, most))
}

/// A text that is not empty, and that an update may leave out.
pub(crate) const fn new_text(name: &'static str, most: usize) -> Field {
    Field::new(name, Form::Text, Rule::NewLength(most))
}

/// So many texts, each of so many characters.
pub(crate) const fn texts(name: &'static str, items: (usize, usize), lengths: (usize, usize)) -> Field {
    Field::new(name, Form::Texts, Rule::Items(items, lengths))
}

/// At most so many bytes. If there must be some, an update may still leave them out.
pub(crate) const fn bytes(name: &'static str, least: usize, most: usize) -> Field {
    let rule = if least == 0 { Rule::Length(0, most) } else { Rule::NewLength(most) };
    Field::new(name, Form::Bytes, rule)
}

/// True or false.
pub(crate) const fn flag(name: &'static str) -> Field {
    Field::new(name, Form::Flag, Rule::Any)
}

/// A whole number of 32 bits.
pub(crate) const fn uint32(name: &'static str) -> Field {
    Field::new(name, Form::Uint32, Rule::Any)
}

/// A whole number of 64 bits, which is written as a text.
pub(crate) const fn uint64(name: &'static str) -> Field {
    Field::new(name, Form::Uint64, Rule::Any)
}

/// One of these names.
pub(crate) const fn choice(name: &'static str, names: Names) -> Field {
    Field::new(name, Form::Enum(names), Rule::Any)
}

/// Any number of these names.
pub(crate) const fn choices(name: &'static str, names: Names) -> Field {
    Field::new(name, Form::Enums(names), Rule::Any)
}

/// A duration.
pub(crate) const fn duration(name: &'static str) -> Field {
    Field::new(name, Form::Duration, Rule::Any)
}

/// A message.
pub(crate) const fn message(name: &'static str, message: &'static Message) -> Field {
    Field::new(name, Form::Message(message), Rule::Any)
}

/// Any number of messages.
pub(crate) const fn messages(name: &'static str, message: &'static Message) -> Field {
    Field::new(name, Form::Messages(message), Rule::Any)
}
