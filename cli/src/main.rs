//! The `idpstore` command.
//!
//! Each subcommand is one module: its arguments and a `run` that does it. Errors end in one line on stderr
//! and exit code 1, or 75 if the store is unavailable for the moment; wrong arguments are refused by `clap` with exit code 2.

mod check;
mod commands;
mod console;
mod demo;
mod engine;
mod failure;
mod fetch;
mod health;
mod manual;
mod seal;
mod secret;
mod serve;
mod share;
mod stop;
mod token;

use std::process::ExitCode;

use clap::{CommandFactory as _, Parser, Subcommand};

use commands::{
    backup, clone, compact, copy, create, cross, delete, diff, export, history, import, keys, list, log,
    metadata, rewrap, rotate, show, trust, undo, unseal, used_by,
};

/// An embedded store of identity-provider configuration that speaks its vendors' management APIs.
#[derive(Parser)]
#[command(name = "idpstore", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Backup(backup::Arguments),
    Check(check::Arguments),
    Clone(clone::Arguments),
    Compact(compact::Arguments),
    Completions(manual::Completions),
    Console(console::Arguments),
    Copy(copy::Arguments),
    Create(create::Arguments),
    Cross(cross::Arguments),
    Delete(delete::Arguments),
    Demo(demo::Arguments),
    Diff(diff::Arguments),
    Export(export::Arguments),
    Health(health::Arguments),
    Import(import::Arguments),
    History(history::Arguments),
    Keys(keys::Arguments),
    List(list::Arguments),
    Log(log::Arguments),
    Man(manual::Man),
    Metadata(metadata::Arguments),
    Rewrap(rewrap::Arguments),
    Rotate(rotate::Arguments),
    Seal(commands::seal::Arguments),
    Serve(serve::Arguments),
    Show(show::Arguments),
    Trust(trust::Arguments),
    Undo(undo::Arguments),
    Unseal(unseal::Arguments),
    UsedBy(used_by::Arguments),
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Backup(arguments) => backup::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Clone(arguments) => clone::run(&arguments),
        Command::Compact(arguments) => compact::run(&arguments),
        Command::Completions(arguments) => arguments.print(Arguments::command()),
        Command::Console(arguments) => console::run(arguments),
        Command::Copy(arguments) => copy::run(&arguments),
        Command::Create(arguments) => create::run(&arguments),
        Command::Cross(arguments) => cross::run(&arguments),
        Command::Delete(arguments) => delete::run(&arguments),
        Command::Demo(arguments) => demo::run(arguments),
        Command::Diff(arguments) => diff::run(&arguments),
        Command::Export(arguments) => export::run(&arguments),
        Command::Health(arguments) => health::run(&arguments),
        Command::Import(arguments) => import::run(&arguments),
        Command::History(arguments) => history::run(&arguments),
        Command::Keys(arguments) => keys::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Log(arguments) => log::run(&arguments),
        Command::Man(arguments) => arguments.print(Arguments::command()),
        Command::Metadata(arguments) => metadata::run(&arguments),
        Command::Rewrap(arguments) => rewrap::run(&arguments),
        Command::Rotate(arguments) => rotate::run(&arguments),
        Command::Seal(arguments) => commands::seal::run(&arguments),
        Command::Serve(arguments) => serve::run(arguments),
        Command::Show(arguments) => show::run(&arguments),
        Command::Trust(arguments) => trust::run(&arguments),
        Command::Undo(arguments) => undo::run(&arguments),
        Command::Unseal(arguments) => unseal::run(&arguments),
        Command::UsedBy(arguments) => used_by::run(&arguments),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => failure.report(),
    }
}
