//! Search by name across kinds of records, in Cyrillic and Latin alike.

use async_graphql::{Context, Object};
use hemicycle_domain::{
    agreement::{AgreementOrderField, AgreementTest},
    event::{EventOrderField, EventTest},
    filter::Filter,
    page::{Direction, PageRequest, Side},
    participant::{ParticipantOrderField, ParticipantTest},
    partner::{PartnerOrderField, PartnerTest},
    program::{ProgramOrderField, ProgramTest},
    territory::{TerritoryOrderField, TerritoryTest},
};

use super::{
    agreement::Agreement, context::ContextExt, error::ApiError, event::Event, input::search_words,
    participant::Participant, partner::Partner, program::Program, rows::Rows, territory::Territory,
};

/// What a search found.
pub(crate) struct SearchResult {
    partners: Rows<Partner>,
    agreements: Rows<Agreement>,
    programs: Rows<Program>,
    participants: Rows<Participant>,
    events: Rows<Event>,
    territories: Rows<Territory>,
}

/// What a search found, by kind; each list is cut at the number asked for.
#[Object]
impl SearchResult {
    /// Partners, by name.
    async fn partners(&self) -> &Rows<Partner> {
        &self.partners
    }

    /// Agreements, the latest signed first.
    async fn agreements(&self) -> &Rows<Agreement> {
        &self.agreements
    }

    /// Programs, by name.
    async fn programs(&self) -> &Rows<Program> {
        &self.programs
    }

    /// People you may see, by name.
    async fn participants(&self) -> &Rows<Participant> {
        &self.participants
    }

    /// Events, the latest first.
    async fn events(&self) -> &Rows<Event> {
        &self.events
    }

    /// Territories, by path.
    async fn territories(&self) -> &Rows<Territory> {
        &self.territories
    }
}

#[derive(Default)]
pub struct SearchQuery;

#[Object]
impl SearchQuery {
    /// Finds records by any of their names, in Cyrillic or Latin, in any of the usual spellings. Each word may be
    /// cut short; all words must be found.
    #[graphql(complexity = "100 + child_complexity")]
    async fn search(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The words; the longest needs at least two letters.")] text: String,
        #[graphql(desc = "How many of each kind, at most 200.", default = 10)] first: i32,
    ) -> Result<SearchResult, ApiError> {
        let words = search_words("text", &text)?;
        let reading = ctx.reading()?;
        let page = PageRequest { side: Side::First, ..PageRequest::parse(Some(first), None, None, None)? };
        let partners = Filter::All(vec![
            Filter::Is(PartnerTest::Named(words.clone())),
            Filter::Is(PartnerTest::Archived(false)),
        ]);
        let agreements = Filter::All(vec![
            Filter::Is(AgreementTest::Named(words.clone())),
            Filter::Is(AgreementTest::Archived(false)),
        ]);
        let programs = Filter::All(vec![
            Filter::Is(ProgramTest::Named(words.clone())),
            Filter::Is(ProgramTest::Archived(false)),
        ]);
        let participants = Filter::All(vec![
            Filter::Is(ParticipantTest::Named(words.clone())),
            Filter::Is(ParticipantTest::Archived(false)),
        ]);
        let events = Filter::All(vec![
            Filter::Is(EventTest::Named(words.clone())),
            Filter::Is(EventTest::Archived(false)),
        ]);
        let territories = Filter::Is(TerritoryTest::Named(words));
        let partners =
            reading.list_partners(&partners, (PartnerOrderField::Name, Direction::Ascending), &page);
        let agreements = reading.list_agreements(
            &agreements,
            (AgreementOrderField::SignedOn, Direction::Descending),
            &page,
        );
        let programs =
            reading.list_programs(&programs, (ProgramOrderField::Name, Direction::Ascending), &page);
        let by_name = (ParticipantOrderField::Name, Direction::Ascending);
        let participants = reading.list_participants(&participants, by_name, &page);
        let events = reading.list_events(&events, (EventOrderField::StartsOn, Direction::Descending), &page);
        let territories =
            reading.list_territories(&territories, (TerritoryOrderField::Path, Direction::Ascending), &page);
        let (partners, agreements, programs, participants, events, territories) = Box::pin(async {
            futures_util::try_join!(partners, agreements, programs, participants, events, territories)
        })
        .await?;
        Ok(SearchResult {
            partners: partners.rows.into_iter().map(|(_, partner)| Partner(partner)).collect(),
            agreements: agreements.rows.into_iter().map(|(_, agreement)| Agreement(agreement)).collect(),
            programs: programs.rows.into_iter().map(|(_, program)| Program(program)).collect(),
            participants: participants.rows.into_iter().map(|(_, person)| Participant(person)).collect(),
            events: events.rows.into_iter().map(|(_, event)| Event(event)).collect(),
            territories: territories.rows.into_iter().map(|(_, territory)| Territory(territory)).collect(),
        })
    }
}
