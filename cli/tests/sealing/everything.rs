//! Files in which everything is sealed.

use super::*;

#[test]
fn no_name_is_left_in_the_file_and_nothing_is_read_without_the_key() {
    let folder = Folder::new();
    let (before, list) = (folder.export(""), folder.prints("list --db idps.redb"));
    let checked = folder.prints("check idps.redb");
    assert!(count(&folder.bytes("idps.redb"), "Kept") > 0, "the test looks for what is there");
    let sealed = folder.prints("seal --everything --db idps.redb --seal-key-file key");
    assert_eq!(sealed, "`idps.redb` is sealed by the wrap `key`\n");
    let file = folder.bytes("idps.redb");
    assert_eq!(plain(&file, &before) + count(&file, "Kept") + count(&file, "Deleted"), 0);
    assert_eq!(folder.prints("list --db idps.redb --seal-key-file key"), list);
    assert_eq!(folder.prints("check idps.redb --seal-key-file key"), checked);

    for command in ["list", "keys", "export"] {
        let refused = folder.fails(&format!("{command} --db idps.redb"));
        assert!(refused.ends_with("the store is locked, and its secrets are sealed\n"), "{refused}");
    }
    folder.prints("compact --db idps.redb");
    folder.prints("rewrap --db idps.redb --seal-key-file key --add-key-file other-key --remove key --rotate");
    assert!(folder.fails("list --db idps.redb --seal-key-file key").ends_with("the wrong key\n"));
    assert_eq!(folder.export(" --seal-key-file other-key"), before);
    assert_eq!(count(&folder.bytes("idps.redb"), "Kept"), 0);
    folder.prints("unseal --db idps.redb --seal-key-file other-key");
    assert_eq!(folder.export(""), before);
}
