//! Files of one room that use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::module;
use crate::tokens::{Token, tokens};

/// Which files each file uses.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// The files that are in a circle, or lead from one to another.
pub(crate) fn circles(mut uses: Uses) -> Vec<String> {
    loop {
        let left: BTreeSet<_> = uses.keys().cloned().collect();
        for used in uses.values_mut() {
            used.retain(|file| left.contains(file));
        }
        let used: BTreeSet<_> = uses.values().flatten().cloned().collect();
        uses.retain(|file, uses| !uses.is_empty() && used.contains(file));
        if uses.len() == left.len() {
            return uses.into_iter().map(|(file, used)| format!("{file} uses {used:?}")).collect();
        }
    }
}

/// A folder of tables, which are constants and may name each other: it counts as one file.
const TABLES: &str = "documents";

/// What Rust files use of the same room, without their tests. The files of a folder and its `mod.rs` may use each other.
pub(crate) fn of_rust(files: &[(String, String)]) -> Uses {
    let file = |path: &str| {
        let names = module(path);
        let end = names.iter().position(|name| *name == TABLES).map_or(names.len(), |folder| folder + 1);
        names[..end].join("::")
    };
    let modules: BTreeSet<_> = files.iter().map(|(path, _)| file(path)).collect();
    let mut uses = Uses::new();
    for (path, source) in files {
        let own = module(path);
        let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
        let paths = paths(&tokens(code), &own).into_iter();
        let used = paths.filter(|path| path.first().is_some_and(|room| room == own[0]));
        let used = used.filter_map(|path| {
            (1..=path.len()).rev().map(|end| path[..end].join("::")).find(|name| modules.contains(name))
        });
        let own = file(path);
        let is_around = |one: &str, other: &str| format!("{other}::").starts_with(&format!("{one}::"));
        let used: Vec<_> = used.filter(|used| !is_around(used, &own) && !is_around(&own, used)).collect();
        uses.entry(own).or_default().extend(used);
    }
    uses
}

/// The paths that begin with `crate`, `super` or `self`, from the root.
fn paths(tokens: &[Token], own: &[&str]) -> Vec<Vec<String>> {
    let own: Vec<_> = own.iter().map(ToString::to_string).collect();
    let mut found = Vec::new();
    for at in 0..tokens.len() {
        let begins = ["crate", "super", "self"].iter().any(|name| tokens[at].is(name));
        let goes_on =
            |at: usize| tokens.get(at..at + 2).is_some_and(|marks| marks.iter().all(|it| it.is(":")));
        if begins && goes_on(at + 1) && (at < 2 || !goes_on(at - 2)) {
            follow(tokens, at, own.clone(), &mut found);
        }
    }
    found
}

/// Follows a path, and all that it becomes in braces; returns where it ends.
fn follow(tokens: &[Token], mut at: usize, mut path: Vec<String>, found: &mut Vec<Vec<String>>) -> usize {
    loop {
        match tokens.get(at) {
            Some(Token::Word(name)) => match name.as_str() {
                "crate" => path.clear(),
                "super" => drop(path.pop()),
                "self" => {}
                name => path.push(name.to_owned()),
            },
            Some(Token::Mark('{')) => {
                while tokens.get(at).is_some_and(|token| !token.is("}")) {
                    at = follow(tokens, at + 1, path.clone(), found);
                }
                return at + 1;
            }
            _ => {}
        }
        if !tokens.get(at + 1..at + 3).is_some_and(|next| next.iter().all(|mark| mark.is(":"))) {
            break;
        }
        at += 3;
    }
    found.push(path);
    let ends = |token: &Token| [",", "}", ";"].iter().any(|end| token.is(end));
    at + tokens[at..].iter().position(ends).unwrap_or(tokens.len() - at)
}

/// What files of the npm package import.
pub(crate) fn of_typescript(files: &[(String, String)]) -> Uses {
    let uses = files.iter().map(|(path, source)| {
        let imported = source.split(" from '").skip(1).filter_map(|rest| rest.split_once(".js'"));
        let used = imported.filter(|(file, _)| file.starts_with('.')).map(|(file, _)| beside(path, file));
        (path.trim_end_matches(".ts").to_owned(), used.collect())
    });
    uses.collect()
}

/// The file that one imports by a path that begins with its own folder.
fn beside(path: &str, imported: &str) -> String {
    let mut segments: Vec<_> = path.split('/').collect();
    segments.pop();
    for segment in imported.split('/') {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    segments.join("/")
}

#[test]
fn circles_are_noticed() {
    let files = |sources: &[(&str, &str)]| {
        let owned = sources.iter().map(|(path, source)| ((*path).to_owned(), (*source).to_owned()));
        owned.collect::<Vec<_>>()
    };
    let rust = |one: &str, other: &str| {
        let (one, other) = (("src/a/one.rs", one), ("src/a/two/mod.rs", other));
        circles(of_rust(&files(&[one, other, ("src/a/mod.rs", "mod one; mod two;")]))).len()
    };
    assert_eq!(rust("use super::{two::{X, Y as Z}, W};", "use crate::a::one::V;"), 2);
    assert_eq!(rust("fn x(_: crate::a::two::X) {}", "use super::super::a::{W, one};"), 2);
    assert_eq!(rust("use super::two;", "use super::W; // use super::one;"), 0);
    assert_eq!(rust("use super::two;", "#[cfg(test)]\nmod tests { use super::super::one; }"), 0);
    let typescript = |other: &str| {
        let one = ("pkg/src/one.ts", "import type { X } from './two.js';");
        circles(of_typescript(&files(&[one, ("pkg/src/two.ts", other)]))).len()
    };
    assert_eq!(typescript("import {\n  Y,\n} from './one.js';"), 2);
    assert_eq!(typescript("import { Y } from './three.js';"), 0);
    let (in_folder, outside) = ("import { Y } from '../two.js';", "import { X } from './a/one.js';");
    let across = files(&[("pkg/src/a/one.ts", in_folder), ("pkg/src/two.ts", outside)]);
    assert_eq!(circles(of_typescript(&across)).len(), 2);
}
