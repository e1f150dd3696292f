//! How is a past run lived through again? Its events and outputs are replayed without a device, or its work is done once more.

mod again;
mod manner;
mod pace;
mod past;
mod plan;
mod session;

pub(crate) use self::again::rerun;
pub use self::again::{Repeated, RerunOptions};
pub(crate) use self::manner::Manner;
pub use self::pace::Pace;
pub use self::past::{PastRun, replay};
pub use self::plan::{Rerun, Scope, rerun_plan};
pub(crate) use self::session::cannot_configure;
