//! `cargo xtask pkg`: the npm package, ready for `npm pack`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_bindgen_cli_support::Bindgen;

use crate::arrange::name_functions;
use crate::run::{Outcome, cargo, root, run, say};
use crate::setup::check_node;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// The features of the module that are vendors, each of which can also be had alone.
const VENDORS: [&str; 3] = ["okta", "pingone", "zitadel"];

/// Builds the module, writes the JavaScript around it, and compiles the TypeScript around that. The entries of one vendor
/// each have no modules then.
pub(crate) fn pkg() -> Outcome {
    build_package(&[])
}

/// Builds the package as it is published, with a further module for each vendor.
pub(crate) fn whole_pkg() -> Outcome {
    build_package(&VENDORS)
}

/// Builds the console that is part of the command, into `cli/console`. It needs no module.
pub(crate) fn console() -> Outcome {
    check_node()?;
    let pkg = root().join("pkg");
    npm_ci(&pkg)?;
    run(npm(&pkg, &["run", "--silent", "served"]))
}

fn build_package(vendors: &[&str]) -> Outcome {
    check_node()?;
    let pkg = root().join("pkg");
    npm_ci(&pkg)?;
    let wasm = pkg.join("src/wasm");
    // A module of another build would not fit the JavaScript of this one.
    if wasm.exists() {
        fs::remove_dir_all(&wasm).map_err(|error| format!("{}: {error}", wasm.display()))?;
    }
    // The module with all vendors is the last: cargo has one place for all of them.
    let alone: Vec<_> = vendors.iter().map(|vendor| module_of(vendor)).collect::<Result<_, _>>()?;
    build(&[])?;
    let module = bind(&module()?, &wasm)?;
    pack(&pkg, &module)?;
    for (vendor, alone) in vendors.iter().zip(alone) {
        let differ = read(&alone.with_file_name("idpstore.js"))? != read(&wasm.join("idpstore.js"))?;
        if differ {
            return Err(format!(
                "the JavaScript for the module of {vendor} is not that for the whole module"
            ));
        }
        pack(&pkg, &alone)?;
        let content = read(&alone)?;
        say(&format!("the module of {vendor} has {} bytes", content.len()));
        let path = wasm.join(format!("only-{vendor}.wasm"));
        fs::write(&path, content).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    say(&format!("the module has {} bytes", read(&module)?.len()));
    run(npm(&pkg, &["run", "--silent", "build"]))
}

/// Builds the module with the API of one vendor.
fn module_of(vendor: &str) -> Result<PathBuf, String> {
    build(&["--no-default-features", "--features", vendor])?;
    bind(&module()?, &target_directory()?.join("wasm-of-one").join(vendor))
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn build(features: &[&str]) -> Outcome {
    provide_target()?;
    let flags = format!("target.{TARGET}.rustflags={:?}", flags());
    let build = ["build", "-p", "idpstore-wasm", "--target", TARGET, "--profile", "wasm", "--config", &flags];
    run(cargo(&[&build[..], features].concat()))
}

/// The module as cargo builds it, with the names of its functions.
pub(crate) fn module() -> Result<PathBuf, String> {
    Ok(target_directory()?.join(TARGET).join("wasm/idpstore_wasm.wasm"))
}

/// By these flags the module names no folder of the machine that it was built on: it would be larger, and another one on
/// each machine. Its digests use the SIMD instructions that all current hosts have, with which they take half the time.
fn flags() -> Vec<String> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let folders = [home.map(|home| home.join("registry/src")), Some(root())];
    let remapped =
        folders.into_iter().flatten().map(|folder| format!("--remap-path-prefix={}=", folder.display()));
    remapped.chain(["-Ctarget-feature=+simd128".to_owned()]).collect()
}

/// Makes sure that the standard library for the target is there.
pub(crate) fn provide_target() -> Outcome {
    if has_target() {
        return Ok(());
    }
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(root());
    if run(rustup).is_ok() && has_target() {
        return Ok(());
    }
    Err(format!(
        "the standard library for {TARGET} is not there: `rustup target add {TARGET}`, or without rustup your \
         system's package of it for this version of Rust"
    ))
}

fn has_target() -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(root());
    let output = rustc.output().map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    output.is_ok_and(|directory| !directory.is_empty() && Path::new(&directory).is_dir())
}

/// Where cargo puts what it builds.
pub(crate) fn target_directory() -> Result<PathBuf, String> {
    const MEMBER: &str = "\"target_directory\":\"";
    let output = cargo(&["metadata", "--no-deps", "--format-version", "1"]).output();
    let text = output.map_err(|error| format!("cargo metadata: {error}"))?.stdout;
    let text = String::from_utf8_lossy(&text);
    let path = text.split_once(MEMBER).and_then(|(_, rest)| rest.split_once('"')).map(|(path, _)| path);
    // JSON doubles the backslashes of Windows.
    path.map(|path| PathBuf::from(path.replace("\\\\", "\\")))
        .ok_or_else(|| "cargo reports no target directory".into())
}

/// Writes a module and the JavaScript around it into a folder, and gives the path of that module. The form for the web serves
/// Node, too, which hands it the bytes.
fn bind(module: &Path, out: &Path) -> Result<PathBuf, String> {
    let mut bindgen = Bindgen::new();
    let bindgen = bindgen.web(true).map_err(|error| error.to_string())?;
    bindgen.input_path(module).out_name("idpstore").typescript(true);
    bindgen.remove_producers_section(true).omit_default_module_path(true);
    bindgen.generate(out).map_err(|error| format!("wasm-bindgen: {error:#}"))?;
    Ok(out.join("idpstore_bg.wasm"))
}

/// What makes a module smaller once it is compressed, done twice. All of `-O` would make it larger.
const PASSES: [&str; 12] = [
    "--code-folding",
    "--dae-optimizing",
    "--precompute-propagate",
    "--duplicate-function-elimination",
    "--remove-unused-module-elements",
    "--optimize-instructions",
    "--remove-unused-brs",
    "--coalesce-locals",
    "--rse",
    "--merge-blocks",
    "--vacuum",
    "--reorder-locals",
];

/// Makes a module smaller, and leaves out the names of its functions.
fn pack(pkg: &Path, module: &Path) -> Outcome {
    let path = module.to_str().ok_or("the path of the module is not UTF-8")?;
    let optimize = |passes: &[&str]| {
        let arguments = ["exec", "--no", "--", "wasm-opt", path, "--output", path];
        run(npm(pkg, &[&arguments, passes].concat()))
    };
    let sort = "--reorder-functions-by-name";
    optimize(&[&["--optimize-level=2", "--shrink-level=2"], &PASSES[..], &PASSES, &[sort]].concat())?;
    let named = name_functions(read(module)?)?;
    fs::write(module, named).map_err(|error| format!("{path}: {error}"))?;
    optimize(&[sort, "--strip-target-features"])
}

/// Installs exactly what the lock file names, unless that has been done.
pub(crate) fn npm_ci(directory: &Path) -> Outcome {
    let modified = |path: &str| fs::metadata(directory.join(path)).and_then(|metadata| metadata.modified());
    if let (Ok(installed), Ok(locked)) =
        (modified("node_modules/.package-lock.json"), modified("package-lock.json"))
        && installed >= locked
    {
        return Ok(());
    }
    run(npm(directory, &["ci", "--no-audit", "--no-fund"]))
}

/// npm in this directory.
pub(crate) fn npm(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new("npm");
    command.args(arguments).current_dir(directory);
    command
}
