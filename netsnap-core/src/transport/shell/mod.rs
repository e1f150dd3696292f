//! Stand-in until the shell's own code is merged: a fence behind each command, and no more.

use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::model::{Answer, Proof};
use crate::platform::Platform;
use crate::transport::Limits;
use crate::transport::pipe::Pipe;

#[derive(Debug)]
pub(crate) struct Shell {
    pipe: Box<dyn Pipe>,
    limits: Limits,
    hostname: String,
    logout: String,
}

impl Shell {
    pub(crate) async fn open(
        pipe: Box<dyn Pipe>,
        platform: Arc<Platform>,
        limits: Limits,
    ) -> Result<Self> {
        let logout = platform.cli.logout.clone();
        let hostname = String::new();
        let mut shell = Self {
            pipe,
            limits,
            hostname,
            logout,
        };
        let seen = shell.exchange("").await?;
        shell.hostname = seen
            .split(['#', '>'])
            .next()
            .map(|text| text.rsplit('\n').next().unwrap_or_default())
            .unwrap_or_default()
            .to_owned();
        Ok(shell)
    }

    pub(crate) fn hostname(&self) -> &str {
        &self.hostname
    }

    async fn exchange(&mut self, line: &str) -> Result<String> {
        let text = format!("{line}\n!stand-in\n");
        self.pipe.write(text.as_bytes()).await?;
        let mut buffer = Vec::new();
        while !buffer.windows(10).any(|part| part == b"!stand-in\n")
            && !buffer.windows(10).any(|part| part == b"!stand-in\r")
        {
            let read = tokio::time::timeout(self.limits.idle, self.pipe.read(&mut buffer));
            match read.await {
                Ok(Ok(0)) => return Err(Error::new(ErrorKind::ConnectionLost, "the shell ended")),
                Ok(read) => read?,
                Err(_) => return Err(Error::new(ErrorKind::CommandTimeout, "no answer")),
            };
        }
        Ok(String::from_utf8_lossy(&buffer).into_owned())
    }

    pub(crate) async fn run(&mut self, command: &str) -> Result<Answer> {
        let text = self.exchange(command).await?;
        Ok(Answer {
            bytes: text.into_bytes(),
            proof: Proof::Fence,
            exit_status: None,
            rejection: None,
            warnings: Vec::new(),
            duration_us: 0,
        })
    }

    pub(crate) async fn configure(&mut self) -> Result<()> {
        self.run("configure terminal").await.map(drop)
    }

    pub(crate) async fn line(&mut self, line: &str) -> Result<Answer> {
        self.run(line).await
    }

    pub(crate) async fn leave(&mut self) -> Result<()> {
        self.run("end").await.map(drop)
    }

    pub(crate) async fn close(mut self) {
        let _ = self
            .pipe
            .write(format!("{}\n", self.logout).as_bytes())
            .await;
    }
}
