//! Texts that a person reads in several languages.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use hemicycle_domain::{
    problem::Invalid,
    text::{LocalizedText as DomainText, Passage},
};

use super::{context::ContextExt, error::ApiError, scalar::LanguageTag};

/// A text in one or more languages.
pub(crate) struct LocalizedText(pub(crate) DomainText);

/// A text in one language.
#[derive(SimpleObject)]
pub(crate) struct Translation {
    /// The language.
    language: LanguageTag,
    /// The text.
    text: String,
}

/// A text in one or more languages.
#[Object]
impl LocalizedText {
    /// The text in the first of these languages that there is; else by `Accept-Language`; else the first there is.
    async fn text(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BCP 47 tags, the preferred first. Default: the request's `Accept-Language`.")]
        languages: Option<Vec<LanguageTag>>,
    ) -> Result<String, ApiError> {
        let wanted = ctx.languages(languages)?;
        Ok(self.0.resolve(&wanted).map(|(_, text)| text.to_owned()).unwrap_or_default())
    }

    /// All translations, by language tag.
    async fn translations(&self) -> Vec<Translation> {
        let translations = self.0.translations();
        translations
            .map(|(language, text)| Translation { language: language.into(), text: text.to_owned() })
            .collect()
    }
}

/// A text in one language.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct TranslationInput {
    /// The language; one translation per language.
    pub language: LanguageTag,
    /// The text; at most 10,000 characters.
    pub text: String,
}

/// Reads the translations of a field.
pub(crate) fn text(field: &str, translations: &[TranslationInput]) -> Result<DomainText, Invalid> {
    DomainText::parse(field, translations.iter().map(|one| (one.language.0.as_str(), one.text.as_str())))
}

/// Reads the translations of a field that may be absent.
pub(crate) fn text_opt(
    field: &str,
    translations: Option<&Vec<TranslationInput>>,
) -> Result<Option<DomainText>, Invalid> {
    translations.map(|translations| text(field, translations)).transpose()
}

/// Reads a list of texts.
pub(crate) fn texts(field: &str, all: &[Vec<TranslationInput>]) -> Result<Vec<DomainText>, Invalid> {
    let texts = all.iter().enumerate();
    texts.map(|(index, one)| text(&index.to_string(), one).map_err(|e| e.within(field))).collect()
}

/// Reads a passage that may be absent.
pub(crate) fn passage_opt(field: &str, passage: Option<&String>) -> Result<Option<Passage>, Invalid> {
    passage.map(|passage| Passage::parse(field, passage)).transpose()
}
