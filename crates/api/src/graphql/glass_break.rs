//! Breaking the glass: personal data of one program or event, opened for a time, and the list that its host can read.

use async_graphql::{Context, Enum, ID, InputObject, Object, OneofObject, SimpleObject};
use chrono::{TimeDelta, Utc};
use hemicycle_domain::{
    account::Addressee,
    glass_break::{self as domain, NewGlassBreak, OpenedPlace},
    id::GlassBreakId,
    problem::Invalid,
    text::Passage,
};
use hemicycle_persistence::{Announcement, GlassBreakFilter, Reading};

use super::{
    connection::{Connection, connection, cost, page},
    context::ContextExt,
    error::{ApiError, Nullable, nullable},
    event::Event,
    id,
    loader::{loader, rekey},
    payload::{UserError, payload, settle},
    program::Program,
    scalar::DateTime,
};

/// A kind of personal data that can be opened for a time.
#[derive(Enum, Debug, Clone, Copy, PartialEq, Eq)]
#[graphql(remote = "domain::OpenedData")]
pub(crate) enum OpenedData {
    /// Names, positions, roles, registrations and attendance; opened with every other kind.
    People,
    /// E-mail addresses and telephone numbers.
    Contacts,
    /// Sex and birth years.
    Demographics,
    /// What people said of disabilities.
    Disabilities,
    /// Test results.
    Results,
    /// Officers' notes, and the sources that records of people rest on.
    Notes,
}

/// A time for which someone who ordinarily sees figures alone sees people of one program or event.
pub(crate) struct GlassBreak(pub(crate) domain::GlassBreak);

/// The key of who broke the glass, as far as the caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct HolderOf(GlassBreakId);

loader!(HolderOf => Addressee, |reading, keys| async {
    let ids: Vec<GlassBreakId> = keys.iter().map(|key| key.0).collect();
    rekey(reading.holders_of_glass(&ids).await, HolderOf)
});

/// A time for which someone who ordinarily sees figures alone sees people of one program or event.
#[Object]
impl GlassBreak {
    /// The global id.
    pub(crate) async fn id(&self) -> ID {
        id::global_id(self.0.id)
    }

    /// The global id of the account to which it opens something.
    async fn account_id(&self) -> ID {
        id::global_id(self.0.account)
    }

    /// The name of who broke the glass: for themselves and for the hosts, not for auditors.
    async fn account_name(&self, ctx: &Context<'_>) -> Nullable<String> {
        let holder = ctx.load(HolderOf(self.0.id)).await;
        nullable(holder.map(|holder| holder.map(|holder| holder.display_name.as_str().to_owned())))
    }

    /// The e-mail address of who broke the glass: for themselves and for the hosts, not for auditors.
    async fn account_email(&self, ctx: &Context<'_>) -> Nullable<String> {
        let holder = ctx.load(HolderOf(self.0.id)).await;
        nullable(holder.map(|holder| holder.map(|holder| holder.email.as_str().to_owned())))
    }

    /// The program whose people are opened; null where those of one event are.
    async fn program(&self, ctx: &Context<'_>) -> Nullable<Program> {
        let OpenedPlace::Program(program) = self.0.place else { return None };
        nullable(ctx.reading().map(|reading| reading.find_program(program).map(Program)))
    }

    /// The event whose people are opened; null where those of a program are.
    async fn event(&self, ctx: &Context<'_>) -> Nullable<Event> {
        let OpenedPlace::Event(event) = self.0.place else { return None };
        nullable(ctx.load(event).await.map(|event| event.map(Event)))
    }

    /// Which personal data are opened.
    async fn opens(&self) -> Vec<OpenedData> {
        self.0.opens.iter().copied().map(Into::into).collect()
    }

    /// What for.
    async fn reason(&self) -> &str {
        self.0.reason.as_str()
    }

    /// Since when.
    async fn opened_at(&self) -> DateTime {
        self.0.opened_at.into()
    }

    /// When it ends by itself.
    async fn ends_at(&self) -> DateTime {
        self.0.ends_at.into()
    }

    /// When it was ended by hand, before that; null where it was not.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(Into::into)
    }

    /// Whether it is open at this moment.
    async fn is_open(&self, ctx: &Context<'_>) -> bool {
        self.0.is_open(ctx.now())
    }
}

/// Which times for which the glass was broken; all fields that are given must hold.
#[derive(InputObject, Debug, Clone, Default)]
pub(crate) struct GlassBreakWhere {
    /// Those that open this program as a whole.
    pub program_id: Option<ID>,
    /// Those that open this event alone.
    pub event_id: Option<ID>,
    /// Those that are open at this moment; `false` asks for nothing.
    pub is_open: Option<bool>,
}

impl GlassBreakWhere {
    fn parse(&self, now: chrono::DateTime<Utc>) -> Result<GlassBreakFilter, Invalid> {
        let (program, event) = (self.program_id.as_ref(), self.event_id.as_ref());
        Ok(GlassBreakFilter {
            program: program.map(|program| id::parse("programId", program)).transpose()?,
            event: event.map(|event| id::parse("eventId", event)).transpose()?,
            open_at: self.is_open.filter(|is_open| *is_open).map(|_| now),
        })
    }
}

#[derive(Default)]
pub struct GlassBreakQuery;

