//! How are the outputs of a run kept as files that a person can read?
//!
//! The bytes stand in `TEXT/` or `JSON/`, one file each; a line of the log says which file is what. Answers that were parsed
//! stand in `JSON/` beside their text.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::durable::{self, storage};
use super::layout;
use super::log::{self, Line};
use super::names::Names;
use super::pack::Pack;
use super::read::Listed;
use super::run::Run;
use super::writer::Writer;
use crate::error::{Error, ErrorKind, Result};
use crate::id::Digest;
use crate::model::{Output, OutputSummary};
use crate::store::rules;

/// An output in the log.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct OutputLine<T> {
    pub(super) output: T,
    /// The file of the parsed answer, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parsed: Option<String>,
    /// SHA-256 of that file; runs that were recorded earlier have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) parsed_digest: Option<Digest>,
}

/// The file of a parsed answer.
#[derive(Clone, Debug)]
struct Parsed {
    file: String,
    digest: Digest,
}

pub(super) const OUTPUT: &[u8] = b"{\"output\":";

impl Line for OutputLine<OutputSummary> {
    fn is(line: &[u8]) -> bool {
        line.starts_with(OUTPUT)
    }
}

/// A line of `outputs.ndjson`, which version 0.1.0 wrote.
impl Line for OutputSummary {
    fn is(_: &[u8]) -> bool {
        true
    }
}

impl Writer {
    /// Keeps an output: first its files, then the line that names them.
    ///
    /// # Errors
    /// `Storage`.
    pub(super) fn put_output(&mut self, output: &Output) -> Result<OutputSummary> {
        let mut summary = output.summary.clone();
        summary.bytes = output.bytes.len() as u64;
        summary.digest = Digest::of(&output.bytes);
        summary.json = rules::is_json(&output.bytes);
        summary.parsed = output.parsed.is_some();
        let folder = if summary.json {
            layout::JSON
        } else {
            layout::TEXT
        };
        summary.file = self.write_new(&summary, folder, &output.bytes)?;
        let parsed = self.write_parsed(&summary, output.parsed.as_ref());
        let parsed_file = parsed.as_ref().ok().cloned().flatten();
        let parsed_file = parsed_file.map(|parsed| parsed.file);
        let named = parsed.and_then(|parsed| self.name_output(&summary, parsed));
        if named.is_err() {
            // Nothing names the file, and its space may be needed.
            let _ = std::fs::remove_file(self.file(&summary.file));
        }
        let unsynced = self.unsynced.iter_mut();
        unsynced.for_each(|files| {
            files.push(summary.file.clone());
            files.extend(parsed_file.clone());
        });
        named.map(|()| summary)
    }

    fn write_parsed(
        &mut self,
        summary: &OutputSummary,
        parsed: Option<&Value>,
    ) -> Result<Option<Parsed>> {
        let Some(parsed) = parsed else {
            return Ok(None);
        };
        let bytes = super::run::pretty(parsed)?;
        let file = self.write_new(summary, layout::JSON, &bytes)?;
        let digest = Digest::of(&bytes);
        Ok(Some(Parsed { file, digest }))
    }

    fn name_output(&mut self, summary: &OutputSummary, parsed: Option<Parsed>) -> Result<()> {
        let file = parsed.as_ref().map(|parsed| parsed.file.clone());
        let line = OutputLine {
            output: summary,
            parsed_digest: parsed.as_ref().map(|parsed| parsed.digest),
            parsed: parsed.map(|parsed| parsed.file),
        };
        let named = log::encode(&line).and_then(|line| self.put_lines(&line));
        if let (Err(_), Some(file)) = (&named, file) {
            let _ = std::fs::remove_file(self.file(&file));
        }
        named
    }

