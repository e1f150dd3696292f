//! What does one login see for each line it types?

use std::sync::Arc;
use std::time::Duration;

use tokio_util::bytes::Bytes;

use super::behavior::Fault;
use super::device::{Device, State};
use super::network::Shared;
use super::show;
use crate::config::simulate::Position;

/// Where a login is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Mode {
    User,
    Enabled,
    Configuration,
}

/// One login on one device.
#[derive(Debug)]
pub(super) struct Cli {
    pub(super) device: Arc<Device>,
    shared: Arc<Shared>,
    mode: Mode,
    position: Position,
    /// Whether it is in the section of a daemon that does not run: entered all the same (recorded, FRR 8.4.4).
    in_vain: bool,
}

/// What a line brings about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reply {
    /// Printed, with `\n` line ends.
    pub(super) output: Bytes,
    /// Printed before it, then waited.
    pub(super) first: Option<(String, Duration)>,
    /// Whether the device refused the line.
    pub(super) refused: bool,
    /// What happens next.
    pub(super) next: Next,
}

/// What happens after a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Next {
    /// The prompt.
    #[default]
    Prompt,
    /// The login ends.
    Logout,
    /// The connection breaks.
    Break,
    /// Nothing, for ever.
    Hang,
}

impl Reply {
    pub(super) fn printing(text: impl Into<Bytes>) -> Self {
        Self {
            output: text.into(),
            ..Self::default()
        }
    }

    fn refusing(mut text: String) -> Self {
        end_line(&mut text);
        Self {
            refused: true,
            ..Self::printing(text)
        }
    }

    fn then(next: Next) -> Self {
        Self {
            next,
            ..Self::default()
        }
    }
}

fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

impl Cli {
    pub(super) fn new(device: Arc<Device>, shared: Arc<Shared>) -> Self {
        Self {
            device,
            shared,
            mode: Mode::Enabled,
            position: Position::default(),
            in_vain: false,
        }
    }

