//! What institutions have to do with: one statement per kind of record, however many institutions are asked for.
//!
//! Programs are answered from the reference data. A record that the actor does not see connects nobody.

use std::collections::HashMap;

use hemicycle_domain::{
    agreement::PartyRole,
    connection::{Connection, Connections},
    event::PartnerRole,
    id::{Id, PartnerId},
    program::Program,
};
use sea_orm::{
    FromQueryResult, Order, QuerySelect, QueryTrait,
    prelude::Uuid,
    sea_query::{ColumnRef, Expr, ExprTrait, IntoColumnRef, Query, SelectStatement, WindowStatement},
};

use crate::{
    agreement::{self, party},
    dialect::is_one_of,
    event::row::{event, event_partner},
    fault::{Failure, StoreFault},
    json::from_word,
    reading::Reading,
};

/// A row that names an institution.
#[derive(FromQueryResult)]
struct Naming {
    partner: Uuid,
    record: Uuid,
    role: Option<String>,
    event: Option<Uuid>,
}

/// Rows that name institutions: where they are, and by which columns.
struct Source {
    table: &'static str,
    partner: ColumnRef,
    record: ColumnRef,
    role: Option<ColumnRef>,
    event: Option<ColumnRef>,
    /// The newest first: a day where there is one, then the id.
    newest: Vec<ColumnRef>,
}

impl Reading {
    /// Finds everything one institution has to do with.
    pub async fn connections_of_partner(&self, partner: PartnerId) -> Result<Connections, Failure> {
        Ok(self.connections_of_partners(&[partner]).await?.remove(&partner).unwrap_or_default())
    }

    /// Finds everything each of these institutions has to do with; one without any is missing from the answer.
    pub async fn connections_of_partners(
        &self,
        partners: &[PartnerId],
    ) -> Result<HashMap<PartnerId, Connections>, Failure> {
        let mut found = Found { partners, connections: HashMap::new() };
        found.add(&self.agreements_naming(partners).await?, |row| {
            let role = row.role.as_deref().unwrap_or_default();
            let role = from_word("agreement_party", "role", role, PartyRole::from_word)?;
            Ok(Connection::AgreementParty { agreement: row.record.into(), role })
        })?;
        for partner in partners {
            found.add_programs(*partner, self.reference.programs().map(AsRef::as_ref));
        }
        found.add(&self.events_hosted_by(partners).await?, |row| {
            Ok(Connection::EventHost { event: row.record.into() })
        })?;
        found.add(&self.events_naming(partners).await?, |row| {
            let role = row.role.as_deref().unwrap_or_default();
            let role = from_word("event_partner", "role", role, PartnerRole::from_word)?;
            Ok(Connection::EventPartner { event: row.record.into(), role })
        })?;
        found.add(&self.delegations_naming("sender_id", partners).await?, |row| {
            let event = row.event.unwrap_or_default().into();
            Ok(Connection::DelegationSender { event, delegation: row.record.into() })
        })?;
        found.add(&self.delegations_naming("invited_by_id", partners).await?, |row| {
            let event = row.event.unwrap_or_default().into();
            Ok(Connection::DelegationInviter { event, delegation: row.record.into() })
        })?;
        Ok(found.connections)
    }

    async fn agreements_naming(&self, partners: &[PartnerId]) -> Result<Vec<Naming>, Failure> {
        let seen = self.select::<agreement::row::Entity>().select_only().column(agreement::row::Column::Id);
        let source = Source {
            table: "agreement_party",
            partner: party::Column::PartnerId.into_column_ref(),
            record: party::Column::AgreementId.into_column_ref(),
            role: Some(party::Column::Role.into_column_ref()),
            event: None,
            newest: vec![party::Column::AgreementId.into_column_ref()],
        };
        self.naming(source, partners, |select| {
            select.and_where(Expr::col(party::Column::AgreementId).in_subquery(seen.into_query()));
        })
        .await
    }

    async fn events_hosted_by(&self, partners: &[PartnerId]) -> Result<Vec<Naming>, Failure> {
        let seen = self.select::<event::Entity>().select_only().column(event::Column::Id);
        let source = Source {
            table: "event",
            partner: event::Column::HostId.into_column_ref(),
            record: event::Column::Id.into_column_ref(),
            role: None,
            event: None,
            newest: vec![event::Column::SortDate.into_column_ref(), event::Column::Id.into_column_ref()],
        };
        self.naming(source, partners, |select| {
            select.and_where(Expr::col(event::Column::Id).in_subquery(seen.into_query()));
        })
        .await
    }

    async fn events_naming(&self, partners: &[PartnerId]) -> Result<Vec<Naming>, Failure> {
        let seen = self.select::<event::Entity>().select_only().column(event::Column::Id);
        let source = Source {
            table: "event_partner",
            partner: event_partner::Column::PartnerId.into_column_ref(),
            record: event_partner::Column::EventId.into_column_ref(),
            role: Some(event_partner::Column::Role.into_column_ref()),
            event: None,
            newest: vec![event_partner::Column::EventId.into_column_ref()],
        };
        self.naming(source, partners, |select| {
            select.and_where(Expr::col(event_partner::Column::EventId).in_subquery(seen.into_query()));
        })
        .await
    }

