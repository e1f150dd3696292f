//! What may stand before a store? Whatever passes everything on, but for the calls that it answers in its own way.

use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::{
    Archived, Backend, BlobStore, Damage, Durability, ExecutionStore, Filter, LogStore,
    RecordStore, Reserve, Selection, Usage,
};
use crate::error::Result;
use crate::event::Event;
use crate::id::{Digest, ExecutionId};
use crate::model::{DeviceResult, Execution, Output, OutputSummary, Owner};

/// Writes the trait, and for whatever implements it the traits of a store, from one list of their calls.
macro_rules! fronts {
    ($($store:ident {$(
        async fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;
    )*})*) => {
        /// Something that stands before a store: by itself it passes every call on. See the traits of a store for what each call promises.
        #[async_trait]
        pub trait Front: std::fmt::Debug + Send + Sync {
            /// Returns the store that it stands before.
            fn behind(&self) -> &dyn Backend;

            /// See [`ExecutionStore::now`].
            fn now(&self) -> Timestamp {
                self.behind().now()
            }

            /// See [`ExecutionStore::owner`].
            fn owner(&self) -> Owner {
                self.behind().owner()
            }

            /// See [`ExecutionStore::doubt`].
            fn doubt(&self, owner: &Owner) -> Duration {
                self.behind().doubt(owner)
            }

            /// See [`ExecutionStore::summary_as_kept`].
            fn summary_as_kept(&self, stored: &Execution, wanted: &Execution) -> Execution {
                self.behind().summary_as_kept(stored, wanted)
            }

            /// See [`ExecutionStore::text_as_kept`].
            fn text_as_kept(&self, text: &str) -> String {
                self.behind().text_as_kept(text)
            }

            /// See [`ExecutionStore::output_as_kept`].
            fn output_as_kept(&self, output: Output) -> Output {
                self.behind().output_as_kept(output)
            }

            /// See [`ExecutionStore::as_kept`].
            fn as_kept(&self, event: Event) -> Event {
                self.behind().as_kept(event)
            }

            /// See [`ExecutionStore::append_kept`]. By itself it is what [`append`](Self::append) is here, so that who changes that
            /// one does not have to know of this.
            ///
            /// # Errors
            /// As there.
            async fn append_kept(
                &self,
                id: &ExecutionId,
                events: &[Event],
                durability: Durability,
            ) -> Result<()> {
                self.append(id, events, durability).await
            }

            $($(
                #[doc = concat!("See [`", stringify!($store), "::", stringify!($name), "`].")]
                ///
                /// # Errors
                /// As there.
                async fn $name(&self $(, $argument: $type)*) -> $result {
                    self.behind().$name($($argument),*).await
                }
            )*)*
        }

        $(fronts! { @store $store { $(async fn $name(&self $(, $argument: $type)*) -> $result;)* } })*
    };
    (@store ExecutionStore {$(
        async fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;
    )*}) => {
        #[async_trait]
        impl<T: Front> ExecutionStore for T {
            fn now(&self) -> Timestamp {
                Front::now(self)
            }

            fn owner(&self) -> Owner {
                Front::owner(self)
            }

            fn doubt(&self, owner: &Owner) -> Duration {
                Front::doubt(self, owner)
            }

            fn summary_as_kept(&self, stored: &Execution, wanted: &Execution) -> Execution {
                Front::summary_as_kept(self, stored, wanted)
            }

            fn text_as_kept(&self, text: &str) -> String {
                Front::text_as_kept(self, text)
            }

            fn output_as_kept(&self, output: Output) -> Output {
                Front::output_as_kept(self, output)
            }

            fn as_kept(&self, event: Event) -> Event {
                Front::as_kept(self, event)
            }

            async fn append_kept(
                &self,
                id: &ExecutionId,
                events: &[Event],
                durability: Durability,
            ) -> Result<()> {
                Front::append_kept(self, id, events, durability).await
            }

            $(async fn $name(&self $(, $argument: $type)*) -> $result {
                Front::$name(self $(, $argument)*).await
            })*
        }
    };
    (@store $store:ident {$(
        async fn $name:ident(&self $(, $argument:ident: $type:ty)*) -> $result:ty;
    )*}) => {
        #[async_trait]
        impl<T: Front> $store for T {
            $(async fn $name(&self $(, $argument: $type)*) -> $result {
                Front::$name(self $(, $argument)*).await
            })*
        }
    };
}

