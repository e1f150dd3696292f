//! What inert line is sent, so that its echo proves a prompt?

use crate::error::{Error, ErrorKind, Result};

/// Makes fence lines, no two alike. The nonce cannot be known to whoever wrote what the device prints.
#[derive(Debug)]
pub(super) struct Fences {
    template: Option<String>,
    session: u64,
    made: u32,
}

impl Fences {
    /// Makes the fences of one session from the line in a platform table.
    ///
    /// # Errors
    /// `Internal` when the system gives no random bytes.
    pub(super) fn new(template: Option<&str>) -> Result<Self> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|error| {
            Error::new(ErrorKind::Internal, "the system gives no random bytes")
                .during("shell.fence")
                .because(error)
        })?;
        Ok(Self {
            template: template.map(ToOwned::to_owned),
            session: u64::from_ne_bytes(bytes),
            made: 0,
        })
    }

    /// Returns the next line without its line end; none on a platform without a fence.
    pub(super) fn next(&mut self) -> Option<String> {
        self.made = self.made.wrapping_add(1);
        let nonce = format!("netsnap-{:016x}-{}", self.session, self.made);
        self.template
            .as_ref()
            .map(|template| template.replace("{nonce}", &nonce))
    }
}

/// A completed line that ends in the echo of a fence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hit {
    /// Where the line starts.
    pub(super) start: usize,
    /// Where the echo starts; what stands before it is the prompt.
    pub(super) echo: usize,
    /// Where the next line starts.
    pub(super) end: usize,
    /// Which of the fences of the exchange it is.
    pub(super) fence: usize,
}