    /// Returns what is printed after login, before the first prompt.
    pub(super) fn greeting(&self) -> &'static str {
        match self.device.is_frr() {
            true => {
                "\nHello, this is FRRouting (version 8.4.4).\nCopyright 1996-2005 Kunihiro Ishiguro, et al.\n\n"
            }
            false => "\n",
        }
    }

    /// Returns the prompt; FRR's ends with a space.
    pub(super) fn prompt(&self) -> String {
        let mut state = self.device.state();
        state.simulation.resume(&self.position);
        let (host, mode) = (state.simulation.hostname(), state.simulation.mode());
        let space = if self.device.is_frr() { " " } else { "" };
        match (&self.mode, mode) {
            (Mode::User, _) => format!("{host}>{space}"),
            (Mode::Enabled, _) => format!("{host}#{space}"),
            (Mode::Configuration, _) if self.in_vain => format!("{host}(config-router)#{space}"),
            (Mode::Configuration, "") => format!("{host}(config)#{space}"),
            (Mode::Configuration, mode) => format!("{host}(config-{mode})#{space}"),
        }
    }

    /// Carries out one line.
    pub(super) fn line(&mut self, line: &str) -> Reply {
        let line = line.trim();
        self.device.state().commands.push(line.to_owned());
        if line.is_empty() || line.starts_with(['!', '#']) {
            return Reply::default();
        }
        let fault = self.fault(line);
        match fault {
            Some(Fault::CloseDuring(_)) => Reply::then(Next::Break),
            Some(Fault::Hang(_)) => Reply::then(Next::Hang),
            Some(Fault::Ignore(_)) => Reply::default(),
            Some(Fault::Reject { message, .. }) => Reply::refusing(message),
            Some(Fault::PromptLike { pause, .. }) => {
                let first = Some((self.prompt(), pause));
                Reply {
                    first,
                    ..self.carry_out(line)
                }
            }
            _ => self.carry_out(line),
        }
    }

    fn fault(&self, typed: &str) -> Option<Fault> {
        let state = self.device.state();
        let hit = state.behavior.faults.iter().find(|fault| match fault {
            Fault::CloseDuring(line)
            | Fault::Hang(line)
            | Fault::Ignore(line)
            | Fault::Reject { line, .. }
            | Fault::PromptLike { line, .. } => line == typed,
            _ => false,
        });
        hit.cloned()
    }

    fn carry_out(&mut self, line: &str) -> Reply {
        match self.mode {
            Mode::Configuration => self.configuration(line),
            Mode::Enabled | Mode::User => self.command(line),
        }
    }

    fn configuration(&mut self, line: &str) -> Reply {
        match line {
            "end" => self.mode = Mode::Enabled,
            "exit" | "quit" if self.in_vain => {}
            "exit" | "quit" if self.position == Position::default() => self.mode = Mode::Enabled,
            _ if line.starts_with("do ") => return self.command(&line[3..]),
            _ => return self.configure(line),
        }
        self.position = Position::default();
        self.in_vain = false;
        Reply::default()
    }

    /// Says whether a line reaches only a daemon that does not run.
    fn is_in_vain(&self, line: &str) -> bool {
        let state = self.device.state();
        if state.has_bgpd || !self.device.is_frr() {
            return false;
        }
        if line.starts_with("router bgp ") {
            return true;
        }
        let mut simulation = state.simulation.clone();
        drop(state);
        simulation.reset();
        self.in_vain && !simulation.line(line).accepted
    }

    fn configure(&mut self, line: &str) -> Reply {
        self.in_vain = self.is_in_vain(line);
        if self.in_vain {
            self.position = Position::default();
            return Reply::refusing("bgpd is not running".to_owned());
        }
        let (mut response, position) = {
            let mut state = self.device.state();
            state.simulation.resume(&self.position);
            (state.simulation.line(line), state.simulation.position())
        };
        self.position = position;
        self.shared
            .fabric
            .observe(&self.device.name, &self.shared.devices);
        end_line(&mut response.output);
        Reply {
            refused: !response.accepted,
            ..Reply::printing(response.output)
        }
    }

    fn command(&mut self, line: &str) -> Reply {
        let words: Vec<&str> = line.split_whitespace().collect();
        match (&self.mode, &words[..]) {
            (_, ["exit" | "quit" | "logout"]) => return Reply::then(Next::Logout),
            (_, ["enable"]) => self.mode = Mode::Enabled,
            (_, ["disable"]) => self.mode = Mode::User,
            (_, ["end"]) | (_, ["terminal", "length" | "width", _]) => {}
            (
                Mode::User,
                ["show", "running-config" | "startup-config", ..]
                | ["configure", ..]
                | ["write", ..],
            ) => return self.unknown(line),
            (_, ["configure", "terminal"]) => return self.enter(),
            (_, ["write", ..] | ["copy", "running-config", "startup-config"]) => {
                return show::save(&self.device, &mut self.device.state());
            }
            (_, ["show", "ip", "ospf", "neighbor", ..]) => return self.neighbors(),
            (_, ["show", rest @ ..]) => return self.show(line, rest),
            _ => return self.unknown(line),
        }
        Reply::default()
    }

    fn enter(&mut self) -> Reply {
        self.mode = Mode::Configuration;
        self.position = Position::default();
        match self.device.is_frr() {
            true => Reply::default(),
            false => {
                Reply::printing("Enter configuration commands, one per line.  End with CNTL/Z.\n")
            }
        }
    }

    fn neighbors(&self) -> Reply {
        if self.device.state().dead_daemon() == Some("ospfd") {
            return Reply::refusing(
                "Warning: connecting to ospfd...failed!\nospfd is not running".to_owned(),
            );
        }
        Reply::printing(
            self.shared
                .fabric
                .neighbors(&self.device.name, &self.shared.devices),
        )
    }

    fn show(&self, line: &str, words: &[&str]) -> Reply {
        let mut state: std::sync::MutexGuard<'_, State> = self.device.state();
        match show::answer(&self.device, &mut state, words) {
            Some(output) => Reply::printing(output),
            None if words.is_empty() => Reply::refusing(self.message(
                "% Command incomplete: ",
                line,
                "% Incomplete command.\n",
            )),
            None => {
                drop(state);
                self.unknown(line)
            }
        }
    }

    fn unknown(&self, line: &str) -> Reply {
        Reply::refusing(self.message(
            "% Unknown command: ",
            line,
            "^\n% Invalid input detected at '^' marker.\n",
        ))
    }

    fn message(&self, frr: &str, line: &str, ios: &str) -> String {
        match self.device.is_frr() {
            true => format!("{frr}{line}"),
            false => ios.to_owned(),
        }
    }
}
