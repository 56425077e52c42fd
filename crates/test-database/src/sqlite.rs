//! Templates and copies that are files.

use std::{
    fs::{self, File},
    path::Path,
};

use sea_orm::ConnectionTrait;

use crate::{DatabaseFault, DatabaseKind, Place, Template, TestDatabase, connect};

/// Copies the template, made first if this build has none.
pub(crate) async fn copy(
    template: &Template,
    fill: impl AsyncFnOnce(String) -> String,
) -> Result<TestDatabase, DatabaseFault> {
    let made = template.folder().join(template.name());
    if !made.is_dir() {
        make(template, &made, fill).await?;
    }
    let folder = tempfile::Builder::new().prefix("hemicycle-test-").tempdir()?;
    let copied = folder.path().join("hemicycle.db");
    fs::copy(made.join("hemicycle.db"), &copied)?;
    let note = fs::read_to_string(made.join("note"))?;
    Ok(TestDatabase { kind: DatabaseKind::Sqlite, url: url(&copied), note, place: Place::Folder(folder) })
}

/// Makes the template under a lock, so that of many tests that start at once only one does.
///
/// It is made aside and renamed: a folder of the template's name is complete.
async fn make(
    template: &Template,
    made: &Path,
    fill: impl AsyncFnOnce(String) -> String,
) -> Result<(), DatabaseFault> {
    fs::create_dir_all(template.folder())?;
    let lock = File::create(template.folder().join(format!("{}lock", template.prefix())))?;
    lock.lock()?;
    if made.is_dir() {
        return Ok(());
    }
    for entry in fs::read_dir(template.folder())? {
        let entry = entry?;
        if entry.path().is_dir() && entry.file_name().to_string_lossy().starts_with(&template.prefix()) {
            fs::remove_dir_all(entry.path())?;
        }
    }
    let workshop = tempfile::Builder::new().prefix("workshop-").tempdir_in(template.folder())?;
    let (raw, ready) = (workshop.path().join("raw.db"), workshop.path().join("ready"));
    fs::create_dir(&ready)?;
    let note = fill(url(&raw)).await;
    fs::write(ready.join("note"), note)?;
    // The file alone lacks what still stands in its write-ahead log.
    let connection = connect(&url(&raw)).await?;
    connection.execute_unprepared(&format!("VACUUM INTO '{}'", ready.join("hemicycle.db").display())).await?;
    connection.close().await?;
    fs::rename(ready, made)?;
    Ok(())
}

fn url(file: &Path) -> String {
    format!("sqlite://{}?mode=rwc", file.display())
}
