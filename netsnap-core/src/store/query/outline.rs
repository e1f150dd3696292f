//! What of a run is counted? Few facts, which every backend keeps beside the summary.

use std::collections::BTreeMap;

use crate::model::Execution;

impl Execution {
    /// Returns the outline of a run: its id, when it was created, its state, kind, actor, name and duration, the kinds of its
    /// errors, each once, and the label that is asked for. Everything else is as in a new run.
    pub(crate) fn outline(&self, label: Option<&str>) -> Self {
        let labels = label.and_then(|key| self.labels.get_key_value(key));
        Self {
            status: self.status,
            kind: self.kind,
            actor: self.actor.clone(),
            name: self.name.clone(),
            duration_us: self.duration_us,
            error_kinds: self.error_kinds.keys().map(|kind| (*kind, 1)).collect(),
            labels: labels
                .map(|(key, value)| (key.clone(), value.clone()))
                .into_iter()
                .collect::<BTreeMap<_, _>>(),
            ..Self::new(self.id.clone(), self.created_at)
        }
    }
}