fronts! {
    ExecutionStore {
        async fn create(&self, execution: &Execution) -> Result<()>;
        async fn update(&self, execution: &Execution) -> Result<Execution>;
        async fn refresh(&self, execution: &Execution) -> Result<Execution>;
        async fn update_audited(&self, execution: &Execution, number: u64, entry: &[u8]) -> Result<Execution>;
        async fn load(&self, id: &ExecutionId) -> Result<Execution>;
        async fn select(&self, selection: &Selection) -> Result<Vec<Execution>>;
        async fn outlines(&self, selection: &Selection, label: Option<&str>) -> Result<Vec<Execution>>;
        async fn results_of(&self, ids: &[ExecutionId]) -> Result<Vec<Option<Vec<DeviceResult>>>>;
        async fn count(&self, filter: &Filter, cap: u64) -> Result<u64>;
        async fn current(&self) -> Result<Option<ExecutionId>>;
        async fn unfinished(&self) -> Result<Vec<Execution>>;
        async fn damage(&self) -> Result<Vec<Damage>>;
        async fn gone(&self, owner: &Owner) -> Result<Option<&'static str>>;
        async fn lives(&self, owner: &Owner) -> Result<bool>;
        async fn append(&self, id: &ExecutionId, events: &[Event], durability: Durability) -> Result<()>;
        async fn events(&self, id: &ExecutionId, from: u64, limit: usize) -> Result<Vec<Event>>;
        async fn last_event(&self, id: &ExecutionId) -> Result<Option<Event>>;
        async fn wait(&self, id: &ExecutionId, from: u64, patience: Duration) -> Result<()>;
        async fn put_output(&self, id: &ExecutionId, output: Output) -> Result<OutputSummary>;
        async fn outputs(&self, id: &ExecutionId) -> Result<Vec<OutputSummary>>;
        async fn output(&self, id: &ExecutionId, device: &str, command: &str) -> Result<Output>;
        async fn output_at(&self, id: &ExecutionId, place: usize) -> Result<Output>;
        async fn put_device_results(&self, id: &ExecutionId, results: &[DeviceResult]) -> Result<()>;
        async fn device_results(&self, id: &ExecutionId) -> Result<Vec<DeviceResult>>;
        async fn recorded(&self, id: &ExecutionId) -> Result<(Vec<OutputSummary>, Vec<DeviceResult>)>;
        async fn record_digest(&self, id: &ExecutionId) -> Result<Digest>;
        async fn strays(&self, run: &Execution) -> Result<Vec<Damage>>;
        async fn sync(&self, id: &ExecutionId) -> Result<()>;
        async fn put_document(&self, id: &ExecutionId, name: &str, bytes: &[u8]) -> Result<()>;
        async fn document(&self, id: &ExecutionId, name: &str) -> Result<Vec<u8>>;
        async fn size(&self, id: &ExecutionId) -> Result<u64>;
        async fn archive(&self, id: &ExecutionId) -> Result<Archived>;
        async fn delete(&self, ids: &[ExecutionId]) -> Result<Vec<ExecutionId>>;
        async fn reclaim(&self, bytes: u64) -> Result<u64>;
        async fn reserve(&self, reserve: Reserve) -> Result<bool>;
        async fn usage(&self) -> Result<Usage>;
    }
    RecordStore {
        async fn put_record(&self, collection: &str, key: &str, value: &[u8]) -> Result<()>;
        async fn record(&self, collection: &str, key: &str) -> Result<Vec<u8>>;
        async fn records(
            &self,
            collection: &str,
            prefix: &str,
            after: Option<&str>,
            limit: usize
        ) -> Result<Vec<(String, Vec<u8>)>>;
    }
    BlobStore {
        async fn put_blob(&self, bytes: &[u8]) -> Result<Digest>;
        async fn blob(&self, digest: &Digest) -> Result<Vec<u8>>;
    }
    LogStore {
        async fn append_log(&self, log: &str, next: u64, entries: &[Vec<u8>]) -> Result<()>;
        async fn log(&self, log: &str, from: u64, limit: usize) -> Result<Vec<(u64, Vec<u8>)>>;
        async fn log_end(&self, log: &str) -> Result<Option<(u64, Vec<u8>)>>;
    }
}
