//! Passwords and questions, against a server in process: OpenSSH asks for them through the accounts of the machine.

use std::borrow::Cow;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use netsnap_core::ErrorKind;
use netsnap_core::model::{Device, Secret};
use netsnap_core::platform::Platform;
use netsnap_core::transport::{Limits, Session, SshTransport};
use russh::server::{self, Auth, ChannelOpenHandle, Config, Msg, Response};
use russh::{Channel, ChannelId, MethodKind, MethodSet};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::support::{assert_refused, context, device, log_in, make_key, refusal_within};

/// What the server asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    Password,
    Questions(&'static [(&'static str, bool)]),
    Nothing,
    ThenClosesTheDoor,
    ThenNeverAnswers,
    ThenASecondFactor,
}

struct Server {
    device: Device,
    attempts: Arc<Mutex<Vec<String>>>,
    ended: Arc<Notify>,
    _folder: tempfile::TempDir,
}

#[derive(Clone)]
struct Guard {
    asks: Asks,
    attempts: Arc<Mutex<Vec<String>>>,
}

impl Guard {
    fn judge(&self, method: &str, secret: &str) -> Auth {
        self.attempts.lock().unwrap().push(method.to_owned());
        match secret {
            "open sesame" => Auth::Accept,
            _ => Auth::reject(),
        }
    }
}

impl server::Handler for Guard {
    type Error = russh::Error;

    async fn auth_none(&mut self, _: &str) -> Result<Auth, Self::Error> {
        match self.asks {
            Asks::Nothing => Ok(Auth::Accept),
            _ => Ok(Auth::reject()),
        }
    }

    async fn auth_password(&mut self, _: &str, password: &str) -> Result<Auth, Self::Error> {
        let verdict = self.judge("password", password);
        match self.asks {
            Asks::ThenClosesTheDoor => Err(russh::Error::Disconnect),
            Asks::ThenNeverAnswers => std::future::pending().await,
            Asks::ThenASecondFactor => Ok(Auth::Reject {
                proceed_with_methods: Some(MethodSet::from(QUESTIONS)),
                partial_success: true,
            }),
            _ => Ok(verdict),
        }
    }

    async fn auth_keyboard_interactive<'a>(
        &'a mut self,
        _: &str,
        _: &str,
        response: Option<Response<'a>>,
    ) -> Result<Auth, Self::Error> {
        if let Some(mut answers) = response {
            let answer = answers.next().unwrap_or_default();
            return Ok(self.judge("answer", &String::from_utf8_lossy(&answer)));
        }
        let Asks::Questions(questions) = self.asks else {
            return Ok(Auth::reject());
        };
        let prompts: Vec<_> = questions
            .iter()
            .map(|(text, echo)| (Cow::Borrowed(*text), *echo))
            .collect();
        Ok(Auth::Partial {
            name: "".into(),
            instructions: "".into(),
            prompts: prompts.into(),
        })
    }

    async fn channel_open_session(
        &mut self,
        _: Channel<Msg>,
        reply: ChannelOpenHandle,
        _: &mut server::Session,
    ) -> Result<(), Self::Error> {
        reply.accept().await;
        Ok(())
    }

    async fn shell_request(
        &mut self,
        channel: ChannelId,
        session: &mut server::Session,
    ) -> Result<(), Self::Error> {
        session.channel_failure(channel)
    }
}

async fn serve(asks: Asks, methods: &[MethodKind]) -> Server {
    let folder = tempfile::tempdir().unwrap();
    make_key(&folder.path().join("host"), &["ed25519"]);
    let key = russh::keys::load_secret_key(folder.path().join("host"), None).unwrap();
    let config = Arc::new(Config {
        keys: vec![key],
        methods: MethodSet::from(methods),
        auth_rejection_time: Duration::ZERO,
        ..Config::default()
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let attempts = Arc::new(Mutex::new(Vec::new()));
    let guard = Guard {
        asks,
        attempts: Arc::clone(&attempts),
    };
    let ended = Arc::new(Notify::new());
    let told = Arc::clone(&ended);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let running = server::run_stream(Arc::clone(&config), stream, guard.clone());
            let told = Arc::clone(&told);
            tokio::spawn(async move {
                let _ = running.await.unwrap().await;
                told.notify_one();
            });
        }
    });
    let key = std::fs::read_to_string(folder.path().join("host.pub")).unwrap();
    let known = folder.path().join("known_hosts");
    std::fs::write(&known, format!("[127.0.0.1]:{port} {key}")).unwrap();
    let mut device = device(port, &known);
    device.password = Some(Secret::Literal("open sesame".to_owned()));
    Server {
        device,
        attempts,
        ended,
        _folder: folder,
    }
}

