//! What holds on real routers. Needs a running lab: `tests/run lab`.

mod change;
mod drawn;
mod faults;
mod judged;
mod login;
mod oracle;
mod quirks;
mod script;
mod trouble;
