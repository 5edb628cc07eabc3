//! Compiles the messages of gRPC to descriptors, and makes sure that the console has been built, if it is to be in the
//! program.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

/// What `src/serve/console.rs` takes into the program.
const FILES: [&str; 3] = ["index.html", "console.js", "icon.svg"];

/// Where the `.proto` files are.
const PROTO: &str = "proto";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={PROTO}");
    if let Err(error) = compile() {
        println!("cargo::error={error}");
    }
    if env::var_os("CARGO_FEATURE_CONSOLE").is_some() {
        console();
    }
}

/// Writes the descriptors that `src/serve/grpc/descriptors.rs` takes into the program.
fn compile() -> Result<(), Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    collect(Path::new(PROTO), &mut files)?;
    files.sort();
    let mut compiler = protox::Compiler::new([PROTO])?;
    compiler.include_imports(true).open_files(files)?;
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or("there is no folder to write to")?);
    Ok(fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "proto") {
            files.push(path);
        }
    }
    Ok(())
}

fn console() {
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
