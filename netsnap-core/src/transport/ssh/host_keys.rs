//! Is the key that the device shows the one it is known by, and what is said when it is not?

use std::path::PathBuf;

use russh::keys::ssh_key::certificate::CertType;
use russh::keys::{Certificate, HashAlg, PublicKey, PublicKeyOrCertificate};

use super::algorithms::Expected;
use crate::error::{Error, ErrorKind, Result};
use crate::model::{Device, HostKeyPolicy};
use crate::transport::known_hosts::file::{self, NewKey};
use crate::transport::known_hosts::{self, Known, KnownKey, Verdict};

/// What is known about the host, and what to do when that is nothing.
#[derive(Debug)]
pub(super) struct HostKeys {
    known: Known,
    path: PathBuf,
    place: String,
    host: String,
    policy: HostKeyPolicy,
}

/// A key as it was shown.
struct Shown {
    algorithm: String,
    blob: Vec<u8>,
}

impl HostKeys {
    /// Reads what is known about the host of a device.
    ///
    /// # Errors
    /// `InvalidInput` for a file that is there and cannot be read.
    pub(super) async fn load(device: &Device) -> Result<Self> {
        let path = file::path(device)?;
        let place = known_hosts::place(&device.host, device.port);
        Ok(Self {
            known: file::read(&path, &place).await?,
            path,
            place,
            host: device.host.to_ascii_lowercase(),
            policy: device.host_key_policy,
        })
    }

    /// Returns what the offer of algorithms should know.
    pub(super) fn expected(&self) -> Expected {
        let types = self.known.keys.iter().map(|key| key.algorithm.clone());
        Expected {
            key_types: types.collect(),
            certificates: !self.known.authorities.is_empty(),
        }
    }

    /// Lets a key pass, or says why not. A new one is written down first, where the policy says so.
    ///
    /// # Errors
    /// `HostKeyUnknown`, `HostKeyChanged`, `HostKeyRevoked`; `Storage` when a new key cannot be written.
    pub(super) async fn admit(&self, shown: &PublicKeyOrCertificate) -> Result<()> {
        if let Some(certificate) = shown.certificate() {
            self.refuse_revoked_authority(certificate)?;
        }
        let key = shown.public_key();
        let key = Shown {
            algorithm: key.algorithm().to_string(),
            blob: wire_form(&key)?,
        };
        match self.known.judge(&key.algorithm, &key.blob) {
            Verdict::Trusted => Ok(()),
            Verdict::Revoked(listed) => Err(self.revoked(&key, listed)),
            _ if self.certifies(shown) => Ok(()),
            Verdict::Changed(listed) => Err(self.changed(&key, listed)),
            Verdict::Unknown if self.accepts_new() => self.write_down(key).await,
            Verdict::Unknown => Err(self.unknown(&key)),
        }
    }

    /// A host whose authority is known is not learned by a bare key.
    fn accepts_new(&self) -> bool {
        self.policy == HostKeyPolicy::AcceptNew && self.known.authorities.is_empty()
    }

    async fn write_down(&self, key: Shown) -> Result<()> {
        let new = NewKey {
            path: self.path.clone(),
            place: self.place.clone(),
            algorithm: key.algorithm.clone(),
            blob: key.blob.clone(),
        };
        if file::append(new).await? {
            return Ok(());
        }
        let now = file::read(&self.path, &self.place).await?;
        match now.judge(&key.algorithm, &key.blob) {
            Verdict::Changed(listed) => Err(self.changed(&key, listed)),
            Verdict::Revoked(listed) => Err(self.revoked(&key, listed)),
            Verdict::Trusted | Verdict::Unknown => Err(self.unknown(&key)),
        }
    }

    fn refuse_revoked_authority(&self, certificate: &Certificate) -> Result<()> {
        let authority = PublicKey::from(certificate.signature_key().clone());
        let key = Shown {
            algorithm: authority.algorithm().to_string(),
            blob: wire_form(&authority)?,
        };
        match self.known.judge(&key.algorithm, &key.blob) {
            Verdict::Revoked(listed) => Err(self.revoked(&key, listed)),
            _ => Ok(()),
        }
    }

    /// Says whether a certificate is one for a host, for this one, valid now, signed by an authority that is listed, and
    /// without conditions that nobody here would check.
    fn certifies(&self, shown: &PublicKeyOrCertificate) -> bool {
        let Some(certificate) = shown.certificate() else {
            return false;
        };
        let authorities = self.known.authorities.iter();
        let authorities: Vec<_> = authorities
            .filter_map(|key| PublicKey::from_bytes(&key.blob).ok())
            .map(|key| key.fingerprint(HashAlg::Sha256))
            .collect();
        let Ok(now) = u64::try_from(jiff::Timestamp::now().as_second()) else {
            return false;
        };
        certificate.cert_type() == CertType::Host
            && certificate.critical_options().is_empty()
            && known_hosts::is_any_of(certificate.valid_principals(), &self.host)
            && certificate.validate_at(now, &authorities).is_ok()
    }

    fn unknown(&self, key: &Shown) -> Error {
        let message = match self.known.authorities.is_empty() {
            true => "the host key is not known",
            false => "no known authority vouches for the host key",
        };
        let line = known_hosts::line(&self.place, &key.algorithm, &key.blob);
        self.about(ErrorKind::HostKeyUnknown, message, key)
            .hint(format!(
                "compare the fingerprint with the one on the console of the device; when they are equal, add this line to {}: {line}",
                self.path.display()
            ))
    }

    fn changed(&self, key: &Shown, listed: &KnownKey) -> Error {
        let message = "the host shows another key than the known one";
        self.about(ErrorKind::HostKeyChanged, message, key)
            .with("known_fingerprint", known_hosts::fingerprint(&listed.blob))
            .with("line", listed.line)
            .hint(format!(
                "somebody may be listening in; only when the device was replaced or its keys were renewed, and the fingerprint \
                 is the one on its console, replace line {} of {}",
                listed.line,
                self.path.display()
            ))
    }

    fn revoked(&self, key: &Shown, listed: &KnownKey) -> Error {
        let message = "the host shows a key that was revoked";
        self.about(ErrorKind::HostKeyRevoked, message, key)
            .with("line", listed.line)
            .hint("do not log in; give the device a new host key")
    }

    fn about(&self, kind: ErrorKind, message: &'static str, key: &Shown) -> Error {
        let error = Error::new(kind, message)
            .during("ssh.host_key")
            .with("algorithm", &key.algorithm)
            .with("fingerprint", known_hosts::fingerprint(&key.blob))
            .with("known_hosts", self.path.display());
        match self.known.unreadable.as_slice() {
            [] => error,
            lines => error.with("unreadable_lines", format_args!("{lines:?}")),
        }
    }
}

fn wire_form(key: &PublicKey) -> Result<Vec<u8>> {
    key.to_bytes().map_err(|error| {
        Error::new(
            ErrorKind::AlgorithmMismatch,
            "the host key has a form that cannot be used",
        )
        .during("ssh.host_key")
        .because(error)
    })
}
