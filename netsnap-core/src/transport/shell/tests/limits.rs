//! Every clock and limit ends a command with its own error, and a session out of step is not used again.

use std::sync::Arc;
use std::time::Duration;

use super::super::Shell;
use super::super::exchange::{Exchange, Step};
use super::super::fence::Fences;
use super::fake::{Echo, Fake};
use super::{open, with_timing};
use crate::error::{Effect, Error, ErrorKind};
use crate::platform::FenceTiming::WithCommand;
use crate::platform::Platform;
use crate::transport::replay::Replay;
use crate::transport::{Limits, Reading};

async fn replayed(transcript: &str) -> Shell {
    let replay = Replay::parse(transcript).unwrap();
    let platform = Platform::named("frr").unwrap();
    Shell::open(replay.pipe(), platform, Limits::default())
        .await
        .unwrap()
}

fn context(error: &Error, key: &str) -> String {
    error.report().context[key].clone()
}

async fn assert_poisoned(mut shell: Shell) {
    let error = shell.run("show version").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Desynchronised);
    assert!(error.to_string().contains("open a new session"));
    shell.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_question_at_login_is_shown_and_not_answered() {
    let platform = Platform::named("frr").unwrap();
    for question in ["Change the password now? [Y/N]:", "Press any key ]"] {
        let device = Fake::new(question, &[]);
        let error = Shell::open(Box::new(device), Arc::clone(&platform), Limits::default())
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PromptNotFound);
        assert_eq!(context(&error, "unfinished_line"), question);
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_that_says_nothing_has_no_prompt() {
    let platform = Platform::named("frr").unwrap();
    let started = tokio::time::Instant::now();
    let device = Fake {
        greeting: " ".to_owned(),
        ..Fake::new("", &[])
    };
    let error = Shell::open(Box::new(device), platform, Limits::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PromptNotFound);
    assert_eq!(
        started.elapsed().as_secs(),
        Limits::default().prompt.as_secs()
    );
}

#[tokio::test(start_paused = true)]
async fn enter_wakes_a_device_that_waits_for_it() {
    let device = Fake {
        greeting: "r1# \r\nlog line\r\n".to_owned(),
        ..Fake::new("r1# ", &[b"body\r\n"])
    };
    let mut shell = open(device, &with_timing("frr", WithCommand)).await;
    assert_eq!(shell.run("show x").await.unwrap().text(), "body\n");
}

#[tokio::test(start_paused = true)]
async fn silence_ends_a_command_and_the_session() {
    let mut device = Fake::new("r1# ", &[b"first\r\nsecond\r\n"]);
    device.pause = Some((12, Duration::from_secs(31)));
    let mut shell = open(device, &with_timing("frr", WithCommand)).await;
    let error = shell.run("show x").await.unwrap_err();
    assert_eq!(
        (error.kind(), context(&error, "clock").as_str()),
        (ErrorKind::CommandTimeout, "idle")
    );
    assert_eq!(error.report().effect, Effect::None);
    assert_poisoned(shell).await;
}

#[tokio::test(start_paused = true)]
async fn a_command_that_may_write_and_is_not_answered_is_indeterminate() {
    let mut device = Fake::new("r1# ", &[b"first\r\nsecond\r\n"]);
    device.pause = Some((12, Duration::from_secs(31)));
    let mut shell = open(device, &with_timing("frr", WithCommand)).await;
    let error = shell.run("write x").await.unwrap_err();
    assert_eq!(error.report().effect, Effect::Indeterminate);
}

#[tokio::test(start_paused = true)]
async fn a_configuration_line_without_an_answer_is_indeterminate() {
    let mut device = Fake::new("r1(config)# ", &[b"x\r\n"]);
    device.pause = Some((1, Duration::from_secs(31)));
    let mut shell = open(device, &with_timing("frr", WithCommand)).await;
    let error = shell.line("hostname r2").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommandTimeout);
    assert_eq!(error.report().effect, Effect::Indeterminate);
    assert_poisoned(shell).await;
}

