//! How are runs a table that a spreadsheet opens, and none of its cells a formula?
//!
//! RFC 4180, with a row of names. A text that begins with one of the characters that OWASP names ("CSV Injection") gets a
//! quote in front, so that no spreadsheet calculates it. Numbers are written as numbers.

use async_trait::async_trait;
use serde::Serialize;

use super::run::Run;
use super::sink::Sink;
use super::{CsvTable, Encoder};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{DeviceResult, Execution, OutputSummary, TaskCounters};

/// Beginnings that make a cell a formula somewhere, with the wide forms that some take for them.
const FORMULA: &[char] = &[
    '=', '+', '-', '@', '\t', '\r', '\n', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}',
];

const EXECUTIONS: &str = "execution_id,kind,name,status,reason,created_at,started_at,ended_at,duration_us,actor,trigger,why,\
    ticket,dry_run,job_id,parent,retry_of,labels,devices,commands,total_devices,completed_devices,failed_devices,\
    changed_devices,unreachable_devices,skipped_devices,total_commands,successful_commands,failed_commands,error_kinds,\
    output_bytes,pinned,incomplete,host,tool,version";

const DEVICE_RESULTS: &str = "execution_id,device,status,commands_ok,commands_failed,tasks_ok,tasks_changed,\
    tasks_unreachable,tasks_failed,tasks_skipped,tasks_rescued,tasks_ignored,attempt,started_at,ended_at,duration_us,\
    error_kind,error";

const OUTPUTS: &str = "execution_id,device,command,status,bytes,sha256,proof,exit_status,refused,cut_from_bytes,started_at,\
    duration_us,json";

/// A value of a row.
enum Cell {
    Number(u64),
    Text(String),
    Nothing,
}

impl Cell {
    fn shown(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) if text.starts_with(FORMULA) => format!("'{text}"),
            Self::Text(text) => text,
            Self::Nothing => String::new(),
        }
    }

    fn maybe(value: Option<impl ToString>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Text(value.to_string()))
    }
}

impl From<u64> for Cell {
    fn from(number: u64) -> Self {
        Self::Number(number)
    }
}

impl From<Option<u64>> for Cell {
    fn from(number: Option<u64>) -> Self {
        number.map_or(Self::Nothing, Self::Number)
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Self {
        Self::Text(value.to_string())
    }
}

/// Writes one table.
pub(super) struct Csv {
    table: CsvTable,
}

impl Csv {
    pub(super) fn new(table: CsvTable) -> Self {
        Self { table }
    }
}

#[async_trait]
impl Encoder for Csv {
    async fn begin(&mut self, sink: &mut Sink<'_>) -> Result<()> {
        let names = match self.table {
            CsvTable::Executions => EXECUTIONS,
            CsvTable::DeviceResults => DEVICE_RESULTS,
            CsvTable::Outputs => OUTPUTS,
        };
        sink.write(format!("{names}\r\n").as_bytes()).await
    }

    async fn run(&mut self, run: &Run<'_>, sink: &mut Sink<'_>) -> Result<()> {
        let id = run.execution.id.as_str();
        let rows: Vec<Vec<Cell>> = match self.table {
            CsvTable::Executions => vec![execution(&run.execution)],
            CsvTable::DeviceResults => run.results.iter().map(|one| result(id, one)).collect(),
            CsvTable::Outputs => run.outputs.iter().map(|one| output(id, one)).collect(),
        };
        for row in rows {
            sink.write(&line(row)?).await?;
        }
        Ok(())
    }

    async fn end(&mut self, _: &mut Sink<'_>) -> Result<()> {
        Ok(())
    }
}

fn line(row: Vec<Cell>) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let unwritten =
        |source| Error::new(ErrorKind::Internal, "a row cannot be written").because(source);
    writer
        .write_record(row.into_iter().map(Cell::shown))
        .map_err(|source| unwritten(source.to_string()))?;
    writer
        .into_inner()
        .map_err(|source| unwritten(source.to_string()))
}

fn execution(run: &Execution) -> Vec<Cell> {
    let mut row = what(run);
    row.extend(how(run));
    row
}

fn what(run: &Execution) -> Vec<Cell> {
    let labels = run
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"));
    let devices = run.devices.iter().map(|device| device.name.clone());
    vec![
        run.id.as_str().into(),
        word(&run.kind).into(),
        run.name.as_str().into(),
        word(&run.status).into(),
        Cell::maybe(run.reason.as_ref()),
        run.created_at.to_string().into(),
        Cell::maybe(run.started_at),
        Cell::maybe(run.ended_at),
        run.duration_us.into(),
        run.actor.as_str().into(),
        word(&run.trigger).into(),
        Cell::maybe(run.why.as_ref()),
        Cell::maybe(run.ticket.as_ref()),
        run.dry_run.into(),
        Cell::maybe(run.job_id.as_ref()),
        Cell::maybe(run.parent.as_ref()),
        Cell::maybe(run.retry_of.as_ref()),
        joined(labels).into(),
        joined(devices).into(),
        joined(run.commands.iter().cloned()).into(),
    ]
}

