//! What went wrong, in one shape for three languages.
//!
//! Rules for writing an error here:
//! the *kind* is stable and is what a program matches on; the *message* says what happened in lower case without a
//! full stop; the *operation* is the verb that failed (`store.load`); the *context* names the thing; the *hint* says
//! what to do now; the source is chained, never pasted into the message. No error carries the value of a secret.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::redact;

/// The result of every fallible function of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

type Source = Box<dyn std::error::Error + Send + Sync + 'static>;

macro_rules! error_kinds {
    ($($(#[$doc:meta])* $kind:ident = $name:literal, $retryable:literal;)*) => {
        /// What kind of failure it is: stable, matchable, the same word in Rust, Python (exception class) and Node (`code`).
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
        )]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum ErrorKind { $($(#[$doc])* $kind,)* }

        impl ErrorKind {
            /// Every kind there is, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$kind,)*];

            /// Returns the stable word of this kind, as `code` in Node and `kind` in Python.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name,)* }
            }

            /// Says whether the same call can succeed later with nothing else changed.
            ///
            /// Refused credentials and refused host keys never are: trying again locks accounts.
            #[must_use]
            pub fn is_retryable(self) -> bool {
                match self { $(Self::$kind => $retryable,)* }
            }
        }
    };
}

error_kinds! {
    /// An argument, file or name that cannot be used as it stands.
    InvalidInput = "invalid_input", false;
    /// The thing asked for is not in this store.
    NotFound = "not_found", false;
    /// The thing to create is there already.
    AlreadyExists = "already_exists", false;
    /// Somebody else changed or holds the record.
    Conflict = "conflict", true;
    /// The run has ended; terminal states are final.
    AlreadyFinished = "already_finished", false;
    /// The platform, store or build does not offer this.
    Unsupported = "unsupported", false;
    /// Stored bytes are not what was written.
    Corrupt = "corrupt", false;
    /// The disk or database failed.
    Storage = "storage", true;
    /// No space is left where the store is. What is there can be read, and pruning makes room.
    StorageFull = "storage_full", false;
    /// The store was opened for reading alone: it is on read-only media, or belongs to another user.
    ReadOnly = "read_only", false;
    /// The host name does not resolve.
    NameResolution = "name_resolution", false;
    /// The port answers with a refusal.
    ConnectionRefused = "connection_refused", true;
    /// There is no route to the host.
    Unreachable = "unreachable", true;
    /// The host did not answer in time.
    ConnectTimeout = "connect_timeout", true;
    /// The port accepts, then says nothing.
    BannerTimeout = "banner_timeout", true;
    /// The connection ended while it was needed.
    ConnectionLost = "connection_lost", true;
    /// The two sides share no algorithm.
    AlgorithmMismatch = "algorithm_mismatch", false;
    /// No known key for this host.
    HostKeyUnknown = "host_key_unknown", false;
    /// The host shows another key than the known one.
    HostKeyChanged = "host_key_changed", false;
    /// The host shows a key that was revoked.
    HostKeyRevoked = "host_key_revoked", false;
    /// The device refused the credentials.
    AuthenticationRejected = "authentication_rejected", false;
    /// The device did not decide about the credentials in time.
    AuthenticationTimeout = "authentication_timeout", true;
    /// The device opens no (further) channel.
    ChannelRefused = "channel_refused", true;
    /// No prompt of this platform was found.
    PromptNotFound = "prompt_not_found", true;
    /// The device did not finish a command in time.
    CommandTimeout = "command_timeout", true;
    /// The device refused a command.
    CommandRejected = "command_rejected", false;
    /// A command printed more than the limit.
    OutputOverflow = "output_overflow", false;
    /// An output lacks its proof of completeness.
    OutputTruncated = "output_truncated", true;
    /// Sent and received no longer belong together; the channel is not used again.
    Desynchronised = "desynchronised", true;
    /// A configuration that does not parse.
    ConfigurationInvalid = "configuration_invalid", false;
    /// A configuration that is known to miss a part, such as a dead daemon's section.
    ConfigurationIncomplete = "configuration_incomplete", true;
    /// The plan is not proven.
    PlanUnproven = "plan_unproven", false;
    /// The time is over in which the plan may be carried out.
    PlanExpired = "plan_expired", false;
    /// Nobody agreed that this very plan be carried out.
    PlanNotApproved = "plan_not_approved", false;
    /// The plan was carried out before, at least in part.
    PlanUsed = "plan_used", false;
    /// What is asked of the order of devices contradicts itself.
    PlanConflict = "plan_conflict", false;
    /// The device is no longer what the plan was made for.
    Drift = "drift", false;
    /// The device that answers is not the one that was meant.
    WrongDevice = "wrong_device", false;
    /// A check after the change did not pass.
    CheckFailed = "check_failed", false;
    /// What was read back is not what was intended.
    VerificationFailed = "verification_failed", false;
    /// The way back could not be completed.
    RollbackFailed = "rollback_failed", false;
    /// The caller cancelled it.
    Cancelled = "cancelled", false;
    /// A fault of netsnap itself.
    Internal = "internal", false;
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a failed operation did to the device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// No byte of a change was sent.
    #[default]
    None,
    /// Sent, and not answered: it may or may not have happened.
    Indeterminate,
    /// Sent and answered: what happened is recorded.
    Known,
}

/// A failure: kind, operation, context, hint, source.
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    message: Cow<'static, str>,
    operation: Cow<'static, str>,
    context: Vec<(Cow<'static, str>, String)>,
    hint: Option<Cow<'static, str>>,
    effect: Effect,
    source: Option<Source>,
}

impl Error {
    /// Makes an error of a kind; the message is lower case and has no full stop.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            kind,
            message: message.into(),
            operation: Cow::Borrowed(""),
            context: Vec::new(),
            hint: None,
            effect: Effect::None,
            source: None,
        }))
    }

    /// Names the verb that failed. The innermost name stays: an outer caller does not overwrite it.
    #[must_use]
    pub fn during(mut self, operation: impl Into<Cow<'static, str>>) -> Self {
        if self.0.operation.is_empty() {
            self.0.operation = operation.into();
        }
        self
    }

    /// Adds one fact about the thing that failed. A key that is there already keeps its value. Of a configuration line the
    /// secret is masked.
    #[must_use]
    pub fn with(mut self, key: impl Into<Cow<'static, str>>, value: impl fmt::Display) -> Self {
        let key = key.into();
        if !self.0.context.iter().any(|(known, _)| *known == key) {
            let value = redact::secrets(&value.to_string()).into_owned();
            self.0.context.push((key, value));
        }
        self
    }

    /// Says what the reader can do now.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<Cow<'static, str>>) -> Self {
        self.0.hint = Some(hint.into());
        self
    }

    /// Says what the failed operation did to the device.
    #[must_use]
    pub fn effect(mut self, effect: Effect) -> Self {
        self.0.effect = effect;
        self
    }

    /// Chains the cause.
    #[must_use]
    pub fn because(mut self, source: impl Into<Source>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// Returns the stable kind.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Says whether the same call can succeed later with nothing else changed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        self.0.kind.is_retryable()
    }

    /// Returns everything but the source, as plain data that can be stored and sent.
    #[must_use]
    pub fn report(&self) -> ErrorReport {
        let inner = &self.0;
        let mut context: Vec<(String, String)> = inner
            .context
            .iter()
            .map(|(key, value)| (key.to_string(), value.clone()))
            .collect();
        if let Some(source) = &inner.source {
            context.push(("cause".to_owned(), chain(source.as_ref())));
        }
        ErrorReport {
            kind: inner.kind,
            message: inner.message.to_string(),
            operation: inner.operation.to_string(),
            context: context.into_iter().collect(),
            hint: inner.hint.as_ref().map(ToString::to_string),
            effect: inner.effect,
            retryable: inner.kind.is_retryable(),
        }
    }
}

