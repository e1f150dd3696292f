//! What does the whole of a device say that a single line needs to know?

use std::sync::Arc;

use super::execute::Device;
use super::table::Table;
use super::tree::Node;
use super::{interface, port, switch, unseen};

/// What the text said that it booted with.
#[derive(Debug)]
pub(super) struct Booted {
    /// The ports that switched, where such a port takes no address.
    pub(super) switched: Vec<String>,
    /// The ports that routed by themselves.
    pub(super) routed: Vec<String>,
    /// Whether ports switch where nothing says so, where the text tells.
    pub(super) switches_by_itself: Option<bool>,
    /// Whether a list shows the numbers of its entries, where some devices do not.
    pub(super) shows_numbers: bool,
    /// Whether the text names no families of its VRFs.
    pub(super) leaves_families_out: bool,
}

impl Booted {
    pub(super) fn of(table: &Table, root: &Node) -> Self {
        let tells = table.switched_take_no_address;
        Self {
            switched: port::switched(table, root),
            routed: port::routed(table, root),
            switches_by_itself: tells.then(|| port::switches_by_itself(root)).flatten(),
            shows_numbers: unseen::are_shown(table, root),
            leaves_families_out: interface::leaves_families_out(root),
        }
    }
}

/// What the lines at the top say of the whole device.
#[derive(Clone, Debug)]
pub(super) struct Tops {
    pub(super) features: Arc<[String]>,
    pub(super) switches: Arc<[String]>,
}

impl Tops {
    pub(super) fn of(table: &Table, root: &Node) -> Self {
        Self {
            features: switch::features(root).into(),
            switches: switch::switches(table, root).into(),
        }
    }
}

impl From<Device<'_>> for Tops {
    fn from(device: Device<'_>) -> Self {
        Self {
            features: device.features,
            switches: device.switches,
        }
    }
}
