//! The person as clients see it: everyone who may see people reads the name, fewer the personal data.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use hemicycle_domain::{
    id::ParticipantId,
    participant::{self, AccessNeeds, Disability, Disclosed, PersonalData},
    text::{Line, Passage},
};
use hemicycle_persistence::{Failure, RosterEntry};

use super::name::PersonName;
use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    loader::{loader, rekey},
    partner::Partner,
    registration::Registration,
    rows::Rows,
    scalar::{CountryCode, DateTime, LanguageTag},
    source::{Citation, citations},
    territory::Territory,
    text::LocalizedText,
};

/// The sex of a person, as stated; never forced and never guessed.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "participant::Sex")]
pub(crate) enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither of the two.
    Other,
    /// Asked, and not stated; where it is simply unknown, the field is null.
    NotStated,
}

/// What a person answered when asked whether they have a disability; nobody has to answer.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "participant::DisabilityAnswer")]
pub(crate) enum DisabilityAnswer {
    /// They have one.
    Yes,
    /// They have none.
    No,
    /// Asked, they prefer not to say; where it is simply unknown, the field is null.
    PreferNotToSay,
}

/// Whether you may see the personal data of a person.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersonalDataAccess {
    /// You may see all of it: a field that is null is unknown.
    Granted,
    /// You may not see all of it: `withheldPersonalData` says which fields are null whatever is known.
    Withheld,
}

/// Fields of personal data that are shown or withheld together.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "participant::PersonalDataKind")]
pub(crate) enum PersonalDataKind {
    /// `email` and `phone`.
    Contacts,
    /// `sex`, `sexBasis` and `birthYear`.
    Demographics,
    /// `disability` and `accessNeeds`.
    Disabilities,
    /// `note` and `citations`.
    Notes,
}

/// Why personal data are withheld.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WithheldReason {
    /// What you are to the person's institution, country and events does not open them to you.
    NotPermitted,
}

/// Personal data that are withheld from you: their fields are null, whatever is known.
#[derive(SimpleObject, Debug, Clone, Copy)]
pub(crate) struct WithheldPersonalData {
    /// Which fields.
    kind: PersonalDataKind,
    /// Why.
    reason: WithheldReason,
}

/// A person.
#[derive(Clone)]
pub(crate) struct Participant(pub(crate) Arc<participant::Participant>);

/// The key of a person's personal data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct PersonalDataOf(ParticipantId);
/// The key of what a person said of disabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct DisabilityOf(ParticipantId);
/// The key of a person's registrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct RegistrationsOf(ParticipantId);

loader!(ParticipantId => Arc<participant::Participant>, |reading, keys| reading.find_participants(keys));
loader!(PersonalDataOf => Arc<Disclosed>, |reading, keys| async {
    let ids: Vec<ParticipantId> = keys.iter().map(|key| key.0).collect();
    let found = reading.personal_data_of_participants(&ids).await?;
    Ok::<_, Failure>(found.into_iter().map(|(id, data)| (PersonalDataOf(id), Arc::new(data))).collect())
});
loader!(DisabilityOf => Arc<Disability>, |reading, keys| async {
    let ids: Vec<ParticipantId> = keys.iter().map(|key| key.0).collect();
    let found = reading.disabilities_of_participants(&ids).await?;
    Ok::<_, Failure>(found.into_iter().map(|(id, said)| (DisabilityOf(id), Arc::new(said))).collect())
});
loader!(RegistrationsOf => Vec<Arc<RosterEntry>>, |reading, keys| async {
    let ids: Vec<ParticipantId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.registrations_of_participants(&ids).await, RegistrationsOf)
});

impl Participant {
    /// The personal data as far as they are shown to the caller.
    async fn personal_data(&self, ctx: &Context<'_>) -> Result<Arc<Disclosed>, ApiError> {
        Ok(ctx.load(PersonalDataOf(self.0.id)).await?.unwrap_or_default())
    }

    async fn of_personal_data<T>(
        &self,
        ctx: &Context<'_>,
        read: impl FnOnce(&PersonalData) -> Option<T>,
    ) -> Nullable<T> {
        nullable(self.personal_data(ctx).await.map(|shown| read(&shown.data)))
    }
}

/// A person.
#[Object]
impl Participant {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// The sources the record rests on, with how each was read; empty where notes are withheld from you, for
    /// the words of a source give personal data away.
    #[graphql(complexity = "5 * child_complexity")]
    async fn citations(&self, ctx: &Context<'_>) -> Result<Rows<Citation>, ApiError> {
        if self.personal_data(ctx).await?.kinds.contains(&participant::PersonalDataKind::Notes) {
            citations(ctx, self.0.id).await
        } else {
            Ok(Rows(Vec::new()))
        }
    }

    /// How often the record was changed; give it back as `expectedVersion` to change it safely.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When the record was made.
    async fn created_at(&self) -> DateTime {
        self.0.created_at.into()
    }

