//! What holds on real routers. Needs a running lab: `tests/run lab`.

mod faults;
mod script;
