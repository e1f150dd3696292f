//! What does the address of a PostgreSQL database say of waiting? Options of ours, beside those of the database.

use std::time::Duration;

use super::postgres::Patience;
use crate::error::{Error, ErrorKind, Result};
use crate::store::query::length;

/// How options of ours begin.
const OURS: &str = "netsnap_";
/// The server counts in seconds, and looks several times within a lease.
const SHORTEST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(24 * 3600);

/// Takes the options of ours out of an address, which the database's own reader does not know.
///
/// # Errors
/// `InvalidInput` for an unknown one of ours, and for a time that is none or too short or long.
pub(super) fn read(url: &str) -> Result<(String, Patience)> {
    let mut patience = Patience::default();
    let Some((address, options)) = url.split_once('?') else {
        return Ok((url.to_owned(), patience));
    };
    let (ours, others): (Vec<&str>, Vec<&str>) = options
        .split('&')
        .partition(|option| option.starts_with(OURS));
    for option in ours {
        let (name, text) = option.split_once('=').unwrap_or((option, ""));
        *place(&mut patience, name)? = time(name, text)?;
    }
    let address = match others.is_empty() {
        true => address.to_owned(),
        false => format!("{address}?{}", others.join("&")),
    };
    Ok((address, patience))
}

fn place<'a>(patience: &'a mut Patience, name: &str) -> Result<&'a mut Duration> {
    match name {
        "netsnap_connect" => Ok(&mut patience.connection),
        "netsnap_answer" => Ok(&mut patience.answer),
        "netsnap_lease" => Ok(&mut patience.lease),
        _ => Err(refused("the store has no such option", name)
            .hint("there are netsnap_connect, netsnap_answer and netsnap_lease")),
    }
}

fn time(name: &str, text: &str) -> Result<Duration> {
    const HINT: &str = "write from 2s to 24h, such as netsnap_lease=30s";
    let read =
        length(text).map_err(|error| refused("not a time", name).hint(HINT).because(error))?;
    let time = Duration::try_from(read).unwrap_or_default();
    if (SHORTEST..=LONGEST).contains(&time) {
        return Ok(time);
    }
    Err(refused("the time is too short or too long", name).hint(HINT))
}

fn refused(what: &'static str, name: &str) -> Error {
    Error::new(ErrorKind::InvalidInput, what).with("option", name.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_of_ours_are_taken_out_and_the_others_stay() {
        let url = "postgres://u:p@h/d?sslmode=disable&netsnap_lease=10s&options=-c%20a%3Db&netsnap_answer=5m";
        let (address, patience) = read(url).unwrap();
        assert_eq!(
            address,
            "postgres://u:p@h/d?sslmode=disable&options=-c%20a%3Db"
        );
        assert_eq!(patience.lease, Duration::from_secs(10));
        assert_eq!(patience.answer, Duration::from_secs(300));
        assert_eq!(patience.connection, Patience::default().connection);
        for url in ["postgres://h/d", "postgres://h/d?netsnap_connect=3s"] {
            assert_eq!(read(url).unwrap().0, "postgres://h/d");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_without_the_password() {
        for option in [
            "netsnap_lease=soon",
            "netsnap_lease",
            "netsnap_lease=1s",
            "netsnap_answer=2d",
            "netsnap_answer=-5s",
            "netsnap_leese=10s",
        ] {
            let error = read(&format!("postgres://u:hunter2@h/d?{option}")).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{option}");
            assert!(error.report().hint.is_some());
            assert!(!format!("{error:?}").contains("hunter2"));
        }
    }
}
