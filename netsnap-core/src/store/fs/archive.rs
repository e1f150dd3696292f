//! How do the outputs of a run come into compressed form? The pack first, durable; only then the files go.

use std::collections::BTreeMap;
use std::fs;
use std::io;

use super::durable::{self, storage};
use super::layout;
use super::output::OutputLine;
use super::pack::{Builder, Pack};
use super::writer::Writer;
use crate::error::Result;
use crate::id::Digest;
use crate::model::OutputSummary;
use crate::store::{Archived, rules};

/// A file of an output, and the digest of its bytes where one is known.
type Files<'a> = BTreeMap<(&'a str, &'a str), Option<Digest>>;

impl Writer {
    /// Moves the outputs to compressed form; see [`crate::store::ExecutionStore::archive`].
    pub(super) fn archive(&mut self) -> Result<Archived> {
        let lines = self.run.output_lines()?;
        let files = files(&lines);
        let loose: Vec<&str> = files
            .keys()
            .map(|(_, file)| *file)
            .filter(|file| self.is_loose(file))
            .collect();
        let mut pack = Pack::open(&self.run)?;
        let is_new = |file: &&str| !pack.as_ref().is_some_and(|pack| pack.holds(file));
        if loose.iter().any(is_new) {
            self.write_pack(&files, pack.as_ref())?;
            pack = Pack::open(&self.run)?;
        }
        self.remove_loose(&loose)?;
        Ok(Archived {
            plain: lines.iter().map(|line| line.output.bytes).sum(),
            stored: pack.map_or(0, |pack| pack.length()),
        })
    }

    fn is_loose(&self, file: &str) -> bool {
        let path = self.run.output_path(file);
        path.is_ok_and(|path| fs::symlink_metadata(path).is_ok())
    }

    fn write_pack(&self, files: &Files<'_>, old: Option<&Pack>) -> Result<()> {
        let path = self.file(layout::PACK);
        let refused = |error| storage(&path, error);
        let mut builder = Builder::new();
        for ((_, file), digest) in files {
            let bytes = self.read_either(file, old)?;
            if digest.is_some_and(|digest| Digest::of(&bytes) != digest) {
                let path = self.file(file);
                return Err(rules::damaged("path", path.display()).during("store.archive"));
            }
            builder.add(file, &bytes).map_err(refused)?;
        }
        let bytes = builder.finish().map_err(refused)?;
        durable::replace(&self.run.root, &path, &bytes).map_err(refused)
    }

    fn read_either(&self, file: &str, old: Option<&Pack>) -> Result<Vec<u8>> {
        let path = self.run.output_path(file)?;
        match (durable::read(&path), old) {
            (Ok(bytes), _) => Ok(bytes),
            (Err(error), Some(old)) if error.kind() == io::ErrorKind::NotFound => old.read(file),
            (Err(error), _) if error.kind() == io::ErrorKind::NotFound => {
                Err(rules::damaged("path", path.display()).because(error))
            }
            (Err(error), _) => Err(storage(&path, error)),
        }
    }

    /// Removes files that the pack holds, and their folders when nothing else is in them.
    fn remove_loose(&self, files: &[&str]) -> Result<()> {
        for file in files {
            let path = self.run.output_path(file)?;
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(storage(&path, error));
                }
                _ => {}
            }
        }
        for folder in [layout::TEXT, layout::JSON] {
            // What somebody else put there stays, and its folder with it.
            let _ = fs::remove_dir(self.file(folder));
        }
        Ok(())
    }
}

/// Names every file of the outputs: alike commands stand together, which compresses better.
fn files(lines: &[OutputLine<OutputSummary>]) -> Files<'_> {
    let mut files = Files::new();
    for line in lines {
        let command = line.output.command.as_str();
        files.insert((command, &line.output.file), Some(line.output.digest));
        if let Some(parsed) = &line.parsed {
            files.insert((command, parsed), line.parsed_digest);
        }
    }
    files
}