fn how(run: &Execution) -> Vec<Cell> {
    let results = &run.results;
    let kinds = run.error_kinds.iter();
    vec![
        results.total_devices.into(),
        results.completed_devices.into(),
        results.failed_devices.into(),
        results.changed_devices.into(),
        results.unreachable_devices.into(),
        results.skipped_devices.into(),
        results.total_commands.into(),
        results.successful_commands.into(),
        results.failed_commands.into(),
        joined(kinds.map(|(kind, count)| format!("{kind}={count}"))).into(),
        run.cost.bytes_in.into(),
        run.pinned.into(),
        Cell::maybe(run.incomplete.as_ref()),
        run.host.as_str().into(),
        run.tool.as_str().into(),
        run.version.as_str().into(),
    ]
}

fn result(id: &str, result: &DeviceResult) -> Vec<Cell> {
    let mut row: Vec<Cell> = vec![
        id.into(),
        result.device.as_str().into(),
        word(&result.status).into(),
        result.commands_ok.into(),
        result.commands_failed.into(),
    ];
    row.extend(counters(&result.tasks));
    row.extend([
        Cell::Number(result.attempt.into()),
        Cell::maybe(result.started_at),
        Cell::maybe(result.ended_at),
        result.duration_us.into(),
        Cell::maybe(result.error.as_ref().map(|error| error.kind)),
        Cell::maybe(result.error.as_ref().map(|error| &error.message)),
    ]);
    row
}

fn counters(tasks: &TaskCounters) -> [Cell; 7] {
    [
        tasks.ok,
        tasks.changed,
        tasks.unreachable,
        tasks.failed,
        tasks.skipped,
        tasks.rescued,
        tasks.ignored,
    ]
    .map(Cell::Number)
}

fn output(id: &str, output: &OutputSummary) -> Vec<Cell> {
    vec![
        id.into(),
        output.device.as_str().into(),
        output.command.as_str().into(),
        word(&output.status).into(),
        output.bytes.into(),
        output.digest.to_string().into(),
        word(&output.proof).into(),
        output.exit_status.map(u64::from).into(),
        Cell::maybe(output.rejection.as_ref().map(|refusal| &refusal.line)),
        output.cut.map(|cut| cut.bytes).into(),
        output.started_at.to_string().into(),
        output.duration_us.into(),
        output.json.into(),
    ]
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join("; ")
}

/// The stable word of a value.
fn word<T: Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_never_a_formula_and_a_number_stays_one() {
        for (text, shown) in [
            ("=1+1", "'=1+1"),
            ("+41 44 000", "'+41 44 000"),
            ("-r", "'-r"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\tcmd", "'\tcmd"),
            ("\rcmd", "'\rcmd"),
            ("\ncmd", "'\ncmd"),
            ("\u{FF1D}1", "'\u{FF1D}1"),
            ("show ip route", "show ip route"),
            ("a=b", "a=b"),
            ("", ""),
        ] {
            assert_eq!(Cell::from(text).shown(), shown, "{text:?}");
        }
        assert_eq!(Cell::from(5).shown(), "5");
        assert_eq!(Cell::from(None).shown(), "");
    }

    #[test]
    fn a_row_keeps_quotes_commas_and_lines_in_one_cell() {
        let row = vec![Cell::from("=\"a\",b"), Cell::from(7), Cell::from("x\r\ny")];
        let bytes = line(row).unwrap();
        assert_eq!(bytes, b"\"'=\"\"a\"\",b\",7,\"x\r\ny\"\r\n");
    }

    #[test]
    fn every_row_has_a_cell_for_each_name() {
        let at = jiff::Timestamp::UNIX_EPOCH;
        let run = Execution::new(crate::id::ExecutionId::new(at, 1), at);
        let columns = |names: &str| names.split(',').count();
        assert_eq!(execution(&run).len(), columns(EXECUTIONS));
        let one = DeviceResult::new("r1", crate::model::DeviceStatus::Ok);
        assert_eq!(result("", &one).len(), columns(DEVICE_RESULTS));
        let answer = crate::model::Answer {
            bytes: Vec::new(),
            proof: crate::model::Proof::Exec,
            exit_status: None,
            rejection: None,
            warnings: Vec::new(),
            duration_us: 0,
        };
        let shown = crate::model::Output::new("r1", "show", at, answer);
        assert_eq!(output("", &shown.summary).len(), columns(OUTPUTS));
    }
}
