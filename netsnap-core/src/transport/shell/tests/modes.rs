//! Modes jump by themselves and host names change: the prompt is read anew behind every line.

use std::sync::Arc;

use super::super::Shell;
use super::transcripts::transcript;
use crate::error::ErrorKind;
use crate::model::Device;
use crate::platform::Platform;
use crate::transport::replay::Replay;
use crate::transport::{Limits, Transport};

async fn log_in(replay: &Replay, platform: &str) -> Shell {
    let platform = Platform::named(platform).unwrap();
    Shell::open(replay.pipe(), platform, Limits::default())
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn a_section_header_jumps_between_sections() {
    let mut shell = log_in(&transcript("mode_jump"), "frr").await;
    shell.configure().await.unwrap();
    for (line, prompt) in [
        ("router ospf", "r1(config-router)#"),
        ("interface eth1", "r1(config-if)#"),
        ("exit", "r1(config)#"),
        ("exit", "r1#"),
    ] {
        let answer = shell.line(line).await.unwrap();
        assert_eq!(
            (answer.text().as_ref(), shell.prompt.text()),
            ("", prompt.to_owned())
        );
    }
    let lost = shell.line("description lost").await.unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::InvalidInput);
    shell.leave().await.unwrap();
    assert!(
        shell
            .run("description lost")
            .await
            .unwrap()
            .rejection
            .is_some()
    );
}

#[tokio::test(start_paused = true)]
async fn a_changed_host_name_is_followed_at_once() {
    let mut shell = log_in(&transcript("hostname_change"), "frr").await;
    shell.configure().await.unwrap();
    shell.line("hostname core-1.lab").await.unwrap();
    assert_eq!(shell.hostname(), "core-1.lab");
    shell.line("hostname r1").await.unwrap();
    shell.leave().await.unwrap();
    assert_eq!((shell.hostname(), shell.prompt.configuring), ("r1", false));
}

#[tokio::test(start_paused = true)]
async fn a_removed_host_name_leaves_a_prompt_all_the_same() {
    let mut shell = log_in(&transcript("hostname_removed"), "frr").await;
    shell.configure().await.unwrap();
    shell.line("hostname zz").await.unwrap();
    shell.line("no hostname zz").await.unwrap();
    assert_eq!(shell.prompt.text(), "(null)(config)#");
    shell.line("hostname r1").await.unwrap();
    shell.leave().await.unwrap();
    assert_eq!(shell.hostname(), "r1");
}

#[tokio::test(start_paused = true)]
async fn a_host_name_that_ios_cuts_off_is_the_same_host() {
    let mut shell = log_in(&transcript("show_and_configure"), "cisco_ios").await;
    for command in ["show clock", "show vresion"] {
        shell.run(command).await.unwrap();
    }
    shell.configure().await.unwrap();
    assert_eq!(shell.prompt.text(), "core-switch-buildin(config)#");
    assert_eq!(shell.hostname(), "core-switch-building-7");
}

#[tokio::test(start_paused = true)]
async fn a_login_without_privilege_cannot_configure_and_stays_usable() {
    let mut shell = log_in(&transcript("disable_enable"), "frr").await;
    shell.run("disable").await.unwrap();
    assert!(
        shell
            .run("show running-config")
            .await
            .unwrap()
            .rejection
            .is_some()
    );
    let error = shell.configure().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::CommandRejected);
    shell.run("enable").await.unwrap();
    shell.configure().await.unwrap();
    assert_eq!(
        shell.run("show version").await.unwrap_err().kind(),
        ErrorKind::InvalidInput
    );
    shell.leave().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn refusals_and_warnings_are_told_from_answers() {
    let mut shell = log_in(&transcript("daemon_restart"), "frr").await;
    let down = shell.run("show ip ospf neighbor").await.unwrap();
    assert_eq!(
        down.rejection.unwrap().line,
        "Warning: connecting to ospfd...failed!"
    );
    assert_eq!(down.warnings.len(), 1);
    let down = shell.run("show ip ospf neighbor").await.unwrap();
    assert!(down.rejection.is_some());
    shell.run("show running-config ospfd").await.unwrap();
    let up = shell.run("show ip ospf neighbor").await.unwrap();
    assert_eq!((up.rejection, up.warnings.len()), (None, 1));
}

#[tokio::test(start_paused = true)]
async fn saving_is_an_answer_without_a_refusal() {
    let mut shell = log_in(&transcript("config_change"), "frr").await;
    shell.configure().await.unwrap();
    for line in ["interface eth1", "ip ospf cost 50"] {
        shell.line(line).await.unwrap();
    }
    shell.leave().await.unwrap();
    let saved = shell.run("write memory").await.unwrap();
    assert!(saved.text().ends_with("\n[OK]\n") && saved.rejection.is_none());
    assert!(saved.warnings.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_transcript_is_a_transport() {
    let device: Device = serde_json::from_str(
        r#"{"name":"r1","host":"192.0.2.1","username":"admin","platform":"frr"}"#,
    )
    .unwrap();
    let platform: Arc<Platform> = Platform::named("frr").unwrap();
    let replay = transcript("login_show_exit");
    let limits = Limits::default();
    let mut session = replay.connect(&device, &platform, &limits).await.unwrap();
    assert_eq!(session.hostname(), "r1");
    let error = session.run("show version").await.unwrap_err();
    assert_eq!(error.report().context["recorded"], "terminal length 0\\n");
    let mut session = replay.connect(&device, &platform, &limits).await.unwrap();
    session.run("terminal length 0").await.unwrap();
    session.close().await;
}

#[tokio::test(start_paused = true)]
async fn a_platform_of_exec_channels_has_no_shell() {
    let platform = Platform::named("linux").unwrap();
    let pipe = transcript("mode_jump").pipe();
    let error = Shell::open(pipe, platform, Limits::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}