const BOTH: &[MethodKind] = &[MethodKind::Password, MethodKind::KeyboardInteractive];
const QUESTIONS: &[MethodKind] = &[MethodKind::KeyboardInteractive];

#[tokio::test]
async fn a_password_logs_in_by_the_method_that_is_offered() {
    let hidden: &[_] = &[("Password: ", false)];
    for (asks, methods, expected) in [
        (Asks::Password, BOTH, ["password"].as_slice()),
        (Asks::Questions(hidden), QUESTIONS, &["answer"]),
        (Asks::Nothing, BOTH, &[]),
    ] {
        let server = serve(asks, methods).await;
        log_in(&server.device).await.unwrap();
        assert_eq!(*server.attempts.lock().unwrap(), expected);
    }
}

#[tokio::test]
async fn a_rejected_password_is_sent_once_and_told_to_nobody() {
    let hidden: &[_] = &[("Password: ", false)];
    for (asks, methods) in [
        (Asks::Questions(hidden), BOTH),
        (Asks::Questions(hidden), QUESTIONS),
    ] {
        let mut server = serve(asks, methods).await;
        server.device.password = Some(Secret::Literal("hunter2".to_owned()));
        let error = assert_refused(&server.device, ErrorKind::AuthenticationRejected).await;
        assert_eq!(server.attempts.lock().unwrap().len(), 1);
        assert!(
            context(&error, "offered").contains("keyboard-interactive"),
            "{error}"
        );
        assert!(!format!("{error:?} {:?}", error.report()).contains("hunter2"));
    }
}

#[tokio::test]
async fn an_open_question_is_refused_unanswered() {
    let open: &[_] = &[("Token: ", true)];
    let server = serve(Asks::Questions(open), QUESTIONS).await;
    let error = assert_refused(&server.device, ErrorKind::AuthenticationRejected).await;
    assert_eq!(context(&error, "question"), "Token: ");
    assert!(server.attempts.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_door_that_closes_upon_the_password_is_a_rejection_and_not_to_be_tried_again() {
    let server = serve(Asks::ThenClosesTheDoor, BOTH).await;
    let error = assert_refused(&server.device, ErrorKind::AuthenticationRejected).await;
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn a_password_that_is_never_judged_runs_into_a_limit_of_its_own() {
    let server = serve(Asks::ThenNeverAnswers, BOTH).await;
    let mut limits = Limits::default();
    limits.authentication = Duration::from_millis(300);
    let error = refusal_within(&server.device, &limits).await;
    assert_eq!(error.kind(), ErrorKind::AuthenticationTimeout, "{error:?}");
}

#[tokio::test]
async fn a_device_without_credentials_is_invalid_input() {
    let mut server = serve(Asks::Password, BOTH).await;
    server.device.password = None;
    assert_refused(&server.device, ErrorKind::InvalidInput).await;
    server.device.password = Some(Secret::Environment {
        env: "NETSNAP_TEST_NEVER_SET".to_owned(),
    });
    let error = assert_refused(&server.device, ErrorKind::InvalidInput).await;
    assert_eq!(context(&error, "variable"), "NETSNAP_TEST_NEVER_SET");
}

#[tokio::test]
async fn a_device_that_gives_no_shell_refuses_the_channel() {
    let server = serve(Asks::Password, BOTH).await;
    let platform = Platform::named("frr").unwrap();
    let transport = SshTransport::default();
    let limits = Limits::default();
    let opened = transport.open(&server.device, &platform, &limits).await;
    let error = opened.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChannelRefused, "{error:?}");
}

#[tokio::test]
async fn a_session_that_is_dropped_or_closed_ends_its_connection() {
    let server = serve(Asks::Password, BOTH).await;
    drop(log_in(&server.device).await.unwrap());
    server.ended.notified().await;
    let session = log_in(&server.device).await.unwrap();
    Box::new(session).close().await;
    server.ended.notified().await;
}

/// The device takes the command and then neither answers nor reads.
#[tokio::test]
async fn a_session_within_a_command_that_is_dropped_ends_its_connection() {
    let server = serve(Asks::Password, BOTH).await;
    let mut session = log_in(&server.device).await.unwrap();
    let run = tokio::time::timeout(Duration::from_millis(100), session.run("wait"));
    assert!(run.await.is_err());
    server.ended.notified().await;
}

#[tokio::test]
async fn a_password_is_not_sent_as_the_second_factor() {
    let server = serve(Asks::ThenASecondFactor, BOTH).await;
    let error = assert_refused(&server.device, ErrorKind::AuthenticationRejected).await;
    assert!(error.to_string().contains("a further one"), "{error}");
    assert_eq!(*server.attempts.lock().unwrap(), ["password"]);
}
