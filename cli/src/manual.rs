//! `idpstore completions` and `idpstore man`: what shells and `man` know of the command, made of its arguments.

use std::io::{self, Write as _};

use clap::Command;
use clap_complete::Shell;
use clap_mangen::Man as Page;

use crate::failure::Failure;

/// Print a script that completes the arguments in a shell.
#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  idpstore completions bash > ~/.local/share/bash-completion/completions/idpstore"
)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn print(&self, mut command: Command) -> Result<(), Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, "idpstore", &mut script);
        printed(&script)
    }
}

/// Print the manual page, or that of a subcommand.
#[derive(clap::Args)]
#[command(after_help = "Example:\n  idpstore man rotate promote | man -l -")]
pub(crate) struct Man {
    /// The subcommand, such as `rotate promote`
    subcommand: Vec<String>,
}

impl Man {
    pub(crate) fn print(&self, mut command: Command) -> Result<(), Failure> {
        command.build(); // names the subcommands in full
        let mut page = &command;
        for name in &self.subcommand {
            let unknown = || Failure::of(format!("there is no subcommand `{}`", self.subcommand.join(" ")));
            page = page.find_subcommand(name).ok_or_else(unknown)?;
        }
        let name = page.get_bin_name().unwrap_or("idpstore").replace(' ', "-");
        let mut text = Vec::new();
        let rendered = Page::new(page.clone()).title(name).render(&mut text);
        rendered.map_err(|error| Failure::new("cannot write the page", &error))?;
        printed(&text)
    }
}

fn printed(bytes: &[u8]) -> Result<(), Failure> {
    match io::stdout().lock().write_all(bytes) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::new("cannot print it", &error))
        }
        _ => Ok(()),
    }
}