fn chain(source: &(dyn std::error::Error + 'static)) -> String {
    let mut text = source.to_string();
    let mut next = source.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    redact::secrets(&text).into_owned()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if !inner.operation.is_empty() {
            write!(f, "{}: ", inner.operation)?;
        }
        f.write_str(&inner.message)?;
        for (position, (key, value)) in inner.context.iter().enumerate() {
            write!(
                f,
                "{}{key}={value}",
                if position == 0 { " (" } else { ", " }
            )?;
        }
        if !inner.context.is_empty() {
            f.write_str(")")?;
        }
        if let Some(hint) = &inner.hint {
            write!(f, "; {hint}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {self}", self.0.kind)?;
        if let Some(source) = &self.0.source {
            write!(f, ": {}", chain(source.as_ref()))?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}

/// An [`Error`] as plain data: what a run records and what crosses to Python and Node.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorReport {
    /// The stable kind.
    pub kind: ErrorKind,
    /// What happened.
    pub message: String,
    /// The verb that failed.
    pub operation: String,
    /// Facts about the thing that failed; `cause` holds the chain of sources.
    pub context: std::collections::BTreeMap<String, String>,
    /// What to do now.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hint: Option<String>,
    /// What the failure did to the device.
    pub effect: Effect,
    /// Whether the same call can succeed later.
    pub retryable: bool,
}

impl From<ErrorReport> for Error {
    fn from(report: ErrorReport) -> Self {
        let mut error = Self::new(report.kind, report.message)
            .during(report.operation)
            .effect(report.effect);
        for (key, value) in report.context {
            error = error.with(key, value);
        }
        match report.hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_reads_as_operation_message_context_and_hint() {
        let error = Error::new(ErrorKind::NotFound, "execution does not exist")
            .during("store.load")
            .with("execution", "exec_1")
            .hint("list executions to see which ids this store holds");
        assert_eq!(
            error.to_string(),
            "store.load: execution does not exist (execution=exec_1); list executions to see which ids this store holds"
        );
        assert_eq!(format!("{error:?}"), format!("[not_found] {error}"));
    }

    #[test]
    fn the_innermost_operation_and_the_first_context_value_stay() {
        let error = Error::new(ErrorKind::Storage, "no")
            .during("inner")
            .during("outer")
            .with("a", 1)
            .with("a", 2);
        let report = error.report();
        assert_eq!(
            (report.operation.as_str(), report.context["a"].as_str()),
            ("inner", "1")
        );
    }

    #[test]
    fn a_report_comes_back_as_the_same_error() {
        let error = Error::new(ErrorKind::Drift, "changed")
            .during("deploy")
            .with("device", "r1")
            .hint("plan again");
        let json = serde_json::to_string(&error.report()).unwrap();
        let back: ErrorReport = serde_json::from_str(&json).unwrap();
        assert_eq!(Error::from(back).to_string(), error.to_string());
    }

    #[test]
    fn every_kind_has_a_word_of_its_own_and_serde_agrees() {
        let words: std::collections::BTreeSet<_> =
            ErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
        assert_eq!(words.len(), ErrorKind::ALL.len());
        for kind in ErrorKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
