//! Many devices at once: how is the work spread, and how does one failing device never harm another?

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::error::{Error, ErrorKind, Result};
use crate::model::Device;

/// How many devices are worked on at once unless the caller says otherwise.
pub(crate) const DEFAULT_IN_FLIGHT: usize = 50;

/// Carries out `work` on each device, at most `in_flight` at once, and returns the results in the order of the devices.
///
/// Each device is a task of its own, so a panic in one is that one's `Internal` error. When `cancel` fires, devices that
/// have not begun end with `Cancelled`; those under way are dropped where they stand, which closes their sockets.
/// Dropping the future ends every task.
pub(crate) async fn each<T, F, Fut>(
    devices: &[Device],
    in_flight: usize,
    cancel: &CancellationToken,
    work: F,
) -> Vec<Result<T>>
where
    T: Send + 'static,
    F: Fn(Device) -> Fut,
    Fut: Future<Output = Result<T>> + Send + 'static,
{
    let places = Arc::new(Semaphore::new(in_flight.max(1)));
    let mut tasks = JoinSet::new();
    let mut order = std::collections::HashMap::new();
    for (position, device) in devices.iter().enumerate() {
        let future = work(device.clone());
        let handle = tasks.spawn(one_place(places.clone(), cancel.clone(), future));
        order.insert(handle.id(), position);
    }
    let mut results: Vec<Option<Result<T>>> = devices.iter().map(|_| None).collect();
    while let Some(ended) = tasks.join_next_with_id().await {
        let (id, result) = match ended {
            Ok((id, result)) => (id, result),
            Err(error) => (error.id(), Err(internal(error))),
        };
        results[order[&id]] = Some(result);
    }
    results
        .into_iter()
        .map(|result| result.unwrap_or_else(|| Err(cancelled())))
        .collect()
}

async fn one_place<T>(
    places: Arc<Semaphore>,
    cancel: CancellationToken,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let placed = async {
        let _place = places.acquire().await.map_err(internal)?;
        work.await
    };
    cancel
        .run_until_cancelled(placed)
        .await
        .unwrap_or_else(|| Err(cancelled()))
}

/// Returns the error of work that the caller stopped.
pub(crate) fn cancelled() -> Error {
    Error::new(ErrorKind::Cancelled, "the caller cancelled it")
        .hint("do it again when it is wanted")
}

fn internal(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(
        ErrorKind::Internal,
        "the work on a device stopped unexpectedly",
    )
    .hint("this is a fault of netsnap: please report it with the context")
    .because(error)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn devices(count: usize) -> Vec<Device> {
        let one = |n| {
            serde_json::from_str(&format!(
                r#"{{"name":"r{n}","host":"127.0.0.1","username":"a","platform":"frr"}}"#
            ))
            .unwrap()
        };
        (0..count).map(one).collect()
    }

    #[tokio::test]
    async fn a_panic_in_one_device_is_an_error_of_that_device_only() {
        let results = each(
            &devices(3),
            2,
            &CancellationToken::new(),
            |device| async move {
                assert_ne!(device.name, "r1", "provoked");
                Ok(device.name)
            },
        )
        .await;
        assert_eq!(results[0].as_ref().unwrap(), "r0");
        assert_eq!(results[1].as_ref().unwrap_err().kind(), ErrorKind::Internal);
        assert_eq!(results[2].as_ref().unwrap(), "r2");
    }

    #[tokio::test]
    async fn never_more_devices_than_allowed_are_in_flight() {
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        each(&devices(20), 3, &CancellationToken::new(), |_| {
            let (now, most) = (now.clone(), most.clone());
            async move {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                tokio::task::yield_now().await;
                now.fetch_sub(1, Ordering::SeqCst);
                Ok(())
            }
        })
        .await;
        assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
    }

    #[tokio::test]
    async fn cancelled_work_ends_for_every_device() {
        let cancel = CancellationToken::new();
        cancel.cancel();
        let results = each(&devices(4), 1, &cancel, |_| {
            std::future::pending::<Result<()>>()
        })
        .await;
        assert!(results.iter().all(|result| {
            result
                .as_ref()
                .is_err_and(|error| error.kind() == ErrorKind::Cancelled)
        }));
    }
}
