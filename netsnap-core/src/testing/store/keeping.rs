//! Auditing, remarks, statistics, retention, verifying and metrics: what stands once above every backend.

mod audit;
mod elder;
mod forgery;
mod history;
mod metrics;
mod removal;
mod retention;
mod returned;
mod stats;
mod steps;
mod verify;

pub use self::audit::*;
pub use self::elder::*;
pub use self::forgery::*;
pub use self::metrics::*;
pub use self::removal::*;
pub use self::retention::*;
pub use self::returned::*;
pub use self::stats::*;
pub use self::steps::*;
pub use self::verify::*;

#[cfg(test)]
mod tests {
    use crate::store::audit::{Audit, AuditOptions};
    use crate::store::metrics::metrics;
    use crate::store::retention::{ArchiveOptions, PruneOptions, archive, prune};
    use crate::store::stats::{StatsOptions, latest_by_device, stats};
    use crate::store::verify::{VerifyOptions, verify};
    use crate::store::{Backend, Filter, MemoryStore};

    /// Takes a future that another thread may go on with.
    async fn sendable<T>(future: impl Future<Output = crate::error::Result<T>> + Send) {
        future.await.unwrap();
    }

    #[tokio::test]
    async fn every_verb_can_be_spawned() {
        let memory = MemoryStore::new();
        let store: &dyn Backend = &memory;
        sendable(Audit::of(store).entries(&AuditOptions::default())).await;
        sendable(Audit::of(store).verify(None)).await;
        sendable(stats(store, &StatsOptions::default())).await;
        sendable(latest_by_device(store, &Filter::default())).await;
        sendable(prune(store, &PruneOptions::default(), &|_| ())).await;
        sendable(archive(store, &ArchiveOptions::default(), &|_| ())).await;
        sendable(verify(store, &VerifyOptions::default(), &|_| ())).await;
        sendable(metrics(store)).await;
    }

    #[test]
    fn options_are_read_from_json_and_refuse_what_they_do_not_know() {
        let text = r#"{"policy":{"older_than":"90d","at_least":[{"count":5,"per":{"label":"site"}}],
            "at_most":[{"count":100}],"keep_last_success":["name","device"],"max_bytes":1000000},"actor":"ana"}"#;
        let options: PruneOptions = serde_json::from_str(text).unwrap();
        assert!(options.dry_run, "only said otherwise it is none");
        let written = serde_json::to_string(&options).unwrap();
        assert_eq!(
            serde_json::from_str::<PruneOptions>(&written).unwrap(),
            options
        );
        let text = r#"{"group_by":{"label":"site"},"time_zone":"Europe/Berlin","filter":{"kind":["deploy"]}}"#;
        let options: StatsOptions = serde_json::from_str(text).unwrap();
        assert_eq!(options.devices, 10);
        let verified: VerifyOptions = serde_json::from_str(r#"{"checks":["audit"]}"#).unwrap();
        assert_eq!(verified.checks.len(), 1);
        for wrong in [r#"{"polcy":{}}"#, r#"{"policy":{"older":"1d"}}"#] {
            assert!(
                serde_json::from_str::<PruneOptions>(wrong).is_err(),
                "{wrong}"
            );
        }
        assert!(serde_json::from_str::<AuditOptions>(r#"{"who":"ana"}"#).is_err());
        assert!(serde_json::from_str::<ArchiveOptions>(r#"{"age":"1d"}"#).is_err());
    }
}
