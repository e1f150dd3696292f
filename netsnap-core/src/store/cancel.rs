//! How is a run asked to end by somebody who does not hold it? The request stands in its summary, and who holds the run hears of it.

use super::audit::AuditAction;
use super::remarks::{self, Author};
use super::{Backend, rules};
use crate::error::Result;
use crate::id::ExecutionId;
use crate::model::{CancelRequest, Execution};

/// Asks a run to end, and returns it as it is now: it still goes on. The first request stays, and only that one is audited.
///
/// Whoever holds the run hears of it a second or two later (see [`CancelRequests`](super::CancelRequests)), also in another process.
/// A run that nobody holds any more ends as `interrupted`, as without a request.
///
/// # Errors
/// `AlreadyFinished` for a run that has ended; `NotFound`; `Conflict` when others changed the run for several seconds; `Storage`.
pub async fn cancel(store: &dyn Backend, id: &ExecutionId, author: &Author) -> Result<Execution> {
    let request = CancelRequest {
        at: store.now(),
        actor: author.actor.clone(),
        reason: author.reason.clone(),
    };
    let ask = |run: &mut Execution| {
        if !run.status.is_terminal() {
            run.cancel_request.get_or_insert_with(|| request.clone());
        }
    };
    let asked = remarks::change(store, id, (AuditAction::RequestCancel, author), &ask).await?;
    match asked.status.is_terminal() {
        true => Err(rules::finished(id)
            .during("cancel")
            .hint("there is nothing to stop any more; its status says how it ended")),
        false => Ok(asked),
    }
}
