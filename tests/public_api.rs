//! `docs/public-api.txt` lists what is public, so that a review sees each change of it. To write it anew:
//! `UPDATE=1 cargo test --test public_api`.
//!
//! The compiler refuses `pub` on what cannot be reached from outside (`unreachable_pub`), so every item that has it is
//! listed. Bodies, comments and what is private are left out.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use syn::{
    Attribute, Block, Fields, File, ImplItem, Item, ItemImpl, TraitItem, Type, Visibility, parse_quote,
};

/// The Rust files below `src/`, sorted.
fn sources() -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Leaves the attributes that callers notice.
fn prune(attributes: &mut Vec<Attribute>) {
    attributes.retain(|one| ["cfg", "derive", "non_exhaustive"].iter().any(|name| one.path().is_ident(name)));
}

/// Leaves the public fields. Code that builds or takes apart a value shows that there are others.
fn prune_fields(fields: &mut Fields) {
    let hidden = fields.iter().any(|field| !is_public(&field.vis));
    match fields {
        Fields::Named(fields) => {
            fields.named = fields.named.iter().filter(|field| is_public(&field.vis)).cloned().collect();
            if hidden {
                fields.named.push(parse_quote!(private: _));
            }
        }
        Fields::Unnamed(fields) => {
            for field in fields.unnamed.iter_mut().filter(|field| !is_public(&field.vis)) {
                field.ty = parse_quote!(_);
            }
        }
        Fields::Unit => {}
    }
    fields.iter_mut().for_each(|field| prune(&mut field.attrs));
}

fn empty() -> Block {
    parse_quote!({})
}

/// The last name of a type's path, such as `Service` of `super::Service`.
fn name(of: &Type) -> Option<String> {
    let Type::Path(path) = of else { return None };
    path.path.segments.last().map(|last| last.ident.to_string())
}

/// What is public of an `impl`; of one of a trait only that it is there.
fn prune_impl(item: &mut ItemImpl, types: &BTreeSet<String>, hidden_traits: &BTreeSet<String>) -> bool {
    let known = name(&item.self_ty).is_some_and(|name| types.contains(&name));
    if let Some((_, path, _)) = &item.trait_ {
        let last = path.segments.last().unwrap().ident.to_string();
        item.items.retain(|inner| matches!(inner, ImplItem::Type(_)));
        return known && !hidden_traits.contains(&last);
    }
    item.items.retain_mut(|inner| match inner {
        ImplItem::Fn(function) => {
            prune(&mut function.attrs);
            function.block = empty();
            is_public(&function.vis)
        }
        ImplItem::Const(constant) => {
            prune(&mut constant.attrs);
            constant.expr = parse_quote!(_);
            is_public(&constant.vis)
        }
        _ => false,
    });
    known && !item.items.is_empty()
}

/// Whether an item is public; all of it that is not, is taken out.
fn keep(item: &mut Item, types: &BTreeSet<String>, hidden_traits: &BTreeSet<String>) -> bool {
    match item {
        Item::Const(it) => {
            prune(&mut it.attrs);
            it.expr = parse_quote!(_);
            is_public(&it.vis)
        }
        Item::Static(it) => {
            prune(&mut it.attrs);
            it.expr = parse_quote!(_);
            is_public(&it.vis)
        }
        Item::Enum(it) => {
            prune(&mut it.attrs);
            for variant in &mut it.variants {
                prune(&mut variant.attrs);
                variant.fields.iter_mut().for_each(|field| prune(&mut field.attrs));
            }
            is_public(&it.vis)
        }
        Item::Fn(it) => {
            prune(&mut it.attrs);
            *it.block = empty();
            is_public(&it.vis)
        }
        Item::Impl(it) => {
            prune(&mut it.attrs);
            prune_impl(it, types, hidden_traits)
        }
        Item::Mod(it) => {
            prune(&mut it.attrs);
            if let Some((_, items)) = &mut it.content {
                items.retain_mut(|inner| keep(inner, types, hidden_traits));
            }
            is_public(&it.vis)
        }
        Item::Struct(it) => {
            prune(&mut it.attrs);
            prune_fields(&mut it.fields);
            is_public(&it.vis)
        }
        Item::Trait(it) => {
            prune(&mut it.attrs);
            for inner in &mut it.items {
                if let TraitItem::Fn(function) = inner {
                    prune(&mut function.attrs);
                    function.default = function.default.as_ref().map(|_| empty());
                }
            }
            is_public(&it.vis)
        }
        Item::Type(it) => {
            prune(&mut it.attrs);
            is_public(&it.vis)
        }
        Item::Use(it) => {
            prune(&mut it.attrs);
            is_public(&it.vis)
        }
        _ => false,
    }
}

fn listing() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let files: Vec<(PathBuf, File)> = sources()
        .into_iter()
        .map(|path| {
            let source = fs::read_to_string(&path).unwrap();
            (path.strip_prefix(root).unwrap().to_owned(), syn::parse_file(&source).unwrap())
        })
        .collect();
    let items = || files.iter().flat_map(|(_, file)| &file.items);
    let types = items().filter_map(|item| match item {
        Item::Struct(it) => is_public(&it.vis).then(|| it.ident.to_string()),
        Item::Enum(it) => is_public(&it.vis).then(|| it.ident.to_string()),
        _ => None,
    });
    let hidden_traits = items().filter_map(|item| match item {
        Item::Trait(it) => (!is_public(&it.vis)).then(|| it.ident.to_string()),
        _ => None,
    });
    let (types, hidden_traits) = (types.collect(), hidden_traits.collect());
    let mut listed = String::new();
    for (path, mut file) in files {
        prune(&mut file.attrs);
        file.attrs.clear();
        file.items.retain_mut(|item| keep(item, &types, &hidden_traits));
        if !file.items.is_empty() {
            let path = path.to_str().unwrap().replace('\\', "/");
            writeln!(listed, "// {path}\n\n{}", prettyplease::unparse(&file)).unwrap();
        }
    }
    listed
}

#[test]
fn what_is_public_is_listed() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/public-api.txt");
    let listing = listing();
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, &listing).unwrap();
    }
    let listed = fs::read_to_string(&path).unwrap();
    let difference = listing.lines().zip(listed.lines()).find(|(now, before)| now != before);
    assert!(listing == listed, "what is public has changed (see the head of this file): {difference:?}");
}
