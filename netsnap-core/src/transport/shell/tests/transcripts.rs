//! Every transcript, cut in two at every position, byte by byte, and whole: the same answers.

use std::sync::Arc;

use super::super::Shell;
use super::with_timing;
use crate::error::Result;
use crate::model::Answer;
use crate::platform::{FenceTiming, Platform};
use crate::transport::Limits;
use crate::transport::replay::{Delivery, Replay};

struct Recorded {
    name: &'static str,
    platform: &'static str,
    text: &'static str,
}

macro_rules! recorded {
    ($($platform:literal / $name:literal),* $(,)?) => {
        &[$(Recorded {
            name: $name,
            platform: $platform,
            text: include_str!(concat!(
                "../../../../platforms/transcripts/", $platform, "/", $name, ".transcript"
            )),
        }),*]
    };
}

const ALL: &[Recorded] = recorded![
    "frr" / "config_change",
    "frr" / "daemon_restart",
    "frr" / "disable_enable",
    "frr" / "errors",
    "frr" / "hostname_change",
    "frr" / "hostname_removed",
    "frr" / "login_show_exit",
    "frr" / "login_show_exit_nopty",
    "frr" / "long_line_511col",
    "frr" / "long_line_80col",
    "frr" / "mode_jump",
    "frr" / "pager_to_the_end",
    "cisco_ios" / "show_and_configure",
    "arista_eos" / "show_and_configure",
];

/// What one line came to: its answer, and the prompt behind it.
type Outcome = (String, std::result::Result<Answer, String>, String);

pub(super) fn transcript(name: &str) -> Replay {
    let found = ALL.iter().find(|recorded| recorded.name == name).unwrap();
    Replay::parse(found.text).unwrap()
}

/// Returns the recorded lines that are typed after the preparation, the logout left out.
fn lines(replay: &Replay, platform: &Platform) -> Vec<String> {
    let typed = replay
        .recorded()
        .filter(|(_, received)| !received.ends_with(b"\n"));
    typed
        .map(|(sent, _)| String::from_utf8_lossy(sent).into_owned())
        .filter(|line| line.ends_with('\n'))
        .map(|line| line.trim_end().to_owned())
        .filter(|line| !platform.cli.prepare.contains(line))
        .collect()
}

async fn play(replay: &Replay, platform: &Arc<Platform>) -> Vec<Outcome> {
    let mut shell = Shell::open(replay.pipe(), Arc::clone(platform), Limits::default())
        .await
        .unwrap();
    let mut outcomes = Vec::new();
    for line in lines(replay, platform) {
        let answer = type_line(&mut shell, &line).await;
        let answer = answer.map_err(|error| format!("{error:?}"));
        let answer = answer.map(|answer| Answer {
            duration_us: 0,
            ..answer
        });
        outcomes.push((line, answer, shell.prompt.text()));
    }
    shell.close().await;
    outcomes
}

async fn type_line(shell: &mut Shell, line: &str) -> Result<Answer> {
    if shell.prompt.configuring {
        return shell.line(line).await;
    }
    shell.run(line).await
}

/// Reads the answers off the record itself: what stands between the first line and the last.
fn off_the_record(replay: &Replay, platform: &Platform) -> Vec<(String, String)> {
    let wanted = lines(replay, platform);
    let entries = replay.recorded().map(|(sent, received)| {
        let received = String::from_utf8_lossy(received).replace("\r\n", "\n");
        let body = received.split_once('\n').map_or("", |(_, body)| body);
        let body = body.rsplit_once('\n').map_or("", |(body, _)| body);
        let end = if body.is_empty() { "" } else { "\n" };
        let sent = String::from_utf8_lossy(sent).trim_end().to_owned();
        (sent, format!("{body}{end}"))
    });
    entries.filter(|(sent, _)| wanted.contains(sent)).collect()
}

#[tokio::test(start_paused = true)]
async fn every_answer_is_what_the_record_shows() {
    for recorded in ALL
        .iter()
        .filter(|recorded| recorded.name != "pager_to_the_end")
    {
        let platform = Platform::named(recorded.platform).unwrap();
        let replay = Replay::parse(recorded.text).unwrap();
        let outcomes = play(&replay, &platform).await;
        let answers = outcomes.into_iter().map(|(line, answer, _)| {
            let answer =
                answer.unwrap_or_else(|error| panic!("{}: {line}: {error}", recorded.name));
            (line, answer.text().into_owned())
        });
        let answers: Vec<_> = answers.collect();
        assert!(!answers.is_empty());
        assert_eq!(
            answers,
            off_the_record(&replay, &platform),
            "{}",
            recorded.name
        );
    }
}

#[tokio::test(start_paused = true)]
async fn no_transcript_depends_on_where_it_is_cut() {
    cut_everywhere(ALL.iter().step_by(2)).await;
}

#[tokio::test(start_paused = true)]
async fn no_other_transcript_depends_on_where_it_is_cut() {
    cut_everywhere(ALL.iter().skip(1).step_by(2)).await;
}

async fn cut_everywhere(transcripts: impl Iterator<Item = &Recorded>) {
    for recorded in transcripts {
        let timing = match recorded.name {
            "pager_to_the_end" => FenceTiming::AfterCandidate,
            _ => {
                Platform::named(recorded.platform)
                    .unwrap()
                    .cli
                    .fence
                    .as_ref()
                    .unwrap()
                    .timing
            }
        };
        let mut platform = Platform::clone(&with_timing(recorded.platform, timing));
        platform.cli.prepare = Platform::named(recorded.platform)
            .unwrap()
            .cli
            .prepare
            .clone();
        let platform = Arc::new(platform);
        let replay = Replay::parse(recorded.text).unwrap();
        let whole = play(&replay, &platform).await;
        assert!(
            whole.iter().all(|(_, answer, _)| answer.is_ok()),
            "{}: {whole:?}",
            recorded.name
        );
        let bytes = replay.clone().delivery(Delivery::Bytes);
        assert_eq!(
            play(&bytes, &platform).await,
            whole,
            "{} by bytes",
            recorded.name
        );
        let length: usize = replay.recorded().map(|(_, received)| received.len()).sum();
        let fences = 48 * whole.len();
        for at in 1..length + fences {
            let cut = replay.clone().delivery(Delivery::SplitAt(at));
            assert_eq!(
                play(&cut, &platform).await,
                whole,
                "{} at {at}",
                recorded.name
            );
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_pager_is_paged_to_its_end_and_then_left_alone() {
    let platform = with_timing("frr", FenceTiming::AfterCandidate);
    let outcomes = play(&transcript("pager_to_the_end"), &platform).await;
    let (_, answer, _) = &outcomes[1];
    let answer = answer.as_ref().unwrap();
    let text = answer.text();
    assert!(
        text.starts_with("Building configuration...\n\nCurrent configuration:\n!\nfrr version")
    );
    assert!(text.ends_with("!\nend\n"), "{text}");
    assert!(
        text.contains("exit\n!\ninterface eth5\n description to r5\n"),
        "{text}"
    );
    assert!(
        !["\u{1b}", "\r", "\n:"]
            .iter()
            .any(|control| text.contains(control)),
        "{text}"
    );
    let (_, daemons, _) = &outcomes[2];
    assert_eq!(daemons.as_ref().unwrap().text(), " zebra\n");
}
