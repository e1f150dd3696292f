//! A device that sends anything at all: no panic, and an end within the clocks.

use std::time::Duration;

use async_trait::async_trait;
use proptest::prelude::*;
use tokio::time::{Instant, sleep};

use super::super::Shell;
use super::with_timing;
use crate::error::Result;
use crate::platform::FenceTiming::{self, AfterCandidate, WithCommand};
use crate::transport::Limits;
use crate::transport::pipe::Pipe;

/// One thing a hostile device does.
#[derive(Clone, Debug)]
enum Act {
    Say(Vec<u8>),
    /// Prints what was typed last.
    Parrot,
    Wait(u64),
    End,
}

#[derive(Debug)]
struct Hostile {
    acts: Vec<Act>,
    next: usize,
    typed: Vec<u8>,
}

#[async_trait]
impl Pipe for Hostile {
    async fn read(&mut self, buffer: &mut Vec<u8>) -> Result<usize> {
        loop {
            let act = self.acts[self.next % self.acts.len()].clone();
            let said = match act {
                Act::Say(ref bytes) => bytes.clone(),
                Act::Parrot => self.typed.clone(),
                Act::End => Vec::new(),
                Act::Wait(_) => b"-".to_vec(),
            };
            if let Act::Wait(milliseconds) = act {
                sleep(Duration::from_millis(milliseconds)).await;
            }
            // Never for ever without time passing: as slow as any network.
            sleep(Duration::from_millis(50)).await;
            self.next += 1;
            if matches!(act, Act::End) || !said.is_empty() {
                buffer.extend(&said);
                return Ok(said.len());
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.typed = bytes.to_vec();
        Ok(())
    }
}

fn act() -> impl Strategy<Value = Act> {
    let words = prop::sample::select(vec![
        "r1# ",
        "r1(config)# ",
        "\r\n",
        "\r",
        "\x1b[",
        "\x1b[K",
        ":\x1b[K",
        "\x08",
        "--More-- ",
        "(END)",
        "\x1b[7m(END)\x1b[m\x1b[K",
        "show x",
        "\x1b]0;",
        "% Unknown command",
        "\0",
    ]);
    prop_oneof![
        4 => words.prop_map(|word| Act::Say(word.as_bytes().to_vec())),
        2 => prop::collection::vec(any::<u8>(), 1..40).prop_map(Act::Say),
        3 => Just(Act::Parrot),
        1 => (0_u64..40_000).prop_map(Act::Wait),
        1 => Just(Act::End),
    ]
}

fn survive(acts: Vec<Act>, timing: FenceTiming) -> Duration {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(async {
        let started = Instant::now();
        let device = Hostile {
            acts,
            next: 0,
            typed: Vec::new(),
        };
        let limits = Limits {
            total: Duration::from_secs(60),
            output: 4096,
            ..Limits::default()
        };
        let opened = Shell::open(Box::new(device), with_timing("frr", timing), limits).await;
        if let Ok(mut shell) = opened {
            let _ = shell.run("show x").await;
            let _ = shell.configure().await;
            let _ = shell.line("hostname r2").await;
            let _ = shell.leave().await;
            shell.close().await;
        }
        started.elapsed()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]
    #[test]
    fn whatever_a_device_sends_ends_within_the_clocks(acts in prop::collection::vec(act(), 1..12)) {
        for timing in [WithCommand, AfterCandidate] {
            // Login, four lines, each of which may be brought into step once, and the logout.
            let limit = Duration::from_secs(15 + 4 * 2 * 60 + 5);
            prop_assert!(survive(acts.clone(), timing) <= limit);
        }
    }
}
