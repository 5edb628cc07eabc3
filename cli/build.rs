//! Makes sure that the console has been built, if it is to be in the program.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

/// What `src/serve/console.rs` takes into the program.
const FILES: [&str; 3] = ["index.html", "console.js", "icon.svg"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if env::var_os("CARGO_FEATURE_CONSOLE").is_none() {
        return;
    }
    println!("cargo::rerun-if-changed=console");
    let mut hasher = DefaultHasher::new();
    for name in FILES {
        let Ok(content) = fs::read(Path::new("console").join(name)) else {
            println!("cargo::error=the console has not been built yet: run `cargo xtask console`");
            return;
        };
        content.hash(&mut hasher);
    }
    println!("cargo::rustc-env=CONSOLE_ETAG=\"{:016x}\"", hasher.finish());
}
