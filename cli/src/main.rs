//! The `idpstore` command.
fn main() {}
