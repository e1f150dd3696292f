//! Where does a text differ from what a device prints?

use memchr::memmem;

use super::tree::Document;

/// A piece of what a device prints, and what a text has at its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Apart<'t> {
    /// What the device prints: whole sections and lines at the top.
    pub(crate) printed: String,
    /// What stands there in the text.
    pub(crate) text: &'t str,
}

/// How far behind the end of what differs the text is searched for what the device prints next, in bytes.
const AHEAD: usize = 16 * 1024;

impl Document {
    /// Returns, in their order, the pieces in which a text differs from what is printed; all the others are equal byte for byte.
    pub(super) fn apart_from<'t>(&self, text: &'t str) -> Vec<Apart<'t>> {
        let mut reader = Reader::of(text);
        let mut piece = String::new();
        self.print_head(&mut piece);
        reader.meet(&piece);
        for node in &self.root.children {
            piece.clear();
            node.print(&mut piece);
            reader.meet(&piece);
        }
        reader.end(&self.tail.join("\n"))
    }
}

/// Reads a text beside what a device prints.
struct Reader<'t> {
    text: &'t str,
    /// Up to where both are equal or the difference is noted.
    at: usize,
    /// What the device prints and was not found yet.
    printed: String,
    found: Vec<Apart<'t>>,
}

impl<'t> Reader<'t> {
    fn of(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            printed: String::new(),
            found: Vec::new(),
        }
    }

    /// Finds a piece that is printed next.
    fn meet(&mut self, piece: &str) {
        if piece.is_empty() {
            return;
        }
        let rest = &self.text[self.at..];
        let place = match self.printed.is_empty() {
            true if rest.starts_with(piece) => Some(0),
            true => None,
            false => self.begins(piece),
        };
        match place {
            Some(place) => self.close(place, piece.len()),
            None => self.printed.push_str(piece),
        }
    }

    /// Looks where a line begins with a piece.
    fn begins(&self, piece: &str) -> Option<usize> {
        let rest = &self.text.as_bytes()[self.at..];
        let end = rest.len().min(self.printed.len() + piece.len() + AHEAD);
        let mut places = memmem::find_iter(&rest[..end], piece);
        places.find(|place| *place == 0 || rest[place - 1] == b'\n')
    }

    /// Notes what differs up to a place behind the last, from where so many bytes are equal.
    fn close(&mut self, place: usize, equal: usize) {
        let end = self.at + place;
        if !self.printed.is_empty() || place > 0 {
            self.found.push(Apart {
                printed: std::mem::take(&mut self.printed),
                text: &self.text[self.at..end],
            });
        }
        self.at = end + equal;
    }

    fn end(mut self, tail: &str) -> Vec<Apart<'t>> {
        let rest = self.text.len() - self.at;
        if !self.printed.is_empty() || self.text[self.at..] != *tail {
            self.printed.push_str(tail);
            self.close(rest, 0);
        }
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::super::Simulation;

    const TEXT: &str = "hostname r1\n!\ninterface Loopback1\n description one\n ip address 10.0.0.1 255.255.255.255\n!\n\
        interface Loopback2\n description two\n!\nip route 10.0.0.0 255.0.0.0 192.0.2.1\n!\nend\n";

    fn apart(text: &str) -> Vec<(String, String)> {
        let device = Simulation::new("cisco_ios", TEXT).unwrap();
        let pieces = device.apart_from(text).unwrap();
        pieces
            .into_iter()
            .map(|piece| (piece.printed, piece.text.to_owned()))
            .collect()
    }

    #[test]
    fn a_text_that_is_printed_differs_nowhere() {
        assert_eq!(apart(TEXT), []);
    }

    #[test]
    fn a_section_that_differs_is_named_whole_and_alone() {
        let [one, two] = [
            " description one\n",
            " ip address 10.0.0.1 255.255.255.255\n",
        ];
        let other = TEXT.replace(&format!("{one}{two}"), &format!("{two}{one}"));
        let section = |lines: [&str; 2]| format!("!\ninterface Loopback1\n{}", lines.concat());
        assert_eq!(apart(&other), [(section([one, two]), section([two, one]))]);
    }

    #[test]
    fn what_stands_on_one_side_alone_is_a_piece() {
        let gone = "!\nip route 10.0.0.0 255.0.0.0 192.0.2.1\n";
        let less = apart(&TEXT.replace(gone, ""));
        assert_eq!(less, [(format!("{gone}!\nend\n"), "!\nend\n".to_owned())]);
        let more = apart(&TEXT.replace("Loopback2\n", "Loopback2\n shutdown\n"));
        assert_eq!(more.len(), 1);
        assert!(more[0].1.contains("shutdown") && !more[0].0.contains("shutdown"));
    }

    #[test]
    fn the_pieces_of_a_text_are_its_own() {
        for text in ["", "end", "x\n", "!\n!\n!\n", &TEXT[40..], &TEXT.repeat(2)] {
            let pieces = apart(text);
            assert!(!pieces.is_empty(), "{text}");
            let own: usize = pieces.iter().map(|(printed, _)| printed.len()).sum();
            let others: usize = pieces.iter().map(|(_, text)| text.len()).sum();
            assert_eq!(TEXT.len() - own, text.len() - others, "{text}");
        }
    }
}
