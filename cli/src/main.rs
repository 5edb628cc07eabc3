//! The `idpstore` command.
//!
//! Each subcommand is one module: its arguments and a `run` that does it. Errors end in one line on stderr
//! and exit code 1; wrong arguments are refused by `clap` with exit code 2.

mod check;
mod demo;
mod failure;
mod fetch;
mod serve;
mod stop;
mod token;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// An embedded store of identity-provider configuration that speaks its vendors' management APIs.
#[derive(Parser)]
#[command(name = "idpstore", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Check(check::Arguments),
    Demo(demo::Arguments),
    Serve(serve::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Serve(arguments) => serve::run(arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