    /// Finds the delegations of events that the actor sees; a delegation names institutions and no people.
    async fn delegations_naming(
        &self,
        column: &'static str,
        partners: &[PartnerId],
    ) -> Result<Vec<Naming>, Failure> {
        let seen = self.select::<event::Entity>().select_only().column(event::Column::Id);
        let source = Source {
            table: "delegation",
            partner: column.into_column_ref(),
            record: "id".into_column_ref(),
            role: None,
            event: Some("event_id".into_column_ref()),
            newest: vec!["id".into_column_ref()],
        };
        self.naming(source, partners, |select| {
            select.and_where(Expr::col("event_id").in_subquery(seen.into_query()));
        })
        .await
    }

    /// Reads the newest rows that name each of the institutions, one more than is shown of a kind.
    async fn naming(
        &self,
        source: Source,
        partners: &[PartnerId],
        narrow: impl FnOnce(&mut SelectStatement),
    ) -> Result<Vec<Naming>, Failure> {
        let mut newest = WindowStatement::partition_by(source.partner.clone());
        for column in source.newest {
            newest.order_by(column, Order::Desc);
        }
        let column = |column: Option<ColumnRef>, kind: &'static str| match column {
            Some(column) => Expr::col(column),
            None => Expr::null().cast_as(kind),
        };
        let mut rows = Query::select();
        rows.expr_as(Expr::col(source.partner.clone()), "partner")
            .expr_as(Expr::col(source.record), "record")
            .expr_as(column(source.role, "text"), "role")
            .expr_as(column(source.event, "uuid"), "event")
            .expr_window_as(Expr::cust("ROW_NUMBER()"), newest, "place")
            .from(source.table)
            .and_where(is_one_of(self.backend(), source.partner, partners.iter().map(|id| id.uuid())));
        narrow(&mut rows);
        let most = i64::try_from(Connections::MAXIMUM_OF_KIND).unwrap_or(i64::MAX) + 1;
        let ranked = Query::select()
            .columns(["partner", "record", "role", "event"])
            .from_subquery(rows, "ranked")
            .and_where(Expr::col("place").lte(most))
            .order_by("partner", Order::Asc)
            .order_by("place", Order::Asc)
            .to_owned();
        let statement = self.backend().build(&ranked);
        Ok(Naming::find_by_statement(statement).all(self.connection()).await?)
    }
}

struct Found<'a> {
    partners: &'a [PartnerId],
    connections: HashMap<PartnerId, Connections>,
}

impl Found<'_> {
    /// Adds what rows of one kind say, up to the most that is shown of a kind.
    fn add(
        &mut self,
        rows: &[Naming],
        read: fn(&Naming) -> Result<Connection, StoreFault>,
    ) -> Result<(), StoreFault> {
        for partner in self.partners {
            let named: Vec<Connection> = rows
                .iter()
                .filter(|row| row.partner == partner.uuid())
                .map(read)
                .collect::<Result<_, _>>()?;
            self.add_kind(*partner, named);
        }
        Ok(())
    }

    /// Adds what programs say of an institution, kind by kind, newest programs first.
    fn add_programs<'p>(&mut self, partner: PartnerId, programs: impl Iterator<Item = &'p Program>) {
        let mut involved: Vec<&Program> = programs.filter(|program| program.involves(partner)).collect();
        involved.sort_unstable_by_key(|program| std::cmp::Reverse(program.id));
        let leads = involved.iter().filter(|program| program.plan.lead == Some(partner));
        let leads = leads.map(|program| Connection::ProgramLead { program: program.id }).collect();
        let roles = involved.iter().flat_map(|program| {
            let own = program.plan.partners.iter().filter(|other| other.partner == partner);
            own.map(|own| Connection::ProgramPartner { program: program.id, role: own.role })
        });
        let issued = involved.iter().flat_map(|program| {
            let own = program.bases.iter().filter(|basis| basis.grounds.issuer == Some(partner));
            own.map(|own| Connection::ProgramBasisIssuer {
                program: program.id,
                basis: own.id,
                kind: own.grounds.kind,
            })
        });
        let trained = involved.iter().flat_map(|program| {
            let own = program.plan.cascade_levels.iter().filter(|level| level.trained_at == Some(partner));
            own.map(|own| Connection::CascadeLevelTrainedAt { program: program.id, level: own.number })
        });
        let (roles, issued, trained) = (roles.collect(), issued.collect(), trained.collect());
        for kind in [leads, roles, issued, trained] {
            self.add_kind(partner, kind);
        }
    }

    fn add_kind(&mut self, partner: PartnerId, mut named: Vec<Connection>) {
        if named.is_empty() {
            return;
        }
        let connections = self.connections.entry(partner).or_default();
        connections.is_cut |= named.len() > Connections::MAXIMUM_OF_KIND;
        named.truncate(Connections::MAXIMUM_OF_KIND);
        connections.entries.append(&mut named);
    }
}
