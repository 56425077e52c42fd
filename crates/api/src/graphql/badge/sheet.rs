//! Sheets of badges as PDF, and the keys that verify badges.
//!
//! A sheet is made of a part of the roster at a time, one sheet after the other: what is held in memory is bounded,
//! however large the event.

use std::sync::Arc;

use async_graphql::{Context, ID, Object, SimpleObject};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use hemicycle_domain::{
    access::permit,
    badge, event,
    id::EventId,
    language::Language,
    page::{Direction, MAXIMUM_SIZE, PageRequest},
    problem::{Fault, Invalid},
    registration::{RegistrationFilter, RegistrationOrderField, RegistrationStatus, RegistrationTest},
};
use hemicycle_persistence::{Failure, Reading, RosterEntry, RosterParts};
use hemicycle_print::{Code, Grid, Label, Sheet, SizeFault};

use super::object::BadgeKey;
use crate::graphql::{
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    id,
    rows::Rows,
    scalar::LanguageTag,
};

/// How many badges one document has at most.
const MOST: i32 = 1_000;

/// A document of badges to be printed.
#[derive(SimpleObject)]
pub(crate) struct BadgeSheet {
    /// The document in base64: PDF, sheets of A4 with hair lines to cut along.
    pdf: String,
    /// How many badges it has. People whose badge was revoked have none.
    badges: i32,
    /// Whether the roster goes on after it.
    has_next_page: bool,
    /// Give this as `after` for the next document.
    end_cursor: Option<String>,
}

#[derive(Default)]
pub struct BadgeQuery;

#[Object]
impl BadgeQuery {
    /// The public keys that verify badges, the one that signs first. They are no secret: devices get them with their
    /// manifest.
    #[graphql(complexity = "5 * child_complexity")]
    async fn badge_keys(&self, ctx: &Context<'_>) -> Result<Rows<BadgeKey>, ApiError> {
        Ok(ctx.reading()?.badge_keys(ctx.now()).iter().map(BadgeKey::from).collect())
    }

    /// Prints the badges of an event, by name, on sheets of A4 with as many of a size as fit: the name of the event,
    /// name, category and institution of the person, and the code. At most 1,000 in a document; go on with `after`. For
    /// those who may register people at the event.
    #[graphql(complexity = "500 + 10 * usize::try_from(first).unwrap_or_default() + child_complexity")]
    async fn badge_sheet(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The event.")] event_id: ID,
        #[graphql(desc = "The width of a badge in millimetres, 60 to 200.", default = 85)] width: i32,
        #[graphql(desc = "The height of a badge in millimetres, 40 to 287.", default = 54)] height: i32,
        #[graphql(
            desc = "The languages to print names in, the preferred first. Default: `Accept-Language`."
        )]
        languages: Option<Vec<LanguageTag>>,
        #[graphql(desc = "How many badges, 1 to 1000.", default = 200)] first: i32,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
    ) -> Nullable<BadgeSheet> {
        let printed = async {
            let (event, grid) = (id::parse::<EventId>("eventId", &event_id)?, grid(width, height)?);
            if !(1..=MOST).contains(&first) {
                let (actual, maximum) = (first.into(), MOST.into());
                return Err(Invalid::new("first", Fault::OutOfRange { actual, minimum: 1, maximum }).into());
            }
            let languages = ctx.languages(languages)?;
            Ok::<_, ApiError>(Some(print(ctx, event, grid, languages, (first.unsigned_abs(), after)).await?))
        };
        nullable(printed.await)
    }
}

fn grid(width: i32, height: i32) -> Result<Grid, ApiError> {
    let side = |side: i32| u16::try_from(side).unwrap_or_default();
    Grid::of_labels(side(width), side(height)).map_err(|fault| {
        let SizeFault { .. } = fault;
        let reason = "a badge is 60 to 200 mm wide and 40 to 287 mm high".to_owned();
        let field = if (60..=200).contains(&width) { "height" } else { "width" };
        Invalid::new(field, Fault::Malformed { reason }).into()
    })
}

async fn print(
    ctx: &Context<'_>,
    event: EventId,
    grid: Grid,
    languages: Vec<Language>,
    (mut wanted, mut after): (u32, Option<String>),
) -> Result<BadgeSheet, ApiError> {
    let found = ctx.batch().load_one(event).await?;
    let event = found.ok_or(Failure::NotFound(hemicycle_domain::id::RecordKind::Event))?;
    permit::<event::Register>(&ctx.request().actor, &event).map_err(Failure::from)?;
    let press = &ctx.services().badges;
    let secret = press.secret(ctx.now()).await?;
    let _turn =
        press.sheets.acquire().await.map_err(|closed| ApiError::Internal(Arc::from(closed.to_string())))?;
    let reading = ctx.reading()?;
    let title = event.names.display(&languages).to_owned();
    let mut sheet = Sheet::new(grid, &title);
    let (mut badges, mut has_next_page) = (0, true);
    while wanted > 0 && has_next_page {
        let size = wanted.min(MAXIMUM_SIZE);
        let page = PageRequest { cursor: after.clone(), ..first_rows(size)? };
        let order = (RegistrationOrderField::Name, Direction::Ascending);
        let page =
            reading.list_registrations(event.id, &standing(), order, &page, RosterParts::People).await?;
        let ids: Vec<_> = page.rows.iter().map(|(_, entry)| entry.registration.id).collect();
        let issues = reading.issues_of_badges(&ids).await?;
        let mut labels = Vec::with_capacity(ids.len());
        for (_, entry) in &page.rows {
            let issue = issues.get(&entry.registration.id).cloned().unwrap_or_default();
            if issue.revoked.is_none() {
                let says = badge::Badge::of(&entry.registration, &event, &issue);
                labels.push((says, texts(&reading, entry, &languages)));
            }
        }
        badges += i32::try_from(labels.len()).unwrap_or_default();
        let (secret, title) = (secret.clone(), title.clone());
        // Signing and drawing two hundred takes longer than other requests should wait.
        let drawn = tokio::task::spawn_blocking(move || {
            for (says, (name, details)) in labels {
                let code = Code::of(secret.issue(&says).as_str())?;
                sheet.add(&Label { code, title: title.clone(), name, details });
            }
            Ok::<_, ApiError>(sheet)
        });
        sheet = drawn.await.map_err(|fault| ApiError::Internal(Arc::from(fault.to_string())))??;
        after = page.rows.last().map(|(cursor, _)| cursor.to_string()).or(after);
        has_next_page = page.has_next;
        wanted -= size;
    }
    let pdf = BASE64.encode(sheet.finish());
    Ok(BadgeSheet { pdf, badges, has_next_page, end_cursor: after })
}

fn first_rows(size: u32) -> Result<PageRequest, Invalid> {
    PageRequest::parse(i32::try_from(size).ok(), None, None, None)
}

fn standing() -> RegistrationFilter {
    RegistrationFilter::Is(RegistrationTest::Statuses(vec![RegistrationStatus::Registered]))
}

/// The name of a person, and what is said of them below it.
fn texts(reading: &Reading, entry: &RosterEntry, languages: &[Language]) -> (String, Vec<String>) {
    let details = &entry.registration.details;
    let category = details.category.and_then(|id| {
        let program = reading.find_program_of_category(id)?;
        Some(program.category(id)?.name.resolve(languages)?.1.to_owned())
    });
    let partner = details.partner.and_then(|id| reading.find_partner(id));
    let partner = partner.map(|partner| partner.names.display(languages).to_owned());
    (entry.participant.names.display(languages).to_owned(), category.into_iter().chain(partner).collect())
}
