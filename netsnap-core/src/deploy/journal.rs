//! Which lines did a run send to which device? Its log tells, also when its process was killed.

use std::collections::BTreeMap;

use super::classify::SentLine;
use crate::context::Context;
use crate::error::Result;
use crate::event::{Event, EventKind};
use crate::id::ExecutionId;

/// Events read at once.
const CHUNK: usize = 1000;

/// Returns the lines that a run was about to send, by device, in order. A device that is missing was sent none: each line is
/// in the log before its first byte goes out.
///
/// # Errors
/// `NotFound`; `Corrupt`; `Storage`.
pub(crate) async fn sent_lines(
    context: &Context,
    execution: &ExecutionId,
) -> Result<BTreeMap<String, Vec<SentLine>>> {
    let mut sent = BTreeMap::new();
    let mut from = 1;
    loop {
        let events = context.store.events(execution, from, CHUNK).await?;
        let Some(last) = events.last() else {
            return Ok(sent);
        };
        from = last.sequence + 1;
        events.iter().for_each(|event| note(event, &mut sent));
    }
}

fn note(event: &Event, sent: &mut BTreeMap<String, Vec<SentLine>>) {
    let Some(device) = &event.device else { return };
    match event.kind {
        EventKind::LineIntended => sent.entry(device.clone()).or_default().push(SentLine {
            line: event.data["line"].as_str().unwrap_or_default().to_owned(),
            begins: event.data["position"] == 1,
            refused: false,
        }),
        EventKind::LineAnswered => {
            if let Some(last) = sent.get_mut(device).and_then(|lines| lines.last_mut()) {
                last.refused = event.data["accepted"] == false;
            }
        }
        _ => {}
    }
}
