//! What every piece of work needs: a store, a way to reach devices, and listeners.

use std::sync::Arc;

use tokio::sync::broadcast;

use crate::error::{Error, ErrorKind, Result};
use crate::event::LiveEvent;
use crate::id::ExecutionId;
use crate::model::{Device, DeviceSummary, Inventory};
use crate::platform::Platform;
use crate::redact::Redactor;
use crate::rerun;
use crate::store::{Backend, NewExecution, REPLAYED, Recorder};
use crate::transport::secret::reveal;
use crate::transport::{Limits, Session, Transport};

/// A store, a way to reach devices, and listeners.
#[derive(Clone, Debug)]
pub(crate) struct Context {
    /// Where everything is kept.
    pub(crate) store: Arc<dyn Backend>,
    /// How devices are reached.
    pub(crate) transport: Arc<dyn Transport>,
    /// Who listens; nobody is fine.
    pub(crate) bus: broadcast::Sender<LiveEvent>,
    /// What knows the secrets that were handed in.
    pub(crate) redactor: Arc<Redactor>,
    /// The past run that answers in the place of the devices.
    pub(crate) past: Option<ExecutionId>,
}

impl Context {
    /// Begins a run. One whose devices are those of a past run says of which, in a label.
    ///
    /// # Errors
    /// `Storage`.
    pub(crate) async fn begin(&self, mut new: NewExecution) -> Result<Recorder> {
        if let Some(past) = &self.past {
            new.labels.insert(REPLAYED.to_owned(), past.to_string());
        }
        Recorder::begin(Arc::clone(&self.store), new, self.bus.clone()).await
    }

    /// Makes sure that there are devices to change.
    ///
    /// # Errors
    /// `Unsupported` where a past run answers in their place.
    pub(crate) fn can_change(&self, verb: &'static str) -> Result<()> {
        match &self.past {
            None => Ok(()),
            Some(past) => Err(rerun::cannot_configure()
                .during(verb)
                .with("execution", past)),
        }
    }

    /// Logs in to a device, with its platform's table.
    pub(crate) async fn connect(
        &self,
        device: &Device,
        limits: &Limits,
    ) -> Result<(Box<dyn Session>, Arc<Platform>)> {
        let platform = Platform::named(&device.platform)
            .map_err(|error| error.with("device", &device.name))?;
        self.register(device).await;
        let session = self.transport.connect(device, &platform, limits).await;
        Ok((
            session.map_err(|error| error.with("device", &device.name))?,
            platform,
        ))
    }
}

impl Context {
    /// Makes sure that what a device is logged in to with is masked wherever it turns up. A secret that cannot be had now is found
    /// missing by the login.
    async fn register(&self, device: &Device) {
        for secret in [&device.password, &device.key_passphrase]
            .into_iter()
            .flatten()
        {
            if let Ok(value) = reveal(secret).await {
                self.redactor.register(&value);
            }
        }
    }
}

/// Checks that there is something to work on and that no name is used twice.
pub(crate) fn check_devices(devices: &[Device]) -> Result<()> {
    if devices.is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, "no devices were given")
            .hint("pass at least one device"));
    }
    Inventory {
        devices: devices.to_vec(),
    }
    .validate()
}

/// Returns devices as lists show them.
pub(crate) fn summaries(devices: &[Device]) -> Vec<DeviceSummary> {
    let summary = |device: &Device| DeviceSummary {
        id: device.name.clone(),
        name: device.name.clone(),
        ip: device.host.clone(),
        platform: Some(device.platform.clone()),
    };
    devices.iter().map(summary).collect()
}
