//! Every chore of the project, in Rust, with no other tool to install first: `cargo xtask <chore>`.

mod arrange;
mod etcd;
mod fuzz;
mod npm;
mod pkg;
mod run;
mod sdk;
mod setup;
mod soak;
mod test;

use std::env;
use std::process::ExitCode;

use run::{Outcome, cargo, run};

const USAGE: &str = "\
usage: cargo xtask <chore>

  setup   make sure that the programs are there that the tests call
  pkg     build the npm package; as it is published, with the modules of one vendor each: `pkg --all`
  console build the console that is part of the command
  test    run every check of the project, as CI does, or those that are named: `test npm`
  soak    do what takes too long for that, or the parts that are named: `soak kills fuzz --minutes 20`
  sdk     run the vendors' own SDKs against the server, or against another program: `sdk PROGRAM`
  bench   run the benchmarks";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match arguments.as_slice() {
        ["setup"] => setup::setup(),
        ["pkg"] => pkg::pkg(),
        ["pkg", "--all"] => pkg::whole_pkg(),
        ["console"] => pkg::console(),
        ["test", names @ ..] => test::test(names),
        ["soak", arguments @ ..] => soak::soak(arguments),
        ["sdk"] => sdk::sdk(),
        ["sdk", program] => sdk::against_program(program.as_ref()),
        ["bench"] => bench(),
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => run::fail(&words),
    }
}

fn bench() -> Outcome {
    run(cargo(&["bench", "-p", "idpstore", "--all-features"]))?;
    npm::bench()
}
