//! A device and how to reach it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize, Serializer};

use crate::error::{Error, ErrorKind, Result};

/// What a table of a platform is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformName {
    /// Its name, as in an inventory.
    pub name: String,
    /// Its vendor and product, for people.
    pub title: String,
}

/// A secret, or where to find it at the moment of use.
///
/// In an inventory: a string, `{"env": "NAME"}` or `{"file": "PATH"}`. Its value is never printed and never serialised:
/// a literal comes out as `"********"`, a reference as itself.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Secret {
    /// The value itself.
    Literal(String),
    /// The environment variable that holds it.
    Environment {
        /// Its name.
        env: String,
    },
    /// The file that holds it; one trailing newline is not part of it.
    File {
        /// Its path.
        file: PathBuf,
    },
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Literal(_) => f.write_str("********"),
            Self::Environment { env } => write!(f, "env:{env}"),
            Self::File { file } => write!(f, "file:{}", file.display()),
        }
    }
}

impl Serialize for Secret {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let (key, value) = match self {
            Self::Literal(_) => return serializer.serialize_str("********"),
            Self::Environment { env } => ("env", env.clone()),
            Self::File { file } => ("file", file.display().to_string()),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(key, &value)?;
        map.end()
    }
}

/// What to do with the key that a host shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostKeyPolicy {
    /// Only a key that is known for this host.
    #[default]
    Strict,
    /// A key of an unknown host is written to the known hosts and trusted from then on; a changed one is refused.
    AcceptNew,
}

/// Which algorithms may be agreed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AlgorithmProfile {
    /// Curves, GCM and ChaCha, SHA-2 only.
    Modern,
    /// The modern ones, then group 14 with SHA-1 and SHA-1 signatures, last.
    #[default]
    Compatible,
    /// Everything that old equipment needs, CBC and group 1 included. For one device, never for a fleet.
    Legacy,
}

/// A device and how to reach it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Device {
    /// The name in the inventory, unique in it. Any text without control characters; it never becomes a path.
    pub name: String,
    /// Address or host name.
    pub host: String,
    /// TCP port of the SSH server.
    #[serde(default = "ssh_port")]
    pub port: u16,
    /// The login.
    pub username: String,
    /// The network OS: a file name in `platforms/`.
    pub platform: String,
    /// For password and keyboard-interactive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<Secret>,
    /// A private key file in OpenSSH or PEM form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<PathBuf>,
    /// For an encrypted private key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_passphrase: Option<Secret>,
    /// Whether to offer the keys of the agent at `SSH_AUTH_SOCK`.
    #[serde(default)]
    pub agent: bool,
    /// The known hosts; `~/.ssh/known_hosts` when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_hosts: Option<PathBuf>,
    /// What to do with the key that the host shows.
    #[serde(default)]
    pub host_key_policy: HostKeyPolicy,
    /// Which algorithms may be agreed on.
    #[serde(default)]
    pub algorithms: AlgorithmProfile,
    /// Free words about the device: site, role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

fn ssh_port() -> u16 {
    22
}

impl Device {
    /// Checks what serde cannot.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for an empty or unprintable name, an empty host or login, or port 0.
    pub fn validate(&self) -> Result<()> {
        let bad = |what: &'static str, hint: &'static str| {
            Err(Error::new(ErrorKind::InvalidInput, what)
                .during("inventory.validate")
                .with("device", self.name.escape_debug())
                .hint(hint))
        };
        match () {
            () if self.name.is_empty() => {
                bad("a device has no name", "give each device a unique name")
            }
            () if self.name.chars().any(char::is_control) => bad(
                "a device name holds a control character",
                "use printable characters",
            ),
            () if self.host.is_empty() => {
                bad("a device has no host", "give an address or a host name")
            }
            () if self.username.is_empty() => {
                bad("a device has no username", "give the login to use")
            }
            () if self.port == 0 => {
                bad("port 0 cannot be connected to", "leave the port out for 22")
            }
            () => Ok(()),
        }
    }
}

/// The devices that a program works with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Inventory {
    /// In the order of the file.
    pub devices: Vec<Device>,
}

impl Inventory {
    /// Reads a JSON array of devices.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] for JSON that does not parse, an unknown field, an unusable device or a name used twice.
    pub fn from_json(text: &str) -> Result<Self> {
        let inventory: Self = serde_json::from_str(text).map_err(|error| {
            Error::new(ErrorKind::InvalidInput, "the inventory does not parse")
                .during("inventory.parse")
                .with("line", error.line())
                .with("column", error.column())
                .hint("an inventory is a JSON array of {name, host, port, username, platform, password or key, known_hosts}")
                .because(error)
        })?;
        inventory.validate()?;
        Ok(inventory)
    }

    /// Reads a file with a JSON array of devices.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`] when the file cannot be read, and as [`Inventory::from_json`].
    pub fn from_file(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Error::new(ErrorKind::InvalidInput, "the inventory cannot be read")
                .during("inventory.read")
                .with("path", path.display())
                .because(error)
        })?;
        Self::from_json(&text).map_err(|error| error.with("path", path.display()))
    }

    /// Checks each device and that no name is used twice.
    ///
    /// # Errors
    /// [`ErrorKind::InvalidInput`].
    pub fn validate(&self) -> Result<()> {
        let mut names = BTreeSet::new();
        for device in &self.devices {
            device.validate()?;
            if !names.insert(device.name.as_str()) {
                return Err(
                    Error::new(ErrorKind::InvalidInput, "two devices have one name")
                        .during("inventory.validate")
                        .with("device", &device.name),
                );
            }
        }
        Ok(())
    }

    /// Returns the device of a name.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`].
    pub fn device(&self, name: &str) -> Result<&Device> {
        self.devices
            .iter()
            .find(|device| device.name == name)
            .ok_or_else(|| {
                Error::new(ErrorKind::NotFound, "no such device in the inventory")
                    .during("inventory.device")
                    .with("device", name)
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: &str = r#"[{"name":"r1","host":"10.0.0.1","username":"admin","password":"hunter2","platform":"frr"}]"#;

    #[test]
    fn a_secret_is_never_printed_or_serialised() {
        let inventory = Inventory::from_json(ONE).unwrap();
        assert!(!format!("{inventory:?}").contains("hunter2"));
        assert!(
            !serde_json::to_string(&inventory)
                .unwrap()
                .contains("hunter2")
        );
        assert_eq!(
            (
                inventory.devices[0].port,
                inventory.devices[0].host_key_policy
            ),
            (22, HostKeyPolicy::Strict)
        );
    }

    #[test]
    fn a_reference_to_a_secret_survives() {
        let secret: Secret = serde_json::from_str(r#"{"env":"PASS"}"#).unwrap();
        assert_eq!(serde_json::to_string(&secret).unwrap(), r#"{"env":"PASS"}"#);
    }

    #[test]
    fn what_cannot_be_used_is_named() {
        let twice = format!("[{0},{0}]", &ONE[1..ONE.len() - 1]);
        for (text, word) in [
            ("[", "does not parse"),
            (r#"[{"nme":"r1"}]"#, "nme"),
            (twice.as_str(), "one name"),
            (&ONE.replace("r1", ""), "no name"),
            (&ONE.replace("r1", "r\\n1"), "control character"),
        ] {
            let error = Inventory::from_json(text).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(format!("{error:?}").contains(word), "{error:?}");
        }
    }
}
