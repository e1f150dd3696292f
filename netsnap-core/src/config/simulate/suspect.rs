//! Which lines may a device take otherwise than their rules say, as the whole of it stands behind them?

use super::LineDevice;
use super::tree::Node;
use super::{
    doubt, emptied, gone, interface, mlag, named, pool, port, refer, share, source, typed,
};

impl LineDevice {
    /// Says whether a line that was carried out at a depth proves nothing. It made a section there where `is_new`.
    pub(super) fn is_doubtful(
        &self,
        depth: usize,
        mode: &str,
        words: &[&str],
        is_new: bool,
    ) -> bool {
        let root = &self.document.root;
        let section = self.path[..depth].first().map(|level| level.key.as_str());
        mlag::is_both(root, words)
            || pool::overlaps(root, section, words)
            || share::is_exceeded(root, section, words)
            || named::is_short(&self.table.interfaces, words)
            || self.is_doubtful_port(section, words)
            || port::takes_internal(&self.table, root, words)
            || self.is_doubtful_name(mode, section, words, is_new)
            || (self.table.acl_by_line && gone::comes_back((root, &self.filters), section, words))
            || (!self.booted.leaves_families_out && interface::lacks_family(root, section, words))
            || (mode == "hsrp" && interface::is_no_gateway(root, section, words))
            || (depth < 2 && interface::is_doubtful(&self.table, root, section, words))
            || (self.table.is_documented() && self.is_undocumented(depth, root, words))
    }

    /// Says in which circle a line stands that was carried out, where the device takes none.
    pub(super) fn circle(&self, words: &[&str]) -> Option<String> {
        let mut callers = self.table.follows.iter();
        callers.find_map(|caller| caller.circle(&self.document.root, words))
    }

    fn is_doubtful_port(&self, section: Option<&str>, words: &[&str]) -> bool {
        port::is_doubtful(
            &self.table,
            &self.document.root,
            (section, words),
            &self.booted,
        )
    }

    /// About what a line names, and what names it.
    fn is_doubtful_name(
        &self,
        mode: &str,
        section: Option<&str>,
        words: &[&str],
        is_new: bool,
    ) -> bool {
        let (root, mode) = (&self.document.root, &self.table.modes[mode]);
        (words.first() == Some(&"no") && refer::is_emptied(root, section))
            || (is_new && refer::is_named_before(mode, root, words))
            || refer::is_dangling(mode, root, words)
    }

    /// About what the documents of a device leave open; of one that was measured it is known.
    fn is_undocumented(&self, depth: usize, root: &Node, words: &[&str]) -> bool {
        let section = self.path[..depth].first().map(|level| level.key.as_str());
        doubt::by_terminal(&words.join(" "))
            || typed::is_mistyped(&self.table.interfaces, words)
            || typed::names_none(&self.table.interfaces, root, words)
            || typed::is_beyond(&self.table.interface_numbers, words)
            || (self.table.hosts_are_letters && typed::is_odd_host(words))
            || emptied::is_in_use(root, section, words)
            || source::is_up(root, section, words)
            || gone::returns(root, section, words)
            || self.is_of_other_sort(depth, words)
    }
}
