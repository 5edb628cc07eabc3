//! Sealed exports, and what opens them.

use std::fs;

use crate::{Folder, outcome, plain, without_tenants};

#[test]
fn a_sealed_export_is_imported_where_its_key_is() {
    let folder = Folder::new();
    let export = folder.export("");
    let document = folder.prints("export --db idps.redb --sealed --document-passphrase-file phrase");
    assert_eq!(plain(document.as_bytes(), &export), 0);
    fs::write(folder.path("all.sealed"), &document).unwrap();
    let by = "--document-passphrase-file phrase";
    folder.prints(&format!("import all.sealed --db new.redb {by}"));
    let imported =
        |options: &str| without_tenants(&folder.prints(&format!("export --secrets --db {options}")));
    assert_eq!(imported("new.redb"), without_tenants(&export));
    let (sealed_by, variable) = ("--seal-key-file key", "correct horse");
    folder.prints(&format!("import all.sealed --db sealed.redb {by} {sealed_by}"));
    assert_eq!(imported(&format!("sealed.redb {sealed_by}")), without_tenants(&export));
    let again = outcome(
        folder.command("import all.sealed --db again.redb").env("IDPSTORE_SEAL_PASSPHRASE", variable),
    );
    assert_eq!(again.0, 0, "{}", again.2);
    fs::write(folder.path("all.json"), &export).unwrap();
    let same = folder.prints(&format!("diff all.sealed all.json {by}"));
    assert!(same.starts_with("= ") && same.lines().count() == 1, "{same}");

    let none = folder.fails("import all.sealed --db none.redb");
    assert!(
        none.contains("it is sealed: give `--document-key-file` or `--document-passphrase-file`"),
        "{none}"
    );
    let wrong = folder.fails("import all.sealed --db none.redb --document-key-file key");
    assert_eq!(wrong, "idpstore: cannot open `all.sealed`: the wrong key\n");
    fs::write(folder.path("cut.sealed"), document.trim_end().rsplit_once('\n').unwrap().0).unwrap();
    let cut = folder.fails(&format!("import cut.sealed --db none.redb {by}"));
    assert!(cut.contains("the sealed document is damaged or cut off"), "{cut}");
    assert!(!folder.path("none.redb").exists());
}

#[test]
fn an_export_is_sealed_by_what_opens_the_store() {
    let folder = Folder::new();
    let export = folder.export("");
    folder.prints("seal --db idps.redb --seal-key-file key");
    let document = folder.prints("export --db idps.redb --sealed --seal-key-file key");
    fs::write(folder.path("all.sealed"), document).unwrap();
    folder.prints("import all.sealed --db new.redb --seal-key-file key");
    let imported = folder.prints("export --db new.redb --secrets --seal-key-file key");
    assert_eq!(without_tenants(&imported), without_tenants(&export));
    let locked = folder.fails("export --db idps.redb --sealed --document-key-file key");
    assert!(locked.ends_with("the store is locked, and its secrets are sealed\n"), "{locked}");
    assert!(folder.fails("export --db idps.redb --sealed").contains("`--sealed` takes what opens the store"));
    for other in ["--secrets", "--yaml"] {
        assert_eq!(folder.run(&format!("export --db idps.redb --sealed {other}")).0, 2);
    }
    assert_eq!(folder.run("export --url http://127.0.0.1:1 --sealed").0, 2);
}
