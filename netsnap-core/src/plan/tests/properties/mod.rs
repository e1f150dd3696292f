//! What holds for every pair of configurations, on generated ones of every platform.
//!
//! Each pair is a configuration of realistic blocks and the same one after a few edits. What the planner promises is looked at on all
//! of them by a device that does what the platform's table says; what only a device with rules of its own can say, on those pairs
//! that are proven.
//!
//! `NETSNAP_HUNT=5000` looks at so many pairs of each platform instead, from seeds of its own, and goes on behind what it finds;
//! `NETSNAP_HUNT=5000:cisco_ios:7` at those of one platform, from the seed 7 on.

mod blocks;
mod by_hand;
mod committed;
mod counted;
mod device;
mod hunt;
mod judge;
mod node;
mod paths;
mod proof;
mod recipe;
mod sets;