    /// Writes bytes under the first free name and returns it.
    fn write_new(&mut self, summary: &OutputSummary, folder: &str, bytes: &[u8]) -> Result<String> {
        let stem = layout::output_stem(&summary.device, &summary.command);
        let packed = self.packed()?;
        let path = self.output_folder(folder)?;
        let mut names = self.names(packed.as_ref())?;
        let named = first_free(&stem, folder, |file| {
            // Others may have packed since the names were read.
            if names.has(file) || packed.as_ref().is_some_and(|pack| pack.holds(file)) {
                return Err(io::ErrorKind::AlreadyExists.into());
            }
            let created = durable::create(&self.file(file), bytes);
            if created.as_ref().is_err_and(|error| !is_taken(error)) {
                let _ = std::fs::remove_file(self.file(file));
            }
            created
        });
        let file = named.map_err(|error| storage(&path, error))?;
        names.add(&file);
        self.names = Some(names);
        Ok(file)
    }

    /// Takes the names of the run, read when they are not known. Whoever takes one of them puts them back.
    fn names(&mut self, pack: Option<&Pack>) -> Result<Names> {
        match self.names.take() {
            Some(names) => Ok(names),
            None => Names::of(&self.run, pack),
        }
    }

    /// Opens the pack of the run, unless there was none when the folder was as it is.
    fn packed(&mut self) -> Result<Option<Pack>> {
        if self.seen.is_some_and(|seen| seen.is_loose) {
            return Ok(None);
        }
        let pack = Pack::open(&self.run)?;
        if let Some(seen) = &mut self.seen {
            seen.is_loose = pack.is_none();
        }
        Ok(pack)
    }

    /// Returns the folder of a kind of outputs, looked at unless it was one when that of the run was as it is.
    fn output_folder(&mut self, folder: &str) -> Result<PathBuf> {
        let has = self.seen.as_mut().map(|seen| match folder {
            layout::JSON => &mut seen.has.json,
            _ => &mut seen.has.text,
        });
        if has.as_deref() == Some(&true) {
            return Ok(self.run.file(folder));
        }
        let path = self.run.output_folder(folder)?;
        if let Some(has) = has {
            *has = true;
        }
        Ok(path)
    }
}

impl Run {
    /// Returns the folder of a kind of outputs, made if it is missing, never a link.
    fn output_folder(&self, folder: &str) -> Result<PathBuf> {
        let path = self.file(folder);
        if durable::is_folder(&path) {
            return Ok(path);
        }
        durable::create_dir(&path).map_err(|error| storage(&path, error))?;
        if durable::is_folder(&path) {
            return Ok(path);
        }
        Err(no_folder(&path))
    }

