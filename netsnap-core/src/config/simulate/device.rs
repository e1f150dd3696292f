//! Which kind of device is simulated, and what can be done with any of them?

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::apart::Apart;
use super::candidate::Candidate;
use super::{LineDevice, Position, Response, table};
use crate::error::Result;
use crate::id::Digest;

/// A simulated device in configuration mode.
#[derive(Clone, Debug)]
pub struct Simulation(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// It carries out each line at once.
    Lines(Box<LineDevice>),
    /// It takes a change over as a whole.
    Candidate(Box<Candidate>),
}

impl Simulation {
    /// Boots a device of a platform with a running configuration, as the device prints it.
    ///
    /// # Errors
    /// `Unsupported` for a platform without simulator rules; `ConfigurationInvalid` for a text that no such device prints: a
    /// control character, braces that do not close, a value that the device would refuse.
    pub fn new(platform: &str, running: &str) -> Result<Self> {
        Ok(Self(match Candidate::knows(platform) {
            true => Kind::Candidate(Box::new(Candidate::new(platform, running)?)),
            false => Kind::Lines(Box::new(LineDevice::new(platform, running)?)),
        }))
    }

    /// Returns the digest of the rules by which devices of a platform are simulated: those of one version of netsnap are equal.
    #[must_use]
    pub fn rules(platform: &str) -> Option<Digest> {
        static KNOWN: Mutex<BTreeMap<String, Digest>> = Mutex::new(BTreeMap::new());
        let text = Candidate::rules(platform).or_else(|| table::text(platform))?;
        let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(digest) = known.get(platform) {
            return Some(*digest);
        }
        let digest = Digest::of(text.as_bytes());
        known.insert(platform.to_owned(), digest);
        Some(digest)
    }

    /// Carries out one line in the current section.
    ///
    /// A line of an outer section is accepted there and leaves the inner one, as on the device. `exit` in the global
    /// section changes nothing: leaving configuration mode is the caller's.
    pub fn line(&mut self, line: &str) -> Response {
        match &mut self.0 {
            Kind::Lines(device) => device.line(line),
            Kind::Candidate(device) => device.line(line),
        }
    }

    /// Ends a change: a device that takes it over as a whole checks it, and refuses it where something is missing.
    ///
    /// On a device that carries out each line at once nothing happens; where lines may come back that nobody typed, it is refused.
    pub fn commit(&mut self) -> Response {
        match &mut self.0 {
            Kind::Lines(device) => device.commit(),
            Kind::Candidate(device) => device.commit(),
        }
    }

    /// Lets somebody read the device, who then sees what only typing left open.
    pub(crate) fn read(&mut self) {
        if let Kind::Lines(device) = &mut self.0 {
            device.left.read();
            device.readdressed.read();
        }
    }

    /// Says whether the device means the same as one that booted with a text, by its own rules: the order counts where they
    /// say so. A device that carries out each line at once says whether all that it prints stands in the text, and all of
    /// the text that its rules know on it.
    ///
    /// # Errors
    /// Those of [`Self::new`].
    pub fn is_as(&self, text: &str) -> Result<bool> {
        match &self.0 {
            Kind::Lines(device) => device.is_as(text),
            Kind::Candidate(device) => device.is_as(text),
        }
    }

    /// Says whether the device is in the middle of a text that it reads to its end without a prompt.
    #[must_use]
    pub fn is_reading(&self) -> bool {
        matches!(&self.0, Kind::Lines(device) if device.is_reading())
    }

    /// Says whether a line is in force as soon as it is typed. Where it is not, a change that ends half-way was never there.
    #[must_use]
    pub fn is_immediate(&self) -> bool {
        match &self.0 {
            Kind::Lines(_) => true,
            Kind::Candidate(device) => device.is_immediate(),
        }
    }

    /// Says whether two states of a device are printed alike, but for blanks and separators. No where that is not sure.
    #[must_use]
    pub fn is_like(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Lines(one), Kind::Lines(other)) => one.document.is_like(&other.document),
            (Kind::Candidate(_), Kind::Candidate(_)) => self.running() == other.running(),
            _ => false,
        }
    }

    /// Says whether two devices print other lines, as far as there are rules for them. No where lines are not carried out at once:
    /// there all that is not equal is another configuration.
    #[must_use]
    pub fn differs_from(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Lines(one), Kind::Lines(other)) => one.differs_from(other),
            _ => false,
        }
    }

    /// Says whether two states of a device have the same sections and lines at the top, in the same order, whatever is in them.
    /// No where that is not sure.
    #[must_use]
    pub fn has_tops_of(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Lines(one), Kind::Lines(other)) => one.document.has_tops_of(&other.document),
            _ => false,
        }
    }

    /// Says whether what two states of a device share at the top has the same order in both. No where that is not sure.
    #[must_use]
    pub(crate) fn keeps_order_of(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Kind::Lines(one), Kind::Lines(other)) => one.document.keeps_order_of(&other.document),
            _ => false,
        }
    }

    /// Returns what this state of a device prints and another does not: lines at the top, sections with all that is in them.
    /// More where that is simpler.
    #[must_use]
    pub fn running_beside(&self, other: &Self) -> String {
        match (&self.0, &other.0) {
            (Kind::Lines(one), Kind::Lines(other)) => one.document.print_beside(&other.document),
            _ => self.running(),
        }
    }

    /// Returns the pieces in which a text differs from what the device prints; all the others are equal byte for byte. None where
    /// what it prints has no pieces that can be told apart.
    pub(crate) fn apart_from<'t>(&self, text: &'t str) -> Option<Vec<Apart<'t>>> {
        match &self.0 {
            Kind::Lines(device) => Some(device.document.apart_from(text)),
            Kind::Candidate(_) => None,
        }
    }

    /// Goes back to the global section, as on entering configuration mode.
    pub fn reset(&mut self) {
        match &mut self.0 {
            Kind::Lines(device) => device.reset(),
            Kind::Candidate(device) => device.reset(),
        }
    }

    /// Returns where this login is.
    #[must_use]
    pub fn position(&self) -> Position {
        match &self.0 {
            Kind::Lines(device) => device.position(),
            Kind::Candidate(_) => Position::default(),
        }
    }

    /// Goes back to where a login was.
    pub fn resume(&mut self, position: &Position) {
        if let Kind::Lines(device) = &mut self.0 {
            device.resume(position);
        }
    }

    /// Returns the word that the prompt shows for the current section: `if`, `router`; empty in the global one.
    #[must_use]
    pub fn mode(&self) -> &str {
        match &self.0 {
            Kind::Lines(device) => device.mode(),
            Kind::Candidate(_) => "",
        }
    }

    /// Returns the host name, which the prompt shows.
    #[must_use]
    pub fn hostname(&self) -> &str {
        match &self.0 {
            Kind::Lines(device) => device.hostname(),
            Kind::Candidate(device) => device.hostname(),
        }
    }

    /// Returns the running configuration as the device prints it, preamble included.
    #[must_use]
    pub fn running(&self) -> String {
        match &self.0 {
            Kind::Lines(device) => device.running(),
            Kind::Candidate(device) => device.running(),
        }
    }
}
