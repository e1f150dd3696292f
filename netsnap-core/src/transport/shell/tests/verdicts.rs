//! What counts as a refusal, a warning, or data.

use super::super::Shell;
use super::super::input::check;
use super::super::judge::{Sent, judge};
use super::fake::Fake;
use crate::error::ErrorKind;
use crate::error::Result;
use crate::platform::FenceTiming;
use crate::platform::Platform;
use crate::transport::Limits;
use crate::transport::pipe::Pipe;

fn refusal(platform: &str, sent: Sent, answer: &str) -> Option<String> {
    let platform = Platform::named(platform).unwrap();
    let verdict = judge(&platform.cli, sent, answer.as_bytes());
    verdict.rejection.map(|rejection| rejection.line)
}

#[test]
fn every_recorded_refusal_of_frr_is_one() {
    for line in [
        "% Unknown command: ip ospf cost 70000",
        "% Command incomplete: ip address 10.0.0.3",
        "% Can't find address",
        "There is already same network statement.",
        "bgpd is not running",
        "Warning: connecting to ospfd...failed!",
        "% Unknown action 'grep'",
        "% Not all daemons are up, cannot write config.",
        "Can't execute ping: No such file or directory",
    ] {
        for sent in [Sent::Command, Sent::ConfigurationLine] {
            assert_eq!(
                refusal("frr", sent, &format!("{line}\n")).as_deref(),
                Some(line)
            );
        }
    }
}

#[test]
fn a_caret_line_in_front_hides_no_refusal() {
    let answer = "           ^\n% Invalid input detected at '^' marker.\n\n";
    for platform in ["cisco_ios", "arista_eos"] {
        assert!(refusal(platform, Sent::Command, answer).is_some());
    }
}

#[test]
fn a_configuration_that_quotes_an_error_is_no_refusal() {
    let long = format!(
        "{}% Unknown command: x\n{}end\n",
        "line\n".repeat(9),
        "line\n".repeat(9)
    );
    let described = "interface eth1\n description % Unknown command\nexit\n";
    let at_the_end = format!("{}% Unknown command: x\n", "line\n".repeat(20));
    for answer in [long.as_str(), described, at_the_end.as_str()] {
        assert_eq!(refusal("frr", Sent::Command, answer), None, "{answer}");
    }
}

#[test]
fn any_line_of_the_answer_to_a_configuration_line_can_refuse() {
    let answer = format!("{0}% Unknown command: x\n{0}", "noise\n".repeat(20));
    assert!(refusal("frr", Sent::ConfigurationLine, &answer).is_some());
}

#[test]
fn a_warning_is_told_and_refuses_nothing() {
    let frr = Platform::named("frr").unwrap();
    let answer = b"Warning: connecting to ospfd...success!\n\nNeighbor ID\n";
    let verdict = judge(&frr.cli, Sent::Command, answer);
    assert_eq!(verdict.rejection, None);
    assert_eq!(
        verdict.warnings,
        ["Warning: connecting to ospfd...success!"]
    );
}

#[test]
fn a_missing_program_is_a_refusal_on_linux() {
    for answer in ["sh: 1: foo: not found\n", "bash: foo: command not found\n"] {
        assert!(refusal("linux", Sent::Command, answer).is_some());
    }
}

#[test]
fn a_line_that_is_more_than_a_line_is_refused_before_it_is_sent() {
    let frr = Platform::named("frr").unwrap();
    let long = "x".repeat(frr.cli.longest_line + 1);
    for line in [
        "a\nb",
        "a\rb",
        "a\tb",
        "a\x03",
        "\u{85}",
        "show ?",
        long.as_str(),
    ] {
        let error = check(&frr.cli, line).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{line:?}");
    }
    check(&frr.cli, "description caf\u{e9} $1 | include x").unwrap();
}

#[test]
fn a_configuration_line_of_frr_is_refused_in_many_words_and_warned_of_in_few() {
    for line in [
        "% Refusing to remove a non-existent route",
        "% Specify remote-as or peer-group commands first",
        "% There is no aggregate-address configuration.",
        "% No BGP process is configured",
        "BGP is already running; AS is 65001",
        "Can't find specified network area configuration.",
    ] {
        assert!(
            refusal("frr", Sent::ConfigurationLine, line).is_some(),
            "{line}"
        );
    }
    for line in [
        "% OSPF: Reference bandwidth is changed.",
        "% Warning: the interface has no address",
        "This command is deprecated, because it is not VRF-aware.",
    ] {
        assert_eq!(refusal("frr", Sent::ConfigurationLine, line), None);
    }
}

/// A device whose error stream is a moment behind its output: what it says there has come when another fence has gone out.
#[derive(Debug)]
struct Behind {
    device: Fake,
    fences: usize,
}

#[async_trait::async_trait]
impl Pipe for Behind {
    async fn read(&mut self, buffer: &mut Vec<u8>) -> Result<usize> {
        self.device.read(buffer).await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let text = String::from_utf8_lossy(bytes);
        let before = if text.starts_with("show") {
            0
        } else {
            self.fences
        };
        self.fences = before + text.matches("netsnap-").count();
        self.device.write(bytes).await
    }

    fn take_errors(&mut self) -> Vec<u8> {
        match self.fences {
            2.. => b"ospfd is not running\n".to_vec(),
            _ => Vec::new(),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn silence_is_asked_about_once_more_so_that_a_late_refusal_is_heard() {
    let platform = super::with_timing("frr", FenceTiming::WithReads);
    let device = Fake::new("r1# ", &[b"", b"1.1.1.1 Full\r\n"]);
    let pipe = Box::new(Behind { device, fences: 0 });
    let mut shell = Shell::open(pipe, platform, Limits::default())
        .await
        .unwrap();
    let refused = shell.run("show ip ospf neighbor").await.unwrap();
    assert_eq!(refused.text(), "ospfd is not running\n");
    assert!(refused.rejection.is_some());
    let answered = shell.run("show ip ospf neighbor").await.unwrap();
    assert_eq!(
        answered.text(),
        "1.1.1.1 Full\n",
        "no second fence for an answer with words"
    );
}