#[Object]
impl GlassBreakQuery {
    /// Lists the times for which the glass was broken, the newest first: your own, and those that opened people of events
    /// where you manage accounts; all of them to auditors.
    #[graphql(complexity = "cost(first, last, child_complexity)")]
    async fn glass_breaks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many from the start, at most 200. Default 20.")] first: Option<i32>,
        #[graphql(desc = "The cursor after which to go on.")] after: Option<String>,
        #[graphql(desc = "How many from the end, at most 200.")] last: Option<i32>,
        #[graphql(desc = "The cursor before which to go on.")] before: Option<String>,
        #[graphql(name = "where", desc = "Which.")] condition: Option<GlassBreakWhere>,
    ) -> Result<Connection<GlassBreak>, ApiError> {
        let condition = condition.unwrap_or_default().parse(ctx.now());
        let filter = condition.map_err(|invalid| invalid.within("where"))?;
        let rows = ctx.reading()?.list_glass_breaks(filter, &page(first, after, last, before)?).await?;
        let count = move |reading: Reading| async move { reading.count_glass_breaks(filter).await };
        Ok(connection(rows, GlassBreak, count))
    }
}

/// Whose people are to be opened.
#[derive(OneofObject, Debug, Clone)]
pub(crate) enum OpenedPlaceInput {
    /// Those of all events of this program.
    ProgramId(ID),
    /// Those of this event.
    EventId(ID),
}

/// The glass to be broken.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct BreakTheGlassInput {
    /// Whose people.
    pub place: OpenedPlaceInput,
    /// Which of their personal data; names are opened with any of them.
    pub opens: Vec<OpenedData>,
    /// For how many minutes, at most 1440.
    pub minutes: i32,
    /// What for, in at least 30 characters. The host is told.
    pub reason: String,
}

/// What is to be closed again.
#[derive(InputObject, Debug, Clone)]
pub(crate) struct EndGlassBreakInput {
    /// Which time for which the glass is broken.
    pub glass_break_id: ID,
}

/// The outcome of `breakTheGlass`.
#[derive(SimpleObject)]
pub(crate) struct BreakTheGlassPayload {
    /// What is open from now on.
    glass_break: Option<GlassBreak>,
    /// How many administrators of the hosts were written to; 0 where this server sends no mail. All of them find it in
    /// `glassBreaks`.
    told_by_mail: i32,
    /// Why the command was turned down; empty if it was done.
    errors: Vec<UserError>,
}

payload! {
    /// The outcome of `endGlassBreak`.
    EndGlassBreakPayload {
        /// What was open.
        glass_break: GlassBreak
    }
}

#[derive(Default)]
pub struct GlassBreakMutation;

#[Object]
impl GlassBreakMutation {
    /// Opens personal data of the people of one program or event to you, for a stated time and reason. For those who
    /// ordinarily see figures alone. The administrators of the hosts are told by mail, and what you read is noted.
    async fn break_the_glass(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose people, what of them, for how long, and what for.")]
        input: BreakTheGlassInput,
    ) -> Nullable<BreakTheGlassPayload> {
        let broken = ctx.write(async |work| work.break_glass(input.parse()?).await);
        let settled = settle(broken.await).map(|(announcement, errors)| {
            let told_by_mail = announcement.as_ref().map_or(0, |announcement| announce(ctx, announcement));
            let glass_break = announcement.map(|announcement| GlassBreak(announcement.glass));
            BreakTheGlassPayload { glass_break, told_by_mail, errors }
        });
        Some(settled)
    }

    /// Ends, before its time, what was opened: to you, or at a host where you manage accounts.
    async fn end_glass_break(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: EndGlassBreakInput,
    ) -> Nullable<EndGlassBreakPayload> {
        let ended = ctx.write(async |work| {
            work.end_glass_break(id::parse("glassBreakId", &input.glass_break_id)?).await
        });
        EndGlassBreakPayload::from_outcome(ended.await, GlassBreak)
    }
}

impl BreakTheGlassInput {
    fn parse(&self) -> Result<NewGlassBreak, Invalid> {
        let place = match &self.place {
            OpenedPlaceInput::ProgramId(program) => id::parse("programId", program).map(OpenedPlace::Program),
            OpenedPlaceInput::EventId(event) => id::parse("eventId", event).map(OpenedPlace::Event),
        };
        Ok(NewGlassBreak {
            place: place.map_err(|invalid| invalid.within("place"))?,
            opens: self.opens.iter().copied().map(Into::into).collect(),
            lifetime: TimeDelta::minutes(self.minutes.into()),
            reason: Passage::parse("reason", &self.reason)?,
        })
    }
}

/// Writes to the administrators of the hosts, behind the request, and says to how many.
fn announce(ctx: &Context<'_>, announcement: &Announcement) -> i32 {
    let Some(mail) = &ctx.services().mail else { return 0 };
    let Announcement { glass, by, names, to } = announcement;
    let place = names.display(&[]);
    let kinds: Vec<&str> = glass.opens.iter().map(|data| data.as_str()).collect();
    let text = format!(
        "personal data of people at \"{place}\" were opened to someone who ordinarily sees figures alone.\n\n\
         Who:      {} <{}>\nWhat:     {}\nUntil:    {} UTC\nReason:   {}\n\n\
         You can end it before that, and see each time that it happened, in the list of glass breaks \
         (glassBreaks, endGlassBreak).\n",
        by.display_name.as_str(),
        by.email.as_str(),
        kinds.join(", "),
        glass.ends_at.format("%Y-%m-%d %H:%M"),
        glass.reason.as_str(),
    );
    for administrator in to {
        mail.send_notice(administrator, "Personal data of your participants were opened", &text);
    }
    i32::try_from(to.len()).unwrap_or(i32::MAX)
}