#[tokio::test(start_paused = true)]
async fn an_output_over_the_limit_ends_the_session() {
    let body = "x".repeat(79) + "\r\n";
    let device = Fake::new("r1# ", &[body.repeat(1000).as_bytes()]);
    let limits = Limits {
        output: 1000,
        ..Limits::default()
    };
    let platform = with_timing("frr", WithCommand);
    let mut shell = Shell::open(Box::new(device), platform, limits)
        .await
        .unwrap();
    let error = shell.run("show x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutputOverflow);
    assert_poisoned(shell).await;
}

/// Returns lines that can be told apart.
fn numbered(count: usize) -> String {
    (0..count)
        .map(|line| format!("line {line:07}\r\n"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn of_an_output_over_what_is_wanted_the_ends_are_kept() {
    for echo in [Echo::InOrder, Echo::Twice] {
        let body = numbered(200_000);
        let mut device = Fake::new("r1# ", &[body.as_bytes(), b"next\r\n"]);
        device.echo = echo;
        let limits = Limits {
            output: 1000,
            ..Limits::default()
        };
        let platform = with_timing("frr", WithCommand);
        let shell = Shell::open(Box::new(device), platform, limits).await;
        let mut shell = shell.unwrap();
        let read = shell.read("show x", &Reading::most(1000)).await;
        let (answer, gap) = read.unwrap();
        let (gap, whole) = (gap.expect("it is long"), body.replace('\r', ""));
        let (head, tail) = answer.bytes.split_at(gap.at);
        assert!(whole.as_bytes().starts_with(head) && whole.as_bytes().ends_with(tail));
        assert!(head.len() > 60_000 && tail.len() > 60_000);
        assert_eq!(answer.bytes.len() as u64 + gap.bytes, whole.len() as u64);
        assert!(answer.bytes.len() < 1_500_000, "{}", answer.bytes.len());
        assert_eq!(shell.run("show y").await.unwrap().text(), "next\n");
    }
}

#[tokio::test(start_paused = true)]
async fn of_a_short_output_everything_is_kept() {
    let body = numbered(5000);
    let device = Fake::new("r1# ", &[body.as_bytes()]);
    let mut shell = open(device, &with_timing("frr", WithCommand)).await;
    let read = shell.read("show x", &Reading::most(100)).await;
    let (answer, gap) = read.unwrap();
    assert_eq!(
        (answer.text().as_ref(), gap),
        (body.replace('\r', "").as_str(), None)
    );
}

/// However it is cut into pieces, an exchange holds no more of a long answer than its ends, and finds where it stops.
#[test]
fn an_exchange_holds_the_ends_of_a_long_answer_alone() {
    let platform = with_timing("frr", WithCommand);
    let line = platform.cli.fence.as_ref().map(|fence| &*fence.line);
    for piece in [1000, 4096, 65_537] {
        let mut fences = Fences::new(line).unwrap();
        let mut greeting = Exchange::new(&platform.cli, &mut fences, None);
        let fence = greeting.fence().unwrap();
        let echo = String::from_utf8(fence).unwrap().replace('\n', "\r\n");
        let Step::Settled(settled) = greeting.feed(format!("r1# {echo}r1# ").as_bytes()) else {
            panic!("a prompt");
        };
        let exchange = Exchange::new(&platform.cli, &mut fences, Some(settled.prompt));
        let mut exchange = exchange.keeping(Reading::most(2000).ends());
        let sent = String::from_utf8(exchange.command("show x")).unwrap();
        let fence = sent.split_once('\n').unwrap().1.replace('\n', "\r\n");
        let body = numbered(300_000);
        let said = format!("show x\r\n{body}r1# {fence}r1# ");
        let mut last = Step::Read;
        for bytes in said.as_bytes().chunks(piece) {
            assert_eq!(last, Step::Read);
            last = exchange.feed(bytes);
            assert!(exchange.len() < 600_000 + piece, "{}", exchange.len());
        }
        let Step::Settled(settled) = last else {
            panic!("{last:?}");
        };
        let (output, gap) = exchange.into_output("show x\n".len(), settled.output_end);
        let (gap, whole) = (gap.unwrap(), body.replace('\r', ""));
        assert_eq!(output.len() as u64 + gap.bytes, whole.len() as u64);
        assert!(whole.as_bytes().starts_with(&output[..gap.at]));
        assert!(whole.as_bytes().ends_with(&output[gap.at..]));
    }
}

/// The echo of a fence that came too early is no output, also where something before it is forgotten afterwards.
#[test]
fn an_early_echo_is_left_out_wherever_it_moves_to() {
    let platform = with_timing("frr", WithCommand);
    let line = platform.cli.fence.as_ref().map(|fence| &*fence.line);
    let before = super::super::prompt::read(&platform.cli, b"r1# ");
    for lines in (0..14).map(|thousands| thousands * 1000) {
        let mut fences = Fences::new(line).unwrap();
        let exchange = Exchange::new(&platform.cli, &mut fences, before.clone());
        let mut exchange = exchange.keeping(Reading::most(2000).ends());
        let sent = String::from_utf8(exchange.command("show x")).unwrap();
        let fence = sent.split_once('\n').unwrap().1.replace('\n', "\r\n");
        let (first, second) = (numbered(40_000), numbered(lines));
        let said = format!("show x\r\n{first}{fence}{second}r1# {fence}r1# ");
        let mut last = Step::Read;
        for bytes in said.as_bytes().chunks(4096) {
            last = exchange.feed(bytes);
        }
        let Step::Settled(settled) = last else {
            panic!("{last:?}");
        };
        let (output, gap) = exchange.into_output("show x\n".len(), settled.output_end);
        let whole = format!("{first}{second}").replace('\r', "");
        let (head, tail) = output.split_at(gap.unwrap().at);
        assert!(whole.as_bytes().starts_with(head), "{lines} lines");
        assert!(whole.as_bytes().ends_with(tail), "{lines} lines");
    }
}

#[tokio::test(start_paused = true)]
async fn a_device_that_ends_the_session_says_how_much_had_come() {
    let mut shell = replayed("< '\\nr1# '\n> 'reload\\n'\n< 'reload\\nbye\\n'").await;
    let error = shell.run("reload").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ConnectionLost);
    assert_eq!(context(&error, "received"), "11");
    assert_poisoned(shell).await;
}

#[tokio::test(start_paused = true)]
async fn a_wrong_echo_is_an_error_and_a_fresh_fence_brings_the_session_into_step() {
    let mut shell = replayed(
        "< '\\nr1# '\n> 'show version\\n'\n< 'how version\\n% Unknown\\nr1# '\n> 'show ver\\n'\n< 'show ver\\n1\\nr1# '",
    )
    .await;
    let error = shell.run("show version").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Desynchronised);
    assert_eq!(context(&error, "first_line"), "how version");
    assert_eq!(shell.run("show ver").await.unwrap().text(), "1\n");
}

#[tokio::test(start_paused = true)]
async fn a_command_that_was_dropped_half_way_poisons_the_session() {
    let mut device = Fake::new("r1# ", &[b"first\r\nsecond\r\n"]);
    device.pause = Some((12, Duration::from_secs(20)));
    let mut shell = open(device, &with_timing("frr", WithCommand)).await;
    let cut = tokio::time::timeout(Duration::from_secs(1), shell.run("show x")).await;
    assert!(cut.is_err());
    assert_poisoned(shell).await;
}

#[tokio::test(start_paused = true)]
async fn an_unusable_line_is_refused_and_the_session_stays() {
    let mut shell = replayed("< '\\nr1# '\n> 'show ver\\n'\n< 'show ver\\n1\\nr1# '").await;
    for line in ["show ver\nreload", "show ?", "a\x1a"] {
        assert_eq!(
            shell.run(line).await.unwrap_err().kind(),
            ErrorKind::InvalidInput
        );
    }
    let outside = shell.line("no router ospf").await.unwrap_err();
    assert_eq!(outside.kind(), ErrorKind::InvalidInput);
    assert_eq!(shell.run("show ver").await.unwrap().text(), "1\n");
}

#[tokio::test(start_paused = true)]
async fn a_platform_without_a_fence_is_proven_by_its_last_line_alone() {
    let mut platform = Platform::clone(&Platform::named("frr").unwrap());
    platform.cli.fence = None;
    let device = Fake::new("r1# ", &[b"r9#\r\nbody\r\n", b"next\r\n"]);
    let mut shell = open(device, &Arc::new(platform)).await;
    let answer = shell.run("show x").await.unwrap();
    assert_eq!(
        (answer.text().as_ref(), answer.proof),
        ("r9#\nbody\n", crate::model::Proof::Tail)
    );
    assert_eq!(shell.run("show y").await.unwrap().text(), "next\n");
}
