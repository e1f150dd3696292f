//! How does the device print sections of lines?

use super::effects;
use super::schema::{Body, Schema};
use super::sections::Style;
use super::tree::Node;

/// Prints sections as the device does.
pub(super) fn print(style: Style, schema: &Schema, root: &Node) -> String {
    let mut text = String::new();
    print_in(schema, root, (style, 0), &mut text);
    text
}

fn print_in(schema: &Schema, section: &Node, (style, depth): (Style, usize), text: &mut String) {
    let children = section.children.iter();
    let mut children: Vec<&Node> = children.filter(|child| child.stands(schema)).collect();
    children.sort_by_key(|child| child.statement.map_or((1, None), |id| (0, Some(id))));
    let blank = " ".repeat(style.indent * depth);
    let close = style.close;
    for node in children {
        match node.rule(schema).map(|rule| &rule.body) {
            Some(Body::Text(end)) => {
                text.push_str(&format!("{blank}{}\n", node.key));
                for line in node.value.iter().flat_map(|value| value.lines()) {
                    text.push_str(&format!("{blank}  {line}\n"));
                }
                text.push_str(&format!("{blank}{end}\n{blank}{close}\n"));
            }
            Some(Body::Section { .. }) if effects::is_of_one_line(schema, node) => {
                text.push_str(&format!("{blank}{}\n", effects::one_line(schema, node)));
            }
            Some(Body::Section { .. }) | None if is_section(schema, node) => {
                text.push_str(&format!("{blank}{}\n", node.key));
                print_in(schema, node, (style, depth + 1), text);
                text.push_str(&format!("{blank}{close}\n"));
            }
            _ => text.push_str(&format!("{blank}{}\n", node.text())),
        }
    }
}

fn is_section(schema: &Schema, node: &Node) -> bool {
    let rule = node.rule(schema);
    !node.children.is_empty() || rule.is_some_and(|rule| matches!(rule.body, Body::Section { .. }))
}
