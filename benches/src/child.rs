//! What did a command cost, and what did it say?

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use netsnap_core::{Error, ErrorKind, Result};
use serde_json::{Map, Value};
use wait4::Wait4;

/// What the kernel accounts to a finished command, and the line it printed.
#[derive(Clone, Debug)]
pub struct Measured {
    /// From start to end.
    pub wall: Duration,
    /// Processor time, user and system, of the command and of its own children.
    pub cpu: Duration,
    /// The highest resident memory, in bytes.
    pub peak_rss: u64,
    /// The last line of its output: a JSON object.
    pub said: Map<String, Value>,
}

impl Measured {
    /// Returns a number that the command reported.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<f64> {
        self.said.get(name)?.as_f64()
    }

    /// Returns the processor time in milliseconds.
    #[must_use]
    pub fn cpu_ms(&self) -> f64 {
        self.cpu.as_secs_f64() * 1000.0
    }

    /// Returns the highest resident memory in megabytes of 10^6 bytes.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "no memory has 2^53 bytes")]
    pub fn peak_mb(&self) -> f64 {
        self.peak_rss as f64 / 1e6
    }
}

/// Runs a command to its end. Its errors go where ours go.
///
/// # Errors
/// `InvalidInput` when it does not start, fails, or does not end with a line of JSON.
pub fn measure(command: &mut Command) -> Result<Measured> {
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| failed("the command does not start", command).because(error))?;
    let output = read(&mut child)
        .map_err(|error| failed("the command's output cannot be read", command).because(error))?;
    let usage = child
        .wait4()
        .map_err(|error| failed("the command cannot be waited for", command).because(error))?;
    if !usage.status.success() {
        return Err(failed("the command failed", command).with("status", usage.status));
    }
    let said = output.lines().last().unwrap_or_default();
    Ok(Measured {
        wall: start.elapsed(),
        cpu: usage.rusage.utime + usage.rusage.stime,
        peak_rss: usage.rusage.maxrss,
        said: serde_json::from_str(said).map_err(|error| {
            failed("the command's last line is no JSON", command).because(error)
        })?,
    })
}

fn read(child: &mut Child) -> std::io::Result<String> {
    let mut output = String::new();
    if let Some(mut stdout) = child.stdout.take() {
        stdout.read_to_string(&mut output)?;
    }
    Ok(output)
}

fn failed(message: &'static str, command: &Command) -> Error {
    Error::new(ErrorKind::InvalidInput, message)
        .during("bench.measure")
        .with("command", format!("{command:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Result<Measured> {
        measure(Command::new("sh").args(["-c", script]))
    }

    #[test]
    fn a_command_is_measured_and_heard() {
        let measured = shell(r#"echo starting; echo '{"devices": 3}'"#).unwrap();
        assert_eq!(measured.number("devices"), Some(3.0));
        assert_eq!(measured.number("nothing"), None);
        assert!(measured.peak_rss > 100_000, "{measured:?}");
    }

    #[test]
    fn a_failure_is_no_measurement() {
        for script in ["echo '{}'; exit 3", "echo no json", "true"] {
            assert!(shell(script).is_err(), "{script}");
        }
    }
}
