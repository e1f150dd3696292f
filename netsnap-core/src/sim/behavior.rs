//! How does a simulated device misbehave?

use std::time::Duration;

/// How a device answers. The default is at once and without faults.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceBehavior {
    /// Waited before each answer.
    pub delay: Duration,
    /// Bytes written at once; all when none.
    pub chunk: Option<usize>,
    /// Waited between two chunks.
    pub pause: Duration,
    /// What goes wrong.
    pub faults: Vec<Fault>,
}

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Accepts the connection and says nothing.
    SilentAfterAccept,
    /// Closes the connection after so many bytes sent.
    CloseAfterBytes(u64),
    /// Closes the connection after the echo of this line; the line is not carried out.
    CloseDuring(String),
    /// Prints a line that looks like the prompt, waits, and goes on, in front of the output of this line.
    PromptLike {
        /// The line.
        line: String,
        /// Waited behind what looks like the prompt.
        pause: Duration,
    },
    /// Refuses this line with this message, and does not carry it out.
    Reject {
        /// The line.
        line: String,
        /// The message, without a newline.
        message: String,
    },
    /// A daemon is dead: its sections are missing from the running configuration, and `show watchfrr` says so.
    DaemonDead(String),
    /// Refuses all credentials.
    RefuseAuthentication,
    /// Offers a key exchange that nobody else does.
    NoCommonAlgorithm,
    /// Waits before each prompt.
    SlowPrompt(Duration),
    /// Takes this line without a word, and does nothing.
    Ignore(String),
    /// Says nothing after the echo of this line; the line is not carried out.
    Hang(String),
}
