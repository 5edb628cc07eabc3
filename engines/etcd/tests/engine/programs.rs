//! Other programs against `idpstore` on a cluster: the vendors' SDKs.

use std::env;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use crate::cluster::Cluster;

/// What stands in place of `idpstore`: it keeps on the cluster what that would keep in memory or in a file, each with a prefix of
/// its own. Keys of tests are no keys for a store that lasts, and the controls of a harness are for one in memory.
const SCRIPT: &str = r#"#!/bin/sh
[ "$1" = serve ] && engine="$MEMBERS/serve$$"
for argument in "$@"; do
    shift
    case "$option$argument" in
        --db | --keys) option=$argument; continue ;;
        --keysfixture) ;;
        --db*) engine="$MEMBERS/file$(printf %s "$PWD/$argument" | cksum | cut -d' ' -f1)" ;;
        --harness) engine=; set -- "$@" "$argument" ;;
        *) set -- "$@" "$argument" ;;
    esac
    option=
done
exec "$PROGRAM" "$@" ${engine:+--engine "$engine"}
"#;

/// Runs the command that the variable `IDPSTORE_TEST_COMMAND` names, with the path of a program as its last argument.
#[test]
fn a_command_holds_on_a_cluster() {
    let cluster = Cluster::start();
    let script = cluster.folder().join("idpstore");
    fs::write(&script, SCRIPT).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let hosts: Vec<_> = cluster.endpoints().iter().map(|url| url.replace("http://", "")).collect();
    let command = env::var("IDPSTORE_TEST_COMMAND").expect("a command, as `cargo xtask soak etcd` names it");
    let mut words = command.split(' ');
    let status = Command::new(words.next().unwrap())
        .args(words)
        .arg(&script)
        .env("PROGRAM", env::var_os("IDPSTORE").expect("the program"))
        .env("MEMBERS", format!("etcd://{}", hosts.join(",")))
        .status()
        .unwrap();
    assert!(status.success(), "{command}: {status}");
}
