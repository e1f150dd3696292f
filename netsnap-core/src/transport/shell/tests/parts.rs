//! Who looks on sees whole lines of an output before its end, from its beginning on, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::super::echo::Sought;
use super::super::exchange::{Exchange, Step};
use super::super::fence::Fences;
use super::super::prompt::Prompt;
use super::fake::{Echo, Fake};
use super::{open, with_timing};
use crate::platform::FenceTiming::{AfterCandidate, WithCommand};
use crate::platform::Platform;
use crate::transport::Reading;

/// Runs a command, and returns the parts that were shown, each with its time, and the output.
async fn watched(device: Fake, platform: &Arc<Platform>) -> (Vec<(Duration, String)>, String) {
    let mut shell = open(device, platform).await;
    let (parts, mut coming) = mpsc::channel(1);
    let reading = Reading::default().shown_to(parts);
    let (start, mut shown) = (Instant::now(), Vec::new());
    let mut answer = Box::pin(shell.read("show x", &reading));
    let answer = loop {
        tokio::select! {
            biased;
            answer = &mut answer => break answer.unwrap().0,
            Some(part) = coming.recv() => {
                shown.push((start.elapsed(), String::from_utf8(part).unwrap()));
            }
        }
    };
    (shown, answer.text().into_owned())
}

#[tokio::test(start_paused = true)]
async fn what_has_come_is_shown_half_a_second_later() {
    for timing in [WithCommand, AfterCandidate] {
        for echo in [Echo::InOrder, Echo::Twice] {
            let mut device = Fake::new("r1# ", &[b"first\r\nsecond\r\nthird\r\n"]);
            // In the middle of the second line.
            device.pause = Some(("show x\r\nfirst\r\nsec".len(), Duration::from_secs(7)));
            device.echo = echo;
            let (shown, output) = watched(device, &with_timing("frr", timing)).await;
            assert_eq!(output, "first\nsecond\nthird\n");
            let (at, text) = &shown[0];
            assert_eq!(text, "first\n");
            assert!((500..600).contains(&at.as_millis()), "{at:?}");
            // Behind a fence that is echoed in the middle of a line, so much is whole as stands before it.
            let shown: String = shown.into_iter().map(|(_, text)| text).collect();
            assert!(shown == "first\n" || shown == "first\nsec", "{shown:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_command_that_is_soon_answered_shows_nothing() {
    let mut device = Fake::new("r1# ", &[b"first\r\nsecond\r\nthird\r\n"]);
    device.pause = Some((15, Duration::from_millis(450)));
    let (shown, output) = watched(device, &with_timing("frr", WithCommand)).await;
    assert_eq!(output, "first\nsecond\nthird\n");
    assert_eq!(shown, []);
}

/// A fence that was dropped is asked for again as late as without somebody who looks on.
#[tokio::test(start_paused = true)]
async fn who_looks_on_hurries_nothing() {
    let mut device = Fake::new("r1# ", &[b"first\r\nsecond\r\n"]);
    device.pause = Some((15, Duration::from_secs(29)));
    let (shown, output) = watched(device, &with_timing("frr", WithCommand)).await;
    assert_eq!((output.as_str(), shown.len()), ("first\nsecond\n", 1));
}

struct Told {
    parts: Vec<Vec<u8>>,
    output: Vec<u8>,
}

/// Feeds an answer in pieces, and looks behind each of those that are due.
fn told(body: &str, piece: usize, due: impl Fn(usize) -> bool, reading: &Reading) -> Told {
    let platform = with_timing("frr", WithCommand);
    let line = platform.cli.fence.as_ref().map(|fence| &*fence.line);
    let mut fences = Fences::new(line).unwrap();
    let exchange = Exchange::new(&platform.cli, &mut fences, Some(prompt(&platform)));
    let mut exchange = exchange.keeping(reading.ends());
    let sent = String::from_utf8(exchange.command("show x")).unwrap();
    let fence = sent.split_once('\n').unwrap().1.replace('\n', "\r\n");
    // The terminal echoes what is typed ahead at once, and again when it is read.
    let said = format!("show x\r\n{fence}{body}r1# {fence}r1# ");
    let sought = Sought {
        command: "show x",
        prompt: b"r1# ",
        messages: &platform.cli.messages,
    };
    let (mut parts, mut last) = (Vec::new(), Step::Read);
    for (number, bytes) in said.as_bytes().chunks(piece).enumerate() {
        last = exchange.feed(bytes);
        if due(number) && last == Step::Read {
            parts.extend(exchange.next_part(&sought));
        }
    }
    let Step::Settled(settled) = last else {
        panic!("{last:?}");
    };
    let (output, _) = exchange.into_output("show x\n".len(), settled.output_end);
    Told { parts, output }
}

fn prompt(platform: &Platform) -> Prompt {
    super::super::prompt::read(&platform.cli, b"r1# ").unwrap()
}

fn numbered(count: usize) -> String {
    (0..count)
        .map(|line| format!("line {line:07}\r\n"))
        .collect()
}

#[test]
fn parts_are_the_beginning_of_the_output_however_it_comes() {
    let body = numbered(40);
    for piece in 1..body.len() {
        let Told { parts, output } = told(&body, piece, |_| true, &Reading::default());
        assert_eq!(output, body.replace('\r', "").into_bytes());
        let shown = parts.concat();
        assert!(output.starts_with(&shown), "pieces of {piece}");
        if piece < 15 {
            assert_eq!(shown, output, "pieces of {piece}");
        }
    }
}

#[test]
fn a_part_is_small_and_the_rest_waits() {
    let body = numbered(20_000);
    let Told { parts, output } = told(&body, 1000, |number| number % 50 == 49, &Reading::default());
    assert!(parts.len() > 3);
    assert!(parts.iter().all(|part| part.len() <= 64 << 10));
    assert!(output.starts_with(&parts.concat()));
}

#[test]
fn behind_what_was_forgotten_unseen_nothing_is_shown() {
    let body = numbered(200_000);
    let reading = Reading::most(100);
    // Slower than what comes: the middle is forgotten before it is its turn.
    let Told { parts, .. } = told(&body, 10_000, |number| number % 10 == 9, &reading);
    let (shown, whole) = (parts.concat(), body.replace('\r', ""));
    assert!(
        shown.len() > 10_000 && shown.len() < 1_000_000,
        "{}",
        shown.len()
    );
    assert!(whole.as_bytes().starts_with(&shown));
    // As fast: all of it is.
    let Told { parts, .. } = told(&body, 10_000, |_| true, &reading);
    let shown = parts.concat();
    assert!(shown.len() > 2_500_000);
    assert!(whole.as_bytes().starts_with(&shown));
}
