//! Which names of output files does a run have already, where upper and lower case are one name?
//!
//! A run that is copied to a file system of that kind must lose none of its files, whichever kind it was recorded on.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use super::durable::{self, storage};
use super::layout;
use super::pack::Pack;
use super::run::Run;
use crate::error::Result;

/// Names that are taken, in lower case.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// Reads the names of a run, packed or not.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn of(run: &Run, pack: Option<&Pack>) -> Result<Self> {
        let mut names = Self::default();
        for folder in [layout::TEXT, layout::JSON] {
            let path = run.file(folder);
            let found = listed(&path).map_err(|error| storage(&path, error))?;
            let found = found.iter().map(|name| format!("{folder}/{name}"));
            found.for_each(|file| names.add(&file));
        }
        let packed = pack.into_iter().flat_map(Pack::files);
        packed.for_each(|file| names.add(file));
        Ok(names)
    }

    pub(super) fn has(&self, file: &str) -> bool {
        self.0.contains(&file.to_ascii_lowercase())
    }

    pub(super) fn add(&mut self, file: &str) {
        self.0.insert(file.to_ascii_lowercase());
    }
}

/// The names in a folder; none where there is no folder.
fn listed(path: &Path) -> io::Result<Vec<String>> {
    if !durable::is_folder(path) {
        return Ok(Vec::new());
    }
    let name = |entry: io::Result<fs::DirEntry>| Ok(entry?.file_name().to_string_lossy().into());
    fs::read_dir(path)?.map(name).collect()
}
