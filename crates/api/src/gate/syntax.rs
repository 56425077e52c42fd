//! Arguments without a value, which the parser drops in silence instead of refusing them.

use apollo_parser::{Parser, SyntaxKind};

/// Where the first argument, or field of an input object, ends that has a name and no value, in bytes.
pub(super) fn argument_without_value(text: &str) -> Option<usize> {
    let tree = Parser::new(text).parse();
    let document = tree.document();
    let syntax = apollo_parser::cst::CstNode::syntax(&document);
    let lacking = syntax.descendants().find(|node| {
        let is_pair = matches!(node.kind(), SyntaxKind::ARGUMENT | SyntaxKind::OBJECT_FIELD);
        is_pair && !node.children_with_tokens().any(|child| child.kind() == SyntaxKind::COLON)
    })?;
    Some(usize::from(lacking.text_range().end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_argument_without_a_value_is_found() {
        for text in ["{ a(x) }", "{ a(x x: 1) }", "{ a(w: { x y: 1 }) }", "{ a @include(if if: true) }"] {
            assert!(argument_without_value(text).is_some(), "{text}");
        }
        for text in ["{ a(x: 1) }", "{ a(w: { x: null, y: [] }) @skip(if: $z) }", "{ a }"] {
            assert_eq!(argument_without_value(text), None, "{text}");
        }
        assert_eq!(argument_without_value("{ a(x) }"), Some(5));
    }
}
