//! A shell is a session.

use async_trait::async_trait;

use super::Shell;
use crate::error::Result;
use crate::model::{Answer, Gap};
use crate::transport::{Reading, Session};

#[async_trait]
impl Session for Shell {
    fn hostname(&self) -> &str {
        Self::hostname(self)
    }

    async fn run(&mut self, command: &str) -> Result<Answer> {
        Self::run(self, command).await
    }

    async fn read(&mut self, command: &str, reading: &Reading) -> Result<(Answer, Option<Gap>)> {
        Self::read(self, command, reading).await
    }

    async fn configure(&mut self) -> Result<()> {
        Self::configure(self).await
    }

    async fn line(&mut self, line: &str) -> Result<Answer> {
        Self::line(self, line).await
    }

    async fn leave(&mut self) -> Result<()> {
        Self::leave(self).await
    }

    async fn close(self: Box<Self>) {
        Self::close(*self).await;
    }
}
