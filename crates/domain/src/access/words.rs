//! The macro for the word lists of the access table, whose doc comments are also what the page says of each word.

/// Defines a vocabulary whose words can be described to a reader of `docs/access.md`.
macro_rules! described {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[doc = $doc:literal])+ $word:ident = $text:literal,)+ }) => {
        $crate::vocabulary::vocabulary! {
            $(#[$meta])*
            pub enum $name { $($(#[doc = $doc])+ $word = $text,)+ }
        }

        impl $name {
            /// What the word stands for, in one sentence.
            #[must_use]
            pub const fn description(self) -> &'static str {
                match self { $(Self::$word => concat!($($doc),+).trim_ascii(),)+ }
            }
        }
    };
}

pub(super) use described;
