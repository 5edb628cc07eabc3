//! Disks of a small size, one for each member.

use std::fs::{self, File};
use std::io::{ErrorKind, Write as _};
use std::path::Path;
use std::process::Command;

/// The file that uses up what is left.
const BALLAST: &str = "ballast";

/// Makes a folder that is a disk of its own.
pub(super) fn mount(folder: &Path, bytes: u64) {
    fs::create_dir(folder).unwrap();
    let mut command = Command::new("mount");
    command.args(["-t", "tmpfs", "-o", &format!("size={bytes},mode=700"), "tmpfs"]).arg(folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "mount: {}", String::from_utf8_lossy(&output.stderr));
}

pub(super) fn fill(folder: &Path) {
    let mut file = File::create(folder.join(BALLAST)).unwrap();
    let error = (0..).find_map(|_| file.write_all(&[0; 4096]).err()).unwrap();
    assert_eq!(error.kind(), ErrorKind::StorageFull);
}

pub(super) fn empty(folder: &Path) {
    fs::remove_file(folder.join(BALLAST)).unwrap();
}
