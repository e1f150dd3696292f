//! Six ways in which a device's output looks finished when it is not, each with a pause at every position.

use std::time::Duration;

use super::fake::{Echo, Fake};
use super::{open, with_timing};
use crate::model::Proof;
use crate::platform::FenceTiming::{self, AfterCandidate, WithCommand};

const PROMPT: &str = "core-uplink# ";
const COMMAND: &str = "show logging";
const WAYS: [(FenceTiming, Echo); 3] = [
    (WithCommand, Echo::InOrder),
    (AfterCandidate, Echo::InOrder),
    (AfterCandidate, Echo::Twice),
];

struct Trap {
    prompt: &'static str,
    body: &'static str,
    behind_prompt: &'static str,
}

impl Default for Trap {
    fn default() -> Self {
        Self {
            prompt: PROMPT,
            body: "first\r\nsecond\r\n",
            behind_prompt: "",
        }
    }
}

/// Runs the command with a pause at every position, of both lengths: shorter and longer than our patience.
async fn spring(trap: Trap) {
    let expected = trap.body.replace("\r\n", "\n");
    for (timing, echo) in WAYS {
        let platform = with_timing("cisco_ios", timing);
        for position in 0..=COMMAND.len() + 2 + trap.body.len() {
            for pause in [400, 5000].map(Duration::from_millis) {
                let mut device = Fake::new(trap.prompt, &[trap.body.as_bytes(), b"next\r\n"]);
                device.behind_prompt = trap.behind_prompt.to_owned();
                device.pause = Some((position, pause));
                device.echo = echo;
                let mut shell = open(device, &platform).await;
                let place = format!("{timing:?} {echo:?} at {position} for {pause:?}");
                let answer = shell.run(COMMAND).await.expect(&place);
                assert_eq!(answer.text(), expected, "{place}");
                assert_eq!(answer.proof, Proof::Fence);
                let next = shell.run("show clock").await.expect(&place);
                assert_eq!(next.text(), "next\n", "{place}");
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_line_that_equals_the_prompt_ends_nothing() {
    spring(Trap {
        body: "a\r\ncore-uplink# \r\ncore-uplink# show clock\r\nb\r\n",
        ..Trap::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_bare_name_with_a_hash_ends_nothing() {
    spring(Trap {
        body: "description\r\ncore-uplink#\r\nother-uplink#\r\nb\r\n",
        ..Trap::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_text_that_ends_in_an_arrow_ends_nothing() {
    spring(Trap {
        body: "the way -> core-uplink>\r\ncore-uplink> \r\n >\r\nb\r\n",
        ..Trap::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_message_behind_the_prompt_without_a_new_prompt_is_no_output() {
    spring(Trap {
        behind_prompt: "\r\n*Mar  1 00:00:01.000: %SYS-5-CONFIG_I: Configured from console\r\n",
        ..Trap::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn colours_around_the_prompt_hide_nothing() {
    spring(Trap {
        prompt: "\x1b[1;32mcore-uplink\x1b[0m# \x1b[K",
        ..Trap::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_bell_behind_the_prompt_hides_nothing() {
    spring(Trap {
        prompt: "core-uplink# \x07",
        ..Trap::default()
    })
    .await;
}

#[tokio::test(start_paused = true)]
async fn an_output_without_a_line_end_is_kept_apart_from_nothing() {
    let platform = with_timing("frr", WithCommand);
    let mut shell = open(Fake::new("r1# ", &[b""]), &platform).await;
    assert_eq!(shell.run("clear ip ospf").await.unwrap().bytes, b"");
}

#[tokio::test(start_paused = true)]
async fn a_banner_drawn_with_hashes_is_no_prompt() {
    for banner in [
        "#####\r\n# no entry #\r\nr9#\r\nrouter>\r\n",
        "r9# ",
        "\r\n%BANNER# \r\nlogin>\r\n\r\n",
    ] {
        let mut device = Fake::new("r1# ", &[b"body\r\n"]);
        device.greeting = banner.to_owned();
        let mut shell = open(device, &with_timing("frr", WithCommand)).await;
        if banner != "r9# " {
            assert_eq!(shell.hostname(), "r1");
        }
        assert_eq!(shell.run("show x").await.unwrap().text(), "body\n");
    }
}