    /// The name in the first of these languages that there is, as its source writes it.
    async fn name(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "BCP 47 tags, the preferred first. Default: the request's `Accept-Language`.")]
        languages: Option<Vec<LanguageTag>>,
    ) -> Result<String, ApiError> {
        Ok(self.0.names.display(&ctx.languages(languages)?).to_owned())
    }

    /// All forms of the name.
    async fn names(&self) -> Vec<PersonName> {
        self.0.names.iter().map(Into::into).collect()
    }

    /// Whether every form of the name has initials where the given name should stand.
    async fn has_initials_only(&self) -> bool {
        self.0.names.are_initials_only()
    }

    /// Whether you may see the personal data: sex, birth year, contacts, disabilities, note.
    #[graphql(
        deprecation = "Use `withheldPersonalData`, which says what is withheld and why. Removal on 2027-06-01."
    )]
    async fn personal_data_access(&self, ctx: &Context<'_>) -> Result<PersonalDataAccess, ApiError> {
        Ok(match self.personal_data(ctx).await?.withheld().next() {
            None => PersonalDataAccess::Granted,
            Some(_) => PersonalDataAccess::Withheld,
        })
    }

    /// Which personal data are withheld from you, and why; empty where a field that is null is unknown.
    async fn withheld_personal_data(&self, ctx: &Context<'_>) -> Result<Vec<WithheldPersonalData>, ApiError> {
        let withheld = |kind: participant::PersonalDataKind| WithheldPersonalData {
            kind: kind.into(),
            reason: WithheldReason::NotPermitted,
        };
        Ok(self.personal_data(ctx).await?.withheld().map(withheld).collect())
    }

    /// The sex; null where unknown or withheld.
    async fn sex(&self, ctx: &Context<'_>) -> Nullable<Sex> {
        self.of_personal_data(ctx, |data| data.sex.map(Into::into)).await
    }

    /// What the sex is known from; null where not recorded or withheld.
    async fn sex_basis(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.of_personal_data(ctx, |data| Some(Line::as_str(data.sex_basis.as_ref()?).to_owned())).await
    }

    /// The year of birth; null where unknown or withheld.
    async fn birth_year(&self, ctx: &Context<'_>) -> Nullable<i32> {
        self.of_personal_data(ctx, |data| data.birth_year.map(i32::from)).await
    }

    /// The e-mail address; null where unknown or withheld.
    async fn email(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.of_personal_data(ctx, |data| Some(data.email.as_ref()?.as_str().to_owned())).await
    }

    /// The telephone number, `+` and digits; null where unknown or withheld.
    async fn phone(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.of_personal_data(ctx, |data| Some(data.phone.as_ref()?.as_str().to_owned())).await
    }

    /// What the person answered when asked whether they have a disability; null where unknown or withheld.
    async fn disability(&self, ctx: &Context<'_>) -> Nullable<DisabilityAnswer> {
        let said = ctx.load(DisabilityOf(self.0.id)).await;
        nullable(said.map(|said| said?.answer.map(Into::into)))
    }

    /// What the person needs to take part, in their own words; null where unknown or withheld.
    async fn access_needs(&self, ctx: &Context<'_>) -> Nullable<String> {
        let said = ctx.load(DisabilityOf(self.0.id)).await;
        nullable(said.map(|said| said?.needs.as_ref().map(AccessNeeds::as_str).map(str::to_owned)))
    }

    /// The officer's note; null where there is none or it is withheld.
    async fn note(&self, ctx: &Context<'_>) -> Nullable<String> {
        self.of_personal_data(ctx, |data| Some(Passage::as_str(data.note.as_ref()?).to_owned())).await
    }

    /// The institution the person is at home with.
    async fn home_partner(&self, ctx: &Context<'_>) -> Nullable<Partner> {
        let home = self.0.home_partner?;
        nullable(ctx.reading().map(|reading| reading.find_partner(home).map(Partner)))
    }

    /// The position now; the one held at an event stands in the registration.
    async fn position(&self) -> Option<LocalizedText> {
        self.0.position.clone().map(LocalizedText)
    }

    /// The territory the person serves in now.
    async fn territory(&self, ctx: &Context<'_>) -> Nullable<Territory> {
        let territory = self.0.territory?;
        nullable(ctx.reading().map(|reading| reading.find_territory(territory).map(Territory)))
    }

    /// The country the person belongs to.
    async fn country(&self) -> Option<CountryCode> {
        self.0.country.map(Into::into)
    }

    /// The registrations at events whose people you may see, the newest first; cancelled ones too.
    #[graphql(complexity = "5 * child_complexity")]
    async fn registrations(&self, ctx: &Context<'_>) -> Result<Rows<Registration>, ApiError> {
        let registrations = ctx.load(RegistrationsOf(self.0.id)).await?.unwrap_or_default();
        Ok(registrations.into_iter().map(Registration).collect())
    }

    /// Whether the record is archived: kept, and no longer offered.
    async fn is_archived(&self) -> bool {
        self.0.is_archived
    }
}