    /// Reads an output.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn read_output(
        &self,
        listed: &Listed,
        line: &OutputLine<OutputSummary>,
    ) -> Result<Output> {
        let summary = line.output.clone();
        let bytes = self.read_whole(listed, &summary.file)?;
        if Digest::of(&bytes) != summary.digest {
            let path = self.file(&summary.file);
            return Err(rules::damaged("path", path.display()).during("store.output"));
        }
        let parsed = match &line.parsed {
            Some(file) => Some(self.read_parsed(listed, file, line.parsed_digest)?),
            None => None,
        };
        Ok(Output {
            summary,
            bytes,
            parsed,
        })
    }

    fn read_parsed(&self, listed: &Listed, file: &str, digest: Option<Digest>) -> Result<Value> {
        let bytes = self.read_whole(listed, file)?;
        if digest.is_some_and(|digest| Digest::of(&bytes) != digest) {
            let path = self.file(file);
            return Err(rules::damaged("path", path.display()).during("store.output"));
        }
        serde_json::from_slice(&bytes).map_err(|source| {
            Error::new(ErrorKind::Corrupt, "a parsed answer is no JSON")
                .with("path", self.file(file).display())
                .because(source)
        })
    }

    /// Reads a file of an output, in either form.
    fn read_whole(&self, listed: &Listed, file: &str) -> Result<Vec<u8>> {
        let path = self.output_path(file)?;
        let missing = match durable::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => error,
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(self.gone(&path, error));
            }
            read => return read.map_err(|error| storage(&path, error)),
        };
        match listed.pack(self)?.filter(|pack| pack.holds(file)) {
            Some(pack) => pack.read(file),
            None => Err(self.gone(&path, missing)),
        }
    }

    fn gone(&self, path: &Path, error: io::Error) -> Error {
        Error::new(ErrorKind::Corrupt, "the file of an output is gone")
            .during("store.output")
            .with("execution", &self.id)
            .with("path", path.display())
            .because(error)
    }

    /// Returns where a file of an output stands, unless a link would lead elsewhere.
    pub(super) fn output_path(&self, file: &str) -> Result<PathBuf> {
        let (folder, name) = layout::parse_output_file(file)?;
        let folder = self.file(folder);
        match std::fs::symlink_metadata(&folder) {
            Ok(metadata) if !metadata.is_dir() => Err(no_folder(&folder)),
            _ => Ok(folder.join(name)),
        }
    }

    /// Lists the files of all outputs.
    ///
    /// # Errors
    /// `Corrupt`; `Storage`.
    pub(super) fn output_files(&self) -> Result<Vec<String>> {
        let lines = self.output_lines()?;
        let files = lines
            .iter()
            .flat_map(|line| line.parsed.as_ref().into_iter().chain([&line.output.file]));
        Ok(files.cloned().collect())
    }

    /// Makes some files of outputs survive power loss, with their names.
    pub(super) fn sync_files(&self, files: &[String]) -> Result<()> {
        if files.is_empty() {
            return Ok(());
        }
        let kinds = [layout::TEXT, layout::JSON].into_iter();
        let folders: Vec<&str> = kinds
            .filter(|folder| durable::is_folder(&self.file(folder)))
            .collect();
        let places = files.iter().map(|file| layout::parse_output_file(file));
        let paths: Vec<PathBuf> = places
            .flatten()
            .filter(|(folder, _)| folders.contains(folder))
            .map(|(folder, name)| self.file(folder).join(name))
            .collect();
        durable::sync_each(&paths, super::run::sync_if_there)?;
        let mut folders = folders.into_iter().map(|folder| self.file(folder));
        folders.try_for_each(|path| durable::sync_dir(&path).map_err(|error| storage(&path, error)))
    }
}

/// Takes the first name of an output that is free. Who takes it decides what is: some file systems do not tell upper from lower case.
fn first_free(
    stem: &str,
    folder: &str,
    mut take: impl FnMut(&str) -> io::Result<()>,
) -> io::Result<String> {
    let mut copy = 1;
    loop {
        let file = layout::output_file(stem, folder, copy);
        match take(&file) {
            Err(error) if is_taken(&error) => copy += 1,
            taken => return taken.map(|()| file),
        }
    }
}

fn is_taken(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::AlreadyExists
}

fn no_folder(path: &Path) -> Error {
    Error::new(ErrorKind::Corrupt, "the folder of the outputs is no folder")
        .with("path", path.display())
        .hint("put the folder back in the place of what stands there")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn where_upper_and_lower_case_are_one_outputs_have_names_of_their_own() {
        let mut taken = BTreeSet::new();
        let mut folding = |file: &str| match taken.insert(file.to_lowercase()) {
            true => Ok(()),
            false => Err(io::ErrorKind::AlreadyExists.into()),
        };
        let mut named = |device| {
            let stem = layout::output_stem(device, "show version");
            first_free(&stem, layout::TEXT, &mut folding).unwrap()
        };
        let names = ["r1", "R1", "r1"].map(&mut named);
        assert_eq!(
            names,
            [
                "TEXT/r1_show_version.txt",
                "TEXT/R1_show_version~2.txt",
                "TEXT/r1_show_version~3.txt"
            ]
        );
    }

    #[test]
    fn what_is_refused_for_another_reason_is_not_tried_again() {
        let full = first_free("r1", layout::TEXT, |_| {
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
