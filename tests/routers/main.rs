//! Real FRRouting routers behind real OpenSSH. They share four routers, so they run one after the other.

mod change;
mod login;
mod trouble;
