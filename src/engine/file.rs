//! A store's files on the disk: readable by their owner only, and there after a loss of power.
//!
//! The one file that depends on the target: only Unix lets a program choose who may read a new file.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Whether the system can lock parts of a file, without which several processes cannot share one.
pub(super) const CAN_BE_SHARED: bool = cfg!(any(target_os = "linux", target_vendor = "apple", windows));

/// Opens the file at `path` to read and write, or makes it.
///
/// A file that was just made is empty, and its folder is written to the disk as well: until then the file is gone
/// after a loss of power, with all that was written to it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = open_or_make(path)?;
    if file.metadata()?.len() == 0 {
        sync_folder(path)?;
    }
    Ok(file)
}

/// Makes a new file at `path`, in place of one that is there.
pub(super) fn make(path: &Path) -> io::Result<File> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    for_the_owner(File::options().read(true).write(true).create_new(true)).open(path)
}

/// Opens the lock file at `path`, or makes it. It is nothing but a name to lock: what is no plain file, such as a link
/// to another file, is refused.
pub(super) fn open_lock(path: &Path) -> io::Result<File> {
    match path.symlink_metadata() {
        Ok(there) if !there.is_file() => {
            Err(io::Error::other(format!("`{}` is not a regular file", path.display())))
        }
        _ => open_or_make(path),
    }
}

fn open_or_make(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true).write(true);
    // A new file is never made through a link.
    match for_the_owner(options.clone().create_new(true)).open(path) {
        Err(there) if there.kind() == io::ErrorKind::AlreadyExists => options.open(path),
        made => made,
    }
}

/// New files can be read and written by their owner only.
#[cfg(unix)]
fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600)
}

/// Elsewhere a file has the rights that its folder gives it.
#[cfg(not(unix))]
fn for_the_owner(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// Gives a new file to whom another belongs, with the same permissions.
#[cfg(unix)]
pub(super) fn give_to_same(new: &File, other: &Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt as _, fchown};

    let mine = new.metadata()?;
    if (mine.uid(), mine.gid()) != (other.uid(), other.gid()) {
        fchown(new, Some(other.uid()), Some(other.gid()))?;
    }
    new.set_permissions(other.permissions())
}

/// Elsewhere a file belongs to whom its folder does.
#[cfg(not(unix))]
pub(super) fn give_to_same(new: &File, other: &Metadata) -> io::Result<()> {
    new.set_permissions(other.permissions())
}

/// Writes the folder's list of files to the disk, where the system can.
pub(super) fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    // Windows opens no folders, and some file systems sync none.
    let Ok(folder) = File::open(folder) else { return Ok(()) };
    match folder.sync_all() {
        Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => {
            Ok(())
        }
        synced => synced,
    }
}
