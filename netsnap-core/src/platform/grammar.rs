//! What configuration lines mean.

use serde::Deserialize;

/// What configuration lines mean. Filled by the room `config`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grammar {}
