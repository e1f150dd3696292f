//! What is said about a failure of the protocol library: its kind, and what to do now.

use std::time::Duration;

use russh::{AlgorithmKind, ChannelOpenFailure};

use super::algorithms;
use super::handler::{Ending, Fate, Fault};
use super::socket::Traffic;
use crate::error::{Error, ErrorKind};
use crate::model::Device;

/// Names the device that an error is about.
pub(super) fn about(error: Error, device: &Device) -> Error {
    error
        .with("device", &device.name)
        .with("host", &device.host)
        .with("port", device.port)
}

/// Translates a failed handshake.
pub(super) fn handshake(fault: Fault, device: &Device, fate: &Fate) -> Error {
    let error = protocol(fault, device).during("ssh.handshake");
    match fate.ending() {
        Some(Ending::Dismissed(words)) => error.with("device_said", words.escape_debug()),
        _ => error,
    }
}

fn protocol(fault: Fault, device: &Device) -> Error {
    use russh::Error as Ssh;
    let error = match fault {
        Fault::Refused(error) => return error,
        Fault::Protocol(error) => error,
    };
    match error {
        Ssh::NoCommonAlgo { kind, ours, theirs } => no_common_algorithm(&kind, &ours, &theirs, device),
        Ssh::KexInit | Ssh::Kex | Ssh::UnknownAlgo => Error::new(
            ErrorKind::AlgorithmMismatch,
            "the key exchange cannot be carried out",
        )
        .hint("groups under 2048 bits cannot be used: give the device a larger one, or another key exchange")
        .because(error),
        Ssh::SshKey(_) | Ssh::SshEncoding(_) | Ssh::Keys(_) | Ssh::Signature(_) | Ssh::UnknownKey => Error::new(
            ErrorKind::AlgorithmMismatch,
            "the host key cannot be used",
        )
        .hint("RSA keys under 1024 bits cannot be used: give the device a larger host key")
        .because(error),
        Ssh::Version => Error::new(ErrorKind::ConnectionLost, "the port does not speak SSH 2")
            .hint("check the port: another service may listen there, or the device speaks SSH 1 alone")
            .because(error),
        error => Error::new(
            ErrorKind::ConnectionLost,
            "the device closed the connection before the login",
        )
        .hint("the device may be out of sessions or refuse this address: try again later, or look at its log")
        .because(error),
    }
}

fn no_common_algorithm(
    kind: &AlgorithmKind,
    ours: &[String],
    theirs: &[String],
    device: &Device,
) -> Error {
    let profile = algorithms::name(device.algorithms);
    let hint = match algorithms::profile_with(theirs, device.algorithms) {
        Some(wider) => format!(
            "the profile {wider:?} has one of them: set algorithms to {wider:?} for this device alone, or update the device"
        ),
        None => "no profile has one of them: enable another algorithm on the device".to_owned(),
    };
    Error::new(
        ErrorKind::AlgorithmMismatch,
        match kind {
            AlgorithmKind::Kex => "no key exchange in common",
            AlgorithmKind::Key => "no host key algorithm in common",
            AlgorithmKind::Cipher => "no cipher in common",
            AlgorithmKind::Compression => "no compression in common",
            AlgorithmKind::Mac => "no message authentication code in common",
        },
    )
    .with("profile", profile)
    .with("ours", ours.join(","))
    .with("theirs", theirs.join(","))
    .hint(hint)
}

/// Says how far a handshake got that did not end in time.
pub(super) fn handshake_timeout(traffic: Traffic, limit: Duration) -> Error {
    let message = match traffic.received {
        0 => "the port accepts, then says nothing",
        _ => "the device began the handshake and did not finish it in time",
    };
    Error::new(ErrorKind::BannerTimeout, message)
        .during("ssh.handshake")
        .with("received_bytes", traffic.received)
        .with("limit", format_args!("{limit:?}"))
        .hint("the device may be out of sessions or overloaded: try again later, or raise limits.handshake")
}

/// Says that a connection ended, and how.
pub(super) fn lost(fate: &Fate) -> Error {
    let error = Error::new(
        ErrorKind::ConnectionLost,
        "the connection ended while it was needed",
    );
    let error = match fate.ending() {
        Some(Ending::Dismissed(words)) => error.with("device_said", words.escape_debug()),
        Some(Ending::Broken(cause)) => error.with("reason", cause),
        Some(Ending::Closed) | None => error.with("reason", "closed by the device"),
    };
    error.hint("look at the log of the device and at the path to it, then try again")
}

/// Translates the refusal of a channel, or of what was asked on it.
pub(super) fn channel(error: russh::Error, fate: &Fate) -> Error {
    let russh::Error::ChannelOpenFailure(reason) = error else {
        return lost(fate).during("ssh.channel").because(error);
    };
    let reason = match reason {
        ChannelOpenFailure::AdministrativelyProhibited => "administratively prohibited".to_owned(),
        ChannelOpenFailure::ConnectFailed => "connect failed".to_owned(),
        ChannelOpenFailure::UnknownChannelType => "unknown channel type".to_owned(),
        ChannelOpenFailure::ResourceShortage => "resource shortage".to_owned(),
        ChannelOpenFailure::Other { code, reason } => format!("{code}: {}", reason.escape_debug()),
    };
    refused("the device opens no further channel").with("reason", reason)
}

/// Says that the device refused what every login needs.
pub(super) fn refused(message: &'static str) -> Error {
    Error::new(ErrorKind::ChannelRefused, message)
        .during("ssh.channel")
        .hint("the device may be out of sessions: close others, or try again later")
}
